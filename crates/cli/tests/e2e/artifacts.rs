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
        assert!(artifact["size"].is_u64(), "{artifact}");
    }
    let digits = first.as_array().unwrap().iter().find(|one| one["path"] == "out/digits.bin");
    let digest = "sha256:84d89877f0d4041efb6bf91a16f0248f2fd573e6af05c19f96bedb9f882f7882";
    assert_eq!(digits.unwrap()["digest"], digest);
    for (query, expected) in [
        ("", &second),
        ("?filter=completed", &second),
        ("?filter=successful", &first),
        ("?filter=failed", &second),
        ("?branch=main", &first),
        ("?branch=broken&filter=failed", &second),
        ("?branch=&filter=", &second),
    ] {
        let (status, found) = get(&format!("latest/artifacts{query}")).await;
        assert_eq!((status, &found), (200, expected), "{query}");
    }
    for (query, status) in
        [("?branch=nothing", 404), ("?filter=running", 404), ("?filter=green", 400)]
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

#[tokio::test]
async fn text_is_compressed_for_who_asks_and_is_another_representation() {
    let acme = Acme::start(LARGE);
    acme.prints("build", serde_json::json!({})).await;
    let list = acme.get(&format!("{PROJECT}/1/artifacts")).await;
    let log = place(&acme, &list, "out/build.txt");
    let whole = ask(&acme.server, &acme.token, &log, &[]).await;
    assert_eq!(
        (header(&whole, "content-encoding"), header(&whole, "vary")),
        ("", "accept-encoding")
    );
    let plain_tag = header(&whole, "etag").to_owned();
    let plain = whole.bytes().await.unwrap();
    for asked in ["gzip", "br, GZIP;q=0.5", "deflate, gzip"] {
        let packed = ask(&acme.server, &acme.token, &log, &[("accept-encoding", asked)]).await;
        assert_eq!(header(&packed, "content-encoding"), "gzip", "{asked}");
        assert_eq!(header(&packed, "content-type"), "text/plain; charset=utf-8");
        let tag = header(&packed, "etag").to_owned();
        assert_ne!(tag, plain_tag, "two representations of one file");
        let packed = packed.bytes().await.unwrap();
        assert!(packed.len() < plain.len() / 4, "{} of {}", packed.len(), plain.len());
        let mut unpacked = Vec::new();
        let mut reader = flate2::read::GzDecoder::new(&packed[..]);
        std::io::Read::read_to_end(&mut reader, &mut unpacked).unwrap();
        assert!(unpacked == plain);
        let known = [("accept-encoding", "gzip"), ("if-none-match", tag.as_str())];
        assert_eq!(ask(&acme.server, &acme.token, &log, &known).await.status().as_u16(), 304);
    }
    for headers in [
        vec![("accept-encoding", "gzip;q=0")],
        vec![("accept-encoding", "*")],
        vec![("accept-encoding", "identity")],
        vec![("accept-encoding", "gzip"), ("range", "bytes=0-9")],
    ] {
        let answer = ask(&acme.server, &acme.token, &log, &headers).await;
        assert_eq!(header(&answer, "content-encoding"), "", "{headers:?}");
    }
    let binary = place(&acme, &list, "out/zeros.bin");
    let answer = ask(&acme.server, &acme.token, &binary, &[("accept-encoding", "gzip")]).await;
    assert_eq!((header(&answer, "content-encoding"), header(&answer, "vary")), ("", ""));
}

const LARGE: &str = r#"
version: 2.1
jobs:
  build:
    machine: true
    steps:
      - run: |
          mkdir -p out/deep
          for i in $(seq 20000); do echo "line $i of the log"; done > out/build.txt
          head -c 3000001 /dev/zero > out/zeros.bin
          head -c 700001 /dev/urandom > out/noise.bin
          : > out/empty
          echo x > 'out/日本語 #1.txt'
          echo y > 'out/..\..\evil.txt'
          long=$(printf 'x%.0s' $(seq 120)); echo z > "out/deep/$long"
      - store_artifacts: {path: out}
"#;

/// Reads an archive as Python does, which shares no code with us: names, sizes and digests.
const UNPACK: &str = r#"
import hashlib, io, json, sys, tarfile, zipfile
data = open(sys.argv[1], "rb").read()
if sys.argv[1].endswith(".zip"):
    archive = zipfile.ZipFile(io.BytesIO(data))
    assert archive.testzip() is None
    read = {info.filename: archive.read(info) for info in archive.infolist()}
    assert all(info.date_time[0] >= 2026 for info in archive.infolist())
else:
    archive = tarfile.open(fileobj=io.BytesIO(data))
    assert all(member.isfile() and member.mode == 0o644 for member in archive)
    read = {member.name: archive.extractfile(member).read() for member in archive}
print(json.dumps({name: [len(bytes), "sha256:" + hashlib.sha256(bytes).hexdigest()] for name, bytes in read.items()}))
"#;

fn unpack(name: &str, bytes: &[u8]) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    let mut command = std::process::Command::new(crate::harness::python());
    command.args(["-c", UNPACK]).arg(path);
    serde_json::from_str(&crate::harness::feed_to(command, "")).unwrap()
}

#[tokio::test]
async fn all_of_a_builds_artifacts_come_in_one_file() {
    let acme = Acme::start(LARGE);
    acme.prints("build", serde_json::json!({})).await;
    let token = acme.server.project_token("gh/acme/web", "view-builds");
    let path = format!("{PROJECT}/1/artifacts");
    let answer = ask(&acme.server, &token, &path, &[("accept", "application/json")]).await;
    let links: Vec<_> = answer.headers().get_all("link").iter().cloned().collect();
    let list: Value = answer.json().await.unwrap();
    let expected = |name: &dyn Fn(&str) -> String| -> Value {
        let of = |one: &Value| {
            let facts = serde_json::json!([one["size"], one["digest"]]);
            (name(one["path"].as_str().unwrap()), facts)
        };
        Value::Object(list.as_array().unwrap().iter().map(of).collect())
    };
    assert_eq!((list.as_array().unwrap().len(), links.len()), (7, 2), "{list}");
    for (link, kind, ending) in
        [(&links[0], "application/zip", "zip"), (&links[1], "application/zstd", "tar.zst")]
    {
        let link = link.to_str().unwrap();
        assert!(link.ends_with(&format!("; rel=\"alternate\"; type=\"{kind}\"")), "{link}");
        let url = crate::session::between(link, "<", ">");
        let place = url.strip_prefix(&acme.server.url).unwrap();
        let answer = ask(&acme.server, &token, place, &[]).await;
        assert_eq!((answer.status().as_u16(), header(&answer, "content-type")), (200, kind));
        let name = format!("attachment; filename=\"web-1-artifacts.{ending}\"");
        assert_eq!(header(&answer, "content-disposition"), name);
        assert_eq!(header(&answer, "content-security-policy"), "default-src 'none'; sandbox");
        let bytes = answer.bytes().await.unwrap();
        assert!(bytes.len() < 1_000_000, "the zeros are packed: {}", bytes.len());
        if ending == "zip" {
            let safe = |name: &str| name.replace("..\\..\\evil", ".._.._evil");
            assert_eq!(unpack("a.zip", &bytes), expected(&safe));
        } else {
            let tar = zstd::decode_all(&bytes[..]).unwrap();
            assert_eq!(unpack("a.tar", &tar), expected(&str::to_owned));
        }
        let head = acme.server.request(Method::HEAD, place).header("circle-token", &token);
        assert_eq!(head.send().await.unwrap().status().as_u16(), 200);
        let other = acme.server.project_token("gh/acme/web", "status");
        assert_eq!(ask(&acme.server, &other, place, &[]).await.status().as_u16(), 403);
    }
}

#[tokio::test]
async fn a_build_without_artifacts_has_no_archive() {
    let acme = Acme::start_with(LARGE, &["--executor", "none"]);
    let number = acme.trigger("build", serde_json::json!({})).await;
    let build = acme.get(&format!("{PROJECT}/{number}")).await;
    let job = build["workflows"]["job_id"].as_str().unwrap();
    let list = ask(&acme.server, &acme.token, &format!("{PROJECT}/{number}/artifacts"), &[]).await;
    assert_eq!(list.headers().get("link"), None);
    for ending in ["zip", "tar.zst"] {
        let path = format!("/output/job/{job}/artifacts.{ending}");
        let answer = ask(&acme.server, &acme.token, &path, &[]).await;
        assert_eq!(answer.status().as_u16(), 404);
        assert!(answer.text().await.unwrap().contains("the build has kept none"));
    }
}

/// Downloads go on all the while, and what they were given is kept nowhere that it would be found afterwards.
#[tokio::test]
async fn a_file_that_is_replaced_while_its_build_goes_on_is_the_last_one_afterwards() {
    let acme = Acme::start(
        "
version: 2.1
jobs:
  build:
    machine: true
    steps:
      - run: echo first > kept.txt
      - store_artifacts: {path: kept.txt}
      - run: sleep 3; echo second > kept.txt
      - store_artifacts: {path: kept.txt}
",
    );
    let number = acme.trigger("build", serde_json::json!({})).await;
    let mut seen = Vec::new();
    let last = loop {
        let build = acme.get(&format!("{PROJECT}/{number}")).await;
        let job = build["workflows"]["job_id"].as_str().unwrap();
        let path = format!("/output/job/{job}/artifacts/0/kept.txt");
        let (status, text) = acme.server.get(&acme.token, &path).await;
        if build["lifecycle"] == "finished" {
            break text;
        }
        if status == 200 {
            seen.push(text);
        }
    };
    assert_eq!(seen.first(), Some(&Value::from("first\n")), "nothing was asked for meanwhile");
    assert_eq!(last, "second\n");
}
