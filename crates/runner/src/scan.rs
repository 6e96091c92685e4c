//! Asks a host for its keys, with ssh-keyscan in a sandbox of its own that holds nothing of the
//! machine but the system and the network. Whether the keys are the right ones is for a person to say.

use std::process::{Output, Stdio};
use std::time::Duration;

use tokio::time::timeout;

use crate::sandbox::Question;

/// Seconds that a host may take for each answer, and how long the whole may take.
const ANSWER: &str = "5";
const WHOLE: Duration = Duration::from_secs(20);

/// The keys that a host shows, as lines of a `known_hosts` file. Where there is no bubblewrap the
/// question is asked without a sandbox.
///
/// # Errors
/// In words for people: the host does not answer, or there is no ssh-keyscan.
pub async fn host_keys(host: &str, port: u16) -> Result<String, String> {
    let port_word = port.to_string();
    let words = ["ssh-keyscan", "-T", ANSWER, "-p", &port_word, "--", host];
    let question = Question { words: &words, environment: &[], seen: &[], own: None };
    let mut command = tokio::process::Command::from(question.command());
    command.stdin(Stdio::null()).kill_on_drop(true);
    let unreachable = format!(
        "{host} does not show an SSH host key at port {port}; is the address right, and does it answer?"
    );
    match timeout(WHOLE, command.output()).await {
        Ok(Ok(output)) => read(&output).ok_or(unreachable),
        Ok(Err(error)) => Err(format!("{host} cannot be asked for its host key: {error}")),
        Err(_) => Err(unreachable),
    }
}

fn read(output: &Output) -> Option<String> {
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.lines().any(|line| !line.starts_with('#') && line.contains(' ')).then_some(text)
}
