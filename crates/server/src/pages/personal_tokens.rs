//! A person's own API tokens.

use axum::response::Response;
use maud::Markup;
use rondo_app::{Refusal, TokenList};
use rondo_domain::Permission;
use rondo_domain::name::Label;
use rondo_domain::token::{Reach, Token, TokenId, UseClient, Wish};

use super::created::shown_once;
use super::done::Done;
use super::fields::Fields;
use super::visit::Visit;
use super::{narrowing, policy, problem, reply};
use crate::web::form::Problem;
use crate::web::narrowing::Narrowing;
use crate::web::path;
use crate::web::tokens::{self, NewToken, Row, Tokens};

/// `GET /settings/user/tokens`
pub(super) async fn list(visit: Visit) -> Result<Response, Refusal> {
    let tokens = visit.app().tokens(visit.ctx(), TokenList::Own).await?;
    let still = visit.app().still_used(&tokens).await?;
    let rows = tokens.iter().map(|token| row(&visit, token, still.get(&token.id))).collect();
    let (says, laws) = (foretold(&visit, &Reach::WHOLE), policy::laws(&visit));
    let view = Tokens { rows, says, laws };
    Ok(reply::unkept(&visit.chrome, tokens::list(&visit.chrome, &view)))
}

/// A token of a list that names no scope.
pub(super) fn row(visit: &Visit, token: &Token, still: Option<&UseClient>) -> Row {
    Row {
        id: token.id.to_string(),
        name: token.label.to_string(),
        created: token.created_at.0,
        last_used: token.last_used_at.map(|at| at.0),
        standing: narrowing::standing(visit, token, still),
    }
}

/// `GET /settings/user/tokens/new`
pub(super) async fn show_form(visit: Visit) -> Result<Response, Refusal> {
    visit.app().require_recent(visit.session()?, visit.ctx().at)?;
    let asked = |field: &str| visit.asked(field).unwrap_or_default().to_owned();
    let view = draft(&visit, asked("name"), narrowing::read(asked))?;
    Ok(reply::unkept(&visit.chrome, tokens::new(&visit.chrome, &view)))
}

/// A form as somebody has filled it so far: with what comes of it, or what is wrong with it.
fn draft(visit: &Visit, name: String, narrowing: Narrowing) -> Result<NewToken, Refusal> {
    let (says, problems) = match narrowing::wish(visit, &narrowing) {
        Err(problems) => (String::new(), problems),
        Ok(wish) => match visit.app().reach_for(visit.ctx(), wish) {
            Ok(reach) => (foretold(visit, &reach), Vec::new()),
            Err(refusal) => (String::new(), vec![narrowing::at_field(visit, refusal)?]),
        },
    };
    Ok(NewToken { name, narrowing, says, laws: policy::laws(visit), problems })
}

/// What a token of this reach will be able to do, and where policies will stop it.
fn foretold(visit: &Visit, reach: &Reach) -> String {
    let mut said = vec![narrowing::sentence(visit, reach)];
    said.extend(policy::foresight(visit, reach));
    said.join(" ")
}

/// `POST /settings/user/tokens`
pub(super) async fn create(visit: Visit, mut fields: Fields) -> Result<Response, Refusal> {
    let (name, review, key) = (fields.take("name"), fields.take("review"), fields.once());
    let narrowing = narrowing::read(|field| fields.take_lines(field));
    if visit.app().require_recent(visit.session()?, visit.ctx().at).is_err() {
        return Ok(reply::go(&path::again(&path::new_token_filled(&name, &narrowing))));
    }
    let wish = narrowing::wish(&visit, &narrowing);
    let mut view = draft(&visit, name, narrowing)?;
    if !review.is_empty() {
        return Ok(match view.problems.is_empty() {
            true => reply::unkept(&visit.chrome, tokens::new(&visit.chrome, &view)),
            false => reply::failed(&visit.chrome, tokens::new(&visit.chrome, &view)),
        });
    }
    let label = view
        .name
        .parse::<Label>()
        .map_err(|error| problem::at(visit.chrome.text(), "name", Refusal::from(error)));
    match (label, wish) {
        (Ok(label), Ok(wish)) if view.problems.is_empty() => {
            let wish = Wish { key, ..wish };
            let made = visit.app().create_personal_token(visit.ctx(), label, wish).await;
            let new = match made {
                Ok(new) => new,
                Err(Refusal::Exists(..)) => {
                    return Ok(reply::go_saying(path::TOKENS, Done::TokenMadeBefore));
                }
                // A policy stops it wherever it would go.
                Err(refusal) => {
                    view.problems.push(narrowing::at_field(&visit, refusal)?);
                    return Ok(reply::failed(&visit.chrome, tokens::new(&visit.chrome, &view)));
                }
            };
            let view =
                shown_once(&visit, &new, &first_use(&visit, &new.token), path::TOKENS.to_owned());
            Ok(reply::unkept(&visit.chrome, tokens::created(&visit.chrome, &view)))
        }
        (label, _) => {
            if let Err(problem) = label {
                view.problems.insert(0, problem?);
            }
            Ok(reply::failed(&visit.chrome, tokens::new(&visit.chrome, &view)))
        }
    }
}

/// Something that the token opens.
pub(super) fn first_use(visit: &Visit, token: &Token) -> String {
    let what = match token.reach.rights.has(Permission::OwnUser) {
        true => "me",
        false => "token/self",
    };
    format!("{}/api/v1.1/{what}", visit.app().policy().url)
}

/// `GET /settings/user/tokens/{id}/delete`
pub(super) async fn ask(visit: Visit) -> Result<Response, Refusal> {
    let page = question(&visit, &[]).await?;
    Ok(reply::unkept(&visit.chrome, page))
}

/// The question before a token is deleted, and what was wrong with the reason.
async fn question(visit: &Visit, problems: &[Problem]) -> Result<Markup, Refusal> {
    let id: TokenId = visit.id("id", "token")?;
    let tokens = visit.app().tokens(visit.ctx(), TokenList::Own).await?;
    let token = tokens.iter().find(|token| token.id == id);
    let token = token.ok_or_else(|| Refusal::Missing("token", id.to_string()))?;
    Ok(tokens::delete(&visit.chrome, &row(visit, token, None), problems))
}

/// `POST /settings/user/tokens/{id}/delete`
pub(super) async fn delete(visit: Visit, mut fields: Fields) -> Result<Response, Refusal> {
    let id = visit.id("id", "token")?;
    let reason = match problem::reason(visit.chrome.text(), &fields.take("reason")) {
        Ok(reason) => reason,
        Err(problem) => {
            let page = question(&visit, &[problem]).await?;
            return Ok(reply::failed(&visit.chrome, page));
        }
    };
    visit.app().delete_token(visit.ctx(), TokenList::Own, id, reason).await?;
    Ok(reply::go_saying(path::TOKENS, Done::TokenRemoved))
}

/// `POST /settings/user/tokens/{id}/disable`
pub(super) async fn disable(visit: Visit, _: Fields) -> Result<Response, Refusal> {
    let id = visit.id("id", "token")?;
    visit.app().disable_token(visit.ctx(), TokenList::Own, id).await?;
    Ok(reply::go_saying(path::TOKENS, Done::TokenDisabled))
}

/// `POST /settings/user/tokens/{id}/enable`
pub(super) async fn enable(visit: Visit, _: Fields) -> Result<Response, Refusal> {
    let id = visit.id("id", "token")?;
    visit.app().enable_token(visit.ctx(), TokenList::Own, id).await?;
    Ok(reply::go_saying(path::TOKENS, Done::TokenEnabled))
}
