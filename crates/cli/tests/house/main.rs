//! The fences of the house: rules that no compiler knows, as ordinary tests over the repository's
//! own files. Each rule is a function from files to findings, tried on small bad inputs first and
//! then on everything. A finding names the file, the line, and the way out.
//!
//! Not here: what rustc, clippy and `cargo deny` can say themselves, and what needs a running
//! server (the route table, the permission grid and the story of the store live in their crates).

mod arrows;
mod decisions;
mod fences;
mod lints;
mod map;
mod secrets;
mod source;
mod style;
mod tokens;
mod tree;
mod twins;
mod words;

/// Fails with every finding on a line of its own.
fn hold(findings: &[String]) {
    assert!(findings.is_empty(), "\n{}\n", findings.join("\n"));
}

/// Asserts that a rule found exactly the places given, each by a part of its finding.
fn check_findings(findings: &[String], expected: &[&str]) {
    assert_eq!(findings.len(), expected.len(), "findings: {findings:#?}");
    for (finding, part) in findings.iter().zip(expected) {
        assert!(finding.contains(part), "{finding:?} does not speak of {part:?}");
    }
}
