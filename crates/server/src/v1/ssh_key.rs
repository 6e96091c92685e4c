//! The keys that a project's jobs ask for: they go in, and nothing of them comes out.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use rondo_domain::{KeyHost, SecretValue};
use rondo_wire::v1;

use super::body;
use crate::Server;
use crate::failure::ApiResult;
use crate::granted::{Granted, Sent};

/// `""`, as CircleCI answers.
const NOTHING: Json<&str> = Json("");

pub(crate) async fn create(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
    Sent(body): Sent,
) -> ApiResult<Json<&'static str>> {
    let wanted: v1::NewSshKey = body::json(&body)?;
    let hostname: KeyHost = wanted.hostname.unwrap_or_default().parse()?;
    let private = SecretValue::new(wanted.private_key);
    server.app.add_ssh_key(&granted.ctx, granted.project(), hostname, &private).await?;
    Ok(NOTHING)
}

pub(crate) async fn delete(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
    Sent(body): Sent,
) -> ApiResult<Json<&'static str>> {
    let wanted: v1::SshKeyName = body::json(&body)?;
    let hostname: Option<KeyHost> = wanted.hostname.map(|name| name.parse()).transpose()?;
    let (ctx, project) = (&granted.ctx, granted.project());
    server.app.delete_ssh_key(ctx, project, &wanted.fingerprint, hostname.as_ref()).await?;
    Ok(NOTHING)
}
