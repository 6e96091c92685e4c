//! Numbers as people read them: digits in groups, sizes with a unit. Both languages write them the
//! same way; the words beside them are in `text`.

/// `1204` as `1,204`.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A number of bytes in decimal units, with one digit after the point from a kilobyte on.
pub fn size(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["kB", "MB", "GB", "TB", "PB"];
    if bytes < 1000 {
        return format!("{bytes} B");
    }
    let mut tenths = bytes / 100;
    let mut unit = 0;
    while tenths >= 10_000 && unit + 1 < UNITS.len() {
        tenths /= 1000;
        unit += 1;
    }
    format!("{}.{} {}", grouped(tenths / 10), tenths % 10, UNITS[unit])
}

#[cfg(test)]
mod tests {
    use super::{grouped, size};

    #[test]
    fn digits_stand_in_groups_of_three() {
        for (number, expected) in
            [(0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567")]
        {
            assert_eq!(grouped(number), expected);
        }
    }

    #[test]
    fn sizes_take_the_largest_unit_that_keeps_a_digit_before_the_point() {
        for (bytes, expected) in [
            (0, "0 B"),
            (999, "999 B"),
            (1000, "1.0 kB"),
            (999_999, "999.9 kB"),
            (12_345_678, "12.3 MB"),
            (5_000_000_000, "5.0 GB"),
        ] {
            assert_eq!(size(bytes), expected);
        }
        assert_eq!(size(u64::MAX), "18,446.7 PB");
    }
}
