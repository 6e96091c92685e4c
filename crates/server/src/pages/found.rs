//! The page for whoever found a token, and the end of what its owner is told.

use axum::response::Response;
use rondo_app::Refusal;

use super::fields::Fields;
use super::reply;
use super::visit::{Visit, local};
use crate::web::form::Problem;
use crate::web::found;

/// `GET /found`
pub(super) async fn show_form(visit: Visit) -> Result<Response, Refusal> {
    Ok(reply::unkept(&visit.chrome, found::form(&visit.chrome, &[])))
}

/// `POST /found`
pub(super) async fn hand_in(visit: Visit, mut fields: Fields) -> Result<Response, Refusal> {
    let value = fields.take("token");
    if value.trim().is_empty() {
        let text = visit.chrome.text();
        let message = (text.problem.required)(text.found.value);
        let problem = Problem { field: "token", message };
        return Ok(reply::failed(&visit.chrome, found::form(&visit.chrome, &[problem])));
    }
    visit.app().hand_in(visit.ctx(), &value).await?;
    Ok(reply::unkept(&visit.chrome, found::thanks(&visit.chrome)))
}

/// `POST /notices/{id}/dismiss`
pub(super) async fn dismiss(visit: Visit, mut fields: Fields) -> Result<Response, Refusal> {
    let next = fields.take("next");
    visit.app().dismiss_notice(visit.ctx(), visit.id("id", "notice")?).await?;
    Ok(reply::go(local(&next)))
}
