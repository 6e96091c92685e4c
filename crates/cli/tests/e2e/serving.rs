//! How `rondo serve` begins, and does not: the data folder, the port, the first administrator's link.
//! Where it fails it says so in one line on standard error, with the way out, and leaves nothing half
//! done.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output};

use reqwest::Method;

use crate::harness::{RONDO, Server};

fn serve(data: &Path, flags: &[&str]) -> Command {
    let mut command = Command::new(RONDO);
    command.args(["serve", "--data"]).arg(data).args(flags);
    command.env_remove("RONDO_DATA").env_remove("RONDO_LISTEN").env_remove("RONDO_DATABASE");
    command
}

/// That it ends with status 1 and one line on standard error that holds these words.
fn check(output: &Output, words: &[&str]) {
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{complaint}");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "");
    assert_eq!(complaint.lines().count(), 1, "{complaint}");
    assert!(complaint.starts_with("rondo: "), "{complaint}");
    for expected in words {
        assert!(complaint.contains(expected), "{expected:?} in {complaint}");
    }
}

const FREE_PORT: [&str; 2] = ["--listen", "127.0.0.1:0"];

#[test]
fn a_data_folder_belongs_to_one_server() {
    let server = Server::start();
    let output = serve(&server.data(), &FREE_PORT).output().unwrap();
    check(&output, &[server.data().to_str().unwrap(), "in use by another server", "--data"]);
}

#[test]
fn a_data_folder_that_cannot_be_made_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    for data in [file.clone(), file.join("data"), "/proc/rondo/data".into()] {
        let output = serve(&data, &FREE_PORT).output().unwrap();
        check(&output, &[data.to_str().unwrap(), "cannot be used", "--data"]);
    }
    assert_eq!(fs::read(&file).unwrap(), b"");
}

/// The command as it runs where the whole file system can only be read.
fn on_a_read_only_disk(command: &Command) -> Command {
    let mut read_only = Command::new("bwrap");
    read_only.args(["--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--"]);
    read_only.arg(command.get_program()).args(command.get_args());
    read_only
}

#[test]
fn a_data_folder_that_cannot_be_written_is_named() {
    let mut server = Server::start();
    assert!(server.stop().success());
    for data in [server.data(), server.folder.path().join("other")] {
        let output = on_a_read_only_disk(&serve(&data, &FREE_PORT)).output().unwrap();
        check(&output, &[data.to_str().unwrap(), "Read-only file system"]);
    }
    server.restart();
}

#[test]
fn a_port_that_is_taken_is_named_and_nothing_was_begun() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let output = serve(&data, &["--listen", &address]).output().unwrap();
    check(&output, &[&address, "--listen"]);
    let left = fs::read_dir(&data).unwrap().flatten().map(|entry| entry.file_name());
    assert_eq!(left.collect::<Vec<_>>(), ["lock"]);
}

#[test]
fn a_damaged_key_file_stops_the_server() {
    let mut server = Server::start();
    assert!(server.stop().success());
    for key in ["pepper.key", "seal.key"] {
        let path = server.data().join(key);
        let whole = fs::read(&path).unwrap();
        fs::write(&path, &whole[..31]).unwrap();
        let output = serve(&server.data(), &FREE_PORT).output().unwrap();
        check(&output, &[path.to_str().unwrap(), "damaged"]);
        fs::write(&path, whole).unwrap();
    }
    server.restart();
}

fn setup_links(server: &Server) -> Vec<String> {
    let log = fs::read_to_string(server.log()).unwrap();
    let addresses = log.split_whitespace().filter_map(|word| word.strip_prefix(&server.url));
    addresses.filter(|path| path.starts_with("/setup/")).map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_link_is_printed_until_there_is_an_administrator() {
    let mut server = Server::start();
    assert!(server.stop().success());
    assert_eq!(setup_links(&server).len(), 1);
    server.add_person("somebody", false);
    server.restart();
    assert!(server.stop().success());
    let links = setup_links(&server);
    assert_eq!(links.len(), 2);
    assert_ne!(links[0], links[1]);
    server.restart();
    let page = server.request(Method::GET, &links[1]).send().await.unwrap();
    assert_eq!(page.status(), 200);
    server.add_person("mika", true);
    let page = server.request(Method::GET, &links[1]).send().await.unwrap();
    assert_ne!(page.status(), 200, "a link outlives the making of the first administrator");
    assert!(server.stop().success());
    let before = setup_links(&server).len();
    server.restart();
    assert!(server.stop().success());
    assert_eq!(setup_links(&server).len(), before);
}
