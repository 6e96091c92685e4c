//! A real server on a fresh data folder, its administrator's commands, and requests to it.

use std::fs::File;
use std::io::Write;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use reqwest::{Method, RequestBuilder};
use serde_json::Value;
use tempfile::TempDir;

use crate::sweep;

pub(crate) const RONDO: &str = env!("CARGO_BIN_EXE_rondo");
pub(crate) const PASSWORD: &str = "correct horse battery";

/// Which database a server uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Database {
    Sqlite,
    Postgres,
}

impl Database {
    /// The databases that this run has: SQLite always, PostgreSQL where `./test` started one.
    pub(crate) fn all() -> Vec<Self> {
        match std::env::var_os("RONDO_TEST_POSTGRES") {
            Some(_) => vec![Self::Sqlite, Self::Postgres],
            None => {
                eprintln!("left out: PostgreSQL, since RONDO_TEST_POSTGRES is not set");
                vec![Self::Sqlite]
            }
        }
    }

    /// A new one; none on SQLite.
    fn fresh(self) -> Option<Arc<Postgres>> {
        match self {
            Self::Sqlite => None,
            Self::Postgres => Some(Arc::new(Postgres::make())),
        }
    }
}

/// A database on a PostgreSQL server. With the last server that uses it goes one that was made here: all of
/// a run's together would fill a disk.
struct Postgres {
    address: String,
    made: Option<(String, String)>,
}

impl Postgres {
    /// A fresh one on the PostgreSQL server of this run.
    fn make() -> Self {
        let server = std::env::var("RONDO_TEST_POSTGRES").unwrap();
        let name = format!("rondo_{}", uuid::Uuid::new_v4().simple());
        order(&server, &format!("create database {name}"));
        let (base, _) = server.rsplit_once('/').unwrap();
        Self { address: format!("{base}/{name}"), made: Some((server, name)) }
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // Whoever looks for a failure's reason may want it.
        if let Some((server, name)) = &self.made
            && !std::thread::panicking()
        {
            order(server, &format!("drop database {name} with (force)"));
        }
    }
}

/// Has a PostgreSQL database do something.
pub(crate) fn order(address: &str, sql: &str) {
    let mut psql = Command::new("psql");
    psql.args([address, "--quiet", "--command", sql]).stdout(Stdio::null());
    assert!(psql.status().unwrap().success(), "{sql}");
}

/// A server process. Dropped, it is killed, and its folder removed.
pub(crate) struct Server {
    pub(crate) url: String,
    pub(crate) folder: TempDir,
    database: Option<Arc<Postgres>>,
    child: Option<Child>,
    flags: Vec<String>,
    /// A file with the certificates that it believes, if not the system's.
    authority: Option<PathBuf>,
    /// How many files it may have open when it starts, if not as many as this test.
    open_files: Option<u32>,
}

impl Server {
    /// A server on a fresh SQLite data folder.
    pub(crate) fn start() -> Self {
        Self::start_with(Database::Sqlite, &[])
    }

    /// A server on a fresh database. Repositories below its folder may be built.
    pub(crate) fn start_with(database: Database, flags: &[&str]) -> Self {
        let mut server = Self::prepare(database.fresh(), flags);
        server.launch("127.0.0.1:0");
        server
    }

    /// A server that believes these certificates, and asks no proxy.
    pub(crate) fn start_trusting(database: Database, authority: &Path, flags: &[&str]) -> Self {
        let mut server = Self::prepare(database.fresh(), flags);
        server.authority = Some(authority.to_owned());
        server.launch("127.0.0.1:0");
        server
    }

    /// A server that is started by somebody who may have so many files open, until they raise that.
    pub(crate) fn start_with_open_files(open_files: u32) -> Self {
        let mut server = Self::prepare(None, &[]);
        server.open_files = Some(open_files);
        server.launch("127.0.0.1:0");
        server
    }

    /// A server on the PostgreSQL database at this address.
    pub(crate) fn start_on(address: String, flags: &[&str]) -> Self {
        let database = Arc::new(Postgres { address, made: None });
        let mut server = Self::prepare(Some(database), flags);
        server.launch("127.0.0.1:0");
        server
    }

    /// Another server on the same PostgreSQL database: a data folder of its own, the same keys.
    pub(crate) fn start_beside(&self) -> Self {
        let flags: Vec<_> = self.flags.iter().map(String::as_str).collect();
        let mut server = Self::prepare(self.database.clone(), &flags);
        std::fs::create_dir(server.data()).unwrap();
        server.authority = self.authority.clone();
        for key in ["pepper.key", "seal.key", "webhook.key"] {
            let own = self.data().join(key);
            if own.exists() {
                std::fs::copy(own, server.data().join(key)).unwrap();
            }
        }
        server.launch("127.0.0.1:0");
        server
    }

    fn prepare(database: Option<Arc<Postgres>>, flags: &[&str]) -> Self {
        let folder = tempfile::Builder::new().prefix("rondo-e2e-").tempdir().unwrap();
        let flags = flags.iter().map(|flag| (*flag).to_owned()).collect();
        let (url, child, authority, open_files) = (String::new(), None, None, None);
        Self { url, folder, database, child, flags, authority, open_files }
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// The address of its PostgreSQL database; none on SQLite.
    pub(crate) fn database(&self) -> Option<&str> {
        self.database.as_deref().map(|database| database.address.as_str())
    }

    /// Everything that every process of this server wrote to its streams.
    pub(crate) fn log(&self) -> PathBuf {
        self.folder.path().join("server.log")
    }

    /// `rondo` with the flags of this server.
    pub(crate) fn command(&self, subcommand: &[&str]) -> Command {
        let mut command = Command::new(RONDO);
        command.args(subcommand).arg("--data").arg(self.data());
        command.arg("--local-repositories").arg(self.folder.path());
        if let Some(address) = self.database() {
            command.arg("--database").arg(address);
        }
        command.env_remove("RONDO_DATA").env_remove("RONDO_DATABASE");
        if let Some(authority) = &self.authority {
            command.env("SSL_CERT_FILE", authority).env("NO_PROXY", "localhost");
        }
        // All tests come from one address; those of the limits set them by flags.
        for limit in ["RONDO_TOKEN_RATE", "RONDO_ADDRESS_RATE", "RONDO_WRONG_TOKENS"] {
            command.env(limit, "0");
        }
        command
    }

    /// Starts a process on this server's folder and waits until it serves.
    fn launch(&mut self, listen: &str) {
        let log = File::options().create(true).append(true).open(self.log()).unwrap();
        let before = std::fs::metadata(self.log()).unwrap().len();
        let mut command = self.command(&["serve", "--listen", listen]);
        if let Some(most) = self.open_files {
            command = below(most, command);
        }
        command.args(&self.flags).stdout(log.try_clone().unwrap()).stderr(log).stdin(Stdio::null());
        let mut child = command.spawn().unwrap();
        let begun = Instant::now();
        self.url = loop {
            let text = std::fs::read(self.log()).unwrap();
            let text =
                String::from_utf8_lossy(&text[usize::try_from(before).unwrap()..]).into_owned();
            let served =
                text.split_once("rondo: serving ").and_then(|(_, rest)| rest.split_once('\n'));
            if let Some((url, _)) = served {
                break url.to_owned();
            }
            if let Some(status) = child.try_wait().unwrap() {
                panic!("the server ended with {status}:\n{text}");
            }
            assert!(
                begun.elapsed() < Duration::from_secs(30),
                "the server does not serve:\n{text}"
            );
            std::thread::yield_now();
        };
        self.child = Some(child);
    }

    /// Where everything is that the server has written down, as far as its database is there.
    pub(crate) fn remains(&self) -> Vec<PathBuf> {
        let mut remains = vec![self.log(), self.data()];
        if let Some(address) = self.database() {
            let dump = self.folder.path().join("dump.sql");
            let mut pg_dump = Command::new("pg_dump");
            pg_dump.arg("--inserts").arg("--file").arg(&dump).arg(address);
            if pg_dump.stderr(Stdio::null()).status().unwrap().success() {
                remains.push(dump);
            }
        }
        remains
    }

    /// Kills the process as `kill -9` does.
    pub(crate) fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    /// Starts a new process on the same folder, database and port.
    pub(crate) fn restart(&mut self) {
        self.kill();
        let listen = self.url.trim_start_matches("http://").to_owned();
        self.launch(&listen);
    }

    /// What processes that are started from now on are told.
    pub(crate) fn set_flags(&mut self, flags: &[&str]) {
        self.flags = flags.iter().map(|flag| (*flag).to_owned()).collect();
    }

    /// Asks the process to stop, as a service manager does, and waits for its end.
    pub(crate) fn stop(&mut self) -> std::process::ExitStatus {
        let mut child = self.child.take().unwrap();
        let id = child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        child.wait().unwrap()
    }

    /// `rondo admin …` beside the server: what it printed, without the line's end.
    pub(crate) fn admin(&self, words: &[&str]) -> String {
        self.admin_with(words, "")
    }

    pub(crate) fn admin_with(&self, words: &[&str], input: &str) -> String {
        let (ok, out, err) = self.try_admin(words, input);
        assert!(ok, "rondo admin {words:?} failed: {err}");
        out
    }

    /// Whether it went well, what it printed, and what it complained of.
    pub(crate) fn try_admin(&self, words: &[&str], input: &str) -> (bool, String, String) {
        let mut command = self.command(&[&["admin"], words].concat());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap().trim_end().to_owned();
        (output.status.success(), text(output.stdout), text(output.stderr))
    }

    /// Adds a person with [`PASSWORD`].
    pub(crate) fn add_person(&self, name: &str, admin: bool) {
        let flags: &[&str] = if admin { &["--admin"] } else { &[] };
        let words = [&["user", "add", name, "--password-stdin"], flags].concat();
        self.admin_with(&words, &format!("{PASSWORD}\n"));
    }

    /// A personal token's value.
    pub(crate) fn personal_token(&self, name: &str) -> String {
        self.admin(&["token", "create", "personal", "--user", name, "--label", "e2e"])
    }

    /// A project token's value.
    pub(crate) fn project_token(&self, slug: &str, scope: &str) -> String {
        self.admin(&["token", "create", "project", slug, "--scope", scope, "--label", "e2e"])
    }

    /// Makes a git repository with this configuration and adds it as a private project.
    pub(crate) fn add_project(&self, slug: &str, config: &str) -> Repository {
        let repository = Repository::make(&self.folder.path().join(slug.replace('/', "-")), config);
        let path = repository.folder.to_str().unwrap();
        self.admin(&["project", "add", slug, "--git", path]);
        repository
    }

    /// A request to a path of the server.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        static CLIENT: OnceLock<reqwest::Client> = OnceLock::new();
        // Making a client takes longer than most answers. Tests have a runtime each, so no
        // connection may outlive its request.
        let client = CLIENT.get_or_init(|| builder().pool_max_idle_per_host(0).build().unwrap());
        client.request(method, format!("{}{path}", self.url))
    }

    /// `GET` with a token: status and JSON (or the text as a JSON string).
    pub(crate) async fn get(&self, token: &str, path: &str) -> (u16, Value) {
        answer(self.request(Method::GET, path).header("circle-token", token)).await
    }

    pub(crate) async fn post(&self, token: &str, path: &str, body: Value) -> (u16, Value) {
        answer(self.request(Method::POST, path).header("circle-token", token).json(&body)).await
    }

    pub(crate) async fn delete(&self, token: &str, path: &str) -> (u16, Value) {
        answer(self.request(Method::DELETE, path).header("circle-token", token)).await
    }

    /// Waits until a build has ended, by its own answers; the whole build.
    pub(crate) async fn ended(&self, token: &str, project: &str, number: i64) -> Value {
        let begun = Instant::now();
        loop {
            let (status, build) =
                self.get(token, &format!("/api/v1.1/project/{project}/{number}")).await;
            if status == 200 && build["lifecycle"] == "finished" {
                return build;
            }
            assert!(begun.elapsed() < Duration::from_secs(120), "build {number} hangs: {build}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// The text that all steps of a build printed.
    pub(crate) async fn output(&self, token: &str, project: &str, number: i64) -> String {
        let (_, build) = self.get(token, &format!("/api/v1.1/project/{project}/{number}")).await;
        let mut text = String::new();
        for step in build["steps"].as_array().unwrap() {
            let Some(url) = step["actions"][0]["output_url"].as_str() else { continue };
            let path = url.strip_prefix(&self.url).unwrap();
            let (_, pieces) = self.get(token, path).await;
            text.push_str(pieces[0]["message"].as_str().unwrap_or_default());
        }
        text
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
        if std::thread::panicking() {
            let log = std::fs::read(self.log()).unwrap_or_default();
            let log = String::from_utf8_lossy(&log);
            let tail: Vec<_> = log.lines().rev().take(40).collect();
            eprintln!("the server's last lines:");
            tail.into_iter().rev().for_each(|line| eprintln!("{line}"));
            return;
        }
        let found = sweep::tokens_in(&self.remains());
        assert!(found.is_empty(), "tokens were written down: {found:#?}");
    }
}

/// A client that follows no redirect.
pub(crate) fn client() -> reqwest::Client {
    builder().build().unwrap()
}

/// The same at another address of this machine.
pub(crate) fn client_at(address: IpAddr) -> reqwest::Client {
    builder().local_address(address).build().unwrap()
}

fn builder() -> reqwest::ClientBuilder {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().redirect(reqwest::redirect::Policy::none())
}

pub(crate) async fn answer(request: RequestBuilder) -> (u16, Value) {
    let answer = request.send().await.unwrap();
    let status = answer.status().as_u16();
    let text = answer.text().await.unwrap();
    let value = serde_json::from_str(&text).unwrap_or(Value::String(text));
    (status, value)
}

/// The Python that `./test install` keeps beside what Cargo builds, with the packages of its list.
pub(crate) fn python() -> PathBuf {
    let target = Path::new(RONDO).ancestors().nth(2).unwrap();
    let python = target.join("python/bin/python");
    assert!(python.exists(), "{} is missing: ./test install", python.display());
    python
}

/// What a program that must succeed prints when it is given `input`.
pub(crate) fn feed_to(mut command: Command, input: &str) -> String {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?} of {input:?}: {complaint}");
    String::from_utf8(output.stdout).unwrap()
}

/// The command, which may have so many files open until it raises that.
fn below(open_files: u32, command: Command) -> Command {
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("ulimit -S -n {open_files} && exec \"$0\" \"$@\"")]);
    shell.arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    shell
}

/// A git repository.
pub(crate) struct Repository {
    pub(crate) folder: PathBuf,
}

impl Repository {
    /// With this `.circleci/config.yml` on `main`.
    pub(crate) fn make(folder: &Path, config: &str) -> Self {
        std::fs::create_dir_all(folder).unwrap();
        let repository = Self { folder: folder.to_owned() };
        repository.git(&["init", "--quiet", "--initial-branch=main"]);
        repository.commit(config);
        repository
    }

    /// Commits another configuration.
    pub(crate) fn commit(&self, config: &str) {
        std::fs::create_dir_all(self.folder.join(".circleci")).unwrap();
        std::fs::write(self.folder.join(".circleci/config.yml"), config).unwrap();
        self.git(&["add", "."]);
        self.git(&["commit", "--quiet", "--allow-empty", "--message=Change the configuration"]);
    }

    pub(crate) fn git(&self, words: &[&str]) {
        let status = Command::new("git")
            .current_dir(&self.folder)
            .args(["-c", "user.name=Mika", "-c", "user.email=mika@example.com"])
            .args(words)
            .status()
            .unwrap();
        assert!(status.success(), "git {words:?}");
    }
}
