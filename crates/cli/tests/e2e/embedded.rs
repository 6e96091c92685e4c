//! What is embedded elsewhere: badges and CCTray feeds. Artifacts are in `artifacts`.

use std::process::Command;

use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::acme::{Acme, PROJECT};
use crate::harness::{Server, python};

const CONFIG: &str = r#"
version: 2.1
jobs:
  build:
    docker: [{image: cimg/base}]
    steps:
      - run: |
          mkdir -p 'out/sub dir'
          printf 0123456789 > out/digits.bin
          echo '<script>alert(1)</script>' | tee out/page.html > out/drawing.svg
          echo '{}' > out/data.json
          echo hello > 'out/sub dir/ünïcode #1.txt'
          : > out/empty
      - store_artifacts: {path: out, destination: out}
      - run: test "$CIRCLE_BRANCH" != broken
workflows:
  main: {jobs: [build]}
"#;

/// A project with a green build on `main`, its first, and a red one on `broken`.
pub(crate) async fn built() -> Acme {
    let acme = Acme::start(CONFIG);
    acme.repository.git(&["branch", "broken"]);
    assert_eq!(acme.run("build", json!({})).await["status"], "success");
    let build = acme.post(&format!("{PROJECT}/tree/broken"), json!({})).await;
    let ended = acme.ended(build["build_num"].as_i64().unwrap()).await;
    assert_eq!(ended["status"], "failed", "{ended}");
    acme
}

pub(crate) async fn ask(
    server: &Server,
    token: &str,
    path: &str,
    headers: &[(&str, &str)],
) -> Response {
    let mut request = server.request(Method::GET, path).header("circle-token", token);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.send().await.unwrap()
}

pub(crate) fn header<'a>(answer: &'a Response, name: &str) -> &'a str {
    answer.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

#[tokio::test]
async fn a_badge_tells_the_last_outcome_of_a_branch_in_both_styles() {
    let acme = built().await;
    let status = acme.server.project_token("gh/acme/web", "status");
    for (branch, plate, shield) in [
        ("", "PASSED", "passing"),
        ("/tree/main", "PASSED", "passing"),
        ("/tree/broken", "FAILED", "failing"),
        ("/tree/nothing", "NO BUILDS", "no builds"),
    ] {
        for (query, word) in [("", plate), ("?style=svg", plate), ("?style=shield", shield)] {
            for place in ["/gh/acme/web", "/github/acme/web", "/status-badge/img/gh/acme/web"] {
                let path = format!("{place}{branch}.svg{query}");
                let answer = ask(&acme.server, &status, &path, &[]).await;
                assert_eq!(answer.status().as_u16(), 200, "{path}");
                assert_eq!(header(&answer, "content-type"), "image/svg+xml; charset=utf-8");
                assert_eq!(header(&answer, "cache-control"), "no-cache");
                let etag = header(&answer, "etag").to_owned();
                let drawing = answer.text().await.unwrap();
                assert!(drawing.starts_with("<svg ") && drawing.ends_with("</svg>"), "{drawing}");
                assert!(drawing.contains(&format!("{word}</title>")), "{path}: {drawing}");
                let again = ask(&acme.server, &status, &path, &[("if-none-match", &etag)]).await;
                assert_eq!(again.status().as_u16(), 304, "{path}");
                assert_eq!(again.text().await.unwrap(), "");
            }
        }
    }
    let passed = ask(&acme.server, &status, "/gh/acme/web.svg", &[]).await;
    let stale = [("if-none-match", header(&passed, "etag"))];
    let failed = ask(&acme.server, &status, "/gh/acme/web/tree/broken.svg", &stale).await;
    assert_eq!(failed.status().as_u16(), 200, "another state is another picture");
    let odd = ask(&acme.server, &status, "/gh/acme/web.svg?style=flat", &[]).await;
    assert_eq!(odd.status().as_u16(), 400);
    assert!(odd.text().await.unwrap().contains("style is svg or shield"));
    let odd = ask(&acme.server, &status, "/gh/acme/web.svg?states=three", &[]).await;
    assert_eq!(odd.status().as_u16(), 400);
    assert!(odd.text().await.unwrap().contains("states is all"));

    let head =
        acme.server.request(Method::HEAD, "/gh/acme/web.svg").header("circle-token", &status);
    let head = head.send().await.unwrap();
    assert_eq!(head.status().as_u16(), 200);
    assert_eq!(header(&head, "etag"), header(&passed, "etag"));
    assert_eq!(head.text().await.unwrap(), "");

    // The oldest addresses show the same drawing, and its type says that it is one.
    let oldest = ask(&acme.server, &status, "/gh/acme/web.png?style=badge", &[]).await;
    assert_eq!(header(&oldest, "content-type"), "image/svg+xml; charset=utf-8");
    assert_eq!(oldest.text().await.unwrap(), passed.text().await.unwrap());
}

/// What a badge says, and what it says where all states are asked for.
async fn says(acme: &Acme, address: &str) -> (String, String) {
    let title = async |query: &str| {
        let answer = ask(&acme.server, &acme.token, &format!("{address}{query}"), &[]).await;
        crate::session::between(&answer.text().await.unwrap(), "<title>", "</title>")
    };
    (title("").await, title("?states=all").await)
}

#[tokio::test]
async fn a_badge_tells_that_a_build_runs_or_was_canceled_where_it_is_asked_to() {
    let acme = Acme::start_with(CONFIG, &["--executor", "none"]);
    let pair = |settled: &str, newest: &str| (settled.to_owned(), newest.to_owned());
    let badge = "/gh/acme/web.svg";
    assert_eq!(says(&acme, badge).await, pair("NO BUILDS", "NO BUILDS"));
    let number = acme.trigger("build", json!({})).await;
    assert_eq!(says(&acme, badge).await, pair("NO BUILDS", "RUNNING"));
    let shield = ask(&acme.server, &acme.token, "/gh/acme/web.svg?style=shield&states=all", &[]);
    assert!(shield.await.text().await.unwrap().contains("<title>circleci: running</title>"));
    assert_eq!(feed_of(&acme, "/gh/acme/web.cc.xml").await["activity"], "Building");

    acme.post(&format!("{PROJECT}/{number}/cancel"), json!({})).await;
    assert_eq!(says(&acme, badge).await, pair("NO BUILDS", "CANCELED"));
    let feed = feed_of(&acme, "/gh/acme/web.cc.xml").await;
    assert_eq!(
        (&feed["activity"], &feed["lastBuildStatus"]),
        (&"Sleeping".into(), &"Canceled".into())
    );
    assert_eq!(feed["lastBuildLabel"], number.to_string());
    let retried = acme.post(&format!("{PROJECT}/{number}/retry"), json!({})).await;
    assert_eq!(retried["retry_of"], number, "though it never had a configuration: {retried}");
    assert_eq!(says(&acme, badge).await, pair("NO BUILDS", "RUNNING"));
}

/// The attributes of the only project of a feed.
async fn feed_of(acme: &Acme, path: &str) -> Value {
    let answer = ask(&acme.server, &acme.token, path, &[]).await;
    let feed = answer.text().await.unwrap();
    let names =
        ["name", "activity", "lastBuildStatus", "lastBuildLabel", "lastBuildTime", "webUrl"];
    names.into_iter().map(|name| (name.to_owned(), Value::from(attribute(&feed, name)))).collect()
}

/// A monitor that people use, driven without its window: what it makes of a feed.
const MONITOR: &str = r#"
import json, sys, types
from buildnotifylib.core.cctray import parse
server = types.SimpleNamespace(url="x", prefix=None, timezone="None", excluded_projects=[])
print(json.dumps([{
    "name": p.name, "status": p.status, "activity": p.activity, "url": p.url,
    "label": p.last_build_label, "time": p.build_time.isoformat() if p.build_time else None,
} for p in parse(sys.stdin.buffer.read(), server)]))
"#;

fn monitor(feed: &str) -> Value {
    let mut command = Command::new(python());
    command.args(["-c", MONITOR]);
    let output = crate::harness::feed_to(command, feed);
    serde_json::from_str(&output).unwrap()
}

#[tokio::test]
async fn a_monitor_reads_the_feeds_as_they_are_meant() {
    let acme = built().await;
    acme.post(&format!("{PROJECT}/follow"), json!({})).await;
    for (path, status, label, branch) in [
        ("/cc.xml", "Success", "1", "main"),
        ("/gh/acme/web.cc.xml", "Success", "1", "main"),
        ("/gh/acme/web/tree/broken.cc.xml?ccmenu=cc.xml", "Failure", "2", "broken"),
    ] {
        let feed = ask(&acme.server, &acme.token, path, &[]).await.text().await.unwrap();
        let seen = monitor(&feed);
        assert_eq!(seen.as_array().unwrap().len(), 1, "{seen}");
        assert_eq!((&seen[0]["name"], &seen[0]["status"]), (&"acme/web".into(), &status.into()));
        assert_eq!((&seen[0]["activity"], &seen[0]["label"]), (&"Sleeping".into(), &label.into()));
        let url = format!("{}/gh/acme/web/tree/{branch}", acme.server.url);
        assert_eq!(seen[0]["url"], url);
        assert!(seen[0]["time"].is_string(), "{seen}");
    }
    let none = ask(&acme.server, &acme.token, "/gh/acme/web/tree/nothing.cc.xml", &[]).await;
    assert_eq!(monitor(&none.text().await.unwrap()), json!([]));
}

#[tokio::test]
async fn a_private_badge_shows_itself_to_nobody_else() {
    let acme = Acme::start_with(CONFIG, &["--executor", "none"]);
    let artifacts = acme.server.project_token("gh/acme/web", "view-builds");
    for (token, status) in [("", 404), ("junk", 404), (artifacts.as_str(), 403), (&acme.token, 200)]
    {
        for path in [
            "/gh/acme/web.svg",
            "/gh/acme/web.png",
            "/gh/acme/web/tree/main.svg",
            "/status-badge/img/gh/acme/web.svg",
            "/gh/acme/web.cc.xml",
        ] {
            let request = acme.server.request(Method::GET, path);
            let request =
                if token.is_empty() { request } else { request.header("circle-token", token) };
            let answer = request.send().await.unwrap();
            assert_eq!(answer.status().as_u16(), status, "{path}");
        }
    }
    let unknown = acme.server.request(Method::GET, "/gh/acme/unknown.svg").send().await.unwrap();
    let private = acme.server.request(Method::GET, "/gh/acme/web.svg").send().await.unwrap();
    assert_eq!(unknown.status(), private.status());
    assert_eq!(
        unknown.text().await.unwrap(),
        private.text().await.unwrap(),
        "they can be told apart"
    );
}

#[tokio::test]
async fn a_hostile_branch_name_gets_into_no_markup() {
    let acme = Acme::start_with(CONFIG, &["--executor", "none"]);
    let branch = "x\"/><script>alert('1')</script>&amp;枝";
    let encoded = rondo_wire::client::segment(branch);
    let build = acme.post(&format!("{PROJECT}/tree/{encoded}"), json!({})).await;
    assert_eq!(build["branch"], branch);
    for place in ["/gh/acme/web", "/status-badge/img/gh/acme/web"] {
        let badge =
            ask(&acme.server, &acme.token, &format!("{place}/tree/{encoded}.svg"), &[]).await;
        assert_eq!(badge.status().as_u16(), 200);
        assert_eq!(header(&badge, "x-content-type-options"), "nosniff");
        assert!(header(&badge, "content-security-policy").starts_with("default-src 'none'"));
        let drawing = badge.text().await.unwrap();
        assert!(!drawing.contains("script") && !drawing.contains("枝"), "{drawing}");
    }
    let feed =
        ask(&acme.server, &acme.token, &format!("/gh/acme/web/tree/{encoded}.cc.xml"), &[]).await;
    let feed = feed.text().await.unwrap();
    assert_eq!(attribute(&feed, "activity"), "Building");
    assert!(!feed.contains("<script") && !feed.contains("&amp;amp"), "{feed}");
    assert_eq!(feed.matches('<').count(), 4, "{feed}");
    let link = acme
        .server
        .request(Method::GET, &format!("/status-badge/redirect/gh/acme/web/tree/{encoded}"));
    let link = link.send().await.unwrap();
    assert_eq!(link.status().as_u16(), 303);
    assert!(
        header(&link, "location").starts_with("/pipelines/gh/acme/web?branch=x%22%2F%3E%3Cscript")
    );
}

/// The value of an attribute of the only project of a feed.
fn attribute(feed: &str, name: &str) -> String {
    assert_eq!(feed.matches("<Project ").count(), 1, "{feed}");
    crate::session::between(feed, &format!(" {name}=\""), "\"")
}

#[tokio::test]
async fn feeds_tell_monitors_the_last_build() {
    let acme = built().await;
    let status = acme.server.project_token("gh/acme/web", "status");
    for (path, token, outcome, label) in [
        ("/gh/acme/web.cc.xml", &status, "Success", "1"),
        ("/gh/acme/web/tree/broken.cc.xml", &status, "Failure", "2"),
        (
            "/gh/acme/web/tree/broken.cc.xml?circle-token-of=x&ccmenu=cc.xml",
            &status,
            "Failure",
            "2",
        ),
    ] {
        let answer = ask(&acme.server, token, path, &[]).await;
        assert_eq!(header(&answer, "content-type"), "application/xml; charset=utf-8");
        let etag = header(&answer, "etag").to_owned();
        let again = ask(&acme.server, token, path, &[("if-none-match", &etag)]).await;
        assert_eq!(again.status().as_u16(), 304, "{path}");
        let feed = answer.text().await.unwrap();
        assert!(feed.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?><Projects>"), "{feed}");
        assert_eq!(attribute(&feed, "name"), "acme/web");
        assert_eq!(attribute(&feed, "activity"), "Sleeping");
        assert_eq!(attribute(&feed, "lastBuildStatus"), outcome);
        assert_eq!(attribute(&feed, "lastBuildLabel"), label);
        assert!(attribute(&feed, "lastBuildTime").parse::<jiff::Timestamp>().is_ok());
        assert!(
            attribute(&feed, "webUrl")
                .starts_with(&format!("{}/gh/acme/web/tree/", acme.server.url))
        );
    }
    let none = ask(&acme.server, &status, "/gh/acme/web/tree/nothing.cc.xml", &[]).await;
    assert!(!none.text().await.unwrap().contains("<Project "));
    let own = ask(&acme.server, &acme.token, "/cc.xml", &[]).await.text().await.unwrap();
    assert!(!own.contains("<Project "), "nothing is followed: {own}");
    acme.post(&format!("{PROJECT}/follow"), json!({})).await;
    let own = ask(&acme.server, &acme.token, "/cc.xml", &[]).await.text().await.unwrap();
    assert_eq!(attribute(&own, "lastBuildStatus"), "Success");
    assert_eq!(ask(&acme.server, &status, "/cc.xml", &[]).await.status().as_u16(), 401);
}

#[tokio::test]
async fn lists_and_builds_follow_every_change_at_once() {
    let acme = built().await;
    let (list, first) = (PROJECT.to_owned(), format!("{PROJECT}/1"));
    for _ in 0..2 {
        assert_eq!(acme.get(&list).await.as_array().unwrap().len(), 2, "made, then kept");
        assert_eq!(acme.get(&first).await["retries"], Value::Null);
    }
    let again = acme.post(&format!("{PROJECT}/1/retry"), json!({})).await;
    let number = again["build_num"].as_i64().unwrap();
    assert_eq!(acme.get(&list).await[0]["build_num"], number);
    assert_eq!(acme.get(&first).await["retries"], json!([number]));
    acme.ended(number).await;
    assert_eq!(acme.get(&list).await[0]["status"], "success");
    assert_eq!(acme.get(&format!("{PROJECT}?filter=running")).await, json!([]));
    // What somebody may read of it is another answer.
    let status = acme.server.project_token("gh/acme/web", "status");
    let (_, seen) = acme.server.get(&status, &first).await;
    assert_eq!((&seen["status"], seen.get("steps")), (&"success".into(), None));
    assert!(acme.get(&first).await["steps"].is_array());
}
