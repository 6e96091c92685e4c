//! What is told of a build and follows from other builds.

use super::JobStatus;
use crate::id::JobId;
use crate::time::Millis;

/// What stands around a build.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Relations {
    /// The build before it on its branch.
    pub previous: Option<Earlier>,
    /// The commit of that build.
    pub previous_revision: Option<String>,
    /// The newest build before it on its branch that succeeded.
    pub previous_successful: Option<Earlier>,
    /// The builds that run it again, the first one first.
    pub retries: Vec<i64>,
    /// The jobs that it requires.
    pub requires: Vec<JobId>,
    /// Some files were kept.
    pub has_artifacts: bool,
}

/// A build that came before another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Earlier {
    /// Its number.
    pub number: i64,
    /// How it stands.
    pub status: JobStatus,
    /// The one before it on its branch did not succeed.
    pub after_failure: bool,
    /// When a runner took it.
    pub started_at: Option<Millis>,
    /// When it ended.
    pub stopped_at: Option<Millis>,
}
