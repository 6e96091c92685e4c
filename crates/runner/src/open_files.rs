//! How many files a process may have open at once: connections too. A server needs many. Jobs get what it
//! was started with, since some programs go through all that they could have.

use std::io;
use std::sync::OnceLock;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// The soft limit that this process was started with, if it was raised since.
static BEFORE: OnceLock<Option<u64>> = OnceLock::new();

/// Raises this process's soft limit to its hard limit. Jobs of this process get the one before.
///
/// # Errors
/// If the system refuses; then nothing is changed.
pub fn raise() -> io::Result<()> {
    let limit = getrlimit(Resource::Nofile);
    BEFORE.get_or_init(|| limit.current);
    Ok(setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit })?)
}

/// The soft limit for jobs; none where it is the one that this process has.
pub(crate) fn before() -> Option<u64> {
    BEFORE.get().copied().flatten()
}

/// Sets this process's soft limit back to what it was.
pub(crate) fn lower(to: u64) -> io::Result<()> {
    let limit = getrlimit(Resource::Nofile);
    Ok(setrlimit(Resource::Nofile, Rlimit { current: Some(to), ..limit })?)
}
