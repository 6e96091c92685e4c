//! Signing a command in through a browser, as programs see it (RFC 8628), and what this server has of
//! OAuth (RFC 8414). The page on which a person answers is in `pages`.

pub(crate) mod value;

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rondo_app::{DevicePoll, Refusal};
use rondo_domain::limits::{DEVICE_INTERVAL, DEVICE_LIFE};
use rondo_domain::name::Label;
use rondo_wire::oauth::{
    AccessToken, DEVICE_GRANT, DeviceAuthorization, OauthError, ServerMetadata,
};

use crate::Server;
use crate::credential::owned_pairs;
use crate::failure::log;
use crate::granted::{Granted, Sent};
use crate::web::path;

/// `GET /.well-known/oauth-authorization-server`
pub(crate) async fn metadata(State(server): State<Arc<Server>>) -> Json<ServerMetadata> {
    let url = &server.app.policy().url;
    let none = || vec!["none".to_owned()];
    Json(ServerMetadata {
        issuer: url.clone(),
        device_authorization_endpoint: format!("{url}/oauth/device_authorization"),
        token_endpoint: format!("{url}/oauth/token"),
        token_endpoint_auth_methods_supported: none(),
        response_types_supported: Vec::new(),
        grant_types_supported: vec![DEVICE_GRANT.to_owned()],
        introspection_endpoint: format!("{url}/oauth/introspect"),
        revocation_endpoint: format!("{url}/oauth/revoke"),
        revocation_endpoint_auth_methods_supported: none(),
    })
}

/// `POST /oauth/device_authorization` with `client_id`, which names the token.
pub(crate) async fn begin(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
    Sent(body): Sent,
) -> Response {
    let label = match read(&body, &["client_id"]) {
        Ok([name]) => name.parse::<Label>(),
        Err(answer) => return answer,
    };
    let label = match label {
        Ok(label) => label,
        Err(error) => return wrong("invalid_client", &format!("client_id: {error}")),
    };
    match server.app.begin_device_login(&granted.ctx, label).await {
        Ok(begun) => {
            let url = &server.app.policy().url;
            let code = begun.login.code.to_string();
            unkept(Json(DeviceAuthorization {
                device_code: begun.device_code,
                verification_uri: format!("{url}{}", path::DEVICE),
                verification_uri_complete: format!("{url}{}", path::device(&code)),
                user_code: code,
                expires_in: DEVICE_LIFE / 1000,
                interval: DEVICE_INTERVAL / 1000,
            }))
        }
        Err(refusal) => refused(&refusal),
    }
}

/// `POST /oauth/token` with `grant_type`, `device_code` and `client_id`.
pub(crate) async fn token(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
    Sent(body): Sent,
) -> Response {
    let code = match read(&body, &["grant_type", "device_code", "client_id"]) {
        Ok([grant, code, _]) if grant == DEVICE_GRANT => code,
        Ok(_) => return wrong("unsupported_grant_type", &format!("take {DEVICE_GRANT}")),
        Err(answer) => return answer,
    };
    match server.app.poll_device_login(&granted.ctx, &code).await {
        Ok(DevicePoll::SignedIn(new)) => unkept(Json(AccessToken {
            access_token: new.secret.expose().to_owned(),
            token_type: "Bearer".to_owned(),
        })),
        Ok(DevicePoll::Waiting) => wrong("authorization_pending", ""),
        Ok(DevicePoll::TooOften) => wrong("slow_down", ""),
        Ok(DevicePoll::Denied) => wrong("access_denied", "the person said no"),
        Ok(DevicePoll::Over) => wrong("expired_token", "nobody answered in time; begin again"),
        Ok(DevicePoll::Unknown) => wrong("invalid_grant", "there is no such device_code"),
        Err(refusal) => refused(&refusal),
    }
}

/// The fields of a form, each given once and no other.
#[expect(clippy::result_large_err, reason = "the answer is the error")]
fn read<const N: usize>(body: &Bytes, names: &[&str; N]) -> Result<[String; N], Response> {
    let text =
        std::str::from_utf8(body).map_err(|_| wrong("invalid_request", "the form is not UTF-8"))?;
    let mut fields: [Option<String>; N] = std::array::from_fn(|_| None);
    for (name, value) in owned_pairs(text) {
        if name == "scope" {
            let why = "a command that signs in acts as the person; leave scope out";
            return Err(wrong("invalid_scope", why));
        }
        let place = names.iter().position(|known| *known == name);
        match place.map(|place| &mut fields[place]) {
            Some(field @ None) => *field = Some(value),
            Some(Some(_)) => {
                return Err(wrong("invalid_request", &format!("{name} is given twice")));
            }
            // RFC 6749, 3.2: a parameter that is not known is ignored.
            None => {}
        }
    }
    if let Some(missing) = fields.iter().position(Option::is_none) {
        let why = format!("{} is missing from the form", names[missing]);
        return Err(wrong("invalid_request", &why));
    }
    Ok(fields.map(Option::unwrap_or_default))
}

fn wrong(error: &str, description: &str) -> Response {
    let body = OauthError { error: error.to_owned(), error_description: description.to_owned() };
    (StatusCode::BAD_REQUEST, unkept(Json(body))).into_response()
}

fn refused(refusal: &Refusal) -> Response {
    log(refusal);
    let mut answer = wrong("temporarily_unavailable", "try again in a while");
    let status = match refusal {
        Refusal::Throttled(seconds) => {
            answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(*seconds));
            StatusCode::TOO_MANY_REQUESTS
        }
        _ => StatusCode::SERVICE_UNAVAILABLE,
    };
    *answer.status_mut() = status;
    answer
}

/// RFC 6749, 5.1.
fn unkept(body: impl IntoResponse) -> Response {
    let mut answer = body.into_response();
    answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}
