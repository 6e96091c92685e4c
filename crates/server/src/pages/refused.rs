//! Refusals as pages. Whoever is not signed in is led to the sign-in page, whatever the reason, so
//! that it tells nothing about what exists.

use axum::http::header::{CONTENT_TYPE, REFERER, RETRY_AFTER};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use rondo_app::{Over, Refusal};
use rondo_domain::Principal;

use super::done::Done;
use super::{reply, visit};
use crate::web::chrome::Chrome;
use crate::web::fault::{self, Fault};
use crate::web::path;
use crate::{Server, failure};

/// The guard's answer to a request for a page.
pub(crate) fn refused(
    server: &Server,
    headers: &HeaderMap,
    uri: &Uri,
    who: &Principal,
    refusal: &Refusal,
) -> Response {
    let chrome = visit::chrome(server, headers, uri, who);
    if !headers.contains_key(CONTENT_TYPE) {
        return answer(&chrome, &chrome.path, refusal);
    }
    // A form cannot be sent again by signing in: its page is led to, and told of what did not happen.
    let page = form_page(server, headers).unwrap_or_else(|| path::HOME.to_owned());
    let mut answer = answer(&chrome, &page, refusal);
    if answer.status() == StatusCode::SEE_OTHER {
        reply::say(&mut answer, Done::Nothing);
    }
    answer
}

/// The page of this server that a form was on.
fn form_page(server: &Server, headers: &HeaderMap) -> Option<String> {
    let from = headers.get(REFERER)?.to_str().ok()?;
    let page: Uri = from.strip_prefix(server.app.policy().url.as_str())?.parse().ok()?;
    Some(visit::address(&page))
}

/// The answer where no page is. No guard has looked at the request.
pub(crate) async fn nowhere(server: &Server, headers: &HeaderMap, uri: &Uri) -> Response {
    let now = server.app.world().now();
    let session = match visit::session_cookie(server, headers) {
        Some(cookie) => server.app.session(cookie, now).await.unwrap_or_default(),
        None => None,
    };
    let who = session.map_or(Principal::Anyone, |(who, _)| who);
    let chrome = visit::chrome(server, headers, uri, &who);
    page(&chrome, Fault::NotFound)
}

/// What a handler's result becomes.
pub(super) fn conclude(chrome: &Chrome, result: Result<Response, Refusal>) -> Response {
    result.unwrap_or_else(|refusal| {
        failure::log(&refusal);
        answer(chrome, &chrome.path, &refusal)
    })
}

fn answer(chrome: &Chrome, next: &str, refusal: &Refusal) -> Response {
    let guest = chrome.person.is_none();
    match refusal {
        Refusal::Unauthenticated | Refusal::Hidden | Refusal::Lacks(_) if guest => {
            reply::go(&path::sign_in(next))
        }
        Refusal::SignInAgain => reply::go(&path::again(next)),
        Refusal::Throttled(seconds) | Refusal::TooFast(Over { wait: seconds, .. }) => {
            let mut answer = page(chrome, Fault::TooMany(*seconds));
            reply::put(&mut answer, RETRY_AFTER, &seconds.to_string());
            answer
        }
        other => page(chrome, fault_of(other)),
    }
}

fn fault_of(refusal: &Refusal) -> Fault {
    match refusal {
        Refusal::Unauthenticated | Refusal::Hidden | Refusal::Missing(..) => Fault::NotFound,
        Refusal::Lacks(_)
        | Refusal::Policy(..)
        | Refusal::SecondAdmin(_)
        | Refusal::Beyond(_)
        | Refusal::BadToken(_) => Fault::Forbidden,
        Refusal::OtherSite => Fault::OtherSite,
        Refusal::TwoTokens | Refusal::WrongPassword | Refusal::Invalid(_) => Fault::BadRequest,
        Refusal::Exists(..)
        | Refusal::LeaseGone
        | Refusal::Outdated(_)
        | Refusal::NotNow(_)
        | Refusal::NotSupported(_)
        | Refusal::Silent(_) => Fault::Conflict,
        Refusal::Throttled(wait) | Refusal::TooFast(Over { wait, .. }) => Fault::TooMany(*wait),
        Refusal::SignInAgain => Fault::Forbidden,
        Refusal::Unavailable(_) => Fault::Busy,
        Refusal::Fault(_) => Fault::Broken,
    }
}

/// The page of a fault.
pub(super) fn page(chrome: &Chrome, fault: Fault) -> Response {
    let mut answer = reply::page(chrome, fault::page(chrome, fault));
    *answer.status_mut() =
        StatusCode::from_u16(fault.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    answer
}
