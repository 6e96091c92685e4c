//! Which part of a file a request wants (RFC 9110, 14.2).

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Range {
    Whole,
    /// The first and the last byte, counted from 0.
    Part(u64, u64),
    Unsatisfiable,
}

/// The range of a `Range` header. Several ranges at once are answered whole, which the standard
/// leaves to a server: no client of ours needs them, and they multiply an answer.
pub(super) fn range_of(text: &str, size: u64) -> Range {
    let Some((first, last)) = text.strip_prefix("bytes=").and_then(|one| one.split_once('-'))
    else {
        return Range::Whole;
    };
    let number = |text: &str| text.trim().parse::<u64>().ok();
    match (first.trim(), last.trim()) {
        ("", last) => match number(last) {
            Some(0) => Range::Unsatisfiable,
            Some(count) if size > 0 => Range::Part(size.saturating_sub(count), size - 1),
            Some(_) => Range::Unsatisfiable,
            None => Range::Whole,
        },
        (first, last) => {
            let last = if last.is_empty() { Some(u64::MAX) } else { number(last) };
            match (number(first), last) {
                (Some(first), Some(last)) if first > last => Range::Whole,
                (Some(first), Some(_)) if first >= size => Range::Unsatisfiable,
                (Some(first), Some(last)) => Range::Part(first, last.min(size - 1)),
                _ => Range::Whole,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_the_standard_says() {
        for (text, size, range) in [
            ("bytes=0-4", 10, Range::Part(0, 4)),
            ("bytes=5-", 10, Range::Part(5, 9)),
            ("bytes=-3", 10, Range::Part(7, 9)),
            ("bytes=-30", 10, Range::Part(0, 9)),
            ("bytes=0-99", 10, Range::Part(0, 9)),
            ("bytes=10-", 10, Range::Unsatisfiable),
            ("bytes=-0", 10, Range::Unsatisfiable),
            ("bytes=0-", 0, Range::Unsatisfiable),
            ("bytes=4-2", 10, Range::Whole),
            ("bytes=0-1,3-4", 10, Range::Whole),
            ("items=0-1", 10, Range::Whole),
            ("bytes=a-b", 10, Range::Whole),
        ] {
            assert_eq!(range_of(text, size), range, "{text} of {size}");
        }
    }
}
