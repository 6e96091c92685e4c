//! `GET /me`: who a token or session stands for.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::response::Response;
use rondo_domain::{Person, Project};
use rondo_wire::v1::{Elsewhere, FollowedProject, Me};

use crate::Server;
use crate::failure::ApiResult;
use crate::feed::time;
use crate::granted::Granted;

pub(crate) async fn show(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
) -> ApiResult<Response> {
    let answer = server.app.answer_about_me(&granted.ctx, |me, followed| {
        serde_json::to_vec(&shape(me, followed)).expect("text and numbers are JSON").into()
    })?;
    Ok(json(answer))
}

/// An answer that is JSON already, as those of these routes are taken for where they say nothing else.
pub(super) fn json(answer: Bytes) -> Response {
    Response::new(answer.into())
}

fn shape(me: &Person, followed: &[Arc<Project>]) -> Me {
    let shown = |project: &Arc<Project>| {
        let followed = FollowedProject { on_dashboard: true, emails: "default".to_owned() };
        (project.slug.vcs_url(), followed)
    };
    Me {
        login: me.name.to_string(),
        name: me.name.to_string(),
        id: me.id.to_string(),
        admin: me.admin,
        created_at: time(me.created_at),
        trial_end: time(me.created_at),
        basic_email_prefs: "none".to_owned(),
        num_projects_followed: followed.len(),
        projects: followed.iter().map(shown).collect(),
        elsewhere: Elsewhere { parallelism: 1, containers: 1, ..Elsewhere::default() },
    }
}
