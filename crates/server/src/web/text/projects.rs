//! Words of the list of projects and of the form that adds one.
//! States of builds are in `states`.

use super::super::quantity::grouped;

/// Words of the list of projects and of the form that adds one, in one language.
#[derive(Debug)]
pub struct Projects {
    /// Heading.
    pub title: &'static str,
    /// Button that leads to the form.
    pub add: &'static str,
    /// Caption of the table, for screen readers.
    pub caption: &'static str,
    /// Column.
    pub project: &'static str,
    /// Column.
    pub last_build: &'static str,
    /// Column.
    pub branch: &'static str,
    /// Column.
    pub when: &'static str,
    /// A project without builds.
    pub no_builds: &'static str,
    /// How many there are.
    pub count: fn(u64) -> String,
    /// Heading where there is no project.
    pub empty_title: &'static str,
    /// What a project is, for someone who may add one.
    pub empty_body: &'static str,
    /// The same, for someone who may not add one.
    pub empty_guest: &'static str,
    /// Heading of the form.
    pub new_title: &'static str,
    /// What happens.
    pub new_intro: &'static str,
    /// Field.
    pub vcs: &'static str,
    /// Field.
    pub organization: &'static str,
    /// Field.
    pub repository: &'static str,
    /// Group of the three fields above.
    pub slug_legend: &'static str,
    /// What they are for.
    pub slug_hint: &'static str,
    /// Field.
    pub git_url: &'static str,
    /// Which addresses work.
    pub git_hint: &'static str,
    /// Field.
    pub default_branch: &'static str,
    /// Group of the choice below.
    pub access_legend: &'static str,
    /// What private means.
    pub private_hint: &'static str,
    /// What public means.
    pub public_hint: &'static str,
    /// A host.
    pub github: &'static str,
    /// A host.
    pub bitbucket: &'static str,
    /// A repository that is neither.
    pub other_host: &'static str,
    /// Notice.
    pub added: &'static str,
}

/// English.
pub const EN: Projects = Projects {
    title: "Projects",
    add: "Add project",
    caption: "Projects and their last build",
    project: "Project",
    last_build: "Last build",
    branch: "Branch",
    when: "When",
    no_builds: "No builds yet",
    count: |n| if n == 1 { "1 project".to_owned() } else { format!("{} projects", grouped(n)) },
    empty_title: "No projects yet",
    empty_body: "A project is a git repository with a .circleci/config.yml. Add one, and Rondo builds it here.",
    empty_guest: "There is nothing you can see yet. An administrator can add a project or give you access to one.",
    new_title: "Add a project",
    new_intro: "Rondo fetches the repository when a build starts and reads .circleci/config.yml from it.",
    vcs: "Host",
    organization: "Organization",
    repository: "Repository",
    slug_legend: "Name in addresses",
    slug_hint: "As in the address of the repository; API paths and badges use it, for example gh/acme/web.",
    git_url: "Git address",
    git_hint: "https://, ssh://, user@host:path, or a folder on this machine that the operator allows. No passwords or tokens.",
    default_branch: "Default branch",
    access_legend: "Who may see it",
    private_hint: "Only people with access, and tokens of the project.",
    public_hint: "Everyone who reaches this server may read builds, output and artifacts.",
    github: "GitHub (gh)",
    bitbucket: "Bitbucket (bb)",
    other_host: "Elsewhere (git)",
    added: "The project is here. Run its first build.",
};

/// Japanese.
pub const JA: Projects = Projects {
    title: "プロジェクト",
    add: "プロジェクトを追加",
    caption: "プロジェクトと最新のビルド",
    project: "プロジェクト",
    last_build: "最新のビルド",
    branch: "ブランチ",
    when: "日時",
    no_builds: "ビルドなし",
    count: |n| format!("{} 件", grouped(n)),
    empty_title: "プロジェクトはまだありません",
    empty_body: "プロジェクトは .circleci/config.yml のある git リポジトリです。追加すると、このサーバーでビルドできるようになります。",
    empty_guest: "閲覧できるプロジェクトがありません。管理者にプロジェクトの追加かアクセス権の付与を依頼してください。",
    new_title: "プロジェクトを追加",
    new_intro: "ビルドの開始時にリポジトリを取得し、その中の .circleci/config.yml を読み込みます。",
    vcs: "ホスティング",
    organization: "組織",
    repository: "リポジトリ",
    slug_legend: "URL で使う名前",
    slug_hint: "リポジトリの URL と同じ名前にします。API のパスやバッジで使われます（例：gh/acme/web）。",
    git_url: "Git の URL",
    git_hint: "https://、ssh://、user@host:path、または管理者が許可したこのマシン上のフォルダー。パスワードやトークンは含めないでください。",
    default_branch: "デフォルトブランチ",
    access_legend: "公開範囲",
    private_hint: "アクセス権のあるユーザーと、プロジェクトのトークンだけが閲覧できます。",
    public_hint: "このサーバーに接続できる人は誰でも、ビルドや出力、アーティファクトを閲覧できます。",
    github: "GitHub（gh）",
    bitbucket: "Bitbucket（bb）",
    other_host: "その他（git）",
    added: "プロジェクトを追加しました。最初のビルドを実行してみましょう。",
};
