//! Answers of handlers: a page, a page that must not be kept, a way on, and their cookies.

use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, LOCATION, RETRY_AFTER, SET_COOKIE,
};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use maud::Markup;
use rondo_app::{Refusal, SignedIn};

use super::done::Done;
use super::visit::{Visit, local};
use crate::Server;
use crate::credential::{SECURE_SESSION_COOKIE, SESSION_COOKIE};
use crate::web::assets;
use crate::web::chrome::Chrome;
use crate::web::direction::unturned;

/// A session's cookie lives as long as a session may be idle, in seconds.
const SESSION_SECONDS: i64 = rondo_domain::limits::SESSION_IDLE / 1000;
/// A notice is for the next page only.
const NOTICE_SECONDS: i64 = 30;

/// A page.
pub(super) fn page(chrome: &Chrome, markup: Markup) -> Response {
    let mut answer = Html(unturned(markup.into_string())).into_response();
    put(&mut answer, CONTENT_SECURITY_POLICY, assets::CONTENT_SECURITY_POLICY);
    if chrome.notice.is_some() {
        set_cookie(&mut answer, Done::COOKIE, "", 0, false);
    }
    answer
}

/// A page whose form failed.
pub(super) fn failed(chrome: &Chrome, markup: Markup) -> Response {
    let mut answer = unkept(chrome, markup);
    *answer.status_mut() = StatusCode::BAD_REQUEST;
    answer
}

/// The same, where it may be sent again in so many seconds.
pub(super) fn failed_for_now(wait: Option<u64>, chrome: &Chrome, markup: Markup) -> Response {
    let mut answer = failed(chrome, markup);
    if let Some(seconds) = wait {
        *answer.status_mut() = StatusCode::TOO_MANY_REQUESTS;
        put(&mut answer, RETRY_AFTER, &seconds.to_string());
    }
    answer
}

/// A page that no cache and no history keeps.
pub(super) fn unkept(chrome: &Chrome, markup: Markup) -> Response {
    let mut answer = page(chrome, markup);
    put(&mut answer, CACHE_CONTROL, "no-store");
    answer
}

/// On to a path of this server.
pub(super) fn go(next: &str) -> Response {
    let mut answer = StatusCode::SEE_OTHER.into_response();
    put(&mut answer, LOCATION, local(next));
    answer
}

/// On to a page that says what was done.
pub(super) fn go_saying(next: &str, done: Done) -> Response {
    let mut answer = go(next);
    say(&mut answer, done);
    answer
}

/// Has the next page say what was done.
pub(super) fn say(answer: &mut Response, done: Done) {
    set_cookie(answer, Done::COOKIE, done.word(), NOTICE_SECONDS, false);
}

/// On, with the cookie of a session that just began. One whose place it takes in this browser is over.
pub(super) async fn begin_session(
    visit: &Visit,
    signed_in: &SignedIn,
    next: &str,
) -> Result<Response, Refusal> {
    if let Ok(before) = visit.session() {
        match visit.app().end_session(visit.ctx(), before.id).await {
            // It ended meanwhile.
            Ok(()) | Err(Refusal::Missing(..)) => {}
            Err(other) => return Err(other),
        }
    }
    let mut answer = go(next);
    session_cookie(&mut answer, &visit.server, &signed_in.cookie, SESSION_SECONDS);
    Ok(answer)
}

/// To the sign-in page, without the cookie of a session that is over.
pub(super) fn end_session(visit: &Visit, next: &str) -> Response {
    let mut answer = go_saying(next, Done::SignedOut);
    session_cookie(&mut answer, &visit.server, "", 0);
    // Whoever sits here next goes back to no page of this session.
    put(&mut answer, HeaderName::from_static("clear-site-data"), "\"cache\"");
    answer
}

fn session_cookie(answer: &mut Response, server: &Server, value: &str, seconds: i64) {
    let name = if server.secure { SECURE_SESSION_COOKIE } else { SESSION_COOKIE };
    set_cookie(answer, name, value, seconds, server.secure);
}

/// Sets a cookie that no script reads and no other site sends along with a form.
pub(super) fn set_cookie(
    answer: &mut Response,
    name: &str,
    value: &str,
    seconds: i64,
    secure: bool,
) {
    let secure = if secure { "; Secure" } else { "" };
    let cookie =
        format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}");
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        answer.headers_mut().append(SET_COOKIE, cookie);
    }
}

pub(super) fn put(answer: &mut Response, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        answer.headers_mut().insert(name, value);
    }
}
