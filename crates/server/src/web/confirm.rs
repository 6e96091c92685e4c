//! Asking before something is destroyed: a dialog where there is script, a page where there is
//! none. The question names the object, the sentence below it the effect.

use maud::{Markup, html};

use super::{
    chrome::{Chrome, narrow},
    form::{self, Field, Kind, Problem},
    icon,
};

/// The id of the one dialog of a page that confirms whatever its opener asks.
const DIALOG: &str = "confirm";

/// What is to be confirmed, in the reader's language.
#[derive(Clone, Debug)]
pub struct Confirm {
    /// Names the object.
    pub question: String,
    /// What follows.
    pub effect: &'static str,
    /// What the button says.
    pub button: &'static str,
    /// Where the answer is posted.
    pub action: String,
    /// Where *Cancel* leads.
    pub back: String,
    /// A reason may be given, in the field `reason`: what was wrong with the one before. None: it is not
    /// asked for.
    pub why: Option<Vec<Problem>>,
}

/// The page for browsers without script.
pub fn page(chrome: &Chrome, view: &Confirm) -> Markup {
    let body = html! {
        section.card {
            h1 { (view.question) }
            p { (view.effect) }
            (form::post(chrome, &view.action, &html! {
                @if let Some(problems) = &view.why { (reason(chrome, problems)) }
                (form::buttons(chrome, view.button, "danger", &view.back))
            }))
        }
    };
    narrow(chrome, &view.question, body)
}

fn reason(chrome: &Chrome, problems: &[Problem]) -> Markup {
    let words = &chrome.text().finding;
    html! {
        (Field::new(chrome, Kind::Words, "reason", words.reason).hint(words.reason_of_one_hint)
            .problems(problems).optional())
    }
}

/// The X beside an object: a link to its confirmation page, which script opens as a dialog.
pub(super) fn opener(href: &str, name: &str, question: &str) -> Markup {
    html! {
        a.remove href=(href) aria-label=(name) title=(name) data-dialog=(DIALOG) data-question=(question) {
            (icon::cross())
        }
    }
}

/// The dialog that every [`opener`] of a page shares; script fills in question and address.
pub(super) fn dialog(chrome: &Chrome, effect: &str, button: &str, back: &str) -> Markup {
    asking(chrome, effect, &form::buttons(chrome, button, "danger", back), back)
}

/// The same with a field for a reason.
pub(super) fn dialog_with_reason(
    chrome: &Chrome,
    effect: &str,
    button: &str,
    back: &str,
) -> Markup {
    let fields = html! {
        (reason(chrome, &[]))
        (form::buttons(chrome, button, "danger", back))
    };
    asking(chrome, effect, &fields, back)
}

fn asking(chrome: &Chrome, effect: &str, fields: &Markup, back: &str) -> Markup {
    html! {
        dialog #(DIALOG) aria-labelledby="confirm-question" {
            h2 #confirm-question data-question {}
            p { (effect) }
            (form::post(chrome, back, fields))
        }
    }
}
