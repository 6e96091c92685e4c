//! Many tokens deleted at once: what must be true of them, what would be hit, and the number that is
//! typed before it is done.

use maud::{Markup, html};

use super::{
    chrome::Chrome,
    form::{self, Field, Kind, Problem},
    moment, path,
    settings::{Server, of_server},
    table,
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
    /// What was wrong with the number.
    pub problems: Vec<Problem>,
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
            label.choice for=(name) {
                input #(name) type="checkbox" name=(name) value="yes" checked[set];
                span { (label) }
            }
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
            }
        },
    )
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
