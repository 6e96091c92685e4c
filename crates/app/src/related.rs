//! Builds with what stands around them, as API v1.1 shows them: pages of a project, the newest of
//! all that a person follows, and how the branches of those stand.

use std::collections::HashMap;
use std::sync::Arc;

use rondo_domain::run::{Build, Job, Relations};
use rondo_domain::{Actor, Permission, Project, ProjectId, WorkflowId};
use rondo_store::{BuildQuery, Tx};

use crate::refusal::Refusal;
use crate::{App, Ctx};

/// How far back a project's branches are told of, in builds.
const BRANCH_BUILDS: u64 = 100;

/// A build with what stands around it.
#[derive(Debug, Clone)]
pub struct Related {
    /// The build.
    pub build: Build,
    /// What stands around it.
    pub relations: Relations,
    /// Who cancelled it.
    pub canceler: Option<Doer>,
}

/// Who did something, and what they are called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doer {
    /// Who.
    pub actor: Actor,
    /// Their name.
    pub name: String,
}

/// A project that somebody follows, and its newest builds.
#[derive(Debug, Clone)]
pub struct Followed {
    /// The project.
    pub project: Arc<Project>,
    /// Whoever asks may read whole builds there, not only how they stand.
    pub whole: bool,
    /// The newest first.
    pub builds: Vec<Build>,
}

/// A build of one of several projects.
#[derive(Debug, Clone)]
pub struct Placed {
    /// The project.
    pub project: Arc<Project>,
    /// Whoever asks may read whole builds there, not only how they stand.
    pub whole: bool,
    /// The build.
    pub related: Related,
}

/// Followed projects, and how the workflows of their newest builds stand.
#[derive(Debug, Clone, Default)]
pub struct Dashboard {
    /// By name.
    pub projects: Vec<Followed>,
    /// The word of each workflow's state.
    pub workflows: HashMap<WorkflowId, String>,
}

impl App {
    /// A page of a project's builds, the newest first, with what stands around them.
    ///
    /// # Errors
    /// If the principal may not read whole builds.
    pub async fn build_page(
        &self,
        ctx: &Ctx,
        query: &BuildQuery<'_>,
    ) -> Result<Vec<Related>, Refusal> {
        ctx.require(Permission::ReadBuilds)?;
        let mut tx = self.store.read().await?;
        let builds = tx.builds(query).await?;
        self.surrounded(&mut tx, builds).await
    }

    /// A build with what stands around it.
    ///
    /// # Errors
    /// If the principal may not read whole builds.
    pub async fn related(&self, ctx: &Ctx, build: Build) -> Result<Related, Refusal> {
        ctx.require(Permission::ReadBuilds)?;
        let mut tx = self.store.read().await?;
        let related = self.surrounded(&mut tx, vec![build]).await?.pop();
        related.ok_or_else(|| Refusal::Fault("a build without itself".to_owned()))
    }

    /// The newest builds of all projects that the person follows, wherever they may read how builds stand.
    ///
    /// # Errors
    /// If it is no person.
    pub async fn recent_builds(
        &self,
        ctx: &Ctx,
        limit: u32,
        offset: u64,
    ) -> Result<Vec<Placed>, Refusal> {
        let followed = self.followed(ctx).await?;
        let ids_of: Vec<_> = followed.iter().map(|one| one.project.id).collect();
        let depth = offset.saturating_add(u64::from(limit));
        let mut tx = self.store.read().await?;
        let builds = tx.newest_builds(&ids_of, depth, u64::from(limit), offset).await?;
        let joined = self.surrounded(&mut tx, builds).await?;
        drop(tx);
        let by_id: HashMap<_, _> = followed.into_iter().map(|one| (one.project.id, one)).collect();
        let placed = joined.into_iter().filter_map(|related| {
            let Followed { project, whole, .. } = by_id.get(&related.build.job.project)?;
            Some(Placed { project: Arc::clone(project), whole: *whole, related })
        });
        Ok(placed.collect())
    }

    /// The projects that the person follows, wherever they may read how builds stand, with the newest of each.
    ///
    /// # Errors
    /// If it is no person.
    pub async fn dashboard(&self, ctx: &Ctx, with_builds: bool) -> Result<Dashboard, Refusal> {
        let projects = self.followed(ctx).await?;
        match with_builds {
            true => self.with_builds(projects).await,
            false => Ok(Dashboard { projects, workflows: HashMap::new() }),
        }
    }

    /// How the branches of one project stand.
    ///
    /// # Errors
    /// If the principal may not read how builds stand.
    pub async fn branches(&self, ctx: &Ctx, project: Arc<Project>) -> Result<Dashboard, Refusal> {
        ctx.require(Permission::ReadStatus)?;
        let whole = ctx.access.granted.has(Permission::ReadBuilds);
        self.with_builds(vec![Followed { project, whole, builds: Vec::new() }]).await
    }

    async fn with_builds(&self, mut projects: Vec<Followed>) -> Result<Dashboard, Refusal> {
        let of: Vec<_> = projects.iter().map(|one| one.project.id).collect();
        let mut tx = self.store.read().await?;
        let most = BRANCH_BUILDS.saturating_mul(of.len() as u64);
        let builds = tx.newest_builds(&of, BRANCH_BUILDS, most, 0).await?;
        let workflows: Vec<_> = builds.iter().map(|build| build.job.workflow).collect();
        let workflows = tx.workflow_states(&workflows).await?;
        drop(tx);
        let mut by_project: HashMap<ProjectId, Vec<Build>> = HashMap::new();
        for build in builds {
            by_project.entry(build.job.project).or_default().push(build);
        }
        for one in &mut projects {
            one.builds = by_project.remove(&one.project.id).unwrap_or_default();
        }
        Ok(Dashboard { projects, workflows })
    }

    /// What the person follows, wherever they may read how builds stand, by name: what they follow alone
    /// gives no right.
    async fn followed(&self, ctx: &Ctx) -> Result<Vec<Followed>, Refusal> {
        let person = ctx.person()?;
        self.memory.trust(&self.store).await?;
        let followed = self.memory.followed(person).into_iter();
        let known = followed.filter_map(|id| self.memory.project_of(id));
        let readable = known.filter_map(|project| {
            let granted = self.access(&ctx.who, Some(&project)).granted;
            let whole = granted.has(Permission::ReadBuilds);
            let is_readable = granted.has(Permission::ReadStatus);
            is_readable.then_some(Followed { project, whole, builds: Vec::new() })
        });
        let mut readable: Vec<_> = readable.collect();
        readable.sort_by(|a, b| a.project.slug.cmp(&b.project.slug));
        Ok(readable)
    }

    /// Who cancelled a job.
    pub(crate) fn canceler(&self, job: &Job) -> Option<Doer> {
        let actor = job.canceled_by?;
        Some(Doer { actor, name: self.memory.name_of(actor)? })
    }

    /// Builds with what stands around them, and with their configurations.
    async fn surrounded(&self, tx: &mut Tx, builds: Vec<Build>) -> Result<Vec<Related>, Refusal> {
        let jobs: Vec<_> = builds.iter().map(|build| build.job.id).collect();
        let mut relations = tx.relations(&jobs).await?;
        let mut pipelines: Vec<_> = builds.iter().map(|build| build.pipeline.id).collect();
        pipelines.sort_unstable();
        pipelines.dedup();
        let configs = tx.configs(&pipelines).await?;
        let join = |mut build: Build| {
            build.pipeline.config = configs.get(&build.pipeline.id).cloned();
            Related {
                relations: relations.remove(&build.job.id).unwrap_or_default(),
                canceler: self.canceler(&build.job),
                build,
            }
        };
        Ok(builds.into_iter().map(join).collect())
    }
}
