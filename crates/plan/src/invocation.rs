//! One item of a workflow's `jobs`: which job is called, under which name, after which others, and
//! with which arguments. A matrix becomes several calls. How calls fit together is `workflow`'s.

use std::collections::HashSet;
use std::rc::Rc;

use crate::compiler::Compiler;
use crate::filter::Filters;
use crate::job::Around;
use crate::matrix::{self, Combination};
use crate::node::{Entry, Map, Mark, Node, Value};
use crate::problem::{Problem, quote};
use crate::scalar;

/// Longest name of a call, in characters.
const NAME: usize = 250;

/// Keys of a call that this version does not have, with the way out.
const NOT_BUILT: [(&str, &str); 4] = [
    ("context", "set the variables in the project's settings"),
    ("type", ""),
    ("serial-group", ""),
    ("override-with", ""),
];
/// Keys of a call that are not arguments of the job.
const OWN: [&str; 6] = ["requires", "name", "filters", "matrix", "pre-steps", "post-steps"];

/// A call of a job, read but not yet joined to the others.
pub(crate) struct Invoked {
    pub(crate) job: Rc<str>,
    /// As given, or made from the job's name; perhaps not unique.
    pub(crate) name: String,
    /// The name of the matrix that this belongs to.
    pub(crate) alias: Option<Rc<str>>,
    pub(crate) mark: Mark,
    pub(crate) requires: Vec<(String, Mark)>,
    pub(crate) filters: Filters,
    pub(crate) arguments: Vec<Entry>,
    pub(crate) around: Around,
}

/// The calls of one workflow.
#[derive(Default)]
pub(crate) struct Calls {
    pub(crate) list: Vec<Invoked>,
    /// Names of calls that were wrong, and reported: whoever requires them is not wrong as well.
    pub(crate) refused: HashSet<Rc<str>>,
}

/// Reads one item of `jobs` onto the end of `calls`. What is wrong is reported and left out.
pub(crate) fn read(item: &Rc<Node>, calls: &mut Calls, compiler: &mut Compiler<'_>) {
    let Some(map) = item.as_map() else {
        let Some(name) = scalar::filled(item, "a job of a workflow", compiler.problems) else {
            return;
        };
        calls.list.extend(call(&name.into(), item.mark, &Map::default(), compiler));
        return;
    };
    match map.entries() {
        [] => compiler.problems.add(Problem::error(item.mark, "this item names no job")),
        [entry] => read_entry(entry, calls, compiler),
        [first, second, ..] => {
            let (first, second_key) = (quote(&first.key), quote(&second.key));
            let message =
                format!("an item names one job, but this one has {first} and {second_key}");
            let help = format!("indent {second_key} further, so that it stands below {first}");
            compiler.problems.add(Problem::error(second.mark, message).help(help));
        }
    }
}

fn read_entry(entry: &Entry, calls: &mut Calls, compiler: &mut Compiler<'_>) {
    let before = calls.list.len();
    if read_call(entry, &mut calls.list, compiler).is_none() || calls.list.len() == before {
        let given = entry.value.as_map().and_then(|map| map.get("name")?.as_scalar());
        calls.refused.insert(Rc::clone(&entry.key));
        calls.refused.extend(given.map(|name| Rc::clone(&name.text)));
    }
}

/// `None` if something was wrong, and reported.
fn read_call(entry: &Entry, calls: &mut Vec<Invoked>, compiler: &mut Compiler<'_>) -> Option<()> {
    let Entry { key, mark, value } = entry;
    if value.is_null() {
        calls.push(call(key, *mark, &Map::default(), compiler)?);
        return Some(());
    }
    let what = format!("the call of {}", quote(key));
    let map = scalar::map(value, &what, compiler.problems)?;
    if let Some(of_type) = map.entry("type") {
        refuse_type(of_type, compiler);
        return None;
    }
    if let Some(matrix) = map.entry("matrix") {
        return read_matrix(entry, map, matrix, calls, compiler);
    }
    let scope = compiler.definitions.pipeline.clone();
    let rendered = compiler.render(value, &scope)?;
    calls.push(call(key, *mark, rendered.as_map()?, compiler)?);
    Some(())
}

fn refuse_type(entry: &Entry, compiler: &mut Compiler<'_>) {
    let Some(name) = scalar::text(&entry.value, "`type`", compiler.problems) else { return };
    let what = format!("a job of type {}", quote(&name));
    let help = "remove this job, and those that require it can run without it";
    compiler.problems.add(Problem::not_built(entry.mark, &what, help));
}

/// Each combination is rendered into the rest of the call, and its values become arguments.
fn read_matrix(
    entry: &Entry,
    map: &Map,
    matrix: &Entry,
    calls: &mut Vec<Invoked>,
    compiler: &mut Compiler<'_>,
) -> Option<()> {
    if !compiler.allows("`matrix`", matrix.mark) {
        return None;
    }
    let scope = compiler.definitions.pipeline.clone();
    let node = compiler.render(&matrix.value, &scope)?;
    let read = matrix::read(&node, compiler)?;
    let alias: Rc<str> = read.alias.map_or_else(|| Rc::clone(&entry.key), Rc::from);
    let mut rest = Map::default();
    map.entries().iter().filter(|entry| &*entry.key != "matrix").for_each(|entry| {
        rest.put_absent(entry);
    });
    let rest = Rc::new(Node::new(entry.value.mark, Value::Map(rest)));
    for combination in read.combinations {
        let values = combination.iter().map(|(name, value)| (Rc::clone(name), Rc::clone(value)));
        let scope = compiler.definitions.pipeline.with("matrix", values.collect());
        let rendered = compiler.render(&rest, &scope)?;
        let map = rendered.as_map()?;
        let mut call = call(&entry.key, entry.mark, map, compiler)?;
        if map.given("name").is_none() {
            call.name.push_str(&matrix::suffix(&combination));
        }
        call.alias = Some(Rc::clone(&alias));
        add_arguments(&mut call.arguments, combination, compiler);
        calls.push(call);
    }
    Some(())
}

fn add_arguments(
    arguments: &mut Vec<Entry>,
    combination: Combination,
    compiler: &mut Compiler<'_>,
) {
    for (key, value) in combination {
        if let Some(given) = arguments.iter().find(|argument| argument.key == key) {
            let message = format!("{} is given here and in the matrix", quote(&key));
            compiler.problems.add(Problem::error(given.mark, message));
        } else {
            arguments.push(Entry { key, mark: value.mark, value });
        }
    }
}

fn call(job: &Rc<str>, mark: Mark, map: &Map, compiler: &mut Compiler<'_>) -> Option<Invoked> {
    let size: usize = map.entries().len() * 16 + 64;
    if !compiler.spend(size, mark) {
        return None;
    }
    for (key, way_out) in NOT_BUILT {
        if let Some(entry) = map.entry(key) {
            compiler.problems.add(Problem::not_built(entry.mark, &format!("`{key}`"), way_out));
        }
    }
    let name = match map.given("name") {
        Some(node) => read_name(node, compiler)?,
        None => job.to_string(),
    };
    let requires =
        map.given("requires").map(|node| read_requires(node, compiler)).unwrap_or_default();
    let filters = map.get("filters").map(|node| Filters::read(node, compiler)).unwrap_or_default();
    let around = Around {
        before: steps("pre-steps", map, compiler),
        after: steps("post-steps", map, compiler),
    };
    let is_argument = |entry: &&Entry| {
        !OWN.contains(&&*entry.key) && !NOT_BUILT.iter().any(|(key, _)| **key == *entry.key)
    };
    let arguments = map.entries().iter().filter(is_argument).cloned().collect();
    let job = Rc::clone(job);
    Some(Invoked { job, name, alias: None, mark, requires, filters, arguments, around })
}

fn steps(key: &str, map: &Map, compiler: &mut Compiler<'_>) -> Option<Rc<Node>> {
    let entry = map.entry(key).filter(|entry| !entry.value.is_null())?;
    compiler.allows(&format!("`{key}`"), entry.mark).then(|| Rc::clone(&entry.value))
}

fn read_name(node: &Node, compiler: &mut Compiler<'_>) -> Option<String> {
    let name = scalar::filled(node, "`name`", compiler.problems)?;
    let wrong = if name.chars().any(char::is_control) {
        "must be one line"
    } else if name.chars().nth(NAME).is_some() {
        "is longer than 250 characters"
    } else {
        return Some(name);
    };
    let message = format!("the name {} {wrong}", quote(&name));
    compiler.problems.add(Problem::error(node.mark, message));
    None
}

fn read_requires(node: &Rc<Node>, compiler: &mut Compiler<'_>) -> Vec<(String, Mark)> {
    scalar::one_or_more(node).iter().filter_map(|item| read_required(item, compiler)).collect()
}

/// A name, or a map of a name to the outcomes that count; only success is built.
fn read_required(item: &Rc<Node>, compiler: &mut Compiler<'_>) -> Option<(String, Mark)> {
    let Some(map) = item.as_map() else {
        let name = scalar::filled(item, "a name in `requires`", compiler.problems)?;
        return Some((name, item.mark));
    };
    let [entry] = map.entries() else {
        let message = "an item of `requires` is one name";
        compiler.problems.add(Problem::error(item.mark, message));
        return None;
    };
    let outcomes = scalar::one_or_more(&entry.value);
    let only_success = !outcomes.is_empty()
        && outcomes
            .iter()
            .all(|outcome| outcome.as_scalar().is_some_and(|scalar| &*scalar.text == "success"));
    if !only_success {
        let what = "requiring an outcome other than success";
        compiler.problems.add(Problem::not_built(entry.value.mark, what, ""));
        return None;
    }
    Some((entry.key.to_string(), entry.mark))
}
