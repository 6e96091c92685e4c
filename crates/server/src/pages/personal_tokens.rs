//! A person's own API tokens.

use axum::response::Response;
use rondo_app::{Refusal, TokenList};
use rondo_domain::name::Label;
use rondo_domain::token::{Token, TokenId, Wish};

use super::created::shown_once;
use super::done::Done;
use super::fields::Fields;
use super::visit::Visit;
use super::{problem, reply};
use crate::web::path;
use crate::web::tokens::{self, NewToken, Row, Tokens};

/// `GET /settings/user/tokens`
pub(super) async fn list(visit: Visit) -> Result<Response, Refusal> {
    let tokens = visit.app().tokens(visit.ctx(), TokenList::Own).await?;
    let view = Tokens { rows: tokens.iter().map(row).collect() };
    Ok(reply::unkept(&visit.chrome, tokens::list(&visit.chrome, &view)))
}

fn row(token: &Token) -> Row {
    Row {
        id: token.id.to_string(),
        name: token.label.to_string(),
        created: token.created_at.0,
        last_used: token.last_used_at.map(|at| at.0),
    }
}

/// `GET /settings/user/tokens/new`
pub(super) async fn show_form(visit: Visit) -> Result<Response, Refusal> {
    visit.app().require_recent(visit.session()?, visit.ctx().at)?;
    let name = visit.asked("name").unwrap_or_default().to_owned();
    let view = NewToken { name, problems: Vec::new() };
    Ok(reply::unkept(&visit.chrome, tokens::new(&visit.chrome, &view)))
}

/// `POST /settings/user/tokens`
pub(super) async fn create(visit: Visit, mut fields: Fields) -> Result<Response, Refusal> {
    let name = fields.take("name");
    if visit.app().require_recent(visit.session()?, visit.ctx().at).is_err() {
        return Ok(reply::go(&path::again(&path::new_token_named(&name))));
    }
    let label: Label = match name.parse() {
        Ok(label) => label,
        Err(error) => {
            let problem = problem::at(visit.chrome.text(), "name", Refusal::from(error))?;
            let view = NewToken { name, problems: vec![problem] };
            return Ok(reply::failed(&visit.chrome, tokens::new(&visit.chrome, &view)));
        }
    };
    let new = visit.app().create_personal_token(visit.ctx(), label, Wish::default()).await?;
    let address = format!("{}/api/v1.1/me", visit.app().policy().url);
    let view = shown_once(&new, &address, path::TOKENS.to_owned());
    Ok(reply::unkept(&visit.chrome, tokens::created(&visit.chrome, &view)))
}

/// `GET /settings/user/tokens/{id}/delete`
pub(super) async fn ask(visit: Visit) -> Result<Response, Refusal> {
    let id: TokenId = visit.id("id", "token")?;
    let tokens = visit.app().tokens(visit.ctx(), TokenList::Own).await?;
    let token = tokens.iter().find(|token| token.id == id);
    let token = token.ok_or_else(|| Refusal::Missing("token", id.to_string()))?;
    Ok(reply::unkept(&visit.chrome, tokens::delete(&visit.chrome, &row(token))))
}

/// `POST /settings/user/tokens/{id}/delete`
pub(super) async fn delete(visit: Visit, _: Fields) -> Result<Response, Refusal> {
    let id = visit.id("id", "token")?;
    visit.app().delete_token(visit.ctx(), TokenList::Own, id).await?;
    Ok(reply::go_saying(path::TOKENS, Done::TokenRemoved))
}
