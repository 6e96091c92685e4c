//! What the guard hands to a handler: the request's context, and what it is about.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use rondo_app::{App, Ctx};
use rondo_domain::{Home, Organization, Permission, Project, Session};

/// A request that may use its route.
#[derive(Clone)]
pub(crate) struct Granted {
    /// Who asks, and what they may do with the project.
    pub(crate) ctx: Ctx,
    /// The project that the path names.
    project: Option<Arc<Project>>,
    /// The organization that the path names, where the row is about one as a whole.
    organization: Option<Organization>,
    /// The page's session, and its cookie's value.
    pub(crate) session: Option<(Session, String)>,
}

impl Granted {
    pub(crate) fn new(
        ctx: Ctx,
        (project, organization): (Option<Arc<Project>>, Option<Organization>),
        session: Option<(Session, String)>,
    ) -> Self {
        Self { ctx, project, organization, session }
    }

    /// What the guard hands on, left where others find it too: only it puts it there, and every route has a guard.
    pub(crate) fn of(parts: &Parts) -> Result<Self, StatusCode> {
        parts.extensions.get::<Self>().cloned().ok_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// The project that the path names.
    ///
    /// # Panics
    /// If the route's row names none: a mistake in the table, which the access test would find.
    pub(crate) fn project(&self) -> &Project {
        self.project.as_ref().expect("the row says that the path names a project")
    }

    /// The organization that the path names.
    ///
    /// # Panics
    /// If the route's row is about none: a mistake in the table, which the access test would find.
    pub(crate) fn organization(&self) -> &Organization {
        self.organization.as_ref().expect("the row says that it is about an organization")
    }

    /// What the path names, as the home of service accounts.
    pub(crate) fn home(&self) -> Home {
        match &self.organization {
            Some(organization) => Home::Organization(organization.id),
            None => Home::Project { project: self.project().id, org: self.project().org },
        }
    }

    /// The organization that the path names, or that the named project is of: `gh/acme`.
    pub(crate) fn organization_slug(&self) -> String {
        match &self.organization {
            Some(organization) => organization.to_string(),
            None => {
                let slug = &self.project().slug;
                format!("{}/{}", slug.vcs.short(), slug.org())
            }
        }
    }

    /// Whether the principal holds a further right on what the path names.
    pub(crate) fn may(&self, permission: Permission) -> bool {
        self.ctx.access.granted.has(permission)
    }

    /// Whether they would still be granted a right there: for answers that take long. All is judged as it is
    /// now; only the address is the one of the request.
    pub(crate) async fn lasts(&self, app: &App, permission: Permission) -> bool {
        let who = &self.ctx.who;
        if !app.still_good(who).await.unwrap_or(false) {
            return false;
        }
        let access = match (&self.organization, &self.project) {
            (Some(organization), _) => app.access_to_organization(who, organization.id),
            (None, None) => app.access(who, None),
            (None, Some(project)) => match app.memory().project_of(project.id) {
                Some(project) => app.access(who, Some(&project)),
                None => return false,
            },
        };
        access.granted.has(permission)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Granted {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        // Taken out rather than copied: a handler of an API asks for it once.
        parts.extensions.remove::<Self>().ok_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}
