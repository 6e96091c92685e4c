//! Projects: the followed ones, and following.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use rondo_app::Refusal;
use rondo_domain::Slug;
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

fn slug((vcs, org, repo): &(String, String, String)) -> Result<Slug, Refusal> {
    let vcs = vcs.parse().map_err(|_| Refusal::Hidden)?;
    Slug::new(vcs, org, repo).map_err(|_| Refusal::Hidden)
}

pub(crate) async fn follow(
    State(server): State<Arc<Server>>,
    granted: Granted,
    Path(name): Path<(String, String, String)>,
) -> ApiResult<Json<v1::Follow>> {
    server.app.follow(&granted.ctx, &slug(&name)?).await?;
    Ok(Json(v1::Follow { following: true, first_build: Some(None), workflow: Some(false) }))
}

pub(crate) async fn unfollow(
    State(server): State<Arc<Server>>,
    granted: Granted,
    Path(name): Path<(String, String, String)>,
) -> ApiResult<Json<v1::Follow>> {
    server.app.unfollow(&granted.ctx, &slug(&name)?).await?;
    Ok(Json(v1::Follow { following: false, first_build: None, workflow: None }))
}
