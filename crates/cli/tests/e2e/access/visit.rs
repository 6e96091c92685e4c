//! A server with a project, a build in it and everybody around it; and one visit of a route, with
//! real things in the place of every name in its path.

use std::sync::atomic::{AtomicUsize, Ordering};

use reqwest::Method;
use serde_json::{Value, json};

use super::caller::{self, Caller, Show};
use super::table::{Route, Sent};
use crate::harness::Server;
use crate::session::{Session, between};
use crate::ssh::sshd::make_key;

const CONFIG: &str = "
version: 2.1
jobs:
  build:
    docker: [{image: cimg/base}]
    steps:
      - run: echo built | tee report.txt
      - store_artifacts: {path: report.txt, destination: out/report.txt}
workflows:
  main:
    jobs: [build]
";

pub(super) struct World {
    server: Server,
    repo: &'static str,
    operator: String,
    job: String,
    step: String,
    asset: (String, String),
    pub(super) callers: Vec<Caller>,
    made: AtomicUsize,
}

impl World {
    pub(super) async fn make(public: bool) -> Self {
        let mut server = Server::start();
        caller::add_people(&server);
        let repo = if public { "open" } else { "web" };
        let slug = format!("gh/acme/{repo}");
        let repository = server.add_project("gh/else/thing", CONFIG);
        let git = repository.folder.to_str().unwrap();
        let flags: &[&str] = if public { &["--public"] } else { &[] };
        server.admin(&[&["project", "add", &slug, "--git", git], flags].concat());
        let operator = server.personal_token("operator");
        let (status, _) =
            server.post(&operator, &format!("/api/v1.1/project/{slug}"), json!({})).await;
        assert_eq!(status, 201);
        let build = server.ended(&operator, &slug, 1).await;
        assert_eq!(build["status"], "success", "{build}");
        // From now on triggered builds wait: it is about who may trigger them.
        server.set_flags(&["--executor", "none"]);
        server.restart();
        let login =
            server.request(Method::GET, "/login").send().await.unwrap().text().await.unwrap();
        let asset = between(&login, "/assets/", "\"");
        let (hash, file) = asset.split_once('/').unwrap();
        let callers = caller::all(&server, &slug, "gh/else/thing").await;
        Self {
            repo,
            operator,
            job: build["workflows"]["job_id"].as_str().unwrap().to_owned(),
            step: step_that_printed(&build),
            asset: (hash.to_owned(), file.to_owned()),
            callers,
            made: AtomicUsize::new(0),
            server,
        }
    }

    /// The answer's status, or `login` if it leads to the sign-in page with a way back; and what a live
    /// token was told before about whether it would be let.
    pub(super) async fn visit(&self, route: &Route, caller: &Caller) -> (String, Option<bool>) {
        let caller = &self.with_a_session_of_its_own(route, caller).await;
        let path = self.path(route, caller).await;
        let explained = self.explained(route.method, &path, caller).await;
        let method = Method::from_bytes(route.method.as_bytes()).unwrap();
        let request = caller.show(&self.server, self.server.request(method, &path));
        let request = match route.sent {
            Sent::Nothing => request,
            Sent::Json(body) => {
                let body = body.replace("{unique}", &self.unique());
                request.header("content-type", "application/json").body(body)
            }
            Sent::Form(fields) => {
                let kind = "application/x-www-form-urlencoded";
                request.header("content-type", kind).body(self.fields(fields, caller))
            }
        };
        let answer = request.send().await.unwrap();
        let location = answer.headers().get("location").and_then(|to| to.to_str().ok());
        let status = match (answer.status().as_u16(), location) {
            (303, Some(to)) if to.starts_with("/login?next=") => "login".to_owned(),
            (status, _) => status.to_string(),
        };
        (status, explained)
    }

    /// What `/token/self/explain` says to a live token; nothing to anybody else.
    async fn explained(&self, method: &str, path: &str, caller: &Caller) -> Option<bool> {
        let Show::Token(token) = &caller.show else { return None };
        let asked = self.server.request(Method::GET, "/api/v2/token/self/explain");
        let asked =
            asked.query(&[("method", method), ("path", path)]).header("circle-token", token);
        let (status, verdict) = crate::harness::answer(asked).await;
        match (caller.kind, status) {
            ("bad" | "stopped", 401) | ("elsewhere", 403) => None,
            (_, 200) => Some(verdict["allowed"].as_bool().unwrap()),
            (kind, other) => panic!("{kind} is answered {other}: {verdict}"),
        }
    }

    /// Where a session ends, also because another takes its place, it is not the one that other visits need.
    async fn with_a_session_of_its_own(&self, route: &Route, caller: &Caller) -> Caller {
        let ends = ["/login", "/login/again", "/logout", "/enter/{code}"].contains(&route.path)
            || route.path.ends_with("/end");
        let signed_in = matches!(caller.show, Show::Session(_)) && caller.kind != "nobody";
        if !ends || !signed_in {
            return caller.clone();
        }
        let session = Session::begin(&self.server, caller.kind).await;
        Caller { show: Show::Session(session), ..caller.clone() }
    }

    fn fields(&self, fields: &str, caller: &Caller) -> String {
        let visibility = if self.repo == "open" { "public" } else { "private" };
        let unique = self.unique();
        let git = self.server.folder.path().join("gh-else-thing");
        let fields = fields.replace("{visibility}", visibility).replace("{unique}", &unique);
        let fields = fields.replace("{git}", git.to_str().unwrap());
        match &caller.show {
            Show::Session(session) => format!("{fields}&csrf={}", session.word),
            _ => fields,
        }
    }

    /// A name that nothing has yet.
    fn unique(&self) -> String {
        format!("new{}", self.made.fetch_add(1, Ordering::Relaxed))
    }

    /// The path with a fresh service account in it, and a fresh token of it where one is named.
    async fn with_service(&self, path: String) -> String {
        if !path.contains("{account}") {
            return path;
        }
        let home = match path.contains("/organization/") {
            true => "/api/v2/organization/gh/acme".to_owned(),
            false => format!("/api/v2/project/gh/acme/{}", self.repo),
        };
        let base = format!("{home}/service-account");
        let body = json!({"name": self.unique(), "ceiling": ["read-status"]});
        let (status, account) = self.server.post(&self.operator, &base, body).await;
        assert_eq!(status, 201, "{account}");
        let id = account["id"].as_str().unwrap();
        let path = path.replace("{account}", id);
        let Some(name) = ["{token}", "{id}"].into_iter().find(|name| path.contains(name)) else {
            return path;
        };
        let tokens = format!("{base}/{id}/token");
        let (status, token) =
            self.server.post(&self.operator, &tokens, json!({"label": "there"})).await;
        assert_eq!(status, 201, "{token}");
        path.replace(name, token["id"].as_str().unwrap())
    }

    async fn path(&self, route: &Route, caller: &Caller) -> String {
        let mut path = route.path.to_owned();
        let fixed = [
            ("{vcs}", "gh"),
            ("{org}", "acme"),
            ("{repo}", self.repo),
            ("{branch}", "main"),
            ("{*branch}", "main"),
            ("{number}", "1"),
            ("{job}", &self.job),
            ("{step}", &self.step),
            ("{ordinal}", &self.step),
            ("{hostname}", "deploy.example.com"),
            ("{node}", "0"),
            ("{*path}", "out/report.txt"),
            ("{pipeline}", "0199f7a0-0000-7000-8000-000000000000"),
            ("{hash}", &self.asset.0),
            ("{file}", &self.asset.1),
        ];
        for (name, value) in fixed {
            path = path.replace(name, value);
        }
        let mut path = self.with_service(path).await;
        let own = path.contains("/user/");
        for name in ["{token}", "{id}", "{name}", "{code}", "{fingerprint}"] {
            if path.contains(name) {
                let value = match name {
                    "{name}" => self.variable().await,
                    "{code}" => self.link(),
                    "{fingerprint}" if path.contains("/additional/") => self.ssh_key().await,
                    "{fingerprint}" => self.checkout_key().await,
                    "{id}" if path.contains("/sessions/") => self.session(caller).await,
                    _ if own => self.personal_token(caller).await,
                    _ => self.project_token().await,
                };
                path = path.replace(name, &value);
            }
        }
        format!("{path}{}", route.ending)
    }

    async fn variable(&self) -> String {
        let path = format!("/api/v1.1/project/gh/acme/{}/envvar", self.repo);
        let body = json!({"name": "THERE", "value": "a value"});
        assert_eq!(self.server.post(&self.operator, &path, body).await.0, 201);
        "THERE".to_owned()
    }

    async fn checkout_key(&self) -> String {
        let path = format!("/api/v1.1/project/gh/acme/{}/checkout-key", self.repo);
        let body = json!({"type": "deploy-key"});
        let (_, made) = self.server.post(&self.operator, &path, body).await;
        made["fingerprint"].as_str().unwrap().to_owned()
    }

    async fn ssh_key(&self) -> String {
        let key = make_key(self.server.folder.path(), "there", &["-t", "ed25519"]);
        let path = format!("/api/v1.1/project/gh/acme/{}/ssh-key", self.repo);
        let body = json!({"hostname": "deploy.example.com", "private_key": key.private});
        assert_eq!(self.server.post(&self.operator, &path, body).await.0, 200);
        key.md5
    }

    async fn project_token(&self) -> String {
        let path = format!("/api/v1.1/project/gh/acme/{}/token", self.repo);
        let body = json!({"label": "there", "scope": "status"});
        let (_, made) = self.server.post(&self.operator, &path, body).await;
        made["id"].as_str().unwrap().to_owned()
    }

    /// One of the caller's own; the operator's for who is no person.
    async fn personal_token(&self, caller: &Caller) -> String {
        let session = Session::request;
        let path = "/api/v1.1/user/token";
        let body = json!({"label": "there"});
        let person = caller::PEOPLE.contains(&caller.kind) || caller.kind == "elsewhere-only";
        let request = match &caller.show {
            Show::Session(own) if person => session(own, &self.server, Method::POST, path),
            Show::Token(own) if person => {
                self.server.request(Method::POST, path).header("circle-token", own)
            }
            _ => self.server.request(Method::POST, path).header("circle-token", &self.operator),
        };
        let (status, made) = crate::harness::answer(request.json(&body)).await;
        assert_eq!(status, 201, "{made}");
        made["id"].as_str().unwrap().to_owned()
    }

    /// The id of one of the caller's own sessions.
    async fn session(&self, caller: &Caller) -> String {
        let Show::Session(own) = &caller.show else { return self.job.clone() };
        let request = own.request(&self.server, Method::GET, "/settings/user/sessions");
        let page = request.send().await.unwrap().text().await.unwrap();
        match page.split_once("/settings/user/sessions/") {
            Some((_, rest)) => rest.split_once('/').unwrap().0.to_owned(),
            None => self.job.clone(),
        }
    }

    fn link(&self) -> String {
        let link = self.server.admin(&["user", "link", "viewer"]);
        link.rsplit_once('/').unwrap().1.to_owned()
    }
}

fn step_that_printed(build: &Value) -> String {
    let steps = build["steps"].as_array().unwrap();
    let printed = steps.iter().find(|step| step["actions"][0]["has_output"] == true).unwrap();
    printed["actions"][0]["step"].to_string()
}
