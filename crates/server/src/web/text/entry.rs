//! Words of the pages before somebody is signed in, and of the one that asks again.
//! They never say whether an account exists.

/// Words of the pages before somebody is signed in, and of the one that asks again, in one language.
#[derive(Debug)]
pub struct Entry {
    /// Heading of the sign-in page.
    pub sign_in_title: &'static str,
    /// Field of the user name.
    pub name: &'static str,
    /// Field of the password.
    pub password: &'static str,
    /// Button.
    pub sign_in: &'static str,
    /// What to do without an account.
    pub no_account: &'static str,
    /// Heading of the first setup.
    pub setup_title: &'static str,
    /// What the first account is.
    pub setup_intro: &'static str,
    /// Field of the repeated password.
    pub password_again: &'static str,
    /// Rule of a new password.
    pub password_hint: fn(usize) -> String,
    /// Button.
    pub create_account: &'static str,
    /// Heading of a one-time link.
    pub enter_title: &'static str,
    /// Who will be signed in.
    pub enter_intro: fn(&str) -> String,
    /// Button.
    pub enter: &'static str,
    /// Heading of the page that asks for the password again.
    pub again_title: &'static str,
    /// Why the password is asked again.
    pub again_intro: fn(&str) -> String,
    /// Button.
    pub confirm: &'static str,
    /// A one-time link that was used or expired.
    pub gone_title: &'static str,
    /// Why, and what now.
    pub gone_body: &'static str,
}

/// English.
pub const EN: Entry = Entry {
    sign_in_title: "Sign in to Rondo",
    name: "User name",
    password: "Password",
    sign_in: "Sign in",
    no_account: "No account? Ask the person who runs this server.",
    setup_title: "Create the first account",
    setup_intro: "This account administers the server: it adds projects and people. The link works once.",
    password_again: "Password, once more",
    password_hint: |least| format!("At least {least} characters."),
    create_account: "Create account",
    enter_title: "Sign in with this link",
    enter_intro: |name| {
        format!("You will be signed in as {name}. The link works once and then expires.")
    },
    enter: "Continue",
    again_title: "Confirm it’s you",
    again_intro: |name| {
        format!(
            "You are signed in as {name}. What comes next can give access to builds, so please type your password again."
        )
    },
    confirm: "Confirm",
    gone_title: "This link no longer works",
    gone_body: "It was used already, or its time is over. Ask for a new one, or sign in with your password.",
};

/// Japanese.
pub const JA: Entry = Entry {
    sign_in_title: "Rondo にサインイン",
    name: "ユーザー名",
    password: "パスワード",
    sign_in: "サインイン",
    no_account: "アカウントがない場合は、このサーバーの管理者にご相談ください。",
    setup_title: "最初のアカウントを作成",
    setup_intro: "サーバーを管理するアカウントです。プロジェクトやユーザーを追加できます。このリンクは一度だけ使えます。",
    password_again: "パスワード（確認）",
    password_hint: |least| format!("{least} 文字以上"),
    create_account: "アカウントを作成",
    enter_title: "リンクでサインイン",
    enter_intro: |name| {
        format!("{name} としてサインインします。リンクは一度使うと無効になります。")
    },
    enter: "続ける",
    again_title: "ご本人の確認",
    again_intro: |name| {
        format!(
            "{name} としてサインインしています。この先の操作はビルドへのアクセスに関わるため、パスワードをもう一度入力してください。"
        )
    },
    confirm: "確認",
    gone_title: "このリンクは使えません",
    gone_body: "すでに使われたか、期限が切れています。新しいリンクを発行してもらうか、パスワードでサインインしてください。",
};
