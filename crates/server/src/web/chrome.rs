//! The frame around every page: head, top bar, path to the page, notice, footer. What a page is
//! about is its own function's business.

use maud::{DOCTYPE, Markup, html};

use super::{
    assets, form, icon, locale::Locale, moment, path, state::State, text::Text, theme::Theme,
};

/// What every page knows of the request that it answers.
#[derive(Clone, Debug)]
pub struct Chrome {
    /// The reader's language.
    pub locale: Locale,
    /// The reader's theme.
    pub theme: Theme,
    /// Who is signed in.
    pub person: Option<Person>,
    /// What they may do with the project that the page is about.
    pub rights: Rights,
    /// The value that every form sends back, so that no other site can send it.
    pub csrf: String,
    /// The word of this page, by which a form of it that comes again is known as the same one.
    pub once: String,
    /// Path and query of this page, for switches that come back to it.
    pub path: String,
    /// What was just done.
    pub notice: Option<Notice>,
    /// Found tokens that the person has not been told enough of.
    pub told: Vec<Told>,
    /// The server's clock, in milliseconds since 1970.
    pub now: i64,
}

/// What a page says of what was just done.
#[derive(Clone, Debug)]
pub struct Notice {
    /// A sentence in the reader's language.
    pub says: String,
    /// Not what was wanted was done.
    pub is_care: bool,
}

/// A token that somebody found: what its people are told until they dismiss it.
#[derive(Clone, Debug)]
pub struct Told {
    /// Its id.
    pub token: String,
    /// What it was called.
    pub label: String,
    /// The project that it belonged to.
    pub project: Option<String>,
    /// The service account that it belonged to.
    pub service: Option<String>,
    /// When it was handed in, in milliseconds since 1970.
    pub at: i64,
}

/// A signed-in person as the top bar shows them.
#[derive(Clone, Debug)]
pub struct Person {
    /// Their user name.
    pub name: String,
    /// Whether they administer the server.
    pub admin: bool,
}

/// Rights that decide which pages of a project's settings are linked to.
#[derive(Clone, Copy, Debug, Default)]
pub struct Rights {
    /// May open them.
    pub read_settings: bool,
    /// May open the page of tokens.
    pub manage_tokens: bool,
    /// May open the page of service accounts.
    pub manage_services: bool,
}

/// A step of the path to a page.
pub(super) struct Crumb {
    pub(super) words: String,
    pub(super) href: String,
}

/// One page, ready to be framed.
pub(super) struct Page {
    /// What the browser's tab says before the product's name.
    pub(super) title: String,
    /// A state that the favicon takes on.
    pub(super) state: Option<State>,
    /// The pages above this one.
    pub(super) trail: Vec<Crumb>,
    /// How wide the content stands.
    pub(super) width: Width,
    /// Everything inside `<main>`.
    pub(super) body: Markup,
}

/// How wide the content of a page stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Width {
    /// One column for a single form.
    Narrow,
    /// The usual.
    Normal,
    /// The whole window, for output.
    Full,
}

impl Chrome {
    /// The words of the reader's language.
    pub fn text(&self) -> &'static Text {
        self.locale.text()
    }
}

impl Width {
    fn class(self) -> &'static str {
        match self {
            Self::Narrow => "narrow",
            Self::Normal => "normal",
            Self::Full => "full",
        }
    }
}

/// A narrow page without pages above it: a question, an answer, a form.
pub(super) fn narrow(chrome: &Chrome, title: &str, body: Markup) -> Markup {
    let (title, width) = (title.to_owned(), Width::Narrow);
    frame(chrome, &Page { title, state: None, trail: Vec::new(), width, body })
}

/// The whole document.
pub(super) fn frame(chrome: &Chrome, page: &Page) -> Markup {
    let text = chrome.text();
    let times = &text.times;
    html! {
        (DOCTYPE)
        html lang=(chrome.locale.tag()) data-theme=(chrome.theme.word()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="referrer" content="same-origin";
                title { (page.title) " · " (text.frame.product) }
                link rel="icon" type="image/svg+xml" href=(assets::favicon(page.state));
                link rel="stylesheet" href=(assets::address(assets::STYLE));
                script src=(assets::address(assets::SCRIPT)) defer {}
            }
            body data-now=(chrome.now)
                data-units={ (times.hours) "|" (times.minutes) "|" (times.seconds) "|" (times.between) } {
                a.skip href="#content" { (text.frame.skip) }
                (top_bar(chrome))
                @if !page.trail.is_empty() { (trail(text, &page.trail)) }
                main #content class=(page.width.class()) tabindex="-1" {
                    @if let Some(notice) = &chrome.notice {
                        p.notice.(if notice.is_care { "care" } else { "good" }) role="status" { (notice.says) }
                    }
                    @for told in &chrome.told { (tell(chrome, told)) }
                    (page.body)
                }
                (footer(chrome))
            }
        }
    }
}

fn tell(chrome: &Chrome, told: &Told) -> Markup {
    let words = &chrome.text().found;
    let sentence = match (&told.project, &told.service) {
        (Some(project), _) => (words.of_project)(&told.label, &told.token, project),
        (None, Some(account)) => (chrome.text().service.found)(&told.label, &told.token, account),
        (None, None) => (words.yours)(&told.label, &told.token),
    };
    let button = html! {
        input type="hidden" name="next" value=(chrome.path);
        button.button.small.plain { (words.dismiss) }
    };
    html! {
        aside.notice.care aria-label=(words.title) {
            p { (sentence) " " (moment::ago(chrome, told.at)) }
            p { (words.advice) }
            (form::post(chrome, &path::dismiss(&told.token), &button))
        }
    }
}

fn top_bar(chrome: &Chrome) -> Markup {
    let text = chrome.text();
    html! {
        header.top {
            nav.bar aria-label=(text.frame.main_menu) {
                a.brand href=(path::HOME) { (icon::logo()) span { (text.frame.product) } }
                @if chrome.person.is_some() {
                    a.place href=(path::HOME) { (text.frame.projects) }
                }
                span.gap {}
                (language_switch(chrome))
                (theme_menu(chrome))
                @match &chrome.person {
                    Some(person) => (person_menu(chrome, person)),
                    None => @if !chrome.path.starts_with(path::SIGN_IN) {
                        a.button.small href=(path::SIGN_IN) { (text.frame.sign_in) }
                    },
                }
            }
        }
    }
}

fn language_switch(chrome: &Chrome) -> Markup {
    let other = chrome.locale.other();
    form::post(
        chrome,
        path::LANGUAGE,
        &html! {
            input type="hidden" name="next" value=(chrome.path);
            button.flat.language name="language" value=(other.tag()) lang=(other.tag())
                title=(other.text().frame.language) {
                (icon::globe()) span { (other.text().frame.language_name) }
            }
        },
    )
}

fn theme_menu(chrome: &Chrome) -> Markup {
    let frame = &chrome.text().frame;
    let choices = [
        (Theme::System, frame.theme_system),
        (Theme::Light, frame.theme_light),
        (Theme::Dark, frame.theme_dark),
    ];
    html! {
        details.menu data-menu {
            summary.flat title=(frame.appearance) {
                (icon::contrast()) span.unseen { (frame.appearance) }
            }
            div.sheet {
                (form::post(chrome, path::THEME, &html! {
                    input type="hidden" name="next" value=(chrome.path);
                    @for (theme, words) in choices {
                        button.entry name="theme" value=(theme.word())
                            aria-current=[(theme == chrome.theme).then_some("true")] { (words) }
                    }
                }))
            }
        }
    }
}

fn person_menu(chrome: &Chrome, person: &Person) -> Markup {
    let frame = &chrome.text().frame;
    html! {
        details.menu.person data-menu {
            summary.flat title=(frame.account_menu) {
                (icon::person()) span.unseen { (frame.account_menu) ": " }
                span.name { (person.name) }
            }
            div.sheet {
                p.whose {
                    strong { (person.name) }
                    @if person.admin { span.quiet { (frame.administrator) } }
                }
                a.entry href=(path::TOKENS) { (frame.personal_tokens) }
                a.entry href=(path::SESSIONS) { (frame.sessions) }
                a.entry href=(path::PASSWORD) { (frame.password) }
                @if person.admin { a.entry href=(path::AUDIT) { (frame.server_settings) } }
                (form::post(chrome, path::SIGN_OUT, &html! {
                    button.entry { (frame.sign_out) }
                }))
            }
        }
    }
}

fn trail(text: &Text, crumbs: &[Crumb]) -> Markup {
    html! {
        nav.trail aria-label=(text.frame.trail) {
            ol {
                @for crumb in crumbs { li { a href=(crumb.href) { (crumb.words) } } }
            }
        }
    }
}

fn footer(chrome: &Chrome) -> Markup {
    let frame = &chrome.text().frame;
    html! {
        footer.foot {
            p {
                (frame.product)
                @if chrome.person.is_some() { " " (env!("CARGO_PKG_VERSION")) }
                " · " (frame.tagline)
            }
        }
    }
}
