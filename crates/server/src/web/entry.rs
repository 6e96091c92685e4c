//! The ways in: signing in, the first setup, a one-time link, and the password again before
//! something that can give access away. Checking any of it is not done here.

use maud::{Markup, html};

use super::{
    chrome::{Chrome, narrow},
    form::{self, Field, Kind, Problem},
    icon, path,
};

/// The sign-in page.
#[derive(Clone, Debug, Default)]
pub struct SignIn {
    /// The name that was typed before.
    pub name: String,
    /// Where to go afterwards; a path of this server.
    pub next: String,
    /// What was wrong with the attempt before.
    pub problems: Vec<Problem>,
}

/// The page that makes the first account. Fields: `name`, `password`, `again`.
#[derive(Clone, Debug, Default)]
pub struct Setup {
    /// The secret of the link.
    pub code: String,
    /// The name that was typed before.
    pub name: String,
    /// The fewest characters of a password.
    pub least: usize,
    /// What was wrong with the attempt before.
    pub problems: Vec<Problem>,
}

/// The page behind a one-time link.
#[derive(Clone, Debug)]
pub struct Enter {
    /// The secret of the link.
    pub code: String,
    /// Who will be signed in.
    pub name: String,
}

/// The page that asks for the password again. Fields: `password`, `next`.
#[derive(Clone, Debug, Default)]
pub struct Again {
    /// Where to go afterwards; a path of this server.
    pub next: String,
    /// What was wrong with the attempt before.
    pub problems: Vec<Problem>,
}

/// Signing in. Fields: `name`, `password`, `next`.
pub fn sign_in(chrome: &Chrome, view: &SignIn) -> Markup {
    let entry = &chrome.text().entry;
    let fields = html! {
        input type="hidden" name="next" value=(view.next);
        (Field::new(chrome, Kind::Code, "name", entry.name).value(&view.name)
            .autocomplete("username").problems(&view.problems).focused())
        (Field::new(chrome, Kind::Password, "password", entry.password)
            .autocomplete("current-password").problems(&view.problems))
        button.button.primary.wide { (entry.sign_in) }
    };
    door(
        chrome,
        entry.sign_in_title,
        &html! {
            (form::summary(chrome, &view.problems))
            (form::post(chrome, path::SIGN_IN, &fields))
            p.aside { (entry.no_account) }
            p.aside { a href=(path::FOUND) { (chrome.text().found.title) } }
        },
    )
}

/// The first setup.
pub fn setup(chrome: &Chrome, view: &Setup) -> Markup {
    let entry = &chrome.text().entry;
    let hint = (entry.password_hint)(view.least);
    let fields = html! {
        (Field::new(chrome, Kind::Code, "name", entry.name).value(&view.name)
            .autocomplete("username").problems(&view.problems).focused())
        (Field::new(chrome, Kind::Password, "password", entry.password).hint(&hint)
            .autocomplete("new-password").problems(&view.problems))
        (Field::new(chrome, Kind::Password, "again", entry.password_again)
            .autocomplete("new-password").problems(&view.problems))
        button.button.primary.wide { (entry.create_account) }
    };
    door(
        chrome,
        entry.setup_title,
        &html! {
            p { (entry.setup_intro) }
            (form::summary(chrome, &view.problems))
            (form::post(chrome, &path::setup(&view.code), &fields))
        },
    )
}

/// A one-time link: opening it changes nothing, the button does.
pub fn enter(chrome: &Chrome, view: &Enter) -> Markup {
    let entry = &chrome.text().entry;
    let button = html! { button.button.primary.wide autofocus { (entry.enter) } };
    door(
        chrome,
        entry.enter_title,
        &html! {
            p { ((entry.enter_intro)(&view.name)) }
            (form::post(chrome, &path::enter(&view.code), &button))
        },
    )
}

/// A one-time link that was used or expired.
pub fn gone(chrome: &Chrome) -> Markup {
    let entry = &chrome.text().entry;
    door(
        chrome,
        entry.gone_title,
        &html! {
            p { (entry.gone_body) }
            a.button.wide href=(path::SIGN_IN) { (entry.sign_in) }
        },
    )
}

/// The password again.
pub fn again(chrome: &Chrome, view: &Again) -> Markup {
    let entry = &chrome.text().entry;
    let name = chrome.person.as_ref().map_or("", |person| person.name.as_str());
    let fields = html! {
        input type="hidden" name="next" value=(view.next);
        // Password managers look for the account that the password belongs to.
        input type="hidden" name="name" value=(name) autocomplete="username";
        (Field::new(chrome, Kind::Password, "password", entry.password)
            .autocomplete("current-password").problems(&view.problems).focused())
        button.button.primary.wide { (entry.confirm) }
    };
    door(
        chrome,
        entry.again_title,
        &html! {
            p { ((entry.again_intro)(name)) }
            (form::summary(chrome, &view.problems))
            (form::post(chrome, path::AGAIN, &fields))
        },
    )
}

fn door(chrome: &Chrome, title: &str, body: &Markup) -> Markup {
    let body = html! {
        section.card.door {
            div.seal { (icon::logo()) }
            h1 { (title) }
            (body)
        }
    };
    narrow(chrome, title, body)
}
