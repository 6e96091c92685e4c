//! A server with one person, mika, her token, and one project, `gh/acme/web`, that builds what a test
//! wants to see built.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Database, Repository, Server, answer};

pub(crate) const PROJECT: &str = "/api/v1.1/project/gh/acme/web";

/// A job that keeps a file and reports a test.
pub(crate) const KEEPING: &str = "
version: 2.1
jobs:
  build:
    machine: true
    steps:
      - run: echo kept > kept.txt
      - run: |
          mkdir results
          echo '<testsuite name=\"all\"><testcase classname=\"c\" name=\"n\" time=\"0.1\"/></testsuite>' > results/junit.xml
      - store_artifacts: {path: kept.txt}
      - store_test_results: {path: results}
";

pub(crate) struct Acme {
    pub(crate) server: Server,
    pub(crate) token: String,
    pub(crate) repository: Repository,
}

impl Acme {
    pub(crate) fn start(config: &str) -> Self {
        Self::start_with(config, &[])
    }

    pub(crate) fn start_with(config: &str, flags: &[&str]) -> Self {
        Self::start_on(Database::Sqlite, config, flags)
    }

    pub(crate) fn start_on(database: Database, config: &str, flags: &[&str]) -> Self {
        Self::on(Server::start_with(database, flags), config)
    }

    /// On a server that has nothing yet.
    pub(crate) fn on(server: Server, config: &str) -> Self {
        server.add_person("mika", true);
        let token = server.personal_token("mika");
        let repository = server.add_project("gh/acme/web", config);
        Self { server, token, repository }
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        let (status, value) = self.server.get(&self.token, path).await;
        assert_eq!(status, 200, "GET {path}: {value}");
        value
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Value {
        let (status, value) = self.server.post(&self.token, path, body).await;
        assert!(status == 200 || status == 201, "POST {path}: {status} {value}");
        value
    }

    /// The ids of the organization and of the project, which mika follows from now on.
    pub(crate) async fn ids(&self) -> (String, String) {
        self.post(&format!("{PROJECT}/follow"), json!({})).await;
        let listed = self.get("/api/v1.1/projects").await;
        let id = |name: &str| listed[0][name].as_str().unwrap().to_owned();
        (id("organization_id"), id("id"))
    }

    /// Sets a variable of the project.
    pub(crate) async fn set(&self, name: &str, value: &str) {
        self.post(&format!("{PROJECT}/envvar"), json!({"name": name, "value": value})).await;
    }

    /// Triggers one job on `main`; its number.
    pub(crate) async fn trigger(&self, job: &str, parameters: Value) -> i64 {
        let mut parameters = parameters;
        parameters["CIRCLE_JOB"] = job.into();
        let body = json!({ "build_parameters": parameters });
        let build = self.post(&format!("{PROJECT}/tree/main"), body).await;
        build["build_num"].as_i64().unwrap()
    }

    /// Runs one job on `main` to its end.
    pub(crate) async fn run(&self, job: &str, parameters: Value) -> Value {
        let number = self.trigger(job, parameters).await;
        self.ended(number).await
    }

    pub(crate) async fn ended(&self, number: i64) -> Value {
        self.server.ended(&self.token, "gh/acme/web", number).await
    }

    pub(crate) async fn output(&self, number: i64) -> String {
        self.server.output(&self.token, "gh/acme/web", number).await
    }

    /// Runs one job that must succeed; what it printed.
    pub(crate) async fn prints(&self, job: &str, parameters: Value) -> String {
        let build = self.run(job, parameters).await;
        let output = self.output(build["build_num"].as_i64().unwrap()).await;
        assert_eq!(build["status"], "success", "{build}\n{output}");
        output
    }

    /// Triggers the workflows of a branch, and waits until so many builds of the project have ended;
    /// all of its builds, the first one first.
    pub(crate) async fn run_workflows(&self, branch: &str, builds: usize) -> Vec<Value> {
        self.post(&format!("{PROJECT}/build"), json!({ "branch": branch })).await;
        self.builds_ended(builds).await
    }

    pub(crate) async fn builds_ended(&self, builds: usize) -> Vec<Value> {
        let begun = Instant::now();
        loop {
            let list = self.get(&format!("{PROJECT}?limit=100")).await;
            let mut list = list.as_array().unwrap().clone();
            if list.len() >= builds && list.iter().all(|build| build["lifecycle"] == "finished") {
                list.reverse();
                return list;
            }
            assert!(begun.elapsed() < Duration::from_secs(60), "{builds} builds: {list:?}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// The text of an artifact of a build.
    pub(crate) async fn artifact(&self, number: i64, path: &str) -> String {
        let list = self.get(&format!("{PROJECT}/{number}/artifacts")).await;
        let mut list = list.as_array().unwrap().iter();
        let found = list.find(|artifact| artifact["path"] == path);
        let url = found.unwrap_or_else(|| panic!("{path} in {list:?}"))["url"].as_str().unwrap();
        let path = url.strip_prefix(&self.server.url).unwrap();
        let request = self.server.request(Method::GET, path).header("circle-token", &self.token);
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 200);
        answer.text().await.unwrap()
    }

    /// A trigger with a form, as `curl -d` sends it.
    pub(crate) async fn post_form(&self, path: &str, form: &[(&str, &str)]) -> (u16, Value) {
        let request = self.server.request(Method::POST, path).header("circle-token", &self.token);
        answer(request.form(form)).await
    }
}

/// The names of a build's steps and how each ended.
pub(crate) fn steps(build: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let steps = build["steps"].as_array().unwrap().iter();
    steps.map(|step| (text(&step["name"]), text(&step["actions"][0]["status"]))).collect()
}

/// Waits until something can be seen. `what` is what a failure says was missing.
pub(crate) async fn until<T>(
    what: &str,
    within: Duration,
    mut look: impl FnMut() -> Option<T>,
) -> T {
    let begun = Instant::now();
    loop {
        if let Some(seen) = look() {
            return seen;
        }
        assert!(begun.elapsed() < within, "{what} within {within:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
