//! Which language a person reads: their choice in a cookie, else what the browser asks for, else
//! English. Regions are ignored (`ja-JP` is Japanese), and so are languages that Rondo lacks.

use super::text::{EN, JA, Text};

/// The cookie that remembers a chosen language.
pub const COOKIE: &str = "rondo-language";

/// A language of the pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Locale {
    /// English.
    #[default]
    En,
    /// Japanese.
    Ja,
}

impl Locale {
    /// All of them, in the order in which a switch shows them.
    pub const ALL: [Self; 2] = [Self::En, Self::Ja];

    /// The language of a person with this cookie value and this `Accept-Language` header.
    pub fn of(cookie: Option<&str>, accept_language: Option<&str>) -> Self {
        cookie
            .and_then(Self::from_tag)
            .or_else(|| accept_language.and_then(Self::preferred))
            .unwrap_or_default()
    }

    /// The language that a tag such as `ja` or `ja-JP` names, if Rondo speaks it.
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.split('-').next().unwrap_or_default();
        Self::ALL.into_iter().find(|locale| primary.eq_ignore_ascii_case(locale.tag()))
    }

    /// The tag of `<html lang>`, of the cookie and of the form that switches.
    pub fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Ja => "ja",
        }
    }

    /// Every visible word in this language.
    pub fn text(self) -> &'static Text {
        match self {
            Self::En => &EN,
            Self::Ja => &JA,
        }
    }

    /// The other one.
    pub fn other(self) -> Self {
        match self {
            Self::En => Self::Ja,
            Self::Ja => Self::En,
        }
    }

    fn preferred(header: &str) -> Option<Self> {
        let mut best: Option<(Self, u16)> = None;
        for (locale, weight) in header.split(',').filter_map(weighed) {
            if weight > best.map_or(0, |(_, heaviest)| heaviest) {
                best = Some((locale, weight));
            }
        }
        best.map(|(locale, _)| locale)
    }
}

/// One item of `Accept-Language` with its weight in thousandths; `None` for what Rondo lacks.
fn weighed(item: &str) -> Option<(Locale, u16)> {
    let mut parts = item.split(';').map(str::trim);
    let locale = match parts.next()? {
        "*" => Locale::default(),
        tag => Locale::from_tag(tag)?,
    };
    let weight = match parts.find_map(|part| part.strip_prefix("q=")) {
        Some(q) => thousandths(q)?,
        None => 1000,
    };
    Some((locale, weight))
}

fn thousandths(q: &str) -> Option<u16> {
    let value: f32 = q.parse().ok()?;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the range is checked first"
    )]
    (0.0..=1.0).contains(&value).then(|| (value * 1000.0).round() as u16)
}

#[cfg(test)]
mod tests {
    use super::Locale::{self, En, Ja};

    fn check(cookie: Option<&str>, accept_language: Option<&str>, expected: Locale) {
        assert_eq!(Locale::of(cookie, accept_language), expected, "{cookie:?} {accept_language:?}");
    }

    #[test]
    fn a_chosen_language_wins_over_the_browsers() {
        check(Some("ja"), Some("en"), Ja);
        check(Some("en"), Some("ja"), En);
    }

    #[test]
    fn a_cookie_with_a_language_that_rondo_lacks_is_no_choice() {
        check(Some("fr"), Some("ja"), Ja);
        check(Some(""), None, En);
    }

    #[test]
    fn the_heaviest_known_language_of_the_browser_is_used() {
        check(None, Some("ja"), Ja);
        check(None, Some("ja-JP,ja;q=0.9,en;q=0.8"), Ja);
        check(None, Some("en;q=0.8, JA;q=0.9"), Ja);
        check(None, Some("fr, ja;q=0.5, en;q=0.4"), Ja);
        check(None, Some("de-CH, *;q=0.1"), En);
    }

    #[test]
    fn a_language_of_weight_zero_is_refused() {
        check(None, Some("ja;q=0, en;q=0.1"), En);
        check(None, Some("ja;q=0"), En);
    }

    #[test]
    fn a_malformed_weight_makes_its_item_void() {
        check(None, Some("ja;q=2"), En);
        check(None, Some("ja;q=x, en"), En);
        check(None, Some(";;;,,,"), En);
    }
}
