//! Lengths of time as a config writes them (`10m`, `1.25h`, `30s`, `90`), in milliseconds. Exact
//! decimal arithmetic, no floats. Combined forms such as `1h30m` are not part of the language.

/// Longest time that may be given: a day.
const LONGEST: u64 = 24 * 3_600_000;

/// Reads a length of time into milliseconds. The error is the rest of a sentence that begins with
/// the field's name.
pub(crate) fn milliseconds(text: &str) -> Result<u64, &'static str> {
    const FORM: &str = "must be a number with `s`, `m` or `h`, such as `30s`, `10m` or `1.25h`";
    let text = text.trim();
    let (number, unit) = match text.char_indices().next_back() {
        Some((at, 's')) => (&text[..at], 1_000),
        Some((at, 'm')) => (&text[..at], 60_000),
        Some((at, 'h')) => (&text[..at], 3_600_000),
        _ => (text, 1_000),
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole) || !digits(fraction) {
        return Err(FORM);
    }
    match whole.parse::<u64>().ok().and_then(|whole| whole.checked_mul(unit)) {
        Some(time) if time <= LONGEST => in_range(time + part_of(fraction, unit)),
        _ => Err("must be at most 24 hours"),
    }
}

fn in_range(time: u64) -> Result<u64, &'static str> {
    match time {
        0 => Err("must be longer than zero"),
        time if time > LONGEST => Err("must be at most 24 hours"),
        time => Ok(time),
    }
}

/// The digits after the point, as milliseconds, rounded down. Digits after the ninth are less than
/// a millisecond in every unit.
fn part_of(fraction: &str, unit: u64) -> u64 {
    const SCALE: usize = 9;
    let billionths = fraction
        .bytes()
        .chain(std::iter::repeat(b'0'))
        .take(SCALE)
        .fold(0, |sum, digit| sum * 10 + u64::from(digit - b'0'));
    billionths * unit / 1_000_000_000
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Result<u64, &str>) {
        let result = milliseconds(text);
        match expected {
            Ok(time) => assert_eq!(result, Ok(time), "{text}"),
            Err(part) => assert!(result.is_err_and(|error| error.contains(part)), "{text}"),
        }
    }

    #[test]
    fn times_are_exact_milliseconds() {
        check("10m", Ok(600_000));
        check("1.25h", Ok(4_500_000));
        check("30s", Ok(30_000));
        check("90", Ok(90_000));
        check("0.5s", Ok(500));
        check("0.001", Ok(1));
        check("0.1234567891234s", Ok(123));
        check("24h", Ok(86_400_000));
    }

    #[test]
    fn times_out_of_range_are_refused() {
        check("0", Err("longer than zero"));
        check("0.0001s", Err("longer than zero"));
        check("24.1h", Err("at most 24 hours"));
        check("99999999999999999999999h", Err("at most 24 hours"));
    }

    #[test]
    fn other_forms_are_refused() {
        for text in ["", "m", "ten", "-5m", "1h30m", "5 m", "1.m", ".5h", "1.2.3s", "10d", "5分"] {
            check(text, Err("such as"));
        }
    }
}
