//! `POST /admin/token/revoke`: many tokens at once, by what is true of them; for the server's
//! administrators.

use std::str::FromStr;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use rondo_app::{PredicateWish, Preview, Refusal};
use rondo_domain::Millis;
use rondo_domain::token::{Days, NetworkError, Rehearsal};
use rondo_wire::v2::{MissedToken, RevokeTokens, RevokedTokens, WouldRefuse};

use super::shape;
use crate::Server;
use crate::audit::moment;
use crate::failure::ApiResult;
use crate::granted::{Granted, Sent};
use crate::v1::body::{self, wrong};
use crate::v1::usage;
use crate::v1::user_token::require_recent;

pub(crate) async fn revoke(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
    Sent(sent): Sent,
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
    let days = days(wanted.from.as_deref(), wanted.until.as_deref(), ctx.at)?;
    if days.is_some() && !wanted.dry_run {
        return Err(wrong("from and until: only with dry_run").into());
    }
    let reason = wanted.reason.map(|reason| reason.parse()).transpose()?;
    let predicate = server.app.predicate(ctx, &wish).await?;
    if wanted.dry_run {
        let Preview { count, first, word } = server.app.tokens_hit_by(ctx, &predicate).await?;
        let first = first.iter().map(|token| shape::token(&server.app, token, ctx.at)).collect();
        let preview = Some(word.to_string());
        let would_refuse = match days {
            Some(days) => {
                let rehearsal = server.app.rehearse(ctx, &predicate, days).await?;
                Some(would_refuse(&server, &rehearsal, days, ctx.at))
            }
            None => None,
        };
        return Ok(Json(RevokedTokens { dry_run: true, count, first, preview, would_refuse }));
    }
    let none = || wrong("count: say how many tokens it is true of, as dry_run tells");
    let count = wanted.count.ok_or_else(none)?;
    require_recent(&server, &granted)?;
    let order = (&predicate, count);
    server.app.revoke_tokens(ctx, order, wish.preview.as_ref(), reason).await?;
    let first = Vec::new();
    Ok(Json(RevokedTokens { dry_run: false, count, first, preview: None, would_refuse: None }))
}

/// The days that are asked about, if they are.
fn days(from: Option<&str>, until: Option<&str>, now: Millis) -> Result<Option<Days>, Refusal> {
    let read =
        |text: &str| moment(text).ok_or_else(|| wrong("from and until: days such as 2026-01-31"));
    match (from, until) {
        (None, None) => Ok(None),
        (None, Some(_)) => Err(wrong("until: say from which day on, too, as from")),
        (Some(from), until) => {
            let until = until.map_or(Ok(now), read)?;
            let none = || wrong("from and until: the first day comes after the last one");
            Days::between(read(from)?, until).map(Some).ok_or_else(none)
        }
    }
}

fn would_refuse(server: &Server, rehearsal: &Rehearsal, days: Days, now: Millis) -> WouldRefuse {
    WouldRefuse {
        from: usage::day(days.from),
        until: usage::day(days.until),
        tokens: rehearsal.tokens,
        uses: rehearsal.uses,
        first: rehearsal
            .first
            .iter()
            .map(|missed| MissedToken {
                token: shape::token(&server.app, &missed.token, now),
                uses: missed.uses,
                clients: missed.clients.iter().map(usage::client).collect(),
                counts: missed.counts.iter().map(usage::count).collect(),
            })
            .collect(),
    }
}

fn read<T: FromStr>(text: Option<&str>, expected: &str) -> Result<Option<T>, Refusal> {
    text.map(|text| text.parse().map_err(|_| wrong(expected))).transpose()
}
