//! Words of a project’s keys for SSH, and of the host that its repository is on.
//! A private key is never shown; a public one may be.

/// Words of a project’s keys for SSH, in one language.
#[derive(Debug)]
pub struct Ssh {
    /// Heading.
    pub title: &'static str,
    /// Heading.
    pub checkout: &'static str,
    /// What they are, and what to do with them.
    pub checkout_intro: &'static str,
    /// None, and the repository is reached over SSH.
    pub checkout_empty: &'static str,
    /// None, and none is needed.
    pub checkout_unneeded: &'static str,
    /// Caption of the table, for screen readers.
    pub checkout_caption: &'static str,
    /// Column, and field of the form.
    pub kind: &'static str,
    /// A kind.
    pub deploy: &'static str,
    /// A kind.
    pub github_user: &'static str,
    /// A kind.
    pub bitbucket_user: &'static str,
    /// What a user’s key is.
    pub user_hint: &'static str,
    /// Column.
    pub fingerprint: &'static str,
    /// Column.
    pub created: &'static str,
    /// Mark of the one that is used.
    pub preferred: &'static str,
    /// Heading of one public half: its kind.
    pub public_half: fn(&str) -> String,
    /// Button that makes one.
    pub make: &'static str,
    /// Heading: the host.
    pub host: fn(&str) -> String,
    /// It is known.
    pub host_known: &'static str,
    /// It is not.
    pub host_unknown: &'static str,
    /// It is not, and the person cannot change that.
    pub host_unknown_guest: &'static str,
    /// Button.
    pub ask_host: &'static str,
    /// Heading.
    pub additional: &'static str,
    /// What they are.
    pub additional_intro: &'static str,
    /// None yet.
    pub additional_empty: &'static str,
    /// Caption of the table, for screen readers.
    pub additional_caption: &'static str,
    /// Column and field.
    pub hostname: &'static str,
    /// What may be left out.
    pub hostname_hint: &'static str,
    /// A key without a host.
    pub every_host: &'static str,
    /// Field.
    pub private_key: &'static str,
    /// What it must be, and what happens with it.
    pub private_key_hint: &'static str,
    /// Button that opens the form, its heading, and its button.
    pub add: &'static str,
    /// Column, and button of the confirmation.
    pub remove: &'static str,
    /// Name of the X beside one key.
    pub remove_named: fn(&str) -> String,
    /// Heading of the confirmation.
    pub remove_question: fn(&str) -> String,
    /// What follows from it.
    pub remove_effect: &'static str,
    /// Notice.
    pub made: &'static str,
    /// Notice.
    pub added: &'static str,
    /// Notice.
    pub removed: &'static str,
    /// Notice.
    pub met: &'static str,
}

/// English.
pub const EN: Ssh = Ssh {
    title: "SSH Keys",
    checkout: "Checkout Keys",
    checkout_intro: "Builds fetch the repository with the preferred key. Add its public key where the repository is, as a deploy key; reading is enough.",
    checkout_empty: "This project has no checkout key. The next build makes one, or you do it here.",
    checkout_unneeded: "This repository is not reached over SSH, so builds need no key to fetch it.",
    checkout_caption: "Checkout keys of this project",
    kind: "Type",
    deploy: "Deploy key",
    github_user: "GitHub user key",
    bitbucket_user: "Bitbucket user key",
    user_hint: "A user key opens whatever your account may. Add its public key to your account yourself.",
    fingerprint: "Fingerprint",
    created: "Added",
    preferred: "Preferred",
    public_half: |kind| format!("Public key ({kind})"),
    make: "Add Checkout Key",
    host: |host| format!("Host {host}"),
    host_known: "Builds fetch from this host only if it shows one of these keys. Compare the fingerprints with what its operator publishes.",
    host_unknown: "This server doesn’t know the host yet, so builds can’t fetch from it. Ask it for its keys, and compare the fingerprints with what its operator publishes.",
    host_unknown_guest: "This server doesn’t know the host yet, so builds can’t fetch from it. A server administrator can ask it for its keys.",
    ask_host: "Ask Host for Keys",
    additional: "Additional SSH Keys",
    additional_intro: "Jobs get these only where their configuration asks for them with add_ssh_keys.",
    additional_empty: "This project has no additional keys.",
    additional_caption: "Additional SSH keys of this project",
    hostname: "Hostname",
    hostname_hint: "The host that the key is for. Left empty, it is offered to every host.",
    every_host: "every host",
    private_key: "Private Key",
    private_key_hint: "Without a passphrase, in OpenSSH’s format. It is sealed on disk and never shown again.",
    add: "Add SSH Key",
    remove: "Remove",
    remove_named: |name| format!("Remove {name}"),
    remove_question: |name| format!("Remove {name}?"),
    remove_effect: "Builds that start from now on don’t have this key. It can’t be brought back.",
    made: "The key is made. Add its public key where the repository is.",
    added: "The key is added. Jobs that ask for it get it.",
    removed: "The key is removed.",
    met: "The host is known now. Please compare its fingerprints.",
};

/// Japanese.
pub const JA: Ssh = Ssh {
    title: "SSH キー",
    checkout: "チェックアウトキー",
    checkout_intro: "ビルドは「使用中」のキーでリポジトリを取得します。リポジトリのあるホストに、公開鍵をデプロイキーとして登録してください。読み取り権限で足ります。",
    checkout_empty: "チェックアウトキーがありません。次のビルドで作られます。ここで作ることもできます。",
    checkout_unneeded: "このリポジトリの取得に SSH は使わないので、キーは必要ありません。",
    checkout_caption: "このプロジェクトのチェックアウトキー",
    kind: "種類",
    deploy: "デプロイキー",
    github_user: "GitHub ユーザーキー",
    bitbucket_user: "Bitbucket ユーザーキー",
    user_hint: "ユーザーキーでは、あなたのアカウントに許されていることがすべてできます。公開鍵は自分でアカウントに登録してください。",
    fingerprint: "フィンガープリント",
    created: "追加日時",
    preferred: "使用中",
    public_half: |kind| format!("公開鍵（{kind}）"),
    make: "チェックアウトキーを追加",
    host: |host| format!("ホスト {host}"),
    host_known: "ホストが次のいずれかの鍵を示したときだけ、リポジトリを取得します。ホストの運営者が公開しているフィンガープリントと比べてください。",
    host_unknown: "ホストがまだ登録されていないため、リポジトリを取得できません。ホストに鍵を問い合わせ、運営者が公開しているフィンガープリントと比べてください。",
    host_unknown_guest: "ホストがまだ登録されていないため、リポジトリを取得できません。サーバーの管理者がホストに鍵を問い合わせる必要があります。",
    ask_host: "ホストに鍵を問い合わせる",
    additional: "追加の SSH キー",
    additional_intro: "設定ファイルの add_ssh_keys で求めたジョブにだけ渡されます。",
    additional_empty: "追加の SSH キーはまだありません。",
    additional_caption: "このプロジェクトの追加の SSH キー",
    hostname: "ホスト名",
    hostname_hint: "キーを使うホストです。空にすると、すべてのホストで使われます。",
    every_host: "すべてのホスト",
    private_key: "秘密鍵",
    private_key_hint: "パスフレーズのない OpenSSH 形式の鍵です。暗号化して保存し、後から表示することはできません。",
    add: "SSH キーを追加",
    remove: "削除",
    remove_named: |name| format!("{name} を削除"),
    remove_question: |name| format!("{name} を削除しますか？"),
    remove_effect: "これ以降に始まるビルドには渡されません。元に戻すことはできません。",
    made: "キーを作成しました。リポジトリのあるホストに公開鍵を登録してください。",
    added: "SSH キーを追加しました。求めたジョブに渡されます。",
    removed: "キーを削除しました。",
    met: "ホストを登録しました。フィンガープリントを確認してください。",
};
