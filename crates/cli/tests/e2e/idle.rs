//! Connections on which nothing is asked: they are closed, so that nobody keeps others out by holding many.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::acme::Acme;
use crate::harness::{Database, Server};

const ONE_SECOND: [&str; 2] = ["--idle-seconds", "1"];
const QUESTION: &str = "GET /healthz HTTP/1.1\r\nhost: rondo\r\n\r\n";

/// A connection on which this was said.
fn say(server: &Server, text: &str) -> TcpStream {
    let mut stream = TcpStream::connect(server.url.trim_start_matches("http://")).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    stream.write_all(text.as_bytes()).unwrap();
    stream
}

/// What comes on a connection until the server closes it.
fn until_closed(mut stream: TcpStream) -> Vec<u8> {
    let mut all = Vec::new();
    stream.read_to_end(&mut all).expect("it is closed");
    all
}

#[test]
fn a_connection_on_which_nothing_is_asked_is_closed() {
    let server = Server::start_with(Database::Sqlite, &ONE_SECOND);
    let half = &QUESTION[..30];
    for (said, answers) in
        [("", 0), (half, 0), (QUESTION, 1), (&format!("{QUESTION}{QUESTION}{half}"), 2)]
    {
        let heard = String::from_utf8(until_closed(say(&server, said))).unwrap();
        assert_eq!(heard.matches("HTTP/1.1 200 OK").count(), answers, "{said:?}: {heard}");
    }
}

#[test]
fn a_body_whose_rest_does_not_come_is_refused() {
    let server = Server::start_with(Database::Sqlite, &ONE_SECOND);
    for (path, expected) in [
        ("/oauth/token", "\"message\":\"The body of the request did not come to its end.\""),
        ("/login", "<!DOCTYPE html>"),
    ] {
        let head =
            format!("POST {path} HTTP/1.1\r\nhost: rondo\r\nsec-fetch-site: same-origin\r\n");
        let kind = "content-type: application/x-www-form-urlencoded\r\ncontent-length: 20";
        let heard = until_closed(say(&server, &format!("{head}{kind}\r\n\r\nname=")));
        let heard = String::from_utf8(heard).unwrap();
        assert!(heard.starts_with("HTTP/1.1 400 "), "{path}: {heard}");
        assert!(heard.contains(expected), "{path}: {heard}");
    }
}

#[test]
fn a_server_that_stops_waits_for_nobody_who_asks_nothing() {
    let mut server = Server::start();
    let silent = [say(&server, ""), say(&server, &QUESTION[..30])];
    // These were taken before it.
    let mut asked = say(&server, QUESTION);
    asked.read_exact(&mut [0; 12]).unwrap();
    let told = Instant::now();
    assert!(server.stop().success());
    // An answer that is under way would be waited for longer.
    assert!(told.elapsed() < Duration::from_secs(5), "{:?}", told.elapsed());
    for stream in silent {
        assert_eq!(until_closed(stream), b"");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_lasts_longer_comes_whole() {
    let config = "
version: 2.1
jobs:
  build:
    machine: true
    steps:
      - run: head -c 64M /dev/urandom > noise.bin
      - store_artifacts: {path: noise.bin}
";
    let acme = Acme::start_with(config, &ONE_SECOND);
    let build = acme.run("build", json!({})).await;
    let folder =
        format!("/output/job/{}/artifacts", build["workflows"]["job_id"].as_str().unwrap());
    // More than fits on the way: what is not read waits.
    for path in ["/0/noise.bin", ".tar.zst"] {
        let head = format!(
            "GET {folder}{path} HTTP/1.1\r\nhost: rondo\r\ncircle-token: {}\r\n\r\n",
            acme.token
        );
        let asked = say(&acme.server, &head);
        // Meanwhile another one is idle, and closed for it.
        assert_eq!(until_closed(say(&acme.server, "")), b"");
        let heard = until_closed(asked);
        assert!(heard.starts_with(b"HTTP/1.1 200 OK"));
        assert!(heard.len() > 64 << 20, "{path}: {} bytes", heard.len());
    }
}
