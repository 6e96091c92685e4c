//! What a token is (RFC 7662), and its end (RFC 7009): both take a token's value in a form.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use rondo_app::{App, Refusal};
use rondo_domain::token::{Holder, Token};
use rondo_domain::{Permission, Permissions};
use rondo_wire::oauth::Introspection;

use super::{read, refused, unkept};
use crate::Server;
use crate::failure::ApiRefusal;
use crate::granted::{Granted, Sent};

/// `POST /oauth/introspect` with `token`.
pub(crate) async fn introspect(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
    Sent(body): Sent,
) -> Response {
    let [value] = match read(&body, &["token"]) {
        Ok(fields) => fields,
        Err(answer) => return answer,
    };
    match server.app.introspect(&granted.ctx, &value).await {
        Ok(Some(token)) => unkept(Json(described(&server.app, &token))),
        Ok(None) => unkept(Json(Introspection::default())),
        Err(refusal @ Refusal::Unauthenticated) => ApiRefusal::from(refusal).into_response(),
        Err(refusal) => refused(&refusal),
    }
}

fn described(app: &App, token: &Token) -> Introspection {
    let person = match token.holder {
        Holder::Person(id) => app.memory().person(id),
        Holder::Project(..) | Holder::Service(_) => None,
    };
    let (sub, rights) = match token.holder {
        Holder::Person(id) => (id.to_string(), token.reach.rights),
        Holder::Project(id, scope) => (id.to_string(), scope.permissions()),
        Holder::Service(id) => {
            let ceiling = app.memory().service(id).map(|account| account.ceiling.rights());
            let ceiling = ceiling.unwrap_or(Permissions::NONE);
            (id.to_string(), token.reach.rights.shared(ceiling))
        }
    };
    let all: Permissions = Permission::OF_TOKENS.into_iter().collect();
    let mut carried = rights.shared(all);
    if !person.as_ref().is_some_and(|person| person.admin) {
        carried = carried.without(Permission::ManageServer);
    }
    let words: Vec<_> = carried.iter().map(Permission::word).collect();
    Introspection {
        active: true,
        scope: Some(words.join(" ")),
        username: match token.holder {
            Holder::Service(id) => app.memory().service_name(id),
            Holder::Person(_) | Holder::Project(..) => person.map(|p| p.name.to_string()),
        },
        token_type: Some("Bearer".to_owned()),
        exp: token.reach.expires_at.map(|end| end.0 / 1000),
        iat: Some(token.created_at.0 / 1000),
        sub: Some(sub),
        iss: Some(app.policy().url.clone()),
        jti: Some(token.id.to_string()),
    }
}

/// `POST /oauth/revoke` with `token`: whoever holds a token's value may end it.
pub(crate) async fn revoke(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
    Sent(body): Sent,
) -> Response {
    let [value] = match read(&body, &["token"]) {
        Ok(fields) => fields,
        Err(answer) => return answer,
    };
    match server.app.delete_shown(&granted.ctx, &value).await {
        Ok(()) => unkept(StatusCode::OK),
        Err(refusal) => refused(&refusal),
    }
}
