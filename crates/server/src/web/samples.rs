//! Every page with sample data, for tests and for looking at: believable words, or the same page
//! with one hostile text wherever data can stand.

mod account;
mod finding;
mod found;
mod overview;
mod policy;
mod server;
mod service;
mod token;

use rondo_domain::{
    CheckoutKeyKind, Vcs,
    token::{Preset, Scope},
};

use super::{
    ansi, badges,
    build::{
        self, Archive, Artifact, Build, FailedTest, Head, Output, Parameter, Sibling, Step, Tests,
    },
    builds::{self, Builds, Run, Why},
    chrome::{Chrome, Notice, Person, Rights},
    device, entry,
    fault::{self, Fault},
    form::Problem,
    locale::Locale,
    narrowing::{Life, Narrowing, Standing},
    once::Created,
    path::Project,
    projects, ssh,
    state::State,
    theme::Theme,
    tokens, variables,
};

/// 22 November 2026, 14:05:00 UTC.
const NOW: i64 = 1_795_356_300_000;
const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// What stands where data can stand.
#[derive(Clone, Copy)]
pub(super) enum Data<'a> {
    Believable,
    Hostile(&'a str),
}

/// A page with the name of its file.
pub(super) struct Sample {
    pub(super) name: &'static str,
    pub(super) html: String,
}

struct Maker<'a> {
    data: Data<'a>,
    locale: Locale,
    theme: Theme,
    samples: Vec<Sample>,
}

/// All pages in a language and a theme.
pub(super) fn all(locale: Locale, theme: Theme, data: Data<'_>) -> Vec<Sample> {
    let mut maker = Maker { data, locale, theme, samples: Vec::new() };
    maker.entries();
    maker.device();
    maker.found();
    maker.projects();
    maker.builds();
    maker.one_build();
    maker.personal_tokens();
    maker.token();
    maker.project_tokens();
    maker.services();
    maker.variables_and_badges();
    maker.ssh_keys();
    maker.account();
    maker.server();
    maker.finding();
    maker.policy();
    maker.faults();
    maker.samples
}

impl Maker<'_> {
    fn say(&self, believable: &str) -> String {
        match self.data {
            Data::Believable => believable.to_owned(),
            Data::Hostile(text) => text.to_owned(),
        }
    }

    fn guest(&self) -> Chrome {
        Chrome {
            locale: self.locale,
            theme: self.theme,
            person: None,
            rights: Rights { read_settings: true, manage_tokens: true, manage_services: true },
            csrf: self.say("csrf-value"),
            once: self.say("once-value"),
            path: self.say("/pipelines/gh/acme/web"),
            notice: None,
            told: Vec::new(),
            now: NOW,
        }
    }

    fn chrome(&self) -> Chrome {
        Chrome { person: Some(Person { name: self.say("mika"), admin: true }), ..self.guest() }
    }

    fn noticed(&self, words: &str) -> Chrome {
        Chrome { notice: Some(Notice { says: self.say(words), is_care: false }), ..self.chrome() }
    }

    fn problem(&self, field: &'static str, message: &str) -> Problem {
        Problem { field, message: self.say(message) }
    }

    fn project(&self) -> Project {
        Project { vcs: self.say("gh"), org: self.say("acme"), repo: self.say("web") }
    }

    fn keep(&mut self, name: &'static str, html: maud::Markup) {
        self.samples.push(Sample { name, html: html.into_string() });
    }

    fn entries(&mut self) {
        let guest = self.guest();
        let text = self.locale.text();
        let wrong = self.problem("", text.problem.wrong_sign_in);
        let name = self.say("mika");
        self.keep("sign-in", entry::sign_in(&guest, &entry::SignIn::default()));
        let failed =
            entry::SignIn { name: name.clone(), next: "/".to_owned(), problems: vec![wrong] };
        self.keep("sign-in-failed", entry::sign_in(&guest, &failed));
        let setup = entry::Setup {
            code: self.say("c0de"),
            name: name.clone(),
            least: 12,
            problems: vec![self.problem("again", text.problem.passwords_differ)],
        };
        self.keep("setup", entry::setup(&guest, &setup));
        let enter = entry::Enter { code: self.say("c0de"), name };
        self.keep("enter", entry::enter(&guest, &enter));
        self.keep("gone", entry::gone(&guest));
        self.keep("again", entry::again(&self.chrome(), &entry::Again::default()));
    }

    fn device(&mut self) {
        let chrome = self.chrome();
        self.keep("device", device::form(&chrome, &device::Typed::default()));
        let wrong = device::Typed {
            code: self.say("WDJB-MJHX"),
            problems: vec![self.problem("code", self.locale.text().device.unknown)],
        };
        self.keep("device-unknown", device::form(&chrome, &wrong));
        let asks = device::Asks {
            code: self.say("WDJB-MJHT"),
            label: self.say("rondo login on laptop"),
            address: self.say("10.0.0.7"),
            began: NOW - MINUTE,
        };
        self.keep("device-asks", device::ask(&chrome, &asks));
        self.keep("device-allowed", device::done(&chrome, &asks.label, true));
        self.keep("device-denied", device::done(&chrome, &asks.label, false));
    }

    fn projects(&mut self) {
        let text = self.locale.text();
        let row = |repo: &str, public, last| projects::Row {
            project: Project { repo: self.say(repo), ..self.project() },
            public,
            last,
        };
        let last = |number, state, branch: &str, age| {
            Some(projects::Last { number, state, branch: self.say(branch), at: NOW - age })
        };
        let rows = vec![
            row("web", false, last(1204, State::Running, "main", MINUTE)),
            row("api", false, last(87, State::Failed, "fix/login-redirect", 3 * HOUR)),
            row("docs", true, last(412, State::Success, "main", DAY)),
            row("sandbox", false, None),
        ];
        let chrome = self.chrome();
        let view = projects::Projects { rows, may_add: true };
        self.keep("projects", projects::list(&chrome, &view));
        let view = projects::Projects { rows: Vec::new(), may_add: true };
        self.keep("projects-empty", projects::list(&chrome, &view));
        let form = projects::NewProject {
            vcs: Vcs::Bitbucket,
            org: self.say("acme"),
            repo: self.say("web app"),
            git_url: self.say("https://github.com/acme/web.git"),
            default_branch: self.say("main"),
            public: false,
            problems: vec![self.problem("repo", text.problem.bad_slug)],
        };
        self.keep("projects-new", projects::add(&chrome, &form));
    }

    fn build_row(&self, number: i64, state: State, why: Why, age: i64) -> builds::Row {
        let started = (state != State::Queued).then_some(NOW - age);
        let ended = (!state.is_live()).then_some(NOW - age + 83_000);
        builds::Row {
            number,
            state,
            branch: self.say(if number % 2 == 0 { "main" } else { "feature/badge-colours" }),
            revision: Some(self.say("4f2c9d1e8b7a6f5e4d3c2b1a09f8e7d6c5b4a392")),
            subject: Some(self.say("Show the last finished build on the badge, also for branches")),
            workflow: Some(self.say("build-and-deploy")),
            job: self.say("test"),
            who: (number % 3 == 0).then(|| self.say("mika")),
            why,
            started,
            ended,
        }
    }

    fn builds(&mut self) {
        let states = State::ALL.into_iter().zip([Why::Api, Why::Retry].into_iter().cycle());
        let rows = states.zip(1..).map(|((state, why), place)| {
            self.build_row(1205 - place, state, why, place * 17 * MINUTE)
        });
        let mut view = Builds {
            project: self.project(),
            rows: rows.collect(),
            total: Some(1204),
            more: true,
            page: 2,
            page_size: 30,
            branch: Some(self.say("release/2.x")),
            branches: vec![self.say("main"), self.say("feature/badge-colours")],
            run: Some(Run { branch: self.say("main"), ..Run::default() }),
            paused: false,
            may_configure: true,
        };
        let chrome = self.noticed(self.locale.text().build.retried);
        self.keep("builds", builds::list(&chrome, &view));
        view.rows = Vec::new();
        view.total = Some(0);
        view.branch = None;
        view.paused = true;
        self.keep("builds-empty", builds::list(&self.chrome(), &view));
        let run = Run {
            branch: self.say("main"),
            job: self.say("deploy"),
            parameters: self.say("GREETING=hello\nbroken"),
            branches: vec![self.say("main")],
            problems: vec![
                self.problem("parameters", &(self.locale.text().problem.bad_parameter)(2)),
            ],
        };
        self.keep("run", builds::run(&self.chrome(), &view.project, &run));
    }

    fn head(&self, ended: Option<i64>) -> Head {
        Head {
            job: self.say("test"),
            workflow: Some(self.say("build-and-deploy")),
            branch: Some(self.say("main")),
            tag: None,
            revision: Some(self.say("4f2c9d1e8b7a6f5e4d3c2b1a09f8e7d6c5b4a392")),
            subject: Some(self.say("Show the last finished build on the badge")),
            who: Some(self.say("mika")),
            why: Why::Api,
            canceled_by: None,
            retry_of: Some(1198),
            queued: NOW - 125_000,
            started: Some(NOW - 120_000),
            ended,
            parameters: vec![Parameter { name: self.say("GREETING"), value: self.say("hello") }],
            errored: false,
            siblings: Vec::new(),
            message: None,
        }
    }

    fn step(&self, ordinal: i64, name: &str, state: State, seconds: i64) -> Step {
        let started = NOW - 100_000;
        Step {
            ordinal,
            name: self.say(name),
            state,
            started,
            ended: (!state.is_live()).then_some(started + seconds * 1000),
            exit_code: (state == State::Failed).then_some(1),
            background: ordinal == 2,
            output: None,
        }
    }

    fn output(&self) -> Output {
        let log = self.say(
            "\x1b[1m> web@1.0.0 test\x1b[0m\n\n\x1b[32m  ✓\x1b[0m signs in \x1b[2m(12 ms)\x1b[0m\n\
             \x1b[31m  1) refuses a wrong password\x1b[0m\n  \x1b[30;43m WARN \x1b[0m retry in 3 s\n\
             \x1b[34minfo\x1b[0m \x1b[38;5;208mlong\x1b[0m line: abcdefghijklmnopqrstuvwxyz 0123456789 \
             abcdefghijklmnopqrstuvwxyz 0123456789 abcdefghijklmnopqrstuvwxyz 0123456789 end\n\
             テスト 212 件中 3 件が失敗しました\n",
        );
        Output {
            lines: ansi::tail(log.as_bytes(), 1000).html,
            left_out: 1200,
            cut: true,
            raw: Some(self.say("/raw")),
        }
    }

    fn tests(&self) -> Tests {
        let failure = |name: &str| FailedTest {
            class: self.say("sign-in"),
            name: self.say(name),
            file: Some(self.say("test/sign-in.test.js")),
            message: Some(
                self.say("AssertionError: expected 401, got 200\n    at sign-in.test.js:17"),
            ),
            run_time: Some(1240),
        };
        let failures = vec![failure("refuses a wrong password"), failure("throttles")];
        Tests { total: 212, failed: 3, failures }
    }

    fn one_build(&mut self) {
        let mut failed = self.step(3, "Run tests", State::Failed, 62);
        failed.output = Some(self.output());
        let artifact = |path: &str, size| Artifact {
            path: self.say(path),
            href: self.say("/output/job/1/artifacts/0/coverage/index.html"),
            size,
        };
        let mut view = Build {
            project: self.project(),
            number: 1203,
            state: State::Failed,
            head: self.head(Some(NOW - 30_000)),
            steps: vec![
                self.step(0, "Spin up environment", State::Success, 1),
                self.step(1, "Checkout code", State::Success, 2),
                self.step(2, "npm ci", State::Success, 23),
                failed,
                self.step(4, "Upload artifacts", State::Canceled, 0),
            ],
            tests: Some(self.tests()),
            artifacts: vec![
                artifact("coverage/index.html", 48_213),
                artifact("dist/web-1.0.0.tar.gz", 12_482_113),
            ],
            archives: vec![Archive {
                format: "ZIP",
                href: self.say("/output/job/1/artifacts.zip"),
            }],
            may_trigger: true,
            takes_triggers: true,
        };
        let chrome = self.chrome();
        view.head.siblings = [
            ("lint", State::Success, Some(1202)),
            ("lint", State::Failed, Some(1201)),
            ("test", State::Failed, Some(1203)),
            ("deploy", State::NotRun, None),
        ]
        .map(|(name, state, number)| Sibling { name: self.say(name), state, number })
        .into();
        self.keep("build-failed", build::page(&chrome, &view));
        view.state = State::Running;
        view.head = self.head(None);
        view.steps.truncate(3);
        view.steps[2] = self.step(2, "npm ci", State::Running, 0);
        view.tests = None;
        view.artifacts = Vec::new();
        self.keep("build-running", build::page(&chrome, &view));
        view.state = State::Failed;
        view.steps = Vec::new();
        view.head.ended = Some(NOW);
        view.head.message = Some(self.say("The config could not be read."));
        view.head.errored = true;
        self.keep("build-config", build::page(&chrome, &view));
    }

    fn created(&self, back: &str) -> Created {
        let value = "rdpat_5kQ0sZr8aBc_4jW9yXv2TqLmN7pRsU1kDfGhJ3bVcX6zEaYtIoPwQ8nMk0aB1c2";
        Created {
            stops: vec![self.say("In gh/acme it only reads.")],
            label: self.say("nightly report"),
            value: self.say(value),
            curl: self
                .say(&format!("curl -H 'Circle-Token: {value}' https://ci.example/api/v1.1/me")),
            back: back.to_owned(),
        }
    }

    fn personal_tokens(&mut self) {
        let row = |id: &str, name: &str, age, used: Option<i64>| tokens::Row {
            id: self.say(id),
            name: self.say(name),
            created: NOW - age,
            last_used: used.map(|age| NOW - age),
            standing: Standing {
                says: used.map(|_| self.say("only from 10.0.0.0/8")),
                expires: used.map(|age| NOW + 10 * DAY - age),
                disabled: used == Some(4 * MINUTE),
                idle: used == Some(40 * DAY),
                turn: used.map(|_| self.turn()),
                stops: vec![(self.say("gh/acme"), self.say("In gh/acme it only reads."))],
            },
        };
        let rows = vec![
            row("5kQ0sZr8aBc", "nightly report", HOUR, None),
            row("9xTz2LmQw4e", "deploy script on build-03", 12 * DAY, Some(4 * MINUTE)),
            row("1aB2c3D4e5F", "dashboard", 200 * DAY, Some(40 * DAY)),
        ];
        let text = self.locale.text();
        let problems =
            vec![self.problem("name", &(text.problem.required)(text.tokens.personal_name))];
        let narrowing = Narrowing {
            preset: Preset::TriggerBuilds,
            projects: self.say("gh/acme/web"),
            life: Life::Until,
            end: self.say("2027-01-31T12:00"),
            networks: self.say("10.0.0.0/8"),
        };
        let says = self.say("It can trigger builds.");
        let form = tokens::NewToken {
            name: self.say(""),
            narrowing,
            says,
            laws: vec![self.law()],
            problems,
        };
        let chrome = self.chrome();
        let wrong = [self.problem("reason", text.problem.control_characters)];
        self.keep("tokens-delete", tokens::delete(&chrome, &rows[0], &wrong));
        let notice = self.noticed(text.tokens.removed);
        self.keep(
            "tokens",
            tokens::list(
                &notice,
                &tokens::Tokens { rows, says: self.say("everything"), laws: vec![self.law()] },
            ),
        );
        let none =
            tokens::Tokens { rows: Vec::new(), says: self.say("everything"), laws: Vec::new() };
        self.keep("tokens-empty", tokens::list(&chrome, &none));
        self.keep("tokens-new", tokens::new(&chrome, &form));
        self.keep(
            "tokens-created",
            tokens::created(&chrome, &self.created("/settings/user/tokens")),
        );
    }

    fn variables_and_badges(&mut self) {
        let project = self.project();
        let chrome = self.chrome();
        let row = |name: &str, masked: &str| variables::Row {
            name: self.say(name),
            masked: self.say(masked),
            created: NOW - 3 * DAY,
        };
        let rows = vec![row("DEPLOY_KEY", "xxxx8f3a"), row("NPM_TOKEN", "xxxx2c")];
        let view = variables::Variables { project: project.clone(), rows, may_change: true };
        self.keep("variables", variables::list(&chrome, &view));
        let view =
            variables::Variables { project: project.clone(), rows: Vec::new(), may_change: false };
        self.keep("variables-empty", variables::list(&chrome, &view));
        let form = variables::NewVariable {
            name: self.say("1ST"),
            problems: vec![self.problem("name", self.locale.text().problem.bad_variable_name)],
        };
        self.keep("variables-new", variables::new(&chrome, &project, &form));
        self.overviews(&project);
        let name = self.say("NPM_TOKEN");
        self.keep("variables-delete", variables::delete(&chrome, &project, &name));
        let view = badges::Badges {
            project,
            base: self.say("https://ci.example"),
            branch: Some(self.say("main")),
            branches: vec![self.say("main"), self.say("release/2.x")],
            style: badges::Style::Shield,
            public: false,
            all_states: true,
            tokens: vec![badges::BadgeToken {
                id: self.say("7hJk2LmN0pQ"),
                label: self.say("README badge"),
                scope: Scope::Badge,
            }],
            token: Some(self.say("7hJk2LmN0pQ")),
        };
        self.keep("badges", badges::page(&chrome, &view));
    }

    fn ssh_keys(&mut self) {
        let (chrome, project) = (self.chrome(), self.project());
        let checkout = |kind, preferred, login: Option<&str>| ssh::CheckoutKey {
            kind,
            name: self.say("c9:0b"),
            fingerprint: self.say("SHA256:NPj4IcXxqQEKGXOghi/QbG2sohoNfvZ30JwCcdSSNM0"),
            public: self.say("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA rondo gh/acme/web"),
            preferred,
            login: login.map(|login| self.say(login)),
            created: NOW - DAY,
        };
        let additional = |hostname: &str| ssh::AdditionalKey {
            hostname: self.say(hostname),
            name: self.say("c9:0b"),
            fingerprint: self.say("SHA256:uNiVztksCsDhcc0u9e8BrJaFHd0iVrNf2Zf6pT0Gb5Y"),
            created: NOW - HOUR,
        };
        let host = self.say("git.example.com");
        let known = vec![("ssh-ed25519".to_owned(), self.say("SHA256:abc"))];
        let kinds = vec![CheckoutKeyKind::Deploy, CheckoutKeyKind::GithubUser];
        let view = ssh::Keys {
            project: project.clone(),
            checkout: vec![
                checkout(CheckoutKeyKind::Deploy, true, None),
                checkout(CheckoutKeyKind::GithubUser, false, Some("mika")),
            ],
            kinds,
            host: Some(ssh::Host { name: host.clone(), keys: known }),
            additional: vec![additional(""), additional("deploy.example.com")],
            may_change: true,
            may_meet: true,
            problems: Vec::new(),
        };
        self.keep("ssh-keys", ssh::list(&chrome, &view));
        let silent = self.problem("", self.locale.text().problem.host_is_silent);
        let bare = ssh::Keys {
            checkout: Vec::new(),
            host: Some(ssh::Host { name: host, keys: Vec::new() }),
            additional: Vec::new(),
            problems: vec![silent],
            ..view
        };
        self.keep("ssh-keys-unknown-host", ssh::list(&chrome, &bare));
        let guest = ssh::Keys { may_change: false, may_meet: false, problems: Vec::new(), ..bare };
        self.keep("ssh-keys-guest", ssh::list(&chrome, &guest));
        self.keep("ssh-keys-unneeded", ssh::list(&chrome, &ssh::Keys { host: None, ..guest }));
        let form = ssh::NewKey {
            hostname: self.say("deploy.example.com"),
            problems: vec![self.problem("private_key", self.locale.text().problem.bad_ssh_key)],
        };
        self.keep("ssh-keys-new", ssh::new(&chrome, &project, &form));
        let (name, action) = (self.say("SHA256:abc"), project.delete_checkout_key("c9:0b"));
        self.keep("ssh-keys-delete", ssh::delete(&chrome, &project, &name, action));
    }

    fn faults(&mut self) {
        let names = [
            "fault-400",
            "fault-403",
            "fault-stale",
            "fault-site",
            "fault-404",
            "fault-409",
            "fault-429",
            "fault-500",
            "fault-503",
        ];
        let chrome = self.noticed(self.locale.text().fault.conflict_title);
        for (name, fault) in names.into_iter().zip(Fault::ALL) {
            self.keep(name, fault::page(&chrome, fault));
        }
    }
}
