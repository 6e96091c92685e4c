//! Where a secret's text is taken out of its type: `Secret::expose` (a token just made) and
//! `SecretValue::expose` (variables, keys, passwords). Every call is counted here by file, so that a new one
//! is a line in a review and not an accident. Does not follow the text once it is out.

use std::collections::BTreeMap;

use crate::source::Source;
use crate::{check_findings, hold, tree};

/// File, calls, and what for.
const EXPOSED: &[(&str, usize, &str)] = &[
    ("crates/app/src/ssh_keys.rs", 1, "reads a private key that a person brings"),
    ("crates/app/src/variables.rs", 1, "measures a new variable"),
    (
        "crates/app/src/work.rs",
        5,
        "gives a job its variables, its own token, and its masks, longest first",
    ),
    ("crates/cli/src/admin_token.rs", 1, "prints a token that the administrator made"),
    ("crates/server/src/oauth.rs", 1, "gives the token to the command that a person signed in"),
    ("crates/server/src/pages/created.rs", 1, "shows a new token on the one page that does"),
    (
        "crates/server/src/runner_api.rs",
        2,
        "gives masks and keys to the runner that holds the lease",
    ),
    ("crates/server/src/v1/user_token.rs", 1, "shows a new token in the one answer of the API"),
    ("crates/store/src/seal.rs", 1, "seals a variable or key"),
];

fn calls(sources: &[Source]) -> BTreeMap<&str, usize> {
    let mut counts = BTreeMap::new();
    for source in sources {
        let count = source
            .product()
            .filter(|(at, token)| {
                token.text == "expose" && *at > 0 && source.tokens[at - 1].text != "fn"
            })
            .count();
        if count > 0 {
            counts.insert(source.path.as_str(), count);
        }
    }
    counts
}

fn differences(sources: &[Source], table: &[(&str, usize, &str)]) -> Vec<String> {
    let mut found = calls(sources);
    let mut findings = Vec::new();
    for (path, listed, _) in table {
        let count = found.remove(path).unwrap_or(0);
        if count != *listed {
            findings.push(format!("{path}: {count} calls of expose(), {listed} listed here"));
        }
    }
    let unlisted = found.into_iter();
    findings.extend(unlisted.map(|(path, count)| {
        format!("{path}: {count} calls of expose(), none listed here; can it do without the text?")
    }));
    findings
}

#[test]
fn a_secret_is_exposed_only_where_it_is_shown_sealed_or_sent() {
    hold(&differences(&tree::sources(), EXPOSED));
}

#[test]
fn a_new_a_further_and_a_vanished_exposure_are_found() {
    let path = "crates/app/src/a.rs";
    let check = |text: &str, table: &[(&str, usize, &str)], expected: &[&str]| {
        check_findings(&differences(&[Source::parse(path, text)], table), expected);
    };
    let listed = &[(path, 1, "shows it once")];
    check("fn a(s: Secret) { b(s.expose()) }", listed, &[]);
    check("fn a(s: Secret) { b(s.expose()) }", &[], &["1 calls of expose(), none listed"]);
    check("fn a(s: Secret) { b(s.expose(), Secret::expose) }", listed, &["2 calls"]);
    check("fn a() {}", listed, &["0 calls"]);
    check("pub fn expose(&self) {}", &[], &[]);
    check("#[cfg(test)] mod t { fn a(s: Secret) { b(s.expose()) } }", &[], &[]);
}
