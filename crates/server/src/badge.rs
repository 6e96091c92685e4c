//! Status badges, CCTray feeds of one project or branch, and short links: everything whose address
//! is `/gh/acme/web` with an ending.

mod letters;
mod picture;

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use picture::{Picture, Style, picture};
use rondo_app::{Invalid, Refusal};
use rondo_domain::slug::BY_ID;
use rondo_domain::{Project, Vcs};
use rondo_wire::client::segment;

use crate::credential::pairs;
use crate::failure::ApiResult;
use crate::granted::{Granted, Head};
use crate::router::Names;
use crate::{Server, failure, feed};

/// What an address ends in.
enum Wanted {
    Badge,
    Feed,
    Page,
}

fn wanted(name: &str) -> (&str, Wanted) {
    // The oldest badges were `.png`: their addresses show the same drawing, whose type says what it is.
    let endings = [(".svg", Wanted::Badge), (".png", Wanted::Badge), (".cc.xml", Wanted::Feed)];
    for (ending, wanted) in endings {
        if let Some(stem) = name.strip_suffix(ending) {
            return (stem, wanted);
        }
    }
    (name, Wanted::Page)
}

/// The name without the ending that says what is wanted of it.
pub(crate) fn stem(name: &str) -> &str {
    wanted(name).0
}

/// Whether a path with these parts asks for a feed.
pub(crate) fn is_feed(names: &Names) -> bool {
    names.last().is_some_and(|name| matches!(wanted(name).1, Wanted::Feed))
}

/// `GET /{vcs}/{org}/{repo}` with an ending.
pub(crate) async fn of_project(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
    head: Head,
) -> ApiResult<Response> {
    answer(&server, &granted, &head, wanted(granted.name("repo")).1, None).await
}

/// `GET /{vcs}/{org}/{repo}/tree/{branch}` with an ending.
pub(crate) async fn of_branch(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
    head: Head,
) -> ApiResult<Response> {
    let (branch, wanted) = wanted(granted.name("branch"));
    answer(&server, &granted, &head, wanted, Some(branch)).await
}

async fn answer(
    server: &Server,
    granted: &Granted,
    head: &Head,
    wanted: Wanted,
    branch: Option<&str>,
) -> ApiResult<Response> {
    let project = granted.project();
    match wanted {
        Wanted::Page => Ok(Redirect::to(&page(project, branch)).into_response()),
        Wanted::Feed => Ok(feed::of_project(server, granted, &head.headers, branch).await?),
        Wanted::Badge => {
            let (style, all_states) = look(head.uri.query()).map_err(Refusal::Invalid)?;
            let standing = server.app.standing(project, branch).await?;
            let state = if all_states { standing.newest } else { standing.settled };
            Ok(image(picture(style, state), &head.headers))
        }
    }
}

fn page(project: &Project, branch: Option<&str>) -> String {
    let query = branch.map_or(String::new(), |branch| format!("?branch={}", segment(branch)));
    let slug = &project.slug;
    let (org, repo) = (segment(slug.org()), segment(slug.repo()));
    format!("/pipelines/{}/{org}/{repo}{query}", slug.vcs.short())
}

/// `GET /status-badge/redirect/…`: where a click on a badge goes. It tells nothing: the page that it
/// leads to decides for itself.
pub(crate) async fn redirect(granted: Arc<Granted>) -> Redirect {
    let name: Vec<_> = granted.names.iter().take(3).map(segment).collect();
    let query = granted
        .names
        .get("branch")
        .map_or(String::new(), |branch| format!("?branch={}", segment(branch)));
    Redirect::to(&format!("/pipelines/{}{query}", name.join("/")))
}

/// `GET /{vcs}/{org}/{repo}/{number}`: the `build_url` of API v1.1 leads to the build's page, which
/// decides for itself who may see it.
pub(crate) async fn build_redirect(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
    request: Parts,
) -> Response {
    let vcs = granted.name("vcs");
    let is_named = vcs == BY_ID || vcs.parse::<Vcs>().is_ok();
    if !is_named || granted.name("number").parse::<i64>().is_err() {
        return failure::no_such_route(&server, &request).await;
    }
    let name: Vec<_> = granted.names.iter().map(segment).collect();
    Redirect::to(&format!("/pipelines/{}", name.join("/"))).into_response()
}

/// What the query asks of a badge.
fn look(query: Option<&str>) -> Result<(Style, bool), Invalid> {
    let (mut style, mut all_states) = (Style::Plate, false);
    for (name, value) in pairs(query.unwrap_or_default()) {
        match (&*name, &*value) {
            // `badge` is the word of the oldest addresses.
            ("style", "" | "svg" | "badge") => style = Style::Plate,
            ("style", "shield") => style = Style::Shield,
            ("style", _) => return Err(Invalid::Request("style is svg or shield".to_owned())),
            ("states", "") => {}
            ("states", "all") => all_states = true,
            ("states", _) => {
                let what = "states is all: running and canceled have pictures too; leave it out for CircleCI's three states";
                return Err(Invalid::Request(what.to_owned()));
            }
            _ => {}
        }
    }
    Ok((style, all_states))
}

/// What pictures have. What else is at their addresses says otherwise.
pub(crate) const DRESS: [(HeaderName, &str); 4] = [
    (header::ETAG, ""),
    (header::CONTENT_TYPE, "image/svg+xml; charset=utf-8"),
    // Image proxies keep a copy and ask each time whether it is still true.
    (header::CACHE_CONTROL, "no-cache"),
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'none'; frame-ancestors 'none'",
    ),
];

fn image(picture: &Picture, headers: &HeaderMap) -> Response {
    let (status, body) = match picture.etag.is_known(headers) {
        true => (StatusCode::NOT_MODIFIED, Body::empty()),
        false => (StatusCode::OK, picture.svg.clone().into()),
    };
    let mut answer = Response::new(body);
    *answer.status_mut() = status;
    answer.headers_mut().insert(header::ETAG, picture.etag.value());
    answer
}
