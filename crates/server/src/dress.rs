//! The headers that answers have besides their own: what keeps browsers from doing more with them than
//! is meant, which route answered, and the request's id.

use axum::body::HttpBody;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use uuid::Uuid;

use crate::notation::{Notation, in_v1};
use crate::request_id::X_REQUEST_ID;
use crate::routes::RouteFacts;

static X_ROUTE: HeaderName = HeaderName::from_static("x-route");

/// What all answers of a route have, unless the answer says something else. It is made once and copied,
/// with a place for the request's id: to put each header in anew costs several times as much.
pub(crate) struct Dress(HeaderMap);

impl Dress {
    pub(crate) fn of(facts: &RouteFacts) -> Self {
        let mut dress = Self::named(facts.path, facts.path);
        let mut add = |name, value| dress.0.insert(name, HeaderValue::from_static(value));
        if facts.face.is_api() {
            // What programs are told is JSON where the handler says nothing else.
            let json = if in_v1(facts.path) { Notation::JSON } else { "application/json" };
            add(header::CONTENT_TYPE, json);
        }
        if in_v1(facts.path) && facts.method == Method::GET {
            // Scripts of other sites may read what a token opens; a session's cookie is never sent by them.
            add(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*");
        }
        dress
    }

    /// The same with more, or other. A tag is a place that the answer fills.
    pub(crate) fn with(facts: &RouteFacts, more: &[(HeaderName, &'static str)]) -> Self {
        let Self(mut headers) = Self::of(facts);
        for (name, value) in more {
            headers.insert(name, HeaderValue::from_static(value));
        }
        Self(headers)
    }

    /// What answers have at a path where no route is.
    pub(crate) fn of_nothing(path: &str) -> Self {
        Self::named("none", path)
    }

    fn named(route: &'static str, path: &str) -> Self {
        let headers = [
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (header::X_FRAME_OPTIONS, "DENY"),
            (header::REFERRER_POLICY, "same-origin"),
            (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
            (header::CACHE_CONTROL, "private, no-cache"),
            (X_ROUTE.clone(), route),
            (X_REQUEST_ID.clone(), ""),
        ];
        let headers = headers.map(|(name, value)| (name, HeaderValue::from_static(value)));
        let mut headers: HeaderMap = headers.into_iter().collect();
        if in_v1(path) {
            headers.insert(header::VARY, HeaderValue::from_static("Accept, Origin"));
        }
        Self(headers)
    }

    /// Puts it on. What the answer says itself counts more.
    pub(crate) fn put_on(&self, answer: &mut Response, id: Uuid) {
        let is_empty = answer.body().size_hint().exact() == Some(0);
        let own = std::mem::replace(answer.headers_mut(), self.0.clone());
        let headers = answer.headers_mut();
        if is_empty {
            headers.remove(header::CONTENT_TYPE);
        }
        // A place that stays empty falls away.
        if !own.contains_key(header::ETAG) {
            headers.remove(header::ETAG);
        }
        if !own.is_empty() {
            headers.extend(own);
        }
        let mut room = Uuid::encode_buffer();
        let id = HeaderValue::from_str(id.hyphenated().encode_lower(&mut room));
        headers.insert(&X_REQUEST_ID, id.expect("digits and hyphens are a header's value"));
    }
}

/// Which headers scripts of other sites may read; it matters to them alone.
pub(crate) fn let_scripts_read(answer: &mut Response) {
    const EXPOSED: &str = "Deprecation, Location, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, \
                           Retry-After, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, \
                           X-Request-Id, X-Rondo-Token-Expires-In-Days, X-Route";
    let exposed = const { HeaderValue::from_static(EXPOSED) };
    answer.headers_mut().insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, exposed);
}

/// What a browser asks before a script of another site sends a token: reading is allowed.
pub(crate) fn preflight() -> Response {
    let mut answer = StatusCode::NO_CONTENT.into_response();
    let_scripts_read(&mut answer);
    for (name, value) in [
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (header::ACCESS_CONTROL_ALLOW_METHODS, "GET, HEAD"),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, "Accept, Authorization, Circle-Token, X-Request-Id"),
        (header::ACCESS_CONTROL_MAX_AGE, "86400"),
        (header::VARY, "Origin"),
    ] {
        answer.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    answer
}
