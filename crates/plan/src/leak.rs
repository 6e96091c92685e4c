//! Warnings about secrets that stand in a config: text in the shape of well-known tokens, and literal
//! values of variables whose names speak of passwords. The value itself is never part of a message.

use std::collections::HashSet;
use std::rc::Rc;

use crate::code::Code;
use crate::node::{Entry, Mark, Node, Style, Value};
use crate::problem::{Problem, Problems, quote};

/// How tokens begin, how many characters follow at least, and whose they are.
const SHAPES: [(&str, usize, &str); 16] = [
    ("AKIA", 16, "AWS"),
    ("ASIA", 16, "AWS"),
    ("ghp_", 36, "GitHub"),
    ("gho_", 36, "GitHub"),
    ("ghs_", 36, "GitHub"),
    ("github_pat_", 30, "GitHub"),
    ("glpat-", 20, "GitLab"),
    ("xoxb-", 20, "Slack"),
    ("xoxp-", 20, "Slack"),
    ("npm_", 36, "npm"),
    ("pypi-AgEI", 40, "PyPI"),
    ("sk_live_", 20, "Stripe"),
    ("AIza", 35, "Google"),
    ("CCIPAT_", 30, "CircleCI"),
    ("rdpat_", 40, "Rondo"),
    ("rdprj_", 40, "Rondo"),
];

/// Parts of names that speak of secrets.
const NAMES: [&str; 6] = ["PASSWORD", "PASSWD", "SECRET", "TOKEN", "API_KEY", "PRIVATE_KEY"];
/// Ends of names that speak of something about a secret, not of the secret.
const HARMLESS: [&str; 8] = ["_FILE", "_PATH", "_NAME", "_ID", "_URL", "_TYPE", "_LENGTH", "_USER"];

const HELP: &str = "keep it in the project's variables, and make a new one: this one is known";

/// Warns about what looks like a secret.
pub(crate) fn look(root: &Rc<Node>, problems: &mut Problems) {
    look_at(root, &mut HashSet::new(), problems);
}

fn look_at(node: &Rc<Node>, seen: &mut HashSet<*const Node>, problems: &mut Problems) {
    if !seen.insert(Rc::as_ptr(node)) {
        return;
    }
    match &node.value {
        Value::Scalar(scalar) => {
            if let Some(owner) = owner_of(&scalar.text) {
                warn(
                    node.mark,
                    format!("this text holds what looks like a secret of {owner}"),
                    problems,
                );
            }
        }
        Value::List(items) => items.iter().for_each(|item| look_at(item, seen, problems)),
        Value::Map(map) => {
            for entry in map.entries() {
                if &*entry.key == "environment" || &*entry.key == "auth" {
                    look_at_variables(&entry.value, problems);
                }
                look_at(&entry.value, seen, problems);
            }
        }
    }
}

fn look_at_variables(node: &Node, problems: &mut Problems) {
    for entry in node.as_map().map(|map| map.entries()).unwrap_or_default() {
        let literal = literal_of(entry);
        if speaks_of_secrets(&entry.key) && literal.is_some() {
            let message =
                format!("{} holds a literal value, which looks like a secret", quote(&entry.key));
            warn(entry.value.mark, message, problems);
        }
    }
}

fn literal_of(entry: &Entry) -> Option<&str> {
    let scalar = entry.value.as_scalar()?;
    let text = &*scalar.text;
    let word = scalar.style == Style::Text || text.parse::<f64>().is_err();
    let plain = matches!(text, "" | "true" | "false" | "yes" | "no" | "~" | "null");
    let filled_in = text.contains('$') || text.contains("<<");
    (word && !plain && !filled_in).then_some(text)
}

fn speaks_of_secrets(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    NAMES.iter().any(|part| name.contains(part)) && !HARMLESS.iter().any(|end| name.ends_with(end))
}

fn owner_of(text: &str) -> Option<&'static str> {
    let inside = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-');
    let has = |(start, least, _): &&(&str, usize, &str)| {
        text.match_indices(start).any(|(at, _)| {
            let alone = at == 0 || !text.as_bytes()[at - 1].is_ascii_alphanumeric();
            let rest = text[at + start.len()..].bytes();
            alone && rest.take_while(|b| inside(*b)).take(*least).count() == *least
        })
    };
    if text.contains("-----BEGIN ") && text.contains("PRIVATE KEY-----") {
        return Some("its owner: a private key");
    }
    SHAPES.iter().find(has).map(|(_, _, owner)| *owner)
}

fn warn(mark: Mark, message: String, problems: &mut Problems) {
    problems.add(Problem::warning(mark, message).code(Code::Secret).help(HELP));
}
