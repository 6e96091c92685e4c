//! A policy as an admin sets it in both languages: what it would mean is shown first; the form that makes a
//! token says it and offers what it leaves; what waits for an approval says so, and another admin answers.

use serde_json::json;

use crate::browser::driver::Browser;
use crate::browser::sample::{CONFIG, SETTINGS, sign_in};
use crate::browser::words::Language;
use crate::harness::{Database, Server};

const POLICY: &str = "/settings/organization/gh/acme/policy";
const APPROVALS: &str = "/settings/organization/gh/acme/approvals";
const TOKENS: &str = "/settings/user/tokens";
const WEB: &str = "/api/v1.1/project/gh/acme/web";

/// The words of this part of the pages.
struct Words {
    max_days: &'static str,
    approval: &'static str,
    preview: &'static str,
    bad_days: &'static str,
    stops: &'static str,
    save: &'static str,
    saved: &'static str,
    rule: &'static str,
    approval_rule: &'static str,
    never: &'static str,
    waits: &'static str,
    stopped: &'static str,
    own: &'static str,
    approve: &'static str,
    approved: &'static str,
    refuse: &'static str,
    refuse_button: &'static str,
    reason: &'static str,
    refused: &'static str,
}

const ENGLISH: Words = Words {
    max_days: "Greatest lifetime in days",
    approval: "From now on, a second admin approves tokens before they may change anything",
    preview: "Show what it would mean",
    bad_days: "Enter a number of days from 1 to 3650.",
    stops: "2 of 2 tokens would open nothing here.",
    save: "Put into effect",
    saved: "The policy is in effect.",
    rule: "A token lives 90 days at most.",
    approval_rule: "A second admin approves a token before it may change anything.",
    never: "Never",
    waits: "In gh/acme it only reads: the rest waits for another admin’s approval.",
    stopped: "In gh/acme it opens nothing: it lives longer than 90 days; make one that ends sooner.",
    own: "It is yours, or you made it: another admin answers.",
    approve: "Approve deploy",
    approved: "The token is approved.",
    refuse: "Refuse deploy",
    refuse_button: "Refuse",
    reason: "Reason",
    refused: "In gh/acme it only reads: an admin refused the rest (too broad).",
};

const JAPANESE: Words = Words {
    max_days: "有効期間の上限（日数）",
    approval: "今後作成されるトークンでの変更操作には、別の管理者の承認を必要とする",
    preview: "影響を確認する",
    bad_days: "1 から 3650 までの日数を入力してください。",
    stops: "2 個のトークンのうち 2 個が、この組織で使えなくなります。",
    save: "このポリシーを適用する",
    saved: "ポリシーを適用しました。",
    rule: "トークンの有効期間は最長 90 日です。",
    approval_rule: "トークンで変更操作をするには、別の管理者の承認が必要です。",
    never: "なし",
    waits: "gh/acme では読み取りだけができます。変更操作は別の管理者の承認を待っています。",
    stopped: "gh/acme では使えません。有効期間が 90 日を超えています。期限がこれより早いトークンを作成してください。",
    own: "自分のトークン、または自分が作成したトークンです。ほかの管理者が判断します。",
    approve: "「deploy」を承認",
    approved: "トークンを承認しました。",
    refuse: "「deploy」を却下",
    refuse_button: "却下",
    reason: "理由",
    refused: "gh/acme では読み取りだけができます。変更操作は管理者に却下されました（too broad）。",
};

fn own(language: Language) -> &'static Words {
    match language {
        Language::English => &ENGLISH,
        Language::Japanese => &JAPANESE,
    }
}

/// boss and deputy administer `gh/acme`; boss has a token, and the project another.
fn server() -> (Server, String) {
    let server = Server::start_with(Database::Sqlite, &["--executor", "none"]);
    server.add_project("gh/acme/web", CONFIG);
    for name in ["boss", "deputy"] {
        server.add_person(name, false);
        server.admin(&["user", "role", name, "gh/acme", "admin"]);
    }
    server.project_token("gh/acme/web", "status");
    let boss = server.personal_token("boss");
    (server, boss)
}

async fn walk(language: Language) {
    let ((server, boss), own) = (server(), own(language));
    let browser = Browser::start(language).await;
    sign_in(&browser, &server, language, "boss").await;
    let open = async |path: &str| browser.open(&format!("{}{path}", server.url)).await;
    open(POLICY).await;
    browser.fill(own.max_days, "0").await;
    browser.press(own.preview).await;
    browser.read(own.bad_days).await;
    browser.fill(own.max_days, "90").await;
    browser.read(own.approval).await;
    browser.see("#approval").await.click().await.unwrap();
    browser.press(own.preview).await;
    browser.read(own.stops).await;
    assert_eq!(server.get(&boss, WEB).await.0, 200, "nothing is done yet");
    browser.press(own.save).await;
    browser.arrive(POLICY).await;
    browser.read(own.saved).await;
    assert_eq!(browser.held(own.max_days).await, "90");
    assert_eq!(server.get(&boss, WEB).await.1["code"], "policy_lifetime");

    // The form of a project's token says the policy, and offers no life that it would refuse.
    open(&format!("{SETTINGS}/api/new")).await;
    browser.read(own.rule).await;
    browser.read(own.approval_rule).await;
    let lives = "return [...document.querySelectorAll('#expires option')].map((o) => o.value)";
    let lives = browser.ask(lives, Vec::new()).await;
    assert_eq!(lives, json!(["1", "7", "30", "90", "date"]));
    assert_eq!(browser.held(expires(language)).await, "90");

    // That of a personal one says where it will not work, whatever it is chosen to be.
    open(&format!("{TOKENS}/new?expires=365")).await;
    browser.read(own.rule).await;
    browser.read(own.stopped).await;
    open(&format!("{TOKENS}/new?name=deploy&expires=30")).await;
    browser.read(own.waits).await;
    browser.press(language.words().add_personal).await;
    let value = browser.see("#value").await.prop("value").await.unwrap().unwrap();
    assert_eq!(server.get(&value, WEB).await.0, 200);
    assert_eq!(server.post(&value, WEB, json!({})).await.1["code"], "policy_approval");
    open(TOKENS).await;
    browser.read(own.waits).await;
    browser.read(own.stopped).await;
    open(APPROVALS).await;
    browser.read(own.own).await;

    let other = Browser::start(language).await;
    sign_in(&other, &server, language, "deputy").await;
    other.open(&format!("{}{APPROVALS}", server.url)).await;
    other.press(own.approve).await;
    other.read(own.approved).await;
    assert_eq!(server.post(&value, WEB, json!({})).await.0, 201);
    other.press(own.refuse).await;
    other.fill(own.reason, "too broad").await;
    other.press(own.refuse_button).await;
    other.arrive(APPROVALS).await;
    assert_eq!(server.post(&value, WEB, json!({})).await.1["code"], "policy_approval");
    open(TOKENS).await;
    browser.read(own.refused).await;
    browser.read(own.never).await;
}

/// The label of the field that says when a token ends.
fn expires(language: Language) -> &'static str {
    match language {
        Language::English => "Expires",
        Language::Japanese => "有効期限",
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_admin_sets_a_policy_and_another_approves_in_english() {
    walk(Language::English).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_admin_sets_a_policy_and_another_approves_in_japanese() {
    walk(Language::Japanese).await;
}
