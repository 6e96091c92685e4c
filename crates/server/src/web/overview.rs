//! The first page of a project's settings: what it is, and who may see it.

use maud::{Markup, html};

use super::{
    chrome::Chrome,
    form,
    path::Project,
    projects::access,
    settings::{Of, of_project},
};

/// The page. Field: `visibility` (`private` or `public`).
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
