//! The top level of a config: its version, its definitions, and which workflows a trigger asks
//! for. Unknown keys here are parking space for anchors and stay unread.

use std::collections::HashMap;
use std::rc::Rc;

use crate::code::Code;
use crate::command;
use crate::compiled::Plan;
use crate::compiler::{Compiler, Definitions, Version};
use crate::executor;
use crate::expanded::{Expanded, ExpandedWorkflow};
use crate::filter::Filters;
use crate::group;
use crate::job;
use crate::leak;
use crate::library::{self, Section};
use crate::node::{Entry, Map, Mark, Node};
use crate::orb::Orbs;
use crate::pipeline;
use crate::problem::{Problem, Problems, quote};
use crate::scalar;
use crate::suggest;
use crate::trigger::{Selection, Trigger};
use crate::unused;
use crate::workflow;
use crate::written;
use crate::yaml;
use crate::{Compiled, Processed};

/// Largest source, in bytes.
const SOURCE: usize = 3 << 20;
/// Top-level keys that version 2 does not know, and so takes for parking space.
const SINCE_TWO_ONE: [&str; 5] = ["orbs", "parameters", "commands", "executors", "job-groups"];

/// What stays of a compilation: the expanded config, the plan, and from which commands steps came.
struct Outcome {
    expanded: Expanded,
    plan: Plan,
    origins: HashMap<Mark, Rc<str>>,
}

pub(crate) fn compile(source: &str, trigger: &Trigger, orbs: &Orbs<'_>) -> Compiled {
    let mut problems = Problems::default();
    let outcome = read(source, trigger, orbs, &mut problems);
    let plan = if problems.failed() { None } else { outcome.map(|outcome| outcome.plan) };
    Compiled { plan, problems: problems.finish() }
}

pub(crate) fn process(source: &str, trigger: &Trigger, orbs: &Orbs<'_>) -> Processed {
    let mut problems = Problems::default();
    let outcome = read(source, trigger, orbs, &mut problems);
    let (mut text, mut graphs) = (None, Vec::new());
    if let Some(outcome) = outcome.filter(|_| !problems.failed()) {
        let workflows = outcome.expanded.workflows.iter();
        graphs = workflows.filter_map(|one| one.graph(&trigger.reference)).collect();
        text = Some(written::write(&outcome.expanded.tree(), Some(&outcome.origins)));
    }
    Processed { text, graphs, problems: problems.finish() }
}

pub(crate) fn check_orb(source: &str, orbs: &Orbs<'_>) -> Vec<Problem> {
    let mut problems = Problems::default();
    check_orb_text(source, orbs, &mut problems);
    problems.finish()
}

/// An orb is checked like a config that calls nothing.
fn check_orb_text(source: &str, orbs: &Orbs<'_>, problems: &mut Problems) -> Option<()> {
    let root = read_source(source, problems)?;
    let map = scalar::map(&root, "an orb", problems)?;
    library::ORB.check(map, problems);
    let version = read_version(map, problems);
    if version == Version::Two {
        let problem = Problem::error(root.mark, "an orb needs version 2.1").code(Code::Version);
        problems.add(problem);
    }
    let any = Trigger::branch("main");
    let pipeline = pipeline::scope(&any, None, problems).of_orbs();
    let libraries = library::load(map, pipeline, true, orbs, problems);
    let groups = Map::default();
    let definitions = Definitions { version, libraries, groups, has_workflows: true };
    check_definitions(&mut Compiler::new(&definitions, problems));
    Some(())
}

fn read_source(source: &str, problems: &mut Problems) -> Option<Rc<Node>> {
    if source.len() > SOURCE {
        let problem = Problem::error(Mark::START, "the config is larger than 3 MB");
        let problem = problem.code(Code::Size);
        problems.add(problem.help("move long scripts into files of the repository"));
        return None;
    }
    yaml::read(source, Mark::START, problems)
}

fn read(
    source: &str,
    trigger: &Trigger,
    orbs: &Orbs<'_>,
    problems: &mut Problems,
) -> Option<Outcome> {
    let root = read_source(source, problems)?;
    let map = scalar::map(&root, "a config", problems)?;
    let version = read_version(map, problems);
    check_top_level(map, version, problems);
    leak::look(&root, problems);
    let definitions = read_definitions(map, version, trigger, orbs, problems);
    let mut compiler = Compiler::new(&definitions, problems);
    let workflows = match &trigger.selection {
        Selection::Job(name) => select_job(name, map, &mut compiler),
        Selection::Workflows => select_workflows(map, version, &mut compiler),
    };
    // What was wrong is reported, and the rest is looked at as well.
    let workflows = workflows.unwrap_or_default();
    let setup = read_setup(map, compiler.problems);
    let has_workflows = definitions.has_workflows && trigger.selection == Selection::Workflows;
    let expanded = Expanded { setup, has_workflows, workflows };
    let plans = expanded.workflows.iter();
    let plans = plans.filter_map(|one| workflow::plan(one, &trigger.reference, &mut compiler));
    let plan = Plan { workflows: plans.collect(), setup };
    let origins = std::mem::take(&mut compiler.origins);
    if trigger.selection == Selection::Workflows {
        check_definitions(&mut compiler);
        unused::warn(map, &definitions, compiler.problems);
    }
    Some(Outcome { expanded, plan, origins })
}

fn read_version(map: &Map, problems: &mut Problems) -> Version {
    const HELP: &str = "begin the config with `version: 2.1`";
    let Some(node) = map.given("version") else {
        let problem = Problem::error(Mark::START, "the config has no `version`");
        problems.add(problem.code(Code::Version).help(HELP));
        return Version::TwoOne;
    };
    match node.as_scalar().map(|scalar| &*scalar.text) {
        Some("2" | "2.0") => Version::Two,
        Some("2.1") => Version::TwoOne,
        _ => {
            let problem = scalar::expected("`version`", "2, 2.0 or 2.1", node);
            problems.add(problem.code(Code::Version).help(HELP));
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
    }
    if let Some(entry) = map.entry("experimental") {
        let message = "`experimental` has no effect: Rondo sends no e-mail to be limited";
        problems.add(Problem::warning(entry.mark, message));
    }
}

fn read_setup(map: &Map, problems: &mut Problems) -> bool {
    let Some(entry) = map.entry("setup").filter(|entry| !entry.value.is_null()) else {
        return false;
    };
    let setup = scalar::boolean(&entry.value, "`setup`", problems) == Some(true);
    if setup {
        let help = "name the jobs to run in this config";
        problems.add(Problem::not_built(entry.mark, "`setup: true` (dynamic config)", help));
    }
    setup
}

fn read_definitions(
    map: &Map,
    version: Version,
    trigger: &Trigger,
    orbs: &Orbs<'_>,
    problems: &mut Problems,
) -> Definitions {
    let new = version == Version::TwoOne;
    let parameters = map.get("parameters").filter(|_| new);
    let pipeline = pipeline::scope(trigger, parameters, problems);
    let mut own = Map::default();
    let sections = map.entries().iter();
    // Version 2 has jobs only, and takes other sections for parking space.
    for entry in sections.filter(|entry| new || &*entry.key == "jobs") {
        own.put(entry.clone());
    }
    let libraries = library::load(&own, pipeline, new, orbs, problems);
    let groups = map.given("job-groups").filter(|_| new);
    let groups = groups.and_then(|node| scalar::map(node, "`job-groups`", problems));
    let groups = groups.cloned().unwrap_or_default();
    let has_workflows = map.get("workflows").is_some();
    let jobs = libraries.own().jobs.entries().iter();
    jobs.for_each(|entry| check_name(entry, version, problems));
    Definitions { version, libraries, groups, has_workflows }
}

/// In version 2, where no orb can be meant, a job may be called as an orb's job is: that is how
/// expanded configs call them.
fn check_name(entry: &Entry, version: Version, problems: &mut Problems) {
    let key = &entry.key;
    let slash = version == Version::TwoOne && key.contains('/');
    if key.trim().is_empty() || slash || key.chars().any(char::is_control) {
        let problem = Problem::error(entry.mark, format!("{} cannot name a job", quote(key)));
        problems.add(problem.help("use letters, digits, `_` and `-`"));
    }
}

fn select_job(name: &str, map: &Map, compiler: &mut Compiler<'_>) -> Option<Vec<ExpandedWorkflow>> {
    let definitions = compiler.definitions;
    let Some(entry) = definitions.libraries.own().jobs.entry(name) else {
        report_missing(name, map, compiler);
        return None;
    };
    workflow::alone(entry, Filters::everywhere(), compiler).map(|workflow| vec![workflow])
}

fn report_missing(name: &str, map: &Map, compiler: &mut Compiler<'_>) {
    let mark = map.entry("jobs").map_or(Mark::START, |entry| entry.mark);
    let message = format!(
        "Cannot find a job named {} to run in the `jobs:` section of your configuration file.",
        quote(name)
    );
    let names = compiler.definitions.libraries.own().jobs.entries().iter();
    let names = names.map(|entry| &*entry.key);
    let otherwise = || (name == "build").then(|| "add `workflows` to run other jobs".to_owned());
    let problem = Problem::error(mark, message).code(Code::UnknownName);
    compiler.problems.add(match suggest::advice(name, names, otherwise) {
        Some(help) => problem.help(help),
        None => problem,
    });
}

fn select_workflows(
    map: &Map,
    version: Version,
    compiler: &mut Compiler<'_>,
) -> Option<Vec<ExpandedWorkflow>> {
    match map.get("workflows") {
        Some(node) => expand_workflows(node, compiler),
        None => expand_build(map, version, compiler),
    }
}

/// Looks at jobs that no workflow calls, and at what is wrong whoever calls it.
fn check_definitions(compiler: &mut Compiler<'_>) {
    let own = compiler.definitions.libraries.own();
    own.commands.entries().iter().for_each(|entry| command::check(entry, compiler));
    own.executors.entries().iter().for_each(|entry| executor::check(entry, compiler));
    for entry in own.jobs.entries() {
        if !compiler.called.contains(&entry.mark) {
            job::check_uncalled(entry, compiler);
        }
    }
    if compiler.problems.failed() {
        check_uncalled(compiler);
    }
}

/// Something is wrong, which may be why these are not called.
fn check_uncalled(compiler: &mut Compiler<'_>) {
    let definitions = compiler.definitions;
    for entry in definitions.groups.entries() {
        if !compiler.called.contains(&entry.mark) {
            group::check_with_guesses(entry, compiler);
        }
    }
    for section in [Section::Jobs, Section::Commands, Section::Executors] {
        for entry in definitions.libraries.in_config(section) {
            if compiler.called.contains(&entry.mark) {
                continue;
            }
            match section {
                Section::Jobs => job::check_uncalled(entry, compiler),
                Section::Commands => command::check_with_guesses(entry, compiler),
                Section::Executors => executor::check_with_guesses(entry, compiler),
            }
        }
    }
}

fn expand_workflows(node: &Rc<Node>, compiler: &mut Compiler<'_>) -> Option<Vec<ExpandedWorkflow>> {
    if node.is_null() {
        return Some(Vec::new());
    }
    let map = scalar::map(node, "`workflows`", compiler.problems)?;
    check_workflows_version(node.mark, map, compiler);
    let entries = map.entries().iter().filter(|entry| &*entry.key != "version");
    Some(entries.filter_map(|entry| workflow::expand(entry, compiler)).collect())
}

fn check_workflows_version(mark: Mark, map: &Map, compiler: &mut Compiler<'_>) {
    let in_two = compiler.definitions.version == Version::Two;
    let version = map.given("version");
    let known = version.and_then(|node| node.as_scalar()).map(|scalar| &*scalar.text);
    match (version, known) {
        (_, Some("2" | "2.0" | "2.1")) => {}
        (Some(node), _) => {
            let problem = scalar::expected("`version` of `workflows`", "2", node);
            compiler.problems.add(problem.code(Code::Version));
        }
        (None, _) if in_two => {
            let problem = Problem::warning(mark, "`workflows` has no `version`");
            let problem = problem.code(Code::Version);
            compiler.problems.add(problem.help("CircleCI asks for `version: 2` here"));
        }
        (None, _) => {}
    }
}

/// Without `workflows`, the job `build` runs alone. An empty `jobs` is a config that asks for
/// nothing, which dynamic config uses to end without work.
fn expand_build(
    map: &Map,
    version: Version,
    compiler: &mut Compiler<'_>,
) -> Option<Vec<ExpandedWorkflow>> {
    let jobs = &compiler.definitions.libraries.own().jobs;
    let Some(entry) = jobs.entry("build") else {
        let asks_for_nothing = map.get("jobs").is_some() && jobs.entries().is_empty();
        if !asks_for_nothing {
            report_missing("build", map, compiler);
        }
        return asks_for_nothing.then(Vec::new);
    };
    let branches = entry.value.as_map().and_then(|job| job.given("branches"));
    let filters = match (branches, version) {
        (Some(node), Version::Two) => Filters::of_branches(node, compiler),
        _ => Filters::default(),
    };
    workflow::alone(entry, filters, compiler).map(|workflow| vec![workflow])
}
