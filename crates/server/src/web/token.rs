//! One token: what it can do, where it is used, and its rotation.

use maud::{Markup, html};
use rondo_domain::token::{Scope, UseClient};

use super::{
    chrome::Chrome,
    form::{self, Field, Kind, Problem},
    moment,
    narrowing::{Standing, Turn},
    once::{self, Created},
    path::{self, Project},
    project_tokens,
    service_tokens::Account,
    settings::{Of, Own, of_project, own},
    stopping::{self, Stopping},
    table,
    text::Text,
    tokens::last_used,
};

/// Where tokens are.
#[derive(Clone, Debug)]
pub enum Place {
    /// A person's own.
    Own,
    /// A project's.
    Of(Project),
    /// A service account's.
    OfService(Account),
}

impl Place {
    /// The list.
    pub fn tokens(&self) -> String {
        match self {
            Self::Own => path::TOKENS.to_owned(),
            Self::Of(project) => project.tokens(),
            Self::OfService(account) => account.page(),
        }
    }

    /// One token.
    pub fn token(&self, id: &str) -> String {
        match self {
            Self::Own => path::token(id),
            Self::Of(project) => project.token(id),
            Self::OfService(account) => account.token(id),
        }
    }

    fn frame(&self, chrome: &Chrome, title: &str, body: &Markup) -> Markup {
        match self {
            Self::Own => own(chrome, Own::Tokens, title, body),
            Self::Of(project) => of_project(chrome, project, Of::Tokens, title, body),
            Self::OfService(account) => account.home.frame(chrome, title, body),
        }
    }
}

/// The page.
#[derive(Clone, Debug)]
pub struct TokenPage {
    /// Where it is.
    pub place: Place,
    /// Its public handle.
    pub id: String,
    /// Its name or label.
    pub name: String,
    /// What it can do, in words.
    pub says: String,
    /// When it was made, in milliseconds since 1970.
    pub created: i64,
    /// When it was used first, if that is known.
    pub first_used: Option<i64>,
    /// When it was used last.
    pub last_used: Option<i64>,
    /// What stops it.
    pub standing: Standing,
    /// Who used it, the last one first.
    pub clients: Vec<UseClient>,
    /// How often, the newest day first.
    pub counts: Vec<Count>,
    /// The nearer end that was typed.
    pub end: String,
    /// What is wrong with it.
    pub problems: Vec<Problem>,
}

/// Uses of a day.
#[derive(Clone, Debug)]
pub struct Count {
    /// The day's first moment, in milliseconds since 1970.
    pub day: i64,
    /// The route, as a template.
    pub route: String,
    /// The network.
    pub network: String,
    /// Uses that were let in.
    pub accepted: i64,
    /// Uses that were refused.
    pub refused: i64,
}

/// What the drop-downs offer, in seconds.
const GRACES: [i64; 5] = [0, 600, 3600, 86_400, 604_800];
const OVERLAPS: [i64; 5] = [3600, 86_400, 604_800, 2_592_000, 7_776_000];

/// What a project token's scope opens.
pub fn scope_opens(scope: Scope, text: &Text) -> &'static str {
    project_tokens::opens(scope, text)
}

/// The page.
pub fn page(chrome: &Chrome, view: &TokenPage) -> Markup {
    let body = html! {
        (form::summary(chrome, &view.problems))
        h1 { (view.name) }
        (facts(chrome, view))
        (uses(chrome, view))
        (rotation(chrome, view))
        (nearer(chrome, view))
        (stopping(chrome, view))
    };
    view.place.frame(chrome, &view.name, &body)
}

fn facts(chrome: &Chrome, view: &TokenPage) -> Markup {
    let text = chrome.text();
    let words = &text.tokens;
    html! {
        section.card {
            p { (view.says) " " (view.standing.marks(chrome)) }
            @for (_, stop) in &view.standing.stops { p.notice.care { (stop) } }
            dl.facts aria-label=(text.token.facts) {
                div { dt { (words.id) } dd { code.id { (view.id) } } }
                div { dt { (words.created) } dd { (moment::ago(chrome, view.created)) } }
                div { dt { (text.token.first_used) } dd { (last_used(chrome, view.first_used)) } }
                div { dt { (words.last_used) } dd { (last_used(chrome, view.last_used)) } }
                div { dt { (text.narrowing.expires) } dd { (view.standing.end(chrome)) } }
            }
        }
    }
}

fn uses(chrome: &Chrome, view: &TokenPage) -> Markup {
    let words = &chrome.text().token;
    html! {
        section.card {
            h2 { (words.uses) }
            p { (words.uses_intro) }
            @if view.clients.is_empty() { p.quiet { (words.unused) } }
            @else {
                (clients(chrome, &view.clients))
                details.more {
                    summary { (words.counts) }
                    (counts(chrome, &view.counts))
                }
            }
        }
    }
}

fn clients(chrome: &Chrome, clients: &[UseClient]) -> Markup {
    let words = &chrome.text().token;
    html! {
        table.rows {
            caption.unseen { (words.clients) }
            (table::head(&[words.program, words.address, words.last, words.route, words.times]))
            tbody {
                @for client in clients {
                    tr {
                        th scope="row" { (known(client.agent.as_str(), words.nameless)) }
                        td data-label=(words.address) { code { (known(&client.address, words.unsure)) } }
                        td data-label=(words.last) { (moment::ago(chrome, client.last_at.0)) }
                        td data-label=(words.route) {
                            code { (client.route) } " "
                            span.tag.bad[client.status >= 400] { (client.status) }
                        }
                        td.figure data-label=(words.times) { (client.uses) }
                    }
                }
            }
        }
    }
}

/// What is known, or words for that it is not.
pub(super) fn known<'a>(text: &'a str, otherwise: &'a str) -> &'a str {
    if text.is_empty() { otherwise } else { text }
}

fn counts(chrome: &Chrome, counts: &[Count]) -> Markup {
    let words = &chrome.text().token;
    html! {
        table.rows {
            caption.unseen { (words.counts) }
            (table::head(&[words.day, words.route, words.network, words.accepted, words.refused]))
            tbody {
                @for count in counts {
                    tr {
                        th.figure scope="row" { (moment::day(chrome.locale, count.day)) }
                        td data-label=(words.route) { code { (count.route) } }
                        td data-label=(words.network) { code { (known(&count.network, words.unsure)) } }
                        td.figure data-label=(words.accepted) { (count.accepted) }
                        td.figure data-label=(words.refused) { (count.refused) }
                    }
                }
            }
        }
    }
}

fn rotation(chrome: &Chrome, view: &TokenPage) -> Markup {
    let words = &chrome.text().token;
    let place = view.place.token(&view.id);
    html! {
        section.card {
            h2 { (words.rotation) }
            @match &view.standing.turn {
                None => {
                    p { (words.rotation_intro) }
                    (form::post(chrome, &format!("{place}/rotate"), &rotate_fields(chrome)))
                }
                Some(turn) => {
                    p { (turn.says(chrome)) }
                    @if let Turn::Leaving { successor, .. } = turn {
                        p { a href=(view.place.token(successor)) { (words.to_successor) } }
                    }
                    (form::post(chrome, &format!("{place}/undo"), &html! {
                        p { (words.undo_effect) }
                        div.buttons { button.button type="submit" { (words.undo) } }
                    }))
                }
            }
        }
    }
}

fn rotate_fields(chrome: &Chrome) -> Markup {
    let words = &chrome.text().token;
    html! {
        div.parts.pair {
            (lengths(words.grace, "grace", &GRACES, 3600, words.length))
            (lengths(words.overlap, "overlap", &OVERLAPS, 604_800, words.length))
        }
        div.buttons { button.button.primary type="submit" { (words.rotate) } }
    }
}

fn lengths(
    label: &str,
    name: &str,
    seconds: &[i64],
    chosen: i64,
    words: fn(i64) -> String,
) -> Markup {
    html! {
        div.field {
            label for=(name) { (label) }
            select id=(name) name=(name) {
                @for seconds in seconds {
                    option value=(seconds) selected[*seconds == chosen] { ((words)(*seconds)) }
                }
            }
        }
    }
}

/// The form that brings the end nearer.
fn nearer(chrome: &Chrome, view: &TokenPage) -> Markup {
    let words = &chrome.text().token;
    let place = view.place.token(&view.id);
    html! {
        section.card {
            h2 { (words.shorten) }
            p { (words.shorten_intro) }
            (form::post(chrome, &format!("{place}/shorten"), &html! {
                (Field::new(chrome, Kind::Moment, "end", words.new_end).value(&view.end)
                    .problems(&view.problems))
                div.buttons { button.button type="submit" { (words.shorten) } }
            }))
        }
    }
}

fn stopping(chrome: &Chrome, view: &TokenPage) -> Markup {
    let text = chrome.text();
    let stopping = Stopping {
        heading: text.token.stopping,
        effect: text.token.stopping_intro,
        disable: text.narrowing.disable,
        enable: text.narrowing.enable,
        remove: text.tokens.remove,
        is_disabled: view.standing.disabled,
    };
    stopping::section(chrome, &view.place.token(&view.id), &stopping)
}

/// The page that shows a successor's value once.
pub fn created(chrome: &Chrome, place: &Place, view: &Created) -> Markup {
    let title = (chrome.text().tokens.created_title)(&view.label);
    place.frame(chrome, &title, &once::card(chrome, view))
}
