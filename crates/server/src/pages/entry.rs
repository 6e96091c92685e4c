//! Signing in and out, the first setup, one-time links, and the password once more.

use axum::http::StatusCode;
use axum::response::Response;
use rondo_app::Refusal;
use rondo_domain::LinkPurpose;
use rondo_domain::limits::PASSWORD_FEWEST;

use super::fields::Fields;
use super::visit::{Visit, local};
use super::{problem, reply};
use crate::web::entry::{self, Again, Enter, Setup, SignIn};
use crate::web::form::Problem;
use crate::web::path;

/// `GET /login`
pub(super) async fn show_sign_in(visit: Visit) -> Result<Response, Refusal> {
    let next = local(visit.asked("next").unwrap_or(path::HOME)).to_owned();
    if visit.chrome.person.is_some() {
        return Ok(reply::go(&next));
    }
    let view = SignIn { next, ..SignIn::default() };
    Ok(reply::page(&visit.chrome, entry::sign_in(&visit.chrome, &view)))
}

/// `POST /login`
pub(super) async fn sign_in(visit: Visit, mut fields: Fields) -> Result<Response, Refusal> {
    let (name, next) = (fields.take("name"), fields.take("next"));
    let password = fields.take("password");
    match visit.app().sign_in(visit.ctx(), &name, password).await {
        Ok(signed_in) => reply::begin_session(&visit, &signed_in, &next).await,
        Err(refusal) => {
            let (text, wait) = (visit.chrome.text(), wait(&refusal));
            let problem = match refusal {
                Refusal::WrongPassword => {
                    Problem { field: "", message: text.problem.wrong_sign_in.to_owned() }
                }
                other => problem::at(text, "", other)?,
            };
            let view = SignIn { name, next: local(&next).to_owned(), problems: vec![problem] };
            let page = entry::sign_in(&visit.chrome, &view);
            Ok(reply::failed_for_now(wait, &visit.chrome, page))
        }
    }
}

/// How long whoever tries too often has to wait, in seconds.
fn wait(refusal: &Refusal) -> Option<u64> {
    match refusal {
        Refusal::Throttled(seconds) => Some(*seconds),
        _ => None,
    }
}

/// `POST /logout`
pub(super) async fn sign_out(visit: Visit, _: Fields) -> Result<Response, Refusal> {
    let session = visit.session()?.id;
    visit.app().end_session(visit.ctx(), session).await?;
    Ok(reply::end_session(&visit, path::SIGN_IN))
}

/// `GET /login/again`
pub(super) async fn show_again(visit: Visit) -> Result<Response, Refusal> {
    let next = local(visit.asked("next").unwrap_or(path::HOME)).to_owned();
    let view = Again { next, ..Again::default() };
    Ok(reply::page(&visit.chrome, entry::again(&visit.chrome, &view)))
}

/// `POST /login/again`
pub(super) async fn sign_in_again(visit: Visit, mut fields: Fields) -> Result<Response, Refusal> {
    let (password, next) = (fields.take("password"), fields.take("next"));
    match visit.app().sign_in_again(visit.ctx(), visit.session()?, password).await {
        Ok(signed_in) => reply::begin_session(&visit, &signed_in, &next).await,
        Err(refusal) => {
            let wait = wait(&refusal);
            let problem = problem::at(visit.chrome.text(), "password", refusal)?;
            let view = Again { next: local(&next).to_owned(), problems: vec![problem] };
            let page = entry::again(&visit.chrome, &view);
            Ok(reply::failed_for_now(wait, &visit.chrome, page))
        }
    }
}

/// `GET /setup/{code}`
pub(super) async fn show_setup(visit: Visit) -> Result<Response, Refusal> {
    let code = visit.name("code").to_owned();
    match visit.app().link(&code, visit.ctx().at).await? {
        Some(LinkPurpose::Setup) => {
            let view = Setup { code, least: PASSWORD_FEWEST, ..Setup::default() };
            Ok(reply::unkept(&visit.chrome, entry::setup(&visit.chrome, &view)))
        }
        _ => Ok(gone(&visit)),
    }
}

/// `POST /setup/{code}`
pub(super) async fn set_up(visit: Visit, mut fields: Fields) -> Result<Response, Refusal> {
    let (code, name) = (visit.name("code").to_owned(), fields.take("name"));
    let (password, again) = (fields.take("password"), fields.take("again"));
    let text = visit.chrome.text();
    let problem = if password == again {
        match visit.app().set_up(visit.ctx(), &code, &name, password).await {
            Ok(signed_in) => {
                return reply::begin_session(&visit, &signed_in, path::HOME).await;
            }
            Err(Refusal::Missing(..)) => return Ok(gone(&visit)),
            Err(refusal) => problem::at(text, account_field(&refusal), refusal)?,
        }
    } else {
        Problem { field: "again", message: text.problem.passwords_differ.to_owned() }
    };
    let view = Setup { code, name, least: PASSWORD_FEWEST, problems: vec![problem] };
    Ok(reply::failed(&visit.chrome, entry::setup(&visit.chrome, &view)))
}

fn account_field(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::Invalid(rondo_app::Invalid::Password { .. }) => "password",
        _ => "name",
    }
}

/// `GET /enter/{code}`
pub(super) async fn show_link(visit: Visit) -> Result<Response, Refusal> {
    let code = visit.name("code").to_owned();
    let purpose = visit.app().link(&code, visit.ctx().at).await?;
    let person = match purpose {
        Some(LinkPurpose::SignIn(id)) => visit.app().memory().person(id),
        _ => None,
    };
    let Some(person) = person else { return Ok(gone(&visit)) };
    let view = Enter { code, name: person.name.to_string() };
    Ok(reply::unkept(&visit.chrome, entry::enter(&visit.chrome, &view)))
}

/// `POST /enter/{code}`
pub(super) async fn enter(visit: Visit, _: Fields) -> Result<Response, Refusal> {
    match visit.app().enter(visit.ctx(), visit.name("code")).await {
        Ok(signed_in) => reply::begin_session(&visit, &signed_in, path::HOME).await,
        Err(Refusal::Missing(..)) => Ok(gone(&visit)),
        Err(other) => Err(other),
    }
}

/// A link that was used, is over, or never was: which of them is not told.
fn gone(visit: &Visit) -> Response {
    let mut answer = reply::page(&visit.chrome, entry::gone(&visit.chrome));
    *answer.status_mut() = StatusCode::NOT_FOUND;
    answer
}
