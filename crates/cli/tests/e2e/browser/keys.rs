//! The page of a project's SSH keys: from a project that is added by an address on SSH to a build, and
//! keys that come and go.

use crate::acme::PROJECT;
use crate::browser::driver::Browser;
use crate::browser::sample::{SETTINGS, sign_in};
use crate::browser::words::Language;
use crate::harness::{Repository, Server};
use crate::ssh::sshd::{Sshd, make_key};

const CONFIG: &str = "
version: 2.1
jobs:
  build:
    machine: true
    steps: [checkout]
";

/// Names of fields and buttons, and what the page says.
struct Words {
    preferred: &'static str,
    make: &'static str,
    made: &'static str,
    add: &'static str,
    hostname: &'static str,
    private_key: &'static str,
    added: &'static str,
    no_key: &'static str,
    removed: &'static str,
}

fn words(language: Language) -> Words {
    match language {
        Language::English => Words {
            preferred: "Preferred",
            make: "Add Checkout Key",
            made: "The key is made.",
            add: "Add SSH Key",
            hostname: "Hostname",
            private_key: "Private Key",
            added: "The key is added.",
            no_key: "Paste the whole file",
            removed: "The key is removed.",
        },
        Language::Japanese => Words {
            preferred: "使用中",
            make: "チェックアウトキーを追加",
            made: "キーを作成しました。",
            add: "SSH キーを追加",
            hostname: "ホスト名",
            private_key: "秘密鍵",
            added: "SSH キーを追加しました。",
            no_key: "ファイルの全体を",
            removed: "キーを削除しました。",
        },
    }
}

async fn keys_come_and_go(language: Language) {
    let (server, words, shared) = (Server::start(), words(language), language.words());
    server.add_person("mika", true);
    let sshd = Sshd::start(server.folder.path());
    let repository = Repository::make(&server.folder.path().join("repository"), CONFIG);
    let browser = Browser::start(language).await;
    sign_in(&browser, &server, language, "mika").await;
    browser.open(&format!("{}/projects/add", server.url)).await;
    browser.fill(shared.organization, "acme").await;
    browser.fill(shared.repository, "web").await;
    browser.fill(shared.git_url, &sshd.url(&repository.folder)).await;
    browser.press(shared.add_project).await;
    browser.arrive(&format!("{SETTINGS}/ssh")).await;
    browser.read(words.preferred).await;
    browser.read(&sshd.fingerprint()).await;
    let token = server.personal_token("mika");
    let (_, keys) = server.get(&token, &format!("{PROJECT}/checkout-key?digest=sha256")).await;
    let public = keys[0]["public_key"].as_str().unwrap();
    browser.read(public).await;
    sshd.take(public);
    server.post(&token, PROJECT, serde_json::json!({})).await;
    assert_eq!(server.ended(&token, "gh/acme/web", 1).await["outcome"], "success");

    browser.press(words.make).await;
    browser.read(words.made).await;
    browser.press(&(shared.remove_named)(keys[0]["fingerprint"].as_str().unwrap())).await;
    browser.press(shared.remove).await;
    browser.read(words.removed).await;

    browser.press(words.add).await;
    browser.fill(words.hostname, "deploy.example.com").await;
    browser.fill(words.private_key, "no key").await;
    browser.ask("document.querySelector('dialog[open] form').requestSubmit()", vec![]).await;
    browser.see(".problems").await;
    browser.read(words.no_key).await;
    assert_eq!(browser.held(words.hostname).await, "deploy.example.com");
    assert_eq!(browser.held(words.private_key).await, "", "a private key is never sent back");
    let key = make_key(server.folder.path(), "mine", &["-t", "ed25519"]);
    let fill = "document.querySelector('main #private_key').value = arguments[0];
        document.querySelector('main #private_key').form.requestSubmit()";
    browser.ask(fill, vec![key.private.clone().into()]).await;
    browser.read(words.added).await;
    browser.read(&key.fingerprint).await;
    assert!(!browser.source().await.contains("PRIVATE KEY---"));
    browser.press(&(shared.remove_named)(&key.fingerprint)).await;
    browser.press(shared.remove).await;
    browser.read(words.removed).await;
    assert!(!browser.source().await.contains(&key.fingerprint));
}

#[tokio::test(flavor = "multi_thread")]
async fn ssh_keys_come_and_go_in_english() {
    keys_come_and_go(Language::English).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ssh_keys_come_and_go_in_japanese() {
    keys_come_and_go(Language::Japanese).await;
}
