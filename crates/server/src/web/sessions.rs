//! The browsers that are signed in as a person, each with a button that ends it.

use maud::{Markup, html};

use super::{
    agent,
    chrome::Chrome,
    form, moment, path,
    settings::{Own, own},
};

/// The list.
#[derive(Clone, Debug)]
pub struct Sessions {
    /// Most recently seen first.
    pub rows: Vec<Row>,
}

/// One session.
#[derive(Clone, Debug)]
pub struct Row {
    /// Its public handle; never its secret.
    pub id: String,
    /// What the browser calls itself; may be empty.
    pub agent: String,
    /// The address that it was last seen from.
    pub address: String,
    /// When it began, in milliseconds since 1970.
    pub started: i64,
    /// When it was last seen.
    pub seen: i64,
    /// Whether it is the one that asks.
    pub current: bool,
}

/// The list.
pub fn list(chrome: &Chrome, view: &Sessions) -> Markup {
    let words = &chrome.text().account;
    let headings = [words.agent, words.address, words.started, words.seen];
    own(
        chrome,
        Own::Sessions,
        words.sessions_title,
        &html! {
            h1 { (words.sessions_title) }
            p.intro { (words.sessions_intro) }
            table.rows.sessions {
                caption.unseen { (words.sessions_caption) }
                thead {
                    tr {
                        @for heading in headings { th scope="col" { (heading) } }
                        th.act scope="col" { (words.end) }
                    }
                }
                tbody { @for row in &view.rows { (session_row(chrome, row)) } }
            }
        },
    )
}

fn session_row(chrome: &Chrome, row: &Row) -> Markup {
    let words = &chrome.text().account;
    let spoken = agent::spoken(&row.agent);
    let name = if spoken.is_empty() { words.unknown_agent } else { &spoken };
    html! {
        tr {
            th scope="row" {
                span.main title=(row.agent) { (name) }
                @if row.current { span.tag { (words.this_one) } }
            }
            td data-label=(words.address) { code { (row.address) } }
            td data-label=(words.started) { (moment::ago(chrome, row.started)) }
            td data-label=(words.seen) { (moment::ago(chrome, row.seen)) }
            td.act {
                (form::post(chrome, &path::end_session(&row.id), &html! {
                    button.button.small aria-label=((words.end_named)(name)) { (words.end) }
                }))
            }
        }
    }
}
