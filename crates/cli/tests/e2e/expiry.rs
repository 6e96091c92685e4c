//! How near a token's end is: in a header of each answer to it, and in what the command prints.

use std::process::{Command, Output};

use jiff::{SignedDuration, Timestamp};
use reqwest::{Method, Response};
use serde_json::json;

use crate::harness::{Database, RONDO, Server};
use crate::session::Session;

const HEADER: &str = "x-rondo-token-expires-in-days";
const CONFIG: &str = "
version: 2.1
jobs:
  build: {docker: [{image: cimg/base}], steps: [{run: 'true'}]}
workflows:
  main: {jobs: [build]}
";

fn start() -> (Server, String) {
    let server = Server::start_with(Database::Sqlite, &["--executor", "none"]);
    server.add_person("mika", true);
    server.add_project("gh/acme/web", CONFIG);
    let mika = server.personal_token("mika");
    (server, mika)
}

/// A token that lives so many hours.
async fn living(server: &Server, by: &str, path: &str, scope: Option<&str>, hours: i64) -> String {
    let end = Timestamp::now() + SignedDuration::from_hours(hours);
    let body =
        json!({"label": format!("{hours} hours"), "expires_at": end.to_string(), "scope": scope});
    let (status, made) = server.post(by, path, body).await;
    assert_eq!(status, 201, "{made}");
    made["token"].as_str().unwrap().to_owned()
}

async fn ask(server: &Server, token: &str, path: &str) -> Response {
    server.request(Method::GET, path).header("circle-token", token).send().await.unwrap()
}

fn days(answer: &Response) -> Option<&str> {
    answer.headers().get(HEADER).map(|days| days.to_str().unwrap())
}

#[tokio::test]
async fn each_answer_to_a_token_that_ends_soon_says_how_many_whole_days_are_left() {
    let (server, mika) = start();
    let own = "/api/v1.1/user/token";
    // An hour more, so that the test may take as long as it likes.
    for (hours, expected) in
        [(1, Some("0")), (25, Some("1")), (5 * 24 + 1, Some("5")), (29 * 24 + 1, Some("29"))]
    {
        let token = living(&server, &mika, own, None, hours).await;
        for (path, status) in [
            ("/api/v1.1/me", 200),
            ("/api/v2/me", 200),
            ("/gh/acme/web.svg", 200),
            ("/api/v1.1/project/gh/acme/nothing", 404),
        ] {
            let answer = ask(&server, &token, path).await;
            assert_eq!(answer.status(), status, "{path}");
            assert_eq!(days(&answer), expected, "{hours} {path}");
        }
    }
    let later = living(&server, &mika, own, None, 31 * 24).await;
    for token in [&later, &mika] {
        assert_eq!(days(&ask(&server, token, "/api/v1.1/me").await), None);
    }
    let project = "/api/v1.1/project/gh/acme/web/token";
    let badge = living(&server, &mika, project, Some("status"), 49).await;
    let answer = ask(&server, &badge, "/gh/acme/web.svg").await;
    assert_eq!((answer.status().as_u16(), days(&answer)), (200, Some("2")));
    // Whoever may do nothing there is told all the same.
    let answer = ask(&server, &badge, "/api/v1.1/project/gh/acme/web/envvar").await;
    assert_eq!((answer.status().as_u16(), days(&answer)), (403, Some("2")));
}

fn run(server: &Server, token: &str, locale: &str, words: &[&str]) -> Output {
    let mut command = Command::new(RONDO);
    command.args(words).env_remove("LC_MESSAGES").env("LC_ALL", locale);
    command.env("RONDO_URL", &server.url).env("CIRCLE_TOKEN", token).output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_says_how_many_days_are_left_and_warns_in_the_last_week() {
    let (server, mika) = start();
    let own = "/api/v1.1/user/token";
    let short = living(&server, &mika, own, None, 3 * 24 + 1).await;
    let long = living(&server, &mika, own, None, 9 * 24 + 1).await;
    for (locale, left, none, warning) in [
        (
            "C.UTF-8",
            "Z (3 days left)",
            "does not expire",
            "the token of this command expires soon: 3 days left",
        ),
        ("ja_JP.UTF-8", "Z（残り 3 日）", "期限なし", "まもなく期限切れになります（残り 3 日）"),
    ] {
        for words in [&["token", "list"][..], &["token", "self"]] {
            let output = run(&server, &short, locale, words);
            assert!(output.status.success());
            assert!(text(&output.stdout).contains(left), "{}", text(&output.stdout));
            let said = text(&output.stderr);
            assert!(said.contains(warning), "{said}");
            assert_eq!(said.lines().count(), 1, "{said}");
        }
        let output = run(&server, &mika, locale, &["token", "list"]);
        assert!(text(&output.stdout).contains(none), "{}", text(&output.stdout));
        assert_eq!(text(&output.stderr), "");
    }
    // Many requests, one line; and what a program reads is as it was.
    let output = run(&server, &short, "C.UTF-8", &["project", "envvar", "list", "gh/acme/web"]);
    assert_eq!(text(&output.stderr).lines().count(), 1, "{}", text(&output.stderr));
    let output = run(&server, &short, "C.UTF-8", &["token", "list", "--json"]);
    assert!(serde_json::from_slice::<serde_json::Value>(&output.stdout).is_ok());
    assert!(!text(&output.stdout).contains("left"));
    assert_eq!(text(&run(&server, &long, "C.UTF-8", &["token", "self"]).stderr), "");
}

/// Whatever kind it is of: brought nearer at once, on every server, and never put off again.
#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_a_token_comes_nearer_and_never_later() {
    for database in Database::all() {
        let server = Server::start_with(database, &["--executor", "none"]);
        server.add_person("mika", true);
        server.add_project("gh/acme/web", CONFIG);
        let mika = server.personal_token("mika");
        let beside = (database == Database::Postgres).then(|| server.start_beside());
        let servers = || std::iter::once(&server).chain(&beside);
        let account = "/api/v2/organization/gh/acme/service-account";
        let named = json!({"name": "bot", "ceiling": ["read-status"], "contacts": ["mika"]});
        let (status, made) = server.post(&mika, account, named).await;
        assert_eq!(status, 201, "{made}");
        for (tokens, scope) in [
            ("/api/v1.1/user/token".to_owned(), None),
            ("/api/v1.1/project/gh/acme/web/token".to_owned(), Some("status")),
            (format!("{account}/bot/token"), None),
        ] {
            let body = json!({"label": "long", "scope": scope});
            let (_, made) = server.post(&mika, &tokens, body).await;
            let value = made["token"].as_str().unwrap_or_else(|| panic!("{made}")).to_owned();
            let path = format!("{tokens}/{}/shorten", made["id"].as_str().unwrap());
            for server in servers() {
                assert_eq!(days(&ask(server, &value, "/gh/acme/web.svg").await), None);
            }
            let shorten = async |hours: i64| {
                let end = Timestamp::now() + SignedDuration::from_hours(hours);
                let (status, answer) =
                    server.post(&mika, &path, json!({"expires_at": end.to_string()})).await;
                (status, answer["message"].as_str().unwrap().to_owned())
            };
            assert_eq!(shorten(49).await.0, 200);
            for server in servers() {
                soon(async || days(&ask(server, &value, "/gh/acme/web.svg").await) == Some("2"))
                    .await;
            }
            for (hours, why) in [(50, "ends sooner already"), (-1, "lies in the future")] {
                let (status, message) = shorten(hours).await;
                assert!(status == 400 && message.contains(why), "{message}");
            }
            for (body, why) in [
                (json!({"expires_at": "soon"}), "expires_at: take a moment"),
                (json!({}), "expires_at"),
                (json!({"expires_at": "2030-01-01T00:00:00Z", "label": "x"}), "label"),
            ] {
                let (status, answer) = server.post(&mika, &path, body).await;
                assert_eq!(status, 400, "{answer}");
                assert!(answer["message"].as_str().unwrap().contains(why), "{answer}");
            }
            let end = Timestamp::now() + SignedDuration::from_secs(2);
            let nearest = json!({"expires_at": end.to_string()});
            assert_eq!(server.post(&mika, &path, nearest).await.0, 200);
            for server in servers() {
                soon(async || ask(server, &value, "/gh/acme/web.svg").await.status() == 401).await;
            }
            assert!(Timestamp::now() + SignedDuration::from_secs(1) >= end);
        }
        let log = server.admin(&["audit", "list", "--event", "token.shorten", "--json"]);
        let log: Vec<serde_json::Value> = serde_json::from_str(&log).unwrap();
        assert_eq!(log.len(), 6, "one entry for each that changed something");
        assert!(log.iter().all(|entry| entry["person"] == "mika"), "{log:?}");
    }
}

/// Asks until it is so; the test's own limit of time is how long that may take.
async fn soon(so: impl AsyncFn() -> bool) {
    while !so().await {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_and_the_page_bring_an_end_nearer_and_say_what_is_wrong() {
    let (server, mika) = start();
    let own = "/api/v1.1/user/token";
    let value = living(&server, &mika, own, None, 240).await;
    let id = &value[6..17];
    for (locale, words, why) in [
        ("C.UTF-8", ["token", "shorten", id, "--expires", "20d"], "ends sooner already"),
        ("ja_JP.UTF-8", ["token", "shorten", id, "--expires", "later"], "take a moment"),
    ] {
        let refused = run(&server, &mika, locale, &words);
        assert!(!refused.status.success());
        assert!(text(&refused.stderr).contains(why), "{}", text(&refused.stderr));
    }
    let done = run(&server, &mika, "C.UTF-8", &["token", "shorten", id, "--expires", "100h"]);
    assert!(done.status.success(), "{}", text(&done.stderr));
    assert_eq!(days(&ask(&server, &value, "/api/v1.1/me").await), Some("4"));
    let session = Session::begin(&server, "mika").await;
    let page = format!("/settings/user/tokens/{id}");
    let send = async |end: &str, language: &str| {
        let fields = [("end", end), ("csrf", session.word.as_str())];
        let request = session.request(&server, Method::POST, &format!("{page}/shorten"));
        let answer = request.header("accept-language", language).form(&fields).send();
        let answer = answer.await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    };
    for (end, language, why) in [
        ("2099-01-01T00:00", "en", "It ends sooner already"),
        ("2099-01-01T00:00", "ja", "すでにそれより早く終わります"),
        ("2020-01-01T00:00", "en", "future"),
        ("", "en", "value=\"\""),
    ] {
        let (status, shown) = send(end, language).await;
        assert!(status == 400 && shown.contains(why), "{end}: {status} {shown}");
        assert!(shown.contains(&format!("value=\"{end}\"")), "what was typed is kept: {shown}");
    }
    let end = (Timestamp::now() + SignedDuration::from_hours(49)).to_string();
    assert_eq!(send(&end[..16], "en").await.0, 303);
    assert_eq!(days(&ask(&server, &value, "/api/v1.1/me").await), Some("2"));
}
