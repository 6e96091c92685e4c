//! Build lists and single builds: whole, or in status form for who may read no more.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Response};
use rondo_app::{BuildQuery, Refusal};
use rondo_domain::Permission;
use rondo_domain::run::Build;

use super::body::ListQuery;
use super::shape;
use crate::Server;
use crate::failure::ApiResult;
use crate::granted::Granted;

pub(crate) async fn list(
    State(server): State<Arc<Server>>,
    granted: Granted,
    RawQuery(query): RawQuery,
) -> ApiResult<Response> {
    Ok(page(&server, &granted, query.as_deref(), None).await?)
}

pub(crate) async fn list_branch(
    State(server): State<Arc<Server>>,
    granted: Granted,
    RawQuery(query): RawQuery,
    Path(names): Path<HashMap<String, String>>,
) -> ApiResult<Response> {
    let branch = names.get("branch").map(String::as_str);
    Ok(page(&server, &granted, query.as_deref(), branch).await?)
}

async fn page(
    server: &Server,
    granted: &Granted,
    query: Option<&str>,
    branch: Option<&str>,
) -> Result<Response, Refusal> {
    let list = ListQuery::read(query)?;
    let project = granted.project();
    let query = BuildQuery {
        project: project.id,
        branch,
        filter: list.filter,
        limit: list.limit,
        offset: list.offset,
    };
    let builds = server.app.builds(&granted.ctx, &query).await?.builds;
    if !granted.may(Permission::ReadBuilds) {
        let shaped = builds.iter().map(|build| shape::status(&server.app, project, build));
        return Ok(Json(shaped.collect::<Vec<_>>()).into_response());
    }
    if list.shallow {
        let shaped = builds.iter().map(|build| shape::shallow(&server.app, project, build));
        return Ok(Json(shaped.collect::<Vec<_>>()).into_response());
    }
    let shaped = builds.iter().map(|build| shape::build(&server.app, project, build));
    Ok(Json(shaped.collect::<Vec<_>>()).into_response())
}

/// The build that a path's number names.
pub(super) async fn named(
    server: &Server,
    granted: &Granted,
    names: &HashMap<String, String>,
) -> Result<Build, Refusal> {
    let text = names.get("number").map_or("", String::as_str);
    let number =
        text.parse().map_err(|_| Refusal::Missing("build", text.chars().take(40).collect()))?;
    server.app.build(granted.project(), number).await
}

pub(crate) async fn show(
    State(server): State<Arc<Server>>,
    granted: Granted,
    Path(names): Path<HashMap<String, String>>,
) -> ApiResult<Response> {
    let build = named(&server, &granted, &names).await?;
    let project = granted.project();
    if !granted.may(Permission::ReadBuilds) {
        return Ok(Json(shape::status(&server.app, project, &build)).into_response());
    }
    let number = build.job.number.unwrap_or_default();
    let details = server.app.build_details(&granted.ctx, project, number).await?;
    Ok(Json(shape::details(&server.app, project, details)).into_response())
}
