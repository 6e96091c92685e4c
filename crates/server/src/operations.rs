//! For whoever operates the server.

use std::sync::Arc;

use axum::extract::State;

use crate::Server;
use crate::failure::ApiResult;

/// The process runs.
pub(crate) async fn health() -> &'static str {
    "ok\n"
}

/// The process can do its work: its store answers.
pub(crate) async fn ready(State(server): State<Arc<Server>>) -> ApiResult<&'static str> {
    server.app.ready().await?;
    Ok("ready\n")
}
