//! The OpenAPI document of API v1.1 beside real answers: every reading call, by who may and by who may not,
//! and every call that makes or changes something. No answer has a field or a status that the document
//! does not know.

use std::path::Path;
use std::process::Command;

use reqwest::Method;
use rondo_server::facts;
use serde_json::{Value, json};

use crate::acme::Acme;
use crate::harness::{answer, feed_to, python};

const CONFIG: &str = "
version: 2.1
jobs:
  build:
    machine: true
    steps:
      - run: echo kept > kept.txt
      - run: |
          mkdir results
          echo '<testsuite name=\"all\"><testcase classname=\"c\" name=\"n\" time=\"0.1\"/><testcase name=\"m\"><failure/></testcase></testsuite>' > results/junit.xml
      - store_artifacts: {path: kept.txt}
      - store_test_results: {path: results}
  broken: {machine: true, steps: [{run: \"false\"}]}
workflows:
  main: {jobs: [build, broken: {requires: [build]}]}
";

const BASE: &str = "/api/v1.1";
const PROJECT: &str = "/project/{vcs}/{org}/{repo}";

/// Real answers, each with the call of the document that it answers.
struct Answers {
    acme: Acme,
    /// What is put in for the names in paths.
    names: Vec<(&'static str, String)>,
    taken: Vec<Value>,
}

impl Answers {
    /// A followed project with builds that went well, failed and wait, and one of each thing.
    async fn of_a_project() -> Self {
        let mut acme = Acme::start(CONFIG);
        let builds = acme.run_workflows("main", 2).await;
        assert_eq!(builds[0]["status"], "success", "{builds:?}");
        acme.ids().await;
        acme.server.set_flags(&["--executor", "none"]);
        acme.server.restart();
        acme.trigger("build", json!({"COLOUR": "red"})).await;
        let printed = builds[0]["build_num"].as_i64().unwrap();
        let names = vec![
            ("vcs", "github".to_owned()),
            ("org", "acme".to_owned()),
            ("repo", "web".to_owned()),
            ("branch", "main".to_owned()),
            ("number", printed.to_string()),
            ("name", "COLOUR".to_owned()),
            ("node", "0".to_owned()),
        ];
        let mut answers = Self { acme, names, taken: Vec::new() };
        let steps = answers.get(&answers.token(), "P/{number}").await;
        let steps = steps["steps"].as_array().unwrap().iter();
        let mut actions = steps.map(|step| &step["actions"][0]);
        let printed = actions.find(|action| action["has_output"] == true).unwrap();
        answers.names.push(("step", printed["step"].to_string()));
        answers
    }

    fn token(&self) -> String {
        self.acme.token.clone()
    }

    /// A token in a path is the person's own or the project's, as the path is.
    fn put_in(&self, path: &str) -> String {
        let mut path = path.replace("{*", "{");
        if path.starts_with("/user/") {
            path = path.replace("{token}", "{own}");
        }
        for (name, value) in &self.names {
            path = path.replace(&format!("{{{name}}}"), value);
        }
        assert!(!path.contains('{'), "{path}");
        path
    }

    /// Makes a call and keeps its answer. `P` stands for the project's path.
    async fn call(&mut self, method: Method, token: &str, path: &str, body: &Value) -> Value {
        let (path, query) = path.split_once('?').map_or((path, ""), |(path, query)| (path, query));
        let path = match path.strip_prefix('P') {
            Some(rest) => format!("{PROJECT}{rest}"),
            None => path.to_owned(),
        };
        let address = format!("{BASE}{}?{query}", self.put_in(&path));
        let mut request = self.acme.server.request(method.clone(), &address);
        if !token.is_empty() {
            request = request.header("circle-token", token);
        }
        if !body.is_null() {
            request = request.json(body);
        }
        let (status, answer) = answer(request).await;
        self.taken.push(json!({
            "method": method.as_str().to_lowercase(), "path": path.replace("{*", "{"), "status": status,
            "answer": &answer,
        }));
        answer
    }

    async fn get(&mut self, token: &str, path: &str) -> Value {
        self.call(Method::GET, token, path, &Value::Null).await
    }

    /// What makes and changes things, each with what it needs.
    async fn change(&mut self) {
        let token = self.token();
        let nothing = Value::Null;
        for (method, path, body) in [
            (Method::POST, "P", json!({"build_parameters": {"N": 1}})),
            (Method::POST, "P", json!({"tag": "v1", "revision": "x"})),
            (Method::POST, "P/tree/{branch}", nothing.clone()),
            (Method::POST, "P/build", json!({"branch": "main"})),
            (Method::POST, "P/{number}/retry", nothing.clone()),
            (Method::POST, "P/{number}/cancel", nothing.clone()),
            (Method::POST, "P/{number}/ssh", nothing.clone()),
            (Method::POST, "P/{number}/ssh-users", nothing.clone()),
            (Method::DELETE, "P/build-cache", nothing.clone()),
            (Method::POST, "/user/heroku-key", nothing.clone()),
            (Method::POST, "P/unfollow", nothing.clone()),
            (Method::POST, "P/follow", nothing.clone()),
            (Method::PUT, "P/settings", json!({"default_branch": "main"})),
            (Method::DELETE, "P/enable", nothing.clone()),
            (Method::POST, "P/enable", nothing.clone()),
            (Method::POST, "P/envvar", json!({"name": "COLOUR", "value": "crimson-red"})),
            (Method::POST, "P/ssh-key", json!({"private_key": "none"})),
            (Method::DELETE, "P/ssh-key", json!({"fingerprint": "none"})),
        ] {
            self.call(method, &token, path, &body).await;
        }
        for (path, body, name) in [
            ("P/checkout-key", json!({"type": "deploy-key"}), "fingerprint"),
            ("P/token", json!({"label": "there", "scope": "all"}), "token"),
            ("/user/token", json!({"label": "there", "networks": ["127.0.0.0/8"]}), "own"),
        ] {
            let made = self.call(Method::POST, &token, path, &body).await;
            let handle = if name == "fingerprint" { &made[name] } else { &made["id"] };
            let handle = handle.as_str().unwrap().to_owned();
            self.names.push((name, handle));
        }
        for of in ["P", "/user"] {
            for (method, word) in [
                (Method::POST, "disable"),
                (Method::POST, "enable"),
                (Method::POST, "shorten"),
                (Method::POST, "rotate"),
                (Method::POST, "rotate"),
                (Method::DELETE, "rotate"),
                (Method::DELETE, "rotate"),
            ] {
                let path = format!("{of}/token/{{token}}/{word}");
                let end = json!({"expires_at": "2098-01-01T00:00:00Z"});
                let body = if word == "shorten" { &end } else { &nothing };
                self.call(method, &token, &path, body).await;
            }
        }
    }

    /// The last of it: what was made goes.
    async fn delete(&mut self) {
        let token = self.token();
        let made = [
            "P/token/{token}",
            "/user/token/{token}",
            "P/checkout-key/{fingerprint}",
            "P/envvar/{name}",
        ];
        for path in made.into_iter().chain(made) {
            self.call(Method::DELETE, &token, path, &Value::Null).await;
        }
    }
}

/// Every reading call of the document.
fn reads() -> Vec<&'static str> {
    let routes = facts().into_iter().filter(|route| route.method == Method::GET);
    routes
        .filter_map(|route| route.path.strip_prefix(BASE))
        .filter(|p| p.starts_with('/'))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_answer_holds_what_the_document_does_not_tell() {
    let mut answers = Answers::of_a_project().await;
    answers.change().await;
    let slug = "gh/acme/web";
    let scopes = ["status", "view-builds", "all"];
    let mut tokens = vec![answers.token(), String::new(), "junk".to_owned()];
    tokens.extend(scopes.map(|scope| answers.acme.server.project_token(slug, scope)));
    let reads = reads();
    assert!(reads.len() > 20, "{reads:?}");
    for path in &reads {
        for token in &tokens {
            answers.get(token, path).await;
        }
        // A project that is not there, and a build.
        let there = std::mem::take(&mut answers.names);
        let elsewhere = |(name, value): &(&'static str, String)| match *name {
            "repo" => (*name, "nothing".to_owned()),
            _ => (*name, value.clone()),
        };
        answers.names = there.iter().map(elsewhere).collect();
        answers.get(&tokens[0], path).await;
        answers.names = there;
    }
    let too_large = json!({"label": "x".repeat(3 * 1024 * 1024)});
    answers.call(Method::POST, &tokens[0], "/user/token", &too_large).await;
    for path in ["P", "P/tree/{branch}", "/recent-builds", "/projects"] {
        answers.get(&tokens[0], &format!("{path}?shallow=true")).await;
        answers.get(&tokens[0], &format!("{path}?limit=0")).await;
    }
    answers.get(&tokens[0], "P/checkout-key?digest=sha256").await;
    answers.get(&tokens[0], "P/latest/artifacts?filter=successful").await;
    answers.delete().await;
    let document = answers.acme.get("/api/v1.1/openapi.json").await;
    let mut command = Command::new(python());
    command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/e2e/document/validate.py"));
    let told = answers.acme.server.folder.path().join("answers.json");
    let text = json!({"document": document, "answers": answers.taken}).to_string();
    std::fs::write(&told, text).unwrap();
    command.arg(&told);
    let findings = feed_to(command, "");
    assert!(findings.ends_with("every call had an answer that is there\n"), "{findings}");
}
