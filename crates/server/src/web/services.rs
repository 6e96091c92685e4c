//! Service accounts of an organization or of a project: the list, the form that makes one, and the page of
//! one. Its tokens have a file of their own.

use maud::{Markup, html};
use rondo_domain::{Ceiling, Permission, Permissions};

use super::{
    chrome::Chrome,
    confirm::{self, Confirm},
    form::{self, Field, Kind, Problem},
    icon, moment,
    organization_tokens::Place,
    path::{Project, segment},
    service_tokens::{self, Tokens},
    settings::{Of, Organization, of_organization, of_project},
    stopping::{self, Stopping},
    table,
};

/// Where accounts belong, as pages link to it.
#[derive(Clone, Debug)]
pub enum Home {
    /// An organization.
    Organization(Place),
    /// A project.
    Project(Project),
}

impl Home {
    /// The list, and where making an account posts.
    pub fn services(&self) -> String {
        match self {
            Self::Organization(place) => place.services(),
            Self::Project(project) => project.services(),
        }
    }

    /// The form that makes an account.
    pub fn new_account(&self) -> String {
        format!("{}/new", self.services())
    }

    /// One account; what can be done with it stands below.
    pub fn account(&self, id: &str) -> String {
        format!("{}/{}", self.services(), segment(id))
    }

    /// What a person calls it.
    pub fn shown(&self) -> String {
        match self {
            Self::Organization(place) => place.shown(),
            Self::Project(project) => format!("{}/{project}", project.vcs),
        }
    }

    pub(super) fn frame(&self, chrome: &Chrome, title: &str, body: &Markup) -> Markup {
        match self {
            Self::Organization(place) => {
                of_organization(chrome, place, Organization::Services, title, body)
            }
            Self::Project(project) => of_project(chrome, project, Of::Services, title, body),
        }
    }
}

/// The list.
#[derive(Clone, Debug)]
pub struct Services {
    /// Whose they are.
    pub home: Home,
    /// By name.
    pub rows: Vec<Row>,
}

/// One account of the list.
#[derive(Clone, Debug)]
pub struct Row {
    /// Where it belongs: of an organization's list it may be a project.
    pub home: Home,
    /// Its id.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// What it can do at most.
    pub ceiling: Permissions,
    /// Who answers for it.
    pub contacts: Vec<Contact>,
    /// It is disabled.
    pub disabled: bool,
}

/// Somebody who answers for an account.
#[derive(Clone, Debug)]
pub struct Contact {
    /// Their name.
    pub name: String,
    /// They can.
    pub answering: bool,
}

/// The form. Fields: `name`, `right-` and the word of each right, `contacts`.
#[derive(Clone, Debug)]
pub struct NewService {
    /// What it is to be called.
    pub name: String,
    /// What was chosen.
    pub ceiling: Permissions,
    /// Names, one a line.
    pub contacts: String,
    /// What was wrong with the attempt before.
    pub problems: Vec<Problem>,
}

/// One account.
#[derive(Clone, Debug)]
pub struct Service {
    /// What the list tells of it.
    pub row: Row,
    /// When it was made, in milliseconds since 1970.
    pub created: i64,
    /// Its tokens.
    pub tokens: Tokens,
    /// The name as it was typed.
    pub name: String,
    /// The contacts as they were typed, one a line.
    pub contacts: String,
    /// The rights as they were chosen.
    pub chosen: Permissions,
    /// What was wrong with what was typed.
    pub problems: Vec<Problem>,
}

/// The field of a right.
pub fn field_of(right: Permission) -> String {
    format!("right-{right}")
}

/// Rights in words.
pub(super) fn rights(chrome: &Chrome, rights: Permissions) -> String {
    let words = &chrome.text().narrowing;
    let named = rights.iter().map(|right| words.right(right));
    named.collect::<Vec<_>>().join(words.comma)
}

/// Boxes for some rights; those of `chosen` are ticked. The field that problems name is `id`.
pub(super) fn boxes(
    chrome: &Chrome,
    (id, legend, hint): (&'static str, &str, &str),
    (offered, chosen): (Permissions, Permissions),
    problems: &[Problem],
) -> Markup {
    let words = &chrome.text().narrowing;
    let problem = problems.iter().find(|problem| problem.field == id);
    html! {
        fieldset #(id) tabindex="-1" {
            legend { (legend) }
            p.hint { (hint) }
            @if let Some(problem) = problem { p.problem { (problem.message) } }
            @for right in offered.iter() {
                @let field = field_of(right);
                label.choice for=(field) {
                    input #(field) type="checkbox" name=(field) value="yes" checked[chosen.has(right)];
                    span { (words.right(right)) }
                }
            }
        }
    }
}

/// The list.
pub fn list(chrome: &Chrome, view: &Services) -> Markup {
    let words = &chrome.text().service;
    let body = html! {
        h1 { ((words.heading)(&view.home.shown())) }
        p.intro { (words.intro) }
        div.head {
            span.gap {}
            a.button.primary href=(view.home.new_account()) { (icon::plus()) (words.create) }
        }
        @if view.rows.is_empty() {
            section.empty { h2 { (words.empty) } p { (words.empty_body) } }
        } @else { (rows(chrome, &view.rows)) }
    };
    view.home.frame(chrome, words.title, &body)
}

fn rows(chrome: &Chrome, rows: &[Row]) -> Markup {
    let words = &chrome.text().service;
    html! {
        table.rows {
            caption.unseen { (words.caption) }
            (table::head(&[words.name, words.home, words.ceiling, words.contacts]))
            tbody {
                @for row in rows {
                    tr {
                        th scope="row" {
                            a.main href=(row.home.account(&row.id)) { (row.name) }
                            @if row.disabled { span.tag.bad { (chrome.text().narrowing.disabled) } }
                        }
                        td data-label=(words.home) { (row.home.shown()) }
                        td data-label=(words.ceiling) { (rights(chrome, row.ceiling)) }
                        td data-label=(words.contacts) { (contacts(chrome, &row.contacts)) }
                    }
                }
            }
        }
    }
}

fn contacts(chrome: &Chrome, contacts: &[Contact]) -> Markup {
    let words = &chrome.text().service;
    html! {
        @for contact in contacts {
            span.over { (contact.name) }
            @if !contact.answering { span.under.care { (words.gone) } }
        }
    }
}

/// The form as a page.
pub fn new(chrome: &Chrome, home: &Home, view: &NewService) -> Markup {
    let words = &chrome.text().service;
    let problems = &view.problems;
    let ceiling = ("ceiling", words.ceiling, words.ceiling_hint);
    let fields = html! {
        (name_field(chrome, &view.name, problems).focused())
        (boxes(chrome, ceiling, (Ceiling::MOST.rights(), view.ceiling), problems))
        (contacts_field(chrome, &view.contacts, problems))
        (form::buttons(chrome, words.add, "primary", &home.services()))
    };
    let body = html! {
        section.card {
            h1 { (words.new_title) }
            (form::summary(chrome, problems))
            (form::post(chrome, &home.services(), &fields))
        }
    };
    home.frame(chrome, words.new_title, &body)
}

fn name_field<'a>(chrome: &'a Chrome, value: &'a str, problems: &'a [Problem]) -> Field<'a> {
    let words = &chrome.text().service;
    Field::new(chrome, Kind::Code, "name", words.name)
        .hint(words.name_hint)
        .value(value)
        .problems(problems)
}

fn contacts_field(chrome: &Chrome, value: &str, problems: &[Problem]) -> Markup {
    let words = &chrome.text().service;
    html! {
        (Field::new(chrome, Kind::Lines, "contacts", words.contacts).hint(words.contacts_hint)
            .value(value).problems(problems))
    }
}

/// The page of one account.
pub fn page(chrome: &Chrome, view: &Service) -> Markup {
    let words = &chrome.text().service;
    let Row { home, id, name, .. } = &view.row;
    let place = home.account(id);
    let ceiling = ("ceiling", words.ceiling, words.ceiling_hint);
    let body = html! {
        h1 { (name) }
        (form::summary(chrome, &view.problems))
        @if view.row.contacts.iter().all(|contact| !contact.answering) {
            p.notice.care role="status" { (words.nobody) }
        }
        (facts(chrome, view))
        (service_tokens::section(chrome, &place, &view.tokens))
        section.card {
            (form::post(chrome, &format!("{place}/ceiling"), &html! {
                (boxes(chrome, ceiling, (Ceiling::MOST.rights(), view.chosen), &view.problems))
                div.buttons { button.button type="submit" { (words.save_ceiling) } }
            }))
        }
        section.card {
            (form::post(chrome, &format!("{place}/name"), &html! {
                (name_field(chrome, &view.name, &view.problems))
                div.buttons { button.button type="submit" { (words.rename) } }
            }))
        }
        section.card {
            (form::post(chrome, &format!("{place}/contacts"), &html! {
                (contacts_field(chrome, &view.contacts, &view.problems))
                div.buttons { button.button type="submit" { (words.save_contacts) } }
            }))
        }
        (stopping(chrome, view, &place))
    };
    home.frame(chrome, name, &body)
}

fn facts(chrome: &Chrome, view: &Service) -> Markup {
    let (words, text) = (&chrome.text().service, chrome.text());
    html! {
        section.card {
            dl.facts aria-label=(words.facts) {
                div { dt { (words.home) } dd { (view.row.home.shown()) } }
                div { dt { (text.tokens.id) } dd { code.id { (view.row.id) } } }
                div { dt { (text.tokens.created) } dd { (moment::ago(chrome, view.created)) } }
                div { dt { (words.contacts) } dd { (contacts(chrome, &view.row.contacts)) } }
                @if view.row.disabled {
                    div {
                        dt { (text.narrowing.state) }
                        dd { span.tag.bad { (text.narrowing.disabled) } }
                    }
                }
            }
        }
    }
}

fn stopping(chrome: &Chrome, view: &Service, place: &str) -> Markup {
    let words = &chrome.text().service;
    let stopping = Stopping {
        heading: words.stopping,
        effect: words.disable_effect,
        disable: words.disable,
        enable: words.enable,
        remove: words.remove,
        is_disabled: view.row.disabled,
    };
    stopping::section(chrome, place, &stopping)
}

/// The question before one is deleted.
pub fn delete(chrome: &Chrome, row: &Row, problems: &[Problem]) -> Markup {
    let words = &chrome.text().service;
    let place = row.home.account(&row.id);
    confirm::page(
        chrome,
        &Confirm {
            question: (words.remove_question)(&row.name),
            effect: words.remove_effect,
            button: words.remove,
            action: format!("{place}/delete"),
            back: place,
            why: Some(problems.to_vec()),
        },
    )
}
