//! `GET /token/self`: what any token can learn about itself.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use rondo_app::Refusal;
use rondo_domain::token::Holder;
use rondo_wire::v1;

use super::shape;
use crate::Server;
use crate::failure::ApiResult;
use crate::granted::Granted;

pub(crate) async fn show(
    State(server): State<Arc<Server>>,
    granted: Granted,
) -> ApiResult<Json<v1::TokenSelf>> {
    let token = server.app.token_self(&granted.ctx).await?;
    let gone = || Refusal::Unauthenticated;
    let memory = server.app.memory();
    let (kind, owner, rights) = match token.holder {
        Holder::Person(id) => {
            let person = memory.person(id).ok_or_else(gone)?;
            ("personal", person.name.to_string(), vec!["those of its owner".to_owned()])
        }
        Holder::Project(id, scope) => {
            let project = memory.project_of(id).ok_or_else(gone)?;
            let granted = scope.permissions();
            let rights = rondo_domain::Permission::ALL.into_iter().filter(|p| granted.has(*p));
            ("project", project.slug.to_string(), rights.map(|p| p.to_string()).collect())
        }
    };
    let kind = kind.to_owned();
    Ok(Json(v1::TokenSelf { shown: shape::token(&token), kind, owner, rights }))
}
