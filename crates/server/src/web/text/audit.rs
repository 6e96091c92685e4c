//! Words of the audit log, and what each event is called.

use rondo_domain::audit::Event;

/// Words of the audit log, in one language.
#[derive(Debug)]
pub struct Audit {
    /// Heading.
    pub title: &'static str,
    /// What it is.
    pub intro: &'static str,
    /// Filter and column.
    pub event: &'static str,
    /// Choice of the filter.
    pub every_event: &'static str,
    /// Filter.
    pub person: &'static str,
    /// Filter.
    pub token: &'static str,
    /// Field.
    pub service: &'static str,
    /// Filter.
    pub project: &'static str,
    /// Filter.
    pub since: &'static str,
    /// Filter.
    pub until: &'static str,
    /// Filter.
    pub text: &'static str,
    /// Button of the filter.
    pub show: &'static str,
    /// Column.
    pub when: &'static str,
    /// Column.
    pub who: &'static str,
    /// Column.
    pub about: &'static str,
    /// Column.
    pub from: &'static str,
    /// Caption of the table, for screen readers.
    pub caption: &'static str,
    /// Nothing matches.
    pub empty: &'static str,
    /// What to do then.
    pub empty_body: &'static str,
    /// Landmark of what stands below the table.
    pub pages: &'static str,
    /// In which order the entries stand.
    pub order: &'static str,
    /// Link to the next page.
    pub older: &'static str,
    /// Link to the file.
    pub export: &'static str,
    /// A filter names what is not there.
    pub unknown: fn(&str) -> String,
    /// A filter's time cannot be read.
    pub bad_moment: fn(&str) -> String,
    /// Who acted, where it was no person.
    pub project_token: &'static str,
    /// Who acted, where it was no person.
    pub console: &'static str,
    /// Who acted, where it was no person.
    pub runner: &'static str,
    /// A running job.
    pub job: &'static str,
    /// The end of a rotation.
    pub rotation: &'static str,
    /// A policy.
    pub policy: &'static str,
    /// Who acted, where nobody said who they are.
    pub anyone: &'static str,
    /// What an event is called.
    pub name: fn(Event) -> &'static str,
}

/// English.
pub const EN: Audit = Audit {
    title: "Audit Log",
    intro: "Every change of tokens, people, projects and settings, and every refused use. Each entry is sealed together with the one before it, so that “rondo admin audit verify” finds whatever was changed or removed afterwards.",
    event: "Event",
    every_event: "Every event",
    person: "Person",
    token: "Token ID",
    service: "Service account",
    project: "Project",
    since: "From",
    until: "Before",
    text: "Text",
    show: "Show",
    when: "When",
    who: "Who",
    about: "About",
    from: "From where",
    caption: "Entries of the audit log, newest first",
    empty: "No entry matches.",
    empty_body: "Leave out a filter to see more.",
    pages: "More entries",
    order: "Newest first, times in UTC",
    older: "Older",
    export: "Export as JSON lines",
    unknown: |name| format!("There is no “{name}” here. Check the filter."),
    bad_moment: |text| {
        format!("“{text}” is no date. Write 2026-01-31, or 2026-01-31T09:00:00Z for a time.")
    },
    project_token: "a project token",
    console: "rondo admin",
    runner: "a runner",
    job: "a running job",
    rotation: "rotation",
    policy: "policy",
    anyone: "nobody known",
    name: |event| match event {
        Event::PersonalTokenCreate => "Personal token created",
        Event::PersonalTokenDelete => "Personal token deleted",
        Event::ProjectTokenCreate => "Project token created",
        Event::ProjectTokenDelete => "Project token deleted",
        Event::ServiceCreate => "Service account created",
        Event::ServiceCeiling => "Service account’s rights changed",
        Event::ServiceContacts => "Service account’s contacts changed",
        Event::ServiceRename => "Service account renamed",
        Event::ServiceDisable => "Service account disabled",
        Event::ServiceEnable => "Service account enabled",
        Event::ServiceDelete => "Service account deleted",
        Event::ServiceTokenCreate => "Service account’s token created",
        Event::ServiceTokenDelete => "Service account’s token deleted",
        Event::TokenDisable => "Token disabled",
        Event::TokenEnable => "Token enabled",
        Event::TokenShorten => "Token ends sooner",
        Event::TokenFound => "Token found",
        Event::TokenRotate => "Token rotated",
        Event::TokenTakeUp => "Successor used first",
        Event::TokenRotateUndo => "Rotation undone",
        Event::TokenRotateEnd => "Rotation over, old token deleted",
        Event::TokensRevoke => "Many tokens deleted",
        Event::PersonCreate => "Person added",
        Event::PersonDisable => "Person disabled",
        Event::PersonEnable => "Person enabled",
        Event::PersonPassword => "Password changed",
        Event::PersonRole => "Role changed",
        Event::PersonMailbox => "Mail address changed",
        Event::SignIn => "Signed in",
        Event::SignInRefused => "Sign-in refused",
        Event::SignOut => "Session ended",
        Event::LinkCreate => "One-time link made",
        Event::DeviceAllow => "Command signed in",
        Event::DeviceDeny => "Command’s sign-in refused",
        Event::ProjectCreate => "Project added",
        Event::ProjectChange => "Project changed",
        Event::Follow => "Project followed",
        Event::Unfollow => "Project unfollowed",
        Event::VariableSet => "Variable set",
        Event::VariableDelete => "Variable deleted",
        Event::CheckoutKeyCreate => "Checkout key created",
        Event::CheckoutKeyDelete => "Checkout key deleted",
        Event::SshKeyAdd => "SSH key added",
        Event::SshKeyDelete => "SSH key deleted",
        Event::KnownHostAdd => "Known host added",
        Event::KnownHostRemove => "Known host removed",
        Event::OrbImport => "Orb imported",
        Event::OrbRemove => "Orb removed",
        Event::Trigger => "Build triggered",
        Event::Retry => "Build retried",
        Event::Cancel => "Build canceled",
        Event::PolicyChange => "Policy changed",
        Event::ApprovalGrant => "Token approved",
        Event::ApprovalRefuse => "Token’s approval refused",
        Event::Refuse => "Use refused",
        Event::RefuseMany => "More uses refused",
        Event::PepperRotate => "Key rotated",
    },
};

/// Japanese.
pub const JA: Audit = Audit {
    title: "監査ログ",
    intro: "トークン、ユーザー、プロジェクト、設定のすべての変更と、拒否されたすべての使用を記録しています。各記録は直前の記録とともにハッシュで封印されるため、後から変更・削除された記録は「rondo admin audit verify」で見つかります。",
    event: "イベント",
    every_event: "すべてのイベント",
    person: "ユーザー",
    token: "トークン ID",
    service: "サービスアカウント",
    project: "プロジェクト",
    since: "開始",
    until: "終了（この時点より前）",
    text: "テキスト",
    show: "表示",
    when: "日時",
    who: "実行者",
    about: "対象",
    from: "アクセス元",
    caption: "監査ログの記録（新しい順）",
    empty: "一致する記録はありません。",
    empty_body: "絞り込みを減らすと、ほかの記録も表示されます。",
    pages: "ほかの記録",
    order: "新しい順、日時は UTC",
    older: "前の記録",
    export: "JSON Lines でエクスポート",
    unknown: |name| format!("「{name}」は見つかりません。絞り込みの内容を確認してください。"),
    bad_moment: |text| {
        format!(
            "「{text}」は日付ではありません。「2026-01-31」、または時刻付きで「2026-01-31T09:00:00Z」と入力してください。"
        )
    },
    project_token: "プロジェクトトークン",
    console: "rondo admin",
    runner: "ランナー",
    job: "実行中のジョブ",
    rotation: "ローテーション",
    policy: "ポリシー",
    anyone: "不明",
    name: |event| match event {
        Event::PersonalTokenCreate => "パーソナルトークンの作成",
        Event::PersonalTokenDelete => "パーソナルトークンの削除",
        Event::ProjectTokenCreate => "プロジェクトトークンの作成",
        Event::ProjectTokenDelete => "プロジェクトトークンの削除",
        Event::ServiceCreate => "サービスアカウントの作成",
        Event::ServiceCeiling => "サービスアカウントの権限の変更",
        Event::ServiceContacts => "サービスアカウントの連絡先の変更",
        Event::ServiceRename => "サービスアカウントの名前の変更",
        Event::ServiceDisable => "サービスアカウントの無効化",
        Event::ServiceEnable => "サービスアカウントの有効化",
        Event::ServiceDelete => "サービスアカウントの削除",
        Event::ServiceTokenCreate => "サービスアカウントのトークンの作成",
        Event::ServiceTokenDelete => "サービスアカウントのトークンの削除",
        Event::TokenDisable => "トークンの無効化",
        Event::TokenEnable => "トークンの有効化",
        Event::TokenShorten => "トークンの有効期限の短縮",
        Event::TokenFound => "トークンの発見",
        Event::TokenRotate => "トークンのローテーション",
        Event::TokenTakeUp => "新しいトークンの初回使用",
        Event::TokenRotateUndo => "ローテーションの取り消し",
        Event::TokenRotateEnd => "ローテーションの完了（古いトークンを削除）",
        Event::TokensRevoke => "トークンの一括削除",
        Event::PersonCreate => "ユーザーの追加",
        Event::PersonDisable => "ユーザーの無効化",
        Event::PersonEnable => "ユーザーの有効化",
        Event::PersonPassword => "パスワードの変更",
        Event::PersonRole => "ロールの変更",
        Event::PersonMailbox => "メールアドレスの変更",
        Event::SignIn => "サインイン",
        Event::SignInRefused => "サインインの拒否",
        Event::SignOut => "セッションの終了",
        Event::LinkCreate => "ワンタイムリンクの作成",
        Event::DeviceAllow => "コマンドのサインイン",
        Event::DeviceDeny => "コマンドのサインインの拒否",
        Event::ProjectCreate => "プロジェクトの追加",
        Event::ProjectChange => "プロジェクトの変更",
        Event::Follow => "プロジェクトのフォロー",
        Event::Unfollow => "プロジェクトのフォロー解除",
        Event::VariableSet => "環境変数の設定",
        Event::VariableDelete => "環境変数の削除",
        Event::CheckoutKeyCreate => "チェックアウトキーの作成",
        Event::CheckoutKeyDelete => "チェックアウトキーの削除",
        Event::SshKeyAdd => "SSH キーの追加",
        Event::SshKeyDelete => "SSH キーの削除",
        Event::KnownHostAdd => "既知のホストの追加",
        Event::KnownHostRemove => "既知のホストの削除",
        Event::OrbImport => "Orb のインポート",
        Event::OrbRemove => "Orb の削除",
        Event::Trigger => "ビルドのトリガー",
        Event::Retry => "ビルドの再実行",
        Event::Cancel => "ビルドのキャンセル",
        Event::PolicyChange => "ポリシーの変更",
        Event::ApprovalGrant => "トークンの承認",
        Event::ApprovalRefuse => "トークンの承認の却下",
        Event::Refuse => "使用の拒否",
        Event::RefuseMany => "そのほかの使用の拒否",
        Event::PepperRotate => "鍵の更新",
    },
};
