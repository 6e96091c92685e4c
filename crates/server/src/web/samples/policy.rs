//! Samples of the pages of policies and approvals.

use rondo_domain::policy::Rules;
use rondo_domain::token::Chosen;

use super::{DAY, HOUR, Maker, NOW};
use crate::web::policy::{self, Approvable, Draft, Law, Preview, Said};

impl Maker<'_> {
    pub(super) fn policy(&mut self) {
        let chrome = self.chrome();
        let place = self.place();
        let draft = Draft {
            version: 3,
            max_days: self.say("90"),
            no_unrestricted: true,
            networks: self.say("10.0.0.0/8"),
            idle_days: self.say("0"),
            no_query: true,
            approval: true,
        };
        let wrong = [self.problem("idle_days", &(self.locale.text().policy.bad_days)(3650))];
        self.keep("policy", policy::page(&chrome, &place, &draft, &wrong));
        let outside = Some(self.say("192.0.2.7"));
        let preview =
            Preview { place: place.clone(), draft, tokens: 12, stopped: 3, idle: 1, outside };
        self.keep("policy-preview", policy::preview(&chrome, &preview));
        let waiting = Approvable {
            id: self.say("5kQ0sZr8aBc"),
            label: self.say("deploy"),
            owner: self.say("ren"),
            created: NOW - 2 * DAY,
            last_used: Some(NOW - HOUR),
            standing: self.found_standing(),
            said: None,
            own: false,
        };
        let said = |granted: bool, by: &str| {
            let reason = (!granted).then(|| self.say("nobody knows what for"));
            Some(Said { granted, by: self.say(by), at: NOW - HOUR, reason })
        };
        let rows = [
            Approvable { said: said(true, "rotation"), ..waiting.clone() },
            Approvable { said: said(false, "mika"), ..waiting.clone() },
            Approvable { own: true, ..waiting.clone() },
            waiting,
        ];
        self.keep("approvals", policy::approvals(&chrome, &place, &rows));
        self.keep("approvals-empty", policy::approvals(&chrome, &place, &[]));
        let (id, label) = (self.say("5kQ0sZr8aBc"), self.say("deploy"));
        let wrong = [self.problem("reason", self.locale.text().problem.control_characters)];
        self.keep("approval-refuse", policy::refuse(&chrome, &place, (&id, &label), &wrong));
    }

    pub(super) fn law(&self) -> Law {
        let network = "10.0.0.0/8".parse().ok().into_iter().collect();
        let rules = Rules {
            max_days: Some(90),
            no_unrestricted: true,
            networks: Chosen::only(network).unwrap_or_default(),
            idle_days: Some(30),
            no_query: true,
            approval_since: Some(rondo_domain::Millis(NOW)),
        };
        Law { organization: self.say("gh/acme"), rules }
    }
}
