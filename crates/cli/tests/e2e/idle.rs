//! Connections on which nothing is asked, or nothing is taken of the answer: they are closed, so that nobody
//! keeps others out by holding many.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::acme::{Acme, until};
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

/// A build that kept more than fits on the way to a client, and what to say for that: once for the file,
/// which goes past hyper, and once for an archive, which does not.
async fn large(acme: &Acme) -> [String; 2] {
    let build = acme.run("build", json!({})).await;
    let job = build["workflows"]["job_id"].as_str().unwrap();
    ["/0/noise.bin", ".tar.zst"].map(|path| {
        let line = format!("GET /output/job/{job}/artifacts{path} HTTP/1.1");
        format!("{line}\r\nhost: rondo\r\ncircle-token: {}\r\n\r\n", acme.token)
    })
}

const KEEPS_NOISE: &str = "
version: 2.1
jobs:
  build:
    machine: true
    steps:
      - run: head -c 64M /dev/urandom > noise.bin
      - store_artifacts: {path: noise.bin}
";
const NOISE: usize = 64 << 20;

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_lasts_longer_comes_whole() {
    let acme = Acme::start_with(KEEPS_NOISE, &ONE_SECOND);
    for question in large(&acme).await {
        let mut asked = say(&acme.server, &question);
        // Meanwhile another one is idle, and closed for it.
        let mut silent = say(&acme.server, "");
        silent.set_read_timeout(Some(Duration::from_millis(20))).unwrap();
        let (mut heard, mut piece) = (Vec::new(), vec![0; 256 << 10]);
        while silent.read(&mut [0]).is_err() {
            let length = asked.read(&mut piece).unwrap();
            heard.extend_from_slice(&piece[..length]);
        }
        assert!(heard.starts_with(b"HTTP/1.1 200 OK"));
        assert!(heard.len() < NOISE, "it came too fast to tell anything");
        heard.extend(until_closed(asked));
        assert!(heard.len() > NOISE, "{question}: {} bytes", heard.len());
    }
}

/// Whether the other side still holds this connection, as the system tells without touching it.
fn is_held(stream: &TcpStream) -> bool {
    let there = format!(":{:04X}", stream.peer_addr().unwrap().port());
    let here = format!(":{:04X}", stream.local_addr().unwrap().port());
    let table = std::fs::read_to_string("/proc/net/tcp").unwrap();
    let rows = table.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    let mut established = rows.filter(|row| row[3] == "01");
    established.any(|row| row[1].ends_with(&there) && row[2].ends_with(&here))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_of_which_nothing_is_taken_is_broken_off() {
    let acme = Acme::start_with(KEEPS_NOISE, &ONE_SECOND);
    let questions = large(&acme).await;
    let mut deaf = questions.map(|question| say(&acme.server, &question));
    for stream in &mut deaf {
        stream.read_exact(&mut [0; 12]).unwrap();
    }
    let are_let_go = || (!deaf.iter().any(is_held)).then_some(());
    until("neither is held", Duration::from_secs(30), are_let_go).await;
    for mut stream in deaf {
        let mut rest = Vec::new();
        let ended = stream.read_to_end(&mut rest).map_err(|error| error.kind());
        assert_eq!(ended, Err(ErrorKind::ConnectionReset));
        assert!(rest.len() < NOISE, "{} bytes", rest.len());
    }
}
