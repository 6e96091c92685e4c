//! What steps print, when they run, and what they find around them.

use rondo_wire::runner::{Outcome, Step, StepStatus, When};

use crate::bench::*;
use crate::given::*;

/// A job of these commands ends so, and its first command prints this behind its heading.
async fn check(command: &str, status: StepStatus, code: Option<i32>, output: &str) {
    let bench = Bench::start().await;
    let told = bench.run_commands(&[command]).await;
    let heading = format!("#!/bin/bash -eo pipefail\n{command}\n");
    assert_eq!(told.output(1), format!("{heading}{output}"));
    assert_eq!((told.steps[&1].status, told.steps[&1].exit_code), (status, code));
}

#[tokio::test]
async fn output_and_errors_come_in_the_order_they_were_written() {
    let command = "for i in 1 2 3; do echo out $i; echo err $i >&2; done";
    let output = "out 1\nerr 1\nout 2\nerr 2\nout 3\nerr 3\n";
    check(command, StepStatus::Success, Some(0), output).await;
}

#[tokio::test]
async fn a_failing_command_says_its_exit_code() {
    check("exit 7", StepStatus::Failed, Some(7), "\nExited with code exit status 7\n").await;
    let output = "\nExited with code exit status 1\n";
    check("false | cat; echo no", StepStatus::Failed, Some(1), output).await;
}

#[tokio::test]
async fn a_killed_command_says_its_signal() {
    check("kill -9 $$", StepStatus::Failed, Some(137), "\nReceived \"killed\" signal\n").await;
    let everything = "kill -9 -1; sleep 1";
    let told = Bench::start().await.run_commands(&[everything]).await;
    assert_eq!(told.outcome(), Outcome::Failed);
}

#[tokio::test]
async fn after_a_failure_only_those_steps_run_that_are_meant_for_it() {
    let bench = Bench::start().await;
    let steps = vec![
        run_when("echo a", When::OnFail),
        run("exit 1"),
        run("echo b"),
        run_when("echo c", When::OnFail),
        run_when("echo d", When::Always),
        store_artifacts("nothing", None),
        checkout(),
    ];
    let told = bench.run(&bench.job(steps)).await;
    let statuses: Vec<_> = told.steps.iter().map(|(n, step)| (*n, step.status)).collect();
    let success = StepStatus::Success;
    let expected =
        [(0, success), (2, StepStatus::Failed), (4, success), (5, success), (6, success)];
    assert_eq!(statuses, expected);
    assert_eq!(told.outcome(), Outcome::Failed);
}

#[tokio::test]
async fn the_first_step_says_where_the_job_runs_and_that_its_image_is_not_used() {
    let bench = Bench::start().await;
    let mut job = bench.job(vec![]);
    job.executor = rondo_wire::runner::Executor::Docker { image: "cimg/base:2024.01".to_owned() };
    let told = bench.run(&job).await;
    let output = told.output(0);
    assert!(output.contains("in a bubblewrap sandbox"), "{output}");
    assert!(output.contains("The docker image cimg/base:2024.01 is not used"), "{output}");
    assert_eq!(told.steps[&0].name, "Spin up environment");
    assert_eq!(told.outcome(), Outcome::Success);
}

#[tokio::test]
async fn variables_reach_a_step_and_later_ones_win() {
    let bench = Bench::start().await;
    let own = ("B".to_owned(), "step".to_owned());
    let Step::Run { name, command, when, no_output_timeout_ms, .. } =
        run("echo $A $B $CIRCLE_WORKING_DIRECTORY; pwd; echo $HOME; id -un")
    else {
        unreachable!("it is a run step")
    };
    let step = Step::Run {
        name,
        command,
        shell: Some("/bin/sh".to_owned()),
        environment: vec![own],
        working_directory: Some("sub/dir".to_owned()),
        background: false,
        when,
        no_output_timeout_ms,
    };
    let mut job = bench.job(vec![step]);
    for (name, value) in [("A", "old"), ("B", "job"), ("A", "job")] {
        job.environment.push((name.to_owned(), value.to_owned()));
    }
    let output = bench.run(&job).await.output(1);
    let expected = "job step ~/project\n/home/circleci/project/sub/dir\n/home/circleci\ncircleci\n";
    assert!(output.starts_with("#!/bin/sh\n") && output.ends_with(expected), "{output}");
}

#[tokio::test]
async fn lines_in_bash_env_reach_later_steps() {
    let bench = Bench::start().await;
    let write = "echo 'export GREETING=hello' >> \"$BASH_ENV\"";
    let told = bench.run_commands(&[write, "echo $GREETING"]).await;
    assert!(told.output(2).ends_with("hello\n"));
}

#[tokio::test]
async fn a_job_may_work_in_a_folder_outside_of_its_home() {
    let bench = Bench::start().await;
    let mut job = bench.job(vec![run("pwd; touch x; ls")]);
    job.working_directory = "/app/src".to_owned();
    let told = bench.run(&job).await;
    assert!(told.output(1).ends_with("/app/src\nx\n"), "{}", told.output(1));
}

#[tokio::test]
async fn a_halted_job_succeeds_and_runs_nothing_more() {
    let bench = Bench::start().await;
    let told = bench.run_commands(&["circleci-agent step halt; echo on", "echo never"]).await;
    assert_eq!(told.outcome(), Outcome::Success);
    assert!(told.output(1).ends_with("on\n"));
    assert_eq!(told.status(2), None);
}

#[tokio::test]
async fn other_commands_of_the_agent_are_refused() {
    let bench = Bench::start().await;
    let told = bench.run_commands(&["circleci tests glob x"]).await;
    assert_eq!(told.outcome(), Outcome::Failed);
    assert!(told.output(1).contains("circleci tests glob x: this server has only"));
}

#[tokio::test]
async fn a_step_is_over_when_its_own_process_is() {
    let bench = Bench::start().await;
    let told = bench
        .run_commands(&[
            "(while sleep 0.05; do echo tick; echo x >> ticks; done) & echo started",
            "until [ -e ticks ] && [ $(wc -l < ticks) -gt 5 ]; do sleep 0.05; done; echo it lives",
        ])
        .await;
    assert!(told.output(2).ends_with("it lives\n"), "{}", told.output(2));
    assert_eq!(told.outcome(), Outcome::Success);
}

#[tokio::test]
async fn a_background_step_lives_until_the_job_ends_and_no_longer() {
    let bench = Bench::start().await;
    let word = unique_word();
    let steps = vec![
        run_in_background(&format!("echo up > up; exec sleep {word}")),
        run("until [ -e up ]; do sleep 0.01; done; echo seen"),
    ];
    let told = bench.run(&bench.job(steps)).await;
    assert_eq!(told.outcome(), Outcome::Success);
    assert_eq!(told.status(1), Some(StepStatus::Success));
    assert!(told.steps[&1].background);
    assert_eq!(count_processes(&word), 0);
}

#[tokio::test]
async fn secrets_are_masked_in_output_names_and_commands() {
    let bench = Bench::start().await;
    let mut job = bench.job(vec![run("printf hunt; sleep 0.3; echo er22; echo hunter22 true")]);
    job.secrets = vec!["hunter22".to_owned(), "true".to_owned()];
    let told = bench.run(&job).await;
    let output = told.output(1);
    assert!(output.ends_with("****\n**** true\n"), "{output}");
    let all = format!("{:?}", told.steps);
    assert!(!output.contains("hunter22") && !all.contains("hunter22"), "{all}");
}

#[tokio::test]
async fn an_unconfined_job_runs_alike() {
    let bench = Bench::start_with(|s| s.containment = rondo_runner::Containment::Unconfined).await;
    let told =
        bench.run_commands(&["echo export A=1 >> $BASH_ENV", "echo $A; circleci step halt"]).await;
    assert_eq!(told.outcome(), Outcome::Success);
    assert!(told.output(2).ends_with("\n1\n"), "{}", told.output(2));
    assert!(told.output(0).contains("unconfined"));
}

#[tokio::test]
async fn a_program_that_cannot_be_started_is_named() {
    let bench = Bench::start().await;
    let mut job = bench.job(vec![run("echo x")]);
    job.shell = Some("/no/such/shell -c".to_owned());
    let told = bench.run(&job).await;
    assert!(told.output(1).contains("could not be started: /no/such/shell"), "{}", told.output(1));
    assert_eq!(told.outcome(), Outcome::Failed);
}
