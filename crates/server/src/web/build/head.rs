//! The head of a build's page: state, facts, buttons, parameters, and the problems of its config.

use maud::{Markup, Render, html};

use super::super::{
    builds::{Why, short},
    chrome::Chrome,
    form, moment,
    state::{self, State},
};
use super::Build;

/// The facts of a build.
#[derive(Clone, Debug)]
pub struct Head {
    /// Its job.
    pub job: String,
    /// Its workflow.
    pub workflow: Option<String>,
    /// Its branch.
    pub branch: Option<String>,
    /// Its tag.
    pub tag: Option<String>,
    /// The commit, in full.
    pub revision: Option<String>,
    /// First line of the commit message.
    pub subject: Option<String>,
    /// Who started it.
    pub who: Option<String>,
    /// Why it was started.
    pub why: Why,
    /// Who canceled it.
    pub canceled_by: Option<String>,
    /// The build that it runs again.
    pub retry_of: Option<i64>,
    /// When it was queued, in milliseconds since 1970.
    pub queued: i64,
    /// When it started.
    pub started: Option<i64>,
    /// When it ended.
    pub ended: Option<i64>,
    /// Its parameters, which are not secret.
    pub parameters: Vec<Parameter>,
    /// Whether it ended before it could begin: no commit, no config, or a wrong one.
    pub errored: bool,
    /// The jobs of its pipeline in order, this one among them.
    pub siblings: Vec<Sibling>,
    /// Why it ended as it did, where the server has something to say.
    pub message: Option<String>,
}

/// One parameter of a build.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// Another job of the same pipeline.
#[derive(Clone, Debug)]
pub struct Sibling {
    /// Its name.
    pub name: String,
    /// What it is up to.
    pub state: State,
    /// Its build number, once it has one.
    pub number: Option<i64>,
}

pub(super) fn head(chrome: &Chrome, view: &Build) -> Markup {
    let text = chrome.text();
    html! {
        div class={ "build-head edge-" (view.state.look().name()) } {
            div.head {
                h1 { ((text.build.title)(view.number, &view.head.job)) }
                (state::label(text, view.state))
                span.gap {}
                @if view.may_trigger { (actions(chrome, view)) }
            }
            (facts(chrome, view))
            @if view.head.siblings.len() > 1 { (siblings(chrome, view)) }
        }
        @if let Some(message) = &view.head.message {
            section.card.warning { h2 { (text.build.message_title) } p { (message) } }
        }
        @if view.head.errored {
            section.card.failure { h2 { (text.build.errored) } p { (text.build.errored_body) } }
        }
        @if !view.head.parameters.is_empty() { (parameters(chrome, &view.head.parameters)) }
    }
}

fn actions(chrome: &Chrome, view: &Build) -> Markup {
    let words = &chrome.text().build;
    html! {
        @if view.state.is_live() {
            (form::post(chrome, &view.project.cancel(view.number), &html! {
                button.button { (words.cancel) }
            }))
        } @else if view.takes_triggers {
            (form::post(chrome, &view.project.retry(view.number), &html! {
                button.button { (words.retry) }
            }))
        }
    }
}

fn facts(chrome: &Chrome, view: &Build) -> Markup {
    let words = &chrome.text().build;
    let head = &view.head;
    html! {
        dl.facts aria-label=(words.facts) {
            @if let Some(branch) = &head.branch { (fact(words.branch, html! { code.branch { (branch) } })) }
            @if let Some(tag) = &head.tag { (fact(words.tag, html! { code.branch { (tag) } })) }
            @if let Some(revision) = &head.revision { (fact(words.commit, commit(head, revision))) }
            @if let Some(workflow) = &head.workflow { (fact(words.workflow, workflow)) }
            (fact(words.started_by, started_by(chrome, head)))
            @if let Some(number) = head.retry_of {
                (fact(words.retry_of, html! { a href=(view.project.build(number)) { "#" (number) } }))
            }
            @if let Some(name) = &head.canceled_by { (fact(words.canceled_by, name)) }
            (times(chrome, view))
        }
    }
}

fn times(chrome: &Chrome, view: &Build) -> Markup {
    let words = &chrome.text().build;
    let head = &view.head;
    // A build that ended unstarted waited until it ended.
    let waited = head.started.or(head.ended);
    html! {
        @if view.state != State::NotRun {
            (fact(words.queued, moment::lasted(chrome, head.queued, waited)))
        }
        @if let Some(started) = head.started {
            (fact(words.started, moment::ago(chrome, started)))
            (fact(words.duration, moment::lasted(chrome, started, head.ended)))
        }
        @if let Some(ended) = head.ended { (fact(words.finished, moment::exact(chrome, ended))) }
    }
}

fn fact(name: &str, value: impl Render) -> Markup {
    html! { div { dt { (name) } dd { (value) } } }
}

fn commit(head: &Head, revision: &str) -> Markup {
    html! {
        code.revision title=(revision) { (short(revision)) }
        @if let Some(subject) = &head.subject { " " span.subject { (subject) } }
    }
}

fn started_by(chrome: &Chrome, head: &Head) -> Markup {
    let text = chrome.text();
    html! {
        @if let Some(who) = &head.who { (who) span.quiet { " · " } }
        span.quiet { (head.why.word(text)) }
    }
}

fn siblings(chrome: &Chrome, view: &Build) -> Markup {
    let text = chrome.text();
    let all = &view.head.siblings;
    // A job that ran again stands there once for each build, which its number alone tells apart.
    let again =
        |sibling: &Sibling| all.iter().filter(|other| other.name == sibling.name).count() > 1;
    html! {
        nav.siblings aria-label=(text.build.siblings) {
            ol {
                @for sibling in all {
                    li {
                        @match sibling.number {
                            Some(number) => a href=(view.project.build(number))
                                aria-current=[(number == view.number).then_some("page")] {
                                (state::mark(text, sibling.state)) span { (sibling.name) }
                                @if again(sibling) { " " span.number.quiet { "#" (number) } }
                            },
                            None => span.pending { (state::mark(text, sibling.state)) span { (sibling.name) } },
                        }
                    }
                }
            }
        }
    }
}

fn parameters(chrome: &Chrome, parameters: &[Parameter]) -> Markup {
    let words = &chrome.text().build;
    html! {
        details.card.fold {
            summary { h2 { (words.parameters) } span.count { (parameters.len()) } }
            dl.pairs {
                @for parameter in parameters {
                    div { dt { code { (parameter.name) } } dd { code { (parameter.value) } } }
                }
            }
        }
    }
}
