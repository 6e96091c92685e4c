//! Which crate may use which: our own, by the table of ARCHITECTURE.md, and the libraries that have
//! one home. Compared with what `cargo metadata` says, so that a new arrow is a line here first.
//! Versions, licences and sources are the business of `cargo deny`.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::{Value, json};

use crate::{check_findings, hold, tree};

/// Crate, and which of ours it may use.
const ARROWS: [(&str, &[&str]); 8] = [
    ("domain", &[]),
    ("plan", &["domain"]),
    ("wire", &[]),
    ("store", &["domain", "plan"]),
    ("app", &["domain", "plan", "store"]),
    ("server", &["domain", "app", "wire"]),
    ("runner", &["wire"]),
    ("cli", &["domain", "plan", "wire", "store", "app", "server", "runner"]),
];

/// Library, and the crates that alone may use it in the product.
const HOMES: [(&str, &[&str]); 19] = [
    ("anyhow", &["cli", "runner"]),
    ("argon2", &["app"]),
    ("axum", &["server"]),
    ("chacha20poly1305", &["store"]),
    ("clap", &["cli"]),
    ("governor", &["app"]),
    ("hyper", &["server"]),
    ("lettre", &["cli"]),
    ("maud", &["server"]),
    ("md-5", &["app"]),
    ("reqwest", &["runner", "wire"]),
    ("ring", &["app"]),
    ("rustix", &["runner", "server", "store"]),
    ("saphyr-parser", &["plan"]),
    ("schemars", &["server", "wire"]),
    ("sqlx", &["store"]),
    ("ssh-key", &["app"]),
    ("tower-http", &["server"]),
    ("tracing-subscriber", &["cli"]),
];

/// What the crates without clock, disk and network may use of the world; nothing else.
const PURE: [(&str, &[&str]); 2] = [
    ("domain", &["crc32fast", "hmac", "ipnet", "sha2", "subtle", "uuid", "zeroize"]),
    ("plan", &["regex", "saphyr-parser", "serde"]),
];

/// Dependencies of one crate: all of them, and those of the product alone.
#[derive(Default)]
struct Uses {
    all: BTreeSet<String>,
    product: BTreeSet<String>,
}

fn uses(metadata: &Value) -> BTreeMap<String, Uses> {
    let mut crates = BTreeMap::new();
    for package in metadata["packages"].as_array().into_iter().flatten() {
        let mut uses = Uses::default();
        for dependency in package["dependencies"].as_array().into_iter().flatten() {
            let name = plain(&dependency["name"]);
            if dependency["kind"] != "dev" {
                uses.product.insert(name.clone());
            }
            uses.all.insert(name);
        }
        crates.insert(plain(&package["name"]), uses);
    }
    crates
}

/// A crate's name as the tables write it: ours without the product's name in front.
fn plain(name: &Value) -> String {
    let name = name.as_str().expect("cargo metadata names every package");
    name.strip_prefix("rondo-").unwrap_or(name).to_owned()
}

fn beyond(metadata: &Value) -> Vec<String> {
    let crates = uses(metadata);
    let listed: BTreeSet<_> = ARROWS.iter().map(|(name, _)| (*name).to_owned()).collect();
    let mut findings = Vec::new();
    for name in crates.keys().filter(|name| !listed.contains(*name)) {
        findings.push(format!("{name}: a crate that no table knows; is it not a module?"));
    }
    for (name, allowed) in ARROWS {
        let Some(uses) = crates.get(name) else {
            findings.push(format!("{name}: a crate of the table that does not exist"));
            continue;
        };
        let ours = uses.all.iter().filter(|used| listed.contains(*used));
        let arrows = ours.filter(|used| !allowed.contains(&used.as_str()));
        findings.extend(arrows.map(|used| format!("{name} -> {used}: no such arrow in the house")));
    }
    findings
}

fn away_from_home(metadata: &Value) -> Vec<String> {
    let mut findings = Vec::new();
    for (name, uses) in uses(metadata) {
        for (library, homes) in HOMES {
            if uses.product.contains(library) && !homes.contains(&name.as_str()) {
                findings.push(format!("{name} uses {library}, whose home is {}", homes.join(", ")));
            }
        }
        for (pure, allowed) in PURE.into_iter().filter(|(pure, _)| *pure == name) {
            let foreign = uses.product.iter().filter(|used| {
                !allowed.contains(&used.as_str()) && !ARROWS.iter().any(|(ours, _)| ours == used)
            });
            findings.extend(foreign.map(|used| format!("{pure} uses {used}, and is kept pure")));
        }
    }
    findings
}

fn metadata() -> Value {
    let cargo = std::env::var("CARGO").expect("cargo says which cargo it is");
    let output = Command::new(cargo)
        .args(["metadata", "--no-deps", "--format-version", "1", "--offline"])
        .current_dir(tree::root())
        .output()
        .expect("cargo can be started");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("cargo metadata prints JSON")
}

#[test]
fn every_arrow_between_crates_is_in_the_table() {
    hold(&beyond(&metadata()));
}

#[test]
fn libraries_stay_in_their_homes_and_pure_crates_stay_pure() {
    hold(&away_from_home(&metadata()));
}

/// Metadata of the crates of the table without dependencies, and of one with those given.
fn world(name: &str, kind: Value, dependencies: &[&str]) -> Value {
    let dependencies: Vec<_> =
        dependencies.iter().map(|name| json!({ "name": name, "kind": kind })).collect();
    let crates = ARROWS.iter().map(|(other, _)| other).filter(|other| **other != name);
    let mut packages: Vec<_> = crates
        .map(|other| json!({ "name": format!("rondo-{other}"), "dependencies": [] }))
        .collect();
    packages.push(json!({ "name": format!("rondo-{name}"), "dependencies": dependencies }));
    json!({ "packages": packages })
}

#[test]
fn an_arrow_against_the_table_is_found_for_tests_too() {
    let check = |name, kind: Value, dependencies: &[&str], expected: &[&str]| {
        check_findings(&beyond(&world(name, kind, dependencies)), expected);
    };
    check("server", Value::Null, &["rondo-app", "rondo-wire", "tokio"], &[]);
    check("server", Value::Null, &["rondo-store"], &["server -> store"]);
    check("server", json!("dev"), &["rondo-store"], &["server -> store"]);
    check("wire", Value::Null, &["rondo-domain"], &["wire -> domain"]);
    check("common", Value::Null, &[], &["common: a crate that no table knows"]);
}

#[test]
fn a_library_away_from_home_is_found() {
    let check = |name, kind: Value, dependencies: &[&str], expected: &[&str]| {
        check_findings(&away_from_home(&world(name, kind, dependencies)), expected);
    };
    check("server", Value::Null, &["sqlx"], &["server uses sqlx"]);
    check("server", json!("dev"), &["sqlx"], &[]);
    check("store", Value::Null, &["sqlx"], &[]);
    check("domain", Value::Null, &["tokio"], &["domain uses tokio"]);
    check("plan", Value::Null, &["rondo-domain", "regex"], &[]);
}
