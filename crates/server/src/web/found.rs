//! The page for whoever found a token where it should not be. It needs no account, and says the same
//! whatever was handed in.

use maud::{Markup, html};

use super::{
    chrome::{Chrome, narrow},
    form::{self, Field, Kind, Problem},
    path,
};

/// The form. Field: `token`, which is never shown again.
pub fn form(chrome: &Chrome, problems: &[Problem]) -> Markup {
    let words = &chrome.text().found;
    let fields = html! {
        (Field::new(chrome, Kind::Code, "token", words.value).hint(words.value_hint)
            .problems(problems).focused())
        button.button.danger type="submit" { (words.hand_in) }
    };
    page(
        chrome,
        words.title,
        &html! {
            h1 { (words.title) }
            p { (words.intro) }
            p { (words.effect) }
            (form::summary(chrome, problems))
            (form::post(chrome, path::FOUND, &fields))
        },
    )
}

/// What everybody is answered.
pub fn thanks(chrome: &Chrome) -> Markup {
    let words = &chrome.text().found;
    page(
        chrome,
        words.thanks,
        &html! {
            h1 { (words.thanks) }
            p { (words.thanks_body) }
            p { (words.where_else) }
            div.buttons { a.button href=(path::FOUND) { (words.another) } }
        },
    )
}

fn page(chrome: &Chrome, title: &str, body: &Markup) -> Markup {
    let body = html! { section.card { (body) } };
    narrow(chrome, title, body)
}
