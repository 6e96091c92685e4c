//! Parts of forms: labelled fields, the summary of what is wrong, and the hidden proof that a form
//! came from this server, with a word by which one that comes again is known. What is right or wrong is decided by whoever receives the form.

use maud::{Markup, Render, html};

use super::chrome::Chrome;

/// The hidden field that carries [`Chrome::csrf`].
pub const CSRF: &str = "csrf";
/// The hidden field that carries [`Chrome::once`].
pub const ONCE: &str = "once";

/// Something wrong with what was typed, in the reader's language.
#[derive(Clone, Debug)]
pub struct Problem {
    /// The name of the field; empty if it is about the form as a whole.
    pub field: &'static str,
    /// What is wrong and what to do about it.
    pub message: String,
}

/// A form that posts, with the proof that it came from this server.
pub(super) fn post(chrome: &Chrome, action: &str, body: &Markup) -> Markup {
    html! {
        form method="post" action=(action) {
            input type="hidden" name=(CSRF) value=(chrome.csrf);
            input type="hidden" name=(ONCE) value=(chrome.once);
            (body)
        }
    }
}

/// The summary on top of a form that failed; it takes the focus.
pub(super) fn summary(chrome: &Chrome, problems: &[Problem]) -> Markup {
    html! {
        @if !problems.is_empty() {
            div.problems role="alert" tabindex="-1" autofocus data-focus {
                h2 { (chrome.text().problem.summary) }
                ul {
                    @for problem in problems {
                        li {
                            @if problem.field.is_empty() { (problem.message) }
                            @else { a href={ "#" (problem.field) } { (problem.message) } }
                        }
                    }
                }
            }
        }
    }
}

/// What somebody types into a field.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A line of words.
    Words,
    /// A line of code: names, addresses.
    Code,
    /// A password.
    Password,
    /// Several lines of code.
    Lines,
    /// A day and a time.
    Moment,
    /// A day.
    Day,
}

/// One labelled field. Its id is its name, so a page has one field of a name.
pub(super) struct Field<'a> {
    chrome: &'a Chrome,
    kind: Kind,
    name: &'static str,
    label: &'a str,
    hint: &'a str,
    value: &'a str,
    autocomplete: &'static str,
    choices: &'a [String],
    problems: &'a [Problem],
    optional: bool,
    focused: bool,
}

impl<'a> Field<'a> {
    pub(super) fn new(chrome: &'a Chrome, kind: Kind, name: &'static str, label: &'a str) -> Self {
        Self {
            chrome,
            kind,
            name,
            label,
            hint: "",
            value: "",
            autocomplete: "off",
            choices: &[],
            problems: &[],
            optional: false,
            focused: false,
        }
    }

    pub(super) fn hint(self, hint: &'a str) -> Self {
        Self { hint, ..self }
    }

    pub(super) fn value(self, value: &'a str) -> Self {
        Self { value, ..self }
    }

    pub(super) fn autocomplete(self, autocomplete: &'static str) -> Self {
        Self { autocomplete, ..self }
    }

    /// Values that the browser offers while somebody types.
    pub(super) fn choices(self, choices: &'a [String]) -> Self {
        Self { choices, ..self }
    }

    pub(super) fn problems(self, problems: &'a [Problem]) -> Self {
        Self { problems, ..self }
    }

    pub(super) fn optional(self) -> Self {
        Self { optional: true, ..self }
    }

    /// Takes the focus when the form opens, unless the summary of problems does.
    pub(super) fn focused(self) -> Self {
        Self { focused: true, ..self }
    }

    fn problem(&self) -> Option<&str> {
        self.problems.iter().find(|p| p.field == self.name).map(|p| p.message.as_str())
    }

    /// The ids of the sentences that explain the field, for `aria-describedby`.
    fn described_by(&self) -> Option<String> {
        let hint = (!self.hint.is_empty()).then(|| format!("{}-hint", self.name));
        let problem = self.problem().map(|_| format!("{}-problem", self.name));
        match (hint, problem) {
            (Some(hint), Some(problem)) => Some(format!("{hint} {problem}")),
            (hint, problem) => hint.or(problem),
        }
    }

    fn input(&self) -> Markup {
        let kind = match self.kind {
            Kind::Password => "password",
            Kind::Moment => "datetime-local",
            Kind::Day => "date",
            Kind::Words | Kind::Code | Kind::Lines => "text",
        };
        let code = self.kind == Kind::Code;
        let list = (!self.choices.is_empty()).then(|| format!("{}-choices", self.name));
        html! {
            input #(self.name) type=(kind) name=(self.name) value=(self.value) class=[code.then_some("code")]
                autocomplete=(self.autocomplete) autocapitalize="none" spellcheck="false"
                list=[list.as_deref()] required[!self.optional] autofocus[self.takes_focus()]
                aria-describedby=[self.described_by()]
                aria-invalid=[self.problem().map(|_| "true")];
            @if let Some(list) = &list {
                datalist #(list) { @for choice in self.choices { option value=(choice) {} } }
            }
        }
    }

    fn lines(&self) -> Markup {
        html! {
            textarea.code #(self.name) name=(self.name) rows="4" autocomplete="off" spellcheck="false"
                autocapitalize="none" required[!self.optional] autofocus[self.takes_focus()]
                aria-describedby=[self.described_by()]
                aria-invalid=[self.problem().map(|_| "true")] {
                // A browser drops one line break after the opening tag.
                "\n" (self.value)
            }
        }
    }

    fn takes_focus(&self) -> bool {
        self.focused && self.problems.is_empty()
    }
}

impl Render for Field<'_> {
    fn render(&self) -> Markup {
        html! {
            div class="field" {
                label for=(self.name) {
                    (self.label)
                    @if self.optional {
                        span.quiet { (self.chrome.text().frame.optional) }
                    }
                }
                @if !self.hint.is_empty() {
                    p.hint id={ (self.name) "-hint" } { (self.hint) }
                }
                @if let Some(message) = self.problem() {
                    p.problem id={ (self.name) "-problem" } { (message) }
                }
                @if self.kind == Kind::Lines { (self.lines()) } @else { (self.input()) }
            }
        }
    }
}

/// One option of a group of radio buttons.
pub(super) struct Choice<'a> {
    pub(super) value: &'a str,
    pub(super) label: &'a str,
    pub(super) hint: &'a str,
    pub(super) chosen: bool,
}

/// A group of radio buttons, each with a sentence that explains it.
pub(super) fn choices(
    name: &'static str,
    legend: &str,
    options: &[Choice<'_>],
    problems: &[Problem],
) -> Markup {
    let problem = problems.iter().find(|p| p.field == name);
    html! {
        fieldset #(name) tabindex="-1" {
            legend { (legend) }
            @if let Some(problem) = problem { p.problem { (problem.message) } }
            @for option in options {
                label.choice {
                    input type="radio" name=(name) value=(option.value) required checked[option.chosen];
                    span { strong { (option.label) } span.hint { (option.hint) } }
                }
            }
        }
    }
}

/// A box to tick, beside the sentence that it makes true.
pub(super) fn tick(name: &str, sentence: &str, ticked: bool) -> Markup {
    html! {
        label.choice for=(name) {
            input #(name) type="checkbox" name=(name) value="yes" checked[ticked];
            span { (sentence) }
        }
    }
}

/// The row of buttons that closes a form: what it does, and the way out.
pub(super) fn buttons(chrome: &Chrome, submit: &str, class: &str, back: &str) -> Markup {
    html! {
        div.buttons {
            button class={ "button " (class) } type="submit" { (submit) }
            a.button.plain href=(back) data-close { (chrome.text().frame.cancel) }
        }
    }
}
