//! The `run` step in its long form; `step` has made it of the short one (`run: text`).

use std::rc::Rc;

use crate::builtin::read_shell;
use crate::code::Code;
use crate::compiled::{Run, When};
use crate::duration;
use crate::environment::Environment;
use crate::keys::Keys;
use crate::node::{Kind, Map, Mark, Node};
use crate::problem::{Problem, Problems, quote};
use crate::scalar;
use crate::suggest;

/// How long a command may print nothing unless it says otherwise: ten minutes, in milliseconds.
const NO_OUTPUT_TIMEOUT: u64 = 600_000;
/// Longest name that is made from a command, in characters.
const NAME: usize = 200;

const RUN: Keys = Keys {
    of: "`run`",
    known: &[
        "name",
        "command",
        "shell",
        "environment",
        "background",
        "working_directory",
        "no_output_timeout",
        "when",
        "max_auto_reruns",
        "auto_rerun_delay",
    ],
};
/// Most repetitions of a command.
const RERUNS: i64 = 5;
/// Longest wait before a repetition: ten minutes, in milliseconds.
const DELAY: u64 = 600_000;

/// Reads the value, expanded to a map, of a `run` key that stands at `mark`.
pub(crate) fn read(mark: Mark, value: &Rc<Node>, problems: &mut Problems) -> Option<Run> {
    let map = scalar::map(value, "`run`", problems)?;
    RUN.check_mildly(map, problems);
    let command = match map.given("command") {
        Some(node) => scalar::filled(node, "`command`", problems),
        None => {
            let problem = Problem::error(mark, "`run` needs a `command`");
            let help = "write `run: command`, or a map with `command` below it";
            problems.add(problem.code(Code::MissingKey).help(help));
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
    let timeout = map
        .given("no_output_timeout")
        .and_then(|node| read_duration("no_output_timeout", node, problems));
    let (max_auto_reruns, auto_rerun_delay) = read_reruns(map, problems);
    Run {
        name,
        command,
        shell,
        environment: environment.into_list(),
        working_directory,
        background: background.unwrap_or(false),
        when: when.unwrap_or(When::OnSuccess),
        no_output_timeout: timeout.unwrap_or(NO_OUTPUT_TIMEOUT),
        max_auto_reruns,
        auto_rerun_delay,
    }
}

/// How often a failed command is repeated, and after how many milliseconds.
fn read_reruns(map: &Map, problems: &mut Problems) -> (Option<u8>, Option<u64>) {
    const WAY_OUT: &str = "repeat the command in a shell loop";
    let most = map.entry("max_auto_reruns").filter(|entry| !entry.value.is_null());
    let reruns = most.and_then(|entry| {
        problems.add(Problem::not_built(entry.mark, "`max_auto_reruns`", WAY_OUT));
        read_max_auto_reruns(&entry.value, problems)
    });
    if let Some(entry) = most
        && map.given("background").and_then(|node| scalar::as_boolean(node)) == Some(true)
    {
        let message = "a step in the background cannot be repeated";
        problems.add(Problem::error(entry.mark, message).help("remove `max_auto_reruns`"));
    }
    let delay = map.entry("auto_rerun_delay").filter(|entry| !entry.value.is_null());
    let delay = delay.and_then(|entry| {
        if most.is_none() {
            let message = "`auto_rerun_delay` needs `max_auto_reruns` beside it";
            problems.add(Problem::error(entry.mark, message).code(Code::MissingKey));
        }
        read_duration("auto_rerun_delay", &entry.value, problems).filter(|delay| {
            let short = *delay <= DELAY;
            if !short {
                let message = "`auto_rerun_delay` must be at most 10 minutes";
                problems.add(Problem::error(entry.value.mark, message));
            }
            short
        })
    });
    (reruns, delay)
}

/// 1 to 5.
pub(crate) fn read_max_auto_reruns(node: &Node, problems: &mut Problems) -> Option<u8> {
    let number = scalar::integer(node, "`max_auto_reruns`", problems)?;
    if (1..=RERUNS).contains(&number) {
        return u8::try_from(number).ok();
    }
    problems.add(Problem::error(node.mark, format!("`max_auto_reruns` must be 1 to {RERUNS}")));
    None
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

fn read_duration(key: &str, node: &Node, problems: &mut Problems) -> Option<u64> {
    let key = quote(key);
    let scalar = node.as_scalar().filter(|scalar| !matches!(scalar.kind(), Kind::Boolean(_)));
    let Some(scalar) = scalar else {
        problems.add(scalar::expected(&key, "a time such as `10m`", node));
        return None;
    };
    let refuse = |rest| {
        let message = format!("{key} {rest}, but is {}", quote(&scalar.text));
        problems.add(Problem::error(node.mark, message));
    };
    duration::milliseconds(&scalar.text).map_err(refuse).ok()
}
