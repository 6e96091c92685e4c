//! `rondo project artifacts --output` against a server that breaks off, lies, or is real.

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::acme::{Acme, PROJECT};
use crate::client::{client, files, text};
use crate::embedded::built;

/// How a server answers a download.
#[derive(Clone, Copy)]
enum Answer {
    /// With all that is asked for.
    Well,
    /// With so many bytes of it; then the connection ends.
    BreaksOffAfter(usize),
    /// From the beginning, whatever part is asked for.
    BeginsAnew,
}

/// A server with one artifact, and what it was asked for.
struct Fake {
    url: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Fake {
    /// Answers one download after the other as `answers` say, and well when they are used up.
    fn start(bytes: &[u8], promised: Value, answers: &[Answer]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let mut list = json!([{"path": "out/x.bin", "pretty_path": "out/x.bin", "node_index": 0,
            "url": format!("{url}/file")}]);
        for (name, value) in promised.as_object().unwrap() {
            list[0][name] = value.clone();
        }
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (bytes, mut answers) = (bytes.to_vec(), answers.to_vec());
        let heard = Arc::clone(&asked);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let head = read_head(&mut stream);
                if !head.starts_with("GET /file") {
                    let list = list.to_string();
                    let _ = write!(
                        stream,
                        "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{list}",
                        list.len()
                    );
                    continue;
                }
                let range = header(&head, "range");
                heard.lock().unwrap().push(format!("{range} {}", header(&head, "if-range")));
                let answer = if answers.is_empty() { Answer::Well } else { answers.remove(0) };
                respond(&mut stream, &bytes, &range, answer);
            }
        });
        Self { url, asked }
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn respond(stream: &mut TcpStream, bytes: &[u8], range: &str, answer: Answer) {
    let from = range.strip_prefix("bytes=").and_then(|range| range.strip_suffix('-'));
    let from = match answer {
        Answer::BeginsAnew => None,
        _ => from.map(|from| from.parse::<usize>().unwrap()),
    };
    let rest = &bytes[from.unwrap_or(0)..];
    let mut head = match from {
        Some(from) => format!(
            "HTTP/1.1 206 Partial Content\r\ncontent-range: bytes {from}-{}/{}\r\n",
            bytes.len() - 1,
            bytes.len()
        ),
        None => "HTTP/1.1 200 OK\r\n".to_owned(),
    };
    head += &format!("connection: close\r\ncontent-length: {}\r\n\r\n", rest.len());
    let sent = match answer {
        Answer::BreaksOffAfter(count) => &rest[..count.min(rest.len())],
        _ => rest,
    };
    // The client may have gone.
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(sent));
}

fn read_head(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap() > 0 {
        head.push(byte[0]);
    }
    String::from_utf8(head).unwrap()
}

fn header(head: &str, wanted: &str) -> String {
    let lines = head.lines().filter_map(|line| line.split_once(": "));
    let mut found = lines.filter(|(name, _)| name.eq_ignore_ascii_case(wanted));
    found.next().map_or(String::new(), |(_, value)| value.to_owned())
}

fn sample() -> Vec<u8> {
    (0..300_000_u32).map(|n| (n % 253) as u8).collect()
}

fn promise(bytes: &[u8]) -> Value {
    let digest: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    json!({"size": bytes.len(), "digest": format!("sha256:{digest}")})
}

fn download(url: &str, folder: &Path) -> (Option<i32>, String, String) {
    let folder = folder.to_str().unwrap();
    let output =
        client(url, "x", &["project", "artifacts", "gh/acme/web", "1", "--output", folder]);
    (output.status.code(), text(&output.stdout).to_owned(), text(&output.stderr).to_owned())
}

#[test]
fn a_download_that_breaks_off_goes_on_where_it_was() {
    let (bytes, folder) = (sample(), tempfile::tempdir().unwrap());
    let answers = [Answer::BreaksOffAfter(100_000), Answer::BreaksOffAfter(100_000)];
    let server = Fake::start(&bytes, promise(&bytes), &answers);
    let (status, printed, complaint) = download(&server.url, folder.path());
    assert_eq!((status, complaint.as_str()), (Some(0), ""));
    assert!(printed.ends_with("out/x.bin\n"), "{printed}");
    assert!(fs::read(folder.path().join("out/x.bin")).unwrap() == bytes);
    assert_eq!(files(folder.path()), ["out/x.bin"]);
    let digest = promise(&bytes)["digest"].as_str().unwrap().replace("sha256:", "");
    let tag = format!("\"{digest}\"");
    let expected = [" ".to_owned(), format!("bytes=100000- {tag}"), format!("bytes=200000- {tag}")];
    assert_eq!(server.asked(), expected);
}

#[test]
fn what_an_earlier_run_left_is_gone_on_with_and_what_is_there_is_not_asked_for() {
    let (bytes, folder) = (sample(), tempfile::tempdir().unwrap());
    let server = Fake::start(&bytes, promise(&bytes), &[Answer::BreaksOffAfter(50_000); 3]);
    let (status, printed, complaint) = download(&server.url, folder.path());
    assert_eq!((status, printed.as_str()), (Some(1), ""), "{complaint}");
    assert!(complaint.contains("out/x.bin cannot be downloaded"), "{complaint}");
    assert!(complaint.contains("broke off"), "{complaint}");
    assert!(!folder.path().join("out/x.bin").exists(), "a file under its name is whole");

    let (status, _, complaint) = download(&server.url, folder.path());
    assert_eq!((status, complaint.as_str()), (Some(0), ""));
    assert!(fs::read(folder.path().join("out/x.bin")).unwrap() == bytes);
    assert_eq!(files(folder.path()), ["out/x.bin"]);
    let begun = |asked: &String| asked.split(' ').next().unwrap().to_owned();
    let ranges: Vec<_> = server.asked().iter().map(begun).collect();
    assert_eq!(ranges, ["", "bytes=50000-", "bytes=100000-", "bytes=150000-"]);

    let (status, printed, _) = download(&server.url, folder.path());
    assert_eq!(status, Some(0));
    assert!(printed.ends_with("out/x.bin\n"), "it is named all the same: {printed}");
    assert_eq!(server.asked().len(), 4, "nothing was fetched again");
    fs::write(folder.path().join("out/x.bin"), vec![0; bytes.len()]).unwrap();
    assert_eq!(download(&server.url, folder.path()).0, Some(0));
    assert!(
        fs::read(folder.path().join("out/x.bin")).unwrap() == bytes,
        "another file of its size"
    );
}

#[test]
fn a_server_that_begins_anew_is_followed() {
    let (bytes, folder) = (sample(), tempfile::tempdir().unwrap());
    let answers = [Answer::BreaksOffAfter(70_000), Answer::BeginsAnew];
    let server = Fake::start(&bytes, promise(&bytes), &answers);
    assert_eq!(download(&server.url, folder.path()).0, Some(0));
    assert!(fs::read(folder.path().join("out/x.bin")).unwrap() == bytes);
}

#[test]
fn bytes_that_were_not_promised_are_not_kept() {
    let bytes = sample();
    let mut other = bytes.clone();
    other[299_999] ^= 1;
    let mut small = promise(&bytes);
    small["size"] = 1000.into();
    for (promised, words) in [(promise(&other), "SHA-256 differs"), (small, "more bytes")] {
        let folder = tempfile::tempdir().unwrap();
        let server = Fake::start(&bytes, promised, &[]);
        let (status, printed, complaint) = download(&server.url, folder.path());
        assert_eq!((status, printed.as_str()), (Some(1), ""), "{complaint}");
        assert!(complaint.contains(words), "{complaint}");
        assert!(!folder.path().join("out/x.bin").exists());
        // What is left is fetched anew, and the next server tells the truth.
        let honest = Fake::start(&bytes, promise(&bytes), &[]);
        assert_eq!(download(&honest.url, folder.path()).0, Some(0));
        assert!(fs::read(folder.path().join("out/x.bin")).unwrap() == bytes);
    }
}

#[test]
fn a_link_in_the_folder_leads_no_download_out_of_it() {
    let (bytes, folder) = (sample(), tempfile::tempdir().unwrap());
    let (inner, outer) = (folder.path().join("inner"), folder.path().join("outer"));
    fs::create_dir(&inner).unwrap();
    fs::create_dir(&outer).unwrap();
    std::os::unix::fs::symlink(&outer, inner.join("out")).unwrap();
    let server = Fake::start(&bytes, promise(&bytes), &[]);
    let (status, _, complaint) = download(&server.url, &inner);
    assert_eq!(status, Some(1));
    assert!(complaint.contains("leads out of the folder"), "{complaint}");
    assert_eq!(files(&outer), Vec::<String>::new());
    // A link in place of the file is replaced, and what it points to is left alone.
    fs::remove_file(inner.join("out")).unwrap();
    fs::create_dir(inner.join("out")).unwrap();
    fs::write(outer.join("precious"), "precious").unwrap();
    std::os::unix::fs::symlink(outer.join("precious"), inner.join("out/x.bin")).unwrap();
    assert_eq!(download(&server.url, &inner).0, Some(0));
    assert_eq!(fs::read_to_string(outer.join("precious")).unwrap(), "precious");
    assert!(fs::read(inner.join("out/x.bin")).unwrap() == bytes);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_latest_builds_artifacts_of_a_branch_are_downloaded() {
    let acme: Acme = built().await;
    let whole = acme.get(&format!("{PROJECT}/2/artifacts")).await;
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().to_str().unwrap();
    let artifacts = |words: &[&str]| {
        let words = [&["project", "artifacts", "gh/acme/web"], words].concat();
        let output = client(&acme.server.url, &acme.token, &words);
        (output.status.code(), text(&output.stdout).to_owned(), text(&output.stderr).to_owned())
    };
    let (status, listed, _) = artifacts(&["latest", "--json"]);
    assert_eq!((status, serde_json::from_str::<Value>(&listed).unwrap()), (Some(0), whole));
    let (status, _, complaint) =
        artifacts(&["latest", "--branch", "main", "--filter", "successful", "--output", target]);
    assert_eq!((status, complaint.as_str()), (Some(0), ""));
    assert_eq!(fs::read_to_string(folder.path().join("out/digits.bin")).unwrap(), "0123456789");
    assert_eq!(files(folder.path()).len(), 6);
    for (words, status, complaint) in [
        (&["latest", "--branch", "nothing"][..], 1, "404"),
        (&["1", "--branch", "main"], 2, "they go with latest"),
        (&["newest"], 2, "latest"),
        (&["1", "--json", "--output", target], 2, "cannot be used with"),
    ] {
        let (code, _, said) = artifacts(words);
        assert_eq!(code, Some(status), "{words:?}: {said}");
        assert!(said.contains(complaint), "{words:?}: {said}");
    }
}
