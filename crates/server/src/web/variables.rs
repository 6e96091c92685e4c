//! A project's environment variables: the list with masked values, the form, and the question
//! before one is deleted. No view here can hold a value.

use maud::{Markup, html};

use super::{
    chrome::Chrome,
    confirm::{self, Confirm},
    form::{self, Field, Kind, Problem},
    icon, moment,
    path::Project,
    settings::{Of, of_project},
};

/// The list.
#[derive(Clone, Debug)]
pub struct Variables {
    /// Whose they are.
    pub project: Project,
    /// By name.
    pub rows: Vec<Row>,
    /// Whether the person may add and remove.
    pub may_change: bool,
}

/// One variable.
#[derive(Clone, Debug)]
pub struct Row {
    /// Its name.
    pub name: String,
    /// Its value with all but the end hidden.
    pub masked: String,
    /// When it was saved, in milliseconds since 1970.
    pub created: i64,
}

/// The form, with the name that was typed before; a value is never sent back. Fields: `name`,
/// `value`.
#[derive(Clone, Debug, Default)]
pub struct NewVariable {
    /// The name.
    pub name: String,
    /// What was wrong with the attempt before.
    pub problems: Vec<Problem>,
}

const DIALOG: &str = "new-variable";

/// The list.
pub fn list(chrome: &Chrome, view: &Variables) -> Markup {
    let words = &chrome.text().variables;
    let project = &view.project;
    of_project(
        chrome,
        project,
        Of::Variables,
        words.title,
        &html! {
            h1 { (words.title) }
            p.intro { (words.intro) }
            @if view.may_change {
                div.head {
                    span.gap {}
                    a.button.primary href=(project.new_variable()) data-dialog=(DIALOG) {
                        (icon::plus()) (words.add)
                    }
                }
            }
            @if view.rows.is_empty() {
                section.empty { h2 { (words.empty) } p { (words.empty_body) } }
            } @else { (table(chrome, view)) }
            @if view.may_change {
                dialog #(DIALOG) aria-labelledby="new-variable-title" {
                    h2 #new-variable-title { (words.add) }
                    (variable_form(chrome, project, &NewVariable::default()))
                }
                (confirm::dialog(chrome, words.remove_effect, words.remove, &project.variables()))
            }
        },
    )
}

fn table(chrome: &Chrome, view: &Variables) -> Markup {
    let words = &chrome.text().variables;
    html! {
        table.rows.variables {
            caption.unseen { (words.caption) }
            thead {
                tr {
                    th scope="col" { (words.name) }
                    th scope="col" { (words.value) }
                    th scope="col" { (words.created) }
                    @if view.may_change { th.act scope="col" { (words.remove) } }
                }
            }
            tbody { @for row in &view.rows { (variable_row(chrome, view, row)) } }
        }
    }
}

fn variable_row(chrome: &Chrome, view: &Variables, row: &Row) -> Markup {
    let words = &chrome.text().variables;
    html! {
        tr {
            th scope="row" { code.main { (row.name) } }
            td data-label=(words.value) { code { (row.masked) } }
            td data-label=(words.created) { (moment::ago(chrome, row.created)) }
            @if view.may_change {
                td.act {
                    (confirm::opener(&view.project.delete_variable(&row.name),
                        &(words.remove_named)(&row.name), &(words.remove_question)(&row.name)))
                }
            }
        }
    }
}

/// The form as a page of its own.
pub fn new(chrome: &Chrome, project: &Project, view: &NewVariable) -> Markup {
    let words = &chrome.text().variables;
    of_project(
        chrome,
        project,
        Of::Variables,
        words.add,
        &html! {
            section.card {
                h1 { (words.add) }
                (variable_form(chrome, project, view))
            }
        },
    )
}

fn variable_form(chrome: &Chrome, project: &Project, view: &NewVariable) -> Markup {
    let words = &chrome.text().variables;
    let fields = html! {
        (Field::new(chrome, Kind::Code, "name", words.name).value(&view.name)
            .problems(&view.problems).focused())
        (Field::new(chrome, Kind::Lines, "value", words.value).hint(words.value_hint)
            .problems(&view.problems).optional())
        (form::buttons(chrome, words.save, "primary", &project.variables()))
    };
    html! {
        (form::summary(chrome, &view.problems))
        (form::post(chrome, &project.variables(), &fields))
    }
}

/// The question before one is deleted, as a page of its own.
pub fn delete(chrome: &Chrome, project: &Project, name: &str) -> Markup {
    let words = &chrome.text().variables;
    confirm::page(
        chrome,
        &Confirm {
            question: (words.remove_question)(name),
            effect: words.remove_effect,
            button: words.remove,
            action: project.delete_variable(name),
            back: project.variables(),
            why: None,
        },
    )
}
