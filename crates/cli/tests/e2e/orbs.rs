//! Orbs, from the places that an operator chose: imported ones, on SQLite and PostgreSQL, and folders
//! of packed files and of sources; used by a server's builds and by `rondo config`.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::harness::{Database, RONDO, Server};

const ORB: &str = "version: 2.1\ncommands:\n  say:\n    parameters:\n      to: {type: string}\n    \
                   steps:\n      - run: echo \"hello << parameters.to >>\"\n";
const CONFIG: &str = "version: 2.1\norbs:\n  greet: acme/greet@1\njobs:\n  build:\n    machine: \
                      true\n    steps:\n      - greet/say: {to: world}\n";

struct Ended {
    status: i32,
    out: String,
    err: String,
}

fn ended(command: &mut Command) -> Ended {
    let output = command.stdin(Stdio::null()).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let status = output.status.code().unwrap();
    Ended { status, out: text(output.stdout), err: text(output.stderr) }
}

fn orb(server: &Server, words: &[&str]) -> Ended {
    ended(&mut server.command(&[&["orb"], words].concat()))
}

fn config(folder: &Path, words: &[&str]) -> Ended {
    ended(Command::new(RONDO).arg("config").args(words).current_dir(folder))
}

fn put(folder: &Path, path: &str, text: &str) -> String {
    let path = folder.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_imported_orb_is_used_by_builds_and_never_changes() {
    for database in Database::all() {
        let server = Server::start_with(database, &[]);
        server.add_person("mika", true);
        let token = server.personal_token("mika");
        server.add_project("gh/acme/web", CONFIG);
        let build = async |number| {
            let path = "/api/v1.1/project/gh/acme/web/tree/main";
            let body = json!({"build_parameters": {"CIRCLE_JOB": "build"}});
            assert_eq!(server.post(&token, path, body).await.0, 201);
            let build = server.ended(&token, "gh/acme/web", number).await;
            (build["outcome"].clone(), server.output(&token, "gh/acme/web", number).await)
        };
        let (status, output) = build(1).await;
        assert_eq!(status, "failed");
        assert!(output.contains("config.yml:3:10"), "{output}");
        assert!(output.contains("rondo orb import FILE acme/greet@1.0.0"), "{output}");

        let file = put(server.folder.path(), "greet.yml", ORB);
        let name = "acme/greet@1.0.0";
        let done = orb(&server, &["import", &file, name]);
        assert_eq!((done.status, done.out.trim()), (0, name), "{}", done.err);
        let (status, output) = build(2).await;
        assert_eq!(status, "success", "{output}");
        assert!(output.contains("hello world"), "{output}");

        let again = orb(&server, &["import", &file, name]);
        assert_eq!(again.status, 0, "the same text again: {}", again.err);
        let other = put(server.folder.path(), "other.yml", &ORB.replace("hello", "bye"));
        let refused = orb(&server, &["import", &other, name]);
        assert_eq!((refused.status, refused.out.as_str()), (1, ""));
        assert!(refused.err.contains("a version never changes"), "{}", refused.err);
        for text in [&file, &other] {
            assert_eq!(orb(&server, &["import", text, "acme/greet@dev:try"]).status, 0);
        }
        assert!(orb(&server, &["show", "acme/greet@dev:try"]).out.contains("bye"));
        assert_eq!(orb(&server, &["show", "acme/greet@1"]).out, ORB);

        assert_eq!(orb(&server, &["import", &other, "acme/greet@1.1.0"]).status, 0);
        assert!(build(3).await.1.contains("bye world"), "the newest version counts");
        let list: Value = serde_json::from_str(&orb(&server, &["list", "--json"]).out).unwrap();
        let names: Vec<_> = list.as_array().unwrap().iter().map(|orb| &orb["orb"]).collect();
        assert_eq!(names, ["acme/greet@1.0.0", "acme/greet@dev:try", "acme/greet@1.1.0"]);
        assert_eq!(orb(&server, &["remove", "acme/greet@1.1.0"]).status, 0);
        let gone = orb(&server, &["remove", "acme/greet@1.1.0"]);
        assert_eq!(gone.status, 1);
        assert!(gone.err.contains("acme/greet@1.1.0"), "{}", gone.err);
        assert_eq!(orb(&server, &["show", "acme/greet@1"]).out, ORB);
    }
}

#[test]
fn what_is_no_orb_is_not_imported() {
    let server = Server::start_with(Database::Sqlite, &["--executor", "none"]);
    let folder = server.folder.path();
    let good = put(folder, "good.yml", ORB);
    for (text, name, status, says) in [
        ("commands: [", "acme/greet@1.0.0", 1, "this is no orb"),
        ("- a\n", "acme/greet@1.0.0", 1, "this is no orb"),
        (ORB, "acme/greet@1", 1, "names no single version"),
        (ORB, "acme/greet@volatile", 1, "names no single version"),
        (ORB, "greet@1.0.0", 2, "namespace/name@1.2.3"),
        (ORB, "../greet@1.0.0", 2, "namespace/name@1.2.3"),
    ] {
        let file = put(folder, "orb.yml", text);
        let refused = orb(&server, &["import", &file, name]);
        assert_eq!((refused.status, refused.out.as_str()), (status, ""), "{name}");
        assert!(refused.err.contains(says), "{name}: {}", refused.err);
        assert_eq!(refused.err.lines().count(), 1, "{}", refused.err);
    }
    let missing = folder.join("missing.yml");
    let refused = orb(&server, &["import", missing.to_str().unwrap(), "acme/greet@1.0.0"]);
    assert_eq!(refused.status, 1);
    assert_eq!(orb(&server, &["list"]).out, "");
    assert_eq!(orb(&server, &["import", &good, "acme/greet@1.0.0"]).status, 0);
}

#[test]
fn a_folder_holds_packed_orbs_sources_and_checkouts() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path();
    let say = "steps: [{run: {command: <<include(scripts/say.sh)>>}}]\nparameters: {to: {type: \
               string}}\n";
    put(place, "orbs/acme/greet/1.0.0.yml", ORB);
    put(place, "orbs/acme/greet/1.2.0/src/@orb.yml", "version: 2.1\n");
    put(place, "orbs/acme/greet/1.2.0/src/commands/say.yml", say);
    put(place, "orbs/acme/greet/1.2.0/src/scripts/say.sh", "echo from a script\n");
    put(place, "orbs/acme/greet/src/@orb.yml", "version: 2.1\n");
    put(place, "orbs/acme/greet/src/commands/say.yml", &say.replace("say.sh", "new.sh"));
    put(place, "orbs/acme/greet/src/scripts/new.sh", "echo from the checkout\n");
    let process = |version: &str| {
        put(place, "config.yml", &CONFIG.replace("@1\n", &format!("@{version}\n")));
        config(place, &["process", "--orbs", "orbs", "config.yml"])
    };
    for (version, says) in [
        ("1.0.0", "hello world"),
        ("1.0", "hello world"),
        ("1", "from a script"),
        ("volatile", "from a script"),
        ("dev:mine", "from the checkout"),
    ] {
        let done = process(version);
        assert_eq!(done.status, 0, "{version}: {}{}", done.out, done.err);
        assert!(done.out.contains(says), "{version}: {}", done.out);
    }
    let missing = process("2");
    assert_eq!(missing.status, 1);
    let said = format!("{}{}", missing.out, missing.err);
    assert!(said.contains("config.yml:3:10") && said.contains("acme/greet@2"), "{said}");
    assert!(said.contains("rondo orb import FILE acme/greet@2.0.0"), "{said}");

    put(place, "orbs/acme/greet/1.2.0/src/commands/say.yml", "steps: [\n");
    let broken = process("1");
    let said = format!("{}{}", broken.out, broken.err);
    assert!(broken.status == 1 && said.contains("src/commands/say.yml:"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_reads_the_operators_folder_of_orbs() {
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), "acme/greet/1.0.0.yml", ORB);
    let server = Server::start_with(
        Database::Sqlite,
        &["--executor", "none", "--orbs", folder.path().to_str().unwrap()],
    );
    server.add_person("mika", true);
    let token = server.personal_token("mika");
    let body = json!({ "config_yaml": CONFIG });
    let path = "/api/v2/compile-config-with-defaults";
    let (status, compiled) = server.post(&token, path, body).await;
    assert_eq!((status, &compiled["valid"]), (200, &true.into()), "{compiled}");
    assert!(compiled["output-yaml"].as_str().unwrap().contains("hello world"), "{compiled}");
}
