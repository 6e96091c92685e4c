//! Signing in a command that waits: typing its code, comparing it, saying yes or no.

use axum::response::Response;
use rondo_app::Refusal;

use super::fields::Fields;
use super::reply;
use super::visit::Visit;
use crate::web::device::{self, Asks, Typed};
use crate::web::form::Problem;

/// `GET /device`, with the code in the query once it is known.
pub(super) async fn show(visit: Visit) -> Result<Response, Refusal> {
    let Some(code) = visit.asked("code") else {
        return Ok(reply::page(&visit.chrome, device::form(&visit.chrome, &Typed::default())));
    };
    visit.app().require_recent(visit.session()?, visit.ctx().at)?;
    let login = match visit.app().device_login(visit.ctx(), code).await {
        Err(Refusal::Missing(..)) => return Ok(unknown(&visit, code)),
        other => other?,
    };
    let view = Asks {
        code: login.code.to_string(),
        label: login.label.to_string(),
        address: login.address,
        began: login.created_at.0,
    };
    Ok(reply::unkept(&visit.chrome, device::ask(&visit.chrome, &view)))
}

/// `POST /device` with `code`, and `allow` or `deny` as the `answer`.
pub(super) async fn answer(visit: Visit, mut fields: Fields) -> Result<Response, Refusal> {
    let (code, said) = (fields.take("code"), fields.take("answer"));
    let allow = match said.as_str() {
        "allow" => true,
        "deny" => false,
        _ => return Err(Refusal::Invalid(rondo_app::Invalid::Request("answer".to_owned()))),
    };
    let session = visit.session()?;
    match visit.app().answer_device_login(visit.ctx(), session, &code, allow).await {
        Ok(login) => {
            let label = login.label.to_string();
            Ok(reply::unkept(&visit.chrome, device::done(&visit.chrome, &label, allow)))
        }
        Err(Refusal::Missing(..)) => Ok(unknown(&visit, &code)),
        Err(other) => Err(other),
    }
}

fn unknown(visit: &Visit, code: &str) -> Response {
    let message = visit.chrome.text().device.unknown.to_owned();
    let view = Typed { code: code.to_owned(), problems: vec![Problem { field: "code", message }] };
    reply::failed(&visit.chrome, device::form(&visit.chrome, &view))
}
