//! Replaces secret values in a stream of bytes, wherever the stream is cut into pieces. A byte is
//! passed on only when no secret can still turn out to cover it. What is a secret is the server's
//! to say; base64 and other disguises of a secret are not recognised.

use std::sync::Arc;

/// What stands in the place of a secret.
const COVER: &[u8] = b"****";

/// Values that are shorter, or one of these words, would only make output unreadable.
const SHORTEST: usize = 4;
const PLAIN: [&str; 4] = ["true", "True", "false", "False"];

/// A line of a value with several lines counts as a secret by itself from this length on.
const SHORTEST_LINE: usize = 8;

/// The secrets of a job, ready to be looked for.
#[derive(Clone)]
pub(crate) struct Secrets {
    patterns: Arc<[Pattern]>,
    /// For each byte, the patterns that begin with it.
    starts: Arc<[Vec<usize>]>,
}

struct Pattern {
    bytes: Vec<u8>,
    /// For each prefix, the length of the longest shorter prefix that it ends with.
    fallback: Vec<usize>,
}

impl Pattern {
    fn new(bytes: Vec<u8>) -> Self {
        let mut fallback = vec![0; bytes.len()];
        let mut matched = 0;
        for at in 1..bytes.len() {
            while matched > 0 && bytes[at] != bytes[matched] {
                matched = fallback[matched - 1];
            }
            if bytes[at] == bytes[matched] {
                matched += 1;
            }
            fallback[at] = matched;
        }
        Self { bytes, fallback }
    }

    /// How much of the pattern is matched after `byte`, if `matched` was before.
    fn step(&self, mut matched: usize, byte: u8) -> usize {
        if matched == self.bytes.len() {
            matched = self.fallback[matched - 1];
        }
        while matched > 0 && self.bytes[matched] != byte {
            matched = self.fallback[matched - 1];
        }
        matched + usize::from(self.bytes[matched] == byte)
    }
}

impl Secrets {
    /// Makes ready to look for these values, and for each long line of those that have several.
    pub(crate) fn new<'a>(values: impl IntoIterator<Item = &'a str>) -> Self {
        let mut wanted: Vec<&str> = values.into_iter().flat_map(variants).collect();
        wanted.retain(|value| value.len() >= SHORTEST && !PLAIN.contains(value));
        wanted.sort_unstable();
        wanted.dedup();
        let patterns: Arc<[Pattern]> =
            wanted.into_iter().map(|value| Pattern::new(value.into())).collect();
        let mut starts = vec![Vec::new(); 256];
        for (index, pattern) in patterns.iter().enumerate() {
            starts[usize::from(pattern.bytes[0])].push(index);
        }
        Self { patterns, starts: starts.into() }
    }

    /// A text that is there in one piece, without its secrets.
    pub(crate) fn cover(&self, text: &str) -> String {
        let mut masker = Masker::new(self.clone());
        let mut covered = masker.push(text.as_bytes());
        covered.extend(masker.finish());
        String::from_utf8_lossy(&covered).into_owned()
    }
}

/// The value; the value without the line ends that a shell's `$(…)` takes away; and its lines.
fn variants(value: &str) -> impl Iterator<Item = &str> {
    let trimmed = value.trim_end_matches(['\n', '\r']);
    let lines = trimmed.lines().map(str::trim).filter(|line| line.len() >= SHORTEST_LINE);
    [value, trimmed].into_iter().chain(lines)
}

/// One stream on its way through.
pub(crate) struct Masker {
    secrets: Secrets,
    /// For each pattern, how much of it the stream ends with.
    matched: Vec<usize>,
    /// The patterns that are not at zero.
    active: Vec<usize>,
    held: Vec<Held>,
    /// The last byte that was passed on lay inside of a secret, whose cover is already written.
    inside: bool,
}

#[derive(Clone, Copy)]
struct Held {
    byte: u8,
    covered: bool,
}

impl Masker {
    pub(crate) fn new(secrets: Secrets) -> Self {
        let matched = vec![0; secrets.patterns.len()];
        Self { secrets, matched, active: Vec::new(), held: Vec::new(), inside: false }
    }

    /// What it looks for.
    pub(crate) fn secrets(&self) -> Secrets {
        self.secrets.clone()
    }

    /// Takes a piece of the stream; gives what is now safe to show.
    pub(crate) fn push(&mut self, piece: &[u8]) -> Vec<u8> {
        let mut shown = Vec::with_capacity(piece.len());
        for byte in piece {
            // Most bytes of most streams: nothing is under way and nothing begins.
            if self.active.is_empty() && self.secrets.starts[usize::from(*byte)].is_empty() {
                self.inside = false;
                shown.push(*byte);
                continue;
            }
            self.advance(*byte);
            if self.active.is_empty() {
                self.show(self.held.len(), &mut shown);
            }
        }
        let undecided = self.active.iter().map(|index| self.undecided(*index)).max().unwrap_or(0);
        self.show(self.held.len() - undecided, &mut shown);
        shown
    }

    /// Ends the stream; gives what was held back.
    pub(crate) fn finish(mut self) -> Vec<u8> {
        let mut shown = Vec::new();
        self.show(self.held.len(), &mut shown);
        shown
    }

    fn advance(&mut self, byte: u8) {
        self.held.push(Held { byte, covered: false });
        let secrets = self.secrets.clone();
        let fresh = &secrets.starts[usize::from(byte)];
        let fresh = fresh.iter().copied().filter(|index| self.matched[*index] == 0);
        let mut stepping: Vec<usize> = self.active.iter().copied().chain(fresh).collect();
        stepping.retain(|index| self.step(*index, &secrets.patterns[*index], byte));
        self.active = stepping;
    }

    /// Says whether the pattern is still, or newly, under way.
    fn step(&mut self, index: usize, pattern: &Pattern, byte: u8) -> bool {
        let matched = pattern.step(self.matched[index], byte);
        self.matched[index] = matched;
        if matched == pattern.bytes.len() {
            let from = self.held.len() - matched;
            self.held[from..].iter_mut().for_each(|held| held.covered = true);
        }
        matched > 0
    }

    /// The bytes at the end that a longer match could still cover. A complete match has covered
    /// its own bytes already; only what it shares with its next occurrence is open.
    fn undecided(&self, index: usize) -> usize {
        let pattern = &self.secrets.patterns[index];
        match self.matched[index] {
            all if all == pattern.bytes.len() => pattern.fallback[all - 1],
            part => part,
        }
    }

    fn show(&mut self, count: usize, shown: &mut Vec<u8>) {
        for held in self.held.drain(..count) {
            match (held.covered, self.inside) {
                (true, false) => shown.extend_from_slice(COVER),
                (true, true) => {}
                (false, _) => shown.push(held.byte),
            }
            self.inside = held.covered;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text is masked alike whole, byte by byte, and cut at each pair of places.
    fn check(secrets: &[&str], text: &str, expected: &str) {
        let secrets = Secrets::new(secrets.iter().copied());
        assert_eq!(secrets.cover(text), expected);
        for first in 0..=text.len() {
            for second in first..=text.len() {
                let cuts = [(0, first), (first, second), (second, text.len())];
                let mut masker = Masker::new(secrets.clone());
                let mut shown = Vec::new();
                for (from, to) in cuts {
                    shown.extend(masker.push(&text.as_bytes()[from..to]));
                }
                shown.extend(masker.finish());
                assert_eq!(String::from_utf8_lossy(&shown), expected, "cut at {first}, {second}");
            }
        }
    }

    #[test]
    fn a_secret_is_covered_wherever_it_stands() {
        check(&["hunter22"], "hunter22", "****");
        check(&["hunter22"], "a hunter22, hunter22hunter2", "a ****, ****hunter2");
        check(&["hunter22"], "nothing here", "nothing here");
    }

    #[test]
    fn of_secrets_that_overlap_no_byte_is_shown() {
        check(&["abcd", "bcde"], "xabcdey", "x****y");
        check(&["abcdef", "abcd"], "abcdefg abcdx", "****g ****x");
        check(&["aaaa"], "baaaaaab aaa", "b****b aaa");
        check(&["abab"], "abababab aba", "**** aba");
    }

    #[test]
    fn a_value_with_several_lines_is_covered_whole_and_line_by_line() {
        let key = "-----BEGIN-----\nMIIEabcdefgh\n-----END-----\n";
        check(&[key], "MIIEabcdefgh!", "****!");
        check(&["first line\nsecond"], "x first line\nsecond y", "x **** y");
        check(&["word1234\n"], "word1234.", "****.");
    }

    #[test]
    fn short_values_and_the_words_for_yes_and_no_stay_readable() {
        check(&["abc", "true", "False", ""], "abc true False", "abc true False");
    }

    #[test]
    fn what_cannot_become_a_secret_any_more_is_shown_at_once() {
        let mut masker = Masker::new(Secrets::new(["hunter22"]));
        assert_eq!(masker.push(b"password: hunt"), b"password: ");
        assert_eq!(masker.push(b"ing\n"), b"hunting\n");
        assert_eq!(masker.push(b"hunter22"), b"****");
    }
}
