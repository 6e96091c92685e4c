//! A build's page while the build goes on: what it prints arrives by itself, and what it leaves
//! behind stands there in the end, without the page being loaded again.

use crate::acme::Acme;
use crate::browser::driver::Browser;
use crate::browser::sample::{PIPELINES, Word, acme, sign_in};
use crate::browser::words::Language;

/// Marks the page, to see later that it is still the same one.
async fn mark(browser: &Browser) {
    browser.ask("window.marked = true", Vec::new()).await;
}

async fn is_the_same_page(browser: &Browser) {
    assert_eq!(browser.ask("return window.marked === true", Vec::new()).await, true);
}

async fn title(browser: &Browser, start: &str) {
    let script = "return document.title.startsWith(arguments[0])";
    browser.until(&format!("title that starts with {start:?}"), script, &[start.into()]).await;
}

/// A browser at the page of a build that runs until it is told a word, and the build's number.
async fn at_a_running_build(acme: &Acme, word: &mut Word) -> (Browser, i64) {
    let browser = Browser::start(Language::English).await;
    let number = word.hold(acme).await;
    sign_in(&browser, &acme.server, Language::English, "mika").await;
    browser.open(&format!("{}{PIPELINES}/{number}", acme.server.url)).await;
    title(&browser, "●").await;
    (browser, number)
}

#[tokio::test(flavor = "multi_thread")]
async fn output_arrives_while_a_build_runs_and_the_end_shows_by_itself() {
    let (acme, words) = (acme().await, Language::English.words());
    let browser = Browser::start(Language::English).await;
    let mut word = Word::new();
    sign_in(&browser, &acme.server, Language::English, "mika").await;
    browser.open(&format!("{}{PIPELINES}", acme.server.url)).await;
    browser.press(words.run).await;
    browser.fill(words.job, "slow").await;
    browser.fill(words.parameters, &format!("PORT={}", word.port())).await;
    browser.press(words.run_submit).await;
    browser.arrive(&format!("{PIPELINES}/3")).await;
    browser.read("red words and <b id=evil>no markup</b>").await;
    browser.see(".log .f1").await;
    word.meet();
    title(&browser, "●").await;
    mark(&browser).await;
    word.say("hello");
    browser.read("the word is hello").await;
    title(&browser, "✓").await;
    browser.read("Success").await;
    browser.miss("[data-follow]").await;
    browser.miss("#evil").await;
    is_the_same_page(&browser).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_follows_its_builds_by_itself() {
    let acme = acme().await;
    let browser = Browser::start(Language::Japanese).await;
    let mut word = Word::new();
    sign_in(&browser, &acme.server, Language::Japanese, "mika").await;
    let number = word.hold(&acme).await;
    browser.open(&format!("{}{PIPELINES}", acme.server.url)).await;
    browser.see(".state-running").await;
    mark(&browser).await;
    word.say("hello");
    browser.miss(".state-running").await;
    is_the_same_page(&browser).await;
    acme.ended(number).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_build_that_is_canceled_on_its_page_ends() {
    let (acme, words) = (acme().await, Language::English.words());
    let mut word = Word::new();
    let (browser, number) = at_a_running_build(&acme, &mut word).await;
    browser.press(words.cancel_build).await;
    title(&browser, "⊘").await;
    word.outlive();
    assert_eq!(acme.ended(number).await["status"], "canceled");
    browser.read("Retry").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_says_that_the_server_is_gone_and_goes_on_when_it_is_back() {
    let mut acme = acme().await;
    let mut word = Word::new();
    let (browser, _) = at_a_running_build(&acme, &mut word).await;
    browser.miss("[data-lost]").await;
    acme.server.kill();
    browser.read("The server can’t be reached.").await;
    acme.server.restart();
    browser.miss("[data-lost]").await;
    word.outlive();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_build_shows_what_failed_and_what_it_left_behind() {
    let acme = acme().await;
    let browser = Browser::start(Language::English).await;
    sign_in(&browser, &acme.server, Language::English, "mika").await;
    let list = acme.get("/api/v1.1/project/gh/acme/web").await;
    let broken = list.as_array().unwrap().iter().find(|build| build["status"] == "failed").unwrap();
    browser.open(&format!("{}{PIPELINES}/{}", acme.server.url, broken["build_num"])).await;
    title(&browser, "✕").await;
    browser.read("last words").await;
    browser.read("exit code 3").await;
    browser.read("1 of 3 tests failed").await;
    browser.press("money › rounds 1s").await;
    browser.read("expected 2 <b id='evil'>").await;
    browser.see("details.fold > summary").await.click().await.unwrap();
    let link = browser.see("table.files a").await;
    assert_eq!(link.text().await.unwrap(), "out/report of <today>.txt");
    let kept = "return fetch(document.querySelector('table.files a').href).then((a) => a.text())";
    assert_eq!(browser.ask(kept, Vec::new()).await, "kept\n");
    browser.miss("#evil").await;
}
