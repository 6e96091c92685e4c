//! What a runner is told by whoever starts it. Nothing here is read from the environment or a file.

use std::path::PathBuf;

/// How a runner works.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The runner's name, shown to people.
    pub name: String,
    /// Where job folders live; created with mode 0700, and used by one runner at a time.
    pub folder: PathBuf,
    /// What keeps a job in.
    pub containment: Containment,
    /// The program that is run as `PROGRAM leader` to lead a job: `rondo` itself.
    pub program: PathBuf,
    /// Jobs and fetches at a time; at least 1.
    pub slots: usize,
    /// A repository on this machine may be built only if it lies within one of these folders.
    pub local_repositories: Vec<PathBuf>,
    /// Jobs share the machine's network; otherwise they have none. Fetching a commit from another
    /// machine uses the network in either case.
    pub allow_network: bool,
}

/// What keeps a job in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Containment {
    /// A bubblewrap sandbox: own files, processes and user, a read-only system.
    Bubblewrap,
    /// Nothing: a job may do whatever the runner's user may.
    Unconfined,
}
