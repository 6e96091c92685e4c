//! What stands around an answer of API v1.1: its notation, its headers, and how its connection ends.

use std::io::{Read, Write};
use std::net::TcpStream;

use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::acme::{Acme, PROJECT};

const CONFIG: &str = "
version: 2.1
jobs:
  build: {docker: [{image: cimg/base}], steps: [{run: echo built}]}
workflows:
  main: {jobs: [build]}
";

fn waiting() -> Acme {
    Acme::start_with(CONFIG, &["--executor", "none"])
}

fn header<'a>(answer: &'a Response, name: &str) -> Option<&'a str> {
    answer.headers().get(name).map(|value| value.to_str().unwrap())
}

/// The answer to bytes that no client library would send.
fn spoken(acme: &Acme, head: &str) -> String {
    let host = acme.server.url.trim_start_matches("http://");
    let mut stream = TcpStream::connect(host).unwrap();
    let head = head.replace("TOKEN", &acme.token);
    stream.write_all(format!("{head}\r\nhost: {host}\r\n\r\n").as_bytes()).unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    text
}

#[tokio::test]
async fn answers_are_written_in_the_notation_that_is_asked_for() {
    let acme = waiting();
    let get = |path: &str| {
        let request = acme.server.request(Method::GET, path);
        request.header("circle-token", &acme.token)
    };
    let json_kind = "application/json;charset=utf-8";
    for path in ["/api/v1.1/me", "/api/v1/me"] {
        for (accept, kind, begins) in [
            ("application/json", json_kind, "{\""),
            ("application/json, text/plain, */*", json_kind, "{\""),
            ("*/*", json_kind, "{\n  \""),
            ("text/plain", "text/plain;charset=utf-8", "{\n  \""),
            ("application/edn", "application/edn;charset=utf-8", "{:"),
            ("", "application/edn;charset=utf-8", "{:"),
        ] {
            let answer = get(path).header("accept", accept).send().await.unwrap();
            assert_eq!(header(&answer, "content-type"), Some(kind), "{accept:?}");
            let length = header(&answer, "content-length").map(str::to_owned);
            let text = answer.text().await.unwrap();
            assert_eq!(length, Some(text.len().to_string()), "{accept:?}");
            assert!(text.starts_with(begins), "{accept:?}: {text}");
            assert_eq!(text.lines().count() == 1, !begins.contains('\n'), "{accept:?}");
        }
    }
    let bare =
        spoken(&acme, "GET /api/v1.1/me HTTP/1.1\r\ncircle-token: TOKEN\r\nconnection: close");
    assert!(bare.contains("application/edn") && bare.contains(":login \"mika\""), "{bare}");
    let refused = acme.server.request(Method::GET, "/api/v1.1/me").header("accept", "");
    let refused = refused.send().await.unwrap();
    assert_eq!(refused.status().as_u16(), 401);
    let text = refused.text().await.unwrap();
    assert!(text.contains(":message \"You must log in first.\""), "{text}");
    let nowhere = get("/api/v1.1/nothing").header("accept", "").send().await.unwrap();
    assert!(nowhere.text().await.unwrap().contains(":code \"no_such_route\""));
}

#[tokio::test]
async fn answers_name_their_route_and_their_request_and_may_be_read_from_other_sites() {
    let acme = waiting();
    let send = |method: Method, path: &str, id: &'static str| {
        let request = acme.server.request(method, path).header("x-request-id", id);
        request.header("circle-token", &acme.token).send()
    };
    let id = "0b5c7e0e-5d4e-4a7e-9f3c-2f4be7f2a001";
    for (method, path, route) in [
        (Method::GET, "/api/v1.1/me", "/api/v1.1/me"),
        (Method::HEAD, PROJECT, "/api/v1.1/project/{vcs}/{org}/{repo}"),
        (Method::POST, PROJECT, "/api/v1.1/project/{vcs}/{org}/{repo}"),
        (Method::GET, "/api/v1.1/project/gh/no/where", "/api/v1.1/project/{vcs}/{org}/{repo}"),
        (Method::GET, "/api/v1.1/nothing", "none"),
        (Method::PATCH, "/api/v1.1/me", "none"),
    ] {
        let answer = send(method.clone(), path, id).await.unwrap();
        assert_eq!(header(&answer, "x-request-id"), Some(id), "{method} {path}");
        assert_eq!(header(&answer, "x-route"), Some(route), "{method} {path}");
        let open = matches!(method, Method::GET | Method::HEAD) && route != "none";
        let origin = open.then_some("*");
        assert_eq!(header(&answer, "access-control-allow-origin"), origin, "{method} {path}");
        if open {
            assert!(header(&answer, "vary").unwrap().contains("Origin"));
        }
    }
    for odd in ["rdpat_like_a_token", "1", "", "0b5c7e0e-5d4e-4a7e-9f3c-2f4be7f2a001-and-more"] {
        let answer = send(Method::GET, "/api/v1.1/me", odd).await.unwrap();
        let made = header(&answer, "x-request-id").unwrap();
        assert!(made != odd && uuid::Uuid::parse_str(made).is_ok(), "{odd}: {made}");
    }
    let asked = acme.server.request(Method::OPTIONS, PROJECT);
    let asked = asked.header("origin", "https://dashboard.example").send().await.unwrap();
    assert_eq!(asked.status().as_u16(), 204);
    assert_eq!(header(&asked, "access-control-allow-origin"), Some("*"));
    assert_eq!(header(&asked, "access-control-allow-methods"), Some("GET, HEAD"));
    assert!(header(&asked, "access-control-allow-headers").unwrap().contains("Circle-Token"));
}

#[tokio::test]
async fn a_connection_is_kept_unless_its_client_wants_it_closed() {
    let acme = waiting();
    // It is read to its end, which comes only because the server closes it.
    let one = "GET /api/v1.1/me HTTP/1.1\r\ncircle-token: TOKEN\r\naccept: application/json";
    let closed = spoken(&acme, &format!("{one}\r\nconnection: close"));
    assert!(closed.contains("connection: close"), "{closed}");
    let host = acme.server.url.trim_start_matches("http://").to_owned();
    let two = format!("{one}\r\nhost: {host}\r\n\r\n{one}\r\nconnection: close");
    let both = spoken(&acme, &two);
    assert_eq!(both.matches("HTTP/1.1 200").count(), 2, "{both}");
}

#[tokio::test]
async fn an_address_with_a_slash_too_many_leads_to_the_one_without() {
    let acme = waiting();
    for (path, expected) in [
        (format!("{PROJECT}/"), PROJECT.to_owned()),
        (format!("{PROJECT}/?limit=1"), format!("{PROJECT}?limit=1")),
        (format!("{PROJECT}/?limit=1&circle-token=x"), format!("{PROJECT}?limit=1")),
        (format!("{PROJECT}/?circle%2Dtoken=x"), PROJECT.to_owned()),
        (format!("{PROJECT}/tree/main/"), format!("{PROJECT}/tree/main")),
        ("/api/v1.1//user/repos/github".to_owned(), "/api/v1.1/user/repos/github".to_owned()),
        ("/api/v1/me//".to_owned(), "/api/v1/me".to_owned()),
    ] {
        let answer = acme.server.request(Method::GET, &path).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 302, "{path}");
        assert_eq!(header(&answer, "location"), Some(&*expected), "{path}");
    }
    let (status, _) = acme.server.post(&acme.token, &format!("{PROJECT}/"), json!({})).await;
    assert_eq!(status, 404);
}

#[tokio::test]
async fn a_project_is_found_by_both_spellings_of_its_host_and_by_its_ids() {
    let acme = waiting();
    acme.post(PROJECT, json!({})).await;
    let (org, project) = acme.ids().await;
    let by_id = format!("/api/v1.1/project/circleci/{org}/{project}");
    let listed = acme.get("/api/v1.1/projects").await;
    let short = listed[0]["slug_by_id"].as_str().unwrap();
    let ids: Vec<_> = short.split('/').map(str::len).collect();
    assert_eq!(ids, [8, 22, 22], "{short}");
    let build = |list: Value| list[0]["build_url"].clone();
    let known = build(acme.get(PROJECT).await);
    for path in ["/api/v1.1/project/github/acme/web", "/api/v1/project/acme/web", &by_id]
        .map(str::to_owned)
        .into_iter()
        .chain([format!("/api/v1.1/project/{short}"), format!("/api/v1/project/{org}/{project}")])
        .chain([short.replace("circleci", "/api/v1/project")])
    {
        let path = &path;
        assert_eq!(build(acme.get(path).await), known, "{path}");
    }
    for word in ["follow", "unfollow"] {
        let followed = acme.post(&format!("{by_id}/{word}"), json!({})).await;
        assert_eq!(followed["following"], word == "follow");
    }
    assert_eq!(acme.post(&by_id, json!({})).await["reponame"], "web");
    embeds_and_commands_find_a_project_by(short, &acme).await;
    let half = short.replace("circleci/", "").split_once('/').unwrap().0.to_owned();
    for wrong in [
        format!("/api/v1.1/project/circleci/{project}/{project}"),
        format!("/api/v1.1/project/circleci/{org}/{org}"),
        "/api/v1.1/project/circleci/acme/web".to_owned(),
        format!("/api/v1.1/project/circleci/{half}/{half}"),
        format!("/api/v1.1/project/{}", &short[..short.len() - 1]),
        format!("/api/v1/project/{half}/web"),
    ] {
        let (status, refused) = acme.server.get(&acme.token, &wrong).await;
        assert_eq!((status, &refused["message"]), (404, &json!("Project not found")), "{wrong}");
    }
}

/// Badges, feeds, short links and the command, which take a project's ids as they take its name.
async fn embeds_and_commands_find_a_project_by(slug: &str, acme: &Acme) {
    let get = async |path: &str| {
        let request = acme.server.request(Method::GET, path).header("circle-token", &acme.token);
        let answer = request.send().await.unwrap();
        let way = header(&answer, "location").map(str::to_owned);
        (answer.status().as_u16(), way, answer.text().await.unwrap())
    };
    for ending in [".svg", ".cc.xml", "/tree/main.svg?style=shield", "/tree/main.cc.xml"] {
        let known = get(&format!("/gh/acme/web{ending}")).await;
        assert_eq!((known.0, get(&format!("/{slug}{ending}")).await), (200, known), "{ending}");
    }
    let image = get(&format!("/status-badge/img/{slug}/tree/main.svg")).await;
    assert_eq!(image, get("/status-badge/img/gh/acme/web/tree/main.svg").await);
    for (path, expected) in [
        (format!("/{slug}/1"), format!("/pipelines/{slug}/1")),
        (format!("/status-badge/redirect/{slug}"), format!("/pipelines/{slug}")),
    ] {
        let (status, way, _) = get(&path).await;
        assert_eq!((status, way), (303, Some(expected)), "{path}");
    }
    let rondo = |words: &[&str]| {
        let mut command = acme.server.command(&[]);
        command = std::process::Command::new(command.get_program());
        command.args(words).env("RONDO_URL", &acme.server.url).env("CIRCLE_TOKEN", &acme.token);
        crate::harness::feed_to(command, "")
    };
    assert_eq!(rondo(&["project", "trigger", slug]), "Build created\n");
    rondo(&["token", "create", "--project", slug, "--scope", "status", "--label", "by its ids"]);
    acme.server.project_token(slug, "status");
    let tokens = rondo(&["token", "list", "--project", "gh/acme/web"]);
    assert_eq!(tokens.lines().count(), 2, "{tokens}");
    let (_, refused, complaint) = acme.server.try_admin(
        &["token", "create", "project", "circleci/x/y", "--scope", "status", "--label", "x"],
        "",
    );
    assert!(refused.is_empty() && complaint.contains("circleci/x/y"), "{complaint}");
}

#[tokio::test]
async fn a_branch_with_slashes_is_found_encoded_and_not() {
    let acme = waiting();
    for (number, path, branch) in [
        (1, "tree/feature/x", "feature/x"),
        (2, "tree/feature%2Fx", "feature/x"),
        (3, "tree/release/2026.11/枝", "release/2026.11/枝"),
    ] {
        let build = acme.post(&format!("{PROJECT}/{path}"), json!({})).await;
        assert_eq!((&build["build_num"], &build["branch"]), (&json!(number), &json!(branch)));
        let list = acme.get(&format!("{PROJECT}/{path}?limit=1")).await;
        assert_eq!(list[0]["build_num"], number);
    }
}
