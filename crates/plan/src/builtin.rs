//! The steps of the language, read from their expanded form. `run` is read in `run`; what a step
//! does is the runner's matter.

use std::rc::Rc;

use crate::code::Code;
use crate::compiled::{
    AddSshKeys, AttachWorkspace, Checkout, CheckoutMethod, InstallSigningBundle,
    PersistToWorkspace, RestoreCache, SaveCache, SetupRemoteDocker, Step, StoreArtifacts,
    StoreTestResults, When,
};
use crate::keys::Keys;
use crate::node::{Map, Mark, Node};
use crate::problem::{Problem, Problems, quote};
use crate::run;
use crate::scalar;

/// The names of the steps.
pub(crate) const NAMES: [&str; 13] = [
    "run",
    "checkout",
    "store_artifacts",
    "store_test_results",
    "save_cache",
    "restore_cache",
    "persist_to_workspace",
    "attach_workspace",
    "setup_remote_docker",
    "setup_docker_engine",
    "add_ssh_keys",
    "deploy",
    "install_signing_bundle",
];

const NO_CACHE: &str = "remove the step; caches only make a job faster";
const NO_WORKSPACE: &str = "make the files again in the job that needs them";
const NO_ENGINE: &str = "use `machine: true` on a machine with Docker";

const CHECKOUT: Keys = Keys { of: "`checkout`", known: &["name", "path", "method", "depth"] };
const STORE_ARTIFACTS: Keys =
    Keys { of: "`store_artifacts`", known: &["name", "path", "destination", "when"] };
const STORE_TEST_RESULTS: Keys =
    Keys { of: "`store_test_results`", known: &["name", "path", "when"] };
const SAVE_CACHE: Keys = Keys { of: "`save_cache`", known: &["name", "key", "paths", "when"] };
const RESTORE_CACHE: Keys = Keys { of: "`restore_cache`", known: &["name", "key", "keys", "when"] };
const PERSIST: Keys =
    Keys { of: "`persist_to_workspace`", known: &["name", "root", "paths", "when"] };
const ATTACH: Keys = Keys { of: "`attach_workspace`", known: &["name", "at", "when"] };
const ENGINE: Keys = Keys {
    of: "`setup_remote_docker`",
    known: &["name", "version", "docker_layer_caching", "prefer_same_region"],
};
const SSH_KEYS: Keys = Keys { of: "`add_ssh_keys`", known: &["name", "fingerprints"] };
const BUNDLE: Keys = Keys { of: "`install_signing_bundle`", known: &["name"] };

/// Reads one step. `None` if something is wrong, and reported.
pub(crate) fn read(node: &Rc<Node>, problems: &mut Problems) -> Option<Step> {
    let nothing = Node::map(node.mark, Vec::new());
    let (name, mark, value) = match node.as_map().map(Map::entries) {
        Some([entry]) => (&*entry.key, entry.mark, &entry.value),
        _ => (&*node.as_scalar()?.text, node.mark, &nothing),
    };
    match name {
        "run" => run::read(mark, value, problems).map(Step::Run),
        "deploy" => {
            let message = "`deploy` is deprecated and does what `run` does";
            let problem = Problem::warning(mark, message).code(Code::Deprecated);
            problems.add(problem.help("write `run` instead"));
            run::read(mark, value, problems).map(Step::Run)
        }
        "checkout" => read_checkout(value, problems),
        "store_artifacts" => read_store_artifacts(mark, value, problems),
        "store_test_results" => read_store_test_results(mark, value, problems),
        "add_ssh_keys" => read_ssh_keys(value, problems),
        _ => {
            let (step, way_out) = read_unsupported(name, mark, value, problems)?;
            problems.add(Problem::not_built(mark, &quote(name), way_out));
            step
        }
    }
}

/// The steps that compile and do not run yet, each with the way out. The outer `None` is no step.
fn read_unsupported(
    name: &str,
    mark: Mark,
    value: &Rc<Node>,
    problems: &mut Problems,
) -> Option<(Option<Step>, &'static str)> {
    Some(match name {
        "save_cache" => (read_save_cache(mark, value, problems), NO_CACHE),
        "restore_cache" => (read_restore_cache(mark, value, problems), NO_CACHE),
        "persist_to_workspace" => (read_persist(mark, value, problems), NO_WORKSPACE),
        "attach_workspace" => (read_attach(mark, value, problems), NO_WORKSPACE),
        "setup_remote_docker" => (read_engine(value, problems), NO_ENGINE),
        "setup_docker_engine" => {
            let message = "`setup_docker_engine` is the old name of `setup_remote_docker`";
            let problem = Problem::warning(mark, message).code(Code::Deprecated);
            problems.add(problem.help("write `setup_remote_docker`"));
            (read_engine(value, problems), NO_ENGINE)
        }
        "install_signing_bundle" => (read_bundle(value, problems), ""),
        _ => return None,
    })
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
        let problem = Problem::error(mark, format!("{of} needs a `{key}`"));
        problems.add(problem.code(Code::MissingKey));
    }
    optional(map, key, problems)
}

fn read_checkout(value: &Node, problems: &mut Problems) -> Option<Step> {
    let none = Map::default();
    let map = settings(value, &CHECKOUT, &none, problems)?;
    let name = optional(map, "name", problems).unwrap_or_else(|| "Checkout code".to_owned());
    let path = optional(map, "path", problems);
    let method = read_method(map, problems);
    Some(Step::Checkout(Checkout { name, path, method }))
}

fn read_method(map: &Map, problems: &mut Problems) -> Option<CheckoutMethod> {
    let name = optional(map, "method", problems);
    let depth = map.given("depth").and_then(|node| {
        let depth = scalar::integer(node, "`depth`", problems)?;
        if depth < 1 {
            problems.add(Problem::error(node.mark, "`depth` must be at least 1"));
        }
        if name.as_deref() != Some("shallow") {
            let message = "`depth` needs `method: shallow` beside it";
            problems.add(Problem::error(node.mark, message));
        }
        u32::try_from(depth).ok()
    });
    let node = map.given("method")?;
    let method = match name?.as_str() {
        "full" => return Some(CheckoutMethod::Full),
        "blobless" => CheckoutMethod::Blobless,
        "shallow" => CheckoutMethod::Shallow { depth: depth.unwrap_or(1) },
        other => {
            let message = format!("there is no checkout method {}", quote(other));
            let help = "the methods are full, blobless and shallow";
            problems.add(Problem::error(node.mark, message).help(help));
            return None;
        }
    };
    let message = "this version of Rondo always clones in full, which may take longer";
    problems.add(Problem::warning(node.mark, message));
    Some(method)
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

fn read_save_cache(mark: Mark, value: &Node, problems: &mut Problems) -> Option<Step> {
    let none = Map::default();
    let map = settings(value, &SAVE_CACHE, &none, problems)?;
    let name = optional(map, "name", problems).unwrap_or_else(|| "Saving cache".to_owned());
    let when = map.given("when").and_then(|node| run::read_when(node, problems));
    let key = required(map, "key", SAVE_CACHE.of, mark, problems);
    let paths = texts(map, "paths", SAVE_CACHE.of, mark, problems);
    let when = when.unwrap_or(When::OnSuccess);
    Some(Step::SaveCache(SaveCache { name, key: key?, paths: paths?, when }))
}

fn read_restore_cache(mark: Mark, value: &Node, problems: &mut Problems) -> Option<Step> {
    let none = Map::default();
    let map = settings(value, &RESTORE_CACHE, &none, problems)?;
    check_store_when(map, problems);
    let name = optional(map, "name", problems).unwrap_or_else(|| "Restoring cache".to_owned());
    let mut keys: Vec<String> = optional(map, "key", problems).into_iter().collect();
    if map.given("keys").is_some() {
        keys.extend(texts(map, "keys", RESTORE_CACHE.of, mark, problems)?);
    }
    if keys.is_empty() {
        let problem = Problem::error(mark, "`restore_cache` needs a `key` or `keys`");
        problems.add(problem.code(Code::MissingKey));
        return None;
    }
    Some(Step::RestoreCache(RestoreCache { name, keys }))
}

fn read_persist(mark: Mark, value: &Node, problems: &mut Problems) -> Option<Step> {
    let none = Map::default();
    let map = settings(value, &PERSIST, &none, problems)?;
    check_store_when(map, problems);
    let name =
        optional(map, "name", problems).unwrap_or_else(|| "Persisting to workspace".to_owned());
    let root = required(map, "root", PERSIST.of, mark, problems);
    let paths = texts(map, "paths", PERSIST.of, mark, problems);
    Some(Step::PersistToWorkspace(PersistToWorkspace { name, root: root?, paths: paths? }))
}

fn read_attach(mark: Mark, value: &Node, problems: &mut Problems) -> Option<Step> {
    let none = Map::default();
    let map = settings(value, &ATTACH, &none, problems)?;
    check_store_when(map, problems);
    let name = optional(map, "name", problems).unwrap_or_else(|| "Attaching workspace".to_owned());
    let at = required(map, "at", ATTACH.of, mark, problems)?;
    Some(Step::AttachWorkspace(AttachWorkspace { name, at }))
}

fn read_engine(value: &Node, problems: &mut Problems) -> Option<Step> {
    let none = Map::default();
    let map = settings(value, &ENGINE, &none, problems)?;
    let name = optional(map, "name", problems)
        .unwrap_or_else(|| "Setup a remote Docker engine".to_owned());
    // Numbers such as 20.10.24 and 17.03 are written without quotes.
    let version =
        map.given("version").and_then(|node| scalar::stringified(node, "`version`", problems));
    let mut flag = |key: &str| {
        let node = map.given(key)?;
        scalar::boolean(node, &quote(key), problems)
    };
    flag("prefer_same_region");
    let docker_layer_caching = flag("docker_layer_caching").unwrap_or(false);
    Some(Step::SetupRemoteDocker(SetupRemoteDocker { name, version, docker_layer_caching }))
}

fn read_ssh_keys(value: &Rc<Node>, problems: &mut Problems) -> Option<Step> {
    let none = Map::default();
    let map = settings(value, &SSH_KEYS, &none, problems)?;
    let name = optional(map, "name", problems)
        .unwrap_or_else(|| "Installing additional ssh keys".to_owned());
    let listed = map.given("fingerprints").map(scalar::one_or_more).unwrap_or_default();
    let fingerprints = scalar::all(listed.iter().map(|node| read_fingerprint(node, problems)))?;
    Some(Step::AddSshKeys(AddSshKeys { name, fingerprints }))
}

fn read_fingerprint(node: &Node, problems: &mut Problems) -> Option<String> {
    let text = scalar::filled(node, "a fingerprint", problems)?;
    if is_fingerprint(&text) {
        return Some(text);
    }
    let message = format!("{} is not the fingerprint of a key", quote(&text));
    let help = "write 16 pairs of hexadecimal digits, or `SHA256:` and 43 characters";
    problems.add(Problem::error(node.mark, message).help(help));
    None
}

fn is_fingerprint(text: &str) -> bool {
    if let Some(digest) = text.strip_prefix("SHA256:") {
        let digest = digest.trim_end_matches('=');
        let base64 = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/');
        return digest.len() == 43 && digest.bytes().all(base64);
    }
    let pairs: Vec<&str> = text.strip_prefix("MD5:").unwrap_or(text).split(':').collect();
    let pair = |pair: &&str| pair.len() == 2 && pair.bytes().all(|b| b.is_ascii_hexdigit());
    pairs.len() == 16 && pairs.iter().all(pair)
}

fn read_bundle(value: &Node, problems: &mut Problems) -> Option<Step> {
    let none = Map::default();
    let map = settings(value, &BUNDLE, &none, problems)?;
    let name = optional(map, "name", problems)
        .unwrap_or_else(|| "Install Apple signing bundle".to_owned());
    Some(Step::InstallSigningBundle(InstallSigningBundle { name }))
}

/// A list of texts that must be there, with at least one in it; one text is a list of one.
fn texts(
    map: &Map,
    key: &str,
    of: &str,
    mark: Mark,
    problems: &mut Problems,
) -> Option<Vec<String>> {
    let Some(node) = map.given(key) else {
        let problem = Problem::error(mark, format!("{of} needs {}", quote(key)));
        problems.add(problem.code(Code::MissingKey));
        return None;
    };
    let items = scalar::one_or_more(node);
    if items.is_empty() {
        problems.add(Problem::error(node.mark, format!("{} must not be empty", quote(key))));
        return None;
    }
    let what = format!("an item of {}", quote(key));
    scalar::all(items.iter().map(|item| scalar::filled(item, &what, problems)))
}

/// A shell with its arguments, as text or as a list of words.
pub(crate) fn read_shell(node: &Rc<Node>, problems: &mut Problems) -> Option<String> {
    let Some(words) = node.as_list() else { return scalar::filled(node, "`shell`", problems) };
    let read = |word: &Rc<Node>| {
        let text = scalar::filled(word, "a word of `shell`", problems)?;
        if text.contains(char::is_whitespace) {
            let message = format!("{} in `shell` contains a blank", quote(&text));
            problems.add(Problem::error(word.mark, message).help("make each word an item"));
            return None;
        }
        Some(text)
    };
    let shell = scalar::all(words.iter().map(read))?;
    if shell.is_empty() {
        problems.add(Problem::error(node.mark, "`shell` must not be empty"));
        return None;
    }
    Some(shell.join(" "))
}
