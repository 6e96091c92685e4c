//! The audit log, for the server's administrators: what happened, who did it, and from where.

use maud::{Markup, html};

use super::{
    agent,
    chrome::Chrome,
    moment, path,
    settings::{Server, of_server},
};

/// A page of the log.
#[derive(Clone, Debug)]
pub struct Audit {
    /// What it is narrowed to.
    pub filter: Filter,
    /// Every event there can be: its word, and what it is called.
    pub events: Vec<(&'static str, &'static str)>,
    /// Newest first.
    pub rows: Vec<Row>,
    /// The entries before this one stand on the next page.
    pub older: Option<i64>,
    /// What was wrong with the filter.
    pub problem: Option<String>,
}

/// What a page is narrowed to, as it was typed. Empty: by nothing.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// An event's word.
    pub event: String,
    /// A person's name.
    pub person: String,
    /// A token's id.
    pub token: String,
    /// A service account's name or id.
    pub service: String,
    /// A project's slug.
    pub project: String,
    /// From this day or time on.
    pub since: String,
    /// Before this day or time.
    pub until: String,
    /// Any text.
    pub text: String,
}

impl Filter {
    /// Names and values, as the address of a page holds them.
    pub fn pairs(&self) -> [(&'static str, &str); 8] {
        [
            ("event", &self.event),
            ("person", &self.person),
            ("token", &self.token),
            ("service", &self.service),
            ("project", &self.project),
            ("since", &self.since),
            ("until", &self.until),
            ("text", &self.text),
        ]
    }
}

/// One entry.
#[derive(Clone, Debug)]
pub struct Row {
    /// Counts from 1.
    pub number: i64,
    /// When, in milliseconds since 1970.
    pub at: i64,
    /// What it is called; the bare word of an event that this version does not know.
    pub event: String,
    /// Who: a person's name, or what acted instead.
    pub who: String,
    /// The id of the token that was shown.
    pub token: Option<String>,
    /// To what.
    pub subject: String,
    /// What else to know.
    pub detail: String,
    /// The project's slug.
    pub project: Option<String>,
    /// The peer's address.
    pub address: String,
    /// The client's word for itself.
    pub agent: String,
    /// The request's id.
    pub request: String,
}

/// The page.
pub fn list(chrome: &Chrome, view: &Audit) -> Markup {
    let words = &chrome.text().audit;
    of_server(
        chrome,
        Server::Audit,
        words.title,
        &html! {
            h1 { (words.title) }
            p.intro { (words.intro) }
            (filter(chrome, view))
            @if let Some(problem) = &view.problem { p.problem role="alert" { (problem) } }
            @if view.rows.is_empty() {
                section.empty { h2 { (words.empty) } p { (words.empty_body) } }
            } @else {
                (table(chrome, &view.rows))
                nav.pages aria-label=(words.pages) {
                    p { (words.order) }
                    @if let Some(number) = view.older {
                        a.button.plain rel="next" href=(path::audit_before(&view.filter.pairs(), number)) {
                            (words.older)
                        }
                    }
                    a.button.plain href=(path::audit_export(&view.filter.pairs())) download {
                        (words.export)
                    }
                }
            }
        },
    )
}

fn filter(chrome: &Chrome, view: &Audit) -> Markup {
    let words = &chrome.text().audit;
    let Filter { event, person, token, service, project, since, until, text } = &view.filter;
    let fields = [
        ("person", words.person, person, ""),
        ("token", words.token, token, ""),
        ("service", words.service, service, ""),
        ("project", words.project, project, "gh/acme/web"),
        ("since", words.since, since, "2026-01-31"),
        ("until", words.until, until, "2026-01-31"),
        ("text", words.text, text, ""),
    ];
    html! {
        form.filter.stack method="get" action=(path::AUDIT) {
            span.one {
                label for="event" { (words.event) }
                select #event name="event" {
                    option value="" { (words.every_event) }
                    @for (word, name) in &view.events {
                        option value=(word) selected[word == event] { (name) }
                    }
                }
            }
            @for (name, label, value, example) in fields {
                span.one {
                    label for=(name) { (label) }
                    input #(name) name=(name) value=(value) placeholder=(example) autocomplete="off"
                        spellcheck="false" autocapitalize="none";
                }
            }
            button.button { (words.show) }
        }
    }
}

fn table(chrome: &Chrome, rows: &[Row]) -> Markup {
    let words = &chrome.text().audit;
    html! {
        table.rows.audit {
            caption.unseen { (words.caption) }
            thead {
                tr {
                    @for heading in [words.event, words.when, words.who, words.about, words.from] {
                        th scope="col" { (heading) }
                    }
                }
            }
            tbody { @for row in rows { (entry(chrome, row)) } }
        }
    }
}

fn entry(chrome: &Chrome, row: &Row) -> Markup {
    let words = &chrome.text().audit;
    html! {
        tr {
            th scope="row" { span.main { (row.event) } span.under { "#" (row.number) } }
            td data-label=(words.when) { (moment::exact(chrome, row.at)) }
            td data-label=(words.who) {
                span.over { (row.who) }
                @if let Some(token) = &row.token { span.under { code.id { (token) } } }
            }
            td data-label=(words.about) {
                @if let Some(project) = &row.project { span.over { (project) } }
                span.under { code.id { (row.subject) } }
                @if !row.detail.is_empty() { span.under { (row.detail) } }
            }
            td data-label=(words.from) title=(row.request) {
                span.over { (row.address) }
                span.under title=(row.agent) { (agent::spoken(&row.agent)) }
            }
        }
    }
}
