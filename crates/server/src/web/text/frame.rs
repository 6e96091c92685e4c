//! Words of the frame around every page: top bar, menus, footer, shared buttons.
//! Names of products and of the two languages stand here too, because people read them.

/// Words of the frame around every page: top bar, menus, footer, shared buttons, in one language.
#[derive(Debug)]
pub struct Frame {
    /// The product.
    pub product: &'static str,
    /// This language, in itself.
    pub language_name: &'static str,
    /// What the language switch chooses.
    pub language: &'static str,
    /// Link for keyboards past the top bar.
    pub skip: &'static str,
    /// Landmark of the top bar.
    pub main_menu: &'static str,
    /// Landmark of the path to this page.
    pub trail: &'static str,
    /// Link to all projects.
    pub projects: &'static str,
    /// What the theme switch chooses.
    pub appearance: &'static str,
    /// Theme of the device.
    pub theme_system: &'static str,
    /// Light theme.
    pub theme_light: &'static str,
    /// Dark theme.
    pub theme_dark: &'static str,
    /// Name of the person menu.
    pub account_menu: &'static str,
    /// The person’s own settings.
    pub user_settings: &'static str,
    /// A project’s settings.
    pub project_settings: &'static str,
    /// The server’s settings.
    pub server_settings: &'static str,
    /// Settings page of the audit log.
    pub audit: &'static str,
    /// Settings page of personal tokens.
    pub personal_tokens: &'static str,
    /// Settings page of sessions.
    pub sessions: &'static str,
    /// Settings page of the password.
    pub password: &'static str,
    /// What the settings page of project tokens belongs to.
    pub permissions: &'static str,
    /// Settings page of project tokens.
    pub api_permissions: &'static str,
    /// Settings page of environment variables.
    pub variables: &'static str,
    /// Settings page of badges.
    pub badges: &'static str,
    /// Link to a project’s builds.
    pub builds: &'static str,
    /// Link to sign in.
    pub sign_in: &'static str,
    /// Button that ends the session.
    pub sign_out: &'static str,
    /// Mark of an administrator.
    pub administrator: &'static str,
    /// Leave a form or dialog without doing anything.
    pub cancel: &'static str,
    /// Leave a page that showed something once.
    pub done: &'static str,
    /// Copy a value.
    pub copy: &'static str,
    /// What the copy button says afterwards.
    pub copied: &'static str,
    /// No such moment yet.
    pub never: &'static str,
    /// Mark of a field that may stay empty.
    pub optional: &'static str,
    /// One line under the product’s name in the footer.
    pub tagline: &'static str,
    /// A project that everyone may see.
    pub public: &'static str,
    /// A project that only people with access see.
    pub private: &'static str,
}

/// English.
pub const EN: Frame = Frame {
    product: "Rondo",
    language_name: "English",
    language: "Language",
    skip: "Skip to content",
    main_menu: "Main",
    trail: "You are here",
    projects: "Projects",
    appearance: "Appearance",
    theme_system: "Match system",
    theme_light: "Light",
    theme_dark: "Dark",
    account_menu: "Your account",
    user_settings: "User Settings",
    project_settings: "Project Settings",
    server_settings: "Server Settings",
    audit: "Audit Log",
    personal_tokens: "Personal API Tokens",
    sessions: "Sessions",
    password: "Password",
    permissions: "Permissions",
    api_permissions: "API Permissions",
    variables: "Environment Variables",
    badges: "Status Badges",
    builds: "Builds",
    sign_in: "Sign in",
    sign_out: "Sign out",
    administrator: "Administrator",
    cancel: "Cancel",
    done: "Done",
    copy: "Copy",
    copied: "Copied",
    never: "Never",
    optional: "(optional)",
    tagline: "CI on your own machines",
    public: "Public",
    private: "Private",
};

/// Japanese.
pub const JA: Frame = Frame {
    product: "Rondo",
    language_name: "日本語",
    language: "言語",
    skip: "本文へ移動",
    main_menu: "メイン",
    trail: "現在の場所",
    projects: "プロジェクト",
    appearance: "外観",
    theme_system: "システムに合わせる",
    theme_light: "ライト",
    theme_dark: "ダーク",
    account_menu: "アカウント",
    user_settings: "ユーザー設定",
    project_settings: "プロジェクト設定",
    server_settings: "サーバー設定",
    audit: "監査ログ",
    personal_tokens: "パーソナル API トークン",
    sessions: "セッション",
    password: "パスワード",
    permissions: "権限",
    api_permissions: "API 権限",
    variables: "環境変数",
    badges: "ステータスバッジ",
    builds: "ビルド",
    sign_in: "サインイン",
    sign_out: "サインアウト",
    administrator: "管理者",
    cancel: "キャンセル",
    done: "完了",
    copy: "コピー",
    copied: "コピーしました",
    never: "未使用",
    optional: "（任意）",
    tagline: "自分のマシンで動かす CI",
    public: "公開",
    private: "非公開",
};
