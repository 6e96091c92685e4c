//! How a branch stands: what its badge says, and what monitors read in its feed. It is told by
//! pipelines, so that a badge and a monitor never disagree.

use super::WorkflowStatus;
use crate::time::Millis;

/// What a badge says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BadgeState {
    /// The pipeline succeeded.
    Passing,
    /// It did not.
    Failing,
    /// There is none.
    NoBuilds,
    /// It has not ended; CircleCI's badges do not know this state.
    Running,
    /// Somebody cancelled it; CircleCI's badges do not know this state.
    Canceled,
}

impl BadgeState {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Passing, Self::Failing, Self::NoBuilds, Self::Running, Self::Canceled];

    /// The state of a pipeline that ended so, or has not ended.
    pub const fn of(outcome: Option<WorkflowStatus>) -> Self {
        match outcome {
            None | Some(WorkflowStatus::Running | WorkflowStatus::Failing) => Self::Running,
            Some(WorkflowStatus::Success) => Self::Passing,
            Some(WorkflowStatus::Failed) => Self::Failing,
            Some(WorkflowStatus::Canceled) => Self::Canceled,
        }
    }
}

/// How a branch stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// By the newest pipeline that ran to its end: [`BadgeState::Passing`],
    /// [`BadgeState::Failing`], or [`BadgeState::NoBuilds`] if none did.
    pub settled: BadgeState,
    /// By the newest pipeline, whatever it is doing.
    pub newest: BadgeState,
    /// Whether any pipeline has not ended.
    pub building: bool,
    /// The newest pipeline that ended, cancelled or not.
    pub last: Option<LastPipeline>,
}

/// A pipeline that ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LastPipeline {
    /// How.
    pub outcome: WorkflowStatus,
    /// Whether it failed for want of a runner alone, and no build of it did.
    pub infrastructure: bool,
    /// The number of its newest build; none if all that it had were cancelled before they got one.
    pub number: Option<i64>,
    /// When its last build ended.
    pub ended_at: Option<Millis>,
}
