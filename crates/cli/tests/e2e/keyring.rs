//! Values in the keyring of a desktop: a real one, on a bus of its own, which is opened by a script as a
//! desktop opens it when somebody signs in.

use std::process::{Command, Stdio};

use serde_json::json;

use crate::harness::{Database, RONDO, Server};

/// A bus, a keyring that is open, and one home after another command.
const OPEN: &str =
    "printf 'open\\n' | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1";

struct Desk {
    home: tempfile::TempDir,
    url: String,
    token: String,
}

impl Desk {
    /// Lines of shell where a keyring is open; `$RONDO` is the command.
    fn lines(&self, lines: &str) -> Command {
        self.command("dbus-run-session", &["--", "bash", "-c", &format!("{OPEN}\n{lines}")])
    }

    fn command(&self, program: &str, words: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.args(words).env("HOME", self.home.path()).env("XDG_RUNTIME_DIR", self.home.path());
        command.env_remove("XDG_CONFIG_HOME").env_remove("DBUS_SESSION_BUS_ADDRESS");
        command.env_remove("DISPLAY").env("LC_ALL", "C.UTF-8").env("RONDO", RONDO);
        command.env("RONDO_URL", &self.url).env("CIRCLE_TOKEN", &self.token);
        command.stdin(Stdio::null());
        command
    }

    /// Everything that lies below the home, and the names of the files.
    fn kept(&self) -> String {
        let grep = ["-r", "-a", ".", self.home.path().to_str().unwrap()];
        String::from_utf8_lossy(&self.command("grep", &grep).output().unwrap().stdout).into_owned()
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).trim().to_owned()
}

fn desk() -> (Server, Desk) {
    let server = Server::start_with(Database::Sqlite, &["--executor", "none"]);
    server.add_person("mika", true);
    let token = server.personal_token("mika");
    let home = tempfile::tempdir().unwrap();
    let desk = Desk { home, url: server.url.clone(), token };
    (server, desk)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_tokens_value_goes_into_the_keyring_and_nowhere_else() {
    let (server, desk) = desk();
    let mut command = desk.lines(
        "set -e\ncd $HOME\n\
         $RONDO token create --label desk --keyring 2>said\n\
         cat said >&2\n\
         sh -c \"$(sed -n 's/.*: \\(secret-tool lookup .*\\)/\\1/p' said)\"",
    );
    let done = command.output().unwrap();
    let (out, err) = (text(&done.stdout), text(&done.stderr));
    assert!(done.status.success(), "{err}");
    assert!(out.starts_with("rdpat_") && out.lines().count() == 1, "what the keyring gives");
    assert!(!err.contains(&out), "{err}");
    let (status, own) = server.get(&out, "/api/v2/token/self").await;
    assert_eq!((status, &own["label"]), (200, &json!("desk")));
    assert!(!desk.kept().contains(&out), "the keyring's own file is sealed");
}

#[tokio::test(flavor = "multi_thread")]
async fn so_does_that_of_a_service_account_and_of_its_successor() {
    let (server, desk) = desk();
    server.add_project("gh/acme/web", "version: 2.1\njobs: {}\n");
    let mut command = desk.lines(
        "set -e\ncd $HOME\n\
         $RONDO service create bot --org gh/acme --ceiling read-status --contact mika >&2\n\
         $RONDO service token create bot --org gh/acme --label desk --keyring 2>said\n\
         cat said >&2\n\
         sh -c \"$(sed -n 's/.*: \\(secret-tool lookup .*\\)/\\1/p' said)\" > first\n\
         id=$($RONDO service token list bot --org gh/acme | cut -d ' ' -f 1)\n\
         $RONDO service token rotate bot $id --org gh/acme --keyring 2>said\n\
         cat first; echo; sh -c \"$(sed -n 's/.*: \\(secret-tool lookup .*\\)/\\1/p' said)\"; rm first",
    );
    let done = command.output().unwrap();
    let (out, err) = (text(&done.stdout), text(&done.stderr));
    assert!(done.status.success(), "{err}");
    let values: Vec<_> = out.split_whitespace().collect();
    assert_eq!(values.len(), 2, "{err}");
    assert_ne!(values[0], values[1]);
    for value in values {
        assert!(value.starts_with("rdsvc_") && !err.contains(value), "{err}");
        assert_eq!(server.get(value, "/api/v2/token/self").await.1["service_account"], "bot");
        assert!(!desk.kept().contains(value), "the keyring's own file is sealed");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_machine_that_is_signed_in_keeps_its_token_in_the_keyring() {
    let (server, desk) = desk();
    let session = crate::session::Session::begin(&server, "mika").await;
    let lines = "cd $HOME\nunset CIRCLE_TOKEN\n\
                 $RONDO login --no-browser --keyring 2>said || exit 1\n\
                 cat .config/rondo/credentials.json >&2\n\
                 $RONDO token self --json\n\
                 $RONDO logout\n\
                 $RONDO token self";
    let mut command = desk.lines(lines);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let code = loop {
        let said = std::fs::read_to_string(desk.home.path().join("said")).unwrap_or_default();
        if let Some((_, code)) = said.split_once("type this code: ")
            && code.ends_with('\n')
        {
            break code.trim().to_owned();
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    };
    let fields = [("code", code.as_str()), ("answer", "allow"), ("csrf", session.word.as_str())];
    let request = session.request(&server, reqwest::Method::POST, "/device").form(&fields);
    assert_eq!(request.send().await.unwrap().status().as_u16(), 200);
    let done = tokio::task::block_in_place(|| child.wait_with_output().unwrap());
    let (out, err) = (text(&done.stdout), text(&done.stderr));
    assert!(out.contains("\"owner\": \"mika\""), "{out} {err}");
    assert!(err.contains("\"keyring\"") && !err.contains("rdpat_"), "{err}");
    assert!(!done.status.success() && err.contains("rondo login"), "signed out at last: {err}");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_keyring_no_token_is_made_and_the_command_says_what_to_do() {
    let (server, desk) = desk();
    let done =
        desk.command(RONDO, &["token", "create", "--label", "desk", "--keyring"]).output().unwrap();
    let err = text(&done.stderr);
    assert!(!done.status.success() && err.contains("the keyring cannot be used"), "{err}");
    let mut bare = Command::new(RONDO);
    bare.args(["token", "create", "--label", "desk", "--keyring"]).env("PATH", "/nowhere");
    bare.env("RONDO_URL", &desk.url).env("CIRCLE_TOKEN", &desk.token).env("LC_ALL", "C.UTF-8");
    let done = bare.output().unwrap();
    let err = text(&done.stderr);
    assert!(!done.status.success() && err.contains("secret-tool is not installed"), "{err}");
    let tokens = server.get(&desk.token, "/api/v1.1/user/token").await.1;
    assert_eq!(tokens.as_array().unwrap().len(), 1, "none was made: {tokens}");
}
