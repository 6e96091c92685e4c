//! Lists of artifacts.

use std::sync::Arc;

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use rondo_app::Refusal;
use rondo_domain::run::{Build, BuildFilter};

use super::body::ListQuery;
use super::build::named;
use super::shape;
use crate::Server;
use crate::failure::ApiResult;
use crate::granted::Granted;

pub(crate) async fn list(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
) -> ApiResult<Response> {
    let build = named(&server, &granted).await?;
    Ok(of_build(&server, &granted, &build).await?)
}

pub(crate) async fn latest(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
    RawQuery(query): RawQuery,
) -> ApiResult<Response> {
    let list = ListQuery::read(query.as_deref())?;
    let filter = list.filter.unwrap_or(BuildFilter::Completed);
    let branch = list.branch.as_deref();
    let build = server.app.latest_build(&granted.ctx, granted.project(), branch, filter).await?;
    Ok(of_build(&server, &granted, &build).await?)
}

/// The list, and in its `Link` the addresses of all of them in one file, which there is if there is any.
async fn of_build(server: &Server, granted: &Granted, build: &Build) -> Result<Response, Refusal> {
    let job = build.job.id;
    let artifacts = server.app.artifacts(&granted.ctx, job).await?;
    let shaped = artifacts.iter().map(|one| shape::artifact(&server.app, one));
    let mut answer = Json(shaped.collect::<Vec<_>>()).into_response();
    if artifacts.is_empty() {
        return Ok(answer);
    }
    let url = &server.app.policy().url;
    for (ending, kind) in [("zip", "application/zip"), ("tar.zst", "application/zstd")] {
        let link = format!(
            "<{url}/output/job/{job}/artifacts.{ending}>; rel=\"alternate\"; type=\"{kind}\""
        );
        if let Ok(link) = HeaderValue::try_from(link) {
            answer.headers_mut().append(header::LINK, link);
        }
    }
    Ok(answer)
}
