//! What a token was used for: a person's own, and a project's.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use rondo_app::TokenList;
use rondo_domain::Millis;
use rondo_domain::token::{Token, Usage, UseClient, UseCount};
use rondo_wire::v1;

use super::project_token::{self};
use super::user_token;
use crate::Server;
use crate::failure::ApiResult;
use crate::feed::time;
use crate::granted::Granted;

const DAY: i64 = 24 * 3600 * 1000;

pub(crate) fn shape(token: &Token, usage: &Usage) -> v1::TokenUse {
    v1::TokenUse {
        first_used_at: usage.first_at.map(time),
        last_used_at: token.last_used_at.map(time),
        clients: usage.clients.iter().map(client).collect(),
        counts: usage.counts.iter().map(count).collect(),
    }
}

pub(crate) fn client(client: &UseClient) -> v1::TokenClient {
    v1::TokenClient {
        address: client.address.clone(),
        agent: client.agent.clone(),
        first_at: time(client.first_at),
        last_at: time(client.last_at),
        route: client.route.clone(),
        status: client.status,
        uses: client.uses,
    }
}

pub(crate) fn count(count: &UseCount) -> v1::TokenUseCount {
    v1::TokenUseCount {
        day: day(count.day),
        route: count.route.clone(),
        network: count.network.clone(),
        accepted: count.accepted,
        refused: count.refused,
    }
}

/// A day as JSON has it.
pub(crate) fn day(number: i64) -> String {
    let day = time(Millis(number.saturating_mul(DAY)));
    day.split('T').next().unwrap_or_default().to_owned()
}

pub(crate) async fn of_own(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
) -> ApiResult<Json<v1::TokenUse>> {
    let id = user_token::named(&granted)?;
    let (token, usage) = server.app.usage(&granted.ctx, TokenList::Own, id).await?;
    Ok(Json(shape(&token, &usage)))
}

pub(crate) async fn of_project(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
) -> ApiResult<Json<v1::TokenUse>> {
    let (whose, id) = (TokenList::Of(granted.project()), project_token::named(&granted)?);
    let (token, usage) = server.app.usage(&granted.ctx, whose, id).await?;
    Ok(Json(shape(&token, &usage)))
}
