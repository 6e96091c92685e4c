//! A project's tokens.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use rondo_app::{App, Refusal, TokenList};
use rondo_domain::token::{TokenId, TokenKind};
use rondo_wire::v1;

use super::body::wrong;
use super::shape::{Created, created};
use super::user_token::{done, end, missing, reason, require_recent, shown_once};
use super::{body, shape, wish};
use crate::Server;
use crate::failure::ApiResult;
use crate::granted::{Granted, Sent};

pub(crate) async fn list(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
) -> ApiResult<Json<Vec<v1::Token>>> {
    let tokens = server.app.tokens(&granted.ctx, TokenList::Of(granted.project())).await?;
    Ok(Json(tokens.iter().map(|token| shape::token(&server.app, token)).collect()))
}

pub(crate) async fn create(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
    Sent(body): Sent,
) -> ApiResult<Created<Json<v1::NewToken>>> {
    let wanted: v1::CreateToken = body::json(&body)?;
    let missing = || wrong("scope is missing: take status, view-builds, all or badge");
    let scope = wanted.scope.as_deref().ok_or_else(missing)?.parse()?;
    let (label, wish) = (wanted.label.parse()?, wish::read_of_project(&wanted)?);
    require_recent(&server, &granted)?;
    let (ctx, project) = (&granted.ctx, granted.project());
    let new = server.app.create_project_token(ctx, project, (scope, label), wish).await?;
    let address = shape::address(&server.app, project, &format!("token/{}", new.token.id));
    Ok(created(address, Json(shown_once(&server.app, new))))
}

pub(crate) async fn delete(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
    Sent(body): Sent,
) -> ApiResult<Json<v1::Message>> {
    let (whose, id) = (TokenList::Of(granted.project()), named(&granted)?);
    server.app.delete_token(&granted.ctx, whose, id, reason(&body)?).await?;
    Ok(done())
}

pub(crate) async fn disable(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
) -> ApiResult<Json<v1::Message>> {
    let whose = TokenList::Of(granted.project());
    server.app.disable_token(&granted.ctx, whose, named(&granted)?).await?;
    Ok(done())
}

pub(crate) async fn enable(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
) -> ApiResult<Json<v1::Message>> {
    let whose = TokenList::Of(granted.project());
    server.app.enable_token(&granted.ctx, whose, named(&granted)?).await?;
    Ok(done())
}

pub(crate) async fn shorten(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
    Sent(body): Sent,
) -> ApiResult<Json<v1::Message>> {
    let (whose, id) = (TokenList::Of(granted.project()), named(&granted)?);
    server.app.shorten_token(&granted.ctx, whose, id, end(&body)?).await?;
    Ok(done())
}

pub(super) fn named(granted: &Granted) -> Result<TokenId, Refusal> {
    let token = granted.name("token");
    App::token_named(token, &[TokenKind::Project, TokenKind::Badge]).ok_or_else(missing)
}
