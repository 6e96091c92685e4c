//! The fields of a form, taken only from a form of this server: a session's forms carry a word that
//! no other site can know.

use std::collections::HashMap;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::header;
use axum::response::Response;

use super::{refused, visit::Visit};
use crate::credential::owned_pairs;
use crate::granted::Call;
use crate::web::fault::Fault;
use crate::web::form::{CSRF, ONCE};

/// What somebody typed, by the names of fields. Of a repeated name the last counts.
pub(crate) struct Fields(HashMap<String, String>);

impl Fields {
    /// A line; empty if it was not sent.
    pub(super) fn take(&mut self, name: &str) -> String {
        self.0.remove(name).unwrap_or_default()
    }

    /// The word of the page that the form stood on.
    pub(super) fn once(&mut self) -> Option<String> {
        Some(self.take(ONCE)).filter(|word| !word.is_empty())
    }

    /// Several lines, with line ends as Unix has them; browsers send those of a mail.
    pub(super) fn take_lines(&mut self, name: &str) -> String {
        self.take(name).replace("\r\n", "\n")
    }
}

impl FromRequest<Call> for Fields {
    type Rejection = Response;

    async fn from_request(request: Request, call: &Call) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let Ok(visit) = Visit::from_request_parts(&mut parts, call).await;
        let fault = |fault| refused::page(&visit.chrome, fault);
        let kind = parts.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let is_form =
            kind.is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
        let body = Bytes::from_request(Request::from_parts(parts, body), call).await;
        let (true, Ok(body)) = (is_form, body) else { return Err(fault(Fault::BadRequest)) };
        let text = std::str::from_utf8(&body).map_err(|_| fault(Fault::BadRequest))?;
        let mut fields = Self(owned_pairs(text).collect());
        let word = fields.take(CSRF);
        match &visit.granted.session {
            Some(known) if !same(&word, &visit.server.app.form_word(&known.cookie)) => {
                Err(fault(Fault::StaleForm))
            }
            _ => Ok(fields),
        }
    }
}

fn same(shown: &str, expected: &str) -> bool {
    use subtle::ConstantTimeEq;
    shown.as_bytes().ct_eq(expected.as_bytes()).into()
}
