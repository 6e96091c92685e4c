//! The part of a page that stops what the page is about, for a while or for good.

use maud::{Markup, html};

use super::{chrome::Chrome, form};

/// What it says, in the reader's language.
pub(super) struct Stopping {
    pub(super) heading: &'static str,
    /// What follows.
    pub(super) effect: &'static str,
    pub(super) disable: &'static str,
    pub(super) enable: &'static str,
    pub(super) remove: &'static str,
    /// It is stopped for a while now.
    pub(super) is_disabled: bool,
}

/// The part; `place` is the path of what is stopped.
pub(super) fn section(chrome: &Chrome, place: &str, view: &Stopping) -> Markup {
    let (action, word) = match view.is_disabled {
        true => ("enable", view.enable),
        false => ("disable", view.disable),
    };
    html! {
        section.card {
            h2 { (view.heading) }
            p { (view.effect) }
            (form::post(chrome, &format!("{place}/{action}"), &html! {
                div.buttons {
                    button.button type="submit" { (word) }
                    a.button.danger href={ (place) "/delete" } { (view.remove) }
                }
            }))
        }
    }
}
