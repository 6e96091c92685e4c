//! A control group for a job, where the kernel lets the runner make one: it bounds memory and
//! processes of everything in the job together. Both versions are spoken, and the mixed form; where
//! neither is to be had `limit.rs` watches instead. No other resource is bounded here.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rondo_wire::runner::Limits;
use rustix::process::Pid;

use crate::process;

/// The kernel lets go of a group a moment after its last process.
const ATTEMPTS: u32 = 100;
const PAUSE: Duration = Duration::from_millis(10);

const CONTROLLERS: [&str; 2] = ["memory", "pids"];

/// A job's groups: one folder per tree that has a controller.
#[derive(Debug, Default)]
pub(crate) struct Group {
    memory: Option<PathBuf>,
    pids: Option<PathBuf>,
    /// Remembered when the groups are removed.
    ran_out: AtomicBool,
}

impl Group {
    /// Makes groups with these limits, as far as that is possible.
    pub(crate) fn make(name: &str, limits: &Limits) -> Self {
        let child = group_name(name);
        let [memory, pids] = CONTROLLERS.map(|controller| {
            let folder = parent(controller)?.join(&child);
            let made = match fs::create_dir(&folder) {
                Err(e) if e.kind() == io::ErrorKind::AlreadyExists => Ok(()),
                made => made,
            };
            made.and_then(|()| bound(&folder, controller, limits)).ok()?;
            Some(folder)
        });
        Self { memory, pids, ran_out: AtomicBool::new(false) }
    }

    /// The kernel bounds the job's memory.
    pub(crate) fn bounds_memory(&self) -> bool {
        self.memory.is_some()
    }

    /// The kernel bounds the job's number of processes.
    pub(crate) fn bounds_processes(&self) -> bool {
        self.pids.is_some()
    }

    /// Puts a process in; what it starts afterwards follows.
    ///
    /// # Errors
    /// If the kernel refuses.
    pub(crate) fn add(&self, pid: Pid) -> io::Result<()> {
        for folder in self.folders() {
            fs::write(folder.join("cgroup.procs"), pid.to_string())?;
        }
        Ok(())
    }

    /// The kernel killed a process of the job because its memory was used up.
    pub(crate) fn ran_out_of_memory(&self) -> bool {
        let Some(folder) = &self.memory else { return false };
        if self.ran_out.load(Ordering::Relaxed) {
            return true;
        }
        let told = ["memory.events", "memory.oom_control"]
            .iter()
            .find_map(|file| fs::read_to_string(folder.join(file)).ok());
        told.is_some_and(|text| {
            text.lines().filter_map(|line| line.strip_prefix("oom_kill ")).any(|n| n != "0")
        })
    }

    /// Kills whatever is still in the groups, which in a sandbox is nothing, and removes them.
    pub(crate) async fn remove(&self) {
        self.ran_out.store(self.ran_out_of_memory(), Ordering::Relaxed);
        for folder in self.folders() {
            for _ in 0..ATTEMPTS {
                kill_members(folder);
                if fs::remove_dir(folder).is_ok() || !folder.exists() {
                    break;
                }
                tokio::time::sleep(PAUSE).await;
            }
        }
    }

    fn folders(&self) -> impl Iterator<Item = &PathBuf> {
        let same = self.memory == self.pids;
        self.memory.iter().chain(self.pids.iter().filter(move |_| !same))
    }
}

fn kill_members(folder: &Path) {
    let members = fs::read_to_string(folder.join("cgroup.procs")).unwrap_or_default();
    let pids: Vec<_> =
        members.lines().filter_map(|line| Pid::from_raw(line.parse().ok()?)).collect();
    process::kill_each(&pids);
}

fn group_name(name: &str) -> String {
    format!("rondo-{name}")
}

/// Removes the groups of a job of an earlier run; its processes died with that run.
pub(crate) fn remove_leftover(name: &str) {
    for parent in CONTROLLERS.iter().filter_map(|controller| parent(controller)) {
        // Mostly there is none.
        let _ = fs::remove_dir(parent.join(group_name(name)));
    }
}

/// The process that stands outside of a sandbox and waits for it belongs to the group as well.
const OUTSIDE: u64 = 1;

fn bound(folder: &Path, controller: &str, limits: &Limits) -> io::Result<()> {
    let write = |file: &str, value: u64| fs::write(folder.join(file), value.to_string());
    if controller == "pids" {
        return write("pids.max", limits.processes.saturating_add(OUTSIDE));
    }
    if folder.join("memory.max").exists() {
        write("memory.max", limits.memory_bytes)?;
        return missing_is_fine(write("memory.swap.max", 0));
    }
    write("memory.limit_in_bytes", limits.memory_bytes)?;
    missing_is_fine(write("memory.memsw.limit_in_bytes", limits.memory_bytes))
}

/// A kernel without swap accounting lacks these files.
fn missing_is_fine(written: io::Result<()>) -> io::Result<()> {
    match written {
        Err(e) if matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::PermissionDenied) => {
            Ok(())
        }
        other => other,
    }
}

/// The folder in which groups with this controller can be made.
fn parent(controller: &str) -> Option<PathBuf> {
    let mounts = fs::read_to_string("/proc/self/mountinfo").ok()?;
    let own = fs::read_to_string("/proc/self/cgroup").ok()?;
    match find(&mounts, &own, controller)? {
        Place::First(folder) => Some(folder),
        Place::Second(folder) => second_parent(&folder),
    }
}

/// The runner's own group in a tree of the first or second version.
#[derive(Debug, PartialEq, Eq)]
enum Place {
    First(PathBuf),
    Second(PathBuf),
}

fn find(mounts: &str, own: &str, controller: &str) -> Option<Place> {
    let named = |list: &str| list.split(',').any(|name| name == controller);
    let paths = own.lines().filter_map(|line| {
        let mut parts = line.splitn(3, ':').skip(1);
        Some((parts.next()?, parts.next()?))
    });
    for (controllers, path) in paths {
        if named(controllers) {
            return mounted(mounts, path, |kind, options| kind == "cgroup" && named(options))
                .map(Place::First);
        }
    }
    let second = own.lines().find_map(|line| line.strip_prefix("0::"))?;
    mounted(mounts, second, |kind, _| kind == "cgroup2").map(Place::Second)
}

/// Where `path` of a tree is to be seen, if the tree is mounted.
fn mounted(mounts: &str, path: &str, wanted: impl Fn(&str, &str) -> bool) -> Option<PathBuf> {
    mounts.lines().find_map(|line| {
        let (place, tree) = line.split_once(" - ")?;
        let mut place = place.split(' ').skip(3);
        let (root, point) = (place.next()?, place.next()?);
        let mut tree = tree.split(' ');
        let (kind, options) = (tree.next()?, tree.nth(1)?);
        let below = path.strip_prefix(root.trim_end_matches('/'))?;
        wanted(kind, options).then(|| Path::new(point).join(below.trim_start_matches('/')))
    })
}

/// In a version 2 tree a group with processes has no bounded children: jobs go beside the runner's
/// group if its parent hands the controllers down, or below it once the runner has moved aside.
fn second_parent(own: &Path) -> Option<PathBuf> {
    let hands_down = |folder: &Path| {
        fs::read_to_string(folder.join("cgroup.subtree_control"))
            .is_ok_and(|text| CONTROLLERS.iter().all(|c| text.split_whitespace().any(|t| t == *c)))
    };
    if hands_down(own) {
        return Some(own.to_owned());
    }
    if own.ends_with(ASIDE) {
        let parent = own.parent()?;
        return hands_down(parent).then(|| parent.to_owned());
    }
    move_aside(own).ok()?;
    hands_down(own).then(|| own.to_owned())
}

const ASIDE: &str = "rondo-runner";

/// Only where the group holds this process alone: then it was made for it (a unit with delegation).
fn move_aside(own: &Path) -> io::Result<()> {
    let alone = fs::read_to_string(own.join("cgroup.procs"))?;
    if alone.trim() != std::process::id().to_string() {
        return Err(io::Error::other("others live in this group"));
    }
    let aside = own.join(ASIDE);
    fs::create_dir_all(&aside)?;
    fs::write(aside.join("cgroup.procs"), alone)?;
    fs::write(own.join("cgroup.subtree_control"), "+memory +pids")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(mounts: &str, own: &str, expected: Option<Place>) {
        assert_eq!(find(mounts, own, "memory"), expected);
    }

    #[test]
    fn the_runners_own_group_is_found_in_each_kind_of_tree() {
        let first = "33 25 0:28 / /sys/fs/cgroup/memory rw shared:9 - cgroup cgroup rw,memory\n";
        let second = "25 20 0:23 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw,nsdelegate\n";
        let below = "25 20 0:23 /box /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n";
        let place = |text: &str| PathBuf::from(text);
        let own = "4:memory:/a/b\n0::/\n";
        check(first, own, Some(Place::First(place("/sys/fs/cgroup/memory/a/b"))));
        let own = "0::/system.slice/rondo.service\n";
        let expected = place("/sys/fs/cgroup/system.slice/rondo.service");
        check(second, own, Some(Place::Second(expected)));
        check(below, "0::/box/x\n", Some(Place::Second(place("/sys/fs/cgroup/x"))));
        check(below, "0::/elsewhere\n", None);
        check("", own, None);
    }
}
