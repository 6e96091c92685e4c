//! A person's own tokens.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use rondo_app::{App, NewToken, Refusal, TokenList};
use rondo_domain::Millis;
use rondo_domain::name::Reason;
use rondo_domain::token::{TokenId, TokenKind};
use rondo_wire::v1;

use super::shape::{Created, created};
use super::{body, shape, wish};
use crate::Server;
use crate::failure::ApiResult;
use crate::granted::{Granted, Sent};

pub(crate) async fn list(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
) -> ApiResult<Json<Vec<v1::Token>>> {
    let tokens = server.app.tokens(&granted.ctx, TokenList::Own).await?;
    Ok(Json(tokens.iter().map(|token| shape::token(&server.app, token)).collect()))
}

pub(crate) async fn create(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
    Sent(body): Sent,
) -> ApiResult<Created<Json<v1::NewToken>>> {
    let wanted: v1::CreateToken = body::json(&body)?;
    if wanted.scope.is_some() {
        return Err(body::wrong("a personal token has no scope: it acts as you").into());
    }
    let (label, wish) = (wanted.label.parse()?, wish::read(&wanted)?);
    require_recent(&server, &granted)?;
    let new = server.app.create_personal_token(&granted.ctx, label, wish).await?;
    let address = shape::address_of_own(&server.app, &new.token.id);
    Ok(created(address, Json(shown_once(&server.app, new))))
}

/// A page's session makes tokens only after a recent sign-in; a token makes them as it is.
pub(crate) fn require_recent(server: &Server, granted: &Granted) -> Result<(), Refusal> {
    match &granted.session {
        Some(known) => server.app.require_recent(&known.session, granted.ctx.at),
        None => Ok(()),
    }
}

/// The one answer of the API that holds a value.
pub(crate) fn shown_once(app: &App, new: NewToken) -> v1::NewToken {
    v1::NewToken { shown: shape::token(app, &new.token), token: new.secret.expose().to_owned() }
}

pub(crate) async fn delete(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
    Sent(body): Sent,
) -> ApiResult<Json<v1::Message>> {
    let (id, reason) = (named(&granted)?, reason(&body)?);
    server.app.delete_token(&granted.ctx, TokenList::Own, id, reason).await?;
    Ok(done())
}

/// Why a token is deleted: clients that know of no reason send nothing, or an empty object.
pub(crate) fn reason(body: &Bytes) -> Result<Option<Reason>, Refusal> {
    if body.is_empty() {
        return Ok(None);
    }
    let wanted: v1::DeleteToken = body::json(body)?;
    Ok(wanted.reason.map(|reason| reason.parse()).transpose()?)
}

pub(crate) async fn disable(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
) -> ApiResult<Json<v1::Message>> {
    server.app.disable_token(&granted.ctx, TokenList::Own, named(&granted)?).await?;
    Ok(done())
}

pub(crate) async fn enable(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
) -> ApiResult<Json<v1::Message>> {
    server.app.enable_token(&granted.ctx, TokenList::Own, named(&granted)?).await?;
    Ok(done())
}

pub(crate) async fn shorten(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
    Sent(body): Sent,
) -> ApiResult<Json<v1::Message>> {
    let (id, end) = (named(&granted)?, end(&body)?);
    server.app.shorten_token(&granted.ctx, TokenList::Own, id, end).await?;
    Ok(done())
}

/// The end that a token is brought nearer to.
pub(crate) fn end(body: &Bytes) -> Result<Millis, Refusal> {
    let wanted: v1::ShortenToken = body::json(body)?;
    Ok(wish::moment(&wanted.expires_at)?)
}

pub(super) fn named(granted: &Granted) -> Result<TokenId, Refusal> {
    App::token_named(granted.name("token"), &[TokenKind::Personal]).ok_or_else(missing)
}

/// What an act answers that has nothing to show.
pub(crate) fn done() -> Json<v1::Message> {
    Json(v1::Message { message: "ok".to_owned() })
}

/// What was named may be a value, so it is not repeated.
pub(crate) fn missing() -> Refusal {
    Refusal::Missing("token", String::new())
}
