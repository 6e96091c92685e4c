//! Words that must not be committed: paths of the machine that somebody works on, and pages that a
//! reader of the repository cannot open. The repository explains itself or points into itself.

use crate::{check_findings, hold, tree};

/// What a line may not hold, and who may: by the start of a path. The words are written in pieces so
/// that this file does not hold them.
const WORDS: [(&[&str], &[&str], &str); 7] = [
    (&["/wo", "rk/"], &[], "a path of one machine"),
    (&["/fa", "rm/"], &[], "a path of one machine"),
    (&["/tmp/bash", "_jobs"], &[], "a path of one machine"),
    (&[".libr", "ary/"], &[], "a path of one machine"),
    (
        &["shared/", "reference"],
        &["crates/*/tests/"],
        "a page that readers cannot open; say the fact",
    ),
    (&["shared/", "DESIGN"], &[], "a page that readers cannot open; say the rule"),
    (&["DESIGN", " §"], &[], "a page that readers cannot open; say the rule"),
];

/// Hosts of package registries: a page or script names a package, its client knows where it is.
const HOSTS: [&[&str]; 6] = [
    &["crates", ".io/"],
    &["docs", ".rs/"],
    &["registry.", "npmjs"],
    &["npmjs", ".com"],
    &["pypi", ".org"],
    &["deb.", "debian.org"],
];

/// Files that a tool writes, registries and all.
const WRITTEN_BY_TOOLS: [&str; 1] = ["Cargo.lock"];

fn forbidden(path: &str, text: &str) -> Vec<String> {
    let mut findings = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let mut found =
            |why: &str| findings.push(format!("{path}:{}: {why}: {}", number + 1, line.trim()));
        for (pieces, exempt, why) in WORDS {
            if at_word(line, &pieces.concat()) && !exempt.iter().any(|place| lies_in(path, place)) {
                found(why);
            }
        }
        if HOSTS.iter().any(|pieces| line.contains(&pieces.concat())) {
            found("the host of a package registry");
        }
    }
    findings
}

/// Whether a line holds the word, and not as the end of a longer name: `network/` is not a path.
fn at_word(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        !word.starts_with('/')
            || before.is_none_or(|c| !c.is_ascii_alphanumeric() && !"._-{}".contains(c))
    })
}

/// `crates/*/tests/` stands for the tests of any crate.
fn lies_in(path: &str, place: &str) -> bool {
    let (start, end) = place.split_once('*').unwrap_or((place, ""));
    path.strip_prefix(start).is_some_and(|rest| rest.contains(end))
}

#[test]
fn no_file_speaks_of_the_machine_it_was_written_on() {
    let files = tree::files();
    let written = files.iter().filter(|path| !WRITTEN_BY_TOOLS.contains(&path.as_str()));
    let mut findings = Vec::new();
    for path in written {
        // A picture or a font has no words.
        if let Ok(text) = std::fs::read_to_string(tree::root().join(path)) {
            findings.extend(forbidden(path, &text));
        }
    }
    hold(&findings);
}

#[test]
fn a_path_of_one_machine_or_a_registrys_host_is_found() {
    let check = |path: &str, pieces: &[&str], expected: &[&str]| {
        check_findings(&forbidden(path, &pieces.concat()), expected);
    };
    check("a.md", &["see /wo", "rk/main"], &["a.md:1: a path of one machine"]);
    check("a.rs", &["\"/fa", "rm/x\""], &["a path of one machine"]);
    check("a.md", &["\n\nhttps://docs", ".rs/axum"], &["a.md:3: the host"]);
    check("a.md", &["../shared/", "reference/x.md"], &["readers cannot open"]);
    check("crates/x/tests/a.rs", &["../shared/", "reference/x.md"], &[]);
    check("a.md", &["a net", "work/ and an artwork", "/ of home/wo", "rk"], &[]);
}
