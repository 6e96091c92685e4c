//! Words of the pages on which a person signs in a command.

/// Words of the pages on which a person signs in a command, in one language.
#[derive(Debug)]
pub struct Device {
    /// Heading.
    pub title: &'static str,
    /// Where the code comes from.
    pub form_intro: &'static str,
    /// Field.
    pub code: &'static str,
    /// What it looks like.
    pub code_hint: &'static str,
    /// Button of the form.
    pub go_on: &'static str,
    /// No command waits under this code.
    pub unknown: &'static str,
    /// To compare the code below.
    pub compare: &'static str,
    /// What the token will be called.
    pub label: &'static str,
    /// Where the command asked from.
    pub address: &'static str,
    /// When it asked.
    pub began: &'static str,
    /// What it may do afterwards; the person's name.
    pub effect: fn(&str) -> String,
    /// When to say no.
    pub warning: &'static str,
    /// Button.
    pub allow: &'static str,
    /// Button.
    pub deny: &'static str,
    /// Heading.
    pub allowed: &'static str,
    /// What happens now; the token's name.
    pub allowed_body: fn(&str) -> String,
    /// Heading.
    pub denied: &'static str,
    /// What happens now; the token's name.
    pub denied_body: fn(&str) -> String,
    /// Link.
    pub to_tokens: &'static str,
}

/// English.
pub const EN: Device = Device {
    title: "Sign in a command",
    form_intro: "Type the code that “rondo login” shows in your terminal.",
    code: "Code",
    code_hint: "Eight letters, such as WDJB-MJHT.",
    go_on: "Continue",
    unknown: "No command is waiting under this code. Check it, or run “rondo login” again for a new one.",
    compare: "Compare this code with the one in your terminal:",
    label: "Token name",
    address: "Asked from",
    began: "Asked",
    effect: |name| {
        format!(
            "It will be given a new personal API token and can then do whatever {name} may do. You can delete the token at any time."
        )
    },
    warning: "If you didn’t start this yourself, or the codes differ, choose “Refuse”. Nobody from Rondo will ever send you a code.",
    allow: "Sign in the command",
    deny: "Refuse",
    allowed: "The command is signed in",
    allowed_body: |label| {
        format!("Go on in your terminal. The new token is named “{label}” in your list.")
    },
    denied: "Refused",
    denied_body: |label| format!("“{label}” was given no token."),
    to_tokens: "Personal API Tokens",
};

/// Japanese.
pub const JA: Device = Device {
    title: "コマンドのサインイン",
    form_intro: "ターミナルの「rondo login」に表示されているコードを入力してください。",
    code: "コード",
    code_hint: "8 文字の英字です（例：WDJB-MJHT）。",
    go_on: "続ける",
    unknown: "このコードで待っているコマンドはありません。コードを確かめるか、「rondo login」を実行し直してください。",
    compare: "ターミナルに表示されているコードと同じか、確かめてください。",
    label: "トークン名",
    address: "要求元",
    began: "要求した時刻",
    effect: |name| {
        format!(
            "新しいパーソナル API トークンを受け取り、{name} としてすべての操作ができるようになります。トークンはいつでも削除できます。"
        )
    },
    warning: "自分で始めた操作でない場合や、コードが違う場合は「拒否」を選んでください。Rondo の担当者がコードを送ることはありません。",
    allow: "コマンドをサインインさせる",
    deny: "拒否",
    allowed: "サインインしました",
    allowed_body: |label| {
        format!("ターミナルに戻ってください。新しいトークンは「{label}」として一覧に表示されます。")
    },
    denied: "拒否しました",
    denied_body: |label| format!("「{label}」にトークンは渡されていません。"),
    to_tokens: "パーソナル API トークン",
};
