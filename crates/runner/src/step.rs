//! Runs the processes of steps: their shell, their environment, their silence and their end. Which
//! steps run at all is decided in `job.rs`.

use std::time::Duration;

use rondo_wire::runner::StepStatus;
use tokio::time::{Instant, sleep_until};

use crate::action::{Action, Verdict};
use crate::frame::{Exit, Program};
use crate::job::Shift;
use crate::link::{Event, Gone, Process};
use crate::{folder, wording};

/// How long a killed step's last output is waited for.
const LAST_OUTPUT: Duration = Duration::from_secs(5);

/// Exit codes of a process that a signal ended begin above this, as shells have it.
const SIGNAL_BASE: i32 = 128;

/// A `run` step.
pub(crate) struct Command<'a> {
    pub(crate) text: &'a str,
    pub(crate) shell: Option<&'a str>,
    pub(crate) environment: &'a [(String, String)],
    pub(crate) working_directory: Option<&'a str>,
    pub(crate) no_output_timeout_ms: u64,
}

/// Runs a command in its shell.
pub(crate) async fn run_command(
    shift: &Shift,
    action: &mut Action,
    command: &Command<'_>,
) -> Verdict {
    let shell = command.shell.or(shift.job.shell.as_deref()).unwrap_or_else(default_shell);
    action.log.write(format!("#!{shell}\n{}\n", command.text).as_bytes()).await;
    let mut words = match split(shell) {
        Ok(words) => words,
        Err(why) => return Verdict::new(StepStatus::Failed, format!("\n{why}\n")),
    };
    words.extend(["-c".to_owned(), command.text.to_owned()]);
    let program = Program {
        words,
        environment: environment(shift, command.environment),
        folder: shift.place(command.working_directory),
        apart: false,
    };
    run_program(shift, action, program, command.no_output_timeout_ms).await
}

/// Runs a process whose output is the step's, and says how it ended.
pub(crate) async fn run_program(
    shift: &Shift,
    action: &mut Action,
    program: Program,
    silence_ms: u64,
) -> Verdict {
    let silence = Duration::from_millis(silence_ms);
    let followed = match shift.room.link.start(program).await {
        Ok(process) => follow(action, process, silence).await,
        Err(gone) => Err(gone),
    };
    match followed {
        Ok(Some(_)) if shift.is_ended() => shift.verdict_when_gone(),
        Ok(Some(exit)) => judge(shift, exit),
        Ok(None) => Verdict::new(StepStatus::Timedout, wording::too_long_silent(silence_ms)),
        Err(Gone) => shift.verdict_when_gone(),
    }
}

/// Passes output on until the process ends, or is silent for too long and is killed for it.
async fn follow(
    action: &mut Action,
    mut process: Process<'_>,
    silence: Duration,
) -> Result<Option<Exit>, Gone> {
    let mut heard = Instant::now();
    loop {
        let event = tokio::select! {
            event = process.next() => event?,
            () = sleep_until(heard + silence) => break,
        };
        if let Some(exit) = take(action, event).await {
            return Ok(Some(exit));
        }
        // After the output is on its way: a slow server is not the step's silence.
        heard = Instant::now();
    }
    process.kill().await?;
    let ending = async {
        while take(action, process.next().await?).await.is_none() {}
        Ok(())
    };
    match tokio::time::timeout(LAST_OUTPUT, ending).await {
        Ok(Err(Gone)) => Err(Gone),
        Ok(Ok(())) | Err(_) => Ok(None),
    }
}

async fn take(action: &mut Action, event: Event) -> Option<Exit> {
    match event {
        Event::Output(bytes) | Event::Errors(bytes) => {
            action.log.write(&bytes).await;
            None
        }
        Event::Ended(exit) => Some(exit),
    }
}

fn judge(shift: &Shift, exit: Exit) -> Verdict {
    match exit {
        Exit::Code(0) => {
            Verdict { status: StepStatus::Success, exit_code: Some(0), last_words: String::new() }
        }
        Exit::Code(code) => Verdict {
            status: StepStatus::Failed,
            exit_code: Some(code),
            last_words: wording::exited(code) + &shift.memory_remark(),
        },
        Exit::Signal(signal) => Verdict {
            status: StepStatus::Failed,
            exit_code: Some(SIGNAL_BASE + signal),
            last_words: wording::signalled(signal) + &shift.memory_remark(),
        },
        Exit::NotStarted(why) => {
            Verdict::new(StepStatus::Failed, format!("\nThe step could not be started: {why}\n"))
        }
    }
}

/// The environment of a step: what the room gives, then the job's, then its own; later ones win.
pub(crate) fn environment(shift: &Shift, own: &[(String, String)]) -> Vec<(String, String)> {
    let view = &shift.room.view;
    let bash_env = format!("{}/{}", view.state, folder::BASH_ENV);
    let given = [
        ("CIRCLE_WORKING_DIRECTORY".to_owned(), shift.job.working_directory.clone()),
        ("BASH_ENV".to_owned(), bash_env),
    ];
    let layers = view.environment.iter().chain(&given).chain(&shift.job.environment).chain(own);
    layers.cloned().collect()
}

fn default_shell<'a>() -> &'a str {
    match std::path::Path::new("/bin/bash").exists() {
        true => "/bin/bash -eo pipefail",
        false => "/bin/sh -eo pipefail",
    }
}

fn split(shell: &str) -> Result<Vec<String>, String> {
    let words: Vec<_> = shell.split_ascii_whitespace().map(str::to_owned).collect();
    if words.is_empty() || shell.contains(['\'', '"', '\\']) {
        return Err(format!(
            "The shell {shell:?} cannot be run: write a program and its options, without quotes."
        ));
    }
    Ok(words)
}
