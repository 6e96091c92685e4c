//! What `--help` says, and what a wrong command line is answered, in Japanese. The English words stand
//! at the arguments themselves, in `args` and `settings`; a test holds that none lacks its other half.

mod service;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, Command};

use crate::settings::SETTINGS;

const TEMPLATE: &str =
    "{before-help}{about-with-newline}\n使い方: {usage}\n\n{all-args}{after-help}";

const ORBS: &str = "オーブのフォルダー。データフォルダーのものより優先する（複数回指定可）";
const ORB_REPOSITORIES: &str = "オーブのフォルダーと同じ構成の Git リポジトリ。https://HOST/PATH かパスで、後ろに #NAME でブランチかタグを指定できる（複数回指定可）";
const ORB_URLS: &str = "オーブを取得してよいアドレスの先頭部分 https://HOST/PATH/（複数回指定可）";
const DATA: &str = "インポート済みのオーブと、ほかのオーブの置き場所を使うデータフォルダー";

/// The words of a command by its path, and of an argument by its command's path and its own id.
const JAPANESE: &[(&str, &str)] = &[
    ("rondo", "CircleCI と話せるセルフホスト CI サーバー。中心にあるのは API トークンです。"),
    ("rondo version", "バージョンを表示する"),
    ("rondo serve", "API、ページ、ランナーを 1 つのデータフォルダーから動かす"),
    ("rondo demo", "サンプルプロジェクト付きの使い捨てサーバーで、ひととおり見せる"),
    ("rondo demo listen", "待ち受けるアドレス（指定がなければ、このマシンの空きポート）"),
    ("rondo demo exit", "見せ終えたら終了する。すべて成功すれば状態 0、そうでなければ 1"),
    (
        "rondo admin",
        "データフォルダーのユーザー、プロジェクト、トークンを管理する（サーバーの動作中も可）",
    ),
    ("rondo admin user", "ユーザー"),
    ("rondo admin user add", "ユーザーを追加する"),
    ("rondo admin user add admin", "サーバーを管理できるようにする"),
    ("rondo admin user add password_stdin", "パスワードを標準入力の 1 行目から読む"),
    ("rondo admin user list", "ユーザーを一覧する"),
    (
        "rondo admin user disable",
        "ユーザーを無効にする。セッションは終わり、トークンは使えなくなる",
    ),
    ("rondo admin user enable", "無効にしたユーザーを有効に戻す"),
    ("rondo admin user role", "組織でのロールを与える: admin、contributor、viewer、または none"),
    ("rondo admin user role organization", "「vcs/組織」（例: gh/acme）"),
    (
        "rondo admin user email",
        "まもなく期限切れになるトークンなどを知らせるメールの宛先を設定する",
    ),
    ("rondo admin user email address", "メールアドレス、または none"),
    ("rondo admin user link", "24 時間以内に 1 回だけサインインできるリンクを表示する"),
    ("rondo admin token", "トークン"),
    ("rondo admin token create", "トークンを作成し、値を 1 回だけ表示する"),
    ("rondo admin token create personal", "パーソナル API トークン（所有者として動作する）"),
    (
        "rondo admin token create project",
        "プロジェクト API トークン（1 つのプロジェクトを読み取る）",
    ),
    (
        "rondo admin token create personal expires",
        "有効期限: 30d、12h、または 2030-01-31T12:00:00Z のような日時",
    ),
    (
        "rondo admin token create project expires",
        "有効期限: 30d、12h、または 2030-01-31T12:00:00Z のような日時",
    ),
    ("rondo admin token create project scope", "status、view-builds、all、または badge"),
    ("rondo admin token show", "トークンが何か、削除したトークンが何だったかを表示する"),
    (
        "rondo admin token revoke",
        "すべての条件に合うトークンをまとめて削除する。まず件数を表示する",
    ),
    (
        "rondo admin token revoke conditions",
        "before=日時、token=ID、person=名前、project=SLUG、organization=gh/acme、never-used、unrestricted、seen-from=ネットワーク",
    ),
    (
        "rondo admin token revoke count",
        "条件に合うトークンの数（指定しなければコマンドが表示する）",
    ),
    (
        "rondo admin token revoke from",
        "この日（UTC）以降にトークンを使い、拒否されていたはずのプログラムを表示する",
    ),
    ("rondo admin token revoke until", "この日の終わりまで（指定しなければ今日まで）"),
    (
        "rondo admin token revoke preview",
        "件数とともに表示された文字列。それ以降に作成されたトークンは削除しない",
    ),
    ("rondo admin token revoke reason", "理由。トークンの記録とともに保存される"),
    ("rondo admin project", "プロジェクト"),
    ("rondo admin project add", "git の URL からプロジェクトを追加する"),
    ("rondo admin project add slug", "「vcs/組織/リポジトリ」（例: gh/acme/web）"),
    ("rondo admin project add git", "https://…、ssh://…、user@host:path、file:///…、またはパス"),
    ("rondo admin project add branch", "指定がないときにビルドするブランチ"),
    ("rondo admin project add public", "ビルドを誰でも読めるようにする"),
    ("rondo admin project list", "プロジェクトを一覧する"),
    ("rondo admin known-host", "リポジトリを SSH で取得するホスト"),
    ("rondo admin known-host add", "ホストに鍵を問い合わせて登録し、フィンガープリントを表示する"),
    (
        "rondo admin known-host add host",
        "ホスト名またはアドレス（ポート付きも可: git.example.com:2222）",
    ),
    ("rondo admin known-host add stdin", "問い合わせずに、known_hosts 形式の鍵を標準入力から読む"),
    ("rondo admin known-host list", "ホストとフィンガープリントを一覧する"),
    ("rondo admin known-host remove", "ホストの登録を取り消す"),
    ("rondo admin audit", "監査ログ"),
    ("rondo admin audit list", "新しい記録を一覧する"),
    ("rondo admin audit list limit", "件数"),
    ("rondo admin audit export", "すべての記録を JSON Lines で新しい順に出力する"),
    (
        "rondo admin audit verify",
        "封印の連鎖をすべて検証する。合わない記録があれば、最初の 1 件を示して失敗する",
    ),
    (
        "rondo admin audit verify noted",
        "以前に表示され別に保管した封印。今も同じであることを確かめる",
    ),
    ("rondo login", "ブラウザー（別のマシンでも可）を使い、このマシンをサーバーにサインインさせる"),
    ("rondo login label", "新しいトークンの名前（指定がなければ、このマシンの名前から付ける）"),
    ("rondo login no_browser", "アドレスを表示するだけで、ここでは開かない"),
    ("rondo login keyring", "トークンをファイルではなくデスクトップのキーリングに保存する"),
    ("rondo logout", "このマシンをサインアウトさせ、トークンを削除する"),
    ("rondo token", "サーバーのトークンを一覧、作成、削除する"),
    (
        "rondo token list",
        "自分のトークン、プロジェクトのトークン、または組織のすべてのトークンを一覧する",
    ),
    (
        "rondo token list org",
        "組織（例: gh/acme）。プロジェクト、サービスアカウント、メンバーのトークン",
    ),
    ("rondo token list kind", "personal、project、badge、service、または job（--org と使う）"),
    ("rondo token list owner", "このユーザーのもの（--org と使う）"),
    ("rondo token list unused", "never、または 90d（90 日以上使われていない）（--org と使う）"),
    ("rondo token list unrestricted", "制限のないパーソナル API トークン（--org と使う）"),
    ("rondo token list expiring", "30 日以内に期限が切れる、または切れたもの（--org と使う）"),
    ("rondo token list search", "ラベルの一部、または ID（--org と使う）"),
    ("rondo token list project", "プロジェクト（例: gh/acme/web）"),
    ("rondo token create", "トークンを作成し、値を 1 回だけ表示する"),
    ("rondo token create project", "プロジェクト API トークンを作る対象（例: gh/acme/web）"),
    ("rondo token create scope", "status、view-builds、all、または badge"),
    (
        "rondo token create permissions",
        "everything、read-only、trigger、artifacts、variables、または権限（カンマ区切り）",
    ),
    ("rondo token create projects", "使えるプロジェクト（カンマ区切り）"),
    ("rondo token create expires", "有効期限: 30d、12h、または 2030-01-31T12:00:00Z のような日時"),
    ("rondo token create network", "使えるネットワーク（例: 10.0.0.0/8）。複数回指定できる"),
    ("rondo token create show", "端末にも値を表示する"),
    ("rondo token create output", "自分だけが読める新しいファイルに値を書き込む"),
    ("rondo token create keyring", "値をデスクトップのキーリングに入れる"),
    (
        "rondo token explain",
        "使っているトークンで呼び出しができるか、何が止めるかを表示する（できなければ失敗する）",
    ),
    ("rondo token explain method", "GET など"),
    ("rondo token explain path", "URL に書くとおりのパス（例: /api/v1.1/me）"),
    ("rondo token explain from", "このアドレスからの呼び出しについて"),
    ("rondo token explain at", "この日時の呼び出しについて（例: 2030-01-31T12:00:00Z）"),
    ("rondo token show", "1 つのトークンの権限、プロジェクト、ネットワーク、有効期限を表示する"),
    ("rondo token show project", "トークンが属するプロジェクト"),
    ("rondo token disable", "トークンを一時的に無効にする（有効に戻せる）"),
    ("rondo token disable project", "トークンが属するプロジェクト"),
    ("rondo token enable", "無効にしたトークンを、元の権限のまま有効に戻す"),
    ("rondo token enable project", "トークンが属するプロジェクト"),
    ("rondo token shorten", "トークンの有効期限を早める（延ばすことはできない）"),
    ("rondo token shorten expires", "有効期限: 30d、12h、または 2030-01-31T12:00:00Z のような日時"),
    ("rondo token shorten project", "トークンが属するプロジェクト"),
    ("rondo token use", "トークンがどこで使われているか（プログラム、アドレス、用途）を表示する"),
    ("rondo token use project", "トークンが属するプロジェクト"),
    ("rondo token rotate", "トークンの後継を作り、値を 1 回だけ表示する。古い値もしばらく使える"),
    ("rondo token rotate project", "トークンが属するプロジェクト"),
    (
        "rondo token rotate grace",
        "新しい値が最初に使われてから、古い値が使える時間（例: 0s、10m、1h、7d）。省くと 1 時間",
    ),
    ("rondo token rotate overlap", "古い値が使える時間の上限"),
    ("rondo token rotate undo", "終わっていないローテーションを取り消す（後継を削除する）"),
    ("rondo token rotate show", "端末にも値を表示する"),
    ("rondo token rotate output", "自分だけが読める新しいファイルに値を書き込む"),
    ("rondo token rotate keyring", "値をデスクトップのキーリングに入れる"),
    ("rondo token delete", "トークンを ID で削除する"),
    ("rondo token delete reason", "理由。トークンの記録とともに保存される"),
    ("rondo token delete project", "トークンが属するプロジェクト"),
    ("rondo token self", "使っているトークンで何ができるかを表示する"),
    ("rondo organization", "組織のポリシーと、トークンの承認"),
    ("rondo organization policy", "組織で使われるトークンに求める条件"),
    ("rondo organization policy show", "組織のポリシーを表示する"),
    (
        "rondo organization policy set",
        "組織のポリシー全体を設定する（指定しなかった条件はなしになる）",
    ),
    ("rondo organization policy set max_days", "トークンの有効期間の上限（日数）"),
    (
        "rondo organization policy set no_unrestricted",
        "すべての権限とすべてのプロジェクトを持つパーソナル API トークンを拒否する",
    ),
    (
        "rondo organization policy set network",
        "トークンを使えるネットワーク（例: 10.0.0.0/8）。複数回指定できる",
    ),
    ("rondo organization policy set idle_days", "この日数だけ使われないトークンを削除する"),
    ("rondo organization policy set no_query", "URL に含まれたトークンを拒否する"),
    (
        "rondo organization policy set approval",
        "新しいトークンでの変更操作に、別の管理者の承認を必要とする",
    ),
    (
        "rondo organization policy set version",
        "置き換える版。show で表示される（指定がなければ現在の版）",
    ),
    (
        "rondo organization policy set confirm_networks",
        "自分のアドレスがどのネットワークにも含まれなくても設定する",
    ),
    (
        "rondo organization policy set dry_run",
        "使えなくなるトークンの数を表示するだけで、設定しない",
    ),
    ("rondo organization approval", "変更操作に別の管理者の承認が必要なトークン"),
    ("rondo organization approval list", "承認が必要なトークンと、その状態を一覧する"),
    ("rondo organization approval grant", "ほかの人のトークンを承認する"),
    (
        "rondo organization approval refuse",
        "トークンを却下する、または承認を取り消す（読み取りだけができるようになる）",
    ),
    ("rondo organization approval refuse reason", "理由。所有者に表示される"),
    ("rondo project", "サーバーのプロジェクトのフォロー、トリガー、環境変数、アーティファクト"),
    ("rondo project list", "フォローしているプロジェクトを一覧する"),
    ("rondo project follow", "プロジェクトをフォローする"),
    ("rondo project trigger", "1 つのジョブ、またはすべてのワークフローを実行する"),
    ("rondo project trigger job", "1 つのジョブ（指定がなければすべてのワークフローを実行する）"),
    ("rondo project trigger env", "このビルドの変数「KEY=VALUE」（--job と使う）"),
    ("rondo project envvar", "プロジェクトの環境変数"),
    ("rondo project envvar list", "環境変数をマスクして一覧する"),
    ("rondo project envvar set", "環境変数を標準入力の内容に設定する"),
    ("rondo project envvar delete", "環境変数を削除する"),
    ("rondo project checkout-key", "プロジェクトのチェックアウトキー"),
    ("rondo project checkout-key list", "鍵を一覧する（使われる鍵には印が付く）"),
    (
        "rondo project checkout-key create",
        "鍵を作成して公開鍵を表示する（リポジトリのあるホストに登録する）",
    ),
    (
        "rondo project checkout-key create kind",
        "deploy-key、github-user-key、または bitbucket-user-key",
    ),
    ("rondo project checkout-key delete", "鍵をフィンガープリントで削除する"),
    ("rondo project artifacts", "ビルドのアーティファクトを一覧、またはすべてダウンロードする"),
    ("rondo project artifacts number", "ビルド番号、または latest（最新のビルド）"),
    ("rondo project artifacts branch", "このブランチの最新のビルド（latest と一緒に指定）"),
    (
        "rondo project artifacts filter",
        "completed、successful、failed、running のいずれかに当てはまる最新のビルド（latest と一緒に指定）",
    ),
    ("rondo project artifacts output", "ダウンロード先のフォルダー"),
    ("rondo config", "設定ファイルをオフラインで検査、展開、図示し、1 つにまとめる"),
    ("rondo config validate", "設定ファイルのすべての問題を、行と列を付けて表示する"),
    ("rondo config validate file", "設定ファイル（「-」で標準入力）"),
    (
        "rondo config validate sarif",
        "問題を SARIF 2.1.0 で出力する（エディターやコードホスト向け）",
    ),
    (
        "rondo config process",
        "展開した設定ファイルを表示する（オーブ、コマンド、エグゼキューター、パラメーターは残らない）",
    ),
    ("rondo config graph", "各ワークフローで何が何を待つかを示す"),
    ("rondo config graph file", "設定ファイル（「-」で標準入力）"),
    ("rondo config graph format", "出力の形式"),
    ("rondo config process file", "設定ファイル（「-」で標準入力）"),
    (
        "rondo orb",
        "データフォルダーのオーブをインポート、一覧、表示、削除する（サーバーの動作中も可）",
    ),
    ("rondo orb import", "オーブの 1 バージョンを保存する。開発バージョンのほかは、以後変わらない"),
    ("rondo orb import file", "パック済みのオーブ、ソースのフォルダー、または「-」（標準入力）"),
    ("rondo orb import orb", "namespace/name@1.2.3 または namespace/name@dev:label"),
    ("rondo orb list", "インポートしたオーブを一覧する"),
    ("rondo orb show", "指定が意味するバージョンの内容を表示する"),
    ("rondo orb show orb", "namespace/name@1.2.3、@1.2、@1、@volatile、@dev:label"),
    ("rondo orb remove", "インポートしたバージョンを削除する"),
    ("rondo orb remove orb", "namespace/name@1.2.3 または namespace/name@dev:label"),
    ("rondo config validate orbs", ORBS),
    ("rondo config validate orb_repositories", ORB_REPOSITORIES),
    ("rondo config validate orb_urls", ORB_URLS),
    ("rondo config validate data", DATA),
    ("rondo config process orbs", ORBS),
    ("rondo config process orb_repositories", ORB_REPOSITORIES),
    ("rondo config process orb_urls", ORB_URLS),
    ("rondo config process data", DATA),
    ("rondo config graph orbs", ORBS),
    ("rondo config graph orb_repositories", ORB_REPOSITORIES),
    ("rondo config graph orb_urls", ORB_URLS),
    ("rondo config graph data", DATA),
    ("rondo config pack", "YAML ファイルのフォルダーを 1 つの設定ファイルにまとめる"),
    ("rondo config pack folder", "ファイルは中身の名前を持つ（例: jobs/test.yml はジョブ test）"),
    ("rondo settings", "サーバーの設定のリファレンスを表示する"),
    ("rondo settings ja", "日本語で / in Japanese"),
    ("rondo run", "このチェックアウトの設定を、サーバーなしでここで実行する（未実装）"),
    ("rondo runner", "別のマシンでサーバーからジョブを受け取る（未実装）"),
];

/// What an argument means wherever it stands.
const EVERYWHERE: [(&str, &str); 13] = [
    ("organization", "組織（例: gh/acme）"),
    ("help", "ヘルプを表示する"),
    ("server", "サーバーのアドレス [環境変数: RONDO_URL]"),
    ("pipeline_parameters", "パイプラインパラメーター（ファイル、または YAML か JSON のマップ）"),
    (
        "pipeline_values",
        "pipeline.git.branch のような完全な名前で与えるパイプライン値（ファイル、または YAML か JSON のマップ）",
    ),
    ("event", "このイベントだけ（例: token.personal.create）"),
    ("person", "このユーザーによる、またはこのユーザーに関するものだけ"),
    ("token", "この ID のトークンによる、またはこのトークンに関するものだけ"),
    (
        "service",
        "この名前か ID のサービスアカウントによる、またはそれに関するものだけ（削除したものも可）",
    ),
    ("project", "このプロジェクトに関するものだけ（例: gh/acme/web）"),
    ("since", "この時点以降（例: 2026-01-31、2026-01-31T09:00:00Z）"),
    ("until", "この時点より前"),
    ("text", "対象、詳細、アドレス、クライアント、リクエストにこのテキストを含むもの"),
];

/// All words: those here, and those of the larger commands in files of their own.
fn all() -> impl Iterator<Item = &'static (&'static str, &'static str)> {
    JAPANESE.iter().chain(service::JAPANESE)
}

fn words_for(path: &str) -> Option<&'static str> {
    all().find(|(known, _)| *known == path).map(|(_, words)| *words)
}

fn words_for_argument(path: &str, id: &str) -> Option<&'static str> {
    let setting = || SETTINGS.iter().find(|setting| setting.key == id).map(|s| s.ja);
    let everywhere = || EVERYWHERE.iter().find(|(known, _)| *known == id).map(|(_, words)| *words);
    words_for(&format!("{path} {id}")).or_else(everywhere).or_else(setting)
}

/// The command with its help in Japanese.
pub(crate) fn in_japanese(mut command: Command) -> Command {
    // The arguments that clap itself adds are there only afterwards.
    command.build();
    translated(command, "rondo")
}

fn translated(command: Command, path: &str) -> Command {
    let names: Vec<_> = command.get_subcommands().map(|c| c.get_name().to_owned()).collect();
    let mut command = command
        .help_template(TEMPLATE)
        .subcommand_help_heading("コマンド")
        .mut_args(|argument| translated_argument(argument, path));
    if let Some(words) = words_for(path) {
        command = command.about(words).long_about(None::<&str>);
    }
    for name in names {
        command = command.mut_subcommand(&name, |inner| match name.as_str() {
            // clap's own, which holds a copy of all the others.
            "help" => inner.about("コマンドのヘルプを表示する").help_template(TEMPLATE),
            _ => translated(inner, &format!("{path} {name}")),
        });
    }
    command
}

fn translated_argument(argument: Arg, path: &str) -> Arg {
    let heading = if argument.is_positional() { "引数" } else { "オプション" };
    let words = words_for_argument(path, argument.get_id().as_str()).unwrap_or_default();
    let default = argument.get_default_values().first();
    let words = match default.and_then(|value| value.to_str()) {
        Some(value)
            if !argument.is_hide_default_value_set() && argument.get_action().takes_values() =>
        {
            format!("{words}（既定値: {value}）")
        }
        _ => words.to_owned(),
    };
    argument.help_heading(heading).hide_default_value(true).help(words).long_help(None::<&str>)
}

/// What is wrong with a command line, and how it is used.
pub(crate) fn misuse(error: &clap::Error) -> String {
    let get = |kind| error.get(kind).map(listed).unwrap_or_default();
    let argument = get(ContextKind::InvalidArg);
    let mut text = match error.kind() {
        ErrorKind::InvalidSubcommand => {
            format!("コマンド「{}」はありません", get(ContextKind::InvalidSubcommand))
        }
        ErrorKind::UnknownArgument => format!("引数「{argument}」は使えません"),
        ErrorKind::MissingRequiredArgument => format!("必要な引数がありません: {argument}"),
        ErrorKind::MissingSubcommand => "コマンドを指定してください".to_owned(),
        ErrorKind::ArgumentConflict => {
            let other = get(ContextKind::PriorArg);
            match other.is_empty() || other == argument {
                true => format!("「{argument}」は 1 回だけ指定できます"),
                false => format!("「{argument}」は「{other}」と同時に使えません"),
            }
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            match get(ContextKind::InvalidValue).as_str() {
                "" => format!("「{argument}」には値が必要です"),
                value => format!("「{argument}」の値「{value}」は正しくありません"),
            }
        }
        ErrorKind::TooManyValues | ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => {
            format!("「{argument}」の値の数が正しくありません")
        }
        ErrorKind::InvalidUtf8 => "引数が UTF-8 ではありません".to_owned(),
        _ => return error.to_string(),
    };
    for kind in
        [ContextKind::SuggestedSubcommand, ContextKind::SuggestedArg, ContextKind::SuggestedValue]
    {
        if let Some(suggested) = error.get(kind) {
            text.push_str(&format!("\n  もしかして: {}", listed(suggested)));
        }
    }
    if let Some(ContextValue::Strings(valid)) = error.get(ContextKind::ValidValue)
        && !valid.is_empty()
    {
        text.push_str(&format!("\n  使える値: {}", valid.join("、")));
    }
    if let Some(usage) = error.get(ContextKind::Usage) {
        let usage = usage.to_string().replace("Usage:", "使い方:");
        text.push_str(&format!("\n\n{}", usage.trim_end()));
    }
    text.push_str("\n\n詳しくは「--help」をご覧ください。");
    text
}

fn listed(value: &ContextValue) -> String {
    match value {
        ContextValue::Strings(all) => all.join("、"),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::args::Args;

    /// What has words in English and lacks them in Japanese, and what has words and is not there.
    fn gaps(command: &Command, path: &str, used: &mut Vec<String>, gaps: &mut Vec<String>) {
        if words_for(path).is_none() && !command.is_hide_set() {
            gaps.push(path.to_owned());
        }
        used.push(path.to_owned());
        for argument in command.get_arguments() {
            let id = argument.get_id().as_str();
            used.push(format!("{path} {id}"));
            if argument.get_help().is_some() && words_for_argument(path, id).is_none() {
                gaps.push(format!("{path} {id}"));
            }
        }
        for inner in command.get_subcommands().filter(|inner| inner.get_name() != "help") {
            self::gaps(inner, &format!("{path} {}", inner.get_name()), used, gaps);
        }
    }

    #[test]
    fn whatever_has_help_in_english_has_it_in_japanese() {
        let mut command = Args::command();
        command.build();
        let (mut used, mut missing) = (Vec::new(), Vec::new());
        gaps(&command, "rondo", &mut used, &mut missing);
        assert!(missing.is_empty(), "without Japanese words: {missing:#?}");
        let stale: Vec<_> = all().filter(|(path, _)| !used.contains(&(*path).to_owned())).collect();
        assert!(stale.is_empty(), "words for what is not there: {stale:#?}");
    }

    #[test]
    fn a_wrong_command_line_is_answered_in_japanese() {
        for (words, expected) in [
            (&["rondo", "tokne"][..], "コマンド「tokne」はありません\n  もしかして: token"),
            (&["rondo", "demo", "--exti"], "引数「--exti」は使えません\n  もしかして: --exit"),
            (&["rondo", "token", "create"], "必要な引数がありません: --label <LABEL>"),
            (&["rondo", "token", "delete", "--project"], "「--project <SLUG>」には値が必要です"),
            (
                &["rondo", "project", "artifacts", "x", "y"],
                "「<NUMBER>」の値「y」は正しくありません",
            ),
            (&["rondo", "demo", "--exit", "--exit"], "「--exit」は 1 回だけ指定できます"),
        ] {
            let error = in_japanese(Args::command()).try_get_matches_from(words).unwrap_err();
            let text = misuse(&error);
            assert!(text.starts_with(expected), "{words:?}: {text}");
            assert!(text.ends_with("詳しくは「--help」をご覧ください。"), "{text}");
            assert!(!text.contains("Usage:"), "{text}");
        }
    }

    #[test]
    fn help_holds_no_english_heading() {
        for path in [&["rondo", "--help"][..], &["rondo", "admin", "project", "add", "--help"]] {
            let error = in_japanese(Args::command()).try_get_matches_from(path).unwrap_err();
            let text = error.to_string();
            for english in ["Usage:", "Options:", "Commands:", "Arguments:", "Print help"] {
                assert!(!text.contains(english), "{english} in {text}");
            }
            assert!(text.contains("オプション:"), "{text}");
        }
    }
}
