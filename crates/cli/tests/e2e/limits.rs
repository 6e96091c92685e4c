//! The limits of requests, from outside: what answers say of them, who is stopped and who is not. Nothing
//! here is timed: bursts are counted, and the rates are so low that little comes back meanwhile.

use reqwest::{Method, Response};
use serde_json::Value;

use crate::forgery::forged;
use crate::harness::{Database, Server, order};
use crate::session::Session;

const CONFIG: &str = "
version: 2.1
jobs:
  build: {docker: [{image: cimg/base}], steps: [{run: 'true'}]}
workflows:
  main: {jobs: [build]}
";

fn start(flags: &[&str]) -> Server {
    let server = Server::start_with(Database::Sqlite, &[&["--executor", "none"], flags].concat());
    server.add_person("mika", true);
    server
}

async fn me(server: &Server, token: &str) -> Response {
    let request = server.request(Method::GET, "/api/v1.1/me").header("accept", "application/json");
    request.header("circle-token", token).send().await.unwrap()
}

fn figure(answer: &Response, name: &str) -> Option<u64> {
    answer.headers().get(name).map(|value| value.to_str().unwrap().parse().unwrap())
}

/// Asks until one answer is a 429; that answer, and how many came before it.
async fn until_stopped(mut ask: impl AsyncFnMut() -> Response) -> (Response, usize) {
    for before in 0..200 {
        let answer = ask().await;
        if answer.status() == 429 {
            return (answer, before);
        }
    }
    panic!("nothing stops it");
}

#[tokio::test]
async fn a_busy_token_is_stopped_and_starves_nobody() {
    let server = start(&["--token-rate", "1:40"]);
    let (busy, quiet) = (server.personal_token("mika"), server.personal_token("mika"));
    let mut statuses = [0, 0];
    for _ in 0..30 {
        // Four requests of the one for each of the other's, at the same time.
        let flood =
            [me(&server, &busy), me(&server, &busy), me(&server, &busy), me(&server, &busy)];
        let (flood, calm) =
            futures_util::future::join(futures_util::future::join_all(flood), me(&server, &quiet))
                .await;
        assert_eq!(calm.status(), 200);
        for answer in flood {
            match answer.status().as_u16() {
                200 => statuses[0] += 1,
                429 => statuses[1] += 1,
                other => panic!("{other}"),
            }
        }
    }
    let [taken, stopped] = statuses;
    assert!(taken >= 40, "the burst is its own: {taken}");
    assert!(stopped > 0);
}

#[tokio::test]
async fn answers_say_how_the_sender_stands() {
    let server = start(&["--token-rate", "1:1000", "--address-rate", "2:500"]);
    server.add_project("gh/acme/web", CONFIG);
    let token = server.personal_token("mika");
    let answer = me(&server, &token).await;
    assert_eq!(answer.status(), 200);
    for family in ["ratelimit", "x-ratelimit"] {
        assert_eq!(figure(&answer, &format!("{family}-limit")), Some(1000));
        assert_eq!(figure(&answer, &format!("{family}-remaining")), Some(999));
        assert_eq!(figure(&answer, &format!("{family}-reset")), Some(1));
    }
    // A script of another site may read them; to anybody else that says nothing.
    assert!(!answer.headers().contains_key("access-control-expose-headers"));
    let request =
        server.request(Method::GET, "/api/v1.1/me").header("origin", "https://example.org");
    let answer = request.header("circle-token", &token).send().await.unwrap();
    let exposed = answer.headers()["access-control-expose-headers"].to_str().unwrap();
    assert!(exposed.contains("RateLimit-Remaining"), "{exposed}");
    // A refusal is counted like any other answer.
    let request = server.request(Method::GET, "/api/v1.1/project/gh/acme/nothing");
    let answer = request.header("circle-token", &token).send().await.unwrap();
    assert_eq!(answer.status(), 404);
    assert!(figure(&answer, "ratelimit-remaining").unwrap() < 1000);
    // Who shows no token is counted by address.
    let answer = server.request(Method::GET, "/api/v1.1/me").send().await.unwrap();
    assert_eq!(answer.status(), 401);
    assert_eq!(figure(&answer, "ratelimit-limit"), Some(500));
    // Operators and pages have no such headers.
    for path in ["/healthz", "/login"] {
        let answer = server.request(Method::GET, path).send().await.unwrap();
        assert_eq!(figure(&answer, "ratelimit-limit"), None, "{path}");
    }
}

#[tokio::test]
async fn a_refusal_says_when_to_come_back_in_the_callers_format() {
    let server = start(&["--token-rate", "1:20"]);
    let token = server.personal_token("mika");
    let (answer, before) = until_stopped(async || me(&server, &token).await).await;
    assert!(before >= 20);
    assert_eq!(figure(&answer, "retry-after"), Some(1));
    assert_eq!(figure(&answer, "ratelimit-remaining"), Some(0));
    assert_eq!(figure(&answer, "x-ratelimit-limit"), Some(20));
    let body: Value = answer.json().await.unwrap();
    assert_eq!(body["code"], "rate_limited");
    assert_eq!(body["message"], "Too many requests: wait 1 second.");
    assert_eq!(body["reason"], "20 may come at once after a rest");
    let ask = async || {
        let request =
            server.request(Method::GET, "/api/v1.1/me").header("accept", "application/edn");
        request.header("circle-token", &token).send().await.unwrap()
    };
    let (answer, _) = until_stopped(ask).await;
    let text = answer.text().await.unwrap();
    assert!(text.contains(":code \"rate_limited\""), "{text}");
}

#[tokio::test]
async fn an_address_without_a_token_is_stopped_and_its_tokens_and_people_are_not() {
    let server = start(&["--address-rate", "1:20", "--token-rate", "1:100"]);
    let token = server.personal_token("mika");
    let mika = Session::begin(&server, "mika").await;
    for (language, title) in [("en", "Slow down a little"), ("ja", "しばらくお待ちください")]
    {
        let ask = async || {
            let request = server.request(Method::GET, "/login").header("accept-language", language);
            request.send().await.unwrap()
        };
        let (answer, _) = until_stopped(ask).await;
        assert_eq!(figure(&answer, "retry-after"), Some(1));
        let page = answer.text().await.unwrap();
        assert!(page.contains(title), "{page}");
    }
    let ask = async || server.request(Method::GET, "/api/v1.1/me").send().await.unwrap();
    until_stopped(ask).await;
    assert_eq!(me(&server, &token).await.status(), 200);
    let home = mika.request(&server, Method::GET, "/").send().await.unwrap();
    assert_eq!(home.status(), 200);
    // Whoever operates the server is never stopped.
    for _ in 0..50 {
        let answer = server.request(Method::GET, "/healthz").send().await.unwrap();
        assert_eq!(answer.status(), 200);
    }
}

#[tokio::test]
async fn wrong_tokens_are_stopped_by_address_and_good_ones_pass() {
    let server = start(&["--wrong-tokens", "3"]);
    let good = server.personal_token("mika");
    let wrong_secret = forged(&good);
    let unknown = {
        let other =
            rondo_domain::token::Secret::mint(rondo_domain::token::TokenKind::Personal, &[9; 48]);
        other.expose().to_owned()
    };
    let mut wrong_check = good.clone();
    let last = wrong_check.pop().unwrap();
    wrong_check.push(if last == 'x' { 'y' } else { 'x' });
    // Memory knows it.
    assert_eq!(me(&server, &good).await.status(), 200);
    let wrong = ["junk", &wrong_check, &unknown, &wrong_secret];
    let mut at = 0;
    let ask = async || {
        at += 1;
        me(&server, wrong[at % wrong.len()]).await
    };
    let (answer, before) = until_stopped(ask).await;
    assert!(before >= 3);
    let wait = figure(&answer, "retry-after").unwrap();
    assert!((1..=20).contains(&wait), "{wait}");
    let body: Value = answer.json().await.unwrap();
    assert_eq!(body["code"], "rate_limited");
    for token in wrong {
        let (answer, _) = until_stopped(async || me(&server, token).await).await;
        assert!(figure(&answer, "retry-after").is_some());
        assert_eq!(me(&server, &good).await.status(), 200, "beside {}", token.len());
    }
    // A token that is only stopped is not wrong: its sender holds it, and hears why.
    let (status, made) =
        server.post(&good, "/api/v1.1/user/token", serde_json::json!({"label": "stopped"})).await;
    assert_eq!(status, 201);
    let id = made["id"].as_str().unwrap();
    let disable = format!("/api/v1.1/user/token/{id}/disable");
    assert_eq!(server.post(&good, &disable, serde_json::json!({})).await.0, 200);
    for _ in 0..10 {
        let answer = me(&server, made["token"].as_str().unwrap()).await;
        assert_eq!(answer.status(), 401);
        let body: Value = answer.json().await.unwrap();
        assert_eq!(body["code"], "invalid_token");
    }
}

#[tokio::test]
async fn without_limits_nothing_is_counted() {
    let server = start(&["--token-rate", "0", "--address-rate", "0", "--wrong-tokens", "0"]);
    let token = server.personal_token("mika");
    for _ in 0..50 {
        let answer = me(&server, &token).await;
        assert_eq!(answer.status(), 200);
        assert_eq!(figure(&answer, "ratelimit-limit"), None);
        assert_eq!(me(&server, "junk").await.status(), 401);
    }
}

/// Moves a table away, or back again: whoever looks there meanwhile fails.
fn tables(server: &Server, from: &str, to: &str) {
    order(server.database().unwrap(), &format!("alter table {from} rename to {to}"));
}

#[tokio::test]
async fn what_somebody_made_up_is_not_looked_up_and_is_stopped_by_address() {
    let Some(&database) = Database::all().iter().find(|one| **one == Database::Postgres) else {
        return;
    };
    let flags = ["--executor", "none", "--wrong-tokens", "6", "--trusted-proxies", "127.0.0.1"];
    let server = Server::start_with(database, &flags);
    server.add_person("mika", true);
    let mika = Session::begin(&server, "mika").await;
    let good = server.personal_token("mika");
    assert_eq!(me(&server, &good).await.status(), 200);
    let visit = async |cookie: &str, address: &str| {
        let request = server.request(Method::GET, "/settings/user/sessions");
        let request = request.header("cookie", format!("rondo-session={cookie}"));
        request.header("x-forwarded-for", address).send().await.unwrap()
    };
    let own = mika.value().to_owned();
    let (word, proof) = own.split_at(64);
    let other = if proof.ends_with('0') { "1" } else { "0" };
    let off = format!("{}{other}", &own[..own.len() - 1]);
    let junk = ["junk", word, proof, &off, "\u{e9}t\u{e9}"];

    tables(&server, "session", "session_away");
    assert_eq!(visit(&own, "192.0.2.1").await.status(), 500, "a look at the table would be seen");
    for cookie in junk {
        assert_eq!(visit(cookie, "192.0.2.2").await.status(), 303, "it is nobody's");
    }
    let (stopped, _) = until_stopped(async || visit("junk", "192.0.2.2").await).await;
    assert!(figure(&stopped, "retry-after").is_some());
    tables(&server, "session_away", "session");
    // Whoever is signed in there goes on, and so does who shows no cookie.
    assert_eq!(visit(&own, "192.0.2.2").await.status(), 200);
    let request = server.request(Method::GET, "/login").header("x-forwarded-for", "192.0.2.2");
    assert_eq!(request.send().await.unwrap().status(), 200);

    // A token that memory does not know is looked up from elsewhere, and not at all from there.
    let unused = server.personal_token("mika");
    let ask = async |token: &str, address: &str| {
        let request = server.request(Method::GET, "/api/v1.1/me").header("circle-token", token);
        request.header("x-forwarded-for", address).send().await.unwrap().status()
    };
    tables(&server, "token", "token_away");
    let (stopped, _) = until_stopped(async || visit("junk", "192.0.2.2").await).await;
    assert_eq!(stopped.status(), 429);
    assert_eq!(ask(&unused, "192.0.2.2").await, 429);
    assert_eq!(ask(&unused, "192.0.2.1").await, 500, "a look at the table would be seen");
    tables(&server, "token_away", "token");
    assert_eq!(ask(&unused, "192.0.2.1").await, 200);
}

#[tokio::test]
async fn an_id_that_nobody_has_is_not_looked_up_wherever_it_comes_from() {
    let Some(&database) = Database::all().iter().find(|one| **one == Database::Postgres) else {
        return;
    };
    let flags = ["--executor", "none", "--trusted-proxies", "127.0.0.1"];
    let server = Server::start_with(database, &flags);
    server.add_person("mika", true);
    let mut number = 0_u8;
    let mut made_up = async || {
        number += 1;
        let kind = rondo_domain::token::TokenKind::Personal;
        let token = rondo_domain::token::Secret::mint(kind, &[number; 48]);
        let request = server.request(Method::GET, "/api/v1.1/me");
        let request = request.header("circle-token", token.expose());
        request
            .header("x-forwarded-for", format!("192.0.2.{number}"))
            .send()
            .await
            .unwrap()
            .status()
    };
    // Which ids there are is learned behind what the server does.
    loop {
        tables(&server, "token", "token_away");
        let status = made_up().await;
        tables(&server, "token_away", "token");
        match status.as_u16() {
            401 => break,
            other => assert_eq!(other, 500, "a look at the table would be seen"),
        }
    }
    let unused = server.personal_token("mika");
    tables(&server, "token", "token_away");
    for _ in 0..50 {
        assert_eq!(made_up().await, 401);
    }
    assert_eq!(me(&server, &unused).await.status(), 500, "what may be there is looked up");
    tables(&server, "token_away", "token");
    assert_eq!(me(&server, &unused).await.status(), 200, "and found");
}
