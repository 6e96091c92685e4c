//! The word for each state of a build or a step.
//! Colour and shape are the style sheet’s; a state is never told by them alone.

/// The word for each state of a build or a step, in one language.
#[derive(Debug)]
pub struct States {
    /// It passed.
    pub success: &'static str,
    /// It passed after a failure.
    pub fixed: &'static str,
    /// It failed.
    pub failed: &'static str,
    /// It ran longer than it may.
    pub timed_out: &'static str,
    /// Its machine failed, not its commands.
    pub infrastructure_fail: &'static str,
    /// It runs.
    pub running: &'static str,
    /// It waits for a runner.
    pub queued: &'static str,
    /// It waits for a person.
    pub on_hold: &'static str,
    /// Somebody stopped it.
    pub canceled: &'static str,
    /// It never started.
    pub not_run: &'static str,
    /// It waits for other jobs of its workflow.
    pub blocked: &'static str,
}

/// English.
pub const EN: States = States {
    success: "Success",
    fixed: "Fixed",
    failed: "Failed",
    timed_out: "Timed out",
    infrastructure_fail: "Infrastructure failure",
    running: "Running",
    queued: "Queued",
    on_hold: "On hold",
    canceled: "Canceled",
    not_run: "Not run",
    blocked: "Waiting",
};

/// Japanese.
pub const JA: States = States {
    success: "成功",
    fixed: "修正済み",
    failed: "失敗",
    timed_out: "タイムアウト",
    infrastructure_fail: "基盤の障害",
    running: "実行中",
    queued: "待機中",
    on_hold: "承認待ち",
    canceled: "キャンセル",
    not_run: "未実行",
    blocked: "前のジョブ待ち",
};
