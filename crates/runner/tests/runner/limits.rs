//! What a job cannot use up.

use rondo_wire::runner::{Outcome, StepStatus};

use crate::bench::*;
use crate::given::*;

#[tokio::test]
async fn a_fork_bomb_is_contained() {
    let bench = Bench::start().await;
    let word = unique_word();
    let bomb = format!("b() {{ sh -c 'sleep {word}' & b | b & }}; b 2>/dev/null; echo on; sleep 1");
    let mut job = bench.job(vec![run(&bomb)]);
    job.limits.processes = 60;
    bench.submit(&job);
    let mut most = 0;
    let watching = async {
        loop {
            most = most.max(count_processes(&word));
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        _ = bench.finished(&job.id) => {}
        () = watching => {}
    }
    assert!(most <= 60, "{most}");
    assert_eq!(count_processes(&word), 0);
    let told = bench.run_commands(&["echo fine"]).await;
    assert_eq!(told.outcome(), Outcome::Success);
}

#[tokio::test]
async fn output_beyond_the_limit_is_not_recorded_while_the_step_goes_on() {
    let bench = Bench::start().await;
    let mut job = bench.job(vec![
        run("head -c 1000000000 /dev/zero | tr '\\0' x; echo done > ~/done; exit 3"),
        run_always(),
    ]);
    job.limits.output_bytes = 100_000;
    let told = bench.run(&job).await;
    let output = told.output(1);
    assert!(output.len() < 101_000, "{}", output.len());
    assert!(output.contains("[More than 97.6 KiB of output: the rest is not recorded"));
    assert!(output.ends_with("Exited with code exit status 3\n"), "{}", &output[99_000..]);
    assert!(told.steps[&1].truncated);
    assert!(!told.steps[&2].truncated);
    assert!(told.output(2).ends_with("done\n"));
}

fn run_always() -> rondo_wire::runner::Step {
    run_when("cat ~/done", rondo_wire::runner::When::Always)
}

/// A job that does this is stopped, and told that its disk limit was met.
async fn check_disk(command: &str) {
    let bench = Bench::start().await;
    let mut job = bench.job(vec![run(command)]);
    job.limits.disk_bytes = 50 << 20;
    let told = bench.run(&job).await;
    assert_eq!(told.outcome(), Outcome::Failed);
    assert_eq!(told.status(1), Some(StepStatus::Failed));
    assert_eq!(told.reason(), "the job's files hold more than its disk limit of 50 MiB");
    assert!(told.output(1).contains("Stopped: the job's files hold more"), "{}", told.output(1));
}

#[tokio::test]
async fn a_job_that_fills_its_folders_is_stopped() {
    check_disk(
        "for i in $(seq 100); do head -c 5000000 /dev/zero > /tmp/f$i; sleep 0.02; done; sleep 60",
    )
    .await;
    check_disk("for d in /var/tmp /run ~; do head -c 30000000 /dev/zero > $d/x; done; sleep 60")
        .await;
}

#[tokio::test]
async fn no_single_file_can_be_larger_than_the_disk_limit() {
    let bench = Bench::start().await;
    let mut job = bench.job(vec![run("truncate -s 60M x || echo refused")]);
    job.limits.disk_bytes = 50 << 20;
    let told = bench.run(&job).await;
    assert!(told.output(1).contains("File size limit") || told.output(1).contains("refused"));
}

#[tokio::test]
async fn memory_is_bounded_and_the_step_says_so() {
    let bench = Bench::start().await;
    let mut job = bench.job(vec![run(
        "python3 -c 'import time; x = bytearray(400 << 20); time.sleep(30)'; echo no",
    )]);
    job.limits.memory_bytes = 100 << 20;
    let told = bench.run(&job).await;
    assert_eq!(told.outcome(), Outcome::Failed);
    let said = format!("{}{}", told.output(1), told.reason());
    assert!(said.contains("the job used more than its 100 MiB of memory"), "{said}");
}

#[tokio::test]
async fn files_in_memory_count_as_memory() {
    let bench = Bench::start().await;
    let mut job = bench.job(vec![run("head -c 400000000 /dev/zero > /dev/shm/x")]);
    job.limits.memory_bytes = 100 << 20;
    let told = bench.run(&job).await;
    assert_eq!(told.outcome(), Outcome::Failed);
}
