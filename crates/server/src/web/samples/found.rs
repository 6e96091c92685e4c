//! Samples of what becomes of found tokens.

use super::{HOUR, Maker, NOW};
use crate::web::{
    chrome::{Chrome, Told},
    found, sessions,
};

impl Maker<'_> {
    pub(super) fn found(&mut self) {
        let guest = self.guest();
        self.keep("found", found::form(&guest, &[]));
        let text = self.locale.text();
        let empty = self.problem("token", &(text.problem.required)(text.found.value));
        self.keep("found-failed", found::form(&guest, &[empty]));
        self.keep("found-thanks", found::thanks(&guest));
        let told = |label: &str, project: Option<&str>, service: Option<&str>| Told {
            token: self.say("4fZk09BqLmA"),
            label: self.say(label),
            project: project.map(|slug| self.say(slug)),
            service: service.map(|name| self.say(name)),
            at: NOW - HOUR,
        };
        let told = vec![
            told("nightly report", None, None),
            told("badge", Some("gh/acme/web"), None),
            told("production", None, Some("deploy-bot")),
        ];
        let chrome = Chrome { told, ..self.chrome() };
        let nothing = sessions::Sessions { rows: Vec::new() };
        self.keep("found-told", sessions::list(&chrome, &nothing));
    }
}
