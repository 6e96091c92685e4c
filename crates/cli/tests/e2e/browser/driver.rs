//! A headless Chromium of one test, driven through chromedriver. Both live in a process namespace
//! that ends with the test, however it ends.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use fantoccini::actions::{Actions, InputSource, KeyAction, KeyActions};
use fantoccini::elements::Element;
use fantoccini::error::CmdError;
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::browser::words::Language;
use crate::harness::client;

/// How long a page may take to show what a test waits for.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);
/// The key of a reference to an element in WebDriver's JSON.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// Links, buttons and menus that can be seen, and how a person would name them; of an open dialog
/// only, since it covers the rest.
const NAMED: &str = "
    const within = document.querySelector('dialog[open]') ?? document;
    const name = (e) => (e.getAttribute('aria-label') ?? e.innerText).replace(/\\s+/g, ' ').trim();
    const named = [...within.querySelectorAll('a, button, summary, select')].filter((e) =>
        e.checkVisibility({visibilityProperty: true}) && !e.disabled);
    return named.find((e) => name(e) === arguments[0]) ?? null;";

/// A field by the text of its label.
const LABELLED: &str = "
    const within = document.querySelector('dialog[open]') ?? document;
    const label = [...within.querySelectorAll('label')].find((l) =>
        l.checkVisibility() && l.innerText.trim().startsWith(arguments[0]));
    return label?.control ?? null;";

/// Whether a browser runs the scripts of pages.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scripts {
    Run,
    Refused,
}

pub(crate) struct Browser {
    pub(crate) client: Client,
    driver: Child,
    address: String,
    _folder: TempDir,
}

impl Browser {
    pub(crate) async fn start(language: Language) -> Self {
        Self::start_with(language, Scripts::Run).await
    }

    pub(crate) async fn start_with(language: Language, scripts: Scripts) -> Self {
        let folder = tempfile::Builder::new().prefix("rondo-browser-").tempdir().unwrap();
        let (mut driver, port) = launch(&folder);
        let address = format!("http://127.0.0.1:{port}");
        let connected = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities(&folder, language, scripts))
            .connect(&address)
            .await;
        let client = connected.unwrap_or_else(|error| {
            let _ = driver.kill();
            panic!("no session with {address}: {error}")
        });
        Self { client, driver, address, _folder: folder }
    }

    pub(crate) async fn open(&self, address: &str) {
        self.client.goto(address).await.unwrap();
    }

    /// Path and query of the page that is open.
    pub(crate) async fn place(&self) -> String {
        let url = self.client.current_url().await.unwrap();
        url.query().map_or(url.path().to_owned(), |query| format!("{}?{query}", url.path()))
    }

    pub(crate) async fn source(&self) -> String {
        self.client.source().await.unwrap()
    }

    /// What a script returns.
    pub(crate) async fn ask(&self, script: &str, arguments: Vec<Value>) -> Value {
        self.client.execute(script, arguments).await.unwrap()
    }

    /// Waits until a script returns something. `what` is what a failure says was missing.
    pub(crate) async fn until(&self, what: &str, script: &str, arguments: &[Value]) -> Value {
        let begun = Instant::now();
        loop {
            // While one page makes way for the next there is nothing to ask.
            let answer = self.client.execute(script, arguments.to_vec()).await;
            match &answer {
                Ok(Value::Null | Value::Bool(false)) | Err(_) => {}
                Ok(found) => return found.clone(),
            }
            if begun.elapsed() > PATIENCE {
                let page = self.client.execute("return document.body.innerText", Vec::new()).await;
                panic!("no {what} at {}: {answer:?}\n{page:?}", self.place().await);
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
    }

    /// Waits until a text can be read on the page.
    pub(crate) async fn read(&self, words: &str) {
        let script = "return document.body.innerText.includes(arguments[0])";
        self.until(&format!("text {words:?}"), script, &[words.into()]).await;
    }

    /// Waits until an element that can be seen fits a selector.
    pub(crate) async fn see(&self, css: &str) -> Element {
        let script = "return [...document.querySelectorAll(arguments[0])]
            .find((e) => e.checkVisibility()) ?? null";
        let found = self.until(css, script, &[css.into()]).await;
        self.element(&found)
    }

    /// Waits until nothing that can be seen fits a selector.
    pub(crate) async fn miss(&self, css: &str) {
        let script = "return ![...document.querySelectorAll(arguments[0])]
            .some((e) => e.checkVisibility())";
        self.until(&format!("end of {css}"), script, &[css.into()]).await;
    }

    /// Waits until the page is at a path.
    pub(crate) async fn arrive(&self, place: &str) {
        let script = "return location.pathname + location.search === arguments[0]
            && document.readyState === 'complete'";
        self.until(place, script, &[place.into()]).await;
    }

    /// Presses a link, button or menu by its name.
    pub(crate) async fn press(&self, name: &str) {
        self.act(name, NAMED, async |element: Element| element.click().await).await;
    }

    /// Types into a field by its label, in place of what it held.
    pub(crate) async fn fill(&self, label: &str, text: &str) {
        self.act(label, LABELLED, async |field: Element| {
            field.clear().await?;
            field.send_keys(text).await
        })
        .await;
    }

    /// Chooses an option of a list by its words.
    pub(crate) async fn choose(&self, label: &str, option: &str) {
        self.act(label, LABELLED, async |field: Element| field.select_by_label(option).await).await;
    }

    /// What a field holds, by its label.
    pub(crate) async fn held(&self, label: &str) -> String {
        let found = self.until(label, LABELLED, &[label.into()]).await;
        self.element(&found).prop("value").await.unwrap().unwrap()
    }

    /// Finds by name and acts; once more if the page replaced the element in between.
    async fn act<F>(&self, name: &str, script: &str, act: F)
    where
        F: AsyncFn(Element) -> Result<(), CmdError>,
    {
        let begun = Instant::now();
        loop {
            let found = self.until(&format!("{name:?}"), script, &[name.into()]).await;
            match act(self.element(&found)).await {
                Ok(()) => return,
                Err(error) => assert!(begun.elapsed() < PATIENCE, "{name:?}: {error}"),
            }
        }
    }

    fn element(&self, found: &Value) -> Element {
        let id = found[ELEMENT].as_str().unwrap_or_else(|| panic!("no element: {found}"));
        Element::from_element_id(self.client.clone(), id.to_owned().into())
    }

    /// Presses keys one after the other, on whatever has the focus.
    pub(crate) async fn keys(&self, keys: impl IntoIterator<Item = char>) {
        let mut strokes = KeyActions::new("keyboard".to_owned());
        for value in keys {
            strokes = strokes.then(KeyAction::Down { value }).then(KeyAction::Up { value });
        }
        self.client.perform_actions(Actions::from(strokes)).await.unwrap();
    }

    /// A command of Chromium's own protocol.
    pub(crate) async fn command(&self, command: &str, parameters: Value) -> Value {
        let session = self.client.session_id().await.unwrap().unwrap();
        let address = format!("{}/session/{session}/goog/cdp/execute", self.address);
        let body = json!({ "cmd": command, "params": parameters });
        let answer = client().post(address).json(&body).send().await.unwrap();
        let mut answer: Value = answer.json().await.unwrap();
        assert!(answer["value"]["error"].is_null(), "{command}: {answer}");
        answer["value"].take()
    }

    /// Makes the window as wide as a phone or a desk, in CSS pixels.
    pub(crate) async fn resize(&self, width: u32) {
        let size =
            json!({ "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false });
        self.command("Emulation.setDeviceMetricsOverride", size).await;
    }

    /// Tells pages that the device is light or dark.
    pub(crate) async fn shine(&self, scheme: &str) {
        let features = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
        self.command("Emulation.setEmulatedMedia", json!({ "features": features })).await;
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

/// chromedriver on a free port. The namespace's first process ends with the test, and with it all
/// the others.
fn launch_driver(folder: &TempDir) -> Child {
    Command::new("bwrap")
        .args(["--dev-bind", "/", "/", "--proc", "/proc", "--unshare-pid", "--die-with-parent"])
        .args(["chromedriver", "--port=0"])
        .env("HOME", folder.path())
        .env("TMPDIR", folder.path())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("bwrap and chromedriver, which ./test installs")
}

/// chromedriver and its port. It takes a free port of IPv4 and then wants the same one of IPv6; where
/// another process has that, it ends at once, and the next one takes another port.
fn launch(folder: &TempDir) -> (Child, u16) {
    for _ in 0..10 {
        let mut driver = launch_driver(folder);
        if let Some(port) = port(&mut driver) {
            return (driver, port);
        }
        driver.wait().unwrap();
    }
    panic!("chromedriver finds no port")
}

/// The port that chromedriver says it listens on, unless it ends.
fn port(driver: &mut Child) -> Option<u16> {
    let mut lines = BufReader::new(driver.stdout.as_mut().unwrap()).lines();
    lines.find_map(|line| {
        let line = line.unwrap();
        let (_, port) = line.rsplit_once("started successfully on port ")?;
        port.trim_end_matches('.').parse().ok()
    })
}

fn capabilities(
    folder: &TempDir,
    language: Language,
    scripts: Scripts,
) -> fantoccini::wd::Capabilities {
    let profile = format!("--user-data-dir={}", folder.path().join("profile").display());
    let arguments = [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--window-size=1280,900",
        &profile,
    ];
    let mut preferences = json!({ "intl.accept_languages": language.tag() });
    if scripts == Scripts::Refused {
        preferences["profile.managed_default_content_settings.javascript"] = 2.into();
    }
    let options = json!({
        "goog:chromeOptions": {
            "binary": "/usr/bin/chromium",
            "args": arguments,
            "prefs": preferences,
        },
        "unhandledPromptBehavior": "accept",
    });
    options.as_object().unwrap().clone()
}
