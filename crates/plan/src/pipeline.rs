//! The pipeline's values: those that a trigger gives, and the pipeline parameters with their
//! defaults. A value that the language has and this trigger does not fill is an error where it is
//! used, never an empty guess.

use std::rc::Rc;

use crate::code::Code;
use crate::node::{Mark, Node, Style};
use crate::parameter::{Allowed, Declarations};
use crate::problem::{Problem, Problems, quote};
use crate::suggest;
use crate::template::{Scope, Values};
use crate::trigger::{Reference, Trigger};

pub(crate) const PARAMETERS: &str = "pipeline.parameters.";

/// Values that are not text.
const TYPED: [&str; 5] = [
    "pipeline.number",
    "pipeline.git.branch.is_default",
    "pipeline.event.github.pull_request.number",
    "pipeline.event.github.pull_request.draft",
    "pipeline.event.github.pull_request.merged",
];

/// What the language's own value names begin with.
const GROUPS: [&str; 13] = [
    "pipeline.id",
    "pipeline.number",
    "pipeline.name",
    "pipeline.definition.id",
    "pipeline.project.",
    "pipeline.integration_source",
    "pipeline.git.",
    "pipeline.trigger",
    "pipeline.schedule.",
    "pipeline.event.",
    "pipeline.config.",
    "pipeline.deploy.",
    "pipeline.gitlab.",
];

/// All values in scope for this trigger. `parameters` is the config's top-level key of that name.
pub(crate) fn scope(
    trigger: &Trigger,
    parameters: Option<&Rc<Node>>,
    problems: &mut Problems,
) -> Scope {
    let mut values = given(trigger);
    let read = |node| Declarations::read(node, Allowed::InPipelines, problems);
    let Some(declared) = parameters.map_or_else(|| Some(Declarations::default()), read) else {
        return Scope::of_pipeline(values).guessing(PARAMETERS);
    };
    let passed: Vec<(&str, &str)> = trigger
        .values
        .iter()
        .filter_map(|(name, value)| Some((name.strip_prefix(PARAMETERS)?, value.as_str())))
        .collect();
    let mark = parameters.map_or(Mark::START, |node| node.mark);
    for (name, value) in declared.bind_texts(&passed, mark, problems) {
        values.insert(format!("{PARAMETERS}{name}").into(), value);
    }
    Scope::of_pipeline(values)
}

fn given(trigger: &Trigger) -> Values {
    let (branch, tag) = match &trigger.reference {
        Reference::Branch(name) => (name.as_str(), ""),
        Reference::Tag(name) => ("", name.as_str()),
    };
    let git = [("pipeline.git.branch", branch), ("pipeline.git.tag", tag)];
    let given = trigger.values.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    git.into_iter()
        .chain(given)
        .filter(|(name, _)| !name.starts_with(PARAMETERS))
        .map(|(name, value)| {
            let style = if TYPED.contains(&name) { Style::Rendered } else { Style::Text };
            (Rc::from(name), Node::scalar(Mark::START, value, style))
        })
        .collect()
}

/// The problem of a `pipeline.` name that has no value. `known` are the names that have one, and in
/// an orb those of parameters are none of them.
pub(crate) fn missing<'n>(
    name: &str,
    known: impl Iterator<Item = &'n str>,
    in_orb: bool,
    mark: Mark,
) -> Problem {
    if !name.starts_with(PARAMETERS) && GROUPS.iter().any(|group| name.starts_with(group)) {
        let message = format!("this trigger does not fill the value {}", quote(name));
        let problem = Problem::error(mark, message).code(Code::UnknownName);
        let help = "in an expression, ask first: `pipeline.event.name == \"pull_request\" and …`";
        let of_event = name.starts_with("pipeline.event.");
        return if of_event { problem.help(help) } else { problem };
    }
    let advice = suggest::advice(name, suggest::sorted(known), || {
        let help = match in_orb {
            true => {
                "an orb sees none of the pipeline's: declare one in the orb, and pass the value"
            }
            false => "declare it in the top-level `parameters`",
        };
        name.starts_with(PARAMETERS).then(|| help.to_owned())
    });
    let message = format!("Referred to a variable {name:?} that does not exist");
    let problem = Problem::error(mark, message).code(Code::UnknownName);
    match advice {
        Some(help) => problem.help(help),
        None => problem,
    }
}
