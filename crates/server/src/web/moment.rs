//! Moments and durations in a person's language. Times are milliseconds since 1970 and shown in
//! UTC, because a server does not know where its reader is; the exact time is in the tooltip.

use jiff::{Timestamp, tz::TimeZone};
use maud::{Markup, html};

use super::{chrome::Chrome, locale::Locale, text::times::Times};

const SECOND: i64 = 1000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// A `<time>` that says how long ago `at` was, with the exact time in its tooltip.
pub fn ago(chrome: &Chrome, at: i64) -> Markup {
    html! {
        time datetime=(machine(at)) title=(absolute(chrome.locale, at)) {
            (relative(chrome.locale, chrome.now, at))
        }
    }
}

/// A `<time>` that says the exact moment.
pub fn exact(chrome: &Chrome, at: i64) -> Markup {
    html! { time datetime=(machine(at)) { (absolute(chrome.locale, at)) } }
}

/// A `<time>` that says the exact moment in UTC; script adds the reader's own time.
pub fn local(chrome: &Chrome, at: i64) -> Markup {
    html! { time datetime=(machine(at)) data-local { (to_the_second(chrome.locale, at)) } }
}

/// How long something took, or for something that still runs a duration that the script advances.
pub fn lasted(chrome: &Chrome, started: i64, ended: Option<i64>) -> Markup {
    let words = duration(chrome.locale, ended.unwrap_or(chrome.now) - started);
    match ended {
        Some(_) => html! { (words) },
        None => html! { span data-since=(started) { (words) } },
    }
}

/// The date and time in UTC, as the language writes it.
pub fn absolute(locale: Locale, at: i64) -> String {
    format(at, locale.text().times.date)
}

/// The same, to the second.
pub fn to_the_second(locale: Locale, at: i64) -> String {
    format(at, locale.text().times.second)
}

/// The day in UTC.
pub fn day(locale: Locale, at: i64) -> String {
    format(at, locale.text().times.day)
}

/// How long before `now` the moment `at` was; a date once that is more than a month.
pub fn relative(locale: Locale, now: i64, at: i64) -> String {
    let times = &locale.text().times;
    match now.saturating_sub(at) {
        age if age < MINUTE => times.just_now.to_owned(),
        age if age < HOUR => (times.minutes_ago)(age / MINUTE),
        age if age < DAY => (times.hours_ago)(age / HOUR),
        age if age < 30 * DAY => (times.days_ago)(age / DAY),
        _ => day(locale, at),
    }
}

/// A duration in its two largest units; negative ones (clocks that disagree) count as zero.
pub fn duration(locale: Locale, milliseconds: i64) -> String {
    let times = &locale.text().times;
    let seconds = milliseconds / SECOND;
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
    match seconds {
        ..1 => times.under_a_second.to_owned(),
        1..60 => format!("{seconds}{}", times.seconds),
        60..3600 => two(times, (minutes, times.minutes), (seconds % 60, times.seconds)),
        _ => two(times, (hours, times.hours), (minutes, times.minutes)),
    }
}

fn two(times: &Times, large: (i64, &str), small: (i64, &str)) -> String {
    format!("{}{}{}{:02}{}", large.0, large.1, times.between, small.0, small.1)
}

fn machine(at: i64) -> String {
    format(at, "%Y-%m-%dT%H:%M:%SZ")
}

/// Falls back to the bare number for a time outside the years that a date can have.
fn format(at: i64, pattern: &str) -> String {
    match Timestamp::from_millisecond(at) {
        Ok(timestamp) => TimeZone::UTC.to_datetime(timestamp).strftime(pattern).to_string(),
        Err(_) => at.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::locale::Locale::{self, En, Ja};
    use super::{DAY, HOUR, MINUTE, SECOND, absolute, duration, relative};

    /// 22 November 2026, 14:05:00 UTC.
    const NOW: i64 = 1_795_356_300_000;

    #[test]
    fn a_date_is_written_as_its_language_writes_it() {
        assert_eq!(absolute(En, NOW), "22 Nov 2026, 14:05 UTC");
        assert_eq!(absolute(Ja, NOW), "2026年11月22日 14:05 UTC");
        assert_eq!(absolute(En, i64::MAX), i64::MAX.to_string());
    }

    fn check_age(age: i64, english: &str, japanese: &str) {
        assert_eq!(relative(En, NOW, NOW - age), english);
        assert_eq!(relative(Ja, NOW, NOW - age), japanese);
    }

    #[test]
    fn an_age_is_told_in_its_largest_unit() {
        check_age(0, "just now", "たった今");
        check_age(-HOUR, "just now", "たった今");
        check_age(MINUTE, "1 minute ago", "1分前");
        check_age(59 * MINUTE, "59 minutes ago", "59分前");
        check_age(HOUR, "1 hour ago", "1時間前");
        check_age(DAY, "yesterday", "昨日");
        check_age(29 * DAY, "29 days ago", "29日前");
        check_age(40 * DAY, "13 Oct 2026", "2026年10月13日");
    }

    fn check_duration(locale: Locale, milliseconds: i64, expected: &str) {
        assert_eq!(duration(locale, milliseconds), expected);
    }

    #[test]
    fn a_duration_has_at_most_two_units() {
        check_duration(En, -5, "under 1s");
        check_duration(En, 999, "under 1s");
        check_duration(En, 59 * SECOND, "59s");
        check_duration(En, 65 * SECOND, "1m 05s");
        check_duration(En, 2 * HOUR + 3 * MINUTE, "2h 03m");
        check_duration(Ja, 400, "1秒未満");
        check_duration(Ja, 65 * SECOND, "1分05秒");
        check_duration(Ja, 26 * HOUR, "26時間00分");
    }
}
