//! The page that makes the code of a status badge. The image itself is drawn elsewhere.

mod embed;

use maud::{Markup, html};
use rondo_domain::token::Scope;

use super::{
    chrome::Chrome,
    narrowing::Narrowing,
    once,
    path::Project,
    project_tokens,
    settings::{Of, of_project},
    text::Text,
};
use embed::Embed;

/// Stands in an address where the value of a token goes: a server does not know the value.
const PLACEHOLDER: &str = "BADGEKEY";

/// The page.
#[derive(Clone, Debug)]
pub struct Badges {
    /// Whose badge.
    pub project: Project,
    /// The server's own address without a slash at the end, such as `https://ci.example`.
    pub base: String,
    /// Of which branch; the default branch if `None`.
    pub branch: Option<String>,
    /// Branches to choose from.
    pub branches: Vec<String>,
    /// The chosen look.
    pub style: Style,
    /// Whether running and canceled builds are shown too.
    pub all_states: bool,
    /// Whether everyone may see the project; if not, the image needs a token.
    pub public: bool,
    /// The project's tokens that open its badge, as far as the person may know of them; badge keys first.
    pub tokens: Vec<BadgeToken>,
    /// The id of the one that the badge is to carry.
    pub token: Option<String>,
}

/// A token that a badge may carry.
#[derive(Clone, Debug)]
pub struct BadgeToken {
    /// Its public handle.
    pub id: String,
    /// What people call it.
    pub label: String,
    /// What else it opens.
    pub scope: Scope,
}

impl Badges {
    fn takes_token(&self) -> bool {
        !self.public || self.token.is_some()
    }
}

/// The look of a badge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Style {
    /// CircleCI's own.
    #[default]
    Svg,
    /// That of shields.io.
    Shield,
}

impl Style {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Svg, Self::Shield];

    /// Its value in forms and addresses.
    pub fn word(self) -> &'static str {
        match self {
            Self::Svg => "svg",
            Self::Shield => "shield",
        }
    }

    /// The style that a word names.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|style| style.word() == word)
    }
}

/// The page.
pub fn page(chrome: &Chrome, view: &Badges) -> Markup {
    let words = &chrome.text().badges;
    of_project(
        chrome,
        &view.project,
        Of::Badges,
        words.title,
        &html! {
            h1 { (words.title) }
            p.intro { (words.intro) }
            (chooser(chrome, view))
            section.card {
                h2 { (words.preview) }
                img.badge src={ (local_image(view)) } alt=(words.preview_alt);
            }
            @if view.takes_token() { (token_note(chrome, view)) }
            (codes(chrome, view))
        },
    )
}

fn chooser(chrome: &Chrome, view: &Badges) -> Markup {
    let words = &chrome.text().badges;
    html! {
        form.filter.stack method="get" action=(view.project.badges()) {
            label for="branch" { (words.branch) }
            input.code #branch name="branch" list="branches" autocomplete="off" spellcheck="false"
                value=[view.branch.as_deref()] placeholder=(words.default_branch);
            datalist #branches { @for branch in &view.branches { option value=(branch) {} } }
            label for="style" { (words.style) }
            select #style name="style" {
                @for style in Style::ALL {
                    option value=(style.word()) selected[style == view.style] { (style.word()) }
                }
            }
            label for="token" { (words.token) }
            select #token name="token" {
                option value="none" { (words.no_token) }
                @for token in &view.tokens {
                    option value=(token.id) selected[view.token.as_ref() == Some(&token.id)] {
                        ((words.token_option)(&token.label, project_tokens::word(token.scope, chrome.text())))
                    }
                }
            }
            label.one for="states" {
                input #states type="checkbox" name="states" value="all" checked[view.all_states];
                (words.all_states)
            }
            button.button { (words.update) }
        }
    }
}

fn token_note(chrome: &Chrome, view: &Badges) -> Markup {
    let words = &chrome.text().badges;
    let chosen = view.tokens.iter().find(|token| view.token.as_ref() == Some(&token.id));
    let title = if view.public { words.token } else { words.token_title };
    html! {
        section.card.warning {
            h2 { (title) }
            p { (words.token_body) }
            p {
                (words.token_lost) " "
                @match chosen {
                    Some(token) => ((words.token_value)(PLACEHOLDER, &token.label)),
                    None => ((words.token_any_value)(PLACEHOLDER)),
                }
            }
            p {
                @if view.tokens.is_empty() { (words.token_none) " " }
                a href=(view.project.new_token_filled(Scope::Badge.word(), words.token_new_label, &Narrowing::default())) { (words.token_create) }
            }
        }
    }
}

fn codes(chrome: &Chrome, view: &Badges) -> Markup {
    let text = chrome.text();
    html! {
        section.card {
            h2 { (text.badges.embed) }
            @for (place, (format, code)) in formats(text, view).into_iter().enumerate() {
                @let id = format!("code-{place}");
                div.code-block {
                    label for=(id) { (format) }
                    div.copying {
                        textarea.code #(id) readonly rows="2" data-select spellcheck="false" { "\n" (code) }
                        (once::copy(chrome, &id))
                    }
                }
            }
        }
    }
}

/// Same-origin, so that the session shows a private project's badge without a token.
fn local_image(view: &Badges) -> String {
    let states = if view.all_states { "&states=all" } else { "" };
    let image = view.project.badge_image(view.branch.as_deref());
    format!("{image}?style={}{states}", view.style.word())
}

fn formats(text: &Text, view: &Badges) -> [(&'static str, String); 9] {
    let words = &text.badges;
    let mut image = local_image(view);
    if view.takes_token() {
        image.push_str("&circle-token=");
        image.push_str(PLACEHOLDER);
    }
    let link = view.project.builds_page(view.branch.as_deref(), 1);
    let embed = Embed::new(&view.base, &image, &link, words.preview_alt);
    [
        (words.image_url, embed.image_url()),
        (words.markdown, embed.markdown()),
        (words.textile, embed.textile()),
        (words.rdoc, embed.rdoc()),
        (words.asciidoc, embed.asciidoc()),
        (words.rst, embed.restructured_text()),
        (words.pod, embed.pod()),
        (words.org, embed.org()),
        (words.html, embed.html()),
    ]
}
