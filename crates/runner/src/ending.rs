//! Why the processes of a job are killed: a closed list, and how each is told.

use rondo_wire::runner::{Outcome, StepStatus};

/// Why the processes of a job are killed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Ending {
    /// Its steps are over; what still runs in the background has done its part.
    Finished,
    /// Somebody cancelled it.
    Canceled,
    /// The job's time is over.
    TimeOver(u64),
    /// The job met a limit; in words.
    Limit(String),
    /// The sandbox is gone and nobody here ended it.
    Lost,
    /// This runner stops.
    RunnerStopped,
    /// The work is not this runner's any more: nothing is reported.
    LeaseGone,
}

impl Ending {
    /// How a step that was under way ends.
    pub(crate) fn step_status(&self) -> StepStatus {
        match self {
            Self::Finished => StepStatus::Success,
            Self::Canceled => StepStatus::Canceled,
            Self::TimeOver(_) => StepStatus::Timedout,
            Self::Limit(_) => StepStatus::Failed,
            Self::Lost | Self::RunnerStopped | Self::LeaseGone => StepStatus::InfrastructureFail,
        }
    }

    /// How the job ends.
    pub(crate) fn outcome(&self) -> Outcome {
        match self {
            Self::Finished => Outcome::Success,
            Self::Canceled => Outcome::Canceled,
            Self::TimeOver(_) => Outcome::Timedout,
            Self::Limit(_) => Outcome::Failed,
            Self::Lost | Self::RunnerStopped | Self::LeaseGone => Outcome::InfrastructureFail,
        }
    }

    /// The reason in words, where the outcome alone does not say it.
    pub(crate) fn reason(&self) -> Option<String> {
        match self {
            Self::Finished | Self::Canceled | Self::LeaseGone => None,
            Self::TimeOver(ms) => {
                Some(format!("the job's time limit of {} is over", crate::wording::duration(*ms)))
            }
            Self::Limit(why) => Some(why.clone()),
            Self::Lost => Some("the job's sandbox ended unexpectedly".to_owned()),
            Self::RunnerStopped => Some("the runner stopped".to_owned()),
        }
    }
}
