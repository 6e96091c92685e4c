//! Samples of a person's own pages beside tokens.

use super::{DAY, Maker, NOW};
use crate::web::{email, password, sessions};

impl Maker<'_> {
    pub(super) fn account(&mut self) {
        let row = |agent: &str, seen, current| sessions::Row {
            id: self.say("s1"),
            agent: self.say(agent),
            address: self.say("192.0.2.17"),
            started: NOW - 6 * DAY,
            seen: NOW - seen,
            current,
        };
        let rows = vec![row("Firefox, Linux", 0, true), row("Safari, iPhone", 2 * DAY, false)];
        let chrome = self.chrome();
        self.keep("sessions", sessions::list(&chrome, &sessions::Sessions { rows }));
        let wrong = self.problem("current", self.locale.text().problem.wrong_password);
        let view = password::Password { least: 12, problems: vec![wrong] };
        self.keep("password", password::page(&chrome, &view));
        let address = self.say("mika@example");
        let problems = vec![self.problem("address", self.locale.text().account.email_bad)];
        let view = email::Email { address, sends: false, problems };
        self.keep("email", email::page(&chrome, &view));
    }
}
