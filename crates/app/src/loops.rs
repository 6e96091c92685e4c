//! What happens without being asked for: times of last use are written down, jobs whose runner died are
//! found, people are told that tokens end or were deleted, and tokens that nobody uses are deleted where
//! a policy says so. One task, ended by its caller.

use std::time::Duration;

use crate::App;
use crate::refusal::Refusal;

impl App {
    /// Tidies up after a server that was killed: its unfinished files, and the jobs of the runner
    /// inside it, which died with it.
    ///
    /// # Errors
    /// If the database or the disk is away.
    pub async fn recover(&self) -> Result<(), Refusal> {
        self.blobs.sweep().await?;
        let own = &format!("{}.", self.policy.runner);
        self.store
            .write(|mut tx| async move {
                tx.release_fetches(own).await?;
                tx.commit_progress().await
            })
            .await
            .map_err(|error: rondo_store::Error| Refusal::from(error))?;
        self.reap(&self.policy.runner).await
    }

    /// Runs until it is dropped. What fails is tried again at the next turn.
    pub async fn keep_house(&self) {
        // Mail may take long, and what else is to be done must not wait for it.
        tokio::join!(self.tidy(), self.tell_people(), self.tell_what_was_done(), self.know_ids());
    }

    async fn know_ids(&self) {
        loop {
            if let Err(refusal) = self.learn_ids().await {
                tracing::warn!(?refusal, "the ids of tokens could not be read");
                tokio::time::sleep(Duration::from_secs(5)).await;
            }
        }
    }

    /// Waits until it should be learned anew which ids tokens have, and learns it: made-up tokens cost no read
    /// from then on.
    ///
    /// # Errors
    /// If the database is away; then the next call learns it.
    pub async fn learn_ids(&self) -> Result<(), Refusal> {
        Ok(self.memory.fill_sieve(&self.store).await?)
    }

    async fn tell_what_was_done(&self) {
        let mut turn = tokio::time::interval(Duration::from_secs(5));
        loop {
            turn.tick().await;
            if let Err(refusal) = self.run_errands().await {
                tracing::warn!(?refusal, "nobody could be told what was done");
            }
        }
    }

    async fn tell_people(&self) {
        let mut hour = tokio::time::interval(Duration::from_secs(3600));
        loop {
            hour.tick().await;
            if let Err(refusal) = self.tell_of_endings().await {
                tracing::warn!(?refusal, "nobody could be told that tokens end");
            }
        }
    }

    async fn tidy(&self) {
        let mut turn = tokio::time::interval(Duration::from_secs(5));
        let mut hour = tokio::time::interval(Duration::from_secs(3600));
        // The queue of uses has room for what comes in between.
        let mut moment = tokio::time::interval(Duration::from_millis(100));
        loop {
            tokio::select! {
                _ = moment.tick() => {
                    self.ledger.sum_up();
                    continue;
                }
                _ = turn.tick() => {}
                _ = hour.tick() => {
                    if let Err(refusal) = self.forget_tombstones().await {
                        tracing::warn!(?refusal, "old tombstones could not be forgotten");
                    }
                    if let Err(refusal) = self.forget_errands().await {
                        tracing::warn!(?refusal, "old errands could not be forgotten");
                    }
                    if let Err(refusal) = self.end_idle_tokens().await {
                        tracing::warn!(?refusal, "tokens that nobody uses could not be deleted");
                    }
                    if let Err(refusal) = self.forget_uses().await {
                        tracing::warn!(?refusal, "old uses of tokens could not be forgotten");
                    }
                    continue;
                }
            }
            self.rates.clean();
            if let Err(refusal) = self.sweep_revocations().await {
                tracing::warn!(?refusal, "revoked tokens could not be moved");
            }
            if let Err(refusal) = self.end_rotations().await {
                tracing::warn!(?refusal, "rotations could not be ended");
            }
            if let Err(refusal) = self.write_last_uses().await {
                tracing::warn!(?refusal, "times of last use could not be written");
            }
            if let Err(refusal) = self.write_uses().await {
                tracing::warn!(?refusal, "uses of tokens could not be written");
            }
            if let Err(refusal) = self.write_refusals(false).await {
                tracing::warn!(?refusal, "counts of refused uses could not be written");
            }
            if let Err(refusal) = self.look_for_lost_work().await {
                tracing::warn!(?refusal, "lost jobs could not be looked for");
            }
        }
    }

    async fn look_for_lost_work(&self) -> Result<(), Refusal> {
        self.reap("").await?;
        self.give_up_fetches().await
    }

    /// Writes down what is only in memory, when the server ends.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn settle(&self) -> Result<(), Refusal> {
        self.write_last_uses().await?;
        self.write_uses().await?;
        self.write_refusals(true).await
    }

    /// Writes down when tokens were used last.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn write_last_uses(&self) -> Result<(), Refusal> {
        let used = &self.memory.take_used();
        if used.is_empty() {
            return Ok(());
        }
        self.store
            .write(|mut tx| async move {
                for (id, at) in used {
                    tx.note_use(*id, *at).await?;
                }
                tx.commit_progress().await
            })
            .await
            .map_err(|error: rondo_store::Error| error.into())
    }
}
