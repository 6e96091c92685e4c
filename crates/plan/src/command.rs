//! Reusable commands: a step that names one stands for the command's own steps, with its arguments
//! filled in. A command may call others, but not itself.

use std::rc::Rc;

use crate::compiled::Step;
use crate::compiler::Compiler;
use crate::definition::{self, Call};
use crate::keys::{Keys, Support::Built};
use crate::node::{Entry, Mark, Node};
use crate::problem::{Problem, quote};
use crate::scalar;
use crate::step;

const COMMAND: Keys = Keys {
    of: "a command",
    known: &[("steps", Built), ("parameters", Built), ("description", Built)],
};

/// Reports what is wrong with a command whatever it is called with, also when nothing calls it.
pub(crate) fn check(entry: &Entry, compiler: &mut Compiler<'_>) {
    let what = format!("the command {}", quote(&entry.key));
    let Some(map) = scalar::map(&entry.value, &what, compiler.problems) else { return };
    COMMAND.check(map, compiler.problems);
    definition::declarations(map, compiler);
    if map.given("steps").is_none() {
        compiler.problems.add(Problem::error(entry.mark, format!("{what} needs `steps`")));
    }
}

/// Puts the steps of the command `entry`, called at `mark` with the arguments `value`, onto the
/// end of `steps`.
pub(crate) fn expand(
    entry: &Entry,
    mark: Mark,
    value: &Rc<Node>,
    steps: &mut Vec<Step>,
    compiler: &mut Compiler<'_>,
) {
    let what = format!("the command {}", quote(&entry.key));
    if compiler.calls.contains(&entry.key) {
        let message = format!("{what} calls itself");
        return compiler.problems.add(Problem::error(mark, message));
    }
    let Some(arguments) = read_arguments(value, &what, compiler) else { return };
    let Some(map) = scalar::map(&entry.value, &what, compiler.problems) else { return };
    let call = Call { arguments, mark };
    let Some(body) = definition::instantiate(map, &what, call, compiler) else { return };
    // A command without steps is reported where it is defined.
    let Some(list) = body.as_map().and_then(|body| body.given("steps")) else { return };
    compiler.calls.push(Rc::clone(&entry.key));
    step::read_list(list, steps, compiler);
    compiler.calls.pop();
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
