//! A job's life: blocked → queued → running → an end.

use std::fmt;

use super::words;

/// How a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JobStatus {
    /// It waits for other jobs of its workflow.
    Blocked,
    /// It waits for a runner, or its pipeline for its configuration.
    Queued,
    /// A runner has it.
    Running,
    /// It ended well.
    Success,
    /// A step failed, or its configuration is wrong.
    Failed,
    /// A step was silent for too long, or its time was over.
    Timedout,
    /// Somebody cancelled it.
    Canceled,
    /// The runner could not run it, three times.
    InfrastructureFail,
    /// A job that it requires did not succeed.
    NotRun,
}

words!(JobStatus {
    Blocked => "blocked",
    Queued => "queued",
    Running => "running",
    Success => "success",
    Failed => "failed",
    Timedout => "timedout",
    Canceled => "canceled",
    InfrastructureFail => "infrastructure_fail",
    NotRun => "not_run",
});

/// How a job that ran ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Every step that had to succeed did.
    Success,
    /// A step failed.
    Failed,
    /// A step was silent for too long, or the job's time was over.
    Timedout,
    /// The runner was told to stop it.
    Canceled,
    /// The runner could not run it.
    InfrastructureFail,
}

/// What happens to a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobEvent {
    /// All that it requires succeeded.
    Unlock,
    /// Something that it requires never will.
    Skip,
    /// A runner takes it.
    Claim,
    /// Its runner says how it ended.
    Finish(Outcome),
    /// Its runner died; `again` if it may be tried once more.
    LoseLease {
        /// Attempts are left.
        again: bool,
    },
    /// A person stops it.
    Cancel,
    /// Its configuration turns out to be wrong.
    Refuse,
}

/// The event cannot happen to a job in this state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotPossible {
    /// The state.
    pub status: JobStatus,
    /// The event.
    pub event: JobEvent,
}

impl fmt::Display for NotPossible {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a job that is {} cannot take {:?}", self.status.word(), self.event)
    }
}

impl std::error::Error for NotPossible {}

impl JobStatus {
    /// Whether nothing will happen to it any more.
    pub const fn ended(self) -> bool {
        !matches!(self, Self::Blocked | Self::Queued | Self::Running)
    }

    /// The state after an event.
    ///
    /// # Errors
    /// If the event cannot happen in this state.
    pub fn after(self, event: JobEvent) -> Result<Self, NotPossible> {
        use JobEvent as E;
        Ok(match (self, event) {
            (Self::Blocked, E::Unlock) => Self::Queued,
            (Self::Blocked, E::Skip) => Self::NotRun,
            (Self::Queued, E::Claim) => Self::Running,
            (Self::Queued, E::Refuse) => Self::Failed,
            (Self::Running, E::Finish(outcome)) => match outcome {
                Outcome::Success => Self::Success,
                Outcome::Failed => Self::Failed,
                Outcome::Timedout => Self::Timedout,
                Outcome::Canceled => Self::Canceled,
                Outcome::InfrastructureFail => Self::InfrastructureFail,
            },
            (Self::Running, E::LoseLease { again: true }) => Self::Queued,
            (Self::Running, E::LoseLease { again: false }) => Self::InfrastructureFail,
            (Self::Blocked | Self::Queued | Self::Running, E::Cancel) => Self::Canceled,
            (status, event) => return Err(NotPossible { status, event }),
        })
    }

    /// API v1.1's `lifecycle`.
    pub const fn lifecycle(self) -> &'static str {
        match self {
            Self::Blocked => "not_running",
            Self::Queued => "queued",
            Self::Running => "running",
            Self::NotRun => "not_run",
            _ => "finished",
        }
    }

    /// API v1.1's `outcome`; none until it ended.
    pub const fn outcome(self) -> Option<&'static str> {
        match self {
            Self::Blocked | Self::Queued | Self::Running | Self::NotRun => None,
            ended => Some(ended.word()),
        }
    }

    /// API v1.1's `status`. A success is `fixed` where the same job did not succeed on that branch just before.
    pub const fn v1_status(self, after_failure: bool) -> &'static str {
        match self {
            Self::Blocked => "not_running",
            Self::Success if after_failure => "fixed",
            other => other.word(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STATUSES: [JobStatus; 9] = [
        JobStatus::Blocked,
        JobStatus::Queued,
        JobStatus::Running,
        JobStatus::Success,
        JobStatus::Failed,
        JobStatus::Timedout,
        JobStatus::Canceled,
        JobStatus::InfrastructureFail,
        JobStatus::NotRun,
    ];

    #[test]
    fn nothing_happens_to_a_job_that_has_ended() {
        let events = [
            JobEvent::Unlock,
            JobEvent::Skip,
            JobEvent::Claim,
            JobEvent::Finish(Outcome::Success),
            JobEvent::LoseLease { again: true },
            JobEvent::Cancel,
            JobEvent::Refuse,
        ];
        for status in STATUSES.into_iter().filter(|s| s.ended()) {
            for event in events {
                assert_eq!(status.after(event), Err(NotPossible { status, event }));
            }
        }
    }

    #[test]
    fn every_state_can_be_cancelled_until_it_ended_and_is_found_by_its_word() {
        for status in STATUSES {
            assert_eq!(JobStatus::from_word(status.word()), Some(status));
            assert_eq!(status.after(JobEvent::Cancel).is_ok(), !status.ended());
        }
    }
}
