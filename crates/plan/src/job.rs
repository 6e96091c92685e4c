//! One job of the `jobs` map, read into its compiled form for one call. Workflows, filters and
//! `requires` are not its matter.

use std::rc::Rc;

use crate::compiled::{Job, Step};
use crate::compiler::{Compiler, Version};
use crate::definition::{self, Call};
use crate::environment::Environment;
use crate::executor::{self, NO_MACOS};
use crate::keys::{Keys, Support::Built, Support::NotBuilt};
use crate::node::{Entry, Map, Mark, Node};
use crate::problem::{Problem, quote};
use crate::scalar;
use crate::step;
use crate::suggest;

/// Where a job's steps run unless it says otherwise.
const WORKING_DIRECTORY: &str = "~/project";

const JOB: Keys = Keys {
    of: "a job",
    known: &[
        ("docker", Built),
        ("machine", Built),
        ("macos", NotBuilt(NO_MACOS)),
        ("executor", Built),
        ("resource_class", Built),
        ("working_directory", Built),
        ("environment", Built),
        ("shell", Built),
        ("parallelism", Built),
        ("parameters", Built),
        ("type", Built),
        ("branches", Built),
        ("description", Built),
        ("circleci_ip_ranges", Built),
        ("retention", NotBuilt("remove it; this version keeps no caches")),
        ("steps", Built),
    ],
};

/// Steps that a call puts around those of the job.
#[derive(Default)]
pub(crate) struct Around {
    pub(crate) before: Option<Rc<Node>>,
    pub(crate) after: Option<Rc<Node>>,
}

/// Compiles the job `entry` for one call. `None` if something is wrong; the problems then say what.
pub(crate) fn compile(
    entry: &Entry,
    call: Call<'_>,
    around: &Around,
    compiler: &mut Compiler<'_>,
) -> Option<Job> {
    compiler.called.insert(Rc::clone(&entry.key));
    let what = format!("the job {}", quote(&entry.key));
    let map = scalar::map(&entry.value, &what, compiler.problems)?;
    let same_for_all = call.arguments.is_empty()
        && around.before.is_none()
        && around.after.is_none()
        && map.get("parameters").is_none();
    if !same_for_all {
        return compile_anew(entry, map, call, around, compiler);
    }
    if let Some(known) = compiler.jobs.get(&entry.key).cloned() {
        let job = known?;
        return compiler.spend(size(&job), call.mark).then_some(job);
    }
    let job = compile_anew(entry, map, call, around, compiler);
    compiler.jobs.insert(Rc::clone(&entry.key), job.clone());
    job
}

/// Checks a job that nothing calls, as far as it can stand alone.
pub(crate) fn check_uncalled(entry: &Entry, compiler: &mut Compiler<'_>) {
    let what = format!("the job {}", quote(&entry.key));
    let Some(map) = scalar::map(&entry.value, &what, compiler.problems) else { return };
    let stands_alone = definition::declarations(map, compiler)
        .is_some_and(|declarations| declarations.all_have_defaults());
    if stands_alone {
        let call = Call { arguments: &[], mark: entry.mark };
        compile(entry, call, &Around::default(), compiler);
    } else {
        JOB.check(map, compiler.problems);
    }
}

fn compile_anew(
    entry: &Entry,
    map: &Map,
    call: Call<'_>,
    around: &Around,
    compiler: &mut Compiler<'_>,
) -> Option<Job> {
    let what = format!("the job {}", quote(&entry.key));
    JOB.check(map, compiler.problems);
    let body = definition::instantiate(map, &what, call, compiler)?;
    let body = scalar::map(&body, &what, compiler.problems)?;
    if !is_build(body, compiler) {
        return None;
    }
    check_settings(body, compiler);
    let mut environment = Environment::default();
    let merged = executor::inherit(body, &mut environment, compiler)?;
    read(entry.mark, &what, &merged, environment, around, compiler)
}

fn read(
    mark: Mark,
    what: &str,
    map: &Map,
    mut environment: Environment,
    around: &Around,
    compiler: &mut Compiler<'_>,
) -> Option<Job> {
    let place = executor::read(map, what, mark, compiler.problems);
    executor::read_image_environment(map, &mut environment, compiler.problems);
    map.get("environment").into_iter().for_each(|node| environment.read(node, compiler.problems));
    let own = |key: &str, compiler: &mut Compiler<'_>| {
        let node = map.given(key)?;
        scalar::filled(node, &format!("`{key}`"), compiler.problems)
    };
    let resource_class = own("resource_class", compiler);
    let working_directory = own("working_directory", compiler);
    let shell = map.given("shell").and_then(|node| step::read_shell(node, compiler.problems));
    let steps = read_steps(mark, what, map, around, compiler);
    let place = place?;
    Some(Job {
        executor: place.executor,
        resource_class: resource_class.or(place.resource_class),
        working_directory: working_directory.unwrap_or_else(|| WORKING_DIRECTORY.to_owned()),
        shell: shell.or(place.shell),
        environment: environment.into_list(),
        steps: steps?,
    })
}

fn read_steps(
    mark: Mark,
    what: &str,
    map: &Map,
    around: &Around,
    compiler: &mut Compiler<'_>,
) -> Option<Vec<Step>> {
    let Some(own) = map.given("steps") else {
        compiler.problems.add(Problem::error(mark, format!("{what} needs `steps`")));
        return None;
    };
    let mut steps = Vec::new();
    for list in [around.before.as_ref(), Some(own), around.after.as_ref()].into_iter().flatten() {
        step::read_list(list, &mut steps, compiler);
    }
    Some(steps)
}

/// Settings that change nothing in the plan, or may have one value only.
fn check_settings(map: &Map, compiler: &mut Compiler<'_>) {
    if let Some(node) = map.given("parallelism") {
        check_parallelism(node, compiler);
    }
    if let Some(node) = map.given("description") {
        scalar::text(node, "`description`", compiler.problems);
    }
    if let Some(node) = map.given("circleci_ip_ranges")
        && scalar::boolean(node, "`circleci_ip_ranges`", compiler.problems) == Some(true)
    {
        let message = "`circleci_ip_ranges` has no effect: jobs use the addresses of your machines";
        compiler.problems.add(Problem::warning(node.mark, message));
    }
    if let Some(entry) = map.entry("branches")
        && (compiler.definitions.version == Version::TwoOne || compiler.definitions.has_workflows)
    {
        let message = "`branches` of a job counts only in version 2 without `workflows`";
        let problem = Problem::warning(entry.mark, message);
        compiler.problems.add(problem.help("use `filters` where a workflow calls the job"));
    }
}

fn check_parallelism(node: &Rc<Node>, compiler: &mut Compiler<'_>) {
    match scalar::integer(node, "`parallelism`", compiler.problems) {
        None | Some(1) => {}
        Some(2..) => {
            let help = "set it to 1, or call the job several times";
            let problem = Problem::not_built(node.mark, "`parallelism` above 1", help);
            compiler.problems.add(problem);
        }
        Some(_) => {
            compiler.problems.add(Problem::error(node.mark, "`parallelism` must be at least 1"));
        }
    }
}

/// Whether this is a job with steps; other types need neither steps nor a place to run.
fn is_build(map: &Map, compiler: &mut Compiler<'_>) -> bool {
    const OTHERS: [&str; 5] = ["approval", "no-op", "release", "lock", "unlock"];
    let Some(node) = map.given("type") else { return true };
    let Some(name) = scalar::text(node, "`type`", compiler.problems) else { return true };
    if name == "build" {
        return true;
    }
    let not_built = OTHERS.contains(&name.as_str());
    compiler.problems.add(if not_built {
        Problem::not_built(node.mark, &format!("a job of type {}", quote(&name)), "")
    } else {
        let known = OTHERS.into_iter().chain(["build"]);
        let otherwise = || Some("leave `type` out for a job with steps".to_owned());
        let advice = suggest::advice(&name, known, otherwise).unwrap_or_default();
        Problem::error(node.mark, format!("there is no job type {}", quote(&name))).help(advice)
    });
    !not_built
}

/// What a job counts against the size of the plan, in bytes.
fn size(job: &Job) -> usize {
    let variables: usize =
        job.environment.iter().map(|(name, value)| name.len() + value.len()).sum();
    256 + variables + job.steps.iter().map(step::size).sum::<usize>()
}
