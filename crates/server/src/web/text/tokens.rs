//! Words of the pages of personal and of project API tokens.
//! Names of controls are CircleCI’s, so that its guides can be followed here.

/// Words of the pages of personal and of project API tokens, in one language.
#[derive(Debug)]
pub struct Tokens {
    /// Heading.
    pub personal_title: &'static str,
    /// What they are.
    pub personal_intro: &'static str,
    /// Button.
    pub personal_create: &'static str,
    /// Heading of the form.
    pub personal_dialog: &'static str,
    /// Field.
    pub personal_name: &'static str,
    /// How to choose it.
    pub personal_name_hint: &'static str,
    /// Button that makes it.
    pub personal_add: &'static str,
    /// Caption of the table, for screen readers.
    pub personal_caption: &'static str,
    /// No personal tokens.
    pub personal_empty: &'static str,
    /// What one is good for.
    pub personal_empty_body: &'static str,
    /// Heading.
    pub project_title: &'static str,
    /// What they are.
    pub project_intro: &'static str,
    /// Button.
    pub project_create: &'static str,
    /// Heading of the form.
    pub project_dialog: &'static str,
    /// Field.
    pub project_label: &'static str,
    /// How to choose it.
    pub project_label_hint: &'static str,
    /// Button that makes it.
    pub project_add: &'static str,
    /// Caption of the table, for screen readers.
    pub project_caption: &'static str,
    /// No project tokens.
    pub project_empty: &'static str,
    /// What one is good for.
    pub project_empty_body: &'static str,
    /// Field and column.
    pub scope: &'static str,
    /// Scope.
    pub scope_status: &'static str,
    /// Scope.
    pub scope_artifacts: &'static str,
    /// Scope.
    pub scope_all: &'static str,
    /// Scope.
    pub scope_badge: &'static str,
    /// What it opens.
    pub scope_badge_opens: &'static str,
    /// What it opens.
    pub scope_status_opens: &'static str,
    /// What it opens.
    pub scope_artifacts_opens: &'static str,
    /// What it opens.
    pub scope_all_opens: &'static str,
    /// Column.
    pub name: &'static str,
    /// Column.
    pub label: &'static str,
    /// Column.
    pub id: &'static str,
    /// Column.
    pub created: &'static str,
    /// Column.
    pub last_used: &'static str,
    /// Column, and button of the confirmation.
    pub remove: &'static str,
    /// Name of the X beside one token.
    pub remove_named: fn(&str) -> String,
    /// Heading of the confirmation.
    pub remove_question: fn(&str) -> String,
    /// What follows from it.
    pub remove_effect: &'static str,
    /// Notice.
    pub removed: &'static str,
    /// The form came again: nothing was made this time.
    pub made_before: &'static str,
    /// Heading of the page that shows the value.
    pub created_title: fn(&str) -> String,
    /// Above the value.
    pub created_warning: &'static str,
    /// Name of the field with the value.
    pub created_value: &'static str,
    /// Above the curl line.
    pub created_try: &'static str,
    /// Where to keep it.
    pub created_keep: &'static str,
}

/// English.
pub const EN: Tokens = Tokens {
    personal_title: "Personal API Tokens",
    personal_intro: "A personal token acts as you, with everything you may read and change. Give each script its own, so that you can stop one without touching the others.",
    personal_create: "Create New Token",
    personal_dialog: "Add an API token",
    personal_name: "Token name",
    personal_name_hint: "Say what will use it, for example “nightly report”. It cannot be changed later.",
    personal_add: "Add API Token",
    personal_caption: "Your personal API tokens, newest first",
    personal_empty: "You have no personal tokens.",
    personal_empty_body: "Create one to trigger builds, download artifacts or read statuses from a script.",
    project_title: "API Permissions",
    project_intro: "A project token belongs to this project and only reads. Its scope says what. It cannot be changed: to change one, delete it and create another.",
    project_create: "Create Token",
    project_dialog: "Add an API token",
    project_label: "Token Label",
    project_label_hint: "Say where it will be used, for example “README badge”.",
    project_add: "Add Token",
    project_caption: "API tokens of this project, newest first",
    project_empty: "This project has no tokens.",
    project_empty_body: "Create one for a badge in a README, or for a script that downloads artifacts.",
    scope: "Scope",
    scope_status: "Status",
    scope_artifacts: "Build Artifacts",
    scope_all: "All",
    scope_badge: "Badge key",
    scope_badge_opens: "The project’s status badge, and nothing else: fit for a README that everybody reads.",
    scope_status_opens: "Badges, feeds, and whether a build passed. No output, commit messages or artifacts.",
    scope_artifacts_opens: "The list of a build’s artifacts, and downloading them. Nothing else.",
    scope_all_opens: "Everything about builds: statuses, artifacts, commits, steps, output, tests and config. It never writes.",
    name: "Name",
    label: "Label",
    id: "ID",
    created: "Created",
    last_used: "Last used",
    remove: "Remove",
    remove_named: |label| format!("Remove {label}"),
    remove_question: |label| format!("Remove “{label}”?"),
    remove_effect: "Scripts and badges that use this token stop working at once. This cannot be undone.",
    removed: "The token is removed. It is refused from now on.",
    made_before: "This form was sent before and made its token then. Its value was shown once; if you do not have it, remove the token and create another one.",
    created_title: |label| format!("“{label}” is ready"),
    created_warning: "Copy it now. Rondo keeps no copy, and you will not see it again.",
    created_value: "Your new token",
    created_try: "Try it",
    created_keep: "Keep it in a password manager or in your tool’s secret store, never in a repository.",
};

/// Japanese.
pub const JA: Tokens = Tokens {
    personal_title: "パーソナル API トークン",
    personal_intro: "パーソナルトークンはあなたの代わりに動作し、あなたと同じ読み取り・書き込み権限を持ちます。スクリプトごとに別のトークンを作っておけば、1 つだけを無効にできます。",
    personal_create: "新しいトークンを作成",
    personal_dialog: "API トークンを追加",
    personal_name: "トークン名",
    personal_name_hint: "「夜間レポート」のように、使う場所がわかる名前にします。後から変更できません。",
    personal_add: "API トークンを追加",
    personal_caption: "パーソナル API トークンの一覧（新しい順）",
    personal_empty: "パーソナルトークンはまだありません。",
    personal_empty_body: "トークンを作成すると、スクリプトからビルドのトリガー、アーティファクトの取得、ステータスの確認ができます。",
    project_title: "API 権限",
    project_intro: "プロジェクトトークンはこのプロジェクト専用で、読み取りだけができます。読める範囲はスコープで決まります。作成後は変更できないため、変えたいときは削除して作り直してください。",
    project_create: "トークンを作成",
    project_dialog: "API トークンを追加",
    project_label: "トークンラベル",
    project_label_hint: "「README のバッジ」のように、使う場所がわかるラベルにします。",
    project_add: "トークンを追加",
    project_caption: "このプロジェクトの API トークンの一覧（新しい順）",
    project_empty: "このプロジェクトのトークンはまだありません。",
    project_empty_body: "README のバッジや、アーティファクトを取得するスクリプトのために作成できます。",
    scope: "スコープ",
    scope_status: "ステータス",
    scope_artifacts: "ビルドアーティファクト",
    scope_all: "すべて",
    scope_badge: "バッジキー",
    scope_badge_opens: "プロジェクトのステータスバッジだけ。だれでも読める README に置けます。",
    scope_status_opens: "バッジ、フィード、ビルドの成否を読めます。出力、コミットメッセージ、アーティファクトは読めません。",
    scope_artifacts_opens: "アーティファクトの一覧とダウンロードだけができます。",
    scope_all_opens: "ステータス、アーティファクト、コミット、ステップ、出力、テスト、設定など、ビルドのすべてを読めます。書き込みはできません。",
    name: "名前",
    label: "ラベル",
    id: "ID",
    created: "作成日時",
    last_used: "最終使用",
    remove: "削除",
    remove_named: |label| format!("{label} を削除"),
    remove_question: |label| format!("「{label}」を削除しますか？"),
    remove_effect: "このトークンを使っているスクリプトやバッジは、すぐに使えなくなります。この操作は取り消せません。",
    removed: "トークンを削除しました。このトークンはもう使えません。",
    made_before: "このフォームは送信済みで、トークンはそのときに作成されています。値が表示されるのは一度だけです。控えていない場合は、そのトークンを削除して、新しく作成してください。",
    created_title: |label| format!("「{label}」を作成しました"),
    created_warning: "今すぐコピーしてください。Rondo には保存されず、もう一度表示することはできません。",
    created_value: "新しいトークン",
    created_try: "試してみる",
    created_keep: "パスワードマネージャーやツールのシークレット機能に保管し、リポジトリには置かないでください。",
};
