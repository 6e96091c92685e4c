//! What a text is that somebody took for a token, and the way to every organization's tokens: for the
//! server's administrators.

use maud::{Markup, html};

pub use super::narrowing::Standing;
use super::{
    chrome::Chrome,
    form::{self, Field, Kind, Problem},
    moment,
    organization_tokens::Place,
    path,
    settings::{Server, of_server},
    tokens::last_used,
};

/// The page. Field: `token`, which is never shown again.
#[derive(Clone, Debug)]
pub struct LookUp {
    /// Every organization.
    pub organizations: Vec<Place>,
    /// The token that was named.
    pub subject: Option<Subject>,
    /// What was wrong with what was typed.
    pub problems: Vec<Problem>,
}

/// How the token was named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Likeness {
    /// By its value.
    Value,
    /// By its id.
    Id,
    /// By a value with a wrong check.
    Mistyped,
    /// By a value with another secret.
    Forged,
}

/// A token, alive or dead.
#[derive(Clone, Debug)]
pub struct Subject {
    /// Its public handle.
    pub id: String,
    /// What it is, or was, called.
    pub label: String,
    /// A person's name, or a project's slug with the scope.
    pub owner: String,
    /// When it was made, in milliseconds since 1970.
    pub created: i64,
    /// When it was last used.
    pub last_used: Option<i64>,
    /// From where it was used last, and by which program.
    pub client: Option<(String, String)>,
    /// What it is narrowed to, and what stops it.
    pub standing: Standing,
    /// How it was named.
    pub likeness: Likeness,
    /// Its end.
    pub death: Option<Death>,
}

/// A token's end.
#[derive(Clone, Debug)]
pub struct Death {
    /// When, in milliseconds since 1970.
    pub at: i64,
    /// Who deleted it.
    pub by: String,
    /// Why, if that was said.
    pub reason: Option<String>,
}

/// The page.
pub fn page(chrome: &Chrome, view: &LookUp) -> Markup {
    let words = &chrome.text().finding;
    let fields = html! {
        (Field::new(chrome, Kind::Code, "token", words.text).hint(words.text_hint)
            .problems(&view.problems).focused())
        button.button.primary type="submit" { (words.look_up) }
    };
    of_server(
        chrome,
        Server::LookUp,
        words.look_up_title,
        &html! {
            h1 { (words.look_up_title) }
            p.intro { (words.look_up_intro) }
            section.card {
                (form::summary(chrome, &view.problems))
                (form::post(chrome, path::LOOK_UP, &fields))
            }
            @if let Some(found) = &view.subject { (subject(chrome, found)) }
            @if !view.organizations.is_empty() {
                section.card {
                    h2 { (words.organizations) }
                    ul {
                        @for place in &view.organizations {
                            li { a href=(place.tokens()) { (place.shown()) } }
                        }
                    }
                }
            }
        },
    )
}

fn subject(chrome: &Chrome, view: &Subject) -> Markup {
    let (words, text) = (&chrome.text().finding, chrome.text());
    let likeness = match view.likeness {
        Likeness::Value => words.is_value,
        Likeness::Id => words.is_id,
        Likeness::Mistyped => words.is_mistyped,
        Likeness::Forged => words.is_forged,
    };
    html! {
        section.card {
            h2 { (view.label) }
            p { (likeness) }
            @if view.death.is_none() { p { (view.standing.under(chrome)) } }
            dl.facts {
                div { dt { (text.tokens.id) } dd { code.id { (view.id) } } }
                div { dt { (words.belongs) } dd { (view.owner) } }
                div { dt { (text.tokens.created) } dd { (moment::exact(chrome, view.created)) } }
                div { dt { (text.tokens.last_used) } dd { (last_used(chrome, view.last_used)) } }
                @if let Some((address, agent)) = &view.client {
                    div { dt { (words.last_from) } dd { code { (address) } " " (agent) } }
                }
                @match &view.death {
                    None => div { dt { (text.narrowing.expires) } dd { (view.standing.end(chrome)) } },
                    Some(death) => {
                        div { dt { (words.deleted) } dd { (moment::exact(chrome, death.at)) } }
                        div { dt { (words.deleted_by) } dd { (death.by) } }
                        @if let Some(reason) = &death.reason {
                            div { dt { (words.reason) } dd { (reason) } }
                        }
                    }
                }
            }
            p { a href=(path::audit(&[("token", &view.id)])) { (words.to_audit) } }
        }
    }
}
