//! `rondo login` against a server: the command shows a code, a person answers it on the page, and the
//! token lies in a file of the person's own until `rondo logout` deletes it.

use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use reqwest::Method;
use tempfile::TempDir;

use crate::harness::{Database, RONDO, Server};
use crate::session::Session;

struct Place {
    server: Server,
    /// Where the command keeps what is the person's own.
    home: TempDir,
}

fn place() -> Place {
    let server = Server::start_with(Database::Sqlite, &["--executor", "none"]);
    server.add_person("mika", true);
    Place { server, home: tempfile::tempdir().unwrap() }
}

impl Place {
    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(RONDO);
        command.args(words).env_remove("CIRCLE_TOKEN").env_remove("RONDO_URL");
        command.env("XDG_CONFIG_HOME", self.home.path()).env("LC_ALL", "C.UTF-8");
        command.stdin(Stdio::null());
        command
    }

    fn run(&self, words: &[&str]) -> Output {
        self.command(words).output().unwrap()
    }

    fn file(&self) -> PathBuf {
        self.home.path().join("rondo/credentials.json")
    }

    /// A sign-in that waits, and the code that it shows.
    fn begin(&self) -> (Child, String) {
        let words = ["login", "--no-browser", "--label", "laptop", "--server", &self.server.url];
        let mut child = self.command(&words).stderr(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        let mut lines = BufReader::new(child.stderr.take().unwrap());
        lines.read_line(&mut line).unwrap();
        let code = line.trim().rsplit_once(' ').unwrap().1.to_owned();
        assert!(line.contains(&format!("{}/device", self.server.url)), "{line}");
        child.stderr = Some(lines.into_inner());
        (child, code)
    }

    /// The page's answer, after a look at the question.
    async fn answer(&self, session: &Session, code: &str, said: &str) {
        let page = format!("/device?code={code}");
        let page = session.request(&self.server, Method::GET, &page).send().await.unwrap();
        let page = page.text().await.unwrap();
        for shown in [code, "laptop", "127.0.0.1"] {
            assert!(page.contains(shown), "{shown}: {page}");
        }
        let form = [("code", code), ("answer", said), ("csrf", &session.word)];
        let request = session.request(&self.server, Method::POST, "/device").form(&form);
        assert_eq!(request.send().await.unwrap().status().as_u16(), 200);
    }
}

fn ended(mut child: Child) -> (i32, String) {
    let mut said = String::new();
    let status = child.wait().unwrap().code().unwrap();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert!(!said.contains("rdpat_"), "a value on standard error: {said}");
    (status, said)
}

fn said(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_that_is_allowed_is_given_a_token_of_the_person_and_logout_deletes_it() {
    let place = place();
    let (child, code) = place.begin();
    let session = Session::begin(&place.server, "mika").await;
    place.answer(&session, &code, "allow").await;
    let (status, last) = ended(child);
    assert_eq!(status, 0, "{last}");
    assert_eq!(last.trim(), format!("Signed in to {} as mika.", place.server.url));
    assert_eq!((mode(&place.file()), mode(place.file().parent().unwrap())), (0o600, 0o700));

    // Neither the server nor the token is named from now on.
    let shown = place.run(&["token", "list", "--json"]);
    assert_eq!(shown.status.code(), Some(0), "{}", said(&shown));
    let tokens: serde_json::Value = serde_json::from_slice(&shown.stdout).unwrap();
    assert_eq!((&tokens[0]["label"], tokens.as_array().unwrap().len()), (&"laptop".into(), 1));

    let kept = std::fs::read_to_string(place.file()).unwrap();
    let value = crate::session::between(&kept, "\"rdpat_", "\"");
    let value = format!("rdpat_{value}");
    assert_eq!(place.server.get(&value, "/api/v1.1/me").await.0, 200);
    let out = place.run(&["logout"]);
    assert_eq!(out.status.code(), Some(0), "{}", said(&out));
    assert_eq!(place.server.get(&value, "/api/v1.1/me").await.0, 401);
    assert!(!std::fs::read_to_string(place.file()).unwrap().contains("rdpat_"));
    let again = place.run(&["logout", "--server", &place.server.url]);
    assert_eq!(again.status.code(), Some(1));
    assert!(said(&again).contains("you are not signed in to"), "{}", said(&again));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_that_is_refused_gets_no_token() {
    let place = place();
    let (child, code) = place.begin();
    let session = Session::begin(&place.server, "mika").await;
    // As people type it.
    place.answer(&session, &code, "deny").await;
    let (status, last) = ended(child);
    assert_eq!((status, last.trim()), (1, "rondo: the sign-in was refused in the browser"));
    assert!(!place.file().exists());
    let token = place.server.personal_token("mika");
    let (_, tokens) = place.server.get(&token, "/api/v1.1/user/token").await;
    assert_eq!(tokens.as_array().unwrap().len(), 1, "{tokens}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_others_can_read_is_not_used() {
    let place = place();
    std::fs::create_dir(place.home.path().join("rondo")).unwrap();
    std::fs::write(place.file(), "{\"current\": null, \"tokens\": {}}").unwrap();
    std::fs::set_permissions(place.file(), PermissionsExt::from_mode(0o644)).unwrap();
    let refused = place.run(&["token", "list", "--server", &place.server.url]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(said(&refused).contains("chmod 600"), "{}", said(&refused));
    std::fs::set_permissions(place.file(), PermissionsExt::from_mode(0o600)).unwrap();
    std::fs::write(place.file(), "{\"tokens\": \"rdpat_x\"}").unwrap();
    let damaged = place.run(&["token", "list", "--server", &place.server.url]);
    assert!(said(&damaged).contains("is damaged; delete it"), "{}", said(&damaged));
    assert!(!said(&damaged).contains("rdpat_x"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_is_wrong_is_answered_as_oauth_says() {
    let place = place();
    let grant = rondo_wire::oauth::DEVICE_GRANT;
    for (path, fields, error) in [
        ("device_authorization", &[][..], "invalid_request"),
        ("device_authorization", &[("client_id", "a"), ("client_id", "b")], "invalid_request"),
        ("device_authorization", &[("client_id", "\u{1b}[31m")], "invalid_client"),
        ("device_authorization", &[("client_id", "a"), ("scope", "all")], "invalid_scope"),
        ("token", &[("grant_type", grant), ("client_id", "a")], "invalid_request"),
        (
            "token",
            &[("grant_type", "password"), ("device_code", "x"), ("client_id", "a")],
            "unsupported_grant_type",
        ),
        (
            "token",
            &[("grant_type", grant), ("device_code", "guess"), ("client_id", "a")],
            "invalid_grant",
        ),
    ] {
        let request = place.server.request(Method::POST, &format!("/oauth/{path}")).form(fields);
        let answer = request.send().await.unwrap();
        assert_eq!(answer.headers()["cache-control"], "no-store", "{path} {fields:?}");
        let (status, body) = (answer.status().as_u16(), answer.text().await.unwrap());
        let body: serde_json::Value = serde_json::from_str(&body).unwrap();
        assert_eq!((status, &body["error"]), (400, &error.into()), "{path} {fields:?}: {body}");
    }
}
