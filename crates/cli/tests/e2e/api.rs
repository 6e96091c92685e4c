//! How API v1.1 answers: reading builds, variables, following, triggering, and what it refuses.
//! What is embedded elsewhere (badges, feeds, artifacts) is in `embedded`.

use std::io::{Read, Write};
use std::net::TcpStream;

use reqwest::Method;
use serde_json::{Value, json};

use crate::acme::{Acme, PROJECT};
use crate::harness::{Repository, Server, answer};

const CONFIG: &str = "
version: 2.1
jobs:
  build: {docker: [{image: cimg/base}], steps: [{run: echo built}]}
  test: {docker: [{image: cimg/base}], steps: [{run: echo tested}]}
workflows:
  main: {jobs: [build]}
";

/// A project whose builds wait.
fn waiting() -> Acme {
    Acme::start_with(CONFIG, &["--executor", "none"])
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_else(|| panic!("{name} in {value}"))
}

fn numbers(list: &Value) -> Vec<i64> {
    list.as_array().unwrap().iter().map(|build| build["build_num"].as_i64().unwrap()).collect()
}

#[tokio::test]
async fn me_is_the_person_and_counts_what_they_follow() {
    let acme = waiting();
    for (path, base) in [("/api/v1.1/me", "v1.1"), ("/api/v1/me", "v1")] {
        let me = acme.get(path).await;
        assert_eq!((text(&me, "login"), text(&me, "name")), ("mika", "mika"), "{base}");
        assert_eq!(me["admin"], true);
        assert!(uuid::Uuid::parse_str(text(&me, "id")).is_ok());
        assert!(text(&me, "created_at").parse::<jiff::Timestamp>().is_ok());
    }
    for (word, count, projects) in [("follow", 1, 1), ("follow", 1, 1), ("unfollow", 0, 0)] {
        let followed = acme.post(&format!("{PROJECT}/{word}"), json!({})).await;
        assert_eq!(followed["following"], word == "follow");
        assert_eq!(acme.get("/api/v1.1/me").await["num_projects_followed"], count);
        assert_eq!(acme.get("/api/v1.1/projects").await.as_array().unwrap().len(), projects);
    }
}

#[tokio::test]
async fn followed_projects_are_listed_and_unknown_ones_come_by_a_template_for_administrators_only()
{
    let bare = waiting();
    let path = |name: &str| format!("/api/v1.1/project/gh/{name}/follow");
    let (token, server) = (&bare.token, &bare.server);
    assert_eq!(server.post(token, &path("acme/lib"), json!({})).await.0, 404, "no template is set");
    server.add_person("eve", false);
    let eve = server.personal_token("eve");
    assert_eq!(server.post(&eve, &path("acme/web"), json!({})).await.0, 404, "it is private");

    let mut acme = waiting();
    acme.server.add_person("eve", false);
    let eve = acme.server.personal_token("eve");
    let template = format!("{}/{{org}}-{{repo}}", acme.server.folder.path().display());
    acme.server.set_flags(&["--executor", "none", "--github-url", &template]);
    acme.server.restart();
    let lib = Repository::make(&acme.server.folder.path().join("acme-lib"), CONFIG);
    lib.git(&["branch", "--move", "release/2.x"]);
    assert_eq!(acme.server.post(&eve, &path("acme/lib"), json!({})).await.0, 404);
    assert_eq!(acme.post(&path("acme/lib"), json!({})).await["following"], true);
    let listed = acme.get("/api/v1.1/projects").await;
    let lib = &listed[0];
    assert_eq!((text(lib, "username"), text(lib, "reponame")), ("acme", "lib"));
    assert_eq!((text(lib, "vcs_type"), text(lib, "default_branch")), ("github", "release/2.x"));
    assert_eq!((&lib["oss"], &lib["following"]), (&json!(false), &json!(true)));
    let (status, missing) = acme.server.post(&acme.token, &path("acme/missing"), json!({})).await;
    assert_eq!(status, 400, "{missing}");
    a_repository_that_tells_no_default_branch_is_not_added(&mut acme).await;
}

/// A folder that is no repository, one without a commit, one whose `HEAD` is no branch, and a machine that
/// does not answer: each is named, and nothing of a project stays.
async fn a_repository_that_tells_no_default_branch_is_not_added(acme: &mut Acme) {
    let folder = acme.server.folder.path().to_owned();
    std::fs::create_dir(folder.join("acme-folder")).unwrap();
    std::fs::create_dir(folder.join("acme-empty")).unwrap();
    let empty = Repository { folder: folder.join("acme-empty") };
    empty.git(&["init", "--quiet", "--bare", "--initial-branch=main"]);
    let detached = Repository::make(&folder.join("acme-detached"), CONFIG);
    detached.git(&["checkout", "--quiet", "--detach"]);
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let remote = format!("http://{closed}/{{org}}/{{repo}}.git");
    acme.server.set_flags(&[
        "--executor",
        "none",
        "--github-url",
        &format!("{}/{{org}}-{{repo}}", folder.display()),
        "--bitbucket-url",
        &remote,
    ]);
    acme.server.restart();
    for (slug, part) in [
        ("gh/acme/folder", "acme-folder"),
        ("gh/acme/empty", "it has no branch yet"),
        ("gh/acme/detached", "its HEAD names none"),
        ("bb/acme/remote", "acme/remote.git"),
    ] {
        let path = format!("/api/v1.1/project/{slug}/follow");
        let (status, refused) = acme.server.post(&acme.token, &path, json!({})).await;
        assert_eq!((status, text(&refused, "code")), (502, "silent"), "{slug}: {refused}");
        assert!(text(&refused, "message").contains(part), "{refused}");
        assert!(text(&refused, "message").contains("which branch is its default one"), "{refused}");
        let (status, _) = acme.server.get(&acme.token, &format!("/api/v1.1/project/{slug}")).await;
        assert_eq!(status, 404, "{slug}");
    }
}

#[tokio::test]
async fn lists_are_newest_first_and_heed_limit_offset_filter_and_branch() {
    let acme = waiting();
    for number in 1..=7 {
        let branch = if number % 2 == 0 { "even" } else { "main" };
        let path = format!("{PROJECT}/tree/{branch}");
        assert_eq!(acme.post(&path, json!({})).await["build_num"], number);
    }
    for number in [2, 3] {
        let canceled = acme.post(&format!("{PROJECT}/{number}/cancel"), json!({})).await;
        assert_eq!(canceled["status"], "canceled", "{canceled}");
    }
    for (query, expected) in [
        ("", vec![7, 6, 5, 4, 3, 2, 1]),
        ("?limit=2", vec![7, 6]),
        ("?limit=2&offset=3", vec![4, 3]),
        ("?offset=7", vec![]),
        ("?filter=completed", vec![3, 2]),
        ("?filter=successful", vec![]),
        ("?filter=failed", vec![]),
        ("?filter=", vec![7, 6, 5, 4, 3, 2, 1]),
        ("?shallow=true&limit=1", vec![7]),
        ("?limit=1&cache-buster=12345", vec![7]),
        ("/tree/even", vec![6, 4, 2]),
        ("/tree/even?limit=1&offset=1", vec![4]),
        ("/tree/even?filter=completed", vec![2]),
        ("/tree/nothing", vec![]),
    ] {
        assert_eq!(numbers(&acme.get(&format!("{PROJECT}{query}")).await), expected, "{query}");
    }
    for (query, message) in [
        ("limit=0", "limit is a number from 1 to 100"),
        ("limit=101", "limit is a number from 1 to 100"),
        ("limit=many", "limit is a number from 1 to 100"),
        ("offset=-1", "offset is a number from 0"),
        ("filter=green", "filter is completed, successful, failed or running"),
    ] {
        let (status, refused) = acme.server.get(&acme.token, &format!("{PROJECT}?{query}")).await;
        assert_eq!(status, 400, "{query}");
        assert!(text(&refused, "message").contains(message), "{refused}");
    }
}

#[tokio::test]
async fn a_build_is_whole_for_who_may_read_builds_and_a_status_for_who_may_not() {
    let acme = waiting();
    acme.post(PROJECT, json!({"build_parameters": {"COLOUR": "red"}})).await;
    let status = acme.server.project_token("gh/acme/web", "status");
    let all = acme.server.project_token("gh/acme/web", "all");
    let secret = [
        "subject",
        "body",
        "author_name",
        "author_email",
        "build_parameters",
        "user",
        "steps",
        "circle_yml",
    ];
    for path in [PROJECT.to_owned(), format!("{PROJECT}/1"), format!("{PROJECT}/tree/main")] {
        let one = |value: Value| if value.is_array() { value[0].clone() } else { value };
        let (_, whole) = acme.server.get(&all, &path).await;
        let whole = one(whole);
        assert_eq!(whole["build_parameters"]["COLOUR"], "red", "{whole}");
        let (code, form) = acme.server.get(&status, &path).await;
        let form = one(form);
        assert_eq!((code, &form["build_num"], &form["status"]), (200, &json!(1), &json!("queued")));
        for field in secret {
            assert!(form.get(field).is_none(), "{field} in {form}");
        }
        assert!(!form.to_string().contains("red"));
    }
    for missing in ["999", "0", "-1", "abc", "99999999999999999999", "1.0", "%31x"] {
        let (status, refused) = acme.server.get(&acme.token, &format!("{PROJECT}/{missing}")).await;
        assert_eq!((status, text(&refused, "message")), (404, "build not found"), "{missing}");
    }
}

#[tokio::test]
async fn variables_are_set_replaced_masked_and_deleted() {
    let acme = waiting();
    let path = format!("{PROJECT}/envvar");
    assert_eq!(acme.get(&path).await, json!([]));
    for (value, mask) in [
        ("abcdefghi", "xxxxfghi"),
        ("12345678", "xxxx5678"),
        ("1234567", "xxxx567"),
        ("1234", "xxxx34"),
        ("abc", "xxxxc"),
        ("a", "xxxx"),
        ("", "xxxx"),
        ("ひみつのことば", "xxxxのことば"),
    ] {
        let request = acme.server.request(Method::POST, &path).header("circle-token", &acme.token);
        let made = request.json(&json!({"name": "KEY", "value": value})).send().await.unwrap();
        assert_eq!(made.status().as_u16(), 201);
        let location = made.headers()["location"].to_str().unwrap().to_owned();
        assert_eq!(
            location,
            format!("{}/api/v1.1/project/github/acme/web/envvar/KEY", acme.server.url)
        );
        let shown: Value = made.json().await.unwrap();
        let length = value.chars().count();
        assert!(
            text(&shown, "value").chars().count() - 4 <= length / 2,
            "{shown} tells more than half"
        );
        if length != 7 {
            assert_eq!(shown, json!({"name": "KEY", "value": mask}));
        }
        assert_eq!(acme.get(&format!("{path}/KEY")).await, shown);
        assert_eq!(acme.get(&path).await, json!([shown]), "the same name is replaced");
    }
    let too_large = "x".repeat(32 * 1024 + 1);
    for (body, message) in [
        (json!({"name": "1A", "value": "x"}), "is no name of an environment variable"),
        (json!({"name": "A-B", "value": "x"}), "is no name of an environment variable"),
        (json!({"name": "", "value": "x"}), "is no name of an environment variable"),
        (json!({"name": "A", "value": too_large}), "at most 32768 bytes"),
        (json!({"name": "A", "value": "a\u{0}b"}), "without NUL"),
        (json!({"name": "A"}), "missing field `value`"),
        (json!({"name": "A", "value": 5}), "invalid type"),
        (json!({"name": "A", "value": "hush-hush", "secret": true}), "unknown field `secret`"),
    ] {
        let (status, refused) = acme.server.post(&acme.token, &path, body).await;
        assert_eq!(status, 400);
        assert!(text(&refused, "message").contains(message), "{refused}");
        assert!(!refused.to_string().contains("hush-hush"));
    }
    let key = format!("{path}/KEY");
    assert_eq!(acme.server.delete(&acme.token, &key).await, (200, json!({"message": "ok"})));
    for missing in
        [key.as_str(), &format!("{path}/NO"), &format!("{path}/1-"), &format!("{path}/%00")]
    {
        for (status, refused) in [
            acme.server.get(&acme.token, missing).await,
            acme.server.delete(&acme.token, missing).await,
        ] {
            assert_eq!(
                (status, text(&refused, "message")),
                (404, "env var not found"),
                "{missing}"
            );
        }
    }
}

#[tokio::test]
async fn a_trigger_answers_where_the_build_is_and_takes_branches_of_any_name() {
    let acme = waiting();
    let branches =
        ["main", "feature/x", "v1.2.x", "release/2026.11", "枝", "a+b&c=d", "x\"<y>", "100%"];
    for (number, branch) in (1..).zip(branches) {
        let path = format!("{PROJECT}/tree/{}", rondo_wire::client::segment(branch));
        let request = acme.server.request(Method::POST, &path).header("circle-token", &acme.token);
        let answer = request.json(&json!({})).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 201, "{branch}");
        let location = answer.headers()["location"].to_str().unwrap().to_owned();
        assert!(location.ends_with(&format!("/api/v1.1/project/github/acme/web/{number}")));
        let build: Value = answer.json().await.unwrap();
        assert_eq!((text(&build, "branch"), text(&build, "why")), (branch, "api"));
        assert_eq!(build["build_parameters"], json!({"CIRCLE_JOB": "build"}));
        let own = acme.get(&path).await;
        assert_eq!(numbers(&own), [number], "the list of {branch}");
        assert_eq!(own[0]["circle_yml"], Value::Null, "it is not known yet");
    }
    for bad in ["..", "a..b", "-x", "a b", "a~b", "%00", "x%0Ay", &"x".repeat(251)] {
        let bad = bad.replace(' ', "%20").replace("..", "%2E%2E");
        let path = format!("{PROJECT}/tree/{bad}");
        // A client may fold `%2E%2E` away, so it is sent as it is.
        let status = raw(&acme.server, &format!("POST {path} HTTP/1.1"), &acme.token).0;
        assert_eq!(status, 400, "{bad}");
    }
}

#[tokio::test]
async fn what_a_trigger_does_not_understand_is_refused() {
    let acme = waiting();
    let many: serde_json::Map<_, _> = (0..101).map(|n| (format!("P{n}"), json!("x"))).collect();
    for (path, body, message) in [
        ("", json!({"revison": "x"}), "unknown field \"revison\""),
        ("", json!({"tag": "v1", "revision": "a".repeat(40)}), "give revision or tag, not both"),
        ("", json!({"branch": "a", "tag": "v1"}), "give branch or tag, not both"),
        ("", json!({"build_parameters": []}), "build_parameters is an object"),
        ("", json!({"build_parameters": {"1A": "x"}}), "is no name of an environment variable"),
        ("", json!({"build_parameters": many}), "at most 100 build parameters"),
        ("", json!({"build_parameters": {"CIRCLE_JOB": ""}}), "CIRCLE_JOB is the name of a job"),
        ("", json!({"parallel": 2}), "parallel is 1: jobs do not run in several copies yet"),
        ("/tree/main", json!({"parallel": "4"}), "parallel is 1"),
        ("", json!([]), "the body is not the expected JSON"),
        ("/tree/main", json!({"tag": "v1"}), "unknown field \"tag\""),
        ("/build", json!({"build_parameters": {"A": "b"}}), "not with a pipeline"),
    ] {
        let (status, refused) =
            acme.server.post(&acme.token, &format!("{PROJECT}{path}"), body).await;
        assert_eq!(status, 400, "{message}");
        assert!(text(&refused, "message").contains(message), "{refused}");
    }
    assert_eq!(acme.get(PROJECT).await, json!([]));
}

#[tokio::test]
async fn a_build_is_canceled_once_and_run_again_when_it_has_ended() {
    let acme = waiting();
    acme.post(PROJECT, json!({"build_parameters": {"COLOUR": "red"}})).await;
    let (status, early) =
        acme.server.post(&acme.token, &format!("{PROJECT}/1/retry"), json!({})).await;
    assert_eq!((status, text(&early, "code")), (400, "not_now"), "{early}");
    for _ in 0..2 {
        let canceled = acme.post(&format!("{PROJECT}/1/cancel"), json!({})).await;
        assert_eq!((text(&canceled, "outcome"), &canceled["canceled"]), ("canceled", &json!(true)));
    }
    let whole = acme.get(&format!("{PROJECT}/1")).await;
    assert_eq!(whole["canceler"]["login"], "mika");
    let again = acme.post(&format!("{PROJECT}/1/retry"), json!({})).await;
    assert_eq!(
        (&again["build_num"], &again["build_parameters"]["COLOUR"]),
        (&json!(2), &json!("red"))
    );
    for word in ["retry", "cancel"] {
        let path = format!("{PROJECT}/77/{word}");
        assert_eq!(acme.server.post(&acme.token, &path, json!({})).await.0, 404);
    }
}

/// A request whose path no client tidies up: status, and the whole answer.
pub(crate) fn raw(server: &Server, line: &str, token: &str) -> (u16, String) {
    let host = server.url.trim_start_matches("http://");
    let mut stream = TcpStream::connect(host).unwrap();
    let head = format!(
        "{line}\r\nhost: {host}\r\ncircle-token: {token}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).unwrap();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let status = text.split(' ').nth(1).and_then(|status| status.parse().ok());
    (status.unwrap_or_else(|| panic!("{line}: {text}")), text)
}

#[tokio::test]
async fn where_no_route_is_programs_are_told_so_in_json() {
    let acme = waiting();
    for path in [
        "/api/v1.1/nothing",
        "/api/v1.1/me/token",
        "/api/v1.1/project/gh/acme/web/1/nothing",
        "/api/v3/me",
        "/api/v1.1",
        "/api/",
        "/runner/v1/nothing",
        "/runner/v1/job/nothing",
    ] {
        for method in [Method::GET, Method::POST] {
            let request = acme.server.request(method, path).header("circle-token", &acme.token);
            let (status, refused) = answer(request).await;
            assert_eq!((status, refused["code"].as_str()), (404, Some("no_such_route")), "{path}");
        }
    }
    for path in ["/nothing", "/a/b", "/gh/acme/web/x", "/gh/acme/web/1/2/3", "/x/acme/web/1"] {
        let answer = acme.server.request(Method::GET, path).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 404, "{path}");
    }
    for (method, path) in [(Method::DELETE, "/api/v1.1/me"), (Method::PATCH, PROJECT)] {
        let request = acme.server.request(method.clone(), path).header("circle-token", &acme.token);
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 405, "{method} {path}");
        assert!(answer.headers()["allow"].to_str().unwrap().contains("GET"));
        let refused: Value = answer.json().await.unwrap();
        assert_eq!(text(&refused, "code"), "no_such_method");
    }
}

#[tokio::test]
async fn a_head_request_is_answered_as_a_get_without_its_body() {
    let acme = waiting();
    for path in ["/api/v1.1/me", PROJECT, "/gh/acme/web.svg", "/cc.xml"] {
        let ask = |method| acme.server.request(method, path).header("circle-token", &acme.token);
        let (head, get) =
            (ask(Method::HEAD).send().await.unwrap(), ask(Method::GET).send().await.unwrap());
        assert_eq!((head.status(), get.status().as_u16()), (get.status(), 200), "{path}");
        assert_eq!(head.headers()["content-type"], get.headers()["content-type"]);
        assert_eq!(head.text().await.unwrap(), "");
    }
    let refused = acme.server.request(Method::HEAD, "/api/v1.1/me").send().await.unwrap();
    assert_eq!(refused.status().as_u16(), 401);
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused_with_a_message() {
    let acme = waiting();
    let huge = format!("{{\"label\": \"{}\"}}", "x".repeat(3 * 1024 * 1024));
    for path in ["/api/v1.1/user/token", PROJECT, &format!("{PROJECT}/envvar")] {
        let request = acme.server.request(Method::POST, path).header("circle-token", &acme.token);
        let (status, refused) = answer(request.body(huge.clone())).await;
        assert_eq!(status, 413, "{path}");
        assert_eq!(refused["code"], "too_large", "{refused}");
    }
}
