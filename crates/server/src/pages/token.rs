//! One token: where it is used, its rotation, and its end. A person's own, a project's and a service account's alike.

use axum::response::Response;
use rondo_app::{Refusal, RotationWish, TokenList};
use rondo_domain::ServiceAccount;
use rondo_domain::token::{Holder, Overlap, Token, TokenId, Usage};

use super::created::shown_once;
use super::done::Done;
use super::fields::Fields;
use super::visit::Visit;
use super::{narrowing, personal_tokens, project_tokens, reply, service_tokens, services};
use crate::web::path;
use crate::web::token::{self, Count, Place, TokenPage};

const DAY: i64 = 24 * 3600 * 1000;

/// The token that the address names, and the list that it stands in: of a service account, of a project, or
/// of who asks.
struct Named {
    id: TokenId,
    place: Place,
    account: Option<ServiceAccount>,
}

impl Named {
    fn of(visit: &Visit) -> Result<Self, Refusal> {
        let id = visit.id("id", "token")?;
        if !visit.name("account").is_empty() {
            let account = services::account(visit)?;
            let place = Place::OfService(service_tokens::shown(visit, &account));
            return Ok(Self { id, place, account: Some(account) });
        }
        let place = match visit.name("repo") {
            "" => Place::Own,
            _ => Place::Of(visit.place()),
        };
        Ok(Self { id, place, account: None })
    }

    fn whose<'a>(&'a self, visit: &'a Visit) -> TokenList<'a> {
        match (&self.account, &self.place) {
            (Some(account), _) => TokenList::OfService(account),
            (None, Place::Of(_)) => TokenList::Of(visit.project()),
            (None, _) => TokenList::Own,
        }
    }

    async fn view(self, visit: &Visit) -> Result<TokenPage, Refusal> {
        let (token, usage) = visit.app().usage(visit.ctx(), self.whose(visit), self.id).await?;
        Ok(page(visit, self.place, &token, usage))
    }
}

/// `GET …/{id}`
pub(super) async fn show(visit: Visit) -> Result<Response, Refusal> {
    let view = Named::of(&visit)?.view(&visit).await?;
    Ok(reply::unkept(&visit.chrome, token::page(&visit.chrome, &view)))
}

fn page(visit: &Visit, place: Place, token: &Token, usage: Usage) -> TokenPage {
    let says = match token.holder {
        Holder::Person(_) => narrowing::sentence(visit, &token.reach),
        Holder::Project(_, scope) => token::scope_opens(scope, visit.chrome.text()).to_owned(),
        Holder::Service(_) => narrowing::sentence_of_service(visit, &token.reach),
    };
    let since = token.leaving().map(|rotation| rotation.begun_at);
    let still = usage.clients.iter().find(|client| since.is_some_and(|at| client.last_at >= at));
    TokenPage {
        place,
        id: token.id.to_string(),
        name: token.label.to_string(),
        says,
        created: token.created_at.0,
        first_used: usage.first_at.map(|at| at.0),
        last_used: token.last_used_at.map(|at| at.0),
        standing: narrowing::standing(visit, token, still),
        counts: usage
            .counts
            .into_iter()
            .map(|count| Count {
                day: count.day.saturating_mul(DAY),
                route: count.route,
                network: count.network,
                accepted: count.accepted,
                refused: count.refused,
            })
            .collect(),
        clients: usage.clients,
        end: String::new(),
        problems: Vec::new(),
    }
}

/// `POST …/{id}/shorten`
pub(super) async fn shorten(visit: Visit, mut fields: Fields) -> Result<Response, Refusal> {
    let named = Named::of(&visit)?;
    let typed = fields.take("end");
    let done = match narrowing::moment(&typed) {
        Ok(end) => visit.app().shorten_token(visit.ctx(), named.whose(&visit), named.id, end).await,
        Err(error) => Err(error.into()),
    };
    let Err(refusal) = done else {
        let address = named.place.token(named.id.as_str());
        return Ok(reply::go_saying(&address, Done::TokenShortened));
    };
    let problem = narrowing::at_field(&visit, refusal)?;
    let view = named.view(&visit).await?;
    let view = TokenPage { end: typed, problems: vec![problem], ..view };
    Ok(reply::failed(&visit.chrome, token::page(&visit.chrome, &view)))
}

/// `POST …/{id}/rotate`
pub(super) async fn rotate(visit: Visit, mut fields: Fields) -> Result<Response, Refusal> {
    let named = Named::of(&visit)?;
    let (id, place) = (named.id, &named.place);
    if visit.app().require_recent(visit.session()?, visit.ctx().at).is_err() {
        return Ok(reply::go(&path::again(&place.token(id.as_str()))));
    }
    // The fields are drop-downs: what they do not offer is as if nothing was chosen.
    let mut seconds =
        |name: &str| fields.take(name).parse::<i64>().ok().map(|s| s.saturating_mul(1000));
    let (grace, longest) = (seconds("grace"), seconds("overlap"));
    let (grace, longest) = (grace.unwrap_or(Overlap::GRACE), longest.unwrap_or(Overlap::LONGEST));
    let overlap = Overlap::new(grace.min(longest), longest).unwrap_or_default();
    // A reload of the answer gives the same answer.
    let wish = RotationWish { overlap, key: fields.once() };
    let new = visit.app().rotate_token(visit.ctx(), named.whose(&visit), id, wish).await?;
    let address = match new.token.holder {
        Holder::Person(_) => personal_tokens::first_use(&visit, &new.token),
        Holder::Project(_, scope) => project_tokens::first_use(&visit, scope),
        Holder::Service(_) => service_tokens::first_use(&visit),
    };
    let view = shown_once(&visit, &new, &address, place.tokens());
    Ok(reply::unkept(&visit.chrome, token::created(&visit.chrome, place, &view)))
}

/// `POST …/{id}/undo`
pub(super) async fn undo(visit: Visit, _: Fields) -> Result<Response, Refusal> {
    let named = Named::of(&visit)?;
    visit.app().undo_rotation(visit.ctx(), named.whose(&visit), named.id).await?;
    Ok(reply::go_saying(&named.place.tokens(), Done::RotationUndone))
}
