//! A workflow's state follows from its jobs'; it has none of its own.

use super::{JobStatus, words};

/// How a workflow stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WorkflowStatus {
    /// Jobs wait or run, and none has failed.
    Running,
    /// A job failed while others still wait or run.
    Failing,
    /// Every job succeeded.
    Success,
    /// A job failed.
    Failed,
    /// Somebody cancelled it.
    Canceled,
}

words!(WorkflowStatus {
    Running => "running",
    Failing => "failing",
    Success => "success",
    Failed => "failed",
    Canceled => "canceled",
});

impl WorkflowStatus {
    /// The state of a workflow whose jobs stand so. One without jobs has succeeded.
    pub fn of(jobs: &[JobStatus]) -> Self {
        use JobStatus as J;
        let any = |wanted: &[JobStatus]| jobs.iter().any(|job| wanted.contains(job));
        let failed = any(&[J::Failed, J::Timedout, J::InfrastructureFail]);
        match (jobs.iter().all(|job| job.ended()), failed) {
            (false, false) => Self::Running,
            (false, true) => Self::Failing,
            (true, true) => Self::Failed,
            (true, false) if any(&[J::Canceled]) => Self::Canceled,
            (true, false) => Self::Success,
        }
    }

    /// Whether nothing will happen to it any more.
    pub const fn ended(self) -> bool {
        !matches!(self, Self::Running | Self::Failing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_workflow_is_what_its_jobs_make_of_it() {
        use JobStatus as J;
        for (jobs, status) in [
            (&[] as &[J], WorkflowStatus::Success),
            (&[J::Success, J::Blocked], WorkflowStatus::Running),
            (&[J::Failed, J::Running], WorkflowStatus::Failing),
            (&[J::Failed, J::NotRun], WorkflowStatus::Failed),
            (&[J::Success, J::Canceled, J::NotRun], WorkflowStatus::Canceled),
            (&[J::Canceled, J::Timedout], WorkflowStatus::Failed),
            (&[J::Success, J::Success], WorkflowStatus::Success),
        ] {
            assert_eq!(WorkflowStatus::of(jobs), status, "{jobs:?}");
        }
    }
}
