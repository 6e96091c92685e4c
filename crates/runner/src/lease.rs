//! Work that is held under a lease: reports that are sent until they arrive or the lease is gone,
//! and the renewals that keep it. What is reported is decided elsewhere.

use std::time::Duration;

use bytes::Bytes;
use rondo_wire::client::{CallError, Client};
use serde::Serialize;
use tokio::sync::watch;
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tokio_util::sync::CancellationToken;

use crate::ending::Ending;

/// A report did not arrive, and will not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Undelivered {
    /// The lease is gone: the work is somebody else's, or nobody's.
    Gone,
    /// The server refuses this report.
    Refused(String),
}

/// One answer to one attempt.
const PATIENCE: Duration = Duration::from_secs(30);
/// What reports get when the runner stops.
const FAREWELL: Duration = Duration::from_secs(5);
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// A piece of work's place on the server and the word that opens it.
#[derive(Clone)]
pub(crate) struct Lease {
    client: Client,
    place: String,
    word: String,
    life: Duration,
    gone: CancellationToken,
    /// When all reports are given up, once that is known.
    deadline: watch::Sender<Option<Instant>>,
}

impl Lease {
    /// `place` is the path that all calls of this work begin with.
    pub(crate) fn new(client: Client, place: String, word: String, lease_ms: u64) -> Self {
        let life = Duration::from_millis(lease_ms.max(30));
        let (gone, deadline) = (CancellationToken::new(), watch::channel(None).0);
        Self { client, place, word, life, gone, deadline }
    }

    /// Does `work`, which has things to report, and keeps the lease meanwhile. A cancel is no news
    /// to work that ends anyway; when the runner stops, its reports get a few seconds more.
    pub(crate) async fn tell<T>(
        &self,
        stop: &CancellationToken,
        work: impl Future<Output = T>,
    ) -> T {
        tokio::pin!(work);
        let mut is_last = false;
        loop {
            tokio::select! {
                done = &mut work => return done,
                ending = self.keep(), if !is_last => is_last = ending == Ending::LeaseGone,
                () = stop.cancelled(), if !is_last => {
                    self.deadline.send_modify(|at| {
                        at.get_or_insert(Instant::now() + FAREWELL);
                    });
                    is_last = true;
                }
            }
        }
    }

    /// No report has a chance any more.
    async fn is_over(&self) {
        let mut deadline = self.deadline.subscribe();
        let passed = async {
            loop {
                let at = *deadline.borrow_and_update();
                match at {
                    Some(at) => return sleep_until(at).await,
                    None => drop(deadline.changed().await),
                }
            }
        };
        tokio::select! {
            () = self.gone.cancelled() => {}
            () = passed => {}
        }
    }

    /// Reports as JSON at `place` + `below`.
    pub(crate) async fn report<B: Serialize + Sync>(
        &self,
        below: &str,
        body: &B,
    ) -> Result<(), Undelivered> {
        let path = format!("{}{below}", self.place);
        self.persist(|| self.client.report(&path, &self.word, body)).await
    }

    /// Sends bytes to `place` + `below`.
    pub(crate) async fn upload(&self, below: &str, bytes: Bytes) -> Result<(), Undelivered> {
        let path = format!("{}{below}", self.place);
        self.persist(|| self.client.upload(&path, &self.word, bytes.clone())).await
    }

    /// Sends a stream of `length` bytes, once: a stream cannot be sent again from here.
    pub(crate) async fn upload_stream(
        &self,
        below: &str,
        length: u64,
        body: reqwest::Body,
    ) -> Result<(), CallError> {
        let path = format!("{}{below}", self.place);
        tokio::select! {
            () = self.is_over() => {
                Err(CallError::Unreachable("the lease is gone".to_owned()))
            }
            sent = self.client.upload_stream(&path, &self.word, length, body) => {
                if let Err(error) = &sent { self.notice(error); }
                sent
            }
        }
    }

    /// Renews until the server says to stop or the lease is gone, and says which.
    pub(crate) async fn keep(&self) -> Ending {
        let path = format!("{}/renew", self.place);
        let mut renewed = Instant::now();
        let mut pause = self.life / 3;
        loop {
            tokio::select! {
                () = self.gone.cancelled() => return Ending::LeaseGone,
                () = sleep(pause) => {}
            }
            match self.client.renew(&path, &self.word).await {
                Ok(answer) if answer.cancel => return Ending::Canceled,
                Ok(_) => {
                    renewed = Instant::now();
                    pause = self.life / 3;
                }
                Err(error) => {
                    self.notice(&error);
                    if renewed.elapsed() >= self.life {
                        self.gone.cancel();
                    }
                    pause = (self.life / 20).min(LONGEST_PAUSE);
                }
            }
        }
    }

    async fn persist<F>(&self, attempt: impl Fn() -> F) -> Result<(), Undelivered>
    where
        F: Future<Output = Result<(), CallError>>,
    {
        let mut pause = FIRST_PAUSE;
        loop {
            let sent = tokio::select! {
                () = self.is_over() => return Err(Undelivered::Gone),
                sent = timeout(PATIENCE, attempt()) => sent,
            };
            match sent {
                Ok(Ok(())) => return Ok(()),
                Ok(Err(error)) => self.notice_final(&error)?,
                Err(_) => tracing::warn!(place = self.place, "the server does not answer"),
            }
            tokio::select! {
                () = self.is_over() => return Err(Undelivered::Gone),
                () = sleep(pause) => pause = (pause * 2).min(LONGEST_PAUSE),
            }
        }
    }

    /// An error that another attempt may not meet is none.
    fn notice_final(&self, error: &CallError) -> Result<(), Undelivered> {
        self.notice(error);
        match error {
            CallError::Refused(status, _) if status.as_u16() == 409 => Err(Undelivered::Gone),
            CallError::Refused(status, _) if status.is_client_error() && !is_passing(*status) => {
                tracing::error!(place = self.place, %error, "the server refuses a report");
                Err(Undelivered::Refused(error.to_string()))
            }
            _ => {
                tracing::warn!(place = self.place, %error, "a report is sent again");
                Ok(())
            }
        }
    }

    fn notice(&self, error: &CallError) {
        if matches!(error, CallError::Refused(status, _) if status.as_u16() == 409) {
            self.gone.cancel();
        }
    }
}

/// Refusals that pass by themselves: a slow request, too many of them.
fn is_passing(status: reqwest::StatusCode) -> bool {
    matches!(status.as_u16(), 408 | 425 | 429)
}
