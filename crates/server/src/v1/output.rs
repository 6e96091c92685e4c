//! The output of one action: where `output_url` points.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use rondo_app::Refusal;
use rondo_wire::v1;

use super::build::named;
use crate::Server;
use crate::failure::ApiResult;
use crate::feed::time;
use crate::granted::Granted;

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
    let message = String::from_utf8_lossy(&output.bytes).into_owned();
    let kind = "out".to_owned();
    Ok(Json(vec![v1::Output { kind, time: time(step.started_at), message }]))
}
