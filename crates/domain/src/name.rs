//! Names that people give: of themselves, of tokens, of branches. Parsed once, then trusted.

use std::fmt;
use std::str::FromStr;

use crate::limits::{LABEL_CHARACTERS, NAME_CHARACTERS, REASON_CHARACTERS, REFERENCE_CHARACTERS};
use crate::token::Presented;

/// What is wrong with a name. The noun is part of the message, so that it can be shown as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameError {
    /// Nothing but blanks.
    Empty(&'static str),
    /// More than this many characters.
    Long(&'static str, usize),
    /// Control characters, or what else the noun cannot hold.
    Characters(&'static str),
    /// A token's value, which is stored nowhere.
    TokenValue(&'static str),
}

impl fmt::Display for NameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty(noun) => write!(f, "{noun} must not be empty"),
            Self::Long(noun, most) => write!(f, "{noun} has at most {most} characters"),
            Self::Characters(noun) => write!(f, "{noun} holds characters that it cannot have"),
            Self::TokenValue(noun) => {
                write!(f, "{noun} holds a token's value: name the token by its id")
            }
        }
    }
}

impl std::error::Error for NameError {}

macro_rules! name {
    ($(#[$doc:meta])* $name:ident, $noun:literal, $most:expr, $allowed:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Box<str>);

        impl $name {
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = NameError;
            fn from_str(text: &str) -> Result<Self, NameError> {
                let text = text.trim();
                if text.is_empty() {
                    return Err(NameError::Empty($noun));
                }
                if text.chars().count() > $most {
                    return Err(NameError::Long($noun, $most));
                }
                let allowed: fn(&str) -> bool = $allowed;
                if !allowed(text) {
                    return Err(NameError::Characters($noun));
                }
                if Presented::is_within(text) {
                    return Err(NameError::TokenValue($noun));
                }
                Ok(Self(text.into()))
            }
        }
    };
}

name!(
    /// A token's label or name: any script, no control characters; two tokens may share one.
    Label,
    "label",
    LABEL_CHARACTERS,
    |text| !text.chars().any(char::is_control)
);

impl Label {
    /// Whether characters in it turn the direction of what stands around it, so that it and the words beside
    /// it read as others. No new token gets such a label.
    pub fn is_disguised(&self) -> bool {
        self.as_str().contains(turns_direction)
    }
}

/// Whether a character turns the direction of the text around it.
pub fn turns_direction(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

name!(
    /// Why a token is deleted, in the words of who does it.
    Reason,
    "reason",
    REASON_CHARACTERS,
    |text| !text.chars().any(char::is_control)
);

name!(
    /// A person's name for signing in.
    PersonName,
    "name",
    NAME_CHARACTERS,
    |text| text.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '@'))
);

name!(
    /// A service account's name: short, and the same in paths and commands.
    ServiceName,
    "account name",
    NAME_CHARACTERS,
    |text| text.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.'))
);

impl PersonName {
    /// Whether two names are one person's: they may differ in case alone.
    pub fn is_same(&self, other: &Self) -> bool {
        self.0.to_lowercase() == other.0.to_lowercase()
    }
}

name!(
    /// A branch or a tag, by the rules of `git check-ref-format`.
    Reference,
    "branch or tag",
    REFERENCE_CHARACTERS,
    |text| {
        let forbidden =
            |c: char| c.is_control() || matches!(c, ' ' | '~' | '^' | ':' | '?' | '*' | '[' | '\\');
        !text.chars().any(forbidden)
            && !text.starts_with(['-', '/'])
            && !text.ends_with(['/', '.'])
            && !text.contains("..")
            && !text.contains("//")
            && !text.contains("@{")
            && !text.split('/').any(|part| part.starts_with('.') || part.ends_with(".lock"))
    }
);

/// A commit's 40 hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Revision(Box<str>);

impl Revision {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Revision {
    type Err = NameError;
    fn from_str(text: &str) -> Result<Self, NameError> {
        if text.len() == 40 && text.bytes().all(|b| b.is_ascii_hexdigit()) {
            Ok(Self(text.to_ascii_lowercase().into()))
        } else {
            Err(NameError::Characters("revision (40 hexadecimal digits)"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_may_be_in_any_script_but_neither_empty_nor_long() {
        for (text, result) in [
            ("deploy-bot", Ok("deploy-bot")),
            ("  発行用 🔑 ", Ok("発行用 🔑")),
            ("", Err(NameError::Empty("label"))),
            (" \t ", Err(NameError::Empty("label"))),
            ("a\nb", Err(NameError::Characters("label"))),
        ] {
            let label = text.parse::<Label>();
            assert_eq!(label.as_ref().map(Label::as_str).map_err(|e| *e), result, "{text:?}");
        }
        assert_eq!("x".repeat(10_240).parse::<Label>(), Err(NameError::Long("label", 100)));
    }

    #[test]
    fn references_follow_git() {
        for good in ["main", "feature/x", "v1.2.3", "日本語"] {
            assert!(good.parse::<Reference>().is_ok(), "{good}");
        }
        for bad in ["-x", "a..b", "a b", "/a", "a/", "a//b", "a.lock", "x/.y", "a~1", "a@{1}"] {
            assert!(bad.parse::<Reference>().is_err(), "{bad}");
        }
    }
}
