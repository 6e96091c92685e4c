//! The small typed client: what `rondo token`, `rondo project` and the runner send requests with.
//! The only file here that touches a socket. A credential has no `Debug` and no `Display`.

use std::time::Duration;

use bytes::Bytes;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use reqwest::{Method, RequestBuilder, StatusCode};
use serde::{Serialize, de::DeserializeOwned};

use crate::failure::Failure;
use crate::oauth::OauthError;
use crate::runner::LEASE_HEADER;

/// Everything that must be escaped inside one segment of a path or one value of a query.
const SEGMENT: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'&')
    .add(b'+')
    .add(b'/')
    .add(b'<')
    .add(b'=')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// Says how many whole days the token of a request still lives, where its end is near.
pub const DAYS_LEFT_HEADER: &str = "x-rondo-token-expires-in-days";

/// Percent-encodes one segment of a path, or one value of a query.
pub fn segment(text: &str) -> String {
    utf8_percent_encode(text, SEGMENT).to_string()
}

/// What is shown with each request: a token, or a page's session.
#[derive(Clone)]
pub struct Credential(Shown);

#[derive(Clone)]
enum Shown {
    Bearer(String),
    Cookie(String),
}

impl Credential {
    /// A token or key, sent as `Authorization: Bearer`.
    pub fn new(value: String) -> Self {
        Self(Shown::Bearer(value))
    }
}

/// Why a call did not succeed.
#[derive(Debug)]
pub enum CallError {
    /// The server was not reached, or the answer broke off.
    Unreachable(String),
    /// The server refused.
    Refused(StatusCode, Failure),
    /// The server's answer was not what the protocol says.
    Unreadable(String),
}

impl CallError {
    /// Whether the server knows nothing of the credential, or no longer.
    pub fn is_unauthenticated(&self) -> bool {
        matches!(self, Self::Refused(StatusCode::UNAUTHORIZED, _))
    }
}

impl std::fmt::Display for CallError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unreachable(why) => write!(f, "the server was not reached: {why}"),
            Self::Refused(status, failure) => {
                write!(f, "{} ({})", failure.message, status.as_u16())?;
                match &failure.reason {
                    Some(reason) => write!(f, ": {reason}"),
                    None => Ok(()),
                }
            }
            Self::Unreadable(why) => write!(f, "the server's answer cannot be read: {why}"),
        }
    }
}

impl std::error::Error for CallError {}

/// A server at an address, and what to show it.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base: String,
    credential: Option<Credential>,
    tell: Option<fn(i64)>,
}

impl Client {
    /// A client for the server at `base` (such as `http://127.0.0.1:8080`).
    ///
    /// # Errors
    /// If `base` is no `http` or `https` address, or the HTTP machinery cannot start.
    pub fn new(base: &str, credential: Option<Credential>) -> Result<Self, CallError> {
        if !base.starts_with("http://") && !base.starts_with("https://") {
            return Err(CallError::Unreachable(format!(
                "{base:?} is no address of a server; it begins with http:// or https://"
            )));
        }
        // A second installation is refused, which is fine: the first one is the same provider.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .connect_timeout(Duration::from_secs(10))
            .redirect(reqwest::redirect::Policy::none())
            // So that a token's page says which program used it.
            .user_agent(concat!("rondo/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|e| CallError::Unreachable(describe(e)))?;
        Ok(Self { http, base: base.trim_end_matches('/').to_owned(), credential, tell: None })
    }

    /// The same, telling how many days the token still lives where an answer says that its end is near.
    #[must_use]
    pub fn telling_days_left(self, tell: fn(i64)) -> Self {
        Self { tell: Some(tell), ..self }
    }

    async fn send(&self, request: RequestBuilder) -> Result<reqwest::Response, reqwest::Error> {
        let answer = request.send().await?;
        if let Some(tell) = self.tell {
            let left = answer.headers().get(DAYS_LEFT_HEADER).and_then(|left| left.to_str().ok());
            left.and_then(|left| left.parse().ok()).into_iter().for_each(tell);
        }
        Ok(answer)
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self
            .http
            .request(method, format!("{}{path}", self.base))
            .header("accept", "application/json");
        match &self.credential {
            Some(Credential(Shown::Bearer(value))) => request.bearer_auth(value),
            // The server takes a session's changes from its own origin only.
            Some(Credential(Shown::Cookie(value))) => {
                request.header("cookie", value).header("origin", &self.base)
            }
            None => request,
        }
    }

    /// Signs a person in as the page does: a client that shows the new session.
    ///
    /// # Errors
    /// See [`CallError`]; a wrong name or password is a refusal.
    pub async fn sign_in(&self, name: &str, password: &str) -> Result<Self, CallError> {
        let request = self
            .request(Method::POST, "/login")
            .header("origin", &self.base)
            .form(&[("name", name), ("password", password)]);
        let answer = request.send().await.map_err(|e| CallError::Unreachable(describe(e)))?;
        let cookies = answer.headers().get_all("set-cookie").into_iter();
        let session = cookies
            .filter_map(|cookie| cookie.to_str().ok()?.split(';').next())
            .find(|cookie| cookie.contains("rondo-session="));
        match session {
            Some(session) => {
                let credential = Some(Credential(Shown::Cookie(session.to_owned())));
                Ok(Self { credential, ..self.clone() })
            }
            None => Err(CallError::Unreadable("the sign-in began no session".to_owned())),
        }
    }

    /// `GET path`, read as JSON.
    ///
    /// # Errors
    /// See [`CallError`].
    pub async fn get<A: DeserializeOwned>(&self, path: &str) -> Result<A, CallError> {
        read(accepted(self.send(self.request(Method::GET, path)).await).await?).await
    }

    /// `DELETE path`, read as JSON.
    ///
    /// # Errors
    /// See [`CallError`].
    pub async fn delete<A: DeserializeOwned>(&self, path: &str) -> Result<A, CallError> {
        read(accepted(self.send(self.request(Method::DELETE, path)).await).await?).await
    }

    /// `DELETE path` with a JSON body, read as JSON.
    ///
    /// # Errors
    /// See [`CallError`].
    pub async fn delete_with<B: Serialize + Sync + ?Sized, A: DeserializeOwned>(
        &self,
        path: &str,
        body: &B,
    ) -> Result<A, CallError> {
        read(accepted(self.send(self.request(Method::DELETE, path).json(body)).await).await?).await
    }

    /// [`Self::post`] of what must not be done twice: if the answer is lost, it is asked for once more with
    /// the same key, by which the server knows that it is the same request.
    ///
    /// # Errors
    /// See [`CallError`].
    pub async fn post_with_key<B: Serialize + Sync + ?Sized, A: DeserializeOwned>(
        &self,
        path: &str,
        body: &B,
        key: &str,
    ) -> Result<A, CallError> {
        let send =
            || self.request(Method::POST, path).header("idempotency-key", key).json(body).send();
        match send().await {
            Ok(answer) => read(accepted(Ok(answer)).await?).await,
            Err(_) => read(accepted(send().await).await?).await,
        }
    }

    /// `POST path` with a JSON body, read as JSON.
    ///
    /// # Errors
    /// See [`CallError`].
    pub async fn post<B: Serialize + Sync + ?Sized, A: DeserializeOwned>(
        &self,
        path: &str,
        body: &B,
    ) -> Result<A, CallError> {
        read(accepted(self.send(self.request(Method::POST, path).json(body)).await).await?).await
    }

    /// `PUT path` with a JSON body, read as JSON.
    ///
    /// # Errors
    /// See [`CallError`].
    pub async fn put<B: Serialize + Sync + ?Sized, A: DeserializeOwned>(
        &self,
        path: &str,
        body: &B,
    ) -> Result<A, CallError> {
        read(accepted(self.send(self.request(Method::PUT, path).json(body)).await).await?).await
    }

    /// `POST path` with a form, read as JSON; inside, OAuth's own errors.
    ///
    /// # Errors
    /// See [`CallError`].
    pub async fn submit<A: DeserializeOwned>(
        &self,
        path: &str,
        fields: &[(&str, &str)],
    ) -> Result<Result<A, OauthError>, CallError> {
        let sent = self.send(self.request(Method::POST, path).form(fields)).await;
        let answer = sent.map_err(|e| CallError::Unreachable(describe(e)))?;
        match answer.status() {
            StatusCode::BAD_REQUEST => read(answer).await.map(Err),
            _ => read(accepted(Ok(answer)).await?).await.map(Ok),
        }
    }

    /// `GET path` as a stream of bytes (an artifact, for instance).
    ///
    /// # Errors
    /// See [`CallError`].
    pub async fn download(&self, path: &str) -> Result<reqwest::Response, CallError> {
        accepted(self.send(self.request(Method::GET, path)).await).await
    }

    /// `GET path` as a stream of bytes, from a place on where the server still has the bytes of this
    /// strong tag (a place, and the tag without its quotes); and the place that the answer begins at,
    /// which is 0 where the server begins anew.
    ///
    /// # Errors
    /// See [`CallError`]; [`CallError::Unreadable`] if the answer begins at another place.
    pub async fn download_from(
        &self,
        path: &str,
        from: Option<(u64, &str)>,
    ) -> Result<(reqwest::Response, u64), CallError> {
        let mut request = self.request(Method::GET, path);
        if let Some((place, tag)) = from.filter(|(place, _)| *place > 0) {
            request = request.header("range", format!("bytes={place}-"));
            request = request.header("if-range", format!("\"{tag}\""));
        }
        let answer = accepted(self.send(request).await).await?;
        if answer.status() != StatusCode::PARTIAL_CONTENT {
            return Ok((answer, 0));
        }
        let place = from.map_or(0, |(place, _)| place);
        let range = answer.headers().get("content-range").and_then(|range| range.to_str().ok());
        match range.is_some_and(|range| range.starts_with(&format!("bytes {place}-"))) {
            true => Ok((answer, place)),
            false => Err(CallError::Unreadable("it is another part than was asked for".to_owned())),
        }
    }

    /// The path of an address on this client's own server; none if it leads elsewhere.
    pub fn path_of(&self, url: &str) -> Option<String> {
        url.strip_prefix(&self.base).filter(|path| path.starts_with('/')).map(str::to_owned)
    }

    /// `GET path`, read as text.
    ///
    /// # Errors
    /// See [`CallError`].
    pub async fn text(&self, path: &str) -> Result<String, CallError> {
        let answer = self.download(path).await?;
        answer.text().await.map_err(|e| CallError::Unreachable(describe(e)))
    }

    /// A report of a runner under a lease, with a JSON body.
    ///
    /// # Errors
    /// See [`CallError`]; a lease that is gone is a refusal with status 409.
    pub async fn report<B: Serialize + Sync + ?Sized>(
        &self,
        path: &str,
        lease: &str,
        body: &B,
    ) -> Result<(), CallError> {
        let request = self.request(Method::POST, path).header(LEASE_HEADER, lease).json(body);
        accepted(self.send(request).await).await.map(drop)
    }

    /// A renewal of a lease.
    ///
    /// # Errors
    /// See [`CallError`]; a lease that is gone is a refusal with status 409.
    pub async fn renew(
        &self,
        path: &str,
        lease: &str,
    ) -> Result<crate::runner::Renewed, CallError> {
        let request = self
            .request(Method::POST, path)
            .header(LEASE_HEADER, lease)
            .timeout(Duration::from_secs(10));
        read(accepted(self.send(request).await).await?).await
    }

    /// Bytes of a step's output under a lease.
    ///
    /// # Errors
    /// See [`CallError`].
    pub async fn upload(&self, path: &str, lease: &str, bytes: Bytes) -> Result<(), CallError> {
        let request = self.request(Method::POST, path).header(LEASE_HEADER, lease).body(bytes);
        accepted(self.send(request).await).await.map(drop)
    }

    /// A stream of `length` bytes (an artifact) under a lease.
    ///
    /// # Errors
    /// See [`CallError`].
    pub async fn upload_stream(
        &self,
        path: &str,
        lease: &str,
        length: u64,
        body: reqwest::Body,
    ) -> Result<(), CallError> {
        let request = self
            .request(Method::POST, path)
            .header(LEASE_HEADER, lease)
            .header("content-length", length)
            .body(body);
        accepted(self.send(request).await).await.map(drop)
    }

    /// Asks for work; `None` if there is none.
    ///
    /// # Errors
    /// See [`CallError`].
    pub async fn claim(
        &self,
        claim: &crate::runner::Claim,
    ) -> Result<Option<crate::runner::Work>, CallError> {
        let request = self.request(Method::POST, "/runner/v1/claim").json(claim);
        let answer = accepted(self.send(request).await).await?;
        match answer.status() {
            StatusCode::NO_CONTENT => Ok(None),
            _ => read(answer).await.map(Some),
        }
    }
}

async fn accepted(
    sent: Result<reqwest::Response, reqwest::Error>,
) -> Result<reqwest::Response, CallError> {
    let answer = sent.map_err(|e| CallError::Unreachable(describe(e)))?;
    let status = answer.status();
    if status.is_success() {
        return Ok(answer);
    }
    let text = answer.text().await.unwrap_or_default();
    let failure = serde_json::from_str(&text).unwrap_or_else(|_| Failure {
        message: format!("the server answered {status}"),
        code: String::new(),
        reason: None,
    });
    Err(CallError::Refused(status, failure))
}

async fn read<A: DeserializeOwned>(answer: reqwest::Response) -> Result<A, CallError> {
    let bytes = answer.bytes().await.map_err(|e| CallError::Unreachable(describe(e)))?;
    serde_json::from_slice(&bytes).map_err(|e| CallError::Unreadable(e.to_string()))
}

/// The innermost cause, without the URL: a query string may hold what must not be shown.
pub(crate) fn describe(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut cause: &dyn std::error::Error = &error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}
