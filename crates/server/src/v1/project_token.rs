//! A project's tokens.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use rondo_app::{App, TokenList};
use rondo_domain::token::TokenKind;
use rondo_wire::v1;

use super::user_token::{missing, require_recent, shown_once};
use super::{body, shape};
use crate::Server;
use crate::failure::ApiResult;
use crate::granted::Granted;

pub(crate) async fn list(
    State(server): State<Arc<Server>>,
    granted: Granted,
) -> ApiResult<Json<Vec<v1::Token>>> {
    let tokens = server.app.tokens(&granted.ctx, TokenList::Of(granted.project())).await?;
    Ok(Json(tokens.iter().map(shape::token).collect()))
}

pub(crate) async fn create(
    State(server): State<Arc<Server>>,
    granted: Granted,
    body: Bytes,
) -> ApiResult<(StatusCode, Json<v1::NewToken>)> {
    let wanted: v1::CreateToken = body::json(&body)?;
    let scope = wanted.scope.unwrap_or_default().parse()?;
    let label = wanted.label.parse()?;
    require_recent(&server, &granted)?;
    let new =
        server.app.create_project_token(&granted.ctx, granted.project(), scope, label).await?;
    Ok((StatusCode::CREATED, Json(shown_once(new))))
}

pub(crate) async fn delete(
    State(server): State<Arc<Server>>,
    granted: Granted,
    Path(names): Path<HashMap<String, String>>,
) -> ApiResult<Json<v1::Message>> {
    let token = names.get("token").map_or("", String::as_str);
    let id = App::token_named(token, TokenKind::Project).ok_or_else(missing)?;
    server.app.delete_token(&granted.ctx, TokenList::Of(granted.project()), id).await?;
    Ok(Json(v1::Message { message: "ok".to_owned() }))
}
