//! How a file looks: its opening paragraph, its name, its size, and the few things that may stand in
//! no file at all. The limits are a ratchet: they go down, never up.

use crate::source::Source;
use crate::{check_findings, hold, tree};

/// The most lines of a file; tests in it count too.
const FILE_LINES: usize = 600;

/// The most lines of a function, its signature included.
const FUNCTION_LINES: usize = 80;

/// Files that are one table and may be long.
const TABLES: [&str; 1] = ["crates/server/src/routes.rs"];

/// Names that say nothing about what is in the file.
const EMPTY_NAMES: [&str; 8] =
    ["common", "util", "utils", "helper", "helpers", "model", "models", "misc"];

fn long_files(source: &Source) -> Vec<String> {
    let lines = source.text.lines().count();
    if lines <= FILE_LINES || TABLES.contains(&source.path.as_str()) {
        return Vec::new();
    }
    vec![format!(
        "{}: {lines} lines, at most {FILE_LINES}; find the second noun in it",
        source.path
    )]
}

fn long_functions(source: &Source) -> Vec<String> {
    let long = source.functions().into_iter().filter(|function| function.lines > FUNCTION_LINES);
    long.map(|function| {
        let (path, line, name, lines) =
            (&source.path, function.line, function.name, function.lines);
        format!("{path}:{line}: fn {name} has {lines} lines, at most {FUNCTION_LINES}; split it")
    })
    .collect()
}

fn opening(source: &Source) -> Vec<String> {
    if source.text.starts_with("//! ") {
        return Vec::new();
    }
    vec![format!(
        "{}:1: opens without a `//!` paragraph: what is it, and what is it not?",
        source.path
    )]
}

fn empty_name(source: &Source) -> Vec<String> {
    let named = source.path.split('/').map(|part| part.trim_end_matches(".rs"));
    let empty = named.filter(|part| EMPTY_NAMES.contains(part));
    empty.map(|part| format!("{}: `{part}` is not a noun of ours", source.path)).collect()
}

/// What no file may contain, in tests either, and the way out.
const NOWHERE: [(&str, &str); 7] = [
    ("unsafe", "forbidden: find a safe crate that does it"),
    ("# [ allow (", "use #[expect(lint, reason = \"…\")]"),
    ("# ! [ allow (", "use #![expect(lint, reason = \"…\")]"),
    ("todo !", "finish it, or leave it out"),
    ("unimplemented !", "finish it, or leave it out"),
    ("# [ ignore", "a test runs, or it does not exist"),
    ("# [ should_panic", "assert on the error instead"),
];

fn nowhere(source: &Source) -> Vec<String> {
    let mut found = Vec::new();
    for (index, token) in source.tokens.iter().enumerate() {
        for (pattern, way_out) in NOWHERE {
            if !token.literal && source.stands_at(index, pattern) {
                found.push(format!("{}: `{pattern}`: {way_out}", source.place(token)));
            }
        }
    }
    found
}

fn unwraps(source: &Source) -> Vec<String> {
    let found = source.product().filter(|(index, _)| source.stands_at(*index, ". unwrap ( )"));
    found
        .map(|(_, token)| {
            format!("{}: .unwrap(): return the error, or expect(\"why\")", source.place(token))
        })
        .collect()
}

const RULES: [fn(&Source) -> Vec<String>; 6] =
    [long_files, long_functions, opening, empty_name, nowhere, unwraps];

#[test]
fn every_file_keeps_the_house_style() {
    let sources = tree::sources();
    let findings = sources.iter().flat_map(|source| RULES.iter().flat_map(|rule| rule(source)));
    hold(&findings.collect::<Vec<_>>());
}

fn check(rule: fn(&Source) -> Vec<String>, path: &str, text: &str, expected: &[&str]) {
    check_findings(&rule(&Source::parse(path, text)), expected);
}

#[test]
fn a_file_or_function_beyond_the_limit_is_found() {
    let long = "\n".repeat(FILE_LINES + 1);
    check(long_files, "crates/x/src/a.rs", &long, &["601 lines"]);
    check(long_files, "crates/x/src/a.rs", &"\n".repeat(FILE_LINES), &[]);
    check(long_files, TABLES[0], &long, &[]);
    let body = "\n".repeat(FUNCTION_LINES);
    check(long_functions, "a.rs", &format!("fn a() {{{body}}}"), &["fn a has 81 lines"]);
    check(long_functions, "a.rs", &format!("fn a() {{{}}}", &body[1..]), &[]);
}

#[test]
fn a_file_without_an_opening_or_with_an_empty_name_is_found() {
    check(opening, "crates/x/src/a.rs", "use b;", &["a.rs:1"]);
    check(opening, "crates/x/src/a.rs", "//! What it is.", &[]);
    check(empty_name, "crates/x/src/utils.rs", "", &["utils"]);
    check(empty_name, "crates/x/tests/common/mod.rs", "", &["common"]);
    check(empty_name, "crates/x/src/commonplace.rs", "", &[]);
}

#[test]
fn what_may_stand_nowhere_is_found_in_tests_too() {
    check(nowhere, "a.rs", "fn a() { unsafe { b() } }", &["a.rs:1: `unsafe`"]);
    check(nowhere, "a.rs", "#[allow(dead_code)]\nfn a() {}", &["a.rs:1"]);
    check(nowhere, "a.rs", "#![allow(dead_code)]", &["a.rs:1"]);
    check(nowhere, "a.rs", "\nfn a() { todo!() }", &["a.rs:2"]);
    check(nowhere, "a.rs", "#[test]\n#[ignore = \"slow\"]\nfn a() {}", &["a.rs:2"]);
    check(nowhere, "a.rs", "// unsafe\nconst A: &str = \"unsafe\";", &[]);
}

#[test]
fn an_unwrap_is_found_outside_tests_only() {
    check(unwraps, "crates/x/src/a.rs", "fn a() { b()\n.unwrap(); }", &["a.rs:2"]);
    check(unwraps, "crates/x/src/a.rs", "fn a() { b().unwrap_or(1); }", &[]);
    check(unwraps, "crates/x/src/a.rs", "#[cfg(test)] mod t { fn a() { b().unwrap(); } }", &[]);
    check(unwraps, "crates/x/tests/a.rs", "fn a() { b().unwrap(); }", &[]);
}
