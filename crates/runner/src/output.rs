//! A step's output on its way to the server: cut at its limit, without secrets, in pieces that are
//! neither many nor large. Writing waits when the server is slower than the step.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout_at};

use crate::lease::Lease;
use crate::mask::{Masker, Secrets};
use crate::wording;

/// Pieces leave at most this often, unless they are full.
const PAUSE: Duration = Duration::from_millis(100);
const FULL: usize = 64 * 1024;

/// Where a step's output goes.
pub(crate) struct Log {
    masker: Masker,
    pieces: mpsc::Sender<Bytes>,
    uploader: tokio::task::JoinHandle<()>,
    limit: u64,
    kept: u64,
    truncated: bool,
}

impl Log {
    /// The output of the step with this ordinal, of which `limit` bytes are kept.
    pub(crate) fn open(lease: Lease, ordinal: usize, secrets: &Secrets, limit: u64) -> Self {
        let (pieces, waiting) = mpsc::channel(8);
        Self {
            masker: Masker::new(secrets.clone()),
            pieces,
            uploader: tokio::spawn(upload(lease, ordinal, waiting)),
            limit,
            kept: 0,
            truncated: false,
        }
    }

    /// Takes what the step wrote.
    pub(crate) async fn write(&mut self, bytes: &[u8]) {
        if !self.truncated {
            let shown = self.masker.push(bytes);
            self.keep(shown).await;
        }
    }

    /// Ends the output with the runner's own words, which are there even if the step wrote too
    /// much; says whether anything was cut.
    pub(crate) async fn close(mut self, last_words: &str) -> bool {
        let secrets = self.masker.secrets();
        let fresh = Masker::new(secrets.clone());
        let rest = std::mem::replace(&mut self.masker, fresh).finish();
        if !self.truncated {
            self.keep(rest).await;
        }
        self.send(secrets.cover(last_words).into_bytes()).await;
        drop(self.pieces);
        if self.uploader.await.is_err() {
            tracing::error!("the upload of a step's output broke down");
        }
        self.truncated
    }

    async fn keep(&mut self, mut shown: Vec<u8>) {
        let room = usize::try_from(self.limit - self.kept).unwrap_or(usize::MAX);
        if shown.len() > room {
            shown.truncate(room);
            shown.extend_from_slice(wording::output_ends_here(self.limit).as_bytes());
            self.truncated = true;
        } else {
            self.kept += shown.len() as u64;
        }
        self.send(shown).await;
    }

    async fn send(&self, bytes: Vec<u8>) {
        if !bytes.is_empty() {
            // An uploader that has given up is not listening; it has said why.
            let _ = self.pieces.send(bytes.into()).await;
        }
    }
}

async fn upload(lease: Lease, ordinal: usize, mut waiting: mpsc::Receiver<Bytes>) {
    let mut offset = 0;
    let mut next = Instant::now();
    while let Some(first) = waiting.recv().await {
        let mut piece = BytesMut::from(first.as_ref());
        while piece.len() < FULL {
            match timeout_at(next, waiting.recv()).await {
                Ok(Some(more)) => piece.extend_from_slice(&more),
                Ok(None) | Err(_) => break,
            }
        }
        let length = piece.len();
        let place = format!("/step/{ordinal}/output?offset={offset}");
        if lease.upload(&place, piece.freeze()).await.is_err() {
            return;
        }
        offset += length;
        next = Instant::now() + PAUSE;
    }
}
