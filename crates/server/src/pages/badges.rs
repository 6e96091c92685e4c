//! The page that makes the code of a status badge.

use axum::response::Response;
use rondo_app::{Refusal, TokenList};
use rondo_domain::Permission;
use rondo_domain::token::{Holder, Scope};

use super::reply;
use super::visit::Visit;
use crate::web::badges::{self, Badges, Style};

/// `GET …/badges`
pub(super) async fn show(visit: Visit) -> Result<Response, Refusal> {
    let project = visit.project();
    let style = visit.asked("style").and_then(Style::from_word).unwrap_or_default();
    let view = Badges {
        project: visit.place(),
        base: visit.app().policy().url.clone(),
        branch: visit.asked("branch").map(str::to_owned),
        branches: vec![project.default_branch.to_string()],
        style,
        public: project.public,
        status_tokens: status_tokens(&visit).await?,
    };
    Ok(reply::page(&visit.chrome, badges::page(&visit.chrome, &view)))
}

/// Labels of the tokens that badges may carry, for those who may know them.
async fn status_tokens(visit: &Visit) -> Result<Vec<String>, Refusal> {
    if !visit.may(Permission::ManageTokens) {
        return Ok(Vec::new());
    }
    let tokens = visit.app().tokens(visit.ctx(), TokenList::Of(visit.project())).await?;
    let fit =
        tokens.iter().filter(|token| matches!(token.holder, Holder::Project(_, Scope::Status)));
    Ok(fit.map(|token| token.label.to_string()).collect())
}
