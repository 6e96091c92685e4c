//! Files that the system sends, from a disk or from memory: they go past the HTTP library, and nobody can tell.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

use serde_json::json;

use crate::acme::Acme;
use crate::client::files;
use crate::harness::Server;

const CONFIG: &str = "
version: 2.1
jobs:
  build:
    machine: true
    steps:
      - run: seq 1 500000 > numbers.bin; head -c 64M /dev/zero > zeros.bin; seq 1 150000 > small.bin
      - store_artifacts: {path: numbers.bin}
      - store_artifacts: {path: zeros.bin}
      - store_artifacts: {path: small.bin}
";

/// A server with these files, and the path at which they are.
async fn with_files() -> (Acme, String) {
    let acme = Acme::start(CONFIG);
    let build = acme.run("build", json!({})).await;
    assert_eq!(build["status"], "success", "{build}");
    let job = build["workflows"]["job_id"].as_str().unwrap();
    let folder = format!("/output/job/{job}/artifacts/0");
    (acme, folder)
}

fn numbers(last: u32) -> Vec<u8> {
    (1..=last).flat_map(|n| format!("{n}\n").into_bytes()).collect()
}

/// A connection on which all of it is said before anything is read.
fn say(server: &Server, text: &str) -> BufReader<TcpStream> {
    let mut stream = TcpStream::connect(server.url.trim_start_matches("http://")).unwrap();
    stream.write_all(text.as_bytes()).unwrap();
    BufReader::new(stream)
}

/// The words of a request, with what every one says and with a few more lines.
fn request(acme: &Acme, line: &str, more: &str) -> String {
    let host = acme.server.url.trim_start_matches("http://");
    format!("{line}\r\nhost: {host}\r\ncircle-token: {}\r\n{more}\r\n", acme.token)
}

/// The status and the fields of the next answer.
fn read_head(stream: &mut impl BufRead) -> (u16, BTreeMap<String, String>) {
    let mut lines = stream.lines().map(|line| line.unwrap()).take_while(|line| !line.is_empty());
    let status = lines.next().unwrap();
    let status = status.strip_prefix("HTTP/1.1 ").or(status.strip_prefix("HTTP/1.0 ")).unwrap();
    let status = status.split(' ').next().unwrap().parse().unwrap();
    let pair = |line: String| line.split_once(": ").map(|(a, b)| (a.to_owned(), b.to_owned()));
    (status, lines.map(|line| pair(line).unwrap()).collect())
}

fn read_body(stream: &mut impl Read, head: &BTreeMap<String, String>) -> Vec<u8> {
    let mut body = vec![0; head["content-length"].parse().unwrap()];
    stream.read_exact(&mut body).unwrap();
    body
}

#[tokio::test]
async fn questions_that_were_sent_at_once_are_answered_in_order_with_large_files_between_them() {
    let (acme, folder) = with_files().await;
    let file = format!("{folder}/numbers.bin HTTP/1.1");
    let me = request(&acme, "GET /api/v1.1/me HTTP/1.1", "accept: application/json\r\n");
    let small_file = format!("{folder}/small.bin HTTP/1.1");
    let said = [
        request(&acme, &format!("GET {small_file}"), ""),
        request(&acme, &format!("GET {file}"), ""),
        me.clone(),
        request(&acme, &format!("HEAD {file}"), ""),
        request(&acme, &format!("GET {file}"), "range: bytes=7-2999999\r\n"),
        // It has a body, which nobody reads.
        request(&acme, &format!("GET {file}"), "content-length: 2\r\n") + "{}",
        me,
        request(&acme, &format!("GET {small_file}"), "range: bytes=7-799999\r\n"),
        request(&acme, &format!("HEAD {small_file}"), ""),
        request(&acme, &format!("GET {small_file}"), "content-length: 2\r\n") + "{}",
        request(&acme, &format!("GET {small_file}"), ""),
        request(&acme, &format!("GET {file}"), "connection: close\r\n"),
    ];
    let mut stream = say(&acme.server, &said.concat());
    let (numbers, small) = (numbers(500_000), numbers(150_000));
    let body = |bytes: &[u8]| Some((bytes.len(), bytes.to_vec()));
    let head_alone = |bytes: &[u8]| Some((bytes.len(), Vec::new()));
    for (status, expected) in [
        (200, body(&small)),
        (200, body(&numbers)),
        (200, None),
        (200, head_alone(&numbers)),
        (206, body(&numbers[7..3_000_000])),
        (200, body(&numbers)),
        (200, None),
        (206, body(&small[7..800_000])),
        (200, head_alone(&small)),
        (200, body(&small)),
        (200, body(&small)),
        (200, body(&numbers)),
    ] {
        let (said, head) = read_head(&mut stream);
        assert_eq!(said, status, "{head:?}");
        match expected {
            Some((length, bytes)) => {
                assert_eq!(head["content-length"], length.to_string());
                let mut read = vec![0; bytes.len()];
                stream.read_exact(&mut read).unwrap();
                assert!(read == bytes, "{head:?}");
            }
            None => {
                let me = read_body(&mut stream, &head);
                assert!(me.starts_with(b"{") && me.ends_with(b"}"), "{head:?}");
            }
        }
    }
    assert_eq!(stream.read(&mut [0]).unwrap(), 0, "the last answer ends the connection");
}

#[tokio::test]
async fn a_large_file_has_the_fields_that_the_http_library_would_give_it() {
    let (acme, folder) = with_files().await;
    // An answer to HTTP/1.0 does not go past it.
    let [mut past, mut through] = ["1.1", "1.0"].map(|version| {
        let line = format!("GET {folder}/numbers.bin HTTP/{version}");
        let mut stream = say(&acme.server, &request(&acme, &line, "connection: close\r\n"));
        let (status, head) = read_head(&mut stream);
        assert_eq!(status, 200, "{head:?}");
        assert!(read_body(&mut stream, &head) == numbers(500_000));
        head
    });
    for head in [&mut past, &mut through] {
        let date = head.remove("date").unwrap();
        assert!(httpdate(&date), "{date}");
        assert!(head.remove("x-request-id").is_some());
    }
    assert_eq!(past.remove("connection").as_deref(), Some("close"));
    through.remove("connection");
    assert_eq!(past, through);
}

/// Whether it is written like `Sun, 06 Nov 1994 08:49:37 GMT`.
fn httpdate(text: &str) -> bool {
    jiff::fmt::strtime::parse("%a, %d %b %Y %H:%M:%S GMT", text).is_ok() && text.len() == 29
}

#[tokio::test]
async fn a_file_that_becomes_shorter_while_it_is_sent_breaks_the_answer_off() {
    let (acme, folder) = with_files().await;
    let line = format!("GET {folder}/zeros.bin HTTP/1.1");
    let mut stream = say(&acme.server, &request(&acme, &line, ""));
    let (status, head) = read_head(&mut stream);
    assert_eq!((status, head["content-length"].as_str()), (200, "67108864"));
    // Little of it is on its way: the machine holds a few megabytes between the two ends.
    let blobs = acme.server.data().join("blobs");
    let mut kept = files(&blobs).into_iter().map(|name| blobs.join(name));
    let large = kept.find(|path| path.metadata().unwrap().len() == 67_108_864).unwrap();
    std::fs::OpenOptions::new().write(true).open(large).unwrap().set_len(40_000_000).unwrap();
    let mut body = Vec::new();
    let ended = stream.read_to_end(&mut body);
    assert!(ended.is_err() || body.len() == 40_000_000, "{ended:?}, {}", body.len());
    let mut stream = say(&acme.server, &request(&acme, &line, "connection: close\r\n"));
    assert_eq!(read_head(&mut stream).0, 500, "the next one does not begin");
}
