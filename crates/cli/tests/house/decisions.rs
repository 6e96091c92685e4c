//! The decision log: pages are numbered without a gap, each says what was decided, against what, and
//! why; and every library that we name in a Cargo.toml has its line in the list of them.

use std::collections::BTreeSet;

use toml::Table;

use crate::{check_findings, hold, tree};

const FOLDER: &str = "docs/decisions/";
const LIBRARIES: &str = "docs/decisions/dependencies.md";

/// The headings of every page.
const HEADINGS: [&str; 3] = ["## Context", "## Decision", "## Instead of"];

/// Libraries named by the workspace, ours left out.
fn named(workspace: &str) -> BTreeSet<String> {
    let workspace: Table = workspace.parse().expect("the workspace's Cargo.toml is TOML");
    let named = workspace["workspace"]["dependencies"].as_table().expect("it lists dependencies");
    named.keys().filter(|name| !name.starts_with("rondo-")).cloned().collect()
}

/// Libraries that have a row: the first cell of a table, in backticks.
fn listed(page: &str) -> BTreeSet<String> {
    let rows = page.lines().filter_map(|line| line.strip_prefix("| `"));
    rows.filter_map(|row| Some(row.split_once('`')?.0.to_owned())).collect()
}

fn unlisted(workspace: &str, page: &str) -> Vec<String> {
    let (named, listed) = (named(workspace), listed(page));
    let missing = named.difference(&listed);
    let gone = listed.difference(&named);
    missing
        .map(|name| format!("{name}: no line in {LIBRARIES}: what would we have written instead?"))
        .chain(gone.map(|name| format!("{name}: has a line in {LIBRARIES} and is not used")))
        .collect()
}

fn incomplete(path: &str, text: &str) -> Vec<String> {
    let missing = HEADINGS.iter().filter(|heading| !text.lines().any(|line| line == **heading));
    missing.map(|heading| format!("{path}: has no `{heading}`")).collect()
}

fn misnumbered(pages: &[&str]) -> Vec<String> {
    let numbered = pages.iter().enumerate();
    let wrong = numbered.filter(|(at, page)| !page.starts_with(&format!("{:04}-", at + 1)));
    wrong.map(|(at, page)| format!("{FOLDER}{page}: number {:04} comes here", at + 1)).collect()
}

#[test]
fn every_decision_is_numbered_and_complete() {
    let files = tree::files();
    let pages: Vec<_> = files
        .iter()
        .filter_map(|path| path.strip_prefix(FOLDER))
        .filter(|page| page.starts_with(|c: char| c.is_ascii_digit()))
        .collect();
    assert!(!pages.is_empty(), "{FOLDER} holds no page");
    let mut findings = misnumbered(&pages);
    for page in &pages {
        let path = format!("{FOLDER}{page}");
        findings.extend(incomplete(&path, &tree::text(&path)));
    }
    hold(&findings);
}

#[test]
fn every_library_has_a_line_and_every_line_a_library() {
    hold(&unlisted(&tree::text("Cargo.toml"), &tree::text(LIBRARIES)));
}

#[test]
fn a_library_without_a_line_and_a_line_without_a_library_are_found() {
    let workspace = "[workspace.dependencies]\nrondo-plan = { path = \"x\" }\nserde = \"1\"\n";
    let check = |page, expected: &[&str]| check_findings(&unlisted(workspace, page), expected);
    check("| `serde` | JSON |", &[]);
    check("| `axum` | HTTP |", &["serde: no line", "axum: has a line"]);
}

#[test]
fn a_gap_in_the_numbers_and_a_missing_heading_are_found() {
    check_findings(&misnumbered(&["0001-a.md", "0002-b.md"]), &[]);
    check_findings(&misnumbered(&["0001-a.md", "0003-b.md"]), &["number 0002 comes here"]);
    check_findings(&incomplete("a.md", "# A\n## Context\n## Decision\n"), &["`## Instead of`"]);
}
