//! Language and theme: kept in the browser, so that they count before signing in too.

use axum::response::Response;
use rondo_app::Refusal;

use super::fields::Fields;
use super::reply;
use super::visit::Visit;
use crate::web::locale::{self, Locale};
use crate::web::theme::{self, Theme};

/// A year, in seconds.
const YEAR: i64 = 365 * 24 * 3600;

/// `POST /language`
pub(super) async fn set_language(_: Visit, mut fields: Fields) -> Result<Response, Refusal> {
    let chosen = Locale::from_tag(&fields.take("language")).map(Locale::tag);
    Ok(remember(locale::COOKIE, chosen, &fields.take("next")))
}

/// `POST /theme`
pub(super) async fn set_theme(_: Visit, mut fields: Fields) -> Result<Response, Refusal> {
    let chosen = Theme::from_word(&fields.take("theme")).map(Theme::word);
    Ok(remember(theme::COOKIE, chosen, &fields.take("next")))
}

/// Back to the page, with the choice; a choice that does not exist changes nothing.
fn remember(cookie: &str, chosen: Option<&str>, next: &str) -> Response {
    let mut answer = reply::go(next);
    if let Some(chosen) = chosen {
        reply::set_cookie(&mut answer, cookie, chosen, YEAR, false);
    }
    answer
}
