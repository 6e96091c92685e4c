//! A project's environment variables, masked in every answer.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use rondo_app::Refusal;
use rondo_domain::variable::VariableName;
use rondo_domain::{MaskedVariable, SecretValue};
use rondo_wire::v1;

use super::shape::{Created, created};
use super::{body, shape};
use crate::Server;
use crate::failure::ApiResult;
use crate::granted::{Granted, Sent};

fn shaped(variable: MaskedVariable) -> v1::EnvVar {
    v1::EnvVar { name: variable.name, value: variable.mask }
}

/// A name that cannot be one is a variable that is not there.
fn named(granted: &Granted) -> Result<VariableName, Refusal> {
    let name = granted.name("name");
    name.parse().map_err(|_| Refusal::Missing("env var", name.chars().take(60).collect()))
}

pub(crate) async fn list(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
) -> ApiResult<Json<Vec<v1::EnvVar>>> {
    let variables = server.app.variables(&granted.ctx, granted.project()).await?;
    Ok(Json(variables.into_iter().map(shaped).collect()))
}

pub(crate) async fn show(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
) -> ApiResult<Json<v1::EnvVar>> {
    let name = named(&granted)?;
    let variable = server.app.variable(&granted.ctx, granted.project(), &name).await?;
    Ok(Json(shaped(variable)))
}

pub(crate) async fn create(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
    Sent(body): Sent,
) -> ApiResult<Created<Json<v1::EnvVar>>> {
    let wanted: v1::EnvVar = body::json(&body)?;
    let name: VariableName = wanted.name.parse()?;
    let value = SecretValue::new(wanted.value);
    let project = granted.project();
    let variable = server.app.set_variable(&granted.ctx, project, &name, value).await?;
    let address = shape::address(&server.app, project, &format!("envvar/{name}"));
    Ok(created(address, Json(shaped(variable))))
}

pub(crate) async fn delete(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
) -> ApiResult<Json<v1::Message>> {
    let name = named(&granted)?;
    server.app.delete_variable(&granted.ctx, granted.project(), &name).await?;
    Ok(Json(v1::Message { message: "ok".to_owned() }))
}
