//! The pages on which a person signs in a command that waits for it, maybe on another machine.

use maud::{Markup, html};

use super::{
    chrome::{Chrome, narrow},
    form::{self, Field, Kind, Problem},
    moment, path,
};

/// The form for the code, with what was typed before. Field: `code`.
#[derive(Clone, Debug, Default)]
pub struct Typed {
    /// The code.
    pub code: String,
    /// What was wrong with it.
    pub problems: Vec<Problem>,
}

/// A command that waits.
#[derive(Clone, Debug)]
pub struct Asks {
    /// What it shows.
    pub code: String,
    /// What its token will be called.
    pub label: String,
    /// Where it asked from.
    pub address: String,
    /// When it asked, in milliseconds since 1970.
    pub began: i64,
}

/// The form for the code.
pub fn form(chrome: &Chrome, view: &Typed) -> Markup {
    let words = &chrome.text().device;
    page(
        chrome,
        words.title,
        &html! {
            h1 { (words.title) }
            p { (words.form_intro) }
            (form::summary(chrome, &view.problems))
            // What is typed changes nothing yet, so it may stand in the address.
            form method="get" action=(path::DEVICE) {
                (Field::new(chrome, Kind::Code, "code", words.code).hint(words.code_hint)
                    .value(&view.code).problems(&view.problems).focused())
                (form::buttons(chrome, words.go_on, "primary", path::HOME))
            }
        },
    )
}

/// The question, with the code to compare.
pub fn ask(chrome: &Chrome, view: &Asks) -> Markup {
    let words = &chrome.text().device;
    let name = chrome.person.as_ref().map_or("", |person| person.name.as_str());
    let answers = html! {
        input type="hidden" name="code" value=(view.code);
        div.buttons {
            button.button.primary name="answer" value="allow" { (words.allow) }
            button.button.plain name="answer" value="deny" { (words.deny) }
        }
    };
    page(
        chrome,
        words.title,
        &html! {
            h1 { (words.title) }
            p { (words.compare) }
            p.device-code { code { (view.code) } }
            dl.facts {
                div { dt { (words.label) } dd { (view.label) } }
                div { dt { (words.address) } dd { code { (view.address) } } }
                div { dt { (words.began) } dd { (moment::ago(chrome, view.began)) } }
            }
            p { ((words.effect)(name)) }
            p.notice.care { (words.warning) }
            (form::post(chrome, path::DEVICE, &answers))
        },
    )
}

/// What came of it.
pub fn done(chrome: &Chrome, label: &str, allowed: bool) -> Markup {
    let words = &chrome.text().device;
    let (title, body) = match allowed {
        true => (words.allowed, (words.allowed_body)(label)),
        false => (words.denied, (words.denied_body)(label)),
    };
    page(
        chrome,
        title,
        &html! {
            h1 { (title) }
            p { (body) }
            div.buttons { a.button href=(path::TOKENS) { (words.to_tokens) } }
        },
    )
}

fn page(chrome: &Chrome, title: &str, body: &Markup) -> Markup {
    let body = html! { section.card { (body) } };
    narrow(chrome, title, body)
}
