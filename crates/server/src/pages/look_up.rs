//! What a text is that somebody took for a token: for the server's administrators. The text is sent in a
//! form and comes back nowhere.

use axum::response::Response;
use rondo_app::{Found, Likeness, LookedUp, Refusal};
use rondo_domain::token::Holder;

use super::fields::Fields;
use super::visit::Visit;
use super::{narrowing, reply};
use crate::web::form::Problem;
use crate::web::look_up::{self as page, Death, Likeness as Shown, LookUp, Subject};

/// `GET /settings/server/token`
pub(super) async fn show_form(visit: Visit) -> Result<Response, Refusal> {
    let view = empty(&visit).await?;
    Ok(reply::unkept(&visit.chrome, page::page(&visit.chrome, &view)))
}

async fn empty(visit: &Visit) -> Result<LookUp, Refusal> {
    let organizations = visit.app().organizations(visit.ctx()).await?;
    let organizations = organizations.iter().map(Into::into).collect();
    Ok(LookUp { organizations, subject: None, problems: Vec::new() })
}

/// `POST /settings/server/token`
pub(super) async fn look_up(visit: Visit, mut fields: Fields) -> Result<Response, Refusal> {
    let text = fields.take("token");
    let mut view = empty(&visit).await?;
    match visit.app().look_up(visit.ctx(), &text).await {
        Ok(looked_up) => {
            view.subject = Some(subject(&visit, &looked_up));
            Ok(reply::unkept(&visit.chrome, page::page(&visit.chrome, &view)))
        }
        Err(Refusal::Missing("token", id)) => {
            let words = &visit.chrome.text().finding;
            let message = if id.is_empty() { words.no_token } else { words.nobody_knows };
            view.problems.push(Problem { field: "token", message: message.to_owned() });
            Ok(reply::failed(&visit.chrome, page::page(&visit.chrome, &view)))
        }
        Err(other) => Err(other),
    }
}

fn subject(visit: &Visit, LookedUp { found, likeness, client }: &LookedUp) -> Subject {
    let memory = visit.app().memory();
    let person = |id| memory.person(id).map_or_else(|| id.to_string(), |p| p.name.to_string());
    let service = visit.chrome.text().service.named;
    let owner = |holder: Holder| match holder {
        Holder::Service(id) => service(&memory.service_name(id).unwrap_or_else(|| id.to_string())),
        Holder::Person(id) => person(id),
        Holder::Project(id, scope) => {
            let slug = memory.project_of(id).map_or_else(|| id.to_string(), |p| p.slug.to_string());
            format!("{slug} ({scope})")
        }
    };
    let likeness = match likeness {
        Likeness::Value => Shown::Value,
        Likeness::Id => Shown::Id,
        Likeness::Mistyped => Shown::Mistyped,
        Likeness::Forged => Shown::Forged,
    };
    let client = client.as_ref().map(|client| (client.address.clone(), client.agent.clone()));
    match found {
        Found::Alive(token) => Subject {
            id: token.id.to_string(),
            label: token.label.to_string(),
            owner: owner(token.holder),
            created: token.created_at.0,
            last_used: token.last_used_at.map(|at| at.0),
            standing: narrowing::standing(visit, token, None),
            likeness,
            client,
            death: None,
        },
        Found::Dead(tombstone) => {
            let by = tombstone.deleted_by.as_str();
            let by = match by.split_once(':') {
                Some(("person", id)) => id.parse().map_or_else(|_| id.to_owned(), person),
                Some(("service", id)) => {
                    id.parse().map_or_else(|_| id.to_owned(), |id| owner(Holder::Service(id)))
                }
                _ => by.to_owned(),
            };
            Subject {
                id: tombstone.id.to_string(),
                label: tombstone.label.to_string(),
                owner: owner(tombstone.holder),
                created: tombstone.created_at.0,
                last_used: tombstone.last_used_at.map(|at| at.0),
                standing: page::Standing::default(),
                likeness,
                client,
                death: Some(Death {
                    at: tombstone.deleted_at.0,
                    by,
                    reason: tombstone.reason.as_ref().map(ToString::to_string),
                }),
            }
        }
    }
}
