//! A person's own sessions, email address and password.

use axum::response::Response;
use rondo_app::{Invalid, Refusal};
use rondo_domain::limits::PASSWORD_FEWEST;
use rondo_domain::{Session, SessionId};

use super::done::Done;
use super::fields::Fields;
use super::visit::Visit;
use super::{problem, reply};
use crate::web::email::{self, Email};
use crate::web::form::Problem;
use crate::web::password::{self, Password};
use crate::web::path;
use crate::web::sessions::{self, Row, Sessions};

/// `GET /settings/user`
pub(super) async fn show(_: Visit) -> Result<Response, Refusal> {
    Ok(reply::go(path::TOKENS))
}

/// `GET /settings/user/sessions`
pub(super) async fn list_sessions(visit: Visit) -> Result<Response, Refusal> {
    let current = visit.session()?.id;
    let rows = visit.app().sessions(visit.ctx()).await?;
    let view = Sessions { rows: rows.iter().map(|session| row(session, current)).collect() };
    Ok(reply::page(&visit.chrome, sessions::list(&visit.chrome, &view)))
}

fn row(session: &Session, current: SessionId) -> Row {
    Row {
        id: session.id.to_string(),
        agent: session.agent.clone(),
        address: session.address.clone(),
        started: session.created_at.0,
        seen: session.seen_at.0,
        current: session.id == current,
    }
}

/// `POST /settings/user/sessions/{id}/end`
pub(super) async fn end_session(visit: Visit, _: Fields) -> Result<Response, Refusal> {
    let id: SessionId = visit.id("id", "session")?;
    visit.app().end_session(visit.ctx(), id).await?;
    if visit.session()?.id == id {
        return Ok(reply::end_session(&visit, path::SIGN_IN));
    }
    Ok(reply::go_saying(path::SESSIONS, Done::SessionEnded))
}

/// `GET /settings/user/email`
pub(super) async fn show_email(visit: Visit) -> Result<Response, Refusal> {
    let address = visit.app().own_mailbox(visit.ctx()).await?;
    let address = address.map(|address| address.to_string()).unwrap_or_default();
    let view = Email { address, sends: visit.app().sends_mail(), problems: Vec::new() };
    Ok(reply::unkept(&visit.chrome, email::page(&visit.chrome, &view)))
}

/// `POST /settings/user/email`
pub(super) async fn change_email(visit: Visit, mut fields: Fields) -> Result<Response, Refusal> {
    if visit.app().require_recent(visit.session()?, visit.ctx().at).is_err() {
        return Ok(reply::go(&path::again(path::EMAIL)));
    }
    let typed = fields.take("address").trim().to_owned();
    let address = (!typed.is_empty()).then(|| typed.parse()).transpose();
    let Ok(address) = address else {
        let message = visit.chrome.text().account.email_bad.to_owned();
        let problems = vec![Problem { field: "address", message }];
        let view = Email { address: typed, sends: visit.app().sends_mail(), problems };
        return Ok(reply::failed(&visit.chrome, email::page(&visit.chrome, &view)));
    };
    visit.app().set_own_mailbox(visit.ctx(), address.as_ref()).await?;
    let done = if address.is_some() { Done::EmailSaved } else { Done::EmailRemoved };
    Ok(reply::go_saying(path::EMAIL, done))
}

/// `GET /settings/user/password`
pub(super) async fn show_password(visit: Visit) -> Result<Response, Refusal> {
    let view = Password { least: PASSWORD_FEWEST, problems: Vec::new() };
    Ok(reply::page(&visit.chrome, password::page(&visit.chrome, &view)))
}

/// `POST /settings/user/password`
pub(super) async fn change_password(visit: Visit, mut fields: Fields) -> Result<Response, Refusal> {
    let (current, new, again) = (fields.take("current"), fields.take("new"), fields.take("again"));
    let text = visit.chrome.text();
    let problem = if new == again {
        match visit.app().change_password(visit.ctx(), current, new).await {
            Ok(()) => return Ok(reply::go_saying(path::PASSWORD, Done::PasswordChanged)),
            Err(refusal) => problem::at(text, field(&refusal), refusal)?,
        }
    } else {
        Problem { field: "again", message: text.problem.passwords_differ.to_owned() }
    };
    let view = Password { least: PASSWORD_FEWEST, problems: vec![problem] };
    Ok(reply::failed(&visit.chrome, password::page(&visit.chrome, &view)))
}

fn field(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::Invalid(Invalid::Password { .. }) => "new",
        _ => "current",
    }
}
