//! One job: expanded for one call, so that nothing in it is left to look up, and read from that form
//! into the plan. Workflows, filters and `requires` are not its matter.

use std::rc::Rc;

use crate::builtin;
use crate::code::Code;
use crate::compiled::{Executor, Job, Kind, Step};
use crate::compiler::{Compiler, Definitions, Version};
use crate::definition::{self, Call};
use crate::environment::Environment;
use crate::executor::{self, Place};
use crate::keys::Keys;
use crate::node::{Entry, Map, Mark, Node, Value};
use crate::problem::{Problem, quote};
use crate::scalar;
use crate::step;
use crate::suggest;

/// Where a job's steps run unless it says otherwise.
const WORKING_DIRECTORY: &str = "~/project";
/// The types of jobs that run no steps.
const OTHERS: [&str; 5] = ["approval", "no-op", "release", "lock", "unlock"];
/// Most nodes of one job.
const PARALLELISM: i64 = 10_000;
/// Longest time that caches are kept, in days.
const CACHE_DAYS: u8 = 15;

const JOB: Keys = Keys {
    of: "a job",
    known: &[
        "docker",
        "machine",
        "macos",
        "executor",
        "resource_class",
        "working_directory",
        "environment",
        "shell",
        "parallelism",
        "parameters",
        "type",
        "branches",
        "description",
        "circleci_ip_ranges",
        "retention",
        "steps",
        "plan_name",
        "validation",
        "key",
        "name",
    ],
};
const RETENTION: Keys = Keys { of: "`retention`", known: &["caches"] };

/// Steps that a call puts around those of the job.
#[derive(Default)]
pub(crate) struct Around {
    pub(crate) before: Option<Rc<Node>>,
    pub(crate) after: Option<Rc<Node>>,
}

/// Expands the job `entry` for one call. `None` if something is wrong; the problems then say what.
pub(crate) fn expand(
    entry: &Entry,
    call: Call<'_>,
    around: &Around,
    compiler: &mut Compiler<'_>,
) -> Option<Rc<Node>> {
    let place = (entry.mark.home, Rc::clone(&entry.key));
    compiler.called.insert(entry.mark);
    let what = format!("the job {}", quote(&entry.key));
    let map = scalar::map(&entry.value, &what, compiler.problems)?;
    let same_for_all = call.arguments.is_empty()
        && around.before.is_none()
        && around.after.is_none()
        && map.get("parameters").is_none();
    if !same_for_all {
        return expand_anew(entry, map, call, around, compiler);
    }
    if let Some(known) = compiler.expanded.get(&place).cloned() {
        return known.filter(|job| compiler.spend(job.weight(), call.mark));
    }
    let job = expand_anew(entry, map, call, around, compiler);
    compiler.expanded.insert(place, job.clone());
    job
}

/// Checks a job that nothing calls: as far as it can stand alone, or with guesses where something
/// else is wrong, which may be why nothing calls it.
pub(crate) fn check_uncalled(entry: &Entry, compiler: &mut Compiler<'_>) {
    let what = format!("the job {}", quote(&entry.key));
    let Some(map) = scalar::map(&entry.value, &what, compiler.problems) else { return };
    let stands_alone = definition::declarations(map, entry.mark, compiler)
        .is_some_and(|declarations| declarations.all_have_defaults());
    if stands_alone || compiler.problems.failed() {
        check_with_guesses(entry, map, compiler);
    } else {
        JOB.check(map, compiler.problems);
    }
}

/// Reads the job `map`, whose name is that of `entry`, as if called by somebody who gives it all that
/// it needs.
pub(crate) fn check_with_guesses(entry: &Entry, map: &Map, compiler: &mut Compiler<'_>) {
    compiler.called.insert(entry.mark);
    let call = Call { arguments: &[], mark: entry.mark.guess() };
    if let Some(job) = expand_anew(entry, map, call, &Around::default(), compiler) {
        read(&entry.key, &job, compiler);
    }
}

fn expand_anew(
    entry: &Entry,
    map: &Map,
    call: Call<'_>,
    around: &Around,
    compiler: &mut Compiler<'_>,
) -> Option<Rc<Node>> {
    let what = format!("the job {}", quote(&entry.key));
    JOB.check(map, compiler.problems);
    let body = definition::instantiate(map, entry.mark, &what, call, compiler)?;
    let job = executor::inherit(body.as_map()?, compiler);
    let mut job = without_idle_branches(job, compiler);
    if is_build(&job) {
        let steps = expand_steps(entry.mark, &what, &job, around, compiler);
        let mark = job.entry("steps").map_or(entry.mark, |entry| entry.mark);
        job.put(Entry { key: "steps".into(), mark, value: Node::list(mark, steps) });
    }
    let node = Rc::new(Node::new(entry.mark, Value::Map(job)));
    compiler.spend(node.weight(), entry.mark).then_some(node)
}

/// Jobs of a type that does not exist are taken for builds, to find what else is wrong with them.
fn is_build(map: &Map) -> bool {
    let own = map.given("type").and_then(|node| node.as_scalar());
    own.is_none_or(|name| !OTHERS.contains(&&*name.text))
}

fn expand_steps(
    mark: Mark,
    what: &str,
    map: &Map,
    around: &Around,
    compiler: &mut Compiler<'_>,
) -> Vec<Rc<Node>> {
    let own = map.given("steps");
    if own.is_none() {
        let problem = Problem::error(mark, format!("{what} needs `steps`"));
        compiler.problems.add(problem.code(Code::MissingKey));
    }
    let mut steps = Vec::new();
    for list in [around.before.as_ref(), own, around.after.as_ref()].into_iter().flatten() {
        step::expand_list(list, &mut steps, compiler);
    }
    steps
}

/// Reads an expanded job, called `name` in messages. `None` if something is wrong, and reported.
pub(crate) fn read(name: &str, node: &Rc<Node>, compiler: &mut Compiler<'_>) -> Option<Job> {
    if let Some((_, known)) = compiler.read.get(&Rc::as_ptr(node)) {
        return known.clone();
    }
    let job = read_anew(name, node, compiler);
    compiler.read.insert(Rc::as_ptr(node), (Rc::clone(node), job.clone()));
    job
}

fn read_anew(name: &str, node: &Rc<Node>, compiler: &mut Compiler<'_>) -> Option<Job> {
    let what = format!("the job {}", quote(name));
    let map = node.as_map()?;
    let kind = read_kind(map, node.mark, compiler)?;
    if kind != Kind::Build {
        return Some(job_of(kind));
    }
    let place = executor::read(map, &what, node.mark, compiler.problems);
    let mut environment = Environment::default();
    executor::read_image_environment(map, &mut environment, compiler.problems);
    map.get("environment").into_iter().for_each(|node| environment.read(node, compiler.problems));
    let own = |key: &str, compiler: &mut Compiler<'_>| {
        scalar::filled(map.given(key)?, &quote(key), compiler.problems)
    };
    let resource_class = own("resource_class", compiler);
    let working_directory = own("working_directory", compiler);
    if let Some(node) = map.given("description") {
        scalar::text(node, "`description`", compiler.problems);
    }
    let shell = map.given("shell").and_then(|node| builtin::read_shell(node, compiler.problems));
    let parallelism = map.given("parallelism").and_then(|node| read_parallelism(node, compiler));
    let circleci_ip_ranges = read_ip_ranges(map, compiler);
    let cache_days = map.entry("retention").and_then(|entry| read_retention(entry, compiler));
    let steps = read_steps(map, compiler);
    let Place { executor, resource_class: class_of_place, shell: shell_of_place } = place?;
    Some(Job {
        executor,
        resource_class: resource_class.or(class_of_place),
        working_directory: working_directory.unwrap_or_else(|| WORKING_DIRECTORY.to_owned()),
        shell: shell.or(shell_of_place),
        environment: environment.into_list(),
        steps: steps?,
        kind,
        parallelism: parallelism.unwrap_or(1),
        circleci_ip_ranges,
        cache_days,
    })
}

/// A job that runs nothing.
pub(crate) fn job_of(kind: Kind) -> Job {
    Job {
        executor: Executor::Nowhere,
        resource_class: None,
        working_directory: WORKING_DIRECTORY.to_owned(),
        shell: None,
        environment: Vec::new(),
        steps: Vec::new(),
        kind,
        parallelism: 1,
        circleci_ip_ranges: false,
        cache_days: None,
    }
}

fn read_steps(map: &Map, compiler: &mut Compiler<'_>) -> Option<Vec<Step>> {
    let items = map.get("steps")?.as_list()?;
    scalar::all(items.iter().map(|item| builtin::read(item, compiler.problems)))
}

/// The job without `branches` that do not count: in an expanded config, which is one of version 2, they
/// might.
fn without_idle_branches(job: Map, compiler: &mut Compiler<'_>) -> Map {
    let &Definitions { version, has_workflows, .. } = compiler.definitions;
    let Some(entry) = job.entry("branches") else { return job };
    if version == Version::Two && !has_workflows {
        return job;
    }
    let message = "`branches` of a job counts only in version 2 without `workflows`";
    let problem = Problem::warning(entry.mark, message);
    compiler.problems.add(problem.help("use `filters` where a workflow calls the job"));
    let mut rest = Map::default();
    let others = job.entries().iter().filter(|entry| &*entry.key != "branches");
    others.for_each(|entry| rest.put_absent(entry));
    rest
}

fn read_ip_ranges(map: &Map, compiler: &mut Compiler<'_>) -> bool {
    let Some(node) = map.given("circleci_ip_ranges") else { return false };
    let wanted = scalar::boolean(node, "`circleci_ip_ranges`", compiler.problems) == Some(true);
    if wanted {
        let message = "`circleci_ip_ranges` has no effect: jobs use the addresses of your machines";
        compiler.problems.add(Problem::warning(node.mark, message));
    }
    wanted
}

fn read_parallelism(node: &Rc<Node>, compiler: &mut Compiler<'_>) -> Option<u32> {
    let number = scalar::integer(node, "`parallelism`", compiler.problems)?;
    if !(1..=PARALLELISM).contains(&number) {
        let wrong = if number < 1 { "at least 1" } else { "at most 10000" };
        let message = format!("`parallelism` must be {wrong}");
        compiler.problems.add(Problem::error(node.mark, message));
        return None;
    }
    if number > 1 {
        let help = "set it to 1, or call the job several times";
        compiler.problems.add(Problem::not_built(node.mark, "`parallelism` above 1", help));
    }
    u32::try_from(number).ok()
}

fn read_retention(entry: &Entry, compiler: &mut Compiler<'_>) -> Option<u8> {
    let help = "remove it; this version keeps no caches";
    compiler.problems.add(Problem::not_built(entry.mark, "`retention`", help));
    let map = scalar::map(&entry.value, "`retention`", compiler.problems)?;
    RETENTION.check(map, compiler.problems);
    let node = map.given("caches")?;
    let text = scalar::filled(node, "`caches`", compiler.problems)?;
    let days = text.strip_suffix('d').and_then(|days| days.parse().ok());
    let days = days.filter(|days| (1..=CACHE_DAYS).contains(days));
    if days.is_none() {
        let message = format!("`caches` must be `1d` to `{CACHE_DAYS}d`, but is {}", quote(&text));
        compiler.problems.add(Problem::error(node.mark, message));
    }
    days
}

fn read_kind(map: &Map, mark: Mark, compiler: &mut Compiler<'_>) -> Option<Kind> {
    let Some(node) = map.given("type") else { return Some(Kind::Build) };
    let Some(name) = scalar::text(node, "`type`", compiler.problems) else {
        return Some(Kind::Build);
    };
    let mut needed = |key: &str| {
        let Some(node) = map.given(key) else {
            let message = format!("a job of type {} needs {}", quote(&name), quote(key));
            compiler.problems.add(Problem::error(mark, message).code(Code::MissingKey));
            return None;
        };
        scalar::filled(node, &quote(key), compiler.problems)
    };
    let kind = match name.as_str() {
        "build" => return Some(Kind::Build),
        "approval" => Kind::Approval,
        "no-op" => Kind::NoOp,
        "release" => Kind::Release { plan_name: needed("plan_name")? },
        "lock" => Kind::Lock { key: needed("key")? },
        "unlock" => Kind::Unlock { key: needed("key")? },
        other => {
            let message = format!("there is no job type {}", quote(other));
            let otherwise = || Some("leave `type` out for a job with steps".to_owned());
            let advice = suggest::advice(other, OTHERS, otherwise).unwrap_or_default();
            compiler.problems.add(Problem::error(node.mark, message).help(advice));
            return Some(Kind::Build);
        }
    };
    for key in ["steps", "docker", "machine", "macos"] {
        if let Some(entry) = map.entry(key) {
            let message = format!("{} has no effect in a job of type {}", quote(key), quote(&name));
            compiler.problems.add(Problem::warning(entry.mark, message));
        }
    }
    refuse_kind(node.mark, &name, compiler);
    Some(kind)
}

/// Says that jobs of this type do not run yet.
pub(crate) fn refuse_kind(mark: Mark, name: &str, compiler: &mut Compiler<'_>) {
    let what = format!("a job of type {}", quote(name));
    let help = "remove this job, and those that require it can run without it";
    compiler.problems.add(Problem::not_built(mark, &what, help));
}
