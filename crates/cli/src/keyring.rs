//! The keyring of the person's desktop (the Secret Service of freedesktop.org), through `secret-tool`, which
//! libsecret brings along. A value goes there and comes back through pipes, never as an argument. Without
//! the tool, or without a keyring that is open, everything here fails and says so.

use std::io::{ErrorKind, Write};
use std::process::{Command, Output, Stdio};

use anyhow::{Context, bail};

use crate::language::words;

const TOOL: &str = "secret-tool";

/// Where a value lies: attributes and their values.
pub(crate) struct Place<'a>(&'a [(&'a str, &'a str)]);

impl<'a> Place<'a> {
    pub(crate) fn new(attributes: &'a [(&'a str, &'a str)]) -> Self {
        Self(attributes)
    }

    /// As `secret-tool` takes it.
    fn words(&self) -> impl Iterator<Item = &'a str> {
        let own = self.0.iter().flat_map(|(name, value)| [*name, *value]);
        ["service", "rondo"].into_iter().chain(own)
    }

    /// How a person reads it out.
    pub(crate) fn command(&self) -> String {
        let words: Vec<_> = self.words().collect();
        format!("{TOOL} lookup {}", words.join(" "))
    }
}

/// Says early what would fail when a value is there already.
///
/// # Errors
/// If there is no keyring that answers.
pub(crate) fn check() -> anyhow::Result<()> {
    lookup(&Place::new(&[("probe", "none")])).map(drop)
}

/// Puts a value in, in the place of any other there.
///
/// # Errors
/// If the keyring does not take it.
pub(crate) fn store(place: &Place<'_>, label: &str, value: &str) -> anyhow::Result<()> {
    let mut command = Command::new(TOOL);
    command.arg("store").arg(format!("--label={label}")).args(place.words());
    let output = run(command, value)?;
    if !output.status.success() {
        refused(&output)?;
    }
    Ok(())
}

/// The value in a place, if there is one.
///
/// # Errors
/// If the keyring does not answer.
pub(crate) fn lookup(place: &Place<'_>) -> anyhow::Result<Option<String>> {
    let mut command = Command::new(TOOL);
    command.arg("lookup").args(place.words());
    let output = run(command, "")?;
    if output.status.success() {
        return Ok(Some(String::from_utf8(output.stdout).context(TOOL)?));
    }
    // Where nothing is, it fails without a word.
    if !output.stderr.is_empty() {
        refused(&output)?;
    }
    Ok(None)
}

/// Takes what is in a place out, if something is.
///
/// # Errors
/// If the keyring does not answer.
pub(crate) fn clear(place: &Place<'_>) -> anyhow::Result<()> {
    let mut command = Command::new(TOOL);
    command.arg("clear").args(place.words());
    let output = run(command, "")?;
    if !output.stderr.is_empty() {
        refused(&output)?;
    }
    Ok(())
}

fn run(mut command: Command, input: &str) -> anyhow::Result<Output> {
    let started =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = match started {
        Ok(child) => child,
        Err(error) if error.kind() == ErrorKind::NotFound => bail!(words!(
            "{TOOL} is not installed: it comes with libsecret (Debian: libsecret-tools). Without it use a file or a pipe",
            "{TOOL} がインストールされていません。libsecret に含まれています（Debian では libsecret-tools）。ない場合は、ファイルかパイプを使ってください"
        )),
        Err(error) => return Err(error).context(TOOL),
    };
    if let Some(mut pipe) = child.stdin.take() {
        match pipe.write_all(input.as_bytes()) {
            // It ended before it read: its own words say why.
            Err(error) if error.kind() != ErrorKind::BrokenPipe => return Err(error).context(TOOL),
            _ => {}
        }
    }
    child.wait_with_output().context(TOOL)
}

fn refused(output: &Output) -> anyhow::Result<()> {
    let said = String::from_utf8_lossy(&output.stderr);
    let said = said.trim().trim_start_matches("secret-tool: ");
    bail!(words!(
        "the keyring cannot be used: {said}. Use a file or a pipe instead",
        "キーリングを使えません: {said}。代わりにファイルかパイプを使ってください"
    ))
}
