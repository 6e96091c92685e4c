//! Words of the first page of a project's settings: what it is, and who may see it.
//! What *public* and *private* mean is said in `projects`.

/// Words of the first page of a project's settings, in one language.
#[derive(Debug)]
pub struct Overview {
    /// Heading, and entry of the side list.
    pub title: &'static str,
    /// Fact.
    pub slug: &'static str,
    /// Fact.
    pub git_url: &'static str,
    /// Fact.
    pub default_branch: &'static str,
    /// Heading of the choice between public and private.
    pub access: &'static str,
    /// Button that saves it.
    pub save: &'static str,
    /// Notice.
    pub saved: &'static str,
    /// Heading of the switch for triggers.
    pub triggers: &'static str,
    /// How it stands.
    pub takes_triggers: &'static str,
    /// How it stands.
    pub takes_none: &'static str,
    /// Button.
    pub stop_triggers: &'static str,
    /// Button.
    pub resume_triggers: &'static str,
    /// Notice.
    pub stopped: &'static str,
    /// Notice.
    pub resumed: &'static str,
}

/// English.
pub const EN: Overview = Overview {
    title: "Overview",
    slug: "Name in addresses",
    git_url: "Git address",
    default_branch: "Default branch",
    access: "Who may see it",
    save: "Save",
    saved: "Saved. It counts from now on.",
    triggers: "Triggers",
    takes_triggers: "The project takes triggers: pages and the API start builds.",
    takes_none: "The project takes no triggers: nothing starts a build. Builds that were triggered before go on.",
    stop_triggers: "Take No Triggers",
    resume_triggers: "Take Triggers Again",
    stopped: "No triggers are taken from now on.",
    resumed: "Triggers are taken again.",
};

/// Japanese.
pub const JA: Overview = Overview {
    title: "概要",
    slug: "URL で使う名前",
    git_url: "Git の URL",
    default_branch: "デフォルトブランチ",
    access: "公開範囲",
    save: "保存",
    saved: "保存しました。すぐに反映されます。",
    triggers: "トリガー",
    takes_triggers: "トリガーを受け付けています。画面や API からビルドを開始できます。",
    takes_none: "トリガーを受け付けていません。新しいビルドは開始されません。すでにトリガーされたビルドはそのまま続きます。",
    stop_triggers: "トリガーの受け付けを止める",
    resume_triggers: "トリガーの受け付けを再開",
    stopped: "トリガーの受け付けを止めました。",
    resumed: "トリガーの受け付けを再開しました。",
};
