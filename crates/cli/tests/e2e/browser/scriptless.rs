//! The pages in a browser that runs no script: what opens a dialog elsewhere is a page of its own.

use crate::browser::driver::{Browser, Scripts};
use crate::browser::sample::{PIPELINES, acme, sign_in};
use crate::browser::words::Language;

#[tokio::test(flavor = "multi_thread")]
async fn a_token_lives_and_dies_without_script() {
    let acme = acme().await;
    let (server, words) = (&acme.server, Language::English.words());
    let browser = Browser::start_with(Language::English, Scripts::Refused).await;
    sign_in(&browser, server, Language::English, "mika").await;
    browser.miss("html.scripted").await;
    browser.press(&format!("{}: mika", words.account)).await;
    browser.press(words.personal_tokens).await;
    browser.press(words.create_personal).await;
    browser.arrive("/settings/user/tokens/new").await;
    browser.fill(words.token_name, "by hand").await;
    browser.press(words.add_personal).await;
    let value = browser.see("#value").await.prop("value").await.unwrap().unwrap();
    browser.miss("[data-copy]").await;
    assert_eq!(server.get(&value, "/api/v1.1/me").await.0, 200);
    // A browser that loads the answer to a form again sends the form again.
    browser.client.refresh().await.unwrap();
    browser.arrive("/settings/user/tokens").await;
    browser.read("This form was sent before").await;
    let named = "return [...document.querySelectorAll('table.tokens tbody th')]
        .filter((name) => name.innerText.includes('by hand')).length";
    assert_eq!(browser.ask(named, Vec::new()).await, 1, "no second token was made");
    browser.open(&format!("{}/settings/user/tokens", server.url)).await;
    browser.arrive("/settings/user/tokens").await;
    browser.press(&(words.remove_named)("by hand")).await;
    browser.read(&(words.remove_question)("by hand")).await;
    browser.press(words.remove).await;
    browser.read(words.removed).await;
    assert_eq!(server.get(&value, "/api/v1.1/me").await.0, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_build_is_run_and_read_without_script() {
    let acme = acme().await;
    let words = Language::English.words();
    let browser = Browser::start_with(Language::English, Scripts::Refused).await;
    sign_in(&browser, &acme.server, Language::English, "mika").await;
    browser.press("acme/web").await;
    browser.press(words.run).await;
    browser.arrive(&format!("{PIPELINES}/run")).await;
    browser.fill(words.job, "fine").await;
    browser.press(words.run_submit).await;
    browser.arrive(&format!("{PIPELINES}/3")).await;
    acme.ended(3).await;
    browser.client.refresh().await.unwrap();
    let steps = "return [...document.querySelectorAll('.step')]
        .find((step) => step.innerText.includes('echo fine'))?.id ?? null";
    let step = browser.until("the step", steps, &[]).await;
    let summary = format!("#{} summary", step.as_str().unwrap());
    browser.see(&summary).await.click().await.unwrap();
    browser.press("Show output").await;
    let log = browser.see(".log").await.text().await.unwrap();
    assert!(log.lines().any(|line| line == "fine"), "{log}");
}
