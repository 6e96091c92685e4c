//! Warnings about definitions that nothing uses. A name counts as used wherever it stands as a word
//! of its own, so that a workflow which does not run today still uses its jobs.

use std::collections::HashSet;
use std::rc::Rc;

use crate::code::Code;
use crate::compiler::{Definitions, Version};
use crate::node::{Entry, Map, Mark, Node, Value};
use crate::problem::{Problem, Problems, quote};

/// Warns about what in the config `map` is never used.
pub(crate) fn warn(map: &Map, definitions: &Definitions, problems: &mut Problems) {
    if definitions.version == Version::Two {
        return;
    }
    let words = Words::of(map);
    let own = definitions.libraries.own();
    for (word, section) in [("command", &own.commands), ("executor", &own.executors)] {
        for entry in section.entries() {
            if !words.has(&entry.key) {
                report(entry.mark, word, &entry.key, problems);
            }
            warn_parameters(entry, problems);
        }
    }
    for entry in own.jobs.entries() {
        if definitions.has_workflows && !words.has(&entry.key) {
            report(entry.mark, "job", &entry.key, problems);
        }
        warn_parameters(entry, problems);
    }
    let called: HashSet<&str> =
        words.0.iter().filter_map(|word| Some(word.split_once('/')?.0)).collect();
    let orbs = map.get("orbs").and_then(|node| node.as_map()).map(Map::entries);
    for entry in orbs.unwrap_or_default() {
        if !called.contains(&*entry.key) {
            report(entry.mark, "orb", &entry.key, problems);
        }
    }
    warn_unmentioned("pipeline.parameters.", map, &words, problems);
}

fn warn_parameters(definition: &Entry, problems: &mut Problems) {
    let Some(map) = definition.value.as_map() else { return };
    if map.get("parameters").is_none() {
        return;
    }
    let mut words = Words::default();
    let body = map.entries().iter().filter(|entry| &*entry.key != "parameters");
    body.for_each(|entry| words.collect(&entry.value, &mut HashSet::new()));
    warn_unmentioned("parameters.", map, &words, problems);
}

/// Warns about the parameters that no word mentions behind this prefix.
fn warn_unmentioned(prefix: &str, map: &Map, words: &Words, problems: &mut Problems) {
    let Some(parameters) = map.get("parameters").and_then(|node| node.as_map()) else { return };
    let mentioned: HashSet<&str> = words.0.iter().flat_map(|word| mentions(word, prefix)).collect();
    for entry in parameters.entries() {
        if !mentioned.contains(&*entry.key) {
            report(entry.mark, "parameter", &entry.key, problems);
        }
    }
}

/// The names that stand behind the prefix in a text, each whole.
fn mentions<'t>(text: &'t str, prefix: &'t str) -> impl Iterator<Item = &'t str> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    text.match_indices(prefix).map(move |(at, _)| {
        let behind = &text[at + prefix.len()..];
        &behind[..behind.find(|c| !is_name(c)).unwrap_or(behind.len())]
    })
}

fn report(mark: Mark, word: &str, name: &str, problems: &mut Problems) {
    let message = format!("the {word} {} is never used", quote(name));
    problems.add(Problem::warning(mark, message).code(Code::Unused).help("use it, or remove it"));
}

/// Every key and every text of a config, except where something is defined.
#[derive(Default)]
struct Words(HashSet<Rc<str>>);

impl Words {
    fn of(map: &Map) -> Self {
        const DEFINING: [&str; 4] = ["jobs", "commands", "executors", "orbs"];
        let mut words = Self::default();
        let mut seen = HashSet::new();
        for entry in map.entries() {
            match entry.value.as_map() {
                Some(section) if DEFINING.contains(&&*entry.key) => {
                    section.entries().iter().for_each(|one| words.collect(&one.value, &mut seen));
                }
                _ => words.collect(&entry.value, &mut seen),
            }
        }
        words
    }

    fn has(&self, name: &str) -> bool {
        self.0.contains(name)
    }

    /// Shared parts are walked once.
    fn collect(&mut self, node: &Rc<Node>, seen: &mut HashSet<*const Node>) {
        if !seen.insert(Rc::as_ptr(node)) {
            return;
        }
        match &node.value {
            Value::Scalar(scalar) => {
                self.0.insert(Rc::clone(&scalar.text));
            }
            Value::List(items) => items.iter().for_each(|item| self.collect(item, seen)),
            Value::Map(map) => {
                for entry in map.entries() {
                    self.0.insert(Rc::clone(&entry.key));
                    self.collect(&entry.value, seen);
                }
            }
        }
    }
}
