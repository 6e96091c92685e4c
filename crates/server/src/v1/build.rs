//! Build lists and single builds: whole, or in status form for who may read no more.

use std::sync::Arc;

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use rondo_app::{BuildQuery, Placed, Refusal, link_terms};
use rondo_domain::Permission;
use rondo_domain::run::{Build, BuildFilter};
use rondo_wire::v1::ListedBuild;

use super::body::{ListQuery, wrong};
use super::build_shape;
use super::kept::kept;
use crate::Server;
use crate::failure::ApiResult;
use crate::granted::Granted;

pub(crate) async fn list(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
    RawQuery(query): RawQuery,
) -> ApiResult<Response> {
    Ok(page(&server, &granted, query.as_deref(), None).await?)
}

pub(crate) async fn list_branch(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
    RawQuery(query): RawQuery,
) -> ApiResult<Response> {
    Ok(page(&server, &granted, query.as_deref(), granted.names.get("branch")).await?)
}

/// A page of builds; what runs changes without a word, so a page of that is made anew each time.
async fn page(
    server: &Server,
    granted: &Granted,
    query: Option<&str>,
    branch: Option<&str>,
) -> Result<Response, Refusal> {
    let list = ListQuery::read(query)?;
    let name = format!("builds {} {branch:?} {list:?}", form(granted));
    let made = made_page(server, granted, &list, branch);
    match list.filter {
        Some(BuildFilter::Running) => made.await,
        _ => kept(server, granted, &name, made).await,
    }
}

/// What of builds the principal may read.
fn form(granted: &Granted) -> &'static str {
    if granted.may(Permission::ReadBuilds) { "whole" } else { "in status form" }
}

async fn made_page(
    server: &Server,
    granted: &Granted,
    list: &ListQuery,
    branch: Option<&str>,
) -> Result<Response, Refusal> {
    let project = granted.project();
    let query = BuildQuery {
        project: project.id,
        branch,
        filter: list.filter,
        limit: list.limit,
        offset: list.offset,
    };
    let app = &server.app;
    if granted.may(Permission::ReadBuilds) && !list.shallow {
        let builds = app.build_page(&granted.ctx, &query).await?;
        let shaped = builds.iter().map(|related| build_shape::build(app, project, related));
        return Ok(Json(shaped.collect::<Vec<_>>()).into_response());
    }
    let builds = app.builds(&granted.ctx, &query).await?.builds;
    if granted.may(Permission::ReadBuilds) {
        let shaped = builds.iter().map(|build| build_shape::shallow(app, project, build));
        return Ok(Json(shaped.collect::<Vec<_>>()).into_response());
    }
    let shaped = builds.iter().map(|build| build_shape::status(app, project, build));
    Ok(Json(shaped.collect::<Vec<_>>()).into_response())
}

/// The newest builds of all that the person follows.
pub(crate) async fn recent(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
    RawQuery(query): RawQuery,
) -> ApiResult<Response> {
    let list = ListQuery::read(query.as_deref())?;
    if list.filter.is_some() || list.branch.is_some() {
        return Err(wrong("recent-builds takes limit, offset and shallow").into());
    }
    let app = &server.app;
    let builds = app.recent_builds(&granted.ctx, list.limit, list.offset).await?;
    let shaped =
        builds.iter().map(|Placed { project, whole, related }| match (whole, list.shallow) {
            (false, _) => ListedBuild::InStatusForm(Box::new(build_shape::status(
                app,
                project,
                &related.build,
            ))),
            (true, true) => {
                ListedBuild::Shallow(Box::new(build_shape::shallow(app, project, &related.build)))
            }
            (true, false) => {
                ListedBuild::Whole(Box::new(build_shape::build(app, project, related)))
            }
        });
    Ok(Json(shaped.collect::<Vec<_>>()).into_response())
}

/// A build that something was just done with: whole, or in status form.
pub(super) async fn shown(
    server: &Server,
    granted: &Granted,
    build: Build,
) -> Result<Response, Refusal> {
    let (app, project) = (&server.app, granted.project());
    if !granted.may(Permission::ReadBuilds) {
        return Ok(Json(build_shape::status(app, project, &build)).into_response());
    }
    let related = app.related(&granted.ctx, build).await?;
    Ok(Json(build_shape::build(app, project, &related)).into_response())
}

/// The build that a path's number names.
pub(super) async fn named(server: &Server, granted: &Granted) -> Result<Build, Refusal> {
    let text = granted.name("number");
    let number =
        text.parse().map_err(|_| Refusal::Missing("build", text.chars().take(40).collect()))?;
    server.app.build(granted.project(), number).await
}

pub(crate) async fn show(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
) -> ApiResult<Response> {
    let number = granted.name("number").parse::<i64>();
    // The addresses of its output are the caller's own, and end.
    let (by, until) = link_terms(&granted.ctx);
    let number = number.unwrap_or_default();
    let name = format!("build {} {number} {by} {until}", form(&granted));
    Ok(kept(&server, &granted, &name, made_build(&server, &granted)).await?)
}

async fn made_build(server: &Server, granted: &Granted) -> Result<Response, Refusal> {
    let build = named(server, granted).await?;
    let project = granted.project();
    if !granted.may(Permission::ReadBuilds) {
        return Ok(Json(build_shape::status(&server.app, project, &build)).into_response());
    }
    let app = &server.app;
    let steps = app.steps(&granted.ctx, build.job.id).await?;
    let related = app.related(&granted.ctx, build).await?;
    Ok(Json(build_shape::details(app, &granted.ctx, project, &related, &steps)).into_response())
}
