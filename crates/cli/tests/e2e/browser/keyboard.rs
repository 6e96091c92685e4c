//! The same walk with a keyboard alone: Tab, Enter, Escape. Where the focus stands is looked at all
//! the way.

use fantoccini::key::Key;

use crate::browser::driver::Browser;
use crate::browser::sample::{CONFIG, sign_in};
use crate::browser::words::Language;
use crate::harness::Server;

/// The name of what has the focus, and whether a dialog holds it.
const FOCUSED: &str = "
    const e = document.activeElement;
    const name = e.getAttribute('aria-label') ?? e.labels?.[0]?.innerText ?? e.innerText ?? '';
    return [name.replace(/\\s+/g, ' ').trim(), e.closest('dialog') !== null];";

async fn focused(browser: &Browser) -> (String, bool) {
    let answer = browser.ask(FOCUSED, Vec::new()).await;
    (answer[0].as_str().unwrap().to_owned(), answer[1].as_bool().unwrap())
}

async fn stroke(browser: &Browser, key: Key) {
    browser.keys([char::from(key)]).await;
}

/// Goes forward until something of this name has the focus.
async fn tab_to(browser: &Browser, name: &str) {
    let mut passed = Vec::new();
    while passed.len() < 60 {
        let (here, _) = focused(browser).await;
        if here == name {
            return;
        }
        passed.push(here);
        stroke(browser, Key::Tab).await;
    }
    panic!("Tab never comes to {name:?}: {passed:?}");
}

/// Waits until something of this name was given the focus.
async fn is_given(browser: &Browser, name: &str) {
    let script = format!("return (() => {{{FOCUSED}}})()[0] === arguments[0]");
    browser.until(&format!("focus on {name:?}"), &script, &[name.into()]).await;
}

async fn is_kept_in_the_dialog(browser: &Browser, names: &[&str]) {
    let mut seen = Vec::new();
    // Between the last and the first field the browser's own window has its turn.
    for _ in 0..12 {
        stroke(browser, Key::Tab).await;
        let (name, inside) = focused(browser).await;
        let on_page =
            browser.ask("return document.activeElement !== document.body", Vec::new()).await;
        assert!(inside || on_page == false, "{name:?} has the focus outside of the dialog");
        seen.push(name);
    }
    for name in names {
        assert!(seen.iter().any(|seen| seen == name), "{name:?} in {seen:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_lives_and_dies_by_the_keyboard_alone() {
    let (server, words) = (Server::start(), Language::English.words());
    server.add_person("mika", true);
    server.add_project("gh/acme/web", CONFIG);
    let browser = Browser::start(Language::English).await;
    sign_in(&browser, &server, Language::English, "mika").await;
    let account = format!("{}: mika", words.account);

    stroke(&browser, Key::Tab).await;
    assert_eq!(focused(&browser).await.0, "Skip to content");
    tab_to(&browser, &account).await;
    stroke(&browser, Key::Enter).await;
    browser.see("details.person[open]").await;
    stroke(&browser, Key::Escape).await;
    browser.miss("details.person .sheet").await;
    assert_eq!(focused(&browser).await.0, account);
    stroke(&browser, Key::Enter).await;
    tab_to(&browser, words.personal_tokens).await;
    stroke(&browser, Key::Enter).await;
    browser.arrive("/settings/user/tokens").await;

    tab_to(&browser, words.create_personal).await;
    stroke(&browser, Key::Enter).await;
    is_given(&browser, words.token_name).await;
    is_kept_in_the_dialog(&browser, &[words.token_name, words.add_personal, words.cancel]).await;
    stroke(&browser, Key::Escape).await;
    browser.miss("dialog").await;
    is_given(&browser, words.create_personal).await;

    stroke(&browser, Key::Enter).await;
    is_given(&browser, words.token_name).await;
    browser.keys("by hand".chars()).await;
    stroke(&browser, Key::Enter).await;
    is_given(&browser, "Your new token").await;
    let selected = browser.ask("return getSelection().toString()", Vec::new()).await;
    let value = selected.as_str().unwrap();
    assert_eq!(server.get(value, "/api/v1.1/me").await.0, 200, "{value}");
    tab_to(&browser, words.done).await;
    stroke(&browser, Key::Enter).await;
    browser.arrive("/settings/user/tokens").await;

    let remove = (words.remove_named)("by hand");
    browser.see("table.tokens").await;
    tab_to(&browser, &remove).await;
    stroke(&browser, Key::Enter).await;
    is_given(&browser, words.cancel).await;
    is_kept_in_the_dialog(&browser, &[words.remove, words.cancel]).await;
    stroke(&browser, Key::Escape).await;
    browser.miss("dialog").await;
    is_given(&browser, &remove).await;
    stroke(&browser, Key::Enter).await;
    tab_to(&browser, words.remove).await;
    stroke(&browser, Key::Enter).await;
    browser.read(words.removed).await;
    assert_eq!(server.get(value, "/api/v1.1/me").await.0, 401);
}
