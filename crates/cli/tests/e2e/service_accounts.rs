//! Service accounts from outside: what one may, who may make it, whom its deeds are put down to, and how it
//! ends.

use std::process::{Command, Output};

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Database, RONDO, Server, answer};
use crate::session::Session;

const CONFIG: &str = "version: 2.1\njobs:\n  build: {machine: true, steps: [{run: 'true'}]}\n";
const ORG: &str = "/api/v2/organization/gh/acme/service-account";
const OF_WEB: &str = "/api/v2/project/gh/acme/web/service-account";
const WEB: &str = "/api/v1.1/project/gh/acme/web";
const PEOPLE: [(&str, bool); 4] =
    [("mika", true), ("boss", false), ("dora", false), ("eve", false)];

/// boss administers `gh/acme`, dora sees it, mika administers the server, eve has no part.
fn server(database: Database) -> (Server, String) {
    let server = Server::start_with(database, &["--executor", "none"]);
    for (name, admin) in PEOPLE {
        server.add_person(name, admin);
    }
    for slug in ["gh/acme/web", "gh/acme/api", "gh/other/thing"] {
        server.add_project(slug, CONFIG);
    }
    server.admin(&["user", "role", "boss", "gh/acme", "admin"]);
    server.admin(&["user", "role", "dora", "gh/acme", "viewer"]);
    let boss = server.personal_token("boss");
    (server, boss)
}

/// What a request that must be answered so was answered.
async fn post(server: &Server, by: &str, path: &str, body: Value, expected: u16) -> Value {
    let (status, value) = server.post(by, path, body).await;
    assert_eq!(status, expected, "POST {path}: {value}");
    value
}

async fn account(server: &Server, by: &str, base: &str, name: &str, ceiling: &[&str]) -> Value {
    let body = json!({"name": name, "ceiling": ceiling, "contacts": ["dora"]});
    post(server, by, base, body, 201).await
}

/// A token of an account: its id and its value.
async fn token(server: &Server, by: &str, account: &str, body: Value) -> (String, String) {
    let mut body = body;
    body["label"] = "e2e".into();
    let made = post(server, by, &format!("{account}/token"), body, 201).await;
    let text = |key: &str| made[key].as_str().unwrap().to_owned();
    (text("id"), text("token"))
}

async fn status(server: &Server, by: &str, path: &str) -> u16 {
    server.get(by, path).await.0
}

#[tokio::test]
async fn an_account_does_what_its_token_and_its_ceiling_both_allow_inside_its_home() {
    for database in Database::all() {
        let (server, boss) = server(database);
        let made = account(&server, &boss, ORG, "bot", &["read-status", "read-settings"]).await;
        assert_eq!(made["organization"], "gh/acme");
        assert_eq!(made["contacts"], json!([{"name": "dora", "answering": true}]));
        let place = format!("{ORG}/bot");
        let (_, wide) = token(&server, &boss, &place, json!({})).await;
        let narrow = json!({"permissions": ["read-status"], "projects": ["gh/acme/web"]});
        let (_, narrow) = token(&server, &boss, &place, narrow).await;
        assert!(wide.starts_with("rdsvc_"), "its kind is seen in its first characters");

        let settings = format!("{WEB}/settings");
        for (who, path, expected) in [
            (&wide, WEB, 200),
            (&wide, "/api/v1.1/project/gh/acme/api", 200),
            (&wide, settings.as_str(), 200),
            (&wide, "/api/v1.1/project/gh/other/thing", 404),
            (&wide, "/api/v1.1/me", 401),
            (&wide, ORG, 403),
            (&narrow, WEB, 200),
            (&narrow, settings.as_str(), 403),
            (&narrow, "/api/v1.1/project/gh/acme/api", 404),
        ] {
            assert_eq!(status(&server, who, path).await, expected, "{path}");
        }
        let (_, own) = server.get(&wide, "/api/v2/token/self").await;
        assert_eq!((&own["kind"], &own["service_account"]), (&json!("service"), &json!("bot")));
        assert_eq!(own["permissions"], json!(["read-status", "read-settings"]));

        // Lowered, it counts at once; raised, it comes to those alone that were made with it.
        let ceiling = format!("{place}/ceiling");
        post(&server, &boss, &ceiling, json!({"ceiling": ["read-settings"]}), 200).await;
        assert_eq!(status(&server, &wide, WEB).await, 403);
        assert_eq!(status(&server, &narrow, WEB).await, 404);
        let path = "method=GET&path=/api/v1.1/project/gh/acme/web";
        let (_, told) = server.get(&wide, &format!("/api/v2/token/self/explain?{path}")).await;
        assert_eq!((&told["allowed"], &told["stopped_by"]), (&json!(false), &json!("ceiling")));
        let all = json!({"ceiling": ["read-status", "read-settings", "trigger-builds"]});
        post(&server, &boss, &ceiling, all, 200).await;
        assert_eq!(status(&server, &narrow, &settings).await, 403);
        assert_eq!(status(&server, &narrow, WEB).await, 200);
        post(&server, &wide, &format!("{WEB}/build"), json!({}), 403).await;
    }
}

#[tokio::test]
async fn a_projects_account_stays_in_its_project_and_is_listed_by_the_organization() {
    let (server, boss) = server(Database::Sqlite);
    account(&server, &boss, OF_WEB, "web-bot", &["read-status"]).await;
    account(&server, &boss, ORG, "bot", &["read-status"]).await;
    let (_, value) = token(&server, &boss, &format!("{OF_WEB}/web-bot"), json!({})).await;
    assert_eq!(status(&server, &value, WEB).await, 200);
    assert_eq!(status(&server, &value, "/api/v1.1/project/gh/acme/api").await, 404);
    let body = json!({"label": "x", "projects": ["gh/acme/api"]});
    let refused = post(&server, &boss, &format!("{OF_WEB}/web-bot/token"), body, 400).await;
    assert!(refused["message"].as_str().unwrap().contains("outside the home"), "{refused}");
    let names = async |base: &str| {
        let (_, list) = server.get(&boss, base).await;
        let items = list["items"].as_array().unwrap().iter();
        items.map(|item| item["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names(ORG).await, ["bot", "web-bot"]);
    assert_eq!(names(OF_WEB).await, ["web-bot"]);
    assert_eq!(status(&server, &boss, &format!("{OF_WEB}/bot")).await, 404);
    assert_eq!(status(&server, &boss, &format!("{ORG}/web-bot")).await, 200);
}

#[tokio::test]
async fn nobody_gives_an_account_more_than_they_and_their_token_have() {
    let (server, boss) = server(Database::Sqlite);
    let own = "/api/v1.1/user/token";
    let manage = ["read-status", "manage-tokens", "manage-services"];
    let body = json!({"label": "few", "permissions": manage, "networks": ["127.0.0.0/8"]});
    let made = post(&server, &boss, own, body, 201).await;
    let few = made["token"].as_str().unwrap();
    for (body, expected) in [
        (json!({"name": "a", "ceiling": ["trigger-builds"]}), 403),
        (json!({"name": "a", "ceiling": ["manage-services"]}), 400),
        (json!({"name": "a", "ceiling": ["own-user"]}), 400),
        (json!({"name": "a", "ceiling": []}), 400),
        (json!({"name": "a b", "ceiling": ["read-status"]}), 400),
        (json!({"name": "a", "ceiling": ["read-status"], "contacts": ["eve"]}), 404),
        (json!({"name": "a", "ceiling": ["read-status"], "contacts": ["nobody"]}), 404),
        (json!({"name": "a", "ceiling": ["read-status"], "other": 1}), 400),
        (json!({"name": "a", "ceiling": ["read-status", "manage-tokens"]}), 201),
        (json!({"name": "a", "ceiling": ["read-status"]}), 409),
    ] {
        post(&server, few, ORG, body, expected).await;
    }
    let place = format!("{ORG}/a");
    let (_, account) = server.get(few, &place).await;
    assert_eq!(account["contacts"][0]["name"], "boss", "whoever makes it, where nobody is named");
    let anywhere = json!({"label": "x", "networks": ["0.0.0.0/0"]});
    post(&server, few, &format!("{place}/token"), anywhere, 403).await;
    let above = json!({"label": "x", "permissions": ["trigger-builds"]});
    post(&server, few, &format!("{place}/token"), above, 400).await;
    let (_, bot) = token(&server, few, &place, json!({})).await;
    let (wide, _) = token(&server, &boss, &place, json!({})).await;

    // A token that may be used from anywhere is not given back anything by one that may not.
    let without = json!({"ceiling": ["manage-tokens"]});
    post(&server, few, &format!("{place}/ceiling"), without, 200).await;
    let with = json!({"ceiling": ["read-status", "manage-tokens"]});
    let refused = post(&server, few, &format!("{place}/ceiling"), with.clone(), 403).await;
    assert_eq!(refused["code"], "beyond_token");
    post(&server, few, &format!("{place}/disable"), json!({}), 200).await;
    post(&server, few, &format!("{place}/enable"), json!({}), 403).await;
    post(&server, few, &format!("{place}/token/{wide}/rotate"), json!({}), 403).await;
    post(&server, &boss, &format!("{place}/enable"), json!({}), 200).await;
    post(&server, &boss, &format!("{place}/ceiling"), with, 200).await;

    // An account makes project tokens within its own, and no account.
    let all = json!({"label": "x", "scope": "all"});
    post(&server, &bot, &format!("{WEB}/token"), all, 403).await;
    let read = json!({"label": "x", "scope": "status"});
    post(&server, &bot, &format!("{WEB}/token"), read, 201).await;
    let more = json!({"name": "child", "ceiling": ["read-status"]});
    for (method, path) in [
        (Method::POST, ORG.to_owned()),
        (Method::POST, OF_WEB.to_owned()),
        (Method::POST, format!("{place}/ceiling")),
        (Method::POST, format!("{place}/token")),
        (Method::DELETE, place.clone()),
    ] {
        let request = server.request(method, &path).header("circle-token", &bot).json(&more);
        assert_eq!(answer(request).await.0, 403, "{path}");
    }
}

#[tokio::test]
async fn what_an_account_does_is_put_down_to_it_also_when_it_is_gone() {
    for database in Database::all() {
        let (server, boss) = server(database);
        let rights = ["read-status", "read-builds", "trigger-builds"];
        let id = account(&server, &boss, ORG, "bot", &rights).await["id"].clone();
        let place = format!("{ORG}/bot");
        let (_, bot) = token(&server, &boss, &place, json!({})).await;
        let job = json!({"build_parameters": {"CIRCLE_JOB": "build"}});
        let build = post(&server, &bot, &format!("{WEB}/tree/main"), job, 201).await;
        let user = json!({"is_user": false, "login": "bot", "name": "service account bot",
            "id": id, "avatar_url": null, "vcs_type": null});
        assert_eq!(build["user"], user);
        let build = post(&server, &bot, &format!("{WEB}/1/cancel"), json!({}), 200).await;
        assert_eq!(build["canceler"], user);
        let again = post(&server, &bot, &format!("{WEB}/1/retry"), json!({}), 200).await;
        assert_eq!(again["user"], user);
        assert_eq!(server.delete(&boss, &place).await.0, 200);
        assert_eq!(server.get(&boss, &format!("{WEB}/1")).await.1["user"], user);

        let session = Session::begin(&server, "boss").await;
        for path in ["/pipelines/gh/acme/web", "/pipelines/gh/acme/web/1"] {
            let request = session.request(&server, Method::GET, path);
            let page = request.send().await.unwrap().text().await.unwrap();
            assert!(page.contains("service account bot"), "{path}: {page}");
        }
        let log = server.admin(&["audit", "list", "--limit", "200", "--json"]);
        let entries: Vec<Value> = serde_json::from_str(&log).unwrap();
        for (event, by_it) in [
            ("service.create", false),
            ("token.service.create", false),
            ("build.trigger", true),
            ("build.cancel", true),
            ("service.delete", false),
        ] {
            let entry = entries.iter().find(|entry| entry["event"] == event);
            let entry = entry.unwrap_or_else(|| panic!("no {event} in {log}"));
            let actor = entry["actor"].as_str().unwrap();
            assert_eq!(actor == format!("service:{}", id.as_str().unwrap()), by_it, "{entry}");
            assert_eq!(entry["person"], if by_it { "bot" } else { "boss" }, "{entry}");
        }
    }
}

#[tokio::test]
async fn a_deleted_account_takes_its_tokens_with_it_and_each_is_told_what_became_of_it() {
    for database in Database::all() {
        let (server, boss) = server(database);
        account(&server, &boss, ORG, "bot", &["read-status"]).await;
        let place = format!("{ORG}/bot");
        let (id, used) = token(&server, &boss, &place, json!({})).await;
        let (_, unused) = token(&server, &boss, &place, json!({})).await;
        assert_eq!(status(&server, &used, WEB).await, 200);
        post(&server, &boss, &format!("{place}/disable"), json!({}), 200).await;
        let (code, refused) = server.get(&used, WEB).await;
        assert_eq!((code, &refused["reason"]), (401, &json!("the token's owner is disabled")));
        post(&server, &boss, &format!("{place}/enable"), json!({}), 200).await;
        assert_eq!(status(&server, &used, WEB).await, 200);
        let body = json!({"reason": "moved"});
        let request = server.request(Method::DELETE, &place).header("circle-token", &boss);
        assert_eq!(answer(request.json(&body)).await.0, 200);
        for value in [&used, &unused] {
            let (code, refused) = server.get(value, WEB).await;
            assert_eq!(code, 401);
            assert!(refused["reason"].as_str().unwrap().contains("was deleted at"), "{refused}");
        }
        assert_eq!(status(&server, &boss, &place).await, 404);
        let shown: Value =
            serde_json::from_str(&server.admin(&["token", "show", &id, "--json"])).unwrap();
        assert_eq!(
            (&shown["owner"], &shown["reason"]),
            (&json!("service account bot"), &json!("moved"))
        );
        // The name is free, and the old tokens stay dead.
        account(&server, &boss, ORG, "bot", &["read-status"]).await;
        assert_eq!(status(&server, &used, WEB).await, 401);
    }
}

#[tokio::test]
async fn an_accounts_tokens_are_found_listed_looked_up_and_revoked_like_all_others() {
    let (server, boss) = server(Database::Sqlite);
    account(&server, &boss, ORG, "bot", &["read-status"]).await;
    account(&server, &boss, OF_WEB, "web-bot", &["read-status"]).await;
    let (id, bot) = token(&server, &boss, &format!("{ORG}/bot"), json!({})).await;
    let (_, web_bot) = token(&server, &boss, &format!("{OF_WEB}/web-bot"), json!({})).await;
    let list = "/api/v2/organization/gh/acme/token";
    let names = async |query: &str| {
        let (_, page) = server.get(&boss, &format!("{list}?{query}")).await;
        let items = page["items"].as_array().unwrap().iter();
        let names = items.map(|item| item["service_account"].as_str().map(str::to_owned));
        names.collect::<Vec<_>>()
    };
    let both = [Some("web-bot".to_owned()), Some("bot".to_owned())];
    assert_eq!(names("kind=service").await, both);
    assert_eq!(names("project=gh/acme/web").await, both[..1]);
    assert_eq!(names("unrestricted=true&kind=service").await, []);
    let session = Session::begin(&server, "boss").await;
    let export = "/settings/organization/gh/acme/tokens/export?kind=service";
    let csv = session.request(&server, Method::GET, export).send().await.unwrap();
    let csv = csv.text().await.unwrap();
    assert!(csv.contains(&format!("\"{id}\",\"service\"")) && csv.contains("\"bot\"\r\n"), "{csv}");

    let form = [("token", bot.as_str())];
    let request = server.request(Method::POST, "/oauth/introspect").form(&form);
    let (_, told) = answer(request.header("circle-token", &boss)).await;
    assert_eq!((&told["active"], &told["username"]), (&json!(true), &json!("bot")));
    assert_eq!(told["scope"], "read-status");

    let revoke = "/api/v2/admin/token/revoke";
    let mika = server.personal_token("mika");
    for (wish, count) in [
        (json!({"project": "gh/acme/web", "dry_run": true}), 1),
        (json!({"organization": "gh/acme", "dry_run": true}), 2),
        (json!({"organization": "gh/other", "dry_run": true}), 0),
        (json!({"person": "dora", "dry_run": true}), 0),
        (json!({"organization": "gh/acme", "unrestricted": true, "dry_run": true}), 0),
    ] {
        let told = post(&server, &mika, revoke, wish.clone(), 200).await;
        assert_eq!(told["count"], count, "{wish}");
    }
    let project = json!({"project": "gh/acme/web", "count": 1});
    post(&server, &mika, revoke, project, 200).await;
    assert_eq!(status(&server, &web_bot, WEB).await, 401);
    assert_eq!(status(&server, &bot, WEB).await, 200);

    let found = json!({"token": bot});
    let request = server.request(Method::POST, "/api/v2/token/found").json(&found);
    assert_eq!(answer(request).await.0, 200);
    assert_eq!(status(&server, &bot, WEB).await, 401);
    let says = format!("the token “e2e” ({id}) of the service account bot");
    for (name, is_told) in [("dora", true), ("boss", false), ("mika", false)] {
        let session = Session::begin(&server, name).await;
        let page = session.request(&server, Method::GET, "/settings/user/sessions");
        let page = page.send().await.unwrap().text().await.unwrap();
        assert_eq!(page.contains(&says), is_told, "{name}: {page}");
    }
}

#[tokio::test]
async fn where_no_contact_answers_any_more_the_admins_are_told_and_the_page_warns() {
    let (server, boss) = server(Database::Sqlite);
    account(&server, &boss, ORG, "bot", &["read-status"]).await;
    let place = format!("{ORG}/bot");
    let (id, bot) = token(&server, &boss, &place, json!({})).await;
    server.admin(&["user", "role", "dora", "gh/acme", "none"]);
    let (_, account) = server.get(&boss, &place).await;
    assert_eq!(account["contacts"], json!([{"name": "dora", "answering": false}]));
    let session = Session::begin(&server, "boss").await;
    let page =
        format!("/settings/organization/gh/acme/services/{}", account["id"].as_str().unwrap());
    let page = session.request(&server, Method::GET, &page).send().await.unwrap();
    let page = page.text().await.unwrap();
    assert!(page.contains("Nobody who is named here answers for this account"), "{page}");
    let request = server.request(Method::POST, "/api/v2/token/found");
    assert_eq!(answer(request.json(&json!({"token": bot}))).await.0, 200);
    for (name, is_told) in [("dora", false), ("boss", true)] {
        let session = Session::begin(&server, name).await;
        let page = session.request(&server, Method::GET, "/settings/user/sessions");
        let page = page.send().await.unwrap().text().await.unwrap();
        assert_eq!(page.contains(&id), is_told, "{name}");
    }
}

#[tokio::test]
async fn an_account_keeps_what_it_did_under_another_name_and_the_audit_log_finds_all_of_it() {
    for database in Database::all() {
        let (server, boss) = server(database);
        let rights = ["read-status", "read-builds", "trigger-builds"];
        let made = account(&server, &boss, ORG, "bot", &rights).await;
        let id = made["id"].as_str().unwrap();
        account(&server, &boss, OF_WEB, "web-bot", &["read-status"]).await;
        let (_, bot) = token(&server, &boss, &format!("{ORG}/bot"), json!({})).await;
        let job = json!({"build_parameters": {"CIRCLE_JOB": "build"}});
        post(&server, &bot, &format!("{WEB}/tree/main"), job, 201).await;
        assert_eq!(server.get(&boss, WEB).await.1[0]["user"]["login"], "bot");

        let rename = async |by: &str, account: &str, name: &str, expected: u16| {
            let path = format!("{ORG}/{account}/name");
            post(&server, by, &path, json!({"name": name}), expected).await
        };
        rename(&server.personal_token("dora"), "bot", "mine", 403).await;
        rename(&boss, "bot", "a b", 400).await;
        let refused = rename(&boss, "bot", "web-bot", 409).await;
        assert!(refused["message"].as_str().unwrap().contains("web-bot"), "{refused}");
        assert_eq!(rename(&boss, "bot", "bot", 200).await["name"], "bot");
        let renamed = rename(&boss, "bot", "deployer", 200).await;
        assert_eq!((&renamed["name"], &renamed["id"]), (&json!("deployer"), &made["id"]));
        assert_eq!(status(&server, &boss, &format!("{ORG}/bot")).await, 404);
        assert_eq!(status(&server, &bot, WEB).await, 200, "its tokens go on");
        for path in [WEB.to_owned(), format!("{WEB}/1")] {
            let (_, build) = server.get(&boss, &path).await;
            let build = build.get(0).unwrap_or(&build);
            assert_eq!(build["user"]["login"], "deployer", "{path}");
        }
        // The old name is free.
        account(&server, &boss, ORG, "bot", &["read-status"]).await;
        assert_eq!(server.delete(&boss, &format!("{ORG}/deployer")).await.0, 200);

        let events = [
            "service.delete",
            "service.rename",
            "build.trigger",
            "token.service.create",
            "service.create",
        ];
        let of = |lines: &str| {
            let lines = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
            lines.map(|line| line["event"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        for named in ["deployer", id] {
            let lines = server.admin(&["audit", "export", "--service", named]);
            assert_eq!(of(&lines), events, "{named}");
            let rename = lines.lines().find(|line| line.contains("service.rename")).unwrap();
            assert!(rename.contains("bot -> deployer"), "{rename}");
        }
        let (ok, _, said) = server.try_admin(&["audit", "list", "--service", "nobody"], "");
        assert!(!ok && said.contains("there is no service account nobody"), "{said}");
        let mika = Session::begin(&server, "mika").await;
        let get = async |path: &str| {
            let answer = mika.request(&server, Method::GET, path).send().await.unwrap();
            answer.text().await.unwrap()
        };
        let log = "/settings/server/audit";
        let page = get(&format!("{log}?service=deployer")).await;
        assert_eq!(page.matches("<tr>").count() - 1, events.len(), "{page}");
        assert!(page.contains("value=\"deployer\"") && page.contains("Service account renamed"));
        let export = crate::session::between(&page, &format!("href=\"{log}/export"), "\"");
        assert!(export.contains("service=deployer"), "{export}");
        assert_eq!(
            of(&get(&format!("{log}/export{}", export.replace("&amp;", "&"))).await),
            events
        );
        let page = get(&format!("{log}?service=nobody")).await;
        assert!(page.contains("no “nobody” here"), "{page}");
    }
}

fn rondo(server: &Server, token: &str, words: &[&str]) -> Output {
    let mut command = Command::new(RONDO);
    command.arg("service").args(words).env("RONDO_URL", &server.url).env("CIRCLE_TOKEN", token);
    command.env("LC_ALL", "C.UTF-8").output().unwrap()
}

/// What a command that must succeed printed.
fn prints(server: &Server, token: &str, words: &[&str]) -> String {
    let output = rondo(server, token, words);
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{words:?}: {complaint}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[tokio::test]
async fn the_command_makes_changes_and_deletes_accounts_and_their_tokens() {
    let (server, boss) = server(Database::Sqlite);
    let run = |words: &str| {
        let words: Vec<_> = words.split(' ').collect();
        prints(&server, &boss, &[&words[..], &["--org", "gh/acme"]].concat())
    };
    run("create bot --ceiling read-status,read-builds --contact dora --contact boss");
    let list = run("list");
    assert!(list.contains("bot") && list.contains("read-status,read-builds"), "{list}");
    let value = run("token create bot --label nightly --permissions read-status --expires 30d");
    assert_eq!(status(&server, &value, WEB).await, 200);
    let tokens: Value = serde_json::from_str(&run("token list bot --json")).unwrap();
    let id = tokens[0]["id"].as_str().unwrap();
    assert!(run(&format!("token show bot {id}")).contains("read-status"));
    assert!(run(&format!("token use bot {id}")).contains("/api/v1.1/project/"));
    let next = run(&format!("token rotate bot {id} --grace 0s"));
    assert_eq!(status(&server, &next, WEB).await, 200);
    assert_eq!(status(&server, &value, WEB).await, 401);
    let next = &next[6..17];
    run(&format!("token disable bot {next}"));
    run(&format!("token enable bot {next}"));
    run("ceiling bot read-status");
    run("contacts bot dora");
    let shown: Value = serde_json::from_str(&run("show bot --json")).unwrap();
    assert_eq!(
        (&shown["ceiling"], &shown["contacts"][0]["name"]),
        (&json!(["read-status"]), &json!("dora"))
    );
    run("rename bot builder");
    run("disable builder");
    assert!(run("list").contains("disabled"));
    run("enable builder");
    run("rename builder bot");
    run(&format!("token delete bot {next} --reason done"));
    run("delete bot --reason moved");
    assert_eq!(run("list"), "");

    let refused = rondo(&server, &boss, &["list"]);
    let complaint = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(refused.status.code(), Some(2), "{complaint}");
    let refused = rondo(&server, &boss, &["show", "bot", "--project", "gh/acme/web"]);
    let complaint = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(refused.status.code(), Some(1), "{complaint}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_sees_every_account_and_stops_one_on_the_servers_own_machine() {
    for database in Database::all() {
        let (server, boss) = server(database);
        account(&server, &boss, OF_WEB, "bot", &["read-status"]).await;
        let (_, value) = token(&server, &boss, &format!("{OF_WEB}/bot"), json!({})).await;
        let mika = server.personal_token("mika");
        let other = "/api/v2/organization/gh/other/service-account";
        let body = json!({"name": "bot", "ceiling": ["read-status"]});
        let other = post(&server, &mika, other, body, 201).await;
        let admin = |words: &str| {
            let words: Vec<_> = words.split(' ').collect();
            tokio::task::block_in_place(|| {
                server.try_admin(&[&["service"], &words[..]].concat(), "")
            })
        };
        let (_, list, _) = admin("list");
        assert!(list.lines().count() == 2 && list.contains("gh/acme/web"), "{list}");
        let (_, list, _) = admin("list --json");
        let list: Vec<Value> = serde_json::from_str(&list).unwrap();
        assert_eq!((&list[0]["organization"], &list[1]["id"]), (&json!("gh/acme"), &other["id"]));
        for (words, said) in [
            ("show bot", "several organizations"),
            ("disable bot", "several organizations"),
            ("show nobody", "there is no service account nobody"),
            ("show bot --org gh/none", "there is no service account bot"),
        ] {
            let (ok, _, complaint) = admin(words);
            assert!(!ok && complaint.contains(said), "{words}: {complaint}");
        }
        assert!(admin(&format!("show {}", other["id"].as_str().unwrap())).1.contains("gh/other"));
        // When the command has ended, the server beside it has heard of it.
        assert_eq!(status(&server, &value, WEB).await, 200);
        assert!(admin("disable bot --org gh/acme").0);
        assert_eq!(status(&server, &value, WEB).await, 401);
        assert!(admin("show bot --org gh/acme --json").1.contains("\"disabled_at\": \"20"));
        assert!(admin("enable bot --org gh/acme").0);
        assert_eq!(status(&server, &value, WEB).await, 200);
        let log = server.admin(&["audit", "list", "--event", "service.disable", "--json"]);
        assert!(log.contains("\"actor\": \"console\""), "{log}");
    }
}

#[tokio::test]
async fn the_pages_make_an_account_with_a_token_that_is_shown_once() {
    let (server, _) = server(Database::Sqlite);
    let session = Session::begin(&server, "boss").await;
    let base = "/settings/project/gh/acme/web/services";
    let send = async |path: &str, fields: &[(&str, &str)]| {
        let fields = [fields, &[("csrf", session.word.as_str())]].concat();
        let request = session.request(&server, Method::POST, path).form(&fields);
        let answer = request.send().await.unwrap();
        let to = answer.headers().get("location").map(|to| to.to_str().unwrap().to_owned());
        (answer.status().as_u16(), to.unwrap_or_default(), answer.text().await.unwrap())
    };
    for (fields, says) in [
        (&[("name", "a b"), ("right-read-status", "yes"), ("contacts", "boss")][..], "digits"),
        (&[("name", "bot"), ("contacts", "boss")], "at least one right"),
        (&[("name", "a b"), ("contacts", "boss")], "at least one right"),
        (&[("name", "bot"), ("right-read-status", "yes"), ("contacts", "eve")], "no member"),
    ] {
        let (status, _, page) = send(base, fields).await;
        assert_eq!(status, 400);
        assert!(page.contains(says), "{says}: {page}");
    }
    let fields = [("name", "bot"), ("right-read-status", "yes"), ("contacts", "boss\r\ndora")];
    let (status, place, _) = send(base, &fields).await;
    assert_eq!(status, 303);
    let (status, _, page) = send(base, &fields).await;
    assert!(status == 400 && page.contains("of this name"), "{page}");
    let wide = [("label", "x"), ("right-read-status", "yes"), ("right-read-builds", "yes")];
    let (status, _, page) = send(&format!("{place}/tokens"), &wide).await;
    assert!(
        status == 400 && page.contains("The account itself may not read whole builds"),
        "{page}"
    );
    let (status, _, page) =
        send(&format!("{place}/tokens"), &[("label", "x"), ("right-read-status", "yes")]).await;
    assert_eq!(status, 200);
    let value = crate::session::between(&page, "id=\"value\" readonly value=\"", "\"");
    assert_eq!(self::status(&server, &value, WEB).await, 200);
    let page = session.request(&server, Method::GET, &place).send().await.unwrap();
    let page = page.text().await.unwrap();
    assert!(page.contains(&value[6..17]) && !page.contains(&value), "the id alone is shown again");
    let (status, to, _) = send(&format!("{place}/name"), &[("name", "deployer")]).await;
    assert_eq!((status, to.as_str()), (303, place.as_str()));
    account(&server, &server.personal_token("boss"), OF_WEB, "other", &["read-status"]).await;
    for (name, says) in [("other", "of this name"), ("a b", "Use letters, digits"), ("", "name")] {
        let (status, _, page) = send(&format!("{place}/name"), &[("name", name)]).await;
        assert!(status == 400 && page.contains(says), "{name}: {page}");
        assert!(page.contains("<h1>deployer</h1>"), "the page says what it is called: {page}");
    }
    let (status, ..) = send(&format!("{place}/ceiling"), &[("right-read-builds", "yes")]).await;
    assert_eq!((status, self::status(&server, &value, WEB).await), (303, 404));
    let (status, to, _) = send(&format!("{place}/delete"), &[("reason", "moved")]).await;
    assert_eq!((status, to.as_str()), (303, base));
    assert_eq!(self::status(&server, &value, WEB).await, 401);
}
