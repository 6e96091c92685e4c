//! The first page of a project's settings: what it is, who may see it, and whether it takes triggers.

use axum::response::Response;
use rondo_app::{Invalid, ProjectChange, Refusal};
use rondo_domain::Permission;

use super::done::Done;
use super::fields::Fields;
use super::reply;
use super::visit::Visit;
use crate::web::overview::{self, Overview};

/// `GET /settings/project/{vcs}/{org}/{repo}`
pub(super) async fn show(visit: Visit) -> Result<Response, Refusal> {
    let project = visit.project();
    let view = Overview {
        project: visit.place(),
        git_url: project.git_url.to_string(),
        default_branch: project.default_branch.to_string(),
        public: project.public,
        takes_triggers: project.enabled,
        may_change: visit.may(Permission::WriteSettings),
    };
    Ok(reply::page(&visit.chrome, overview::page(&visit.chrome, &view)))
}

/// `POST /settings/project/{vcs}/{org}/{repo}`
pub(super) async fn save(visit: Visit, mut fields: Fields) -> Result<Response, Refusal> {
    let public = match fields.take("visibility").as_str() {
        "public" => true,
        "private" => false,
        _ => return Err(Refusal::Invalid(Invalid::Request("visibility".to_owned()))),
    };
    let change = ProjectChange::public(public);
    visit.app().change_project(visit.ctx(), visit.project(), &change).await?;
    Ok(reply::go_saying(&visit.place().settings(), Done::ProjectSaved))
}

/// `POST /settings/project/{vcs}/{org}/{repo}/triggers`
pub(super) async fn switch_triggers(visit: Visit, mut fields: Fields) -> Result<Response, Refusal> {
    let (taken, done) = match fields.take("triggers").as_str() {
        "taken" => (true, Done::TriggersResumed),
        "none" => (false, Done::TriggersStopped),
        _ => return Err(Refusal::Invalid(Invalid::Request("triggers".to_owned()))),
    };
    let change = ProjectChange::enabled(taken);
    visit.app().change_project(visit.ctx(), visit.project(), &change).await?;
    Ok(reply::go_saying(&visit.place().settings(), done))
}
