//! The words of the pages that a person looks for, in both languages. They are written down again
//! here, so that a test fails when a word that guides and READMEs name is changed by accident.

/// A language of the pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    English,
    Japanese,
}

impl Language {
    /// What `Accept-Language` and `<html lang>` say.
    pub(crate) fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Japanese => "ja",
        }
    }

    pub(crate) fn words(self) -> &'static Words {
        match self {
            Self::English => &ENGLISH,
            Self::Japanese => &JAPANESE,
        }
    }
}

/// Names of fields, buttons, links and headings.
pub(crate) struct Words {
    pub(crate) user_name: &'static str,
    pub(crate) password: &'static str,
    pub(crate) password_again: &'static str,
    pub(crate) create_account: &'static str,
    pub(crate) sign_in: &'static str,
    pub(crate) add_project: &'static str,
    pub(crate) organization: &'static str,
    pub(crate) repository: &'static str,
    pub(crate) git_url: &'static str,
    pub(crate) account: &'static str,
    pub(crate) personal_tokens: &'static str,
    pub(crate) create_personal: &'static str,
    pub(crate) token_name: &'static str,
    pub(crate) add_personal: &'static str,
    pub(crate) warning: &'static str,
    pub(crate) copy: &'static str,
    pub(crate) copied: &'static str,
    pub(crate) done: &'static str,
    pub(crate) cancel: &'static str,
    pub(crate) remove: &'static str,
    /// The name of the X beside an object.
    pub(crate) remove_named: fn(&str) -> String,
    /// What the confirmation asks.
    pub(crate) remove_question: fn(&str) -> String,
    pub(crate) removed: &'static str,
    pub(crate) project_settings: &'static str,
    pub(crate) api_permissions: &'static str,
    pub(crate) create_project: &'static str,
    pub(crate) scope: &'static str,
    /// In the order of the list, with the word of the API.
    pub(crate) scopes: [(&'static str, &'static str); 3],
    pub(crate) token_label: &'static str,
    pub(crate) add_token: &'static str,
    pub(crate) run: &'static str,
    pub(crate) run_submit: &'static str,
    pub(crate) job: &'static str,
    pub(crate) parameters: &'static str,
    pub(crate) cancel_build: &'static str,
    pub(crate) required: &'static str,
    pub(crate) too_long: &'static str,
    pub(crate) wrong_sign_in: &'static str,
    pub(crate) too_many_attempts: &'static str,
    pub(crate) stale: &'static str,
    pub(crate) not_found: &'static str,
    pub(crate) this_one: &'static str,
    pub(crate) appearance: &'static str,
    pub(crate) dark: &'static str,
    /// What the switch to this language says.
    pub(crate) language: &'static str,
}

const ENGLISH: Words = Words {
    user_name: "User name",
    password: "Password",
    password_again: "Password, once more",
    create_account: "Create account",
    sign_in: "Sign in",
    add_project: "Add project",
    organization: "Organization",
    repository: "Repository",
    git_url: "Git address",
    account: "Your account",
    personal_tokens: "Personal API Tokens",
    create_personal: "Create New Token",
    token_name: "Token name",
    add_personal: "Add API Token",
    warning: "you will not see it again",
    copy: "Copy",
    copied: "Copied",
    done: "Done",
    cancel: "Cancel",
    remove: "Remove",
    remove_named: |label| format!("Remove {label}"),
    remove_question: |label| format!("Remove “{label}”?"),
    removed: "The token is removed.",
    project_settings: "Project Settings",
    api_permissions: "API Permissions",
    create_project: "Create Token",
    scope: "Scope",
    scopes: [("Status", "status"), ("Build Artifacts", "view-builds"), ("All", "all")],
    token_label: "Token Label",
    add_token: "Add Token",
    run: "Run a build",
    run_submit: "Run",
    job: "Job",
    parameters: "Parameters",
    cancel_build: "Cancel build",
    required: "Fill in “",
    too_long: "Use at most 100 characters.",
    wrong_sign_in: "That name and password don’t match an account.",
    too_many_attempts: "Too many attempts.",
    stale: "This form is out of date",
    not_found: "There is nothing here",
    this_one: "this browser",
    appearance: "Appearance",
    dark: "Dark",
    language: "English",
};

const JAPANESE: Words = Words {
    user_name: "ユーザー名",
    password: "パスワード",
    password_again: "パスワード（確認）",
    create_account: "アカウントを作成",
    sign_in: "サインイン",
    add_project: "プロジェクトを追加",
    organization: "組織",
    repository: "リポジトリ",
    git_url: "Git の URL",
    account: "アカウント",
    personal_tokens: "パーソナル API トークン",
    create_personal: "新しいトークンを作成",
    token_name: "トークン名",
    add_personal: "API トークンを追加",
    warning: "もう一度表示することはできません",
    copy: "コピー",
    copied: "コピーしました",
    done: "完了",
    cancel: "キャンセル",
    remove: "削除",
    remove_named: |label| format!("{label} を削除"),
    remove_question: |label| format!("「{label}」を削除しますか？"),
    removed: "トークンを削除しました。",
    project_settings: "プロジェクト設定",
    api_permissions: "API 権限",
    create_project: "トークンを作成",
    scope: "スコープ",
    scopes: [
        ("ステータス", "status"),
        ("ビルドアーティファクト", "view-builds"),
        ("すべて", "all"),
    ],
    token_label: "トークンラベル",
    add_token: "トークンを追加",
    run: "ビルドを実行",
    run_submit: "実行",
    job: "ジョブ",
    parameters: "パラメーター",
    cancel_build: "ビルドをキャンセル",
    required: "」を入力してください。",
    too_long: "100 文字以内で入力してください。",
    wrong_sign_in: "ユーザー名またはパスワードが違います。",
    too_many_attempts: "試行回数が上限に達しました。",
    stale: "フォームの有効期限が切れました",
    not_found: "ページが見つかりません",
    this_one: "このブラウザー",
    appearance: "外観",
    dark: "ダーク",
    language: "日本語",
};
