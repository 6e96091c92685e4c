//! One step as the server sees it: reported when it begins and when it ends, with its output in
//! between. Nothing reaches the server from here that still holds a secret.

use std::time::{SystemTime, UNIX_EPOCH};

use rondo_wire::runner::{StepReport, StepStatus};

use crate::lease::Lease;
use crate::mask::Secrets;
use crate::output::Log;

/// What people see of a step before it runs.
#[derive(Debug, Clone)]
pub(crate) struct Title {
    pub(crate) name: String,
    pub(crate) command: Option<String>,
    pub(crate) background: bool,
}

impl Title {
    /// Of a step that is no command.
    pub(crate) fn plain(name: &str) -> Self {
        Self { name: name.to_owned(), command: None, background: false }
    }
}

/// How a step ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(crate) status: StepStatus,
    pub(crate) exit_code: Option<i32>,
    /// What the runner itself says at the end of the output.
    pub(crate) last_words: String,
}

impl Verdict {
    pub(crate) fn new(status: StepStatus, last_words: impl Into<String>) -> Self {
        Self { status, exit_code: None, last_words: last_words.into() }
    }
}

/// A step that is under way.
pub(crate) struct Action {
    lease: Lease,
    ordinal: usize,
    report: StepReport,
    pub(crate) log: Log,
}

impl Action {
    /// Reports that the step has begun.
    pub(crate) async fn open(
        lease: &Lease,
        ordinal: usize,
        title: Title,
        secrets: &Secrets,
        output_bytes: u64,
    ) -> Self {
        let report = StepReport {
            name: secrets.cover(&title.name),
            command: title.command.map(|command| secrets.cover(&command)),
            background: title.background,
            status: StepStatus::Running,
            exit_code: None,
            truncated: false,
            started_at: now_ms(),
            ended_at: None,
        };
        let log = Log::open(lease.clone(), ordinal, secrets, output_bytes);
        let action = Self { lease: lease.clone(), ordinal, report, log };
        action.send(&action.report).await;
        action
    }

    /// Reports how the step ended, when its output has arrived.
    pub(crate) async fn close(self, verdict: Verdict) -> StepStatus {
        let Self { lease, ordinal, report, log } = self;
        let ended_at = Some(now_ms());
        let truncated = log.close(&verdict.last_words).await;
        let (status, exit_code) = (verdict.status, verdict.exit_code);
        let report = StepReport { status, exit_code, truncated, ended_at, ..report };
        send(&lease, ordinal, &report).await;
        status
    }

    async fn send(&self, report: &StepReport) {
        send(&self.lease, self.ordinal, report).await;
    }
}

/// A report that does not arrive is logged by the lease, and a lost lease ends the job anyway.
async fn send(lease: &Lease, ordinal: usize, report: &StepReport) {
    let _ = lease.report(&format!("/step/{ordinal}"), report).await;
}

fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
