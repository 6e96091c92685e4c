//! The page that makes the code of a status badge. The image itself is drawn elsewhere.

use maud::{Markup, html};

use super::{
    chrome::Chrome,
    once,
    path::Project,
    settings::{Of, of_project},
    text::Text,
};

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
    /// Whether everyone may see the project; if not, the image needs a token.
    pub public: bool,
    /// Labels of the project's tokens of scope *Status*.
    pub status_tokens: Vec<String>,
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
            @if !view.public { (token_note(chrome, view)) }
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
            button.button { (words.update) }
        }
    }
}

fn token_note(chrome: &Chrome, view: &Badges) -> Markup {
    let words = &chrome.text().badges;
    html! {
        section.card.warning {
            h2 { (words.token_title) }
            p { (words.token_body) }
            p { (words.token_lost) }
            p {
                @if view.status_tokens.is_empty() { (words.token_none) }
                @else { ((words.token_exists)(&view.status_tokens.join(", "))) }
                " " a href=(view.project.tokens()) { (words.token_create) }
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
    format!("{}?style={}", view.project.badge_image(view.branch.as_deref()), view.style.word())
}

fn formats(text: &Text, view: &Badges) -> Vec<(&'static str, String)> {
    let words = &text.badges;
    let image = image_address(text, view);
    let link = format!("{}{}", view.base, view.project.builds_page(view.branch.as_deref(), 1));
    let alt = words.preview_alt;
    vec![
        (words.markdown, format!("[![{alt}]({image})]({link})")),
        (words.html, format!("<a href=\"{link}\"><img src=\"{image}\" alt=\"{alt}\"></a>")),
        (words.image_url, image.clone()),
        (words.rst, format!(".. image:: {image}\n   :target: {link}")),
        (words.asciidoc, format!("image:{image}[\"{alt}\", link=\"{link}\"]")),
        (words.textile, format!("!{image}!:{link}")),
        (words.rdoc, format!("{{<img src=\"{image}\" alt=\"{alt}\" />}}[{link}]")),
        (words.pod, format!("=for HTML <a href=\"{link}\"><img src=\"{image}\"></a>")),
        (words.org, format!("[[{link}][{image}]]")),
    ]
}

fn image_address(text: &Text, view: &Badges) -> String {
    let mut address = format!("{}{}", view.base, local_image(view));
    if !view.public {
        address.push_str("&circle-token=");
        address.push_str(text.badges.placeholder);
    }
    address
}
