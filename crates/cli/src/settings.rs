//! The one list of settings. Each comes from its flag, then from its environment variable, then from
//! `rondo.toml` in the data folder; this file alone reads the environment. The reference pages in
//! `docs/` are generated from the list.

mod notices;
mod value;

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Once;
use std::time::Duration;

use anyhow::{Context, bail};
use rondo_app::{OrbPlaces, RateLimits};
use rondo_domain::Vcs;
use rondo_domain::token::Network;

use crate::credentials::Credentials;
use crate::language::words;
use crate::{print, token};
pub(crate) use notices::{Notices, Smtp, SmtpTls};
pub(crate) use value::{orb_repository, orb_url};

/// One setting.
pub(crate) struct Setting {
    /// Its key in `rondo.toml`; the flag is the same with `-` for `_`.
    pub(crate) key: &'static str,
    /// Its environment variable.
    pub(crate) variable: &'static str,
    /// What it is where nothing says otherwise.
    pub(crate) default: &'static str,
    /// What it does.
    pub(crate) en: &'static str,
    /// The same in Japanese.
    pub(crate) ja: &'static str,
}

macro_rules! settings {
    ($($key:ident $variable:literal $value:literal $default:literal $en:literal $ja:literal;)*) => {
        /// Every setting of a server.
        pub(crate) const SETTINGS: &[Setting] = &[$(Setting {
            key: stringify!($key), variable: $variable, default: $default, en: $en, ja: $ja,
        }),*];

        /// A server's settings, as far as flags give them.
        #[derive(clap::Args, Default, Clone)]
        pub(crate) struct ServerFlags {
            $(
                #[arg(long, help = $en, value_name = $value, global = true)]
                pub(crate) $key: Option<String>,
            )*
        }

        impl ServerFlags {
            fn flag(&self, key: &str) -> Option<&str> {
                match key { $(stringify!($key) => self.$key.as_deref(),)* _ => None }
            }
        }
    };
}

settings! {
    data "RONDO_DATA" "DIR" "./rondo-data"
        "The folder that holds everything of an embedded server"
        "組み込みサーバーのすべてを置くフォルダー";
    listen "RONDO_LISTEN" "ADDRESS" "127.0.0.1:8080"
        "Where to listen"
        "待ち受けるアドレス";
    url "RONDO_PUBLIC_URL" "URL" "http:// and the address that it listens on"
        "The server's address as browsers and scripts see it"
        "ブラウザーやスクリプトから見たサーバーのアドレス";
    database "RONDO_DATABASE" "URL" "SQLite in the data folder"
        "A PostgreSQL database: postgres://user@host/name"
        "PostgreSQL データベース: postgres://user@host/name";
    pepper_file "RONDO_PEPPER_FILE" "FILE" "pepper.key in the data folder"
        "The key file that tokens are hashed with"
        "トークンのハッシュに使う鍵ファイル";
    executor "RONDO_EXECUTOR" "KIND" "bubblewrap"
        "How builds are kept in: bubblewrap, unconfined (builds may do what the server's user may), or none"
        "ビルドの隔離方法: bubblewrap、unconfined（ビルドはサーバーのユーザーと同じことができます）、none";
    jobs "RONDO_JOBS" "N" "2"
        "How many jobs run at a time"
        "同時に実行するジョブの数";
    network "RONDO_NETWORK" "KIND" "shared"
        "The network of builds: shared (this machine's) or none"
        "ビルドのネットワーク: shared（このマシンのもの）または none";
    local_repositories "RONDO_LOCAL_REPOSITORIES" "DIRS" "none"
        "Folders of this machine whose repositories may be built, with commas between them"
        "ビルドしてよいリポジトリを置いた、このマシンのフォルダー（カンマ区切り）";
    orbs "RONDO_ORBS" "DIRS" "none"
        "Folders of this machine that hold orbs, with commas between them"
        "オーブを置いた、このマシンのフォルダー（カンマ区切り）";
    orb_repositories "RONDO_ORB_REPOSITORIES" "REPOSITORIES" "none"
        "Git repositories laid out as a folder of orbs, with commas between them: https://HOST/PATH or a path of this machine, and #NAME behind it for a branch or tag"
        "オーブのフォルダーと同じ構成の Git リポジトリ（カンマ区切り）。https://HOST/PATH またはこのマシンのパスで、後ろに #NAME でブランチかタグを指定できます";
    orb_urls "RONDO_ORB_URLS" "URLS" "none"
        "Addresses below which orbs may be fetched, with commas between them: https://HOST/PATH/"
        "オーブを取得してよいアドレスの先頭部分（カンマ区切り）: https://HOST/PATH/";
    github_url "RONDO_GITHUB_URL" "TEMPLATE" "none"
        "How a followed GitHub project is fetched: https://github.com/{org}/{repo}.git"
        "フォローした GitHub プロジェクトの取得元: https://github.com/{org}/{repo}.git";
    bitbucket_url "RONDO_BITBUCKET_URL" "TEMPLATE" "none"
        "How a followed Bitbucket project is fetched: https://bitbucket.org/{org}/{repo}.git"
        "フォローした Bitbucket プロジェクトの取得元: https://bitbucket.org/{org}/{repo}.git";
    trusted_proxies "RONDO_TRUSTED_PROXIES" "NETWORKS" "none"
        "Proxies before the server, with commas between them: what their X-Forwarded-For or Forwarded says of a request's sender is believed"
        "サーバーの前にあるプロキシ（カンマ区切り）。X-Forwarded-For または Forwarded に書かれた送信元を信用します";
    tombstone_days "RONDO_TOMBSTONE_DAYS" "N" "90"
        "How many days the server remembers what a deleted token was"
        "削除したトークンが何だったかをサーバーが覚えておく日数";
    token_rate "RONDO_TOKEN_RATE" "RATE" "100:1000"
        "Requests a second that each token and each signed-in browser may send, and how many at once after a rest; 0: no limit"
        "各トークン、およびサインイン中の各ブラウザーが毎秒送れるリクエスト数と、休止後に一度に送れる数。0 は無制限";
    address_rate "RONDO_ADDRESS_RATE" "RATE" "20:200"
        "The same for each address whose requests show neither; 0: no limit"
        "トークンもサインインもないリクエストについて、アドレスごとの同様の値。0 は無制限";
    wrong_tokens "RONDO_WRONG_TOKENS" "N" "30"
        "How many wrong tokens an address may show in a minute; 0: no limit"
        "各アドレスが毎分示してよい、間違ったトークンの数。0 は無制限";
    idle_seconds "RONDO_IDLE_SECONDS" "N" "75"
        "Seconds after which a connection is closed on which nothing is asked, or nothing taken of an answer"
        "リクエストが来ない、または応答が受け取られない接続を閉じるまでの秒数";
    notice_webhook "RONDO_NOTICE_WEBHOOK" "URL" "none"
        "An https address that is told, signed, which tokens end soon"
        "まもなく期限切れになるトークンを、署名付きで知らせる https のアドレス";
    smtp_host "RONDO_SMTP_HOST" "HOST" "none"
        "The mail server through which people are told which of their tokens end soon"
        "まもなく期限切れになるトークンを知らせるメールの送信サーバー";
    smtp_port "RONDO_SMTP_PORT" "PORT" "587; 465 with tls, 25 with none"
        "Its port"
        "そのポート";
    smtp_tls "RONDO_SMTP_TLS" "MODE" "starttls"
        "How the way to it is encrypted: starttls, tls (from the first byte on) or none"
        "そこまでの暗号化: starttls、tls（最初から）、none";
    smtp_user "RONDO_SMTP_USER" "NAME" "none"
        "The name for signing in there"
        "そこへのサインインに使う名前";
    smtp_password_file "RONDO_SMTP_PASSWORD_FILE" "FILE" "none"
        "A file with the password for it, which its owner alone can read"
        "そのパスワードを書いた、所有者だけが読めるファイル";
    smtp_from "RONDO_SMTP_FROM" "ADDRESS" "none"
        "Whom mail comes from"
        "メールの送信元のアドレス";
    log "RONDO_LOG" "FILTER" "info"
        "What is logged on standard error: error, warn, info, debug, or a filter by target"
        "標準エラー出力に記録する内容: error、warn、info、debug、または対象ごとのフィルター";
    log_format "RONDO_LOG_FORMAT" "FORMAT" "text"
        "How it is logged: text or json"
        "記録の形式: text または json";
}

/// Which server a client speaks to, as far as flags give it. A token is no flag: other people on the
/// machine see a command's arguments.
#[derive(clap::Args, Clone)]
pub(crate) struct ClientFlags {
    /// The server's address [environment: RONDO_URL]
    #[arg(long, value_name = "URL", global = true)]
    pub(crate) server: Option<String>,
}

/// How builds are kept in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Executor {
    Bubblewrap,
    Unconfined,
    None,
}

/// A server's settings.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub(crate) data: PathBuf,
    pub(crate) listen: SocketAddr,
    pub(crate) url: Option<String>,
    pub(crate) database: Option<String>,
    pub(crate) pepper_file: Option<PathBuf>,
    pub(crate) executor: Executor,
    pub(crate) jobs: usize,
    pub(crate) network: bool,
    pub(crate) local_repositories: Vec<PathBuf>,
    pub(crate) orbs: OrbPlaces,
    pub(crate) url_templates: BTreeMap<Vcs, String>,
    pub(crate) trusted_proxies: Vec<Network>,
    pub(crate) tombstone_days: i64,
    pub(crate) rates: RateLimits,
    pub(crate) idle: Duration,
    pub(crate) notices: Notices,
    pub(crate) log: String,
    pub(crate) log_json: bool,
}

/// Where values are looked up, the strongest first.
struct Sources<'a> {
    flags: &'a ServerFlags,
    variable: &'a dyn Fn(&str) -> Option<String>,
    file: toml::Table,
}

impl Sources<'_> {
    fn get(&self, key: &str) -> anyhow::Result<Option<String>> {
        let setting =
            SETTINGS.iter().find(|setting| setting.key == key).context("a setting of the list")?;
        if let Some(value) = self.flags.flag(key) {
            return Ok(Some(value.to_owned()));
        }
        if let Some(value) = (self.variable)(setting.variable) {
            return Ok(Some(value));
        }
        match self.file.get(key) {
            None => Ok(None),
            Some(toml::Value::String(text)) => Ok(Some(text.clone())),
            Some(toml::Value::Integer(number)) => Ok(Some(number.to_string())),
            Some(toml::Value::Array(items)) => {
                let texts: Option<Vec<_>> = items.iter().map(toml::Value::as_str).collect();
                let texts = texts.with_context(|| {
                    words!(
                        "{key} in rondo.toml: a list of texts",
                        "rondo.toml の {key} は文字列のリストにしてください"
                    )
                })?;
                Ok(Some(texts.join(",")))
            }
            Some(_) => bail!(words!(
                "{key} in rondo.toml is neither a text nor a number nor a list",
                "rondo.toml の {key} は文字列、数値、リストのいずれかにしてください"
            )),
        }
    }
}

/// The value of an environment variable; one that is set to nothing is not set.
fn from_environment(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Whether results are coloured: on a terminal, unless `NO_COLOR` says no.
pub(crate) fn colour() -> bool {
    use std::io::IsTerminal;
    let dumb = from_environment("TERM").is_none_or(|terminal| terminal == "dumb");
    std::io::stdout().is_terminal() && from_environment("NO_COLOR").is_none() && !dumb
}

/// The locale of this process's messages, by the order that POSIX gives its variables.
pub(crate) fn locale() -> String {
    ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(from_environment).unwrap_or_default()
}

impl Settings {
    /// Resolves them.
    ///
    /// # Errors
    /// If a value cannot be understood, or `rondo.toml` has a key that is none.
    pub(crate) fn resolve(flags: &ServerFlags) -> anyhow::Result<Self> {
        Self::resolve_with(flags, &from_environment)
    }

    fn resolve_with(
        flags: &ServerFlags,
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> anyhow::Result<Self> {
        let bare = Sources { flags, variable, file: toml::Table::new() };
        let data = PathBuf::from(bare.get("data")?.unwrap_or_else(|| "rondo-data".to_owned()));
        let file = read_file(&data.join("rondo.toml"))?;
        let sources = Sources { file, ..bare };
        let get = |key: &str| sources.get(key);
        let listen = get("listen")?.unwrap_or_else(|| "127.0.0.1:8080".to_owned());
        let mut url_templates = BTreeMap::new();
        for (key, vcs) in [("github_url", Vcs::Github), ("bitbucket_url", Vcs::Bitbucket)] {
            if let Some(template) = get(key)? {
                url_templates.insert(vcs, template);
            }
        }
        Ok(Self {
            data,
            listen: listen.parse().with_context(|| {
                words!(
                    "listen is an address such as 127.0.0.1:8080, not {listen:?}",
                    "listen は 127.0.0.1:8080 のようなアドレスにしてください（{listen:?} は使えません）"
                )
            })?,
            url: get("url")?.map(value::public_url).transpose()?,
            database: get("database")?.map(value::database).transpose()?,
            pepper_file: get("pepper_file")?.map(PathBuf::from),
            executor: match get("executor")?.as_deref() {
                None | Some("bubblewrap") => Executor::Bubblewrap,
                Some("unconfined") => Executor::Unconfined,
                Some("none") => Executor::None,
                Some(other) => bail!(words!(
                    "executor is bubblewrap, unconfined or none, not {other:?}",
                    "executor は bubblewrap、unconfined、none のいずれかです（{other:?} は使えません）"
                )),
            },
            jobs: match get("jobs")? {
                None => 2,
                Some(text) => usize::try_from(value::number("jobs", &text, 256)?)?,
            },
            network: match get("network")?.as_deref() {
                None | Some("shared") => true,
                Some("none") => false,
                Some(other) => bail!(words!(
                    "network is shared or none, not {other:?}",
                    "network は shared または none です（{other:?} は使えません）"
                )),
            },
            local_repositories: value::folders(get("local_repositories")?),
            orbs: OrbPlaces {
                folders: value::folders(get("orbs")?),
                repositories: value::listed(get("orb_repositories")?, value::orb_repository)?,
                urls: value::listed(get("orb_urls")?, value::orb_url)?,
            },
            url_templates,
            trusted_proxies: value::networks(&get("trusted_proxies")?.unwrap_or_default())?,
            tombstone_days: match get("tombstone_days")? {
                None => 90,
                Some(text) => value::number("tombstone_days", &text, 36_500)?,
            },
            rates: value::rates(&get)?,
            idle: value::idle(get("idle_seconds")?.as_deref())?,
            notices: notices::notices(&get)?,
            log: get("log")?.unwrap_or_else(|| "info".to_owned()),
            log_json: match get("log_format")?.as_deref() {
                None | Some("text") => false,
                Some("json") => true,
                Some(other) => bail!(words!(
                    "log_format is text or json, not {other:?}",
                    "log_format は text または json です（{other:?} は使えません）"
                )),
            },
        })
    }
}

/// Where what was brought of orbs is kept by commands that have no data folder: by the XDG Base Directory
/// rules, below `~/.cache`.
///
/// # Errors
/// If there is no home.
pub(crate) fn cache() -> anyhow::Result<PathBuf> {
    let home = || from_environment("HOME").map(|home| PathBuf::from(home).join(".cache"));
    let folder = from_environment("XDG_CACHE_HOME").map(PathBuf::from).or_else(home);
    let folder = folder.with_context(|| {
        words!(
            "HOME is not set, so there is no place for the orbs that are fetched",
            "HOME が設定されていないため、取得したオーブの保存先がありません"
        )
    })?;
    Ok(folder.join("rondo").join("orbs"))
}

/// A file of certificates that are believed instead of the system's, as many programs know it.
pub(crate) fn authority() -> Option<PathBuf> {
    from_environment("SSL_CERT_FILE").map(PathBuf::from)
}

/// What is said of a file that cannot be read.
pub(crate) fn unreadable(path: &Path) -> String {
    words!("{} cannot be read", "{} を読めません", path.display())
}

fn read_file(path: &Path) -> anyhow::Result<toml::Table> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        // Whether there can be a data folder at this place is said by whoever opens it.
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Ok(toml::Table::new());
        }
        Err(error) => {
            return Err(error).with_context(|| unreadable(path));
        }
    };
    let table: toml::Table = text
        .parse()
        .with_context(|| words!("{} is not TOML", "{} は TOML として読めません", path.display()))?;
    let known = |key: &str| key != "data" && SETTINGS.iter().any(|setting| setting.key == key);
    if let Some(key) = table.keys().find(|key| !known(key)) {
        let keys: Vec<_> =
            SETTINGS.iter().map(|setting| setting.key).filter(|k| *k != "data").collect();
        let (path, keys) = (path.display(), keys.join(", "));
        bail!(words!(
            "{path}: there is no setting {key:?}; there are {keys}",
            "{path}: 設定 {key:?} はありません。使えるのは {keys} です"
        ));
    }
    Ok(table)
}

/// Which server a client speaks to: the flag's, the environment's, the one signed in to last, or one
/// on this machine.
///
/// # Errors
/// If the kept credentials cannot be read.
pub(crate) fn server(flags: &ClientFlags) -> anyhow::Result<String> {
    if let Some(url) = flags.server.clone().or_else(|| from_environment("RONDO_URL")) {
        return Ok(url);
    }
    let current = credentials()?.current().map(str::to_owned);
    Ok(current.unwrap_or_else(|| "http://127.0.0.1:8080".to_owned()))
}

/// What `rondo login` keeps: by the XDG Base Directory rules, below `~/.config`.
///
/// # Errors
/// If it cannot be read, or there is no home.
pub(crate) fn credentials() -> anyhow::Result<Credentials> {
    let home = || from_environment("HOME").map(|home| PathBuf::from(home).join(".config"));
    let folder = from_environment("XDG_CONFIG_HOME").map(PathBuf::from).or_else(home);
    let folder = folder.with_context(|| {
        words!(
            "HOME is not set, so there is no place for what `rondo login` keeps",
            "HOME が設定されていないため、`rondo login` の保存先がありません"
        )
    })?;
    Credentials::open(folder.join("rondo").join("credentials.json"))
}

/// This machine's name, as far as the environment or the system says.
pub(crate) fn machine() -> String {
    let system = || std::fs::read_to_string("/proc/sys/kernel/hostname").ok();
    let name = from_environment("HOSTNAME").or_else(system).unwrap_or_default();
    let name: String = name.trim().chars().filter(|c| !c.is_control()).take(60).collect();
    if name.is_empty() { "this machine".to_owned() } else { name }
}

/// Days before a token's end from which on commands warn.
const SOON: i64 = 7;

/// Warns of a token that ends soon: once, however many answers say so.
fn warn(days: i64) {
    static WARNED: Once = Once::new();
    if days > SOON {
        return;
    }
    WARNED.call_once(|| {
        let left = token::days_left(days);
        print::remark(&words!(
            "rondo: the token of this command expires soon: {left}. Make a new one in time.",
            "rondo: このコマンドのトークンはまもなく期限切れになります（{left}）。早めに新しいトークンを作成してください。"
        ));
    });
}

/// A client for the server, with the token that it shows: the environment's, or the one that
/// `rondo login` brought.
///
/// # Errors
/// If there is none.
pub(crate) fn client(flags: &ClientFlags) -> anyhow::Result<rondo_wire::Client> {
    let url = server(flags)?;
    let kept = || credentials()?.token(&url);
    let token = match from_environment("CIRCLE_TOKEN") {
        Some(token) => Some(token),
        None => kept()?,
    };
    let token = token.with_context(|| {
        words!(
            "set CIRCLE_TOKEN to a token's value (and RONDO_URL to the server's address), or sign in with `rondo login`",
            "CIRCLE_TOKEN にトークンの値を（RONDO_URL にサーバーのアドレスを）設定するか、`rondo login` でサインインしてください"
        )
    })?;
    if !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        bail!(words!(
            "CIRCLE_TOKEN holds blanks, line breaks or other characters that no token has",
            "CIRCLE_TOKEN に、空白や改行など、トークンには含まれない文字があります"
        ));
    }
    let credential = rondo_wire::Credential::new(token);
    Ok(rondo_wire::Client::new(&url, Some(credential))?.telling_days_left(warn))
}

/// The reference page, in English or Japanese.
pub(crate) fn reference(japanese: bool) -> String {
    use std::fmt::Write;
    let mut page = String::from(if japanese {
        "# 設定\n\n[English](settings.md)\n\n\
         値はフラグ、環境変数、データフォルダーの `rondo.toml` の順に探します（`data` はファイルには書けません）。\n\n\
         | `rondo.toml` | フラグ | 環境変数 | 既定値 | 内容 |\n|---|---|---|---|---|\n"
    } else {
        "# Settings\n\n[日本語](settings.ja.md)\n\n\
         A value comes from its flag, then from its environment variable, then from `rondo.toml` in the data\n\
         folder (`data` itself cannot stand there).\n\n\
         | `rondo.toml` | flag | environment | default | what it does |\n|---|---|---|---|---|\n"
    });
    for setting in SETTINGS {
        let flag = setting.key.replace('_', "-");
        let key =
            if setting.key == "data" { "–".to_owned() } else { format!("`{}`", setting.key) };
        let text = if japanese { setting.ja } else { setting.en };
        let Setting { variable, default, .. } = setting;
        let _ = writeln!(page, "| {key} | `--{flag}` | `{variable}` | {default} | {text} |");
    }
    page.push_str(if japanese {
        "\n`rondo token` と `rondo project` は、サーバーのアドレスを `--server` または `RONDO_URL` から、トークンを `CIRCLE_TOKEN` から読みます。\n\
         `rondo login` を使った場合は、それが `~/.config/rondo/credentials.json`（または `XDG_CONFIG_HOME` の下）に保存したものを読みます。\n"
    } else {
        "\n`rondo token` and `rondo project` read the server's address from `--server` or `RONDO_URL`, and the token\n\
         from `CIRCLE_TOKEN`; or both from what `rondo login` keeps in `~/.config/rondo/credentials.json` (or below\n\
         `XDG_CONFIG_HOME`).\n"
    });
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reference_pages_are_the_list() {
        for (file, japanese) in [("settings.md", false), ("settings.ja.md", true)] {
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(file);
            if std::env::var_os("UPDATE_EXPECTED").is_some() {
                std::fs::write(&path, reference(japanese)).unwrap();
            }
            assert_eq!(std::fs::read_to_string(&path).unwrap(), reference(japanese), "{file}");
        }
    }

    #[test]
    fn a_flag_is_stronger_than_the_environment_and_that_than_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = "listen = \"127.0.0.1:1\"\njobs = 3\nlog = \"warn\"\nlocal_repositories = [\"/a\", \"/b\"]\n";
        std::fs::write(folder.path().join("rondo.toml"), file).unwrap();
        let data = Some(folder.path().to_string_lossy().into_owned());
        let listen = Some("127.0.0.1:3".to_owned());
        let flags = ServerFlags { data, listen, ..ServerFlags::default() };
        let variable = |name: &str| match name {
            "RONDO_LISTEN" => Some("127.0.0.1:2".to_owned()),
            "RONDO_JOBS" => Some("4".to_owned()),
            _ => None,
        };
        let settings = Settings::resolve_with(&flags, &variable).unwrap();
        assert_eq!(settings.listen.port(), 3);
        assert_eq!(settings.jobs, 4);
        assert_eq!(settings.log, "warn");
        assert_eq!(settings.local_repositories, [PathBuf::from("/a"), PathBuf::from("/b")]);
    }

    #[test]
    fn what_is_not_understood_names_the_setting_and_the_way_out() {
        for (file, message) in [
            ("lisen = \"x\"", "there is no setting \"lisen\""),
            ("listen = \"here\"", "listen is an address such as 127.0.0.1:8080"),
            ("jobs = 0", "jobs is a number from 1 to 256"),
            ("executor = \"docker\"", "executor is bubblewrap, unconfined or none"),
            ("database = \"mysql://user:secret@host\"", "begins with postgres://"),
            ("url = \"ci.example.com\"", "url is an address such as https://ci.example.com"),
            ("orb_urls = \"https://orbs.example.com\"", "orb_urls are addresses such as"),
            ("orb_urls = \"http://orbs.example.com/\"", "orb_urls are addresses such as"),
            ("orb_urls = \"https://user:secret@host/\"", "orb_urls are addresses such as"),
            ("orb_repositories = \"http://u:secret@h/p\"", "is no repository of orbs"),
            ("tombstone_days = 0", "tombstone_days is a number from 1 to 36500"),
            ("token_rate = 100", "token_rate: \"100\" is no rate: write requests a second"),
            ("address_rate = \"fast\"", "address_rate: \"fast\" is no rate"),
            ("wrong_tokens = -1", "wrong_tokens is a number from 1 to 1000000"),
            ("idle_seconds = 0", "idle_seconds is a number from 1 to 86400"),
            ("notice_webhook = \"http://u:secret@host/\"", "it does not begin with https://"),
            ("smtp_port = 25", "smtp_port is set, and smtp_host is not"),
            ("smtp_host = \"mail\"", "smtp_host is set, and smtp_from is not"),
            (
                "smtp_host = \"mail\"\nsmtp_from = \"CI\"",
                "smtp_from: an address for mail is such as",
            ),
            ("smtp_host = \"mail\"\nsmtp_tls = \"ssl\"", "smtp_tls is starttls, tls or none"),
            (
                "smtp_host = \"mail\"\nsmtp_from = \"ci@example.com\"\nsmtp_user = \"ci\"",
                "give smtp_user and smtp_password_file, or neither",
            ),
            ("trusted_proxies = \"proxy.local\"", "trusted_proxies: \"proxy.local\" is no network"),
            ("= 3", "is not TOML"),
        ] {
            let folder = tempfile::tempdir().unwrap();
            std::fs::write(folder.path().join("rondo.toml"), file).unwrap();
            let data = Some(folder.path().to_string_lossy().into_owned());
            let flags = ServerFlags { data, ..ServerFlags::default() };
            let error = format!("{:#}", Settings::resolve_with(&flags, &|_| None).unwrap_err());
            assert!(error.contains(message), "{error}");
            assert!(!error.contains("secret"));
        }
    }
}
