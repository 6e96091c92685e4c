//! The loop of a runner: asks for work while a slot is free, does each piece beside the others, and
//! on its stop waits for what it has begun to be told. It knows the protocol; what a job is, is
//! `job.rs`'s part.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context as _;
use rondo_wire::client::{CallError, Client, segment};
use rondo_wire::runner::{Claim, Task, Work};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use crate::folder::Yard;
use crate::git::Address;
use crate::lease::Lease;
use crate::settings::{Containment, Settings};
use crate::{fetch, git, job, sandbox};

/// How long the server may hold a request for work, and how much longer an answer may take.
const WAIT: Duration = Duration::from_secs(20);
const GRACE: Duration = Duration::from_secs(15);
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// What all work of a runner shares.
pub(crate) struct Runner {
    pub(crate) settings: Settings,
    pub(crate) yard: Yard,
    pub(crate) stop: CancellationToken,
    client: Client,
}

impl Runner {
    /// Where a repository is, if this runner may go there.
    pub(crate) fn address(&self, git_url: &str) -> Result<Address, String> {
        let settings = &self.settings;
        let address = Address::parse(git_url, &settings.local_repositories, &settings.folder)?;
        let user = match settings.containment {
            Containment::Bubblewrap => sandbox::user_of(0),
            Containment::Unconfined => None,
        };
        match address.local() {
            Some(path) if user.is_some() => git::check_readable_for_all(path)?,
            _ => {}
        }
        Ok(address)
    }

    async fn claim(&self) -> Result<Option<Work>, CallError> {
        let wait_ms = u64::try_from(WAIT.as_millis()).unwrap_or(u64::MAX);
        let claim = Claim { runner: self.settings.name.clone(), wait_ms };
        match timeout(WAIT + GRACE, self.client.claim(&claim)).await {
            Ok(answer) => answer,
            Err(_) => Err(CallError::Unreachable("there was no answer in time".to_owned())),
        }
    }

    async fn work(&self, work: Work, slot: Slot) {
        let lease =
            |place| Lease::new(self.client.clone(), place, work.lease.clone(), work.lease_ms);
        match work.task {
            Task::Fetch(fetch) => {
                let lease = lease(format!("/runner/v1/fetch/{}", segment(&fetch.pipeline)));
                fetch::work(self, slot.index, lease, &fetch).await;
            }
            Task::Job(job) => {
                let lease = lease(format!("/runner/v1/job/{}", segment(&job.id)));
                job::work(self, slot.index, lease, *job).await;
            }
        }
    }
}

/// Claims, does and reports work until `stop` is cancelled. Jobs that run then are killed and
/// reported as an infrastructure failure, with "the runner stopped" for a reason; fetches are left
/// to their lease.
///
/// # Errors
/// If the folder cannot be used, the program is not there, or the server does not know this runner.
pub async fn run(
    settings: Settings,
    client: Client,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    let mut settings = settings;
    settings.program = settings.program.canonicalize().with_context(|| {
        format!("find the program {} that leads jobs", settings.program.display())
    })?;
    let slots = Slots::new(settings.slots);
    let folder = settings.folder.clone();
    let yard = tokio::task::spawn_blocking(move || Yard::open(&folder)).await??;
    let runner = Arc::new(Runner { settings, yard, stop, client });
    let mut working = JoinSet::new();
    let ended = claim_until_stopped(&runner, &slots, &mut working).await;
    runner.stop.cancel();
    while let Some(done) = working.join_next().await {
        note(done);
    }
    ended
}

async fn claim_until_stopped(
    runner: &Arc<Runner>,
    slots: &Slots,
    working: &mut JoinSet<()>,
) -> anyhow::Result<()> {
    let mut pause = FIRST_PAUSE;
    loop {
        let next = async {
            let slot = slots.take().await;
            (slot, runner.claim().await)
        };
        let (slot, claimed) = tokio::select! {
            () = runner.stop.cancelled() => return Ok(()),
            next = next => next,
        };
        while let Some(done) = working.try_join_next() {
            note(done);
        }
        match claimed {
            Ok(work) => {
                pause = FIRST_PAUSE;
                if let Some(work) = work {
                    let runner = runner.clone();
                    working.spawn(async move { runner.work(work, slot).await });
                }
            }
            Err(CallError::Refused(status, failure)) if matches!(status.as_u16(), 401 | 403) => {
                anyhow::bail!("the server refuses this runner: {}", failure.message);
            }
            Err(error) => {
                tracing::warn!(%error, "asking for work failed; trying again");
                tokio::select! {
                    () = runner.stop.cancelled() => return Ok(()),
                    () = sleep(pause) => pause = (pause * 2).min(LONGEST_PAUSE),
                }
            }
        }
    }
}

fn note(done: Result<(), tokio::task::JoinError>) {
    if let Err(error) = done {
        tracing::error!(%error, "a piece of work broke down; its lease will end it on the server");
    }
}

/// The places for work: as many as jobs may run at a time, each with a number of its own.
struct Slots {
    free: Arc<Mutex<Vec<usize>>>,
    permits: Arc<Semaphore>,
}

/// A place that is taken; free again when this is dropped.
struct Slot {
    index: usize,
    free: Arc<Mutex<Vec<usize>>>,
    _permit: OwnedSemaphorePermit,
}

impl Slots {
    fn new(count: usize) -> Self {
        let count = count.max(1);
        let free = (0..count).rev().collect();
        Self { free: Arc::new(Mutex::new(free)), permits: Arc::new(Semaphore::new(count)) }
    }

    async fn take(&self) -> Slot {
        let permit = self.permits.clone().acquire_owned().await;
        let permit = permit.expect("nothing closes this semaphore");
        let index = self.free.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let index = index.expect("there are as many permits as places");
        Slot { index, free: self.free.clone(), _permit: permit }
    }
}

impl Drop for Slot {
    /// Before the permit, which is a field: whoever gets that finds a place.
    fn drop(&mut self) {
        self.free.lock().unwrap_or_else(PoisonError::into_inner).push(self.index);
    }
}
