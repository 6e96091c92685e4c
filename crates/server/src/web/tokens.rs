//! A person's own API tokens: the list, the form, the page that shows a new one once, and the
//! question before one is deleted.

use maud::{Markup, html};

use super::{
    chrome::Chrome,
    confirm::{self, Confirm},
    form::{self, Field, Kind, Problem},
    icon, moment,
    narrowing::{self, Narrowing, Standing, Whose},
    once::{self, Created},
    path,
    policy::{self, Law},
    settings::{Own, own},
};

/// The list.
#[derive(Clone, Debug)]
pub struct Tokens {
    /// Newest first.
    pub rows: Vec<Row>,
    /// What a token without any choice will be able to do, in words.
    pub says: String,
    /// The policies that govern a new one.
    pub laws: Vec<Law>,
}

/// One token; its value is not known any more.
#[derive(Clone, Debug)]
pub struct Row {
    /// Its public handle.
    pub id: String,
    /// Its name.
    pub name: String,
    /// When it was made, in milliseconds since 1970.
    pub created: i64,
    /// When it was last used.
    pub last_used: Option<i64>,
    /// What it is narrowed to, and what stops it.
    pub standing: Standing,
}

/// The form, with what was typed before. Field: `name`.
#[derive(Clone, Debug, Default)]
pub struct NewToken {
    /// The name.
    pub name: String,
    /// What was chosen behind *More options*.
    pub narrowing: Narrowing,
    /// What the token will be able to do, in words.
    pub says: String,
    /// The policies that govern it.
    pub laws: Vec<Law>,
    /// What was wrong with the attempt before.
    pub problems: Vec<Problem>,
}

const DIALOG: &str = "new-token";

/// The list.
pub fn list(chrome: &Chrome, view: &Tokens) -> Markup {
    let words = &chrome.text().tokens;
    own(
        chrome,
        Own::Tokens,
        words.personal_title,
        &html! {
            h1 { (words.personal_title) }
            p.intro { (words.personal_intro) }
            div.head {
                span.gap {}
                a.button.primary href=(path::NEW_TOKEN) data-dialog=(DIALOG) {
                    (icon::plus()) (words.personal_create)
                }
            }
            @if view.rows.is_empty() {
                section.empty { h2 { (words.personal_empty) } p { (words.personal_empty_body) } }
            } @else { (table(chrome, &view.rows)) }
            dialog #(DIALOG) aria-labelledby="new-token-title" {
                h2 #new-token-title { (words.personal_dialog) }
                (token_form(chrome, &NewToken {
                    says: view.says.clone(),
                    laws: view.laws.clone(),
                    ..NewToken::default()
                }))
            }
            (confirm::dialog_with_reason(chrome, words.remove_effect, words.remove, path::TOKENS))
        },
    )
}

fn table(chrome: &Chrome, rows: &[Row]) -> Markup {
    let words = &chrome.text().tokens;
    html! {
        table.rows.tokens {
            caption.unseen { (words.personal_caption) }
            thead {
                tr {
                    th scope="col" { (words.name) }
                    th scope="col" { (words.id) }
                    th scope="col" { (words.created) }
                    th scope="col" { (words.last_used) }
                    th scope="col" { (chrome.text().narrowing.expires) }
                    th scope="col" { (chrome.text().narrowing.state) }
                    th.act scope="col" { (words.remove) }
                }
            }
            tbody { @for row in rows { (token_row(chrome, row)) } }
        }
    }
}

fn token_row(chrome: &Chrome, row: &Row) -> Markup {
    let text = chrome.text();
    let words = &text.tokens;
    html! {
        tr {
            th scope="row" {
                a.main href=(path::token(&row.id)) { (row.name) }
                (row.standing.under(chrome))
            }
            td data-label=(words.id) { code.id { (row.id) } }
            td data-label=(words.created) { (moment::ago(chrome, row.created)) }
            td data-label=(words.last_used) { (last_used(chrome, row.last_used)) }
            td data-label=(text.narrowing.expires) { (row.standing.end(chrome)) }
            td data-label=(text.narrowing.state) {
                (row.standing.switch(chrome, &path::token(&row.id), &row.name))
            }
            td.act {
                (confirm::opener(&path::delete_token(&row.id), &(words.remove_named)(&row.name),
                    &(words.remove_question)(&row.name)))
            }
        }
    }
}

/// When a token was last used, or that it never was.
pub(super) fn last_used(chrome: &Chrome, at: Option<i64>) -> Markup {
    match at {
        Some(at) => moment::ago(chrome, at),
        None => html! { span.quiet { (chrome.text().frame.never) } },
    }
}

/// The form as a page of its own.
pub fn new(chrome: &Chrome, view: &NewToken) -> Markup {
    let words = &chrome.text().tokens;
    own(
        chrome,
        Own::Tokens,
        words.personal_dialog,
        &html! {
            section.card {
                h1 { (words.personal_dialog) }
                (token_form(chrome, view))
            }
        },
    )
}

fn token_form(chrome: &Chrome, view: &NewToken) -> Markup {
    let words = &chrome.text().tokens;
    let fields = html! {
        (policy::laws(chrome, &view.laws))
        (Field::new(chrome, Kind::Words, "name", words.personal_name).hint(words.personal_name_hint)
            .value(&view.name).problems(&view.problems).focused())
        (narrowing::options(chrome, Whose::Person, &view.narrowing, (&view.says, &view.problems)))
        (form::buttons(chrome, words.personal_add, "primary", path::TOKENS))
    };
    html! {
        (form::summary(chrome, &view.problems))
        (form::post(chrome, path::TOKENS, &fields))
    }
}

/// The page that shows a new token once.
pub fn created(chrome: &Chrome, view: &Created) -> Markup {
    let title = (chrome.text().tokens.created_title)(&view.label);
    own(chrome, Own::Tokens, &title, &once::card(chrome, view))
}

/// The question before one is deleted, as a page of its own.
pub fn delete(chrome: &Chrome, row: &Row, problems: &[Problem]) -> Markup {
    let words = &chrome.text().tokens;
    confirm::page(
        chrome,
        &Confirm {
            question: (words.remove_question)(&row.name),
            effect: words.remove_effect,
            button: words.remove,
            action: path::delete_token(&row.id),
            back: path::TOKENS.to_owned(),
            why: Some(problems.to_vec()),
        },
    )
}
