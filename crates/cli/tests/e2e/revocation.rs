//! Tokens that are gone: what is said of them, and how many are deleted at once.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Database, Server, answer};

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
        let leaked = json!({"reason": format!("leaked {value} here")});
        let renamed = server.post(&mika, OWN, json!({"label": value})).await;
        assert_eq!(renamed.0, 400, "{}", renamed.1);
        assert!(renamed.1["message"].as_str().unwrap().contains("label holds a token's value"));
        for wrong in [json!({"why": "x"}), json!({"reason": ""}), json!({"reason": "a\nb"}), leaked]
        {
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
            assert_eq!(dead["deleted_by"], "mika");
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
            (&["--where", "person=mika", "--where", "person=ren"], "person is given twice"),
            (&["--where", "never-used", "--where", "never-used"], "never-used is given twice"),
            (&["--where", "before=yesterday"], "before= takes a moment"),
            (&["--where", "token=short"], "token= takes the id of a token"),
            (&["--where", "seen-from=10.0.0.7/8"], "take 10.0.0.0/8"),
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

const REVOKE: &str = "/api/v2/admin/token/revoke";

#[tokio::test]
async fn a_condition_that_says_nothing_is_refused() {
    let (server, mika) = server(Database::Sqlite);
    for flag in ["never_used", "unrestricted"] {
        let (status, wrong) =
            server.post(&mika, REVOKE, json!({flag: false, "dry_run": true})).await;
        assert_eq!(status, 400, "{wrong}");
        let told = wrong["message"].as_str().unwrap();
        assert!(told.contains("a condition is true, or is left out"), "{told}");
    }
}

/// Uses a token from an address, as a proxy tells it; the status.
async fn visit(server: &Server, token: &str, path: &str, address: &str) -> u16 {
    let request = server.request(Method::GET, path).header("circle-token", token);
    answer(request.header("x-forwarded-for", address)).await.0
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_whose_value_was_shown_in_a_network_are_deleted_everywhere_and_no_others() {
    for database in Database::all() {
        let flags = ["--executor", "none", "--trusted-proxies", "127.0.0.1"];
        let server = Server::start_with(database, &flags);
        server.add_person("mika", true);
        server.add_person("ren", false);
        server.add_project("gh/acme/web", CONFIG);
        let beside = (database == Database::Postgres).then(|| server.start_beside());
        let mika = server.personal_token("mika");
        let [stolen, refused, six, elsewhere] = [(); 4].map(|()| server.personal_token("ren"));
        let badge = server.project_token("gh/acme/web", "status");
        let me = "/api/v1.1/me";
        assert_eq!(visit(&server, &stolen, me, "203.0.113.7").await, 200);
        assert_eq!(visit(&server, &six, me, "2001:db8:7::1").await, 200);
        assert_eq!(visit(&server, &elsewhere, me, "203.0.114.7").await, 200);
        // What is refused proves as well that the value is there; a guess proves nothing.
        assert_eq!(
            visit(&server, &refused, "/api/v1.1/project/gh/no/no", "203.0.113.9").await,
            404
        );
        let guess = crate::forgery::forged(&badge);
        assert_ne!(visit(&server, &guess, "/gh/acme/web.svg", "203.0.113.9").await, 200);

        let dry = async |network: &str| {
            let body = json!({"seen_from": network, "dry_run": true});
            let (status, told) = server.post(&mika, REVOKE, body).await;
            assert_eq!(status, 200, "{told}");
            told
        };
        for (network, count) in
            [("203.0.113.0/24", 2), ("203.0.113.7", 1), ("2001:db8::/32", 1), ("10.0.0.0/8", 0)]
        {
            // At once: what this server has not written yet counts too.
            assert_eq!(dry(network).await["count"], count, "{network}");
        }
        let (status, wrong) = server.post(&mika, REVOKE, json!({"seen_from": "here"})).await;
        assert!(status == 400 && wrong["message"].as_str().unwrap().contains("seen_from"));

        let told = dry("203.0.113.0/24").await;
        // Between the preview and the order one more comes to it: that one was not counted.
        assert_eq!(visit(&server, &elsewhere, me, "203.0.113.99").await, 200);
        let mut order = json!({
            "seen_from": "203.0.113.0/24", "count": 2, "preview": told["preview"], "reason": "seen",
        });
        let (status, refused_order) = server.post(&mika, REVOKE, order.clone()).await;
        let said = refused_order["message"].as_str().unwrap();
        assert!(status == 400 && said.contains("true of 3 tokens"), "{refused_order}");
        order["count"] = json!(3);
        let order = server.post(&mika, REVOKE, order).await;
        assert_eq!((order.0, &order.1["count"]), (200, &json!(3)), "{}", order.1);
        for server in [Some(&server), beside.as_ref()].into_iter().flatten() {
            let path = "/api/v2/token/self";
            for (value, status) in [
                (&mika, 200),
                (&stolen, 401),
                (&refused, 401),
                (&elsewhere, 401),
                (&six, 200),
                (&badge, 200),
            ] {
                let begun = std::time::Instant::now();
                let mut got = server.get(value, path).await.0;
                // Another server may take 100 ms to hear.
                while got != status && begun.elapsed().as_millis() < 100 {
                    got = server.get(value, path).await.0;
                }
                assert_eq!(got, status);
            }
        }
        assert_eq!(shown(&server, &stolen[6..17]).await["reason"], "seen");
        // Now they may be seen there as they like.
        assert_eq!(visit(&server, &six, me, "203.0.113.7").await, 200);
        let (ok, out, err) = server
            .try_admin(&["token", "revoke", "--where", &format!("token={}", &six[6..17])], "");
        assert!(ok && out.contains(&six[6..17]) && err.contains("--count 1"), "{out} {err}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_with_its_preview_hits_what_was_counted_and_nothing_that_was_made_since() {
    for database in Database::all() {
        let (server, mika) = server(database);
        let [first, second] = [(); 2].map(|()| server.personal_token("ren"));
        let revoke = async |body: Value| server.post(&mika, REVOKE, body).await;
        let (_, told) = revoke(json!({"person": "ren", "dry_run": true})).await;
        assert_eq!((&told["count"], told["first"].as_array().unwrap().len()), (&json!(2), 2));
        let preview = &told["preview"];
        let later = server.personal_token("ren");
        // It becomes fewer meanwhile, which the preview allows and a count that is typed does not.
        let id = &first[6..17];
        server.admin(&["token", "revoke", "--where", &format!("token={id}"), "--count", "1"]);
        for (body, said) in [
            (json!({"person": "ren", "count": 1, "preview": "x"}), "preview"),
            (json!({"person": "ren", "count": 3, "preview": preview}), "true of 1 tokens"),
            (json!({"person": "mika", "count": 2, "preview": preview}), "true of 1 tokens"),
            (json!({"unrestricted": true, "count": 3, "preview": preview}), "true of 2 tokens"),
            (json!({"person": "ren", "count": 1}), "true of 2 tokens"),
        ] {
            let (status, refused) = revoke(body.clone()).await;
            let message = refused["message"].as_str().unwrap();
            assert!(status == 400 && message.contains(said), "{body}: {refused}");
        }
        let (status, told) = revoke(json!({"person": "ren", "count": 2, "preview": preview})).await;
        assert_eq!((status, &told["preview"]), (200, &Value::Null), "{told}");
        for (value, status) in [(&first, 401), (&second, 401), (&later, 200), (&mika, 200)] {
            assert_eq!(server.get(value, "/api/v2/token/self").await.0, status);
        }

        // So does the command, which says the word with the number.
        let revoke = |words: &[&str]| server.try_admin(&[&["token", "revoke"], words].concat(), "");
        let (ok, _, told) = revoke(&["--where", "person=ren"]);
        let word = told.split_once("--count 1 --preview ").map(|(_, word)| word.trim());
        let word = word.filter(|_| ok).unwrap_or_else(|| panic!("{told}"));
        let newest = server.personal_token("ren");
        for (words, said) in [
            (&["--count", "1", "--preview", "x"][..], "--preview takes the word"),
            (&["--preview", word], "--count"),
            (&["--count", "2", "--preview", word], "true of 1 tokens"),
        ] {
            let (ok, _, refused) = revoke(&[&["--where", "person=ren"], words].concat());
            assert!(!ok && refused.contains(said), "{words:?}: {refused}");
        }
        let order = ["--where", "person=ren", "--count", "1", "--preview", word];
        let (ok, out, refused) = revoke(&order);
        assert!(ok && out.contains("1 tokens deleted"), "{refused}");
        let begun = std::time::Instant::now();
        while server.get(&later, "/api/v2/token/self").await.0 != 401 {
            assert!(begun.elapsed().as_millis() < 100, "the server hears of it");
        }
        assert_eq!(server.get(&newest, "/api/v2/token/self").await.0, 200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_over_days_says_who_would_have_been_refused_and_stops_nothing() {
    for database in Database::all() {
        let (server, mika) = server(database);
        let [used, unused] = [(); 2].map(|()| server.personal_token("ren"));
        let visit = async |path: &str, agent: &str| {
            let request = server.request(Method::GET, path).header("circle-token", &used);
            answer(request.header("user-agent", agent)).await.0
        };
        for _ in 0..3 {
            assert_eq!(visit("/api/v1.1/me", "report.py/3").await, 200);
        }
        assert_eq!(visit("/api/v1.1/project/gh/no/no", "curl/8").await, 404, "refused anyhow");
        let ask = async |more: Value| {
            let mut body = json!({"person": "ren", "dry_run": true});
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            server.post(&mika, REVOKE, body).await
        };
        let day = |days: i64| {
            let at = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(24 * days);
            at.to_string()[..10].to_owned()
        };
        // Also until a day to come: whoever looks again then knows the rest.
        for until in [None, Some(day(30))] {
            let (status, told) = ask(json!({"from": day(-7), "until": until})).await;
            let missed = &told["would_refuse"];
            assert_eq!((status, &told["count"], &missed["tokens"]), (200, &json!(2), &json!(1)));
            assert_eq!((&missed["uses"], &missed["from"]), (&json!(3), &json!(day(-7))));
            assert_eq!(missed["first"][0]["token"]["id"], used[6..17]);
            let agents = missed["first"][0]["clients"].as_array().unwrap().iter();
            assert!(
                agents
                    .clone()
                    .any(|one| one["agent"] == "report.py/3" && one["address"] == "127.0.0.1")
            );
            let count = &missed["first"][0]["counts"][0];
            assert_eq!((&count["route"], &count["accepted"]), (&json!("/api/v1.1/me"), &json!(3)));
        }
        let (_, told) = ask(json!({"from": day(-30), "until": day(-3)})).await;
        assert_eq!((&told["would_refuse"]["uses"], &told["count"]), (&json!(0), &json!(2)));
        assert_eq!(ask(json!({})).await.1["would_refuse"], Value::Null);
        for (body, said) in [
            (json!({"until": "2026-01-31"}), "say from which day"),
            (json!({"from": "soon"}), "days such as"),
            (json!({"from": "2026-02-01", "until": "2026-01-31"}), "comes after"),
            (json!({"from": "2026-02-01", "dry_run": false, "count": 2}), "only with dry_run"),
        ] {
            let (status, refused) = ask(body.clone()).await;
            let message = refused["message"].as_str().unwrap();
            assert!(status == 400 && message.contains(said), "{body}: {refused}");
        }
        let only = format!("token={}", &used[6..17]);
        let revoke = |words: &[&str]| server.try_admin(&[&["token", "revoke"], words].concat(), "");
        // The command is another process, which knows what the server has written.
        let begun = std::time::Instant::now();
        loop {
            let (ok, out, err) = revoke(&["--where", &only, "--from", &day(-1)]);
            assert!(ok && begun.elapsed().as_secs() < 30, "{err}");
            if out.contains("report.py/3") && out.contains("127.0.0.0/24") {
                assert!(err.contains("3 uses of 1 tokens") && err.contains("nothing is stopped"));
                break;
            }
        }
        for (words, said) in [
            (&["--from", "soon"][..], "a day is such as"),
            (&["--from", "2026-02-01", "--until", "2026-01-31"], "comes after"),
            (&["--until", "2026-01-31"], "--from"),
            (&["--from", "2026-02-01", "--count", "1"], "cannot be used with"),
        ] {
            let (ok, out, err) = revoke(words);
            assert!(!ok && err.contains(said), "{words:?}: {out} {err}");
        }
        for value in [&used, &unused] {
            assert_eq!(server.get(value, "/api/v2/token/self").await.0, 200, "nothing is stopped");
        }
    }
}
