//! Samples of the page of one token, and of those of a project's tokens.

use rondo_domain::Millis;
use rondo_domain::token::{Scope, UseClient};

use super::{DAY, HOUR, MINUTE, Maker, NOW};
use crate::web::narrowing::{Narrowing, Standing, Turn};
use crate::web::project_tokens;
use crate::web::token::{self, Count, Place, TokenPage};

impl Maker<'_> {
    /// A token on its way out, whose old value is still used.
    pub(super) fn turn(&self) -> Turn {
        Turn::Leaving {
            successor: self.say("7hJk2LmN0pQ"),
            end: NOW + DAY,
            taken_up: false,
            still: Some((self.say("curl/8.14.1"), self.say("10.0.0.7"))),
        }
    }

    pub(super) fn token(&mut self) {
        let chrome = self.chrome();
        let client = |agent: &str, age: i64, status| UseClient {
            address: self.say("10.0.0.7"),
            agent: self.say(agent),
            first_at: Millis(NOW - 9 * DAY),
            last_at: Millis(NOW - age),
            route: self.say("/api/v1.1/project/{vcs}/{org}/{repo}"),
            status,
            uses: 1234,
        };
        let count = |day: i64, accepted, refused| Count {
            day: NOW - day * DAY,
            route: self.say("/api/v1.1/me"),
            network: self.say("10.0.0.0/24"),
            accepted,
            refused,
        };
        let standing = Standing { turn: Some(self.turn()), ..Standing::default() };
        let view = TokenPage {
            place: Place::Own,
            id: self.say("5kQ0sZr8aBc"),
            name: self.say("nightly report"),
            says: self.say("It can read builds."),
            created: NOW - 100 * DAY,
            first_used: Some(NOW - 9 * DAY),
            last_used: Some(NOW - MINUTE),
            standing,
            clients: vec![client("curl/8.14.1", MINUTE, 200), client("", HOUR, 403)],
            counts: vec![count(0, 12, 1), count(1, 1222, 0)],
            end: String::new(),
            problems: Vec::new(),
        };
        self.keep("token", token::page(&chrome, &view));
        let coming = Turn::Coming { predecessor: self.say("5kQ0sZr8aBc"), end: NOW + DAY };
        let standing = Standing { turn: Some(coming), ..Standing::default() };
        self.keep("token-coming", token::page(&chrome, &TokenPage { standing, ..view.clone() }));
        let view = TokenPage {
            place: Place::Of(self.project()),
            first_used: None,
            last_used: None,
            standing: Standing::default(),
            clients: Vec::new(),
            counts: Vec::new(),
            ..view
        };
        self.keep("token-unused", token::page(&chrome, &view));
    }

    pub(super) fn project_tokens(&mut self) {
        let row = |id: &str, label: &str, scope, used| project_tokens::Row {
            id: self.say(id),
            label: self.say(label),
            scope,
            created: NOW - 9 * DAY,
            last_used: used,
            standing: Standing::default(),
        };
        let rows = vec![
            row("7hJk2LmN0pQ", "README badge", Scope::Status, Some(NOW)),
            row("3sDf4GhJ5kL", "release script", Scope::ViewBuilds, None),
            row("0zXc9VbN8mA", "dashboard", Scope::All, Some(NOW - HOUR)),
        ];
        let project = self.project();
        let chrome = self.chrome();
        let form = project_tokens::NewToken {
            scope: Scope::ViewBuilds,
            label: self.say("release"),
            narrowing: Narrowing::default(),
            law: Some(self.law()),
            problems: vec![self.problem("scope", self.locale.text().problem.bad_scope)],
        };
        self.keep(
            "project-tokens-delete",
            project_tokens::delete(&chrome, &project, &rows[0], &[]),
        );
        let view =
            project_tokens::ProjectTokens { project: project.clone(), rows, law: Some(self.law()) };
        self.keep("project-tokens", project_tokens::list(&chrome, &view));
        let view =
            project_tokens::ProjectTokens { project: project.clone(), rows: Vec::new(), law: None };
        self.keep("project-tokens-empty", project_tokens::list(&chrome, &view));
        self.keep("project-tokens-new", project_tokens::new(&chrome, &project, &form));
        let created = self.created(&project.tokens());
        self.keep("project-tokens-created", project_tokens::created(&chrome, &project, &created));
    }
}
