//! Lists of steps, expanded: commands and conditions become the built-in steps that they stand for,
//! each in its long form. What a built-in step says is read in `builtin`.

use std::rc::Rc;

use crate::builtin;
use crate::code::Code;
use crate::command;
use crate::compiler::Compiler;
use crate::expression;
use crate::keys::Keys;
use crate::library::Section;
use crate::logic;
use crate::node::{Entry, Mark, Node, Style};
use crate::problem::{Problem, quote};
use crate::scalar;
use crate::suggest;

/// Deepest nesting of commands and conditions.
const DEPTH: usize = 60;

/// Steps that stand for others.
const CONTROL: [&str; 3] = ["when", "unless", "steps"];

const CONDITION: Keys = Keys { of: "a conditional step", known: &["condition", "steps", "name"] };

/// Puts the built-in steps that a list of steps comes to onto the end of `steps`. What is wrong is
/// reported and left out.
pub(crate) fn expand_list(node: &Rc<Node>, steps: &mut Vec<Rc<Node>>, compiler: &mut Compiler<'_>) {
    let Some(items) = scalar::list(node, "`steps`", compiler.problems) else { return };
    if compiler.depth >= DEPTH {
        let message = format!("steps are nested more than {DEPTH} levels deep");
        let problem = Problem::error(node.mark, message).code(Code::Size);
        compiler.problems.add(problem);
        return;
    }
    compiler.depth += 1;
    for item in items {
        if compiler.spend(16, item.mark) {
            expand_item(item, steps, compiler);
        }
    }
    compiler.depth -= 1;
}

fn expand_item(item: &Rc<Node>, steps: &mut Vec<Rc<Node>>, compiler: &mut Compiler<'_>) {
    let Some(map) = item.as_map() else {
        let Some(name) = scalar::filled(item, "a step", compiler.problems) else { return };
        let nothing = Node::scalar(item.mark, "", Style::Plain);
        return expand_step(&name.into(), item.mark, &nothing, steps, compiler);
    };
    match map.entries() {
        [] => compiler.problems.add(Problem::error(item.mark, "this step is empty")),
        [entry] => expand_step(&entry.key, entry.mark, &entry.value, steps, compiler),
        [first, second, ..] => {
            let (first_key, second_key) = (quote(&first.key), quote(&second.key));
            let message =
                format!("a step has one key, but this one has {first_key} and {second_key}");
            let help = match first.value.is_null() {
                true => format!("indent {second_key} further, so that it stands below {first_key}"),
                false => "begin each step with a `-` of its own".to_owned(),
            };
            compiler.problems.add(Problem::error(second.mark, message).help(help));
        }
    }
}

/// One step by its name; commands of the library come before built-in steps.
fn expand_step(
    name: &Rc<str>,
    mark: Mark,
    value: &Rc<Node>,
    steps: &mut Vec<Rc<Node>>,
    compiler: &mut Compiler<'_>,
) {
    let libraries = &compiler.definitions.libraries;
    if let Some(entry) = libraries.at(mark).commands.entry(name) {
        return command::expand(name, entry, mark, value, steps, compiler);
    }
    match &**name {
        "when" | "unless" => expand_condition(name, mark, value, steps, compiler),
        "steps" => {
            if compiler.allows("`steps` as a step", mark) {
                expand_list(value, steps, compiler);
            }
        }
        name if builtin::NAMES.contains(&name) => {
            let step = long_form(name.into(), mark, value);
            if compiler.spend(step.weight() + 64, mark) {
                steps.push(step);
            }
        }
        orbs if orbs.contains('/') => {
            if let Some(entry) = compiler.find(Section::Commands, orbs, mark) {
                command::expand(orbs, entry, mark, value, steps, compiler);
            }
        }
        _ => {
            let problem = unknown(name, mark, compiler);
            compiler.problems.add(problem);
        }
    }
}

/// A built-in step with its settings in a map; a step that is only a name stays one.
fn long_form(name: Rc<str>, mark: Mark, value: &Rc<Node>) -> Rc<Node> {
    if value.is_null() {
        return Node::scalar(mark, name, Style::Text);
    }
    let value = match (&*name, value.as_scalar()) {
        ("run" | "deploy", Some(_)) => {
            let command =
                Entry { key: "command".into(), mark: value.mark, value: Rc::clone(value) };
            Node::map(value.mark, vec![command])
        }
        _ => Rc::clone(value),
    };
    Node::map(mark, vec![Entry { key: name, mark, value }])
}

fn unknown(name: &str, mark: Mark, compiler: &Compiler<'_>) -> Problem {
    let message = format!("Cannot find a definition for command named {name}");
    let problem = Problem::error(mark, message).code(Code::UnknownName);
    if compiler.problems.crowded() {
        return problem;
    }
    let known = builtin::NAMES.into_iter().chain(CONTROL);
    let commands = &compiler.definitions.libraries.at(mark).commands;
    let commands = commands.entries().iter().map(|entry| &*entry.key);
    let otherwise = || Some("a shell command is written `run: …`".to_owned());
    problem.help(suggest::advice(name, known.chain(commands), otherwise).unwrap_or_default())
}

fn expand_condition(
    name: &str,
    mark: Mark,
    value: &Rc<Node>,
    steps: &mut Vec<Rc<Node>>,
    compiler: &mut Compiler<'_>,
) {
    if !compiler.allows(&format!("the step `{name}`"), mark) {
        return;
    }
    let Some(map) = scalar::map(value, &format!("`{name}`"), compiler.problems) else { return };
    CONDITION.check(map, compiler.problems);
    let (condition, list) = (map.get("condition"), map.get("steps"));
    if condition.is_none() || list.is_none() {
        let message = format!("`{name}` needs a `condition` and `steps`");
        let problem = Problem::error(mark, message).code(Code::MissingKey);
        compiler.problems.add(problem);
    }
    // What stands below a condition that is wrong is looked at as well.
    let wanted = condition.is_none_or(|condition| {
        look_for_bare(condition, compiler);
        logic::holds(condition, compiler).is_none_or(|holds| holds == (name == "when"))
    });
    if let Some(list) = list.filter(|_| wanted) {
        expand_list(list, steps, compiler);
    }
}

fn look_for_bare(condition: &Node, compiler: &mut Compiler<'_>) {
    if let Some(text) = condition.as_scalar()
        && text.style == Style::Plain
        && expression::looks_like_one(&text.text)
    {
        let message = "a bare expression is only text here, and so always true";
        let problem = Problem::warning(condition.mark, message);
        compiler.problems.add(problem.help("put it between `<<` and `>>`"));
    }
}
