//! `kill -9` at any moment, and a database that goes away: what was acknowledged is there, what was
//! refused is not, nothing is stuck, and no token is trusted on memory alone.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use reqwest::{Client, Method};
use serde_json::{Value, json};
use sqlx::{AnyConnection, Connection, Row};
use tempfile::TempDir;

use crate::acme::{Acme, PROJECT};
use crate::harness::{Database, Server, client};

const CLIENTS: usize = 4;
const TOKENS: &str = "/api/v1.1/user/token";
const CONFIG: &str = "version: 2.1\njobs:\n  build: {machine: true, steps: [{run: 'true'}]}\n";

/// Numbers that look random and are the same for the same seed.
struct Chance(u64);

impl Chance {
    fn next(&mut self, below: u64) -> u64 {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % below
    }
}

/// A token that was made for certain.
struct Made {
    id: String,
    value: String,
    /// The answer to its deletion, if one was asked for; none if the server died over it.
    deleted: Option<Option<u16>>,
}

/// What the clients were told.
#[derive(Default)]
struct Told {
    /// By label.
    made: BTreeMap<String, Made>,
    /// Labels of which nobody knows.
    unknown: Vec<String>,
    /// Build number to the client's own word for the trigger.
    triggered: BTreeMap<i64, String>,
    /// Words of triggers of which nobody knows.
    lost: Vec<String>,
}

struct Caller<'a> {
    client: Client,
    url: &'a str,
    token: &'a str,
}

impl Caller<'_> {
    /// The answer, or nothing if the server died before it was whole.
    async fn call(&self, method: Method, path: &str, body: Value) -> Option<(u16, Value)> {
        let request = self.client.request(method, format!("{}{path}", self.url));
        let answer = request.header("circle-token", self.token).json(&body).send().await.ok()?;
        let status = answer.status().as_u16();
        Some((status, answer.json().await.ok()?))
    }

    /// Waits until a server listens, so that a call meets one that may die over it.
    async fn server_is_up(&self) {
        while self.client.get(format!("{}/healthz", self.url)).send().await.is_err() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    async fn make(&self, told: &Mutex<Told>, label: String) {
        match self.call(Method::POST, TOKENS, json!({ "label": label })).await {
            Some((201, made)) => {
                let text = |key: &str| made[key].as_str().unwrap().to_owned();
                let made = Made { id: text("id"), value: text("token"), deleted: None };
                told.lock().unwrap().made.insert(label, made);
            }
            Some((503, _)) | None => told.lock().unwrap().unknown.push(label),
            Some(other) => panic!("making a token: {other:?}"),
        }
    }

    async fn make_wrong(&self) {
        let body = json!({ "label": "refused", "scope": "all" });
        if let Some((status, answer)) = self.call(Method::POST, TOKENS, body).await {
            assert!(status == 400 || status == 503, "{status} {answer}");
        }
    }

    async fn delete(&self, told: &Mutex<Told>, pick: u64) {
        let chosen = {
            let mut told = told.lock().unwrap();
            let mut open: Vec<_> =
                told.made.values_mut().filter(|made| made.deleted.is_none()).collect();
            let count = open.len().max(1);
            open.get_mut(usize::try_from(pick).unwrap() % count).map(|made| {
                made.deleted = Some(None);
                made.id.clone()
            })
        };
        let Some(id) = chosen else { return };
        let answer = self.call(Method::DELETE, &format!("{TOKENS}/{id}"), json!({})).await;
        if let Some((status, answer)) = answer {
            assert!(status == 200 || status == 503, "deleting a token: {status} {answer}");
            let mut told = told.lock().unwrap();
            let made = told.made.values_mut().find(|made| made.id == id).unwrap();
            made.deleted = Some((status == 200).then_some(status));
        }
    }

    async fn trigger(&self, told: &Mutex<Told>, word: String) {
        let body = json!({ "build_parameters": { "WORD": word } });
        match self.call(Method::POST, PROJECT, body).await {
            Some((201, build)) => {
                let number = build["build_num"].as_i64().unwrap();
                let twin = told.lock().unwrap().triggered.insert(number, word);
                assert_eq!(twin, None, "build {number} was given out twice");
            }
            Some((503, _)) | None => told.lock().unwrap().lost.push(word),
            Some(other) => panic!("triggering a build: {other:?}"),
        }
    }

    async fn act(&self, told: &Mutex<Told>, act: usize, pick: u64) {
        self.server_is_up().await;
        match pick % 10 {
            0..4 => self.make(told, format!("token-{act}")).await,
            4 => self.make_wrong().await,
            5..8 => self.delete(told, pick / 10).await,
            _ => self.trigger(told, format!("word-{act}")).await,
        }
    }
}

/// Clients act while the server is killed and started again, again and again.
async fn crash_while_used(server: &mut Server, token: &str, seed: u64, acts: usize) -> Told {
    let (told, begun, done) =
        (Mutex::new(Told::default()), AtomicUsize::new(0), AtomicUsize::new(0));
    let url = server.url.clone();
    let work = async |n: usize| {
        let caller = Caller { client: client(), url: &url, token };
        let mut chance = Chance(seed.wrapping_add(u64::try_from(n).unwrap()));
        loop {
            let act = begun.fetch_add(1, Ordering::Relaxed);
            if act >= acts {
                break;
            }
            caller.act(&told, act, chance.next(1_000_000)).await;
            done.fetch_add(1, Ordering::Relaxed);
        }
    };
    let kill = async {
        let (mut chance, mut crashes) = (Chance(!seed), 0);
        while done.load(Ordering::Relaxed) + CLIENTS < acts {
            tokio::time::sleep(Duration::from_millis(50 + chance.next(400))).await;
            tokio::task::block_in_place(|| server.restart());
            crashes += 1;
        }
        assert!(crashes >= 2, "too few crashes to say anything: {crashes}");
    };
    tokio::join!(kill, work(0), work(1), work(2), work(3));
    told.into_inner().unwrap()
}

async fn check_tokens(server: &Server, token: &str, told: &Told) {
    let (status, list) = server.get(token, TOKENS).await;
    assert_eq!(status, 200, "{list}");
    let list = list.as_array().unwrap();
    let there: Vec<_> = list.iter().map(|token| token["label"].as_str().unwrap()).collect();
    for label in &there {
        let known = told.made.contains_key(*label) || told.unknown.iter().any(|u| u == label);
        assert!(known || *label == "e2e", "nobody was told of {label}");
    }
    for (label, made) in &told.made {
        let (status, _) = server.get(&made.value, "/api/v1.1/me").await;
        let seen = (there.contains(&label.as_str()), status);
        match made.deleted {
            None => assert_eq!(seen, (true, 200), "{label} was made"),
            Some(Some(_)) => assert_eq!(seen, (false, 401), "{label} was deleted"),
            Some(None) => assert!([(true, 200), (false, 401)].contains(&seen), "{label}: {seen:?}"),
        }
    }
}

async fn check_builds(server: &Server, token: &str, told: &Told) {
    let (_, list) = server.get(token, &format!("{PROJECT}?limit=100")).await;
    let newest = list[0]["build_num"].as_i64().unwrap_or(0);
    let mut words = BTreeMap::new();
    for number in 1..=newest {
        let build = server.ended(token, "gh/acme/web", number).await;
        // Three crashes in the middle of one job are its end.
        let status = build["status"].as_str().unwrap();
        if !["success", "infrastructure_fail"].contains(&status) {
            let output = server.output(token, "gh/acme/web", number).await;
            panic!("build {number} is {status}: {output}");
        }
        let word = build["build_parameters"]["WORD"].as_str().unwrap().to_owned();
        words.insert(number, word);
    }
    for (number, word) in &told.triggered {
        assert_eq!(words.remove(number).as_ref(), Some(word), "build {number}");
    }
    for word in words.values() {
        assert!(told.lost.contains(word), "nobody triggered {word}");
    }
    let url = match server.database() {
        Some(url) => url.to_owned(),
        None => format!("sqlite://{}", server.data().join("rondo.db").display()),
    };
    sqlx::any::install_default_drivers();
    let mut database = AnyConnection::connect(&url).await.unwrap();
    for open in [
        "select count(*) from pipeline where state = 'pending' or outcome is null",
        "select count(*) from job where status in ('blocked', 'queued', 'running')",
        "select count(*) from workflow where stopped_at is null",
        "select count(*) - max(number) from audit",
    ] {
        let row = sqlx::query(open).fetch_one(&mut database).await.unwrap();
        assert_eq!(row.get::<i64, _>(0), 0, "{open}");
    }
}

async fn check_crashes(database: Database, acts: usize) {
    let mut seed = [0; 8];
    getrandom::fill(&mut seed).unwrap();
    let seed = u64::from_le_bytes(seed);
    eprintln!("{database:?}: the seed is {seed}");
    let mut server = Server::start_with(database, &[]);
    server.add_person("mika", true);
    let token = server.personal_token("mika");
    server.add_project("gh/acme/web", CONFIG);
    let told = crash_while_used(&mut server, &token, seed, acts).await;
    assert!(told.made.len() > acts / 10, "only {} tokens were made", told.made.len());
    assert!(!told.triggered.is_empty());
    server.restart();
    check_tokens(&server, &token, &told).await;
    check_builds(&server, &token, &told).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_survives_kill_9_and_nothing_is_stuck() {
    check_crashes(Database::Sqlite, 200).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_survives_kill_9_on_postgresql_too() {
    if Database::all().contains(&Database::Postgres) {
        check_crashes(Database::Postgres, 80).await;
    }
}

/// A PostgreSQL server that this test may stop.
struct Postgres {
    programs: PathBuf,
    folder: TempDir,
    port: u16,
}

impl Postgres {
    fn start() -> Self {
        let versions = std::fs::read_dir("/usr/lib/postgresql").unwrap();
        let programs = versions.map(|version| version.unwrap().path().join("bin")).max().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let postgres = Self { programs, folder, port: listener.local_addr().unwrap().port() };
        drop(listener);
        if root() {
            let owned = Command::new("chown").arg("postgres").arg(postgres.folder.path()).status();
            assert!(owned.unwrap().success());
        }
        let words = ["--auth=trust", "--username=postgres", "--no-sync"];
        postgres.run("initdb", &words);
        postgres.resume();
        postgres
    }

    fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    fn resume(&self) {
        let place = self.folder.path().display();
        let options = format!("-p {} -c listen_addresses=127.0.0.1 -k {place}", self.port);
        let log = format!("{place}/log");
        self.run("pg_ctl", &["--wait", "--log", &log, "--options", &options, "start"]);
    }

    fn stop(&self, mode: &str) {
        self.run("pg_ctl", &["--wait", "--mode", mode, "stop"]);
    }

    fn run(&self, program: &str, words: &[&str]) {
        let program = self.programs.join(program);
        let mut command = match root() {
            true => {
                let mut command = Command::new("runuser");
                command.args(["-u", "postgres", "--"]).arg(program);
                command
            }
            false => Command::new(program),
        };
        command.arg("--pgdata").arg(self.folder.path().join("data")).args(words);
        command.current_dir("/").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let status = command.status().unwrap();
        assert!(status.success(), "{command:?}: {status}");
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if self.folder.path().join("data/postmaster.pid").exists() {
            self.stop("immediate");
        }
    }
}

/// PostgreSQL refuses to run as root.
fn root() -> bool {
    let output = Command::new("id").arg("-u").output().unwrap();
    output.stdout.trim_ascii() == b"0"
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_database_is_away_nothing_is_trusted_and_once_it_is_back_all_works_again() {
    if !Database::all().contains(&Database::Postgres) {
        return;
    }
    let postgres = Postgres::start();
    let server = Server::start_on(postgres.url(), &[]);
    server.add_person("mika", true);
    server.add_project("gh/acme/web", CONFIG);
    let personal = server.personal_token("mika");
    let badge = server.project_token("gh/acme/web", "status");
    for mode in ["fast", "immediate"] {
        assert_eq!(server.get(&personal, "/api/v1.1/me").await.0, 200);
        assert_eq!(server.get(&badge, PROJECT).await.0, 200);
        postgres.stop(mode);
        // What a look at the database had promised is over.
        tokio::time::sleep(Duration::from_millis(100)).await;
        let begun = Instant::now();
        let away = tokio::join!(
            server.get(&personal, "/api/v1.1/me"),
            server.get(&badge, PROJECT),
            server.get(&personal, TOKENS),
            server.post(&personal, TOKENS, json!({ "label": "in vain" })),
            server.post(&personal, PROJECT, json!({})),
            server.get("", "/readyz"),
        );
        for (status, answer) in [away.0, away.1, away.2, away.3, away.4, away.5] {
            assert_eq!((status, &answer["code"]), (503, &json!("unavailable")), "{answer}");
        }
        let waited = begun.elapsed();
        assert!(waited < Duration::from_secs(12), "the refusals took {waited:?}");
        assert_eq!(server.get("", "/healthz").await.0, 200, "the process itself is well");

        postgres.resume();
        let begun = Instant::now();
        while server.get(&personal, "/api/v1.1/me").await.0 != 200 {
            assert!(begun.elapsed() < Duration::from_secs(15), "it does not come back");
        }
        assert_eq!(server.get(&badge, PROJECT).await.0, 200);
        let (_, tokens) = server.get(&personal, TOKENS).await;
        assert_eq!(tokens.as_array().unwrap().len(), 1, "what was refused is not there: {tokens}");
        let (status, build) = server.post(&personal, PROJECT, json!({})).await;
        assert_eq!(status, 201, "{build}");
        let number = build["build_num"].as_i64().unwrap();
        let build = server.ended(&personal, "gh/acme/web", number).await;
        assert_eq!(build["status"], "success", "{build}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_a_kill_cuts_off_begins_anew_and_says_so() {
    let mut acme = Acme::start(&CONFIG.replace("'true'", "sleep 300"));
    acme.trigger("build", json!({})).await;
    let prints = async |acme: &Acme, words: &str| {
        let begun = Instant::now();
        loop {
            let output = acme.output(1).await;
            if output.contains(words) {
                return output;
            }
            assert!(begun.elapsed() < Duration::from_secs(60), "{words} in {output}");
            tokio::task::yield_now().await;
        }
    };
    let first = prints(&acme, "The job runs in").await;
    assert!(!first.contains("attempt"), "{first}");
    acme.server.restart();
    prints(&acme, "The job begins anew (attempt 2)").await;
    acme.post(&format!("{PROJECT}/1/cancel"), json!({})).await;
    acme.ended(1).await;
}
