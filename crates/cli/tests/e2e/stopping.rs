//! Builds that end before their steps do: cancelled, stopped with the server, killed with it, too
//! talkative, forking without end; and a build that is run again. A job's processes are looked for
//! on the host, by a number in their command line that nothing else has.

use std::fs;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::acme::{Acme, PROJECT, steps, until};

/// How long the processes of a job may outlive the word to end it.
const SOON: Duration = Duration::from_secs(10);

const STUBBORN: &str = r#"
version: 2.1
jobs:
  stubborn:
    machine: true
    steps:
      - run: {command: "sleep $MARK.1", background: true}
      - run: |
          trap '' TERM INT HUP
          (setsid sh -c "trap '' TERM; sleep $MARK.2; :" &)
          sleep "$MARK.3" &
          while :; do sleep "$MARK.4"; done
      - run: {command: echo tidy, when: always}
  bomb:
    machine: true
    steps:
      - run: |
          sleep "$MARK.5" &
          bomb() { bomb | bomb & }
          bomb 2> /dev/null
          sleep 3600
  echo: {machine: true, steps: [{run: echo fine}]}
  flag: {machine: true, steps: [{run: test "$READY" = yes}]}
"#;

/// A number that stands in no other command line of this machine.
fn mark() -> String {
    let random = uuid::Uuid::new_v4().as_u128() % 1_000_000_000;
    format!("7{random:09}")
}

/// How many processes of the host have the mark in their command line.
fn marked(mark: &str) -> usize {
    let processes = fs::read_dir("/proc").unwrap().flatten();
    let lines = processes.filter_map(|entry| fs::read(entry.path().join("cmdline")).ok());
    lines.filter(|line| String::from_utf8_lossy(line).contains(mark)).count()
}

async fn running(mark: &str, processes: usize) {
    until("the job's processes", Duration::from_secs(30), || {
        (marked(mark) >= processes).then_some(())
    })
    .await;
}

async fn gone(mark: &str) {
    until("the end of the job's processes", SOON, || (marked(mark) == 0).then_some(())).await;
}

async fn cancel(acme: &Acme, number: i64) -> Value {
    acme.post(&format!("{PROJECT}/{number}/cancel"), json!({})).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_build_ends_with_every_process_that_it_began() {
    let acme = Acme::start(STUBBORN);
    let mark = mark();
    let number = acme.trigger("stubborn", json!({ "MARK": mark })).await;
    running(&mark, 4).await;
    let told = Instant::now();
    let answer = cancel(&acme, number).await;
    assert_eq!((&answer["status"], &answer["canceled"]), (&json!("canceled"), &json!(true)));
    gone(&mark).await;
    assert!(told.elapsed() < SOON);
    let build = acme.ended(number).await;
    assert_eq!((&build["status"], &build["outcome"]), (&json!("canceled"), &json!("canceled")));
    assert_eq!(build["canceler"]["login"], "mika");
    let names: Vec<_> = steps(&build).into_iter().map(|(name, _)| name).collect();
    assert!(!names.contains(&"echo tidy".to_owned()), "{names:?}");
    assert!(acme.prints("echo", json!({})).await.contains("fine\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_build_that_waits_can_be_cancelled_and_never_runs() {
    let acme = Acme::start_with(STUBBORN, &["--jobs", "1"]);
    let (mark, other) = (mark(), mark());
    let first = acme.trigger("stubborn", json!({ "MARK": mark })).await;
    running(&mark, 4).await;
    let second = acme.trigger("stubborn", json!({ "MARK": other })).await;
    assert_eq!(cancel(&acme, second).await["status"], "canceled");
    cancel(&acme, first).await;
    acme.ended(first).await;
    acme.prints("echo", json!({})).await;
    let build = acme.ended(second).await;
    assert_eq!((&build["status"], &build["start_time"]), (&json!("canceled"), &Value::Null));
    assert_eq!(marked(&other), 0);
    assert_eq!(cancel(&acme, 3).await["status"], "success", "what has ended stays as it is");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_build_that_forks_without_end_is_cancelled_and_the_next_one_runs() {
    let acme = Acme::start(STUBBORN);
    let mark = mark();
    let number = acme.trigger("bomb", json!({ "MARK": mark })).await;
    running(&mark, 1).await;
    cancel(&acme, number).await;
    gone(&mark).await;
    acme.ended(number).await;
    assert!(acme.prints("echo", json!({})).await.contains("fine\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_build_that_is_run_again_sees_the_variables_of_now() {
    let acme = Acme::start(STUBBORN);
    let failed = acme.run("flag", json!({})).await;
    assert_eq!(failed["status"], "failed");
    acme.set("READY", "yes").await;
    let again = acme.post(&format!("{PROJECT}/1/retry"), json!({})).await;
    assert_eq!((&again["build_num"], &again["retry_of"]), (&json!(2), &json!(1)), "{again}");
    let again = acme.ended(2).await;
    assert_eq!((&again["status"], &again["why"]), (&json!("fixed"), &json!("retry")));
    assert_eq!(again["vcs_revision"], failed["vcs_revision"]);
    let failed = acme.get(&format!("{PROJECT}/1")).await;
    assert_eq!((&failed["status"], &failed["retries"]), (&json!("failed"), &json!([2])));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_told_to_stop_ends_its_builds_and_says_why() {
    let mut acme = Acme::start(STUBBORN);
    let mark = mark();
    let number = acme.trigger("stubborn", json!({ "MARK": mark })).await;
    running(&mark, 4).await;
    let told = Instant::now();
    let status = acme.server.stop();
    assert!(status.success(), "{status}");
    assert!(told.elapsed() < SOON, "{:?}", told.elapsed());
    assert_eq!(marked(&mark), 0);
    acme.server.restart();
    let build = acme.ended(number).await;
    assert_eq!(build["status"], "infrastructure_fail");
    assert_eq!(build["fail_reason"], "the runner stopped");
    assert!(acme.prints("echo", json!({})).await.contains("fine\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_build_whose_server_is_killed_dies_with_it_and_is_begun_again() {
    let mut acme = Acme::start(STUBBORN);
    let mark = mark();
    let number = acme.trigger("stubborn", json!({ "MARK": mark })).await;
    running(&mark, 4).await;
    acme.server.kill();
    gone(&mark).await;
    acme.server.restart();
    running(&mark, 4).await;
    cancel(&acme, number).await;
    gone(&mark).await;
    assert_eq!(acme.ended(number).await["status"], "canceled");
}

/// More than a step's output may hold, 50 MiB.
const TALKATIVE: &str = r#"
version: 2.1
jobs:
  talk:
    machine: true
    steps:
      - run: seq 8000000
      - run: echo after
"#;

#[tokio::test(flavor = "multi_thread")]
async fn output_beyond_the_limit_is_cut_and_the_build_goes_on() {
    let acme = Acme::start(TALKATIVE);
    let build = acme.run("talk", json!({})).await;
    assert_eq!(build["status"], "success");
    let action = |step: usize| &build["steps"][step]["actions"][0];
    assert_eq!(action(1)["truncated"], true);
    assert_eq!((&action(2)["truncated"], &action(2)["status"]), (&json!(false), &json!("success")));
    let kept = size(&acme.server.data().join("blobs"));
    assert!((50 << 20..52 << 20).contains(&kept), "{kept} bytes");
}

/// The bytes of all files below a folder.
fn size(folder: &std::path::Path) -> u64 {
    let entries = fs::read_dir(folder).unwrap().flatten();
    let sizes = entries.map(|entry| match entry.file_type().unwrap().is_dir() {
        true => size(&entry.path()),
        false => entry.metadata().unwrap().len(),
    });
    sizes.sum()
}
