//! The tokens of a service account: their part of its page, the form, and the question before one is
//! deleted. The page of one is that of every token.

use maud::{Markup, html};
use rondo_domain::Permissions;

use super::{
    chrome::Chrome,
    confirm::{self, Confirm},
    form::{self, Field, Kind, Problem},
    icon, moment,
    narrowing::{self, Narrowing, Whose},
    policy::{self, Law},
    services::{Home, boxes},
    tokens::{Row, last_used},
};

/// The tokens of one account, the newest first.
#[derive(Clone, Debug, Default)]
pub struct Tokens {
    /// One each.
    pub rows: Vec<Row>,
}

/// An account, as the form of a token knows it.
#[derive(Clone, Debug)]
pub struct Account {
    /// Where it belongs.
    pub home: Home,
    /// Its id.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// What it can do at most.
    pub ceiling: Permissions,
    /// The policy that governs its tokens.
    pub law: Option<Law>,
}

impl Account {
    /// Its page.
    pub fn page(&self) -> String {
        self.home.account(&self.id)
    }

    /// Where making a token posts.
    pub fn tokens(&self) -> String {
        format!("{}/tokens", self.page())
    }

    /// One of its tokens; what can be done with it stands below.
    pub fn token(&self, id: &str) -> String {
        token(&self.page(), id)
    }
}

fn token(page: &str, id: &str) -> String {
    format!("{page}/tokens/{}", super::path::segment(id))
}

/// The form, with what was typed before. Fields: `label`, and `right-` with the word of each right.
#[derive(Clone, Debug)]
pub struct NewToken {
    /// The label.
    pub label: String,
    /// The rights that were chosen.
    pub rights: Permissions,
    /// What was chosen behind *More options*.
    pub narrowing: Narrowing,
    /// What was wrong with the attempt before.
    pub problems: Vec<Problem>,
}

/// The part of the account's page.
pub(super) fn section(chrome: &Chrome, page: &str, view: &Tokens) -> Markup {
    let (words, text) = (&chrome.text().service, chrome.text());
    html! {
        div.head {
            h2 { (words.tokens) }
            span.gap {}
            a.button.primary href={ (page) "/tokens/new" } { (icon::plus()) (words.token_create) }
        }
        @if view.rows.is_empty() { p.quiet { (words.tokens_empty) } }
        @else { (table(chrome, page, &view.rows)) }
        (confirm::dialog_with_reason(chrome, text.tokens.remove_effect, text.tokens.remove, page))
    }
}

fn table(chrome: &Chrome, page: &str, rows: &[Row]) -> Markup {
    let (text, words) = (chrome.text(), &chrome.text().tokens);
    let more = &text.narrowing;
    html! {
        table.rows.tokens {
            caption.unseen { (text.service.tokens_caption) }
            thead {
                tr {
                    @for heading in [words.label, words.id, words.created, words.last_used, more.expires,
                        more.state] {
                        th scope="col" { (heading) }
                    }
                    th.act scope="col" { (words.remove) }
                }
            }
            tbody { @for row in rows { (token_row(chrome, page, row)) } }
        }
    }
}

fn token_row(chrome: &Chrome, page: &str, row: &Row) -> Markup {
    let (text, words) = (chrome.text(), &chrome.text().tokens);
    let place = token(page, &row.id);
    html! {
        tr {
            th scope="row" {
                a.main href=(place) { (row.name) }
                (row.standing.under(chrome))
            }
            td data-label=(words.id) { code.id { (row.id) } }
            td data-label=(words.created) { (moment::ago(chrome, row.created)) }
            td data-label=(words.last_used) { (last_used(chrome, row.last_used)) }
            td data-label=(text.narrowing.expires) { (row.standing.end(chrome)) }
            td data-label=(text.narrowing.state) {
                (row.standing.switch(chrome, &place, &row.name))
            }
            td.act {
                (confirm::opener(&format!("{place}/delete"), &(words.remove_named)(&row.name),
                    &(words.remove_question)(&row.name)))
            }
        }
    }
}

/// The form as a page.
pub fn new(chrome: &Chrome, account: &Account, view: &NewToken) -> Markup {
    let (words, text) = (&chrome.text().service, chrome.text());
    let title = (words.token_title)(&account.name);
    let rights = ("rights", words.token_rights, words.token_rights_hint);
    let max_days = account.law.as_ref().and_then(|law| law.rules.max_days);
    let whose = match account.home {
        Home::Organization(_) => Whose::Organization(max_days),
        Home::Project(_) => Whose::Project(max_days),
    };
    let fields = html! {
        (policy::laws(chrome, account.law.as_slice()))
        (Field::new(chrome, Kind::Words, "label", text.tokens.project_label)
            .hint(text.tokens.project_label_hint).value(&view.label).problems(&view.problems).focused())
        (boxes(chrome, rights, (account.ceiling, view.rights), &view.problems))
        (narrowing::options(chrome, whose, &view.narrowing, ("", &view.problems)))
        (form::buttons(chrome, words.token_add, "primary", &account.page()))
    };
    let body = html! {
        section.card {
            h1 { (title) }
            (form::summary(chrome, &view.problems))
            (form::post(chrome, &account.tokens(), &fields))
        }
    };
    account.home.frame(chrome, &title, &body)
}

/// The question before one is deleted, as a page of its own.
pub fn delete(chrome: &Chrome, account: &Account, row: &Row, problems: &[Problem]) -> Markup {
    let words = &chrome.text().tokens;
    confirm::page(
        chrome,
        &Confirm {
            question: (words.remove_question)(&row.name),
            effect: words.remove_effect,
            button: words.remove,
            action: format!("{}/delete", account.token(&row.id)),
            back: account.page(),
            why: Some(problems.to_vec()),
        },
    )
}
