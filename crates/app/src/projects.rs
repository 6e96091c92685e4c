//! Projects: added by their git URL or through `follow`, made public or private, followed.

use std::path::Path;
use std::sync::Arc;

use rondo_domain::audit::{Entry, Event};
use rondo_domain::git_url::GitUrl;
use rondo_domain::name::Reference;
use rondo_domain::run::Build;
use rondo_domain::slug::BY_ID;
use rondo_domain::{
    CheckoutKeyKind, OrgId, Organization, Permission, PersonId, Project, ProjectId, Slug, Vcs,
};
use rondo_store::{BuildQuery, Change};

use crate::memory::SlugParts;
use crate::refusal::{Invalid, Refusal};
use crate::{App, Ctx};

/// A project that is to be added.
#[derive(Debug, Clone)]
pub struct NewProject {
    /// Its name.
    pub slug: Slug,
    /// Where it is fetched from.
    pub git_url: GitUrl,
    /// The branch that is built where none is named.
    pub default_branch: Reference,
    /// Anyone may read its builds.
    pub public: bool,
}

/// What is to be changed of a project.
#[derive(Debug, Clone, Default)]
pub struct ProjectChange {
    /// Whether anyone may read its builds.
    pub public: Option<bool>,
    /// Whether triggers are taken.
    pub enabled: Option<bool>,
    /// The branch that is built where none is named.
    pub default_branch: Option<Reference>,
}

impl ProjectChange {
    /// Anyone may read its builds, or not.
    pub fn public(public: bool) -> Self {
        Self { public: Some(public), ..Self::default() }
    }

    /// Triggers are taken, or not.
    pub fn enabled(enabled: bool) -> Self {
        Self { enabled: Some(enabled), ..Self::default() }
    }

    /// What the audit log says of it.
    fn words(&self) -> Vec<String> {
        let chosen =
            |truth, yes: &str, no: &str| if truth { yes.to_owned() } else { no.to_owned() };
        let public = self.public.map(|public| chosen(public, "public", "private"));
        let enabled = self.enabled.map(|enabled| chosen(enabled, "enabled", "disabled"));
        let branch = self.default_branch.as_ref().map(|branch| format!("default branch {branch}"));
        [public, enabled, branch].into_iter().flatten().collect()
    }

    fn of(&self, known: Project) -> Project {
        Project {
            public: self.public.unwrap_or(known.public),
            enabled: self.enabled.unwrap_or(known.enabled),
            default_branch: self.default_branch.clone().unwrap_or(known.default_branch),
            ..known
        }
    }
}

/// A project in a list.
#[derive(Debug, Clone)]
pub struct ProjectSummary {
    /// The project.
    pub project: Arc<Project>,
    /// Its newest build, where builds are told of.
    pub newest: Option<Build>,
    /// The person who asks follows it.
    pub followed: bool,
}

impl App {
    /// The project of this name, if the principal may know of it.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn project(&self, slug: &Slug) -> Result<Option<Arc<Project>>, Refusal> {
        self.memory.trust(&self.store).await?;
        Ok(self.memory.project(slug))
    }

    /// The project that the three parts of a path name: `gh/acme/web`, or by its ids, long or short,
    /// `circleci/<organization>/<project>`. Parts that can name none name none.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn project_at(
        &self,
        vcs: &str,
        org: &str,
        repo: &str,
    ) -> Result<Option<Arc<Project>>, Refusal> {
        if vcs != BY_ID {
            let Ok(vcs) = vcs.parse() else { return Ok(None) };
            self.memory.trust(&self.store).await?;
            return Ok(self.memory.project_named(&SlugParts { vcs, org, repo }));
        }
        let (Ok(org), Ok(id)) = (OrgId::named(org), ProjectId::named(repo)) else {
            return Ok(None);
        };
        self.memory.trust(&self.store).await?;
        Ok(self.memory.project_of(id).filter(|project| project.org == org))
    }

    /// The project that the two parts of a path of API v1 name, where GitHub is implied: `acme/web`, or by
    /// its ids.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn github_project_at(
        &self,
        org: &str,
        repo: &str,
    ) -> Result<Option<Arc<Project>>, Refusal> {
        match self.project_at(Vcs::Github.short(), org, repo).await? {
            Some(project) => Ok(Some(project)),
            None => self.project_at(BY_ID, org, repo).await,
        }
    }

    /// The projects that the person who asks may see, by name.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn projects(&self, ctx: &Ctx) -> Result<Vec<ProjectSummary>, Refusal> {
        self.memory.trust(&self.store).await?;
        let mut tx = self.store.read().await?;
        let followed = match ctx.who.person() {
            Some(person) => tx.followed(person).await?,
            None => Vec::new(),
        };
        let mut summaries = Vec::new();
        for project in self.memory.projects() {
            if !self.access(&ctx.who, Some(&project)).granted.has(Permission::ReadBuilds) {
                continue;
            }
            let query =
                BuildQuery { project: project.id, branch: None, filter: None, limit: 1, offset: 0 };
            let newest = tx.builds(&query).await?.pop();
            let followed = followed.contains(&project.id);
            summaries.push(ProjectSummary { project, newest, followed });
        }
        Ok(summaries)
    }

    /// The projects whose builds' standing the person who asks may read, by name, without the builds.
    ///
    /// # Errors
    /// If it is no person.
    pub async fn visible(&self, ctx: &Ctx) -> Result<Vec<ProjectSummary>, Refusal> {
        let person = ctx.person()?;
        self.memory.trust(&self.store).await?;
        let followed = self.memory.followed(person);
        let may_read = |project: &Arc<Project>| {
            self.access(&ctx.who, Some(project)).granted.has(Permission::ReadStatus)
        };
        let projects = self.memory.projects().into_iter().filter(may_read);
        let summary = |project: Arc<Project>| {
            let followed = followed.contains(&project.id);
            ProjectSummary { project, newest: None, followed }
        };
        Ok(projects.map(summary).collect())
    }

    /// Adds a project, and its organization if that is new. One that is reached over SSH gets a deploy
    /// key, and its host becomes known if it is not; a host that does not answer now can be asked later.
    ///
    /// # Errors
    /// [`Refusal::Exists`] if the name is taken; [`Refusal::Invalid`] for a folder of this machine
    /// that the operator does not allow.
    pub async fn add_project(&self, ctx: &Ctx, new: NewProject) -> Result<Arc<Project>, Refusal> {
        ctx.require(Permission::ManageServer)?;
        self.check_local(&new.git_url)?;
        let org = OrgId::from_entropy(self.world.entropy());
        let project = &Project {
            id: ProjectId::from_entropy(self.world.entropy()),
            org,
            slug: new.slug,
            git_url: new.git_url,
            default_branch: new.default_branch,
            public: new.public,
            enabled: true,
            created_at: ctx.at,
        };
        let detail = if project.public { "public" } else { "private" };
        let entry = &Entry::new(Event::ProjectCreate, project.id)
            .with(format!("{} {detail}", project.slug))
            .of(project.id);
        let by = &ctx.by();
        let follower = ctx.actor().and_then(|actor| actor.person());
        let minted = match project.git_url.is_ssh() {
            true => Some(self.mint_checkout_key(ctx, &project.slug, CheckoutKeyKind::Deploy)?),
            false => None,
        };
        let minted = minted.as_ref();
        self.store
            .write(|mut tx| async move {
                let (vcs, name) = (project.slug.vcs, project.slug.org());
                let org = match tx.organization(vcs, name).await? {
                    Some(org) => org.id,
                    None => {
                        tx.insert_organization(&Organization {
                            id: org,
                            vcs,
                            name: name.to_owned(),
                        })
                        .await?;
                        org
                    }
                };
                let project = Project { org, ..project.clone() };
                tx.insert_project(&project).await.map_err(|error| match error {
                    rondo_store::Error::Exists => {
                        Refusal::Exists("project", project.slug.to_string())
                    }
                    other => other.into(),
                })?;
                if let Some(minted) = minted {
                    self.keep_checkout_key(&mut tx, &project, minted).await?;
                }
                if let Some(person) = follower {
                    tx.set_follow(person, project.id, true).await?;
                    tx.announce(&Change::Person(person.to_string())).await?;
                }
                tx.announce(&Change::Project(project.id.to_string())).await?;
                Ok::<_, Refusal>(tx.commit(by, entry.clone()).await?)
            })
            .await?;
        self.memory.catch_up(&self.store).await?;
        if let Some(host) = project.git_url.ssh_host() {
            match self.meet_host(ctx, &host).await {
                Ok(_) | Err(Refusal::Exists(..)) => {}
                Err(why) => tracing::warn!(%host, ?why, "the host does not show its keys"),
            }
        }
        self.memory.project(&project.slug).ok_or_else(|| Refusal::Fault("project".to_owned()))
    }

    /// That a repository on this machine lies where the operator allows.
    fn check_local(&self, url: &GitUrl) -> Result<(), Refusal> {
        let Some(path) = url.local_path() else { return Ok(()) };
        let real = Path::new(path).canonicalize();
        let allowed = real.is_ok_and(|real| {
            let roots = self.policy.local_repositories.iter();
            roots.filter_map(|root| root.canonicalize().ok()).any(|root| real.starts_with(root))
        });
        if allowed { Ok(()) } else { Err(Refusal::Invalid(Invalid::LocalPath(path.to_owned()))) }
    }

    /// Changes a project, and shows it as it is then. Nothing to change is no change.
    ///
    /// # Errors
    /// If the principal may not change its settings.
    pub async fn change_project(
        &self,
        ctx: &Ctx,
        project: &Project,
        change: &ProjectChange,
    ) -> Result<Arc<Project>, Refusal> {
        ctx.require(Permission::WriteSettings)?;
        let gone = || Refusal::Fault("project".to_owned());
        let words = change.words();
        if words.is_empty() {
            return self.memory.project_of(project.id).ok_or_else(gone);
        }
        let (by, id) = (&ctx.by(), project.id);
        let entry = &Entry::new(Event::ProjectChange, id).with(words.join(", ")).of(id);
        self.store
            .write(|mut tx| async move {
                let known = tx.project(id).await?.ok_or(rondo_store::Error::Corrupt("project"))?;
                tx.update_project(&change.of(known)).await?;
                tx.announce(&Change::Project(id.to_string())).await?;
                tx.commit(by, entry.clone()).await
            })
            .await
            .map_err(|error: rondo_store::Error| Refusal::from(error))?;
        self.memory.catch_up(&self.store).await?;
        self.memory.project_of(id).ok_or_else(gone)
    }

    /// Makes the person who asks follow a project that they see. One that is not there yet is added
    /// if the operator set a URL template for its kind and the person administers the server; its default
    /// branch is the one that the repository tells.
    ///
    /// # Errors
    /// [`Refusal::Silent`] if the repository does not tell; [`Refusal::Hidden`] if there is no such project, or none that the person may know of.
    pub async fn follow(&self, ctx: &Ctx, slug: &Slug) -> Result<Arc<Project>, Refusal> {
        let person = ctx.person()?;
        let project = match self.project(slug).await? {
            Some(project) => project,
            None => return self.add_by_template(ctx, slug).await,
        };
        self.require_on(ctx, &project, Permission::ReadStatus)?;
        self.set_follow(ctx, person, project.id, true).await?;
        Ok(project)
    }

    /// Makes the person who asks no longer follow a project.
    ///
    /// # Errors
    /// [`Refusal::Hidden`] if there is no such project, or none that the person may know of.
    pub async fn unfollow(&self, ctx: &Ctx, slug: &Slug) -> Result<(), Refusal> {
        let person = ctx.person()?;
        let project = self.project(slug).await?.ok_or(Refusal::Hidden)?;
        self.require_on(ctx, &project, Permission::ReadStatus)?;
        self.set_follow(ctx, person, project.id, false).await
    }

    fn require_on(&self, ctx: &Ctx, at: &Project, permission: Permission) -> Result<(), Refusal> {
        let checked = self.access(&ctx.who, Some(at)).check(permission);
        checked.map_err(|refused| self.refusal(refused, Some(at.org)))
    }

    async fn add_by_template(&self, ctx: &Ctx, slug: &Slug) -> Result<Arc<Project>, Refusal> {
        let template = self.policy.url_templates.get(&slug.vcs).ok_or(Refusal::Hidden)?;
        if ctx.require(Permission::ManageServer).is_err() {
            return Err(Refusal::Hidden);
        }
        let url = template.replace("{org}", slug.org()).replace("{repo}", slug.repo());
        let git_url: GitUrl = url.parse()?;
        self.check_local(&git_url)?;
        let default_branch = match git_url.is_ssh() {
            // It answers to nobody before the key is added that the project gets.
            true => "main".to_owned(),
            false => self.world.default_branch(&git_url).await.map_err(Refusal::Silent)?,
        };
        let default_branch = default_branch.parse()?;
        let new = NewProject { slug: slug.clone(), git_url, default_branch, public: false };
        self.add_project(ctx, new).await
    }

    async fn set_follow(
        &self,
        ctx: &Ctx,
        person: PersonId,
        project: ProjectId,
        follow: bool,
    ) -> Result<(), Refusal> {
        let event = if follow { Event::Follow } else { Event::Unfollow };
        let (by, entry) = (&ctx.by(), &Entry::new(event, project).with(person).of(project));
        self.store
            .write(|mut tx| async move {
                if tx.set_follow(person, project, follow).await? {
                    tx.announce(&Change::Person(person.to_string())).await?;
                    tx.commit(by, entry.clone()).await?;
                }
                Ok(())
            })
            .await
            .map_err(|error: rondo_store::Error| Refusal::from(error))?;
        Ok(self.memory.catch_up(&self.store).await?)
    }
}
