//! Forms that a browser sends again: what they made is not made twice.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::json;

use crate::harness::{Database, Server};
use crate::session::{Session, between};

const CONFIG: &str = "version: 2.1\njobs:\n  build: {machine: true, steps: [{run: 'true'}]}\n";
const ONCE: &str = "name=\"once\" value=\"";

async fn page(server: &Server, mika: &Session, path: &str) -> String {
    let answer = mika.request(server, Method::GET, path).send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 200, "{path}");
    answer.text().await.unwrap()
}

/// Sends a form: the status, and the page or where it leads.
async fn send(
    server: &Server,
    mika: &Session,
    path: &str,
    once: &str,
    name: &str,
) -> (u16, String) {
    let fields = [
        ("csrf", mika.word.as_str()),
        ("once", once),
        ("name", name),
        ("label", name),
        ("scope", "status"),
        ("rights", "everything"),
        ("right-read-status", "yes"),
        ("expires", "never"),
    ];
    let answer = mika.request(server, Method::POST, path).form(&fields).send().await.unwrap();
    let status = answer.status().as_u16();
    let place = answer.headers().get("location").map(|place| place.to_str().unwrap().to_owned());
    (status, place.unwrap_or(answer.text().await.unwrap()))
}

async fn makes_one_token(database: Database) {
    let server = Server::start_with(database, &["--executor", "none"]);
    server.add_person("mika", true);
    server.add_project("gh/acme/web", CONFIG);
    let token = server.personal_token("mika");
    let body = json!({"name": "robot", "ceiling": ["read-status"]});
    let base = "/api/v2/organization/gh/acme/service-account";
    let (status, account) = server.post(&token, base, body).await;
    assert_eq!(status, 201, "{account}");
    let account =
        format!("/settings/organization/gh/acme/services/{}", account["id"].as_str().unwrap());
    let mika = Session::begin(&server, "mika").await;
    let (own, web) = ("/settings/user/tokens", "/settings/project/gh/acme/web/api");
    for (path, list) in [(own, own), (web, web), (&*format!("{account}/tokens"), account.as_str())]
    {
        let word = between(&page(&server, &mika, list).await, ONCE, "\"");
        let (status, made) = send(&server, &mika, path, &word, "first").await;
        assert!(status == 200 && made.contains("id=\"value\""), "{path}: {status} {made}");
        let count = async || page(&server, &mika, list).await.matches("class=\"act\"").count();
        let before = count().await;
        let again = send(&server, &mika, path, &word, "first").await;
        assert_eq!(again, (303, list.to_owned()), "{path}");
        assert_eq!(count().await, before, "{path}: nothing was made");
        // A page that was gone back to, with another name in its form.
        let (status, made) = send(&server, &mika, path, &word, "second").await;
        assert!(status == 200 && made.contains("id=\"value\""), "{path}: {status} {made}");
        let words: BTreeSet<String> =
            [word, between(&page(&server, &mika, list).await, ONCE, "\"")].into();
        assert_eq!(words.len(), 2, "{path}: each page has a word of its own");
    }
    // Nor does it come back after it was removed.
    let word = between(&page(&server, &mika, own).await, ONCE, "\"");
    let (_, made) = send(&server, &mika, own, &word, "gone").await;
    let value = between(&made, "id=\"value\" readonly value=\"", "\"");
    let (status, _) = server.delete(&value, "/api/v2/token/self").await;
    assert_eq!(status, 200);
    assert_eq!(send(&server, &mika, own, &word, "gone").await, (303, own.to_owned()));
    assert_eq!(server.get(&value, "/api/v1.1/me").await.0, 401);
}

#[tokio::test]
async fn a_form_that_comes_again_makes_no_second_token() {
    for database in Database::all() {
        makes_one_token(database).await;
    }
}
