//! The life of tokens through the API: made, listed, used, deleted; personal and of a project, by
//! API v1.1 and v1. How tokens are shown and refused is in `credentials`.

use std::collections::BTreeSet;

use jiff::Timestamp;
use reqwest::Method;
use serde_json::{Value, json};

use crate::forgery::forged;
use crate::harness::{Database, Server, answer};

const CONFIG: &str = "
version: 2.1
jobs:
  build: {docker: [{image: cimg/base}], steps: [{run: 'true'}]}
workflows:
  main: {jobs: [build]}
";

struct Place {
    server: Server,
    /// An administrator's token.
    mika: String,
    /// The token of somebody without any part.
    eve: String,
}

impl Place {
    fn make(database: Database) -> Self {
        let server = Server::start_with(database, &["--executor", "none"]);
        server.add_person("mika", true);
        server.add_person("eve", false);
        server.add_project("gh/acme/web", CONFIG);
        server.add_project("gh/acme/other", CONFIG);
        let (mika, eve) = (server.personal_token("mika"), server.personal_token("eve"));
        Self { server, mika, eve }
    }

    async fn make_token(&self, path: &str, body: Value) -> Value {
        let (status, made) = self.server.post(&self.mika, path, body).await;
        assert_eq!(status, 201, "{path}: {made}");
        made
    }
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_else(|| panic!("{name} in {value}"))
}

fn keys(value: &Value) -> BTreeSet<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

/// Where tokens are made and listed, what the request says, and what only such a token opens.
const PLACES: [(&str, &str, &str); 4] = [
    ("/api/v1.1/user/token", r#"{"label": "deploy"}"#, "/api/v1.1/me"),
    ("/api/v1/user/token", r#"{"label": "deploy"}"#, "/api/v1/me"),
    (
        "/api/v1.1/project/github/acme/web/token",
        r#"{"label": "deploy", "scope": "all"}"#,
        "/api/v1.1/project/github/acme/web",
    ),
    (
        "/api/v1/project/acme/web/token",
        r#"{"label": "deploy", "scope": "all"}"#,
        "/api/v1/project/acme/web",
    ),
];

/// One token from its making to its end. `by` names the field by which it is deleted.
async fn check_life(place: &Place, (path, body, opens): (&str, &str, &str), by: &str) {
    let Place { server, mika, .. } = place;
    let made = place.make_token(path, serde_json::from_str(body).unwrap()).await;
    let project = path.contains("/project/");
    let mut shown = BTreeSet::from([
        "id",
        "label",
        "time",
        "last_used_at",
        "permissions",
        "projects",
        "rotation",
        "networks",
        "expires_at",
        "disabled_at",
        "policies",
    ]);
    if project {
        shown.insert("scope");
        assert_eq!(made["scope"], "all");
    }
    let value = text(&made, "token");
    assert_eq!(keys(&made), shown.iter().copied().chain(["token"]).collect(), "{made}");
    assert!(value.starts_with(if project { "rdprj_" } else { "rdpat_" }), "{path}");
    assert!(value.contains(text(&made, "id")));
    assert_eq!((text(&made, "label"), &made["last_used_at"]), ("deploy", &Value::Null));
    assert!(text(&made, "time").parse::<Timestamp>().is_ok() && text(&made, "time").ends_with('Z'));

    assert_eq!(server.get(value, opens).await.0, 200, "{opens}");
    let (status, listed) = server.get(mika, path).await;
    assert_eq!(status, 200);
    let own = listed.as_array().unwrap().iter().find(|token| token["id"] == made["id"]).unwrap();
    assert_eq!(keys(own), shown);
    assert!(!listed.to_string().contains(value), "a list holds a value");

    let name = text(&made, by);
    assert_eq!(
        server.delete(mika, &format!("{path}/{name}")).await,
        (200, json!({"message": "ok"}))
    );
    let (status, refused) = server.get(value, opens).await;
    assert_eq!((status, text(&refused, "code")), (401, "invalid_token"), "{opens}: {refused}");
    assert!(text(&refused, "reason").starts_with("the token was deleted at "), "{refused}");
    let listed = server.get(mika, path).await.1;
    assert!(!listed.to_string().contains(text(&made, "id")), "{listed}");
    let (status, again) = server.delete(mika, &format!("{path}/{name}")).await;
    assert_eq!((status, text(&again, "message")), (404, "token not found"));
    assert!(!again.to_string().contains(value));
}

#[tokio::test]
async fn a_token_is_made_listed_used_and_deleted_by_its_id_or_its_value() {
    for database in Database::all() {
        let place = Place::make(database);
        for kind in PLACES {
            for by in ["id", "token"] {
                check_life(&place, kind, by).await;
            }
        }
    }
}

#[tokio::test]
async fn whoever_makes_a_token_is_told_where_it_is() {
    let Place { server, mika, .. } = &Place::make(Database::Sqlite);
    for (path, body, opens) in PLACES {
        let request = server.request(Method::POST, path).header("circle-token", mika);
        let request = request.header("accept", "application/json").body(body);
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 201, "{path}");
        let place = answer.headers()["location"].to_str().unwrap().to_owned();
        let made: Value = answer.json().await.unwrap();
        let place = place.strip_prefix(&server.url).unwrap();
        assert!(place.ends_with(&format!("/token/{}", text(&made, "id"))), "{path}: {place}");
        assert_eq!(server.delete(mika, place).await.0, 200, "{place}");
        assert_eq!(server.get(text(&made, "token"), opens).await.0, 401, "{place}");
    }
}

#[tokio::test]
async fn the_time_of_the_last_use_is_exact_and_outlives_the_process() {
    let mut place = Place::make(Database::Sqlite);
    let made = place.make_token(PLACES[0].0, json!({"label": "used"})).await;
    let value = text(&made, "token").to_owned();
    let used = |listed: Value| {
        let own = listed.as_array().unwrap().iter().find(|t| t["id"] == made["id"]).unwrap();
        own["last_used_at"].as_str().map(|at| at.parse::<Timestamp>().unwrap().as_millisecond())
    };
    let now = || Timestamp::now().as_millisecond();
    assert_eq!(used(place.server.get(&place.mika, PLACES[0].0).await.1), None);
    let mut last = 0;
    for _ in 0..3 {
        let before = now();
        assert_eq!(place.server.get(&value, "/api/v1.1/me").await.0, 200);
        let after = now();
        last = used(place.server.get(&place.mika, PLACES[0].0).await.1).unwrap();
        assert!((before..=after).contains(&last), "{before} {last} {after}");
    }
    // A use with a wrong secret is none: the id alone proves nothing.
    assert_eq!(place.server.get(&forged(&value), "/api/v1.1/me").await.0, 401);
    assert_eq!(used(place.server.get(&place.mika, PLACES[0].0).await.1), Some(last));
    assert!(place.server.stop().success());
    place.server.restart();
    assert_eq!(used(place.server.get(&place.mika, PLACES[0].0).await.1), Some(last));
}

#[tokio::test]
async fn labels_are_of_any_script_and_need_not_differ() {
    let place = Place::make(Database::Sqlite);
    let (long, longer, huge) = ("あ".repeat(100), "あ".repeat(101), "x".repeat(10_000));
    let kept = [
        ("deploy", "deploy"),
        ("deploy", "deploy"),
        ("  deploy bot\t", "deploy bot"),
        ("リリース用トークン", "リリース用トークン"),
        ("نشر", "نشر"),
        ("🚀 ship \"it\" <b>&'; --", "🚀 ship \"it\" <b>&'; --"),
        (&long, &long),
    ];
    let refused = [
        ("", "label must not be empty"),
        (" \t ", "label must not be empty"),
        ("a\0b", "label holds characters that it cannot have"),
        ("a\nb", "label holds characters that it cannot have"),
        (&longer, "label has at most 100 characters"),
        (&huge, "label has at most 100 characters"),
    ];
    for (path, body, _) in [PLACES[0], PLACES[2]] {
        let mut body: Value = serde_json::from_str(body).unwrap();
        for (label, expected) in kept {
            body["label"] = label.into();
            assert_eq!(place.make_token(path, body.clone()).await["label"], expected);
        }
        let listed = place.server.get(&place.mika, path).await.1;
        for (_, label) in kept {
            let of_it = |token: &&Value| token["label"] == label;
            let count = listed.as_array().unwrap().iter().filter(of_it).count();
            assert_eq!(count, kept.iter().filter(|(_, own)| *own == label).count(), "{label}");
        }
        for (label, message) in refused {
            body["label"] = label.into();
            let (status, answer) = place.server.post(&place.mika, path, body.clone()).await;
            assert_eq!((status, text(&answer, "message")), (400, message));
            assert_eq!(text(&answer, "code"), "invalid");
        }
        let after = place.server.get(&place.mika, path).await.1;
        assert_eq!(after.as_array().unwrap().len(), listed.as_array().unwrap().len());
    }
}

#[tokio::test]
async fn what_is_not_understood_makes_no_token_and_says_why() {
    let place = Place::make(Database::Sqlite);
    let (own, web) = (PLACES[0].0, PLACES[2].0);
    for (path, body, message) in [
        (own, "", "the body is not the expected JSON"),
        (own, "{", "the body is not the expected JSON"),
        (own, "[]", "the body is not the expected JSON"),
        (own, "{}", "missing field `label`"),
        (own, r#"{"label": 1}"#, "invalid type: integer"),
        (own, r#"{"label": null}"#, "invalid type: null"),
        (own, r#"{"label": "a", "name": "b"}"#, "unknown field `name`"),
        (own, r#"{"label": "a", "expires": "2030-01-01"}"#, "unknown field `expires`"),
        (own, r#"{"label": "a", "label": "b"}"#, "duplicate field `label`"),
        (own, r#"{"label": "a", "scope": "all"}"#, "a personal token has no scope"),
        (web, r#"{"label": "a"}"#, "scope is missing: take status, view-builds, all or badge"),
        (own, "{\"label\": \"a\u{202e}b\"}", "label holds characters that it cannot have"),
        (web, "{\"label\": \"\u{2066}\", \"scope\": \"all\"}", "label holds characters"),
        (web, r#"{"label": "a", "scope": ""}"#, "take status, view-builds, all or badge"),
        (web, r#"{"label": "a", "scope": "admin"}"#, "unknown scope \"admin\""),
        (web, r#"{"label": "a", "scope": "ALL"}"#, "unknown scope \"ALL\""),
        (web, r#"{"label": "a", "scope": ["all"]}"#, "invalid type: sequence"),
        (web, r#"{"scope": "all"}"#, "missing field `label`"),
    ] {
        let request = place.server.request(Method::POST, path).header("circle-token", &place.mika);
        let sent = request.header("content-type", "application/json").body(body);
        let (status, answer) = answer(sent).await;
        assert_eq!(status, 400, "{body}: {answer}");
        assert!(text(&answer, "message").contains(message), "{body}: {answer}");
    }
    assert_eq!(place.server.get(&place.mika, own).await.1.as_array().unwrap().len(), 1);
    assert_eq!(place.server.get(&place.mika, web).await.1, json!([]));
}

#[tokio::test]
async fn nobody_deletes_what_is_not_theirs_to_name() {
    let place = Place::make(Database::Sqlite);
    let Place { server, mika, eve } = &place;
    let personal = place.make_token(PLACES[0].0, json!({"label": "mine"})).await;
    let body = json!({"label": "ours", "scope": "status"});
    let of_web = place.make_token(PLACES[2].0, body).await;
    let other = "/api/v1.1/project/gh/acme/other/token";
    for by in ["id", "token"] {
        let (personal, of_web) = (text(&personal, by), text(&of_web, by));
        for (who, path) in [
            (eve, format!("/api/v1.1/user/token/{personal}")),
            (eve, format!("/api/v1.1/user/token/{of_web}")),
            (eve, format!("/api/v1.1/project/gh/acme/web/token/{of_web}")),
            // An administrator too names a token where it belongs.
            (mika, format!("/api/v1.1/user/token/{of_web}")),
            (mika, format!("{other}/{of_web}")),
            (mika, format!("{other}/{personal}")),
            (mika, format!("{}/{personal}", PLACES[2].0)),
        ] {
            let (status, answer) = server.delete(who, &path).await;
            assert_eq!(status, 404, "{path}: {answer}");
            let repeated = by == "token" && answer.to_string().contains("rdpr");
            assert!(!repeated, "the answer repeats a value: {answer}");
        }
    }
    for junk in ["x", "00000000000", "%2e%2e", "%00", "rdpat_x", &"a".repeat(3000)] {
        assert_eq!(
            server.delete(mika, &format!("/api/v1.1/user/token/{junk}")).await.0,
            404,
            "{junk}"
        );
    }
    assert_eq!(server.get(text(&personal, "token"), "/api/v1.1/me").await.0, 200);
    assert_eq!(server.get(text(&of_web, "token"), "/gh/acme/web.svg").await.0, 200);
    // Nobody sees another person's tokens.
    let listed = server.get(eve, "/api/v1.1/user/token").await.1;
    assert_eq!(listed.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_token_is_told_what_it_is() {
    let place = Place::make(Database::Sqlite);
    let body = json!({"label": "for the badge", "scope": "status"});
    let made = place.make_token(PLACES[2].0, body).await;
    for (value, kind, owner, rights) in [
        (text(&made, "token"), "project", "gh/acme/web", json!(["read-status"])),
        (place.mika.as_str(), "personal", "mika", json!(["those of its owner"])),
    ] {
        let (status, own) = place.server.get(value, "/api/v1.1/token/self").await;
        assert_eq!((status, text(&own, "kind"), text(&own, "owner")), (200, kind, owner));
        assert_eq!(own["rights"], rights);
        assert!(own["last_used_at"].is_string());
        assert!(!own.to_string().contains(value));
    }
}
