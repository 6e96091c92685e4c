//! One item of a workflow's `jobs`: which job is called, under which name, after which others, and
//! with which arguments. A matrix becomes several calls. How calls fit together is `workflow`'s.

use std::collections::HashSet;
use std::rc::Rc;

use crate::code::Code;
use crate::compiled::Kind;
use crate::compiler::Compiler;
use crate::filter::Filters;
use crate::group;
use crate::job::Around;
use crate::library::{Found, Section};
use crate::matrix::{self, Combination};
use crate::node::{Entry, Map, Mark, Node, Style, Value};
use crate::problem::{Problem, quote};
use crate::requirement::{self, Requirement};
use crate::scalar;

/// Longest name of a call, in characters.
const NAME: usize = 250;
/// Longest name of a serial group, in characters.
const GROUP: usize = 512;

/// Keys of a call that are not arguments of the job.
const OWN: [&str; 10] = [
    "requires",
    "name",
    "filters",
    "matrix",
    "pre-steps",
    "post-steps",
    "context",
    "type",
    "serial-group",
    "override-with",
];

/// What a call runs.
pub(crate) enum Callee {
    /// The job of this name, as it was written at the call.
    Job(Rc<str>),
    /// Nothing: it waits for a person, or joins others.
    Nothing(Kind),
}

/// A call of a job, read but not yet joined to the others.
pub(crate) struct Invoked {
    pub(crate) callee: Callee,
    /// As given, or made from the job's name; perhaps not unique.
    pub(crate) name: String,
    /// Whether the name is as meant; what was meant may be unknown, and reported.
    pub(crate) named: bool,
    /// The name of the matrix or group that this belongs to.
    pub(crate) alias: Option<Rc<str>>,
    pub(crate) mark: Mark,
    pub(crate) requires: Vec<Requirement>,
    pub(crate) filters: Filters,
    /// The filters as they were written.
    pub(crate) written_filters: Option<Rc<Node>>,
    pub(crate) contexts: Vec<String>,
    pub(crate) serial_group: Option<String>,
    pub(crate) arguments: Vec<Entry>,
    /// Whether there are no other arguments; those of a wrong matrix, which was reported, are unknown.
    pub(crate) complete: bool,
    pub(crate) around: Around,
}

impl Invoked {
    /// A call that has only a name.
    pub(crate) fn plain(callee: Callee, name: String, mark: Mark) -> Self {
        Self {
            callee,
            name,
            named: true,
            alias: None,
            mark,
            requires: Vec::new(),
            filters: Filters::default(),
            written_filters: None,
            contexts: Vec::new(),
            serial_group: None,
            arguments: Vec::new(),
            complete: true,
            around: Around::default(),
        }
    }
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
        let value = Node::scalar(item.mark, "", Style::Plain);
        let entry = Entry { key: name.into(), mark: item.mark, value };
        return read_entry(&entry, calls, compiler);
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
    if let Some(group) = compiler.definitions.groups.entry(key) {
        return group::expand(group, entry, calls, compiler);
    }
    if value.is_null() {
        calls.push(call(key, *mark, &Map::default(), compiler)?);
        return Some(());
    }
    let what = format!("the call of {}", quote(key));
    let map = scalar::map(value, &what, compiler.problems)?;
    if let Some(matrix) = map.entry("matrix") {
        return read_matrix(entry, map, matrix, calls, compiler);
    }
    let scope = compiler.scope(*mark);
    let rendered = compiler.render(value, &scope)?;
    calls.push(call(key, *mark, rendered.as_map()?, compiler)?);
    Some(())
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
    let scope = compiler.scope(matrix.mark);
    let node = compiler.render(&matrix.value, &scope)?;
    let mut rest = Map::default();
    map.entries().iter().filter(|entry| &*entry.key != "matrix").for_each(|entry| {
        rest.put_absent(entry);
    });
    let rest = Rc::new(Node::new(entry.value.mark, Value::Map(rest)));
    let Some(read) = matrix::read(&node, compiler) else {
        // The rest of the call is looked at as well.
        let rendered = compiler.render(&rest, &scope.guessing("matrix."))?;
        let call = call(&entry.key, entry.mark, rendered.as_map()?, compiler)?;
        calls.push(Invoked { complete: false, named: false, ..call });
        return Some(());
    };
    let alias: Rc<str> = read.alias.map_or_else(|| Rc::clone(&entry.key), Rc::from);
    for combination in read.combinations {
        let values = combination.iter().map(|(name, value)| (Rc::clone(name), Rc::clone(value)));
        let scope = compiler.scope(matrix.mark).with("matrix", values.collect());
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

pub(crate) fn call(
    job: &Rc<str>,
    mark: Mark,
    map: &Map,
    compiler: &mut Compiler<'_>,
) -> Option<Invoked> {
    let size: usize = map.entries().len() * 16 + 64;
    if !compiler.spend(size, mark) {
        return None;
    }
    let given = map.given("name");
    let given = given.map(|node| read_name(node, compiler).filter(|_| !node.mark.guessed));
    let named = given != Some(None);
    let name = given.flatten().unwrap_or_else(|| job.to_string());
    let requires = map.given("requires");
    let requires = requires.map(|node| requirement::read(node, compiler)).unwrap_or_default();
    let written = map.get("filters").filter(|node| !node.is_null());
    let filters = written.map(|node| Filters::read(node, compiler)).unwrap_or_default();
    let around = Around {
        before: steps("pre-steps", map, compiler),
        after: steps("post-steps", map, compiler),
    };
    let contexts = map.entry("context").map(|entry| read_contexts(entry, compiler));
    let serial_group = map.entry("serial-group").and_then(|entry| read_group(entry, compiler));
    let callee = read_callee(job, map, compiler)?;
    let arguments = map.entries().iter().filter(|entry| !OWN.contains(&&*entry.key));
    let arguments: Vec<Entry> = arguments.cloned().collect();
    if let (Callee::Nothing(_), Some(first)) = (&callee, arguments.first()) {
        let message = format!("Unexpected argument(s): {}", first.key);
        let problem = Problem::error(first.mark, message).code(Code::Argument);
        compiler
            .problems
            .add(problem.help("a call with `type: approval` has no job to pass it to"));
    }
    Some(Invoked {
        callee,
        requires,
        written_filters: written.map(|node| filters.written(node)),
        filters,
        contexts: contexts.unwrap_or_default(),
        serial_group,
        named,
        arguments,
        around,
        ..Invoked::plain(Callee::Nothing(Kind::NoOp), name, mark)
    })
}

/// The job that is called, or none for an approval.
fn read_callee(job: &Rc<str>, map: &Map, compiler: &mut Compiler<'_>) -> Option<Callee> {
    if let Some(node) = map.given("type") {
        let name = scalar::text(node, "`type`", compiler.problems)?;
        if name == "approval" {
            crate::job::refuse_kind(node.mark, &name, compiler);
            return Some(Callee::Nothing(Kind::Approval));
        }
        // A job may have a parameter of this name only by mistake: the name is reserved.
        let message = format!("`type` of a call can only be `approval`, but is {}", quote(&name));
        let help = "write other types in the job's definition";
        compiler.problems.add(Problem::error(node.mark, message).help(help));
        return None;
    }
    let Some(node) = map.given("override-with") else {
        return Some(Callee::Job(Rc::clone(job)));
    };
    let Some(name) = scalar::filled(node, "`override-with`", compiler.problems) else {
        return Some(Callee::Job(Rc::clone(job)));
    };
    let name: Rc<str> = name.into();
    let found = compiler.definitions.libraries.find(Section::Jobs, &name, node.mark);
    let overrides = name.contains('/') && matches!(found, Found::Definition(_));
    if !name.contains('/') {
        let message = "`override-with` names a job of an orb";
        compiler.problems.add(Problem::error(node.mark, message).help("write `orb/job`"));
    }
    Some(Callee::Job(if overrides { name } else { Rc::clone(job) }))
}

fn steps(key: &str, map: &Map, compiler: &mut Compiler<'_>) -> Option<Rc<Node>> {
    let entry = map.entry(key).filter(|entry| !entry.value.is_null())?;
    compiler.allows(&format!("`{key}`"), entry.mark).then(|| Rc::clone(&entry.value))
}

pub(crate) fn read_name(node: &Node, compiler: &mut Compiler<'_>) -> Option<String> {
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

/// One context or several; what is wrong is reported and left out.
fn read_contexts(entry: &Entry, compiler: &mut Compiler<'_>) -> Vec<String> {
    if entry.value.is_null() {
        return Vec::new();
    }
    let help = "set the variables in the project's settings";
    let mut contexts: Vec<String> = Vec::new();
    let items = scalar::one_or_more(&entry.value);
    if !items.is_empty() {
        compiler.problems.add(Problem::not_built(entry.mark, "`context`", help));
    }
    for item in items {
        let Some(name) = scalar::filled(item, "a name in `context`", compiler.problems) else {
            continue;
        };
        // The last one wins, so the last place counts.
        contexts.retain(|known| *known != name);
        contexts.push(name);
    }
    contexts
}

fn read_group(entry: &Entry, compiler: &mut Compiler<'_>) -> Option<String> {
    if entry.value.is_null() {
        return None;
    }
    compiler.problems.add(Problem::not_built(entry.mark, "`serial-group`", ""));
    let group = scalar::filled(&entry.value, "`serial-group`", compiler.problems)?;
    let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '/' | '-');
    if group.chars().count() > GROUP || !group.chars().all(good) {
        let message = format!("{} cannot name a serial group", quote(&group));
        let help = "use at most 512 letters, digits, `.`, `_`, `/` and `-`";
        compiler.problems.add(Problem::error(entry.value.mark, message).help(help));
        return None;
    }
    Some(group)
}
