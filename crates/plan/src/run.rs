//! The `run` step, in its short form (`run: text`) and its long one.

use std::rc::Rc;

use crate::compiled::{Run, When};
use crate::duration;
use crate::environment::Environment;
use crate::keys::{Keys, Support::Built, Support::NotBuilt};
use crate::node::{Kind, Map, Mark, Node};
use crate::problem::{Problem, Problems, quote};
use crate::scalar;
use crate::step::read_shell;
use crate::suggest;

/// How long a command may print nothing unless it says otherwise: ten minutes, in milliseconds.
const NO_OUTPUT_TIMEOUT: u64 = 600_000;
/// Longest name that is made from a command, in characters.
const NAME: usize = 200;

const RUN: Keys = Keys {
    of: "`run`",
    known: &[
        ("name", Built),
        ("command", Built),
        ("shell", Built),
        ("environment", Built),
        ("background", Built),
        ("working_directory", Built),
        ("no_output_timeout", Built),
        ("when", Built),
        ("max_auto_reruns", NotBuilt("repeat the command in a shell loop")),
        ("auto_rerun_delay", NotBuilt("repeat the command in a shell loop")),
    ],
};

/// Reads the value of a `run` key that stands at `mark`.
pub(crate) fn read(mark: Mark, value: &Rc<Node>, problems: &mut Problems) -> Option<Run> {
    if value.is_null() {
        let problem = Problem::error(mark, "`run` needs a command");
        problems.add(problem.help("write `run: command`, or a map with `command` below it"));
        return None;
    }
    let Some(map) = value.as_map() else {
        let command = scalar::filled(value, "`run`", problems)?;
        return Some(run_of(command, &Map::default(), problems));
    };
    RUN.check_mildly(map, problems);
    let command = match map.given("command") {
        Some(node) => scalar::filled(node, "`command`", problems),
        None => {
            problems.add(Problem::error(mark, "`run` needs a `command`"));
            None
        }
    };
    // The other keys are read even without a command, for the problems in them.
    let run = run_of(command.clone().unwrap_or_default(), map, problems);
    command.map(|_| run)
}

fn run_of(command: String, map: &Map, problems: &mut Problems) -> Run {
    let mut environment = Environment::default();
    map.get("environment").into_iter().for_each(|node| environment.read(node, problems));
    let mut text = |key: &str| {
        let node = map.given(key)?;
        scalar::filled(node, &format!("`{key}`"), problems)
    };
    let name = text("name").unwrap_or_else(|| name_of(&command));
    let working_directory = text("working_directory");
    let shell = map.given("shell").and_then(|node| read_shell(node, problems));
    let background =
        map.given("background").and_then(|node| scalar::boolean(node, "`background`", problems));
    let when = map.given("when").and_then(|node| read_when(node, problems));
    let timeout = map.given("no_output_timeout").and_then(|node| read_timeout(node, problems));
    Run {
        name,
        command,
        shell,
        environment: environment.into_list(),
        working_directory,
        background: background.unwrap_or(false),
        when: when.unwrap_or(When::OnSuccess),
        no_output_timeout: timeout.unwrap_or(NO_OUTPUT_TIMEOUT),
    }
}

fn name_of(command: &str) -> String {
    let line = command.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("");
    line.chars().take(NAME).collect()
}

/// The value of `when` in a step.
pub(crate) fn read_when(node: &Node, problems: &mut Problems) -> Option<When> {
    const NAMES: [&str; 3] = ["on_success", "always", "on_fail"];
    match scalar::text(node, "`when`", problems)?.as_str() {
        "on_success" => Some(When::OnSuccess),
        "always" => Some(When::Always),
        "on_fail" => Some(When::OnFail),
        other => {
            let otherwise = || Some("one of on_success, always and on_fail".to_owned());
            let help = suggest::advice(other, NAMES, otherwise).unwrap_or_default();
            let message = format!("`when` cannot be {}", quote(other));
            problems.add(Problem::error(node.mark, message).help(help));
            None
        }
    }
}

fn read_timeout(node: &Node, problems: &mut Problems) -> Option<u64> {
    let scalar = node.as_scalar().filter(|scalar| !matches!(scalar.kind(), Kind::Boolean(_)));
    let Some(scalar) = scalar else {
        problems.add(scalar::expected("`no_output_timeout`", "a time such as `10m`", node));
        return None;
    };
    let refuse = |rest| {
        let message = format!("`no_output_timeout` {rest}, but is {}", quote(&scalar.text));
        problems.add(Problem::error(node.mark, message));
    };
    duration::milliseconds(&scalar.text).map_err(refuse).ok()
}
