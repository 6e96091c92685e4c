//! How many files a server and its jobs may have open.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::json;

use crate::acme::Acme;
use crate::harness::Server;

const CONFIG: &str = "
version: 2.1
jobs:
  build:
    machine: true
    steps:
      - run: ulimit -S -n
";

#[tokio::test(flavor = "multi_thread")]
async fn a_server_takes_more_connections_than_it_was_started_for_and_its_jobs_do_not() {
    let acme = Acme::on(Server::start_with_open_files(100), CONFIG);
    let address = acme.server.url.trim_start_matches("http://");
    // Each keeps its connection.
    let clients: Vec<_> = (0..200).map(|_| TcpStream::connect(address).unwrap()).collect();
    for mut client in &clients {
        client.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        client.write_all(b"GET /healthz HTTP/1.1\r\nhost: rondo\r\n\r\n").unwrap();
        let mut line = [0; 15];
        client.read_exact(&mut line).unwrap();
        assert_eq!(&line, b"HTTP/1.1 200 OK");
    }
    let printed = acme.prints("build", json!({})).await;
    assert_eq!(printed.lines().last(), Some("100"), "{printed}");
    drop(clients);
}
