//! Job groups: a named part of a graph that a workflow calls like a job. Between a first and a last
//! call that do nothing stand the calls of the group.

use std::collections::HashSet;
use std::rc::Rc;

use crate::code::Code;
use crate::compiled::{Kind, Outcome};
use crate::compiler::Compiler;
use crate::invocation::{self, Callee, Calls, Invoked};
use crate::keys::Keys;
use crate::node::{Entry, Map, Node};
use crate::problem::{Problem, quote};
use crate::requirement::Requirement;
use crate::scalar;
use crate::workflow;

const GROUP: Keys = Keys { of: "a job group", known: &["jobs", "description"] };
const CALL: Keys =
    Keys { of: "the call of a job group", known: &["name", "requires", "filters", "serial-group"] };

/// Puts the calls of the group `definition`, called by `entry`, onto the end of `calls`. `None` if
/// something is wrong, and reported.
pub(crate) fn expand(
    definition: &Entry,
    entry: &Entry,
    calls: &mut Vec<Invoked>,
    compiler: &mut Compiler<'_>,
) -> Option<()> {
    if !compiler.allows("`job-groups`", entry.mark) {
        return None;
    }
    compiler.called.insert(definition.mark);
    let help = "list the jobs in the workflow";
    compiler.problems.add(Problem::not_built(entry.mark, "calling a job group", help));
    let what = format!("the job group {}", quote(&definition.key));
    let map = scalar::map(&definition.value, &what, compiler.problems)?;
    GROUP.check(map, compiler.problems);
    let list = map.given("jobs");
    if list.is_none() {
        let problem = Problem::error(definition.mark, format!("{what} needs `jobs`"));
        compiler.problems.add(problem.code(Code::MissingKey));
    }
    let items =
        list.and_then(|list| scalar::list(list, &format!("`jobs` of {what}"), compiler.problems));
    let mut inner = Calls::default();
    for item in items.unwrap_or_default() {
        if !compiler.spend(16, item.mark) {
            return None;
        }
        let name = item.as_map().and_then(|map| map.entries().first()).map(|entry| &entry.key);
        let name = name.or_else(|| item.as_scalar().map(|scalar| &scalar.text));
        if name.is_some_and(|name| compiler.definitions.groups.get(name).is_some()) {
            let message = format!("{what} holds a job group; groups cannot be nested");
            compiler.problems.add(Problem::error(item.mark, message));
            continue;
        }
        invocation::read(item, &mut inner, compiler);
    }
    let outer = read_outer(entry, compiler)?;
    let prefix = if outer.name == *entry.key { String::new() } else { format!("{}-", outer.name) };
    join(outer, inner.list, &prefix, calls);
    Some(())
}

/// Checks a group that nothing calls, perhaps because of what else is wrong.
pub(crate) fn check_with_guesses(definition: &Entry, compiler: &mut Compiler<'_>) {
    let mark = definition.mark.guess();
    let call = Entry { key: Rc::clone(&definition.key), mark, value: Node::guess(mark) };
    let mut calls = Vec::new();
    expand(definition, &call, &mut calls, compiler);
    for call in &calls {
        workflow::expand_job(call, compiler);
    }
}

fn read_outer(entry: &Entry, compiler: &mut Compiler<'_>) -> Option<Invoked> {
    let nothing = Map::default();
    let scope = compiler.scope(entry.mark);
    let value = compiler.render(&entry.value, &scope)?;
    let map = match value.is_null() {
        true => &nothing,
        false => scalar::map(&value, "the call of a job group", compiler.problems)?,
    };
    CALL.check(map, compiler.problems);
    invocation::call(&entry.key, entry.mark, map, compiler)
}

/// First comes `label-start`, which requires what the call requires; last `label-end`, which stands
/// for the group where others require it.
fn join(outer: Invoked, inner: Vec<Invoked>, prefix: &str, calls: &mut Vec<Invoked>) {
    let label = outer.name;
    let mark = outer.mark;
    let on = |name: String| Requirement { name, mark, outcomes: vec![Outcome::Success] };
    let start = format!("{label}-start");
    calls.push(Invoked {
        requires: outer.requires,
        filters: outer.filters,
        written_filters: outer.written_filters,
        ..Invoked::plain(Callee::Nothing(Kind::NoOp), start.clone(), mark)
    });
    let required: HashSet<String> =
        inner.iter().flat_map(|call| &call.requires).map(|one| one.name.clone()).collect();
    let mut last: Vec<Requirement> = Vec::new();
    for mut call in inner {
        let alias = call.alias.as_ref().map(|alias| alias.to_string());
        if !required.contains(&call.name) && alias.is_none_or(|alias| !required.contains(&alias)) {
            last.push(on(format!("{prefix}{}", call.name)));
        }
        call.name = format!("{prefix}{}", call.name);
        call.alias = call.alias.map(|alias| Rc::from(format!("{prefix}{alias}")));
        call.serial_group = call.serial_group.or_else(|| outer.serial_group.clone());
        call.requires.iter_mut().for_each(|one| one.name = format!("{prefix}{}", one.name));
        if call.requires.is_empty() {
            call.requires.push(on(start.clone()));
        }
        calls.push(call);
    }
    if last.is_empty() {
        last.push(on(start));
    }
    calls.push(Invoked {
        alias: Some(label.as_str().into()),
        requires: last,
        ..Invoked::plain(Callee::Nothing(Kind::NoOp), format!("{label}-end"), mark)
    });
}
