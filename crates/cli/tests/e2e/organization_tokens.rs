//! The tokens of a whole organization: who may list them, what is told of them, and how they are looked
//! up and revoked many at once.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};

use crate::forgery::forged;
use crate::harness::{Database, Server, answer};
use crate::session::Session;

const CONFIG: &str = "version: 2.1\njobs:\n  build: {machine: true, steps: [{run: 'true'}]}\n";
const LIST: &str = "/api/v2/organization/gh/acme/token";
const PAGE: &str = "/settings/organization/gh/acme/tokens";
const OWN: &str = "/api/v1.1/user/token";

/// Two organizations; boss administers `gh/acme`, dora sees it, ren sees the other one, mika the server.
fn server(database: Database) -> Server {
    let server = Server::start_with(database, &["--executor", "none"]);
    for (name, admin) in [("mika", true), ("boss", false), ("dora", false), ("ren", false)] {
        server.add_person(name, admin);
    }
    server.add_project("gh/acme/web", CONFIG);
    server.add_project("gh/acme/api", CONFIG);
    server.add_project("gh/other/thing", CONFIG);
    for (name, org, role) in [
        ("boss", "gh/acme", "admin"),
        ("dora", "gh/acme", "viewer"),
        ("dora", "gh/other", "viewer"),
        ("ren", "gh/other", "admin"),
    ] {
        server.admin(&["user", "role", name, org, role]);
    }
    server
}

async fn made(server: &Server, by: &str, body: Value) -> String {
    let (status, made) = server.post(by, OWN, body).await;
    assert_eq!(status, 201, "{made}");
    made["token"].as_str().unwrap().to_owned()
}

async fn labels(server: &Server, by: &str, query: &str) -> BTreeSet<String> {
    let (status, page) = server.get(by, &format!("{LIST}?{query}")).await;
    assert_eq!(status, 200, "{query}: {page}");
    let items = page["items"].as_array().unwrap().iter();
    items.map(|item| item["label"].as_str().unwrap().to_owned()).collect()
}

fn set(labels: &[&str]) -> BTreeSet<String> {
    labels.iter().map(|label| (*label).to_owned()).collect()
}

#[tokio::test]
async fn an_administrator_lists_what_reaches_the_organization_and_narrows_the_list() {
    for database in Database::all() {
        let server = server(database);
        let create = |who: &str, label: &str| {
            server.admin(&["token", "create", "personal", "--user", who, "--label", label])
        };
        let (boss, dora) = (create("boss", "boss all"), create("dora", "Dora all"));
        create("ren", "not of acme");
        server.project_token("gh/other/thing", "all");
        let badge = server.admin(&[
            "token",
            "create",
            "project",
            "gh/acme/web",
            "--scope",
            "status",
            "--label",
            "badge",
        ]);
        for (label, more) in [
            (
                "both",
                json!({"projects": ["gh/acme/web", "gh/other/thing"], "networks": ["10.0.0.0/8"]}),
            ),
            ("elsewhere", json!({"projects": ["gh/other/thing"]})),
            (
                "soon",
                json!({"expires_at": jiff::Timestamp::now().checked_add(jiff::SignedDuration::from_hours(48)).unwrap().to_string()}),
            ),
        ] {
            let mut body = more;
            body["label"] = label.into();
            made(&server, &dora, body).await;
        }
        let all = set(&["boss all", "Dora all", "badge", "both", "soon"]);
        assert_eq!(labels(&server, &boss, "").await, all);
        assert_eq!(server.get(&badge, "/api/v2/token/self").await.0, 200);
        let slow = "unused=90d";
        for (query, expected) in [
            ("kind=project", &["badge"][..]),
            ("kind=personal", &["boss all", "Dora all", "both", "soon"]),
            ("owner=DORA", &["Dora all", "both", "soon"]),
            ("project=gh/acme/web", &["badge"]),
            ("project=gh/acme/api", &[]),
            ("unrestricted=true", &["boss all", "Dora all"]),
            ("expiring=true", &["soon"]),
            ("search=DORA", &["Dora all"]),
            ("search=a%25l", &[]),
            ("owner=dora&expiring=true", &["soon"]),
            (slow, &[]),
        ] {
            assert_eq!(labels(&server, &boss, query).await, set(expected), "{query}");
        }
        let id = &badge[6..17];
        assert_eq!(labels(&server, &boss, &format!("search={id}")).await, set(&["badge"]));

        // What is told of a personal token: nothing of other organizations, and of networks only that.
        let (_, page) = server.get(&boss, &format!("{LIST}?search=both")).await;
        let both = &page["items"][0];
        assert_eq!(both["projects"], json!(["gh/acme/web"]), "{both}");
        assert_eq!(
            (&both["other_organizations"], &both["limited_to_networks"]),
            (&json!(true), &json!(true))
        );
        assert!(both["networks"].is_null() && !page.to_string().contains("thing"), "{page}");
    }
}

#[tokio::test]
async fn what_is_not_there_or_not_theirs_is_not_told_apart() {
    let server = server(Database::Sqlite);
    let boss = server.personal_token("boss");
    for (query, status, code) in [
        ("kind=robot", 400, "invalid"),
        ("unused=often", 400, "invalid"),
        ("unrestricted=maybe", 400, "invalid"),
        ("page-token=x", 400, "invalid"),
        ("colour=red", 400, "invalid"),
        ("owner=nobody", 404, "person_not_found"),
        // There is such a person; the organization has nothing to do with them.
        ("owner=ren", 404, "person_not_found"),
        ("project=gh/other/thing", 404, "project_not_found"),
    ] {
        let (told, refused) = server.get(&boss, &format!("{LIST}?{query}")).await;
        assert_eq!((told, refused["code"].as_str()), (status, Some(code)), "{query}: {refused}");
    }
    let gone = server.get(&boss, "/api/v2/organization/gh/none/token").await;
    let hidden = server.get(&boss, "/api/v2/organization/gh/other/token").await;
    assert_eq!(gone, hidden);
    assert_eq!((gone.0, &gone.1["code"]), (404, &json!("organization_not_found")));
}

#[tokio::test]
async fn pages_follow_each_other_without_a_gap_or_a_repetition() {
    let server = server(Database::Sqlite);
    let boss = server.personal_token("boss");
    for number in 0..104 {
        made(&server, &boss, json!({"label": format!("number {number}")})).await;
    }
    let (_, first) = server.get(&boss, LIST).await;
    let next = first["next_page_token"].as_str().unwrap();
    let (_, second) = server.get(&boss, &format!("{LIST}?page-token={next}")).await;
    assert!(second["next_page_token"].is_null());
    let items = |page: &Value| page["items"].as_array().unwrap().clone();
    let (first, second) = (items(&first), items(&second));
    assert_eq!((first.len(), second.len()), (100, 5));
    assert_eq!(first[0]["label"], "number 103", "newest first");
    let ids: BTreeSet<_> = first.iter().chain(&second).map(|item| item["id"].to_string()).collect();
    assert_eq!(ids.len(), 105);
}

#[tokio::test]
async fn the_page_lists_narrows_and_exports_without_formulas() {
    let server = server(Database::Sqlite);
    let boss = server.personal_token("boss");
    for label in ["=HYPERLINK(\"http://evil\")", "plain, with \"quotes\""] {
        made(&server, &boss, json!({"label": label})).await;
    }
    let session = Session::begin(&server, "boss").await;
    let page = async |path: &str| {
        let answer = session.request(&server, Method::GET, path).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    };
    let (status, list) = page(PAGE).await;
    assert!(status == 200 && list.contains("=HYPERLINK") && list.contains("plain, with"), "{list}");
    let (status, list) = page(&format!("{PAGE}?search=plain&kind=personal")).await;
    assert!(status == 200 && !list.contains("=HYPERLINK"), "{list}");
    let (status, list) = page(&format!("{PAGE}?owner=nobody")).await;
    assert!(status == 400 && list.contains("There is no “nobody”"), "{list}");
    let (status, linked) = page("/settings/project/gh/acme/web/api").await;
    assert!(status == 200 && linked.contains(PAGE), "{linked}");

    let request = session.request(&server, Method::GET, &format!("{PAGE}/export"));
    let answer = request.send().await.unwrap();
    assert_eq!(
        answer.headers()["content-disposition"],
        "attachment; filename=\"rondo-tokens-acme.csv\""
    );
    let text = answer.text().await.unwrap();
    let lines: Vec<_> = text.split("\r\n").collect();
    assert!(lines[0].starts_with("id,kind,label,owner,") && lines.last() == Some(&""), "{text}");
    assert_eq!(lines.len(), 5, "{text}");
    assert!(text.contains(",\"'=HYPERLINK(\"\"http://evil\"\")\",\"boss\","), "{text}");
    assert!(text.contains(",\"plain, with \"\"quotes\"\"\","), "{text}");
}

#[tokio::test]
async fn a_text_that_somebody_came_across_is_looked_up() {
    let server = server(Database::Sqlite);
    let session = Session::begin(&server, "mika").await;
    let dora = server.personal_token("dora");
    let mut mistyped = dora.clone();
    let last = mistyped.pop().unwrap();
    mistyped.push(if last == 'x' { 'y' } else { 'x' });
    let ask = async |text: &str| {
        let fields = [("token", text), ("csrf", &session.word)];
        let request =
            session.request(&server, Method::POST, "/settings/server/token").form(&fields);
        let answer = request.send().await.unwrap();
        assert_eq!(answer.headers()["cache-control"], "no-store");
        let status = answer.status().as_u16();
        let page = answer.text().await.unwrap();
        assert!(
            !page.contains(text.trim()) || text.trim().len() < 12,
            "the text comes back: {page}"
        );
        (status, page)
    };
    for (text, says) in [
        (dora.clone(), "This is the token’s value."),
        (dora[6..17].to_owned(), "This is the token’s ID."),
        (mistyped, "its check is wrong"),
        (forged(&dora), "another secret"),
    ] {
        let (status, page) = ask(&text).await;
        assert!(status == 200 && page.contains(says) && page.contains("dora"), "{text}: {page}");
    }
    let request = server.request(Method::DELETE, "/api/v2/token/self").bearer_auth(&dora);
    let request = request.header("user-agent", "nightly/2.0");
    assert_eq!(answer(request).await.0, 200);
    let (status, page) = ask(&dora).await;
    assert!(page.contains("nightly/2.0") && page.contains("127.0.0.1"), "{page}");
    assert!(status == 200 && page.contains("Deleted by"), "{page}");
    for (text, says) in [("junk", "That is no token"), ("00000000000", "No token of this ID")] {
        let (status, page) = ask(text).await;
        assert!(status == 400 && page.contains(says), "{text}: {page}");
    }
    let (_, page) = ask("junk").await;
    assert!(page.contains(PAGE), "every organization is linked: {page}");
    let (ok, _, said) = server.try_admin(&["token", "show", &forged(&dora)], "");
    assert!(ok && said.contains("another secret"), "{said}");
}

#[tokio::test]
async fn many_tokens_are_revoked_on_the_page_after_their_number_is_typed() {
    for database in Database::all() {
        let server = server(database);
        let session = Session::begin(&server, "mika").await;
        let dora = server.personal_token("dora");
        let (badge, thing) = (
            server.project_token("gh/acme/web", "status"),
            server.project_token("gh/other/thing", "all"),
        );
        let send = async |fields: &[(&str, &str)]| {
            let mut fields = fields.to_vec();
            fields.push(("csrf", session.word.as_str()));
            let request = session.request(&server, Method::POST, "/settings/server/revoke");
            let answer = request.form(&fields).send().await.unwrap();
            (answer.status().as_u16(), answer.text().await.unwrap())
        };
        let organization = ("organization", "gh/acme");
        let (status, page) = send(&[organization]).await;
        assert!(
            status == 200 && page.contains("true of 1 tokens") && page.contains("gh/acme/web"),
            "{page}"
        );
        let word = crate::session::between(&page, "name=\"preview\" value=\"", "\"");
        let (status, page) = send(&[organization, ("count", "2"), ("preview", &word)]).await;
        assert!(status == 400 && page.contains("Nothing was deleted"), "{page}");
        // Everything is hit where nothing is said; its number must be typed as well.
        let (status, page) = send(&[]).await;
        assert!(status == 200 && page.contains("true of 3 tokens"), "{page}");
        for (fields, says) in [
            (("token", "nothing"), "There is no “nothing”"),
            (("seen_from", "10.0.0.7/8"), "Did you mean 10.0.0.0/8"),
            (("person", "nobody"), "There is no “nobody”"),
            (("organization", "gh/none"), "There is no “gh/none”"),
            (("before", "soon"), "date"),
            (("reason", "a\u{7}b"), "control"),
        ] {
            let (status, page) = send(&[fields]).await;
            assert!(status == 400 && page.contains(says), "{fields:?}: {page}");
        }
        for value in [&dora, &badge, &thing] {
            assert_eq!(server.get(value, "/api/v2/token/self").await.0, 200);
        }
        let order = [organization, ("count", "1"), ("preview", &word), ("reason", "leaked")];
        let (status, _) = send(&order).await;
        assert_eq!(status, 303);
        assert_eq!(server.get(&badge, "/api/v2/token/self").await.0, 401);
        let shown = server.admin(&["token", "show", &badge[6..17], "--json"]);
        assert!(shown.contains("\"leaked\""), "{shown}");

        let mika = server.personal_token("mika");
        let revoke =
            async |body: Value| server.post(&mika, "/api/v2/admin/token/revoke", body).await;
        let (status, told) = revoke(json!({"person": "dora", "dry_run": true})).await;
        assert_eq!((status, &told["count"], &told["dry_run"]), (200, &json!(1), &json!(true)));
        assert_eq!(told["first"][0]["owner"], "dora");
        for (body, says) in [
            (json!({"person": "dora"}), "count"),
            (json!({"person": "dora", "count": 2}), "it is true of 1 tokens now"),
            (json!({"before": "soon", "dry_run": true}), "before"),
            (json!({"persom": "dora"}), "persom"),
        ] {
            let (status, refused) = revoke(body).await;
            assert!(
                status == 400 && refused["message"].as_str().unwrap().contains(says),
                "{refused}"
            );
        }
        assert_eq!(server.get(&dora, "/api/v2/token/self").await.0, 200);
        let (status, told) =
            revoke(json!({"person": "dora", "count": 1, "reason": "stolen"})).await;
        assert_eq!((status, &told["count"]), (200, &json!(1)), "{told}");
        assert_eq!(server.get(&dora, "/api/v2/token/self").await.0, 401);
        assert_eq!(server.get(&thing, "/api/v2/token/self").await.0, 200);
    }
}

#[tokio::test]
async fn the_page_tells_who_would_have_been_refused_on_some_days() {
    let server = server(Database::Sqlite);
    let session = Session::begin(&server, "mika").await;
    let badge = server.project_token("gh/acme/web", "status");
    let organization = ("organization", "gh/acme");
    let send = async |fields: &[(&str, &str)]| {
        let mut fields = fields.to_vec();
        fields.push(("csrf", session.word.as_str()));
        let request = session.request(&server, Method::POST, "/settings/server/revoke");
        let answer = request.form(&fields).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    };
    let (_, page) = send(&[organization]).await;
    assert!(page.contains("Nobody used any of them"), "{page}");
    assert_eq!(server.get(&badge, "/api/v2/token/self").await.0, 200);
    let today = jiff::Timestamp::now().to_string()[..10].to_owned();
    let days = [organization, ("from", today.as_str()), ("until", today.as_str())];
    let (status, page) = send(&days).await;
    assert!(status == 200 && page.contains("1 of the tokens was used, once."), "{page}");
    let (status, page) = send(&[organization, ("from", "soon")]).await;
    assert!(status == 400 && page.contains("the earlier one first"), "{page}");
}

#[tokio::test]
async fn the_reason_that_is_given_on_the_page_is_kept() {
    let server = server(Database::Sqlite);
    let session = Session::begin(&server, "boss").await;
    let own = server.personal_token("boss");
    let badge = server.project_token("gh/acme/web", "status");
    for (place, id) in [
        ("/settings/user/tokens".to_owned(), &own[6..17]),
        ("/settings/project/gh/acme/web/api".to_owned(), &badge[6..17]),
    ] {
        let path = format!("{place}/{id}/delete");
        let asked = session.request(&server, Method::GET, &path).send().await.unwrap();
        assert!(asked.text().await.unwrap().contains("name=\"reason\""), "{path}");
        let delete = async |reason: &str| {
            let fields = [("reason", reason), ("csrf", &session.word)];
            let request = session.request(&server, Method::POST, &path).form(&fields);
            let answer = request.send().await.unwrap();
            (answer.status().as_u16(), answer.text().await.unwrap())
        };
        let (status, page) = delete("a\u{7}b").await;
        assert!(status == 400 && page.contains("control"), "{page}");
        assert_eq!(delete(" it is old ").await.0, 303);
        let shown = server.admin(&["token", "show", id, "--json"]);
        assert!(shown.contains("\"it is old\""), "{shown}");
    }
}

#[tokio::test]
async fn a_person_who_administers_no_organization_is_not_told_of_any() {
    let server = server(Database::Sqlite);
    let (dora, ren) = (server.personal_token("dora"), server.personal_token("ren"));
    let (status, refused) = server.get(&dora, LIST).await;
    assert_eq!((status, &refused["code"]), (403, &json!("insufficient_scope")), "{refused}");
    assert_eq!(server.get(&ren, LIST).await.0, 404);
    // One of chosen projects does not see the whole, whoever made it.
    let boss = server.personal_token("boss");
    let narrow = made(&server, &boss, json!({"label": "web", "projects": ["gh/acme/web"]})).await;
    assert_eq!(server.get(&narrow, LIST).await.0, 404);
    let nobody = answer(server.request(Method::GET, LIST)).await;
    assert_eq!(nobody.0, 404);
}
