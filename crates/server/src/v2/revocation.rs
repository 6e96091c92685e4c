//! `POST /admin/token/revoke`: many tokens at once, by what is true of them; for the server's
//! administrators.

use std::str::FromStr;
use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use rondo_app::{PredicateWish, Preview, Refusal};
use rondo_domain::token::NetworkError;
use rondo_wire::v2::{RevokeTokens, RevokedTokens};

use super::shape;
use crate::Server;
use crate::audit::moment;
use crate::failure::ApiResult;
use crate::granted::Granted;
use crate::v1::body::{self, wrong};
use crate::v1::user_token::require_recent;

pub(crate) async fn revoke(
    State(server): State<Arc<Server>>,
    granted: Granted,
    sent: Bytes,
) -> ApiResult<Json<RevokedTokens>> {
    let wanted: RevokeTokens = body::json(&sent)?;
    let ctx = &granted.ctx;
    let before = wanted.before.as_deref().map(|text| {
        moment(text).ok_or_else(|| wrong("before: a moment, such as 2026-01-31T09:00:00Z"))
    });
    let seen_from = wanted.seen_from.map(|text| {
        text.parse().map_err(|error: NetworkError| wrong(format!("seen_from: {error}")))
    });
    let wish = PredicateWish {
        before: before.transpose()?,
        token: read(wanted.token.as_deref(), "token: the id of a token")?,
        person: wanted.person,
        project: wanted.project,
        organization: wanted.organization,
        never_used: wanted.never_used,
        unrestricted: wanted.unrestricted,
        seen_from: seen_from.transpose()?,
        preview: read(wanted.preview.as_deref(), "preview: the word that dry_run gave")?,
    };
    let reason = wanted.reason.map(|reason| reason.parse()).transpose()?;
    let predicate = server.app.predicate(ctx, &wish).await?;
    if wanted.dry_run {
        let Preview { count, first, word } = server.app.tokens_hit_by(ctx, &predicate).await?;
        let first = first.iter().map(|token| shape::token(&server.app, token, ctx.at)).collect();
        let preview = Some(word.to_string());
        return Ok(Json(RevokedTokens { dry_run: true, count, first, preview }));
    }
    let none = || wrong("count: say how many tokens it is true of, as dry_run tells");
    let count = wanted.count.ok_or_else(none)?;
    require_recent(&server, &granted)?;
    let order = (&predicate, count);
    server.app.revoke_tokens(ctx, order, wish.preview.as_ref(), reason).await?;
    Ok(Json(RevokedTokens { dry_run: false, count, first: Vec::new(), preview: None }))
}

fn read<T: FromStr>(text: Option<&str>, expected: &str) -> Result<Option<T>, Refusal> {
    text.map(|text| text.parse().map_err(|_| wrong(expected))).transpose()
}
