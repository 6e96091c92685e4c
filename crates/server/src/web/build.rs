//! One build: its head, what went wrong, its steps, its artifacts, and the live parts that the
//! stream of events replaces. The conversion of output to HTML is in `ansi`.

pub mod head;
pub mod results;
pub mod steps;

use maud::{Markup, html};

use super::{
    chrome::{Chrome, Page, Width, frame},
    path::Project,
    settings,
    state::State,
};
pub use head::{Head, Parameter, Sibling};
pub use results::{Archive, Artifact, FailedTest, Tests};
pub use steps::{Output, Step};

/// The page of one build.
#[derive(Clone, Debug)]
pub struct Build {
    /// Whose it is.
    pub project: Project,
    /// Its number.
    pub number: i64,
    /// What it is up to.
    pub state: State,
    /// The facts on top.
    pub head: Head,
    /// Its steps in order.
    pub steps: Vec<Step>,
    /// Its test results, if it reported any.
    pub tests: Option<Tests>,
    /// The files that it kept.
    pub artifacts: Vec<Artifact>,
    /// All of them in one file, in each format.
    pub archives: Vec<Archive>,
    /// Whether the person may retry and cancel it.
    pub may_trigger: bool,
    /// Whether the project takes triggers: one that does not runs nothing again.
    pub takes_triggers: bool,
}

/// The whole page.
pub fn page(chrome: &Chrome, view: &Build) -> Markup {
    let text = chrome.text();
    let title = (text.build.title)(view.number, &view.head.job);
    let live = view.state.is_live().then(|| view.project.events(view.number));
    let body = html! {
        div.build data-events=[live] {
            @if view.state.is_live() { p.notice.care role="status" hidden data-lost { (text.build.lost) } }
            div #build-head data-live { (head::head(chrome, view)) }
            div #build-results data-live { (results::results(chrome, view)) }
            (steps::steps(chrome, view))
        }
    };
    frame(
        chrome,
        &Page {
            title: format!("{} {title} · {}", view.state.look().glyph(), view.project),
            state: Some(view.state),
            trail: settings::project_trail(text, &view.project),
            width: Width::Full,
            body,
        },
    )
}
