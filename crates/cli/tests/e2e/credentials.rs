//! How a token is shown, what a refusal says, and what is written down of uses.

use reqwest::{Method, RequestBuilder, Response};
use rondo_domain::audit::Event;
use rondo_store::{AuditQuery, AuditRow, Store};
use serde_json::{Value, json};

use crate::forgery::forged;
use crate::harness::{Database, Server};

const CONFIG: &str = "
version: 2.1
jobs:
  build: {docker: [{image: cimg/base}], steps: [{run: 'true'}]}
workflows:
  main: {jobs: [build]}
";

struct Place {
    server: Server,
    mika: String,
    status: String,
}

fn place() -> Place {
    place_on(Database::Sqlite)
}

fn place_on(database: Database) -> Place {
    let server = Server::start_with(database, &["--executor", "none"]);
    server.add_person("mika", true);
    server.add_project("gh/acme/web", CONFIG);
    let mika = server.personal_token("mika");
    let status = server.project_token("gh/acme/web", "status");
    Place { server, mika, status }
}

fn header(answer: &Response, name: &str) -> Option<String> {
    answer.headers().get(name).map(|value| value.to_str().unwrap().to_owned())
}

type Showing = fn(RequestBuilder, &str) -> RequestBuilder;

/// Every place where clients put a token.
const SHOWINGS: [(&str, Showing); 6] = [
    ("bearer", |request, token| request.bearer_auth(token)),
    ("bearer in lower case", |request, token| {
        request.header("authorization", format!("bearer {token}"))
    }),
    ("circle-token", |request, token| request.header("Circle-Token", token)),
    ("basic", |request, token| request.basic_auth(token, Some(""))),
    ("basic from a .netrc line", |request, token| request.basic_auth(token, Some("password"))),
    ("query", |request, token| request.query(&[("circle-token", token)])),
];

#[tokio::test]
async fn a_token_is_taken_wherever_clients_put_it() {
    let place = place();
    for (name, show) in SHOWINGS {
        for prefix in ["", "secret-token:"] {
            let token = format!("{prefix}{}", place.mika);
            let request = show(place.server.request(Method::GET, "/api/v1.1/me"), &token);
            let answer = request.send().await.unwrap();
            assert_eq!(answer.status().as_u16(), 200, "{name} {prefix}");
            let legacy = header(&answer, "deprecation").is_some();
            assert_eq!(legacy, name == "query", "{name}: who uses the query is told");
        }
    }
}

#[tokio::test]
async fn one_token_in_several_places_is_one_and_two_tokens_are_refused() {
    let place = place();
    let other = place.server.personal_token("mika");
    for (first, show) in SHOWINGS {
        for (second, show_too) in SHOWINGS {
            // A request has one `Authorization`.
            let both = |name: &str| name.starts_with("b");
            if both(first) && both(second) {
                continue;
            }
            for (token, status) in [(&place.mika, 200), (&other, 400), (&place.status, 400)] {
                let request = place.server.request(Method::GET, "/api/v1.1/me");
                let request = show_too(show(request, &place.mika), token);
                let answer = request.send().await.unwrap();
                assert_eq!(answer.status().as_u16(), status, "{first} and {second}");
                let text = answer.text().await.unwrap();
                assert!(!text.contains(token.as_str()), "{text}");
                assert!(status == 200 || text.contains("Two different tokens were sent"), "{text}");
            }
        }
    }
}

#[tokio::test]
async fn an_authorization_that_cannot_be_read_is_refused_and_not_taken_for_none() {
    let place = place();
    place.server.add_project("gh/acme/open", CONFIG);
    let open = "/api/v1.1/project/gh/acme/web";
    for value in ["Bearer", "Bearer ", "Basic", "Basic !!", "Digest x", "Negotiate", "Basic YQ=="] {
        for path in ["/api/v1.1/me", open] {
            let request = place.server.request(Method::GET, path).header("authorization", value);
            let answer = request.send().await.unwrap();
            assert_eq!(answer.status().as_u16(), 401, "{value:?} at {path}");
            assert_eq!(header(&answer, "www-authenticate").unwrap(), "Bearer realm=\"rondo\"");
        }
    }
}

/// What a refusal looks like: status, message, code, challenge, and a word of its reason.
async fn check(
    request: RequestBuilder,
    expected: (u16, &str, &str),
    challenge: Option<&str>,
    reason: Option<&str>,
) {
    let answer = request.send().await.unwrap();
    let (status, shown) = (answer.status().as_u16(), header(&answer, "www-authenticate"));
    let kind = header(&answer, "content-type");
    let text = answer.text().await.unwrap();
    assert_eq!(kind.as_deref(), Some("application/json;charset=utf-8"), "{status} {text}");
    let body: Value = serde_json::from_str(&text).unwrap();
    let found = (status, body["message"].as_str().unwrap(), body["code"].as_str().unwrap());
    assert_eq!(found, expected, "{body}");
    assert_eq!(shown.as_deref(), challenge, "{body}");
    match (reason, body["reason"].as_str()) {
        (Some(wanted), Some(reason)) => assert!(reason.contains(wanted), "{reason}"),
        (wanted, reason) => assert_eq!(wanted, reason),
    }
}

#[tokio::test]
async fn a_refusal_says_what_is_wrong_to_who_may_know() {
    let place = place();
    let Place { server, mika, status } = &place;
    server.add_person("dora", false);
    let dora = server.personal_token("dora");
    server.admin(&["user", "role", "dora", "gh/acme", "viewer"]);
    let deleted = server.personal_token("mika");
    assert_eq!(server.delete(mika, &format!("/api/v1.1/user/token/{deleted}")).await.0, 200);
    let ask = |method: Method, path: &str, token: &str| {
        server.request(method, path).header("circle-token", token)
    };
    let me = "/api/v1.1/me";
    let web = "/api/v1.1/project/gh/acme/web";
    let bare = Some("Bearer realm=\"rondo\"");
    let invalid = Some(
        "Bearer realm=\"rondo\", error=\"invalid_token\", error_description=\"the token is unknown or deleted\"",
    );
    let login = "You must log in first.";
    check(server.request(Method::GET, me), (401, login, "unauthenticated"), bare, None).await;
    for path in [me, "/api/v1.1/token/self"] {
        for bad in [forged(&deleted).as_str(), "junk"] {
            let why = Some("unknown or deleted");
            check(ask(Method::GET, path, bad), (401, login, "invalid_token"), invalid, why).await;
        }
    }
    let lacks = |scope: &str| {
        format!("Bearer realm=\"rondo\", error=\"insufficient_scope\", scope=\"{scope}\"")
    };
    let denied = (403, "Permission denied", "insufficient_scope");
    let trigger = ask(Method::POST, web, status);
    check(trigger, denied, Some(&lacks("trigger-builds")), Some("trigger-builds")).await;
    let variables = ask(Method::GET, &format!("{web}/envvar"), &dora);
    check(variables, denied, Some(&lacks("read-settings")), Some("read-settings")).await;
    let no_person = (401, login, "insufficient_scope");
    let own = lacks("own-user");
    check(ask(Method::GET, me, status), no_person, Some(&own), Some("take a personal token")).await;
    let hidden = (404, "Project not found", "project_not_found");
    for bad in [forged(&deleted).as_str(), "junk"] {
        check(ask(Method::GET, web, bad), hidden, None, None).await;
    }
    for path in [me, web, "/api/v1.1/project/gh/acme/nothing"] {
        let (status, refused) = server.get(&deleted, path).await;
        assert_eq!((status, refused["code"].as_str()), (401, Some("invalid_token")));
        let reason = refused["reason"].as_str().unwrap();
        assert!(reason.starts_with("the token was deleted at 20"), "{reason}");
    }
    let unknown = "/api/v1.1/project/gh/acme/nothing";
    check(ask(Method::GET, unknown, status), hidden, None, None).await;
    check(ask(Method::GET, unknown, mika), hidden, None, None).await;
    server.admin(&["user", "disable", "dora"]);
    let disabled = "Bearer realm=\"rondo\", error=\"invalid_token\", error_description=\"the token's owner is disabled\"";
    let owner = Some("the token's owner is disabled");
    // Who holds the whole value is told so everywhere, and learns nothing of what there is.
    for path in [me, web, unknown] {
        let refused = (401, login, "invalid_token");
        check(ask(Method::GET, path, &dora), refused, Some(disabled), owner).await;
    }
}

#[tokio::test]
async fn a_role_that_is_given_or_taken_counts_for_the_next_request() {
    for database in Database::all() {
        let Place { server, .. } = place_on(database);
        server.add_person("dora", false);
        let dora = server.personal_token("dora");
        let web = "/api/v1.1/project/gh/acme/web";
        for (role, read, trigger, settings) in [
            ("none", 404, 404, 404),
            ("viewer", 200, 403, 403),
            ("contributor", 200, 201, 403),
            ("admin", 200, 201, 201),
            ("contributor", 200, 201, 403),
            ("none", 404, 404, 404),
        ] {
            server.admin(&["user", "role", "dora", "gh/acme", role]);
            let variable = json!({"name": "A", "value": "b"});
            let got = (
                server.get(&dora, web).await.0,
                server.post(&dora, web, json!({})).await.0,
                server.post(&dora, &format!("{web}/envvar"), variable).await.0,
            );
            assert_eq!(got, (read, trigger, settings), "{role}");
        }
        server.admin(&["user", "role", "dora", "gh/acme", "viewer"]);
        server.admin(&["user", "disable", "dora"]);
        assert_eq!(server.get(&dora, "/api/v1.1/me").await.0, 401);
        server.admin(&["user", "enable", "dora"]);
        assert_eq!(server.get(&dora, web).await.0, 200);
    }
}

async fn audit(server: &Server, event: Event) -> Vec<AuditRow> {
    let store = match server.database() {
        Some(address) => Store::open(address).await,
        None => Store::open_file(&server.data().join("rondo.db")).await,
    };
    let store = store.unwrap();
    let query = AuditQuery { event: Some(event), ..AuditQuery::default() };
    let mut rows = store.read().await.unwrap().audit(query, 100).await.unwrap();
    rows.reverse();
    rows
}

fn id(value: &str) -> &str {
    &value[6..17]
}

#[tokio::test]
async fn the_log_of_what_happened_names_tokens_by_id_and_refused_uses_by_route() {
    for database in Database::all() {
        let Place { server, mika, status } = place_on(database);
        let web = "/api/v1.1/project/gh/acme/web";
        let body = json!({"label": "by the api", "scope": "all"});
        let made = server.post(&mika, &format!("{web}/token"), body).await.1;
        let value = made["token"].as_str().unwrap();
        assert_eq!(server.get(value, "/api/v1.1/project/gh/acme/nothing").await.0, 404);
        assert_eq!(server.post(value, web, json!({})).await.0, 403);
        assert_eq!(server.get(value, "/api/v1.1/me").await.0, 401);
        assert_eq!(server.get("junk", web).await.0, 404);
        assert_eq!(server.delete(&mika, &format!("{web}/token/{value}")).await.0, 200);

        let created = audit(&server, Event::ProjectTokenCreate).await;
        let subjects: Vec<_> = created.iter().map(|row| row.subject.as_str()).collect();
        assert_eq!(subjects, [id(&status), id(value)]);
        assert_eq!((created[0].by.actor.as_str(), &created[0].by.token), ("console", &None));
        assert!(created[1].by.actor.starts_with("person:"));
        assert_eq!(created[1].by.token.as_deref(), Some(id(&mika)));
        assert_eq!(created[1].by.address, "127.0.0.1");
        assert_eq!(created[1].detail, "all");

        let deleted = audit(&server, Event::ProjectTokenDelete).await;
        assert_eq!(deleted.len(), 1);
        assert_eq!(deleted[0].subject, id(value));
        assert_eq!(deleted[0].by.token.as_deref(), Some(id(&mika)));

        let refused: Vec<_> = audit(&server, Event::Refuse).await;
        let told: Vec<_> = refused
            .iter()
            .map(|row| (row.subject.as_str(), row.detail.as_str(), row.by.token.as_deref()))
            .collect();
        let template = "/api/v1.1/project/{vcs}/{org}/{repo}";
        assert!(told.contains(&(template, "trigger-builds", Some(id(value)))), "{told:?}");
        assert!(told.contains(&("/api/v1.1/me", "own-user", Some(id(value)))), "{told:?}");
        assert!(told.contains(&(template, "hidden", Some(id(value)))), "{told:?}");
        // Junk is nobody's use of anything.
        assert_eq!(told.len(), 3, "{told:?}");
    }
}
