//! What follows from a job's end: others are unlocked or will never run, and its workflow and its
//! pipeline stand differently.

use rondo_domain::run::{Job, JobEvent, JobStatus, WorkflowStatus};
use rondo_domain::{JobId, Millis, PipelineId};
use rondo_store::{Change, Error, WriteTx};

use crate::App;
use crate::refusal::Refusal;

/// Draws the consequences of jobs that have just ended, in the same transaction.
pub(crate) async fn settle(tx: &mut WriteTx, ended: &Job, now: Millis) -> Result<(), Error> {
    let mut ended = vec![ended.clone()];
    let pipeline = ended[0].pipeline;
    let workflow = ended[0].workflow;
    while let Some(job) = ended.pop() {
        for (waiting, required) in tx.waiting_for(job.id).await? {
            if required.iter().all(|status| *status == JobStatus::Success) {
                tx.queue_job(&waiting, now).await?;
            } else if required.iter().any(|s| s.ended() && *s != JobStatus::Success) {
                let status = waiting.status.after(JobEvent::Skip).unwrap_or(JobStatus::NotRun);
                let skipped = Job { status, stopped_at: Some(now), ..waiting };
                tx.end_job(&skipped).await?;
                ended.push(skipped);
            }
        }
    }
    let jobs = tx.workflow_jobs(workflow).await?;
    tx.set_workflow(workflow, WorkflowStatus::of(&jobs), now).await?;
    settle_pipeline(tx, pipeline).await
}

/// Notes a pipeline's outcome once all of its jobs have ended, and tells whoever keeps what follows from
/// the project's builds.
pub(crate) async fn settle_pipeline(tx: &mut WriteTx, id: PipelineId) -> Result<(), Error> {
    let jobs = tx.pipeline_jobs(id).await?;
    let status = WorkflowStatus::of(&jobs);
    if status.ended() {
        tx.set_outcome(id, Some(status.word())).await?;
    }
    if let Some(pipeline) = tx.pipeline(id).await? {
        tx.announce(&Change::Standing(pipeline.project.to_string())).await?;
    }
    Ok(())
}

impl App {
    /// After the commit of a change of a job: runners look for work, badges and watchers hear of it.
    pub(crate) async fn after_progress(&self, job: JobId) -> Result<(), Refusal> {
        self.work.notify_waiters();
        self.feed.changed(job);
        Ok(self.memory.catch_up(&self.store).await?)
    }
}
