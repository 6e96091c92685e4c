//! Every page as axe sees it, in both languages, light and dark, and on a window as narrow as a
//! phone. What axe cannot see (whether words make sense, where the focus goes) is looked at in the
//! other modules.

use reqwest::Method;
use rondo_server::{Face, facts};
use serde_json::{Value, json};

use crate::acme::{Acme, PROJECT};
use crate::browser::driver::Browser;
use crate::browser::sample::{PIPELINES, SETTINGS, Word, acme, setup_link, sign_in};
use crate::browser::words::Language;
use crate::harness::Server;
use crate::ssh::sshd::make_key;

/// What a GET answers with something else than a page.
const NO_PAGES: [&str; 6] = [
    "/settings/organization/{vcs}/{org}/tokens/export",
    "/settings/server/audit/export",
    "/assets/{hash}/{file}",
    "/pipelines/{vcs}/{org}/{repo}/{number}/events",
    "/pipelines/{vcs}/{org}/{repo}/{number}/steps/{ordinal}",
    "/pipelines/{vcs}/{org}/{repo}/{number}/steps/{ordinal}/raw",
];

/// The violations that keep somebody from using a page.
const RUN: &str = "
    const bad = ({ impact }) => impact === 'serious' || impact === 'critical';
    const told = ({ target, failureSummary }) => target + ': ' + failureSummary;
    const only = arguments[0] && { runOnly: arguments[0] };
    const results = await axe.run(document, { resultTypes: ['violations'], ...only });
    return results.violations.filter(bad).map(({ id, nodes }) => [id, ...nodes.map(told)]);";

/// What stands out of the window to the right.
const SIDEWAYS: &str = "
    if (document.scrollingElement.scrollWidth <= innerWidth) return [];
    return [...document.querySelectorAll('body *')]
        .filter((e) => e.getBoundingClientRect().right > innerWidth)
        .map((e) => e.outerHTML.slice(0, 120));";

/// A look at pages, one after the other; what is wrong is collected.
struct Look {
    browser: Browser,
    axe: Option<String>,
    wrong: Vec<String>,
}

impl Look {
    async fn begin(language: Language) -> Self {
        let axe = std::env::var_os("RONDO_AXE");
        let axe = axe.map(|path| std::fs::read_to_string(path).unwrap());
        if axe.is_none() {
            eprintln!("left out: axe, since RONDO_AXE is not set");
        }
        Self { browser: Browser::start(language).await, axe, wrong: Vec::new() }
    }

    async fn open(&mut self, address: &str) {
        self.browser.open(address).await;
        self.at(address).await;
    }

    /// Looks at what is open.
    async fn at(&mut self, name: &str) {
        let browser = &self.browser;
        let mut found = Vec::new();
        if let Some(axe) = &self.axe {
            let present = browser.ask("return typeof axe === 'object'", Vec::new()).await;
            if present == false {
                browser.ask(&format!("{axe}; window.axe = axe;"), Vec::new()).await;
            }
            // What is dark differs from what is light in its colours alone.
            for (scheme, rules) in [("light", Value::Null), ("dark", json!(["color-contrast"]))] {
                browser.shine(scheme).await;
                found.push((scheme, browser.ask(RUN, vec![rules]).await));
            }
        }
        // The last is the width that the page is left with.
        for (how, width) in [
            ("360 px wide", 360),
            ("768 px wide", 768),
            ("1024 px wide", 1024),
            ("1280 px wide", 1280),
        ] {
            browser.resize(width).await;
            found.push((how, browser.ask(SIDEWAYS, Vec::new()).await));
        }
        let bad = found.into_iter().filter(|(_, list)| *list != json!([]));
        self.wrong.extend(bad.map(|(how, list)| format!("{name} ({how}): {list:#}")));
    }

    fn end(self) {
        assert!(self.wrong.is_empty(), "{}", self.wrong.join("\n"));
    }
}

/// A path for each route of a page.
fn paths(
    token: &str,
    project_token: &str,
    keys: [&str; 2],
    service: [&str; 4],
) -> Vec<(&'static str, String)> {
    let mut paths = vec![
        ("/", "/".to_owned()),
        ("/login", "/login".to_owned()),
        ("/login/again", "/login/again".to_owned()),
        ("/setup/{code}", "/setup/none".to_owned()),
        ("/enter/{code}", "/enter/none".to_owned()),
        ("/projects/add", "/projects/add".to_owned()),
        ("/pipelines/{vcs}/{org}/{repo}", PIPELINES.to_owned()),
        ("/pipelines/{vcs}/{org}/{repo}/run", format!("{PIPELINES}/run")),
        ("/pipelines/{vcs}/{org}/{repo}/{number}", format!("{PIPELINES}/1")),
        ("/settings/user", "/settings/user".to_owned()),
        ("/settings/user/tokens", "/settings/user/tokens".to_owned()),
        ("/device", "/device".to_owned()),
        ("/found", "/found".to_owned()),
        ("/settings/user/tokens/new", "/settings/user/tokens/new".to_owned()),
        ("/settings/user/tokens/{id}", format!("/settings/user/tokens/{token}")),
        ("/settings/user/tokens/{id}/delete", format!("/settings/user/tokens/{token}/delete")),
        ("/settings/user/sessions", "/settings/user/sessions".to_owned()),
        ("/settings/user/email", "/settings/user/email".to_owned()),
        ("/settings/user/password", "/settings/user/password".to_owned()),
        ("/settings/server/audit", "/settings/server/audit".to_owned()),
        ("/settings/server/token", "/settings/server/token".to_owned()),
        ("/settings/server/revoke", "/settings/server/revoke".to_owned()),
        (
            "/settings/organization/{vcs}/{org}/tokens",
            "/settings/organization/gh/acme/tokens".to_owned(),
        ),
        (
            "/settings/organization/{vcs}/{org}/policy",
            "/settings/organization/gh/acme/policy".to_owned(),
        ),
        (
            "/settings/organization/{vcs}/{org}/approvals",
            "/settings/organization/gh/acme/approvals".to_owned(),
        ),
        (
            "/settings/organization/{vcs}/{org}/approvals/{id}/refuse",
            format!("/settings/organization/gh/acme/approvals/{token}/refuse"),
        ),
        ("/settings/project/{vcs}/{org}/{repo}", SETTINGS.to_owned()),
        ("/settings/project/{vcs}/{org}/{repo}/api", format!("{SETTINGS}/api")),
        ("/settings/project/{vcs}/{org}/{repo}/api/new", format!("{SETTINGS}/api/new")),
        (
            "/settings/project/{vcs}/{org}/{repo}/api/{id}",
            format!("{SETTINGS}/api/{project_token}"),
        ),
        (
            "/settings/project/{vcs}/{org}/{repo}/api/{id}/delete",
            format!("{SETTINGS}/api/{project_token}/delete"),
        ),
        ("/settings/project/{vcs}/{org}/{repo}/env", format!("{SETTINGS}/env")),
        ("/settings/project/{vcs}/{org}/{repo}/env/new", format!("{SETTINGS}/env/new")),
        (
            "/settings/project/{vcs}/{org}/{repo}/env/{name}/delete",
            format!("{SETTINGS}/env/DEPLOY_KEY/delete"),
        ),
        ("/settings/project/{vcs}/{org}/{repo}/ssh", format!("{SETTINGS}/ssh")),
        ("/settings/project/{vcs}/{org}/{repo}/ssh/new", format!("{SETTINGS}/ssh/new")),
        (
            "/settings/project/{vcs}/{org}/{repo}/ssh/checkout-key/{fingerprint}/delete",
            format!("{SETTINGS}/ssh/checkout-key/{}/delete", keys[0]),
        ),
        (
            "/settings/project/{vcs}/{org}/{repo}/ssh/additional/{fingerprint}/{hostname}/delete",
            format!("{SETTINGS}/ssh/additional/{}/h/delete", keys[1]),
        ),
        ("/settings/project/{vcs}/{org}/{repo}/badges", format!("{SETTINGS}/badges")),
    ];
    paths.extend(service_paths(service));
    paths
}

/// A path for each route of service accounts: of an organization's account with a token, and of a project's.
fn service_paths([own, own_token, other, other_token]: [&str; 4]) -> Vec<(&'static str, String)> {
    const ORG: &str = "/settings/organization/gh/acme/services";
    vec![
        ("/settings/organization/{vcs}/{org}/services", ORG.to_owned()),
        ("/settings/organization/{vcs}/{org}/services/new", format!("{ORG}/new")),
        ("/settings/organization/{vcs}/{org}/services/{account}", format!("{ORG}/{own}")),
        (
            "/settings/organization/{vcs}/{org}/services/{account}/delete",
            format!("{ORG}/{own}/delete"),
        ),
        (
            "/settings/organization/{vcs}/{org}/services/{account}/tokens/new",
            format!("{ORG}/{own}/tokens/new"),
        ),
        (
            "/settings/organization/{vcs}/{org}/services/{account}/tokens/{id}",
            format!("{ORG}/{own}/tokens/{own_token}"),
        ),
        (
            "/settings/organization/{vcs}/{org}/services/{account}/tokens/{id}/delete",
            format!("{ORG}/{own}/tokens/{own_token}/delete"),
        ),
        ("/settings/project/{vcs}/{org}/{repo}/services", format!("{SETTINGS}/services")),
        ("/settings/project/{vcs}/{org}/{repo}/services/new", format!("{SETTINGS}/services/new")),
        (
            "/settings/project/{vcs}/{org}/{repo}/services/{account}",
            format!("{SETTINGS}/services/{other}"),
        ),
        (
            "/settings/project/{vcs}/{org}/{repo}/services/{account}/delete",
            format!("{SETTINGS}/services/{other}/delete"),
        ),
        (
            "/settings/project/{vcs}/{org}/{repo}/services/{account}/tokens/new",
            format!("{SETTINGS}/services/{other}/tokens/new"),
        ),
        (
            "/settings/project/{vcs}/{org}/{repo}/services/{account}/tokens/{id}",
            format!("{SETTINGS}/services/{other}/tokens/{other_token}"),
        ),
        (
            "/settings/project/{vcs}/{org}/{repo}/services/{account}/tokens/{id}/delete",
            format!("{SETTINGS}/services/{other}/tokens/{other_token}/delete"),
        ),
    ]
}

/// Pages that the routes alone do not show: other builds, an empty project, what is not there.
async fn more_paths(acme: &Acme, running: i64) -> Vec<String> {
    acme.server.add_project("gh/acme/empty", "version: 2.1\njobs: wrong\n");
    acme.post("/api/v1.1/project/gh/acme/empty/build", json!({ "branch": "main" })).await;
    acme.server.ended(&acme.token, "gh/acme/empty", 1).await;
    let mut more: Vec<_> = (2..running).map(|number| format!("{PIPELINES}/{number}")).collect();
    more.push(format!("{PIPELINES}/{running}"));
    more.push(format!("{PIPELINES}?branch=none"));
    more.push("/pipelines/gh/acme/empty/1".to_owned());
    more.push("/settings/project/gh/acme/empty/api".to_owned());
    more.push("/settings/project/gh/acme/empty/env".to_owned());
    more.push("/device?code=BBBB-BBBB".to_owned());
    let form = [("client_id", "rondo login on laptop")];
    let request = acme.server.request(Method::POST, "/oauth/device_authorization").form(&form);
    let waits: Value = request.send().await.unwrap().json().await.unwrap();
    more.push(format!("/device?code={}", waits["user_code"].as_str().unwrap()));
    let query = "rights=trigger&projects=gh/acme/web&expires=30&networks=10.0.0.0/8";
    more.push(format!("/settings/user/tokens/new?{query}"));
    more.push(format!("{SETTINGS}/api/new?expires=date&networks=10.0.0.0/8"));
    more.push("/settings/organization/gh/acme/tokens?owner=nobody".to_owned());
    more.push("/settings/server/audit?since=soon".to_owned());
    more.push("/nowhere".to_owned());
    more
}

async fn first_id(acme: &Acme, path: &str) -> String {
    let tokens: Value = acme.get(path).await;
    tokens[0]["id"].as_str().unwrap_or_else(|| panic!("{tokens}")).to_owned()
}

/// A checkout key and a key for jobs, by their fingerprints.
async fn ssh_keys(acme: &Acme) -> [String; 2] {
    let body = json!({"type": "deploy-key"});
    let made: Value = acme.post(&format!("{PROJECT}/checkout-key"), body).await;
    let key = make_key(acme.server.folder.path(), "sample", &["-t", "ed25519"]);
    let body = json!({"hostname": "h", "private_key": key.private});
    acme.post(&format!("{PROJECT}/ssh-key"), body).await;
    [made["fingerprint"].as_str().unwrap().to_owned(), key.md5]
}

/// A service account of the organization with its token, and one of the project, disabled.
async fn services(acme: &Acme) -> [String; 4] {
    let mut made = Vec::new();
    for (home, name) in [("organization/gh/acme", "bot"), ("project/gh/acme/web", "web-bot")] {
        let base = format!("/api/v2/{home}/service-account");
        let body = json!({"name": name, "ceiling": ["read-status", "trigger-builds"]});
        let account = acme.post(&base, body).await;
        let id = account["id"].as_str().unwrap().to_owned();
        let token = acme.post(&format!("{base}/{id}/token"), json!({"label": name})).await;
        made.extend([id, token["id"].as_str().unwrap().to_owned()]);
    }
    let path = format!("/api/v2/project/gh/acme/web/service-account/{}/disable", made[2]);
    acme.post(&path, json!({})).await;
    made.try_into().unwrap()
}

async fn every_page_can_be_used(language: Language) {
    let (acme, words) = (acme().await, language.words());
    let mut look = Look::begin(language).await;
    let fresh = Server::start();
    look.open(&setup_link(&fresh).await).await;
    look.open(&format!("{}/login", acme.server.url)).await;

    let mut word = Word::new();
    let running = word.hold(&acme).await;
    sign_in(&look.browser, &acme.server, language, "mika").await;
    let token = first_id(&acme, "/api/v1.1/user/token").await;
    let project_token = first_id(&acme, &format!("{PROJECT}/token")).await;
    let keys = ssh_keys(&acme).await;
    let keys = [keys[0].as_str(), &keys[1]];
    let service = services(&acme).await;
    let service = service.each_ref().map(String::as_str);
    let paths = paths(&token, &project_token, keys, service).into_iter().map(|(_, path)| path);
    for path in paths.chain(more_paths(&acme, running).await) {
        look.open(&format!("{}{path}", acme.server.url)).await;
    }

    look.browser.open(&format!("{}{PIPELINES}", acme.server.url)).await;
    look.browser.press(words.run).await;
    look.at("the dialog that runs a build").await;
    look.browser.open(&format!("{}{SETTINGS}/api", acme.server.url)).await;
    look.browser.press(words.create_project).await;
    look.at("the dialog of a new token").await;
    look.browser.fill(words.token_label, " ").await;
    look.browser.press(words.add_token).await;
    look.browser.see(".problems").await;
    look.at("a form with a problem").await;
    look.browser.fill(words.token_label, "sample").await;
    look.browser.press(words.add_token).await;
    look.browser.see("#value").await;
    look.at("a value shown once").await;
    look.browser.press(words.done).await;
    look.browser.press(&(words.remove_named)("sample")).await;
    look.at("the question before a token is removed").await;
    look.browser.press(words.cancel).await;
    look.browser.press(&format!("{}: mika", words.account)).await;
    look.at("the menu of the account").await;
    under_a_policy(&mut look, &acme).await;
    let found = acme.server.project_token("gh/acme/web", "status");
    acme.post("/api/v2/token/found", json!({ "token": found })).await;
    look.open(&format!("{}/settings/user/sessions", acme.server.url)).await;
    look.browser.see("aside.notice form").await;
    look.end();
}

/// What pages say where a policy governs, and a token waits for an approval.
async fn under_a_policy(look: &mut Look, acme: &Acme) {
    let path = "/api/v2/organization/gh/acme/policy";
    let rules = json!({"version": 0, "approval": true, "idle_days": 90, "no_query": true});
    let request = acme.server.request(Method::PUT, path).header("circle-token", &acme.token);
    assert_eq!(request.json(&rules).send().await.unwrap().status().as_u16(), 200);
    let made = acme.post("/api/v1.1/user/token", json!({"label": "waits"})).await;
    let id = made["id"].as_str().unwrap();
    let organization = "/settings/organization/gh/acme";
    for path in [
        format!("{organization}/policy"),
        format!("{organization}/approvals"),
        format!("{organization}/approvals/{id}/refuse"),
        format!("{organization}/tokens"),
        "/settings/user/tokens".to_owned(),
        "/settings/user/tokens/new".to_owned(),
        format!("{SETTINGS}/api/new"),
    ] {
        look.open(&format!("{}{path}", acme.server.url)).await;
    }
    look.browser.open(&format!("{}{organization}/policy", acme.server.url)).await;
    look.browser.see("form[action$='/policy'] .button.primary").await.click().await.unwrap();
    look.browser.until("preview", "return !!document.querySelector('input[name=sure]')", &[]).await;
    look.at("what a policy would mean").await;
}

#[test]
fn every_route_of_a_page_is_looked_at() {
    let known = paths("", "", ["", ""], [""; 4]);
    for fact in facts() {
        let page = fact.face == Face::Page && fact.method == "GET";
        if page && !NO_PAGES.contains(&fact.path) {
            assert!(known.iter().any(|(route, _)| *route == fact.path), "{}", fact.path);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_can_be_used_in_english() {
    every_page_can_be_used(Language::English).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_can_be_used_in_japanese() {
    every_page_can_be_used(Language::Japanese).await;
}
