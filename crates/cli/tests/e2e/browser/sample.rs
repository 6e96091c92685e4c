//! What the pages are tried with: the first link of a fresh server, a project whose builds show
//! everything that a page can show, and signing in.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};

use serde_json::json;

use crate::acme::{Acme, until};
use crate::browser::driver::{Browser, PATIENCE};
use crate::browser::words::Language;
use crate::harness::{PASSWORD, Server};

/// `slow` says two things, and between them waits for a word of the test; `broken` leaves behind
/// results, an artifact and a failure.
pub(crate) const CONFIG: &str = r#"
version: 2.1
jobs:
  slow:
    machine: true
    steps:
      - run:
          name: Wait for a word
          command: |
            exec 3<>"/dev/tcp/127.0.0.1/$PORT"
            printf '\033[31mred words\033[0m and <b id=evil>no markup</b>\n'
            read -r word <&3
            echo "the word is $word"
  broken:
    machine: true
    steps:
      - run:
          name: Compile
          command: |
            mkdir -p out results
            echo kept > "out/report of <today>.txt"
            cat > results/junit.xml <<'XML'
            <testsuite name="unit" tests="3" failures="1">
              <testcase classname="money" name="adds" time="0.01"/>
              <testcase classname="money" name="rounds" file="money_test.py" time="1.5">
                <failure message="expected 2 &lt;b id='evil'&gt;">a long line of a message, a long line of a message, a long line of a message, a long line of a message</failure>
              </testcase>
              <testcase classname="money" name="splits" time="0.02"/>
            </testsuite>
            XML
            for colour in 30 31 32 33 34 35 36 37 90 91 92 93 94 95 96 97; do
              printf '\033[%smcolour %s\033[0m \033[1;%smbold\033[0m\n' $colour $colour $colour
            done
      - store_test_results:
          path: results
      - store_artifacts:
          path: out
      - run:
          name: Test
          command: |
            echo last words
            exit 3
  fine:
    machine: true
    steps:
      - run: echo fine
  waits:
    machine: true
    steps:
      - run: echo "never reached"
workflows:
  main:
    jobs:
      - broken
      - fine
      - waits:
          requires: [broken]
"#;

/// The project with builds of each kind, all ended, tokens, a variable, and a second person who
/// may see none of it.
pub(crate) async fn acme() -> Acme {
    let acme = Acme::start(CONFIG);
    acme.server.add_person("stranger", false);
    acme.run_workflows("main", 2).await;
    acme.set("DEPLOY_KEY", "a value that nobody sees").await;
    for scope in ["status", "view-builds", "all"] {
        acme.server.project_token("gh/acme/web", scope);
    }
    acme
}

/// The link that makes the first account, as the server printed it.
pub(crate) async fn setup_link(server: &Server) -> String {
    until("a link for the first account", PATIENCE, || {
        let log = std::fs::read_to_string(server.log()).unwrap();
        let line = log.lines().find(|line| line.contains("/setup/"))?;
        log.ends_with('\n').then(|| line.split_whitespace().last().unwrap().to_owned())
    })
    .await
}

/// Signs in through the page.
pub(crate) async fn sign_in(browser: &Browser, server: &Server, language: Language, name: &str) {
    let words = language.words();
    browser.open(&format!("{}/login", server.url)).await;
    browser.fill(words.user_name, name).await;
    browser.fill(words.password, PASSWORD).await;
    browser.press(words.sign_in).await;
    browser.arrive("/").await;
}

/// The test's end of what a `slow` build waits for.
pub(crate) struct Word {
    listener: TcpListener,
    build: Option<TcpStream>,
}

impl Word {
    pub(crate) fn new() -> Self {
        Self { listener: TcpListener::bind("127.0.0.1:0").unwrap(), build: None }
    }

    /// What a build is told to find it by.
    pub(crate) fn port(&self) -> u16 {
        self.listener.local_addr().unwrap().port()
    }

    /// Runs a `slow` build by the API, as far as its pause; its number.
    pub(crate) async fn hold(&mut self, acme: &Acme) -> i64 {
        let number = acme.trigger("slow", json!({ "PORT": self.port().to_string() })).await;
        self.meet();
        number
    }

    /// Waits until the build has come to its pause.
    pub(crate) fn meet(&mut self) {
        self.build = Some(self.listener.accept().unwrap().0);
    }

    /// Lets the build go on.
    pub(crate) fn say(&mut self, word: &str) {
        writeln!(self.build.as_mut().unwrap(), "{word}").unwrap();
    }

    /// Waits until the build's process is gone.
    pub(crate) fn outlive(&mut self) {
        let _ = self.build.as_mut().unwrap().read(&mut [0; 1]);
    }
}

/// The project's pages.
pub(crate) const PIPELINES: &str = "/pipelines/gh/acme/web";
pub(crate) const SETTINGS: &str = "/settings/project/gh/acme/web";
