//! Reading builds: lists, one build with its steps, output, artifacts and tests.

use std::sync::Arc;

use rondo_domain::run::{Artifact, Build, BuildFilter, Job, Step, Test};
use rondo_domain::{JobId, Permission, Project};
use rondo_store::{BlobName, BlobPart, BuildQuery};

use crate::memory::Content;
use crate::refusal::Refusal;
use crate::{App, Ctx};

/// Everything about one build.
#[derive(Debug, Clone)]
pub struct BuildDetails {
    /// The build, with its configuration's text.
    pub build: Build,
    /// Its steps, in order.
    pub steps: Vec<Step>,
    /// Its artifacts, by path.
    pub artifacts: Vec<Artifact>,
    /// Its tests.
    pub tests: Vec<Test>,
    /// The builds that run it again.
    pub retries: Vec<i64>,
    /// The other builds of its pipeline, in order, this one among them.
    pub siblings: Vec<Job>,
    /// Who cancelled it.
    pub canceler: Option<crate::Doer>,
}

/// A page of builds.
#[derive(Debug, Clone)]
pub struct BuildPage {
    /// The newest first.
    pub builds: Vec<Build>,
    /// How many builds the project has had, whatever the page shows.
    pub total: i64,
}

/// A piece of a step's output.
#[derive(Debug, Clone)]
pub struct StepOutput {
    /// Bytes, masked; they need not end at a character's end.
    pub bytes: Vec<u8>,
    /// Where the next piece begins.
    pub next: u64,
}

impl App {
    /// Builds of a project, the newest first, without their configurations.
    ///
    /// # Errors
    /// If the principal may not read even their status.
    pub async fn builds(&self, ctx: &Ctx, query: &BuildQuery<'_>) -> Result<BuildPage, Refusal> {
        ctx.require(Permission::ReadStatus)?;
        let mut tx = self.store.read().await?;
        let builds = tx.builds(query).await?;
        Ok(BuildPage { builds, total: tx.build_count(query.project).await? })
    }

    /// The build of this number.
    ///
    /// # Errors
    /// [`Refusal::Missing`] if there is none.
    pub async fn build(&self, project: &Project, number: i64) -> Result<Build, Refusal> {
        let build = self.store.read().await?.build(project.id, number).await?;
        build.ok_or_else(|| Refusal::Missing("build", number.to_string()))
    }

    /// Everything about the build of this number.
    ///
    /// # Errors
    /// [`Refusal::Missing`] if there is none; if the principal may not read whole builds.
    pub async fn build_details(
        &self,
        ctx: &Ctx,
        project: &Project,
        number: i64,
    ) -> Result<BuildDetails, Refusal> {
        ctx.require(Permission::ReadBuilds)?;
        let mut tx = self.store.read().await?;
        let build = tx.build(project.id, number).await?;
        let build = build.ok_or_else(|| Refusal::Missing("build", number.to_string()))?;
        let id = build.job.id;
        Ok(BuildDetails {
            steps: tx.steps(id).await?,
            artifacts: tx.artifacts(id).await?,
            tests: tx.tests(id).await?,
            retries: tx.retries(project.id, number).await?,
            siblings: tx.jobs_of_pipeline(build.pipeline.id).await?,
            canceler: self.canceler(&build.job),
            build,
        })
    }

    /// A build's steps, in order.
    ///
    /// # Errors
    /// If the principal may not read whole builds.
    pub async fn steps(&self, ctx: &Ctx, job: JobId) -> Result<Vec<Step>, Refusal> {
        ctx.require(Permission::ReadBuilds)?;
        Ok(self.store.read().await?.steps(job).await?)
    }

    /// Up to `most` bytes of a step's output from `offset` on.
    ///
    /// # Errors
    /// If the principal may not read whole builds.
    pub async fn output(
        &self,
        ctx: &Ctx,
        build: &Build,
        step: i64,
        offset: u64,
        most: u64,
    ) -> Result<StepOutput, Refusal> {
        ctx.require(Permission::ReadBuilds)?;
        self.read_output(&build.job, step, offset, most).await
    }

    /// The same, for who may read it.
    pub(crate) async fn read_output(
        &self,
        job: &Job,
        step: i64,
        offset: u64,
        most: u64,
    ) -> Result<StepOutput, Refusal> {
        let name = BlobName::Output { job: job.id, attempt: job.attempt, step };
        let bytes = self.blobs.read(name, offset, most).await?;
        Ok(StepOutput { next: offset + bytes.len() as u64, bytes })
    }

    /// A build's artifacts, by path.
    ///
    /// # Errors
    /// If the principal may not read artifacts.
    pub async fn artifacts(&self, ctx: &Ctx, job: JobId) -> Result<Vec<Artifact>, Refusal> {
        ctx.require(Permission::ReadArtifacts)?;
        Ok(self.store.read().await?.artifacts(job).await?)
    }

    /// The newest build of a branch, or of the project, that passes a filter.
    ///
    /// # Errors
    /// [`Refusal::Missing`] if there is none.
    pub async fn latest_build(
        &self,
        ctx: &Ctx,
        project: &Project,
        branch: Option<&str>,
        filter: BuildFilter,
    ) -> Result<Build, Refusal> {
        ctx.require(Permission::ReadArtifacts)?;
        let query =
            BuildQuery { project: project.id, branch, filter: Some(filter), limit: 1, offset: 0 };
        let build = self.store.read().await?.builds(&query).await?.pop();
        build.ok_or_else(|| Refusal::Missing("build", "latest".to_owned()))
    }

    /// The project of a job: what rights on its artifacts are judged on.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn project_of_job(&self, job: JobId) -> Result<Option<Arc<Project>>, Refusal> {
        self.memory.trust(&self.store).await?;
        if let Some(known) = self.memory.files.job(job) {
            return Ok(self.memory.project_of(known.project));
        }
        let Some(job) = self.store.read().await?.job(job).await? else { return Ok(None) };
        if job.status.ended() {
            self.memory.files.keep_job(job.id, job.project);
        }
        Ok(self.memory.project_of(job.project))
    }

    /// What is known of an artifact.
    ///
    /// # Errors
    /// [`Refusal::Missing`] if there is none of this path.
    pub async fn artifact(
        &self,
        ctx: &Ctx,
        job: JobId,
        path: &str,
    ) -> Result<Arc<Artifact>, Refusal> {
        ctx.require(Permission::ReadArtifacts)?;
        if let Some(known) = self.memory.files.artifact(job, path) {
            return Ok(known);
        }
        // Before the row is read: that of a job that has ended then is the last one.
        let ended = self.memory.files.job(job).is_some();
        let artifact = self.store.read().await?.artifact(job, path).await?;
        let artifact = artifact.ok_or_else(|| Refusal::Missing("artifact", path.to_owned()))?;
        let artifact = Arc::new(artifact);
        if ended {
            self.memory.files.keep_artifact(&artifact);
        }
        Ok(artifact)
    }

    /// All of an artifact from memory, where it is small and its job has ended.
    ///
    /// # Errors
    /// [`Refusal::Missing`] if its bytes are gone.
    pub async fn small_artifact(
        &self,
        ctx: &Ctx,
        artifact: &Arc<Artifact>,
    ) -> Result<Option<Content>, Refusal> {
        ctx.require(Permission::ReadArtifacts)?;
        let files = &self.memory.files;
        if let Some(content) = files.content(artifact) {
            return Ok(Some(content));
        }
        if !files.takes_content(artifact) {
            return Ok(None);
        }
        let size = u64::try_from(artifact.size).unwrap_or_default();
        let mut reader = self.artifact_bytes(ctx, artifact, 0, size).await?.read();
        let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or_default());
        let fault = |error: std::io::Error| Refusal::Fault(error.to_string());
        while let Some(piece) = reader.piece().await.map_err(fault)? {
            bytes.extend_from_slice(&piece);
        }
        // Where the system gives no file in memory, the disk has it.
        let Ok(content) = Content::of(bytes) else { return Ok(None) };
        files.keep_content(artifact, content.clone());
        Ok(Some(content))
    }

    /// The `length` bytes of an artifact from `first` on, open and not read yet.
    ///
    /// # Errors
    /// [`Refusal::Missing`] if its bytes are gone.
    pub async fn artifact_bytes(
        &self,
        ctx: &Ctx,
        artifact: &Artifact,
        first: u64,
        length: u64,
    ) -> Result<BlobPart, Refusal> {
        ctx.require(Permission::ReadArtifacts)?;
        let part = self.blobs.open(BlobName::Artifact(artifact.id), first, length).await?;
        part.ok_or_else(|| Refusal::Missing("artifact", artifact.path.clone()))
    }

    /// A job with all of its artifacts, by path.
    ///
    /// # Errors
    /// If the principal may not read artifacts.
    pub async fn all_artifacts(
        &self,
        ctx: &Ctx,
        job: JobId,
    ) -> Result<(Job, Vec<Artifact>), Refusal> {
        ctx.require(Permission::ReadArtifacts)?;
        let mut tx = self.store.read().await?;
        let job = tx.job(job).await?.ok_or(Refusal::Hidden)?;
        let artifacts = tx.artifacts(job.id).await?;
        Ok((job, artifacts))
    }
}
