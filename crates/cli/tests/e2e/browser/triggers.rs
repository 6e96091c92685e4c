//! The switch by which a project takes no triggers, and takes them again.

use serde_json::json;

use crate::acme::PROJECT;
use crate::browser::driver::Browser;
use crate::browser::sample::{CONFIG, SETTINGS, sign_in};
use crate::browser::words::Language;
use crate::harness::{Database, Server};

/// Names of buttons, and what the pages say.
struct Words {
    stop: &'static str,
    stopped: &'static str,
    stands: &'static str,
    paused: &'static str,
    resume: &'static str,
    resumed: &'static str,
}

fn words(language: Language) -> Words {
    match language {
        Language::English => Words {
            stop: "Take No Triggers",
            stopped: "No triggers are taken from now on.",
            stands: "The project takes no triggers: nothing starts a build.",
            paused: "No triggers are taken",
            resume: "Take Triggers Again",
            resumed: "Triggers are taken again.",
        },
        Language::Japanese => Words {
            stop: "トリガーの受け付けを止める",
            stopped: "トリガーの受け付けを止めました。",
            stands: "トリガーを受け付けていません。新しいビルドは開始されません。",
            paused: "トリガーを受け付けていません",
            resume: "トリガーの受け付けを再開",
            resumed: "トリガーの受け付けを再開しました。",
        },
    }
}

async fn triggers_are_stopped_and_resumed(language: Language) {
    let (words, shared) = (words(language), language.words());
    let server = Server::start_with(Database::Sqlite, &["--executor", "none"]);
    server.add_person("mika", true);
    server.add_project("gh/acme/web", CONFIG);
    let token = server.personal_token("mika");
    let browser = Browser::start(language).await;
    sign_in(&browser, &server, language, "mika").await;
    browser.open(&format!("{}{SETTINGS}", server.url)).await;
    browser.press(words.stop).await;
    browser.read(words.stopped).await;
    browser.read(words.stands).await;
    let (status, refused) = server.post(&token, PROJECT, json!({})).await;
    assert_eq!((status, &refused["code"]), (400, &json!("not_now")), "{refused}");

    browser.open(&format!("{}/pipelines/gh/acme/web", server.url)).await;
    browser.read(words.paused).await;
    browser.miss("[data-dialog=run]").await;

    browser.open(&format!("{}{SETTINGS}", server.url)).await;
    browser.press(words.resume).await;
    browser.read(words.resumed).await;
    assert_eq!(server.post(&token, PROJECT, json!({})).await.0, 201);
    browser.open(&format!("{}/pipelines/gh/acme/web", server.url)).await;
    browser.press(shared.run).await;
    browser.see("dialog[open]").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn triggers_are_stopped_and_resumed_in_english() {
    triggers_are_stopped_and_resumed(Language::English).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn triggers_are_stopped_and_resumed_in_japanese() {
    triggers_are_stopped_and_resumed(Language::Japanese).await;
}
