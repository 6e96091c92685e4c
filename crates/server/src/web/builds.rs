//! A project's builds, newest first, and the form that runs one.

use maud::{Markup, html};

use super::{
    chrome::{Chrome, Crumb, Page, Width, frame},
    form::{self, Field, Kind, Problem},
    icon, moment, path,
    path::Project,
    settings,
    state::{self, State},
    table,
    text::Text,
};

/// A page of a project's builds.
#[derive(Clone, Debug)]
pub struct Builds {
    /// Whose they are.
    pub project: Project,
    /// The builds of this page, newest first.
    pub rows: Vec<Row>,
    /// How many there are on all pages, where that is known.
    pub total: Option<u64>,
    /// Whether older ones follow on another page.
    pub more: bool,
    /// This page, counted from 1.
    pub page: u64,
    /// How many builds a page holds.
    pub page_size: u64,
    /// The branch that the list is narrowed to.
    pub branch: Option<String>,
    /// Branches to choose from.
    pub branches: Vec<String>,
    /// What the *Run* form holds before somebody types; `None` if the person may not run builds.
    pub run: Option<Run>,
    /// Whether the project takes no triggers.
    pub paused: bool,
    /// Whether the person may open the project's settings.
    pub may_configure: bool,
}

/// One build in the list.
#[derive(Clone, Debug)]
pub struct Row {
    /// Its number.
    pub number: i64,
    /// What it is up to.
    pub state: State,
    /// Its branch or tag.
    pub branch: String,
    /// The commit, in full.
    pub revision: Option<String>,
    /// First line of the commit message.
    pub subject: Option<String>,
    /// Its workflow.
    pub workflow: Option<String>,
    /// Its job.
    pub job: String,
    /// Who started it.
    pub who: Option<String>,
    /// Why it was started.
    pub why: Why,
    /// When it started, in milliseconds since 1970.
    pub started: Option<i64>,
    /// When it ended.
    pub ended: Option<i64>,
}

/// Why a build was started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// Through the API or on a page.
    Api,
    /// To run another one again.
    Retry,
}

/// The form that runs a build. Fields: `branch`, `job`, `parameters`.
#[derive(Clone, Debug, Default)]
pub struct Run {
    /// Which branch.
    pub branch: String,
    /// Which job; empty for the workflows of the config.
    pub job: String,
    /// Lines of `KEY=VALUE`.
    pub parameters: String,
    /// Branches to choose from.
    pub branches: Vec<String>,
    /// What was wrong with the attempt before.
    pub problems: Vec<Problem>,
}

impl Why {
    /// Its word in a language.
    pub fn word(self, text: &Text) -> &'static str {
        let words = &text.builds;
        match self {
            Self::Api => words.why_api,
            Self::Retry => words.why_retry,
        }
    }
}

/// A page of the list.
pub fn list(chrome: &Chrome, view: &Builds) -> Markup {
    let text = chrome.text();
    let body = html! {
        (head(chrome, view))
        @if view.paused {
            section.card.warning { h2 { (text.builds.paused_title) } p { (text.builds.paused_body) } }
        }
        @if !view.rows.is_empty() || view.branch.is_some() { (filter(chrome, view)) }
        div #build-list data-live data-refresh[is_moving(chrome, view)] {
            @if view.rows.is_empty() { (empty(chrome, view)) } @else {
                (table(chrome, view))
                (pages(chrome, view))
            }
        }
        @if let Some(run) = &view.run {
            dialog #run aria-labelledby="run-title" {
                h2 #run-title { (text.builds.run) }
                (run_form(chrome, &view.project, run))
            }
        }
    };
    frame(
        chrome,
        &Page {
            title: view.project.to_string(),
            state: None,
            trail: vec![Crumb {
                words: text.frame.projects.to_owned(),
                href: path::HOME.to_owned(),
            }],
            width: Width::Normal,
            body,
        },
    )
}

/// The form that runs a build, as a page of its own.
pub fn run(chrome: &Chrome, project: &Project, view: &Run) -> Markup {
    let text = chrome.text();
    let body = html! {
        section.card {
            h1 { (text.builds.run) }
            (run_form(chrome, project, view))
        }
    };
    frame(
        chrome,
        &Page {
            title: format!("{} · {project}", text.builds.run),
            state: None,
            trail: settings::project_trail(text, project),
            width: Width::Narrow,
            body,
        },
    )
}

/// Whether the list may soon look different: a build goes on, or one was just triggered.
fn is_moving(chrome: &Chrome, view: &Builds) -> bool {
    view.rows.iter().any(|row| row.state.is_live()) || chrome.notice.is_some()
}

fn head(chrome: &Chrome, view: &Builds) -> Markup {
    let words = &chrome.text().builds;
    html! {
        div.head {
            h1 { (view.project) }
            @if view.may_configure {
                a.button.plain href=(view.project.settings()) { (icon::sliders()) (words.settings) }
            }
            @if view.run.is_some() {
                a.button.primary href=(view.project.run()) data-dialog="run" { (icon::play()) (words.run) }
            }
        }
    }
}

fn filter(chrome: &Chrome, view: &Builds) -> Markup {
    let words = &chrome.text().builds;
    html! {
        form.filter method="get" action=(view.project.builds()) {
            label for="branch-filter" { (words.branch_filter) }
            input.code #branch-filter name="branch" list="branches" autocomplete="off" spellcheck="false"
                value=[view.branch.as_deref()] placeholder=(words.all_branches);
            datalist #branches { @for branch in &view.branches { option value=(branch) {} } }
            button.button { (words.show) }
        }
    }
}

fn empty(chrome: &Chrome, view: &Builds) -> Markup {
    let words = &chrome.text().builds;
    html! {
        section.empty {
            (icon::logo())
            h2 {
                @if let Some(branch) = &view.branch { ((words.empty_branch)(branch)) }
                @else { (words.empty_title) }
            }
            @if !view.paused { p { (words.empty_body) } }
        }
    }
}

fn table(chrome: &Chrome, view: &Builds) -> Markup {
    let words = &chrome.text().builds;
    let headings =
        [words.state, words.build, words.commit, words.who, words.started, words.duration];
    html! {
        table.rows.builds {
            caption.unseen { (words.caption) }
            (table::head(&headings))
            tbody { @for row in &view.rows { (build_row(chrome, &view.project, row)) } }
        }
    }
}

fn build_row(chrome: &Chrome, project: &Project, row: &Row) -> Markup {
    let text = chrome.text();
    let words = &text.builds;
    html! {
        tr {
            td.what { (state::label(text, row.state)) }
            th scope="row" {
                a.main href=(project.build(row.number)) {
                    span.number { "#" (row.number) } " " span.job { (row.job) }
                }
                @if let Some(workflow) = &row.workflow { span.under { (workflow) } }
            }
            td.commit data-label=(words.commit) { (commit(row)) }
            td data-label=(words.who) {
                @if let Some(who) = &row.who { span.over { (who) } }
                span.under { (row.why.word(text)) }
            }
            @match row.started {
                Some(started) => {
                    td data-label=(words.started) { (moment::ago(chrome, started)) }
                    td.figure data-label=(words.duration) { (moment::lasted(chrome, started, row.ended)) }
                },
                None => {
                    td.quiet data-label=(words.started) { (words.not_started) }
                    td.figure.quiet.void { "–" }
                },
            }
        }
    }
}

fn commit(row: &Row) -> Markup {
    html! {
        span.over {
            code.branch { (icon::branch()) (row.branch) }
            @if let Some(revision) = &row.revision { " " code.revision { (short(revision)) } }
        }
        @if let Some(subject) = &row.subject { span.under { (subject) } }
    }
}

/// The first seven characters of a revision, as git shows it.
pub(super) fn short(revision: &str) -> String {
    revision.chars().take(7).collect()
}

fn pages(chrome: &Chrome, view: &Builds) -> Markup {
    let words = &chrome.text().builds;
    let first = (view.page.max(1) - 1) * view.page_size + 1;
    let last = first + view.rows.len() as u64 - 1;
    let branch = view.branch.as_deref();
    html! {
        nav.pages aria-label=(words.pages) {
            p {
                @match view.total {
                    Some(total) if !view.more && view.page == 1 => ((words.count)(total)),
                    Some(total) => ((words.range)(first, last, total)),
                    None => ((words.range_of_some)(first, last)),
                }
            }
            @if view.page > 1 {
                a.button.plain rel="prev" href=(view.project.builds_page(branch, view.page - 1)) { (words.newer) }
            }
            @if view.more {
                a.button.plain rel="next" href=(view.project.builds_page(branch, view.page + 1)) { (words.older) }
            }
        }
    }
}

fn run_form(chrome: &Chrome, project: &Project, view: &Run) -> Markup {
    let words = &chrome.text().builds;
    let fields = html! {
        (Field::new(chrome, Kind::Code, "branch", words.run_branch).value(&view.branch)
            .choices(&view.branches).problems(&view.problems).focused())
        (Field::new(chrome, Kind::Code, "job", words.run_job).hint(words.run_job_hint)
            .value(&view.job).problems(&view.problems).optional())
        (Field::new(chrome, Kind::Lines, "parameters", words.run_parameters)
            .hint(words.run_parameters_hint).value(&view.parameters).problems(&view.problems).optional())
        (form::buttons(chrome, words.run_submit, "primary", &project.builds()))
    };
    html! {
        (form::summary(chrome, &view.problems))
        (form::post(chrome, &project.run(), &fields))
    }
}
