//! Builds that cannot begin: what is wrong with a configuration or a repository is a failed build
//! that says so, with the place and the way out; nothing hangs and nothing is skipped in silence.

use std::fs;

use serde_json::{Value, json};

use crate::acme::{Acme, PROJECT};
use crate::harness::Server;

const GOOD: &str = "version: 2.1\njobs:\n  build: {machine: true, steps: [{run: echo fine}]}\n";

/// That one job of a new configuration fails before it begins, and what its output says.
async fn check(acme: &Acme, config: &str, words: &[&str]) {
    acme.repository.commit(config);
    let build = acme.run("build", json!({})).await;
    check_refused(acme, &build, words).await;
}

async fn check_refused(acme: &Acme, build: &Value, words: &[&str]) {
    let output = acme.output(build["build_num"].as_i64().unwrap()).await;
    assert_eq!((&build["status"], &build["failed"]), (&json!("failed"), &json!(true)), "{output}");
    assert_eq!(build["steps"][0]["name"], "Build Error");
    for expected in words {
        assert!(output.contains(expected), "{expected:?} in\n{output}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_configuration_is_a_failed_build_that_shows_the_place() {
    let acme = Acme::start(GOOD);
    let job = |body: &str| format!("version: 2.1\njobs:\n  build:\n    machine: true\n{body}");
    check(&acme, "jobs: [a\n  b: c\n", &["2:4", "not YAML", "b: c\n   ^"]).await;
    check(&acme, "", &["1:1"]).await;
    check(&acme, &job("    setps: []\n"), &["5:5", "setps", "steps"]).await;
    let cache = job("    steps:\n      - save_cache: {key: a, paths: [b]}\n");
    check(&acme, &cache, &["6:9", "`save_cache` is not built yet"]).await;
    let orb = format!("{GOOD}orbs:\n  node: circleci/node@5\n");
    check(&acme, &orb, &["5:9", "Cannot find the orb"]).await;
    let other = GOOD.replace("build:", "biuld:");
    check(&acme, &other, &["2:1", "Cannot find a job named `build`", "did you mean `biuld`?"])
        .await;
    check(&acme, "version: 2.1\njobs: &a\n  build: *a\n", &["3:"]).await;
    check(&acme, &format!("{GOOD}# {}\n", "x".repeat(3 << 20)), &["larger than 3 MiB"]).await;

    acme.repository.commit(GOOD);
    assert_eq!(acme.run("build", json!({})).await["status"], "fixed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_build_that_never_had_a_job_is_run_again_of_its_commit() {
    let acme = Acme::start("version: 2.1\njobs: {}\n");
    let failed = acme.run("build", json!({"WORD": "kept"})).await;
    acme.repository.commit(GOOD);
    let again = acme.post(&format!("{PROJECT}/1/retry"), json!({})).await;
    assert_eq!((&again["retry_of"], &again["why"]), (&json!(1), &json!("retry")), "{again}");
    let again = acme.ended(2).await;
    assert_eq!(again["vcs_revision"], failed["vcs_revision"]);
    assert_eq!(again["build_parameters"]["WORD"], "kept");
    assert_eq!(again["status"], "failed");
    let (alone, list) = (acme.get(&format!("{PROJECT}/1")).await, acme.get(PROJECT).await);
    assert_eq!(alone["retries"], json!([2]));
    assert_eq!(list[1]["circle_yml"], json!({"string": "version: 2.1\njobs: {}\n"}));
    assert_eq!(list[1]["circle_yml"], alone["circle_yml"]);
    let queued = again["usage_queued_at"].as_str().unwrap();
    assert!(queued > failed["stop_time"].as_str().unwrap(), "{again}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pipeline_that_cannot_begin_is_one_build_named_build_error() {
    let acme = Acme::start("version: 2.1\njobs: {}\nworkflows: {main: {jobs: [none]}}\n");
    let builds = acme.run_workflows("main", 1).await;
    assert_eq!(builds[0]["workflows"]["job_name"], "Build Error");
    assert_eq!(builds[0]["status"], "failed");
    assert!(acme.output(1).await.contains("none"), "{}", acme.output(1).await);
    let builds = acme.run_workflows("no/such-branch", 2).await;
    assert_eq!(builds[1]["status"], "failed");
    assert!(acme.output(2).await.contains("no/such-branch"), "{}", acme.output(2).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_in_the_repository_is_named() {
    let acme = Acme::start(GOOD);
    let tree = format!("{PROJECT}/tree/nowhere");
    acme.post(&tree, json!({})).await;
    check_refused(&acme, &acme.ended(1).await, &["nowhere"]).await;
    let absent = "0123456789012345678901234567890123456789";
    acme.post(&format!("{PROJECT}/tree/main"), json!({ "revision": absent })).await;
    check_refused(&acme, &acme.ended(2).await, &[absent]).await;
    acme.repository.git(&["rm", "--quiet", "-r", ".circleci"]);
    acme.repository.git(&["commit", "--quiet", "--message=Remove the configuration"]);
    let build = acme.run("build", json!({})).await;
    check_refused(&acme, &build, &["There is no .circleci/config.yml in commit", "of main"]).await;
    let config = acme.repository.folder.join(".circleci/config.yml");
    fs::create_dir_all(config.parent().unwrap()).unwrap();
    std::os::unix::fs::symlink("/etc/hostname", &config).unwrap();
    acme.repository.git(&["add", "."]);
    acme.repository.git(&["commit", "--quiet", "--message=Point elsewhere"]);
    let build = acme.run("build", json!({})).await;
    check_refused(&acme, &build, &[".circleci/config.yml is a symbolic link"]).await;
}

/// That a build of a repository at `git` fails and says so.
async fn check_repository(server: &Server, token: &str, name: &str, git: &str, words: &[&str]) {
    server.admin(&["project", "add", &format!("gh/acme/{name}"), "--git", git]);
    let project = format!("/api/v1.1/project/gh/acme/{name}");
    let (status, build) = server.post(token, &project, json!({})).await;
    assert_eq!(status, 201, "{build}");
    let build = server.ended(token, &format!("gh/acme/{name}"), 1).await;
    assert_eq!(build["status"], "failed");
    let output = server.output(token, &format!("gh/acme/{name}"), 1).await;
    for expected in words {
        assert!(output.contains(expected), "{expected:?} in\n{output}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repository_that_cannot_be_fetched_is_a_failed_build() {
    let server = Server::start();
    server.add_person("mika", true);
    let token = server.personal_token("mika");
    let closed = "https://127.0.0.1:1/acme/web.git";
    check_repository(&server, &token, "closed", closed, &[closed]).await;
    let empty = server.folder.path().join("empty");
    fs::create_dir(&empty).unwrap();
    check_repository(&server, &token, "empty", empty.to_str().unwrap(), &["empty"]).await;
    let data = server.data();
    check_repository(&server, &token, "data", data.to_str().unwrap(), &["data"]).await;
    for outside in ["/etc", "/tmp/rondo-e2e-missing"] {
        let (ok, _, complaint) =
            server.try_admin(&["project", "add", "gh/acme/outside", "--git", outside], "");
        assert!(!ok && complaint.contains(outside), "{complaint}");
    }
    let moved = server.add_project("gh/acme/moved", GOOD);
    fs::remove_dir_all(&moved.folder).unwrap();
    let (_, build) = server.post(&token, "/api/v1.1/project/gh/acme/moved", json!({})).await;
    assert_eq!(build["build_num"], 1, "{build}");
    assert_eq!(server.ended(&token, "gh/acme/moved", 1).await["status"], "failed");
    let output = server.output(&token, "gh/acme/moved", 1).await;
    assert!(output.contains("gh-acme-moved"), "{output}");
}
