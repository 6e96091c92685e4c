//! Samples of the pages of service accounts.

use rondo_domain::{Permission as P, Permissions};

use super::{DAY, Maker, NOW};
use crate::web::narrowing::{Narrowing, Standing};
use crate::web::service_tokens::{self, Account, NewToken, Tokens};
use crate::web::services::{self, Contact, Home, NewService, Row, Service, Services};
use crate::web::tokens;

const CEILING: Permissions = Permissions::of(&[P::ReadStatus, P::ReadBuilds, P::TriggerBuilds]);

impl Maker<'_> {
    fn service_row(&self, home: Home, answering: bool) -> Row {
        Row {
            home,
            id: self.say("0b2f6a52-9a4e-4c80-9a4b-7a2c4f1f0c11"),
            name: self.say("deploy-bot"),
            ceiling: CEILING,
            contacts: vec![Contact { name: self.say("mika"), answering }],
            disabled: !answering,
        }
    }

    pub(super) fn services(&mut self) {
        let chrome = self.chrome();
        let home = Home::Organization(self.place());
        let of_project = Home::Project(self.project());
        let rows =
            vec![self.service_row(home.clone(), true), self.service_row(of_project.clone(), false)];
        let view = Services { home: home.clone(), rows };
        self.keep("services", services::list(&chrome, &view));
        let view = Services { home: of_project.clone(), rows: Vec::new() };
        self.keep("services-empty", services::list(&chrome, &view));
        let mut view = NewService {
            name: String::new(),
            ceiling: Permissions::NONE,
            contacts: self.say("mika"),
            problems: Vec::new(),
        };
        self.keep("services-new", services::new(&chrome, &home, &view));
        let problem = self.problem("ceiling", self.locale.text().service.no_right);
        view.problems.push(problem);
        self.keep("services-new-failed", services::new(&chrome, &of_project, &view));
        self.one_service(&home);
    }

    fn one_service(&mut self, home: &Home) {
        let chrome = self.chrome();
        let token = tokens::Row {
            id: self.say("5kQ0sZr8aBc"),
            name: self.say("production"),
            created: NOW - 3 * DAY,
            last_used: None,
            standing: Standing { disabled: true, ..Standing::default() },
        };
        let view = Service {
            row: self.service_row(home.clone(), true),
            created: NOW - 9 * DAY,
            tokens: Tokens { rows: vec![token.clone()] },
            name: self.say("deploy-bot"),
            contacts: self.say("mika"),
            chosen: CEILING,
            problems: Vec::new(),
        };
        self.keep("service", services::page(&chrome, &view));
        let view = Service {
            row: self.service_row(home.clone(), false),
            tokens: Tokens::default(),
            problems: vec![self.problem(
                "contacts",
                &(self.locale.text().problem.required)(self.locale.text().service.contacts),
            )],
            ..view
        };
        self.keep("service-disabled", services::page(&chrome, &view));
        self.keep("service-delete", services::delete(&chrome, &view.row, &[]));
        let account = Account {
            home: home.clone(),
            id: view.row.id.clone(),
            name: view.row.name.clone(),
            ceiling: CEILING,
            law: Some(self.law()),
        };
        let form = NewToken {
            label: self.say("production"),
            rights: CEILING,
            narrowing: Narrowing::default(),
            problems: Vec::new(),
        };
        self.keep("service-token-new", service_tokens::new(&chrome, &account, &form));
        let page = service_tokens::delete(&chrome, &account, &token, &[]);
        self.keep("service-token-delete", page);
    }
}
