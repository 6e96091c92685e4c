//! Whether the lints are on: every crate takes the workspace's, the workspace's list holds what the
//! house promises, and a crate's own `clippy.toml` (which replaces the workspace's, nothing merges)
//! repeats the common lines.

use toml::Table;

use crate::{check_findings, hold, tree};

/// What the workspace's list must say.
const PROMISED: [(&str, &str, &str); 10] = [
    ("rust", "unsafe_code", "forbid"),
    ("rust", "missing_docs", "warn"),
    ("rust", "unreachable_pub", "warn"),
    ("clippy", "unwrap_used", "warn"),
    ("clippy", "allow_attributes", "warn"),
    ("clippy", "dbg_macro", "warn"),
    ("clippy", "print_stdout", "warn"),
    ("clippy", "print_stderr", "warn"),
    ("clippy", "todo", "warn"),
    ("clippy", "unimplemented", "warn"),
];

fn read(path: &str, text: &str) -> Table {
    text.parse().unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn broken_promises(text: &str) -> Vec<String> {
    let workspace = read("Cargo.toml", text);
    let level = |tool: &str, lint: &str| {
        workspace.get("workspace")?.get("lints")?.get(tool)?.get(lint)?.as_str().map(str::to_owned)
    };
    let broken = PROMISED.iter().filter(|(tool, lint, promised)| {
        level(tool, lint)
            .is_none_or(|level| level != *promised && level != "deny" && level != "forbid")
    });
    broken
        .map(|(tool, lint, level)| format!("Cargo.toml: {tool} {lint} is not \"{level}\""))
        .collect()
}

fn without_lints(path: &str, text: &str) -> Vec<String> {
    let package = read(path, text);
    let taken = package.get("lints").and_then(|lints| lints.get("workspace"));
    if taken.and_then(toml::Value::as_bool) == Some(true) {
        return Vec::new();
    }
    vec![format!("{path}: takes no lints; add [lints] workspace = true")]
}

fn lost_lines(path: &str, text: &str, common: &str) -> Vec<String> {
    let own = read(path, text);
    let lost = read("clippy.toml", common).into_iter();
    lost.filter(|(key, value)| own.get(key) != Some(value))
        .map(|(key, _)| format!("{path}: must repeat `{key}` as the workspace's file has it"))
        .collect()
}

#[test]
fn the_workspace_keeps_the_lints_that_it_promises() {
    hold(&broken_promises(&tree::text("Cargo.toml")));
}

#[test]
fn every_crate_takes_the_lints_and_repeats_the_common_settings() {
    let common = tree::text("clippy.toml");
    let mut findings = Vec::new();
    // Deeper ones are workspaces of their own, which only those compile who fuzz.
    let ours = |path: &&String| path.starts_with("crates/") && path.matches('/').count() == 2;
    for path in tree::files().iter().filter(ours) {
        match path.rsplit('/').next() {
            Some("Cargo.toml") => findings.extend(without_lints(path, &tree::text(path))),
            Some("clippy.toml") => findings.extend(lost_lines(path, &tree::text(path), &common)),
            _ => {}
        }
    }
    hold(&findings);
}

#[test]
fn a_lint_that_was_taken_out_or_softened_is_found() {
    let all = tree::text("Cargo.toml");
    let softened = all.replace("unsafe_code = \"forbid\"", "unsafe_code = \"allow\"");
    check_findings(&broken_promises(&softened), &["unsafe_code"]);
    let without = all.replace("unwrap_used = \"warn\"", "");
    check_findings(&broken_promises(&without), &["unwrap_used"]);
}

#[test]
fn a_crate_that_escapes_the_lints_is_found() {
    check_findings(&without_lints("crates/x/Cargo.toml", "[package]"), &["takes no lints"]);
    check_findings(&without_lints("crates/x/Cargo.toml", "[lints]\nworkspace = true"), &[]);
    let common = "allow-unwrap-in-tests = true";
    check_findings(
        &lost_lines("crates/x/clippy.toml", "a = 1", common),
        &["allow-unwrap-in-tests"],
    );
    check_findings(&lost_lines("crates/x/clippy.toml", common, common), &[]);
}
