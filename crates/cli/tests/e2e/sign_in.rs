//! Signing in and out by pages: who is kept out by wrong passwords, which sessions end, and what whoever is
//! no longer signed in is told.

use std::net::Ipv4Addr;

use reqwest::{Client, Method, Response};

use crate::harness::{Database, PASSWORD, Server, client_at};
use crate::session::Session;

/// A browser at an address of this machine.
fn at(last: u8) -> Client {
    client_at(Ipv4Addr::new(127, 0, 0, last).into())
}

async fn sign_in(server: &Server, browser: &Client, name: &str, password: &str) -> Response {
    let request = browser.post(format!("{}/login", server.url)).header("origin", &server.url);
    request.form(&[("name", name), ("password", password)]).send().await.unwrap()
}

fn header<'a>(answer: &'a Response, name: &str) -> &'a str {
    answer.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

#[tokio::test]
async fn whoever_guesses_a_password_keeps_nobody_else_out() {
    let server = Server::start_with(Database::Sqlite, &["--executor", "none"]);
    server.add_person("mika", false);
    let (guesser, owner) = (at(2), at(3));
    let mut guesses = 0;
    let stopped = loop {
        let answer = sign_in(&server, &guesser, "mika", "wrong").await;
        if answer.status().as_u16() != 400 {
            break answer;
        }
        guesses += 1;
    };
    assert_eq!((stopped.status().as_u16(), guesses), (429, 5));
    assert_eq!(header(&stopped, "retry-after"), "1");
    assert!(stopped.text().await.unwrap().contains("Too many attempts"));
    let right = sign_in(&server, &guesser, "mika", PASSWORD).await;
    assert_eq!(right.status().as_u16(), 429, "nor does the right one pass from there");
    assert_eq!(sign_in(&server, &owner, "mika", PASSWORD).await.status().as_u16(), 303);
}

#[tokio::test]
async fn a_sign_in_ends_the_session_whose_place_it_takes() {
    let server = Server::start_with(Database::Sqlite, &["--executor", "none"]);
    server.add_person("mika", false);
    let (first, elsewhere) =
        (Session::begin(&server, "mika").await, Session::begin(&server, "mika").await);
    let opens = async |session: &Session| {
        let page = session.request(&server, Method::GET, "/settings/user/tokens").send().await;
        page.unwrap().status().as_u16()
    };
    let again = first.request(&server, Method::POST, "/login");
    let fields = [("csrf", &*first.word), ("name", "mika"), ("password", PASSWORD)];
    let again = again.form(&fields).send().await.unwrap();
    let second = Session::of(&server, &again).await;
    assert_eq!(
        [opens(&first).await, opens(&second).await, opens(&elsewhere).await],
        [303, 200, 200]
    );
    let once_more = second.request(&server, Method::POST, "/login/again");
    let fields = [("csrf", &*second.word), ("password", PASSWORD), ("next", "/")];
    let third = Session::of(&server, &once_more.form(&fields).send().await.unwrap()).await;
    assert_eq!(
        [opens(&second).await, opens(&third).await, opens(&elsewhere).await],
        [303, 200, 200]
    );
    let out = third.request(&server, Method::POST, "/logout");
    let out = out.form(&[("csrf", &*third.word)]).send().await.unwrap();
    assert_eq!(header(&out, "clear-site-data"), "\"cache\"");
    assert_eq!([opens(&third).await, opens(&elsewhere).await], [303, 200]);
}

#[tokio::test]
async fn a_form_that_is_sent_after_its_session_changes_nothing_and_says_so() {
    let server = Server::start_with(Database::Sqlite, &["--executor", "none"]);
    server.add_person("mika", true);
    server.add_project("gh/acme/web", "version: 2.1\njobs: {}\n");
    let page = "/settings/project/gh/acme/web/env";
    for (referer, next) in [
        (
            format!("{}{page}?x=1", server.url),
            "/login?next=%2Fsettings%2Fproject%2Fgh%2Facme%2Fweb%2Fenv%3Fx%3D1",
        ),
        (format!("https://elsewhere.example{page}"), "/login?next=%2F"),
        (format!("{}.elsewhere.example/", server.url), "/login?next=%2F"),
    ] {
        let request = server.request(Method::POST, page).header("origin", &server.url);
        let request = request.header("referer", &referer);
        let answer = request.form(&[("name", "A"), ("value", "b")]).send().await.unwrap();
        assert_eq!(
            (answer.status().as_u16(), header(&answer, "location")),
            (303, next),
            "{referer}"
        );
        let told = header(&answer, "set-cookie").split(';').next().unwrap().to_owned();
        for (language, sentence) in [("en", "nothing was changed"), ("ja", "何も変更していません")]
        {
            let login = server.request(Method::GET, "/login").header("cookie", &told);
            let login = login.header("accept-language", language).send().await.unwrap();
            let login = login.text().await.unwrap();
            assert!(login.contains(sentence), "{login}");
        }
    }
}
