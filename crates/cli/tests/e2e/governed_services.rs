//! What a policy means for the tokens of service accounts: they are held to each rule as all others are, and
//! their rights to change something wait for an admin who did not make them.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Database, Server, answer};
use crate::policy::{Place, in_days, text};
use crate::session::Session;

const SERVICES: &str = "/api/v2/organization/gh/acme/service-account";
const APPROVAL: &str = "/api/v2/organization/gh/acme/approval";
const WEB: &str = "/api/v1.1/project/gh/acme/web";
/// The page of the tokens of an account is below it.
const PAGES: &str = "/settings/organization/gh/acme/services";

/// What somebody who is signed in is answered: the status, and the code of a refusal.
async fn ask(
    server: &Server,
    by: &Session,
    method: Method,
    path: &str,
    body: Value,
) -> (u16, Value) {
    answer(by.request(server, method, path).json(&body)).await
}

/// An account that boss made, which may have it build; its id.
async fn account(place: &Place) -> String {
    let body = json!({"name": "bot", "ceiling": ["read-status", "trigger-builds"]});
    let (status, made) = ask(&place.server, &place.boss, Method::POST, SERVICES, body).await;
    assert_eq!(status, 201, "{made}");
    text(&made, "id").to_owned()
}

/// A token of the account that somebody makes: its id and its value.
async fn token(place: &Place, by: &Session, more: Value) -> (String, String) {
    let mut body = json!({"label": "deploy"});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let path = format!("{SERVICES}/bot/token");
    let (status, made) = ask(&place.server, by, Method::POST, &path, body).await;
    assert_eq!(status, 201, "{made}");
    (text(&made, "id").to_owned(), text(&made, "token").to_owned())
}

#[tokio::test]
async fn a_service_accounts_token_is_held_to_each_rule_as_all_others_are() {
    for database in Database::all() {
        let place = Place::make(database).await;
        account(&place).await;
        let (_, endless) = token(&place, &place.boss, json!({})).await;
        let (_, short) = token(&place, &place.boss, json!({"expires_at": in_days(20)})).await;
        let far = json!({"networks": ["192.0.2.0/24"], "confirm_networks": true});
        for (rules, token, expected) in [
            (json!({"networks": ["192.0.2.0/24", "127.0.0.0/8"]}), &endless, "ok"),
            (far, &endless, "policy_network"),
            (json!({"max_days": 30}), &endless, "policy_lifetime"),
            (json!({"max_days": 30}), &short, "ok"),
            // What it may do was chosen, right by right.
            (json!({"no_unrestricted": true}), &endless, "ok"),
            (json!({"no_query": true}), &endless, "ok"),
            (json!({"approval": true}), &endless, "ok"),
        ] {
            place.set(rules).await;
            place.check(token, "GET", WEB, expected).await;
        }
        place.set(json!({"no_query": true})).await;
        let asked = format!("{WEB}?circle-token={endless}");
        let (status, refused) = answer(place.server.request(Method::GET, &asked)).await;
        assert_eq!((status, text(&refused, "code")), (403, "policy_query"), "{refused}");
    }
}

#[tokio::test]
async fn a_service_accounts_token_changes_something_only_once_an_admin_who_did_not_make_it_approved()
 {
    for database in Database::all() {
        let place = Place::make(database).await;
        let (server, boss, deputy) = (&place.server, &place.boss, &place.deputy);
        account(&place).await;
        let (_, old) = token(&place, boss, json!({})).await;
        place.set(json!({"approval": true})).await;
        let (id, new) = token(&place, boss, json!({})).await;
        let (_, reads) = token(&place, boss, json!({"permissions": ["read-status"]})).await;
        place.check(&old, "POST", WEB, "ok").await;
        place.check(&new, "GET", WEB, "ok").await;
        place.check(&reads, "GET", WEB, "ok").await;
        place.check(&new, "POST", WEB, "policy_approval").await;
        let (_, list) = ask(server, deputy, Method::GET, APPROVAL, json!({})).await;
        let items = list["items"].as_array().unwrap();
        assert_eq!(items.len(), 1, "{list}");
        assert_eq!((text(&items[0], "id"), text(&items[0], "approval")), (id.as_str(), "waiting"));
        assert_eq!(text(&items[0], "service_account"), "bot");

        let one = format!("{APPROVAL}/{id}");
        let (status, refused) = ask(server, boss, Method::POST, &one, json!({})).await;
        assert_eq!((status, text(&refused, "code")), (403, "second_admin"), "{refused}");
        place.check(&new, "POST", WEB, "policy_approval").await;
        let reason = json!({"reason": "whose is it?"});
        assert_eq!(ask(server, deputy, Method::DELETE, &one, reason).await.0, 200);
        place.check(&new, "POST", WEB, "policy_approval").await;
        assert_eq!(ask(server, deputy, Method::POST, &one, json!({})).await.0, 200);
        place.check(&new, "POST", WEB, "ok").await;
        // Another server that begins now knows it too.
        assert_eq!(ask(server, deputy, Method::DELETE, &one, json!({})).await.0, 200);
        place.check(&new, "POST", WEB, "policy_approval").await;

        // Who made one of somebody else's account is still no second admin for it.
        let (id, by_deputy) = token(&place, deputy, json!({})).await;
        let one = format!("{APPROVAL}/{id}");
        assert_eq!(ask(server, deputy, Method::POST, &one, json!({})).await.0, 403);
        assert_eq!(ask(server, boss, Method::POST, &one, json!({})).await.0, 200);
        place.check(&by_deputy, "POST", WEB, "ok").await;
        assert_eq!(
            ask(server, boss, Method::DELETE, &format!("{SERVICES}/bot"), json!({})).await.0,
            200
        );
        let (_, list) = ask(server, deputy, Method::GET, APPROVAL, json!({})).await;
        assert_eq!(list["items"], json!([]), "approvals end with their tokens");
    }
}

#[tokio::test]
async fn the_form_of_a_service_accounts_token_offers_no_longer_life_than_the_policy_leaves() {
    let place = Place::make(Database::Sqlite).await;
    let (server, boss) = (&place.server, &place.boss);
    let id = account(&place).await;
    let tokens = format!("{PAGES}/{id}/tokens");
    let page = async |path: &str| {
        let request = boss.request(server, Method::GET, path);
        request.send().await.unwrap().text().await.unwrap()
    };
    let form = page(&format!("{tokens}/new")).await;
    assert!(form.contains("value=\"365\"") && !form.contains("Policy of gh/acme"), "{form}");
    place.set(json!({"max_days": 30})).await;
    let form = page(&format!("{tokens}/new")).await;
    assert!(
        form.contains("lives 30 days at most") && form.contains("value=\"30\" selected"),
        "{form}"
    );
    for gone in ["value=\"never\"", "value=\"90\"", "value=\"365\""] {
        assert!(!form.contains(gone), "{gone}: {form}");
    }
    let post = async |end: &str| {
        let fields = [
            ("csrf", boss.word.as_str()),
            ("label", "x"),
            ("right-read-status", "yes"),
            ("expires", end),
        ];
        let request = boss.request(server, Method::POST, &tokens).form(&fields);
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    };
    // Whoever sends another one than the form has is refused, and told which rule it is.
    for end in ["never", "90"] {
        let (status, page) = post(end).await;
        assert!(status == 400 && page.contains("30 days"), "{end}: {page}");
    }
    let (status, page) = post("30").await;
    assert_eq!(status, 200, "{page}");
    let value = crate::session::between(&page, "id=\"value\" readonly value=\"", "\"");
    place.check(&value, "GET", WEB, "ok").await;
    let waits = "In gh/acme it only reads: the rest waits for another admin";
    assert!(!page.contains(waits), "what may only read waits for nobody: {page}");
    let refused = json!({"label": "x", "expires_at": in_days(31)});
    let path = format!("{SERVICES}/bot/token");
    let (status, refused) = ask(server, boss, Method::POST, &path, refused).await;
    assert_eq!((status, text(&refused, "code")), (403, "policy_lifetime"), "{refused}");
    // Whoever made one that waits is told where its value is shown.
    place.set(json!({"approval": true})).await;
    let fields = [("csrf", boss.word.as_str()), ("label", "y"), ("right-trigger-builds", "yes")];
    let request = boss.request(server, Method::POST, &tokens).form(&fields);
    let page = request.send().await.unwrap().text().await.unwrap();
    assert!(page.contains("id=\"value\"") && page.contains(waits), "{page}");
}

/// What the lists say that policies take from a token.
fn policies(list: &Value, id: &str) -> Value {
    let items = list.as_array().or_else(|| list["items"].as_array()).unwrap();
    let one = items.iter().find(|item| item["id"] == id);
    one.unwrap_or_else(|| panic!("no {id} in {list}"))["policies"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_say_what_policies_take_from_a_token_and_what_waits_for_an_approval() {
    for database in Database::all() {
        let place = Place::make(database).await;
        let (server, boss, deputy) = (&place.server, &place.boss, &place.deputy);
        account(&place).await;
        let (whole, by_boss) = (server.personal_token("dora"), server.personal_token("boss"));
        place.set(json!({"approval": true})).await;
        let own = "/api/v1.1/user/token";
        let made =
            place.made(&whole, own, json!({"label": "mine", "expires_at": in_days(20)})).await;
        let (mine, value) = (text(&made, "id"), text(&made, "token"));
        let (of_bot, _) = token(&place, boss, json!({})).await;
        let list =
            async |by: &Session, path: &str| ask(server, by, Method::GET, path, json!({})).await.1;
        let organization = "/api/v2/organization/gh/acme/token";
        let tokens = format!("{SERVICES}/bot/token");
        let taken = |code: &str, approval: Option<&str>, reason: Option<&str>| {
            json!([{"organization": "gh/acme", "code": code, "approval": approval,
                "reason": reason}])
        };
        let waits = taken("policy_approval", Some("waiting"), None);
        assert_eq!(made["policies"], waits, "who made it is told");
        let (_, listed) = server.get(&whole, own).await;
        assert_eq!(policies(&listed, mine), waits);
        assert_eq!(policies(&listed, &whole[6..17]), json!([]));
        assert_eq!(policies(&list(boss, &tokens).await, &of_bot), waits);
        let all = list(boss, organization).await;
        assert_eq!((policies(&all, mine), policies(&all, &of_bot)), (waits.clone(), waits.clone()));
        let (_, told) = server.get(value, "/api/v2/token/self").await;
        assert_eq!(told["policies"], waits);

        // So do pages: of one token, and of those of others, who are not the reader.
        let page = async |by: &Session, path: &str| {
            let request = by.request(server, Method::GET, path);
            request.send().await.unwrap().text().await.unwrap()
        };
        let dora = Session::begin(server, "dora").await;
        let own_page = page(&dora, &format!("/settings/user/tokens/{mine}")).await;
        assert!(own_page.contains("In gh/acme it only reads") && own_page.contains("you may do"));
        for path in ["approvals", "tokens"] {
            let page = page(deputy, &format!("/settings/organization/gh/acme/{path}")).await;
            assert!(page.contains(mine) && !page.contains("you may do"), "{path}: {page}");
        }

        let reason = json!({"reason": "too broad"});
        let one = format!("{APPROVAL}/{mine}");
        assert_eq!(ask(server, deputy, Method::DELETE, &one, reason).await.0, 200);
        let refused = taken("policy_approval", Some("refused"), Some("too broad"));
        assert_eq!(policies(&server.get(&whole, own).await.1, mine), refused);
        for (locale, says) in [
            ("C.UTF-8", ["refused in gh/acme", "waits for an approval in gh/acme"]),
            ("ja_JP.UTF-8", ["gh/acme で却下", "gh/acme で承認待ち"]),
        ] {
            let run = |token: &str, words: &str| {
                let mut command = std::process::Command::new(crate::harness::RONDO);
                command.args(words.split(' ')).env("LC_ALL", locale);
                command.env("RONDO_URL", &server.url).env("CIRCLE_TOKEN", token);
                let output = tokio::task::block_in_place(|| command.output().unwrap());
                String::from_utf8(output.stdout).unwrap()
            };
            let lines = run(&by_boss, "token list --org gh/acme");
            let of = |id: &str| lines.lines().find(|line| line.starts_with(id)).unwrap().to_owned();
            assert!(of(mine).ends_with(says[0]) && of(&of_bot).ends_with(says[1]), "{lines}");
            assert!(run(&whole, "token list").contains(says[0]));
            assert!(run(value, "token self").contains(says[0]));
            assert!(run(&whole, &format!("token show {mine}")).contains(says[0]));
            assert!(run(&by_boss, "service token list bot --org gh/acme").contains(says[1]));
        }
        assert_eq!(ask(server, deputy, Method::POST, &one, json!({})).await.0, 200);
        assert_eq!(policies(&server.get(&whole, own).await.1, mine), json!([]));
        place.set(json!({"max_days": 10})).await;
        let stopped = taken("policy_lifetime", None, None);
        assert_eq!(policies(&server.get(&whole, own).await.1, mine), stopped);
        assert_eq!(policies(&list(boss, organization).await, mine), stopped);
    }
}
