//! Reading one value as what a field wants: text, boolean, whole number, list, map. Each function
//! reports what it expected and what it found, and then gives nothing. No field's own rules here.

use std::rc::Rc;

use crate::node::{Kind, Map, Node, Style};
use crate::problem::{Problem, Problems, quote};

/// Text as the config means it. Unquoted numbers, booleans and empty values are refused, because
/// what they become as text is a guess (`1.10` or `1.1`?).
pub(crate) fn text(node: &Node, what: &str, problems: &mut Problems) -> Option<String> {
    match node.as_scalar() {
        Some(scalar) if scalar.kind() == Kind::Text || scalar.style == Style::Rendered => {
            clean(&scalar.text, node, what, problems)
        }
        Some(scalar) if scalar.kind() != Kind::Null => {
            let help = format!("put it in quotes: \"{}\"", scalar.text);
            problems.add(expected(what, "text", node).help(help));
            None
        }
        _ => refuse(what, "text", node, problems),
    }
}

/// Text that says something: not empty, and not only blanks.
pub(crate) fn filled(node: &Node, what: &str, problems: &mut Problems) -> Option<String> {
    let text = text(node, what, problems)?;
    if !text.trim().is_empty() {
        return Some(text);
    }
    problems.add(Problem::error(node.mark, format!("{what} must not be blank")));
    None
}

/// Any scalar as text: numbers as written, booleans as `true` or `false`, an empty value as "".
pub(crate) fn stringified(node: &Node, what: &str, problems: &mut Problems) -> Option<String> {
    let Some(scalar) = node.as_scalar() else {
        return refuse(what, "text, a number or a boolean", node, problems);
    };
    match scalar.kind() {
        Kind::Null => Some(String::new()),
        Kind::Boolean(value) => Some(value.to_string()),
        Kind::Integer(_) | Kind::Number | Kind::Text => clean(&scalar.text, node, what, problems),
    }
}

/// `true` or `false`, also in YAML 1.1's spellings (`yes`, `no`, `on`, `off`).
pub(crate) fn boolean(node: &Node, what: &str, problems: &mut Problems) -> Option<bool> {
    as_boolean(node).or_else(|| refuse(what, "`true` or `false`", node, problems))
}

/// The boolean that a plain scalar spells, in YAML 1.1's spellings.
pub(crate) fn as_boolean(node: &Node) -> Option<bool> {
    let scalar = node.as_scalar().filter(|scalar| scalar.style != Style::Text)?;
    match &*scalar.text {
        "true" | "True" | "TRUE" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => Some(true),
        "false" | "False" | "FALSE" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => Some(false),
        _ => None,
    }
}

/// A whole number.
pub(crate) fn integer(node: &Node, what: &str, problems: &mut Problems) -> Option<i64> {
    match node.as_scalar().map(|scalar| scalar.kind()) {
        Some(Kind::Integer(value)) => Some(value),
        _ => refuse(what, "a whole number", node, problems),
    }
}

/// A map.
pub(crate) fn map<'n>(node: &'n Node, what: &str, problems: &mut Problems) -> Option<&'n Map> {
    node.as_map().or_else(|| refuse(what, "a map", node, problems))
}

/// A list.
pub(crate) fn list<'n>(
    node: &'n Node,
    what: &str,
    problems: &mut Problems,
) -> Option<&'n [Rc<Node>]> {
    node.as_list().or_else(|| refuse(what, "a list", node, problems))
}

/// All that were found, if none is missing; each is looked for, so that what is wrong with any is
/// reported.
pub(crate) fn all<T>(found: impl Iterator<Item = Option<T>>) -> Option<Vec<T>> {
    let found: Vec<Option<T>> = found.collect();
    found.into_iter().collect()
}

/// A list of values, or one value that stands for a list of one.
pub(crate) fn one_or_more(node: &Rc<Node>) -> &[Rc<Node>] {
    node.as_list().unwrap_or(std::slice::from_ref(node))
}

/// The error for a value of the wrong type.
pub(crate) fn expected(what: &str, wanted: &str, found: &Node) -> Problem {
    let found_words = found.describe();
    Problem::error(found.mark, format!("{what} must be {wanted}, but is {found_words}"))
}

fn refuse<T>(what: &str, wanted: &str, found: &Node, problems: &mut Problems) -> Option<T> {
    problems.add(expected(what, wanted, found));
    None
}

fn clean(text: &str, node: &Node, what: &str, problems: &mut Problems) -> Option<String> {
    if !text.contains('\0') {
        return Some(text.to_owned());
    }
    let message = format!("{what} must not contain a NUL character, but is {}", quote(text));
    problems.add(Problem::error(node.mark, message));
    None
}
