//! The page that makes the code of a status badge.

use axum::response::Response;
use rondo_app::{Refusal, TokenList};
use rondo_domain::Permission;
use rondo_domain::token::{Holder, Scope, Token};

use super::reply;
use super::visit::Visit;
use crate::web::badges::{self, Badges, StatusToken, Style};

/// `GET …/badges`
pub(super) async fn show(visit: Visit) -> Result<Response, Refusal> {
    let project = visit.project();
    let style = visit.asked("style").and_then(Style::from_word).unwrap_or_default();
    let status_tokens = status_tokens(&visit).await?;
    let view = Badges {
        project: visit.place(),
        base: visit.app().policy().url.clone(),
        branch: visit.asked("branch").map(str::to_owned),
        branches: vec![project.default_branch.to_string()],
        style,
        all_states: visit.asked("states") == Some("all"),
        public: project.public,
        token: token(&visit, &status_tokens),
        status_tokens,
    };
    Ok(reply::page(&visit.chrome, badges::page(&visit.chrome, &view)))
}

/// The token that was chosen; on a private project the first one, if nothing was.
fn token(visit: &Visit, there: &[StatusToken]) -> Option<String> {
    let chosen = match visit.asked("token") {
        Some(id) => there.iter().find(|token| token.id == id),
        None if visit.project().public => None,
        None => there.first(),
    };
    chosen.map(|token| token.id.clone())
}

/// The tokens that badges may carry, for those who may know of them.
async fn status_tokens(visit: &Visit) -> Result<Vec<StatusToken>, Refusal> {
    if !visit.may(Permission::ManageTokens) {
        return Ok(Vec::new());
    }
    let tokens = visit.app().tokens(visit.ctx(), TokenList::Of(visit.project())).await?;
    let fit = tokens
        .iter()
        .filter(|token| matches!(token.holder, Holder::Project(_, Scope::Badge | Scope::Status)));
    let shown =
        |token: &Token| StatusToken { id: token.id.to_string(), label: token.label.to_string() };
    Ok(fit.map(shown).collect())
}
