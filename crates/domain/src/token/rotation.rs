//! A token on its way out while its successor is on its way in: both work for a while, so that nothing
//! that uses the old value stops before it has the new one.

use std::fmt;

use super::TokenId;
use crate::time::Millis;

const MINUTE: i64 = 60 * 1000;
const DAY: i64 = 24 * 60 * MINUTE;

/// How long the old value goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Overlap {
    grace: i64,
    longest: i64,
}

impl Overlap {
    /// After the first use of the new value, where nothing else is said: an hour.
    pub const GRACE: i64 = 60 * MINUTE;
    /// Altogether, where nothing else is said: a week.
    pub const LONGEST: i64 = 7 * DAY;
    /// Altogether, at most: 90 days.
    pub const MOST: i64 = 90 * DAY;

    /// An overlap that ends `grace` milliseconds after the first use of the new value, and at the
    /// latest `longest` milliseconds after it began.
    ///
    /// # Errors
    /// What cannot be.
    pub fn new(grace: i64, longest: i64) -> Result<Self, OverlapError> {
        match (grace, longest) {
            (_, longest) if !(MINUTE..=Self::MOST).contains(&longest) => Err(OverlapError::Longest),
            (grace, longest) if !(0..=longest).contains(&grace) => Err(OverlapError::Grace),
            (grace, longest) => Ok(Self { grace, longest }),
        }
    }

    /// Milliseconds after the first use of the new value.
    pub fn grace(&self) -> i64 {
        self.grace
    }

    /// Milliseconds altogether, at most.
    pub fn longest(&self) -> i64 {
        self.longest
    }
}

impl Default for Overlap {
    fn default() -> Self {
        Self { grace: Self::GRACE, longest: Self::LONGEST }
    }
}

/// Why an overlap cannot be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OverlapError {
    /// The grace is below nothing or beyond the whole.
    Grace,
    /// The whole is shorter than a minute or longer than 90 days.
    Longest,
}

impl OverlapError {
    /// The field of a request that is wrong.
    pub fn field(self) -> &'static str {
        match self {
            Self::Grace => "grace_seconds",
            Self::Longest => "overlap_seconds",
        }
    }
}

impl fmt::Display for OverlapError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.field())?;
        f.write_str(match self {
            Self::Grace => "take from 0 to the whole overlap",
            Self::Longest => "take from 60 (a minute) to 7776000 (90 days)",
        })
    }
}

impl std::error::Error for OverlapError {}

/// A rotation that is not over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rotation {
    /// The token on its way out.
    pub predecessor: TokenId,
    /// The token on its way in.
    pub successor: TokenId,
    /// When it began.
    pub begun_at: Millis,
    /// How long both work.
    pub overlap: Overlap,
    /// When the successor was used first.
    pub taken_up_at: Option<Millis>,
}

impl Rotation {
    /// The moment from which the predecessor is refused, as far as is known now.
    pub fn end(&self) -> Millis {
        let latest = self.begun_at.plus(self.overlap.longest);
        match self.taken_up_at {
            Some(at) => at.plus(self.overlap.grace).min(latest),
            None => latest,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_overlap_is_from_a_minute_to_90_days_and_holds_its_grace() {
        for (grace, longest, expected) in [
            (0, MINUTE, None),
            (MINUTE, MINUTE, None),
            (Overlap::GRACE, Overlap::LONGEST, None),
            (Overlap::MOST, Overlap::MOST, None),
            (0, MINUTE - 1, Some(OverlapError::Longest)),
            (0, Overlap::MOST + 1, Some(OverlapError::Longest)),
            (0, i64::MIN, Some(OverlapError::Longest)),
            (-1, MINUTE, Some(OverlapError::Grace)),
            (MINUTE + 1, MINUTE, Some(OverlapError::Grace)),
        ] {
            assert_eq!(Overlap::new(grace, longest).err(), expected, "{grace} {longest}");
        }
    }

    #[test]
    fn the_predecessor_ends_after_the_grace_or_at_the_latest_moment() {
        let id: TokenId = "0123456789A".parse().unwrap();
        let ends = |taken_up_at: Option<i64>| {
            let overlap = Overlap::new(2 * MINUTE, 10 * MINUTE).unwrap();
            let taken_up_at = taken_up_at.map(|minute| Millis(minute * MINUTE));
            let begun_at = Millis(0);
            let rotation =
                Rotation { predecessor: id, successor: id, begun_at, overlap, taken_up_at };
            rotation.end().0 / MINUTE
        };
        assert_eq!(ends(None), 10);
        assert_eq!(ends(Some(3)), 5);
        assert_eq!(ends(Some(9)), 10);
    }
}
