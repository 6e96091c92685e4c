//! A job, command or executor with parameters, made concrete for one call: arguments bound, types
//! checked, templates filled in. What the result means is read by the caller.

use std::rc::Rc;

use crate::compiler::Compiler;
use crate::node::{Entry, Map, Mark, Node, Value};
use crate::parameter::{Allowed, Declarations};

/// A call of something that has parameters.
#[derive(Clone, Copy)]
pub(crate) struct Call<'a> {
    pub(crate) arguments: &'a [Entry],
    /// Where the call stands, for what is missing from it.
    pub(crate) mark: Mark,
}

/// The parameters that `definition`, whose key is at `at`, declares. `None` if they cannot be read,
/// which is reported.
pub(crate) fn declarations(
    definition: &Map,
    at: Mark,
    compiler: &mut Compiler<'_>,
) -> Option<Declarations> {
    let Some(entry) = definition.entry("parameters") else {
        return Some(Declarations::default());
    };
    if !compiler.allows("`parameters`", entry.mark) {
        return None;
    }
    let scope = compiler.scope(at);
    let node = compiler.render(&entry.value, &scope)?;
    Declarations::read(&node, Allowed::InDefinitions, compiler.problems)
}

/// The body of `definition` for this call, without its `parameters`, with guesses for what is wrong.
/// `what` names it in messages. `None` if it is too much work.
pub(crate) fn instantiate(
    definition: &Map,
    at: Mark,
    what: &str,
    call: Call<'_>,
    compiler: &mut Compiler<'_>,
) -> Option<Rc<Node>> {
    let scope = match declarations(definition, at, compiler) {
        Some(declarations) => {
            let bound = declarations.bind(call.arguments, what, call.mark, compiler.problems);
            compiler.scope(at).with("parameters", bound)
        }
        None => compiler.scope(at).guessing("parameters."),
    };
    let mut body = Map::default();
    for entry in definition.entries().iter().filter(|entry| &*entry.key != "parameters") {
        body.put(entry.clone());
    }
    compiler.render(&Rc::new(Node::new(at, Value::Map(body))), &scope)
}
