//! All projects that a person may see, and the form that adds one.

use maud::{Markup, html};
use rondo_domain::Vcs;

use super::{
    chrome::{Chrome, Crumb, Page, Width, frame},
    form::{self, Choice, Field, Kind, Problem},
    icon, moment, path,
    path::Project,
    state::{self, State},
    text::Text,
};

/// The list of projects.
#[derive(Clone, Debug)]
pub struct Projects {
    /// Those that the person may see, in the order in which they are shown.
    pub rows: Vec<Row>,
    /// Whether the person may add one.
    pub may_add: bool,
}

/// One project.
#[derive(Clone, Debug)]
pub struct Row {
    /// Which one.
    pub project: Project,
    /// Whether everyone may see it.
    pub public: bool,
    /// Its newest build.
    pub last: Option<Last>,
}

/// The newest build of a project.
#[derive(Clone, Debug)]
pub struct Last {
    /// Its number.
    pub number: i64,
    /// What it is up to.
    pub state: State,
    /// Its branch or tag.
    pub branch: String,
    /// When it was started or queued, in milliseconds since 1970.
    pub at: i64,
}

/// The form that adds a project, with what was typed before. Fields: `vcs` (`gh`, `bb` or
/// `git`), `org`, `repo`, `git_url`, `default_branch`, `visibility` (`private` or `public`).
#[derive(Clone, Debug)]
pub struct NewProject {
    /// The host.
    pub vcs: Vcs,
    /// Organization.
    pub org: String,
    /// Repository.
    pub repo: String,
    /// Where git fetches from.
    pub git_url: String,
    /// The branch of badges and of runs without one.
    pub default_branch: String,
    /// Whether everyone may see it.
    pub public: bool,
    /// What was wrong with the attempt before.
    pub problems: Vec<Problem>,
}

/// The list of projects.
pub fn list(chrome: &Chrome, view: &Projects) -> Markup {
    let words = &chrome.text().projects;
    let body = html! {
        div.head {
            h1 { (words.title) }
            @if !view.rows.is_empty() { p.count { ((words.count)(view.rows.len() as u64)) } }
            @if view.may_add {
                a.button.primary href=(path::NEW_PROJECT) { (icon::plus()) (words.add) }
            }
        }
        @if view.rows.is_empty() { (empty(chrome, view.may_add)) } @else {
            div #project-list data-live data-refresh[is_moving(&view.rows)] { (table(chrome, &view.rows)) }
        }
    };
    frame(
        chrome,
        &Page {
            title: words.title.to_owned(),
            state: None,
            trail: Vec::new(),
            width: Width::Normal,
            body,
        },
    )
}

/// Whether the list may soon look different by itself.
fn is_moving(rows: &[Row]) -> bool {
    rows.iter().filter_map(|row| row.last.as_ref()).any(|last| last.state.is_live())
}

fn empty(chrome: &Chrome, may_add: bool) -> Markup {
    let words = &chrome.text().projects;
    html! {
        section.empty {
            (icon::logo())
            h2 { (words.empty_title) }
            p { @if may_add { (words.empty_body) } @else { (words.empty_guest) } }
            @if may_add { a.button href=(path::NEW_PROJECT) { (words.add) } }
        }
    }
}

fn table(chrome: &Chrome, rows: &[Row]) -> Markup {
    let words = &chrome.text().projects;
    html! {
        table.rows.projects {
            caption.unseen { (words.caption) }
            thead {
                tr {
                    th scope="col" { (words.project) }
                    th scope="col" { (words.last_build) }
                    th scope="col" { (words.branch) }
                    th scope="col" { (words.when) }
                }
            }
            tbody { @for row in rows { (project_row(chrome, row)) } }
        }
    }
}

fn project_row(chrome: &Chrome, row: &Row) -> Markup {
    let text = chrome.text();
    let words = &text.projects;
    html! {
        tr {
            th scope="row" {
                a.main href=(row.project.builds()) { (row.project) }
                (visibility(text, row.public))
            }
            @match &row.last {
                Some(last) => {
                    td data-label=(words.last_build) {
                        a.outcome href=(row.project.build(last.number)) {
                            (state::label(text, last.state)) " " span.number { "#" (last.number) }
                        }
                    }
                    td data-label=(words.branch) { code.branch { (last.branch) } }
                    td data-label=(words.when) { (moment::ago(chrome, last.at)) }
                },
                None => td.quiet colspan="3" { (words.no_builds) },
            }
        }
    }
}

fn visibility(text: &Text, public: bool) -> Markup {
    let words = if public { text.frame.public } else { text.frame.private };
    html! { span.tag { @if !public { (icon::lock()) } (words) } }
}

/// The form that adds a project.
pub fn add(chrome: &Chrome, view: &NewProject) -> Markup {
    let words = &chrome.text().projects;
    let fields = html! {
        (slug(chrome, view))
        (Field::new(chrome, Kind::Code, "git_url", words.git_url).hint(words.git_hint)
            .value(&view.git_url).problems(&view.problems))
        (Field::new(chrome, Kind::Code, "default_branch", words.default_branch)
            .value(&view.default_branch).problems(&view.problems))
        (access(chrome, view.public, &view.problems))
        (form::buttons(chrome, words.add, "primary", path::HOME))
    };
    let body = html! {
        section.card {
            h1 { (words.new_title) }
            p { (words.new_intro) }
            (form::summary(chrome, &view.problems))
            (form::post(chrome, path::NEW_PROJECT, &fields))
        }
    };
    frame(
        chrome,
        &Page {
            title: words.new_title.to_owned(),
            state: None,
            trail: vec![Crumb { words: words.title.to_owned(), href: path::HOME.to_owned() }],
            width: Width::Narrow,
            body,
        },
    )
}

fn slug(chrome: &Chrome, view: &NewProject) -> Markup {
    let words = &chrome.text().projects;
    let hosts = [
        (Vcs::Github, words.github),
        (Vcs::Bitbucket, words.bitbucket),
        (Vcs::Git, words.other_host),
    ];
    html! {
        fieldset.slug aria-describedby="slug-hint" {
            legend { (words.slug_legend) }
            p.hint #slug-hint { (words.slug_hint) }
            div.parts {
                div.field {
                    label for="vcs" { (words.vcs) }
                    select #vcs name="vcs" {
                        @for (vcs, name) in hosts {
                            option value=(vcs.short()) selected[vcs == view.vcs] { (name) }
                        }
                    }
                }
                (Field::new(chrome, Kind::Code, "org", words.organization).value(&view.org)
                    .problems(&view.problems).focused())
                (Field::new(chrome, Kind::Code, "repo", words.repository).value(&view.repo)
                    .problems(&view.problems))
            }
        }
    }
}

/// The choice between public and private.
pub(super) fn access(chrome: &Chrome, public: bool, problems: &[Problem]) -> Markup {
    let text = chrome.text();
    let options = [
        Choice {
            value: "private",
            label: text.frame.private,
            hint: text.projects.private_hint,
            chosen: !public,
        },
        Choice {
            value: "public",
            label: text.frame.public,
            hint: text.projects.public_hint,
            chosen: public,
        },
    ];
    form::choices("visibility", text.projects.access_legend, &options, problems)
}
