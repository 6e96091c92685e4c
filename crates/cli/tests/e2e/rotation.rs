//! Rotating tokens: both values work for a while, and the old one ends on time, at once everywhere.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Database, Server, answer};

const CONFIG: &str = "version: 2.1\njobs:\n  build: {machine: true, steps: [{run: echo fine}]}\n";
/// Where tokens are made, and what they read.
const KINDS: [(&str, &str); 2] = [
    ("/api/v1.1/user/token", "/api/v1.1/me"),
    ("/api/v1.1/project/gh/acme/web/token", "/api/v1.1/project/gh/acme/web"),
];

struct Place {
    server: Server,
    mika: String,
}

impl Place {
    fn make(database: Database) -> Self {
        let server = Server::start_with(database, &["--executor", "none"]);
        server.add_person("mika", true);
        server.add_project("gh/acme/web", CONFIG);
        let mika = server.personal_token("mika");
        Self { server, mika }
    }

    /// A new token: its id and its value.
    async fn make_token(&self, tokens: &str, more: Value) -> (String, String) {
        let mut body = json!({"label": "deploy"});
        if tokens.contains("/project/") {
            body["scope"] = "all".into();
        }
        for (name, value) in more.as_object().unwrap() {
            body[name] = value.clone();
        }
        let (status, made) = self.server.post(&self.mika, tokens, body).await;
        assert_eq!(status, 201, "{made}");
        (text(&made, "id"), text(&made, "token"))
    }

    async fn rotate(&self, tokens: &str, id: &str, wish: Value) -> (u16, Value) {
        self.server.post(&self.mika, &format!("{tokens}/{id}/rotate"), wish).await
    }

    /// The status of a use.
    async fn status(&self, value: &str, path: &str) -> u16 {
        self.server.get(value, path).await.0
    }

    async fn listed(&self, tokens: &str, id: &str) -> Value {
        let (_, list) = self.server.get(&self.mika, tokens).await;
        let found = list.as_array().unwrap().iter().find(|token| token["id"] == id);
        found.cloned().unwrap_or_default()
    }
}

fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_else(|| panic!("{name} in {value}")).to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn both_values_work_until_the_new_one_is_used_and_the_grace_is_over() {
    for database in Database::all() {
        let place = Place::make(database);
        for (tokens, path) in KINDS {
            let narrow = json!({"networks": ["127.0.0.0/8", "::1"]});
            let (old_id, old) = place.make_token(tokens, narrow).await;
            let (status, made) = place.rotate(tokens, &old_id, json!({"grace_seconds": 0})).await;
            assert_eq!(status, 201, "{made}");
            let (new_id, new) = (text(&made, "id"), text(&made, "token"));
            assert_eq!(made["networks"], json!(["127.0.0.0/8", "::1"]), "the same reach");
            assert_eq!(made["label"], "deploy");
            let listed = place.listed(tokens, &old_id).await;
            assert_eq!(listed["rotation"]["successor"], new_id.as_str(), "{listed}");
            assert_eq!(listed["rotation"]["taken_up_at"], Value::Null);

            assert_eq!(place.status(&old, path).await, 200, "the old one goes on");
            // A use that is refused is none.
            assert_eq!(place.status(&new, "/api/v1.1/project/gh/acme/none").await, 404);
            assert_eq!(place.status(&old, path).await, 200);
            assert_eq!(place.status(&new, path).await, 200);
            let (status, refused) = place.server.get(&old, path).await;
            assert_eq!((status, refused["code"].as_str()), (401, Some("invalid_token")));
            let reason = text(&refused, "reason");
            let ended = reason.contains("its successor took over at") || reason.contains("deleted");
            assert!(ended, "{reason}");
            assert_eq!(place.status(&new, path).await, 200);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_old_value_goes_on_for_its_grace() {
    let place = Place::make(Database::Sqlite);
    let (tokens, path) = KINDS[0];
    let (old_id, old) = place.make_token(tokens, json!({})).await;
    let (_, made) = place.rotate(tokens, &old_id, json!({"grace_seconds": 600})).await;
    assert_eq!(place.status(&text(&made, "token"), path).await, 200);
    assert_eq!(place.status(&old, path).await, 200);
    let listed = place.listed(tokens, &old_id).await;
    let moment = |name: &str| {
        let time: jiff::Timestamp = text(&listed["rotation"], name).parse().unwrap();
        time.as_millisecond()
    };
    assert_eq!(moment("ends_at") - moment("taken_up_at"), 600_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotation_is_undone_until_it_is_over() {
    for database in Database::all() {
        let place = Place::make(database);
        for (tokens, path) in KINDS {
            let (old_id, old) = place.make_token(tokens, json!({})).await;
            let undo = format!("{tokens}/{old_id}/rotate");
            let (status, nothing) = place.server.delete(&place.mika, &undo).await;
            assert_eq!(status, 400, "{nothing}");
            let (_, made) = place.rotate(tokens, &old_id, json!({"grace_seconds": 600})).await;
            let new = text(&made, "token");
            assert_eq!(place.status(&new, path).await, 200, "its grace began");
            let (status, undone) = place.server.delete(&place.mika, &undo).await;
            assert_eq!(status, 200, "{undone}");
            assert_eq!(place.status(&new, path).await, 401);
            assert_eq!(place.status(&old, path).await, 200);
            assert_eq!(place.listed(tokens, &old_id).await["rotation"], Value::Null);

            let (_, made) = place.rotate(tokens, &old_id, json!({"grace_seconds": 0})).await;
            assert_eq!(place.status(&text(&made, "token"), path).await, 200);
            let (status, late) = place.server.delete(&place.mika, &undo).await;
            // Its row may be gone already.
            assert!([400, 404].contains(&status), "{late}");
            assert_eq!(place.status(&old, path).await, 401);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_rotated_once_at_a_time_and_a_lost_answer_is_given_again() {
    for database in Database::all() {
        let place = Place::make(database);
        let (tokens, _) = KINDS[0];
        let (id, _) = place.make_token(tokens, json!({})).await;
        let path = format!("{tokens}/{id}/rotate");
        let rotate = |key: &'static str, wish: Value| {
            let request = place.server.request(Method::POST, &path).json(&wish);
            answer(request.header("circle-token", &place.mika).header("idempotency-key", key))
        };
        let both = tokio::join!(rotate("one", json!({})), rotate("one", json!({})));
        let ((201, first), (201, again)) = &both else { panic!("{both:?}") };
        assert_eq!(first["token"], again["token"], "the same value for the same key");
        assert_eq!(place.status(&text(first, "token"), "/api/v1.1/me").await, 200);

        for (refused, why) in [
            (rotate("two", json!({})).await, "undo that, or wait"),
            (rotate("one", json!({"grace_seconds": 5})).await, "this Idempotency-Key came with"),
            (place.rotate(tokens, &id, json!({})).await, "undo that, or wait"),
        ] {
            assert_eq!(refused.0, 400, "{refused:?}");
            let message = text(&refused.1, "message");
            assert!(message.contains(why), "{message}");
        }
        let (status, of_successor) = place.rotate(tokens, &text(first, "id"), json!({})).await;
        assert_eq!(status, 400, "{of_successor}");
        let (status, bad) = rotate("", json!({})).await;
        assert_eq!(status, 400);
        assert!(text(&bad, "message").contains("Idempotency-Key"), "{bad}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_rotated_is_refused_with_the_reason() {
    let place = Place::make(Database::Sqlite);
    let (tokens, _) = KINDS[0];
    let (id, _) = place.make_token(tokens, json!({})).await;
    for (wish, expected) in [
        (json!({"overlap_seconds": 59}), "overlap_seconds"),
        (json!({"overlap_seconds": 7_776_001}), "overlap_seconds"),
        (json!({"grace_seconds": -1}), "grace_seconds"),
        (json!({"grace_seconds": 3601, "overlap_seconds": 3600}), "grace_seconds"),
        (json!({"grace": 1}), "grace"),
    ] {
        let (status, refused) = place.rotate(tokens, &id, wish).await;
        assert_eq!(status, 400);
        assert!(text(&refused, "message").contains(expected), "{refused}");
    }
    let (_, narrow) = place.make_token(tokens, json!({"permissions": ["own-user"]})).await;
    let path = format!("{tokens}/{id}/rotate");
    let (status, beyond) = place.server.post(&narrow, &path, json!({})).await;
    assert_eq!((status, beyond["code"].as_str()), (403, Some("insufficient_scope")), "{beyond}");
    let disable = format!("{tokens}/{id}/disable");
    assert_eq!(place.server.post(&place.mika, &disable, json!({})).await.0, 200);
    let (status, refused) = place.rotate(tokens, &id, json!({})).await;
    assert_eq!(status, 400);
    assert!(text(&refused, "message").contains("enable it first"), "{refused}");
    let (status, missing) = place.rotate(tokens, "00000000000", json!({})).await;
    assert_eq!(status, 404, "{missing}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_successor_lives_as_long_as_its_predecessor_did_and_no_longer_than_its_maker() {
    let place = Place::make(Database::Sqlite);
    let (tokens, _) = KINDS[0];
    let end = jiff::Timestamp::now().as_second() + 3600;
    let end = jiff::Timestamp::from_second(end).unwrap();
    let (id, value) = place.make_token(tokens, json!({"expires_at": end.to_string()})).await;
    let moment = |made: &Value| text(made, "expires_at").parse::<jiff::Timestamp>().unwrap();
    // By itself: it cannot give what it has not got.
    let (status, made) =
        place.server.post(&value, &format!("{tokens}/{id}/rotate"), json!({})).await;
    assert_eq!(status, 201, "{made}");
    assert_eq!(moment(&made), end);
    let (status, _) = place.server.delete(&place.mika, &format!("{tokens}/{id}/rotate")).await;
    assert_eq!(status, 200);
    let (_, made) = place.rotate(tokens, &id, json!({})).await;
    let created: jiff::Timestamp = text(&made, "time").parse().unwrap();
    let life = moment(&made).as_second() - created.as_second();
    assert!((3590..=3600).contains(&life), "{life} seconds");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_predecessor_whose_successor_is_deleted_ends_nevertheless() {
    let place = Place::make(Database::Sqlite);
    let (tokens, path) = KINDS[0];
    let (old_id, old) = place.make_token(tokens, json!({})).await;
    let (_, made) = place.rotate(tokens, &old_id, json!({"grace_seconds": 0})).await;
    let (new_id, new) = (text(&made, "id"), text(&made, "token"));
    assert_eq!(place.status(&new, path).await, 200);
    let (status, _) = place.server.delete(&place.mika, &format!("{tokens}/{new_id}")).await;
    assert_eq!(status, 200);
    assert_eq!(place.status(&old, path).await, 401, "its end had begun");
}

/// Other servers hear of the first use within 100 ms, and the last use of the old value is refused.
#[tokio::test(flavor = "multi_thread")]
async fn the_first_use_of_a_successor_on_one_server_ends_its_predecessor_on_the_other() {
    if !Database::all().contains(&Database::Postgres) {
        return;
    }
    let place = Place::make(Database::Postgres);
    let second = place.server.start_beside();
    let (tokens, path) = KINDS[0];
    for _ in 0..10 {
        let (old_id, old) = place.make_token(tokens, json!({})).await;
        assert_eq!(second.get(&old, path).await.0, 200);
        let (_, made) = place.rotate(tokens, &old_id, json!({"grace_seconds": 0})).await;
        let new = text(&made, "token");
        let (begun, ended) = (std::time::Instant::now(), place.status(&new, path).await);
        assert_eq!(ended, 200);
        let answered = std::time::Instant::now();
        loop {
            let asked = std::time::Instant::now();
            let (status, _) = second.get(&old, path).await;
            if status == 401 {
                break;
            }
            let late = asked.saturating_duration_since(answered);
            assert!(late <= Duration::from_millis(100), "accepted {late:?} after {begun:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_rotates_and_undoes() {
    let place = Place::make(Database::Sqlite);
    let (id, old) = place.make_token(KINDS[0].0, json!({})).await;
    let rondo = |words: &[&str]| {
        let mut command = std::process::Command::new(crate::harness::RONDO);
        let command = command.env("RONDO_URL", &place.server.url).env("CIRCLE_TOKEN", &place.mika);
        let done = command.arg("token").args(words).output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        (done.status.success(), text(&done.stdout), text(&done.stderr))
    };
    let (done, new, _) = rondo(&["rotate", &id, "--grace", "10m", "--overlap", "1d"]);
    assert!(done, "{new}");
    assert_eq!(place.status(new.trim(), "/api/v1.1/me").await, 200);
    let (_, shown, _) = rondo(&["show", &id]);
    assert!(shown.contains("replaces it, until"), "{shown}");
    let (_, list, _) = rondo(&["list"]);
    let row = list.lines().find(|line| line.starts_with(&id)).unwrap();
    assert!(row.contains(&format!("{} replaces it, until", &new[6..17])), "{row}");
    assert!(!row.contains("does not expire"), "{row}");
    let (done, _, complaint) = rondo(&["rotate", &id, "--grace", "1h", "--overlap", "30m"]);
    assert!(!done && complaint.contains("grace"), "{complaint}");
    let (done, _, complaint) = rondo(&["rotate", &id, "--grace", "soon"]);
    assert!(!done && complaint.contains("\"soon\" is no length of time"), "{complaint}");
    assert!(rondo(&["rotate", &id, "--undo"]).0);
    assert_eq!(place.status(new.trim(), "/api/v1.1/me").await, 401);
    assert_eq!(place.status(&old, "/api/v1.1/me").await, 200);
    // A grace that nobody named is no longer than the whole.
    let (done, _, complaint) = rondo(&["rotate", &id, "--overlap", "30m"]);
    assert!(done, "{complaint}");
}
