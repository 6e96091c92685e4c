//! What a build or a step is up to, as a person sees it: a word, a shape and a colour together.
//! Which state follows which is decided elsewhere.

use maud::{Markup, html};

use super::{icon, text::Text};

/// A state that a page can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It passed.
    Success,
    /// It passed after a failure.
    Fixed,
    /// It failed.
    Failed,
    /// It ran longer than it may.
    TimedOut,
    /// Its machine failed.
    InfrastructureFail,
    /// It runs.
    Running,
    /// It waits for a runner.
    Queued,
    /// It waits for other jobs of its workflow.
    Blocked,
    /// It waits for a person.
    OnHold,
    /// Somebody stopped it.
    Canceled,
    /// It never started.
    NotRun,
}

/// Colour and shape: several states share one look and differ in their word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// Green, a tick.
    Success,
    /// Red, a cross.
    Failed,
    /// Orange, a clock.
    TimedOut,
    /// Orange, a triangle with a mark.
    Broken,
    /// Blue, a moving ring.
    Running,
    /// Grey, three dots.
    Queued,
    /// Violet, two bars.
    OnHold,
    /// Grey, a circle with a slash.
    Canceled,
    /// Grey, an outline.
    NotRun,
}

impl State {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Success,
        Self::Fixed,
        Self::Failed,
        Self::TimedOut,
        Self::InfrastructureFail,
        Self::Running,
        Self::Queued,
        Self::OnHold,
        Self::Canceled,
        Self::NotRun,
        Self::Blocked,
    ];

    /// Its word in a language.
    pub fn word(self, text: &Text) -> &'static str {
        let states = &text.states;
        match self {
            Self::Success => states.success,
            Self::Fixed => states.fixed,
            Self::Failed => states.failed,
            Self::TimedOut => states.timed_out,
            Self::InfrastructureFail => states.infrastructure_fail,
            Self::Running => states.running,
            Self::Queued => states.queued,
            Self::OnHold => states.on_hold,
            Self::Canceled => states.canceled,
            Self::NotRun => states.not_run,
            Self::Blocked => states.blocked,
        }
    }

    /// Its colour and shape.
    pub fn look(self) -> Look {
        match self {
            Self::Success | Self::Fixed => Look::Success,
            Self::Failed => Look::Failed,
            Self::TimedOut => Look::TimedOut,
            Self::InfrastructureFail => Look::Broken,
            Self::Running => Look::Running,
            Self::Queued | Self::Blocked => Look::Queued,
            Self::OnHold => Look::OnHold,
            Self::Canceled => Look::Canceled,
            Self::NotRun => Look::NotRun,
        }
    }

    /// Whether it can still change by itself.
    pub fn is_live(self) -> bool {
        matches!(self, Self::Running | Self::Queued | Self::Blocked | Self::OnHold)
    }
}

impl Look {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Success,
        Self::Failed,
        Self::TimedOut,
        Self::Broken,
        Self::Running,
        Self::Queued,
        Self::OnHold,
        Self::Canceled,
        Self::NotRun,
    ];

    /// Its class in the style sheet and the name of its favicon.
    pub fn name(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Failed => "failed",
            Self::TimedOut => "timed-out",
            Self::Broken => "broken",
            Self::Running => "running",
            Self::Queued => "queued",
            Self::OnHold => "on-hold",
            Self::Canceled => "canceled",
            Self::NotRun => "not-run",
        }
    }

    /// The shape as one character, for titles of pages.
    pub fn glyph(self) -> char {
        match self {
            Self::Success => '✓',
            Self::Failed => '✕',
            Self::TimedOut => '⏱',
            Self::Broken => '⚠',
            Self::Running => '●',
            Self::Queued => '…',
            Self::OnHold => '‖',
            Self::Canceled => '⊘',
            Self::NotRun => '○',
        }
    }
}

/// Icon and word, in the state's colour.
pub fn label(text: &Text, state: State) -> Markup {
    html! {
        span class={ "state state-" (state.look().name()) } {
            (icon::of_look(state.look()))
            span { (state.word(text)) }
        }
    }
}

/// The icon alone, with the word for those who cannot see it.
pub fn mark(text: &Text, state: State) -> Markup {
    html! {
        span class={ "state state-" (state.look().name()) } title=(state.word(text)) {
            (icon::of_look(state.look()))
            span.unseen { (state.word(text)) }
        }
    }
}
