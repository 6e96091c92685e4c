//! `GET /me`: who a token or session stands for.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use rondo_domain::Project;
use rondo_wire::v1::{Elsewhere, FollowedProject, Me};

use crate::Server;
use crate::failure::ApiResult;
use crate::feed::time;
use crate::granted::Granted;

pub(crate) async fn show(
    State(server): State<Arc<Server>>,
    granted: Granted,
) -> ApiResult<Json<Me>> {
    let me = server.app.me(&granted.ctx)?;
    let followed = server.app.memory().followed(me.id);
    let projects = followed.iter().filter_map(|id| server.app.memory().project_of(*id));
    let shown = |project: Arc<Project>| {
        let followed = FollowedProject { on_dashboard: true, emails: "default".to_owned() };
        (project.slug.vcs_url(), followed)
    };
    Ok(Json(Me {
        login: me.name.to_string(),
        name: me.name.to_string(),
        id: me.id.to_string(),
        admin: me.admin,
        created_at: time(me.created_at),
        trial_end: time(me.created_at),
        basic_email_prefs: "none".to_owned(),
        num_projects_followed: followed.len(),
        projects: projects.map(shown).collect(),
        elsewhere: Elsewhere { parallelism: 1, containers: 1, ..Elsewhere::default() },
    }))
}
