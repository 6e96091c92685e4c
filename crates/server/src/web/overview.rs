//! The first page of a project's settings: what it is, who may see it, and whether it takes triggers.

use maud::{Markup, html};

use super::{
    chrome::Chrome,
    form,
    path::Project,
    projects::access,
    settings::{Of, of_project},
};

/// The page. Field: `visibility` (`private` or `public`); of the switch: `triggers` (`taken` or `none`).
#[derive(Clone, Debug)]
pub struct Overview {
    /// Which project.
    pub project: Project,
    /// Where git fetches from.
    pub git_url: String,
    /// The branch of badges and of runs without one.
    pub default_branch: String,
    /// Whether everyone may see it.
    pub public: bool,
    /// Whether builds can be started.
    pub takes_triggers: bool,
    /// Whether the person may change that.
    pub may_change: bool,
}

/// The page.
pub fn page(chrome: &Chrome, view: &Overview) -> Markup {
    let words = &chrome.text().overview;
    let project = &view.project;
    of_project(
        chrome,
        project,
        Of::Overview,
        words.title,
        &html! {
            h1 { (project) }
            section.card {
                dl.facts {
                    div { dt { (words.slug) } dd { code { (project.vcs) "/" (project.org) "/" (project.repo) } } }
                    div { dt { (words.git_url) } dd { code { (view.git_url) } } }
                    div { dt { (words.default_branch) } dd { code.branch { (view.default_branch) } } }
                }
            }
            @if view.may_change { (visibility(chrome, view)) }
            (triggers(chrome, view))
        },
    )
}

fn visibility(chrome: &Chrome, view: &Overview) -> Markup {
    let words = &chrome.text().overview;
    let fields = html! {
        (access(chrome, view.public, &[]))
        div.buttons { button.button.primary { (words.save) } }
    };
    html! {
        section.card { (form::post(chrome, &view.project.settings(), &fields)) }
    }
}

fn triggers(chrome: &Chrome, view: &Overview) -> Markup {
    let words = &chrome.text().overview;
    let (stands, wanted, button) = match view.takes_triggers {
        true => (words.takes_triggers, "none", words.stop_triggers),
        false => (words.takes_none, "taken", words.resume_triggers),
    };
    let switch = html! {
        div.buttons { button.button name="triggers" value=(wanted) { (button) } }
    };
    html! {
        section.card {
            h2 { (words.triggers) }
            p { (stands) }
            @if view.may_change { (form::post(chrome, &view.project.triggers(), &switch)) }
        }
    }
}
