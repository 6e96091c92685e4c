//! The HTTP edge: the one table of routes, the guard before each, and the JSON, HTML and SVG behind
//! them. Status codes are known in this crate only; SQL and policy are not known here at all.

mod alive;
mod artifact;
mod audit;
mod badge;
mod connections;
mod credential;
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
mod routes;
mod runner_api;
mod told;
mod v1;
mod v2;
pub mod web;

use std::sync::Arc;

use axum::Router;
use axum::routing::any;
use rondo_app::App;
use tokio::net::TcpListener;
use tokio::sync::watch;

pub use audit::{audit_entry, moment};
pub use routes::{Face, Needs, RouteFacts, facts};
pub use v2::service::service_account;

/// What handlers share.
pub struct Server {
    app: Arc<App>,
    /// The secret word of the runner inside this process; it lives in memory only.
    runner_key: RunnerKey,
    /// Cookies are `Secure`: the server's address is https.
    secure: bool,
    stopping: watch::Receiver<bool>,
    request_ids: request_id::RequestIds,
    explainer: explain::Explainer,
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
    let server = Arc::new(Server {
        app,
        runner_key,
        secure,
        stopping: stopping.clone(),
        request_ids: request_id::RequestIds::default(),
        explainer: explain::Explainer::new(),
    });
    connections::serve(listener, router(&server), stopping).await;
}

fn router(server: &Arc<Server>) -> Router {
    let mut router = Router::new();
    for row in routes::table() {
        router = router.route(row.facts.path, guard::guarded(row, server));
    }
    // Else `/{vcs}/{org}/{repo}` would take these for projects.
    for programs in ["/api/{*rest}", "/runner/{*rest}"] {
        router = router.route(programs, any(failure::no_such_call));
    }
    router
        .method_not_allowed_fallback(failure::no_such_method)
        .fallback(failure::no_such_route)
        .with_state(Arc::clone(server))
}
