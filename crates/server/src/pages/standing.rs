//! How builds and steps stand, in the words of pages.

use rondo_domain::run::{Build, GitRef, Job, JobStatus, StepStatus, Why as DomainWhy};

use crate::web::builds::Why;
use crate::web::state::State;

/// A job's state. A success right after a failure on the same branch is *fixed*.
pub(super) fn of_job(job: &Job) -> State {
    match job.status {
        JobStatus::Blocked => State::Blocked,
        JobStatus::Queued => State::Queued,
        JobStatus::Running => State::Running,
        JobStatus::Success if job.after_failure => State::Fixed,
        JobStatus::Success => State::Success,
        JobStatus::Failed => State::Failed,
        JobStatus::Timedout => State::TimedOut,
        JobStatus::Canceled => State::Canceled,
        JobStatus::InfrastructureFail => State::InfrastructureFail,
        JobStatus::NotRun => State::NotRun,
    }
}

/// A step's state.
pub(super) fn of_step(status: StepStatus) -> State {
    match status {
        StepStatus::Running => State::Running,
        StepStatus::Success => State::Success,
        StepStatus::Failed => State::Failed,
        StepStatus::Timedout => State::TimedOut,
        StepStatus::Canceled => State::Canceled,
        StepStatus::InfrastructureFail => State::InfrastructureFail,
    }
}

/// Why a build was started. One that runs another again says so, whatever made its pipeline.
pub(super) fn why(build: &Build) -> Why {
    match (build.job.retry_of, build.pipeline.why) {
        (Some(_), _) | (None, DomainWhy::Retry) => Why::Retry,
        (None, DomainWhy::Api) => Why::Api,
    }
}

/// The commit that was built, or the one that was asked for.
pub(super) fn revision(build: &Build) -> Option<String> {
    let commit = build.pipeline.commit.as_ref().map(|commit| &commit.revision);
    let revision = commit.or(build.pipeline.wanted.as_ref());
    revision.map(|revision| revision.as_str().to_owned())
}

/// The first line of the commit's message.
pub(super) fn subject(build: &Build) -> Option<String> {
    build.pipeline.commit.as_ref().map(|commit| commit.subject.clone())
}

/// The branch, if one was built.
pub(super) fn branch(git_ref: &GitRef) -> Option<String> {
    git_ref.branch().map(str::to_owned)
}
