//! The page that makes the code of a status badge.

use axum::response::Response;
use rondo_app::{Refusal, TokenList};
use rondo_domain::Permission;
use rondo_domain::token::{Holder, Scope, Token};

use super::reply;
use super::visit::Visit;
use crate::web::badges::{self, BadgeToken, Badges, Style};

/// `GET …/badges`
pub(super) async fn show(visit: Visit) -> Result<Response, Refusal> {
    let project = visit.project();
    let style = visit.asked("style").and_then(Style::from_word).unwrap_or_default();
    let tokens = badge_tokens(&visit).await?;
    let view = Badges {
        project: visit.place(),
        base: visit.app().policy().url.clone(),
        branch: visit.asked("branch").map(str::to_owned),
        branches: vec![project.default_branch.to_string()],
        style,
        all_states: visit.asked("states") == Some("all"),
        public: project.public,
        token: token(&visit, &tokens),
        tokens,
    };
    Ok(reply::page(&visit.chrome, badges::page(&visit.chrome, &view)))
}

/// The token that was chosen; on a private project the first one, if nothing was.
fn token(visit: &Visit, there: &[BadgeToken]) -> Option<String> {
    let chosen = match visit.asked("token") {
        Some(id) => there.iter().find(|token| token.id == id),
        None if visit.project().public => None,
        None => there.first(),
    };
    chosen.map(|token| token.id.clone())
}

/// The tokens that badges may carry, for those who may know of them; what opens least comes first.
async fn badge_tokens(visit: &Visit) -> Result<Vec<BadgeToken>, Refusal> {
    if !visit.may(Permission::ManageTokens) {
        return Ok(Vec::new());
    }
    let tokens = visit.app().tokens(visit.ctx(), TokenList::Of(visit.project())).await?;
    let mut fit: Vec<_> = tokens.iter().filter_map(|token| fitting(visit, token)).collect();
    fit.sort_by_key(|token| token.scope != Scope::Badge);
    Ok(fit)
}

/// A token as the badge of a page may carry it: a picture with one that opens nothing would be broken.
fn fitting(visit: &Visit, token: &Token) -> Option<BadgeToken> {
    let Holder::Project(_, scope @ (Scope::Badge | Scope::Status)) = token.holder else {
        return None;
    };
    let works = token.disabled_at.is_none() && !token.reach.is_over(visit.ctx().at);
    works.then(|| BadgeToken { id: token.id.to_string(), label: token.label.to_string(), scope })
}
