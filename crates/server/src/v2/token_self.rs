//! `/token/self`: what any token learns of itself, what it would be let do, and its end. No right is
//! taken: a token that opens anything may.

use std::sync::Arc;

use axum::Json;
use axum::extract::{RawQuery, State};
use rondo_wire::v2;

use super::shape;
use crate::failure::ApiResult;
use crate::granted::{Granted, Sent};
use crate::v1::user_token::reason;
use crate::{Server, explain};

pub(crate) async fn show(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
) -> ApiResult<Json<v2::Token>> {
    let token = server.app.token_self(&granted.ctx).await?;
    Ok(Json(shape::token(&server.app, &token, granted.ctx.at)))
}

pub(crate) async fn delete(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
    Sent(body): Sent,
) -> ApiResult<Json<v2::Message>> {
    server.app.delete_itself(&granted.ctx, reason(&body)?).await?;
    Ok(Json(v2::Message { message: "ok".to_owned() }))
}

pub(crate) async fn explain(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
    RawQuery(query): RawQuery,
) -> ApiResult<Json<v2::Explained>> {
    let query = query.as_deref().unwrap_or_default();
    Ok(Json(explain::explain(&server, &granted, query).await?))
}
