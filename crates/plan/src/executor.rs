//! Where a job runs: `docker`, `machine`, or a reusable executor by name, from which a job takes
//! what it does not set itself. Service containers and a container's own settings are not built.

use std::rc::Rc;

use crate::compiled::Executor;
use crate::compiler::Compiler;
use crate::definition::{self, Call};
use crate::environment::Environment;
use crate::keys::{Keys, Support::Built, Support::NotBuilt};
use crate::node::{Entry, Kind, Map, Mark, Node};
use crate::problem::{Problem, Problems, quote};
use crate::scalar;
use crate::suggest;

pub(crate) const NO_MACOS: &str = "use a `machine` with a `resource_class` of your own runners";

const EXECUTOR: Keys = Keys {
    of: "an executor",
    known: &[
        ("docker", Built),
        ("machine", Built),
        ("macos", NotBuilt(NO_MACOS)),
        ("resource_class", Built),
        ("shell", Built),
        ("working_directory", Built),
        ("environment", Built),
        ("parameters", Built),
        ("description", Built),
    ],
};

const IMAGE: Keys = Keys {
    of: "a docker image",
    known: &[
        ("image", Built),
        ("environment", Built),
        ("name", NotBuilt("remove it; steps reach their own container as `localhost`")),
        ("entrypoint", NotBuilt("start the program in a `run` step with `background: true`")),
        ("command", NotBuilt("start the program in a `run` step with `background: true`")),
        ("user", NotBuilt("use an image whose default user is the right one")),
        ("auth", NotBuilt("log in to the registry on the machine that runs the jobs")),
        ("aws_auth", NotBuilt("log in to the registry on the machine that runs the jobs")),
        ("gcp_auth", NotBuilt("log in to the registry on the machine that runs the jobs")),
    ],
};

const MACHINE: Keys = Keys {
    of: "`machine`",
    known: &[
        ("image", Built),
        ("enabled", Built),
        ("resource_class", Built),
        ("shell", Built),
        ("docker_layer_caching", Built),
    ],
};

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
    definition::declarations(map, compiler);
    read_kind(map, &what, entry.mark, compiler.problems);
}

/// The job's own keys, and below them those of the executor that it names; the `environment` of
/// that executor goes into `environment`, because the two are merged name by name.
pub(crate) fn inherit(
    job: &Map,
    environment: &mut Environment,
    compiler: &mut Compiler<'_>,
) -> Option<Map> {
    let Some(entry) = job.entry("executor") else { return Some(job.clone()) };
    if !compiler.allows("`executor`", entry.mark) {
        return None;
    }
    if let Some(kind) = ["docker", "machine", "macos"].iter().find_map(|kind| job.entry(kind)) {
        let message = format!("a job has `executor` or {}, not both", quote(&kind.key));
        compiler.problems.add(Problem::error(kind.mark, message));
        return None;
    }
    let body = call(&entry.value, compiler)?;
    let body = scalar::map(&body, "an executor", compiler.problems)?;
    if let Some(own) = body.get("environment") {
        read_image_environment(body, environment, compiler.problems);
        environment.read(own, compiler.problems);
    }
    let mut merged = Map::default();
    job.entries().iter().filter(|entry| &*entry.key != "executor").for_each(|entry| {
        merged.put_absent(entry);
    });
    body.entries().iter().filter(|entry| &*entry.key != "environment").for_each(|entry| {
        merged.put_absent(entry);
    });
    Some(merged)
}

/// `executor: name`, or a map with `name` and the executor's arguments.
fn call(node: &Rc<Node>, compiler: &mut Compiler<'_>) -> Option<Rc<Node>> {
    let (name_node, arguments): (&Rc<Node>, Vec<Entry>) = match node.as_map() {
        None => (node, Vec::new()),
        Some(map) => {
            let Some(name) = map.get("name") else {
                compiler.problems.add(Problem::error(node.mark, "`executor` needs a `name`"));
                return None;
            };
            let arguments = map.entries().iter().filter(|entry| &*entry.key != "name");
            (name, arguments.cloned().collect())
        }
    };
    let name = scalar::filled(name_node, "`executor`", compiler.problems)?;
    let definitions = compiler.definitions;
    let Some(entry) = definitions.executors.entry(&name) else {
        compiler.problems.add(unknown(&name, name_node.mark, &definitions.executors));
        return None;
    };
    let what = format!("the executor {}", quote(&name));
    let map = scalar::map(&entry.value, &what, compiler.problems)?;
    definition::instantiate(map, &what, Call { arguments: &arguments, mark: node.mark }, compiler)
}

fn unknown(name: &str, mark: Mark, executors: &Map) -> Problem {
    if name.contains('/') {
        let what = format!("the executor {} of an orb", quote(name));
        return Problem::not_built(mark, &what, "define an executor of your own in `executors`");
    }
    let names = executors.entries().iter().map(|entry| &*entry.key);
    let otherwise = || Some("define it in `executors`".to_owned());
    let problem = Problem::error(mark, format!("there is no executor named {}", quote(name)));
    problem.help(suggest::advice(name, names, otherwise).unwrap_or_default())
}

/// The one key that says where a job or an executor runs.
fn read_kind<'m>(
    map: &'m Map,
    what: &str,
    mark: Mark,
    problems: &mut Problems,
) -> Option<&'m Entry> {
    let mut kinds = ["docker", "machine", "macos"].iter().filter_map(|kind| map.entry(kind));
    let Some(first) = kinds.next() else {
        let message = format!("{what} does not say where it runs");
        let help = "give it `docker` with an `image`, or `machine: true`";
        problems.add(Problem::error(mark, message).help(help));
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
        "docker" => read_docker(&entry.value, problems),
        "machine" => read_machine(&entry.value, problems),
        // Refused by the table of keys already.
        _ => None,
    }
}

fn read_docker(node: &Rc<Node>, problems: &mut Problems) -> Option<Place> {
    let images = scalar::list(node, "`docker`", problems)?;
    for service in images.iter().skip(1) {
        let help = "start the service in a `run` step with `background: true`";
        problems.add(Problem::not_built(service.mark, "a second (service) container", help));
    }
    let Some(primary) = images.first() else {
        problems.add(Problem::error(node.mark, "`docker` needs at least one `image`"));
        return None;
    };
    let map = scalar::map(primary, "an entry of `docker`", problems)?;
    IMAGE.check(map, problems);
    let Some(image) = map.get("image") else {
        problems.add(Problem::error(primary.mark, "this container needs an `image`"));
        return None;
    };
    let image = image_name(image, problems)?;
    Some(Place { executor: Executor::Docker { image }, resource_class: None, shell: None })
}

fn image_name(node: &Node, problems: &mut Problems) -> Option<String> {
    let image = scalar::filled(node, "`image`", problems)?;
    let named = image.starts_with(|c: char| c.is_ascii_alphanumeric())
        && image.bytes().all(|b| b.is_ascii_graphic());
    if named {
        return Some(image);
    }
    let message = format!("{} cannot be the name of an image", quote(&image));
    problems.add(Problem::error(node.mark, message));
    None
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
        let executor = Executor::Machine { image };
        Some(Place { executor, resource_class: None, shell: None })
    };
    if let Some(map) = node.as_map() {
        return read_machine_map(map, problems);
    }
    match scalar::as_boolean(node) {
        Some(true) => bare(None),
        None if node.as_scalar().is_some_and(|scalar| scalar.kind() == Kind::Text) => {
            bare(Some(image_name(node, problems)?))
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
    if let Some(caching) = map.given("docker_layer_caching")
        && scalar::boolean(caching, "`docker_layer_caching`", problems) == Some(true)
    {
        let help = "remove it; it only makes image builds faster";
        problems.add(Problem::not_built(caching.mark, "`docker_layer_caching`", help));
    }
    let mut text = |key: &str| {
        let node = map.given(key)?;
        scalar::filled(node, &format!("`{key}`"), problems)
    };
    let resource_class = text("resource_class");
    let shell = text("shell");
    let image = match map.given("image") {
        Some(node) => Some(image_name(node, problems)?),
        None => None,
    };
    Some(Place { executor: Executor::Machine { image }, resource_class, shell })
}
