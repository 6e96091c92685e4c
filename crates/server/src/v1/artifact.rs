//! Lists of artifacts.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use rondo_app::Refusal;
use rondo_domain::run::{Build, BuildFilter};
use rondo_wire::v1;

use super::body::{ListQuery, wrong};
use super::build::named;
use super::shape;
use crate::Server;
use crate::failure::ApiResult;
use crate::granted::Granted;

pub(crate) async fn list(
    State(server): State<Arc<Server>>,
    granted: Granted,
    Path(names): Path<HashMap<String, String>>,
) -> ApiResult<Json<Vec<v1::Artifact>>> {
    let build = named(&server, &granted, &names).await?;
    Ok(of_build(&server, &granted, &build).await?)
}

pub(crate) async fn latest(
    State(server): State<Arc<Server>>,
    granted: Granted,
    RawQuery(query): RawQuery,
) -> ApiResult<Json<Vec<v1::Artifact>>> {
    let list = ListQuery::read(query.as_deref())?;
    let filter = match list.filter {
        Some(BuildFilter::Running) => {
            return Err(wrong("filter is completed, successful or failed").into());
        }
        other => other.unwrap_or(BuildFilter::Completed),
    };
    let branch = list.branch.as_deref();
    let build = server.app.latest_build(&granted.ctx, granted.project(), branch, filter).await?;
    Ok(of_build(&server, &granted, &build).await?)
}

async fn of_build(
    server: &Server,
    granted: &Granted,
    build: &Build,
) -> Result<Json<Vec<v1::Artifact>>, Refusal> {
    let artifacts = server.app.artifacts(&granted.ctx, build.job.id).await?;
    Ok(Json(artifacts.iter().map(|one| shape::artifact(&server.app, one)).collect()))
}
