//! What the guard hands to a handler: the request's context, and what it is about.

use std::convert::Infallible;
use std::mem;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{FromRef, FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use rondo_app::{App, Ctx};
use rondo_domain::{Home, Organization, Permission, Project, Session};

use crate::peer::Peer;
use crate::router::Names;
use crate::routes::Face;
use crate::{Server, failure};

/// A request that may use its route.
pub(crate) struct Granted {
    /// Who asks, and what they may do with the project.
    pub(crate) ctx: Ctx,
    /// Where the request comes from.
    pub(crate) peer: Peer,
    /// The parts of the path that its route names.
    pub(crate) names: Names,
    /// The project that the path names.
    pub(crate) project: Option<Arc<Project>>,
    /// The organization that the path names, where the row is about one as a whole.
    pub(crate) organization: Option<Organization>,
    pub(crate) session: Option<Box<SignedIn>>,
}

/// A session of the pages.
pub(crate) struct SignedIn {
    pub(crate) session: Session,
    /// Its cookie's value.
    pub(crate) cookie: String,
}

impl Granted {
    /// A part of the path; empty if it has none of this name.
    pub(crate) fn name(&self, name: &str) -> &str {
        self.names.get(name).unwrap_or_default()
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

/// What a handler is called with besides the request.
pub(crate) struct Call {
    pub(crate) server: Arc<Server>,
    /// Who the route talks to.
    pub(crate) face: Face,
    pub(crate) granted: Arc<Granted>,
}

impl FromRef<Call> for Arc<Server> {
    fn from_ref(call: &Call) -> Self {
        Self::clone(&call.server)
    }
}

/// Address and headers of a request, taken out of it: a copy of them costs more than most handlers do. What
/// is extracted after it finds none.
pub(crate) struct Head {
    pub(crate) uri: Uri,
    pub(crate) headers: HeaderMap,
}

impl FromRequestParts<Call> for Head {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &Call) -> Result<Self, Infallible> {
        Ok(Self { uri: mem::take(&mut parts.uri), headers: mem::take(&mut parts.headers) })
    }
}

/// The whole body of a request by a program, which is told in its own format where it cannot be had.
pub(crate) struct Sent(pub(crate) Bytes);

impl FromRequest<Call> for Sent {
    type Rejection = Response;

    async fn from_request(request: Request, call: &Call) -> Result<Self, Response> {
        Bytes::from_request(request, call).await.map(Self).map_err(|why| match why.status() {
            StatusCode::PAYLOAD_TOO_LARGE => failure::too_large(call.face.body_limit()),
            _ => failure::broken_off(),
        })
    }
}

impl FromRequestParts<Call> for Arc<Granted> {
    type Rejection = Infallible;

    async fn from_request_parts(_: &mut Parts, call: &Call) -> Result<Self, Infallible> {
        Ok(Self::clone(&call.granted))
    }
}
