//! The output of one action: where `output_url` points.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{RawQuery, State};
use rondo_app::{App, OutputLink, Refusal, StepOutput};
use rondo_domain::run::Step;
use rondo_wire::v1;

use super::build::named;
use crate::Server;
use crate::credential::owned_pairs;
use crate::failure::ApiResult;
use crate::feed::time;
use crate::granted::Granted;

/// More than a step's output can have.
const WHOLE: u64 = 64 * 1024 * 1024;

pub(crate) async fn show(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
) -> ApiResult<Json<Vec<v1::Output>>> {
    let missing = || Refusal::Missing("step", String::new());
    let ordinal = granted.name("step").parse().map_err(|_| missing())?;
    if granted.name("node") != "0" {
        return Err(missing().into());
    }
    let build = named(&server, &granted).await?;
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
    granted: Arc<Granted>,
    RawQuery(query): RawQuery,
) -> ApiResult<Json<Vec<v1::Output>>> {
    let missing = || Refusal::Missing("output", String::new());
    if granted.name("node") != "0" {
        return Err(missing().into());
    }
    let query: HashMap<_, _> = owned_pairs(query.as_deref().unwrap_or_default()).collect();
    let word = |name: &str| query.get(name).cloned().unwrap_or_default();
    let link = OutputLink {
        job: granted.name("job").parse().map_err(|_| missing())?,
        step: granted.name("step").parse().map_err(|_| missing())?,
        by: word("by"),
        until: word("until").parse().map_err(|_| missing())?,
        signature: word("signature"),
    };
    let (step, output) = server.app.linked_output(&link, granted.peer.sure, WHOLE).await?;
    Ok(shaped(&step, &output))
}
