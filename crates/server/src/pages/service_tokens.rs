//! The tokens of a service account. The page of one, and its rotation, are those of every token.

use axum::response::Response;
use maud::Markup;
use rondo_app::{Refusal, TokenList};
use rondo_domain::ServiceAccount;
use rondo_domain::name::Label;
use rondo_domain::token::{Token, TokenId, Wish};

use super::created::shown_once;
use super::done::Done;
use super::fields::Fields;
use super::services::{account, home, ticked};
use super::visit::Visit;
use super::{narrowing, personal_tokens, policy, problem, reply};
use crate::web::form::Problem;
use crate::web::path;
use crate::web::service_tokens::{self as page, Account, NewToken};
use crate::web::token::{self, Place};

/// The account as its pages know it.
pub(super) fn shown(visit: &Visit, account: &ServiceAccount) -> Account {
    Account {
        home: home(visit),
        id: account.id.to_string(),
        name: account.name.to_string(),
        ceiling: account.ceiling.rights(),
        law: policy::law(visit, account.home.org()),
    }
}

/// `GET …/tokens/new`
pub(super) async fn show_form(visit: Visit) -> Result<Response, Refusal> {
    visit.app().require_recent(visit.session()?, visit.ctx().at)?;
    let account = account(&visit)?;
    let asked = |field: &str| visit.asked(field).unwrap_or_default().to_owned();
    let rights = ticked(asked);
    let none = rights == rondo_domain::Permissions::NONE;
    let view = NewToken {
        label: asked("label"),
        rights: if none { account.ceiling.rights() } else { rights },
        narrowing: narrowing::read(asked),
        problems: Vec::new(),
    };
    let page = page::new(&visit.chrome, &shown(&visit, &account), &view);
    Ok(reply::unkept(&visit.chrome, page))
}

/// `POST …/tokens`
pub(super) async fn create(visit: Visit, mut fields: Fields) -> Result<Response, Refusal> {
    let account = account(&visit)?;
    let mut view = NewToken {
        label: fields.take("label"),
        rights: ticked(|field| fields.take(field)),
        narrowing: narrowing::read(|field| fields.take_lines(field)),
        problems: Vec::new(),
    };
    let place = shown(&visit, &account);
    if visit.app().require_recent(visit.session()?, visit.ctx().at).is_err() {
        let form = path::service_token_filled(
            &place.tokens(),
            (&view.label, view.rights),
            &view.narrowing,
        );
        return Ok(reply::go(&path::again(&form)));
    }
    match (view.label.parse::<Label>(), narrowing::wish(&visit, &view.narrowing)) {
        (Ok(label), Ok(wish)) => {
            let wish = Wish { rights: Some(view.rights), key: fields.once(), ..wish };
            match make(&visit, &account, label, wish).await {
                Ok(answer) => return Ok(answer),
                Err(Refusal::Exists(..)) => {
                    return Ok(reply::go_saying(&place.page(), Done::TokenMadeBefore));
                }
                Err(refusal) => view.problems.push(narrowing::at_field(&visit, refusal)?),
            }
        }
        (label, wish) => {
            if let Err(error) = label {
                view.problems.push(problem::at(visit.chrome.text(), "label", error.into())?);
            }
            view.problems.extend(wish.err().unwrap_or_default());
        }
    }
    Ok(reply::failed(&visit.chrome, page::new(&visit.chrome, &place, &view)))
}

async fn make(
    visit: &Visit,
    account: &ServiceAccount,
    label: Label,
    wish: Wish,
) -> Result<Response, Refusal> {
    let new = visit.app().create_service_token(visit.ctx(), account, label, wish).await?;
    let place = Place::OfService(shown(visit, account));
    let view = shown_once(visit, &new, &first_use(visit), place.tokens());
    Ok(reply::unkept(&visit.chrome, token::created(&visit.chrome, &place, &view)))
}

/// What any token opens.
pub(super) fn first_use(visit: &Visit) -> String {
    format!("{}/api/v2/token/self", visit.app().policy().url)
}

/// The token that the address names.
async fn one(visit: &Visit, account: &ServiceAccount) -> Result<Token, Refusal> {
    let id: TokenId = visit.id("id", "token")?;
    visit.app().one_token(visit.ctx(), TokenList::OfService(account), id).await
}

/// `GET …/tokens/{id}/delete`
pub(super) async fn ask(visit: Visit) -> Result<Response, Refusal> {
    let account = account(&visit)?;
    let page = question(&visit, &account, &[]).await?;
    Ok(reply::unkept(&visit.chrome, page))
}

/// The question before a token is deleted, and what was wrong with the reason.
async fn question(
    visit: &Visit,
    account: &ServiceAccount,
    problems: &[Problem],
) -> Result<Markup, Refusal> {
    let row = personal_tokens::row(visit, &one(visit, account).await?, None);
    Ok(page::delete(&visit.chrome, &shown(visit, account), &row, problems))
}

/// `POST …/tokens/{id}/delete`
pub(super) async fn delete(visit: Visit, mut fields: Fields) -> Result<Response, Refusal> {
    let (account, id) = (account(&visit)?, visit.id("id", "token")?);
    let reason = match problem::reason(visit.chrome.text(), &fields.take("reason")) {
        Ok(reason) => reason,
        Err(problem) => {
            let page = question(&visit, &account, &[problem]).await?;
            return Ok(reply::failed(&visit.chrome, page));
        }
    };
    let whose = TokenList::OfService(&account);
    visit.app().delete_token(visit.ctx(), whose, id, reason).await?;
    Ok(reply::go_saying(&shown(&visit, &account).page(), Done::TokenRemoved))
}

/// `POST …/tokens/{id}/disable`
pub(super) async fn disable(visit: Visit, _: Fields) -> Result<Response, Refusal> {
    let (account, id) = (account(&visit)?, visit.id("id", "token")?);
    visit.app().disable_token(visit.ctx(), TokenList::OfService(&account), id).await?;
    Ok(reply::go_saying(&shown(&visit, &account).page(), Done::TokenDisabled))
}

/// `POST …/tokens/{id}/enable`
pub(super) async fn enable(visit: Visit, _: Fields) -> Result<Response, Refusal> {
    let (account, id) = (account(&visit)?, visit.id("id", "token")?);
    visit.app().enable_token(visit.ctx(), TokenList::OfService(&account), id).await?;
    Ok(reply::go_saying(&shown(&visit, &account).page(), Done::TokenEnabled))
}
