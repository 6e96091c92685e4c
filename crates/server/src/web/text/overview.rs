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
};
