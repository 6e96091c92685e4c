//! Words of a project’s list of builds and of the form that runs one.
//! What a single build says is in `build`.

use super::super::quantity::grouped;

/// Words of a project’s list of builds and of the form that runs one, in one language.
#[derive(Debug)]
pub struct Builds {
    /// Heading.
    pub title: &'static str,
    /// Caption of the table, for screen readers.
    pub caption: &'static str,
    /// Column.
    pub state: &'static str,
    /// Column.
    pub build: &'static str,
    /// Column.
    pub commit: &'static str,
    /// Column.
    pub who: &'static str,
    /// Column.
    pub started: &'static str,
    /// Column.
    pub duration: &'static str,
    /// A build that waits.
    pub not_started: &'static str,
    /// Field that narrows the list.
    pub branch_filter: &'static str,
    /// Its empty choice.
    pub all_branches: &'static str,
    /// Button that applies it.
    pub show: &'static str,
    /// How many there are, where the list holds them all.
    pub count: fn(u64) -> String,
    /// Which part of the list is shown: first, last, all.
    pub range: fn(u64, u64, u64) -> String,
    /// The same where the number of all is not known: first, last.
    pub range_of_some: fn(u64, u64) -> String,
    /// Landmark of the links below.
    pub pages: &'static str,
    /// Link to newer builds.
    pub newer: &'static str,
    /// Link to older builds.
    pub older: &'static str,
    /// No builds at all.
    pub empty_title: &'static str,
    /// What now.
    pub empty_body: &'static str,
    /// No builds of this branch.
    pub empty_branch: fn(&str) -> String,
    /// The project takes no triggers.
    pub paused_title: &'static str,
    /// Why, and what now.
    pub paused_body: &'static str,
    /// Button, and heading of the form.
    pub run: &'static str,
    /// Button that does it.
    pub run_submit: &'static str,
    /// Field.
    pub run_branch: &'static str,
    /// Field.
    pub run_job: &'static str,
    /// What an empty field means.
    pub run_job_hint: &'static str,
    /// Field.
    pub run_parameters: &'static str,
    /// How to write them.
    pub run_parameters_hint: &'static str,
    /// Notice.
    pub triggered: &'static str,
    /// Link to the project’s settings.
    pub settings: &'static str,
    /// The API or a button started it.
    pub why_api: &'static str,
    /// Somebody ran it again.
    pub why_retry: &'static str,
}

/// English.
pub const EN: Builds = Builds {
    title: "Builds",
    caption: "Builds, newest first",
    state: "State",
    build: "Build",
    commit: "Branch and commit",
    who: "Started by",
    started: "Started",
    duration: "Duration",
    not_started: "Not started",
    branch_filter: "Branch",
    all_branches: "All branches",
    show: "Show",
    count: |all| if all == 1 { "1 build".to_owned() } else { format!("{} builds", grouped(all)) },
    range: |first, last, all| {
        format!("{}–{} of {} builds", grouped(first), grouped(last), grouped(all))
    },
    range_of_some: |first, last| format!("Builds {}–{}", grouped(first), grouped(last)),
    pages: "Pages",
    newer: "Newer",
    older: "Older",
    empty_title: "No builds yet",
    empty_body: "Run one from here, or trigger it through the API.",
    empty_branch: |branch| format!("No builds of {branch}"),
    paused_title: "No triggers are taken",
    paused_body: "The project takes no triggers, so no build can be started. Its settings can resume them, under Overview.",
    run: "Run a build",
    run_submit: "Run",
    run_branch: "Branch",
    run_job: "Job",
    run_job_hint: "Leave empty to run the workflows of the config.",
    run_parameters: "Parameters",
    run_parameters_hint: "One KEY=VALUE a line, set as environment variables of the build. They are not secret: use Environment Variables for secrets.",
    triggered: "Triggered. Its builds appear here once the commit is fetched.",
    settings: "Project Settings",
    why_api: "Triggered",
    why_retry: "Retry",
};

/// Japanese.
pub const JA: Builds = Builds {
    title: "ビルド",
    caption: "ビルドの一覧（新しい順）",
    state: "状態",
    build: "ビルド",
    commit: "ブランチとコミット",
    who: "実行者",
    started: "開始",
    duration: "所要時間",
    not_started: "未開始",
    branch_filter: "ブランチ",
    all_branches: "すべてのブランチ",
    show: "表示",
    count: |all| format!("全 {} 件", grouped(all)),
    range: |first, last, all| {
        format!("全 {} 件中 {}～{} 件", grouped(all), grouped(first), grouped(last))
    },
    range_of_some: |first, last| format!("{}～{} 件目", grouped(first), grouped(last)),
    pages: "ページ",
    newer: "新しいビルド",
    older: "古いビルド",
    empty_title: "ビルドはまだありません",
    empty_body: "ここから実行するか、API からトリガーしてください。",
    empty_branch: |branch| format!("{branch} のビルドはありません"),
    paused_title: "トリガーを受け付けていません",
    paused_body: "このプロジェクトでは新しいビルドを開始できません。プロジェクト設定の「概要」で受け付けを再開できます。",
    run: "ビルドを実行",
    run_submit: "実行",
    run_branch: "ブランチ",
    run_job: "ジョブ",
    run_job_hint: "空欄のままにすると、設定ファイルのワークフローを実行します。",
    run_parameters: "パラメーター",
    run_parameters_hint: "1 行に 1 つ「名前=値」で書くと、ビルドの環境変数になります。値は隠されません。シークレットにはプロジェクト設定の環境変数を使ってください。",
    triggered: "トリガーしました。コミットを取得すると、ここにビルドが表示されます。",
    settings: "プロジェクト設定",
    why_api: "トリガー",
    why_retry: "再実行",
};
