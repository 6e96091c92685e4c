//! Reusable commands: a step that names one stands for the command's own steps, with its arguments
//! filled in. A command may call others, but not itself.

use std::rc::Rc;

use crate::builtin;
use crate::code::Code;
use crate::compiler::Compiler;
use crate::definition::{self, Call};
use crate::keys::Keys;
use crate::node::{Entry, Mark, Node, Style};
use crate::problem::{Problem, quote};
use crate::scalar;
use crate::step;

const COMMAND: Keys =
    Keys { of: "a command", known: &["steps", "parameters", "description", "name"] };

/// Reports what is wrong with a command whatever it is called with, also when nothing calls it.
pub(crate) fn check(entry: &Entry, compiler: &mut Compiler<'_>) {
    let what = format!("the command {}", quote(&entry.key));
    let Some(map) = scalar::map(&entry.value, &what, compiler.problems) else { return };
    COMMAND.check(map, compiler.problems);
    definition::declarations(map, entry.mark, compiler);
    if map.given("steps").is_none() {
        let problem = Problem::error(entry.mark, format!("{what} needs `steps`"));
        compiler.problems.add(problem.code(Code::MissingKey));
    }
}

/// Checks a command that nothing calls, perhaps because of what else is wrong, as if called by
/// somebody who gives it all that it needs.
pub(crate) fn check_with_guesses(entry: &Entry, compiler: &mut Compiler<'_>) {
    let mark = entry.mark.guess();
    let nothing = Node::scalar(mark, "", Style::Plain);
    let mut steps = Vec::new();
    expand(&entry.key, entry, mark, &nothing, &mut steps, compiler);
    for step in steps {
        builtin::read(&step, compiler.problems);
    }
}

/// Puts the steps of the command `entry`, called as `name` at `mark` with the arguments `value`,
/// onto the end of `steps`.
pub(crate) fn expand(
    name: &str,
    entry: &Entry,
    mark: Mark,
    value: &Rc<Node>,
    steps: &mut Vec<Rc<Node>>,
    compiler: &mut Compiler<'_>,
) {
    let what = format!("the command {}", quote(name));
    let place = (entry.mark.home, Rc::clone(&entry.key));
    compiler.called.insert(entry.mark);
    // The same call inside itself; a command may well be called in steps that are passed to it.
    let site = (place, mark);
    if compiler.calls.contains(&site) {
        let problem = Problem::error(mark, format!("{what} calls itself"));
        compiler.recursive.insert(site.0);
        return compiler.problems.add(problem.code(Code::Recursion));
    }
    if compiler.recursive.contains(&site.0) {
        return;
    }
    let Some(map) = scalar::map(&entry.value, &what, compiler.problems) else { return };
    let call = match read_arguments(value, &what, compiler) {
        Some(arguments) => Call { arguments, mark },
        // They are unknown; what the command does is looked at as well.
        None => Call { arguments: &[], mark: mark.guess() },
    };
    let Some(body) = definition::instantiate(map, entry.mark, &what, call, compiler) else {
        return;
    };
    let Some(list) = body.as_map().and_then(|body| body.given("steps")) else {
        // For the config's own commands, this is reported where they are defined.
        if entry.mark.home != 0 {
            let message = format!("the command {} needs `steps`", quote(&entry.key));
            let problem = Problem::error(entry.mark, message);
            compiler.problems.add(problem.code(Code::MissingKey));
        }
        return;
    };
    let first = steps.len();
    compiler.calls.push(site);
    step::expand_list(list, steps, compiler);
    compiler.calls.pop();
    for step in &steps[first..] {
        compiler.origins.entry(step.mark).or_insert_with(|| name.into());
    }
}

fn read_arguments<'n>(
    value: &'n Node,
    what: &str,
    compiler: &mut Compiler<'_>,
) -> Option<&'n [Entry]> {
    if value.is_null() {
        return Some(&[]);
    }
    let what = format!("the arguments of {what}");
    scalar::map(value, &what, compiler.problems).map(|map| map.entries())
}
