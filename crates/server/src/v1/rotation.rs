//! Rotating tokens: a person's own, and a project's.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use rondo_app::{Refusal, RotationWish, TokenList};
use rondo_domain::token::Overlap;
use rondo_wire::v1;

use super::project_token::{self};
use super::shape::{Created, created};
use super::user_token::{self, done, require_recent, shown_once};
use super::{body, shape};
use crate::Server;
use crate::failure::ApiResult;
use crate::granted::{Granted, Sent};

/// The header by which a caller whose answer was lost asks for the same one again.
const KEY: &str = "idempotency-key";
/// Characters of its value.
const KEY_CHARACTERS: usize = 200;

/// What a request wishes; none of it need be said.
pub(crate) fn wish(headers: &HeaderMap, body: &Bytes) -> Result<RotationWish, Refusal> {
    let wanted: v1::RotateToken = match body.is_empty() {
        true => v1::RotateToken::default(),
        false => body::json(body)?,
    };
    let milliseconds = |seconds: Option<i64>, default| {
        seconds.map_or(default, |seconds| seconds.saturating_mul(1000))
    };
    let longest = milliseconds(wanted.overlap_seconds, Overlap::LONGEST);
    let grace = milliseconds(wanted.grace_seconds, Overlap::GRACE.min(longest));
    let overlap = Overlap::new(grace, longest).map_err(|error| body::wrong(error.to_string()))?;
    Ok(RotationWish { overlap, key: key(headers)? })
}

fn key(headers: &HeaderMap) -> Result<Option<String>, Refusal> {
    let Some(key) = headers.get(KEY) else { return Ok(None) };
    let key = key.to_str().unwrap_or_default().trim();
    match (1..=KEY_CHARACTERS).contains(&key.len()) {
        true => Ok(Some(key.to_owned())),
        false => Err(body::wrong(format!(
            "Idempotency-Key: take 1 to {KEY_CHARACTERS} visible characters"
        ))),
    }
}

pub(crate) async fn rotate_own(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
    headers: HeaderMap,
    Sent(body): Sent,
) -> ApiResult<Created<Json<v1::NewToken>>> {
    let (id, wish) = (user_token::named(&granted)?, wish(&headers, &body)?);
    require_recent(&server, &granted)?;
    let new = server.app.rotate_token(&granted.ctx, TokenList::Own, id, wish).await?;
    let address = shape::address_of_own(&server.app, &new.token.id);
    Ok(created(address, Json(shown_once(&server.app, new))))
}

pub(crate) async fn undo_own(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
) -> ApiResult<Json<v1::Message>> {
    server.app.undo_rotation(&granted.ctx, TokenList::Own, user_token::named(&granted)?).await?;
    Ok(done())
}

pub(crate) async fn rotate_of_project(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
    headers: HeaderMap,
    Sent(body): Sent,
) -> ApiResult<Created<Json<v1::NewToken>>> {
    let (id, wish) = (project_token::named(&granted)?, wish(&headers, &body)?);
    require_recent(&server, &granted)?;
    let whose = TokenList::Of(granted.project());
    let new = server.app.rotate_token(&granted.ctx, whose, id, wish).await?;
    let name = format!("token/{}", new.token.id);
    let address = shape::address(&server.app, granted.project(), &name);
    Ok(created(address, Json(shown_once(&server.app, new))))
}

pub(crate) async fn undo_of_project(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
) -> ApiResult<Json<v1::Message>> {
    let whose = TokenList::Of(granted.project());
    server.app.undo_rotation(&granted.ctx, whose, project_token::named(&granted)?).await?;
    Ok(done())
}
