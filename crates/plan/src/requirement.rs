//! `requires` of a call: the names of other calls, each with the outcomes that let this one begin.
//! What the names stand for is `workflow`'s matter.

use std::rc::Rc;

use crate::compiled::Outcome;
use crate::compiler::Compiler;
use crate::node::{Mark, Node};
use crate::problem::{Problem, quote};
use crate::scalar;
use crate::suggest;

/// One name in `requires`.
#[derive(Clone)]
pub(crate) struct Requirement {
    pub(crate) name: String,
    pub(crate) mark: Mark,
    /// How that call may end, in the order of [`Outcome::ALL`]; success alone is the default.
    pub(crate) outcomes: Vec<Outcome>,
}

/// Reads a name or a list of names. What is wrong is reported and left out.
pub(crate) fn read(node: &Rc<Node>, compiler: &mut Compiler<'_>) -> Vec<Requirement> {
    scalar::one_or_more(node).iter().filter_map(|item| read_one(item, compiler)).collect()
}

/// A name, or a map of a name to one outcome or several.
fn read_one(item: &Rc<Node>, compiler: &mut Compiler<'_>) -> Option<Requirement> {
    let Some(map) = item.as_map() else {
        let name = scalar::filled(item, "a name in `requires`", compiler.problems)?;
        return Some(Requirement { name, mark: item.mark, outcomes: vec![Outcome::Success] });
    };
    let [entry] = map.entries() else {
        let message = "an item of `requires` is one name";
        compiler.problems.add(Problem::error(item.mark, message));
        return None;
    };
    let read = scalar::one_or_more(&entry.value).iter().map(|node| read_outcome(node, compiler));
    // The name is looked up also if an outcome is wrong.
    let outcomes = scalar::all(read).unwrap_or_else(|| vec![vec![Outcome::Success]]);
    let mut outcomes = outcomes.concat();
    outcomes.sort_unstable();
    outcomes.dedup();
    if outcomes.is_empty() {
        let message = format!("{} in `requires` needs an outcome", quote(&entry.key));
        compiler.problems.add(Problem::error(entry.mark, message));
        return None;
    }
    if outcomes != [Outcome::Success] {
        let what = "requiring an outcome other than success";
        compiler.problems.add(Problem::not_built(entry.value.mark, what, ""));
    }
    Some(Requirement { name: entry.key.to_string(), mark: entry.mark, outcomes })
}

fn read_outcome(node: &Node, compiler: &mut Compiler<'_>) -> Option<Vec<Outcome>> {
    let word = scalar::filled(node, "an outcome in `requires`", compiler.problems)?;
    if word == "terminal" {
        return Some(Outcome::ALL.to_vec());
    }
    let found = Outcome::ALL.into_iter().find(|outcome| outcome.name() == word);
    if found.is_none() {
        let names = Outcome::ALL.map(Outcome::name).into_iter().chain(["terminal"]);
        let listing = names.clone().collect::<Vec<_>>().join(", ");
        let otherwise = || Some(format!("the outcomes are {listing}"));
        let help = suggest::advice(&word, names, otherwise).unwrap_or_default();
        let message = format!("there is no outcome {}", quote(&word));
        compiler.problems.add(Problem::error(node.mark, message).help(help));
    }
    found.map(|outcome| vec![outcome])
}
