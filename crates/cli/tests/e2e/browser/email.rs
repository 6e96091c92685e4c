//! Where a person gets mail, as they say it on their own page in both languages.

use crate::browser::driver::Browser;
use crate::browser::sample::sign_in;
use crate::browser::words::Language;
use crate::harness::Server;

/// The words of this page.
struct Words {
    email: &'static str,
    save: &'static str,
    bad: &'static str,
    saved: &'static str,
    removed: &'static str,
    unsent: &'static str,
}

const ENGLISH: Words = Words {
    email: "Email address",
    save: "Save",
    bad: "That is no email address. Use one such as mika@example.com, in ASCII.",
    saved: "Your email address is saved.",
    removed: "Your email address is removed. You get no mail.",
    unsent: "This server is not set up to send mail yet.",
};

const JAPANESE: Words = Words {
    email: "メールアドレス",
    save: "保存",
    bad: "メールアドレスではありません。mika@example.com のように ASCII 文字で入力してください。",
    saved: "メールアドレスを保存しました。",
    removed: "メールアドレスを削除しました。メールは届きません。",
    unsent: "このサーバーでは、メールの送信がまだ設定されていません。",
};

async fn kept(server: &Server) -> String {
    let people = server.admin(&["user", "list", "--json"]);
    let people: serde_json::Value = serde_json::from_str(&people).unwrap();
    people[0]["email"].as_str().unwrap_or_default().to_owned()
}

async fn says_where(language: Language, words: &Words) {
    let server = Server::start();
    server.add_person("mika", true);
    let browser = Browser::start(language).await;
    sign_in(&browser, &server, language, "mika").await;
    browser.open(&format!("{}/settings/user/tokens", server.url)).await;
    // The page is in the list beside the others.
    let link = "document.querySelector('a[href=\"/settings/user/email\"]').click()";
    browser.ask(link, Vec::new()).await;
    browser.arrive("/settings/user/email").await;
    browser.read(words.unsent).await;
    for bad in ["mika", "mika@example..com"] {
        browser.fill(words.email, bad).await;
        browser.press(words.save).await;
        browser.see(".problems").await;
        browser.read(words.bad).await;
        assert_eq!(browser.held(words.email).await, bad);
        assert_eq!(kept(&server).await, "");
    }
    browser.fill(words.email, "mika@example.com").await;
    browser.press(words.save).await;
    browser.read(words.saved).await;
    assert_eq!(browser.held(words.email).await, "mika@example.com");
    assert_eq!(kept(&server).await, "mika@example.com");
    browser.fill(words.email, "").await;
    browser.press(words.save).await;
    browser.read(words.removed).await;
    assert_eq!((browser.held(words.email).await.as_str(), kept(&server).await.as_str()), ("", ""));
    let noted = server.admin(&["audit", "list", "--event", "person.mailbox"]);
    assert_eq!(noted.lines().count(), 2, "{noted}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_says_where_they_get_mail_in_english() {
    says_where(Language::English, &ENGLISH).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_says_where_they_get_mail_in_japanese() {
    says_where(Language::Japanese, &JAPANESE).await;
}
