//! Triggering builds, running one again, and cancelling.

use rondo_domain::audit::{Entry, Event};
use rondo_domain::name::Revision;
use rondo_domain::run::{Build, GitRef, Job, JobEvent, Pipeline, PipelineState, StepStatus, Why};
use rondo_domain::variable::BuildParameters;
use rondo_domain::{JobId, Permission, PipelineId, Project, WorkflowId};
use rondo_store::{Change, NewJob, NewPipeline};

use crate::progress::settle;
use crate::refusal::Refusal;
use crate::{App, Ctx};

/// What is to be built.
#[derive(Debug, Clone, Default)]
pub struct Trigger {
    /// The branch or tag; the project's default branch where none is named.
    pub git_ref: Option<GitRef>,
    /// The commit; the newest of the branch where none is named.
    pub revision: Option<Revision>,
    /// Just this job (API v1.1), or all workflows.
    pub only_job: Option<String>,
    /// What is injected.
    pub parameters: BuildParameters,
}

impl App {
    /// Triggers a pipeline. With [`Trigger::only_job`] its one build is there at once and has its
    /// number; the builds of workflows come once the configuration was fetched.
    ///
    /// # Errors
    /// If the principal may not trigger builds of the project.
    pub async fn trigger(
        &self,
        ctx: &Ctx,
        project: &Project,
        trigger: Trigger,
    ) -> Result<(Pipeline, Option<Build>), Refusal> {
        self.begin(ctx, project, trigger, None).await
    }

    /// The same; where it is a build `again`, its one build says so.
    async fn begin(
        &self,
        ctx: &Ctx,
        project: &Project,
        trigger: Trigger,
        again: Option<&Build>,
    ) -> Result<(Pipeline, Option<Build>), Refusal> {
        ctx.require(Permission::TriggerBuilds)?;
        takes_triggers(project)?;
        let git_ref =
            trigger.git_ref.unwrap_or_else(|| GitRef::Branch(project.default_branch.clone()));
        let new = &NewPipeline {
            id: PipelineId::from_entropy(self.world.entropy()),
            project: project.id,
            why: again.map_or(Why::Api, |build| build.pipeline.why),
            actor: ctx.actor(),
            git_ref,
            wanted: trigger.revision,
            only_job: trigger.only_job,
            parameters: trigger.parameters,
            created_at: ctx.at,
        };
        let ids = (JobId::from_entropy(self.world.entropy()), self.workflow_id());
        let entry = match again {
            Some(build) => retried(project, build),
            None => Entry::new(Event::Trigger, new.id)
                .with(format_args!("{} {}", project.slug, new.git_ref.name()))
                .of(project.id),
        };
        let (by, entry, retry_of) = (&ctx.by(), &entry, again.and_then(|build| build.job.number));
        let (pipeline, number) = self
            .store
            .write(|mut tx| async move {
                let number = tx.insert_pipeline(new).await?;
                let build = match &new.only_job {
                    Some(name) => Some(insert_only_job(&mut tx, new, ids, (name, retry_of)).await?),
                    None => None,
                };
                tx.announce(&Change::Standing(project.id.to_string())).await?;
                tx.commit(by, entry.clone()).await?;
                Ok::<_, rondo_store::Error>((number, build))
            })
            .await?;
        self.work.notify_waiters();
        self.memory.follow(&self.store).await;
        let build = match number {
            Some(number) => self.store.read().await?.build(project.id, number).await?,
            None => None,
        };
        Ok((pending(new, pipeline), build))
    }

    /// Runs a build again that has ended: the same commit, configuration and parameters.
    ///
    /// # Errors
    /// [`Refusal::NotNow`] if it has not ended, or never had a configuration.
    pub async fn retry(
        &self,
        ctx: &Ctx,
        project: &Project,
        build: &Build,
    ) -> Result<Build, Refusal> {
        ctx.require(Permission::TriggerBuilds)?;
        takes_triggers(project)?;
        if !build.job.status.ended() {
            return Err(Refusal::NotNow("it has not ended yet"));
        }
        let plan = self.store.read().await?.job_plan(build.job.id).await?;
        let Some(plan) = &plan else {
            return self.trigger_again(ctx, project, build).await;
        };
        let (id, workflow) = (JobId::from_entropy(self.world.entropy()), self.workflow_id());
        let job = &NewJob {
            id,
            project: project.id,
            pipeline: build.pipeline.id,
            workflow,
            position: 0,
            name: &build.job.name,
            branch: build.pipeline.git_ref.branch(),
            plan: Some(plan),
            retry_of: build.job.number,
            created_at: ctx.at,
        };
        let (by, at, entry) = (&ctx.by(), ctx.at, &retried(project, build));
        let number = self
            .store
            .write(|mut tx| async move {
                let name = &build.job.workflow_name;
                tx.insert_workflow(workflow, build.pipeline.id, name, at).await?;
                tx.insert_job(job).await?;
                let job = tx.job(id).await?.ok_or(rondo_store::Error::Corrupt("job"))?;
                let number = tx.queue_job(&job, at).await?;
                tx.set_outcome(build.pipeline.id, None).await?;
                tx.announce(&Change::Standing(project.id.to_string())).await?;
                tx.commit(by, entry.clone()).await?;
                Ok::<_, rondo_store::Error>(number)
            })
            .await?;
        self.work.notify_waiters();
        self.memory.follow(&self.store).await;
        let again = self.store.read().await?.build(project.id, number).await?;
        again.ok_or_else(|| Refusal::Fault("the new build is not there".to_owned()))
    }

    /// A build without a plan failed before it had one: its fetch is tried again, as a new pipeline, of the
    /// commit if that was found.
    async fn trigger_again(
        &self,
        ctx: &Ctx,
        project: &Project,
        build: &Build,
    ) -> Result<Build, Refusal> {
        if build.pipeline.only_job.is_none() {
            return Err(Refusal::NotNow("it has no configuration to run again; trigger a new one"));
        }
        let found = build.pipeline.commit.as_ref().map(|commit| commit.revision.clone());
        let revision = found.or_else(|| build.pipeline.wanted.clone());
        let trigger = Trigger {
            git_ref: Some(build.pipeline.git_ref.clone()),
            revision,
            only_job: build.pipeline.only_job.clone(),
            parameters: build.pipeline.parameters.clone(),
        };
        let (_, again) = self.begin(ctx, project, trigger, Some(build)).await?;
        again.ok_or_else(|| Refusal::Fault("a single job without a build".to_owned()))
    }

    /// Cancels a build. One that has ended stays as it is; that is no error, as on CircleCI.
    ///
    /// # Errors
    /// If the principal may not.
    pub async fn cancel(
        &self,
        ctx: &Ctx,
        project: &Project,
        build: &Build,
    ) -> Result<Build, Refusal> {
        ctx.require(Permission::TriggerBuilds)?;
        let (id, at, by) = (build.job.id, ctx.at, &ctx.by());
        let actor = ctx.actor();
        let entry = &Entry::new(Event::Cancel, id).with(&project.slug).of(project.id);
        self.store
            .write(|mut tx| async move {
                let job = tx.job(id).await?.ok_or(rondo_store::Error::Corrupt("job"))?;
                let Ok(status) = job.status.after(JobEvent::Cancel) else { return Ok(()) };
                let canceled =
                    Job { status, canceled_by: actor, stopped_at: Some(at), ..job.clone() };
                tx.end_job(&canceled).await?;
                tx.end_steps(id, StepStatus::Canceled, at).await?;
                settle(&mut tx, &canceled, at).await?;
                tx.commit(by, entry.clone()).await
            })
            .await
            .map_err(|error: rondo_store::Error| Refusal::from(error))?;
        self.after_progress(id).await?;
        self.leases.forget(id);
        let number = build.job.number.unwrap_or_default();
        let build = self.store.read().await?.build(project.id, number).await?;
        build.ok_or(Refusal::Hidden)
    }

    pub(crate) fn workflow_id(&self) -> WorkflowId {
        WorkflowId::from_entropy(self.world.entropy())
    }
}

fn retried(project: &Project, build: &Build) -> Entry {
    Entry::new(Event::Retry, build.job.id).with(&project.slug).of(project.id)
}

fn takes_triggers(project: &Project) -> Result<(), Refusal> {
    match project.enabled {
        true => Ok(()),
        false => Err(Refusal::NotNow("the project takes no triggers until it is enabled again")),
    }
}

/// The one job of a single-job pipeline, in a workflow of its own name, queued without a plan.
async fn insert_only_job(
    tx: &mut rondo_store::WriteTx,
    new: &NewPipeline,
    (id, workflow): (JobId, WorkflowId),
    (name, retry_of): (&str, Option<i64>),
) -> Result<i64, rondo_store::Error> {
    tx.insert_workflow(workflow, new.id, name, new.created_at).await?;
    tx.insert_job(&NewJob {
        id,
        project: new.project,
        pipeline: new.id,
        workflow,
        position: 0,
        name,
        branch: new.git_ref.branch(),
        plan: None,
        retry_of,
        created_at: new.created_at,
    })
    .await?;
    let job = tx.job(id).await?.ok_or(rondo_store::Error::Corrupt("job"))?;
    tx.queue_job(&job, new.created_at).await
}

fn pending(new: &NewPipeline, number: i64) -> Pipeline {
    Pipeline {
        id: new.id,
        project: new.project,
        number,
        state: PipelineState::Pending,
        why: new.why,
        actor: new.actor,
        git_ref: new.git_ref.clone(),
        wanted: new.wanted.clone(),
        commit: None,
        only_job: new.only_job.clone(),
        parameters: new.parameters.clone(),
        config: None,
        created_at: new.created_at,
    }
}
