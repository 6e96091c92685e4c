//! The dialog's options, as somebody uses them in both languages: what is chosen is told in words
//! before the token is made, holds afterwards, and can be stopped and let go on from the list.

use serde_json::json;

use crate::browser::driver::{Browser, Scripts};
use crate::browser::sample::{CONFIG, SETTINGS, sign_in};
use crate::browser::words::Language;
use crate::harness::Server;

const TOKENS: &str = "/settings/user/tokens";
const WEB: &str = "/api/v1.1/project/gh/acme/web";
const LIB: &str = "/api/v1.1/project/gh/acme/lib";

/// The words of this part of the pages.
struct Words {
    more: &'static str,
    projects: &'static str,
    networks: &'static str,
    expires: &'static str,
    days: &'static str,
    review: &'static str,
    /// What is said of a token without any choice, and of the one that is made here.
    whole: &'static str,
    narrow: [&'static str; 4],
    bad_network: &'static str,
    disable: &'static str,
    disabled: &'static str,
    enable: &'static str,
}

const ENGLISH: Words = Words {
    more: "More options",
    projects: "Projects",
    networks: "Networks",
    expires: "Expires",
    days: "In 30 days",
    review: "Show what it will be able to do",
    whole: "It can do everything that you may do in every project that you see, from anywhere, until it is removed.",
    narrow: ["trigger and cancel builds", "gh/acme/web", "only from 127.0.0.0/8, ::1", "until "],
    bad_network: "“10.0.0.0/99” isn’t a network.",
    disable: "Disable narrow",
    disabled: "Disabled",
    enable: "Enable narrow",
};

const JAPANESE: Words = Words {
    more: "その他のオプション",
    projects: "プロジェクト",
    networks: "ネットワーク",
    expires: "有効期限",
    days: "30 日後",
    review: "できることを確認",
    whole: "閲覧できるすべてのプロジェクトで、どこからでも、削除するまで、あなたにできることすべてができます。",
    narrow: ["ビルドのトリガーとキャンセル", "gh/acme/web", "127.0.0.0/8、::1 からのみ", " まで、"],
    bad_network: "「10.0.0.0/99」はネットワークではありません。",
    disable: "narrow を無効にする",
    disabled: "無効",
    enable: "narrow を有効に戻す",
};

fn own(language: Language) -> &'static Words {
    match language {
        Language::English => &ENGLISH,
        Language::Japanese => &JAPANESE,
    }
}

fn server() -> Server {
    let server = Server::start_with(crate::harness::Database::Sqlite, &["--executor", "none"]);
    server.add_person("mika", true);
    server.add_project("gh/acme/web", CONFIG);
    server.add_project("gh/acme/lib", CONFIG);
    server
}

async fn choose(browser: &Browser, own: &Words) {
    browser.see("input[name=rights][value=trigger]").await.click().await.unwrap();
    browser.fill(own.projects, "gh/acme/web\n").await;
    browser.choose(own.expires, own.days).await;
    browser.fill(own.networks, "127.0.0.0/8\n::1").await;
}

async fn walk(language: Language) {
    let (server, words, own) = (server(), language.words(), own(language));
    let browser = Browser::start(language).await;
    sign_in(&browser, &server, language, "mika").await;
    browser.open(&format!("{}{TOKENS}", server.url)).await;
    browser.press(words.create_personal).await;
    browser.fill(words.token_name, "narrow").await;
    browser.press(own.more).await;
    browser.read(own.whole).await;
    choose(&browser, own).await;
    // A field is done when it is left; then the sentence says it.
    browser.see("input[name=name]").await.click().await.unwrap();
    for part in own.narrow {
        browser.read(part).await;
    }
    browser.press(words.add_personal).await;
    let value = browser.see("#value").await.prop("value").await.unwrap().unwrap();
    for (path, expected) in [(WEB, 200), (LIB, 404), ("/api/v1.1/me", 403)] {
        assert_eq!(server.get(&value, path).await.0, expected, "{path}");
    }
    assert_eq!(server.post(&value, WEB, json!({})).await.0, 201);

    browser.press(words.done).await;
    browser.arrive(TOKENS).await;
    browser.read(own.narrow[2]).await;
    // The end stands there in UTC and in the reader's own time.
    browser.see("table.tokens time[data-local] + .local").await;
    browser.press(own.disable).await;
    browser.see("table.tokens .tag.bad").await;
    browser.read(own.disabled).await;
    assert_eq!(server.get(&value, WEB).await.0, 401);
    browser.press(own.enable).await;
    browser.miss("table.tokens .tag.bad").await;
    assert_eq!(server.get(&value, WEB).await.0, 200);

    a_project_token_takes_networks_and_a_time(&browser, &server, language).await;
}

async fn a_project_token_takes_networks_and_a_time(
    browser: &Browser,
    server: &Server,
    language: Language,
) {
    let (words, own) = (language.words(), own(language));
    browser.open(&format!("{}{SETTINGS}/api", server.url)).await;
    browser.press(words.create_project).await;
    browser.fill(words.token_label, "narrow").await;
    browser.press(own.more).await;
    browser.choose(own.expires, own.days).await;
    browser.fill(own.networks, "10.0.0.0/99").await;
    browser.press(words.add_token).await;
    browser.read(own.bad_network).await;
    assert_eq!(browser.held(own.networks).await, "10.0.0.0/99", "what was typed is kept");
    assert_eq!(browser.held(own.expires).await, "30");
    browser.fill(own.networks, "192.0.2.0/24").await;
    browser.press(words.add_token).await;
    let value = browser.see("#value").await.prop("value").await.unwrap().unwrap();
    assert_eq!(server.get(&value, WEB).await.0, 403, "it is used from elsewhere");
    browser.press(words.done).await;
    browser.read("192.0.2.0/24").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_narrowed_disabled_and_enabled_by_the_pages_in_english() {
    walk(Language::English).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_narrowed_disabled_and_enabled_by_the_pages_in_japanese() {
    walk(Language::Japanese).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_token_will_be_able_to_do_is_told_without_script() {
    let (server, words) = (server(), Language::English.words());
    let own = own(Language::English);
    let browser = Browser::start_with(Language::English, Scripts::Refused).await;
    sign_in(&browser, &server, Language::English, "mika").await;
    browser.open(&format!("{}{TOKENS}/new", server.url)).await;
    browser.fill(words.token_name, "narrow").await;
    browser.press(own.more).await;
    choose(&browser, own).await;
    browser.press(own.review).await;
    for part in own.narrow {
        browser.read(part).await;
    }
    let (_, listed) = server.get(&server.personal_token("mika"), "/api/v1.1/user/token").await;
    assert_eq!(listed.as_array().unwrap().len(), 1, "a review makes nothing");
    assert_eq!(browser.held(words.token_name).await, "narrow");
    browser.press(words.add_personal).await;
    let value = browser.see("#value").await.prop("value").await.unwrap().unwrap();
    assert_eq!((server.get(&value, WEB).await.0, server.get(&value, LIB).await.0), (200, 404));
}
