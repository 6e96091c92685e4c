//! One token: where it is used, and its rotation. A person's own, a project's and a service account's alike.

use axum::response::Response;
use rondo_app::{Refusal, RotationWish, TokenList};
use rondo_domain::token::{Holder, Overlap, Token, TokenId, Usage};

use super::created::shown_once;
use super::done::Done;
use super::fields::Fields;
use super::visit::Visit;
use super::{narrowing, personal_tokens, project_tokens, reply, service_tokens, services};
use crate::web::path;
use crate::web::token::{self, Count, Place, TokenPage};

const DAY: i64 = 24 * 3600 * 1000;

/// `GET /settings/user/tokens/{id}`
pub(super) async fn show_own(visit: Visit) -> Result<Response, Refusal> {
    show(&visit, TokenList::Own, Place::Own).await
}

/// `GET …/api/{id}`
pub(super) async fn show_of_project(visit: Visit) -> Result<Response, Refusal> {
    show(&visit, TokenList::Of(visit.project()), Place::Of(visit.place())).await
}

/// `GET …/services/{account}/tokens/{id}`
pub(super) async fn show_of_service(visit: Visit) -> Result<Response, Refusal> {
    let account = services::account(&visit)?;
    let place = Place::OfService(service_tokens::shown(&visit, &account));
    show(&visit, TokenList::OfService(&account), place).await
}

async fn show(visit: &Visit, whose: TokenList<'_>, place: Place) -> Result<Response, Refusal> {
    let id: TokenId = visit.id("id", "token")?;
    let view = view(visit, place, whose, id).await?;
    Ok(reply::unkept(&visit.chrome, token::page(&visit.chrome, &view)))
}

async fn view(
    visit: &Visit,
    place: Place,
    whose: TokenList<'_>,
    id: TokenId,
) -> Result<TokenPage, Refusal> {
    let (token, usage) = visit.app().usage(visit.ctx(), whose, id).await?;
    Ok(page(visit, place, &token, usage))
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
        // A reload of the answer gives the same answer.
        key: visit.app().world().word(),
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

/// `POST /settings/user/tokens/{id}/shorten`
pub(super) async fn shorten_own(visit: Visit, fields: Fields) -> Result<Response, Refusal> {
    shorten(&visit, fields, TokenList::Own, Place::Own).await
}

/// `POST …/api/{id}/shorten`
pub(super) async fn shorten_of_project(visit: Visit, fields: Fields) -> Result<Response, Refusal> {
    shorten(&visit, fields, TokenList::Of(visit.project()), Place::Of(visit.place())).await
}

/// `POST …/services/{account}/tokens/{id}/shorten`
pub(super) async fn shorten_of_service(visit: Visit, fields: Fields) -> Result<Response, Refusal> {
    let account = services::account(&visit)?;
    let place = Place::OfService(service_tokens::shown(&visit, &account));
    shorten(&visit, fields, TokenList::OfService(&account), place).await
}

async fn shorten(
    visit: &Visit,
    mut fields: Fields,
    whose: TokenList<'_>,
    place: Place,
) -> Result<Response, Refusal> {
    let id: TokenId = visit.id("id", "token")?;
    let typed = fields.take("end");
    let done = match narrowing::moment(&typed) {
        Ok(end) => visit.app().shorten_token(visit.ctx(), whose, id, end).await,
        Err(error) => Err(error.into()),
    };
    let Err(refusal) = done else {
        return Ok(reply::go_saying(&place.token(id.as_str()), Done::TokenShortened));
    };
    let problem = narrowing::at_field(visit, refusal)?;
    let view = view(visit, place, whose, id).await?;
    let view = TokenPage { end: typed, problems: vec![problem], ..view };
    Ok(reply::failed(&visit.chrome, token::page(&visit.chrome, &view)))
}

/// `POST /settings/user/tokens/{id}/rotate`
pub(super) async fn rotate_own(visit: Visit, fields: Fields) -> Result<Response, Refusal> {
    rotate(&visit, fields, TokenList::Own, Place::Own).await
}

/// `POST …/api/{id}/rotate`
pub(super) async fn rotate_of_project(visit: Visit, fields: Fields) -> Result<Response, Refusal> {
    rotate(&visit, fields, TokenList::Of(visit.project()), Place::Of(visit.place())).await
}

/// `POST …/services/{account}/tokens/{id}/rotate`
pub(super) async fn rotate_of_service(visit: Visit, fields: Fields) -> Result<Response, Refusal> {
    let account = services::account(&visit)?;
    let place = Place::OfService(service_tokens::shown(&visit, &account));
    rotate(&visit, fields, TokenList::OfService(&account), place).await
}

async fn rotate(
    visit: &Visit,
    mut fields: Fields,
    whose: TokenList<'_>,
    place: Place,
) -> Result<Response, Refusal> {
    let id: TokenId = visit.id("id", "token")?;
    if visit.app().require_recent(visit.session()?, visit.ctx().at).is_err() {
        return Ok(reply::go(&path::again(&place.token(id.as_str()))));
    }
    // The fields are drop-downs: what they do not offer is as if nothing was chosen.
    let mut seconds =
        |name: &str| fields.take(name).parse::<i64>().ok().map(|s| s.saturating_mul(1000));
    let (grace, longest) = (seconds("grace"), seconds("overlap"));
    let (grace, longest) = (grace.unwrap_or(Overlap::GRACE), longest.unwrap_or(Overlap::LONGEST));
    let overlap = Overlap::new(grace.min(longest), longest).unwrap_or_default();
    let key = Some(fields.take("key")).filter(|key| !key.is_empty());
    let wish = RotationWish { overlap, key };
    let new = visit.app().rotate_token(visit.ctx(), whose, id, wish).await?;
    let address = match new.token.holder {
        Holder::Person(_) => personal_tokens::first_use(visit, &new.token),
        Holder::Project(_, scope) => project_tokens::first_use(visit, scope),
        Holder::Service(_) => service_tokens::first_use(visit),
    };
    let view = shown_once(visit, &new, &address, place.tokens());
    Ok(reply::unkept(&visit.chrome, token::created(&visit.chrome, &place, &view)))
}

/// `POST /settings/user/tokens/{id}/undo`
pub(super) async fn undo_own(visit: Visit, _: Fields) -> Result<Response, Refusal> {
    undo(&visit, TokenList::Own, &Place::Own).await
}

/// `POST …/api/{id}/undo`
pub(super) async fn undo_of_project(visit: Visit, _: Fields) -> Result<Response, Refusal> {
    undo(&visit, TokenList::Of(visit.project()), &Place::Of(visit.place())).await
}

/// `POST …/services/{account}/tokens/{id}/undo`
pub(super) async fn undo_of_service(visit: Visit, _: Fields) -> Result<Response, Refusal> {
    let account = services::account(&visit)?;
    let place = Place::OfService(service_tokens::shown(&visit, &account));
    undo(&visit, TokenList::OfService(&account), &place).await
}

async fn undo(visit: &Visit, whose: TokenList<'_>, place: &Place) -> Result<Response, Refusal> {
    let id: TokenId = visit.id("id", "token")?;
    visit.app().undo_rotation(visit.ctx(), whose, id).await?;
    Ok(reply::go_saying(&place.tokens(), Done::RotationUndone))
}
