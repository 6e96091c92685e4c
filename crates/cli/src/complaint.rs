//! What went wrong, in the language of whoever runs the command. The errors of the other crates speak
//! English by themselves; here is what the typed ones among them are in Japanese. What only the
//! system or the server can say stays as it was said.

use std::error::Error;
use std::fmt;
use std::io::ErrorKind;

use rondo_app::{Invalid, OrbError, Refusal};
use rondo_domain::git_url::GitUrlError;
use rondo_domain::limits::{
    BUILD_PARAMETERS, POLICY_DAYS, SLUG_PART_CHARACTERS, TOKEN_NETWORKS, VARIABLE_NAME_CHARACTERS,
    VARIABLE_VALUE_BYTES,
};
use rondo_domain::name::NameError;
use rondo_domain::permission::{Permission, UnknownPermission};
use rondo_domain::policy::{Breach, RulesError};
use rondo_domain::role::UnknownRole;
use rondo_domain::slug::SlugError;
use rondo_domain::ssh::SshError;
use rondo_domain::token::{NetworkError, ReachError, UnknownScope};
use rondo_domain::variable::VariableError;
use rondo_domain::{CeilingError, EmailError, RateError};
use rondo_runner::Missing;
use rondo_store::{FolderError, OrbFolderError, SourceError};
use rondo_wire::Failure;
use rondo_wire::client::CallError;

use crate::language::{Language, words};

/// What is wrong with a command by itself, whatever its subject is.
#[derive(Debug)]
struct Misuse(String);

impl Error for Misuse {}

impl fmt::Display for Misuse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What is wrong with a command by itself, as an error.
pub(crate) fn misuse(text: String) -> anyhow::Error {
    Misuse(text).into()
}

/// Whether the command was wrong, rather than what it was to do failed.
pub(crate) fn is_misuse(failure: &anyhow::Error) -> bool {
    failure.chain().any(|cause| {
        cause.is::<Misuse>()
            || cause.is::<SlugError>()
            || cause.is::<NameError>()
            || cause.is::<GitUrlError>()
            || cause.is::<UnknownScope>()
            || cause.is::<UnknownPermission>()
            || cause.is::<UnknownRole>()
            || cause.is::<NetworkError>()
            || cause.is::<EmailError>()
    })
}

/// A failure, cause by cause, on one line.
pub(crate) fn of(failure: &anyhow::Error) -> String {
    failure.chain().map(cause).collect::<Vec<_>>().join(": ")
}

/// A reason for not doing something, as an error.
pub(crate) fn refusal(refusal: Refusal) -> anyhow::Error {
    let text = match refusal {
        Refusal::Missing(what, name) => {
            let noun = noun(what);
            words!("there is no {noun} {name}", "{noun}「{name}」はありません")
        }
        Refusal::Exists(what, name) => {
            let noun = noun(what);
            words!("there is a {noun} {name} already", "{noun}「{name}」はすでにあります")
        }
        Refusal::Invalid(what) => invalid(&what),
        Refusal::Policy(organization, what) => {
            let organization = organization.unwrap_or_default();
            let what = breach(what);
            words!("the policy of {organization}: {what}", "{organization} のポリシー: {what}")
        }
        Refusal::Hidden => words!("there is no such project", "そのようなプロジェクトはありません"),
        Refusal::Unavailable(why) | Refusal::Fault(why) | Refusal::Silent(why) => why,
        other => words!("refused: {other:?}", "拒否されました: {other:?}"),
    };
    anyhow::anyhow!(text)
}

fn noun(noun: &'static str) -> &'static str {
    if Language::now() == Language::English {
        return noun;
    }
    match noun {
        "person" => "ユーザー",
        "project" => "プロジェクト",
        "token" => "トークン",
        "service account" => "サービスアカウント",
        "event" => "イベント",
        "organization" => "組織",
        "build" => "ビルド",
        "artifact" => "アーティファクト",
        "env var" => "環境変数",
        "checkout key" => "チェックアウトキー",
        "ssh key" => "SSH キー",
        "orb" => "オーブ",
        "known host" => "登録済みのホスト",
        other => other,
    }
}

fn invalid(what: &Invalid) -> String {
    if Language::now() == Language::English {
        return what.to_string();
    }
    match what {
        Invalid::Name(error) => name(*error),
        Invalid::Slug(error) => slug(*error),
        Invalid::GitUrl(error) => git_url(*error),
        Invalid::LocalPath(path) => format!(
            "{path} は、リポジトリのビルドが許可されたフォルダーの中にありません。--local-repositories で許可できます"
        ),
        Invalid::Scope(error) => scope(error),
        Invalid::Reach(error) => reach(error),
        Invalid::Count(found) => {
            format!("条件に合うトークンは現在 {found} 個で、指定された数と違います")
        }
        Invalid::Role(error) => role(error),
        Invalid::Rules(error) => rules(*error),
        Invalid::Ceiling(error) => ceiling(*error),
        Invalid::Variable(error) => variable(error),
        Invalid::Ssh(error) => ssh(error),
        Invalid::Password { fewest, most } => {
            format!("パスワードは {fewest} 文字以上、{most} バイト以内にしてください")
        }
        Invalid::Orb(error) => orb(error),
        Invalid::Both(one, other) => {
            format!("{one} と {other} は、どちらか一方だけを指定してください")
        }
        Invalid::Request(what) => what.clone(),
    }
}

/// What an organization's policy finds wrong with a token.
fn breach(breach: Breach) -> String {
    if Language::now() == Language::English {
        return breach.to_string();
    }
    match breach {
        Breach::Unrestricted => {
            "すべての権限とすべてのプロジェクトを持つパーソナル API トークンは使えません".to_owned()
        }
        Breach::Lifetime(days) => {
            format!("有効期間が {days} 日を超えるトークンは使えません。期限を早めてください")
        }
        Breach::Network(_) => "決められたネットワーク以外からは使えません".to_owned(),
        Breach::Query => "URL に含まれたトークンは使えません".to_owned(),
        Breach::Approval => "変更操作には別の管理者の承認が必要です".to_owned(),
    }
}

fn rules(error: RulesError) -> String {
    match error {
        RulesError::Days(field) => {
            format!("{field} には 1 から {POLICY_DAYS} までの日数を指定してください")
        }
        RulesError::Networks => format!("ネットワークは {TOKEN_NETWORKS} 個までです"),
        RulesError::Outside(peer) => {
            format!("現在のアクセス元 {peer} は、どのネットワークにも含まれていません")
        }
    }
}

fn cause(error: &(dyn Error + 'static)) -> String {
    match Language::now() {
        Language::English => error.to_string(),
        Language::Japanese => in_japanese(error).unwrap_or_else(|| error.to_string()),
    }
}

/// `None` for an error that is of no type known here.
fn in_japanese(error: &(dyn Error + 'static)) -> Option<String> {
    macro_rules! known {
        ($($kind:ty => $say:expr),* $(,)?) => {
            $(if let Some(error) = error.downcast_ref::<$kind>() { return Some($say(error)); })*
        };
    }
    known! {
        NameError => |error: &NameError| name(*error),
        SlugError => |error: &SlugError| slug(*error),
        GitUrlError => |error: &GitUrlError| git_url(*error),
        VariableError => variable,
        SshError => ssh,
        UnknownScope => scope,
        UnknownPermission => permission,
        NetworkError => network,
        RateError => rate,
        EmailError => |_: &EmailError| email(),
        UnknownRole => role,
        FolderError => folder,
        SourceError => source,
        OrbFolderError => packed,
        Missing => missing,
        CallError => call,
        rondo_store::Error => store,
    }
    system(error.downcast_ref::<std::io::Error>()?.kind()).map(str::to_owned)
}

fn name(error: NameError) -> String {
    let noun = |noun: &'static str| match noun {
        "name" => "名前",
        "label" => "ラベル",
        "reason" => "理由",
        "branch or tag" => "ブランチまたはタグ",
        "revision (40 hexadecimal digits)" => "リビジョン（16 進数 40 桁）",
        other => other,
    };
    match error {
        NameError::Empty(what) => format!("{}を空にすることはできません", noun(what)),
        NameError::Long(what, most) => format!("{}は {most} 文字までです", noun(what)),
        NameError::TokenValue(what) => {
            format!("{}にトークンの値が含まれています。トークンは ID で示してください", noun(what))
        }
        NameError::Characters(what) => format!("{}に使えない文字が含まれています", noun(what)),
    }
}

fn slug(error: SlugError) -> String {
    match error {
        SlugError::Shape => {
            "プロジェクトは「vcs/組織/リポジトリ」の形で指定してください（例: gh/acme/web）"
                .to_owned()
        }
        SlugError::Vcs => {
            "プロジェクトの名前は gh、bb、git のいずれかで始めてください（例: gh/acme/web）"
                .to_owned()
        }
        SlugError::Length => {
            format!("プロジェクトの名前の各部分は 1 文字以上 {SLUG_PART_CHARACTERS} 文字以内です")
        }
        SlugError::Characters => "プロジェクトの名前に使えるのは文字、数字、「-」「_」「.」で、\
             各部分の先頭と末尾に「.」は置けません"
            .to_owned(),
    }
}

fn git_url(error: GitUrlError) -> String {
    match error {
        GitUrlError::Shape => {
            "リポジトリの URL は https://…、ssh://…、user@host:path、file:///… または絶対パスで、\
             空白を含められません"
        }
        GitUrlError::Credentials => {
            "リポジトリの URL にパスワードやトークンを入れないでください。画面やログに表示されます"
        }
        GitUrlError::Forbidden => "リポジトリの URL にリンクローカルアドレスは使えません",
    }
    .to_owned()
}

fn variable(error: &VariableError) -> String {
    match error {
        VariableError::Name(name) => format!(
            "{name:?} は環境変数の名前として使えません。英数字と「_」で、数字以外で始まる \
             {VARIABLE_NAME_CHARACTERS} 文字以内の名前にしてください"
        ),
        VariableError::Value(name) => format!(
            "{name} の値は、NUL を含まない {VARIABLE_VALUE_BYTES} バイト以内のテキストにしてください"
        ),
        VariableError::Many => format!("ビルドパラメーターは {BUILD_PARAMETERS} 個までです"),
    }
}

fn scope(error: &UnknownScope) -> String {
    format!(
        "スコープ {:?} はありません。status、view-builds、all、badge から選んでください",
        error.word()
    )
}

fn permission(error: &UnknownPermission) -> String {
    let words: Vec<_> = Permission::OF_TOKENS.into_iter().map(Permission::word).collect();
    format!("権限 {:?} はありません。次から選んでください: {}", error.word(), words.join("、"))
}

fn email() -> String {
    "メールアドレスは mika@example.com のように、引用符のない ASCII で指定してください".to_owned()
}

fn rate(error: &RateError) -> String {
    let text = error.text();
    format!(
        "{text:?} は使えません。1 秒あたりのリクエスト数と一度に送れる数を 100:1000 のように、それぞれ 1 から 1000000 までで指定してください。0 は無制限です"
    )
}

fn network(error: &NetworkError) -> String {
    match error {
        NetworkError::Shape(text) => format!(
            "{text:?} はネットワークではありません。10.0.0.0/8 や 2001:db8::/32 のように指定してください"
        ),
        NetworkError::Bits(meant) => format!(
            "プレフィックスより後ろのビットは 0 にしてください（{meant}）。1 つのアドレスも指定できます"
        ),
    }
}

fn reach(error: &ReachError) -> String {
    let said = match error {
        ReachError::Permission(error) => permission(error),
        ReachError::Network(error) => network(error),
        ReachError::Project(slug) => {
            format!("表示できるプロジェクトの中に {slug} はありません")
        }
        ReachError::Name(name) => format!(
            "{name:?} はプロジェクトの名前ではありません。gh/acme/web のように指定してください"
        ),
        ReachError::Past => "トークンの有効期限は未来の日時にしてください".to_owned(),
        ReachError::Moment => "2030-01-31T12:00:00Z のような日時を指定してください".to_owned(),
        ReachError::Later => {
            "トークンはそれより早く終わります。有効期限は早めることしかできません".to_owned()
        }
        ReachError::Empty(_) => "空のリストでは何もできません。指定を省いてください".to_owned(),
        ReachError::Many(_, most) => format!("指定できるのは {most} 個までです"),
        ReachError::Ceiling(permission) => {
            format!("{permission} は、サービスアカウントの権限の上限を超えています")
        }
        ReachError::Home(slug) => {
            format!("{slug} は、サービスアカウントの所属の外にあります")
        }
        ReachError::Beyond(_) => {
            "トークンは、自分より多くのことができるトークンを作成できません".to_owned()
        }
    };
    format!("{}: {said}", error.field())
}

fn ceiling(error: CeilingError) -> String {
    match error {
        CeilingError::Empty => "権限を 1 つ以上指定してください".to_owned(),
        CeilingError::Beyond(permission) => {
            format!("サービスアカウントに権限 {permission} は与えられません")
        }
    }
}

fn role(error: &UnknownRole) -> String {
    format!("ロール {:?} はありません。viewer、contributor、admin から選んでください", error.word())
}

fn folder(error: &FolderError) -> String {
    match error {
        FolderError::Unusable(path, error) => format!(
            "{} を使えません（{}）。書き込めるようにするか、--data で別のデータフォルダーを指定してください",
            path.display(),
            cause(error)
        ),
        FolderError::InUse(path) => format!(
            "データフォルダー {} は別のサーバーが使用中です。そのサーバーを停止するか、\
             --data で別のフォルダーを指定してください",
            path.display()
        ),
        FolderError::Key(path) => format!(
            "鍵ファイル {} が壊れています。バックアップから戻してください。\
             この鍵がないと、トークンもシークレットも読めません",
            path.display()
        ),
    }
}

fn ssh(error: &SshError) -> String {
    match error {
        SshError::Kind => {
            "type は deploy-key、github-user-key、bitbucket-user-key のいずれかにしてください"
        }
        SshError::OtherKind => {
            "github-user-key は GitHub の、bitbucket-user-key は Bitbucket のプロジェクトでだけ使えます。deploy-key を使ってください"
        }
        SshError::Host => {
            "ホストは名前またはアドレスで指定してください（例: git.example.com、ポート付きは git.example.com:2222）"
        }
        SshError::Key => {
            "秘密鍵ではありません。ssh-keygen が作成したファイルの全体（-----BEGIN OPENSSH PRIVATE KEY----- から最後の行まで）を渡してください"
        }
        SshError::OldFormat => {
            "この鍵は古い形式です。「ssh-keygen -p -f ファイル」で OpenSSH の形式に書き直せます"
        }
        SshError::Passphrase => {
            "この鍵にはパスフレーズがあり、ビルドでは入力できません。「ssh-keygen -p -f ファイル」で外せます"
        }
    }
    .to_owned()
}

fn orb(error: &OrbError) -> String {
    match error {
        OrbError::Several(orb) => format!(
            "{orb} は 1 つのバージョンを指していません。namespace/name@1.2.3 または namespace/name@dev:label の形で指定してください"
        ),
        OrbError::Changed(orb) => format!(
            "{orb} は別の内容ですでにあります。バージョンは変えられないため、新しいバージョンとしてインポートしてください"
        ),
        OrbError::Wrong(first, 0) => format!("オーブではありません: {first}"),
        OrbError::Wrong(first, more) => {
            format!("オーブではありません: {first}（ほかに {more} 件のエラー）")
        }
        OrbError::Large(most) => format!("オーブは {most} MB までです"),
        OrbError::Unreadable(why) => why.clone(),
    }
}

fn packed(error: &OrbFolderError) -> String {
    match error {
        OrbFolderError::Source(error) => source(error),
        pack @ OrbFolderError::Pack(..) => pack.to_string(),
    }
}

fn source(error: &SourceError) -> String {
    match error {
        SourceError::Unreadable(path, error) => {
            format!("{} を読めません: {}", path.display(), cause(error))
        }
        SourceError::NotUtf8(path) => format!("{} は UTF-8 ではありません", path.display()),
        SourceError::Large(path) => {
            format!(
                "{} はファイルの数、大きさ、または階層の深さが上限を超えています",
                path.display()
            )
        }
    }
}

fn missing(error: &Missing) -> String {
    match error {
        Missing::NotInstalled => {
            "ジョブをこのマシンから隔離する bubblewrap がインストールされていません\
             （Debian、Ubuntu、Fedora、Arch、Alpine ではパッケージ bubblewrap）"
                .to_owned()
        }
        Missing::Refused(said) => format!(
            "bubblewrap はありますが、サンドボックスを作れません: {said}。\
             カーネルがこのユーザーに名前空間の作成を許す必要があります。設定 kernel.unprivileged_userns_clone、\
             user.max_user_namespaces、kernel.apparmor_restrict_unprivileged_userns を、\
             コンテナの中では seccomp プロファイルも確認してください"
        ),
    }
}

fn store(error: &rondo_store::Error) -> String {
    use rondo_store::Error as E;
    match error {
        E::Unavailable(why) => format!("データベースに接続できません: {why}"),
        E::Exists => "同じものがすでにあります".to_owned(),
        E::Corrupt(what) => format!("データベースの {what} を読めません"),
        E::Refused(why) => format!("データベースが拒否しました: {why}"),
    }
}

fn call(error: &CallError) -> String {
    match error {
        CallError::Unreachable(why) => format!("サーバーに接続できません: {why}"),
        CallError::Unreadable(why) => format!("サーバーの応答を読めません: {why}"),
        CallError::Refused(status, failure) => {
            format!("{}（{}）", answer(failure), status.as_u16())
        }
    }
}

/// What a server's stable code means; the server's own sentence where the code is not known here.
fn answer(failure: &Failure) -> String {
    let said = match failure.code.as_str() {
        "unauthenticated" => "トークンが必要です",
        "invalid_token" => "このトークンは無効です",
        "insufficient_scope" => "このトークンには必要な権限がありません",
        "project_not_found" => "プロジェクトが見つからないか、見る権限がありません",
        "token_not_found" => "トークンが見つかりません",
        "organization_not_found" => "組織が見つからないか、見る権限がありません",
        "person_not_found" => "ユーザーが見つかりません",
        "route_not_found" | "method_not_found" => "サーバーにこの呼び出しはありません",
        "build_not_found" => "ビルドが見つかりません",
        "env_var_not_found" => "環境変数が見つかりません",
        "checkout_key_not_found" => "チェックアウトキーが見つかりません",
        "ssh_key_not_found" => "SSH キーが見つかりません",
        "two_tokens" => "異なる 2 つのトークンが送られました",
        "rate_limited" => "リクエストが多すぎます。しばらくしてからお試しください",
        "throttled" => "試行回数が多すぎます。しばらくしてからお試しください",
        "unavailable" => "サーバーがデータベースに接続できません。もう一度お試しください",
        "fault" => "サーバーで問題が起きました",
        _ => failure.message.as_str(),
    };
    match &failure.reason {
        Some(reason) => format!("{said}: {reason}"),
        None => said.to_owned(),
    }
}

fn system(kind: ErrorKind) -> Option<&'static str> {
    Some(match kind {
        ErrorKind::NotFound => "ファイルまたはフォルダーがありません",
        ErrorKind::PermissionDenied => "権限がありません",
        ErrorKind::AddrInUse => "アドレスは使用中です",
        ErrorKind::AddrNotAvailable => "このマシンにはないアドレスです",
        ErrorKind::ConnectionRefused => "接続が拒否されました",
        ErrorKind::NotADirectory => "フォルダーではありません",
        ErrorKind::IsADirectory => "フォルダーです",
        ErrorKind::ReadOnlyFilesystem => "読み取り専用のファイルシステムです",
        ErrorKind::StorageFull => "ディスクに空きがありません",
        ErrorKind::AlreadyExists => "すでにあります",
        _ => return None,
    })
}
