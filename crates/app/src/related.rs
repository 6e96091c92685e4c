//! Builds with what stands around them, as API v1.1 shows them: pages of a project, the newest of
//! all that a person follows, and how the branches of those stand.

use std::collections::HashMap;
use std::sync::Arc;

use rondo_domain::run::{Build, Job, Relations};
use rondo_domain::{Actor, JobId, Permission, Project, ProjectId, WorkflowId};
use rondo_store::BuildQuery;

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
    /// The newest first.
    pub builds: Vec<Build>,
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
        let relations = tx.relations(&ids(&builds)).await?;
        Ok(self.joined(builds, relations))
    }

    /// A build with what stands around it.
    ///
    /// # Errors
    /// If the principal may not read whole builds.
    pub async fn related(&self, ctx: &Ctx, build: Build) -> Result<Related, Refusal> {
        ctx.require(Permission::ReadBuilds)?;
        let relations = self.store.read().await?.relations(&[build.job.id]).await?;
        let related = self.joined(vec![build], relations).pop();
        related.ok_or_else(|| Refusal::Fault("a build without itself".to_owned()))
    }

    /// The newest builds of all projects that the person follows and may read.
    ///
    /// # Errors
    /// If it is no person.
    pub async fn recent_builds(
        &self,
        ctx: &Ctx,
        limit: u32,
        offset: u64,
    ) -> Result<Vec<(Arc<Project>, Related)>, Refusal> {
        let projects = self.followed(ctx).await?;
        let ids_of: Vec<_> = projects.iter().map(|project| project.id).collect();
        let depth = offset.saturating_add(u64::from(limit));
        let mut tx = self.store.read().await?;
        let builds = tx.newest_builds(&ids_of, depth, u64::from(limit), offset).await?;
        let relations = tx.relations(&ids(&builds)).await?;
        drop(tx);
        let by_id: HashMap<_, _> =
            projects.into_iter().map(|project| (project.id, project)).collect();
        let joined = self.joined(builds, relations).into_iter();
        let placed = joined.filter_map(|related| {
            let project = by_id.get(&related.build.job.project)?;
            Some((Arc::clone(project), related))
        });
        Ok(placed.collect())
    }

    /// The projects that the person follows and may read, with the newest builds of each.
    ///
    /// # Errors
    /// If it is no person.
    pub async fn dashboard(&self, ctx: &Ctx, with_builds: bool) -> Result<Dashboard, Refusal> {
        let projects = self.followed(ctx).await?;
        if !with_builds {
            let bare = |project| Followed { project, builds: Vec::new() };
            let projects = projects.into_iter().map(bare).collect();
            return Ok(Dashboard { projects, workflows: HashMap::new() });
        }
        self.with_builds(projects).await
    }

    /// How the branches of one project stand.
    ///
    /// # Errors
    /// If the principal may not read whole builds.
    pub async fn branches(&self, ctx: &Ctx, project: Arc<Project>) -> Result<Dashboard, Refusal> {
        ctx.require(Permission::ReadBuilds)?;
        self.with_builds(vec![project]).await
    }

    async fn with_builds(&self, projects: Vec<Arc<Project>>) -> Result<Dashboard, Refusal> {
        let of: Vec<_> = projects.iter().map(|project| project.id).collect();
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
        let placed = projects.into_iter().map(|project| {
            let builds = by_project.remove(&project.id).unwrap_or_default();
            Followed { project, builds }
        });
        Ok(Dashboard { projects: placed.collect(), workflows })
    }

    /// What the person follows and may read, by name: what they follow alone gives no right.
    async fn followed(&self, ctx: &Ctx) -> Result<Vec<Arc<Project>>, Refusal> {
        let person = ctx.person()?;
        self.memory.trust(&self.store).await?;
        let followed = self.memory.followed(person).into_iter();
        let mut projects: Vec<_> = followed
            .filter_map(|id| self.memory.project_of(id))
            .filter(|project| {
                self.access(&ctx.who, Some(project)).granted.has(Permission::ReadBuilds)
            })
            .collect();
        projects.sort_by(|a, b| a.slug.cmp(&b.slug));
        Ok(projects)
    }

    /// Who cancelled a job.
    pub(crate) fn canceler(&self, job: &Job) -> Option<Doer> {
        let actor = job.canceled_by?;
        Some(Doer { actor, name: self.memory.name_of(actor)? })
    }

    fn joined(&self, builds: Vec<Build>, mut relations: HashMap<JobId, Relations>) -> Vec<Related> {
        let join = |build: Build| Related {
            relations: relations.remove(&build.job.id).unwrap_or_default(),
            canceler: self.canceler(&build.job),
            build,
        };
        builds.into_iter().map(join).collect()
    }
}

fn ids(builds: &[Build]) -> Vec<JobId> {
    builds.iter().map(|build| build.job.id).collect()
}
