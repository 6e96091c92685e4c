//! Tokens that are gone: what is said of them, and how many are deleted at once.

use serde_json::{Value, json};

use crate::harness::{Database, Server};

const CONFIG: &str = "version: 2.1\njobs:\n  build: {machine: true, steps: [{run: 'true'}]}\n";
const OWN: &str = "/api/v1.1/user/token";

fn server(database: Database) -> (Server, String) {
    let server = Server::start_with(database, &["--executor", "none"]);
    server.add_person("mika", true);
    server.add_person("ren", false);
    server.add_project("gh/acme/web", CONFIG);
    server.add_project("gh/other/thing", CONFIG);
    let mika = server.personal_token("mika");
    (server, mika)
}

async fn shown(server: &Server, id: &str) -> Value {
    serde_json::from_str(&server.admin(&["token", "show", id, "--json"])).unwrap()
}

#[tokio::test]
async fn what_a_deleted_token_was_is_kept_with_the_reason() {
    for database in Database::all() {
        let (server, mika) = server(database);
        let made = server.post(&mika, OWN, json!({"label": "cron job"})).await.1;
        let (id, value) = (made["id"].as_str().unwrap(), made["token"].as_str().unwrap());
        assert_eq!(server.get(value, "/api/v1.1/me").await.0, 200);
        assert_eq!(shown(&server, id).await["label"], "cron job");
        let path = format!("{OWN}/{id}");
        for wrong in [json!({"why": "x"}), json!({"reason": ""}), json!({"reason": "a\nb"})] {
            let request = server.request(reqwest::Method::DELETE, &path);
            let request = request.header("circle-token", &mika).json(&wrong);
            assert_eq!(crate::harness::answer(request).await.0, 400, "{wrong}");
        }
        let request = server.request(reqwest::Method::DELETE, &path).header("circle-token", &mika);
        let request = request.json(&json!({"reason": "the machine is gone"}));
        assert_eq!(crate::harness::answer(request).await.0, 200);
        for named in [id, value] {
            let dead = shown(&server, named).await;
            assert_eq!((&dead["owner"], &dead["label"]), (&json!("mika"), &json!("cron job")));
            assert_eq!(dead["reason"], "the machine is gone");
            assert!(dead["deleted_by"].as_str().unwrap().starts_with("person:"), "{dead}");
            assert!(dead["deleted"].is_string() && !dead.to_string().contains(value));
        }
        let (ok, _, said) = server.try_admin(&["token", "show", "00000000000"], "");
        assert!(!ok && said.contains("there is no token"), "{said}");
        // What became of it outlives the process.
        let mut server = server;
        server.restart();
        let refused = server.get(value, "/api/v1.1/me").await.1;
        assert!(refused["reason"].as_str().unwrap().contains("was deleted at"), "{refused}");
    }
}

#[tokio::test]
async fn many_tokens_are_deleted_at_once_and_counted_first() {
    for database in Database::all() {
        let (server, mika) = server(database);
        let ren = server.personal_token("ren");
        let unused = server.personal_token("ren");
        let web = server.project_token("gh/acme/web", "all");
        let thing = server.project_token("gh/other/thing", "all");
        assert_eq!(server.get(&ren, "/api/v1.1/me").await.0, 200);
        let revoke = |words: &[&str]| server.try_admin(&[&["token", "revoke"], words].concat(), "");
        for (words, said) in [
            (&["--where", "colour=red"][..], "unknown condition \"colour=red\""),
            (&["--where", "before=yesterday"], "before= takes a moment"),
            (&["--where", "person=nobody"], "there is no person nobody"),
            (&["--where", "project=gh/acme/nothing"], "there is no project gh/acme/nothing"),
            (&["--where", "organization=gh/none"], "there is no organization gh/none"),
            (&["--where", "person=ren", "--count", "1"], "it is true of 2 tokens now"),
            // Everything is a condition too; its number must be typed.
            (&["--count", "1"], "it is true of 5 tokens now"),
        ] {
            let (ok, out, err) = revoke(words);
            assert!(!ok && err.contains(said), "{words:?}: {out} {err}");
        }
        let (ok, out, err) = revoke(&["--where", "organization=github/acme"]);
        assert!(ok && out.contains("gh/acme/web all") && out.lines().count() == 1, "{out}");
        assert!(err.contains("true of 1 tokens") && err.contains("--count 1"), "{err}");
        let (ok, out, _) = revoke(&["--where", "before=2020-01-01T00:00:00Z"]);
        assert!(ok && out.is_empty(), "{out}");
        for value in [&mika, &ren, &unused] {
            assert_eq!(server.get(value, "/api/v1.1/token/self").await.0, 200, "only counted");
        }

        let (ok, out, err) =
            revoke(&["--where", "organization=gh/acme", "--count", "1", "--reason", "leaked"]);
        assert!(ok && out == "1 tokens deleted", "{out} {err}");
        let statuses = async || {
            let mut statuses = Vec::new();
            for value in [&mika, &ren, &unused, &web, &thing] {
                statuses.push(server.get(value, "/api/v1.1/token/self").await.0);
            }
            statuses
        };
        // The command ended no sooner than a server beside it had heard.
        assert_eq!(statuses().await, [200, 200, 200, 401, 200]);
        assert_eq!(shown(&server, &web[6..17]).await["reason"], "leaked");
        server.admin(&["token", "revoke", "--where", "person=ren", "--count", "2"]);
        assert_eq!(statuses().await, [200, 401, 401, 401, 200]);
        // A token that is made afterwards is none of those.
        let later = server.personal_token("ren");
        assert_eq!(server.get(&later, "/api/v1.1/me").await.0, 200);
    }
}
