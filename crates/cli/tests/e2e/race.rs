//! A token stops at once: on every connection of the server that deleted it, within 100 ms on every
//! other process that uses the same database, and within a second in the middle of a long answer.

use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use reqwest::Client;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::Barrier;

use crate::acme::{Acme, PROJECT};
use crate::harness::{Database, Server, answer, client};
use crate::session::Session;

const CONNECTIONS: usize = 8;
const DELETIONS: usize = 20;
/// What another process may take to hear of a change.
const ELSEWHERE: Duration = Duration::from_millis(100);
/// How often each connection tries again when nothing may be accepted any more.
const AFTERWARDS: usize = 3;

const CONFIG: &str = "version: 2.1\njobs:\n  build: {machine: true, steps: [{run: echo fine}]}\n";

/// One request that used the token.
struct Use {
    begun: Instant,
    status: u16,
}

/// Uses a token from all connections as fast as they can; each goes on until it has begun a few
/// requests later than `grace` after the end of `act`. When that ended, and all uses.
async fn while_used<T>(
    (clients, url, token): (&[Client], &str, &str),
    grace: Duration,
    act: impl Future<Output = T>,
) -> (Instant, Vec<Use>) {
    let (from, ready) =
        (Arc::new(OnceLock::<Instant>::new()), Arc::new(Barrier::new(CONNECTIONS + 1)));
    let connections: Vec<_> = clients
        .iter()
        .map(|client| {
            let request = client.get(url).header("circle-token", token);
            let (from, ready) = (Arc::clone(&from), Arc::clone(&ready));
            tokio::spawn(async move {
                let (mut uses, mut afterwards) = (Vec::new(), 0);
                while afterwards < AFTERWARDS {
                    let begun = Instant::now();
                    let answer = request.try_clone().unwrap().send().await.unwrap();
                    let status = answer.status().as_u16();
                    answer.bytes().await.unwrap();
                    afterwards += usize::from(from.get().is_some_and(|from| begun > *from));
                    uses.push(Use { begun, status });
                    if uses.len() == 1 {
                        ready.wait().await;
                    }
                }
                uses
            })
        })
        .collect();
    // Every connection has had its first answer.
    ready.wait().await;
    act.await;
    let answered = Instant::now();
    from.set(answered + grace).unwrap();
    let mut uses = Vec::new();
    for connection in connections {
        uses.extend(connection.await.unwrap());
    }
    (answered, uses)
}

/// That a token works on all connections, and on none once `grace` is over after `act`.
async fn check<T>(shown: (&[Client], &str, &str), grace: Duration, act: impl Future<Output = T>) {
    let (answered, uses) = while_used(shown, grace, act).await;
    let accepted = uses.iter().filter(|one| one.status == 200);
    assert!(accepted.clone().count() >= CONNECTIONS, "the token works before");
    let latest = accepted.map(|one| one.begun).max().unwrap();
    let late = latest.saturating_duration_since(answered);
    assert!(late <= grace, "a request begun {late:?} after the answer is accepted: {}", shown.1);
    let refused = uses.iter().map(|one| one.status).filter(|status| *status != 200);
    for status in refused {
        assert!([401, 403, 404].contains(&status), "a request was answered with {status}");
    }
}

fn clients() -> Vec<Client> {
    (0..CONNECTIONS).map(|_| client()).collect()
}

/// Two kinds of tokens: where they are made and deleted, and what they may read.
const KINDS: [(&str, &str); 2] = [
    ("/api/v1.1/user/token", "/api/v1.1/me"),
    ("/api/v1.1/project/gh/acme/web/token", "/api/v1.1/project/gh/acme/web"),
];

/// A new token that may read: its id and its value.
async fn make(server: &Server, admin: &str, tokens: &str) -> (String, String) {
    let mut body = json!({ "label": "short-lived" });
    if tokens.contains("/project/") {
        body["scope"] = "all".into();
    }
    let (status, made) = server.post(admin, tokens, body).await;
    assert_eq!(status, 201, "{made}");
    let text = |key: &str| made[key].as_str().unwrap().to_owned();
    (text("id"), text("token"))
}

async fn delete(server: &Server, admin: &str, tokens: &str, id: &str) {
    let (status, answer) = server.delete(admin, &format!("{tokens}/{id}")).await;
    assert_eq!(status, 200, "{answer}");
}

fn server_with_project(database: Database) -> (Server, String) {
    let server = Server::start_with(database, &[]);
    server.add_person("mika", true);
    let admin = server.personal_token("mika");
    server.add_project("gh/acme/web", CONFIG);
    (server, admin)
}

#[tokio::test(flavor = "multi_thread")]
async fn no_request_that_begins_after_the_answer_to_a_delete_is_accepted() {
    let clients = clients();
    for database in Database::all() {
        let (server, admin) = server_with_project(database);
        for round in 0..2 * DELETIONS {
            let (tokens, path) = KINDS[round % 2];
            let (id, value) = make(&server, &admin, tokens).await;
            let url = format!("{}{path}", server.url);
            let deleted = delete(&server, &admin, tokens, &id);
            check((&clients, &url, &value), Duration::ZERO, deleted).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tokens_of_a_person_whom_the_command_disables_stop_within_100_ms() {
    let clients = clients();
    for database in Database::all() {
        let (server, _) = server_with_project(database);
        server.add_person("ren", false);
        let value = server.personal_token("ren");
        let url = format!("{}/api/v1.1/me", server.url);
        for _ in 0..3 {
            let disabled =
                async { tokio::task::block_in_place(|| server.admin(&["user", "disable", "ren"])) };
            check((&clients, &url, &value), ELSEWHERE, disabled).await;
            server.admin(&["user", "enable", "ren"]);
            let (status, _) = server.get(&value, "/api/v1.1/me").await;
            // The command has ended: 100 ms are all that it may take.
            if status != 200 {
                tokio::time::sleep(ELSEWHERE).await;
                assert_eq!(server.get(&value, "/api/v1.1/me").await.0, 200, "enabled again");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_request_that_begins_after_the_answer_to_a_disable_is_accepted() {
    let clients = clients();
    for database in Database::all() {
        let (server, admin) = server_with_project(database);
        for (tokens, path) in KINDS {
            let (id, value) = make(&server, &admin, tokens).await;
            let (url, place) = (format!("{}{path}", server.url), format!("{tokens}/{id}"));
            for _ in 0..5 {
                let act = async |word: &str| {
                    let path = format!("{place}/{word}");
                    let (status, answer) = server.post(&admin, &path, json!({})).await;
                    assert_eq!(status, 200, "{answer}");
                };
                check((&clients, &url, &value), Duration::ZERO, act("disable")).await;
                act("enable").await;
                assert_eq!(server.get(&value, path).await.0, 200, "it is as it was");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_that_the_command_revokes_stop_within_100_ms_and_all_others_go_on() {
    let clients = clients();
    for database in Database::all() {
        let (server, admin) = server_with_project(database);
        server.add_person("ren", false);
        for _ in 0..3 {
            let value = server.personal_token("ren");
            for _ in 0..40 {
                let body = json!({"label": "one of many"});
                assert_eq!(server.post(&value, KINDS[0].0, body).await.0, 201);
            }
            let url = format!("{}/api/v1.1/me", server.url);
            let revoked = async {
                tokio::task::block_in_place(|| {
                    let which = ["token", "revoke", "--where", "person=ren", "--count", "41"];
                    server.admin(&which)
                })
            };
            check((&clients, &url, &value), ELSEWHERE, revoked).await;
            let (status, refused) = server.get(&value, "/api/v1.1/me").await;
            assert_eq!((status, refused["code"].as_str()), (401, Some("invalid_token")));
            assert!(refused["reason"].as_str().unwrap().contains("was deleted at"), "{refused}");
            assert_eq!(server.get(&admin, "/api/v1.1/me").await.0, 200);
        }
    }
}

/// What stops a token: each makes one that works, and is then asked to stop it.
#[derive(Clone, Copy, Debug)]
enum Stop {
    Disable,
    /// The first use of its successor.
    Rotation,
    /// The end that it was made with.
    Expiry,
    /// Its owner's part in the organization is taken away.
    Role,
    /// Its owner is disabled.
    Person,
    /// It is one of many that are revoked.
    BreakGlass,
    /// The organization's policy.
    Policy,
    /// Its service account is disabled.
    Service,
    /// Its service account is deleted.
    ServiceGone,
    /// What it does is taken from the ceiling of its service account.
    Ceiling,
}

const STOPS: [Stop; 10] = [
    Stop::Disable,
    Stop::Rotation,
    Stop::Expiry,
    Stop::Role,
    Stop::Person,
    Stop::BreakGlass,
    Stop::Policy,
    Stop::Service,
    Stop::ServiceGone,
    Stop::Ceiling,
];
/// Service accounts of the project that is read.
const SERVICES: &str = "/api/v2/project/gh/acme/web/service-account";
/// What a token of ren's is tried on.
const READ: &str = "/api/v1.1/project/gh/acme/web";

/// A token of ren's that is about to be stopped.
struct Doomed {
    stop: Stop,
    id: String,
    value: String,
    /// The successor's value; the moment of its end.
    successor: String,
    end: Option<jiff::Timestamp>,
}

impl Doomed {
    async fn make(server: &Server, stop: Stop) -> Self {
        if matches!(stop, Stop::Service | Stop::ServiceGone | Stop::Ceiling) {
            return Self::of_service(server, stop).await;
        }
        let ren = server.personal_token("ren");
        let mut body = json!({"label": "doomed"});
        let end = matches!(stop, Stop::Expiry).then(|| {
            let second = jiff::Timestamp::now().as_second() + 3;
            jiff::Timestamp::from_second(second).unwrap()
        });
        if let Some(end) = end {
            body["expires_at"] = end.to_string().into();
        }
        let (status, made) = server.post(&ren, KINDS[0].0, body).await;
        assert_eq!(status, 201, "{made}");
        let text = |made: &Value, key: &str| made[key].as_str().unwrap().to_owned();
        let (id, value) = (text(&made, "id"), text(&made, "token"));
        let mut successor = String::new();
        if matches!(stop, Stop::Rotation) {
            let path = format!("{}/{id}/rotate", KINDS[0].0);
            let (status, made) = server.post(&ren, &path, json!({"grace_seconds": 0})).await;
            assert_eq!(status, 201, "{made}");
            successor = text(&made, "token");
        }
        Self { stop, id, value, successor, end }
    }

    /// The id is the account's.
    async fn of_service(server: &Server, stop: Stop) -> Self {
        let mika = server.personal_token("mika");
        let name = format!("bot-{}", &mika[6..17]);
        let body = json!({"name": name, "ceiling": ["read-status", "trigger-builds"]});
        let (status, account) = server.post(&mika, SERVICES, body).await;
        assert_eq!(status, 201, "{account}");
        let id = account["id"].as_str().unwrap().to_owned();
        let body = json!({"label": "doomed", "permissions": ["read-status"]});
        let (status, made) = server.post(&mika, &format!("{SERVICES}/{id}/token"), body).await;
        assert_eq!(status, 201, "{made}");
        let value = made["token"].as_str().unwrap().to_owned();
        Self { stop, id, value, successor: String::new(), end: None }
    }

    /// Stops it on this server, or by the command beside it.
    async fn end(&self, server: &Server, admin: &str) {
        let command = |words: &[&str]| tokio::task::block_in_place(|| server.admin(words));
        match self.stop {
            Stop::Disable => {
                let ren = server.personal_token("ren");
                let path = format!("{}/{}/disable", KINDS[0].0, self.id);
                assert_eq!(server.post(&ren, &path, json!({})).await.0, 200);
            }
            Stop::Rotation => assert_eq!(server.get(&self.successor, READ).await.0, 200),
            Stop::Expiry => {
                let left =
                    self.end.unwrap().as_millisecond() - jiff::Timestamp::now().as_millisecond();
                tokio::time::sleep(Duration::from_millis(u64::try_from(left).unwrap_or(0))).await;
            }
            Stop::Service => {
                let path = format!("{SERVICES}/{}/disable", self.id);
                assert_eq!(server.post(admin, &path, json!({})).await.0, 200);
            }
            Stop::ServiceGone => delete(server, admin, SERVICES, &self.id).await,
            Stop::Ceiling => {
                let path = format!("{SERVICES}/{}/ceiling", self.id);
                let body = json!({"ceiling": ["trigger-builds"]});
                assert_eq!(server.post(admin, &path, body).await.0, 200);
            }
            Stop::Role => drop(command(&["user", "role", "ren", "gh/acme", "none"])),
            Stop::Person => drop(command(&["user", "disable", "ren"])),
            Stop::BreakGlass => {
                let (_, list) = server.get(&server.personal_token("ren"), KINDS[0].0).await;
                let count = list.as_array().unwrap().len().to_string();
                command(&["token", "revoke", "--where", "person=ren", "--count", &count]);
            }
            Stop::Policy => set_policy(server, json!({"no_unrestricted": true})).await,
        }
        // What the next one needs.
        assert_eq!(server.get(admin, "/api/v1.1/me").await.0, 200);
    }
}

/// Prepares ren, who reads the project's builds.
fn add_ren(server: &Server) {
    server.add_person("ren", false);
    server.admin(&["user", "role", "ren", "gh/acme", "viewer"]);
}

/// Sets the policy of the organization, as an administrator who is signed in.
async fn set_policy(server: &Server, mut rules: Value) {
    let session = Session::begin(server, "mika").await;
    let path = "/api/v2/organization/gh/acme/policy";
    let (_, known) = answer(session.request(server, reqwest::Method::GET, path)).await;
    rules["version"] = known["version"].clone();
    let request = session.request(server, reqwest::Method::PUT, path).json(&rules);
    assert_eq!(answer(request).await.0, 200);
}

async fn restore(server: &Server, stop: Stop) {
    match stop {
        Stop::Role => drop(server.admin(&["user", "role", "ren", "gh/acme", "viewer"])),
        Stop::Person => drop(server.admin(&["user", "enable", "ren"])),
        Stop::Policy => set_policy(server, json!({})).await,
        _ => {}
    }
    // The command has ended: other processes hear of it within this time.
    tokio::time::sleep(ELSEWHERE).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_stops_a_token_stops_it_within_100_ms_where_it_is_used() {
    let clients = clients();
    for database in Database::all() {
        let (server, admin) = server_with_project(database);
        add_ren(&server);
        let url = format!("{}{READ}", server.url);
        for stop in STOPS {
            for _ in 0..3 {
                let doomed = Doomed::make(&server, stop).await;
                // What this server does itself it does at once; the command is another process.
                let grace = match stop {
                    Stop::Disable
                    | Stop::Rotation
                    | Stop::Expiry
                    | Stop::Policy
                    | Stop::Service
                    | Stop::ServiceGone
                    | Stop::Ceiling => Duration::ZERO,
                    Stop::Role | Stop::Person | Stop::BreakGlass => ELSEWHERE,
                };
                check((&clients, &url, &doomed.value), grace, doomed.end(&server, &admin)).await;
                restore(&server, stop).await;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_stops_a_token_on_one_server_stops_it_on_the_other_within_100_ms() {
    if !Database::all().contains(&Database::Postgres) {
        return;
    }
    let clients = clients();
    let (first, admin) = server_with_project(Database::Postgres);
    let second = first.start_beside();
    add_ren(&first);
    let url = format!("{}{READ}", second.url);
    for stop in STOPS {
        for _ in 0..3 {
            let doomed = Doomed::make(&first, stop).await;
            check((&clients, &url, &doomed.value), ELSEWHERE, doomed.end(&first, &admin)).await;
            restore(&first, stop).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_server_on_the_database_refuses_a_deleted_token_within_100_ms() {
    if !Database::all().contains(&Database::Postgres) {
        return;
    }
    let clients = clients();
    let (first, admin) = server_with_project(Database::Postgres);
    let second = first.start_beside();
    for round in 0..2 * DELETIONS {
        // Each of the two is the one that makes and deletes, in turn.
        let (here, there) = if round % 4 < 2 { (&first, &second) } else { (&second, &first) };
        let (tokens, path) = KINDS[round % 2];
        let (id, value) = make(here, &admin, tokens).await;
        let (status, answer) = there.get(&value, path).await;
        assert_eq!(status, 200, "a new token works everywhere at once: {answer}");
        let url = format!("{}{path}", there.url);
        check((&clients, &url, &value), ELSEWHERE, delete(here, &admin, tokens, &id)).await;
    }
}

const MEBIBYTE: usize = 1024 * 1024;

/// Sends a GET and reads its answer's head.
async fn begin_download(server: &Server, path: &str, token: &str) -> TcpStream {
    let address = server.url.trim_start_matches("http://").parse().unwrap();
    let socket = TcpSocket::new_v4().unwrap();
    // What the machine holds between the two ends must be little beside what is sent.
    socket.set_recv_buffer_size(64 * 1024).unwrap();
    let mut stream = socket.connect(address).await.unwrap();
    let host = address.to_string();
    let request = format!("GET {path} HTTP/1.1\r\nhost: {host}\r\ncircle-token: {token}\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.unwrap());
    }
    let head = String::from_utf8(head).unwrap();
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    stream
}

/// Reads a little every few milliseconds, until the end or until `over`; how many bytes came, and
/// whether that was all.
async fn read_slowly(stream: &mut TcpStream, over: Instant) -> (usize, bool) {
    let (mut buffer, mut total) = (vec![0; 32 * 1024], 0);
    while Instant::now() < over {
        match tokio::time::timeout_at(over.into(), stream.read(&mut buffer)).await {
            Ok(Ok(0) | Err(_)) => return (total, true),
            Ok(Ok(bytes)) => total += bytes,
            Err(_) => return (total, false),
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    (total, false)
}

const BIG: &str = r#"
version: 2.1
jobs:
  build:
    machine: true
    steps:
      - run: head -c 64M /dev/zero > big
      - store_artifacts: {path: big}
  wait:
    machine: true
    steps:
      - run: while true; do echo still here; sleep 0.2; done
"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_download_ends_within_a_second_of_its_tokens_deletion() {
    let acme = Acme::start(BIG);
    let build = acme.run("build", json!({})).await;
    assert_eq!(build["status"], "success", "{build}");
    let list = acme.get(&format!("{PROJECT}/1/artifacts")).await;
    let path = list[0]["url"].as_str().unwrap().strip_prefix(&acme.server.url).unwrap();
    for (tokens, _) in KINDS {
        let (id, value) = make(&acme.server, &acme.token, tokens).await;
        let mut stream = begin_download(&acme.server, path, &value).await;
        let short = Instant::now() + Duration::from_millis(300);
        let (before, ended) = read_slowly(&mut stream, short).await;
        assert!(before > 0 && !ended, "{before} bytes, and the token is still good");
        delete(&acme.server, &acme.token, tokens, &id).await;
        let second = Instant::now() + Duration::from_secs(1);
        let (after, ended) = read_slowly(&mut stream, second).await;
        assert!(ended, "a second after the deletion it still goes on, {after} bytes later");
        assert!(before + after < 64 * MEBIBYTE, "it came to its own end: the test was too slow");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_download_ends_within_a_second_of_a_policy_that_refuses_its_token() {
    for database in Database::all() {
        let acme = Acme::start_on(database, BIG, &[]);
        acme.run("build", json!({})).await;
        let list = acme.get(&format!("{PROJECT}/1/artifacts")).await;
        let path = list[0]["url"].as_str().unwrap().strip_prefix(&acme.server.url).unwrap();
        let (_, endless) = make(&acme.server, &acme.token, KINDS[1].0).await;
        let in_address = format!("{path}?circle-token={}", acme.token);
        for (rules, path, token) in [
            (json!({"no_unrestricted": true}), path, &acme.token),
            (json!({"max_days": 1}), path, &endless),
            (json!({"networks": ["192.0.2.0/24"], "confirm_networks": true}), path, &endless),
            (json!({"no_query": true}), &in_address, &acme.token),
        ] {
            let mut stream = begin_download(&acme.server, path, token).await;
            // A rule that the token keeps ends nothing.
            set_policy(&acme.server, json!({"approval": true, "idle_days": 9})).await;
            let short = Instant::now() + Duration::from_millis(300);
            let (before, ended) = read_slowly(&mut stream, short).await;
            assert!(before > 0 && !ended, "{rules}: {before} bytes, and it is still good");
            set_policy(&acme.server, rules.clone()).await;
            let second = Instant::now() + Duration::from_secs(1);
            let (after, ended) = read_slowly(&mut stream, second).await;
            assert!(ended, "{rules}: a second later it still goes on, {after} bytes later");
            assert!(before + after < 64 * MEBIBYTE, "it came to its own end: too slow a test");
            set_policy(&acme.server, json!({})).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_stops_reading_gets_no_more_than_was_on_its_way_when_the_token_was_deleted() {
    let acme = Acme::start(BIG);
    acme.run("build", json!({})).await;
    let list = acme.get(&format!("{PROJECT}/1/artifacts")).await;
    let path = list[0]["url"].as_str().unwrap().strip_prefix(&acme.server.url).unwrap();
    let (id, value) = make(&acme.server, &acme.token, KINDS[0].0).await;
    let mut stream = begin_download(&acme.server, path, &value).await;
    delete(&acme.server, &acme.token, KINDS[0].0, &id).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let mut bytes = Vec::new();
    // The connection ends with or without a word about it.
    let rest = tokio::time::timeout(Duration::from_secs(5), stream.read_to_end(&mut bytes)).await;
    assert!(rest.is_ok(), "it goes on after the deletion");
    assert!(bytes.len() < 16 * MEBIBYTE, "{} bytes came after the deletion", bytes.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_live_events_of_a_disabled_person_end_within_a_second() {
    let acme = Acme::start(BIG);
    acme.server.add_person("ren", true);
    let session = Session::begin(&acme.server, "ren").await;
    let number = acme.trigger("wait", json!({})).await;
    let path = format!("/pipelines/gh/acme/web/{number}/events");
    let (mut answer, mut seen) = (None, String::new());
    // The stream of a build that waits ends when it begins, so that the page is loaded anew. This one
    // prints, so events come for as long as they may.
    while !seen.contains("still here") {
        let open = match &mut answer {
            Some(open) => open,
            None => {
                let request = session.request(&acme.server, reqwest::Method::GET, &path);
                answer.insert(request.send().await.unwrap())
            }
        };
        assert_eq!(open.status(), 200);
        match open.chunk().await.unwrap() {
            Some(chunk) => seen.push_str(std::str::from_utf8(&chunk).unwrap()),
            None => answer = None,
        }
    }
    let mut answer = answer.expect("the one that printed last");
    acme.server.admin(&["user", "disable", "ren"]);
    let rest = async { while let Ok(Some(_)) = answer.chunk().await {} };
    let ended = tokio::time::timeout(Duration::from_secs(1), rest).await;
    assert!(ended.is_ok(), "a second after the command had ended, events still came");
    let canceled: Value = acme.post(&format!("{PROJECT}/{number}/cancel"), json!({})).await;
    assert_eq!(canceled["build_num"], number);
}
