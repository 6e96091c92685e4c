//! Sessions in two browsers at once, and what a browser remembers without one: language and theme.

use crate::browser::driver::Browser;
use crate::browser::sample::{CONFIG, sign_in};
use crate::browser::words::Language;
use crate::harness::Server;

fn server() -> Server {
    let server = Server::start();
    server.add_person("mika", true);
    server.add_project("gh/acme/web", CONFIG);
    server
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_another_browser_ends_is_over() {
    let (server, words) = (server(), Language::English.words());
    let here = Browser::start(Language::English).await;
    let there = Browser::start(Language::Japanese).await;
    sign_in(&here, &server, Language::English, "mika").await;
    sign_in(&there, &server, Language::Japanese, "mika").await;
    here.open(&format!("{}/settings/user/sessions", server.url)).await;
    let rows = "return [...document.querySelectorAll('tbody tr')].map((row) => row.innerText)";
    let listed = here.ask(rows, Vec::new()).await;
    let listed: Vec<_> = listed.as_array().unwrap().iter().map(|r| r.as_str().unwrap()).collect();
    assert_eq!(listed.len(), 2, "{listed:?}");
    assert_eq!(listed.iter().filter(|row| row.contains(words.this_one)).count(), 1, "{listed:?}");
    let other = listed.iter().position(|row| !row.contains(words.this_one)).unwrap() + 1;
    here.see(&format!("tbody tr:nth-child({other}) button")).await.click().await.unwrap();
    here.read("The session is ended.").await;
    here.arrive("/settings/user/sessions").await;
    there.client.refresh().await.unwrap();
    there.arrive("/login?next=%2F").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn switching_language_or_theme_stays_on_the_page() {
    let (server, english) = (server(), Language::English.words());
    let japanese = Language::Japanese.words();
    let browser = Browser::start(Language::English).await;
    sign_in(&browser, &server, Language::English, "mika").await;
    let place = "/pipelines/gh/acme/web?branch=a%26b";
    browser.open(&format!("{}{place}", server.url)).await;
    browser.see("html[lang=en][data-theme=system]").await;
    browser.press(japanese.language).await;
    browser.see("html[lang=ja]").await;
    browser.arrive(place).await;
    browser.press(japanese.appearance).await;
    browser.press(japanese.dark).await;
    browser.see("html[lang=ja][data-theme=dark]").await;
    browser.arrive(place).await;
    browser.press(english.language).await;
    browser.see("html[lang=en][data-theme=dark]").await;
    browser.arrive(place).await;
}
