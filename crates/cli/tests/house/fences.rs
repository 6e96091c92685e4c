//! What a line of code may touch, by where it stands: processes, environment, disk, connections,
//! clock, SQL, derived serde, a browser. A rule looks at what is written in the product's own code;
//! tests may do what they need. What a crate can import at all is the business of `arrows`.

use crate::source::{Source, Token};
use crate::{check_findings, hold, tree};

/// Something of a module that only a few places may name.
struct Fence {
    module: &'static str,
    items: &'static [&'static str],
    only: &'static [&'static str],
    rule: &'static str,
}

const CLOCK: [&str; 4] =
    ["crates/app/src/", "crates/server/src/", "crates/runner/src/", "crates/cli/src/"];

const DISK: [&str; 3] = ["crates/store/src/", "crates/runner/src/", "crates/cli/src/"];

const FENCES: [Fence; 9] = [
    Fence {
        module: "process",
        items: &["Command"],
        // The demo makes a sample repository with git before there is a server, a sign-in opens the
        // person's own browser, and their keyring is reached through its own tool.
        only: &[
            "crates/runner/src/",
            "crates/cli/src/demo/repository.rs",
            "crates/cli/src/browser.rs",
            "crates/cli/src/keyring.rs",
        ],
        rule: "only the runner starts processes",
    },
    Fence {
        module: "env",
        items: &["var", "var_os", "vars", "vars_os", "set_var", "remove_var"],
        only: &["crates/cli/src/settings.rs"],
        rule: "only the list of settings reads the environment",
    },
    Fence {
        module: "std",
        items: &["fs"],
        only: &DISK,
        rule: "what outlives a restart is the store's, a job's folder the runner's",
    },
    Fence {
        module: "tokio",
        items: &["fs"],
        only: &DISK,
        rule: "what outlives a restart is the store's, a job's folder the runner's",
    },
    Fence {
        module: "time",
        items: &["SystemTime", "Instant"],
        only: &CLOCK,
        rule: "this crate takes the time as an argument",
    },
    Fence {
        module: "Timestamp",
        items: &["now"],
        only: &CLOCK,
        rule: "this crate takes the time as an argument",
    },
    Fence {
        module: "reqwest",
        items: &["Client", "ClientBuilder", "get"],
        only: &["crates/wire/src/client.rs", "crates/wire/src/outgoing.rs"],
        rule: "a request is sent by the client, or by the guard that opens connections to others",
    },
    Fence {
        module: "Uuid",
        items: &["new_v4", "now_v7"],
        only: &CLOCK,
        rule: "this crate takes randomness as an argument",
    },
    Fence {
        module: "process",
        items: &["exit"],
        only: &["crates/cli/src/main.rs"],
        rule: "only main ends the process",
    },
];

fn beyond(fence: &Fence, source: &Source) -> Vec<String> {
    if fence.only.iter().any(|place| source.path.starts_with(place)) {
        return Vec::new();
    }
    let named = source.product().filter(|(index, _)| names(source, *index, fence));
    named
        .map(|(_, token)| {
            format!("{}: {}::{}: {}", source.place(token), fence.module, fence.items[0], fence.rule)
        })
        .collect()
}

/// Whether at `index` stands `module::item`, `module::{…, item, …}`, `module::*` or another name for
/// the module, which would hide what follows.
fn names(source: &Source, index: usize, fence: &Fence) -> bool {
    let word = |at: usize| source.tokens.get(at).map_or("", |token: &Token| token.text.as_str());
    if word(index) != fence.module {
        return false;
    }
    if word(index + 1) == "as" {
        return fence.module != "std";
    }
    if word(index + 1) != ":" || word(index + 2) != ":" {
        return false;
    }
    match word(index + 3) {
        "*" => true,
        "{" => (index + 3..source.closing(index + 3)).any(|at| fence.items.contains(&word(at))),
        item => fence.items.contains(&item),
    }
}

#[test]
fn processes_environment_disk_and_clock_are_touched_only_where_the_design_says() {
    let sources = tree::sources();
    let findings =
        sources.iter().flat_map(|source| FENCES.iter().flat_map(|fence| beyond(fence, source)));
    hold(&findings.collect::<Vec<_>>());
}

fn check_fence(path: &str, text: &str, expected: &[&str]) {
    let source = Source::parse(path, text);
    let findings: Vec<_> = FENCES.iter().flat_map(|fence| beyond(fence, &source)).collect();
    check_findings(&findings, expected);
}

#[test]
fn a_process_is_found_however_it_is_imported() {
    let rule = "only the runner starts processes";
    check_fence("crates/app/src/a.rs", "fn a() { std::process::Command::new(b); }", &[rule]);
    check_fence("crates/app/src/a.rs", "use tokio::process::Command;", &[rule]);
    check_fence("crates/app/src/a.rs", "use std::process::{Command, Stdio};", &[rule]);
    check_fence("crates/app/src/a.rs", "use std::{io, process::{self, Command}};", &[rule]);
    check_fence("crates/runner/src/a.rs", "use tokio::process::Command;", &[]);
    check_fence("crates/app/tests/a.rs", "use std::process::Command;", &[]);
    check_fence("crates/cli/src/a.rs", "use clap::Command; use std::process::ExitCode;", &[]);
}

#[test]
fn the_environment_the_disk_the_clock_and_the_exit_are_found() {
    let settings = "only the list of settings";
    check_fence("crates/app/src/a.rs", "fn a() { std::env::var(\"A\"); }", &[settings]);
    check_fence("crates/cli/src/serve.rs", "use std::env; fn a() { env::var_os(B) }", &[settings]);
    check_fence("crates/cli/src/settings.rs", "use std::env; fn a() { env::var_os(B) }", &[]);
    check_fence("crates/cli/src/serve.rs", "fn a() { std::env::current_exe(); env!(\"A\") }", &[]);
    check_fence("crates/app/src/a.rs", "use std::{fs, io};", &["the store's"]);
    check_fence("crates/server/src/a.rs", "use tokio::fs::File;", &["the store's"]);
    check_fence("crates/store/src/blob.rs", "use std::fs;", &[]);
    check_fence(
        "crates/domain/src/a.rs",
        "use std::time::SystemTime;",
        &["the time as an argument"],
    );
    check_fence("crates/plan/src/a.rs", "fn a() { jiff::Timestamp::now() }", &["the time"]);
    check_fence("crates/domain/src/a.rs", "use std::time::Duration;", &[]);
    check_fence("crates/store/src/a.rs", "fn a() { Uuid::new_v4() }", &["randomness"]);
    check_fence("crates/runner/src/a.rs", "use reqwest::{Body, Client};", &["opens connections"]);
    check_fence("crates/runner/src/a.rs", "use reqwest::Body;", &[]);
    check_fence("crates/cli/src/serve.rs", "fn a() { std::process::exit(1) }", &["only main"]);
}

/// SQL in a string outside the store. English sentences that begin alike are told apart by case:
/// SQL here is written in one case throughout.
fn sql(source: &Source) -> Vec<String> {
    if source.path.starts_with("crates/store/") {
        return Vec::new();
    }
    let statements = source.product().filter(|(_, token)| token.literal && is_sql(&token.text));
    statements
        .map(|(_, token)| format!("{}: SQL outside the store: {}", source.place(token), token.text))
        .collect()
}

fn is_sql(literal: &str) -> bool {
    let text = literal.trim_start_matches(['b', 'c', 'r', '#', '"']).trim_start();
    let lower = text.to_lowercase();
    let one_case = |words: &[&str]| {
        words.iter().all(|word| text.contains(word))
            || words.iter().all(|word| text.contains(&word.to_uppercase()))
    };
    let begins = [
        ("select ", &["select ", " from "] as &[_]),
        ("insert into ", &["insert into "]),
        ("update ", &["update ", " set "]),
        ("delete from ", &["delete from "]),
        ("create table ", &["create table "]),
        ("create index ", &["create index "]),
        ("create unique index ", &["create unique index "]),
        ("alter table ", &["alter table "]),
        ("drop table ", &["drop table "]),
        ("with ", &["with ", " as (select "]),
        ("pragma ", &["pragma "]),
        ("begin immediate", &["begin immediate"]),
    ];
    begins.iter().any(|(begin, words)| lower.starts_with(begin) && one_case(words))
}

#[test]
fn sql_is_written_in_the_store_only() {
    let sources = tree::sources();
    hold(&sources.iter().flat_map(sql).collect::<Vec<_>>());
}

#[test]
fn a_statement_is_found_and_a_sentence_is_not() {
    let check = |path: &str, text: &str, expected: &[&str]| {
        check_findings(&sql(&Source::parse(path, text)), expected);
    };
    check("crates/app/src/a.rs", "const A: &str = \"select id from token\";", &["select id"]);
    check(
        "crates/app/src/a.rs",
        "const A: &str = r#\"\n  INSERT INTO token VALUES\"#;",
        &["INSERT"],
    );
    check("crates/app/src/a.rs", "const A: &str = \"update token set label = $1\";", &["update"]);
    check("crates/store/src/a.rs", "const A: &str = \"select id from token\";", &[]);
    check("crates/server/src/a.rs", "const A: &str = \"Select a branch from the list\";", &[]);
    check("crates/server/src/a.rs", "const A: &str = \"update your settings\";", &[]);
}

/// Where serde may be derived, and for what.
const SERDE: [(&str, &str); 5] = [
    ("crates/wire/src/", "the shapes that cross the network"),
    ("crates/plan/src/compiled.rs", "a plan is a stored document"),
    ("crates/cli/src/credentials.rs", "what `rondo login` keeps"),
    ("crates/cli/src/settings.rs", "rondo.toml"),
    ("crates/runner/src/frame.rs", "what a runner and its leader say to each other"),
];

fn serde_derives(source: &Source) -> Vec<String> {
    if SERDE.iter().any(|(place, _)| source.path.starts_with(place)) {
        return Vec::new();
    }
    let derives = source.product().filter(|(index, _)| {
        source.stands_at(*index, "derive (")
            && source.tokens[*index..source.closing(index + 1)]
                .iter()
                .any(|token| ["Serialize", "Deserialize"].contains(&token.text.as_str()))
    });
    derives
        .map(|(_, token)| format!("{}: derives serde; JSON shapes are wire's", source.place(token)))
        .collect()
}

#[test]
fn serde_is_derived_only_for_documents_and_the_network() {
    let sources = tree::sources();
    hold(&sources.iter().flat_map(serde_derives).collect::<Vec<_>>());
}

#[test]
fn a_derived_serde_is_found() {
    let check = |path: &str, text: &str, expected: &[&str]| {
        check_findings(&serde_derives(&Source::parse(path, text)), expected);
    };
    check("crates/domain/src/a.rs", "#[derive(Debug, serde::Serialize)] struct A;", &["a.rs:1"]);
    check("crates/domain/src/a.rs", "#[derive(Debug)] struct Serialize;", &[]);
    check("crates/wire/src/v1.rs", "#[derive(Deserialize)] struct A;", &[]);
}

/// `./test quick` leaves out the tests whose name says `browser`, so every test of a file that drives
/// one must say so.
fn unnamed_browser_tests(source: &Source) -> Vec<String> {
    let drives = source.tokens.iter().any(|token| token.text == "fantoccini");
    if !source.test || !drives {
        return Vec::new();
    }
    let tests = (0..source.tokens.len()).filter(|&at| source.stands_at(at, "test ]"));
    let unnamed = tests.filter_map(|at| {
        let name = (at..at + 12).find(|&at| source.stands_at(at, "fn"))? + 1;
        let token = source.tokens.get(name)?;
        let file_says = source.path.rsplit('/').next().is_some_and(|file| file.contains("browser"));
        let nested = file_says && !source.path.ends_with("/tests/browser.rs");
        (!nested && !token.text.contains("browser")).then_some(token)
    });
    unnamed
        .map(|token| {
            format!("{}: {} drives a browser: say so in its name", source.place(token), token.text)
        })
        .collect()
}

#[test]
fn every_test_that_drives_a_browser_says_so_in_its_name() {
    let sources = tree::sources();
    hold(&sources.iter().flat_map(unnamed_browser_tests).collect::<Vec<_>>());
}

#[test]
fn a_browser_test_without_the_word_is_found() {
    let check = |path: &str, text: &str, expected: &[&str]| {
        check_findings(&unnamed_browser_tests(&Source::parse(path, text)), expected);
    };
    let bad = "use fantoccini::Client; #[tokio::test] async fn a_walk() {}";
    check("crates/cli/tests/walk.rs", bad, &["a_walk"]);
    check("crates/cli/tests/browser.rs", bad, &["a_walk"]);
    check("crates/cli/tests/story/browser.rs", bad, &[]);
    check("crates/cli/tests/walk.rs", "#[test] fn a_walk() {}", &[]);
    let good = "use fantoccini::Client; #[tokio::test] async fn a_browser_walks() {}";
    check("crates/cli/tests/walk.rs", good, &[]);
}
