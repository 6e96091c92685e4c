//! What a token learns of itself, and what becomes of one whose value is shown: asked through API v2
//! and as OAuth asks it.

use reqwest::Method;
use serde_json::{Value, json};

use crate::forgery::forged;
use crate::harness::{Database, Server, answer};

const CONFIG: &str = "version: 2.1\njobs:\n  build: {machine: true, steps: [{run: 'true'}]}\n";
const OWN: &str = "/api/v1.1/user/token";
const ITSELF: &str = "/api/v2/token/self";

/// A server with an administrator, a viewer of `gh/acme`, and two projects; and the administrator's token.
fn server(database: Database) -> (Server, String) {
    let server = Server::start_with(database, &["--executor", "none"]);
    server.add_person("mika", true);
    server.add_person("ren", false);
    server.add_project("gh/acme/web", CONFIG);
    server.add_project("gh/other/thing", CONFIG);
    server.admin(&["user", "role", "ren", "gh/acme", "viewer"]);
    let mika = server.personal_token("mika");
    (server, mika)
}

async fn made(server: &Server, by: &str, body: Value) -> (String, String) {
    let (status, made) = server.post(by, OWN, body).await;
    assert_eq!(status, 201, "{made}");
    let text = |name: &str| made[name].as_str().unwrap().to_owned();
    (text("id"), text("token"))
}

#[tokio::test]
async fn a_token_is_told_everything_about_itself() {
    let (server, mika) = server(Database::Sqlite);
    let body = json!({"label": "report", "permissions": ["read-status"], "projects": ["gh/acme/web"],
        "networks": ["127.0.0.0/8"], "expires_at": "2099-01-31T12:00:00Z"});
    let (id, value) = made(&server, &mika, body).await;
    let (status, own) = server.get(&value, ITSELF).await;
    assert_eq!(status, 200, "{own}");
    assert_eq!((&own["id"], &own["kind"]), (&json!(id), &json!("personal")));
    assert_eq!((&own["owner"], &own["label"]), (&json!("mika"), &json!("report")));
    assert_eq!(own["permissions"], json!(["read-status"]));
    assert_eq!(own["projects"], json!(["gh/acme/web"]));
    assert_eq!(own["networks"], json!(["127.0.0.0/8"]));
    assert_eq!(own["expires_at"], "2099-01-31T12:00:00.000Z");
    assert!(own["days_left"].as_i64().unwrap() > 20_000);
    assert!(own["last_used_at"].is_string() && own["scope"].is_null());
    let (_, whole) = server.get(&mika, ITSELF).await;
    for absent in ["permissions", "projects", "networks", "expires_at", "days_left"] {
        assert!(whole[absent].is_null(), "{whole}");
    }
    let badge = server.project_token("gh/acme/web", "status");
    let (_, own) = server.get(&badge, ITSELF).await;
    assert_eq!((&own["kind"], &own["scope"]), (&json!("project"), &json!("status")));
    assert_eq!((&own["project"], &own["owner"]), (&json!("gh/acme/web"), &Value::Null));
    assert!(!own.to_string().contains(&badge));
}

#[tokio::test]
async fn any_live_token_ends_itself_and_says_why() {
    for database in Database::all() {
        let (server, mika) = server(database);
        let (id, value) =
            made(&server, &mika, json!({"label": "ci", "permissions": ["read-status"]})).await;
        let badge = server.project_token("gh/acme/web", "status");
        let request = server.request(Method::DELETE, ITSELF).header("circle-token", &value);
        let request = request.json(&json!({"reason": "the job is done"}));
        assert_eq!(answer(request).await.0, 200);
        assert_eq!(server.delete(&badge, ITSELF).await.0, 200);
        for gone in [&value, &badge] {
            let (status, refused) = server.delete(gone, ITSELF).await;
            assert_eq!(status, 401, "{refused}");
            assert!(refused["reason"].as_str().unwrap().contains("was deleted at"), "{refused}");
        }
        let dead: Value =
            serde_json::from_str(&server.admin(&["token", "show", &id, "--json"])).unwrap();
        assert_eq!(dead["reason"], "the job is done");
        let log = server.admin(&["audit", "list", "--token", &id, "--json"]);
        assert!(log.contains("token.personal.delete"), "{log}");
        assert_eq!(server.get(&mika, ITSELF).await.0, 200, "no other one ended");
    }
}

/// What the token is told about a call: whether it is allowed, and what stops it.
async fn explained(server: &Server, token: &str, query: &[(&str, &str)]) -> (bool, Value) {
    let request = server.request(Method::GET, &format!("{ITSELF}/explain"));
    let (status, verdict) = answer(request.query(query).header("circle-token", token)).await;
    assert_eq!(status, 200, "{query:?}: {verdict}");
    assert_eq!(verdict["allowed"], verdict["stopped_by"].is_null(), "{verdict}");
    (verdict["allowed"] == true, verdict)
}

#[tokio::test]
async fn a_token_is_told_what_would_stop_it() {
    let (server, mika) = server(Database::Sqlite);
    let body = json!({"label": "narrow", "permissions": ["read-status", "own-user"],
        "projects": ["gh/acme/web"], "networks": ["127.0.0.0/8"], "expires_at": "2099-01-31T12:00:00Z"});
    let (_, narrow) = made(&server, &mika, body).await;
    let ren = server.personal_token("ren");
    let badge = server.project_token("gh/acme/web", "status");
    let web = "/api/v1.1/project/gh/acme/web";
    let (tokens, thing) = (format!("{web}/token"), "/api/v1.1/project/gh/other/thing");
    for (token, method, path, more, stopped) in [
        (&narrow, "GET", web, None, None),
        (&narrow, "get", "/api/v1.1/me?x=y", None, None),
        (&narrow, "HEAD", web, None, None),
        (&narrow, "GET", &tokens, None, Some("right")),
        (&narrow, "POST", "/api/v1.1/user/token", None, Some("right")),
        (&narrow, "POST", "/api/v1/user/token/00000000000/rotate", None, Some("right")),
        (&ren, "POST", "/api/v1.1/user/token", None, None),
        (&narrow, "GET", thing, None, Some("project")),
        (&narrow, "GET", "/api/v1.1/project/gh/acme/nothing", None, Some("project")),
        (&narrow, "POST", "/api/v1.1/project/gh/other/thing/follow", None, Some("project")),
        (&narrow, "GET", web, Some(("from", "192.0.2.7")), Some("network")),
        (&narrow, "GET", web, Some(("from", "127.0.0.9")), None),
        (&narrow, "GET", web, Some(("at", "2099-01-31T12:00:00Z")), Some("expiry")),
        (&narrow, "GET", web, Some(("at", "2099-01-31T11:59:59Z")), None),
        (&narrow, "GET", "/settings/user/tokens", None, Some("page")),
        (&narrow, "POST", "/runner/v1/claim", None, Some("runner")),
        (&narrow, "GET", "/healthz", None, None),
        (&ren, "POST", web, None, Some("role")),
        (&ren, "GET", web, None, None),
        (&badge, "GET", &format!("{web}/latest/artifacts"), None, Some("scope")),
        (&badge, "GET", thing, None, Some("project")),
        (&badge, "GET", "/gh/acme/web.svg", None, None),
    ] {
        let query: Vec<_> = [("method", method), ("path", path)].into_iter().chain(more).collect();
        let (allowed, verdict) = explained(&server, token, &query).await;
        assert_eq!(verdict["stopped_by"].as_str(), stopped, "{query:?}: {verdict}");
        assert_eq!(verdict["reason"].is_string(), !allowed, "{verdict}");
    }
    // What was asked of another time has ended nothing.
    assert_eq!(server.get(&narrow, ITSELF).await.0, 200);
    let query = [("method", "GET"), ("path", tokens.as_str())];
    let (_, verdict) = explained(&server, &narrow, &query).await;
    assert_eq!(verdict["route"], "/api/v1.1/project/{vcs}/{org}/{repo}/token");
    assert_eq!(
        (&verdict["needs"], &verdict["project"]),
        (&json!("manage-tokens"), &json!("gh/acme/web"))
    );
    // What is there and hidden is told as what is not there.
    let alike = async |path: &str| {
        let query = [("method", "GET"), ("path", path)];
        explained(&server, &narrow, &query).await.1.to_string()
    };
    assert_eq!(alike(thing).await, alike("/api/v1.1/project/gh/other/nothing").await);
}

#[tokio::test]
async fn a_question_that_cannot_be_understood_is_told_so() {
    let (server, mika) = server(Database::Sqlite);
    for (query, status, code) in [
        ("", 400, "invalid"),
        ("method=GET", 400, "invalid"),
        ("path=/api/v1.1/me", 400, "invalid"),
        ("method=&path=/api/v1.1/me", 400, "invalid"),
        ("method=G%20T&path=/api/v1.1/me", 400, "invalid"),
        ("method=GET&method=PUT&path=/api/v1.1/me", 400, "invalid"),
        ("method=GET&path=api/v1.1/me", 400, "invalid"),
        ("method=GET&path=//evil.example/", 404, "route_not_found"),
        ("method=GET&path=http://evil.example/", 400, "invalid"),
        ("method=GET&path=/a%20b", 400, "invalid"),
        ("method=GET&path=/api/v1.1/me&from=here", 400, "invalid"),
        ("method=GET&path=/api/v1.1/me&at=tomorrow", 400, "invalid"),
        ("method=GET&path=/api/v1.1/me&colour=red", 400, "invalid"),
        ("method=GET&path=/api/v3/me", 404, "route_not_found"),
        ("method=GET&path=/api/v2/nothing/here", 404, "route_not_found"),
        ("method=PATCH&path=/api/v1.1/me", 404, "method_not_found"),
        ("method=BREW&path=/api/v1.1/me", 404, "method_not_found"),
    ] {
        let (told, refused) = server.get(&mika, &format!("{ITSELF}/explain?{query}")).await;
        assert_eq!((told, refused["code"].as_str()), (status, Some(code)), "{query}: {refused}");
    }
    let (_, refused) =
        server.get(&mika, &format!("{ITSELF}/explain?method=PATCH&path=/api/v1.1/me")).await;
    assert_eq!(refused["reason"], "this path takes GET,HEAD");
    let late = format!("{ITSELF}/explain?method=GET&path=/api/v1.1/me&at=tomorrow");
    let (_, refused) = server.get(&mika, &late).await;
    assert_eq!(refused["message"], "at: take a moment such as 2030-01-31T12:00:00Z");
}

async fn form(
    server: &Server,
    by: Option<&str>,
    path: &str,
    body: &[(&str, &str)],
) -> (u16, Value) {
    let request = server.request(Method::POST, path).form(body);
    answer(match by {
        Some(token) => request.bearer_auth(token),
        None => request,
    })
    .await
}

#[tokio::test]
async fn a_token_is_described_to_who_may_know_of_it_and_to_nobody_else() {
    for database in Database::all() {
        let (server, mika) = server(database);
        let ren = server.personal_token("ren");
        let body = json!({"label": "narrow", "permissions": ["read-status"], "networks": ["192.0.2.0/24"],
            "expires_at": "2099-01-31T12:00:00Z"});
        let (id, narrow) = made(&server, &ren, body).await;
        let badge = server.project_token("gh/acme/web", "all");
        let ask = async |by: &str, value: &str| {
            let (status, told) =
                form(&server, Some(by), "/oauth/introspect", &[("token", value)]).await;
            assert_eq!(status, 200, "{told}");
            told
        };
        let told = ask(&ren, &narrow).await;
        assert_eq!((&told["active"], &told["username"]), (&json!(true), &json!("ren")));
        assert_eq!((&told["scope"], &told["jti"]), (&json!("read-status"), &json!(id)));
        assert_eq!(told["exp"], 4_073_544_000_i64, "{told}");
        assert_eq!(told["iss"], server.url);
        let whole = ask(&mika, &mika).await;
        assert!(whole["scope"].as_str().unwrap().contains("manage-server"), "{whole}");
        let own = ask(&badge, &badge).await;
        assert_eq!(own["scope"], "read-status read-artifacts read-builds");
        assert!(own["username"].is_null());
        let nothing = json!({"active": false});
        for (by, value) in [
            (&ren, &mika),
            (&ren, &badge),
            (&badge, &ren),
            (&mika, &"junk".to_owned()),
            (&mika, &forged(&ren)),
        ] {
            assert_eq!(ask(by, value).await, nothing);
        }
        // To describe one is not to use it.
        let (_, listed) = server.get(&ren, OWN).await;
        let listed = listed.as_array().unwrap().iter().find(|token| token["id"] == id).unwrap();
        assert!(listed["last_used_at"].is_null(), "{listed}");
        assert_eq!(server.post(&ren, &format!("{OWN}/{id}/disable"), json!({})).await.0, 200);
        assert_eq!(ask(&ren, &narrow).await, nothing);
        let nobody = form(&server, None, "/oauth/introspect", &[("token", &ren)]).await;
        assert_eq!((nobody.0, &nobody.1["code"]), (401, &json!("unauthenticated")));
        let (status, wrong) = form(&server, Some(&ren), "/oauth/introspect", &[("x", "y")]).await;
        assert_eq!((status, &wrong["error"]), (400, &json!("invalid_request")));
    }
}

#[tokio::test]
async fn whoever_holds_a_value_ends_the_token_and_is_told_nothing_else() {
    let (server, mika) = server(Database::Sqlite);
    let (id, value) = made(&server, &mika, json!({"label": "cron"})).await;
    let revoke =
        async |value: &str| form(&server, None, "/oauth/revoke", &[("token", value)]).await;
    assert_eq!(revoke(&value).await, (200, json!("")));
    assert_eq!(server.get(&value, "/api/v1.1/me").await.0, 401);
    let log = server.admin(&["audit", "list", "--token", &id, "--json"]);
    assert!(log.contains("token.personal.delete") && log.contains("\"anyone\""), "{log}");
    // Deleted already, never made, and no token at all: all alike, until it is too much.
    for value in [&value, &forged(&mika), "junk", "junk", "junk"] {
        assert_eq!(revoke(value).await, (200, json!("")));
    }
    let (status, refused) = revoke("junk").await;
    assert_eq!((status, &refused["error"]), (429, &json!("temporarily_unavailable")));
    assert_eq!(server.get(&mika, "/api/v1.1/me").await.0, 200);
    let (status, wrong) = form(&server, None, "/oauth/revoke", &[("hint", "x")]).await;
    assert_eq!((status, &wrong["error"]), (400, &json!("invalid_request")));
    let (status, offered) = server.get(&mika, "/.well-known/oauth-authorization-server").await;
    assert_eq!((status, &offered["issuer"]), (200, &json!(server.url)));
    for endpoint in ["introspection_endpoint", "revocation_endpoint", "token_endpoint"] {
        let path = offered[endpoint].as_str().unwrap().strip_prefix(&server.url).unwrap();
        assert_eq!(form(&server, Some(&mika), path, &[]).await.0, 400, "{endpoint}");
    }
}

#[tokio::test]
async fn a_mistyped_token_is_told_to_be_one() {
    let (server, mika) = server(Database::Sqlite);
    let mut mistyped = mika.clone();
    let last = mistyped.pop().unwrap();
    mistyped.push(if last == 'x' { 'y' } else { 'x' });
    let (status, refused) = server.get(&mistyped, "/api/v1.1/me").await;
    assert_eq!(status, 401);
    assert_eq!(refused["reason"], "the token is mistyped or cut off: its check is wrong");
    let refused = server.get(&forged(&mika), "/api/v1.1/me").await.1;
    assert_eq!(refused["reason"], "the token is unknown or deleted");
}
