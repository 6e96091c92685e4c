//! The form that says where a person gets mail.

use maud::{Markup, html};

use super::{
    chrome::Chrome,
    form::{self, Field, Kind, Problem},
    path,
    settings::{Own, own},
};

/// The form. Field: `address`; empty: nowhere.
#[derive(Clone, Debug)]
pub struct Email {
    /// What is there, or was typed.
    pub address: String,
    /// The server can send mail.
    pub sends: bool,
    /// What was wrong with the attempt before.
    pub problems: Vec<Problem>,
}

/// The form.
pub fn page(chrome: &Chrome, view: &Email) -> Markup {
    let words = &chrome.text().account;
    let fields = html! {
        (Field::new(chrome, Kind::Code, "address", words.email)
            .value(&view.address).hint(words.email_hint).autocomplete("email").optional()
            .problems(&view.problems))
        div.buttons { button.button.primary type="submit" { (words.email_save) } }
    };
    own(
        chrome,
        Own::Email,
        words.email,
        &html! {
            h1 { (words.email) }
            p.intro { (words.email_intro) }
            @if !view.sends { p { (words.email_unsent) } }
            section.card {
                (form::summary(chrome, &view.problems))
                (form::post(chrome, path::EMAIL, &fields))
            }
        },
    )
}
