//! A job's folder on the host: what lies in it, whose it is, how much it holds, and how it is
//! removed whatever the job left there. What a job sees of it is decided in `executor.rs`.

use std::collections::HashSet;
use std::fs::{self, DirBuilder, File, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, PermissionsExt as _, chown};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::Context as _;
use rustix::fs::{FlockOperation, flock};

use crate::cgroup;

/// The part of a runner's folder that job folders live in.
pub(crate) struct Yard {
    jobs: PathBuf,
    /// What no other runner's folder on this machine has.
    tag: u64,
    made: AtomicU64,
    /// Held as long as the runner lives: two runners would clear away each other's jobs.
    _lock: File,
}

impl Yard {
    /// Takes a runner's folder, and removes what an earlier run left there.
    ///
    /// # Errors
    /// If another runner uses the folder, or it cannot be made ready.
    pub(crate) fn open(folder: &Path) -> anyhow::Result<Self> {
        let named = |what: &str| format!("{what} the runner's folder {}", folder.display());
        make_private(folder).with_context(|| named("make"))?;
        let lock = File::create(folder.join("lock")).with_context(|| named("lock"))?;
        if flock(&lock, FlockOperation::NonBlockingLockExclusive).is_err() {
            anyhow::bail!(
                "another runner uses the folder {}; give each runner its own",
                folder.display()
            );
        }
        let jobs = folder.join("jobs");
        clear(folder, &jobs).with_context(|| named("clear"))?;
        make_private(&jobs).with_context(|| named("make"))?;
        let tag = fs::metadata(&jobs)?.ino();
        Ok(Self { jobs: jobs.canonicalize()?, tag, made: AtomicU64::new(0), _lock: lock })
    }

    /// A name that no other piece of work on this machine has: the same work may come back while
    /// what is left of it is still being removed, and control groups are every runner's.
    pub(crate) fn unused_name(&self, name: &str) -> String {
        format!("{name}-{:x}-{}", self.tag, self.made.fetch_add(1, Ordering::Relaxed))
    }

    /// Makes the folder of one job; `name` is a plain word.
    ///
    /// # Errors
    /// If the name is none, is taken, or the disk refuses.
    pub(crate) fn make(&self, name: &str, owner: Option<(u32, u32)>) -> anyhow::Result<Folder> {
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
        if name.is_empty() || !name.chars().all(plain) {
            anyhow::bail!("{name:?} is no name for a job's folder");
        }
        let path = self.jobs.join(name);
        Folder::make(path.clone(), owner)
            .with_context(|| format!("make the job's folder {}", path.display()))
    }
}

fn make_private(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    fs::set_permissions(folder, Permissions::from_mode(0o700))
}

/// Removes the jobs of an earlier run, and what [`remove_tree`] had moved away when it stopped.
fn clear(folder: &Path, jobs: &Path) -> io::Result<()> {
    for job in fs::read_dir(jobs).into_iter().flatten().flatten() {
        cgroup::remove_leftover(&job.file_name().to_string_lossy());
    }
    remove_tree(jobs)?;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(HEAP) {
            remove_tree(&entry.path())?;
        }
    }
    Ok(())
}

const HEAP: &str = "removed-";

/// The parts that a job may write to.
const WRITABLE: [&str; 6] = ["home", "tmp", "var-tmp", "run", "state", "work"];

/// The file that bash reads before each step, so that a step can leave variables for the next.
pub(crate) const BASH_ENV: &str = "bash_env";

/// One job's folder.
#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
}

impl Folder {
    fn make(path: PathBuf, owner: Option<(u32, u32)>) -> io::Result<Self> {
        DirBuilder::new().mode(0o711).create(&path)?;
        let folder = Self { path };
        for part in WRITABLE {
            let mode = if part.ends_with("tmp") { 0o1777 } else { 0o755 };
            folder.make_part(part, mode)?;
        }
        let bash_env = format!("state/{BASH_ENV}");
        folder.write(&bash_env, "", 0o644)?;
        for part in WRITABLE.into_iter().chain([bash_env.as_str()]) {
            if let Some((uid, gid)) = owner {
                chown(folder.part(part), Some(uid), Some(gid))?;
            }
        }
        folder.make_part("etc", 0o755)?;
        folder.make_part("bin", 0o755)?;
        Ok(folder)
    }

    pub(crate) fn make_part(&self, part: &str, mode: u32) -> io::Result<()> {
        fs::create_dir(self.part(part))?;
        fs::set_permissions(self.part(part), Permissions::from_mode(mode))
    }

    /// A part of the folder on the host.
    pub(crate) fn part(&self, part: &str) -> PathBuf {
        self.path.join(part)
    }

    /// Writes a file of the runner's own user.
    pub(crate) fn write(&self, file: &str, text: &str, mode: u32) -> io::Result<()> {
        fs::write(self.part(file), text)?;
        fs::set_permissions(self.part(file), Permissions::from_mode(mode))
    }

    /// Where the folder is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Removes the folder and all that is in it.
    ///
    /// # Errors
    /// If something in it cannot be removed; the next start of the runner tries again.
    pub(crate) fn remove(&self) -> io::Result<()> {
        remove_tree(&self.path)
    }
}

/// Removes a tree of any depth and any modes: each folder is first moved up to where its path is
/// short and made accessible. Nothing may be running in it. A missing tree is removed already.
///
/// # Errors
/// If the disk refuses.
pub(crate) fn remove_tree(tree: &Path) -> io::Result<()> {
    if fs::symlink_metadata(tree).is_err_and(|e| e.kind() == io::ErrorKind::NotFound) {
        return Ok(());
    }
    let parent = tree.parent().unwrap_or(Path::new("/"));
    let heap = tempfile::Builder::new().prefix(HEAP).tempdir_in(parent)?.keep();
    let mut moved: u64 = 0;
    let mut move_up = |folder: &Path| {
        fs::set_permissions(folder, Permissions::from_mode(0o700))?;
        let place = heap.join(moved.to_string());
        moved += 1;
        fs::rename(folder, &place).map(|()| place)
    };
    let mut waiting = vec![move_up(tree)?];
    while let Some(folder) = waiting.pop() {
        for entry in fs::read_dir(&folder)? {
            let entry = entry?;
            match entry.file_type()?.is_dir() {
                true => waiting.push(move_up(&entry.path())?),
                false => fs::remove_file(entry.path())?,
            }
        }
        fs::remove_dir(&folder)?;
    }
    fs::remove_dir(&heap)
}

/// Bytes on disk below a folder; `None` if it is nested too deeply to be looked at.
///
/// A folder that the runner's user may not read counts as empty: the free space that
/// `limit.rs` watches as well is what stops a job that hides there.
pub(crate) fn measure(folder: &Path) -> Option<u64> {
    let mut bytes: u64 = 0;
    let mut linked = HashSet::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(folder) = waiting.pop() {
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(e) if e.kind() == io::ErrorKind::InvalidFilename => return None,
            // It went away, or is closed.
            Err(_) => continue,
        };
        for entry in entries.flatten() {
            let Ok(metadata) = entry.metadata() else { continue };
            if metadata.is_dir() {
                waiting.push(entry.path());
            } else if metadata.nlink() > 1 && !linked.insert((metadata.dev(), metadata.ino())) {
                continue;
            }
            bytes = bytes.saturating_add(metadata.blocks().saturating_mul(512));
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_is_removed_whatever_its_modes_links_and_depth() {
        let outer = tempfile::tempdir().unwrap();
        let keep = outer.path().join("keep");
        fs::write(&keep, "x").unwrap();
        let tree = outer.path().join("tree");
        let mut deep = tree.clone();
        for _ in 0..100 {
            deep.push("d".repeat(20));
        }
        fs::create_dir_all(&deep).unwrap();
        std::os::unix::fs::symlink(&keep, tree.join("link")).unwrap();
        std::os::unix::fs::symlink(outer.path(), tree.join("folder")).unwrap();
        fs::create_dir(tree.join("closed")).unwrap();
        fs::write(tree.join("closed/file"), "x").unwrap();
        fs::set_permissions(tree.join("closed"), Permissions::from_mode(0o000)).unwrap();
        // Longer than a path may be: moved below a deep folder, then that folder below another.
        let other = outer.path().join("other");
        fs::create_dir_all(other.join("x".repeat(200))).unwrap();
        let mut top = other;
        for round in 0..20 {
            let next = outer.path().join(format!("round{round}")).join("y".repeat(200));
            fs::create_dir_all(&next).unwrap();
            fs::rename(&top, next.join("in")).unwrap();
            top = outer.path().join(format!("round{round}"));
        }
        fs::rename(&top, tree.join("deeper")).unwrap();
        assert_eq!(measure(&tree), None);
        remove_tree(&tree).unwrap();
        let left: Vec<_> =
            fs::read_dir(outer.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
        assert_eq!(left, ["keep"]);
        remove_tree(&tree).unwrap();
    }

    #[test]
    fn a_file_with_two_names_counts_once() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a"), vec![1; 1 << 20]).unwrap();
        let one = measure(folder.path()).unwrap();
        assert!(one >= 1 << 20);
        fs::hard_link(folder.path().join("a"), folder.path().join("b")).unwrap();
        assert_eq!(measure(folder.path()).unwrap(), one);
    }

    #[test]
    fn two_runners_do_not_share_a_folder() {
        let folder = tempfile::tempdir().unwrap();
        let first = Yard::open(folder.path()).unwrap();
        let message = Yard::open(folder.path()).err().unwrap().to_string();
        assert!(message.contains("another runner uses the folder"), "{message}");
        assert!(first.make("../x", None).is_err());
        first.make("job-1", None).unwrap();
        drop(first);
        let again = Yard::open(folder.path()).unwrap();
        again.make("job-1", None).unwrap();
    }
}
