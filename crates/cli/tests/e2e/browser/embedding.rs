//! The code of a badge, as its page makes it, read by the real reader of each format, and what they make of
//! it by a real browser: one link with one image, of the right addresses, whatever a branch is called.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use reqwest::Method;
use serde_json::Value;

use crate::browser::driver::Browser;
use crate::browser::sample::{CONFIG, SETTINGS};
use crate::browser::words::Language;
use crate::harness::{Database, Server, feed_to, python};
use crate::session::Session;

/// Names that a format could take for something of its own.
const BRANCHES: [&str; 14] = [
    "main",
    "feature/x",
    "枝/ä",
    "a_b__c_d",
    "x--y---z",
    "<script>alert(1)</script>",
    "\"onerror=\"alert(1)",
    "](http://evil.example)",
    "}{[]|`",
    "!image!:x",
    "a&b=c&amp;d#e",
    "%2F%%",
    "L<x>=cut",
    "$HOME'+'",
];

/// The page's codes, by the names of their formats.
async fn codes(server: &Server, session: &Session, branch: &str) -> BTreeMap<String, String> {
    let branch = rondo_wire::client::segment(branch);
    let path = format!("{SETTINGS}/badges?branch={branch}&style=shield&states=all&token=none");
    let page = session.request(server, Method::GET, &path).send().await.unwrap();
    assert_eq!(page.status().as_u16(), 200);
    let page = page.text().await.unwrap();
    let blocks = page.split("<div class=\"code-block\">").skip(1);
    let between = |text: &str, before: &str, after: &str| {
        let (_, rest) = text.split_once(before).unwrap();
        rest.split_once(after).unwrap().0.to_owned()
    };
    let code = |block: &str| {
        let code = between(block, "spellcheck=\"false\">\n", "</textarea>");
        let code = code.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
        (between(block, "\">", "</label>"), code.replace("&amp;", "&"))
    };
    blocks.map(code).collect()
}

/// What the reader of a format makes of it.
fn read(server: &Server, format: &str, code: &str) -> String {
    let file = server.folder.path().join("code");
    std::fs::write(&file, code).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/e2e/browser/embedding/read.py");
    let mut command = Command::new(python());
    command.arg(script).arg(format).arg(&file);
    feed_to(command, "")
}

/// What a browser sees in it: where each link leads, each image inside of a link with what it says, and
/// everything that is neither.
const SEE: &str = "
    const seen = new DOMParser().parseFromString(arguments[0], 'text/html');
    const all = (what) => [...seen.querySelectorAll(what)];
    return {
        links: all('a').map((a) => a.getAttribute('href')),
        images: all('a img').map((i) => [i.getAttribute('src'), i.getAttribute('alt')]),
        all_images: all('img').length,
        others: all('script, iframe, style, [onerror], [onclick]').length,
        words: seen.body.textContent.trim(),
    }";

async fn check(browser: &Browser, server: &Server, branch: &str, format: &str, code: &str) {
    let html = read(server, format, code);
    let seen = browser.ask(SEE, vec![html.clone().into()]).await;
    let told = format!("{format} of {branch:?}: {code}\n{html}\n{seen}");
    let list = |name: &str| seen[name].as_array().unwrap().clone();
    let (links, images) = (list("links"), list("images"));
    assert_eq!((links.len(), images.len()), (1, 1), "{told}");
    assert_eq!((&seen["all_images"], &seen["others"]), (&1.into(), &0.into()), "{told}");
    assert_eq!(seen["words"], "", "{told}");
    let known = |address: &Value| {
        let address = address.as_str().unwrap();
        address.strip_prefix(&server.url).unwrap_or_else(|| panic!("{told}")).to_owned()
    };
    let (image, link) = (known(&images[0][0]), known(&links[0]));
    let decode = "return decodeURIComponent(arguments[0])";
    let (path, query) = image.split_once('?').unwrap();
    let path = browser.ask(decode, vec![path.into()]).await;
    assert_eq!(path, format!("/gh/acme/web/tree/{branch}.svg"), "{told}");
    let expected = "style=shield&states=all&circle-token=BADGEKEY";
    assert_eq!(query.trim_end_matches("&as=.svg"), expected, "{told}");
    let (path, query) = link.split_once('?').unwrap();
    assert_eq!(path, "/pipelines/gh/acme/web", "{told}");
    let query = browser.ask(decode, vec![query.into()]).await;
    assert_eq!(query, format!("branch={branch}"), "{told}");
    // Org has no place for it.
    assert!(format == "Org" || images[0][1] == "Build status", "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_format_shows_one_badge_that_leads_to_its_builds() {
    let server = Server::start_with(Database::Sqlite, &["--executor", "none"]);
    server.add_person("mika", true);
    server.add_project("gh/acme/web", CONFIG);
    let session = Session::begin(&server, "mika").await;
    let browser = Browser::start(Language::English).await;
    browser.open(&format!("{}/login", server.url)).await;
    for branch in BRANCHES {
        let codes = codes(&server, &session, branch).await;
        assert_eq!(codes.len(), 9, "{codes:?}");
        for (format, code) in codes.iter().filter(|(format, _)| *format != "Image URL") {
            check(&browser, &server, branch, format, code).await;
        }
    }
}
