//! ARCHITECTURE.md as a map that is true: every path in it exists, and every file of the two crates
//! where people get lost is on it; and on all pages, links into the repository lead somewhere. Says
//! nothing about whether the words beside a path are right, and follows no link to elsewhere.

use std::collections::BTreeSet;

use crate::{check_findings, hold, tree};

const MAP: &str = "ARCHITECTURE.md";

/// Folders of which every Rust file must be on the map.
const WHOLE: [&str; 2] = ["crates/app/src/", "crates/server/src/"];

/// The paths that a text names in backticks. One that ends in `/` is a folder, and lends its name to
/// the bare file names that follow it on the same line; in the head of a table, to all its rows.
fn named(text: &str) -> Vec<(usize, String)> {
    let mut paths = Vec::new();
    let mut table = "";
    for (number, line) in text.lines().enumerate() {
        if !line.starts_with('|') {
            table = "";
        }
        let mut folder = table;
        for span in line.split('`').skip(1).step_by(2).filter(|span| looks_like_a_path(span)) {
            if span.contains('/') {
                paths.push((number + 1, span.to_owned()));
                folder = if span.ends_with('/') { span } else { "" };
            } else {
                paths.push((number + 1, format!("{folder}{span}")));
            }
        }
        if line.starts_with("| files in ") {
            table = folder;
        }
    }
    paths
}

/// Routes (`/api/v1.1/me`), commands and code are no paths; ours start with a folder of the root or
/// end like a file.
fn looks_like_a_path(span: &str) -> bool {
    let ours = ["crates/", "docs/", "bench/", ".ci/"].iter().any(|folder| span.starts_with(folder));
    let file = [".rs", ".md", ".toml", ".sql", ".txt", ".css", ".js", ".svg"]
        .iter()
        .any(|end| span.ends_with(end) && span.len() > end.len());
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-/".contains(c);
    (ours || file) && !span.starts_with('/') && span.chars().all(plain)
}

fn lies(text: &str, files: &[String]) -> Vec<String> {
    let exists = |path: &str| {
        files.iter().any(|file| file == path || (path.ends_with('/') && file.starts_with(path)))
    };
    let gone = named(text).into_iter().filter(|(_, path)| !exists(path));
    gone.map(|(line, path)| format!("{MAP}:{line}: `{path}` does not exist")).collect()
}

fn blanks(text: &str, files: &[String]) -> Vec<String> {
    let named: BTreeSet<_> = named(text).into_iter().map(|(_, path)| path).collect();
    let product = files.iter().filter(|path| path.ends_with(".rs") && !path.contains("/tests/"));
    let rust = product.filter(|path| !named.contains(*path));
    let missing = rust.filter(|path| WHOLE.iter().any(|folder| path.starts_with(folder)));
    missing.map(|path| format!("{path} is not on the map: give it a line in {MAP}")).collect()
}

/// Where the links of a page lead, from the root; addresses and places within the page left out.
fn links(page: &str, text: &str) -> Vec<String> {
    let folder = page.rsplit_once('/').map_or("", |(folder, _)| folder);
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split([')', ' ', '#']).next());
    let inside = targets.filter(|target| !target.is_empty() && !target.contains("://"));
    inside.map(|target| joined(folder, target)).collect()
}

fn joined(folder: &str, target: &str) -> String {
    let mut parts: Vec<_> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in target.split('/') {
        if part == ".." {
            parts.pop();
        } else {
            parts.push(part);
        }
    }
    parts.join("/")
}

fn dead_links(page: &str, text: &str, files: &[String]) -> Vec<String> {
    let dead = links(page, text).into_iter().filter(|target| !files.contains(target));
    dead.map(|target| format!("{page}: links to {target}, which does not exist")).collect()
}

#[test]
fn every_link_into_the_repository_leads_somewhere() {
    let files = tree::files();
    let pages = files.iter().filter(|path| path.ends_with(".md"));
    hold(&pages.flat_map(|page| dead_links(page, &tree::text(page), &files)).collect::<Vec<_>>());
}

#[test]
fn a_link_to_nowhere_is_found() {
    let files = ["README.md", "docs/a.md"].map(str::to_owned);
    let check = |page: &str, text: &str, expected: &[&str]| {
        check_findings(&dead_links(page, text, &files), expected);
    };
    check("README.md", "[a](docs/a.md#part) [b](https://example.com/x) [c](#here)", &[]);
    check("docs/a.md", "[a](../README.md) [b](a.md)", &[]);
    check("docs/a.md", "[a](README.md)", &["links to docs/README.md"]);
}

#[test]
fn every_path_on_the_map_exists() {
    hold(&lies(&tree::text(MAP), &tree::files()));
}

#[test]
fn every_file_of_app_and_server_is_on_the_map() {
    hold(&blanks(&tree::text(MAP), &tree::files()));
}

#[test]
fn a_path_that_is_gone_and_a_file_that_is_missing_are_found() {
    let files = ["crates/app/src/lib.rs", "crates/app/src/tokens.rs", "docs/decisions/0001-a.md"];
    let files: Vec<_> = files.iter().map(ToString::to_string).collect();
    let check = |text: &str, gone: &[&str], missing: &[&str]| {
        check_findings(&lies(text, &files), gone);
        check_findings(&blanks(text, &files), missing);
    };
    let both = "| `crates/app/src/` | `lib.rs`, `tokens.rs` |";
    check(both, &[], &[]);
    let table = "| files in `crates/app/src/` | hold |\n|---|---|\n| `lib.rs`, `tokens.rs` | all |";
    check(table, &[], &[]);
    check(&format!("{table}\n\n`lib.rs`"), &["`lib.rs` does not exist"], &[]);
    check("`crates/app/src/lib.rs` and\n`crates/app/src/tokens.rs`", &[], &[]);
    check("`crates/app/src/lib.rs`", &[], &["tokens.rs is not on the map"]);
    check(&format!("{both}\n\n`docs/gone/`"), &["ARCHITECTURE.md:3: `docs/gone/`"], &[]);
    check(&format!("{both}\n`tokens.rs`"), &["`tokens.rs` does not exist"], &[]);
    check(&format!("{both} `/api/v1.1/me`, `cargo run`, `docs/decisions/`"), &[], &[]);
}
