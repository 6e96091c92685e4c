//! Small texts that ask for endless work: each is answered in time and in little memory, and says what it
//! was refused for. The texts are in `hostile.rs`; `benches/bounds.rs` measures them.

mod hostile;

use std::fs;
use std::sync::{Mutex, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

use hostile::Hostile;
use rondo_plan::{OrbReference, Trigger, compile_with};

/// Far above what any text takes, even unoptimized on a busy machine; far below what quadratic or
/// exponential work on these texts would take.
const PATIENCE: Duration = Duration::from_secs(60);
/// The most memory that the process may ever have had, in MB.
const MEMORY: u64 = 500;

/// One text at a time: the memory that is measured is the process's.
static TURN: Mutex<()> = Mutex::new(());

fn check(list: Vec<Hostile>) {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    list.into_iter().for_each(check_one);
}

/// Runs in a thread with the stack that servers give theirs.
fn check_one(hostile: Hostile) {
    let Hostile { what, source, orb, reason } = hostile;
    let (done, answer) = mpsc::channel();
    #[expect(clippy::disallowed_methods, reason = "a limit on time needs a second thread")]
    thread::spawn(move || {
        let orbs = |_: &OrbReference| Ok(orb.clone());
        done.send(compile_with(&source, &Trigger::branch("main"), &orbs))
    });
    let compiled = answer.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("{what}: no answer"));
    let first = compiled.problems.first().map(ToString::to_string);
    match reason {
        None => assert!(compiled.plan.is_some(), "{what}: {first:?}"),
        Some(reason) => {
            let found = compiled.problems.iter().any(|problem| problem.message.contains(reason));
            assert!(found && compiled.plan.is_none(), "{what}: {first:?}");
        }
    }
    let peak = peak();
    assert!(peak <= MEMORY, "{what}: {peak} MB");
}

/// The most memory that this process has had so far, in MB.
fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").expect("Linux says what a process has");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("the peak");
    line.trim().trim_end_matches(" kB").parse::<u64>().expect("a number of kB") / 1024
}

#[test]
fn brackets_without_end_are_refused_in_time() {
    check(hostile::brackets());
}

#[test]
fn aliases_cannot_make_a_small_config_large() {
    check(hostile::aliases());
}

#[test]
fn calls_cannot_make_a_small_config_large() {
    check(hostile::calls());
}

#[test]
fn large_workflows_are_answered_in_time() {
    check(hostile::workflows());
}

#[test]
fn templates_and_filters_are_answered_in_time() {
    check(hostile::templates());
}

#[test]
fn matrices_cannot_make_a_small_config_large() {
    check(hostile::matrices());
}

#[test]
fn orbs_cannot_make_a_small_config_large() {
    check(hostile::orbs());
}

#[test]
fn groups_cannot_make_a_small_config_large() {
    check(hostile::groups());
}

#[test]
fn expressions_are_answered_in_time() {
    check(hostile::expressions());
}

#[test]
fn recursion_is_refused_in_time() {
    check(hostile::recursion());
}
