//! Who may use which route: every route is visited by everybody. What must come of it is computed
//! from a grid that is written down here once more, not from the product's.

mod caller;
mod grid;
mod services;
mod table;
mod visit;

use std::collections::BTreeSet;

use reqwest::Method;
use rondo_server::{Face, facts};

use crate::harness::Server;
use crate::session::Session;
use table::{Right, Route};
use visit::World;

fn routes() -> impl Iterator<Item = &'static Route> {
    let own = table::API.iter().chain(table::OTHERS).chain(table::PAGES);
    own.chain(services::API).chain(services::PAGES).chain(table::LAST)
}

fn face(route: &Route) -> Face {
    let facts = facts();
    let found = facts.iter().find(|f| (f.method.as_str(), f.path) == (route.method, route.path));
    found.unwrap().face
}

#[test]
fn every_route_of_the_server_has_a_sample_and_no_other_has() {
    let served: BTreeSet<_> =
        facts().iter().map(|facts| format!("{} {}", facts.method, facts.path)).collect();
    let sampled: BTreeSet<_> =
        routes().map(|route| format!("{} {}", route.method, route.path)).collect();
    let left_out: Vec<_> = served.symmetric_difference(&sampled).collect();
    assert!(left_out.is_empty(), "only served, or only here: {left_out:#?}");
}

/// Visits every route with everybody. A wrong decision anywhere is told with all others.
async fn check(public: bool) {
    let world = World::make(public).await;
    let mut wrong = Vec::new();
    // What is about no project is the same on both servers, and visited on one.
    let about_it = |route: &&Route| !public || matches!(route.right, Right::On(_) | Right::Follow);
    for route in routes().filter(about_it) {
        let face = face(route);
        for caller in &world.callers {
            let expected = grid::expected(route, face, caller, public);
            let (observed, explained) = world.visit(route, caller).await;
            let Route { method, path, ending, .. } = route;
            let name = &caller.name;
            let mut hold = |observed: String, expected: String| {
                if observed != expected {
                    let what = format!("{method} {path}{ending} by {name}");
                    wrong.push(format!("{what}: {observed}, not {expected}"));
                }
            };
            hold(observed, expected);
            if let Some(explained) = explained {
                let lets = grid::lets(route, face, caller.kind, public);
                hold(format!("explained as {explained}"), format!("explained as {lets}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong decisions:\n{}", wrong.len(), wrong.join("\n"));
}

#[tokio::test]
async fn every_route_of_a_private_project_decides_as_the_grid_says() {
    check(false).await;
}

#[tokio::test]
async fn every_route_of_a_public_project_decides_as_the_grid_says() {
    check(true).await;
}

#[tokio::test]
async fn no_route_edits_a_token() {
    let of_tokens: Vec<_> =
        facts().into_iter().filter(|facts| facts.path.contains("/token")).collect();
    assert!(of_tokens.len() > 10);
    for facts in facts() {
        let edits = facts.method == Method::PUT || facts.method == Method::PATCH;
        let no_token = ["/settings", "/policy"].iter().any(|end| facts.path.ends_with(end));
        assert!(!edits || no_token, "{}", facts.path);
    }
    for facts in of_tokens {
        let one = facts.path.ends_with("{token}");
        let itself = facts.path == "/api/v2/token/self";
        // Undoing a rotation gives a token back what it had, and takes its successor away.
        let rotation = facts.path.ends_with("/rotate");
        let allowed: &[Method] = match facts.face {
            Face::Page => &[Method::GET, Method::POST],
            _ if one => &[Method::DELETE],
            _ if itself => &[Method::GET, Method::DELETE],
            _ if rotation => &[Method::POST, Method::DELETE],
            _ => &[Method::GET, Method::POST],
        };
        assert!(allowed.contains(&facts.method), "{} {}", facts.method, facts.path);
    }
    let server = Server::start();
    server.add_person("mika", true);
    let token = server.personal_token("mika");
    let (_, tokens) = server.get(&token, "/api/v1.1/user/token").await;
    let id = tokens[0]["id"].as_str().unwrap();
    for method in [Method::PUT, Method::PATCH, Method::POST] {
        let path = format!("/api/v1.1/user/token/{id}");
        let request = server.request(method.clone(), &path).header("circle-token", &token);
        let answer = request.json(&serde_json::json!({"label": "other"})).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 405, "{method}");
    }
    assert_eq!(server.get(&token, "/api/v1.1/user/token").await.1[0]["label"], "e2e");
}

#[tokio::test]
async fn a_session_changes_nothing_when_another_site_asks() {
    let server = Server::start();
    server.add_person("mika", true);
    let session = Session::begin(&server, "mika").await;
    let paths = ["/api/v1.1/user/token", "/settings/user/tokens", "/logout", "/theme"];
    let lures: [&[(&str, &str)]; 5] = [
        &[],
        &[("origin", "https://evil.example")],
        &[("origin", "null")],
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site"), ("origin", &server.url)],
    ];
    for path in paths {
        for lure in lures {
            let mut request = server.request(Method::POST, path).header("cookie", &session.cookie);
            for (name, value) in lure {
                request = request.header(*name, *value);
            }
            let body = r#"{"label": "lured"}"#;
            let answer =
                request.header("content-type", "text/plain").body(body).send().await.unwrap();
            assert_eq!(answer.status().as_u16(), 403, "{path} {lure:?}");
        }
    }
    let request = session.request(&server, Method::GET, "/api/v1.1/user/token");
    let (status, tokens) = crate::harness::answer(request).await;
    assert_eq!((status, tokens.as_array().unwrap().len()), (200, 0));
}

#[tokio::test]
async fn a_form_without_the_sessions_word_changes_nothing() {
    let server = Server::start();
    server.add_person("mika", true);
    let session = Session::begin(&server, "mika").await;
    let other = Session::begin(&server, "mika").await;
    for word in ["", "junk", &other.word] {
        let request = session.request(&server, Method::POST, "/settings/user/tokens");
        let answer = request.form(&[("name", "made"), ("csrf", word)]).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 403, "{word:?}");
    }
    let request = session.request(&server, Method::GET, "/api/v1.1/user/token");
    assert_eq!(crate::harness::answer(request).await.1, serde_json::json!([]));
}
