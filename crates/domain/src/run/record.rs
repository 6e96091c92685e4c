//! Pipelines, jobs, steps, artifacts and tests as they are kept.

use super::{JobStatus, PipelineState, Why};
use crate::id::{ArtifactId, JobId, PipelineId, ProjectId, WorkflowId};
use crate::name::{Reference, Revision};
use crate::service::Actor;
use crate::time::Millis;
use crate::variable::BuildParameters;

/// What a pipeline builds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GitRef {
    /// A branch.
    Branch(Reference),
    /// A tag.
    Tag(Reference),
}

impl GitRef {
    /// The branch, if it is one.
    pub fn branch(&self) -> Option<&str> {
        match self {
            Self::Branch(name) => Some(name.as_str()),
            Self::Tag(_) => None,
        }
    }

    /// The tag, if it is one.
    pub fn tag(&self) -> Option<&str> {
        match self {
            Self::Tag(name) => Some(name.as_str()),
            Self::Branch(_) => None,
        }
    }

    /// Its name, whichever it is.
    pub fn name(&self) -> &str {
        match self {
            Self::Branch(name) | Self::Tag(name) => name.as_str(),
        }
    }
}

/// A commit's particulars, known once it was fetched. Dates are RFC 3339 with their own offset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// Which.
    pub revision: Revision,
    /// The message's first line.
    pub subject: String,
    /// The rest of the message.
    pub body: String,
    /// Who wrote it.
    pub author_name: String,
    /// The author's address.
    pub author_email: String,
    /// When it was written.
    pub author_date: String,
    /// Who committed it.
    pub committer_name: String,
    /// The committer's address.
    pub committer_email: String,
    /// When it was committed.
    pub committer_date: String,
}

/// One commit, its configuration, and what was made of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pipeline {
    /// Which.
    pub id: PipelineId,
    /// Of which project.
    pub project: ProjectId,
    /// Counts from 1 in its project.
    pub number: i64,
    /// How it stands.
    pub state: PipelineState,
    /// What made it.
    pub why: Why,
    /// Who made it; none: nobody who is known.
    pub actor: Option<Actor>,
    /// What it builds.
    pub git_ref: GitRef,
    /// The commit that was asked for.
    pub wanted: Option<Revision>,
    /// The commit, once it was fetched.
    pub commit: Option<Commit>,
    /// The one job that was asked for (API v1.1), or all workflows.
    pub only_job: Option<String>,
    /// What was injected.
    pub parameters: BuildParameters,
    /// The configuration's text, once it was fetched.
    pub config: Option<String>,
    /// When it was made.
    pub created_at: Millis,
}

/// One job of a workflow: a *build* of API v1.1 once it has a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Which.
    pub id: JobId,
    /// Of which project.
    pub project: ProjectId,
    /// Of which pipeline.
    pub pipeline: PipelineId,
    /// Of which workflow.
    pub workflow: WorkflowId,
    /// The workflow's name.
    pub workflow_name: String,
    /// Its place in the workflow, from 0.
    pub position: i64,
    /// Its name in the workflow.
    pub name: String,
    /// The build number, dense in the project; none while it is blocked.
    pub number: Option<i64>,
    /// How it stands.
    pub status: JobStatus,
    /// The last one of this name on this branch that ended did so badly.
    pub after_failure: bool,
    /// Of how many tries this is the latest.
    pub attempt: i64,
    /// The build that this runs again.
    pub retry_of: Option<i64>,
    /// Why it ended so, where no step says it.
    pub reason: Option<String>,
    /// Who cancelled it.
    pub canceled_by: Option<Actor>,
    /// When it was made.
    pub created_at: Millis,
    /// When all that it requires had succeeded.
    pub queued_at: Option<Millis>,
    /// When a runner took it.
    pub started_at: Option<Millis>,
    /// When it ended.
    pub stopped_at: Option<Millis>,
}

/// A job with what it was made of: one build, as pages and the API show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Build {
    /// The job.
    pub job: Job,
    /// Its pipeline; without the configuration's text in lists.
    pub pipeline: Pipeline,
    /// The name of who triggered it.
    pub actor_name: Option<String>,
}

/// How a step stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StepStatus {
    /// It runs.
    Running,
    /// It ended well.
    Success,
    /// It ended badly.
    Failed,
    /// It was silent for too long, or the job's time was over.
    Timedout,
    /// Somebody cancelled the job.
    Canceled,
    /// The runner could not do it.
    InfrastructureFail,
}

super::words!(StepStatus {
    Running => "running",
    Success => "success",
    Failed => "failed",
    Timedout => "timedout",
    Canceled => "canceled",
    InfrastructureFail => "infrastructure_fail",
});

/// One step of a job's latest attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// From 0.
    pub ordinal: i64,
    /// What people see.
    pub name: String,
    /// The command, if it is a `run` step.
    pub command: Option<String>,
    /// The job went on at once.
    pub background: bool,
    /// How it stands.
    pub status: StepStatus,
    /// The process's exit code.
    pub exit_code: Option<i64>,
    /// More output came than was kept.
    pub truncated: bool,
    /// When it began.
    pub started_at: Millis,
    /// When it ended.
    pub ended_at: Option<Millis>,
    /// Bytes of output that are kept.
    pub output_bytes: i64,
}

/// A kept file of a build.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artifact {
    /// Which.
    pub id: ArtifactId,
    /// Of which job.
    pub job: JobId,
    /// Its name in the build, without a leading slash.
    pub path: String,
    /// Bytes.
    pub size: i64,
    /// SHA-256 in hexadecimal digits.
    pub digest: String,
}

/// One test of a build.
#[derive(Debug, Clone, PartialEq)]
pub struct Test {
    /// The suite's class.
    pub classname: String,
    /// The test's file.
    pub file: Option<String>,
    /// Its name.
    pub name: String,
    /// `success`, `failure`, `error` or `skipped`.
    pub result: String,
    /// Seconds.
    pub run_time: f64,
    /// Why it failed or was skipped.
    pub message: Option<String>,
    /// The suite's name.
    pub source: Option<String>,
}

/// Which builds a list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BuildFilter {
    /// Those that ended.
    Completed,
    /// Those that succeeded.
    Successful,
    /// Those that ended badly.
    Failed,
    /// Those that a runner has.
    Running,
}

super::words!(BuildFilter {
    Completed => "completed",
    Successful => "successful",
    Failed => "failed",
    Running => "running",
});

impl BuildFilter {
    /// The states of a job that pass.
    pub const fn statuses(self) -> &'static [JobStatus] {
        use JobStatus as J;
        match self {
            Self::Completed => {
                &[J::Success, J::Failed, J::Timedout, J::Canceled, J::InfrastructureFail]
            }
            Self::Successful => &[J::Success],
            Self::Failed => &[J::Failed, J::Timedout, J::InfrastructureFail],
            Self::Running => &[J::Running],
        }
    }
}
