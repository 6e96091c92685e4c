//! The direction of text. Builds and repositories name files, tests, branches and commits as they like; a
//! character among them that turns the direction would have the words beside it read as others.

use std::char::REPLACEMENT_CHARACTER;

use rondo_domain::name::turns_direction;

/// A page, or a part of one, with a mark in the place of each such character, wherever it stood.
pub(crate) fn unturned(html: String) -> String {
    if !html.contains(turns_direction) {
        return html;
    }
    html.chars().map(|c| if turns_direction(c) { REPLACEMENT_CHARACTER } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_turns_the_direction_is_marked_and_all_else_stays() {
        for (html, expected) in [
            ("<p>log“2026”…</p>", "<p>log“2026”…</p>"),
            ("<td>report\u{202e}gnp.exe</td>", "<td>report\u{fffd}gnp.exe</td>"),
            ("\u{2066}a\u{2069} \u{202a}é日", "\u{fffd}a\u{fffd} \u{fffd}é日"),
            ("עברית \u{200f}", "עברית \u{200f}"),
        ] {
            assert_eq!(unturned(html.to_owned()), expected);
        }
    }
}
