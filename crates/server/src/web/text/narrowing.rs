//! Words for what a token is narrowed to.
//! A sentence is put together in the order of its language, so the whole of it stands here.

use rondo_domain::Permission;
use rondo_domain::token::Preset;

/// Words for what a token is narrowed to, in one language.
#[derive(Debug)]
pub struct Narrowing {
    /// What unfolds the options.
    pub more: &'static str,
    /// Legend of the presets.
    pub rights: &'static str,
    /// Preset and what it is good for, in the order of [`Preset::ALL`].
    pub presets: [(&'static str, &'static str); 5],
    /// Field.
    pub projects: &'static str,
    /// How to fill it.
    pub projects_hint: &'static str,
    /// Field and column.
    pub expires: &'static str,
    /// Option: it does not end.
    pub endless: &'static str,
    /// Option: so many days.
    pub days: fn(i64) -> String,
    /// Option: a date of one's own.
    pub until_date: &'static str,
    /// Field: the date.
    pub end: &'static str,
    /// Problem: the date is filled in beside another option, whose name it is given.
    pub two_ends: fn(&str) -> String,
    /// Field.
    pub networks: &'static str,
    /// How to fill it.
    pub networks_hint: &'static str,
    /// Button that shows the sentence where there is no script.
    pub review: &'static str,
    /// What a token will be able to do: what, where, from where, until when.
    pub sentence: fn(&str, &str, &str, &str) -> String,
    /// What: all rights.
    pub everything: &'static str,
    /// The same, to others than its owner.
    pub everything_of_owner: &'static str,
    /// What: one right each, in the order of [`Permission::OF_TOKENS`].
    pub each_right: [&'static str; 10],
    /// Where: all projects.
    pub everywhere: &'static str,
    /// The same, to others than its owner.
    pub everywhere_of_owner: &'static str,
    /// Where: some projects.
    pub only_in: fn(&str) -> String,
    /// From where: anywhere.
    pub anywhere: &'static str,
    /// From where: some networks.
    pub only_from: fn(&str) -> String,
    /// Until when: it does not end.
    pub until_deleted: &'static str,
    /// Until when: a moment.
    pub until: fn(&str) -> String,
    /// Between two things of a list.
    pub comma: &'static str,
    /// Mark.
    pub disabled: &'static str,
    /// Mark.
    pub expired: &'static str,
    /// Column.
    pub state: &'static str,
    /// Button.
    pub disable: &'static str,
    /// Button, with the token's name for who hears it.
    pub disable_named: fn(&str) -> String,
    /// Button.
    pub enable: &'static str,
    /// Button, with the token's name for who hears it.
    pub enable_named: fn(&str) -> String,
    /// Notice.
    pub was_disabled: &'static str,
    /// Notice.
    pub was_enabled: &'static str,
}

impl Narrowing {
    /// A preset's name, and what it is good for.
    pub fn preset(&self, preset: Preset) -> (&'static str, &'static str) {
        let at = Preset::ALL.iter().position(|own| *own == preset);
        self.presets[at.expect("every preset is in the list of all")]
    }

    /// A right in words; that of runners alone has none.
    pub fn right(&self, right: Permission) -> &'static str {
        let at = Permission::OF_TOKENS.iter().position(|own| *own == right);
        at.map_or("", |at| self.each_right[at])
    }
}

/// English.
pub const EN: Narrowing = Narrowing {
    more: "More options",
    rights: "What it may do",
    presets: [
        ("Everything", "All that you may do yourself."),
        ("Read only", "Statuses, builds and artifacts."),
        ("Trigger builds", "Start, repeat and cancel builds, and see how they go."),
        ("Artifacts", "List and download artifacts."),
        ("Environment variables", "Read settings, and change settings and variables."),
    ],
    projects: "Projects",
    projects_hint: "One a line, such as gh/acme/web. Leave it empty for all that you see.",
    expires: "Expires",
    endless: "Never",
    days: |days| if days == 1 { "In 1 day".to_owned() } else { format!("In {days} days") },
    until_date: "On a date",
    end: "Date and time (UTC)",
    two_ends: |life| {
        format!(
            "“Expires” says “{life}”, but “Date and time (UTC)” is filled in. Choose “On a date” to use that date, or clear it."
        )
    },
    networks: "Networks",
    networks_hint: "One a line, such as 10.0.0.0/8 or 2001:db8::/32. Leave it empty for any.",
    review: "Show what it will be able to do",
    sentence: |what, place, from, end| format!("It can {what} {place}, {from}, {end}."),
    everything: "do everything that you may do",
    everything_of_owner: "do everything that its owner may do",
    each_right: [
        "read statuses",
        "read artifacts",
        "read whole builds",
        "trigger and cancel builds",
        "read settings",
        "change settings and variables",
        "manage project tokens",
        "manage service accounts",
        "manage your account and tokens",
        "administer the server",
    ],
    everywhere: "in every project that you see",
    everywhere_of_owner: "in every project that its owner sees",
    only_in: |projects| format!("in {projects}"),
    anywhere: "from anywhere",
    only_from: |networks| format!("only from {networks}"),
    until_deleted: "until it is removed",
    until: |end| format!("until {end}"),
    comma: ", ",
    disabled: "Disabled",
    expired: "Expired",
    state: "State",
    disable: "Disable",
    disable_named: |name| format!("Disable {name}"),
    enable: "Enable",
    enable_named: |name| format!("Enable {name}"),
    was_disabled: "The token is disabled. It opens nothing until you enable it.",
    was_enabled: "The token is enabled. It opens what it opened before.",
};

/// Japanese.
pub const JA: Narrowing = Narrowing {
    more: "その他のオプション",
    rights: "できること",
    presets: [
        ("すべて", "あなた自身にできることすべて。"),
        ("読み取りのみ", "ステータス、ビルド、アーティファクトの閲覧。"),
        ("ビルドのトリガー", "ビルドの開始、再実行、キャンセルと、その状況の確認。"),
        ("アーティファクト", "アーティファクトの一覧とダウンロード。"),
        ("環境変数", "設定の閲覧と、設定・環境変数の変更。"),
    ],
    projects: "プロジェクト",
    projects_hint: "gh/acme/web のように 1 行に 1 つ入力します。空欄なら、閲覧できるすべてのプロジェクトで使えます。",
    expires: "有効期限",
    endless: "なし",
    days: |days| format!("{days} 日後"),
    until_date: "日時を指定",
    end: "日時（UTC）",
    two_ends: |life| {
        format!(
            "「有効期限」が「{life}」なのに、「日時（UTC）」が入力されています。その日時を使うには「有効期限」で「日時を指定」を選び、使わないなら「日時（UTC）」を空にしてください。"
        )
    },
    networks: "ネットワーク",
    networks_hint: "10.0.0.0/8 や 2001:db8::/32 のように 1 行に 1 つ入力します。空欄なら、どこからでも使えます。",
    review: "できることを確認",
    sentence: |what, place, from, end| format!("{place}で、{from}、{end}、{what}ができます。"),
    everything: "あなたにできることすべて",
    everything_of_owner: "所有者にできることすべて",
    each_right: [
        "ステータスの閲覧",
        "アーティファクトの取得",
        "ビルド全体の閲覧",
        "ビルドのトリガーとキャンセル",
        "設定の閲覧",
        "設定と環境変数の変更",
        "プロジェクトトークンの管理",
        "サービスアカウントの管理",
        "自分のアカウントとトークンの管理",
        "サーバーの管理",
    ],
    everywhere: "閲覧できるすべてのプロジェクト",
    everywhere_of_owner: "所有者が閲覧できるすべてのプロジェクト",
    only_in: |projects| format!("{projects} "),
    anywhere: "どこからでも",
    only_from: |networks| format!("{networks} からのみ"),
    until_deleted: "削除するまで",
    until: |end| format!("{end} まで"),
    comma: "、",
    disabled: "無効",
    expired: "期限切れ",
    state: "状態",
    disable: "無効にする",
    disable_named: |name| format!("{name} を無効にする"),
    enable: "有効に戻す",
    enable_named: |name| format!("{name} を有効に戻す"),
    was_disabled: "トークンを無効にしました。有効に戻すまで使えません。",
    was_enabled: "トークンを有効に戻しました。以前と同じように使えます。",
};
