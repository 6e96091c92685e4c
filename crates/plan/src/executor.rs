//! Where a job runs: `docker`, `machine`, `macos`, or a reusable executor by name, from which a job
//! takes what it does not set itself. The containers of `docker` are read in `container`.

use std::rc::Rc;

use crate::builtin::read_shell;
use crate::code::Code;
use crate::compiled::Executor;
use crate::compiler::Compiler;
use crate::container;
use crate::definition::{self, Call};
use crate::environment::Environment;
use crate::job;
use crate::keys::Keys;
use crate::library::Section;
use crate::node::{Entry, Kind, Map, Mark, Node, Style};
use crate::problem::{Problem, Problems, quote};
use crate::scalar;

const NO_MACOS: &str = "use a `machine` with a `resource_class` of your own runners";

/// The keys that say where a job runs.
const KINDS: [&str; 3] = ["docker", "machine", "macos"];

const EXECUTOR: Keys = Keys {
    of: "an executor",
    known: &[
        "docker",
        "machine",
        "macos",
        "resource_class",
        "shell",
        "working_directory",
        "environment",
        "parameters",
        "description",
    ],
};

const MACHINE: Keys = Keys {
    of: "`machine`",
    known: &["image", "enabled", "resource_class", "shell", "docker_layer_caching"],
};
const MACOS: Keys =
    Keys { of: "`macos`", known: &["xcode", "code_signing", "resource_class", "shell"] };

/// What an executor says about a job.
pub(crate) struct Place {
    pub(crate) executor: Executor,
    pub(crate) resource_class: Option<String>,
    pub(crate) shell: Option<String>,
}

/// Reports what is wrong with a reusable executor whatever uses it, also when nothing does.
pub(crate) fn check(entry: &Entry, compiler: &mut Compiler<'_>) {
    let what = format!("the executor {}", quote(&entry.key));
    let Some(map) = scalar::map(&entry.value, &what, compiler.problems) else { return };
    EXECUTOR.check(map, compiler.problems);
    definition::declarations(map, entry.mark, compiler);
    read_kind(map, &what, entry.mark, compiler.problems);
}

/// Checks an executor that nothing names, perhaps because of what else is wrong, as that of a job.
pub(crate) fn check_with_guesses(entry: &Entry, compiler: &mut Compiler<'_>) {
    let kinds = |executor: &Map| KINDS.iter().filter(|kind| executor.get(kind).is_some()).count();
    if entry.value.as_map().is_none_or(|executor| kinds(executor) != 1) {
        // Reported already.
        return;
    }
    let mark = entry.mark.guess();
    let put = |key: &str, value| Entry { key: key.into(), mark, value };
    let name = Node::scalar(mark, Rc::clone(&entry.key), Style::Text);
    let steps = Node::list(mark, Vec::new());
    let mut job = Map::default();
    job.put(put("executor", name));
    job.put(put("steps", steps));
    job::check_with_guesses(&put(&entry.key, Rc::clone(&entry.value)), &job, compiler);
}

/// The job's own keys, with those of the executor that it names in the place of `executor`. A key
/// that the job has itself wins; the two `environment`s are merged name by name. If the executor is
/// wrong, which is reported, the job runs at a place that is a guess.
pub(crate) fn inherit(job: &Map, compiler: &mut Compiler<'_>) -> Map {
    let Some(entry) = job.entry("executor") else { return job.clone() };
    if let Some(kind) = KINDS.iter().find_map(|kind| job.entry(kind)) {
        let message = format!("a job has `executor` or {}, not both", quote(&kind.key));
        compiler.problems.add(Problem::error(kind.mark, message));
        return merge(job, &Map::default(), compiler);
    }
    let named = compiler.allows("`executor`", entry.mark);
    let body = if named { call(&entry.value, compiler) } else { None };
    if let Some(body) = body.as_ref().and_then(|body| body.as_map()) {
        return merge(job, body, compiler);
    }
    let mut somewhere = Map::default();
    let value = Node::guess(entry.mark);
    somewhere.put(Entry { key: "machine".into(), mark: entry.mark.guess(), value });
    merge(job, &somewhere, compiler)
}

fn merge(job: &Map, body: &Map, compiler: &mut Compiler<'_>) -> Map {
    let mut merged = Map::default();
    for own in job.entries() {
        if &*own.key != "executor" {
            // The environment may be there already, merged.
            merged.put_absent(own);
            continue;
        }
        let inherited = body.entries().iter().filter(|entry| {
            !matches!(&*entry.key, "description" | "environment") && job.get(&entry.key).is_none()
        });
        inherited.for_each(|entry| merged.put_absent(entry));
        if let Some(environment) = merge_environments(job, body, compiler.problems) {
            // Also when the job's own stands before `executor`.
            merged.put(environment);
        }
    }
    merged
}

fn merge_environments(job: &Map, executor: &Map, problems: &mut Problems) -> Option<Entry> {
    let below = executor.entry("environment").filter(|entry| !entry.value.is_null());
    let above = job.entry("environment").filter(|entry| !entry.value.is_null());
    let (Some(below), Some(above)) = (below, above) else { return above.or(below).cloned() };
    let mut environment = Environment::default();
    environment.read(&below.value, problems);
    environment.read(&above.value, problems);
    let value = environment.into_node(above.value.mark);
    Some(Entry { key: Rc::clone(&above.key), mark: above.mark, value })
}

/// `executor: name`, or a map with `name` and the executor's arguments.
fn call(node: &Rc<Node>, compiler: &mut Compiler<'_>) -> Option<Rc<Node>> {
    let (name_node, arguments): (&Rc<Node>, Vec<Entry>) = match node.as_map() {
        None => (node, Vec::new()),
        Some(map) => {
            let Some(name) = map.get("name") else {
                let problem = Problem::error(node.mark, "`executor` needs a `name`");
                compiler.problems.add(problem.code(Code::MissingKey));
                return None;
            };
            let arguments = map.entries().iter().filter(|entry| &*entry.key != "name");
            (name, arguments.cloned().collect())
        }
    };
    let name = scalar::filled(name_node, "`executor`", compiler.problems)?;
    let entry = compiler.find(Section::Executors, &name, name_node.mark)?;
    compiler.called.insert(entry.mark);
    let what = format!("the executor {}", quote(&name));
    let map = scalar::map(&entry.value, &what, compiler.problems)?;
    if entry.mark.home != 0 {
        EXECUTOR.check(map, compiler.problems);
    }
    let call = Call { arguments: &arguments, mark: node.mark };
    definition::instantiate(map, entry.mark, &what, call, compiler)
}

/// The one key that says where a job or an executor runs.
fn read_kind<'m>(
    map: &'m Map,
    what: &str,
    mark: Mark,
    problems: &mut Problems,
) -> Option<&'m Entry> {
    let mut kinds = KINDS.iter().filter_map(|kind| map.entry(kind));
    let Some(first) = kinds.next() else {
        let message = format!("{what} does not say where it runs");
        let help = "give it `docker` with an `image`, or `machine: true`";
        problems.add(Problem::error(mark, message).code(Code::MissingKey).help(help));
        return None;
    };
    if let Some(second) = kinds.next() {
        let (first, second_key) = (quote(&first.key), quote(&second.key));
        let message = format!("{what} runs in one place, but names {first} and {second_key}");
        problems.add(Problem::error(second.mark, message).help("keep one of them"));
        return None;
    }
    Some(first)
}

/// Reads where the job, or the executor that it took its keys from, runs.
pub(crate) fn read(map: &Map, what: &str, mark: Mark, problems: &mut Problems) -> Option<Place> {
    let entry = read_kind(map, what, mark, problems)?;
    match &*entry.key {
        "docker" => {
            let executor = container::read_docker(&entry.value, problems)?;
            Some(Place { executor, resource_class: None, shell: None })
        }
        "machine" => read_machine(&entry.value, problems),
        _ => {
            problems.add(Problem::not_built(entry.mark, "`macos`", NO_MACOS));
            read_macos(&entry.value, problems)
        }
    }
}

fn read_macos(node: &Rc<Node>, problems: &mut Problems) -> Option<Place> {
    let map = scalar::map(node, "`macos`", problems)?;
    MACOS.check(map, problems);
    // Versions such as 15.3 are written without quotes.
    let xcode = map.given("xcode").and_then(|node| scalar::stringified(node, "`xcode`", problems));
    let class = map.given("resource_class");
    let resource_class = class.and_then(|node| scalar::filled(node, "`resource_class`", problems));
    let shell = map.given("shell").and_then(|node| read_shell(node, problems));
    Some(Place { executor: Executor::Macos { xcode }, resource_class, shell })
}

/// Adds the variables of the primary image of `docker`, which lie below all others.
pub(crate) fn read_image_environment(
    map: &Map,
    environment: &mut Environment,
    problems: &mut Problems,
) {
    let primary = map.get("docker").and_then(|node| node.as_list()).and_then(<[_]>::first);
    let own = primary.and_then(|node| node.as_map()).and_then(|map| map.get("environment"));
    own.into_iter().for_each(|node| environment.read(node, problems));
}

fn read_machine(node: &Rc<Node>, problems: &mut Problems) -> Option<Place> {
    let bare = |image| {
        let executor = Executor::Machine { image, docker_layer_caching: false };
        Some(Place { executor, resource_class: None, shell: None })
    };
    if let Some(map) = node.as_map() {
        return read_machine_map(map, problems);
    }
    match scalar::as_boolean(node) {
        Some(true) => bare(None),
        None if node.as_scalar().is_some_and(|scalar| scalar.kind() == Kind::Text) => {
            bare(Some(container::image_name(node, problems)?))
        }
        _ => {
            problems.add(scalar::expected("`machine`", "`true`, an image or a map", node));
            None
        }
    }
}

fn read_machine_map(map: &Map, problems: &mut Problems) -> Option<Place> {
    MACHINE.check(map, problems);
    if let Some(enabled) = map.given("enabled")
        && scalar::boolean(enabled, "`enabled`", problems) == Some(false)
    {
        let message = "`machine` with `enabled: false` leaves the job no place to run";
        problems.add(Problem::error(enabled.mark, message).help("remove `enabled`"));
    }
    let caching = map.entry("docker_layer_caching").filter(|entry| !entry.value.is_null());
    let docker_layer_caching = caching.is_some_and(|entry| {
        scalar::boolean(&entry.value, "`docker_layer_caching`", problems) == Some(true)
    });
    if let (Some(entry), true) = (caching, docker_layer_caching) {
        let help = "remove it; it only makes image builds faster";
        problems.add(Problem::not_built(entry.value.mark, "`docker_layer_caching`", help));
    }
    let class = map.given("resource_class");
    let resource_class = class.and_then(|node| scalar::filled(node, "`resource_class`", problems));
    let shell = map.given("shell").and_then(|node| read_shell(node, problems));
    let image = match map.given("image") {
        Some(node) => Some(container::image_name(node, problems)?),
        None => None,
    };
    let executor = Executor::Machine { image, docker_layer_caching };
    Some(Place { executor, resource_class, shell })
}
