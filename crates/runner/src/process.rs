//! Which processes there are, read from `/proc`: the tree below a process, its memory, and those that
//! carry a mark in their environment. It sends signals; it never starts a process.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

/// Every process that descends from `root`, without `root` itself.
pub(crate) fn descendants(root: Pid) -> Vec<Pid> {
    let mut children: HashMap<i32, Vec<i32>> = HashMap::new();
    for (pid, parent) in pids().filter_map(|pid| Some((pid, parent(pid)?))) {
        children.entry(parent).or_default().push(pid);
    }
    let mut found = HashSet::new();
    let mut next = vec![root.as_raw_nonzero().get()];
    while let Some(pid) = next.pop() {
        for child in children.get(&pid).into_iter().flatten() {
            if found.insert(*child) {
                next.push(*child);
            }
        }
    }
    found.into_iter().filter_map(Pid::from_raw).collect()
}

/// Kills everything below `root`, and returns when it is dead. A process that forks faster than this
/// looks is caught on a later pass, because its parent is dead by then.
pub(crate) fn kill_descendants(root: Pid) {
    kill_until_none(|| descendants(root).into_iter().filter(|pid| !is_zombie(*pid)).collect());
}

/// Kills every process whose environment holds `mark` as one of its variables, and returns when
/// they are dead.
pub(crate) fn kill_marked(mark: &str) {
    kill_until_none(|| marked(mark));
}

fn kill_until_none(alive: impl Fn() -> Vec<Pid>) {
    for _ in 0..PASSES {
        let alive = alive();
        if alive.is_empty() {
            return;
        }
        kill_each(&alive);
        std::thread::sleep(PAUSE);
    }
    tracing::error!("processes of a job do not die");
}

const PASSES: u32 = 2000;
const PAUSE: Duration = Duration::from_millis(1);

/// Kills each of these; one that is gone already is no error.
pub(crate) fn kill_each(pids: &[Pid]) {
    for pid in pids {
        let _ = kill_process(*pid, Signal::KILL);
    }
}

/// The bytes of memory that each of these processes holds for itself, summed.
pub(crate) fn resident_bytes(pids: &[Pid]) -> u64 {
    let pages: u64 = pids.iter().filter_map(|pid| own_pages(*pid)).sum();
    pages.saturating_mul(rustix::param::page_size() as u64)
}

/// The environment of a dead process is empty.
fn marked(mark: &str) -> Vec<Pid> {
    let carries = |pid: &i32| {
        fs::read(format!("/proc/{pid}/environ"))
            .is_ok_and(|environment| environment.split(|b| *b == 0).any(|v| v == mark.as_bytes()))
    };
    pids().filter(carries).filter_map(Pid::from_raw).collect()
}

/// How many processes of this user there are.
pub(crate) fn owned_by(uid: u32) -> u64 {
    let owned = |pid: &i32| fs::metadata(format!("/proc/{pid}")).is_ok_and(|m| m.uid() == uid);
    pids().filter(owned).count() as u64
}

fn pids() -> impl Iterator<Item = i32> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok())
}

fn parent(pid: i32) -> Option<i32> {
    stat(pid)?.get(1)?.parse().ok()
}

fn is_zombie(pid: Pid) -> bool {
    stat(pid.as_raw_nonzero().get()).is_none_or(|fields| fields[0] == "Z" || fields[0] == "X")
}

/// The fields of `/proc/<pid>/stat` behind the name, which may itself hold blanks and brackets.
fn stat(pid: i32) -> Option<Vec<String>> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, fields) = text.rsplit_once(") ")?;
    Some(fields.split_ascii_whitespace().map(str::to_owned).collect())
}

fn own_pages(pid: Pid) -> Option<u64> {
    let text = fs::read_to_string(format!("/proc/{pid}/statm")).ok()?;
    let mut fields = text.split_ascii_whitespace().skip(1).map(|f| f.parse::<u64>().unwrap_or(0));
    let (resident, shared) = (fields.next()?, fields.next()?);
    Some(resident.saturating_sub(shared))
}
