//! Personal tokens that are narrowed when they are made, through the API: by rights, projects,
//! networks and time; tokens that make tokens; tokens that are disabled. The clock is moved in `app`'s
//! own tests.

use jiff::Timestamp;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Database, Server, answer};
use crate::session::Session;

const CONFIG: &str = "version: 2.1\njobs:\n  build: {machine: true, steps: [{run: 'true'}]}\n";
const OWN: &str = "/api/v1.1/user/token";
const WEB: &str = "/api/v1.1/project/gh/acme/web";
const LIB: &str = "/api/v1.1/project/gh/acme/lib";

struct Place {
    server: Server,
    /// An administrator of `gh/acme`, who does not administer the server.
    dora: String,
}

impl Place {
    fn make(database: Database) -> Self {
        Self::make_with(database, &[])
    }

    fn make_with(database: Database, flags: &[&str]) -> Self {
        let flags = [&["--executor", "none"], flags].concat();
        let server = Server::start_with(database, &flags);
        server.add_person("mika", true);
        server.add_person("dora", false);
        for slug in ["gh/acme/web", "gh/acme/lib", "gh/other/hidden"] {
            server.add_project(slug, CONFIG);
        }
        server.admin(&["user", "role", "dora", "gh/acme", "admin"]);
        let dora = server.personal_token("dora");
        Self { server, dora }
    }

    async fn make_token(&self, by: &str, body: Value) -> Value {
        let (status, made) = self.server.post(by, OWN, body).await;
        assert_eq!(status, 201, "{made}");
        made
    }

    async fn value(&self, by: &str, body: Value) -> String {
        self.make_token(by, body).await["token"].as_str().unwrap().to_owned()
    }

    async fn check(&self, value: &str, asked: &[(&str, &str, u16)]) {
        for (method, path, expected) in asked {
            let method = Method::from_bytes(method.as_bytes()).unwrap();
            let request = self.server.request(method.clone(), path).header("circle-token", value);
            let (status, body) = answer(request.json(&json!({}))).await;
            assert_eq!(status, *expected, "{method} {path}: {body}");
        }
    }
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_else(|| panic!("{name} in {value}"))
}

#[tokio::test]
async fn a_token_opens_what_it_was_made_for_and_what_its_owner_may_do_now() {
    for database in Database::all() {
        let place = Place::make(database);
        let rights = json!(["read-status", "trigger-builds"]);
        let body = json!({"label": "narrow", "permissions": rights, "projects": ["gh/acme/web"]});
        let made = place.make_token(&place.dora, body).await;
        assert_eq!(made["permissions"], rights);
        assert_eq!(made["projects"], json!(["gh/acme/web"]));
        assert_eq!((&made["networks"], &made["expires_at"]), (&Value::Null, &Value::Null));
        let value = text(&made, "token");
        let envvar = format!("{WEB}/envvar");
        place
            .check(
                value,
                &[
                    ("GET", WEB, 200),
                    ("POST", WEB, 201),
                    ("GET", &envvar, 403),
                    ("GET", &format!("{WEB}/1/tests"), 403),
                    // That it is there is not told to a token that was made without it.
                    ("GET", LIB, 404),
                    ("GET", "/api/v1.1/project/gh/acme/nothing", 404),
                    ("GET", "/api/v1.1/me", 403),
                    ("GET", OWN, 403),
                    ("GET", "/api/v1.1/token/self", 200),
                ],
            )
            .await;
        let itself = place.server.get(value, "/api/v1.1/token/self").await.1;
        assert_eq!((&itself["rights"], &itself["projects"]), (&rights, &json!(["gh/acme/web"])));
        place.server.admin(&["user", "role", "dora", "gh/acme", "viewer"]);
        place.check(value, &[("GET", WEB, 200), ("POST", WEB, 403)]).await;
        place.server.admin(&["user", "role", "dora", "gh/acme", "none"]);
        place.check(value, &[("GET", WEB, 404), ("POST", WEB, 404)]).await;
    }
}

#[tokio::test]
async fn a_wish_that_cannot_be_fulfilled_makes_nothing_and_names_its_field() {
    let place = Place::make(Database::Sqlite);
    let many: Vec<_> = (0..51).map(|n| format!("10.0.{n}.0/24")).collect();
    for (status, field, value, message) in [
        (400, "permissions", json!(["read-everything"]), "unknown permission \"read-everything\""),
        (400, "permissions", json!(["run-jobs"]), "unknown permission \"run-jobs\""),
        (400, "permissions", json!([]), "permissions: an empty list would open nothing"),
        (400, "permissions", json!("all"), "expected a sequence"),
        (400, "projects", json!([]), "projects: an empty list"),
        (400, "projects", json!(["web"]), "is no name of a project"),
        (400, "projects", json!(["gh/acme/web", "gh/acme/nothing"]), "no project gh/acme/nothing"),
        // What is there and not to be seen is answered as what is not there.
        (400, "projects", json!(["gh/other/hidden"]), "there is no project gh/other/hidden"),
        (400, "networks", json!([]), "networks: an empty list"),
        (400, "networks", json!(["10.0.0.0/33"]), "\"10.0.0.0/33\" is no network"),
        (400, "networks", json!(["10.0.0.7/8"]), "take 10.0.0.0/8"),
        (400, "networks", json!(many), "networks: at most 50 may be listed"),
        (400, "expires_at", json!("2020-01-01T00:00:00Z"), "lies in the future"),
        (400, "expires_at", json!("tomorrow"), "take a moment such as"),
        (400, "expires_at", json!("2030-01-01"), "take a moment such as"),
        (400, "expires", json!("2030-01-01T00:00:00Z"), "unknown field `expires`"),
    ] {
        let mut body = json!({"label": "x"});
        body[field] = value;
        let (got, refused) = place.server.post(&place.dora, OWN, body.clone()).await;
        assert_eq!(got, status, "{body}: {refused}");
        assert!(text(&refused, "message").contains(message), "{body}: {refused}");
    }
    let body = json!({"label": "x", "permissions": ["manage-server"]});
    let (status, refused) = place.server.post(&place.dora, OWN, body).await;
    assert_eq!((status, text(&refused, "reason")), (403, "it takes the right manage-server"));
    for field in ["permissions", "projects"] {
        let mut body = json!({"label": "x", "scope": "status"});
        body[field] = json!(["read-status"]);
        let (status, refused) = place.server.post(&place.dora, &format!("{WEB}/token"), body).await;
        assert_eq!(status, 400);
        assert!(text(&refused, "message").contains("a project token has none"), "{refused}");
    }
    let listed = place.server.get(&place.dora, OWN).await.1;
    assert_eq!(listed.as_array().unwrap().len(), 1, "{listed}");
}

#[tokio::test]
async fn a_token_makes_none_that_can_do_more_than_itself() {
    let place = Place::make(Database::Sqlite);
    let end = "2099-01-01T00:00:00Z";
    let maker = json!({
        "label": "maker",
        "permissions": ["own-user", "manage-tokens", "read-status", "read-artifacts"],
        "projects": ["gh/acme/web"],
        "networks": ["127.0.0.0/8"],
        "expires_at": end,
    });
    let maker = place.value(&place.dora, maker).await;
    // What is left out is as with the maker.
    let child = place.make_token(&maker, json!({"label": "child"})).await;
    assert_eq!(child["projects"], json!(["gh/acme/web"]));
    assert_eq!(child["networks"], json!(["127.0.0.0/8"]));
    assert_eq!(text(&child, "expires_at"), "2099-01-01T00:00:00.000Z");
    let rights = json!(["read-status", "read-artifacts", "manage-tokens", "own-user"]);
    assert_eq!(child["permissions"], rights);
    let narrower = json!({
        "label": "narrower", "permissions": ["read-status"], "networks": ["127.0.0.1"],
        "expires_at": "2098-01-01T00:00:00Z",
    });
    let narrower = place.value(&maker, narrower).await;
    place.check(&narrower, &[("GET", WEB, 200), ("GET", LIB, 404)]).await;
    for (field, value, reason) in [
        ("permissions", json!(["read-builds"]), "it takes the right read-builds"),
        ("projects", json!(["gh/acme/web", "gh/acme/lib"]), ""),
        ("networks", json!(["0.0.0.0/0"]), "lacks some of the networks"),
        ("expires_at", json!("2099-01-01T00:00:01Z"), "lacks so long a life"),
    ] {
        let mut body = json!({"label": "more"});
        body[field] = value;
        let (status, refused) = place.server.post(&maker, OWN, body).await;
        match field {
            // The maker does not see the project, so it is not told that it is there.
            "projects" => assert_eq!(status, 400, "{refused}"),
            _ => {
                assert_eq!(status, 403, "{refused}");
                assert!(text(&refused, "reason").contains(reason), "{refused}");
            }
        }
    }
    // It is shown no token that would tell it of other projects.
    let listed = place.server.get(&maker, OWN).await.1;
    let listed = listed.as_array().unwrap();
    assert!(listed.len() == 3 && listed.iter().all(|t| t["projects"] == json!(["gh/acme/web"])));
    // A project token reads what its maker reads, from where and until when its maker may.
    let tokens = format!("{WEB}/token");
    let (status, refused) =
        place.server.post(&maker, &tokens, json!({"label": "x", "scope": "all"})).await;
    assert_eq!((status, text(&refused, "reason")), (403, "it takes the right read-builds"));
    let (status, made) =
        place.server.post(&maker, &tokens, json!({"label": "x", "scope": "status"})).await;
    assert_eq!(status, 201, "{made}");
    assert_eq!(made["networks"], json!(["127.0.0.0/8"]));
    assert_eq!(text(&made, "expires_at"), "2099-01-01T00:00:00.000Z");
    // What it is not shown it does not stop either.
    let beside = place.make_token(&place.dora, json!({"label": "beside"})).await;
    let beside_path = format!("{OWN}/{}", text(&beside, "id"));
    let disable = format!("{beside_path}/disable");
    assert_eq!(place.server.post(&maker, &disable, json!({})).await.0, 404);
    let delete = place.server.request(reqwest::Method::DELETE, &beside_path);
    assert_eq!(crate::harness::answer(delete.header("circle-token", &maker)).await.0, 404);
    place.check(text(&beside, "token"), &[("GET", WEB, 200)]).await;
    // It stops a token that can do more, and does not bring it back.
    let strong = json!({"label": "strong", "projects": ["gh/acme/web"]});
    let strong = place.make_token(&place.dora, strong).await;
    let strong_path = format!("{OWN}/{}", text(&strong, "id"));
    assert_eq!(
        place.server.post(&maker, &format!("{strong_path}/disable"), json!({})).await.0,
        200
    );
    let enable = format!("{strong_path}/enable");
    let (status, refused) = place.server.post(&maker, &enable, json!({})).await;
    assert_eq!(status, 403, "{refused}");
    place.check(text(&strong, "token"), &[("GET", WEB, 401)]).await;
    assert_eq!(place.server.post(&place.dora, &enable, json!({})).await.0, 200);
    place.check(text(&strong, "token"), &[("GET", WEB, 200)]).await;
}

#[tokio::test]
async fn a_token_makes_tokens_only_where_it_was_made_to() {
    let place = Place::make(Database::Sqlite);
    let user = place.value(&place.dora, json!({"label": "x", "permissions": ["own-user"]})).await;
    let own = place.server.get(&user, OWN).await.1;
    let rotate = format!("{OWN}/{}/rotate", text(&own[0], "id"));
    for (path, body) in [(OWN, json!({"label": "y"})), (&rotate, json!({}))] {
        let (status, refused) = place.server.post(&user, path, body).await;
        assert_eq!((status, text(&refused, "reason")), (403, "it takes the right manage-tokens"));
    }
}

#[tokio::test]
async fn a_token_ends_at_its_second_and_says_so_to_who_holds_it() {
    for database in Database::all() {
        let place = Place::make(database);
        let end = Timestamp::now().as_second() + 2;
        let expires_at = Timestamp::from_second(end).unwrap().to_string();
        let body = json!({"label": "short", "expires_at": expires_at});
        let value = place.value(&place.dora, body.clone()).await;
        let mut scoped = body;
        scoped["scope"] = "status".into();
        let (_, of_web) = place.server.post(&place.dora, &format!("{WEB}/token"), scoped).await;
        let web_value = text(&of_web, "token");
        // Each answer is judged by when its request began and ended.
        loop {
            let before = Timestamp::now().as_millisecond();
            let (status, _) = place.server.get(&value, WEB).await;
            let after = Timestamp::now().as_millisecond();
            match status {
                200 => assert!(before < end * 1000, "accepted {before} after {end}"),
                401 => {
                    assert!(after >= end * 1000, "refused {after} before {end}");
                    break;
                }
                other => panic!("{other}"),
            }
        }
        for (value, path) in [(value.as_str(), WEB), (web_value, WEB), (web_value, LIB)] {
            let (status, refused) = place.server.get(value, path).await;
            assert_eq!((status, text(&refused, "code")), (401, "invalid_token"), "{refused}");
            assert!(text(&refused, "reason").starts_with("the token expired at "), "{refused}");
        }
        let listed = place.server.get(&place.dora, OWN).await.1;
        assert_eq!(text(&listed[0], "label"), "short", "an expired token stays in the list");
    }
}

#[tokio::test]
async fn a_token_is_good_on_its_networks_alone_whatever_a_header_claims() {
    let outside = json!({"label": "far", "networks": ["192.0.2.0/24", "2001:db8::/32"]});
    let place = Place::make(Database::Sqlite);
    let value = place.value(&place.dora, outside.clone()).await;
    let here = json!({"label": "here", "networks": ["::1", "127.0.0.0/8"]});
    let local = place.value(&place.dora, here).await;
    let ask = |place: &Place, value: &str, header: Option<(&'static str, &str)>| {
        let request = place.server.request(Method::GET, WEB).header("circle-token", value);
        match header {
            Some((name, said)) => request.header(name, said),
            None => request,
        }
    };
    let forged = Some(("x-forwarded-for", "192.0.2.7"));
    assert_eq!(answer(ask(&place, &local, forged)).await.0, 200);
    for header in [None, forged, Some(("forwarded", "for=192.0.2.7"))] {
        let (status, refused) = answer(ask(&place, &value, header)).await;
        assert_eq!((status, text(&refused, "code")), (403, "network_not_allowed"), "{refused}");
        assert!(text(&refused, "reason").contains("may not be used from 127.0.0.1"), "{refused}");
    }
    // Who holds the id alone is told nothing of networks.
    let wrong = crate::forgery::forged(&value);
    assert_eq!(answer(ask(&place, &wrong, None)).await.0, 404);

    let proxied = ["--trusted-proxies", "127.0.0.1,10.0.0.0/8"];
    let place = Place::make_with(Database::Sqlite, &proxied);
    let value = place.value(&place.dora, outside).await;
    for (name, said, expected) in [
        ("x-forwarded-for", "192.0.2.7", 200),
        ("x-forwarded-for", "192.0.2.7, 10.9.9.9", 200),
        ("x-forwarded-for", "192.0.2.7, 198.51.100.1", 403),
        ("x-forwarded-for", "192.0.2.7, unknown", 403),
        ("forwarded", "for=\"[2001:db8::1]:80\";proto=https", 200),
        ("forwarded", "for=192.0.2.7, for=198.51.100.1", 403),
    ] {
        let (status, body) = answer(ask(&place, &value, Some((name, said)))).await;
        assert_eq!(status, expected, "{name}: {said}: {body}");
    }
}

#[tokio::test]
async fn a_disabled_token_opens_nothing_until_it_is_enabled_and_then_the_same() {
    for database in Database::all() {
        let place = Place::make(database);
        let tokens = format!("{WEB}/token");
        for (path, body) in [
            (OWN, json!({"label": "x", "permissions": ["read-status"]})),
            (tokens.as_str(), json!({"label": "x", "scope": "status"})),
        ] {
            let (_, made) = place.server.post(&place.dora, path, body).await;
            let (id, value) = (text(&made, "id"), text(&made, "token"));
            for named in [id, value] {
                let act = |word: &str| format!("{path}/{named}/{word}");
                place.check(value, &[("GET", WEB, 200), ("POST", WEB, 403)]).await;
                // Twice is as once.
                place.check(&place.dora, &[("POST", &act("disable"), 200)]).await;
                place.check(&place.dora, &[("POST", &act("disable"), 200)]).await;
                let (status, refused) = place.server.get(value, WEB).await;
                assert_eq!((status, text(&refused, "code")), (401, "invalid_token"));
                assert!(text(&refused, "reason").contains("is disabled"), "{refused}");
                place.check(value, &[("POST", &act("enable"), 401)]).await;
                let listed = place.server.get(&place.dora, path).await.1;
                assert!(listed[0]["disabled_at"].is_string(), "{listed}");
                place.check(&place.dora, &[("POST", &act("enable"), 200)]).await;
                place.check(value, &[("GET", WEB, 200), ("POST", WEB, 403)]).await;
            }
            let gone = format!("{path}/{id}");
            assert_eq!(place.server.delete(&place.dora, &gone).await.0, 200);
            place.check(&place.dora, &[("POST", &format!("{gone}/enable"), 404)]).await;
        }
    }
}

#[tokio::test]
async fn what_a_person_follows_is_told_as_far_as_their_token_reads_it() {
    for database in Database::all() {
        let place = Place::make(database);
        for project in [WEB, LIB] {
            place.check(&place.dora, &[("POST", &format!("{project}/follow"), 200)]).await;
        }
        place.check(&place.dora, &[("POST", WEB, 201)]).await;
        let narrowed = async |rights: [&str; 2]| {
            place.value(&place.dora, json!({"label": "x", "permissions": rights})).await
        };
        let standing = narrowed(["own-user", "read-status"]).await;
        // Lists take read-status, whatever else a token has.
        let blind = narrowed(["own-user", "read-builds"]).await;
        for (token, builds, projects, pushers) in [
            (&place.dora, 1, 2, json!(["dora"])),
            (&standing, 1, 2, json!([])),
            (&blind, 0, 0, json!([])),
        ] {
            let get = async |path: &str| place.server.get(token, path).await.1;
            let count = |list: &Value| list.as_array().unwrap().len();
            let recent = get("/api/v1.1/recent-builds").await;
            assert_eq!(count(&recent), builds, "{recent}");
            for build in recent.as_array().unwrap() {
                assert_eq!(build.get("circle_yml").is_some(), token == &place.dora, "{build}");
                assert_eq!(build["status"], "queued");
            }
            let followed = get("/api/v1.1/projects").await;
            assert_eq!(count(&followed), projects, "{followed}");
            if projects > 0 {
                let main = &followed[1]["branches"]["main"];
                assert_eq!(main["pusher_logins"], pushers, "{followed}");
                assert_eq!(main["running_builds"][0]["build_num"], 1);
            }
            assert_eq!(count(&get("/api/v1.1/user/repos").await), projects);
            let feed = place.server.request(Method::GET, "/cc.xml").header("circle-token", token);
            let feed = feed.send().await.unwrap().text().await.unwrap();
            assert_eq!(feed.contains("acme/web"), builds > 0, "{feed}");
        }
    }
}

#[tokio::test]
async fn me_names_no_project_that_the_token_or_its_owner_may_not_know() {
    let place = Place::make(Database::Sqlite);
    for project in [WEB, LIB] {
        place.check(&place.dora, &[("POST", &format!("{project}/follow"), 200)]).await;
    }
    let lib = place.value(&place.dora, json!({"label": "lib", "projects": ["gh/acme/lib"]})).await;
    let followed = async |token: &str| {
        let me = place.server.get(token, "/api/v1.1/me").await.1;
        let names: Vec<_> = me["projects"].as_object().unwrap().keys().cloned().collect();
        assert_eq!(me["num_projects_followed"], names.len(), "{me}");
        names
    };
    let [own_lib, own_web] = ["lib", "web"].map(|name| format!("https://github.com/acme/{name}"));
    // Each before and after an answer is kept.
    for _ in 0..2 {
        assert_eq!(followed(&lib).await, [&*own_lib]);
        assert_eq!(followed(&place.dora).await, [&*own_lib, &own_web]);
    }
    place.server.admin(&["user", "role", "dora", "gh/acme", "none"]);
    assert_eq!(followed(&place.dora).await, Vec::<String>::new());
    assert_eq!(followed(&lib).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_form_with_a_date_beside_another_end_makes_no_token() {
    let place = Place::make(Database::Sqlite);
    let mika = Session::begin(&place.server, "mika").await;
    let pages = ["/settings/user/tokens", "/settings/project/gh/acme/web/api"];
    let told = [
        ("en", "never", "“Expires” says “Never”, but “Date and time (UTC)” is filled in."),
        ("en", "1", "“Expires” says “In 1 day”, but “Date and time (UTC)” is filled in."),
        ("ja", "never", "「有効期限」が「なし」なのに、「日時（UTC）」が入力されています。"),
    ];
    for path in pages {
        let post = async |language: &str, expires: &str, end: &str| {
            let fields = [
                ("csrf", mika.word.as_str()),
                ("name", "dated"),
                ("label", "dated"),
                ("scope", "status"),
                ("rights", "everything"),
                ("expires", expires),
                ("end", end),
            ];
            let request = mika.request(&place.server, Method::POST, path);
            let request = request.header("accept-language", language).form(&fields);
            let answer = request.send().await.unwrap();
            (answer.status().as_u16(), answer.text().await.unwrap())
        };
        for (language, expires, message) in told {
            let (status, page) = post(language, expires, "2099-01-31T12:00").await;
            assert!(status == 400 && page.contains(message), "{path} {expires}: {status} {page}");
            for kept in ["value=\"2099-01-31T12:00\"", "value=\"dated\""] {
                assert!(page.contains(kept), "{path}: {kept} is lost: {page}");
            }
        }
        let (status, page) = post("en", "date", "2099-01-31T12:00").await;
        assert!(status == 200 && page.contains("id=\"value\""), "{path}: {page}");
        let (status, page) = post("en", "never", " ").await;
        assert!(status == 200 && page.contains("id=\"value\""), "{path}: {page}");
    }
}
