//! What the guard tells the sender in headers besides the answer itself: that the token stood in the
//! query, that it ends soon, and how the sender stands with the limit of requests.

use axum::http::{HeaderName, HeaderValue};
use axum::response::Response;
use rondo_app::{Standing, UseMark};

use crate::routes::Face;

static DEPRECATION: HeaderName = HeaderName::from_static("deprecation");
static DAYS_LEFT: HeaderName = HeaderName::from_static("x-rondo-token-expires-in-days");
/// Each figure under the name of the draft standard, and under the one that was there before it.
static LIMIT: [HeaderName; 2] =
    [HeaderName::from_static("ratelimit-limit"), HeaderName::from_static("x-ratelimit-limit")];
static REMAINING: [HeaderName; 2] = [
    HeaderName::from_static("ratelimit-remaining"),
    HeaderName::from_static("x-ratelimit-remaining"),
];
static RESET: [HeaderName; 2] =
    [HeaderName::from_static("ratelimit-reset"), HeaderName::from_static("x-ratelimit-reset")];

/// What is told.
#[derive(Debug, Default)]
pub(crate) struct Told {
    /// The token stood in the query.
    pub(crate) in_query: bool,
    /// The whole days that the token still lives, if its end is near.
    pub(crate) days_left: Option<i64>,
    /// How the sender stands, where requests are counted.
    pub(crate) standing: Option<Standing>,
    /// Whose use of a token it is: this is not told, but noted once the answer is known.
    pub(crate) used: Option<UseMark>,
}

impl Told {
    pub(crate) fn write(&self, answer: &mut Response, face: Face) {
        let headers = answer.headers_mut();
        if self.in_query {
            headers.insert(&DEPRECATION, HeaderValue::from_static("true"));
        }
        if let Some(days) = self.days_left {
            headers.insert(&DAYS_LEFT, HeaderValue::from(days));
        }
        let Some(standing) = self.standing.filter(|_| face.is_api()) else { return };
        headers.reserve(6);
        for (names, figure) in [
            (&LIMIT, u64::from(standing.limit)),
            (&REMAINING, u64::from(standing.remaining)),
            (&RESET, standing.reset),
        ] {
            let figure = figure_text(figure);
            let [new, old] = names;
            headers.insert(new, figure.clone());
            headers.insert(old, figure);
        }
    }
}

/// Numbers with four digits, one after the other: what is told most needs no memory of its own.
static FOUR_DIGITS: [[u8; 4]; 10_000] = four_digits();

const fn four_digits() -> [[u8; 4]; 10_000] {
    let mut all = [[0; 4]; 10_000];
    let mut number = 0;
    while number < all.len() {
        let mut rest = number;
        let mut place = 4;
        while place > 0 {
            place -= 1;
            all[number][place] = b'0' + (rest % 10) as u8;
            rest /= 10;
        }
        number += 1;
    }
    all
}

fn figure_text(figure: u64) -> HeaderValue {
    let digits = usize::try_from(figure).ok().and_then(|figure| FOUR_DIGITS.get(figure));
    let text = digits.and_then(|digits| {
        let blank = digits.iter().take(3).take_while(|digit| **digit == b'0').count();
        std::str::from_utf8(&digits[blank..]).ok()
    });
    text.map_or_else(|| HeaderValue::from(figure), HeaderValue::from_static)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_figure_is_written_as_a_number() {
        for figure in (0..10_050).chain([u64::from(u32::MAX), u64::MAX]) {
            assert_eq!(figure_text(figure), figure.to_string());
        }
    }
}
