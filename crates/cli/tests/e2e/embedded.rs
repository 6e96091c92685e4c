//! What is embedded elsewhere: badges, CCTray feeds, and artifacts.

use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::acme::{Acme, PROJECT};
use crate::api::raw;
use crate::harness::Server;

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
async fn built() -> Acme {
    let acme = Acme::start(CONFIG);
    acme.repository.git(&["branch", "broken"]);
    assert_eq!(acme.run("build", json!({})).await["status"], "success");
    let build = acme.post(&format!("{PROJECT}/tree/broken"), json!({})).await;
    let ended = acme.ended(build["build_num"].as_i64().unwrap()).await;
    assert_eq!(ended["status"], "failed", "{ended}");
    acme
}

async fn ask(server: &Server, token: &str, path: &str, headers: &[(&str, &str)]) -> Response {
    let mut request = server.request(Method::GET, path).header("circle-token", token);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.send().await.unwrap()
}

fn header<'a>(answer: &'a Response, name: &str) -> &'a str {
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
                assert!(drawing.contains(&format!("{word}</text>")), "{path}: {drawing}");
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
}

#[tokio::test]
async fn a_private_badge_shows_itself_to_nobody_else() {
    let acme = Acme::start_with(CONFIG, &["--executor", "none"]);
    let artifacts = acme.server.project_token("gh/acme/web", "view-builds");
    for (token, status) in [("", 404), ("junk", 404), (artifacts.as_str(), 403), (&acme.token, 200)]
    {
        for path in ["/gh/acme/web.svg", "/gh/acme/web/tree/main.svg", "/gh/acme/web.cc.xml"] {
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

/// The path at which an artifact of a build is.
fn place(acme: &Acme, list: &Value, path: &str) -> String {
    let found = list.as_array().unwrap().iter().find(|artifact| artifact["path"] == path);
    let url = found.unwrap_or_else(|| panic!("{path} in {list}"))["url"].as_str().unwrap();
    url.strip_prefix(&acme.server.url).unwrap().to_owned()
}

#[tokio::test]
async fn artifacts_are_listed_for_builds_and_for_the_latest_of_a_branch() {
    let acme = built().await;
    let token = acme.server.project_token("gh/acme/web", "view-builds");
    let get = async |path: &str| acme.server.get(&token, &format!("{PROJECT}/{path}")).await;
    let (_, first) = get("1/artifacts").await;
    let (_, second) = get("2/artifacts").await;
    assert_eq!(first.as_array().unwrap().len(), 6, "{first}");
    for artifact in first.as_array().unwrap() {
        assert_eq!(artifact["path"], artifact["pretty_path"]);
        assert_eq!(artifact["node_index"], 0);
    }
    for (query, expected) in [
        ("", &second),
        ("?filter=completed", &second),
        ("?filter=successful", &first),
        ("?filter=failed", &second),
        ("?branch=main", &first),
        ("?branch=broken&filter=failed", &second),
    ] {
        let (status, found) = get(&format!("latest/artifacts{query}")).await;
        assert_eq!((status, &found), (200, expected), "{query}");
    }
    for (query, status) in
        [("?branch=nothing", 404), ("?filter=running", 400), ("?filter=green", 400)]
    {
        assert_eq!(get(&format!("latest/artifacts{query}")).await.0, status, "{query}");
    }
}

#[tokio::test]
async fn a_download_has_ranges_and_an_etag() {
    let acme = built().await;
    let list = acme.get(&format!("{PROJECT}/1/artifacts")).await;
    let path = place(&acme, &list, "out/digits.bin");
    let whole = ask(&acme.server, &acme.token, &path, &[]).await;
    assert_eq!(
        (header(&whole, "content-length"), header(&whole, "accept-ranges")),
        ("10", "bytes")
    );
    let etag = header(&whole, "etag").to_owned();
    assert_eq!(whole.text().await.unwrap(), "0123456789");
    for (headers, status, range, text) in [
        (vec![("range", "bytes=2-4")], 206, "bytes 2-4/10", "234"),
        (vec![("range", "bytes=7-")], 206, "bytes 7-9/10", "789"),
        (vec![("range", "bytes=-2")], 206, "bytes 8-9/10", "89"),
        (vec![("range", "bytes=10-")], 416, "bytes */10", ""),
        (vec![("range", "bytes=0-1,3-4")], 200, "", "0123456789"),
        (vec![("range", "bytes=2-4"), ("if-range", &etag)], 206, "bytes 2-4/10", "234"),
        (vec![("range", "bytes=2-4"), ("if-range", "\"other\"")], 200, "", "0123456789"),
        (vec![("if-none-match", &etag)], 304, "", ""),
        (vec![("if-none-match", "\"other\"")], 200, "", "0123456789"),
    ] {
        let answer = ask(&acme.server, &acme.token, &path, &headers).await;
        assert_eq!(answer.status().as_u16(), status, "{headers:?}");
        assert_eq!(header(&answer, "content-range"), range, "{headers:?}");
        assert_eq!(answer.text().await.unwrap(), text, "{headers:?}");
    }
    let head = acme.server.request(Method::HEAD, &path).header("circle-token", &acme.token);
    let head = head.send().await.unwrap();
    assert_eq!((head.status().as_u16(), header(&head, "content-length")), (200, "10"));
    let empty = ask(&acme.server, &acme.token, &place(&acme, &list, "out/empty"), &[]).await;
    assert_eq!((empty.status().as_u16(), header(&empty, "content-length")), (200, "0"));
    let odd =
        ask(&acme.server, &acme.token, &place(&acme, &list, "out/sub dir/ünïcode #1.txt"), &[])
            .await;
    assert_eq!(odd.text().await.unwrap(), "hello\n");
}

#[tokio::test]
async fn a_download_can_run_no_script_on_the_servers_origin() {
    let acme = built().await;
    let list = acme.get(&format!("{PROJECT}/1/artifacts")).await;
    for (name, kind) in [
        ("out/page.html", "text/plain; charset=utf-8"),
        ("out/drawing.svg", "text/plain; charset=utf-8"),
        ("out/data.json", "application/json"),
        ("out/digits.bin", "application/octet-stream"),
        ("out/empty", "application/octet-stream"),
    ] {
        let answer = ask(&acme.server, &acme.token, &place(&acme, &list, name), &[]).await;
        assert_eq!(header(&answer, "content-type"), kind, "{name}");
        assert_eq!(header(&answer, "x-content-type-options"), "nosniff");
        assert_eq!(header(&answer, "content-security-policy"), "default-src 'none'; sandbox");
        assert_eq!(header(&answer, "cross-origin-resource-policy"), "same-origin");
    }
}

#[tokio::test]
async fn no_path_leads_out_of_a_builds_artifacts() {
    let acme = built().await;
    let build = acme.get(&format!("{PROJECT}/1")).await;
    let job = build["workflows"]["job_id"].as_str().unwrap();
    for path in [
        "0/../../../../../../etc/passwd",
        "0/out/../out/digits.bin",
        "0/%2e%2e/%2e%2e/rondo.db",
        "0/..%2f..%2f..%2fetc%2fpasswd",
        "0/out/%2e%2e/out/digits.bin",
        "0//etc/passwd",
        "0/%2fetc%2fpasswd",
        "0/out%5cdigits.bin",
        "0/out/digits.bin%00",
        "0/out/digits.bin/",
        "0/out",
        "0/",
        "1/out/digits.bin",
        "-1/out/digits.bin",
        "00/out/digits.bin",
    ] {
        let line = format!("GET /output/job/{job}/artifacts/{path} HTTP/1.1");
        let (status, text) = raw(&acme.server, &line, &acme.token);
        assert_eq!(status, 404, "{path}");
        assert!(!text.contains("root:") && !text.contains("0123456789"), "{path}");
    }
    let line = format!("GET /output/job/{job}/artifacts/0/out%2Fdigits.bin HTTP/1.1");
    assert_eq!(raw(&acme.server, &line, &acme.token).0, 200, "a client may encode slashes");
    for job in ["x", "..", "%2e%2e", "00000000-0000-0000-0000-000000000000"] {
        let line = format!("GET /output/job/{job}/artifacts/0/out/digits.bin HTTP/1.1");
        assert_eq!(raw(&acme.server, &line, &acme.token).0, 404, "{job}");
    }
}
