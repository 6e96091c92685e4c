//! Words of the pages of service accounts, and what one is called elsewhere.

/// Words of the pages of service accounts, in one language.
#[derive(Debug)]
pub struct Service {
    /// Title of the list, and entry of the list of pages.
    pub title: &'static str,
    /// Heading of the list; the organization or the project.
    pub heading: fn(&str) -> String,
    /// What they are.
    pub intro: &'static str,
    /// Button.
    pub create: &'static str,
    /// Caption of the list, for screen readers.
    pub caption: &'static str,
    /// Nothing to list.
    pub empty: &'static str,
    /// What one is good for.
    pub empty_body: &'static str,
    /// Field and column.
    pub name: &'static str,
    /// How to choose it.
    pub name_hint: &'static str,
    /// Column and fact.
    pub home: &'static str,
    /// Legend and column.
    pub ceiling: &'static str,
    /// What it means.
    pub ceiling_hint: &'static str,
    /// Field and column.
    pub contacts: &'static str,
    /// How to fill it.
    pub contacts_hint: &'static str,
    /// Beside a contact who cannot answer.
    pub gone: &'static str,
    /// Where no contact can.
    pub nobody: &'static str,
    /// Heading of the form.
    pub new_title: &'static str,
    /// Button that makes it.
    pub add: &'static str,
    /// Notice.
    pub added: &'static str,
    /// Name of the list of facts.
    pub facts: &'static str,
    /// Button.
    pub save_ceiling: &'static str,
    /// Notice.
    pub ceiling_saved: &'static str,
    /// Button.
    pub rename: &'static str,
    /// Notice.
    pub renamed: &'static str,
    /// Button.
    pub save_contacts: &'static str,
    /// Notice.
    pub contacts_saved: &'static str,
    /// Heading above what stops the account.
    pub stopping: &'static str,
    /// What disabling does.
    pub disable_effect: &'static str,
    /// Button.
    pub disable: &'static str,
    /// Button.
    pub enable: &'static str,
    /// Notice.
    pub was_disabled: &'static str,
    /// Notice.
    pub was_enabled: &'static str,
    /// Link, and button of the confirmation.
    pub remove: &'static str,
    /// Heading of the confirmation.
    pub remove_question: fn(&str) -> String,
    /// What follows from it.
    pub remove_effect: &'static str,
    /// Notice.
    pub removed: &'static str,
    /// Heading.
    pub tokens: &'static str,
    /// Button.
    pub token_create: &'static str,
    /// Heading of the form; the account.
    pub token_title: fn(&str) -> String,
    /// Legend.
    pub token_rights: &'static str,
    /// What can be chosen.
    pub token_rights_hint: &'static str,
    /// How to fill the field.
    pub projects_hint: &'static str,
    /// Button that makes it.
    pub token_add: &'static str,
    /// Caption of the table, for screen readers.
    pub tokens_caption: &'static str,
    /// No tokens.
    pub tokens_empty: &'static str,
    /// What an account is called where people are named too.
    pub named: fn(&str) -> String,
    /// What a contact is told: the label and id of the token, and the account.
    pub found: fn(&str, &str, &str) -> String,
    /// Where: all projects of the home.
    pub everywhere: &'static str,
    /// The name is taken.
    pub taken: &'static str,
    /// A name with forbidden characters.
    pub bad_name: &'static str,
    /// No right was chosen.
    pub no_right: &'static str,
    /// A right that no account has: the right in words.
    pub never: fn(&str) -> String,
    /// A right that this account has not: the right in words.
    pub above: fn(&str) -> String,
    /// A project that this account does not reach.
    pub outside: fn(&str) -> String,
    /// A contact who is no member.
    pub no_member: fn(&str) -> String,
}

/// English.
pub const EN: Service = Service {
    title: "Service Accounts",
    heading: |home| format!("Service accounts of {home}"),
    intro: "What automation acts as, so that it does not hang on the person who set it up. An account has no password; its tokens are the only way in.",
    create: "Create service account",
    caption: "Service accounts",
    empty: "There are no service accounts yet.",
    empty_body: "Make one for a deploy script or a dashboard, and give it no more than that needs.",
    name: "Name",
    name_hint: "Letters, digits, “-”, “_” and “.”, such as deploy-bot. What it did is shown under the name that it has.",
    home: "Belongs to",
    ceiling: "Rights at most",
    ceiling_hint: "No token of the account ever does more. What you take away is gone from every token at once.",
    contacts: "Contacts",
    contacts_hint: "User names, one a line. They answer for the account, and are told when its tokens end or are found.",
    gone: "no longer answers",
    nobody: "Nobody who is named here answers for this account any more. Name somebody else; until then the organization’s admins are told what its contacts would be.",
    new_title: "New service account",
    add: "Create",
    added: "The service account is there. Make a token for it.",
    facts: "Facts",
    save_ceiling: "Save rights",
    ceiling_saved: "The rights are saved. They count from now on.",
    rename: "Save the name",
    renamed: "The name is saved. Scripts that name the account use the new one from now on.",
    save_contacts: "Save contacts",
    contacts_saved: "The contacts are saved.",
    stopping: "Stop the account",
    disable_effect: "While it is disabled, none of its tokens opens anything. You can enable it again.",
    disable: "Disable account",
    enable: "Enable account",
    was_disabled: "The account is disabled. None of its tokens opens anything.",
    was_enabled: "The account is enabled. Its tokens open what they opened before.",
    remove: "Delete account",
    remove_question: |name| format!("Delete the service account “{name}”?"),
    remove_effect: "All of its tokens stop working at once, and none comes back. What it did keeps its name.",
    removed: "The account and its tokens are deleted.",
    tokens: "Tokens",
    token_create: "Create token",
    token_title: |name| format!("New token of {name}"),
    token_rights: "What it may do",
    token_rights_hint: "Of the account’s rights. The token never gets more, even if the account does.",
    projects_hint: "One a line, such as gh/acme/web. Leave it empty for all of the organization.",
    token_add: "Create token",
    tokens_caption: "Tokens of the service account",
    tokens_empty: "The account has no tokens, so nothing can act as it.",
    named: |name| format!("service account {name}"),
    found: |label, id, account| {
        format!(
            "Somebody found the token “{label}” ({id}) of the service account {account} and handed it in. It was revoked at once."
        )
    },
    everywhere: "in every project of the organization",
    taken: "The organization has a service account of this name. Choose another one.",
    bad_name: "Use letters, digits, “-”, “_” and “.”.",
    no_right: "Choose at least one right.",
    never: |right| format!("No service account can {right}."),
    above: |right| format!("The account itself may not {right}."),
    outside: |project| format!("{project} is outside what the account belongs to."),
    no_member: |name| format!("“{name}” is no member of the organization."),
};

/// Japanese.
pub const JA: Service = Service {
    title: "サービスアカウント",
    heading: |home| format!("{home} のサービスアカウント"),
    intro: "自動処理のためのアカウントです。設定した人に左右されずに動かし続けられます。パスワードはなく、トークンでのみ使用できます。",
    create: "サービスアカウントを作成",
    caption: "サービスアカウントの一覧",
    empty: "サービスアカウントはまだありません。",
    empty_body: "デプロイスクリプトやダッシュボードなどのために作成し、必要な権限だけを与えてください。",
    name: "名前",
    name_hint: "文字、数字、「-」「_」「.」が使えます（例：deploy-bot）。これまでの操作も、今の名前で表示されます。",
    home: "所属",
    ceiling: "権限の上限",
    ceiling_hint: "アカウントのトークンにできるのは、ここまでです。権限を外すと、すべてのトークンからすぐになくなります。",
    contacts: "連絡先",
    contacts_hint: "ユーザー名を 1 行に 1 つ入力します。アカウントの責任者で、トークンの期限が近づいたときや発見されたときに知らせが届きます。",
    gone: "対応できません",
    nobody: "このアカウントに対応できる連絡先がありません。別の人を指定してください。それまでは、組織の管理者に知らせが届きます。",
    new_title: "新しいサービスアカウント",
    add: "作成",
    added: "サービスアカウントを作成しました。続けてトークンを作成してください。",
    facts: "概要",
    save_ceiling: "権限を保存",
    ceiling_saved: "権限を保存しました。すぐに反映されます。",
    rename: "名前を保存",
    renamed: "名前を保存しました。アカウントを名前で指定しているスクリプトでは、今後は新しい名前を使ってください。",
    save_contacts: "連絡先を保存",
    contacts_saved: "連絡先を保存しました。",
    stopping: "アカウントの停止",
    disable_effect: "無効にしている間、このアカウントのトークンはすべて使えません。いつでも有効に戻せます。",
    disable: "アカウントを無効にする",
    enable: "アカウントを有効に戻す",
    was_disabled: "アカウントを無効にしました。トークンはすべて使えません。",
    was_enabled: "アカウントを有効に戻しました。トークンは以前と同じように使えます。",
    remove: "アカウントを削除",
    remove_question: |name| format!("サービスアカウント「{name}」を削除しますか？"),
    remove_effect: "トークンはすべてすぐに使えなくなり、元に戻せません。これまでの操作の記録には名前が残ります。",
    removed: "アカウントとそのトークンを削除しました。",
    tokens: "トークン",
    token_create: "トークンを作成",
    token_title: |name| format!("{name} の新しいトークン"),
    token_rights: "できること",
    token_rights_hint: "アカウントの権限から選びます。後でアカウントの権限を増やしても、このトークンの権限は増えません。",
    projects_hint: "gh/acme/web のように 1 行に 1 つ入力します。空欄なら、組織のすべてのプロジェクトで使えます。",
    token_add: "トークンを作成",
    tokens_caption: "サービスアカウントのトークン",
    tokens_empty: "トークンがないため、まだ使用できません。",
    named: |name| format!("サービスアカウント {name}"),
    found: |label, id, account| {
        format!(
            "サービスアカウント {account} のトークン「{label}」（{id}）が発見され、届け出がありました。このトークンはすぐに失効しました。"
        )
    },
    everywhere: "組織のすべてのプロジェクト",
    taken: "この名前のサービスアカウントは、組織にすでにあります。別の名前にしてください。",
    bad_name: "文字、数字、「-」「_」「.」を使ってください。",
    no_right: "権限を 1 つ以上選んでください。",
    never: |right| format!("サービスアカウントに「{right}」の権限は与えられません。"),
    above: |right| format!("このアカウントに「{right}」の権限はありません。"),
    outside: |project| format!("{project} は、このアカウントの所属の外にあります。"),
    no_member: |name| format!("「{name}」は組織のメンバーではありません。"),
};
