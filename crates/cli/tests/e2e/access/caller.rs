//! Everybody who may knock: with nothing, with tokens good and bad, and signed in.

use reqwest::RequestBuilder;
use serde_json::json;

use crate::forgery::forged;
use crate::harness::Server;
use crate::session::Session;

/// What a caller shows.
#[derive(Clone)]
pub(super) enum Show {
    Nothing,
    Token(String),
    Session(Session),
}

/// Somebody who knocks.
#[derive(Clone)]
pub(super) struct Caller {
    pub(super) name: String,
    /// A row of the grid.
    pub(super) kind: &'static str,
    pub(super) show: Show,
}

impl Caller {
    fn new(name: &str, kind: &'static str, show: Show) -> Self {
        Self { name: name.to_owned(), kind, show }
    }

    fn token(name: &str, kind: &'static str, value: String) -> Self {
        Self::new(name, kind, Show::Token(value))
    }

    /// A request that shows it.
    pub(super) fn show(&self, server: &Server, request: RequestBuilder) -> RequestBuilder {
        let request = request.header("origin", &server.url);
        match &self.show {
            Show::Nothing => request,
            Show::Token(value) => request.header("circle-token", value),
            Show::Session(session) => request.header("cookie", &session.cookie),
        }
    }
}

/// The members of `gh/acme`, and who has no part in it.
pub(super) const PEOPLE: [&str; 5] = ["viewer", "contributor", "admin", "stranger", "operator"];

pub(super) fn add_people(server: &Server) {
    for name in PEOPLE {
        server.add_person(name, name == "operator");
    }
    server.add_person("disabled", false);
    for (name, role) in [
        ("viewer", "viewer"),
        ("contributor", "contributor"),
        ("admin", "admin"),
        ("disabled", "admin"),
    ] {
        server.admin(&["user", "role", name, "gh/acme", role]);
    }
}

/// Everybody, for one project. `other` is another project.
pub(super) async fn all(server: &Server, project: &str, other: &str) -> Vec<Caller> {
    let mut callers = vec![
        Caller::new("nothing", "nobody", Show::Nothing),
        Caller::token("junk", "bad", "junk".to_owned()),
        Caller::token(
            "hex of the old form",
            "bad",
            "0123456789abcdef0123456789abcdef01234567".to_owned(),
        ),
    ];
    let viewers = server.personal_token("viewer");
    let mut wrong = viewers.clone();
    let last = wrong.pop().unwrap();
    wrong.push(if last == 'x' { 'y' } else { 'x' });
    callers.push(Caller::token("a token with a wrong check", "bad", wrong));
    let other_secret = forged(&viewers);
    callers.push(Caller::token("a token with a wrong secret", "bad", other_secret));
    callers.extend(deleted(server, project).await);
    for name in PEOPLE {
        let kind = PEOPLE.into_iter().find(|own| *own == name).unwrap();
        let value = server.personal_token(name);
        callers.push(Caller::token(&format!("{name}'s token"), kind, value));
        let session = Show::Session(Session::begin(server, name).await);
        callers.push(Caller::new(&format!("{name}'s session"), kind, session));
    }
    for scope in ["status", "view-builds", "all", "badge"] {
        let own = server.project_token(project, scope);
        callers.push(Caller::token(&format!("a token {scope}"), scope, own));
        let foreign = server.project_token(other, scope);
        callers.push(Caller::token(
            &format!("another project's token {scope}"),
            "foreign",
            foreign,
        ));
    }
    callers.extend(stopped(server).await);
    callers.extend(narrowed(server, project, other).await);
    callers.extend(disabled(server).await);
    callers.extend(services(server, project, other).await);
    callers
}

/// Tokens of service accounts: inside and outside their homes, with each kind of ceiling.
async fn services(server: &Server, project: &str, other: &str) -> Vec<Caller> {
    let by = server.personal_token("operator");
    let every = [
        "read-status",
        "read-artifacts",
        "read-builds",
        "trigger-builds",
        "read-settings",
        "write-settings",
        "manage-tokens",
    ];
    let (org, of_it) = ("organization/gh/acme".to_owned(), format!("project/{project}"));
    let mut callers = Vec::new();
    for (name, kind, home, rights) in [
        ("a service account", "service", org.clone(), &every[..]),
        ("a service account that reads", "service-reads", org.clone(), &every[..3]),
        ("the project's service account", "service-of-it", of_it, &every[..]),
        ("another project's service account", "foreign", format!("project/{other}"), &every),
        (
            "another organization's service account",
            "foreign",
            "organization/gh/else".to_owned(),
            &every,
        ),
        ("a disabled service account", "stopped", org.clone(), &every),
        ("a deleted service account", "stopped", org, &every),
    ] {
        let base = format!("/api/v2/{home}/service-account");
        let called = name.replace([' ', '\''], "-");
        let body = json!({"name": called, "ceiling": rights});
        let (status, made) = server.post(&by, &base, body).await;
        assert_eq!(status, 201, "{made}");
        let (status, token) =
            server.post(&by, &format!("{base}/{called}/token"), json!({"label": "x"})).await;
        assert_eq!(status, 201, "{token}");
        if name.contains("disabled") {
            let path = format!("{base}/{called}/disable");
            assert_eq!(server.post(&by, &path, json!({})).await.0, 200);
        }
        if name.contains("deleted") {
            assert_eq!(server.delete(&by, &format!("{base}/{called}")).await.0, 200);
        }
        callers.push(Caller::token(name, kind, token["token"].as_str().unwrap().to_owned()));
    }
    callers
}

/// Tokens of somebody with every right that open nothing now, and say why to who holds them.
async fn stopped(server: &Server) -> Vec<Caller> {
    let by = server.personal_token("admin");
    let path = "/api/v1.1/user/token";
    let mut callers = Vec::new();
    for (name, field, value) in [
        ("a disabled token", "label", json!("disabled")),
        ("a token of another network", "networks", json!(["192.0.2.0/24"])),
    ] {
        let mut body = json!({"label": "stopped"});
        body[field] = value;
        let (status, made) = server.post(&by, path, body).await;
        assert_eq!(status, 201, "{made}");
        if field == "label" {
            let id = made["id"].as_str().unwrap();
            let disable = format!("{path}/{id}/disable");
            assert_eq!(server.post(&by, &disable, json!({})).await.0, 200);
        }
        let kind = if field == "label" { "stopped" } else { "elsewhere" };
        callers.push(Caller::token(name, kind, made["token"].as_str().unwrap().to_owned()));
    }
    callers
}

/// An administrator's tokens, narrowed when they were made.
async fn narrowed(server: &Server, project: &str, other: &str) -> Vec<Caller> {
    let by = server.personal_token("admin");
    let mut callers = Vec::new();
    for (kind, body) in [
        ("read-only", json!({"permissions": ["read-status", "read-artifacts", "read-builds"]})),
        ("trigger-only", json!({"permissions": ["trigger-builds"], "projects": [project]})),
        ("elsewhere-only", json!({"projects": [other]})),
    ] {
        let mut body = body;
        body["label"] = kind.into();
        let by = if kind == "elsewhere-only" { &server.personal_token("operator") } else { &by };
        let (status, made) = server.post(by, "/api/v1.1/user/token", body).await;
        assert_eq!(status, 201, "{made}");
        callers.push(Caller::token(kind, kind, made["token"].as_str().unwrap().to_owned()));
    }
    callers
}

async fn deleted(server: &Server, project: &str) -> [Caller; 2] {
    let by = server.personal_token("operator");
    let mut values = Vec::new();
    for path in ["/api/v1.1/user/token".to_owned(), format!("/api/v1.1/project/{project}/token")] {
        let scope = path.contains("/project/").then_some("all");
        let mut body = json!({"label": "short-lived"});
        if let Some(scope) = scope {
            body["scope"] = scope.into();
        }
        let (status, made) = server.post(&by, &path, body).await;
        assert_eq!(status, 201, "{made}");
        let id = made["id"].as_str().unwrap();
        assert_eq!(server.delete(&by, &format!("{path}/{id}")).await.0, 200);
        values.push(made["token"].as_str().unwrap().to_owned());
    }
    let [personal, of_project] = values.try_into().unwrap();
    [
        Caller::token("a deleted personal token", "stopped", personal),
        Caller::token("a deleted project token", "stopped", of_project),
    ]
}

/// A person who had every right in the organization.
async fn disabled(server: &Server) -> [Caller; 2] {
    server.admin(&["user", "enable", "disabled"]);
    let token = server.personal_token("disabled");
    let session = Session::begin(server, "disabled").await;
    server.admin(&["user", "disable", "disabled"]);
    [
        Caller::token("a disabled person's token", "stopped", token),
        Caller::new("a disabled person's session", "nobody", Show::Session(session)),
    ]
}
