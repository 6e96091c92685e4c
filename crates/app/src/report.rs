//! What runners report: steps, output, artifacts, tests, the end. A report counts only under the
//! lease that the store holds for the job now, and may be sent again.

use rondo_domain::limits::ATTEMPTS;
use rondo_domain::run::{Artifact, Job, JobEvent, JobStatus, Outcome, Step, StepStatus, Test};
use rondo_domain::{ArtifactId, JobId};
use rondo_store::{BlobName, PendingBlob};

use crate::App;
use crate::progress::settle;
use crate::refusal::Refusal;

impl App {
    pub(crate) async fn holds(&self, id: JobId, lease: &str) -> Result<Job, Refusal> {
        let mut tx = self.store.read().await?;
        if !tx.holds_job(id, lease).await? {
            return Err(Refusal::LeaseGone);
        }
        tx.job(id).await?.ok_or(Refusal::LeaseGone)
    }

    /// Takes how a step stands.
    ///
    /// # Errors
    /// [`Refusal::LeaseGone`] if the job is not held under this lease.
    pub async fn report_step(&self, id: JobId, lease: &str, step: Step) -> Result<(), Refusal> {
        let job = self.holds(id, lease).await?;
        let name = BlobName::Output { job: id, attempt: job.attempt, step: step.ordinal };
        let ended = step.ended_at.is_some();
        let step = &Step { output_bytes: self.blobs.length(name).await?, ..step };
        if ended {
            self.blobs.sync_output(name).await?;
        }
        self.store
            .write(|mut tx| async move {
                if !tx.holds_job(id, lease).await? {
                    return Err(Refusal::LeaseGone);
                }
                tx.put_step(id, step).await?;
                Ok(tx.commit_progress().await?)
            })
            .await?;
        self.feed.changed(id);
        Ok(())
    }

    /// Takes bytes of a step's output.
    ///
    /// # Errors
    /// [`Refusal::LeaseGone`] if the job is not held under this lease.
    pub async fn report_output(
        &self,
        id: JobId,
        lease: &str,
        (step, offset): (i64, u64),
        bytes: &[u8],
    ) -> Result<(), Refusal> {
        let job = self.holds(id, lease).await?;
        let name = BlobName::Output { job: id, attempt: job.attempt, step };
        self.blobs.write_output(name, offset, bytes).await?;
        self.feed.changed(id);
        Ok(())
    }

    /// Begins to take an artifact.
    ///
    /// # Errors
    /// [`Refusal::LeaseGone`] if the job is not held under this lease.
    pub async fn begin_artifact(
        &self,
        id: JobId,
        lease: &str,
    ) -> Result<(ArtifactId, PendingBlob), Refusal> {
        self.holds(id, lease).await?;
        let artifact = ArtifactId::from_entropy(self.world.entropy());
        Ok((artifact, self.blobs.begin(artifact).await?))
    }

    /// Keeps an artifact whose bytes have all arrived.
    ///
    /// # Errors
    /// [`Refusal::LeaseGone`] if the job is not held under this lease.
    pub async fn keep_artifact(
        &self,
        job: JobId,
        lease: &str,
        path: String,
        (id, blob): (ArtifactId, PendingBlob),
    ) -> Result<(), Refusal> {
        let (size, digest) = blob.finish().await?;
        let size = i64::try_from(size).unwrap_or(i64::MAX);
        let artifact = &Artifact { id, job, path, size, digest };
        self.store
            .write(|mut tx| async move {
                if !tx.holds_job(job, lease).await? {
                    return Err(Refusal::LeaseGone);
                }
                tx.put_artifact(artifact).await?;
                Ok(tx.commit_progress().await?)
            })
            .await
    }

    /// Takes the tests that a step found.
    ///
    /// # Errors
    /// [`Refusal::LeaseGone`] if the job is not held under this lease.
    pub async fn report_tests(
        &self,
        id: JobId,
        lease: &str,
        step: i64,
        tests: Vec<Test>,
    ) -> Result<(), Refusal> {
        let tests = &tests;
        self.store
            .write(|mut tx| async move {
                if !tx.holds_job(id, lease).await? {
                    return Err(Refusal::LeaseGone);
                }
                tx.put_tests(id, step, tests).await?;
                Ok(tx.commit_progress().await?)
            })
            .await
    }

    /// Takes how a job ended, and unlocks what waits for it.
    ///
    /// # Errors
    /// [`Refusal::LeaseGone`] if the job is not held under this lease.
    pub async fn finish(
        &self,
        id: JobId,
        lease: &str,
        outcome: Outcome,
        reason: Option<String>,
    ) -> Result<(), Refusal> {
        let (now, reason) = (self.world.now(), &reason);
        self.store
            .write(|mut tx| async move {
                if !tx.holds_job(id, lease).await? {
                    return Err(Refusal::LeaseGone);
                }
                let job = tx.job(id).await?.ok_or(Refusal::LeaseGone)?;
                let pipeline = tx.pipeline(job.pipeline).await?.ok_or(Refusal::LeaseGone)?;
                let status = job
                    .status
                    .after(JobEvent::Finish(outcome))
                    .map_err(|error| Refusal::Fault(error.to_string()))?;
                let after_failure = status == JobStatus::Success
                    && tx.failed_before(&job, pipeline.git_ref.branch()).await?;
                let reason = reason.clone();
                let ended = Job { status, after_failure, reason, stopped_at: Some(now), ..job };
                tx.end_job(&ended).await?;
                tx.end_steps(id, StepStatus::Canceled, now).await?;
                settle(&mut tx, &ended, now).await?;
                Ok(tx.commit_progress().await?)
            })
            .await?;
        self.leases.forget(id);
        self.after_progress(id).await
    }

    /// Puts the jobs of runners that died back into the queue, or ends them after the last try.
    /// `runner` is the name of one that is known to be gone, or empty.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn reap(&self, runner: &str) -> Result<(), Refusal> {
        let now = self.world.now();
        for id in self.store.read().await?.lost_jobs(now, runner).await? {
            self.store
                .write(|mut tx| async move {
                    let Some(job) = tx.job(id).await? else { return Ok(()) };
                    // It may have ended since.
                    let again = job.attempt < ATTEMPTS;
                    let Ok(status) = job.status.after(JobEvent::LoseLease { again }) else {
                        return Ok(());
                    };
                    if status == JobStatus::Queued {
                        tx.requeue_job(id).await?;
                        return tx.commit_progress().await;
                    }
                    let reason = Some("its runner was lost, time and again".to_owned());
                    let ended = Job { status, reason, stopped_at: Some(now), ..job };
                    tx.end_job(&ended).await?;
                    tx.end_steps(id, StepStatus::InfrastructureFail, now).await?;
                    settle(&mut tx, &ended, now).await?;
                    tx.commit_progress().await
                })
                .await
                .map_err(|error: rondo_store::Error| Refusal::from(error))?;
            self.after_progress(id).await?;
        }
        Ok(())
    }
}
