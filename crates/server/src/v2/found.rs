//! `POST /token/found`: whoever found a token ends it, without an account. Every well-formed request is
//! answered alike.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use rondo_wire::v2::{FoundToken, Message};

use crate::Server;
use crate::failure::ApiResult;
use crate::granted::{Granted, Sent};
use crate::v1::body::wrong;

const ANSWER: &str = "Thank you. If that was a token of this server, it opens nothing any more.";

pub(crate) async fn hand_in(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
    Sent(sent): Sent,
) -> ApiResult<Json<Message>> {
    // serde_json's own words could repeat a part of the value.
    let wanted: FoundToken = serde_json::from_slice(&sent)
        .map_err(|_| wrong("the body is {\"token\": \"…\"} with the whole value"))?;
    server.app.hand_in(&granted.ctx, &wanted.token).await?;
    Ok(Json(Message { message: ANSWER.to_owned() }))
}
