//! "Did you mean": the nearest of some known names. Bounded in work, whatever the names are.

/// Names longer than this are not compared.
const LONGEST: usize = 40;
/// Only so many candidates are compared.
const CANDIDATES: usize = 500;

/// The candidate nearest to `name`, if one is near enough to be a likely slip.
pub(crate) fn nearest<'c>(
    name: &str,
    candidates: impl IntoIterator<Item = &'c str>,
) -> Option<&'c str> {
    let name: Vec<char> = name.chars().take(LONGEST + 1).flat_map(char::to_lowercase).collect();
    if name.len() > LONGEST {
        return None;
    }
    let allowed = name.len().div_ceil(3).min(3);
    candidates
        .into_iter()
        .take(CANDIDATES)
        .filter(|candidate| candidate.len() <= 4 * LONGEST)
        .filter_map(|candidate| {
            let other: Vec<char> = candidate.chars().flat_map(char::to_lowercase).collect();
            let close = other.len().abs_diff(name.len()) <= allowed && other.len() <= LONGEST;
            close.then(|| (distance(&name, &other), candidate))
        })
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// "did you mean …?", or `otherwise` when nothing is near.
pub(crate) fn advice<'c>(
    name: &str,
    candidates: impl IntoIterator<Item = &'c str>,
    otherwise: impl FnOnce() -> Option<String>,
) -> Option<String> {
    nearest(name, candidates).map(|near| format!("did you mean `{near}`?")).or_else(otherwise)
}

/// Names that have no order, in one, so that the same config gives the same advice. None at all
/// when there are too many to compare.
pub(crate) fn sorted<'c>(names: impl Iterator<Item = &'c str>) -> Vec<&'c str> {
    let mut names: Vec<&str> = names.take(CANDIDATES + 1).collect();
    names.sort_unstable();
    if names.len() > CANDIDATES { Vec::new() } else { names }
}

/// Insertions, deletions, replacements and swaps of neighbours that make `a` into `b`.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let replaced = last[j] + usize::from(x != y);
            let mut least = replaced.min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *x == b[j - 1] && a[i - 1] == *y {
                least = least.min(before[j - 1] + 1);
            }
            row.push(least);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: [&str; 4] = ["run", "checkout", "store_artifacts", "working_directory"];

    fn check(name: &str, expected: Option<&str>) {
        assert_eq!(nearest(name, KNOWN), expected, "{name}");
    }

    #[test]
    fn slips_are_recognised() {
        check("rnu", Some("run"));
        check("chekout", Some("checkout"));
        check("Checkout", Some("checkout"));
        check("store-artifact", Some("store_artifacts"));
        check("workingDirectory", Some("working_directory"));
    }

    #[test]
    fn other_words_are_not_taken_for_slips() {
        check("deploy", None);
        check("", None);
        check(&"x".repeat(10_000), None);
    }
}
