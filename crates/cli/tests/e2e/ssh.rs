//! Repositories that are reached over SSH: a real sshd on a port of this machine, with its own host key
//! and a list of the keys that it takes; git and ssh as builds find them.

pub(crate) mod sshd;

use std::fs;
use std::path::Path;
use std::process::Command;

use reqwest::Method;
use serde_json::{Value, json};

use crate::acme::{PROJECT, steps};
use crate::harness::{Database, RONDO, Repository, Server, answer};
use sshd::{Sshd, make_key};

/// Checks out, speaks to the repository by a step of its own, and keeps what it got; the key goes
/// along backwards, so that a test can know what must be nowhere else.
const CONFIG: &str = "
version: 2.1
jobs:
  build:
    machine: true
    steps:
      - checkout
      - run: mkdir out && git ls-remote origin > out/remote.txt && git log -1 --format=%s > out/log.txt
      - run: cat ~/.ssh/rondo/checkout && stat -c '%a %n' ~/.ssh ~/.ssh/rondo ~/.ssh/rondo/*
      - run: rev ~/.ssh/rondo/checkout > out/key.txt
      - store_artifacts: {path: out, destination: out}
  without:
    machine: true
    steps:
      - run: ls -A ~ && test ! -e ~/.ssh/rondo
";

struct Place {
    server: Server,
    sshd: Sshd,
    token: String,
    repository: Repository,
    /// What adding the project said on standard error.
    introduction: String,
}

impl Place {
    fn make(config: &str, flags: &[&str]) -> Self {
        let server = Server::start_with(Database::Sqlite, flags);
        let sshd = Sshd::start(server.folder.path());
        let repository = Repository::make(&server.folder.path().join("repository"), config);
        server.add_person("mika", true);
        let url = sshd.url(&repository.folder);
        let (ok, slug, introduction) =
            server.try_admin(&["project", "add", "gh/acme/web", "--git", &url], "");
        assert!(ok && slug == "gh/acme/web", "{introduction}");
        let token = server.personal_token("mika");
        Self { server, sshd, token, repository, introduction }
    }

    async fn get(&self, path: &str) -> (u16, Value) {
        self.server.get(&self.token, &format!("{PROJECT}{path}")).await
    }

    async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        self.server.post(&self.token, &format!("{PROJECT}{path}"), body).await
    }

    async fn public_key(&self) -> String {
        let (status, keys) = self.get("/checkout-key").await;
        assert_eq!(status, 200, "{keys}");
        keys[0]["public_key"].as_str().unwrap().to_owned()
    }

    /// Runs a job to its end: the build, and what it printed.
    async fn run(&self, job: &str) -> (Value, String) {
        let body = json!({"build_parameters": {"CIRCLE_JOB": job}});
        let (status, build) = self.post("/tree/main", body).await;
        assert_eq!(status, 201, "{build}");
        let number = build["build_num"].as_i64().unwrap();
        let build = self.server.ended(&self.token, "gh/acme/web", number).await;
        (build, self.server.output(&self.token, "gh/acme/web", number).await)
    }

    async fn artifact(&self, number: &Value, name: &str) -> String {
        let (_, list) = self.get(&format!("/{number}/artifacts")).await;
        let mut list = list.as_array().unwrap().iter();
        let found = list.find(|artifact| artifact["path"] == name).unwrap();
        let path = found["url"].as_str().unwrap().strip_prefix(&self.server.url).unwrap();
        let request = self.server.request(Method::GET, path).header("circle-token", &self.token);
        request.send().await.unwrap().text().await.unwrap()
    }
}

/// The lines of a private key that no other key has.
fn telling_lines(private: &str) -> Vec<String> {
    let lines = private.lines().filter(|line| !line.starts_with('-')).skip(1);
    lines.map(str::to_owned).collect()
}

/// Every file below a folder that holds one of the texts.
fn holding(folder: &Path, texts: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(folder) = waiting.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            if entry.file_type().unwrap().is_dir() {
                waiting.push(entry.path());
            } else if let Ok(bytes) = fs::read(entry.path()) {
                let bytes = String::from_utf8_lossy(&bytes);
                let holds = |text: &String| bytes.contains(text.as_str());
                if texts.iter().any(holds) {
                    found.push(entry.path().display().to_string());
                }
            }
        }
    }
    found
}

#[tokio::test]
async fn a_project_on_ssh_builds_once_its_key_is_added_and_the_key_is_left_nowhere() {
    let place = Place::make(CONFIG, &["--log", "trace"]);
    let key = place.public_key().await;
    assert!(key.starts_with("ssh-ed25519 AAAA") && key.ends_with("rondo gh/acme/web"), "{key}");
    for words in [key.as_str(), &place.sshd.fingerprint(), "known-host remove"] {
        assert!(place.introduction.contains(words), "{words} in {}", place.introduction);
    }
    let (build, output) = place.run("build").await;
    assert_eq!(build["status"], "failed", "{output}");
    for words in [key.as_str(), "does not take this project's checkout key SHA256:", "deploy key"] {
        assert!(output.contains(words), "{words} in {output}");
    }

    place.sshd.take(&key);
    let (build, output) = place.run("build").await;
    assert_eq!(build["outcome"], "success", "{output}");
    let number = &build["build_num"];
    assert!(place.artifact(number, "out/remote.txt").await.contains("refs/heads/main"));
    assert_eq!(place.artifact(number, "out/log.txt").await, "Change the configuration\n");
    assert!(output.contains("600 /home/circleci/.ssh/rondo/checkout\n"), "{output}");
    assert!(output.contains("700 /home/circleci/.ssh\n"), "{output}");
    let backwards = place.artifact(number, "out/key.txt").await;
    let private: Vec<String> = backwards.lines().map(|line| line.chars().rev().collect()).collect();
    let lines = telling_lines(&private.join("\n"));
    assert!(lines.len() >= 3, "{backwards}");
    assert!(lines.iter().all(|line| !output.contains(line.as_str())) && output.contains("****"));
    let (build, output) = place.run("without").await;
    assert_eq!(build["outcome"], "success", "a job that checks nothing out has no key: {output}");

    assert_eq!(holding(place.server.folder.path(), &lines), Vec::<String>::new());
    let jobs = place.server.data().join("jobs");
    assert!(holding(&jobs, &["PRIVATE KEY".to_owned()]).is_empty());
    for path in ["/checkout-key", "/checkout-key?digest=sha256", "/envvar"] {
        let (_, answer) = place.get(path).await;
        assert!(!answer.to_string().contains("PRIVATE"), "{answer}");
    }
    let wrong = fs::read_to_string(place.server.log()).unwrap();
    assert!(!wrong.contains("PRIVATE KEY"), "the log holds a private key");
}

#[tokio::test]
async fn an_unconfined_job_has_its_own_keys_and_not_those_of_the_servers_user() {
    let place = Place::make(
        "
version: 2.1
jobs:
  build:
    machine: true
    steps:
      - checkout
      - run: git ls-remote origin | grep main && ls ~/.ssh/rondo
",
        &["--executor", "unconfined"],
    );
    place.sshd.take(&place.public_key().await);
    let (build, output) = place.run("build").await;
    assert_eq!(build["outcome"], "success", "{output}");
    assert!(output.contains("20-checkout.conf"), "{output}");
}

#[tokio::test]
async fn a_host_that_shows_another_key_is_refused_until_an_administrator_says_otherwise() {
    let mut place = Place::make(CONFIG, &[]);
    place.sshd.take(&place.public_key().await);
    let known = place.sshd.fingerprint();
    place.sshd.restart_with_another_host_key();
    let shown = place.sshd.fingerprint();
    assert_ne!(known, shown);
    let (build, output) = place.run("build").await;
    assert_eq!(build["status"], "failed");
    for words in [&known, &shown, "known-host remove", "another key"] {
        assert!(output.contains(words), "{words} in {output}");
    }
    let host = place.sshd.host();
    let (ok, _, complaint) = place.server.try_admin(&["known-host", "add", &host], "");
    assert!(!ok && complaint.contains("already"), "{complaint}");
    place.server.admin(&["known-host", "remove", &host]);
    let (_, output) = place.run("build").await;
    assert!(output.contains("is not known to this server"), "{output}");
    let listed = place.server.admin(&["known-host", "add", &host]);
    assert!(listed.contains(&shown) && !listed.contains(&known), "{listed}");
    assert!(place.server.admin(&["known-host", "list"]).contains(&shown));
    let (build, output) = place.run("build").await;
    assert_eq!(build["outcome"], "success", "{output}");
}

#[tokio::test]
async fn a_host_that_does_not_answer_can_be_made_known_by_a_line_of_known_hosts() {
    let server = Server::start();
    let port = sshd::free_port();
    let url = format!("ssh://git@127.0.0.1:{port}/srv/web");
    let (ok, _, said) = server.try_admin(&["project", "add", "gh/acme/web", "--git", &url], "");
    assert!(ok && said.contains("did not show its key"), "{said}");
    let host = format!("127.0.0.1:{port}");
    let (ok, _, said) = server.try_admin(&["known-host", "add", &host], "");
    assert!(!ok && said.contains("does not show an SSH host key"), "{said}");
    let (ok, _, said) = server.try_admin(&["known-host", "add", &host, "--stdin"], "no key\n");
    assert!(!ok && said.contains("no host key"), "{said}");
    let key = make_key(server.folder.path(), "host", &["-t", "rsa", "-b", "2048"]);
    let line = format!("[127.0.0.1]:{port} {}", key.public);
    let (ok, listed, said) = server.try_admin(&["known-host", "add", &host, "--stdin"], &line);
    assert!(ok && listed.contains(&key.fingerprint), "{listed} {said}");
    let list: Value =
        serde_json::from_str(&server.admin(&["known-host", "list", "--json"])).unwrap();
    assert_eq!(list[0]["host"], format!("[127.0.0.1]:{port}"));
    assert_eq!(list[0]["fingerprint"], key.fingerprint);
}

#[tokio::test]
async fn a_job_gets_the_keys_that_it_asks_for_and_no_others() {
    let place = Place::make("version: 2.1\n", &[]);
    place.sshd.take(&place.public_key().await);
    let folder = place.server.folder.path();
    let one = make_key(folder, "one", &["-t", "ed25519"]);
    let two = make_key(folder, "two", &["-t", "ecdsa"]);
    for (key, hostname) in [(&one, "127.0.0.1"), (&two, "")] {
        let body = json!({"hostname": hostname, "private_key": key.private});
        assert_eq!(place.post("/ssh-key", body.clone()).await, (200, json!("")));
        assert_eq!(place.post("/ssh-key", body).await, (200, json!("")));
    }
    place.sshd.take_only(&one.public);
    let url = place.sshd.url(&place.repository.folder);
    let config = format!(
        "
version: 2.1
jobs:
  one:
    machine: true
    steps:
      - add_ssh_keys: {{fingerprints: ['{}']}}
      - run: ls ~/.ssh/rondo | tr '\\n' ' ' && git ls-remote {url}
  other:
    machine: true
    steps:
      - add_ssh_keys: {{fingerprints: ['{}']}}
      - run: git ls-remote {url}
  none:
    machine: true
    steps:
      - add_ssh_keys: {{fingerprints: ['00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff']}}
  all:
    machine: true
    steps:
      - add_ssh_keys
      - run: ls ~/.ssh/rondo | tr '\\n' ' '; cat ~/.ssh/rondo/*
",
        one.fingerprint, two.md5
    );
    place.repository.commit(&config);
    place.sshd.take(&place.public_key().await);
    let names = |key: &sshd::Key| key.md5.replace(':', "");
    let (build, output) = place.run("one").await;
    assert_eq!(build["outcome"], "success", "{output}");
    assert!(output.contains(&names(&one)) && !output.contains(&names(&two)), "{output}");
    assert!(output.contains("refs/heads/main"), "{output}");
    let (build, output) = place.run("other").await;
    assert_eq!(build["status"], "failed", "{output}");
    assert!(output.contains("Permission denied"), "{output}");
    let (build, output) = place.run("none").await;
    assert_eq!(build["status"], "failed");
    assert!(output.contains("no additional SSH key with the fingerprint 00:11:22"), "{output}");
    let (build, output) = place.run("all").await;
    assert_eq!(build["outcome"], "success", "{output}");
    assert!(output.contains(&names(&one)) && output.contains(&names(&two)), "{output}");
    for line in telling_lines(&one.private).into_iter().chain(telling_lines(&two.private)) {
        assert!(!output.contains(&line), "{line} in {output}");
    }
    assert_eq!(steps(&build)[1].0, "Installing additional ssh keys");
    let delete = async |body: Value| {
        let path = format!("{PROJECT}/ssh-key");
        let request = place.server.request(Method::DELETE, &path);
        answer(request.header("circle-token", &place.token).json(&body)).await
    };
    let elsewhere = json!({"fingerprint": one.md5, "hostname": "other.example.com"});
    assert_eq!(delete(elsewhere).await.0, 404);
    assert_eq!(delete(json!({"fingerprint": one.md5})).await, (200, json!("")));
    assert_eq!(delete(json!({"fingerprint": one.md5})).await.0, 404);
    let (build, _) = place.run("one").await;
    assert_eq!(build["status"], "failed");
    let holders = holding(&place.server.data(), &telling_lines(&one.private));
    assert_eq!(holders, Vec::<String>::new());
}

#[tokio::test]
async fn what_is_no_key_is_refused_with_the_way_out_and_none_of_it() {
    let place = Place::make(CONFIG, &[]);
    let folder = place.server.folder.path();
    let old = make_key(folder, "old", &["-t", "rsa", "-b", "2048", "-m", "PEM"]);
    let locked = make_key(folder, "locked", &["-t", "ed25519", "-N", "a passphrase"]);
    for (hostname, private, words) in [
        ("h", "", "no private key"),
        ("h", "hunter2-hunter2", "no private key"),
        ("h", old.public.as_str(), "no private key"),
        ("h", &old.private, "ssh-keygen -p -f FILE"),
        ("h", &locked.private, "has a passphrase"),
        ("a b", &locked.private, "a host is a name"),
        ("*.example.com", &locked.private, "a host is a name"),
    ] {
        let body = json!({"hostname": hostname, "private_key": private});
        let (status, answer) = place.post("/ssh-key", body).await;
        assert_eq!(status, 400, "{answer}");
        let message = answer["message"].as_str().unwrap();
        assert!(message.contains(words) && !message.contains("hunter2"), "{message}");
    }
    for (body, words) in [
        (json!({"type": "other"}), "deploy-key"),
        (json!({"type": "bitbucket-user-key"}), "Bitbucket"),
        (json!({}), "type"),
    ] {
        let (status, answer) = place.post("/checkout-key", body).await;
        assert_eq!(status, 400, "{answer}");
        assert!(answer["message"].as_str().unwrap().contains(words), "{answer}");
    }
}

#[tokio::test]
async fn checkout_keys_are_made_listed_and_deleted_as_on_circleci() {
    let place = Place::make(CONFIG, &[]);
    let request = place.server.request(Method::POST, &format!("{PROJECT}/checkout-key"));
    let request = request.header("circle-token", &place.token);
    let made = request.json(&json!({"type": "github-user-key"})).send().await.unwrap();
    assert_eq!(made.status(), 201);
    let location = made.headers()["location"].to_str().unwrap().to_owned();
    let made: Value = made.json().await.unwrap();
    assert_eq!((&made["login"], &made["preferred"]), (&json!("mika"), &json!(false)));
    let path = location.strip_prefix(&place.server.url).unwrap();
    assert_eq!(place.server.get(&place.token, path).await, (200, made.clone()));
    let (_, list) = place.get("/checkout-key").await;
    let list = list.as_array().unwrap();
    assert_eq!(list.len(), 2);
    let first = &list[0];
    assert_eq!(first["type"], "deploy-key");
    assert_eq!((&first["login"], &first["preferred"]), (&Value::Null, &json!(true)));
    assert_eq!(first["fingerprint"].as_str().unwrap().len(), 47);
    let (_, long) = place.get("/checkout-key?digest=sha256").await;
    let sha256 = long[0]["fingerprint"].as_str().unwrap();
    assert!(sha256.starts_with("SHA256:"), "{sha256}");
    assert_eq!(place.get("/checkout-key?digest=crc").await.0, 400);
    // A fingerprint may be written in either way.
    let encoded = rondo_wire::client::segment(sha256).to_string();
    for (name, status) in [(encoded.as_str(), 200), (encoded.as_str(), 404), ("aa:bb", 404)] {
        let path = format!("{PROJECT}/checkout-key/{name}");
        let (answered, body) = place.server.delete(&place.token, &path).await;
        assert_eq!(answered, status, "{body}");
        let message = if status == 200 { "ok" } else { "checkout key not found" };
        assert_eq!(body["message"], message);
    }
    let (_, left) = place.get("/checkout-key").await;
    assert_eq!(left[0]["preferred"], true, "the next one takes over: {left}");

    // The command says the same.
    let command = |words: &[&str]| {
        let mut command = Command::new(RONDO);
        command.args([&["project", "checkout-key"], words].concat());
        command.env("RONDO_URL", &place.server.url).env("CIRCLE_TOKEN", &place.token);
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let public = command(&["create", "gh/acme/web"]);
    assert!(command(&["list", "gh/acme/web"]).contains(public.trim()));
    let listed: Value = serde_json::from_str(&command(&["list", "gh/acme/web", "--json"])).unwrap();
    let last = listed.as_array().unwrap().last().unwrap()["fingerprint"].as_str().unwrap();
    command(&["delete", "gh/acme/web", last]);
    assert!(!command(&["list", "gh/acme/web"]).contains(public.trim()));
}

#[tokio::test]
async fn a_key_is_made_for_a_project_that_lost_its_own_before_its_next_build() {
    let place = Place::make(CONFIG, &[]);
    let before = place.public_key().await;
    let (_, keys) = place.get("/checkout-key").await;
    let path = format!("{PROJECT}/checkout-key/{}", keys[0]["fingerprint"].as_str().unwrap());
    assert_eq!(place.server.delete(&place.token, &path).await.0, 200);
    let (_, output) = place.run("build").await;
    let after = place.public_key().await;
    assert_ne!(before, after);
    assert!(output.contains(&after), "{output}");
}
