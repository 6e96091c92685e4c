//! Samples of the pages that find tokens, and that delete many at once.

use rondo_domain::Millis;
use rondo_domain::token::{Scope, UseClient};

use super::{DAY, HOUR, Maker, NOW};
use crate::web::{
    look_up::{self, Death, Likeness, LookUp, Subject},
    narrowing::Standing,
    organization_tokens::{self, Filter, Place, Row, Tokens},
    revocation::{self, Conditions, Hit, Missed, MissedRow, Preview},
};

impl Maker<'_> {
    pub(super) fn finding(&mut self) {
        self.organization_tokens();
        self.look_up();
        self.revocation();
    }

    pub(super) fn place(&self) -> Place {
        Place { vcs: self.say("gh"), name: self.say("acme") }
    }

    pub(super) fn found_standing(&self) -> Standing {
        Standing {
            says: Some(self.say("It can read statuses.")),
            expires: Some(NOW + 10 * DAY),
            disabled: true,
            stops: vec![(self.say("gh/acme"), self.say("In gh/acme it opens nothing."))],
            ..Standing::default()
        }
    }

    fn organization_tokens(&mut self) {
        let chrome = self.chrome();
        let (place, standing) = (self.place(), self.found_standing());
        let personal = Row {
            id: self.say("5kQ0sZr8aBc"),
            label: self.say("nightly report"),
            owner: Some(self.say("ren")),
            project: None,
            service: None,
            scope: None,
            created: NOW - 12 * DAY,
            last_used: None,
            standing,
            limited: true,
            elsewhere: true,
        };
        let of_project = Row {
            id: self.say("7hJk2LmN0pQ"),
            label: self.say("README badge"),
            owner: None,
            project: Some(self.project()),
            scope: Some(Scope::Status),
            standing: Standing::default(),
            last_used: Some(NOW - HOUR),
            limited: false,
            elsewhere: false,
            ..personal.clone()
        };
        let of_service = Row {
            service: Some((self.say("0b2f6a52"), self.say("deploy-bot"))),
            owner: None,
            ..personal.clone()
        };
        let of_its_service = Row { project: Some(self.project()), ..of_service.clone() };
        let view = Tokens {
            place,
            filter: Filter { owner: self.say("ren"), unrestricted: true, ..Filter::default() },
            rows: vec![personal, of_project, of_service, of_its_service],
            next: Some(self.say("1795356300000-5kQ0sZr8aBc")),
            problem: None,
        };
        self.keep("organization-tokens", organization_tokens::list(&chrome, &view));
        let problem = Some((self.locale.text().finding.unknown)(&self.say("nobody")));
        let view = Tokens { rows: Vec::new(), next: None, problem, ..view };
        self.keep("organization-tokens-empty", organization_tokens::list(&chrome, &view));
    }

    fn look_up(&mut self) {
        let chrome = self.chrome();
        let (place, standing) = (self.place(), self.found_standing());
        let problems = vec![self.problem("token", self.locale.text().finding.no_token)];
        let view = LookUp { organizations: vec![place], subject: None, problems };
        self.keep("look-up", look_up::page(&chrome, &view));
        let subject = Subject {
            id: self.say("5kQ0sZr8aBc"),
            label: self.say("nightly report"),
            owner: self.say("ren"),
            created: NOW - 12 * DAY,
            last_used: Some(NOW - HOUR),
            standing,
            client: Some((self.say("10.0.0.7"), self.say("curl/8.14.1"))),
            likeness: Likeness::Forged,
            death: None,
        };
        let view = LookUp { subject: Some(subject.clone()), problems: Vec::new(), ..view };
        self.keep("look-up-alive", look_up::page(&chrome, &view));
        let (by, reason) = (self.say("mika"), Some(self.say("it leaked")));
        let death = Some(Death { at: NOW - DAY, by, reason });
        let subject = Some(Subject { death, likeness: Likeness::Value, ..subject });
        self.keep("look-up-dead", look_up::page(&chrome, &LookUp { subject, ..view }));
    }

    fn revocation(&mut self) {
        let chrome = self.chrome();
        let conditions = Conditions {
            before: self.say("2026-01-31T12:00"),
            token: self.say("5kQ0sZr8aBc"),
            person: self.say("ren"),
            project: self.say("gh/acme/web"),
            organization: self.say("gh/acme"),
            never_used: true,
            unrestricted: false,
            seen_from: self.say("203.0.113.0/24"),
            reason: self.say("a laptop was stolen"),
        };
        let wrong = [self.problem("person", &(self.locale.text().finding.unknown)("ren"))];
        self.keep("revoke", revocation::form(&chrome, &conditions, &wrong));
        let hit = Hit {
            id: self.say("5kQ0sZr8aBc"),
            label: self.say("nightly report"),
            owner: self.say("ren"),
            created: NOW - 12 * DAY,
            last_used: None,
        };
        let problems = vec![self.problem("count", &(self.locale.text().finding.other_count)(7))];
        let word = self.say("1767225600000.1767225600000.00ff");
        let client = UseClient {
            address: self.say("10.0.0.7"),
            agent: self.say("curl/8.14.1"),
            first_at: Millis(NOW - 5 * DAY),
            last_at: Millis(NOW - DAY),
            route: self.say("/api/v1.1/me"),
            status: 200,
            uses: 12,
        };
        let nobody = UseClient { address: String::new(), agent: String::new(), ..client.clone() };
        let row = MissedRow {
            id: self.say("5kQ0sZr8aBc"),
            label: self.say("nightly report"),
            owner: self.say("ren"),
            uses: 12,
            clients: vec![client, nobody],
            routes: vec![(self.say("/api/v1.1/me"), self.say("10.0.0.0/24"), 12)],
        };
        let (from, until) = (self.say("2026-01-24"), self.say("2026-01-31"));
        let missed = Missed { from, until, tokens: 2, uses: 13, rows: vec![row] };
        let view = Preview { conditions, word, count: 7, first: vec![hit], problems, missed };
        self.keep("revoke-preview", revocation::preview(&chrome, &view));
        let view = Preview { count: 0, first: Vec::new(), problems: Vec::new(), ..view };
        self.keep("revoke-nothing", revocation::preview(&chrome, &view));
    }
}
