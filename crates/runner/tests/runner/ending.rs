//! How a job ends before its steps do, and how it goes on when the server is away.

use rondo_wire::runner::{Outcome, StepStatus, When};

use crate::bench::*;
use crate::given::*;

/// Ignores what can be ignored, leaves its session, and carries `word` in its arguments.
fn stubborn(word: &str) -> String {
    format!(
        "trap '' TERM HUP INT; setsid sh -c \"trap '' TERM; sleep {word}\" & \
         sh -c \"trap '' TERM; echo up; sleep {word}\""
    )
}

async fn check_cancel(containment: rondo_runner::Containment) {
    let bench = Bench::start_with(|settings| settings.containment = containment).await;
    let word = unique_word();
    let steps = vec![run(&stubborn(&word)), run_when("echo never", When::Always)];
    let job = bench.job(steps);
    bench.submit_under(&job, 600);
    bench.until_output(&job.id, 1, "\nup\n").await;
    assert!(count_processes(&word) >= 2);
    let canceled = std::time::Instant::now();
    bench.cancel(&job.id);
    let told = bench.finished(&job.id).await;
    assert!(canceled.elapsed().as_millis() < 1000, "{:?}", canceled.elapsed());
    assert_eq!(count_processes(&word), 0);
    assert_eq!(told.outcome(), Outcome::Canceled);
    assert_eq!(told.status(1), Some(StepStatus::Canceled));
    assert_eq!(told.status(2), None);
}

#[tokio::test]
async fn a_cancel_kills_everything_within_a_second() {
    check_cancel(rondo_runner::Containment::Bubblewrap).await;
}

#[tokio::test]
async fn a_cancel_kills_everything_without_a_sandbox_too() {
    check_cancel(rondo_runner::Containment::Unconfined).await;
}

#[tokio::test]
async fn a_job_whose_time_is_over_ends_and_says_so() {
    let bench = Bench::start().await;
    let mut job = bench.job(vec![run("echo a; sleep 60"), run_when("echo never", When::Always)]);
    job.limits.time_ms = 1500;
    let told = bench.run(&job).await;
    assert_eq!(told.outcome(), Outcome::Timedout);
    assert_eq!(told.status(1), Some(StepStatus::Timedout));
    assert_eq!(told.status(2), None);
    assert_eq!(told.reason(), "the job's time limit of 1.5s is over");
    assert!(told.output(1).ends_with("a\n\nStopped: the job's time limit of 1.5s is over.\n"));
}

#[tokio::test]
async fn a_step_that_is_silent_for_too_long_is_stopped_and_the_job_goes_on() {
    let bench = Bench::start().await;
    let word = unique_word();
    let mut silent =
        run(&format!("for i in 1 2 3; do echo $i; sleep 1; done; {}; sleep 60", stubborn(&word)));
    if let rondo_wire::runner::Step::Run { no_output_timeout_ms, .. } = &mut silent {
        *no_output_timeout_ms = 2500;
    }
    let steps = vec![silent, run("echo never"), run_when("echo always", When::Always)];
    let told = bench.run(&bench.job(steps)).await;
    let said = "\nToo long with no output (exceeded 2.5s): context deadline exceeded\n";
    // Where its child dies a moment before it, the shell has the time to say so.
    let output = told.output(1).replace("\nKilled\n", "\n");
    assert!(output.ends_with(&format!("3\nup\n{said}")), "{output}");
    assert_eq!(told.status(1), Some(StepStatus::Timedout));
    assert_eq!(told.status(2), None);
    assert_eq!(told.status(3), Some(StepStatus::Success));
    assert_eq!(told.outcome(), Outcome::Timedout);
}

#[tokio::test]
async fn a_job_whose_lease_is_gone_is_dropped_without_a_word() {
    let bench = Bench::start().await;
    let word = unique_word();
    let job = bench.job(vec![run(&stubborn(&word))]);
    bench.submit_under(&job, 600);
    bench.until_output(&job.id, 1, "\nup\n").await;
    bench.revoke(&job.id);
    // The one runner is free again when it has dropped the first job; both slots are needed.
    let others = [bench.job(vec![run("echo a")]), bench.job(vec![run("echo b")])];
    others.iter().for_each(|job| bench.submit(job));
    for other in &others {
        bench.finished(&other.id).await;
    }
    let jobs = bench.jobs_folder();
    while std::fs::read_dir(&jobs).unwrap().count() > 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(count_processes(&word), 0);
    assert!(bench.until(&job.id, |_| true).await.finished.is_none());
}

#[tokio::test]
async fn a_stopping_runner_kills_its_jobs_and_says_why() {
    let mut bench = Bench::start().await;
    let word = unique_word();
    let job = bench.job(vec![run(&stubborn(&word))]);
    bench.submit(&job);
    bench.until_output(&job.id, 1, "\nup\n").await;
    bench.stop().await;
    let told = bench.finished(&job.id).await;
    assert_eq!(told.outcome(), Outcome::InfrastructureFail);
    assert_eq!(told.reason(), "the runner stopped");
    assert_eq!(told.status(1), Some(StepStatus::InfrastructureFail));
    assert_eq!(count_processes(&word), 0);
    assert_eq!(std::fs::read_dir(bench.jobs_folder()).unwrap().count(), 0);
}

#[tokio::test]
async fn a_server_that_is_away_for_a_while_misses_nothing() {
    let bench = Bench::start().await;
    let job = bench.job(vec![run("for i in $(seq 20); do echo line $i; sleep 0.05; done")]);
    bench.submit(&job);
    bench.until_output(&job.id, 1, "line 3").await;
    bench.fail_next(5);
    let told = bench.finished(&job.id).await;
    let lines: String = (1..=20).map(|i| format!("line {i}\n")).collect();
    assert!(told.output(1).ends_with(&lines), "{}", told.output(1));
    assert_eq!(told.outcome(), Outcome::Success);
}

#[tokio::test]
async fn a_lease_is_renewed_while_the_job_runs() {
    let bench = Bench::start().await;
    let job = bench.job(vec![run("sleep 1")]);
    bench.submit_under(&job, 300);
    let told = bench.finished(&job.id).await;
    assert!(told.renewals >= 5, "{}", told.renewals);
    assert_eq!(told.outcome(), Outcome::Success);
}

#[tokio::test]
async fn the_folder_of_a_job_is_gone_whatever_it_left_there() {
    let bench = Bench::start().await;
    let told = bench
        .run_commands(&["mkdir -p a/b/c; echo x > a/b/f; chmod 000 a/b/f a/b a; mkfifo p; \
             for i in $(seq 100); do mkdir d0123456789012345678901234; cd d*; done"])
        .await;
    assert_eq!(told.outcome(), Outcome::Success, "{}", told.output(1));
    let told = bench
        .run_commands(&[
            "for i in $(seq 300); do mkdir d0123456789012345678901234; cd d*; done; sleep 9",
        ])
        .await;
    assert_eq!(told.reason(), "the job's folders are nested too deeply");
    let jobs = bench.jobs_folder();
    while std::fs::read_dir(&jobs).unwrap().count() > 0 {
        tokio::task::yield_now().await;
    }
}

/// A runner that is killed with `kill -9` takes its jobs with it, and the next one clears up.
async fn check_killed_runner(containment: &str) {
    let bench = Bench::start_without_runner().await;
    let folder = bench.root.path().join("other");
    let start = || {
        let words = ["run", &bench.url, folder.to_str().unwrap(), containment];
        std::process::Command::new(env!("CARGO_BIN_EXE_bare")).args(words).spawn().unwrap()
    };
    let word = unique_word();
    let job = bench.job(vec![run(&stubborn(&word))]);
    bench.submit(&job);
    let mut runner = start();
    bench.until_output(&job.id, 1, "\nup\n").await;
    assert!(count_processes(&word) >= 2);
    runner.kill().unwrap();
    runner.wait().unwrap();
    while count_processes(&word) > 0 {
        tokio::task::yield_now().await;
    }
    let mut next = start();
    let job = bench.job(vec![run("echo fine")]);
    assert_eq!(bench.run(&job).await.outcome(), Outcome::Success);
    let jobs = folder.join("jobs");
    while std::fs::read_dir(&jobs).unwrap().count() > 0 {
        tokio::task::yield_now().await;
    }
    next.kill().unwrap();
    next.wait().unwrap();
}

#[tokio::test]
async fn a_runner_that_is_killed_takes_its_jobs_with_it() {
    check_killed_runner("bubblewrap").await;
    check_killed_runner("unconfined").await;
}

#[tokio::test]
async fn a_runner_stops_soon_although_its_server_is_away() {
    let mut bench = Bench::start().await;
    let job = bench.job(vec![run("echo up; sleep 60")]);
    bench.submit(&job);
    bench.until_output(&job.id, 1, "\nup\n").await;
    bench.fail_next(usize::MAX);
    let began = std::time::Instant::now();
    bench.stop().await;
    assert!(began.elapsed().as_secs() < 10, "{:?}", began.elapsed());
}

#[tokio::test]
async fn a_cancel_that_comes_with_the_end_does_not_hide_the_end() {
    let bench = Bench::start().await;
    let job = bench.job(vec![run("echo up; sleep 0.5")]);
    bench.submit_under(&job, 100_000);
    bench.until_output(&job.id, 1, "\nup\n").await;
    bench.cancel(&job.id);
    assert_eq!(bench.finished(&job.id).await.outcome(), Outcome::Success);
}
