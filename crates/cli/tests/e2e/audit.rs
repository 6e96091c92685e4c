//! The audit log from outside: the command verifies, lists and exports it; the page narrows and
//! exports it; and a flood of refused uses is a few entries and a count.

use reqwest::Method;
use serde_json::Value;
use sqlx::{AnyConnection, Connection};

use crate::harness::{Database, Server};
use crate::session::Session;

const CONFIG: &str =
    "version: 2.1\njobs: {build: {docker: [{image: cimg/base}], steps: [run: 'true']}}\n";

fn place(database: Database) -> Server {
    let server = Server::start_with(database, &["--executor", "none"]);
    server.add_person("mika", true);
    server.add_person("eve", false);
    server.add_project("gh/acme/web", CONFIG);
    server
}

pub(crate) async fn tamper(server: &Server, statement: &'static str) {
    sqlx::any::install_default_drivers();
    let file = server.data().join("rondo.db");
    let url = server.database().map(str::to_owned);
    let url = url.unwrap_or_else(|| format!("sqlite://{}", file.display()));
    let mut database = AnyConnection::connect(&url).await.unwrap();
    let touched = sqlx::query(statement).execute(&mut database).await.unwrap().rows_affected();
    assert!(touched > 0, "{statement}");
}

#[tokio::test]
async fn the_command_follows_the_chain_and_names_what_does_not_fit() {
    for database in Database::all() {
        let server = place(database);
        let told = server.admin(&["audit", "verify"]);
        let noted = told.rsplit(' ').next().unwrap().to_owned();
        assert!(told.contains("all as they were written"), "{told}");
        server.personal_token("mika");
        server.admin(&["audit", "verify", "--noted", &noted]);
        let whole: Value =
            serde_json::from_str(&server.admin(&["audit", "verify", "--json"])).unwrap();
        assert_eq!(whole["sealed_from"], 1);
        let (number, seal) = noted.split_once(':').unwrap();
        let other = format!("{number}:{}", seal.chars().rev().collect::<String>());
        let check = |flags: &[&str], expected: &str| {
            let (ok, _, complaint) = server.try_admin(&[&["audit", "verify"], flags].concat(), "");
            assert!(!ok && complaint.contains(expected), "{complaint}");
        };
        check(&["--noted", &other], &format!("entry {number} has another seal"));
        check(&["--noted", &format!("999:{seal}")], "were removed");
        check(&["--noted", "2:short"], "is no seal");
        tamper(&server, "update audit set actor = 'anyone' where number = 2").await;
        check(&[], "entry 2 does not fit");
    }
}

#[tokio::test]
async fn the_command_lists_and_exports_what_is_asked_for() {
    let server = place(Database::Sqlite);
    let token = server.personal_token("mika");
    let id = &token[6..17];
    let lines = server.admin(&["audit", "export"]);
    let entries: Vec<Value> =
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let numbers: Vec<_> = entries.iter().map(|entry| entry["number"].as_i64().unwrap()).collect();
    assert_eq!(numbers, (1..=numbers.len() as i64).rev().collect::<Vec<_>>());
    assert!(entries.iter().all(|entry| entry["seal"].as_str().unwrap().len() == 64));
    for (flags, events) in [
        (&["--token", id][..], vec!["token.personal.create"]),
        (&["--token", &token], vec!["token.personal.create"]),
        (&["--person", "eve"], vec!["person.create"]),
        (&["--project", "gh/acme/web"], vec!["project.create"]),
        (&["--event", "project.create"], vec!["project.create"]),
        (&["--until", "2020-01-01"], vec![]),
    ] {
        let words = [&["audit", "list", "--json"], flags].concat();
        let listed: Vec<Value> = serde_json::from_str(&server.admin(&words)).unwrap();
        let found: Vec<_> = listed.iter().map(|entry| entry["event"].as_str().unwrap()).collect();
        assert_eq!(found, events, "{flags:?}");
    }
    assert!(server.admin(&["audit", "list", "--limit", "1"]).contains(id));
    for (flags, expected) in [
        (&["--event", "token.eaten"][..], "there is no event token.eaten"),
        (&["--person", "nobody"], "there is no person nobody"),
        (&["--project", "gh/acme/none"], "there is no project gh/acme/none"),
        (&["--since", "soon"], "\"soon\" is no time"),
        (&["--token", "rdpat_secret"], "there is no token"),
    ] {
        let (ok, _, complaint) = server.try_admin(&[&["audit", "list"], flags].concat(), "");
        assert!(!ok && complaint.contains(expected), "{complaint}");
        assert!(!complaint.contains("rdpat_secret"), "{complaint}");
    }
}

#[tokio::test]
async fn the_page_narrows_the_log_and_exports_what_it_shows() {
    let server = place(Database::Sqlite);
    let token = server.personal_token("eve");
    let mika = Session::begin(&server, "mika").await;
    let get = async |path: &str| {
        let answer = mika.request(&server, Method::GET, path).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    };
    let audit = "/settings/server/audit";
    let (status, page) = get(audit).await;
    assert_eq!(status, 200);
    assert!(page.contains("Personal token created") && page.contains("Project added"));
    let (_, page) = get(&format!("{audit}?event=project.create")).await;
    let table = page.split_once("<tbody>").unwrap().1;
    assert!(table.contains("Project added") && !table.contains("Personal token created"));
    for (filter, expected) in [
        ("since=soon", "“soon” is no date"),
        ("person=nobody", "no “nobody” here"),
        ("token=rdpat_secret", "no “Token ID” here"),
    ] {
        let (status, page) = get(&format!("{audit}?{filter}")).await;
        assert_eq!(status, 400);
        assert!(page.contains(expected), "{page}");
    }
    let by_value = format!("{audit}?token={token}&person=eve");
    let answer = mika.request(&server, Method::GET, &by_value).send().await.unwrap();
    let by_id = format!("{audit}?person=eve&token={}", &token[6..17]);
    assert_eq!(
        (answer.status().as_u16(), answer.headers()["location"].to_str().unwrap()),
        (303, &*by_id)
    );
    let (_, lines) = get(&format!("{audit}/export?person=eve")).await;
    let events: Vec<_> = lines
        .lines()
        .map(|line| {
            serde_json::from_str::<Value>(line).unwrap()["event"].as_str().unwrap().to_owned()
        })
        .collect();
    assert_eq!(events, ["token.personal.create", "person.create"]);
}

#[tokio::test]
async fn older_entries_follow_on_further_pages() {
    let server = place(Database::Sqlite);
    for _ in 0..60 {
        server.personal_token("eve");
    }
    let mika = Session::begin(&server, "mika").await;
    let mut path = "/settings/server/audit?event=token.personal.create".to_owned();
    let mut pages = Vec::new();
    loop {
        let answer = mika.request(&server, Method::GET, &path).send().await.unwrap();
        let page = answer.text().await.unwrap();
        pages.push(page.matches("<tr>").count() - 1);
        match page.split_once("rel=\"next\" href=\"") {
            Some((_, rest)) => path = rest.split_once('"').unwrap().0.replace("&amp;", "&"),
            None => break,
        }
    }
    assert_eq!(pages, [50, 10]);
}

#[tokio::test]
async fn a_flood_of_refused_uses_is_a_few_entries_and_a_count() {
    let mut server = place(Database::Sqlite);
    let eve = server.personal_token("eve");
    for _ in 0..200 {
        assert_eq!(server.get(&eve, "/api/v1.1/project/gh/acme/web").await.0, 404);
    }
    assert!(server.stop().success());
    let words = ["audit", "list", "--json", "--token", &eve[6..17]];
    let listed: Vec<Value> = serde_json::from_str(&server.admin(&words)).unwrap();
    let one_by_one = listed.iter().filter(|entry| entry["event"] == "access.refuse").count();
    let counted: usize = listed
        .iter()
        .filter(|entry| entry["event"] == "access.refuse.more")
        .map(|entry| entry["subject"].as_str().unwrap().parse::<usize>().unwrap())
        .sum();
    assert_eq!(one_by_one + counted, 200);
    // Five a minute, and the minute may have turned once meanwhile.
    assert!(one_by_one <= 10, "{one_by_one}");
    server.admin(&["audit", "verify"]);
}

#[tokio::test]
async fn the_use_of_a_token_that_opens_nothing_now_is_written_down() {
    let server = place(Database::Sqlite);
    let eve = server.personal_token("eve");
    server.admin(&["user", "disable", "eve"]);
    assert_eq!(server.get(&eve, "/api/v1.1/me").await.0, 401);
    let words = ["audit", "list", "--json", "--event", "access.refuse"];
    let listed: Vec<Value> = serde_json::from_str(&server.admin(&words)).unwrap();
    assert_eq!(listed[0]["token"], eve[6..17]);
    assert_eq!(listed[0]["person"], "eve");
    assert_eq!(
        (&listed[0]["subject"], &listed[0]["detail"]),
        (&"/api/v1.1/me".into(), &"owner-disabled".into())
    );
}
