//! How much may be asked for: so many requests a second, and so many at once after a rest. What is
//! counted, and for whom, is not known here.

use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;

/// Requests a second, and at once: most.
const MOST: u32 = 1_000_000;

/// A rate with a burst.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// Requests that come back in a second.
    pub per_second: NonZeroU32,
    /// Requests that may come at once after a rest.
    pub burst: NonZeroU32,
}

/// The text is no rate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RateError(String);

impl RateError {
    /// The text, cut short.
    pub fn text(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(text) = self;
        write!(
            f,
            "{text:?} is no rate: write requests a second and the burst, such as 100:1000, each from \
             1 to {MOST}; or 0 for no limit"
        )
    }
}

impl std::error::Error for RateError {}

impl FromStr for Rate {
    type Err = RateError;

    fn from_str(text: &str) -> Result<Self, RateError> {
        let number = |text: &str| {
            let plain = text.bytes().all(|byte| byte.is_ascii_digit());
            let number = text.parse().ok().filter(|number| plain && *number <= MOST);
            number.and_then(NonZeroU32::new)
        };
        let parts = text.split_once(':').map(|(rate, burst)| (number(rate), number(burst)));
        match parts {
            Some((Some(per_second), Some(burst))) => Ok(Self { per_second, burst }),
            _ => Err(RateError(text.chars().take(40).collect())),
        }
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.per_second, self.burst)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_two_numbers_and_nothing_else() {
        for text in ["100:1000", "1:1", "1000000:1000000"] {
            assert_eq!(text.parse::<Rate>().map(|rate| rate.to_string()), Ok(text.to_owned()));
        }
        for text in
            ["", "0", "100", "0:1", "1:0", "1:", "+1:1", "1:1:1", "1 :1", "1000001:1", "-1:5"]
        {
            assert_eq!(text.parse::<Rate>(), Err(RateError(text.to_owned())));
        }
    }
}
