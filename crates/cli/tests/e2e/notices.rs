//! People are told that tokens end, or were deleted, by a real mail server and a real webhook. A token
//! that lives a day and a few seconds passes its last threshold while the test waits for it.

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use jiff::{SignedDuration, Timestamp};
use reqwest::Method;
use rondo_domain::token::Pepper;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::audit::tamper;
use crate::harness::{Database, Server, answer, python};

const CONFIG: &str = "
version: 2.1
jobs:
  build: {docker: [{image: cimg/base}], steps: [{run: 'true'}]}
workflows:
  main: {jobs: [build]}
";

/// A mail server and a webhook. Dropped, they end.
struct Receiver {
    folder: TempDir,
    /// How mail is spoken, as the setting `smtp_tls` says it.
    spoken: &'static str,
    smtp: u16,
    https: u16,
    child: Child,
}

impl Receiver {
    fn start() -> Self {
        Self::speaking("starttls")
    }

    fn speaking(spoken: &'static str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/e2e/clients/receiver.py");
        let mut child = Command::new(python())
            .arg(script)
            .arg(folder.path())
            .arg(spoken)
            .stdout(Stdio::piped())
            .stdin(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let mut ports = line.split_whitespace().map(|port| port.parse().expect("a port"));
        let (smtp, https) = (ports.next().unwrap(), ports.next().unwrap());
        let receiver = Self { folder, spoken, smtp, https, child };
        let password = receiver.password();
        fs::write(&password, "correct horse\n").unwrap();
        fs::set_permissions(&password, fs::Permissions::from_mode(0o600)).unwrap();
        receiver
    }

    fn password(&self) -> PathBuf {
        self.folder.path().join("password")
    }

    fn authority(&self) -> PathBuf {
        self.folder.path().join("keys/ca.pem")
    }

    fn flags(&self) -> Vec<String> {
        let mut words = vec![
            ("--executor", "none".to_owned()),
            ("--notice-webhook", format!("https://localhost:{}/hook", self.https)),
            ("--smtp-host", "localhost".to_owned()),
            ("--smtp-port", self.smtp.to_string()),
            ("--smtp-tls", self.spoken.to_owned()),
            ("--smtp-from", "ci@example.com".to_owned()),
        ];
        // A password is not sent where others can read it.
        if self.spoken != "none" {
            words.push(("--smtp-user", "ci".to_owned()));
            words.push(("--smtp-password-file", self.password().to_str().unwrap().to_owned()));
        }
        words.into_iter().flat_map(|(flag, value)| [flag.to_owned(), value]).collect()
    }

    /// A server with these flags that believes its certificate.
    fn serve(&self, database: Database) -> Server {
        let flags = self.flags();
        let flags: Vec<_> = flags.iter().map(String::as_str).collect();
        Server::start_trusting(database, &self.authority(), &flags)
    }

    /// From now on it is believed by nobody who believes the authority anew.
    fn lose_authority(&self) {
        let clients = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/e2e/clients");
        let other = self.folder.path().join("other");
        let make = "import authority, sys; authority.certificate(sys.argv[1])";
        let mut command = Command::new(python());
        command.current_dir(clients).args(["-B", "-c", make]).arg(&other);
        assert!(command.status().unwrap().success());
        fs::copy(self.authority(), self.folder.path().join("own.pem")).unwrap();
        fs::copy(other.join("ca.pem"), self.authority()).unwrap();
    }

    fn regain_authority(&self) {
        fs::copy(self.folder.path().join("own.pem"), self.authority()).unwrap();
    }

    /// The mails with this word in their subject.
    fn mails(&self, word: &str) -> Vec<Value> {
        let mut mails = self.told("mail");
        mails.retain(|mail| mail["subject"].as_str().unwrap().contains(word));
        mails
    }

    /// The bodies of calls of this type.
    fn calls(&self, kind: &str) -> Vec<Value> {
        let calls = self.told("call").into_iter();
        let bodies =
            calls.map(|call| serde_json::from_str(call["body"].as_str().unwrap()).unwrap());
        bodies.filter(|body: &Value| body["type"] == kind).collect()
    }

    /// What it was told of a kind.
    fn told(&self, kind: &str) -> Vec<Value> {
        let entries = fs::read_dir(self.folder.path()).unwrap().flatten();
        let names = entries.map(|entry| entry.path());
        let is_told = |path: &PathBuf| {
            let name = path.file_name().unwrap().to_str().unwrap();
            name.starts_with(kind) && name.ends_with(".json")
        };
        let read = |path| serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
        names.filter(is_told).map(read).collect()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A server with mika, her mailbox, and a token of hers and of a project that pass their last threshold
/// at the moment that is returned.
async fn start(receiver: &Receiver) -> (Server, Timestamp) {
    start_on(Database::Sqlite, receiver).await
}

async fn start_on(database: Database, receiver: &Receiver) -> (Server, Timestamp) {
    let server = receiver.serve(database);
    server.add_person("mika", true);
    server.admin(&["user", "email", "mika", "mika@example.com"]);
    server.add_project("gh/acme/web", CONFIG);
    let mika = server.personal_token("mika");
    let passes = Timestamp::now() + SignedDuration::from_secs(2);
    let end = (passes + SignedDuration::from_hours(24)).to_string();
    for (path, body) in [
        ("/api/v1.1/user/token", json!({"label": "夜間 nightly", "expires_at": end})),
        (
            "/api/v1.1/project/gh/acme/web/token",
            json!({"label": "badge", "scope": "status", "expires_at": end}),
        ),
    ] {
        let (status, made) = server.post(&mika, path, body).await;
        assert_eq!(status, 201, "{made}");
    }
    (server, passes)
}

/// The server looks when it begins; so it begins anew once the threshold is passed.
async fn look_after(server: &mut Server, passes: Timestamp) {
    while Timestamp::now() <= passes {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    server.restart();
}

/// Waits for the thing itself.
async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let begun = std::time::Instant::now();
    while !is_so() {
        assert!(begun.elapsed().as_secs() < 60, "{what}");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_mail_and_one_signed_call_tell_of_all_tokens_and_none_a_second_time() {
    let receiver = Receiver::start();
    let (mut server, passes) = start(&receiver).await;
    look_after(&mut server, passes).await;
    until("no mail comes", || !receiver.told("mail").is_empty()).await;
    let mail = &receiver.told("mail")[0];
    assert_eq!(
        (&mail["from"], &mail["to"]),
        (&json!("ci@example.com"), &json!(["mika@example.com"]))
    );
    let text = mail["text"].as_str().unwrap();
    for head in ["To: mika@example.com", "Auto-Submitted: auto-generated", "Subject: "] {
        assert!(text.contains(head), "{text}");
    }
    assert!(!text.contains("rdpat_") && !text.contains("rdprj_"));

    let call = &receiver.told("call")[0];
    let body = call["body"].as_str().unwrap();
    let key: [u8; 32] = fs::read(server.data().join("webhook.key")).unwrap().try_into().unwrap();
    let digest = Pepper::new(1, &key).digest(body.as_bytes());
    let hex: String = digest.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(call["signature"], format!("v1={hex}"));
    let told: Value = serde_json::from_str(body).unwrap();
    assert_eq!(told["type"], "token.expiring");
    let mut labels: Vec<_> =
        told["tokens"].as_array().unwrap().iter().map(|t| t["label"].as_str().unwrap()).collect();
    labels.sort_unstable();
    assert_eq!(labels, ["badge", "夜間 nightly"]);
    for token in told["tokens"].as_array().unwrap() {
        assert_eq!((&token["threshold_days"], &token["days_left"]), (&json!(1), &json!(0)));
        assert!(token["owner"] == "mika" || token["project"] == "gh/acme/web", "{token}");
    }

    // It looks again, and says nothing again: a third token shows that it has looked.
    let mika = server.personal_token("mika");
    let passes = Timestamp::now() + SignedDuration::from_secs(1);
    let end = (passes + SignedDuration::from_hours(24)).to_string();
    let body = json!({"label": "third", "expires_at": end});
    assert_eq!(server.post(&mika, "/api/v1.1/user/token", body).await.0, 201);
    look_after(&mut server, passes).await;
    until("no second call comes", || receiver.told("call").len() == 2).await;
    let mut calls: Vec<_> = receiver
        .told("call")
        .iter()
        .map(|call| call["body"].as_str().unwrap().to_owned())
        .collect();
    calls.retain(|body| body.contains("third"));
    assert_eq!(calls.len(), 1);
    assert!(!calls[0].contains("nightly"), "{}", calls[0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_contacts_of_a_service_account_are_told_that_its_token_ends() {
    let receiver = Receiver::start();
    let (mut server, _) = start(&receiver).await;
    server.add_person("dora", false);
    server.admin(&["user", "role", "dora", "gh/acme", "viewer"]);
    server.admin(&["user", "email", "dora", "dora@example.com"]);
    let mika = server.personal_token("mika");
    let base = "/api/v2/organization/gh/acme/service-account";
    let body = json!({"name": "bot", "ceiling": ["read-status"], "contacts": ["dora"]});
    let (status, account) = server.post(&mika, base, body).await;
    assert_eq!(status, 201, "{account}");
    let passes = Timestamp::now() + SignedDuration::from_secs(2);
    let end = (passes + SignedDuration::from_hours(24)).to_string();
    let body = json!({"label": "deploy", "expires_at": end});
    assert_eq!(server.post(&mika, &format!("{base}/bot/token"), body).await.0, 201);
    look_after(&mut server, passes).await;
    until("two mails do not come", || receiver.told("mail").len() == 2).await;
    let mails = receiver.told("mail");
    // What it says, its own words' tests say; here it is to whom.
    let mut to: Vec<_> = mails.iter().map(|mail| mail["to"][0].as_str().unwrap()).collect();
    to.sort_unstable();
    assert_eq!(to, ["dora@example.com", "mika@example.com"]);
    until("no call comes", || !receiver.told("call").is_empty()).await;
    let calls = receiver.told("call");
    let told: Vec<Value> = calls
        .iter()
        .flat_map(|call| {
            let body: Value = serde_json::from_str(call["body"].as_str().unwrap()).unwrap();
            body["tokens"].as_array().unwrap().clone()
        })
        .collect();
    let own = told.iter().find(|token| token["label"] == "deploy").unwrap();
    assert_eq!(own["service_account"], "bot");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_took_is_logged_without_secrets_and_sent_later() {
    let receiver = Receiver::start();
    let (mut server, passes) = start(&receiver).await;
    fs::write(receiver.folder.path().join("down"), "").unwrap();
    look_after(&mut server, passes).await;
    let log = || fs::read_to_string(server.log()).unwrap();
    until("neither failure is logged", || {
        log().matches("it is tried again in an hour").count() == 2
    })
    .await;
    let said = log();
    assert!(said.contains("come back later") && said.contains("it answers 503"), "{said}");
    assert!(!said.contains("correct horse") && !said.contains("/hook"), "{said}");
    assert_eq!((receiver.told("mail").len(), receiver.told("call").len()), (0, 0));

    fs::remove_file(receiver.folder.path().join("down")).unwrap();
    server.restart();
    until("no mail comes", || receiver.told("mail").len() == 1).await;
    until("no call comes", || receiver.told("call").len() == 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_that_leads_away_is_not_followed() {
    let receiver = Receiver::start();
    let (mut server, passes) = start(&receiver).await;
    let flags = receiver.flags();
    let flags: Vec<_> = flags.iter().map(|flag| flag.replace("/hook", "/away")).collect();
    server.set_flags(&flags.iter().map(String::as_str).collect::<Vec<_>>());
    look_after(&mut server, passes).await;
    let log = || fs::read_to_string(server.log()).unwrap();
    until("no failure is logged", || log().contains("it answers 302")).await;
    until("no mail comes", || receiver.told("mail").len() == 1).await;
    assert_eq!(receiver.told("call").len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_cannot_prove_to_be_the_host_is_told_nothing() {
    let receiver = Receiver::start();
    let (mut server, passes) = start(&receiver).await;
    receiver.lose_authority();
    look_after(&mut server, passes).await;
    let log = || fs::read_to_string(server.log()).unwrap();
    until("neither failure is logged", || {
        log().matches("it is tried again in an hour").count() == 2
    })
    .await;
    assert_eq!((receiver.told("mail").len(), receiver.told("call").len()), (0, 0));
    let said = log();
    assert!(said.contains("certificate"), "{said}");
    receiver.regain_authority();
    server.restart();
    until("no mail comes", || receiver.told("mail").len() == 1).await;
    until("no call comes", || receiver.told("call").len() == 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_is_spoken_in_tls_from_the_first_byte_or_in_the_clear_as_the_setting_says() {
    for spoken in ["tls", "none"] {
        let receiver = Receiver::speaking(spoken);
        let (mut server, passes) = start(&receiver).await;
        if spoken == "tls" {
            receiver.lose_authority();
        }
        look_after(&mut server, passes).await;
        if spoken == "tls" {
            // Nothing is told to whoever cannot prove to be the host.
            let log = || fs::read_to_string(server.log()).unwrap();
            let tries = "it is tried again in an hour";
            until("no failure is logged", || log().matches(tries).count() == 2).await;
            assert!(log().contains("certificate") && receiver.told("mail").is_empty());
            receiver.regain_authority();
            server.restart();
        }
        until("no mail comes", || receiver.told("mail").len() == 1).await;
        let mail = &receiver.told("mail")[0];
        assert_eq!(
            (&mail["to"], &mail["encrypted"]),
            (&json!(["mika@example.com"]), &json!(spoken == "tls"))
        );
        let body = mail["body"].as_str().unwrap();
        assert!(body.contains("夜間 nightly") && body.contains("残り 1 日未満"), "{body}");
    }
    // A server that speaks otherwise than the setting says is told nothing.
    let receiver = Receiver::speaking("none");
    let (mut server, passes) = start(&receiver).await;
    let flags: Vec<_> = receiver.flags();
    let flags: Vec<_> = flags.iter().map(|flag| flag.replace("none", "starttls")).collect();
    let mut flags: Vec<_> = flags.iter().map(String::as_str).collect();
    flags[1] = "none";
    server.set_flags(&flags);
    look_after(&mut server, passes).await;
    let log = || fs::read_to_string(server.log()).unwrap();
    until("no failure is logged", || log().contains("it is tried again in an hour")).await;
    assert!(log().contains("STARTTLS"), "{}", log());
    assert!(receiver.told("mail").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_servers_on_one_database_one_tells_that_tokens_end() {
    let Some(&database) = Database::all().iter().find(|one| **one == Database::Postgres) else {
        return;
    };
    let receiver = Receiver::start();
    let (mut server, _) = start_on(database, &receiver).await;
    let mut beside = server.start_beside();
    // A predecessor's end is its successor's to tell.
    let mika = server.personal_token("mika");
    let path = "/api/v1.1/user/token";
    let passes = Timestamp::now() + SignedDuration::from_secs(2);
    let end = (passes + SignedDuration::from_hours(24)).to_string();
    let body = json!({"label": "rotated", "expires_at": end});
    let (_, made) = server.post(&mika, path, body).await;
    let old = made["id"].as_str().unwrap();
    let (status, new) = server.post(&mika, &format!("{path}/{old}/rotate"), json!({})).await;
    assert_eq!(status, 201, "{new}");
    for server in [&mut server, &mut beside] {
        server.kill();
    }
    for server in [&mut server, &mut beside] {
        look_after(server, passes).await;
    }
    until("no mail comes", || !receiver.mails("soon").is_empty()).await;
    until("no call comes", || !receiver.calls("token.expiring").is_empty()).await;
    // Both look again, and a fourth token shows that they did.
    let passes = Timestamp::now() + SignedDuration::from_secs(1);
    let end = (passes + SignedDuration::from_hours(24)).to_string();
    let body = json!({"label": "fourth", "expires_at": end});
    assert_eq!(server.post(&mika, path, body).await.0, 201);
    for server in [&mut server, &mut beside] {
        look_after(server, passes).await;
    }
    until("no second call comes", || receiver.calls("token.expiring").len() == 2).await;
    assert_eq!(receiver.mails("soon").len(), 1, "one mail a day");
    let calls = receiver.calls("token.expiring");
    let tokens = calls.iter().flat_map(|call| call["tokens"].as_array().unwrap());
    let mut told: Vec<_> = tokens.map(|token| token["label"].as_str().unwrap()).collect();
    told.sort_unstable();
    assert_eq!(told, ["badge", "fourth", "rotated", "夜間 nightly"], "each once");
    let named = calls.iter().any(|call| call.to_string().contains(old));
    assert!(!named, "the predecessor is not told of");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoevers_tokens_are_deleted_many_at_once_hears_of_it_once() {
    for database in Database::all() {
        let receiver = Receiver::start();
        let server = receiver.serve(database);
        server.add_person("mika", true);
        for name in ["ren", "aiko"] {
            server.add_person(name, false);
        }
        for name in ["mika", "ren"] {
            server.admin(&["user", "email", name, &format!("{name}@example.com")]);
        }
        server.add_project("gh/acme/web", CONFIG);
        let beside = (database == Database::Postgres).then(|| server.start_beside());
        let own = server.personal_token("ren");
        let (unread, badge) =
            (server.personal_token("aiko"), server.project_token("gh/acme/web", "all"));
        let moment = (Timestamp::now() + SignedDuration::from_secs(1)).to_string();
        let mika = loop {
            // It is made after the moment, and is not hit.
            if Timestamp::now().to_string() > moment {
                break server.personal_token("mika");
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        };
        let order = json!({"before": moment, "count": 3, "reason": "a laptop was stolen"});
        let (status, told) = server.post(&mika, "/api/v2/admin/token/revoke", order).await;
        assert_eq!(status, 200, "{told}");

        until("ren is not told", || {
            receiver.mails("deleted").iter().any(|mail| mail["to"] == json!(["ren@example.com"]))
        })
        .await;
        until("mika is not told", || receiver.mails("deleted").len() == 2).await;
        until("no call comes", || receiver.calls("token.revoked").len() == 1).await;
        // Something else shows that they looked again, and had nothing more to say.
        server.admin(&["user", "email", "ren", "elsewhere@example.com"]);
        until("the old address is not told", || receiver.mails("elsewhere").len() == 1).await;
        assert_eq!(receiver.mails("elsewhere")[0]["to"], json!(["ren@example.com"]));
        let mails = receiver.mails("deleted");
        assert_eq!(mails.len(), 2);
        for (to, mine, others) in [
            ("ren@example.com", &own, [&badge, &unread]),
            ("mika@example.com", &badge, [&own, &unread]),
        ] {
            let mail = mails.iter().find(|mail| mail["to"] == json!([to])).unwrap();
            let body = mail["body"].as_str().unwrap();
            for said in [&mine[6..17], "by mika", "a laptop was stolen", "削除"] {
                assert!(body.contains(said), "{said} in {body}");
            }
            for other in others {
                assert!(!body.contains(&other[6..17]), "{body}");
            }
        }
        let call = &receiver.calls("token.revoked")[0];
        assert_eq!((&call["count"], &call["deleted_by"]), (&json!(3), &json!("mika")), "{call}");
        assert_eq!(call["reason"], "a laptop was stolen");
        let mut whose: Vec<_> = call["tokens"]
            .as_array()
            .unwrap()
            .iter()
            .map(|token| token["owner"].as_str().or(token["project"].as_str()).unwrap())
            .collect();
        whose.sort_unstable();
        assert_eq!(whose, ["aiko", "gh/acme/web", "ren"]);
        drop(beside);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_people_of_tokens_that_nobody_uses_hear_before_and_after_a_policy_deletes_them() {
    for database in Database::all() {
        let receiver = Receiver::start();
        let mut server = receiver.serve(database);
        server.add_person("mika", true);
        server.admin(&["user", "email", "mika", "mika@example.com"]);
        server.add_project("gh/acme/web", CONFIG);
        let mika = server.personal_token("mika");
        let tokens = "/api/v1.1/project/gh/acme/web/token";
        let mut ids = Vec::new();
        for label in ["drowsy", "asleep", "awake"] {
            let body = json!({"label": label, "scope": "status"});
            let (status, made) = server.post(&mika, tokens, body).await;
            assert_eq!(status, 201, "{made}");
            ids.push(made["id"].as_str().unwrap().to_owned());
        }
        let body = json!({"version": 0, "idle_days": 3});
        let put = server.request(Method::PUT, "/api/v2/organization/gh/acme/policy");
        let (status, told) = answer(put.header("circle-token", &mika).json(&body)).await;
        assert_eq!(status, 200, "{told}");
        // As if they had been made two and a half days ago, and four.
        server.kill();
        tamper(
            &server,
            "update token set created_at = created_at - 216000000 where label = 'drowsy'",
        )
        .await;
        tamper(
            &server,
            "update token set created_at = created_at - 345600000 where label = 'asleep'",
        )
        .await;
        server.restart();
        until("nobody is warned", || !receiver.mails("soon").is_empty()).await;
        until("nobody is told", || !receiver.mails("deleted").is_empty()).await;
        until("no call warns", || !receiver.calls("token.expiring").is_empty()).await;
        until("no call tells", || !receiver.calls("token.revoked").is_empty()).await;
        for (word, own, said) in [
            (
                "soon",
                &ids[0],
                &["policy of gh/acme (3 days)", "使われていないため、まもなく削除されます"],
            ),
            ("deleted", &ids[1], &["nobody used these API tokens", "3 日間使われなかったため"]),
        ] {
            let mails = receiver.mails(word);
            assert_eq!(mails.len(), 1);
            let body = mails[0]["body"].as_str().unwrap();
            assert_eq!(mails[0]["to"], json!(["mika@example.com"]));
            assert!(said.iter().all(|said| body.contains(said)), "{body}");
            for id in &ids {
                assert_eq!(body.contains(id), id == own, "{id} in {body}");
            }
        }
        let warning = &receiver.calls("token.expiring")[0]["tokens"];
        assert_eq!(warning.as_array().unwrap().len(), 1, "{warning}");
        let warning = &warning[0];
        assert_eq!((&warning["id"], &warning["threshold_days"]), (&json!(ids[0]), &json!(1)));
        assert_eq!(
            (&warning["unused_days"], &warning["policy_of"]),
            (&json!(3), &json!("gh/acme"))
        );
        let call = &receiver.calls("token.revoked")[0];
        assert_eq!((&call["count"], &call["deleted_by"]), (&json!(1), &json!("policy")), "{call}");
        assert_eq!(call["reason"], "not used for 3 days: policy of gh/acme");
        assert_eq!(call["tokens"][0]["id"], json!(ids[1]));
    }
}
