//! Environment variables of a job, a step or an image: a map, or the list forms that older configs
//! use. Values stay as written; nothing is interpolated, because the language does not.

use std::rc::Rc;

use crate::node::{Entry, Kind, Mark, Node, Style};
use crate::problem::{Problem, Problems, quote};
use crate::scalar;

/// Variables in the order they were given, each name once.
#[derive(Debug, Default)]
pub(crate) struct Environment {
    list: Vec<(String, String)>,
    index: std::collections::HashMap<String, usize>,
}

impl Environment {
    /// Reads an `environment` value on top of what is there: the same name is replaced.
    pub(crate) fn read(&mut self, node: &Rc<Node>, problems: &mut Problems) {
        if let Some(map) = node.as_map() {
            map.entries().iter().for_each(|entry| self.read_entry(entry, problems));
        } else if let Some(items) = node.as_list() {
            items.iter().for_each(|item| self.read_item(item, problems));
        } else if !node.is_null() {
            self.read_assignment(node, problems);
        }
    }

    /// The variables as a map that stands at `mark`.
    pub(crate) fn into_node(self, mark: Mark) -> Rc<Node> {
        let entries = self.list.into_iter().map(|(name, value)| Entry {
            key: name.into(),
            mark,
            value: Node::scalar(mark, value, Style::Text),
        });
        Node::map(mark, entries.collect())
    }

    /// The variables, in order.
    pub(crate) fn into_list(self) -> Vec<(String, String)> {
        self.list
    }

    fn read_item(&mut self, item: &Rc<Node>, problems: &mut Problems) {
        match item.as_map() {
            Some(map) => map.entries().iter().for_each(|entry| self.read_entry(entry, problems)),
            None => self.read_assignment(item, problems),
        }
    }

    fn read_entry(&mut self, entry: &Entry, problems: &mut Problems) {
        let what = format!("the variable {}", quote(&entry.key));
        let value = scalar::stringified(&entry.value, &what, problems);
        let plain = entry.value.as_scalar().filter(|scalar| scalar.style == Style::Plain);
        if plain.is_some_and(
            |scalar| matches!(scalar.kind(), Kind::Integer(n) if n.unsigned_abs() >= 1_000_000),
        ) {
            let message = format!("CircleCI writes the number of {what} with an exponent");
            problems.add(Problem::warning(entry.value.mark, message).help("put it in quotes"));
        }
        if named_well(&entry.key, entry.mark, problems)
            && let Some(value) = value
        {
            self.set(&entry.key, value);
        }
    }

    fn read_assignment(&mut self, node: &Node, problems: &mut Problems) {
        let Some(text) = scalar::text(node, "an environment variable", problems) else { return };
        let Some((name, value)) = text.split_once('=') else {
            let message = format!("{} is not a variable with a value", quote(&text));
            problems.add(Problem::error(node.mark, message).help("write `NAME=value`"));
            return;
        };
        if named_well(name, node.mark, problems) {
            self.set(name, value.to_owned());
        }
    }

    fn set(&mut self, name: &str, value: String) {
        if let Some(&at) = self.index.get(name) {
            self.list[at].1 = value;
        } else {
            self.index.insert(name.to_owned(), self.list.len());
            self.list.push((name.to_owned(), value));
        }
    }
}

/// Whether the text can name an environment variable.
pub(crate) fn is_variable_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

fn named_well(name: &str, mark: Mark, problems: &mut Problems) -> bool {
    if is_variable_name(name) {
        return true;
    }
    let message = format!("{} cannot name an environment variable", quote(name));
    problems.add(
        Problem::error(mark, message)
            .help("use letters, digits and `_`, and do not begin with a digit"),
    );
    false
}
