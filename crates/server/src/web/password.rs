//! The form that changes a person's password.

use maud::{Markup, html};

use super::{
    chrome::Chrome,
    form::{self, Field, Kind, Problem},
    path,
    settings::{Own, own},
};

/// The form; nothing that was typed is sent back. Fields: `current`, `new`, `again`.
#[derive(Clone, Debug, Default)]
pub struct Password {
    /// The fewest characters of a password.
    pub least: usize,
    /// What was wrong with the attempt before.
    pub problems: Vec<Problem>,
}

/// The form.
pub fn page(chrome: &Chrome, view: &Password) -> Markup {
    let words = &chrome.text().account;
    let hint = (chrome.text().entry.password_hint)(view.least);
    let field =
        |name, label| Field::new(chrome, Kind::Password, name, label).problems(&view.problems);
    let fields = html! {
        (field("current", words.current).autocomplete("current-password"))
        (field("new", words.new).autocomplete("new-password").hint(&hint))
        (field("again", words.new_again).autocomplete("new-password"))
        div.buttons { button.button.primary { (words.change) } }
    };
    own(
        chrome,
        Own::Password,
        words.password_title,
        &html! {
            h1 { (words.password_title) }
            p.intro { (words.password_intro) }
            section.card {
                (form::summary(chrome, &view.problems))
                (form::post(chrome, path::PASSWORD, &fields))
            }
        },
    )
}
