//! `rondo token`: where a value goes, what a token may do, and all tokens of an organization.

use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Output};

use serde_json::Value;

use crate::harness::{RONDO, Server};

const CONFIG: &str = "version: 2.1\njobs:\n  build: {machine: true, steps: [{run: 'true'}]}\n";

fn server() -> (Server, String) {
    let server = Server::start_with(crate::harness::Database::Sqlite, &["--executor", "none"]);
    server.add_person("mika", true);
    server.add_person("ren", false);
    server.add_project("gh/acme/web", CONFIG);
    server.admin(&["user", "role", "ren", "gh/acme", "viewer"]);
    let mika = server.personal_token("mika");
    (server, mika)
}

fn rondo(server: &Server, token: &str, words: &[&str]) -> Output {
    let mut command = Command::new(RONDO);
    command.arg("token").args(words).env("RONDO_URL", &server.url).env("CIRCLE_TOKEN", token);
    command.env("LC_ALL", "C.UTF-8").output().unwrap()
}

/// What a command that must succeed printed.
fn prints(server: &Server, token: &str, words: &[&str]) -> String {
    let output = rondo(server, token, words);
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{words:?}: {complaint}");
    String::from_utf8(output.stdout).unwrap()
}

/// The same on a terminal, where both streams are one.
fn on_terminal(server: &Server, token: &str, words: &str) -> (bool, String) {
    let mut command = Command::new("script");
    command.args([
        "--quiet",
        "--return",
        "--command",
        &format!("{RONDO} token {words}"),
        "/dev/null",
    ]);
    command.env("RONDO_URL", &server.url).env("CIRCLE_TOKEN", token).env("LC_ALL", "C.UTF-8");
    let output = command.output().unwrap();
    (output.status.success(), String::from_utf8_lossy(&output.stdout).into_owned())
}

async fn count(server: &Server, token: &str) -> usize {
    server.get(token, "/api/v1.1/user/token").await.1.as_array().unwrap().len()
}

#[tokio::test]
async fn a_value_is_shown_on_a_terminal_only_when_that_is_asked_for() {
    let (server, mika) = server();
    for words in ["create --label x", "create --label x --json"] {
        let (ok, said) = on_terminal(&server, &mika, words);
        assert!(!ok && said.contains("--show") && !said.contains("rdpat_"), "{words}: {said}");
    }
    assert_eq!(count(&server, &mika).await, 1, "none was made in vain");
    let (ok, said) = on_terminal(&server, &mika, "create --label x --show");
    assert!(ok && said.trim().starts_with("rdpat_"), "{said}");
    let piped = prints(&server, &mika, &["create", "--label", "piped"]);
    assert_eq!(server.get(piped.trim(), "/api/v1.1/me").await.0, 200);
}

#[tokio::test]
async fn a_value_goes_into_a_new_file_that_nobody_else_reads() {
    let (server, mika) = server();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    let file = path.to_str().unwrap();
    let output = rondo(&server, &mika, &["create", "--label", "x", "--output", file]);
    assert!(output.status.success() && output.stdout.is_empty(), "{output:?}");
    let value = std::fs::read_to_string(&path).unwrap();
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(server.get(value.trim(), "/api/v1.1/me").await.0, 200);
    let output = rondo(&server, &mika, &["create", "--label", "y", "--output", file]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && said.contains("is there already"), "{said}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), value, "it stays as it was");
    assert_eq!(count(&server, &mika).await, 2, "none was made in vain");

    let other = folder.path().join("other");
    let words = ["create", "--label", "z", "--json", "--output", other.to_str().unwrap()];
    let shown: Value = serde_json::from_str(&prints(&server, &mika, &words)).unwrap();
    assert!(shown["token"].is_null() && shown["label"] == "z", "{shown}");
    // Where no token is made, no file stays.
    let third = folder.path().join("third");
    let words = ["create", "--label", " ", "--output", third.to_str().unwrap()];
    assert!(!rondo(&server, &mika, &words).status.success());
    assert!(!third.exists());
    let words = ["create", "--label", "x", "--show", "--output", third.to_str().unwrap()];
    assert!(!rondo(&server, &mika, &words).status.success(), "both at once");
}

#[tokio::test]
async fn a_token_is_explained_and_the_command_fails_where_the_call_would() {
    let (server, mika) = server();
    let ren = server.personal_token("ren");
    let told = prints(&server, &ren, &["explain", "GET", "/api/v1.1/project/gh/acme/web"]);
    assert!(told.contains("yes") && told.contains("gh/acme/web"), "{told}");
    let words = ["explain", "POST", "/api/v1.1/project/gh/acme/web", "--json"];
    let output = rondo(&server, &ren, &words);
    assert!(!output.status.success());
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&told["stopped_by"], &told["needs"]), (&"role".into(), &"trigger-builds".into()));
    let output = rondo(&server, &ren, &["explain", "GET", "/api/v9/me"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && said.contains("route not found"), "{said}");

    let narrow = prints(
        &server,
        &mika,
        &["create", "--label", "x", "--network", "127.0.0.0/8", "--expires", "30d"],
    );
    let narrow = narrow.trim();
    for more in [["--from", "192.0.2.7"], ["--at", "2099-01-01T00:00:00Z"]] {
        let words = [&["explain", "GET", "/api/v1.1/me"][..], &more].concat();
        assert!(!rondo(&server, narrow, &words).status.success(), "{more:?}");
    }
    prints(&server, narrow, &["explain", "GET", "/api/v1.1/me"]);
    let own = prints(&server, narrow, &["self"]);
    assert!(own.contains("127.0.0.0/8") && own.contains("29 days"), "{own}");
    let japanese = Command::new(RONDO)
        .args(["token", "explain", "POST", "/api/v1.1/project/gh/acme/web"])
        .env("RONDO_URL", &server.url)
        .env("CIRCLE_TOKEN", &ren)
        .env("LC_ALL", "ja_JP.UTF-8")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&japanese.stderr).into_owned();
    assert!(said.contains("この呼び出しは拒否されます"), "{said}");
}

#[tokio::test]
async fn all_tokens_of_an_organization_are_listed() {
    let (server, mika) = server();
    let ren = server.personal_token("ren");
    let badge = server.project_token("gh/acme/web", "status");
    let list = prints(&server, &mika, &["list", "--org", "gh/acme"]);
    assert!(list.contains(&ren[6..17]) && list.contains(&badge[6..17]), "{list}");
    let list = prints(&server, &mika, &["list", "--org", "gh/acme", "--kind", "project", "--json"]);
    let list: Value = serde_json::from_str(&list).unwrap();
    assert_eq!((list.as_array().unwrap().len(), &list[0]["project"]), (1, &"gh/acme/web".into()));
    let list = prints(
        &server,
        &mika,
        &["list", "--org", "gh/acme", "--owner", "ren", "--unused", "never"],
    );
    assert_eq!(list.lines().count(), 1, "{list}");
    for words in [
        &["list", "--org", "acme"][..],
        &["list", "--org", "gh/none"],
        &["list", "--org", "gh/acme", "--project", "gh/acme/web"],
        &["list", "--kind", "project"],
        &["list", "--org", "gh/acme", "--unused", "often"],
    ] {
        assert!(!rondo(&server, &mika, words).status.success(), "{words:?}");
    }
    assert!(!rondo(&server, &ren, &["list", "--org", "gh/acme"]).status.success());
}
