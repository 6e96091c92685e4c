//! Words of a person’s own settings beside tokens: sessions, email and password.
//! Other people’s accounts are managed on the command line.

/// Words of a person’s own settings beside tokens: sessions, email and password, in one language.
#[derive(Debug)]
pub struct Account {
    /// Heading.
    pub sessions_title: &'static str,
    /// What they are.
    pub sessions_intro: &'static str,
    /// Caption of the table, for screen readers.
    pub sessions_caption: &'static str,
    /// Column.
    pub agent: &'static str,
    /// Column.
    pub address: &'static str,
    /// Column.
    pub started: &'static str,
    /// Column.
    pub seen: &'static str,
    /// Button and column.
    pub end: &'static str,
    /// Name of the button beside one session.
    pub end_named: fn(&str) -> String,
    /// Mark of the session that looks at the page.
    pub this_one: &'static str,
    /// A browser that told nothing.
    pub unknown_agent: &'static str,
    /// Notice.
    pub ended: &'static str,
    /// Heading, field, and entry of the list of pages.
    pub email: &'static str,
    /// What it is for.
    pub email_intro: &'static str,
    /// How to remove it.
    pub email_hint: &'static str,
    /// The server cannot send mail.
    pub email_unsent: &'static str,
    /// Button.
    pub email_save: &'static str,
    /// Not an address.
    pub email_bad: &'static str,
    /// Notice.
    pub email_saved: &'static str,
    /// Notice.
    pub email_removed: &'static str,
    /// Heading.
    pub password_title: &'static str,
    /// What follows from it.
    pub password_intro: &'static str,
    /// Field.
    pub current: &'static str,
    /// Field.
    pub new: &'static str,
    /// Field.
    pub new_again: &'static str,
    /// Button.
    pub change: &'static str,
    /// Notice.
    pub changed: &'static str,
    /// Notice.
    pub signed_out: &'static str,
    /// Notice to whoever sent a form after their session.
    pub nothing_done: &'static str,
}

/// English.
pub const EN: Account = Account {
    sessions_title: "Sessions",
    sessions_intro: "Browsers that are signed in as you. End one that you don’t recognize, then change your password.",
    sessions_caption: "Your sessions, most recently seen first",
    agent: "Browser",
    address: "Address",
    started: "Signed in",
    seen: "Last seen",
    end: "End",
    end_named: |agent| format!("End {agent}"),
    this_one: "this browser",
    unknown_agent: "Unknown browser",
    ended: "The session is ended.",
    email: "Email address",
    email_intro: "Where you are told that tokens of yours, or of projects that you administer, end soon or were revoked. Other people don’t see it, but for the server’s administrators. When you change or remove it, the old address is told.",
    email_hint: "Leave it empty to get no mail.",
    email_unsent: "This server is not set up to send mail yet.",
    email_save: "Save",
    email_bad: "That is no email address. Use one such as mika@example.com, in ASCII.",
    email_saved: "Your email address is saved.",
    email_removed: "Your email address is removed. You get no mail.",
    password_title: "Change password",
    password_intro: "Other browsers are signed out. API tokens keep working.",
    current: "Current password",
    new: "New password",
    new_again: "New password, once more",
    change: "Change password",
    changed: "Your password is changed. Other browsers are signed out.",
    signed_out: "You are signed out.",
    nothing_done: "You were no longer signed in, and nothing was changed. Sign in, then do it again.",
};

/// Japanese.
pub const JA: Account = Account {
    sessions_title: "セッション",
    sessions_intro: "あなたのアカウントにサインインしているブラウザーの一覧です。心当たりがないものは終了し、パスワードを変更してください。",
    sessions_caption: "セッションの一覧（最近使った順）",
    agent: "ブラウザー",
    address: "アドレス",
    started: "サインイン",
    seen: "最終アクセス",
    end: "終了",
    end_named: |agent| format!("{agent} を終了"),
    this_one: "このブラウザー",
    unknown_agent: "不明なブラウザー",
    ended: "セッションを終了しました。",
    email: "メールアドレス",
    email_intro: "あなたのトークンや、あなたが管理するプロジェクトのトークンが、まもなく期限切れになるときや失効したときにお知らせします。サーバーの管理者のほかには表示されません。変更または削除すると、それまでのアドレスにもお知らせします。",
    email_hint: "空欄にすると、メールは届きません。",
    email_unsent: "このサーバーでは、メールの送信がまだ設定されていません。",
    email_save: "保存",
    email_bad: "メールアドレスではありません。mika@example.com のように ASCII 文字で入力してください。",
    email_saved: "メールアドレスを保存しました。",
    email_removed: "メールアドレスを削除しました。メールは届きません。",
    password_title: "パスワードの変更",
    password_intro: "ほかのブラウザーはサインアウトされます。API トークンはそのまま使えます。",
    current: "現在のパスワード",
    new: "新しいパスワード",
    new_again: "新しいパスワード（確認）",
    change: "パスワードを変更",
    changed: "パスワードを変更しました。ほかのブラウザーはサインアウトされました。",
    signed_out: "サインアウトしました。",
    nothing_done: "サインインの期限が切れていたため、何も変更していません。サインインしてからやり直してください。",
};
