//! The top level of a config: its version, its definitions, and which workflows a trigger asks
//! for. Unknown keys here are parking space for anchors and stay unread.

use std::rc::Rc;

use crate::Compiled;
use crate::command;
use crate::compiled::{Plan, Workflow};
use crate::compiler::{Compiler, Definitions, Version};
use crate::executor;
use crate::filter::Filters;
use crate::job;
use crate::node::{Entry, Map, Mark, Node};
use crate::pipeline;
use crate::problem::{Problem, Problems, quote};
use crate::scalar;
use crate::suggest;
use crate::template::Scope;
use crate::trigger::{Selection, Trigger};
use crate::workflow;
use crate::yaml;

/// Largest source, in bytes.
const SOURCE: usize = 3 << 20;
/// Top-level keys that version 2 does not know, and so takes for parking space.
const SINCE_TWO_ONE: [&str; 6] =
    ["setup", "orbs", "parameters", "commands", "executors", "job-groups"];

pub(crate) fn compile(source: &str, trigger: &Trigger) -> Compiled {
    let mut problems = Problems::default();
    let workflows = read(source, trigger, &mut problems);
    let plan = if problems.failed() { None } else { workflows.map(|workflows| Plan { workflows }) };
    Compiled { plan, problems: problems.finish() }
}

fn read(source: &str, trigger: &Trigger, problems: &mut Problems) -> Option<Vec<Workflow>> {
    if source.len() > SOURCE {
        let problem = Problem::error(Mark::START, "the config is larger than 3 MB");
        problems.add(problem.help("move long scripts into files of the repository"));
        return None;
    }
    let root = yaml::read(source, problems)?;
    let map = scalar::map(&root, "a config", problems)?;
    let version = read_version(map, problems);
    check_top_level(map, version, problems);
    let definitions = read_definitions(map, version, trigger, problems);
    let mut compiler = Compiler::new(&definitions, problems);
    match &trigger.selection {
        Selection::Job(name) => select_job(name, map, &mut compiler),
        Selection::Workflows => select_workflows(map, trigger, &mut compiler),
    }
}

fn read_version(map: &Map, problems: &mut Problems) -> Version {
    const HELP: &str = "begin the config with `version: 2.1`";
    let Some(node) = map.given("version") else {
        problems.add(Problem::error(Mark::START, "the config has no `version`").help(HELP));
        return Version::TwoOne;
    };
    match node.as_scalar().map(|scalar| &*scalar.text) {
        Some("2" | "2.0") => Version::Two,
        Some("2.1") => Version::TwoOne,
        _ => {
            problems.add(scalar::expected("`version`", "2, 2.0 or 2.1", node).help(HELP));
            Version::TwoOne
        }
    }
}

fn check_top_level(map: &Map, version: Version, problems: &mut Problems) {
    if version == Version::Two {
        for entry in SINCE_TWO_ONE.iter().filter_map(|key| map.entry(key)) {
            let message = format!("{} has no effect in version 2", quote(&entry.key));
            let problem = Problem::warning(entry.mark, message);
            problems.add(problem.help("set `version: 2.1` at the top of the config"));
        }
    } else {
        check_setup(map, problems);
        refuse_filled("orbs", "write the jobs and commands of the orb yourself", map, problems);
        refuse_filled("job-groups", "list the jobs in the workflow", map, problems);
    }
    if let Some(entry) = map.entry("experimental") {
        let message = "`experimental` has no effect: Rondo sends no e-mail to be limited";
        problems.add(Problem::warning(entry.mark, message));
    }
}

fn check_setup(map: &Map, problems: &mut Problems) {
    let Some(entry) = map.entry("setup") else { return };
    if scalar::boolean(&entry.value, "`setup`", problems) == Some(true) {
        let help = "name the jobs to run in this config";
        problems.add(Problem::not_built(entry.mark, "`setup: true` (dynamic config)", help));
    }
}

fn refuse_filled(key: &str, way_out: &str, map: &Map, problems: &mut Problems) {
    let Some(entry) = map.entry(key) else { return };
    let empty =
        entry.value.is_null() || entry.value.as_map().is_some_and(|map| map.entries().is_empty());
    if !empty {
        problems.add(Problem::not_built(entry.mark, &format!("`{key}`"), way_out));
    }
}

fn read_definitions(
    map: &Map,
    version: Version,
    trigger: &Trigger,
    problems: &mut Problems,
) -> Definitions {
    let mut section = |key: &str, wanted: bool| {
        let node = map.given(key).filter(|_| wanted)?;
        scalar::map(node, &format!("`{key}`"), problems).cloned()
    };
    let new = version == Version::TwoOne;
    let jobs = section("jobs", true).unwrap_or_default();
    let commands = section("commands", new).unwrap_or_default();
    let executors = section("executors", new).unwrap_or_default();
    jobs.entries().iter().for_each(|entry| check_name(entry, problems));
    let parameters = map.get("parameters").filter(|_| new);
    let pipeline = Scope::of_pipeline(pipeline::values(trigger, parameters, problems));
    let has_workflows = map.get("workflows").is_some();
    Definitions { version, jobs, commands, executors, has_workflows, pipeline }
}

fn check_name(entry: &Entry, problems: &mut Problems) {
    let key = &entry.key;
    if key.trim().is_empty() || key.contains('/') || key.chars().any(char::is_control) {
        let problem = Problem::error(entry.mark, format!("{} cannot name a job", quote(key)));
        problems.add(problem.help("use letters, digits, `_` and `-`"));
    }
}

fn select_job(name: &str, map: &Map, compiler: &mut Compiler<'_>) -> Option<Vec<Workflow>> {
    let definitions = compiler.definitions;
    let Some(entry) = definitions.jobs.entry(name) else {
        report_missing(name, map, compiler);
        return None;
    };
    workflow::compile_alone(entry, compiler).map(|workflow| vec![workflow])
}

fn report_missing(name: &str, map: &Map, compiler: &mut Compiler<'_>) {
    let mark = map.entry("jobs").map_or(Mark::START, |entry| entry.mark);
    let message = format!(
        "Cannot find a job named {} to run in the `jobs:` section of your configuration file.",
        quote(name)
    );
    let names = compiler.definitions.jobs.entries().iter().map(|entry| &*entry.key);
    let otherwise = || (name == "build").then(|| "add `workflows` to run other jobs".to_owned());
    let problem = Problem::error(mark, message);
    compiler.problems.add(match suggest::advice(name, names, otherwise) {
        Some(help) => problem.help(help),
        None => problem,
    });
}

fn select_workflows(
    map: &Map,
    trigger: &Trigger,
    compiler: &mut Compiler<'_>,
) -> Option<Vec<Workflow>> {
    let workflows = match map.get("workflows") {
        Some(node) => compile_workflows(node, trigger, compiler),
        None => compile_build(map, trigger, compiler),
    };
    let definitions = compiler.definitions;
    definitions.commands.entries().iter().for_each(|entry| command::check(entry, compiler));
    definitions.executors.entries().iter().for_each(|entry| executor::check(entry, compiler));
    for entry in definitions.jobs.entries() {
        if !compiler.called.contains(&entry.key) {
            job::check_uncalled(entry, compiler);
        }
    }
    workflows
}

fn compile_workflows(
    node: &Rc<Node>,
    trigger: &Trigger,
    compiler: &mut Compiler<'_>,
) -> Option<Vec<Workflow>> {
    if node.is_null() {
        return Some(Vec::new());
    }
    let map = scalar::map(node, "`workflows`", compiler.problems)?;
    check_workflows_version(node.mark, map, compiler);
    let entries = map.entries().iter().filter(|entry| &*entry.key != "version");
    Some(
        entries
            .filter_map(|entry| workflow::compile(entry, &trigger.reference, compiler))
            .collect(),
    )
}

fn check_workflows_version(mark: Mark, map: &Map, compiler: &mut Compiler<'_>) {
    let in_two = compiler.definitions.version == Version::Two;
    let version = map.given("version");
    let known = version.and_then(|node| node.as_scalar()).map(|scalar| &*scalar.text);
    match (version, known) {
        (_, Some("2" | "2.0" | "2.1")) => {}
        (Some(node), _) => {
            compiler.problems.add(scalar::expected("`version` of `workflows`", "2", node));
        }
        (None, _) if in_two => {
            let problem = Problem::warning(mark, "`workflows` has no `version`");
            compiler.problems.add(problem.help("CircleCI asks for `version: 2` here"));
        }
        (None, _) => {}
    }
}

/// Without `workflows`, the job `build` runs alone. An empty `jobs` is a config that asks for
/// nothing, which dynamic config uses to end without work.
fn compile_build(
    map: &Map,
    trigger: &Trigger,
    compiler: &mut Compiler<'_>,
) -> Option<Vec<Workflow>> {
    let definitions = compiler.definitions;
    let Some(entry) = definitions.jobs.entry("build") else {
        let asks_for_nothing = map.get("jobs").is_some() && definitions.jobs.entries().is_empty();
        if !asks_for_nothing {
            report_missing("build", map, compiler);
        }
        return asks_for_nothing.then(Vec::new);
    };
    let branches = entry.value.as_map().and_then(|job| job.given("branches"));
    let filters = match (branches, definitions.version) {
        (Some(node), Version::Two) => Filters::of_branches(node, compiler),
        _ => Filters::default(),
    };
    let workflow = workflow::compile_alone(entry, compiler)?;
    Some(if filters.admit(&trigger.reference) { vec![workflow] } else { Vec::new() })
}
