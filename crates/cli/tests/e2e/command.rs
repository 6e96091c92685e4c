//! `rondo token` against a server, and `rondo admin` on its folder: results on standard output and
//! nothing else there, one line of complaint on standard error, 0 for done, 1 for failed, 2 for wrong
//! usage. No value of a token ever stands on standard error.

use std::process::{Command, Stdio};

use serde_json::Value;

use crate::harness::{RONDO, Server};

const CONFIG: &str = "
version: 2.1
jobs:
  build: {docker: [{image: cimg/base}], steps: [{run: 'true'}]}
workflows:
  main: {jobs: [build]}
";

struct Place {
    server: Server,
    token: String,
}

fn place() -> Place {
    let server = Server::start_with(crate::harness::Database::Sqlite, &["--executor", "none"]);
    server.add_person("mika", true);
    server.add_project("gh/acme/web", CONFIG);
    let token = server.personal_token("mika");
    Place { server, token }
}

/// What a command came to: its exit status and its two streams.
struct Ended {
    status: i32,
    out: String,
    err: String,
}

impl Place {
    fn token(&self, words: &[&str]) -> Ended {
        run(&self.server.url, Some(&self.token), words)
    }

    /// A command that goes well and complains of nothing.
    fn prints(&self, words: &[&str]) -> String {
        let ended = self.token(words);
        assert_eq!((ended.status, ended.err.as_str()), (0, ""), "{words:?}");
        ended.out
    }

    fn json(&self, words: &[&str]) -> Value {
        serde_json::from_str(&self.prints(&[words, &["--json"]].concat())).unwrap()
    }
}

/// `rondo token …` with a server's address and a token.
fn run(url: &str, token: Option<&str>, words: &[&str]) -> Ended {
    let mut command = Command::new(RONDO);
    command.arg("token").args(words).env("RONDO_URL", url).env_remove("CIRCLE_TOKEN");
    if let Some(token) = token {
        command.env("CIRCLE_TOKEN", token);
    }
    let output = command.stdin(Stdio::null()).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let (out, err) = (text(output.stdout), text(output.stderr));
    assert!(!err.contains("rdpat_") && !err.contains("rdprj_"), "a value on standard error: {err}");
    Ended { status: output.status.code().unwrap(), out, err }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_makes_lists_and_deletes_tokens() {
    let place = place();
    let web = ["--project", "gh/acme/web"];
    let value = place.prints(&["create", "--label", "デプロイ"]);
    assert_eq!((value.len(), value.ends_with('\n')), (68, true), "the value alone: {value}");
    let value = value.trim();
    assert_eq!(place.server.get(value, "/api/v1.1/me").await.0, 200);
    let scoped = [&["create", "--label", "badge", "--scope", "status"], &web[..]].concat();
    let of_web = place.json(&scoped);
    assert_eq!((&of_web["scope"], &of_web["label"]), (&"status".into(), &"badge".into()));
    let web_value = of_web["token"].as_str().unwrap();
    assert_eq!(place.server.get(web_value, "/gh/acme/web.svg").await.0, 200);

    let list = place.prints(&["list"]);
    let row = list.lines().find(|line| line.contains("デプロイ")).unwrap();
    assert!(row.starts_with(&value[6..17]) && row.contains("personal"), "{list}");
    assert!(!list.contains(value));
    let own = place.json(&["list"]);
    assert_eq!(own.as_array().unwrap().len(), 2);
    let listed = place.prints(&[&["list"], &web[..]].concat());
    assert!(listed.contains(" status ") && listed.contains(" badge"), "{listed}");
    assert_eq!(listed.lines().count(), 1);

    assert_eq!(place.prints(&["delete", &value[6..17]]), "");
    assert_eq!(place.server.get(value, "/api/v1.1/me").await.0, 401);
    assert_eq!(place.prints(&[&["delete", &web_value[6..17]], &web[..]].concat()), "");
    assert_eq!(place.server.get(web_value, "/gh/acme/web.svg").await.0, 401);
    assert_eq!(place.prints(&[&["list"], &web[..]].concat()), "");
}

#[test]
fn the_command_says_what_its_own_token_is() {
    let place = place();
    let all = place.server.project_token("gh/acme/web", "all");
    for (token, kind, owner, rights) in [
        (place.token.as_str(), "personal", "mika", "those of its owner"),
        (&all, "project", "gh/acme/web", "read-status, read-artifacts, read-builds"),
    ] {
        let ended = run(&place.server.url, Some(token), &["self"]);
        assert_eq!((ended.status, ended.err.as_str()), (0, ""));
        for (name, value) in
            [("kind", kind), ("owner", owner), ("rights", rights), ("id", &token[6..17])]
        {
            assert!(ended.out.contains(&format!("{name:<10} {value}\n")), "{}", ended.out);
        }
        assert!(!ended.out.contains(token));
        let json = run(&place.server.url, Some(token), &["self", "--json"]).out;
        assert_eq!(serde_json::from_str::<Value>(&json).unwrap()["kind"], kind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_that_fails_says_why_in_one_line() {
    let place = place();
    let status = place.server.project_token("gh/acme/web", "status");
    let (url, mika) = (place.server.url.as_str(), Some(place.token.as_str()));
    let delete_by_value = ["delete", place.token.as_str()];
    for (url, token, words, code, says) in [
        (url, None, &["list"][..], 1, "set CIRCLE_TOKEN"),
        (url, Some(""), &["list"], 1, "CIRCLE_TOKEN"),
        (url, Some("junk"), &["list"], 1, "You must log in first. (401): the token is unknown"),
        (url, Some(&status), &["list"], 1, "take a personal token"),
        (url, Some(&status), &["list", "--project", "gh/acme/web"], 1, "Permission denied (403)"),
        (url, mika, &["list", "--project", "gh/acme/nothing"], 1, "Project not found (404)"),
        (url, mika, &["list", "--project", "acme"], 2, "acme"),
        (url, mika, &["create", "--label", ""], 1, "label must not be empty"),
        (
            url,
            mika,
            &["create", "--label", "x", "--scope", "odd", "--project", "gh/acme/web"],
            1,
            "take status, view-builds, all or badge",
        ),
        (url, mika, &["delete", "00000000000"], 1, "token not found (404)"),
        (url, mika, &delete_by_value, 1, "name the token by its id"),
        ("http://127.0.0.1:1", mika, &["list"], 1, "the server was not reached"),
        ("gopher://x", mika, &["list"], 1, "http:// or https://"),
        (url, mika, &["create"], 2, "--label"),
        (url, mika, &["create", "--label", "x", "--scope", "all"], 2, "--project"),
        (url, mika, &["create", "--label", "x", "--project", "gh/acme/web"], 2, "--scope"),
        (url, mika, &["delete"], 2, "<ID>"),
        (url, mika, &["edit", "x"], 2, "unrecognized subcommand 'edit'"),
    ] {
        let ended = run(url, token, words);
        assert_eq!((ended.status, ended.out.as_str()), (code, ""), "{words:?}: {}", ended.err);
        assert!(ended.err.contains(says), "{words:?}: {}", ended.err);
        assert!(code == 2 || (ended.err.starts_with("rondo: ") && ended.err.lines().count() == 1));
    }
    assert_eq!(place.json(&["list"]).as_array().unwrap().len(), 1, "nothing was made or deleted");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_manages_people_tokens_and_projects_beside_the_server() {
    let Place { server, .. } = place();
    assert_eq!(
        server.admin_with(&["user", "add", "dora", "--password-stdin"], "long enough pw\r\nrest"),
        "dora"
    );
    let people: Value = serde_json::from_str(&server.admin(&["user", "list", "--json"])).unwrap();
    assert_eq!(people[0]["name"], "dora");
    assert_eq!((&people[1]["name"], &people[1]["admin"]), (&"mika".into(), &true.into()));
    let dora = server.personal_token("dora");
    assert_eq!(server.get(&dora, "/api/v1.1/me").await.1["login"], "dora");
    for (words, status) in [(["user", "disable", "dora"], 401), (["user", "enable", "dora"], 200)] {
        assert_eq!(server.admin(&words), "");
        assert_eq!(server.get(&dora, "/api/v1.1/me").await.0, status, "{words:?}");
    }
    let list = server.admin(&["user", "list"]);
    assert_eq!(list.lines().map(str::trim_end).collect::<Vec<_>>(), ["dora", "mika  admin"]);
    let projects: Value =
        serde_json::from_str(&server.admin(&["project", "list", "--json"])).unwrap();
    assert_eq!(
        (&projects[0]["slug"], &projects[0]["public"]),
        (&"gh/acme/web".into(), &false.into())
    );
    let form = [("name", "dora"), ("password", "long enough pw")];
    let request = server.request(reqwest::Method::POST, "/login").header("origin", &server.url);
    assert_eq!(request.form(&form).send().await.unwrap().status().as_u16(), 303);
}

#[test]
fn an_operator_is_told_what_was_wrong() {
    let Place { server, .. } = place();
    let git = server.folder.path().join("gh-acme-web");
    let git = git.to_str().unwrap();
    let add = |name| ["user", "add", name, "--password-stdin"];
    let good = "long enough pw\n";
    for (words, input, says) in [
        (&add("mika")[..], good, "there is a person mika already"),
        (&add("eve"), "short\n", "a password has at least 10 characters"),
        (&add("eve"), "", "a password has at least 10 characters"),
        (&add(""), good, "must not be empty"),
        (&add("a/b"), good, "holds characters that it cannot have"),
        (&["user", "disable", "nobody"], "", "there is no person nobody"),
        (&["user", "link", "nobody"], "", "there is no person nobody"),
        (&["user", "role", "nobody", "gh/acme", "viewer"], "", "there is no person nobody"),
        (&["user", "role", "mika", "acme", "viewer"], "", "vcs/name, such as gh/acme"),
        (&["user", "role", "mika", "gh/acme", "king"], "", "take viewer, contributor or admin"),
        (
            &["token", "create", "personal", "--user", "nobody", "--label", "x"],
            "",
            "there is no person nobody",
        ),
        (
            &["token", "create", "personal", "--user", "mika", "--label", " "],
            "",
            "label must not be empty",
        ),
        (
            &["token", "create", "project", "gh/acme/no", "--scope", "all", "--label", "x"],
            "",
            "there is no project gh/acme/no",
        ),
        (&["token", "create", "project", "acme", "--scope", "all", "--label", "x"], "", "acme"),
        (
            &["token", "create", "project", "gh/acme/web", "--scope", "x", "--label", "x"],
            "",
            "take status, view-builds, all or badge",
        ),
        (
            &["project", "add", "gh/acme/web", "--git", git],
            "",
            "there is a project gh/acme/web already",
        ),
        (&["project", "add", "web", "--git", git], "", "web"),
        (&["project", "add", "gh/../web", "--git", git], "", "no part begins or ends with"),
        (&["project", "add", "gh/acme/etc", "--git", "/etc"], "", "--local-repositories"),
        (
            &["project", "add", "gh/acme/odd", "--git", "ext::sh -c id"],
            "",
            "a repository's address is",
        ),
        (&["project", "add", "gh/acme/odd", "--git", git, "--branch", "a..b"], "", "branch"),
    ] {
        let (ok, out, err) = server.try_admin(words, input);
        assert!(!ok && out.is_empty(), "{words:?} printed {out}");
        assert!(err.starts_with("rondo: ") && err.contains(says), "{words:?}: {err}");
        assert_eq!(err.lines().count(), 1, "{err}");
    }
    for words in
        [&["user", "add", "eve"][..], &["user"], &["token", "create", "personal"], &["backup"]]
    {
        let output = Command::new(RONDO).arg("admin").args(words).output().unwrap();
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{words:?}");
    }
    assert_eq!(server.admin(&["user", "list"]), "mika  admin");
}
