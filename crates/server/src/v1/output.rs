//! The output of one action: where `output_url` points.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::request::Parts;
use rondo_app::{App, OutputLink, Refusal, StepOutput};
use rondo_domain::run::Step;
use rondo_wire::v1;

use super::build::named;
use crate::Server;
use crate::credential::pairs;
use crate::failure::ApiResult;
use crate::feed::time;
use crate::granted::Granted;
use crate::peer::Peer;

/// More than a step's output can have.
const WHOLE: u64 = 64 * 1024 * 1024;

pub(crate) async fn show(
    State(server): State<Arc<Server>>,
    granted: Granted,
    Path(names): Path<HashMap<String, String>>,
) -> ApiResult<Json<Vec<v1::Output>>> {
    let missing = || Refusal::Missing("step", String::new());
    let ordinal = names.get("step").and_then(|step| step.parse().ok()).ok_or_else(missing)?;
    if names.get("node").is_none_or(|node| node != "0") {
        return Err(missing().into());
    }
    let build = named(&server, &granted, &names).await?;
    let steps = server.app.steps(&granted.ctx, build.job.id).await?;
    let step = steps.iter().find(|step| step.ordinal == ordinal).ok_or_else(missing)?;
    let output = server.app.output(&granted.ctx, &build, ordinal, 0, WHOLE).await?;
    Ok(shaped(step, &output))
}

fn shaped(step: &Step, output: &StepOutput) -> Json<Vec<v1::Output>> {
    let message = String::from_utf8_lossy(&output.bytes).into_owned();
    let kind = "out".to_owned();
    Json(vec![v1::Output { kind, time: time(step.started_at), message }])
}

/// Where a link to an output leads: `output_url`.
pub(super) fn address(app: &App, link: &OutputLink) -> String {
    let OutputLink { job, step, by, until, signature } = link;
    let url = &app.policy().url;
    format!("{url}/output/job/{job}/step/{step}/0?by={by}&until={until}&signature={signature}")
}

/// `GET /output/job/{job}/step/{step}/{node}`: takes no credential but the link itself.
pub(crate) async fn linked(
    State(server): State<Arc<Server>>,
    Path(names): Path<HashMap<String, String>>,
    request: Parts,
) -> ApiResult<Json<Vec<v1::Output>>> {
    let missing = || Refusal::Missing("output", String::new());
    let part = |name: &str| names.get(name).map(String::as_str);
    if part("node") != Some("0") {
        return Err(missing().into());
    }
    let query: HashMap<_, _> = pairs(request.uri.query().unwrap_or_default()).collect();
    let word = |name: &str| query.get(name).cloned().unwrap_or_default();
    let link = OutputLink {
        job: part("job").and_then(|job| job.parse().ok()).ok_or_else(missing)?,
        step: part("step").and_then(|step| step.parse().ok()).ok_or_else(missing)?,
        by: word("by"),
        until: word("until").parse().map_err(|_| missing())?,
        signature: word("signature"),
    };
    let peer = Peer::of(&request, &server.app.policy().trusted_proxies);
    let (step, output) = server.app.linked_output(&link, peer.sure, WHOLE).await?;
    Ok(shaped(&step, &output))
}
