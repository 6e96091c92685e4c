//! Tokens that somebody found: handed in by a page or a program, ended at once, and told of.

use reqwest::Method;
use serde_json::{Value, json};

use crate::forgery::forged;
use crate::harness::{Database, Server, answer};
use crate::session::Session;

const CONFIG: &str = "version: 2.1\njobs:\n  build: {machine: true, steps: [{run: 'true'}]}\n";

fn server(database: Database) -> Server {
    let server = Server::start_with(database, &["--executor", "none"]);
    for (name, admin) in [("mika", true), ("ren", false), ("dora", false)] {
        server.add_person(name, admin);
    }
    server.add_project("gh/acme/web", CONFIG);
    server.admin(&["user", "role", "ren", "gh/acme", "admin"]);
    server.admin(&["user", "role", "dora", "gh/acme", "viewer"]);
    server
}

async fn hand_in(server: &Server, value: &str) -> (u16, Value) {
    let request = server.request(Method::POST, "/api/v2/token/found");
    answer(request.json(&json!({"token": value}))).await
}

async fn page(server: &Server, session: &Session, path: &str) -> String {
    session.request(server, Method::GET, path).send().await.unwrap().text().await.unwrap()
}

#[tokio::test]
async fn a_found_token_is_ended_and_every_text_is_answered_alike() {
    for database in Database::all() {
        let server = server(database);
        let dora = server.personal_token("dora");
        let id = &dora[6..17];
        assert_eq!(server.get(&dora, "/api/v1.1/me").await.0, 200);
        let (status, thanks) = hand_in(&server, &format!("  secret-token:{dora}\n")).await;
        assert_eq!(status, 200, "{thanks}");
        let refused = server.get(&dora, "/api/v1.1/me").await;
        assert_eq!(refused.0, 401);
        assert!(refused.1["reason"].as_str().unwrap().contains("was deleted at"), "{refused:?}");
        let shown: Value =
            serde_json::from_str(&server.admin(&["token", "show", id, "--json"])).unwrap();
        assert_eq!((&shown["reason"], &shown["deleted_by"]), (&json!("found"), &json!("anyone")));
        let log = server.admin(&["audit", "list", "--event", "token.found", "--json"]);
        assert!(log.contains(id), "{log}");

        // Gone already, with another secret, and no token at all.
        let live = server.personal_token("dora");
        for value in [&dora, &forged(&live), "", "junk"] {
            assert_eq!(hand_in(&server, value).await, (200, thanks.clone()), "{value}");
        }
        let (status, refused) = hand_in(&server, "junk").await;
        assert_eq!((status, &refused["code"]), (429, &json!("throttled")));
        assert_eq!(server.get(&live, "/api/v1.1/me").await.0, 200);
        let log = server.admin(&["audit", "list", "--event", "token.found", "--json"]);
        let entries: Vec<Value> = serde_json::from_str(&log).unwrap();
        assert_eq!(entries.len(), 5, "{log}");
        assert_eq!(entries.iter().filter(|entry| entry["subject"] == "none").count(), 4);
    }
}

#[tokio::test]
async fn a_body_that_is_none_is_refused_without_a_word_of_it() {
    let server = server(Database::Sqlite);
    let dora = server.personal_token("dora");
    for body in [
        String::new(),
        format!("\"{dora}\""),
        format!("{{\"{dora}\": 1}}"),
        format!("{{\"token\": [\"{dora}\"]}}"),
        format!("{{\"token\": \"x\", \"{dora}\": \"x\"}}"),
    ] {
        let request = server.request(Method::POST, "/api/v2/token/found").body(body.clone());
        let (status, refused) = answer(request).await;
        assert_eq!((status, &refused["code"]), (400, &json!("invalid")), "{body}");
        assert!(!refused.to_string().contains(&dora[6..]), "{refused}");
    }
    assert_eq!(server.get(&dora, "/api/v1.1/me").await.0, 200);
}

#[tokio::test]
async fn the_owner_is_told_on_every_page_until_they_dismiss_it() {
    let server = server(Database::Sqlite);
    let (session, other) =
        (Session::begin(&server, "dora").await, Session::begin(&server, "ren").await);
    let dora = server.personal_token("dora");
    let id = dora[6..17].to_owned();
    // As a guest does on the page; nothing of the value comes back.
    let form = server.request(Method::GET, "/found").send().await.unwrap();
    assert_eq!(form.headers()["cache-control"], "no-store");
    let request = server.request(Method::POST, "/found").header("origin", &server.url);
    let thanks = request.form(&[("token", &dora)]).send().await.unwrap();
    assert_eq!(thanks.status(), 200);
    let thanks = thanks.text().await.unwrap();
    assert!(thanks.contains("Thank you") && !thanks.contains(&dora), "{thanks}");
    assert_eq!(server.get(&dora, "/api/v1.1/me").await.0, 401);

    for path in ["/", "/settings/user/tokens"] {
        let shown = page(&server, &session, path).await;
        assert!(shown.contains(&format!("“e2e” ({id})")), "{path}: {shown}");
        assert!(!page(&server, &other, path).await.contains(&id), "nobody else is told");
    }
    let path = format!("/notices/{id}/dismiss");
    let dismiss = async |who: &Session| {
        let fields = [("csrf", who.word.as_str()), ("next", "/settings/user/tokens")];
        let request = who.request(&server, Method::POST, &path).form(&fields);
        request.send().await.unwrap()
    };
    assert_eq!(dismiss(&other).await.status(), 404);
    let answer = dismiss(&session).await;
    assert_eq!(answer.status(), 303);
    assert_eq!(answer.headers()["location"], "/settings/user/tokens");
    assert!(!page(&server, &session, "/").await.contains(&id));
    assert_eq!(dismiss(&session).await.status(), 404);
}

#[tokio::test]
async fn of_a_projects_token_its_administrators_are_told() {
    let server = server(Database::Sqlite);
    let badge = server.project_token("gh/acme/web", "status");
    assert_eq!(hand_in(&server, &badge).await.0, 200);
    let of = format!("({}) of gh/acme/web", &badge[6..17]);
    for (name, told) in [("ren", true), ("mika", true), ("dora", false)] {
        let session = Session::begin(&server, name).await;
        assert_eq!(page(&server, &session, "/").await.contains(&of), told, "{name}");
    }
}

#[tokio::test]
async fn the_audit_log_names_who_signed_in_and_the_project_of_a_refused_use() {
    let server = server(Database::Sqlite);
    Session::begin(&server, "dora").await;
    let log = server.admin(&["audit", "list", "--event", "session.create", "--json"]);
    let entries: Vec<Value> = serde_json::from_str(&log).unwrap();
    assert_eq!(entries[0]["person"], "dora", "{log}");
    let dora = server.personal_token("dora");
    let path = "/api/v1.1/project/gh/acme/web";
    assert_eq!(server.post(&dora, path, json!({})).await.0, 403);
    let itself = answer(server.request(Method::DELETE, "/api/v2/token/self").bearer_auth(&dora));
    assert_eq!(itself.await.0, 200);
    assert_eq!(server.get(&dora, path).await.0, 401);
    let log = server.admin(&["audit", "list", "--event", "access.refuse", "--json"]);
    let entries: Vec<Value> = serde_json::from_str(&log).unwrap();
    for (entry, why) in entries.iter().zip(["deleted", "trigger-builds"]) {
        assert_eq!((&entry["detail"], &entry["project"]), (&json!(why), &json!("gh/acme/web")));
    }
    assert_eq!(entries.len(), 2, "{log}");
}
