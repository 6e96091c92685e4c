//! Policies of organizations, through the API: what each rule refuses where a token is used and where one is
//! made, who sets a policy, approvals by a second admin, and that explain says what the guard does. The
//! clock is moved in `app`'s own tests; pages are walked in a file of their own.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Database, Server, answer};
use crate::session::Session;

const CONFIG: &str = "version: 2.1\njobs:\n  build: {machine: true, steps: [{run: 'true'}]}\n";
const OWN: &str = "/api/v1.1/user/token";
const WEB: &str = "/api/v1.1/project/gh/acme/web";
const THING: &str = "/api/v1.1/project/gh/other/thing";
pub(crate) const POLICY: &str = "/api/v2/organization/gh/acme/policy";
const APPROVAL: &str = "/api/v2/organization/gh/acme/approval";

/// boss and deputy administer `gh/acme`, dora builds there and sees `gh/other`, ren sees that alone, mika
/// administers the server.
pub(crate) struct Place {
    pub(crate) server: Server,
    pub(crate) boss: Session,
    pub(crate) deputy: Session,
}

impl Place {
    pub(crate) async fn make(database: Database) -> Self {
        let server = Server::start_with(database, &["--executor", "none"]);
        server.add_person("mika", true);
        for slug in ["gh/acme/web", "gh/other/thing"] {
            server.add_project(slug, CONFIG);
        }
        for (name, org, role) in [
            ("boss", "gh/acme", "admin"),
            ("deputy", "gh/acme", "admin"),
            ("dora", "gh/acme", "contributor"),
            ("ren", "gh/other", "viewer"),
        ] {
            server.add_person(name, false);
            server.admin(&["user", "role", name, org, role]);
        }
        server.admin(&["user", "role", "dora", "gh/other", "viewer"]);
        let boss = Session::begin(&server, "boss").await;
        let deputy = Session::begin(&server, "deputy").await;
        Self { server, boss, deputy }
    }

    async fn by(&self, who: &Session, method: Method, path: &str, body: &Value) -> (u16, Value) {
        answer(who.request(&self.server, method, path).json(body)).await
    }

    pub(crate) async fn put(&self, mut rules: Value) -> (u16, Value) {
        let (_, known) = self.by(&self.boss, Method::GET, POLICY, &json!({})).await;
        rules["version"] = known["version"].clone();
        self.by(&self.boss, Method::PUT, POLICY, &rules).await
    }

    /// Sets the whole policy.
    pub(crate) async fn set(&self, rules: Value) -> Value {
        let (status, set) = self.put(rules).await;
        assert_eq!(status, 200, "{set}");
        set
    }

    pub(crate) async fn made(&self, by: &str, path: &str, body: Value) -> Value {
        let (status, made) = self.server.post(by, path, body).await;
        assert_eq!(status, 201, "{made}");
        made
    }

    async fn value(&self, by: &str, body: Value) -> String {
        self.made(by, OWN, body).await["token"].as_str().unwrap().to_owned()
    }

    /// What a call with a token in a header is answered: the status, and the refusal's code. The guard and
    /// explain say the same.
    async fn call(&self, token: &str, method: &str, path: &str) -> (u16, String) {
        let asked = self.server.request(Method::GET, "/api/v2/token/self/explain");
        let asked = asked.query(&[("method", method), ("path", path)]);
        let (_, explained) = answer(asked.header("circle-token", token)).await;
        let verb = Method::from_bytes(method.as_bytes()).unwrap();
        let request = self.server.request(verb, path).header("circle-token", token);
        let (status, body) = answer(request.json(&json!({}))).await;
        assert_eq!(explained["allowed"], status < 300, "{explained} but {status}: {body}");
        let code = body["code"].as_str().unwrap_or_default().to_owned();
        if code.starts_with("policy_") {
            assert_eq!(explained["stopped_by"], "policy", "{explained}");
            assert_eq!(explained["reason"], body["message"]);
            assert!(
                body["message"].as_str().unwrap().starts_with("The policy of gh/acme: "),
                "{body}"
            );
        }
        (status, code)
    }

    pub(crate) async fn check(&self, token: &str, method: &str, path: &str, expected: &str) {
        let (status, code) = self.call(token, method, path).await;
        let said = if status < 300 { "ok" } else { code.as_str() };
        assert_eq!(said, expected, "{method} {path}: {status}");
    }
}

pub(crate) fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_else(|| panic!("{name} in {value}"))
}

pub(crate) fn in_days(days: i64) -> String {
    let hours = jiff::SignedDuration::from_hours(days * 24);
    jiff::Timestamp::now().checked_add(hours).unwrap().to_string()
}

#[tokio::test]
async fn each_rule_refuses_where_a_token_is_used_and_names_organization_rule_and_way_out() {
    for database in Database::all() {
        let place = Place::make(database).await;
        let server = &place.server;
        let whole = server.personal_token("dora");
        let chosen = json!({"label": "web", "projects": ["gh/acme/web"]});
        let chosen = place.value(&whole, chosen).await;
        let reading = json!({"label": "reads", "permissions": ["read-status", "read-builds"]});
        let reading = place.value(&whole, reading).await;
        let short = place.value(&whole, json!({"label": "s", "expires_at": in_days(20)})).await;
        let of_web = server.project_token("gh/acme/web", "all");
        let badge = server.project_token("gh/acme/web", "badge");
        let elsewhere = server.personal_token("ren");

        let far = json!({"networks": ["192.0.2.0/24"], "confirm_networks": true});
        let near = json!({"networks": ["192.0.2.0/24", "127.0.0.0/8"]});
        for (rules, token, expected) in [
            (json!({"no_unrestricted": true}), &whole, "policy_unrestricted"),
            (json!({"no_unrestricted": true}), &short, "policy_unrestricted"),
            (json!({"no_unrestricted": true}), &chosen, "ok"),
            (json!({"no_unrestricted": true}), &reading, "ok"),
            (json!({"no_unrestricted": true}), &of_web, "ok"),
            (json!({"max_days": 30}), &whole, "policy_lifetime"),
            (json!({"max_days": 30}), &of_web, "policy_lifetime"),
            (json!({"max_days": 30}), &short, "ok"),
            (json!({"max_days": 19}), &short, "policy_lifetime"),
            (far.clone(), &whole, "policy_network"),
            (far, &of_web, "policy_network"),
            (near, &whole, "ok"),
            (json!({"idle_days": 1, "no_query": true, "approval": true}), &whole, "ok"),
            (json!({}), &whole, "ok"),
        ] {
            place.set(rules.clone()).await;
            place.check(token, "GET", WEB, expected).await;
            // Whoever may not know of the project learns nothing of its policy.
            place.check(&elsewhere, "GET", WEB, "project_not_found").await;
            // Elsewhere, on the server itself, and for who is signed in it does not count.
            for path in [THING, "/api/v1.1/me"] {
                place.check(&whole, "GET", path, "ok").await;
            }
            let signed_in = place.boss.request(server, Method::GET, WEB).send().await.unwrap();
            assert_eq!(signed_in.status().as_u16(), 200, "{rules}");
        }

        place.set(json!({"no_query": true})).await;
        for (token, expected) in [(&whole, 403), (&of_web, 403)] {
            let asked = format!("{WEB}?circle-token={token}");
            let (status, refused) = answer(server.request(Method::GET, &asked)).await;
            assert_eq!((status, text(&refused, "code")), (expected, "policy_query"), "{refused}");
            assert!(text(&refused, "message").contains("Authorization: Bearer"), "{refused}");
            let explain = server.request(Method::GET, "/api/v2/token/self/explain");
            let explain =
                explain.query(&[("method", "GET"), ("path", &format!("{WEB}?circle-token=x"))]);
            let (_, explained) = answer(explain.header("circle-token", token)).await;
            assert_eq!(explained["stopped_by"], "policy", "{explained}");
        }
        // In a browser's window too whoever shows a token is told why it opens nothing.
        let svg = format!("/gh/acme/web.svg?circle-token={of_web}");
        let (status, refused) =
            answer(server.request(Method::GET, &svg).header("accept", "text/html")).await;
        assert_eq!((status, text(&refused, "code")), (403, "policy_query"), "{refused}");
        // A badge's key is made to stand in an address.
        let svg = format!("/gh/acme/web.svg?circle-token={badge}");
        assert_eq!(answer(server.request(Method::GET, &svg)).await.0, 200);
        let log = server.admin(&["audit", "list", "--event", "access.refuse", "--json"]);
        assert!(log.contains("policy_unrestricted") && log.contains("policy_lifetime"), "{log}");
    }
}

#[tokio::test]
async fn a_token_that_would_open_nothing_is_not_made_and_its_refusal_says_why() {
    let place = Place::make(Database::Sqlite).await;
    let server = &place.server;
    let boss = server.personal_token("boss");
    let dora = server.personal_token("dora");
    let tokens = format!("{WEB}/token");
    let old = place.made(&boss, &tokens, json!({"label": "old", "scope": "all"})).await;
    place.set(json!({"max_days": 30})).await;
    let create =
        async |by: &Session, path: &str, body: Value| place.by(by, Method::POST, path, &body).await;
    let refused = |(status, refused): (u16, Value), code: &str| {
        assert_eq!((status, text(&refused, "code")), (403, code), "{refused}");
        assert!(text(&refused, "message").contains("gh/acme"), "{refused}");
    };
    for end in [Value::Null, in_days(31).into()] {
        let body = json!({"label": "x", "scope": "status", "expires_at": end});
        refused(create(&place.boss, &tokens, body).await, "policy_lifetime");
    }
    let body = json!({"label": "x", "scope": "status", "expires_at": in_days(29)});
    assert_eq!(create(&place.boss, &tokens, body).await.0, 201);
    let rotate = format!("{tokens}/{}/rotate", text(&old, "id"));
    refused(create(&place.boss, &rotate, json!({})).await, "policy_lifetime");
    let (ok, _, said) = server.try_admin(
        &["token", "create", "project", "gh/acme/web", "--scope", "all", "--label", "x"],
        "",
    );
    assert!(!ok && said.contains("gh/acme") && said.contains("30 days"), "{said}");
    let sooner = ["token", "create", "project", "gh/acme/web", "--scope", "all", "--label", "x"];
    let sooner = server.admin(&[&sooner[..], &["--expires", "29d"]].concat());
    place.check(sooner.trim(), "GET", WEB, "ok").await;
    let personal = ["token", "create", "personal", "--user", "dora", "--label", "x"];
    let sooner = server.admin(&[&personal[..], &["--expires", "29d"]].concat());
    place.check(sooner.trim(), "GET", WEB, "ok").await;
    for (expires, why) in [("2020-01-01T00:00:00Z", "in the future"), ("soon", "take a moment")] {
        let (ok, _, said) =
            server.try_admin(&[&personal[..], &["--expires", expires]].concat(), "");
        assert!(!ok && said.contains(why), "{said}");
    }

    let of = |projects: &[&str]| json!({"label": "x", "projects": projects});
    refused(server.post(&dora, OWN, of(&["gh/acme/web"])).await, "policy_lifetime");
    // The way out that the refusal names is open to a token that the policy stops.
    let sooner = json!({
        "label": "sooner", "permissions": ["read-status"], "projects": ["gh/acme/web"],
        "expires_at": in_days(29),
    });
    let sooner = place.value(&dora, sooner).await;
    place.check(&sooner, "GET", WEB, "ok").await;
    for body in [of(&["gh/acme/web", "gh/other/thing"]), json!({"label": "all"})] {
        let value = place.value(&dora, body).await;
        place.check(&value, "GET", WEB, "policy_lifetime").await;
        place.check(&value, "GET", THING, "ok").await;
    }
    let mut ending = of(&["gh/acme/web"]);
    ending["expires_at"] = in_days(30).into();
    let ending = place.value(&dora, ending).await;
    place.check(&ending, "GET", WEB, "ok").await;
}

#[tokio::test]
async fn a_policy_is_set_by_an_admin_who_saw_the_one_before_and_wrong_rules_are_named() {
    let place = Place::make(Database::Sqlite).await;
    let server = &place.server;
    let (status, none) = place.by(&place.boss, Method::GET, POLICY, &json!({})).await;
    assert_eq!((status, &none["version"], &none["max_days"]), (200, &json!(0), &Value::Null));
    for (rules, part) in [
        (json!({"max_days": 0}), "max_days: take a number of days from 1 to 3650"),
        (json!({"idle_days": -1}), "idle_days: take a number of days"),
        (json!({"max_days": 3651}), "max_days"),
        (json!({"networks": []}), "networks: an empty list"),
        (json!({"networks": ["10.0.0.0/33"]}), "is no network"),
        (json!({"networks": ["10.0.0.7/8"]}), "take 10.0.0.0/8"),
        (json!({"networks": ["192.0.2.0/24"]}), "your own address 127.0.0.1 lies in none of them"),
        (json!({"max_dais": 3}), "max_dais"),
    ] {
        let (status, refused) = place.put(rules.clone()).await;
        assert_eq!(status, 400, "{rules}: {refused}");
        assert!(text(&refused, "message").contains(part), "{rules}: {refused}");
    }
    let body = json!({"max_days": 90});
    let (status, refused) = place.by(&place.boss, Method::PUT, POLICY, &body).await;
    assert!(status == 400 && text(&refused, "message").contains("version"), "{refused}");

    // What it would mean is told before it is done.
    let (boss, dora) = (server.personal_token("boss"), server.personal_token("dora"));
    server.project_token("gh/acme/web", "status");
    server.project_token("gh/other/thing", "status");
    let (status, told) = place.put(json!({"max_days": 90, "dry_run": true})).await;
    let counts =
        |told: &Value| [&told["tokens"], &told["stopped"], &told["idle"]].map(Value::as_u64);
    assert_eq!((status, counts(&told)), (200, [Some(3), Some(3), Some(0)]), "{told}");
    assert_eq!((&told["dry_run"], &told["policy"]["version"]), (&json!(true), &json!(0)));
    let (_, told) = place.put(json!({"no_unrestricted": true, "dry_run": true})).await;
    assert_eq!(counts(&told), [Some(3), Some(2), Some(0)], "{told}");
    place.check(&dora, "GET", WEB, "ok").await;

    let first = json!({"version": 0, "max_days": 90});
    let (status, set) = place.by(&place.boss, Method::PUT, POLICY, &first).await;
    assert_eq!((status, &set["policy"]["version"], &set["stopped"]), (200, &json!(1), &json!(3)));
    place.check(&dora, "GET", WEB, "policy_lifetime").await;
    let late = json!({"version": 0, "max_days": 3000});
    let (status, refused) = place.by(&place.deputy, Method::PUT, POLICY, &late).await;
    assert_eq!((status, text(&refused, "code")), (409, "outdated"), "{refused}");

    // A token that the policy stops does not lift it; nor does anybody else.
    let lift = json!({"version": 1});
    let put = async |token: &str| {
        let request = server.request(Method::PUT, POLICY).header("circle-token", token);
        let (status, body) = answer(request.json(&lift)).await;
        (status, body["code"].as_str().unwrap_or_default().to_owned())
    };
    let narrow = json!({"label": "web", "projects": ["gh/acme/web"], "expires_at": in_days(1)});
    let narrow = place.value(&boss, narrow).await;
    for (token, status, code) in [
        (&boss, 403, "policy_lifetime"),
        (&dora, 403, "insufficient_scope"),
        (&server.personal_token("ren"), 404, "organization_not_found"),
        (&narrow, 404, "organization_not_found"),
    ] {
        assert_eq!(put(token).await, (status, code.to_owned()), "{code}");
    }
    let ending = place.value(&boss, json!({"label": "b", "expires_at": in_days(1)})).await;
    assert_eq!(put(&ending).await.0, 200);
    place.check(&dora, "GET", WEB, "ok").await;
    let log = server.admin(&["audit", "list", "--event", "policy.change", "--json"]);
    assert!(log.contains("max_days 90") && log.contains("no rules"), "{log}");
}

#[tokio::test]
async fn rights_that_change_something_wait_for_a_second_admin() {
    for database in Database::all() {
        let place = Place::make(database).await;
        let server = &place.server;
        let old = server.personal_token("dora");
        place.set(json!({"approval": true})).await;
        let made = place.made(&old, OWN, json!({"label": "new"})).await;
        let (id, new) = (text(&made, "id"), text(&made, "token"));
        let reads = json!({"label": "r", "permissions": ["read-status"]});
        place.value(&old, reads).await;
        let of_boss = place.value(&server.personal_token("boss"), json!({"label": "b"})).await;
        let boss_id = of_boss[6..17].to_owned();

        place.check(&old, "POST", WEB, "ok").await;
        place.check(new, "GET", WEB, "ok").await;
        place.check(new, "POST", WEB, "policy_approval").await;
        let said = async || {
            let (status, list) = place.by(&place.boss, Method::GET, APPROVAL, &json!({})).await;
            assert_eq!(status, 200, "{list}");
            let mut said = Vec::new();
            for item in list["items"].as_array().unwrap() {
                said.push(format!("{} {}", text(item, "owner"), text(item, "approval")));
            }
            said
        };
        // The command made boss's own after the rule, too; what only reads waits for nobody.
        assert_eq!(said().await, ["boss waiting", "boss waiting", "dora waiting"]);

        let one = format!("{APPROVAL}/{id}");
        let own = format!("{APPROVAL}/{boss_id}");
        let approve = async |by: &Session, path: &str| {
            let (status, body) = place.by(by, Method::POST, path, &json!({})).await;
            (status, body["code"].as_str().unwrap_or_default().to_owned())
        };
        // Nobody approves their own; a token that waits does not approve; nor does one of chosen rights.
        assert_eq!(approve(&place.boss, &own).await, (403, "second_admin".to_owned()));
        place.check(&of_boss, "POST", &one, "policy_approval").await;
        assert_eq!(approve(&place.deputy, &own).await.0, 200);
        let rights = json!({"label": "c", "permissions": ["manage-tokens", "read-status"]});
        let rights = place.made(&of_boss, OWN, rights).await;
        let narrow = format!("{APPROVAL}/{}", text(&rights, "id"));
        assert_eq!(approve(&place.deputy, &narrow).await.0, 200);
        let (status, refused) = server.post(text(&rights, "token"), &one, json!({})).await;
        assert_eq!((status, text(&refused, "code")), (403, "second_admin"), "{refused}");
        assert_eq!(server.post(&of_boss, &own, json!({})).await.1["code"], "second_admin");
        let nothing = format!("{APPROVAL}/{}", &old[6..17]);
        assert_eq!(approve(&place.deputy, &nothing).await, (400, "not_now".to_owned()));
        let (status, _) = approve(&place.deputy, &format!("{APPROVAL}/00000000000")).await;
        assert_eq!(status, 404);
        let dora = Session::begin(server, "dora").await;
        assert_eq!(approve(&dora, &one).await, (403, "insufficient_scope".to_owned()));

        // Approved by a whole token of another admin; withdrawn at once; approved again.
        assert_eq!(server.post(&of_boss, &one, json!({})).await.0, 200);
        place.check(new, "POST", WEB, "ok").await;
        let reason = json!({"reason": "nobody knows what for"});
        assert_eq!(place.by(&place.deputy, Method::DELETE, &one, &reason).await.0, 200);
        place.check(new, "POST", WEB, "policy_approval").await;
        place.check(new, "GET", WEB, "ok").await;
        let (_, list) = place.by(&place.boss, Method::GET, APPROVAL, &json!({})).await;
        let items = list["items"].as_array().unwrap();
        let refused = items.iter().find(|item| item["id"] == id).unwrap();
        assert_eq!((text(refused, "approval"), text(refused, "said_by")), ("refused", "deputy"));
        assert_eq!(text(refused, "reason"), "nobody knows what for");
        assert_eq!(approve(&place.deputy, &one).await.0, 200);
        place.check(new, "POST", WEB, "ok").await;
        // An approval gives no more than the token was made with, and its owner's role allows.
        place.check(new, "GET", &format!("{WEB}/token"), "insufficient_scope").await;

        // Who is no admin any more approves nothing; what they approved stays until it is taken back.
        server.admin(&["user", "role", "deputy", "gh/acme", "contributor"]);
        let (status, _) = approve(&place.deputy, &one).await;
        assert_eq!(status, 403);
        place.check(new, "POST", WEB, "ok").await;
        let log = server.admin(&["audit", "list", "--event", "approval.grant", "--json"]);
        assert!(log.contains(id) && log.contains("gh/acme"), "{log}");
    }
}

#[tokio::test]
async fn a_successor_stands_where_its_predecessor_stood() {
    let place = Place::make(Database::Sqlite).await;
    let server = &place.server;
    let old = server.personal_token("dora");
    let kept = place.made(&old, OWN, json!({"label": "made before"})).await;
    place.set(json!({"approval": true})).await;
    let approved = place.made(&old, OWN, json!({"label": "approved"})).await;
    let waiting = place.made(&old, OWN, json!({"label": "waiting"})).await;
    let path = format!("{APPROVAL}/{}", text(&approved, "id"));
    assert_eq!(place.by(&place.deputy, Method::POST, &path, &json!({})).await.0, 200);
    for (token, expected) in [(kept, "ok"), (approved, "ok"), (waiting, "policy_approval")] {
        let rotate = format!("{OWN}/{}/rotate", text(&token, "id"));
        let successor = place.made(&old, &rotate, json!({})).await;
        place.check(text(&successor, "token"), "POST", WEB, expected).await;
        // And the successor's successor.
        let rotate = format!("{OWN}/{}/rotate", text(&successor, "id"));
        let (status, refused) = server.post(&old, &rotate, json!({})).await;
        assert_eq!((status, text(&refused, "code")), (400, "not_now"), "one rotation at a time");
    }
}

#[tokio::test]
async fn other_servers_hear_of_policies_and_approvals_at_once() {
    if !Database::all().contains(&Database::Postgres) {
        return;
    }
    let place = Place::make(Database::Postgres).await;
    let second = place.server.start_beside();
    let old = place.server.personal_token("dora");
    let status = async |token: &str, method: Method| {
        // What another server may take to hear of a change.
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        let request = second.request(method, WEB).header("circle-token", token);
        answer(request.json(&json!({}))).await.0
    };
    assert_eq!(status(&old, Method::GET).await, 200);
    place.set(json!({"no_unrestricted": true})).await;
    assert_eq!(status(&old, Method::GET).await, 403);
    place.set(json!({"approval": true})).await;
    assert_eq!(status(&old, Method::GET).await, 200);
    let new = place.made(&old, OWN, json!({"label": "new"})).await;
    let (id, new) = (text(&new, "id"), text(&new, "token"));
    assert_eq!(status(new, Method::POST).await, 403);
    let path = format!("{APPROVAL}/{id}");
    assert_eq!(place.by(&place.deputy, Method::POST, &path, &json!({})).await.0, 200);
    assert_eq!(status(new, Method::POST).await, 201);
    assert_eq!(place.by(&place.deputy, Method::DELETE, &path, &json!({})).await.0, 200);
    assert_eq!(status(new, Method::POST).await, 403);
}

/// `rondo organization …` with a token, in a language: whether it went well, and what it said.
fn command(server: &Server, token: &str, locale: &str, words: &[&str]) -> (bool, String) {
    let mut command = std::process::Command::new(crate::harness::RONDO);
    command.arg("organization").args(words).env("LC_ALL", locale);
    command.env("RONDO_URL", &server.url).env("CIRCLE_TOKEN", token);
    let output = command.output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(said).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_shows_and_sets_a_policy_and_answers_what_waits_in_both_languages() {
    let place = Place::make(Database::Sqlite).await;
    let server = &place.server;
    let boss = server.personal_token("boss");
    let run = |locale: &str, words: &[&str]| {
        tokio::task::block_in_place(|| command(server, &boss, locale, words))
    };
    let (english, japanese) = ("C.UTF-8", "ja_JP.UTF-8");
    let set = ["policy", "set", "gh/acme", "--max-days", "90", "--dry-run"];
    let (ok, said) = run(english, &set);
    assert!(ok && said.contains("1 of 1 tokens would open nothing there"), "{said}");
    let (ok, said) = run(japanese, &set);
    assert!(ok && said.contains("1 個のトークンのうち 1 個が使えなくなり"), "{said}");
    let approval = ["policy", "set", "gh/acme", "--approval", "--network", "127.0.0.0/8"];
    let (ok, said) = run(english, &approval);
    assert!(ok && said.contains("it counts from now on: 0 of 1"), "{said}");
    let (ok, said) = run(english, &["policy", "show", "gh/acme"]);
    assert!(
        ok && said.contains("127.0.0.0/8") && said.contains("of tokens made since 20"),
        "{said}"
    );
    let (ok, said) = run(japanese, &["policy", "show", "gh/acme", "--json"]);
    assert!(ok && said.contains("\"version\": 1"), "{said}");
    let (ok, said) = run(english, &["policy", "set", "gh/acme", "--version", "0"]);
    assert!(!ok && said.contains("meanwhile"), "{said}");
    let (ok, said) = run(english, &["policy", "set", "gh/acme", "--network", "192.0.2.7"]);
    assert!(!ok && said.contains("your own address 127.0.0.1"), "{said}");
    let (ok, said) = run(japanese, &["policy", "show", "acme"]);
    assert!(!ok && said.contains("gh/acme のように指定してください"), "{said}");

    let dora = server.personal_token("dora");
    let made = place.made(&dora, OWN, json!({"label": "deploy"})).await;
    let (id, value) = (text(&made, "id"), text(&made, "token"));
    let (ok, said) = run(english, &["approval", "list", "gh/acme"]);
    assert!(ok && said.contains(id) && said.contains("waiting"), "{said}");
    assert!(run(english, &["approval", "grant", "gh/acme", id]).0);
    place.check(value, "POST", WEB, "ok").await;
    assert!(run(english, &["approval", "refuse", "gh/acme", id, "--reason", "too broad"]).0);
    place.check(value, "POST", WEB, "policy_approval").await;
    let (ok, said) = run(japanese, &["approval", "list", "gh/acme"]);
    assert!(ok && said.contains("却下") && said.contains("too broad"), "{said}");
    let own = &boss[6..17];
    let (ok, said) = run(english, &["approval", "grant", "gh/acme", own]);
    assert!(!ok && said.contains("takes no approval"), "{said}");
}

#[tokio::test]
async fn a_policy_form_that_is_wrong_or_late_changes_nothing_and_says_so() {
    let place = Place::make(Database::Sqlite).await;
    let server = &place.server;
    let path = "/settings/organization/gh/acme/policy";
    let send = async |by: &Session, fields: &[(&str, &str)]| {
        let mut fields = fields.to_vec();
        fields.push(("csrf", by.word.as_str()));
        let request = by.request(server, Method::POST, path).form(&fields);
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    };
    for (fields, says) in [
        (&[("version", "0"), ("max_days", "soon")][..], "from 1 to 3650"),
        (&[("version", "0"), ("max_days", "0")], "from 1 to 3650"),
        (&[("version", "0"), ("idle_days", "-3")], "from 1 to 3650"),
        (&[("version", "0"), ("networks", "10.0.0.7/8")], "10.0.0.0/8"),
    ] {
        let (status, page) = send(&place.boss, fields).await;
        assert!(status == 400 && page.contains(says), "{fields:?}: {page}");
    }
    // One's own address outside of the networks is shown before it is confirmed.
    let outside = [("version", "0"), ("networks", "192.0.2.0/24")];
    let (status, page) = send(&place.boss, &outside).await;
    assert!(status == 200 && page.contains("Your own address 127.0.0.1"), "{page}");
    let (_, known) = place.by(&place.boss, Method::GET, POLICY, &json!({})).await;
    assert_eq!(known["version"], 0, "a preview changes nothing");
    let sure = [("version", "0"), ("max_days", "30"), ("sure", "yes")];
    assert_eq!(send(&place.boss, &sure).await.0, 303);
    let late = [("version", "0"), ("max_days", "3000"), ("sure", "yes")];
    let (status, page) = send(&place.deputy, &late).await;
    assert!(status == 400 && page.contains("Somebody else changed the policy"), "{page}");
    assert!(page.contains("value=\"30\""), "it shows what counts now: {page}");
    let (_, known) = place.by(&place.boss, Method::GET, POLICY, &json!({})).await;
    assert_eq!((&known["version"], &known["max_days"]), (&json!(1), &json!(30)));
}
