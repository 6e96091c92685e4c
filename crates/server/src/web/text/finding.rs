//! Words of the pages that find tokens: of a whole organization, by what somebody came across, and many at
//! once.

/// Words of the pages that find tokens, in one language.
#[derive(Debug)]
pub struct Finding {
    /// Title of the list.
    pub title: &'static str,
    /// Heading of the list; the organization.
    pub heading: fn(&str) -> String,
    /// What the list shows.
    pub intro: &'static str,
    /// Filter.
    pub kind: &'static str,
    /// Option: all of them.
    pub any: &'static str,
    /// Option, and below a personal token.
    pub personal: &'static str,
    /// Option.
    pub of_project: &'static str,
    /// Option, and below a token of one.
    pub of_service: &'static str,
    /// Filter.
    pub used: &'static str,
    /// Option, and condition.
    pub never_used: &'static str,
    /// Option.
    pub idle: &'static str,
    /// Filter, and condition.
    pub owner: &'static str,
    /// Filter, and condition.
    pub project: &'static str,
    /// Condition.
    pub organization: &'static str,
    /// Filter.
    pub search: &'static str,
    /// Filter, and condition.
    pub unrestricted: &'static str,
    /// Filter.
    pub expiring: &'static str,
    /// Button of the filter.
    pub show: &'static str,
    /// Column.
    pub belongs: &'static str,
    /// Caption of the list, for screen readers.
    pub caption: &'static str,
    /// Below a token.
    pub limited: &'static str,
    /// Below a token.
    pub elsewhere: &'static str,
    /// The filters leave nothing to list.
    pub no_match: &'static str,
    /// What to do then.
    pub no_match_body: &'static str,
    /// Nothing to list at all.
    pub empty: &'static str,
    /// When there will be something.
    pub empty_body: &'static str,
    /// Name of the links below the list.
    pub pages: &'static str,
    /// Below the list.
    pub order: &'static str,
    /// Link.
    pub older: &'static str,
    /// Link.
    pub export: &'static str,
    /// A filter names what is not there.
    pub unknown: fn(&str) -> String,
    /// Link to the list; the organization.
    pub all_of: fn(&str) -> String,
    /// Heading, and entry of the list of pages.
    pub look_up_title: &'static str,
    /// What the page does.
    pub look_up_intro: &'static str,
    /// Field.
    pub text: &'static str,
    /// What happens to it.
    pub text_hint: &'static str,
    /// Button.
    pub look_up: &'static str,
    /// Heading above the organizations.
    pub organizations: &'static str,
    /// The text is no token.
    pub no_token: &'static str,
    /// No token of this ID.
    pub nobody_knows: &'static str,
    /// How a token was named.
    pub is_value: &'static str,
    /// How a token was named.
    pub is_id: &'static str,
    /// How a token was named.
    pub is_mistyped: &'static str,
    /// How a token was named.
    pub is_forged: &'static str,
    /// Fact of a token.
    pub last_from: &'static str,
    /// Fact of a deleted token.
    pub deleted: &'static str,
    /// Fact of a deleted token.
    pub deleted_by: &'static str,
    /// Fact of a deleted token, and field.
    pub reason: &'static str,
    /// What it is for.
    pub reason_hint: &'static str,
    /// The same where a single token is deleted.
    pub reason_of_one_hint: &'static str,
    /// Link.
    pub to_audit: &'static str,
    /// Heading, and entry of the list of pages.
    pub revoke_title: &'static str,
    /// What the page does.
    pub revoke_intro: &'static str,
    /// Condition.
    pub token_id: &'static str,
    /// Condition.
    pub seen_from: &'static str,
    /// What it takes, and how far back it knows.
    pub seen_from_hint: &'static str,
    /// Condition.
    pub made_before: &'static str,
    /// Button.
    pub preview: &'static str,
    /// Heading: how many tokens.
    pub hits: fn(i64) -> String,
    /// None of them.
    pub hits_none: &'static str,
    /// What follows.
    pub hits_body: &'static str,
    /// Caption of the table, for screen readers.
    pub hits_caption: &'static str,
    /// How many are not shown.
    pub more: fn(i64) -> String,
    /// Link back to the conditions.
    pub again: &'static str,
    /// Field.
    pub count: &'static str,
    /// Why it is typed.
    pub count_hint: &'static str,
    /// The number that was typed is another one.
    pub other_count: fn(i64) -> String,
    /// Button.
    pub revoke: &'static str,
    /// Notice.
    pub revoked: &'static str,
    /// Heading: who would have been refused, and caption.
    pub missed: &'static str,
    /// Where it is known from, and what to do for days to come.
    pub missed_intro: &'static str,
    /// How many tokens were used, and how often.
    pub missed_count: fn(i64, i64) -> String,
    /// Field.
    pub from: &'static str,
    /// Field.
    pub until: &'static str,
    /// Button.
    pub look: &'static str,
    /// The days are none, or in the wrong order.
    pub bad_days: &'static str,
}

/// English.
pub const EN: Finding = Finding {
    title: "Tokens",
    heading: |name| format!("Tokens of {name}"),
    intro: "Every token of the organization’s projects and service accounts, and the personal tokens of its members as far as they reach the organization. From which networks a personal token may be used is its owner’s affair.",
    kind: "Kind",
    any: "Any",
    personal: "Personal",
    of_project: "Of a project",
    of_service: "Of a service account",
    used: "Used",
    never_used: "Never used",
    idle: "Not for 90 days",
    owner: "Owner",
    project: "Project",
    organization: "Organization",
    search: "Label or ID",
    unrestricted: "Personal and not narrowed",
    expiring: "Ends within 30 days, or has ended",
    show: "Show",
    belongs: "Belongs to",
    caption: "Tokens of the organization, newest first",
    limited: "only from some networks",
    elsewhere: "reaches other organizations too",
    no_match: "No tokens match.",
    no_match_body: "Remove a filter to see more.",
    empty: "No tokens yet.",
    empty_body: "Tokens that reach this organization are listed here once there are any.",
    pages: "More tokens",
    order: "Newest first",
    older: "Older",
    export: "Export as CSV",
    unknown: |name| format!("There is no “{name}”. Check what you typed."),
    all_of: |name| format!("All tokens of {name}"),
    look_up_title: "Find a Token",
    look_up_intro: "Paste a value or an ID that you came across: what the token is, or was, whose, and when it was used last.",
    text: "Value or ID",
    text_hint: "It is sent once and neither kept nor shown again.",
    look_up: "Find",
    organizations: "Tokens by organization",
    no_token: "That is no token of this server: neither a value nor an ID.",
    nobody_knows: "No token of this ID is known, any more or at all.",
    is_value: "This is the token’s value.",
    is_id: "This is the token’s ID.",
    is_mistyped: "The text has this token’s ID, but its check is wrong: it was mistyped or cut off, and opens nothing.",
    is_forged: "The text has this token’s ID and another secret: it is not its value, and opens nothing.",
    last_from: "Last used from",
    deleted: "Deleted",
    deleted_by: "Deleted by",
    reason: "Reason",
    reason_hint: "It is kept with the record of each deleted token.",
    reason_of_one_hint: "It is kept with the record of the deleted token.",
    to_audit: "What the audit log says of it",
    revoke_title: "Revoke Tokens",
    revoke_intro: "For the day on which something leaked: delete every token of which all conditions are true. Without any condition, that is every token. First you see how many they are.",
    token_id: "Token ID",
    seen_from: "Seen from the network",
    seen_from_hint: "Such as 203.0.113.0/24, 2001:db8::/32 or a single address: tokens whose value was shown from there, let in or refused, in the last 90 days.",
    made_before: "Made before (UTC)",
    preview: "Show what would be deleted",
    hits: |count| format!("It is true of {count} tokens"),
    hits_none: "Nothing would be deleted. Change a condition.",
    hits_body: "They stop working at once, all of them, and none comes back. The oldest are shown.",
    hits_caption: "Tokens that would be deleted, oldest first",
    more: |count| format!("… and {count} more"),
    again: "Change conditions",
    count: "Number of tokens",
    count_hint: "Type the number above to delete them.",
    other_count: |count| format!("It is true of {count} tokens now. Nothing was deleted."),
    revoke: "Revoke them all",
    revoked: "The tokens are revoked. They are refused from now on.",
    missed: "Who would have been refused",
    missed_intro: "Uses of these tokens that were let in on these days. Uses are kept for 90 days. To know of days to come, look again when they are over: nothing is stopped meanwhile.",
    missed_count: |tokens, uses| match (tokens, uses) {
        (0, _) => "Nobody used any of them on these days.".to_owned(),
        (1, 1) => "1 of the tokens was used, once.".to_owned(),
        (1, _) => format!("1 of the tokens was used, {uses} times."),
        _ => format!(
            "{tokens} of the tokens were used, {uses} times together. Those that were used most are shown."
        ),
    },
    from: "From (UTC)",
    until: "Until the end of (UTC)",
    look: "Show these days",
    bad_days: "Give two days, the earlier one first.",
};

/// Japanese.
pub const JA: Finding = Finding {
    title: "トークン",
    heading: |name| format!("{name} のトークン"),
    intro: "組織のプロジェクトとサービスアカウントのトークン、および組織に使えるメンバーのパーソナルトークンの一覧です。パーソナルトークンをどのネットワークから使えるかは、所有者だけが知っています。",
    kind: "種類",
    any: "すべて",
    personal: "パーソナル",
    of_project: "プロジェクト",
    of_service: "サービスアカウント",
    used: "使用",
    never_used: "一度も使われていない",
    idle: "90 日以上使われていない",
    owner: "所有者",
    project: "プロジェクト",
    organization: "組織",
    search: "ラベルまたは ID",
    unrestricted: "制限のないパーソナルトークン",
    expiring: "30 日以内に期限が切れる、または切れた",
    show: "表示",
    belongs: "所属",
    caption: "組織のトークン（新しい順）",
    limited: "ネットワークの制限あり",
    elsewhere: "ほかの組織にも使用可",
    no_match: "一致するトークンはありません。",
    no_match_body: "絞り込みを減らすと、ほかのトークンも表示されます。",
    empty: "トークンはまだありません。",
    empty_body: "この組織にアクセスできるトークンが作成されると、ここに表示されます。",
    pages: "ほかのトークン",
    order: "新しい順",
    older: "前のトークン",
    export: "CSV でエクスポート",
    unknown: |name| format!("「{name}」は見つかりません。入力した内容を確認してください。"),
    all_of: |name| format!("{name} のすべてのトークン"),
    look_up_title: "トークンの照会",
    look_up_intro: "見つかった値または ID を貼り付けると、そのトークンが何か（何だったか）、誰のものか、最後にいつ使われたかがわかります。",
    text: "値または ID",
    text_hint: "1 回だけ送信され、保存も再表示もされません。",
    look_up: "照会",
    organizations: "組織ごとのトークン",
    no_token: "このサーバーのトークンの値でも ID でもありません。",
    nobody_knows: "この ID のトークンは、記録に残っていないか、存在しません。",
    is_value: "このトークンの値です。",
    is_id: "このトークンの ID です。",
    is_mistyped: "このトークンの ID を含みますが、チェックが一致しません。入力ミスか、途中で切れた値で、使えません。",
    is_forged: "このトークンの ID を含みますが、シークレットが違います。このトークンの値ではなく、使えません。",
    last_from: "最後に使われた場所",
    deleted: "削除日時",
    deleted_by: "削除した人",
    reason: "理由",
    reason_hint: "削除した各トークンの記録とともに保存されます。",
    reason_of_one_hint: "削除したトークンの記録とともに保存されます。",
    to_audit: "監査ログで確認",
    revoke_title: "トークンの一括失効",
    revoke_intro: "漏えいがあったときのためのページです。すべての条件に合うトークンをまとめて削除します。条件がなければ、すべてのトークンが対象です。最初に件数を確認できます。",
    token_id: "トークンの ID",
    seen_from: "使用元のネットワーク",
    seen_from_hint: "203.0.113.0/24、2001:db8::/32、または 1 つのアドレス。過去 90 日間にそこから値が送られたトークンが対象です（許可・拒否を問いません）。",
    made_before: "作成日時（UTC、これより前）",
    preview: "対象を確認",
    hits: |count| format!("条件に合うトークン：{count} 個"),
    hits_none: "削除されるトークンはありません。条件を変えてください。",
    hits_body: "すべてすぐに使えなくなり、元に戻せません。古いものから表示しています。",
    hits_caption: "削除されるトークン（古い順）",
    more: |count| format!("…ほか {count} 個"),
    again: "条件を変更",
    count: "トークンの数",
    count_hint: "削除するには、上の数を入力してください。",
    other_count: |count| format!("条件に合うトークンは現在 {count} 個です。何も削除していません。"),
    revoke: "すべて失効させる",
    revoked: "トークンを失効させました。もう使えません。",
    missed: "拒否されていたはずの使用",
    missed_intro: "この期間に許可された、対象のトークンの使用です。使用の記録は 90 日間残ります。これからの期間について知りたいときは、その期間が過ぎてからもう一度確認してください。その間、何も止まりません。",
    missed_count: |tokens, uses| match tokens {
        0 => "この期間に使われたトークンはありません。".to_owned(),
        _ => format!(
            "使われたトークンは {tokens} 個、使用は合計 {uses} 回です。よく使われたものから表示しています。"
        ),
    },
    from: "開始日（UTC）",
    until: "終了日（UTC、この日を含む）",
    look: "この期間を表示",
    bad_days: "2 つの日付を、早いほうから順に入力してください。",
};
