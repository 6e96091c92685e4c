//! Words of the page of one build.
//! What its commands print is shown as it is.

use super::super::quantity::grouped;

/// Words of the page of one build, in one language.
#[derive(Debug)]
pub struct Build {
    /// Heading: build number and job.
    pub title: fn(i64, &str) -> String,
    /// Name of the list of facts.
    pub facts: &'static str,
    /// Fact.
    pub branch: &'static str,
    /// Fact.
    pub tag: &'static str,
    /// Fact.
    pub commit: &'static str,
    /// Fact.
    pub workflow: &'static str,
    /// Fact.
    pub started_by: &'static str,
    /// Fact.
    pub queued: &'static str,
    /// Fact.
    pub started: &'static str,
    /// Fact.
    pub finished: &'static str,
    /// Fact.
    pub duration: &'static str,
    /// Fact.
    pub retry_of: &'static str,
    /// Fact.
    pub canceled_by: &'static str,
    /// Button.
    pub retry: &'static str,
    /// Button.
    pub cancel: &'static str,
    /// Heading.
    pub parameters: &'static str,
    /// Heading where nothing could run.
    pub errored: &'static str,
    /// Why, and what now.
    pub errored_body: &'static str,
    /// Landmark of the pipeline's jobs.
    pub siblings: &'static str,
    /// Below output that was longer than is kept.
    pub output_cut: &'static str,
    /// Heading of what the server says about the build.
    pub message_title: &'static str,
    /// Heading.
    pub steps: &'static str,
    /// A build that has not begun.
    pub no_steps: &'static str,
    /// A build that ended without steps.
    pub no_steps_ended: &'static str,
    /// Toggle that keeps the newest line in sight.
    pub follow: &'static str,
    /// The server does not answer any more while the page follows a build.
    pub lost: &'static str,
    /// Mark of a step that runs beside the others.
    pub background: &'static str,
    /// How a command ended.
    pub exit_code: fn(i64) -> String,
    /// Name of the output of a step.
    pub output: &'static str,
    /// Link for browsers without script.
    pub show_output: &'static str,
    /// While output is fetched.
    pub loading: &'static str,
    /// Output could not be fetched.
    pub load_failed: &'static str,
    /// A step that printed nothing.
    pub no_output: &'static str,
    /// Lines before the ones that are shown.
    pub lines_left_out: fn(u64) -> String,
    /// Link to the whole output.
    pub raw_output: &'static str,
    /// Heading.
    pub tests: &'static str,
    /// How many ran, how many of them failed.
    pub tests_summary: fn(u64, u64) -> String,
    /// Name of the meter of passed tests.
    pub passed_share: &'static str,
    /// Only some failed tests are listed: shown, all failed.
    pub tests_shown: fn(u64, u64) -> String,
    /// Heading.
    pub artifacts: &'static str,
    /// Caption of the table, for screen readers.
    pub artifacts_caption: &'static str,
    /// All of them in one file of a format, such as ZIP.
    pub artifacts_whole: fn(&str) -> String,
    /// Column.
    pub artifact_path: &'static str,
    /// Column.
    pub artifact_size: &'static str,
    /// How many files, and their size in words.
    pub artifacts_count: fn(u64, &str) -> String,
    /// Notice.
    pub retried: &'static str,
    /// Notice.
    pub canceled: &'static str,
}

/// English.
pub const EN: Build = Build {
    title: |number, job| format!("{job} #{number}"),
    facts: "About this build",
    branch: "Branch",
    tag: "Tag",
    commit: "Commit",
    workflow: "Workflow",
    started_by: "Started by",
    queued: "Queued",
    started: "Started",
    finished: "Finished",
    duration: "Duration",
    retry_of: "Retry of",
    canceled_by: "Canceled by",
    retry: "Retry",
    cancel: "Cancel build",
    parameters: "Parameters",
    errored: "Nothing could run",
    errored_body: "The commit could not be fetched, or its .circleci/config.yml is missing or wrong. The step below says which. “rondo config validate” checks a config without a build.",
    siblings: "Jobs of this pipeline",
    output_cut: "This step printed more than Rondo keeps; the rest was dropped.",
    message_title: "About how it ended",
    steps: "Steps",
    no_steps: "Steps appear here as soon as a runner takes the build.",
    no_steps_ended: "No step ran.",
    follow: "Follow output",
    lost: "The server can’t be reached. What stands here may be out of date; it goes on by itself as soon as the server answers.",
    background: "background",
    exit_code: |code| format!("exit code {code}"),
    output: "Output",
    show_output: "Show output",
    loading: "Loading output…",
    load_failed: "The output could not be loaded. Close the step and open it again.",
    no_output: "This step printed nothing.",
    lines_left_out: |n| format!("{} earlier lines are left out here.", grouped(n)),
    raw_output: "Download the whole output as text",
    tests: "Tests",
    tests_summary: |all, failed| match (all, failed) {
        (1, 0) => "1 test, passed".to_owned(),
        (_, 0) => format!("{} tests, all passed", grouped(all)),
        (1, _) => "1 test, failed".to_owned(),
        _ => format!("{} of {} tests failed", grouped(failed), grouped(all)),
    },
    passed_share: "Passed tests",
    tests_shown: |shown, all| {
        format!("The first {} of {} failed tests:", grouped(shown), grouped(all))
    },
    artifacts: "Artifacts",
    artifacts_caption: "Files that this build kept",
    artifacts_whole: |format| format!("Download all as {format}"),
    artifact_path: "Path",
    artifact_size: "Size",
    artifacts_count: |n, size| {
        if n == 1 { format!("1 file, {size}") } else { format!("{} files, {size}", grouped(n)) }
    },
    retried: "The build runs again.",
    canceled: "The build is canceled.",
};

/// Japanese.
pub const JA: Build = Build {
    title: |number, job| format!("{job} #{number}"),
    facts: "このビルドについて",
    branch: "ブランチ",
    tag: "タグ",
    commit: "コミット",
    workflow: "ワークフロー",
    started_by: "実行者",
    queued: "待機",
    started: "開始",
    finished: "終了",
    duration: "所要時間",
    retry_of: "再実行元",
    canceled_by: "キャンセルした人",
    retry: "再実行",
    cancel: "ビルドをキャンセル",
    parameters: "パラメーター",
    errored: "何も実行できませんでした",
    errored_body: "コミットを取得できなかったか、.circleci/config.yml がないか、内容に誤りがあります。詳しくは下のステップをご覧ください。「rondo config validate」を使うと、ビルドせずに設定ファイルを確認できます。",
    siblings: "このパイプラインのジョブ",
    output_cut: "出力が上限を超えたため、残りは保存されていません。",
    message_title: "終了の理由",
    steps: "ステップ",
    no_steps: "ランナーがビルドを開始すると、ここにステップが表示されます。",
    no_steps_ended: "実行されたステップはありません。",
    follow: "出力を追う",
    lost: "サーバーに接続できません。表示が最新でない可能性があります。サーバーが応答すると、自動的に再開します。",
    background: "バックグラウンド",
    exit_code: |code| format!("終了コード {code}"),
    output: "出力",
    show_output: "出力を表示",
    loading: "出力を読み込んでいます…",
    load_failed: "出力を読み込めませんでした。ステップを開き直してください。",
    no_output: "出力はありません。",
    lines_left_out: |n| format!("これより前の {} 行は省略しています。", grouped(n)),
    raw_output: "すべての出力をテキストでダウンロード",
    tests: "テスト",
    tests_summary: |all, failed| {
        if failed == 0 {
            format!("{} 件すべて成功", grouped(all))
        } else {
            format!("{} 件中 {} 件が失敗", grouped(all), grouped(failed))
        }
    },
    passed_share: "成功したテスト",
    tests_shown: |shown, all| {
        format!("失敗した {} 件のうち最初の {} 件", grouped(all), grouped(shown))
    },
    artifacts: "アーティファクト",
    artifacts_caption: "このビルドが保存したファイル",
    artifacts_whole: |format| format!("すべてを {format} でダウンロード"),
    artifact_path: "パス",
    artifact_size: "サイズ",
    artifacts_count: |n, size| format!("{} 件、合計 {size}", grouped(n)),
    retried: "再実行しました。",
    canceled: "ビルドをキャンセルしました。",
};
