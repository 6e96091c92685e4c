//! A project's API tokens: the list, the form, the page that shows a new one once, and the
//! question before one is deleted.

use maud::{Markup, html};
use rondo_domain::token::Scope;

use super::{
    chrome::Chrome,
    confirm::{self, Confirm},
    form::{self, Field, Kind, Problem},
    icon, moment,
    narrowing::{self, Narrowing, Standing, Whose},
    once::{self, Created},
    path::{self, Project},
    policy::{self, Law},
    settings::{Of, of_project},
    text::Text,
    tokens::last_used,
};

/// The list.
#[derive(Clone, Debug)]
pub struct ProjectTokens {
    /// Whose they are.
    pub project: Project,
    /// Newest first.
    pub rows: Vec<Row>,
    /// The policy that governs a new one.
    pub law: Option<Law>,
}

/// One token; its value is not known any more.
#[derive(Clone, Debug)]
pub struct Row {
    /// Its public handle.
    pub id: String,
    /// Its label.
    pub label: String,
    /// What it opens.
    pub scope: Scope,
    /// When it was made, in milliseconds since 1970.
    pub created: i64,
    /// When it was last used.
    pub last_used: Option<i64>,
    /// What it is narrowed to, and what stops it.
    pub standing: Standing,
}

/// The form, with what was typed before. Fields: `scope` (a wire value) and `label`.
#[derive(Clone, Debug)]
pub struct NewToken {
    /// The scope.
    pub scope: Scope,
    /// The label.
    pub label: String,
    /// What was chosen behind *More options*.
    pub narrowing: Narrowing,
    /// The policy that governs it.
    pub law: Option<Law>,
    /// What was wrong with the attempt before.
    pub problems: Vec<Problem>,
}

impl Default for NewToken {
    fn default() -> Self {
        Self {
            scope: Scope::Status,
            label: String::new(),
            narrowing: Narrowing::default(),
            law: None,
            problems: Vec::new(),
        }
    }
}

const DIALOG: &str = "new-token";

/// A scope's word in a language.
pub(super) fn word(scope: Scope, text: &Text) -> &'static str {
    match scope {
        Scope::Status => text.tokens.scope_status,
        Scope::ViewBuilds => text.tokens.scope_artifacts,
        Scope::All => text.tokens.scope_all,
        Scope::Badge => text.tokens.scope_badge,
        Scope::Job => text.audit.job,
    }
}

/// What a scope opens, in one sentence.
pub(super) fn opens(scope: Scope, text: &Text) -> &'static str {
    match scope {
        Scope::Status => text.tokens.scope_status_opens,
        Scope::ViewBuilds => text.tokens.scope_artifacts_opens,
        Scope::All | Scope::Job => text.tokens.scope_all_opens,
        Scope::Badge => text.tokens.scope_badge_opens,
    }
}

/// The list.
pub fn list(chrome: &Chrome, view: &ProjectTokens) -> Markup {
    let words = &chrome.text().tokens;
    let project = &view.project;
    of_project(
        chrome,
        project,
        Of::Tokens,
        words.project_title,
        &html! {
            h1 { (words.project_title) }
            p.intro { (words.project_intro) }
            div.head {
                a href=(path::organization_tokens(&project.vcs, &project.org)) {
                    ((chrome.text().finding.all_of)(&project.org))
                }
                span.gap {}
                a.button.primary href=(project.new_token()) data-dialog=(DIALOG) {
                    (icon::plus()) (words.project_create)
                }
            }
            @if view.rows.is_empty() {
                section.empty { h2 { (words.project_empty) } p { (words.project_empty_body) } }
            } @else { (table(chrome, project, &view.rows)) }
            dialog #(DIALOG) aria-labelledby="new-token-title" {
                h2 #new-token-title { (words.project_dialog) }
                (token_form(chrome, project, &NewToken { law: view.law.clone(), ..NewToken::default() }))
            }
            (confirm::dialog_with_reason(chrome, words.remove_effect, words.remove, &project.tokens()))
        },
    )
}

fn table(chrome: &Chrome, project: &Project, rows: &[Row]) -> Markup {
    let words = &chrome.text().tokens;
    let more = &chrome.text().narrowing;
    let headings = [
        words.label,
        words.scope,
        words.id,
        words.created,
        words.last_used,
        more.expires,
        more.state,
    ];
    html! {
        table.rows.tokens {
            caption.unseen { (words.project_caption) }
            thead {
                tr {
                    @for heading in headings { th scope="col" { (heading) } }
                    th.act scope="col" { (words.remove) }
                }
            }
            tbody { @for row in rows { (token_row(chrome, project, row)) } }
        }
    }
}

fn token_row(chrome: &Chrome, project: &Project, row: &Row) -> Markup {
    let text = chrome.text();
    let words = &text.tokens;
    html! {
        tr {
            th scope="row" {
                a.main href=(project.token(&row.id)) { (row.label) }
                (row.standing.under(chrome))
            }
            td data-label=(words.scope) { span.tag title=(opens(row.scope, text)) { (word(row.scope, text)) } }
            td data-label=(words.id) { code.id { (row.id) } }
            td data-label=(words.created) { (moment::ago(chrome, row.created)) }
            td data-label=(words.last_used) { (last_used(chrome, row.last_used)) }
            td data-label=(text.narrowing.expires) { (row.standing.end(chrome)) }
            td data-label=(text.narrowing.state) {
                (row.standing.switch(chrome, &project.token(&row.id), &row.label))
            }
            td.act {
                (confirm::opener(&project.delete_token(&row.id), &(words.remove_named)(&row.label),
                    &(words.remove_question)(&row.label)))
            }
        }
    }
}

/// The form as a page of its own.
pub fn new(chrome: &Chrome, project: &Project, view: &NewToken) -> Markup {
    let words = &chrome.text().tokens;
    of_project(
        chrome,
        project,
        Of::Tokens,
        words.project_dialog,
        &html! {
            section.card {
                h1 { (words.project_dialog) }
                (token_form(chrome, project, view))
            }
        },
    )
}

fn token_form(chrome: &Chrome, project: &Project, view: &NewToken) -> Markup {
    let words = &chrome.text().tokens;
    let max_days = view.law.as_ref().and_then(|law| law.rules.max_days);
    let fields = html! {
        (policy::laws(chrome, view.law.as_slice()))
        (scope_field(chrome, view))
        (Field::new(chrome, Kind::Words, "label", words.project_label).hint(words.project_label_hint)
            .value(&view.label).problems(&view.problems))
        (narrowing::options(chrome, Whose::Project(max_days), &view.narrowing, ("", &view.problems)))
        (form::buttons(chrome, words.project_add, "primary", &project.tokens()))
    };
    html! {
        (form::summary(chrome, &view.problems))
        (form::post(chrome, &project.tokens(), &fields))
    }
}

/// The drop-down, and below it what each scope opens.
fn scope_field(chrome: &Chrome, view: &NewToken) -> Markup {
    let text = chrome.text();
    let problem = view.problems.iter().find(|problem| problem.field == "scope");
    html! {
        div.field {
            label for="scope" { (text.tokens.scope) }
            @if let Some(problem) = problem { p.problem #scope-problem { (problem.message) } }
            select #scope name="scope" autofocus[view.problems.is_empty()] aria-describedby="scope-opens"
                aria-invalid=[problem.map(|_| "true")] {
                @for scope in Scope::OFFERED {
                    option value=(scope.word()) selected[scope == view.scope] { (word(scope, text)) }
                }
            }
            dl.opens #scope-opens {
                @for scope in Scope::OFFERED {
                    div data-of=(scope.word()) { dt { (word(scope, text)) } dd { (opens(scope, text)) } }
                }
            }
        }
    }
}

/// The page that shows a new token once.
pub fn created(chrome: &Chrome, project: &Project, view: &Created) -> Markup {
    let title = (chrome.text().tokens.created_title)(&view.label);
    of_project(chrome, project, Of::Tokens, &title, &once::card(chrome, view))
}

/// The question before one is deleted, as a page of its own.
pub fn delete(chrome: &Chrome, project: &Project, row: &Row, problems: &[Problem]) -> Markup {
    let words = &chrome.text().tokens;
    confirm::page(
        chrome,
        &Confirm {
            question: (words.remove_question)(&row.label),
            effect: words.remove_effect,
            button: words.remove,
            action: project.delete_token(&row.id),
            back: project.tokens(),
            why: Some(problems.to_vec()),
        },
    )
}
