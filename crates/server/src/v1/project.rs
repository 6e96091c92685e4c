//! Projects: the followed ones, and following.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use rondo_app::Refusal;
use rondo_domain::{Slug, Vcs};
use rondo_wire::v1;

use crate::Server;
use crate::failure::ApiResult;
use crate::granted::Granted;

pub(crate) async fn list(
    State(server): State<Arc<Server>>,
    granted: Granted,
) -> ApiResult<Json<Vec<v1::Project>>> {
    let followed = server.app.projects(&granted.ctx).await?.into_iter().filter(|s| s.followed);
    let shaped = followed.map(|summary| v1::Project {
        id: summary.project.id.to_string(),
        organization_id: summary.project.org.to_string(),
        vcs_url: summary.project.slug.vcs_url(),
        vcs_type: summary.project.slug.vcs.long().to_owned(),
        username: summary.project.slug.org().to_owned(),
        reponame: summary.project.slug.repo().to_owned(),
        default_branch: summary.project.default_branch.to_string(),
        oss: summary.project.public,
        following: true,
    });
    Ok(Json(shaped.collect()))
}

type Names = Path<HashMap<String, String>>;

/// The project that a path names, which need not be there yet: in API v1 a GitHub one.
async fn slug(server: &Server, names: &Names) -> Result<Slug, Refusal> {
    let part = |name: &str| names.get(name).map_or("", String::as_str);
    let vcs = names.get("vcs").map_or(Vcs::Github.short(), String::as_str);
    if let Some(project) = server.app.project_at(vcs, part("org"), part("repo")).await? {
        return Ok(project.slug.clone());
    }
    let vcs = vcs.parse().map_err(|_| Refusal::Hidden)?;
    Slug::new(vcs, part("org"), part("repo")).map_err(|_| Refusal::Hidden)
}

pub(crate) async fn follow(
    State(server): State<Arc<Server>>,
    granted: Granted,
    names: Names,
) -> ApiResult<Json<v1::Follow>> {
    server.app.follow(&granted.ctx, &slug(&server, &names).await?).await?;
    Ok(Json(v1::Follow { following: true, first_build: Some(None), workflow: Some(false) }))
}

pub(crate) async fn unfollow(
    State(server): State<Arc<Server>>,
    granted: Granted,
    names: Names,
) -> ApiResult<Json<v1::Follow>> {
    server.app.unfollow(&granted.ctx, &slug(&server, &names).await?).await?;
    Ok(Json(v1::Follow { following: false, first_build: None, workflow: None }))
}
