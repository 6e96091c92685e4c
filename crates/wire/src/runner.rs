//! The runner protocol, version 1: what a runner and a server say to each other under `/runner/v1`.
//!
//! A runner asks for work (`POST /runner/v1/claim`), gets at most one piece under a lease, renews
//! the lease while it works, and reports. Every report carries the lease in the header
//! [`LEASE_HEADER`]; a report under a lease that is gone is answered 409 and the runner drops that
//! work at once. Reports may be sent again: each is idempotent.
//!
//! | call | body → answer |
//! |---|---|
//! | `POST /runner/v1/claim` | [`Claim`] → 200 [`Work`], or 204 after at most `wait_ms` |
//! | `POST /runner/v1/fetch/{pipeline}` | [`Fetched`] → 204 |
//! | `POST /runner/v1/job/{job}/renew` | nothing → [`Renewed`] |
//! | `POST /runner/v1/fetch/{pipeline}/renew` | nothing → [`Renewed`] |
//! | `POST /runner/v1/job/{job}/step/{ordinal}` | [`StepReport`] → 204 |
//! | `POST /runner/v1/job/{job}/step/{ordinal}/output?offset=N` | raw bytes → 204 |
//! | `POST /runner/v1/job/{job}/artifact?path=P` | raw bytes, streamed → 204 |
//! | `POST /runner/v1/job/{job}/tests` | [`Tests`] → 204 |
//! | `POST /runner/v1/job/{job}/finish` | [`Finished`] → 204 |

use serde::{Deserialize, Serialize};

/// The header that carries a lease (`Rondo-Lease: <lease>`).
pub const LEASE_HEADER: &str = "rondo-lease";

/// A request for work.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Claim {
    /// The runner's name, shown to people.
    pub runner: String,
    /// How long the server may hold the request while there is no work, in milliseconds.
    pub wait_ms: u64,
}

/// One piece of work, held under a lease.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Work {
    /// The lease's secret word; sent back in [`LEASE_HEADER`].
    pub lease: String,
    /// How long the lease lives without a renewal, in milliseconds.
    pub lease_ms: u64,
    /// What to do.
    pub task: Task,
}

/// What to do.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Task {
    /// Find a commit and read its configuration.
    Fetch(Fetch),
    /// Run a job.
    Job(Box<Job>),
}

/// Find the commit of a reference and read its `.circleci/config.yml`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Fetch {
    /// The pipeline that this is for.
    pub pipeline: String,
    /// Where the repository is.
    pub source: Source,
    /// With what it is reached, if that is by SSH.
    pub ssh: Option<Box<Ssh>>,
}

/// What ssh is given for one piece of work.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ssh {
    /// Opens the project's repository.
    pub checkout: Option<SshKey>,
    /// What [`Step::AddSshKeys`] may give the job.
    pub keys: Vec<SshKey>,
    /// By what the hosts are known that these keys are for; no other key is taken.
    pub hosts: Vec<HostKey>,
}

/// A key with its private half: for the work that it came with, and nothing else.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SshKey {
    /// The host that it is for; empty: every host.
    pub hostname: String,
    /// `SHA256:…`, and sixteen pairs of hexadecimal digits.
    pub fingerprints: [String; 2],
    /// `ssh-ed25519 AAAA… comment`.
    pub public_key: String,
    /// In OpenSSH's own format.
    pub private_key: String,
}

impl std::fmt::Debug for SshKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.fingerprints[0])
    }
}

/// A key by which a host is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostKey {
    /// `host` or `[host]:port`, as a `known_hosts` file has it.
    pub host: String,
    /// `ssh-ed25519 AAAA…`.
    pub public_key: String,
    /// `SHA256:…`.
    pub fingerprint: String,
}

/// A commit in a repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// `https://…`, `ssh://…`, `git@host:path`, `file:///…` or an absolute path.
    pub git_url: String,
    /// The branch; exactly one of `branch` and `tag` is there.
    pub branch: Option<String>,
    /// The tag.
    pub tag: Option<String>,
    /// The wanted commit (40 hexadecimal digits); absent: the reference's newest.
    pub revision: Option<String>,
}

/// The answer to a [`Fetch`].
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "result", rename_all = "snake_case")]
pub enum Fetched {
    /// The commit is there.
    Commit {
        /// The commit.
        commit: Box<Commit>,
        /// The text of `.circleci/config.yml` in that commit; absent if the commit has none.
        config: Option<String>,
    },
    /// The repository, the reference or the commit could not be had.
    Failed {
        /// What went wrong, for people: names the URL (without credentials) and git's own words.
        message: String,
    },
}

/// A commit's particulars.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Commit {
    /// 40 hexadecimal digits.
    pub revision: String,
    /// The message's first line.
    pub subject: String,
    /// The rest of the message.
    pub body: String,
    /// Who wrote it.
    pub author_name: String,
    /// The author's address.
    pub author_email: String,
    /// RFC 3339 with the author's own offset.
    pub author_date: String,
    /// Who committed it.
    pub committer_name: String,
    /// The committer's address.
    pub committer_email: String,
    /// RFC 3339 with the committer's own offset.
    pub committer_date: String,
}

/// A job to run.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Job {
    /// The job's UUID.
    pub id: String,
    /// `owner/repo#number job-name`: for the runner's own log.
    pub title: String,
    /// 1, or more where the runner of an earlier attempt was lost.
    pub attempt: i64,
    /// What `checkout` brings, with its `revision` always there.
    pub source: Source,
    /// `docker` or `machine`, and its image: until an executor for it exists the job runs with the
    /// host's tools, and the runner says so in the first step.
    pub executor: Executor,
    /// The job's directory as written; `~` is the job's private home.
    pub working_directory: String,
    /// The job's shell; absent: `/bin/bash -eo pipefail`.
    pub shell: Option<String>,
    /// Every variable of the job (project, built-in and job level already merged by precedence),
    /// in order. `run.environment` goes on top.
    pub environment: Vec<(String, String)>,
    /// Values that output must never show, longest first.
    pub secrets: Vec<String>,
    /// The steps, in order. Ordinals start at 0, so that `steps[n]` is step `n + 1`: step 0 is the
    /// runner's own "Spin up environment".
    pub steps: Vec<Step>,
    /// The limits of this job.
    pub limits: Limits,
    /// Its keys; absent: it has none.
    pub ssh: Option<Box<Ssh>>,
}

/// The executor that a configuration asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Executor {
    /// A container image.
    Docker {
        /// The image's name.
        image: String,
    },
    /// A machine.
    Machine {
        /// The image's name, if one was given.
        image: Option<String>,
    },
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Step {
    /// A shell command.
    Run {
        /// What people see.
        name: String,
        /// The text given to the shell.
        command: String,
        /// The step's own shell.
        shell: Option<String>,
        /// The step's own variables.
        environment: Vec<(String, String)>,
        /// Relative to the job's.
        working_directory: Option<String>,
        /// The job goes on at once.
        background: bool,
        /// When it runs.
        when: When,
        /// Milliseconds of silence after which it is stopped.
        no_output_timeout_ms: u64,
    },
    /// Bring the commit into the working directory.
    Checkout {
        /// What people see.
        name: String,
        /// Relative to the job's working directory; absent: that directory.
        path: Option<String>,
    },
    /// Keep a file or a folder as artifacts.
    StoreArtifacts {
        /// What people see.
        name: String,
        /// The file or folder.
        path: String,
        /// The prefix under which they are kept.
        destination: Option<String>,
    },
    /// Keep JUnit results.
    StoreTestResults {
        /// What people see.
        name: String,
        /// The file or folder.
        path: String,
    },
    /// Write keys of the project into the job's home.
    AddSshKeys {
        /// What people see.
        name: String,
        /// The first fingerprint of each, or what names none of the job's keys; none: all of them.
        fingerprints: Vec<String>,
    },
}

/// When a `run` step runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// Nothing has failed.
    OnSuccess,
    /// Whatever happened, short of a cancel or the job's end of time.
    Always,
    /// Something has failed.
    OnFail,
}

/// What a job may use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Milliseconds from its start to its end.
    pub time_ms: u64,
    /// Bytes of one step's output that are kept.
    pub output_bytes: u64,
    /// Bytes of one artifact.
    pub artifact_bytes: u64,
    /// Bytes that the job's folders may hold.
    pub disk_bytes: u64,
    /// Bytes of memory.
    pub memory_bytes: u64,
    /// Processes and threads at a time.
    pub processes: u64,
}

/// The answer to a renewal.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Renewed {
    /// Somebody cancelled it: stop now.
    pub cancel: bool,
}

/// How a step stands. Sent at its start and at its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepReport {
    /// What people see.
    pub name: String,
    /// The command, if it is a `run` step.
    pub command: Option<String>,
    /// The job goes on at once.
    pub background: bool,
    /// How it stands.
    pub status: StepStatus,
    /// The process's exit code, at the end.
    pub exit_code: Option<i32>,
    /// More output came than was kept.
    pub truncated: bool,
    /// Milliseconds since 1970 at which it began.
    pub started_at: i64,
    /// Milliseconds since 1970 at which it ended.
    pub ended_at: Option<i64>,
}

/// How a step stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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

/// Test results of a job; a later report of the same job adds to the earlier ones.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Tests {
    /// The ordinal of the step that found them: sent again, they replace that step's.
    pub step: u32,
    /// Each test.
    pub tests: Vec<Test>,
}

/// One test.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Test {
    /// The suite's class.
    pub classname: String,
    /// The test's file, if known.
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

/// The end of a job.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Finished {
    /// How it ended.
    pub outcome: Outcome,
    /// Why, where a step does not say it: names the limit that was met.
    pub reason: Option<String>,
}

/// How a job ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Every step that had to succeed did.
    Success,
    /// A step failed.
    Failed,
    /// A step was silent for too long, or the job's time was over.
    Timedout,
    /// Somebody cancelled it.
    Canceled,
    /// The runner could not run it.
    InfrastructureFail,
}
