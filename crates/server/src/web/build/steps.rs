//! The steps of a build. Output of an ended step is fetched when somebody opens it; output of a
//! running one comes with the stream of events.

use maud::{Markup, PreEscaped, html};

use super::super::{
    chrome::Chrome,
    icon, moment,
    path::Project,
    state::{self, State},
};
use super::Build;

/// One step.
#[derive(Clone, Debug)]
pub struct Step {
    /// Its place among the steps, as its address names it.
    pub ordinal: i64,
    /// Its name.
    pub name: String,
    /// What it is up to.
    pub state: State,
    /// When it started, in milliseconds since 1970.
    pub started: i64,
    /// When it ended.
    pub ended: Option<i64>,
    /// How its command ended.
    pub exit_code: Option<i64>,
    /// Whether it runs beside the steps after it.
    pub background: bool,
    /// Its output, where the page should already hold it.
    pub output: Option<Output>,
}

/// The output of a step.
#[derive(Clone, Debug)]
pub struct Output {
    /// Its lines as HTML that [`Ansi`](super::super::ansi::Ansi) made: items of a list.
    pub lines: String,
    /// How many lines were left out before the first.
    pub left_out: u64,
    /// Whether the command printed more than is kept.
    pub cut: bool,
    /// Where all of it is to be had as text.
    pub raw: Option<String>,
}

pub(super) fn steps(chrome: &Chrome, view: &Build) -> Markup {
    let words = &chrome.text().build;
    let live = view.state.is_live();
    html! {
        section.steps aria-labelledby="steps" {
            div.head {
                h2 #steps { (words.steps) }
                span.gap {}
                @if live {
                    button.button.small type="button" hidden data-follow aria-pressed="false" { (words.follow) }
                }
            }
            div #step-list data-loading=(words.loading) data-failed=(words.load_failed) {
                @for step in &view.steps { (self::step(chrome, &view.project, view.number, step)) }
            }
            @if view.steps.is_empty() {
                p.quiet.waiting { @if live { (words.no_steps) } @else { (words.no_steps_ended) } }
            }
        }
    }
}

/// One step; also the data of a `step` event.
pub fn step(chrome: &Chrome, project: &Project, build: i64, step: &Step) -> Markup {
    let words = &chrome.text().build;
    let running = step.state == State::Running;
    let open = running || step.output.is_some() || failed(step.state);
    html! {
        details.step id={ "step-" (step.ordinal) } open[open] data-step=(step.ordinal)
            data-running[running] data-loaded[step.output.is_some()]
            data-output=(project.step(build, step.ordinal)) {
            (summary(chrome, step))
            div.inside {
                div.output data-label=(words.output) {
                    @if let Some(output) = &step.output { (self::output(chrome, output)) }
                    @else if !running {
                        noscript { a href=(project.build_with_step(build, step.ordinal)) { (words.show_output) } }
                    }
                }
            }
        }
    }
}

fn summary(chrome: &Chrome, step: &Step) -> Markup {
    let text = chrome.text();
    html! {
        summary {
            (icon::chevron())
            (state::mark(text, step.state))
            span.step-name { (step.name) }
            @if step.background { span.tag { (text.build.background) } }
            @if let Some(code) = step.exit_code.filter(|code| *code != 0) {
                span.tag.bad { ((text.build.exit_code)(code)) }
            }
            span.figure { (moment::lasted(chrome, step.started, step.ended)) }
        }
    }
}

/// The output of a step as a fragment: what is left out, the lines, where the rest is.
pub fn output(chrome: &Chrome, output: &Output) -> Markup {
    let words = &chrome.text().build;
    html! {
        @if output.left_out > 0 {
            p.left-out {
                ((words.lines_left_out)(output.left_out))
                @if let Some(raw) = &output.raw { " " a href=(raw) { (words.raw_output) } }
            }
        }
        @if output.lines.is_empty() { p.left-out { (words.no_output) } } @else {
            ol.log start=(output.left_out + 1) tabindex="0" aria-label=(words.output) {
                (PreEscaped(&output.lines))
            }
        }
        @if output.cut { p.left-out { (words.output_cut) } }
    }
}

fn failed(state: State) -> bool {
    matches!(state, State::Failed | State::TimedOut | State::InfrastructureFail)
}
