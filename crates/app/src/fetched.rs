//! A pipeline's commit has arrived: its configuration becomes workflows and jobs, or a build that
//! says what is wrong with it.

use std::collections::HashMap;
use std::fmt::Write;

use rondo_domain::limits::ATTEMPTS;
use rondo_domain::run::{
    Commit, GitRef, Job, JobEvent, JobStatus, Pipeline, PipelineState, Step, StepStatus,
};
use rondo_domain::{JobId, Millis, PipelineId, WorkflowId};
use rondo_plan::{Plan, Reference, Selection, Severity};
use rondo_store::{BlobName, Error, NewJob, Tx, WriteTx};

use crate::App;
use crate::progress::{settle, settle_pipeline};
use crate::refusal::Refusal;

/// What a runner found.
#[derive(Debug, Clone)]
pub enum Fetched {
    /// The commit, and its configuration's text if it has one.
    Commit(Box<Commit>, Option<String>),
    /// Nothing, and why.
    Failed(String),
}

/// The name of the job and the workflow that stand for a configuration without any, as on CircleCI.
const BUILD_ERROR: &str = "Build Error";

/// What becomes of a pipeline. Ids are drawn before the transaction, which may run more than once.
enum Verdict {
    /// Workflows; each with its id and its jobs' ids.
    Workflows(Plan, Vec<(WorkflowId, Vec<JobId>)>),
    /// The plan of the one job that is there already.
    OneJob(Box<rondo_plan::Job>, JobId),
    /// A build that shows this text: the one that is there already, or a new one.
    Wrong(String, JobId),
}

impl App {
    /// Takes what a runner found for a pipeline that it holds.
    ///
    /// # Errors
    /// [`Refusal::LeaseGone`] if it does not hold it any more.
    pub async fn fetched(
        &self,
        id: PipelineId,
        lease: &str,
        fetched: Fetched,
    ) -> Result<(), Refusal> {
        self.conclude(id, Some(lease), fetched).await
    }

    /// Ends the pipelines whose commit no runner could bring, however often it was tried.
    ///
    /// # Errors
    /// If the database is away.
    pub(crate) async fn give_up_fetches(&self) -> Result<(), Refusal> {
        let now = self.world.now();
        for id in self.store.read().await?.lost_fetches(now, ATTEMPTS).await? {
            let message = "The commit could not be fetched: its runner was lost, time and again.\n";
            match self.conclude(id, None, Fetched::Failed(message.to_owned())).await {
                Ok(()) | Err(Refusal::LeaseGone) => {}
                Err(other) => return Err(other),
            }
        }
        Ok(())
    }

    async fn conclude(
        &self,
        id: PipelineId,
        lease: Option<&str>,
        fetched: Fetched,
    ) -> Result<(), Refusal> {
        let mut tx = self.store.read().await?;
        if !held(&mut tx, id, lease).await? {
            return Err(Refusal::LeaseGone);
        }
        let pipeline = &tx.pipeline(id).await?.ok_or(Refusal::LeaseGone)?;
        let only = tx.jobs_of_pipeline(id).await?.pop();
        drop(tx);
        let (commit, config, plan) = match fetched {
            Fetched::Failed(message) => (None, None, Err(message)),
            Fetched::Commit(commit, None) => {
                let message = missing_config(pipeline, &commit);
                (Some(commit), None, Err(message))
            }
            Fetched::Commit(commit, Some(config)) => {
                let plan = self.compile(pipeline, &commit, &config).await?;
                (Some(commit), Some(config), plan)
            }
        };
        let verdict = &self.verdict(plan, only.as_ref());
        if let Verdict::Wrong(message, job) = verdict {
            let name = BlobName::Output { job: *job, attempt: 0, step: 0 };
            self.blobs.write_output(name, 0, message.as_bytes()).await?;
            self.blobs.sync_output(name).await?;
        }
        let (commit, config) = (commit.as_deref(), config.as_deref());
        let (workflow, now) = (self.workflow_id(), self.world.now());
        self.store
            .write(|mut tx| async move {
                if !held(&mut tx, id, lease).await? {
                    return Err(Refusal::LeaseGone);
                }
                let state = match verdict {
                    Verdict::Wrong(..) => PipelineState::Errored,
                    _ => PipelineState::Created,
                };
                tx.set_fetched(id, state, commit, config).await?;
                match verdict {
                    Verdict::Workflows(plan, ids) => {
                        insert_workflows(&mut tx, pipeline, plan, ids, now).await?;
                    }
                    Verdict::OneJob(plan, job) => tx.set_plan(*job, plan).await?,
                    Verdict::Wrong(message, job) => {
                        let ids = (*job, workflow);
                        show_error(&mut tx, pipeline, ids, message.len(), now).await?;
                    }
                }
                settle_pipeline(&mut tx, id).await?;
                Ok(tx.commit_progress().await?)
            })
            .await?;
        for job in self.store.read().await?.jobs_of_pipeline(id).await? {
            self.feed.changed(job.id);
        }
        self.work.notify_waiters();
        Ok(self.memory.catch_up(&self.store).await?)
    }

    fn verdict(&self, plan: Result<Plan, String>, only: Option<&Job>) -> Verdict {
        let new_job = || JobId::from_entropy(self.world.entropy());
        let plan = match plan {
            Ok(plan) => plan,
            Err(message) => {
                return Verdict::Wrong(message, only.map_or_else(new_job, |job| job.id));
            }
        };
        let Some(only) = only else {
            let ids = plan.workflows.iter().map(|workflow| {
                (self.workflow_id(), workflow.jobs.iter().map(|_| new_job()).collect())
            });
            let ids = ids.collect();
            return Verdict::Workflows(plan, ids);
        };
        match plan.workflows.into_iter().flat_map(|workflow| workflow.jobs).next() {
            Some(invocation) => Verdict::OneJob(Box::new(invocation.job), only.id),
            None => {
                Verdict::Wrong(format!("the configuration has no job named {}", only.name), only.id)
            }
        }
    }

    async fn compile(
        &self,
        pipeline: &Pipeline,
        commit: &Commit,
        config: &str,
    ) -> Result<Result<Plan, String>, Refusal> {
        let trigger = self.plan_trigger(pipeline, commit);
        let compiled = self.compile_config(config.to_owned(), trigger).await?;
        let wrong = compiled.problems.iter().filter(|p| p.severity != Severity::Warning);
        let mut text = String::new();
        for problem in wrong {
            let _ = writeln!(text, "{problem}\n{}\n", problem.excerpt(config));
        }
        Ok(match compiled.plan {
            Some(plan) if text.is_empty() => Ok(plan),
            _ => Err(text),
        })
    }

    /// What the configuration can know of its pipeline (config-language, 1.5).
    fn plan_trigger(&self, pipeline: &Pipeline, commit: &Commit) -> rondo_plan::Trigger {
        let reference = match &pipeline.git_ref {
            GitRef::Branch(name) => Reference::Branch(name.to_string()),
            GitRef::Tag(name) => Reference::Tag(name.to_string()),
        };
        let selection = match &pipeline.only_job {
            Some(name) => Selection::Job(name.clone()),
            None => Selection::Workflows,
        };
        let mut values = vec![
            ("pipeline.id", pipeline.id.to_string()),
            ("pipeline.number", pipeline.number.to_string()),
            ("pipeline.trigger_source", "api".to_owned()),
            ("pipeline.git.revision", commit.revision.as_str().to_owned()),
            ("pipeline.git.commit.subject", commit.subject.clone()),
            ("pipeline.git.commit.body", commit.body.clone()),
        ];
        if let Some(project) = self.memory.project_of(pipeline.project) {
            let is_default = pipeline.git_ref.branch() == Some(project.default_branch.as_str());
            values.push(("pipeline.git.branch.is_default", is_default.to_string()));
            values.push(("pipeline.project.git_url", project.git_url.to_string()));
            values.push(("pipeline.project.slug", project.slug.to_string()));
            values.push(("pipeline.project.type", project.slug.vcs.long().to_owned()));
        }
        let values = values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        rondo_plan::Trigger { reference, selection, values }
    }
}

/// Whether the pipeline still waits for its commit, and under this lease if one is named.
async fn held(tx: &mut Tx, id: PipelineId, lease: Option<&str>) -> Result<bool, Error> {
    match lease {
        Some(lease) => tx.holds_fetch(id, lease).await,
        None => Ok(tx.pipeline(id).await?.is_some_and(|p| p.state == PipelineState::Pending)),
    }
}

fn missing_config(pipeline: &Pipeline, commit: &Commit) -> String {
    format!(
        "There is no .circleci/config.yml in commit {} of {}.\n\
         Add one and push it; the next build will find it.\n",
        commit.revision.as_str(),
        pipeline.git_ref.name(),
    )
}

async fn insert_workflows(
    tx: &mut WriteTx,
    pipeline: &Pipeline,
    plan: &Plan,
    ids: &[(WorkflowId, Vec<JobId>)],
    now: Millis,
) -> Result<(), Error> {
    for (workflow, (id, jobs)) in plan.workflows.iter().zip(ids) {
        tx.insert_workflow(*id, pipeline.id, &workflow.name, now).await?;
        let mut by_name = HashMap::new();
        for ((position, invocation), job) in (0..).zip(&workflow.jobs).zip(jobs) {
            tx.insert_job(&NewJob {
                id: *job,
                project: pipeline.project,
                pipeline: pipeline.id,
                workflow: *id,
                position,
                name: &invocation.name,
                branch: pipeline.git_ref.branch(),
                plan: Some(&invocation.job),
                retry_of: None,
                created_at: now,
            })
            .await?;
            by_name.insert(invocation.name.as_str(), *job);
        }
        for (invocation, job) in workflow.jobs.iter().zip(jobs) {
            for required in &invocation.requires {
                let required = by_name.get(required.as_str()).ok_or(Error::Corrupt("plan"))?;
                tx.insert_requirement(*job, *required).await?;
            }
        }
        for job in tx.jobs_of_workflow(*id).await? {
            if tx.requirements(job.id).await?.is_empty() {
                tx.queue_job(&job, now).await?;
            }
        }
    }
    Ok(())
}

/// A build that failed before it could begin; its one step's output says why.
async fn show_error(
    tx: &mut WriteTx,
    pipeline: &Pipeline,
    (id, workflow): (JobId, WorkflowId),
    output_bytes: usize,
    now: Millis,
) -> Result<(), Error> {
    if tx.job(id).await?.is_none() {
        tx.insert_workflow(workflow, pipeline.id, BUILD_ERROR, now).await?;
        tx.insert_job(&NewJob {
            id,
            project: pipeline.project,
            pipeline: pipeline.id,
            workflow,
            position: 0,
            name: BUILD_ERROR,
            branch: pipeline.git_ref.branch(),
            plan: None,
            retry_of: None,
            created_at: now,
        })
        .await?;
        let job = tx.job(id).await?.ok_or(Error::Corrupt("job"))?;
        tx.queue_job(&job, now).await?;
    }
    let job = tx.job(id).await?.ok_or(Error::Corrupt("job"))?;
    // Somebody may have cancelled it meanwhile: then it stays so.
    let Ok(status) = job.status.after(JobEvent::Refuse) else { return Ok(()) };
    debug_assert_eq!(status, JobStatus::Failed);
    let step = Step {
        ordinal: 0,
        name: BUILD_ERROR.to_owned(),
        command: None,
        background: false,
        status: StepStatus::Failed,
        exit_code: None,
        truncated: false,
        started_at: now,
        ended_at: Some(now),
        output_bytes: i64::try_from(output_bytes).unwrap_or(i64::MAX),
    };
    tx.put_step(id, &step).await?;
    let ended = Job { status, stopped_at: Some(now), ..job };
    tx.end_job(&ended).await?;
    settle(tx, &ended, now).await
}
