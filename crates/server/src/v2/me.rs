//! `GET /me` and `GET /me/collaborations`: a person, and the organizations that they have a part in.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use rondo_wire::v2;

use crate::Server;
use crate::failure::ApiResult;
use crate::granted::Granted;

pub(crate) async fn show(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
) -> ApiResult<Json<v2::Me>> {
    let me = server.app.me(&granted.ctx)?;
    Ok(Json(v2::Me {
        id: me.id.to_string(),
        login: me.name.to_string(),
        name: me.name.to_string(),
        avatar_url: None,
    }))
}

pub(crate) async fn collaborations(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
) -> ApiResult<Json<Vec<v2::Collaboration>>> {
    let organizations = server.app.collaborations(&granted.ctx).await?.into_iter();
    let list = organizations.map(|organization| {
        let vcs_type = organization.vcs.long().to_owned();
        v2::Collaboration {
            id: organization.id.to_string(),
            slug: format!("{}/{}", organization.vcs.short(), organization.name),
            name: organization.name,
            avatar_url: String::new(),
            vcs_type_too: vcs_type.clone(),
            vcs_type,
        }
    });
    Ok(Json(list.collect()))
}
