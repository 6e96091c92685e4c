//! Words of the page for whoever found a token, and of what its owner is told.

/// Words of the page for whoever found a token, and of what its owner is told, in one language.
#[derive(Debug)]
pub struct Found {
    /// Heading, and the link on the sign-in page.
    pub title: &'static str,
    /// What the page is for.
    pub intro: &'static str,
    /// What happens then.
    pub effect: &'static str,
    /// Field.
    pub value: &'static str,
    /// What it looks like.
    pub value_hint: &'static str,
    /// Button.
    pub hand_in: &'static str,
    /// Heading of the answer.
    pub thanks: &'static str,
    /// What was done.
    pub thanks_body: &'static str,
    /// That it may still stand where it was found.
    pub where_else: &'static str,
    /// Button of the answer.
    pub another: &'static str,
    /// What the owner of a personal token is told: its name and id.
    pub yours: fn(&str, &str) -> String,
    /// What an administrator of a project is told: the token's label and id, and the project.
    pub of_project: fn(&str, &str, &str) -> String,
    /// What to do now.
    pub advice: &'static str,
    /// Button.
    pub dismiss: &'static str,
}

/// English.
pub const EN: Found = Found {
    title: "I found a token",
    intro: "Did you find an API token of this server in a repository, a log or a chat? Paste the whole of it here. You need no account.",
    effect: "If it is one of this server’s tokens, it stops working at once and its owner is told. Whether it is, you are not told.",
    value: "Token",
    value_hint: "The whole value, such as rdpat_…, rdprj_… or rdsvc_…. It is not kept.",
    hand_in: "Revoke it",
    thanks: "Thank you",
    thanks_body: "If that was a token of this server, it opens nothing any more, and its owner will be told.",
    where_else: "It may still be where you found it. Tell whoever looks after that place, so that it is removed there too.",
    another: "I found another one",
    yours: |label, id| {
        format!(
            "Somebody found your token “{label}” ({id}) and handed it in. It was revoked at once."
        )
    },
    of_project: |label, id, project| {
        format!(
            "Somebody found the token “{label}” ({id}) of {project} and handed it in. It was revoked at once."
        )
    },
    advice: "Replace it where it was used. What it was used for stands in the audit log, which the server’s administrators see.",
    dismiss: "Dismiss",
};

/// Japanese.
pub const JA: Found = Found {
    title: "トークンを見つけた方へ",
    intro: "このサーバーの API トークンを、リポジトリやログ、チャットなどで見つけましたか？ 値の全体をここに貼り付けてください。アカウントは不要です。",
    effect: "このサーバーのトークンであれば、すぐに使えなくなり、所有者に知らせます。実際にそうだったかどうかは表示しません。",
    value: "トークン",
    value_hint: "rdpat_…、rdprj_…、rdsvc_… のような値の全体。保存されません。",
    hand_in: "失効させる",
    thanks: "ありがとうございます",
    thanks_body: "このサーバーのトークンであれば、もう使えません。所有者には通知されます。",
    where_else: "見つけた場所にはまだ残っている可能性があります。そこからも取り除かれるよう、管理者に知らせてください。",
    another: "ほかにも見つけた",
    yours: |label, id| {
        format!(
            "トークン「{label}」（{id}）が発見され、届け出がありました。このトークンはすぐに失効しました。"
        )
    },
    of_project: |label, id, project| {
        format!(
            "{project} のトークン「{label}」（{id}）が発見され、届け出がありました。このトークンはすぐに失効しました。"
        )
    },
    advice: "使っていた場所では新しいトークンに置き換えてください。何に使われたかは、サーバーの管理者が監査ログで確認できます。",
    dismiss: "閉じる",
};
