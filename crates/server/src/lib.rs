//! The HTTP edge: the one table of routes, the guard before each, and the JSON, HTML and SVG behind
//! them. Status codes are known in this crate only; SQL and policy are not known here at all.

mod alive;
mod artifact;
mod audit;
mod badge;
mod connections;
mod credential;
mod dress;
mod etag;
mod explain;
mod failure;
mod feed;
mod granted;
mod guard;
mod notation;
mod oauth;
mod operations;
mod pages;
mod peer;
mod request_id;
mod router;
mod routes;
mod runner_api;
mod told;
mod v1;
mod v2;
pub mod web;

use std::net::IpAddr;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use dress::Dress;
use guard::Gate;
use hyper::body::{Body as _, Incoming};
use notation::{Notation, in_v1};
use rondo_app::App;
use router::{Router, Way};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tower_http::timeout::TimeoutBody;

pub use audit::{audit_entry, moment};
pub use routes::{Face, Needs, RouteFacts, facts};
pub use v2::service::service_account;

/// What the handlers of a connection share. Each connection has its own, so that requests do not write
/// where those of other connections count who holds what: cores would take that memory from each other.
pub struct Server {
    app: Arc<App>,
    /// The secret word of the runner inside this process; it lives in memory only.
    runner_key: RunnerKey,
    /// Cookies are `Secure`: the server's address is https.
    secure: bool,
    stopping: watch::Receiver<bool>,
    request_ids: request_id::RequestIds,
    router: Arc<Router<Gate>>,
}

/// The secret that a runner shows. It has no `Debug` and no `Display`.
#[derive(Clone)]
pub struct RunnerKey(Arc<str>);

impl RunnerKey {
    /// Wraps the secret.
    pub fn new(secret: String) -> Self {
        Self(secret.into())
    }

    fn is(&self, shown: &str) -> bool {
        use subtle::ConstantTimeEq;
        shown.as_bytes().ct_eq(self.0.as_bytes()).into()
    }
}

/// Serves until `stopping` turns true; then what is under way ends within a few seconds.
pub async fn serve(
    app: Arc<App>,
    listener: TcpListener,
    runner_key: RunnerKey,
    stopping: watch::Receiver<bool>,
) {
    let secure = app.policy().url.starts_with("https://");
    let server = Server {
        app,
        runner_key,
        secure,
        stopping,
        request_ids: request_id::RequestIds::default(),
        router: Arc::new(router()),
    };
    connections::serve(listener, server).await;
}

/// The routes, each behind its guard.
fn router() -> Router<Gate> {
    let mut router = Router::new();
    for row in routes::table() {
        router.add(row.facts.method.clone(), row.facts.path, Gate::new(row));
    }
    // Else `/{vcs}/{org}/{repo}` would take these for projects.
    for programs in ["/api/{*rest}", "/runner/{*rest}"] {
        router.keep_clear(programs);
    }
    router
}

impl Server {
    /// The same for one more connection.
    fn of_another_connection(&self) -> Self {
        Self {
            app: Arc::clone(&self.app),
            runner_key: self.runner_key.clone(),
            secure: self.secure,
            stopping: self.stopping.clone(),
            request_ids: self.request_ids.of_another(),
            router: Arc::clone(&self.router),
        }
    }

    /// Answers a request that comes from there.
    async fn answer(self: &Arc<Self>, peer: IpAddr, request: hyper::Request<Incoming>) -> Response {
        let request = request.map(|body| match body.is_end_stream() {
            true => Body::empty(),
            // Whoever holds back the rest of it is not waited for.
            false => Body::new(TimeoutBody::new(self.app.policy().idle, body)),
        });
        let (method, path) = (request.method(), request.uri().path());
        // A branch would take the slash for a part of its name.
        let is_tidy = !path.ends_with('/') || failure::tidy(method, request.uri()).is_none();
        match self.router.find(method, path) {
            Way::To(gate, names) if is_tidy => gate.answer(self, request, (peer, names)).await,
            Way::OtherMethod(allow) => Box::pin(self.unrouted(request, Some(allow))).await,
            Way::To(..) | Way::Nowhere => Box::pin(self.unrouted(request, None)).await,
        }
    }

    /// The answer where no route is, or none but with these methods.
    async fn unrouted(&self, request: Request, allow: Option<String>) -> Response {
        let (parts, _) = request.into_parts();
        let mut answer = match allow {
            Some(allow) => failure::no_such_method(&parts, &allow),
            None => failure::no_such_route(self, &parts).await,
        };
        let path = parts.uri.path();
        if in_v1(path) {
            Notation::asked(&parts.headers).write(&mut answer).await;
        }
        let id = self.request_ids.of(&parts.headers);
        Dress::of_nothing(path).put_on(&mut answer, id);
        answer
    }
}
