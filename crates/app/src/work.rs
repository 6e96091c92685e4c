//! What runners are given: a commit to fetch or a job to run, under a lease.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use rondo_domain::limits::{ATTEMPTS, JOB_TIME, LEASE};
use rondo_domain::run::{GitRef, Job, JobStatus, Pipeline};
use rondo_domain::token::{Holder, Reach, Scope, Secret, Token, TokenId, TokenKind};
use rondo_domain::{JobId, Millis, Permission, PipelineId, Project, SecretValue};
use rondo_store::{Lease, TokenRow};

use crate::refusal::Refusal;
use crate::ssh::SshAccess;
use crate::{App, Ctx};

/// The variable that holds a job's own token.
const JOB_TOKEN: &str = "RONDO_JOB_TOKEN";

/// One piece of work under a lease.
pub struct Work {
    /// The lease's word.
    pub lease: String,
    /// What to do.
    pub task: Task,
}

/// What a runner is to do.
pub enum Task {
    /// Find the commit of a pipeline and read its configuration.
    Fetch(Box<FetchWork>),
    /// Run a job.
    Job(Box<JobWork>),
}

/// A commit to be found, as a runner needs it.
pub struct FetchWork {
    /// The pipeline whose commit it is.
    pub pipeline: Pipeline,
    /// Its project.
    pub project: std::sync::Arc<Project>,
    /// With what the repository is reached, if that is by SSH.
    pub ssh: SshAccess,
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
    /// Its keys.
    pub ssh: SshAccess,
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
    ) -> Result<Option<Work>, Refusal> {
        ctx.require(Permission::RunJobs)?;
        let deadline = tokio::time::Instant::now() + wait;
        loop {
            let woken = self.work.notified();
            tokio::pin!(woken);
            // Registered before the look, so that what comes in between is heard.
            woken.as_mut().enable();
            let now = self.world.now();
            if self.store.read().await?.anything_waits(now).await? {
                if let Some(work) = self.claim_fetch(runner, now).await? {
                    return Ok(Some(work));
                }
                if let Some(work) = self.claim_job(runner, now).await? {
                    return Ok(Some(work));
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

    /// A lease begins with the name of the runner inside this server if it has it, so that the next
    /// process on this data folder knows what died with the last one.
    fn lease(&self, runner: &str, now: Millis) -> Lease {
        let own = if runner == self.policy.runner { runner } else { "" };
        Lease { word: format!("{own}.{}", self.world.word()), until: now.plus(LEASE) }
    }

    async fn claim_fetch(&self, runner: &str, now: Millis) -> Result<Option<Work>, Refusal> {
        let lease = &self.lease(runner, now);
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
        let project = self.memory.project_of(pipeline.project);
        let project = project.ok_or_else(|| Refusal::Fault("project".to_owned()))?;
        let ssh = self.ssh_for_fetch(&project).await?;
        let task = Task::Fetch(Box::new(FetchWork { pipeline, project, ssh }));
        Ok(Some(Work { lease: lease.word.clone(), task }))
    }

    async fn claim_job(&self, runner: &str, now: Millis) -> Result<Option<Work>, Refusal> {
        let lease = &self.lease(runner, now);
        let secret = Secret::mint(TokenKind::Job, &self.world.entropy());
        let (token, digest) = (secret.id(), secret.digest(&self.pepper));
        let pepper = self.pepper.version;
        let id = self
            .store
            .write(|mut tx| async move {
                let Some(id) = tx.claim_job(runner, lease, now).await? else { return Ok(None) };
                let job = tx.job(id).await?.ok_or(rondo_store::Error::Corrupt("claimed job"))?;
                let token = job_token(token, &job, now);
                tx.insert_job_token(&TokenRow { token, pepper, digest }, id).await?;
                tx.commit_progress().await?;
                Ok::<_, rondo_store::Error>(Some(id))
            })
            .await?;
        let Some(id) = id else { return Ok(None) };
        self.leases.note(id, lease.until);
        self.feed.changed(id);
        let task = Task::Job(Box::new(self.job_work(id, &secret).await?));
        Ok(Some(Work { lease: lease.word.clone(), task }))
    }

    async fn job_work(&self, id: JobId, token: &Secret) -> Result<JobWork, Refusal> {
        let fault = |what: &str| Refusal::Fault(format!("a claimed job has no {what}"));
        let mut tx = self.store.read().await?;
        let job = tx.job(id).await?.ok_or_else(|| fault("row"))?;
        let plan = tx.job_plan(id).await?.ok_or_else(|| fault("plan"))?;
        let pipeline = tx.pipeline(job.pipeline).await?.ok_or_else(|| fault("pipeline"))?;
        let variables = tx.variable_values(job.project, &self.seal).await?;
        drop(tx);
        let project = self.memory.project_of(job.project).ok_or_else(|| fault("project"))?;
        let actor = pipeline.actor.and_then(|actor| self.memory.name_of(actor));
        let actor = actor.unwrap_or_default();

        // The weakest first: what is injected never overrides project, built-in or configuration.
        let mut environment: Vec<(String, String)> =
            pipeline.parameters.iter().map(|(n, v)| (n.to_owned(), v.to_owned())).collect();
        for (name, value) in &variables {
            environment.push((name.clone(), value.expose().to_owned()));
        }
        environment.extend(self.built_in(&job, &pipeline, &project, &actor, &plan));
        let token = SecretValue::new(token.expose().to_owned());
        environment.push((JOB_TOKEN.to_owned(), token.expose().to_owned()));
        environment.extend(plan.environment.iter().cloned());
        let mut secrets: Vec<SecretValue> = variables.into_iter().map(|(_, value)| value).collect();
        secrets.push(token);
        secrets.retain(|value| maskable(value.expose()));
        secrets.sort_by_key(|value| std::cmp::Reverse(value.expose().len()));
        let ssh = self.ssh_for_job(&project, &plan).await?;
        Ok(JobWork { job, pipeline, project, plan, environment, secrets, ssh })
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
}

/// The token of a job that begins. It goes when the job does; should that fail, it ends by itself.
fn job_token(id: TokenId, job: &Job, now: Millis) -> Token {
    let life = i64::try_from(JOB_TIME).unwrap_or(i64::MAX).saturating_add(LEASE);
    Token {
        id,
        holder: Holder::Project(job.project, Scope::Job),
        label: "job".parse().expect("a plain word is a label"),
        reach: Reach { expires_at: Some(now.plus(life)), ..Reach::WHOLE },
        created_at: now,
        last_used_at: None,
        disabled_at: None,
        rotation: None,
    }
}

/// CircleCI's rule: shorter values, and words that stand everywhere, are not masked.
fn maskable(value: &str) -> bool {
    value.chars().count() >= 4 && !matches!(value, "true" | "True" | "false" | "False")
}
