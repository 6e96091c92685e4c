//! The tokens of a service account. They have the shape that those of people and projects have in API
//! v1.1, which says what their managers ask about.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use rondo_app::{App, Refusal, TokenList};
use rondo_domain::ServiceAccount;
use rondo_domain::token::{TokenId, TokenKind};
use rondo_wire::v1;

use super::service::named;
use crate::Server;
use crate::failure::ApiResult;
use crate::granted::{Granted, Sent};
use crate::v1::user_token::{done, end, missing, reason, require_recent, shown_once};
use crate::v1::{body, rotation, shape, usage, wish};

/// The account and the token that the path names.
fn both(server: &Server, granted: &Granted) -> Result<(ServiceAccount, TokenId), Refusal> {
    let token = granted.name("token");
    let id = App::token_named(token, &[TokenKind::Service]).ok_or_else(missing)?;
    Ok((named(server, granted)?, id))
}

pub(crate) async fn list(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
) -> ApiResult<Json<Vec<v1::Token>>> {
    let account = named(&server, &granted)?;
    let tokens = server.app.tokens(&granted.ctx, TokenList::OfService(&account)).await?;
    Ok(Json(tokens.iter().map(|token| shape::token(&server.app, token)).collect()))
}

pub(crate) async fn create(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
    Sent(sent): Sent,
) -> ApiResult<(StatusCode, Json<v1::NewToken>)> {
    let wanted: v1::CreateToken = body::json(&sent)?;
    if wanted.scope.is_some() {
        return Err(body::wrong("a service account's token has no scope: name permissions").into());
    }
    let (label, wish) = (wanted.label.parse()?, wish::read(&wanted)?);
    let account = named(&server, &granted)?;
    require_recent(&server, &granted)?;
    let new = server.app.create_service_token(&granted.ctx, &account, label, wish).await?;
    Ok((StatusCode::CREATED, Json(shown_once(&server.app, new))))
}

pub(crate) async fn delete(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
    Sent(sent): Sent,
) -> ApiResult<Json<v1::Message>> {
    let (account, id) = both(&server, &granted)?;
    let (whose, reason) = (TokenList::OfService(&account), reason(&sent)?);
    server.app.delete_token(&granted.ctx, whose, id, reason).await?;
    Ok(done())
}

pub(crate) async fn disable(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
) -> ApiResult<Json<v1::Message>> {
    let (account, id) = both(&server, &granted)?;
    server.app.disable_token(&granted.ctx, TokenList::OfService(&account), id).await?;
    Ok(done())
}

pub(crate) async fn enable(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
) -> ApiResult<Json<v1::Message>> {
    let (account, id) = both(&server, &granted)?;
    server.app.enable_token(&granted.ctx, TokenList::OfService(&account), id).await?;
    Ok(done())
}

pub(crate) async fn shorten(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
    Sent(sent): Sent,
) -> ApiResult<Json<v1::Message>> {
    let (account, id) = both(&server, &granted)?;
    let whose = TokenList::OfService(&account);
    server.app.shorten_token(&granted.ctx, whose, id, end(&sent)?).await?;
    Ok(done())
}

pub(crate) async fn usage_of(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
) -> ApiResult<Json<v1::TokenUse>> {
    let (account, id) = both(&server, &granted)?;
    let whose = TokenList::OfService(&account);
    let (token, usage) = server.app.usage(&granted.ctx, whose, id).await?;
    Ok(Json(usage::shape(&token, &usage)))
}

pub(crate) async fn rotate(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
    headers: HeaderMap,
    Sent(sent): Sent,
) -> ApiResult<(StatusCode, Json<v1::NewToken>)> {
    let (account, id) = both(&server, &granted)?;
    let wish = rotation::wish(&headers, &sent)?;
    require_recent(&server, &granted)?;
    let whose = TokenList::OfService(&account);
    let new = server.app.rotate_token(&granted.ctx, whose, id, wish).await?;
    Ok((StatusCode::CREATED, Json(shown_once(&server.app, new))))
}

pub(crate) async fn undo_rotation(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
) -> ApiResult<Json<v1::Message>> {
    let (account, id) = both(&server, &granted)?;
    server.app.undo_rotation(&granted.ctx, TokenList::OfService(&account), id).await?;
    Ok(done())
}
