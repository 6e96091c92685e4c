//! What runners are given and what they report. A report counts only under the lease that the
//! store holds for the job now.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use rondo_domain::limits::{ATTEMPTS, LEASE};
use rondo_domain::run::{
    Artifact, GitRef, Job, JobEvent, JobStatus, Outcome, Pipeline, Step, StepStatus, Test,
};
use rondo_domain::{
    ArtifactId, JobId, Millis, Permission, PipelineId, Project, SecretValue,
};
use rondo_store::{BlobName, Lease, PendingBlob};

use crate::progress::settle;
use crate::refusal::Refusal;
use crate::{App, Ctx};

/// One piece of work under a lease.
pub struct Work<T> {
    /// The lease's word.
    pub lease: String,
    /// What to do.
    pub task: T,
}

/// A job, as a runner needs it.
pub struct JobWork {
    /// The job.
    pub job: Job,
    /// Its pipeline.
    pub pipeline: Pipeline,
    /// Its project.
    pub project: std::sync::Arc<Project>,
    /// What to run.
    pub plan: rondo_plan::Job,
    /// Every variable of the job, the weakest first.
    pub environment: Vec<(String, String)>,
    /// What output must never show, the longest first.
    pub secrets: Vec<SecretValue>,
}

/// Until when leases live in the store, so that a renewal is written only when half is over.
#[derive(Default)]
pub(crate) struct Leases {
    until: Mutex<HashMap<JobId, Millis>>,
}

impl Leases {
    fn due(&self, job: JobId, now: Millis) -> bool {
        let until = self.until.lock().expect("no holder of this lock panics");
        until.get(&job).is_none_or(|until| until.since(now) < LEASE / 2)
    }

    fn note(&self, job: JobId, until: Millis) {
        self.until.lock().expect("no holder of this lock panics").insert(job, until);
    }

    pub(crate) fn forget(&self, job: JobId) {
        self.until.lock().expect("no holder of this lock panics").remove(&job);
    }
}

impl App {
    /// Waits for something to do, at most `wait`, and gives it to `runner`.
    ///
    /// # Errors
    /// If the principal is no runner.
    pub async fn claim(
        &self,
        ctx: &Ctx,
        runner: &str,
        wait: Duration,
    ) -> Result<Option<Result<Work<(PipelineId, Pipeline)>, Work<Box<JobWork>>>>, Refusal> {
        ctx.require(Permission::RunJobs)?;
        let deadline = tokio::time::Instant::now() + wait;
        loop {
            let woken = self.work.notified();
            tokio::pin!(woken);
            // Registered before the look, so that what comes in between is heard.
            woken.as_mut().enable();
            let now = self.world.now();
            if self.store.read().await?.anything_waits(now).await? {
                if let Some(fetch) = self.claim_fetch(now).await? {
                    return Ok(Some(Ok(fetch)));
                }
                if let Some(job) = self.claim_job(runner, now).await? {
                    return Ok(Some(Err(job)));
                }
            }
            let left = deadline.saturating_duration_since(tokio::time::Instant::now());
            if left.is_zero() {
                return Ok(None);
            }
            // Another server on the same database may have queued something: look every second.
            let _ = tokio::time::timeout(left.min(Duration::from_secs(1)), woken).await;
        }
    }

    fn lease(&self, now: Millis) -> Lease {
        Lease { word: self.world.word(), until: now.plus(LEASE) }
    }

    async fn claim_fetch(
        &self,
        now: Millis,
    ) -> Result<Option<Work<(PipelineId, Pipeline)>>, Refusal> {
        let lease = &self.lease(now);
        let id = self
            .store
            .write(|mut tx| async move {
                let id = tx.claim_fetch(lease, now, ATTEMPTS).await?;
                tx.commit_progress().await?;
                Ok::<_, rondo_store::Error>(id)
            })
            .await?;
        let Some(id) = id else { return Ok(None) };
        let pipeline = self.store.read().await?.pipeline(id).await?;
        let pipeline = pipeline.ok_or_else(|| Refusal::Fault("pipeline".to_owned()))?;
        Ok(Some(Work { lease: lease.word.clone(), task: (id, pipeline) }))
    }

    async fn claim_job(
        &self,
        runner: &str,
        now: Millis,
    ) -> Result<Option<Work<Box<JobWork>>>, Refusal> {
        let lease = &self.lease(now);
        let id = self
            .store
            .write(|mut tx| async move {
                let id = tx.claim_job(runner, lease, now).await?;
                tx.commit_progress().await?;
                Ok::<_, rondo_store::Error>(id)
            })
            .await?;
        let Some(id) = id else { return Ok(None) };
        self.leases.note(id, lease.until);
        self.feed.changed(id);
        let task = Box::new(self.job_work(id).await?);
        Ok(Some(Work { lease: lease.word.clone(), task }))
    }

    async fn job_work(&self, id: JobId) -> Result<JobWork, Refusal> {
        let fault = |what: &str| Refusal::Fault(format!("a claimed job has no {what}"));
        let mut tx = self.store.read().await?;
        let job = tx.job(id).await?.ok_or_else(|| fault("row"))?;
        let plan = tx.job_plan(id).await?.ok_or_else(|| fault("plan"))?;
        let pipeline = tx.pipeline(job.pipeline).await?.ok_or_else(|| fault("pipeline"))?;
        let variables = tx.variable_values(job.project, &self.seal).await?;
        drop(tx);
        let project = self.memory.project_of(job.project).ok_or_else(|| fault("project"))?;
        let actor = pipeline.actor.and_then(|id| self.memory.person(id));
        let actor = actor.map(|person| person.name.to_string()).unwrap_or_default();

        // The weakest first: what is injected never overrides project, built-in or configuration.
        let mut environment: Vec<(String, String)> =
            pipeline.parameters.iter().map(|(n, v)| (n.to_owned(), v.to_owned())).collect();
        for (name, value) in &variables {
            environment.push((name.clone(), value.expose().to_owned()));
        }
        environment.extend(self.built_in(&job, &pipeline, &project, &actor, &plan));
        environment.extend(plan.environment.iter().cloned());
        let mut secrets: Vec<SecretValue> = variables.into_iter().map(|(_, value)| value).collect();
        secrets.retain(|value| maskable(value.expose()));
        secrets.sort_by_key(|value| std::cmp::Reverse(value.expose().len()));
        Ok(JobWork { job, pipeline, project, plan, environment, secrets })
    }

    /// The `CIRCLE_*` variables (api-v1.1: they stand above the project's and below the job's).
    fn built_in(
        &self,
        job: &Job,
        pipeline: &Pipeline,
        project: &Project,
        actor: &str,
        plan: &rondo_plan::Job,
    ) -> Vec<(String, String)> {
        let number = job.number.unwrap_or_default();
        let revision = pipeline.commit.as_ref().map_or("", |commit| commit.revision.as_str());
        let mut list = vec![
            ("CI", "true".to_owned()),
            ("CIRCLECI", "true".to_owned()),
            ("CIRCLE_SHA1", revision.to_owned()),
            ("CIRCLE_BUILD_NUM", number.to_string()),
            ("CIRCLE_BUILD_URL", self.build_url(project, number)),
            ("CIRCLE_JOB", job.name.clone()),
            ("CIRCLE_NODE_INDEX", "0".to_owned()),
            ("CIRCLE_NODE_TOTAL", "1".to_owned()),
            ("CIRCLE_ORGANIZATION_ID", project.org.to_string()),
            ("CIRCLE_PIPELINE_ID", pipeline.id.to_string()),
            ("CIRCLE_PROJECT_ID", project.id.to_string()),
            ("CIRCLE_PROJECT_USERNAME", project.slug.org().to_owned()),
            ("CIRCLE_PROJECT_REPONAME", project.slug.repo().to_owned()),
            ("CIRCLE_REPOSITORY_URL", project.git_url.to_string()),
            ("CIRCLE_USERNAME", actor.to_owned()),
            ("CIRCLE_WORKFLOW_ID", job.workflow.to_string()),
            ("CIRCLE_WORKFLOW_JOB_ID", job.id.to_string()),
            ("CIRCLE_WORKFLOW_WORKSPACE_ID", job.workflow.to_string()),
            ("CIRCLE_WORKING_DIRECTORY", plan.working_directory.clone()),
        ];
        match &pipeline.git_ref {
            GitRef::Branch(name) => list.push(("CIRCLE_BRANCH", name.to_string())),
            GitRef::Tag(name) => list.push(("CIRCLE_TAG", name.to_string())),
        }
        if number > 1 {
            list.push(("CIRCLE_PREVIOUS_BUILD_NUM", (number - 1).to_string()));
        }
        list.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    /// The address of a build's page.
    pub fn build_url(&self, project: &Project, number: i64) -> String {
        format!("{}/{}/{number}", self.policy.url, project.slug)
    }

    /// Lengthens a fetch's lease.
    ///
    /// # Errors
    /// [`Refusal::LeaseGone`] if it is gone.
    pub async fn renew_fetch(&self, id: PipelineId, lease: &str) -> Result<(), Refusal> {
        let lease = &Lease { word: lease.to_owned(), until: self.world.now().plus(LEASE) };
        let renewed = self
            .store
            .write(|mut tx| async move {
                let renewed = tx.renew_fetch(id, lease).await?;
                tx.commit_progress().await?;
                Ok::<_, rondo_store::Error>(renewed)
            })
            .await?;
        if renewed { Ok(()) } else { Err(Refusal::LeaseGone) }
    }

    /// Lengthens a job's lease; whether somebody cancelled the job.
    ///
    /// # Errors
    /// [`Refusal::LeaseGone`] if it is gone for another reason.
    pub async fn renew_job(&self, id: JobId, lease: &str) -> Result<bool, Refusal> {
        let now = self.world.now();
        if self.holds(id, lease).await.is_err() {
            let job = self.store.read().await?.job(id).await?;
            return match job {
                Some(job) if job.status == JobStatus::Canceled => Ok(true),
                _ => Err(Refusal::LeaseGone),
            };
        }
        if !self.leases.due(id, now) {
            return Ok(false);
        }
        let lease = &Lease { word: lease.to_owned(), until: now.plus(LEASE) };
        self.store
            .write(|mut tx| async move {
                tx.renew_job(id, lease).await?;
                tx.commit_progress().await
            })
            .await
            .map_err(|error: rondo_store::Error| Refusal::from(error))?;
        self.leases.note(id, lease.until);
        Ok(false)
    }

    async fn holds(&self, id: JobId, lease: &str) -> Result<Job, Refusal> {
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

/// CircleCI's rule: shorter values, and words that stand everywhere, are not masked.
fn maskable(value: &str) -> bool {
    value.chars().count() >= 4 && !matches!(value, "true" | "True" | "false" | "False")
}
