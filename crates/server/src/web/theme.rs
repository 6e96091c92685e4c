//! Light or dark: the person's choice in a cookie, else the device's. Colours themselves are in
//! the style sheet.

/// The cookie that remembers a chosen theme.
pub const COOKIE: &str = "rondo-theme";

/// What a person chose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Theme {
    /// As the device says.
    #[default]
    System,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

impl Theme {
    /// All of them, in the order in which a switch shows them.
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// The word of the cookie, of `data-theme` and of the form that switches.
    pub fn word(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The theme that a word names.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|theme| theme.word() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::Theme;

    #[test]
    fn every_theme_is_found_by_its_word_and_nothing_else_is() {
        for theme in Theme::ALL {
            assert_eq!(Theme::from_word(theme.word()), Some(theme));
        }
        assert_eq!(Theme::from_word("Dark"), None);
    }
}
