//! The life of a token, as somebody walks through it with a mouse, in both languages: from an empty
//! server to a value that is refused.

use reqwest::Method;

use crate::browser::driver::Browser;
use crate::browser::sample::{CONFIG, SETTINGS, setup_link, sign_in};
use crate::browser::words::{Language, Words};
use crate::harness::{PASSWORD, Repository, Server};

const TOKENS: &str = "/settings/user/tokens";
/// In WebDriver's keyboard: Control and V.
const PASTE: &str = "\u{e009}v";

/// The value that the page shows once, after a look at the page.
async fn shown_once(browser: &Browser, words: &Words) -> String {
    let field = browser.see("#value").await;
    assert_eq!(field.attr("readonly").await.unwrap().as_deref(), Some("true"));
    let value = field.prop("value").await.unwrap().unwrap();
    browser.read(words.warning).await;
    let command = browser.see("#curl").await.text().await.unwrap();
    assert!(command.contains(&value), "{command}");
    browser.press(words.copy).await;
    browser.read(words.copied).await;
    value
}

async fn makes_an_account_and_a_project(browser: &Browser, server: &Server, words: &Words) {
    browser.open(&setup_link(server).await).await;
    browser.fill(words.user_name, "mika").await;
    browser.fill(words.password, PASSWORD).await;
    browser.fill(words.password_again, PASSWORD).await;
    browser.press(words.create_account).await;
    browser.arrive("/").await;
    let repository = Repository::make(&server.folder.path().join("web"), CONFIG);
    browser.press(words.add_project).await;
    browser.fill(words.organization, "acme").await;
    browser.fill(words.repository, "web").await;
    browser.fill(words.git_url, repository.folder.to_str().unwrap()).await;
    browser.press(words.add_project).await;
    browser.arrive("/pipelines/gh/acme/web").await;
}

async fn is_nowhere(browser: &Browser, value: &str) {
    assert!(!browser.source().await.contains(value), "the value is in the page's source");
    assert!(!browser.place().await.contains(value), "the value is in the address");
}

async fn personal(language: Language) {
    let (server, words) = (Server::start(), language.words());
    let browser = Browser::start(language).await;
    makes_an_account_and_a_project(&browser, &server, words).await;
    browser.press(&format!("{}: mika", words.account)).await;
    browser.press(words.personal_tokens).await;
    browser.press(words.create_personal).await;
    browser.fill(words.token_name, "cron job").await;
    browser.press(words.add_personal).await;
    let value = shown_once(&browser, words).await;
    let (status, me) = server.get(&value, "/api/v1.1/me").await;
    assert_eq!((status, &me["login"]), (200, &"mika".into()), "{me}");

    browser.press(words.done).await;
    browser.arrive(TOKENS).await;
    browser.read("cron job").await;
    is_nowhere(&browser, &value).await;
    browser.client.back().await.unwrap();
    browser.arrive(TOKENS).await;
    is_nowhere(&browser, &value).await;
    browser.client.refresh().await.unwrap();
    is_nowhere(&browser, &value).await;

    browser.press(words.create_personal).await;
    browser.fill(words.token_name, PASTE).await;
    assert_eq!(browser.held(words.token_name).await, value, "what was copied is the value");
    browser.press(words.cancel).await;
    browser.miss("dialog").await;
    reloading_the_page_that_shows_a_value_shows_it_no_more(&browser, words).await;

    browser.press(&(words.remove_named)("cron job")).await;
    browser.read(&(words.remove_question)("cron job")).await;
    assert_eq!(server.get(&value, "/api/v1.1/me").await.0, 200, "asking removes nothing");
    browser.press(words.remove).await;
    browser.read(words.removed).await;
    assert!(browser.source().await.contains("cron job 2"));
    browser.miss(&format!("[aria-label='{}']", (words.remove_named)("cron job"))).await;
    assert_eq!(server.get(&value, "/api/v1.1/me").await.0, 401);
}

async fn reloading_the_page_that_shows_a_value_shows_it_no_more(browser: &Browser, words: &Words) {
    browser.press(words.create_personal).await;
    browser.fill(words.token_name, "cron job 2").await;
    browser.press(words.add_personal).await;
    let value = browser.see("#value").await.prop("value").await.unwrap().unwrap();
    browser.client.refresh().await.unwrap();
    browser.arrive(TOKENS).await;
    browser.see("table.tokens").await;
    is_nowhere(browser, &value).await;
    assert!(browser.source().await.contains("cron job 2"));
}

async fn project(language: Language) {
    let (server, words) = (Server::start(), language.words());
    server.add_person("mika", true);
    server.add_project("gh/acme/web", CONFIG);
    let browser = Browser::start(language).await;
    sign_in(&browser, &server, language, "mika").await;
    browser.press("acme/web").await;
    browser.press(words.project_settings).await;
    browser.press(words.api_permissions).await;
    browser.arrive(&format!("{SETTINGS}/api")).await;
    for (scope, word) in words.scopes {
        let label = format!("for {word}");
        browser.press(words.create_project).await;
        browser.choose(words.scope, scope).await;
        browser.fill(words.token_label, &label).await;
        browser.press(words.add_token).await;
        let value = shown_once(&browser, words).await;
        let badge = if word == "view-builds" { 403 } else { 200 };
        assert_eq!(badge_of(&server, &value).await, badge, "{word}");
        let (status, itself) = server.get(&value, "/api/v1.1/token/self").await;
        assert_eq!((status, &itself["scope"]), (200, &word.into()), "{itself}");

        browser.press(words.done).await;
        browser.arrive(&format!("{SETTINGS}/api")).await;
        is_nowhere(&browser, &value).await;
        let row = browser.see("table.tokens tbody tr").await.text().await.unwrap();
        assert!(row.contains(&label) && row.contains(scope), "{row}");
        browser.press(&(words.remove_named)(&label)).await;
        browser.read(&(words.remove_question)(&label)).await;
        browser.press(words.cancel).await;
        browser.miss("dialog").await;
        browser.press(&(words.remove_named)(&label)).await;
        browser.press(words.remove).await;
        browser.read(words.removed).await;
        assert!(!browser.source().await.contains(&label), "the row is gone");
        assert_eq!(badge_of(&server, &value).await, 401, "{word}");
        assert_eq!(server.get(&value, "/api/v1.1/token/self").await.0, 401, "{word}");
    }
}

async fn badge_of(server: &Server, value: &str) -> u16 {
    let path = format!("/gh/acme/web.svg?circle-token={value}");
    server.request(Method::GET, &path).send().await.unwrap().status().as_u16()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_personal_token_lives_and_dies_by_the_pages_in_english() {
    personal(Language::English).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_personal_token_lives_and_dies_by_the_pages_in_japanese() {
    personal(Language::Japanese).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn project_tokens_of_each_scope_live_and_die_by_the_pages_in_english() {
    project(Language::English).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn project_tokens_of_each_scope_live_and_die_by_the_pages_in_japanese() {
    project(Language::Japanese).await;
}
