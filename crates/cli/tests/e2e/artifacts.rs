//! Artifacts: lists, downloads and parts of them, and what a download cannot reach or run.

use reqwest::Method;
use serde_json::Value;

use crate::acme::{Acme, PROJECT};
use crate::api::raw;
use crate::embedded::{ask, built, header};

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
