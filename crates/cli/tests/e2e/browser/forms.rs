//! What is typed wrong, and what somebody should not get by a form or an address.

use serde_json::json;

use crate::browser::driver::Browser;
use crate::browser::sample::{CONFIG, PIPELINES, SETTINGS, sign_in};
use crate::browser::words::{Language, Words};
use crate::harness::{PASSWORD, Server};

fn server() -> Server {
    let server = Server::start();
    server.add_person("mika", true);
    server.add_person("stranger", false);
    server.add_project("gh/acme/web", CONFIG);
    server
}

/// Sends a form with a text in one field; the message stands at the field, is read with it, and the
/// text is still there.
async fn refuses(browser: &Browser, label: &str, text: &str, button: &str, message: &str) {
    browser.fill(label, text).await;
    browser.press(button).await;
    browser.see(".problems").await;
    browser.read(message).await;
    assert_eq!(browser.held(label).await, text);
    let script = "
        const field = document.querySelector('[aria-invalid=true]');
        const ids = field.getAttribute('aria-describedby').split(' ');
        return [ids.map((id) => document.getElementById(id).innerText).join(' '),
            document.activeElement.className]";
    let answer = browser.ask(script, Vec::new()).await;
    assert!(answer[0].as_str().unwrap().contains(message), "{answer}");
    assert_eq!(answer[1], "problems", "the summary has the focus");
}

async fn bad_labels(language: Language) {
    let (server, words) = (server(), language.words());
    let browser = Browser::start(language).await;
    sign_in(&browser, &server, language, "mika").await;
    let long = "あ".repeat(101);
    browser.open(&format!("{}/settings/user/tokens", server.url)).await;
    browser.press(words.create_personal).await;
    refuses(&browser, words.token_name, "   ", words.add_personal, words.required).await;
    refuses(&browser, words.token_name, &long, words.add_personal, words.too_long).await;
    browser.open(&format!("{}{SETTINGS}/api", server.url)).await;
    browser.press(words.create_project).await;
    browser.choose(words.scope, words.scopes[2].0).await;
    refuses(&browser, words.token_label, "   ", words.add_token, words.required).await;
    assert_eq!(browser.held(words.scope).await, "all");
    refuses(&browser, words.token_label, &long, words.add_token, words.too_long).await;
    browser.fill(words.token_label, &"あ".repeat(100)).await;
    browser.press(words.add_token).await;
    browser.see("#value").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_labels_are_refused_at_their_field_in_english() {
    bad_labels(Language::English).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_labels_are_refused_at_their_field_in_japanese() {
    bad_labels(Language::Japanese).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_of_another_session_changes_nothing() {
    let (server, words) = (server(), Language::Japanese.words());
    let browser = Browser::start(Language::Japanese).await;
    sign_in(&browser, &server, Language::Japanese, "mika").await;
    browser.open(&format!("{}/settings/user/tokens/new", server.url)).await;
    let stale =
        browser.ask("return document.querySelector('main [name=csrf]').value", vec![]).await;
    browser.client.delete_all_cookies().await.unwrap();
    sign_in(&browser, &server, Language::Japanese, "mika").await;
    browser.open(&format!("{}/settings/user/tokens/new", server.url)).await;
    browser
        .ask("document.querySelector('main [name=csrf]').value = arguments[0]", vec![stale])
        .await;
    browser.fill(words.token_name, "stale").await;
    browser.press(words.add_personal).await;
    browser.read(words.stale).await;
    browser.open(&format!("{}/settings/user/tokens", server.url)).await;
    browser.see("section.empty").await;
}

async fn attempts(browser: &Browser, words: &Words, password: &str) {
    browser.fill(words.user_name, "mika").await;
    browser.fill(words.password, password).await;
    browser.press(words.sign_in).await;
    browser.see(".problems").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_a_password_is_slowed_down() {
    let (server, words) = (server(), Language::English.words());
    let browser = Browser::start(Language::English).await;
    browser.open(&format!("{}/login", server.url)).await;
    attempts(&browser, words, "wrong horse battery").await;
    browser.read(words.wrong_sign_in).await;
    assert_eq!(browser.held(words.user_name).await, "mika");
    assert_eq!(browser.held(words.password).await, "");
    let throttled =
        format!("return document.body.innerText.includes({:?})", words.too_many_attempts);
    let mut tried = 1;
    while browser.ask(&throttled, Vec::new()).await == false {
        assert!(tried < 20, "{tried} attempts");
        attempts(&browser, words, "wrong horse battery").await;
        tried += 1;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_in_leads_on_to_pages_of_this_server_only() {
    let (server, words) = (server(), Language::English.words());
    let browser = Browser::start(Language::English).await;
    for (next, place) in [
        ("//evil.example/", "/"),
        ("https://evil.example/", "/"),
        ("/%5Cevil.example/", "/"),
        ("/settings/user/tokens", "/settings/user/tokens"),
    ] {
        browser.client.delete_all_cookies().await.unwrap();
        browser.open(&format!("{}/login?next={next}", server.url)).await;
        browser.fill(words.user_name, "mika").await;
        browser.fill(words.password, PASSWORD).await;
        browser.press(words.sign_in).await;
        browser.arrive(place).await;
        let url = browser.client.current_url().await.unwrap();
        assert!(url.as_str().starts_with(&server.url), "{url}");
        // Somebody who is signed in already is led on at once.
        browser.open(&format!("{}/login?next={next}", server.url)).await;
        browser.arrive(place).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_person_may_not_see_is_not_there_for_them() {
    let (server, words) = (server(), Language::English.words());
    let browser = Browser::start(Language::English).await;
    let places = [PIPELINES, SETTINGS, &format!("{SETTINGS}/api"), &format!("{PIPELINES}/1")];
    for place in places {
        browser.open(&format!("{}{place}", server.url)).await;
        browser.arrive(&format!("/login?next={}", place.replace('/', "%2F"))).await;
    }
    sign_in(&browser, &server, Language::English, "stranger").await;
    assert!(!browser.source().await.contains("acme"), "the list names no project of others");
    for place in places.into_iter().chain(["/pipelines/gh/acme/none", "/nowhere"]) {
        browser.open(&format!("{}{place}", server.url)).await;
        browser.read(words.not_found).await;
        let status = "return performance.getEntriesByType('navigation')[0].responseStatus";
        assert_eq!(browser.ask(status, Vec::new()).await, json!(404), "{place}");
    }
}
