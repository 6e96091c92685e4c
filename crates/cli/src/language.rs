//! The language of whoever runs the command: Japanese where the locale says so, English otherwise.
//! A sentence stands where it is said, in both languages: see [`words`].

use std::sync::OnceLock;

/// A language of the command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    English,
    Japanese,
}

static CHOSEN: OnceLock<Language> = OnceLock::new();

impl Language {
    /// The language of a locale such as `ja_JP.UTF-8`. Text is written as UTF-8, so a Japanese
    /// terminal of another encoding reads English.
    pub(crate) fn of(locale: &str) -> Self {
        let (place, encoding) = locale.split_once('.').unwrap_or((locale, "UTF-8"));
        let language = place.split(['_', '@']).next().unwrap_or_default();
        let encoding = encoding.split('@').next().unwrap_or_default().replace('-', "");
        match language == "ja" && encoding.eq_ignore_ascii_case("utf8") {
            true => Self::Japanese,
            false => Self::English,
        }
    }

    /// Takes it for the rest of this process; the first one wins.
    pub(crate) fn choose(self) {
        let _ = CHOSEN.set(self);
    }

    /// The one that was chosen.
    pub(crate) fn now() -> Self {
        CHOSEN.get().copied().unwrap_or(Self::English)
    }
}

/// One sentence in English and in Japanese, with `format!`'s arguments: the chosen one, as a `String`.
macro_rules! words {
    ($en:literal, $ja:literal $(, $argument:expr)* $(,)?) => {
        match $crate::language::Language::now() {
            $crate::language::Language::English => format!($en $(, $argument)*),
            $crate::language::Language::Japanese => format!($ja $(, $argument)*),
        }
    };
}
pub(crate) use words;

#[cfg(test)]
mod tests {
    use super::Language::{self, English, Japanese};

    #[test]
    fn a_locale_is_japanese_by_its_language_and_in_utf_8_only() {
        for (locale, expected) in [
            ("ja_JP.UTF-8", Japanese),
            ("ja_JP.utf8", Japanese),
            ("ja_JP.UTF-8@cjknarrow", Japanese),
            ("ja", Japanese),
            ("ja_JP", Japanese),
            ("ja_JP.eucJP", English),
            ("ja_JP.SJIS", English),
            ("jam_JM.UTF-8", English),
            ("en_US.UTF-8", English),
            ("C.UTF-8", English),
            ("C", English),
            ("POSIX", English),
            ("", English),
        ] {
            assert_eq!(Language::of(locale), expected, "{locale}");
        }
    }
}
