//! `rondo config` and `rondo project` with bad input: one line on standard error that names the thing,
//! status 1, and nothing on standard output. A server that lies about its artifacts is one socket here.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::json;

use crate::acme::Acme;
use crate::harness::RONDO;

fn rondo(words: &[&str]) -> Command {
    let mut command = Command::new(RONDO);
    command.args(words).env_remove("RONDO_URL").env_remove("CIRCLE_TOKEN");
    command
}

pub(crate) fn client(url: &str, token: &str, words: &[&str]) -> Output {
    rondo(words).env("RONDO_URL", url).env("CIRCLE_TOKEN", token).output().unwrap()
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn check_failed(output: &Output, words: &[&str]) {
    check_ended(output, 1, words);
}

fn check_ended(output: &Output, status: i32, words: &[&str]) {
    let complaint = text(&output.stderr);
    assert_eq!(output.status.code(), Some(status), "{complaint}");
    assert_eq!(text(&output.stdout), "");
    assert_eq!(complaint.lines().count(), 1, "{complaint}");
    for expected in words {
        assert!(complaint.contains(expected), "{expected:?} in {complaint}");
    }
}

#[test]
fn a_configuration_that_cannot_be_read_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    fs::write(place("latin"), b"# caf\xe9\n").unwrap();
    fs::create_dir(place("folder")).unwrap();
    for (name, words) in
        [("missing", "No such file"), ("latin", "is not UTF-8"), ("folder", "Is a directory")]
    {
        let file = place(name);
        let output = rondo(&["config", "validate", &file]).output().unwrap();
        check_failed(&output, &[&file, words]);
        let output = rondo(&["config", "validate", "--json", &file]).output().unwrap();
        check_failed(&output, &[&file, words]);
    }
    let output = rondo(&["config", "validate"]).current_dir(&folder).output().unwrap();
    check_failed(&output, &[".circleci/config.yml", "No such file"]);
}

#[test]
fn problems_of_a_configuration_are_results_with_line_and_column() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("config.yml");
    let file = file.to_str().unwrap();
    let validate = |config: &[u8], flags: &[&str]| {
        fs::write(file, config).unwrap();
        rondo(&[&["config", "validate", file][..], flags].concat()).output().unwrap()
    };
    let good = b"version: 2.1\njobs:\n  build: {machine: true, steps: [checkout]}\n";
    let output = validate(good, &[]);
    assert_eq!((output.status.code(), text(&output.stdout)), (Some(0), String::new()));
    let bad = b"version: 2.1\njobs:\n  build: {machine: true, setps: [checkout]}\n";
    let output = validate(bad, &[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stdout).contains("3:26"), "{}", text(&output.stdout));
    let output = validate(bad, &["--json"]);
    let problems: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let mut places = problems.as_array().unwrap().iter().map(|p| [&p["line"], &p["column"]]);
    assert!(places.any(|place| place == [3, 26]), "{problems}");
    for odd in [&b""[..], b"\0", b"\xef\xbb\xbf", b"---\n---\n", b"\t", b"? ", &[b'['; 100_000]] {
        let output = validate(odd, &[]);
        assert_eq!(output.status.code(), Some(1), "{:?}", &odd[..odd.len().min(9)]);
        assert!(!output.stdout.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_client_is_told_wrongly_is_named() {
    let acme =
        Acme::start("version: 2.1\njobs:\n  build: {machine: true, steps: [{run: 'true'}]}\n");
    let (url, token) = (acme.server.url.as_str(), acme.token.as_str());
    let output = rondo(&["project", "list"]).output().unwrap();
    check_failed(&output, &["CIRCLE_TOKEN"]);
    for (url, token, words, expected) in [
        (url, token, &["project", "follow", "gh/acme/none"][..], "404"),
        (url, token, &["project", "artifacts", "gh/acme/web", "99"], "404"),
        (url, token, &["project", "envvar", "set", "gh/acme/web", "1BAD"], "1BAD"),
        (url, token, &["project", "envvar", "delete", "gh/acme/web", "../../x"], "../../x"),
        (
            url,
            token,
            &["project", "trigger", "gh/acme/web", "--job", "b", "--env", "X"],
            "KEY=VALUE",
        ),
        (url, token, &["project", "trigger", "gh/acme/web", "--job", "b", "--env", "a b=c"], "a b"),
        (
            url,
            token,
            &["project", "trigger", "gh/acme/web", "--branch", "a..b", "--job", "b"],
            "branch",
        ),
        (url, "junk", &["project", "list"], "401"),
        (url, "line\nbreak", &["project", "list"], "CIRCLE_TOKEN"),
        ("127.0.0.1:1", token, &["project", "list"], "http://"),
        ("http://127.0.0.1:1", token, &["project", "list"], "not reached"),
    ] {
        let output = client(url, token, words);
        check_failed(&output, &[expected]);
        assert!(!text(&output.stderr).contains(token), "{}", text(&output.stderr));
    }
}

/// A server that answers every list of artifacts with these names, and every download with `x`.
fn liar(names: &[&str]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let artifact = |name: &&str| json!({"path": name, "pretty_path": name, "node_index": 0, "url": format!("{url}/file")});
    let list = json!(names.iter().map(artifact).collect::<Vec<_>>()).to_string();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut request = Vec::new();
            let mut byte = [0];
            while !request.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap() > 0 {
                request.push(byte[0]);
            }
            let body = if request.starts_with(b"GET /file") { "x" } else { &list };
            let head = format!(
                "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
                body.len()
            );
            stream.write_all(format!("{head}{body}").as_bytes()).unwrap();
        }
    });
    url
}

/// Everything below a folder, as paths relative to it.
pub(crate) fn files(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap().flatten() {
            match entry.file_type().unwrap().is_dir() {
                true => folders.push(entry.path()),
                false => {
                    let path = entry.path();
                    found.push(path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned());
                }
            }
        }
    }
    found.sort();
    found
}

fn download(names: &[&str], folder: &Path) -> Output {
    let folder = folder.to_str().unwrap();
    client(&liar(names), "x", &["project", "artifacts", "gh/acme/web", "1", "--output", folder])
}

#[test]
fn a_server_cannot_make_a_client_write_outside_the_folder() {
    for name in ["../x", "/etc/rondo-x", "a/../../x", "..", ".", "", "a//x", "a/./x", "x\0", "a/"] {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("inner");
        check_failed(&download(&[name], &inner), &["leads out of the folder"]);
        assert_eq!(files(folder.path()), Vec::<String>::new(), "{name:?}");
    }
}

#[test]
fn a_command_that_is_wrong_by_itself_ends_with_2() {
    for (words, expected) in [
        (&["project", "follow", "acme"][..], "acme"),
        (&["project", "artifacts", "acme/web", "14"], "a project is named"),
    ] {
        check_ended(&client("http://127.0.0.1:1", "x", words), 2, &[expected]);
    }
}

#[test]
fn not_even_a_folder_is_made_where_a_link_leads_out() {
    let folder = tempfile::tempdir().unwrap();
    let [inner, outer] = ["inner", "outer"].map(|name| folder.path().join(name));
    fs::create_dir(&inner).unwrap();
    fs::create_dir(&outer).unwrap();
    std::os::unix::fs::symlink(&outer, inner.join("out")).unwrap();
    check_failed(&download(&["out/deep/x"], &inner), &["leads out of the folder"]);
    assert_eq!(fs::read_dir(&outer).unwrap().count(), 0);
}

#[test]
fn a_name_from_a_server_cannot_speak_to_the_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let output = download(&["a\u{1b}[31m", "two\nlines", "日本語"], folder.path());
    let printed = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert_eq!(printed.lines().count(), 3, "{printed}");
    assert!(printed.contains("a\\u{1b}[31m\n") && printed.contains("two\\nlines\n"), "{printed}");
    let url = liar(&["a\u{1b}[31m"]);
    let output = client(&url, "x", &["project", "artifacts", "gh/acme/web", "1"]);
    assert_eq!(text(&output.stdout), "a\\u{1b}[31m\n");
}

#[test]
fn a_download_replaces_nothing_but_its_own_file() {
    let folder = tempfile::tempdir().unwrap();
    let names = ["x.partial", "x", ".tmp", "deep/x", "%2e%2e", "-rf", "..x"];
    assert_eq!(download(&names, folder.path()).status.code(), Some(0));
    let mut expected = names.map(str::to_owned);
    expected.sort();
    assert_eq!(files(folder.path()), expected);
    let clash = tempfile::tempdir().unwrap();
    let output = download(&["a", "a/b"], clash.path());
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("a/b cannot be downloaded"), "{}", text(&output.stderr));
    assert_eq!(files(clash.path()), ["a"]);
}

const ODD_NAMES: &str = r#"
version: 2.1
jobs:
  build:
    machine: true
    steps:
      - run: |
          mkdir -p out/deep
          cd out
          echo x > $'two\nlines'
          echo x | tee -- 'a b' '日本語' '%2e%2e' '?q#f' "it's" '"q"' -- -rf ..x 'deep/a&b=c+d' 'back\slash' > /dev/null
          ln -s /etc/hostname link
      - store_artifacts: {path: out}
"#;

#[tokio::test(flavor = "multi_thread")]
async fn artifacts_with_odd_names_arrive_under_these_names() {
    let acme = Acme::start(ODD_NAMES);
    acme.prints("build", json!({})).await;
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().to_str().unwrap();
    let words = ["project", "artifacts", "gh/acme/web", "1", "--output", target];
    let output = client(&acme.server.url, &acme.token, &words);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let mut expected = [
        "a b",
        "日本語",
        "%2e%2e",
        "?q#f",
        "it's",
        "\"q\"",
        "--",
        "-rf",
        "..x",
        "deep/a&b=c+d",
        "back\\slash",
    ]
    .map(|name| format!("out/{name}"));
    expected.sort();
    let said = acme.output(1).await;
    assert_eq!(files(folder.path()), expected, "{said}");
    assert!(said.contains("two\\nlines: its name has a line break"), "{said}");
}
