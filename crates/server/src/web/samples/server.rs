//! Samples of the server's settings.

use super::{MINUTE, Maker, NOW};
use crate::web::audit::{self, Audit, Filter, Row};

impl Maker<'_> {
    pub(super) fn server(&mut self) {
        let chrome = self.chrome();
        let words = &self.locale.text().audit;
        let row = |number: i64, event: &str, token: Option<&str>, detail: &str| Row {
            number,
            at: NOW - (10 - number) * MINUTE,
            event: self.say(event),
            who: self.say("mika"),
            token: token.map(|token| self.say(token)),
            subject: self.say("4fZk09BqLmA"),
            detail: self.say(detail),
            project: Some(self.say("gh/acme/web")),
            address: self.say("192.0.2.17"),
            agent: self.say("curl/8.14.1"),
            request: self.say("d0c2a3f4-6f1e-4c2d-9d53-1c4b8d7f2a10"),
        };
        let rows = vec![
            row(9, "Use refused", Some("4fZk09BqLmA"), "trigger-builds"),
            row(8, "Project token created", None, ""),
        ];
        let filter = Filter { person: self.say("mika"), ..Filter::default() };
        let events = vec![("access.refuse", "Use refused")];
        let view = Audit { filter, events, rows, older: Some(8), problem: None };
        self.keep("audit", audit::list(&chrome, &view));
        let filter = Filter { since: self.say("soon"), ..Filter::default() };
        let problem = Some((words.bad_moment)(&filter.since));
        let view = Audit { filter, events: Vec::new(), rows: Vec::new(), older: None, problem };
        self.keep("audit-empty", audit::list(&chrome, &view));
    }
}
