//! `GET /token/self`: what any token can learn about itself.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use rondo_app::Refusal;
use rondo_domain::Permissions;
use rondo_domain::token::Holder;
use rondo_wire::v1;

use super::shape;
use crate::Server;
use crate::failure::ApiResult;
use crate::granted::Granted;

pub(crate) async fn show(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
) -> ApiResult<Json<v1::TokenSelf>> {
    let token = server.app.token_self(&granted.ctx).await?;
    let gone = || Refusal::Unauthenticated;
    let memory = server.app.memory();
    let (kind, owner, rights) = match token.holder {
        Holder::Person(id) => {
            let person = memory.person(id).ok_or_else(gone)?;
            let rights = match token.reach.rights {
                Permissions::EVERY => vec!["those of its owner".to_owned()],
                narrowed => narrowed.iter().map(|right| right.to_string()).collect(),
            };
            ("personal", person.name.to_string(), rights)
        }
        Holder::Project(id, scope) => {
            let project = memory.project_of(id).ok_or_else(gone)?;
            let rights = scope.permissions().iter().map(|right| right.to_string()).collect();
            ("project", project.slug.to_string(), rights)
        }
        Holder::Service(id) => {
            let account = memory.service(id).ok_or_else(gone)?;
            let rights = token.reach.rights.shared(account.ceiling.rights());
            let rights = rights.iter().map(|right| right.to_string()).collect();
            ("service", account.name.to_string(), rights)
        }
    };
    let kind = kind.to_owned();
    Ok(Json(v1::TokenSelf { shown: shape::token(&server.app, &token), kind, owner, rights }))
}
