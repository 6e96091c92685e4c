//! Domain values to `wire`'s JSON: tokens, artifacts, addresses. Builds have a file of their own.

use axum::http::{HeaderName, StatusCode, header};
use rondo_app::{App, PolicyStop};
use rondo_domain::policy::Breach;
use rondo_domain::run::Artifact;
use rondo_domain::token::{Holder, Rotation, Token, TokenId};
use rondo_domain::{Permissions, Project, ProjectId};
use rondo_wire::client::segment;
use rondo_wire::v1;

use crate::feed::time;

pub(crate) fn token(app: &App, token: &Token) -> v1::Token {
    let slug = |id: &ProjectId| {
        app.memory().project_of(*id).map_or_else(|| id.to_string(), |p| p.slug.to_string())
    };
    let words = |rights: Permissions| rights.iter().map(|right| right.to_string()).collect();
    let reach = &token.reach;
    let (scope, permissions, projects) = match token.holder {
        Holder::Person(_) | Holder::Service(_) => {
            let narrowed = reach.rights != Permissions::EVERY;
            let projects = reach.projects.listed().map(|list| list.iter().map(slug).collect());
            (None, narrowed.then(|| words(reach.rights)), projects)
        }
        Holder::Project(id, scope) => {
            let permissions = Some(words(scope.permissions()));
            (Some(scope.to_string()), permissions, Some(vec![slug(&id)]))
        }
    };
    v1::Token {
        id: token.id.to_string(),
        label: token.label.to_string(),
        scope,
        time: time(token.created_at),
        last_used_at: token.last_used_at.map(time),
        permissions,
        projects,
        networks: reach
            .networks
            .listed()
            .map(|list| list.iter().map(ToString::to_string).collect()),
        expires_at: reach.expires_at.map(time),
        disabled_at: token.disabled_at.map(time),
        rotation: token.rotation.as_ref().map(rotation),
        policies: policies(app, token),
    }
}

/// What policies take from a token.
pub(crate) fn policies(app: &App, token: &Token) -> Vec<v1::TokenPolicy> {
    let stop = |stop: PolicyStop| v1::TokenPolicy {
        organization: stop.organization,
        code: stop.breach.word().to_owned(),
        approval: (stop.breach == Breach::Approval).then(|| match stop.said {
            None => "waiting".to_owned(),
            Some(_) => "refused".to_owned(),
        }),
        reason: stop.said.and_then(|said| said.reason).map(|reason| reason.to_string()),
    };
    app.policy_stops(token).into_iter().map(stop).collect()
}

fn rotation(rotation: &Rotation) -> v1::Rotation {
    v1::Rotation {
        predecessor: rotation.predecessor.to_string(),
        successor: rotation.successor.to_string(),
        begun_at: time(rotation.begun_at),
        taken_up_at: rotation.taken_up_at.map(time),
        grace_seconds: rotation.overlap.grace() / 1000,
        ends_at: time(rotation.end()),
    }
}

pub(super) fn artifact(app: &App, artifact: &Artifact) -> v1::Artifact {
    let path: Vec<_> = artifact.path.split('/').map(segment).collect();
    v1::Artifact {
        path: artifact.path.clone(),
        pretty_path: artifact.path.clone(),
        node_index: 0,
        url: format!(
            "{}/output/job/{}/artifacts/0/{}",
            app.policy().url,
            artifact.job,
            path.join("/")
        ),
        size: u64::try_from(artifact.size).ok(),
        digest: Some(format!("sha256:{}", artifact.digest)),
    }
}

/// An answer that names what was made, and where it is.
pub(super) type Created<T> = (StatusCode, [(HeaderName, String); 1], T);

pub(super) fn created<T>(address: String, answer: T) -> Created<T> {
    (StatusCode::CREATED, [(header::LOCATION, address)], answer)
}

/// Where a personal token is.
pub(super) fn address_of_own(app: &App, token: &TokenId) -> String {
    format!("{}/api/v1.1/user/token/{token}", app.policy().url)
}

/// Where something of a project is: `…/api/v1.1/project/github/acme/web/<rest>`.
pub(super) fn address(app: &App, project: &Project, rest: &str) -> String {
    let slug = &project.slug;
    format!(
        "{}/api/v1.1/project/{}/{}/{}/{rest}",
        app.policy().url,
        slug.vcs.long(),
        segment(slug.org()),
        segment(slug.repo()),
    )
}
