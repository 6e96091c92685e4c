//! Many tokens deleted at once: what must be true of them, what would be hit, and the number that is
//! typed before it is done.

use maud::{Markup, html};
use rondo_domain::token::UseClient;

use super::{
    chrome::Chrome,
    form::{self, Field, Kind, Problem},
    moment, path,
    settings::{Server, of_server},
    table,
    token::known,
    tokens::last_used,
};

/// What must be true of a token, as it was typed. Fields have these names.
#[derive(Clone, Debug, Default)]
pub struct Conditions {
    /// Made before this moment.
    pub before: String,
    /// A token's id.
    pub token: String,
    /// A person's name.
    pub person: String,
    /// A project's slug.
    pub project: String,
    /// An organization, such as `gh/acme`.
    pub organization: String,
    /// Never used.
    pub never_used: bool,
    /// Personal, and not narrowed at all.
    pub unrestricted: bool,
    /// Its value was shown in this network.
    pub seen_from: String,
    /// Why they are deleted.
    pub reason: String,
}

/// What would be hit. Field: `count`.
#[derive(Clone, Debug)]
pub struct Preview {
    /// What must be true.
    pub conditions: Conditions,
    /// What the order brings back of what was counted. Field: `preview`.
    pub word: String,
    /// How many tokens it is true of.
    pub count: i64,
    /// The oldest of them.
    pub first: Vec<Hit>,
    /// What was wrong with the number, or the days.
    pub problems: Vec<Problem>,
    /// Who would have been refused.
    pub missed: Missed,
}

/// Who would have been refused on some days. Fields: `from`, `until`.
#[derive(Clone, Debug)]
pub struct Missed {
    /// The first day, as browsers write it.
    pub from: String,
    /// The last one.
    pub until: String,
    /// How many of the tokens were used.
    pub tokens: i64,
    /// How often.
    pub uses: i64,
    /// Those that were used most.
    pub rows: Vec<MissedRow>,
}

/// A token that would have been missed.
#[derive(Clone, Debug)]
pub struct MissedRow {
    /// Its public handle.
    pub id: String,
    /// What it is called.
    pub label: String,
    /// A person's name, or a project's slug.
    pub owner: String,
    /// How often it was used.
    pub uses: i64,
    /// Who used it.
    pub clients: Vec<UseClient>,
    /// What for: route, network, how often.
    pub routes: Vec<(String, String, i64)>,
}

/// A token that would be deleted.
#[derive(Clone, Debug)]
pub struct Hit {
    /// Its public handle.
    pub id: String,
    /// What it is called.
    pub label: String,
    /// A person's name, or a project's slug.
    pub owner: String,
    /// When it was made, in milliseconds since 1970.
    pub created: i64,
    /// When it was last used.
    pub last_used: Option<i64>,
}

/// The form.
pub fn form(chrome: &Chrome, view: &Conditions, problems: &[Problem]) -> Markup {
    let words = &chrome.text().finding;
    let line = |kind, name, label, value| {
        Field::new(chrome, kind, name, label).value(value).problems(problems).optional()
    };
    let fields = html! {
        (line(Kind::Moment, "before", words.made_before, &view.before))
        (line(Kind::Code, "token", words.token_id, &view.token))
        (line(Kind::Code, "person", words.owner, &view.person))
        (line(Kind::Code, "project", words.project, &view.project).hint("gh/acme/web"))
        (line(Kind::Code, "organization", words.organization, &view.organization).hint("gh/acme"))
        (line(Kind::Code, "seen_from", words.seen_from, &view.seen_from).hint(words.seen_from_hint))
        @for (name, label, set) in [
            ("never_used", words.never_used, view.never_used),
            ("unrestricted", words.unrestricted, view.unrestricted),
        ] {
            (form::tick(name, label, set))
        }
        (line(Kind::Words, "reason", words.reason, &view.reason).hint(words.reason_hint))
        button.button.primary type="submit" { (words.preview) }
    };
    of_server(
        chrome,
        Server::Revoke,
        words.revoke_title,
        &html! {
            h1 { (words.revoke_title) }
            p.intro { (words.revoke_intro) }
            section.card {
                (form::summary(chrome, problems))
                (form::post(chrome, path::REVOKE, &fields))
            }
        },
    )
}

/// What would be hit, and the form that does it.
pub fn preview(chrome: &Chrome, view: &Preview) -> Markup {
    let words = &chrome.text().finding;
    let fields = html! {
        (hidden(&view.conditions))
        input type="hidden" name="preview" value=(view.word);
        (Field::new(chrome, Kind::Code, "count", words.count).hint(words.count_hint)
            .problems(&view.problems).focused())
        (form::buttons(chrome, words.revoke, "danger", path::REVOKE))
    };
    let heading = (words.hits)(view.count);
    of_server(
        chrome,
        Server::Revoke,
        &heading,
        &html! {
            h1 { (heading) }
            @if view.count == 0 {
                p.intro { (words.hits_none) }
                div.buttons { a.button href=(path::REVOKE) { (words.again) } }
            } @else {
                p.intro { (words.hits_body) }
                (table(chrome, &view.first))
                @if let Some(more) = more(view) { p { ((words.more)(more)) } }
                section.card {
                    (form::summary(chrome, &view.problems))
                    (form::post(chrome, path::REVOKE, &fields))
                }
                (missed(chrome, view))
            }
        },
    )
}

/// Who would have been refused, and the form that asks for other days.
fn missed(chrome: &Chrome, view: &Preview) -> Markup {
    let words = &chrome.text().finding;
    let Missed { from, until, tokens, uses, rows } = &view.missed;
    let day = |name, label, value| {
        Field::new(chrome, Kind::Day, name, label).value(value).problems(&view.problems)
    };
    let fields = html! {
        (hidden(&view.conditions))
        div.parts.pair {
            (day("from", words.from, from))
            (day("until", words.until, until))
        }
        div.buttons { button.button type="submit" { (words.look) } }
    };
    html! {
        section.card {
            h2 { (words.missed) }
            p { (words.missed_intro) }
            (form::post(chrome, path::REVOKE, &fields))
            p { ((words.missed_count)(*tokens, *uses)) }
            @if !rows.is_empty() { (missed_table(chrome, rows)) }
        }
    }
}

fn missed_table(chrome: &Chrome, rows: &[MissedRow]) -> Markup {
    let text = chrome.text();
    let (words, uses) = (&text.finding, &text.token);
    html! {
        table.rows.tokens {
            caption.unseen { (words.missed) }
            (table::head(&[text.tokens.label, words.belongs, uses.times, uses.clients, uses.route]))
            tbody {
                @for row in rows {
                    tr {
                        th scope="row" { span.main { (row.label) } span.under { code.id { (row.id) } } }
                        td data-label=(words.belongs) { (row.owner) }
                        td.figure data-label=(uses.times) { (row.uses) }
                        td data-label=(uses.clients) {
                            @for client in &row.clients {
                                span.main { (known(&client.agent, uses.nameless)) }
                                span.under {
                                    code { (known(&client.address, uses.unsure)) } " "
                                    (moment::ago(chrome, client.last_at.0))
                                }
                            }
                        }
                        td data-label=(uses.route) {
                            @for (route, network, times) in &row.routes {
                                span.main { code { (route) } }
                                span.under { (known(network, uses.unsure)) " × " (times) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The conditions, as they were typed.
fn hidden(conditions: &Conditions) -> Markup {
    let Conditions { before, token, person, project, organization, .. } = conditions;
    let Conditions { never_used, unrestricted, seen_from, reason, .. } = conditions;
    let yes = |set: &bool| if *set { "yes" } else { "" };
    let hidden = [
        ("before", before.as_str()),
        ("token", token),
        ("person", person),
        ("project", project),
        ("organization", organization),
        ("never_used", yes(never_used)),
        ("unrestricted", yes(unrestricted)),
        ("seen_from", seen_from),
        ("reason", reason),
    ];
    html! { @for (name, value) in hidden { input type="hidden" name=(name) value=(value); } }
}

/// How many are not shown.
fn more(view: &Preview) -> Option<i64> {
    let shown = i64::try_from(view.first.len()).unwrap_or(i64::MAX);
    Some(view.count - shown).filter(|more| *more > 0)
}

fn table(chrome: &Chrome, rows: &[Hit]) -> Markup {
    let (words, text) = (&chrome.text().finding, chrome.text());
    let headings = [text.tokens.label, words.belongs, text.tokens.created, text.tokens.last_used];
    html! {
        table.rows.tokens {
            caption.unseen { (words.hits_caption) }
            (table::head(&headings))
            tbody {
                @for row in rows {
                    tr {
                        th scope="row" { span.main { (row.label) } span.under { code.id { (row.id) } } }
                        td data-label=(words.belongs) { (row.owner) }
                        td data-label=(text.tokens.created) { (moment::ago(chrome, row.created)) }
                        td data-label=(text.tokens.last_used) { (last_used(chrome, row.last_used)) }
                    }
                }
            }
        }
    }
}
