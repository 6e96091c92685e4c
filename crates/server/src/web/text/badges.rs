//! Words of the page that makes the code of a status badge.
//! Names of text formats are those of their projects.

/// Words of the page that makes the code of a status badge, in one language.
#[derive(Debug)]
pub struct Badges {
    /// Heading.
    pub title: &'static str,
    /// What a badge is.
    pub intro: &'static str,
    /// Field.
    pub branch: &'static str,
    /// Its empty choice.
    pub default_branch: &'static str,
    /// Field.
    pub style: &'static str,
    /// Button.
    pub update: &'static str,
    /// Heading.
    pub preview: &'static str,
    /// What the image says to those who cannot see it.
    pub preview_alt: &'static str,
    /// Heading.
    pub embed: &'static str,
    /// Format.
    pub image_url: &'static str,
    /// Format.
    pub markdown: &'static str,
    /// Format.
    pub html: &'static str,
    /// Format.
    pub textile: &'static str,
    /// Format.
    pub rdoc: &'static str,
    /// Format.
    pub asciidoc: &'static str,
    /// Format.
    pub rst: &'static str,
    /// Format.
    pub pod: &'static str,
    /// Format.
    pub org: &'static str,
    /// Heading about private projects.
    pub token_title: &'static str,
    /// Why a token is needed, and which.
    pub token_body: &'static str,
    /// Why the value is not filled in.
    pub token_lost: &'static str,
    /// No token exists that opens the badge.
    pub token_none: &'static str,
    /// Link to make one.
    pub token_create: &'static str,
    /// Field: the token that the image carries.
    pub token: &'static str,
    /// Its choice of none.
    pub no_token: &'static str,
    /// A token in the list: its label and its scope.
    pub token_option: fn(&str, &str) -> String,
    /// What to put in place of which word: the value of the token of this label.
    pub token_value: fn(&str, &str) -> String,
    /// The same where none was chosen.
    pub token_any_value: fn(&str) -> String,
    /// What a new token is called at first.
    pub token_new_label: &'static str,
    /// Choice: running and canceled builds are shown too.
    pub all_states: &'static str,
}

/// English.
pub const EN: Badges = Badges {
    title: "Status Badges",
    intro: "A badge shows the last finished build of a branch. Copy the code into a README or a page.",
    branch: "Branch",
    default_branch: "Default branch",
    style: "Style",
    update: "Update",
    preview: "Preview",
    preview_alt: "Build status",
    embed: "Embed code",
    image_url: "Image URL",
    markdown: "Markdown",
    html: "HTML",
    textile: "Textile",
    rdoc: "RDoc",
    asciidoc: "AsciiDoc",
    rst: "reStructuredText",
    pod: "Pod",
    org: "Org",
    token_title: "This project is private",
    token_body: "Outside this server the image needs a token in its URL. Everyone who reads the page can read that token, so use a Badge key: it opens the badge and nothing else.",
    token_lost: "Rondo does not keep the values of tokens.",
    token_none: "There is no such token yet.",
    token_create: "Create Token",
    token: "API Token",
    no_token: "None",
    token_option: |label, scope| format!("{label} ({scope})"),
    token_value: |word, label| format!("Put the value of the token “{label}” in place of {word}."),
    token_any_value: |word| format!("Put the value of a Badge key in place of {word}."),
    token_new_label: "README badge",
    all_states: "Show running and canceled builds too",
};

/// Japanese.
pub const JA: Badges = Badges {
    title: "ステータスバッジ",
    intro: "バッジには、ブランチで最後に完了したビルドの結果が表示されます。コードをコピーして、README やページに埋め込んでください。",
    branch: "ブランチ",
    default_branch: "デフォルトブランチ",
    style: "スタイル",
    update: "更新",
    preview: "プレビュー",
    preview_alt: "ビルドステータス",
    embed: "埋め込みコード",
    image_url: "画像の URL",
    markdown: "Markdown",
    html: "HTML",
    textile: "Textile",
    rdoc: "RDoc",
    asciidoc: "AsciiDoc",
    rst: "reStructuredText",
    pod: "Pod",
    org: "Org",
    token_title: "このプロジェクトは非公開です",
    token_body: "サーバーの外でバッジを表示するには、トークンを URL に含めます。トークンはページを見る人全員に見えるため、「バッジキー」を使ってください。バッジキーで見られるのはバッジだけです。",
    token_lost: "トークンの値は Rondo に保存されていません。",
    token_none: "該当するトークンはまだありません。",
    token_create: "トークンを作成",
    token: "API トークン",
    no_token: "なし",
    token_option: |label, scope| format!("{label}（{scope}）"),
    token_value: |word, label| {
        format!("{word} の部分を、トークン「{label}」の値に置き換えてください。")
    },
    token_any_value: |word| format!("{word} の部分を、バッジキーの値に置き換えてください。"),
    token_new_label: "README バッジ",
    all_states: "実行中とキャンセル済みのビルドも表示する",
};
