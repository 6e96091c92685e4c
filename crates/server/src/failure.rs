//! The only file that turns a refusal into a status and a body.

use axum::Json;
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use rondo_app::{Over, Refusal};
use rondo_domain::policy::Breach;
use rondo_domain::token::{BadToken, Beyond};
use rondo_domain::{Permission, Principal};
use rondo_wire::Failure;
use serde_json::json;

use crate::credential::{with_query, without_token};
use crate::dress::preflight;
use crate::feed::time;
use crate::notation::in_v1;
use crate::routes::{Face, Needs};
use crate::{Server, pages};

/// A refusal, and what its answer depends on.
pub(crate) struct Refused {
    pub(crate) refusal: Refusal,
    pub(crate) who: Principal,
    pub(crate) face: Face,
    pub(crate) needs: Needs,
    pub(crate) bad_token: Option<BadToken>,
}

impl Refused {
    /// Nobody, who did not even try to be somebody.
    fn is_nobody(&self) -> bool {
        let nobody = self.who == Principal::Anyone && self.bad_token.is_none();
        nobody && matches!(self.refusal, Refusal::Hidden | Refusal::Unauthenticated)
    }
}

fn accepts_pages(parts: &Parts) -> bool {
    let accept = parts.headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
    accept.is_some_and(|accept| accept.contains("text/html"))
}

/// The guard's answer.
pub(crate) fn answer(server: &Server, parts: &Parts, refused: &Refused) -> Response {
    log(&refused.refusal);
    if refused.face == Face::Page {
        return pages::refused(server, &parts.headers, &parts.uri, &refused.who, &refused.refusal);
    }
    // Somebody who opens a badge's or an artifact's address in a browser gets a page, and whoever is
    // not signed in is asked to. Who shows a token there is told what is wrong with it.
    let of_token = refused.bad_token.is_some() || matches!(refused.refusal, Refusal::Policy(..));
    if refused.face == Face::Embed && !of_token && accepts_pages(parts) {
        let refusal = match refused.is_nobody() {
            true => &Refusal::Unauthenticated,
            false => &refused.refusal,
        };
        return pages::refused(server, &parts.headers, &parts.uri, &refused.who, refusal);
    }
    let own_user = refused.needs == Needs::OnServer(Permission::OwnUser);
    match (&refused.refusal, &refused.who) {
        (Refusal::Unauthenticated, _) if let Some(bad) = refused.bad_token => {
            bad_token(bad, refused.face)
        }
        (Refusal::Hidden, _) if matches!(refused.needs, Needs::OnOrganization(_)) => {
            json(&Refusal::Missing("organization", String::new()))
        }
        (Refusal::BadToken(bad), _) => bad_token(*bad, refused.face),
        // CircleCI's observed answer: whoever is no person is told to log in (api-v1.1, 2.2).
        (
            Refusal::Lacks(permission),
            who @ (Principal::Project { .. } | Principal::Service { .. }),
        ) if own_user => {
            let whose = match who {
                Principal::Service { .. } => "a service account's token",
                _ => "a project token",
            };
            let body = Failure {
                reason: Some(format!("{whose} lacks {permission}: take a personal token")),
                ..failure("You must log in first.", "insufficient_scope")
            };
            respond(StatusCode::UNAUTHORIZED, body, Some(insufficient(*permission)))
        }
        (refusal, _) => json(refusal),
    }
}

/// A handler's answer to programs.
pub(crate) fn json(refusal: &Refusal) -> Response {
    let (status, body, challenge) = facts(refusal);
    let mut answer = respond(status, body, challenge);
    if let Refusal::Throttled(seconds) | Refusal::TooFast(Over { wait: seconds, .. }) = refusal {
        answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(*seconds));
    }
    answer
}

fn failure(message: &str, code: &str) -> Failure {
    Failure { message: message.to_owned(), code: code.to_owned(), reason: None }
}

fn respond(status: StatusCode, body: Failure, challenge: Option<String>) -> Response {
    let mut answer = (status, Json(body)).into_response();
    if let Some(challenge) = challenge.and_then(|text| HeaderValue::from_str(&text).ok()) {
        answer.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
    }
    answer
}

fn insufficient(permission: Permission) -> String {
    format!("Bearer realm=\"rondo\", error=\"insufficient_scope\", scope=\"{permission}\"")
}

/// What is wrong with a token that was shown: the body's reason, which the challenge repeats.
fn bad_token(bad: BadToken, face: Face) -> Response {
    let (status, mut body, challenge) = facts(&Refusal::BadToken(bad));
    if face == Face::ApiV2 {
        // CircleCI's own sentence there (api-v2, wire facts).
        body.message = "Invalid token provided.".to_owned();
    }
    respond(status, body, challenge)
}

/// What is wrong with a token, in words.
pub(crate) fn wrong_with(bad: BadToken) -> String {
    match bad {
        BadToken::Unknown => "the token is unknown or deleted".to_owned(),
        BadToken::Mistyped => "the token is mistyped or cut off: its check is wrong".to_owned(),
        BadToken::Deleted(at) => format!("the token was deleted at {}", time(at)),
        BadToken::OwnerDisabled => "the token's owner is disabled".to_owned(),
        BadToken::Disabled => "the token is disabled; its owner can enable it".to_owned(),
        BadToken::Expired(at) => format!("the token expired at {}", time(at)),
        BadToken::Rotated(at) => {
            format!("the token was rotated: its successor took over at {}", time(at))
        }
        BadToken::Network(Some(peer)) => {
            format!("the token may not be used from {peer}: it is limited to other networks")
        }
        BadToken::Network(None) => {
            "the token is limited to networks, and who sent this request is not known for sure"
                .to_owned()
        }
    }
}

/// What an organization's policy says of a token, in words.
pub(crate) fn by_policy(organization: Option<&str>, breach: Breach) -> String {
    match organization {
        Some(name) => format!("The policy of {name}: {breach}."),
        None => format!("The organization's policy: {breach}."),
    }
}

fn against_policy(organization: Option<&str>, breach: Breach) -> Failure {
    failure(&by_policy(organization, breach), breach.word())
}

fn second_admin(why: &str) -> Failure {
    failure(&format!("It takes another admin: {why}."), "second_admin")
}

fn outdated(noun: &str) -> Failure {
    failure(&format!("Somebody changed the {noun} meanwhile: read it again first."), "outdated")
}

fn throttled(seconds: u64) -> Failure {
    failure(&format!("Too many tries: wait {}.", quantity(seconds, "second")), "throttled")
}

fn too_fast(over: &Over) -> Failure {
    let message = format!("Too many requests: wait {}.", quantity(over.wait, "second"));
    let reason = format!("{} may come at once after a rest", over.standing.limit);
    Failure { reason: Some(reason), ..failure(&message, "rate_limited") }
}

/// Status, body and challenge of a refusal. The messages are CircleCI's where it has one.
fn facts(refusal: &Refusal) -> (StatusCode, Failure, Option<String>) {
    use StatusCode as S;
    let (status, body) = match refusal {
        Refusal::Unauthenticated => {
            let body = failure("You must log in first.", "unauthenticated");
            return (S::UNAUTHORIZED, body, Some("Bearer realm=\"rondo\"".to_owned()));
        }
        Refusal::Lacks(permission) => {
            let reason = Some(format!("it takes the right {permission}"));
            let body = Failure { reason, ..failure("Permission denied", "insufficient_scope") };
            return (S::FORBIDDEN, body, Some(insufficient(*permission)));
        }
        Refusal::BadToken(bad @ BadToken::Network(_)) => {
            let reason = Some(wrong_with(*bad));
            let body = failure("Permission denied", "network_not_allowed");
            (S::FORBIDDEN, Failure { reason, ..body })
        }
        Refusal::BadToken(bad) => {
            let why = wrong_with(*bad);
            let challenge = format!(
                "Bearer realm=\"rondo\", error=\"invalid_token\", error_description=\"{why}\""
            );
            let body = failure("You must log in first.", "invalid_token");
            return (S::UNAUTHORIZED, Failure { reason: Some(why), ..body }, Some(challenge));
        }
        Refusal::Beyond(Beyond::Right(permission)) => return facts(&Refusal::Lacks(*permission)),
        Refusal::Beyond(beyond) => {
            let reason = Some(beyond.to_string());
            (S::FORBIDDEN, Failure { reason, ..failure("Permission denied", "beyond_token") })
        }
        Refusal::Policy(name, breach) => (S::FORBIDDEN, against_policy(name.as_deref(), *breach)),
        Refusal::SecondAdmin(why) => (S::FORBIDDEN, second_admin(why)),
        Refusal::Outdated(noun) => (S::CONFLICT, outdated(noun)),
        Refusal::TwoTokens => {
            (S::BAD_REQUEST, failure("Two different tokens were sent; send one.", "two_tokens"))
        }
        Refusal::OtherSite => {
            (S::FORBIDDEN, failure("Changes are taken from Rondo's own pages only.", "other_site"))
        }
        Refusal::WrongPassword => {
            (S::UNAUTHORIZED, failure("The name or the password is wrong.", "wrong_password"))
        }
        Refusal::Hidden => (S::NOT_FOUND, failure("Project not found", "project_not_found")),
        Refusal::Missing(noun, what) => {
            let reason = (!what.is_empty()).then(|| what.chars().take(200).collect());
            let code = format!("{}_not_found", noun.replace(' ', "_"));
            (S::NOT_FOUND, Failure { reason, ..failure(&format!("{noun} not found"), &code) })
        }
        Refusal::Invalid(invalid) => (S::BAD_REQUEST, failure(&invalid.to_string(), "invalid")),
        Refusal::Exists(noun, name) => {
            (S::CONFLICT, failure(&format!("{noun} {name} exists already"), "exists"))
        }
        Refusal::Throttled(seconds) => (S::TOO_MANY_REQUESTS, throttled(*seconds)),
        Refusal::TooFast(over) => (S::TOO_MANY_REQUESTS, too_fast(over)),
        Refusal::SignInAgain => {
            (S::FORBIDDEN, failure("Sign in again first: your sign-in is old.", "sign_in_again"))
        }
        Refusal::Silent(why) => (S::BAD_GATEWAY, failure(why, "silent")),
        Refusal::LeaseGone => (S::CONFLICT, failure("The lease is gone.", "lease_gone")),
        Refusal::NotNow(why) => (S::BAD_REQUEST, failure(&format!("Not now: {why}."), "not_now")),
        Refusal::NotSupported(why) => (S::BAD_REQUEST, failure(why, "not_supported")),
        Refusal::Unavailable(_) => (
            S::SERVICE_UNAVAILABLE,
            failure("The server cannot reach its store; try again.", "unavailable"),
        ),
        Refusal::Fault(_) => {
            (S::INTERNAL_SERVER_ERROR, failure("The server made a mistake.", "fault"))
        }
    };
    (status, body, None)
}

fn quantity(number: u64, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

/// The details that no answer shows.
pub(crate) fn log(refusal: &Refusal) {
    match refusal {
        Refusal::Unavailable(why) => tracing::warn!(why, "the store is away"),
        Refusal::Fault(why) => tracing::error!(why, "fault"),
        _ => {}
    }
}

/// A refusal on its way out of a handler for programs.
pub(crate) struct ApiRefusal(Refusal);

impl<R: Into<Refusal>> From<R> for ApiRefusal {
    fn from(refusal: R) -> Self {
        Self(refusal.into())
    }
}

impl IntoResponse for ApiRefusal {
    fn into_response(self) -> Response {
        log(&self.0);
        json(&self.0)
    }
}

/// What handlers for programs return.
pub(crate) type ApiResult<T> = Result<T, ApiRefusal>;

/// The answer to programs whose request has no end to its body.
pub(crate) fn broken_off() -> Response {
    let body = failure("The body of the request did not come to its end.", "invalid");
    respond(StatusCode::BAD_REQUEST, body, None)
}

/// The answer to a body beyond what is read of one.
pub(crate) fn too_large(limit: usize) -> Response {
    let message = format!("The body is too large: at most {} MB are taken.", limit / 1024 / 1024);
    let body = failure(&message, "too_large");
    respond(StatusCode::PAYLOAD_TOO_LARGE, body, None)
}

/// Whether programs alone ask below a path.
fn for_programs(path: &str) -> bool {
    path.starts_with("/api/") || path.starts_with("/runner/")
}

/// The answer where no route is.
pub(crate) async fn no_such_route(server: &Server, request: &Parts) -> Response {
    let Parts { method, uri, headers, .. } = request;
    if !for_programs(uri.path()) {
        return pages::nowhere(server, headers, uri).await;
    }
    match tidy(method, uri) {
        Some(way) => {
            (StatusCode::FOUND, [(header::LOCATION, way)], Json(json!({}))).into_response()
        }
        None => nothing_here(),
    }
}

fn nothing_here() -> Response {
    let reason = Some("this server has no such route, or not yet".to_owned());
    let body = Failure { reason, ..failure("Not found", "no_such_route") };
    respond(StatusCode::NOT_FOUND, body, None)
}

/// A path of API v1.1 with a slash at its end or two in a row leads to the one without, as on CircleCI:
/// clients write such paths. A token in the query does not come along.
pub(crate) fn tidy(method: &Method, uri: &Uri) -> Option<String> {
    let reads = method == Method::GET || method == Method::HEAD;
    let parts: Vec<_> = uri.path().split('/').filter(|part| !part.is_empty()).collect();
    let path = format!("/{}", parts.join("/"));
    if !reads || !in_v1(uri.path()) || path == uri.path() {
        return None;
    }
    Some(with_query(&path, uri.query().and_then(without_token)))
}

/// The answer where a route is, and not with this method but with those of `allow`.
pub(crate) fn no_such_method(request: &Parts, allow: &str) -> Response {
    let Parts { method, uri, .. } = request;
    let path = uri.path();
    let mut answer = if !for_programs(path) {
        StatusCode::METHOD_NOT_ALLOWED.into_response()
    } else if method == Method::OPTIONS && path.starts_with("/api/") {
        preflight()
    } else {
        let reason = Some(format!("{method} is not among what Allow lists"));
        let body = Failure { reason, ..failure("Method not allowed", "no_such_method") };
        respond(StatusCode::METHOD_NOT_ALLOWED, body, None)
    };
    if let Ok(allow) = HeaderValue::from_str(allow) {
        answer.headers_mut().insert(header::ALLOW, allow);
    }
    answer
}
