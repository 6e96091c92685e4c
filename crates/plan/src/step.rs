//! The steps of a job: which step each list item is, with commands and conditions expanded in
//! place. `run` is read in `run`; what a step does is the runner's matter.

use std::rc::Rc;

use crate::command;
use crate::compiled::{AddSshKeys, Checkout, Step, StoreArtifacts, StoreTestResults, When};
use crate::compiler::Compiler;
use crate::keys::{Keys, Support::Built};
use crate::logic;
use crate::node::{Map, Mark, Node, Style};
use crate::problem::{Problem, Problems, quote};
use crate::run;
use crate::scalar;
use crate::suggest;

/// Deepest nesting of commands and conditions.
const DEPTH: usize = 60;

const NO_CACHE: &str = "remove the step; caches only make a job faster";
const NO_WORKSPACE: &str = "make the files again in the job that needs them";

/// The steps of the language that this version does not run, with the way out.
const NOT_BUILT: [(&str, &str); 7] = [
    ("save_cache", NO_CACHE),
    ("restore_cache", NO_CACHE),
    ("persist_to_workspace", NO_WORKSPACE),
    ("attach_workspace", NO_WORKSPACE),
    ("setup_remote_docker", "use `machine: true` on a machine with Docker"),
    ("setup_docker_engine", "use `machine: true` on a machine with Docker"),
    ("install_signing_bundle", ""),
];

const BUILT: [&str; 9] = [
    "run",
    "checkout",
    "store_artifacts",
    "store_test_results",
    "add_ssh_keys",
    "when",
    "unless",
    "steps",
    "deploy",
];

const CHECKOUT: Keys = Keys {
    of: "`checkout`",
    known: &[("name", Built), ("path", Built), ("method", Built), ("depth", Built)],
};
const STORE_ARTIFACTS: Keys = Keys {
    of: "`store_artifacts`",
    known: &[("name", Built), ("path", Built), ("destination", Built), ("when", Built)],
};
const STORE_TEST_RESULTS: Keys = Keys {
    of: "`store_test_results`",
    known: &[("name", Built), ("path", Built), ("when", Built)],
};
const ADD_SSH_KEYS: Keys =
    Keys { of: "`add_ssh_keys`", known: &[("name", Built), ("fingerprints", Built)] };
const CONDITION: Keys =
    Keys { of: "a conditional step", known: &[("condition", Built), ("steps", Built)] };

/// Reads a list of steps onto the end of `steps`. What is wrong is reported and left out.
pub(crate) fn read_list(node: &Rc<Node>, steps: &mut Vec<Step>, compiler: &mut Compiler<'_>) {
    let Some(items) = scalar::list(node, "`steps`", compiler.problems) else { return };
    if compiler.depth >= DEPTH {
        let message = format!("steps are nested more than {DEPTH} levels deep");
        compiler.problems.add(Problem::error(node.mark, message));
        return;
    }
    compiler.depth += 1;
    for item in items {
        if compiler.spend(16, item.mark) {
            read_item(item, steps, compiler);
        }
    }
    compiler.depth -= 1;
}

fn read_item(item: &Rc<Node>, steps: &mut Vec<Step>, compiler: &mut Compiler<'_>) {
    let Some(map) = item.as_map() else {
        let Some(name) = scalar::filled(item, "a step", compiler.problems) else { return };
        let nothing = Node::scalar(item.mark, "", Style::Plain);
        return read_step(&name, item.mark, &nothing, steps, compiler);
    };
    match map.entries() {
        [] => compiler.problems.add(Problem::error(item.mark, "this step is empty")),
        [entry] => read_step(&entry.key, entry.mark, &entry.value, steps, compiler),
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

/// One step by its name; commands of the config come before built-in steps.
fn read_step(
    name: &str,
    mark: Mark,
    value: &Rc<Node>,
    steps: &mut Vec<Step>,
    compiler: &mut Compiler<'_>,
) {
    if let Some(entry) = compiler.definitions.commands.entry(name) {
        return command::expand(entry, mark, value, steps, compiler);
    }
    let step = match name {
        "run" => run::read(mark, value, compiler.problems).map(Step::Run),
        "deploy" => {
            let message = "`deploy` is deprecated and does what `run` does";
            compiler.problems.add(Problem::warning(mark, message).help("write `run` instead"));
            run::read(mark, value, compiler.problems).map(Step::Run)
        }
        "checkout" => read_checkout(value, compiler.problems),
        "store_artifacts" => read_store_artifacts(mark, value, compiler.problems),
        "store_test_results" => read_store_test_results(mark, value, compiler.problems),
        "add_ssh_keys" => read_add_ssh_keys(value, compiler.problems),
        "when" | "unless" => return read_condition(name, mark, value, steps, compiler),
        "steps" => {
            if compiler.allows("`steps` as a step", mark) {
                read_list(value, steps, compiler);
            }
            return;
        }
        _ => {
            let problem = refuse(name, mark, compiler);
            return compiler.problems.add(problem);
        }
    };
    if let Some(step) = step
        && compiler.spend(size(&step), mark)
    {
        steps.push(step);
    }
}

fn refuse(name: &str, mark: Mark, compiler: &Compiler<'_>) -> Problem {
    if let Some((name, way_out)) = NOT_BUILT.iter().find(|(known, _)| *known == name) {
        return Problem::not_built(mark, &format!("`{name}`"), way_out);
    }
    if name.contains('/') {
        let what = format!("the command {} of an orb", quote(name));
        return Problem::not_built(mark, &what, "write the steps yourself, or as a command");
    }
    let problem =
        Problem::error(mark, format!("there is no step or command named {}", quote(name)));
    if compiler.problems.crowded() {
        return problem;
    }
    let known = BUILT.into_iter().chain(NOT_BUILT.map(|(name, _)| name));
    let commands = compiler.definitions.commands.entries().iter().map(|entry| &*entry.key);
    let otherwise = || Some("a shell command is written `run: …`".to_owned());
    problem.help(suggest::advice(name, known.chain(commands), otherwise).unwrap_or_default())
}

fn read_condition(
    name: &str,
    mark: Mark,
    value: &Rc<Node>,
    steps: &mut Vec<Step>,
    compiler: &mut Compiler<'_>,
) {
    if !compiler.allows(&format!("the step `{name}`"), mark) {
        return;
    }
    let Some(map) = scalar::map(value, &format!("`{name}`"), compiler.problems) else { return };
    CONDITION.check(map, compiler.problems);
    let (Some(condition), Some(list)) = (map.get("condition"), map.get("steps")) else {
        let message = format!("`{name}` needs a `condition` and `steps`");
        return compiler.problems.add(Problem::error(mark, message));
    };
    let Some(holds) = logic::holds(condition, compiler) else { return };
    if holds == (name == "when") {
        read_list(list, steps, compiler);
    }
}

/// The keys of a step's map, or none for a step that is only a name.
fn settings<'n>(
    value: &'n Node,
    keys: &Keys,
    none: &'n Map,
    problems: &mut Problems,
) -> Option<&'n Map> {
    if value.is_null() {
        return Some(none);
    }
    let map = scalar::map(value, keys.of, problems)?;
    keys.check(map, problems);
    Some(map)
}

fn optional(map: &Map, key: &str, problems: &mut Problems) -> Option<String> {
    scalar::filled(map.given(key)?, &format!("`{key}`"), problems)
}

fn required(map: &Map, key: &str, of: &str, mark: Mark, problems: &mut Problems) -> Option<String> {
    if map.given(key).is_none() {
        problems.add(Problem::error(mark, format!("{of} needs a `{key}`")));
    }
    optional(map, key, problems)
}

fn read_checkout(value: &Node, problems: &mut Problems) -> Option<Step> {
    let none = Map::default();
    let map = settings(value, &CHECKOUT, &none, problems)?;
    let name = optional(map, "name", problems).unwrap_or_else(|| "Checkout code".to_owned());
    let path = optional(map, "path", problems);
    check_method(map, problems);
    Some(Step::Checkout(Checkout { name, path }))
}

fn check_method(map: &Map, problems: &mut Problems) {
    let method = optional(map, "method", problems);
    match (method.as_deref(), map.given("method")) {
        (Some("shallow" | "blobless"), Some(node)) => {
            let message = "this version of Rondo always clones in full, which may take longer";
            problems.add(Problem::warning(node.mark, message));
        }
        (Some("full") | None, _) | (_, None) => {}
        (Some(other), Some(node)) => {
            let message = format!("there is no checkout method {}", quote(other));
            let help = "the methods are full, blobless and shallow";
            problems.add(Problem::error(node.mark, message).help(help));
        }
    }
    let Some(depth) = map.given("depth") else { return };
    let known = scalar::integer(depth, "`depth`", problems);
    if known.is_some_and(|depth| depth < 1) {
        problems.add(Problem::error(depth.mark, "`depth` must be at least 1"));
    }
    if method.as_deref() != Some("shallow") {
        problems.add(Problem::error(depth.mark, "`depth` needs `method: shallow` beside it"));
    }
}

fn read_store_artifacts(mark: Mark, value: &Node, problems: &mut Problems) -> Option<Step> {
    let none = Map::default();
    let map = settings(value, &STORE_ARTIFACTS, &none, problems)?;
    check_store_when(map, problems);
    let name = optional(map, "name", problems).unwrap_or_else(|| "Uploading artifacts".to_owned());
    let destination = optional(map, "destination", problems);
    let path = required(map, "path", STORE_ARTIFACTS.of, mark, problems)?;
    Some(Step::StoreArtifacts(StoreArtifacts { name, path, destination }))
}

fn read_store_test_results(mark: Mark, value: &Node, problems: &mut Problems) -> Option<Step> {
    let none = Map::default();
    let map = settings(value, &STORE_TEST_RESULTS, &none, problems)?;
    check_store_when(map, problems);
    let name =
        optional(map, "name", problems).unwrap_or_else(|| "Uploading test results".to_owned());
    let path = required(map, "path", STORE_TEST_RESULTS.of, mark, problems)?;
    Some(Step::StoreTestResults(StoreTestResults { name, path }))
}

fn read_add_ssh_keys(value: &Node, problems: &mut Problems) -> Option<Step> {
    let none = Map::default();
    let map = settings(value, &ADD_SSH_KEYS, &none, problems)?;
    let name = optional(map, "name", problems)
        .unwrap_or_else(|| "Installing additional ssh keys".to_owned());
    let fingerprints = match map.given("fingerprints") {
        None => Vec::new(),
        Some(node) if node.as_list().is_some() => {
            let items = scalar::list(node, "`fingerprints`", problems)?;
            let read = |item: &Rc<Node>| scalar::filled(item, "a fingerprint", problems);
            items.iter().filter_map(read).collect()
        }
        Some(node) => scalar::filled(node, "`fingerprints`", problems).into_iter().collect(),
    };
    Some(Step::AddSshKeys(AddSshKeys { name, fingerprints }))
}

fn check_store_when(map: &Map, problems: &mut Problems) {
    let Some(node) = map.given("when") else { return };
    match run::read_when(node, problems) {
        None | Some(When::Always) => {}
        Some(_) => {
            let message = "`when` has no effect here: the step runs also after a failure";
            problems.add(Problem::warning(node.mark, message));
        }
    }
}

/// A shell with its arguments, as text or as a list of words.
pub(crate) fn read_shell(node: &Rc<Node>, problems: &mut Problems) -> Option<String> {
    let Some(words) = node.as_list() else { return scalar::filled(node, "`shell`", problems) };
    let mut shell = Vec::new();
    for word in words {
        let text = scalar::filled(word, "a word of `shell`", problems)?;
        if text.contains(char::is_whitespace) {
            let message = format!("{} in `shell` contains a blank", quote(&text));
            problems.add(Problem::error(word.mark, message).help("make each word an item"));
            return None;
        }
        shell.push(text);
    }
    if shell.is_empty() {
        problems.add(Problem::error(node.mark, "`shell` must not be empty"));
        return None;
    }
    Some(shell.join(" "))
}

/// What a step counts against the size of the plan, in bytes.
pub(crate) fn size(step: &Step) -> usize {
    let text = match step {
        Step::Run(run) => {
            let variables = run.environment.iter().map(|(name, value)| name.len() + value.len());
            run.command.len() + variables.sum::<usize>()
        }
        Step::Checkout(checkout) => checkout.path.as_ref().map_or(0, String::len),
        Step::StoreArtifacts(store) => store.path.len(),
        Step::StoreTestResults(store) => store.path.len(),
        Step::AddSshKeys(add) => add.fingerprints.iter().map(String::len).sum(),
    };
    64 + step.name().len() + text
}
