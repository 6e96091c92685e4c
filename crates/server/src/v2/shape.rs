//! Domain values to the JSON of API v2: tokens.

use rondo_app::App;
use rondo_domain::token::{Holder, Token};
use rondo_domain::{Millis, Permissions, ProjectId};
use rondo_wire::v2;

use crate::feed::time;
use crate::v1::shape::policies;

/// A token as whoever holds it, or owns it, may see it.
pub(crate) fn token(app: &App, token: &Token, now: Millis) -> v2::Token {
    let memory = app.memory();
    let slug = |id: &ProjectId| {
        memory.project_of(*id).map_or_else(|| id.to_string(), |project| project.slug.to_string())
    };
    let reach = &token.reach;
    let narrowed = |rights: Permissions| rights.iter().map(|right| right.to_string()).collect();
    let (owner, project, scope, service_account) = match token.holder {
        Holder::Person(id) => {
            let name = memory.person(id).map_or_else(|| id.to_string(), |p| p.name.to_string());
            (Some(name), None, None, None)
        }
        Holder::Project(id, scope) => (None, Some(slug(&id)), Some(scope), None),
        Holder::Service(id) => {
            let name = memory.service_name(id).unwrap_or_else(|| id.to_string());
            (None, None, None, Some(name))
        }
    };
    v2::Token {
        id: token.id.to_string(),
        kind: token.holder.kind().word().to_owned(),
        label: token.label.to_string(),
        owner,
        scope: scope.map(|scope| scope.to_string()),
        permissions: match scope {
            Some(scope) => Some(narrowed(scope.permissions())),
            None if reach.rights == Permissions::EVERY => None,
            None => Some(narrowed(reach.rights)),
        },
        projects: match &project {
            Some(own) => Some(vec![own.clone()]),
            None => reach.projects.listed().map(|list| list.iter().map(slug).collect()),
        },
        project,
        service_account,
        networks: reach
            .networks
            .listed()
            .map(|list| list.iter().map(ToString::to_string).collect()),
        created_at: time(token.created_at),
        last_used_at: token.last_used_at.map(time),
        expires_at: reach.expires_at.map(time),
        days_left: reach.expires_at.map(|end| rondo_domain::token::days_left(end, now)),
        disabled_at: token.disabled_at.map(time),
        policies: policies(app, token),
    }
}
