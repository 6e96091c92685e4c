//! `GET /me`: who a token or session stands for.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use rondo_wire::v1::Me;

use crate::Server;
use crate::failure::ApiResult;
use crate::feed::time;
use crate::granted::Granted;

pub(crate) async fn show(
    State(server): State<Arc<Server>>,
    granted: Granted,
) -> ApiResult<Json<Me>> {
    let me = server.app.me(&granted.ctx)?;
    Ok(Json(Me {
        login: me.name.to_string(),
        name: me.name.to_string(),
        id: me.id.to_string(),
        admin: me.admin,
        created_at: time(me.created_at),
        basic_email_prefs: "none".to_owned(),
        num_projects_followed: server.app.memory().follows(me.id),
    }))
}
