//! A secret that is shown once: the value in a field of its own, the warning above it, a command
//! that uses it below. The caller sends the page with `no-store`.

use maud::{Markup, html};

use super::{chrome::Chrome, icon};

/// A new token, just made. The only page data that holds a token's value.
pub struct Created {
    /// Its label or name.
    pub label: String,
    /// What policies mean for it, a sentence each.
    pub stops: Vec<String>,
    /// The value.
    pub value: String,
    /// A command that uses it, ready to paste.
    pub curl: String,
    /// Where *Done* leads; also what the address bar says, so that *Back* and *Reload* lead there.
    pub back: String,
}

pub(super) fn card(chrome: &Chrome, view: &Created) -> Markup {
    let text = chrome.text();
    let words = &text.tokens;
    html! {
        section.card.once data-once=(view.back) {
            h1 { ((words.created_title)(&view.label)) }
            p.notice.care { (words.created_warning) }
            @for stop in &view.stops { p.notice { (stop) } }
            label for="value" { (words.created_value) }
            div.copying {
                input.code #value readonly value=(view.value) autocomplete="off" spellcheck="false"
                    autofocus data-select;
                (copy(chrome, "value"))
            }
            h2 #try { (words.created_try) }
            div.copying {
                pre #curl tabindex="0" aria-labelledby="try" { (view.curl) }
                (copy(chrome, "curl"))
            }
            p.hint { (words.created_keep) }
            div.buttons { a.button.primary href=(view.back) { (text.frame.done) } }
        }
    }
}

/// A button that copies the value or text of the element with this id; script shows it.
pub(super) fn copy(chrome: &Chrome, id: &str) -> Markup {
    let frame = &chrome.text().frame;
    html! {
        button.button.copy type="button" hidden data-copy=(id) data-copied=(frame.copied) {
            (icon::sheets()) span aria-live="polite" { (frame.copy) }
        }
    }
}
