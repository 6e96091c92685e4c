//! Conditions of steps and workflows: `and`, `or`, `not`, `equal`, `matches`, and the truth of a
//! plain value. Templates are filled in before; the newer language is `expression`.

use std::rc::Rc;

use crate::code::Code;
use crate::compiler::Compiler;
use crate::expression::{self, Value};
use crate::keys::Keys;
use crate::node::{Entry, Map, Node};
use crate::problem::{Problem, quote};
use crate::scalar;
use crate::suggest;

const STATEMENTS: [&str; 5] = ["and", "or", "not", "equal", "matches"];
const MATCHES: Keys = Keys { of: "`matches`", known: &["pattern", "value"] };

/// Whether the condition holds. `None` if it is not a condition, or a guess decides; the problems
/// then say why.
pub(crate) fn holds(node: &Rc<Node>, compiler: &mut Compiler<'_>) -> Option<bool> {
    if node.mark.guessed {
        return None;
    }
    if node.as_scalar().is_some() {
        return Some(expression::truth(node));
    }
    let map = node.as_map();
    match map.map(Map::entries) {
        Some([statement]) => evaluate(statement, compiler),
        Some([]) => Some(false),
        _ => {
            let problem = scalar::expected("a condition", "a value or one logic statement", node);
            let names = STATEMENTS.join(", ");
            compiler.problems.add(problem.help(format!("the statements are {names}")));
            None
        }
    }
}

fn evaluate(statement: &Entry, compiler: &mut Compiler<'_>) -> Option<bool> {
    let value = &statement.value;
    match &*statement.key {
        "not" => holds(value, compiler).map(|holds| !holds),
        "and" => each(statement, compiler).map(|all| all.iter().all(|&holds| holds)),
        "or" => each(statement, compiler).map(|all| all.iter().any(|&holds| holds)),
        "equal" => equal(operands(statement, compiler)?, compiler),
        "matches" => matches(value, compiler),
        other => {
            let names = || Some(format!("the statements are {}", STATEMENTS.join(", ")));
            let help = suggest::advice(other, STATEMENTS, names).unwrap_or_default();
            let message = format!("there is no logic statement {}", quote(other));
            compiler.problems.add(Problem::error(statement.mark, message).help(help));
            None
        }
    }
}

fn operands<'n>(statement: &'n Entry, compiler: &mut Compiler<'_>) -> Option<&'n [Rc<Node>]> {
    let what = quote(&statement.key);
    let items = scalar::list(&statement.value, &what, compiler.problems)?;
    if items.is_empty() {
        let problem = Problem::error(statement.mark, format!("{what} needs at least one value"));
        compiler.problems.add(problem);
        return None;
    }
    Some(items)
}

/// The truth of each operand; all are looked at, so that all problems are found.
fn each(statement: &Entry, compiler: &mut Compiler<'_>) -> Option<Vec<bool>> {
    let operands = operands(statement, compiler)?;
    scalar::all(operands.iter().map(|node| holds(node, compiler)))
}

fn equal(operands: &[Rc<Node>], compiler: &mut Compiler<'_>) -> Option<bool> {
    let values = scalar::all(operands.iter().map(|node| {
        if node.as_scalar().is_none() {
            let what = "a value of `equal`";
            compiler.problems.add(scalar::expected(what, "text, a number or a boolean", node));
            return None;
        }
        (!node.mark.guessed).then(|| Value::of(node))
    }))?;
    Some(values.windows(2).all(|pair| pair[0] == pair[1]))
}

fn matches(node: &Rc<Node>, compiler: &mut Compiler<'_>) -> Option<bool> {
    let map = scalar::map(node, "`matches`", compiler.problems)?;
    MATCHES.check(map, compiler.problems);
    let (pattern, value) = (map.get("pattern"), map.get("value"));
    if pattern.is_none() || value.is_none() {
        let problem = Problem::error(node.mark, "`matches` needs a `pattern` and a `value`");
        compiler.problems.add(problem);
    }
    let wanted = pattern.and_then(|node| scalar::text(node, "`pattern`", compiler.problems));
    let text = value.and_then(|node| scalar::stringified(node, "`value`", compiler.problems));
    let (pattern, value, wanted, text) = (pattern?, value?, wanted?, text?);
    if pattern.mark.guessed || value.mark.guessed {
        return None;
    }
    let refuse = |reason| {
        let message = format!("the pattern {} {reason}", quote(&wanted));
        compiler.problems.add(Problem::error(pattern.mark, message).code(Code::Pattern));
    };
    compiler.patterns.search(&wanted, &text).map_err(refuse).ok()
}
