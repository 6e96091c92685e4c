//! Client libraries written for CircleCI, as their authors published them, make every call that they have for
//! API v1 and v1.1 against a server with a real build. What they call is in `clients/`, in their own
//! languages.

use std::path::Path;
use std::process::Command;

use serde_json::json;

use crate::acme::{Acme, KEEPING, PROJECT};
use crate::harness::{RONDO, feed_to, python};

async fn built() -> Acme {
    let acme = Acme::start(KEEPING);
    let build = acme.run("build", json!({})).await;
    assert_eq!(build["status"], "success", "{build}");
    acme
}

fn script(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/e2e/clients");
    folder.join(name).to_str().unwrap().to_owned()
}

/// Runs a client's calls to their end, and looks for its token in what the server wrote.
fn check(acme: &Acme, mut command: Command) {
    command.env("RONDO_URL", &acme.server.url).env("RONDO_TOKEN", &acme.token);
    command.env_remove("HTTP_PROXY").env_remove("HTTPS_PROXY").env_remove("http_proxy");
    command.env_remove("https_proxy").env_remove("all_proxy").env_remove("ALL_PROXY");
    command.env("NO_PROXY", "127.0.0.1");
    let printed = feed_to(command, "");
    assert!(printed.contains("every call was made"), "{printed}");
    let log = std::fs::read_to_string(acme.server.log()).unwrap();
    assert!(log.contains("answered") && !log.contains(&acme.token), "the log holds the token");
}

#[tokio::test]
async fn pycircleci_makes_every_call_of_v1_1() {
    let acme = built().await;
    let folder = acme.server.folder.path().join("downloads");
    std::fs::create_dir(&folder).unwrap();
    let mut command = Command::new(python());
    command.arg(script("pycircleci_calls.py")).arg(folder);
    check(&acme, command);
}

#[tokio::test]
async fn circleclient_makes_every_call_of_v1_at_the_address_that_is_its_own() {
    let acme = built().await;
    acme.post(&format!("{PROJECT}/follow"), json!({})).await;
    let folder = acme.server.folder.path().join("authority");
    std::fs::create_dir(&folder).unwrap();
    let mut command = Command::new(python());
    command.arg(script("circleci_proxy.py")).arg(folder);
    command.arg(python()).arg(script("circleclient_calls.py"));
    check(&acme, command);
}

#[tokio::test]
async fn circleci_api_makes_every_call_of_v1_1() {
    let acme = built().await;
    let modules = Path::new(RONDO).ancestors().nth(2).unwrap().join("node/node_modules");
    assert!(modules.exists(), "{} is missing: ./test install", modules.display());
    let mut command = Command::new("node");
    command.arg(script("circleci_api_calls.cjs")).env("NODE_PATH", modules);
    check(&acme, command);
}
