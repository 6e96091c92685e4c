//! A job from its claim to its report: opens its room, runs its steps by the rules of `when`, ends
//! it early where it must, and tells the server. How a process runs, and what a limit is, is
//! elsewhere.

use std::sync::{Arc, Mutex, PoisonError};

use rondo_wire::runner::{Finished, Job, Outcome, Step, StepStatus, When};
use tokio::task::JoinSet;

use crate::action::{Action, Title, Verdict};
use crate::claim::Runner;
use crate::ending::Ending;
use crate::executor::{Order, Room};
use crate::git::Address;
use crate::lease::Lease;
use crate::mask::Secrets;
use crate::settings::Containment;
use crate::step::{self, Command};
use crate::{artifact, checkout, limit, results, ssh};

/// A job in its room.
pub(crate) struct Shift {
    pub(crate) job: Job,
    pub(crate) lease: Lease,
    pub(crate) room: Room,
    pub(crate) secrets: Secrets,
    pub(crate) address: Result<Address, String>,
    ending: Mutex<Option<Ending>>,
}

impl Shift {
    /// A path as a job writes it, relative to the job's directory; that directory if there is none.
    pub(crate) fn place(&self, path: Option<&str>) -> String {
        let home = &self.room.view.home;
        let base = expand(home, home, &self.job.working_directory);
        path.map_or(base.clone(), |path| expand(home, &base, path))
    }

    /// How a step ends whose leader is gone.
    pub(crate) fn verdict_when_gone(&self) -> Verdict {
        let mut ending = self.ending.lock().unwrap_or_else(PoisonError::into_inner);
        let ending = ending.get_or_insert_with(|| match self.room.ran_out_of_memory() {
            true => Ending::Limit(limit::out_of_memory(&self.job.limits)),
            false => Ending::Lost,
        });
        let words = ending.reason().map(|reason| format!("\nStopped: {reason}.\n"));
        Verdict::new(ending.step_status(), words.unwrap_or_default())
    }

    /// Says that memory ran out, where that may be why a process failed.
    pub(crate) fn memory_remark(&self) -> String {
        match self.room.ran_out_of_memory() {
            true => format!("A process was killed: {}.\n", limit::out_of_memory(&self.job.limits)),
            false => String::new(),
        }
    }

    /// Its processes are being killed.
    pub(crate) fn is_ended(&self) -> bool {
        self.ending().is_some()
    }

    fn ending(&self) -> Option<Ending> {
        self.ending.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Ends the job, unless something else has already.
    async fn end(&self, why: Ending) {
        self.ending.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(why);
        self.room.kill().await;
    }

    async fn open(&self, ordinal: usize, title: Title) -> Action {
        Action::open(&self.lease, ordinal, title, &self.secrets, self.job.limits.output_bytes).await
    }
}

fn expand(home: &str, base: &str, path: &str) -> String {
    match path.strip_prefix('~') {
        Some("") => home.to_owned(),
        Some(rest) if rest.starts_with('/') => format!("{home}{rest}"),
        _ if path.starts_with('/') => path.to_owned(),
        _ if path.is_empty() || path == "." => base.to_owned(),
        _ => format!("{base}/{path}"),
    }
}

/// Does a job, and reports all of it.
pub(crate) async fn work(runner: &Runner, slot: usize, lease: Lease, job: Job) {
    tracing::info!(job = job.id, title = job.title, "a job begins");
    let address = runner.address(&job.source.git_url);
    let password = address.as_ref().ok().and_then(Address::password);
    let keys = job.ssh.iter().flat_map(|ssh| ssh.checkout.iter().chain(&ssh.keys));
    let hidden = job.secrets.iter().chain(keys.map(|key| &key.private_key)).chain(&password);
    let secrets = Secrets::new(hidden.map(String::as_str));
    let source = address.as_ref().ok().and_then(Address::local);
    let (room, early_ending) = {
        let opening = spin_up(runner, slot, &lease, &job, &secrets, source);
        tokio::pin!(opening);
        tokio::select! {
            room = &mut opening => (room, None),
            // A room that is half open is opened first, so that all of it is closed again.
            ending = early(runner, &lease) => {
                (lease.tell(&runner.stop, opening).await, Some(ending))
            }
        }
    };
    match (room, early_ending) {
        (Ok(room), early_ending) => {
            let ending = Mutex::new(None);
            let shift = Arc::new(Shift { job, lease, room, secrets, address, ending });
            conduct(runner, &shift, early_ending).await;
            if let Some(shift) = Arc::into_inner(shift) {
                shift.room.remove().await;
            }
        }
        (Err(reason), _) => {
            let telling = finish(&lease, Outcome::InfrastructureFail, Some(reason));
            lease.tell(&runner.stop, telling).await;
        }
    }
}

/// Step 0: opens the room and says what it is; or says why not, which is then the job's reason.
async fn spin_up(
    runner: &Runner,
    slot: usize,
    lease: &Lease,
    job: &Job,
    secrets: &Secrets,
    source: Option<&std::path::Path>,
) -> Result<Room, String> {
    let title = Title::plain("Spin up environment");
    let mut action = Action::open(lease, 0, title, secrets, job.limits.output_bytes).await;
    let name = runner.yard.unused_name(&job.id);
    let order = Order {
        name: &name,
        slot,
        network: runner.settings.allow_network,
        source,
        working_directory: &job.working_directory,
        limits: &job.limits,
    };
    let room = Room::open(&runner.yard, &runner.settings, &order).await;
    action.log.write(introduction(runner, job).as_bytes()).await;
    match room {
        Ok(room) => {
            action.close(Verdict::new(StepStatus::Success, "")).await;
            Ok(room)
        }
        Err(error) => {
            let reason = secrets.cover(&format!("the job could not be started: {error:#}"));
            tracing::error!(job = job.id, "{reason}");
            let verdict = Verdict::new(StepStatus::InfrastructureFail, format!("\n{reason}\n"));
            action.close(verdict).await;
            Err(reason)
        }
    }
}

fn introduction(runner: &Runner, job: &Job) -> String {
    use rondo_wire::runner::Executor;
    let name = &runner.settings.name;
    let kernel = rustix::system::uname();
    let (kernel, machine) =
        (kernel.release().to_string_lossy(), kernel.machine().to_string_lossy());
    let containment = match runner.settings.containment {
        Containment::Bubblewrap => "in a bubblewrap sandbox",
        Containment::Unconfined => "unconfined: nothing keeps it from the rest of the machine",
    };
    let network = match (runner.settings.containment, runner.settings.allow_network) {
        (Containment::Bubblewrap, false) => "There is no network.\n",
        _ => "The network is the machine's own.\n",
    };
    let image = match &job.executor {
        Executor::Docker { image } => format!("The docker image {image} is not used"),
        Executor::Machine { image: Some(image) } => {
            format!("The machine image {image} is not used")
        }
        Executor::Machine { image: None } => "No image is used".to_owned(),
    };
    let again = match job.attempt {
        ..=1 => String::new(),
        attempt => format!(
            "The job begins anew (attempt {attempt}): the runner of the one before was lost, and steps of it may \
             have run already.\n"
        ),
    };
    format!(
        "Runner {name}, Linux {kernel} {machine}\n{again}The job runs {containment}.\n{network}\
         {image}: the job runs with the tools of the runner's machine.\n"
    )
}

/// Returns when a job must end although nothing in it says so.
async fn early(runner: &Runner, lease: &Lease) -> Ending {
    tokio::select! {
        ending = lease.keep() => ending,
        () = runner.stop.cancelled() => Ending::RunnerStopped,
    }
}

/// Runs the steps to their end, or the job's, and tells how that was.
async fn conduct(runner: &Runner, shift: &Arc<Shift>, early_ending: Option<Ending>) {
    let mut background = JoinSet::new();
    let outcome = match early_ending {
        None => run_until_ended(runner, shift, &mut background).await,
        Some(ending) => {
            shift.end(ending.clone()).await;
            ending.outcome()
        }
    };
    shift.end(Ending::Finished).await;
    let ending = shift.ending().filter(|ending| *ending != Ending::Finished);
    let reason = ending.as_ref().and_then(Ending::reason).map(|why| shift.secrets.cover(&why));
    let outcome = ending.as_ref().map_or(outcome, Ending::outcome);
    let telling = async {
        while background.join_next().await.is_some() {}
        if ending != Some(Ending::LeaseGone) {
            finish(&shift.lease, outcome, reason).await;
        }
    };
    shift.lease.tell(&runner.stop, telling).await;
}

async fn run_until_ended(
    runner: &Runner,
    shift: &Arc<Shift>,
    background: &mut JoinSet<()>,
) -> Outcome {
    let steps = run_steps(shift, background);
    tokio::pin!(steps);
    let ending = tokio::select! {
        outcome = &mut steps => return outcome,
        ending = early(runner, &shift.lease) => ending,
        ending = shift.room.watch.limit_met() => ending,
    };
    tracing::info!(job = shift.job.id, ?ending, "a job is ended");
    shift.end(ending).await;
    // The step that was under way sees that its leader is gone, and says so.
    shift.lease.tell(&runner.stop, steps).await
}

async fn finish(lease: &Lease, outcome: Outcome, reason: Option<String>) {
    tracing::info!(?outcome, reason, "a job is over");
    // What is refused is logged by the lease; there is nobody else to tell.
    let _ = lease.report("/finish", &Finished { outcome, reason }).await;
}

/// The first thing that went wrong is what the job is known by.
async fn run_steps(shift: &Arc<Shift>, background: &mut JoinSet<()>) -> Outcome {
    let mut outcome = Outcome::Success;
    for (index, step) in shift.job.steps.iter().enumerate() {
        if !is_due(step, outcome) {
            continue;
        }
        let status = match step {
            Step::Run { background: true, .. } => {
                let (shift, step) = (shift.clone(), step.clone());
                background.spawn(async move {
                    // How it ends is reported there, and is nothing to the other steps.
                    run_step(&shift, index + 1, &step).await;
                });
                StepStatus::Success
            }
            _ => run_step(shift, index + 1, step).await,
        };
        if outcome == Outcome::Success {
            outcome = after(status);
        }
        if shift.ending().is_some() || shift.room.has_state("halt") {
            break;
        }
    }
    outcome
}

fn is_due(step: &Step, outcome: Outcome) -> bool {
    let failed = outcome != Outcome::Success;
    match step {
        Step::Run { when: When::Always, .. } => true,
        Step::Run { when: When::OnFail, .. } => failed,
        Step::Run { when: When::OnSuccess, .. }
        | Step::Checkout { .. }
        | Step::AddSshKeys { .. } => !failed,
        Step::StoreArtifacts { .. } | Step::StoreTestResults { .. } => true,
    }
}

fn after(status: StepStatus) -> Outcome {
    match status {
        StepStatus::Success | StepStatus::Running => Outcome::Success,
        StepStatus::Failed => Outcome::Failed,
        StepStatus::Timedout => Outcome::Timedout,
        StepStatus::Canceled => Outcome::Canceled,
        StepStatus::InfrastructureFail => Outcome::InfrastructureFail,
    }
}

async fn run_step(shift: &Shift, ordinal: usize, step: &Step) -> StepStatus {
    let mut action = shift.open(ordinal, title(step)).await;
    let verdict = match step {
        Step::Run {
            command, shell, environment, working_directory, no_output_timeout_ms, ..
        } => {
            let command = Command {
                text: command,
                shell: shell.as_deref(),
                environment,
                working_directory: working_directory.as_deref(),
                no_output_timeout_ms: *no_output_timeout_ms,
            };
            step::run_command(shift, &mut action, &command).await
        }
        Step::Checkout { path, .. } => checkout::run(shift, &mut action, path.as_deref()).await,
        Step::StoreArtifacts { path, destination, .. } => {
            artifact::store(shift, &mut action, path, destination.as_deref()).await
        }
        Step::StoreTestResults { path, .. } => {
            results::store(shift, &mut action, ordinal, path).await
        }
        Step::AddSshKeys { fingerprints, .. } => {
            ssh::add_keys(shift, &mut action, fingerprints).await
        }
    };
    action.close(verdict).await
}

fn title(step: &Step) -> Title {
    match step {
        Step::Run { name, command, background, .. } => {
            Title { name: name.clone(), command: Some(command.clone()), background: *background }
        }
        Step::Checkout { name, .. }
        | Step::StoreArtifacts { name, .. }
        | Step::StoreTestResults { name, .. }
        | Step::AddSshKeys { name, .. } => Title::plain(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_read_as_a_shell_would_start_to() {
        let check = |path, expected| assert_eq!(expand("/h", "/h/project", path), expected);
        check("~", "/h");
        check("~/x", "/h/x");
        check("/x", "/x");
        check("x/y", "/h/project/x/y");
        check(".", "/h/project");
        check("~other", "/h/project/~other");
    }
}
