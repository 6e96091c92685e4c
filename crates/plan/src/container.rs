//! The containers of `docker`: the first is where steps run, the others are services beside it.

use std::rc::Rc;

use crate::code::Code;
use crate::compiled::{Auth, AuthKind, Container, Executor, Service, Words};
use crate::environment::Environment;
use crate::keys::Keys;
use crate::node::{Map, Node};
use crate::problem::{Problem, Problems, quote};
use crate::scalar;

const IMAGE: Keys = Keys {
    of: "a docker image",
    known: &[
        "image",
        "name",
        "entrypoint",
        "command",
        "user",
        "environment",
        "auth",
        "aws_auth",
        "gcp_auth",
    ],
};

/// What this version does not do for containers, with the way out.
const NOT_BUILT: [(&str, &str); 7] = [
    ("name", "remove it; steps reach their own container as `localhost`"),
    ("entrypoint", "start the program in a `run` step with `background: true`"),
    ("command", "start the program in a `run` step with `background: true`"),
    ("user", "use an image whose default user is the right one"),
    ("auth", NO_LOGIN),
    ("aws_auth", NO_LOGIN),
    ("gcp_auth", NO_LOGIN),
];
const NO_LOGIN: &str = "log in to the registry on the machine that runs the jobs";

const AUTHS: [(&str, AuthKind, Keys); 3] = [
    ("auth", AuthKind::Password, Keys { of: "`auth`", known: &["username", "password"] }),
    (
        "aws_auth",
        AuthKind::Aws,
        Keys {
            of: "`aws_auth`",
            known: &["aws_access_key_id", "aws_secret_access_key", "oidc_role_arn"],
        },
    ),
    (
        "gcp_auth",
        AuthKind::Gcp,
        Keys {
            of: "`gcp_auth`",
            known: &[
                "oidc_service_account",
                "workload_identity_pool",
                "workload_identity_provider",
                "project_number",
            ],
        },
    ),
];

/// Reads the value of `docker`.
pub(crate) fn read_docker(node: &Rc<Node>, problems: &mut Problems) -> Option<Executor> {
    let items = scalar::list(node, "`docker`", problems)?;
    if items.is_empty() {
        problems.add(Problem::error(node.mark, "`docker` needs at least one `image`"));
        return None;
    }
    for service in items.iter().skip(1) {
        let help = "start the service in a `run` step with `background: true`";
        problems.add(Problem::not_built(service.mark, "a second (service) container", help));
    }
    let all = items.iter().enumerate().map(|(at, item)| read(item, at == 0, problems));
    let mut all = scalar::all(all)?.into_iter();
    let (image, container) = all.next()?;
    let services = all.map(|(image, container)| Service { image, container }).collect();
    Some(Executor::Docker { image, container: Box::new(container), services })
}

fn read(node: &Rc<Node>, primary: bool, problems: &mut Problems) -> Option<(String, Container)> {
    let map = scalar::map(node, "an entry of `docker`", problems)?;
    IMAGE.check(map, problems);
    // Services are refused as a whole.
    for (key, way_out) in NOT_BUILT.iter().filter(|_| primary) {
        if let Some(entry) = map.entry(key).filter(|entry| !entry.value.is_null()) {
            problems.add(Problem::not_built(entry.mark, &quote(key), way_out));
        }
    }
    let image = map.get("image");
    if image.is_none() {
        let problem = Problem::error(node.mark, "this container needs an `image`");
        problems.add(problem.code(Code::MissingKey));
    }
    let image = image.and_then(|image| image_name(image, problems));
    let mut text = |key: &str| scalar::filled(map.given(key)?, &quote(key), problems);
    let (name, user) = (text("name"), text("user"));
    let mut environment = Environment::default();
    if let Some(node) = map.get("environment") {
        environment.read(node, problems);
    }
    let container = Container {
        name,
        user,
        entrypoint: words("entrypoint", map, problems),
        command: words("command", map, problems),
        // The job's environment holds that of the primary container already.
        environment: if primary { Vec::new() } else { environment.into_list() },
        auth: read_auth(map, problems),
    };
    Some((image?, container))
}

/// The name of an image.
pub(crate) fn image_name(node: &Node, problems: &mut Problems) -> Option<String> {
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

fn words(key: &str, map: &Map, problems: &mut Problems) -> Option<Words> {
    let node = map.given(key)?;
    let Some(items) = node.as_list() else {
        return scalar::filled(node, &quote(key), problems).map(Words::Text);
    };
    let what = format!("a word of {}", quote(key));
    scalar::all(items.iter().map(|item| scalar::stringified(item, &what, problems)))
        .map(Words::List)
}

fn read_auth(map: &Map, problems: &mut Problems) -> Option<Auth> {
    let mut found = None;
    for (key, with, keys) in &AUTHS {
        let Some(node) = map.given(key) else { continue };
        let Some(map) = scalar::map(node, &quote(key), problems) else { continue };
        keys.check(map, problems);
        let fields = map.entries().iter().filter_map(|entry| {
            let value = scalar::stringified(&entry.value, &quote(&entry.key), problems)?;
            Some((entry.key.to_string(), value))
        });
        found = Some(Auth { with: *with, fields: fields.collect() });
    }
    found
}
