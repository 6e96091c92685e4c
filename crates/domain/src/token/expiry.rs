//! How long a token still lives, and when its people are told that it ends.

use crate::time::Millis;

const DAY: i64 = 24 * 3600 * 1000;

/// So many days before its end a token's people are told, once for each.
pub const NOTICE_DAYS: [i64; 4] = [30, 15, 7, 1];

/// The whole days until an end; 0 on the last one, and after it.
pub fn days_left(end: Millis, now: Millis) -> i64 {
    (end.since(now) / DAY).max(0)
}

/// The whole days until an end that is near enough to be told with each answer.
pub fn days_left_if_near(end: Millis, now: Millis) -> Option<i64> {
    Some(days_left(end, now)).filter(|days| *days < NOTICE_DAYS[0])
}

/// The notice that is due now, of a token with these two ends of its life: the days of the last
/// threshold that it has passed. A threshold that lies before its beginning is none, so that nobody is
/// told what they chose a moment ago.
pub fn notice_due(created: Millis, end: Millis, now: Millis) -> Option<i64> {
    if now >= end {
        return None;
    }
    let passed = |days: &i64| {
        let moment = end.plus(-days * DAY);
        created < moment && moment <= now
    };
    NOTICE_DAYS.into_iter().rev().find(passed)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3600 * 1000;

    #[test]
    fn days_are_whole_and_rounded_down() {
        let end = Millis(40 * DAY);
        for (now, left) in [
            (Millis(0), 40),
            (Millis(1), 39),
            (Millis(39 * DAY), 1),
            (Millis(39 * DAY + 1), 0),
            (Millis(40 * DAY), 0),
            (Millis(50 * DAY), 0),
        ] {
            assert_eq!(days_left(end, now), left, "{now:?}");
        }
        assert_eq!(days_left_if_near(end, Millis(10 * DAY)), None);
        assert_eq!(days_left_if_near(end, Millis(10 * DAY + 1)), Some(29));
        assert_eq!(days_left_if_near(end, end), Some(0));
    }

    #[test]
    fn each_threshold_is_due_from_its_moment_on_until_the_next() {
        let (created, end) = (Millis(0), Millis(90 * DAY));
        let mut told = Vec::new();
        for hour in 0..=90 * 24 {
            let Some(due) = notice_due(created, end, Millis(hour * HOUR)) else { continue };
            if told.last().is_none_or(|(_, last)| *last != due) {
                told.push((hour / 24, due));
            }
        }
        assert_eq!(told, [(60, 30), (75, 15), (83, 7), (89, 1)]);
        assert_eq!(notice_due(created, end, end), None);
    }

    #[test]
    fn a_life_that_is_chosen_is_no_surprise() {
        for days in [1, 7, 30] {
            let end = Millis(days * DAY);
            assert_eq!(notice_due(Millis(0), end, Millis(0)), None, "{days}");
        }
        // A week's token is told about on its last day alone.
        let end = Millis(7 * DAY);
        assert_eq!(notice_due(Millis(0), end, Millis(6 * DAY - 1)), None);
        assert_eq!(notice_due(Millis(0), end, Millis(6 * DAY)), Some(1));
    }
}
