//! Words of policies: the page that sets one, the page of approvals, and what forms and lists say of
//! them. How a rule is put for who makes a token stands here too.

use rondo_domain::policy::Breach;

/// Words of policies, in one language.
#[derive(Debug)]
pub struct Policy {
    /// Title, and entry of the list of pages.
    pub title: &'static str,
    /// Heading; the organization.
    pub heading: fn(&str) -> String,
    /// What a policy is.
    pub intro: &'static str,
    /// Field: the greatest lifetime.
    pub max_days: &'static str,
    /// How to fill it.
    pub max_days_hint: &'static str,
    /// Checkbox.
    pub no_unrestricted: &'static str,
    /// Field.
    pub networks: &'static str,
    /// How to fill it.
    pub networks_hint: &'static str,
    /// Field: idle tokens.
    pub idle_days: &'static str,
    /// How to fill it.
    pub idle_days_hint: &'static str,
    /// Checkbox.
    pub no_query: &'static str,
    /// Checkbox.
    pub approval: &'static str,
    /// Button.
    pub preview: &'static str,
    /// Heading of what would follow.
    pub preview_title: &'static str,
    /// How many of how many tokens would open nothing.
    pub stops: fn(u64, u64) -> String,
    /// How many would be deleted.
    pub ends: fn(u64) -> String,
    /// What cannot be counted ahead.
    pub uncounted: &'static str,
    /// One's own address lies outside.
    pub outside: fn(&str) -> String,
    /// Button.
    pub save: &'static str,
    /// Link back to the form.
    pub again: &'static str,
    /// Notice.
    pub saved: &'static str,
    /// Somebody else was faster.
    pub outdated: &'static str,
    /// A number of days is none; the most.
    pub bad_days: fn(i64) -> String,
    /// Title, and entry of the list of pages.
    pub approvals: &'static str,
    /// What the list shows.
    pub approvals_intro: &'static str,
    /// Nothing to list.
    pub approvals_empty: &'static str,
    /// What that means.
    pub approvals_empty_body: &'static str,
    /// Caption, for screen readers.
    pub approvals_caption: &'static str,
    /// Column.
    pub state: &'static str,
    /// State.
    pub waiting: &'static str,
    /// State; who and when.
    pub approved: fn(&str, &str) -> String,
    /// State; who and when.
    pub refused: fn(&str, &str) -> String,
    /// What `rotation` stands for, where it approved.
    pub by_rotation: &'static str,
    /// Column of buttons.
    pub answer: &'static str,
    /// Button.
    pub approve: &'static str,
    /// Button, with the token's name for who hears it.
    pub approve_named: fn(&str) -> String,
    /// Button.
    pub refuse: &'static str,
    /// Button, with the token's name for who hears it.
    pub refuse_named: fn(&str) -> String,
    /// Before a token is refused.
    pub refuse_question: fn(&str) -> String,
    /// What that does.
    pub refuse_effect: &'static str,
    /// In the place of the button.
    pub own: &'static str,
    /// Notice.
    pub was_approved: &'static str,
    /// Notice.
    pub was_refused: &'static str,
    /// Above the rules on a form; the organization.
    pub governs: fn(&str) -> String,
    /// Rule.
    pub rule_max_days: fn(i64) -> String,
    /// Rule.
    pub rule_no_unrestricted: &'static str,
    /// Rule; the networks.
    pub rule_networks: fn(&str) -> String,
    /// Rule.
    pub rule_idle_days: fn(i64) -> String,
    /// Rule.
    pub rule_no_query: &'static str,
    /// Rule.
    pub rule_approval: &'static str,
    /// A token opens nothing there; the organization, and why.
    pub stopped: fn(&str, &str) -> String,
    /// A token waits; the organization.
    pub waits: fn(&str) -> String,
    /// A token was refused; the organization, and the reason, if one was said.
    pub only_reads: fn(&str, Option<&str>) -> String,
    /// What is wrong with a token.
    pub breach: fn(Breach) -> String,
}

/// English.
pub const EN: Policy = Policy {
    title: "Policy",
    heading: |name| format!("Policy of {name}"),
    intro: "What the organization asks of every token that is used in it. A policy only takes away: it changes no token, and decides what one opens here. People who are signed in are not affected.",
    max_days: "Greatest lifetime in days",
    max_days_hint: "Tokens that live longer, or without end, open nothing here. Leave it empty for any lifetime.",
    no_unrestricted: "Take no personal token with all rights on all projects",
    networks: "Required networks",
    networks_hint: "One a line, such as 10.0.0.0/8 or 2001:db8::/32. Tokens are taken from these alone. Leave it empty for any.",
    idle_days: "Delete tokens after days without a use",
    idle_days_hint: "Tokens of projects and service accounts, and personal tokens that open nothing outside of the organization. Their people are told before and after. Leave it empty to delete none.",
    no_query: "Take no token in an address (?circle-token=)",
    approval: "From now on, a second admin approves tokens before they may change anything",
    preview: "Show what it would mean",
    preview_title: "What this policy would mean",
    stops: |stopped, tokens| format!("{stopped} of {tokens} tokens would open nothing here."),
    ends: |idle| match idle {
        1 => "1 token would be deleted within the hour, since nobody uses it.".to_owned(),
        _ => format!("{idle} tokens would be deleted within the hour, since nobody uses them."),
    },
    uncounted: "From which networks tokens will be used, and whether in addresses, cannot be counted ahead.",
    outside: |peer| format!("Your own address {peer} lies in none of these networks."),
    save: "Put into effect",
    again: "Change it again",
    saved: "The policy is in effect.",
    outdated: "Somebody else changed the policy meanwhile. Here it is as it is now.",
    bad_days: |most| format!("Enter a number of days from 1 to {most}."),
    approvals: "Approvals",
    approvals_intro: "Tokens of people and of service accounts that were made since the policy asks for approvals, and that could change something here. Until a second admin approves one it only reads; what was said last counts.",
    approvals_empty: "Nothing waits for an approval.",
    approvals_empty_body: "Tokens are listed here where the policy asks for approvals.",
    approvals_caption: "Tokens that take an approval, newest first",
    state: "Approval",
    waiting: "Waits for an approval",
    approved: |who, when| format!("Approved by {who}, {when}"),
    refused: |who, when| format!("Refused by {who}, {when}"),
    by_rotation: "its predecessor",
    answer: "Answer",
    approve: "Approve",
    approve_named: |name| format!("Approve {name}"),
    refuse: "Refuse",
    refuse_named: |name| format!("Refuse {name}"),
    refuse_question: |name| format!("Refuse “{name}”?"),
    refuse_effect: "The token keeps working, and only reads in this organization. Its owner sees the reason.",
    own: "It is yours, or you made it: another admin answers.",
    was_approved: "The token is approved.",
    was_refused: "The token is refused; it only reads here.",
    governs: |name| format!("Policy of {name}"),
    rule_max_days: |days| match days {
        1 => "A token lives 1 day at most.".to_owned(),
        _ => format!("A token lives {days} days at most."),
    },
    rule_no_unrestricted: "A personal token has chosen rights or chosen projects.",
    rule_networks: |list| format!("Tokens are taken from {list} only."),
    rule_idle_days: |days| match days {
        1 => "A token that nobody uses for 1 day is deleted.".to_owned(),
        _ => format!("A token that nobody uses for {days} days is deleted."),
    },
    rule_no_query: "A token is sent in a header, never in an address.",
    rule_approval: "A second admin approves a token before it may change anything.",
    stopped: |name, why| format!("In {name} it opens nothing: {why}."),
    waits: |name| format!("In {name} it only reads: the rest waits for another admin’s approval."),
    only_reads: |name, reason| match reason {
        Some(reason) => format!("In {name} it only reads: an admin refused the rest ({reason})."),
        None => format!("In {name} it only reads: an admin refused the rest."),
    },
    breach: |breach| match breach {
        Breach::Unrestricted => {
            "it has all rights on all projects; make one with chosen rights or projects".to_owned()
        }
        Breach::Lifetime(1) => "it lives longer than 1 day; make one that ends sooner".to_owned(),
        Breach::Lifetime(days) => {
            format!("it lives longer than {days} days; make one that ends sooner")
        }
        Breach::Network(_) => {
            "it may be used from other networks only; make one for some of the policy’s".to_owned()
        }
        Breach::Query => "it stands in an address; send it in a header".to_owned(),
        Breach::Approval => "it waits for another admin’s approval".to_owned(),
    },
};

/// Japanese.
pub const JA: Policy = Policy {
    title: "ポリシー",
    heading: |name| format!("{name} のポリシー"),
    intro: "この組織で使われるすべてのトークンに求める条件です。ポリシーは制限を加えるだけで、トークン自体は変更せず、この組織で何ができるかを決めます。サインインしているユーザーの操作には影響しません。",
    max_days: "有効期間の上限（日数）",
    max_days_hint: "これより有効期間が長いトークンや無期限のトークンは、この組織では使えません。制限しない場合は空欄にしてください。",
    no_unrestricted: "すべての権限とすべてのプロジェクトを持つパーソナルトークンを拒否する",
    networks: "使用できるネットワーク",
    networks_hint: "1 行に 1 つ、10.0.0.0/8 や 2001:db8::/32 のように入力してください。これ以外からはトークンを使えません。制限しない場合は空欄にしてください。",
    idle_days: "使われないトークンを削除するまでの日数",
    idle_days_hint: "対象は、プロジェクトとサービスアカウントのトークン、およびこの組織の外では何もできないパーソナルトークンです。関係者には削除の前と後に知らせます。削除しない場合は空欄にしてください。",
    no_query: "URL に含まれたトークン（?circle-token=）を拒否する",
    approval: "今後作成されるトークンでの変更操作には、別の管理者の承認を必要とする",
    preview: "影響を確認する",
    preview_title: "このポリシーの影響",
    stops: |stopped, tokens| {
        format!("{tokens} 個のトークンのうち {stopped} 個が、この組織で使えなくなります。")
    },
    ends: |idle| format!("使われていない {idle} 個のトークンが、1 時間以内に削除されます。"),
    uncounted: "トークンがどのネットワークから使われるか、URL に含めて使われるかは、事前には数えられません。",
    outside: |peer| format!("現在のアクセス元 {peer} は、どのネットワークにも含まれていません。"),
    save: "このポリシーを適用する",
    again: "入力し直す",
    saved: "ポリシーを適用しました。",
    outdated: "ほかの管理者が先にポリシーを変更しました。現在の内容を表示しています。",
    bad_days: |most| format!("1 から {most} までの日数を入力してください。"),
    approvals: "承認",
    approvals_intro: "ポリシーで承認が必要になってから作成され、この組織で変更操作ができる、ユーザーとサービスアカウントのトークンの一覧です。別の管理者が承認するまでは読み取りだけができます。最後の判断が有効です。",
    approvals_empty: "承認待ちのトークンはありません。",
    approvals_empty_body: "ポリシーで承認を必要とすると、対象のトークンがここに表示されます。",
    approvals_caption: "承認が必要なトークン（新しい順）",
    state: "承認の状態",
    waiting: "承認待ち",
    approved: |who, when| format!("{who} が承認しました（{when}）"),
    refused: |who, when| format!("{who} が却下しました（{when}）"),
    by_rotation: "ローテーション（以前のトークンを引き継ぎ）",
    answer: "判断",
    approve: "承認",
    approve_named: |name| format!("「{name}」を承認"),
    refuse: "却下",
    refuse_named: |name| format!("「{name}」を却下"),
    refuse_question: |name| format!("「{name}」を却下しますか？"),
    refuse_effect: "トークンは引き続き使えますが、この組織では読み取りだけができます。理由は所有者に表示されます。",
    own: "自分のトークン、または自分が作成したトークンです。ほかの管理者が判断します。",
    was_approved: "トークンを承認しました。",
    was_refused: "トークンを却下しました。この組織では読み取りだけができます。",
    governs: |name| format!("{name} のポリシー"),
    rule_max_days: |days| format!("トークンの有効期間は最長 {days} 日です。"),
    rule_no_unrestricted: "パーソナルトークンでは、権限かプロジェクトを選んで絞り込む必要があります。",
    rule_networks: |list| format!("トークンは {list} からのみ使えます。"),
    rule_idle_days: |days| format!("{days} 日間使われないトークンは削除されます。"),
    rule_no_query: "トークンは URL に含めず、ヘッダーで送ります。",
    rule_approval: "トークンで変更操作をするには、別の管理者の承認が必要です。",
    stopped: |name, why| format!("{name} では使えません。{why}。"),
    waits: |name| {
        format!("{name} では読み取りだけができます。変更操作は別の管理者の承認を待っています。")
    },
    only_reads: |name, reason| match reason {
        Some(reason) => format!(
            "{name} では読み取りだけができます。変更操作は管理者に却下されました（{reason}）。"
        ),
        None => format!("{name} では読み取りだけができます。変更操作は管理者に却下されました。"),
    },
    breach: |breach| {
        match breach {
        Breach::Unrestricted => {
            "すべての権限とすべてのプロジェクトを持っています。権限かプロジェクトを絞り込んだトークンを作成してください"
                .to_owned()
        }
        Breach::Lifetime(days) => {
            format!("有効期間が {days} 日を超えています。期限がこれより早いトークンを作成してください")
        }
        Breach::Network(_) => {
            "ポリシーの範囲外のネットワークだけで使えるトークンです。範囲内のネットワークを指定して作成してください"
                .to_owned()
        }
        Breach::Query => "URL に含まれています。ヘッダーで送ってください".to_owned(),
        Breach::Approval => "別の管理者の承認を待っています".to_owned(),
    }
    },
};
