//! Status badges, CCTray feeds of one project or branch, and short links: everything whose address
//! is `/gh/acme/web` with an ending.

mod letters;
mod picture;

use std::sync::Arc;

use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Redirect, Response};
use bytes::Bytes;
use percent_encoding::percent_decode_str;
use picture::{Picture, Style, picture};
use rondo_app::{Invalid, Refusal};
use rondo_domain::slug::BY_ID;
use rondo_domain::{Project, Vcs};
use rondo_wire::client::segment;

use crate::credential::pairs;
use crate::failure::ApiResult;
use crate::granted::Granted;
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

/// Whether a path, as it was sent, asks for a feed.
pub(crate) fn is_feed(path: &str) -> bool {
    let path = percent_decode_str(path).decode_utf8_lossy();
    matches!(wanted(&path).1, Wanted::Feed)
}

/// `GET /{vcs}/{org}/{repo}` with an ending.
pub(crate) async fn of_project(
    State(server): State<Arc<Server>>,
    granted: Granted,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    Path((_, _, repo)): Path<(String, String, String)>,
) -> ApiResult<Response> {
    answer(&server, &granted, query.as_deref(), &headers, wanted(&repo).1, None).await
}

/// `GET /{vcs}/{org}/{repo}/tree/{branch}` with an ending.
pub(crate) async fn of_branch(
    State(server): State<Arc<Server>>,
    granted: Granted,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    Path((_, _, _, branch)): Path<(String, String, String, String)>,
) -> ApiResult<Response> {
    let (branch, wanted) = wanted(&branch);
    answer(&server, &granted, query.as_deref(), &headers, wanted, Some(branch)).await
}

async fn answer(
    server: &Server,
    granted: &Granted,
    query: Option<&str>,
    headers: &HeaderMap,
    wanted: Wanted,
    branch: Option<&str>,
) -> ApiResult<Response> {
    let project = granted.project();
    match wanted {
        Wanted::Page => Ok(Redirect::to(&page(project, branch)).into_response()),
        Wanted::Feed => Ok(feed::of_project(server, granted, headers, branch).await?),
        Wanted::Badge => {
            let (style, all_states) = look(query).map_err(Refusal::Invalid)?;
            let standing = server.app.standing(project, branch).await?;
            let state = if all_states { standing.newest } else { standing.settled };
            Ok(image(picture(style, state), headers))
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
pub(crate) async fn redirect(Path(parts): Path<Vec<String>>) -> Redirect {
    let name: Vec<_> = parts.iter().take(3).map(|part| segment(part)).collect();
    let query = parts.get(3).map_or(String::new(), |branch| format!("?branch={}", segment(branch)));
    Redirect::to(&format!("/pipelines/{}{query}", name.join("/")))
}

/// `GET /{vcs}/{org}/{repo}/{number}`: the `build_url` of API v1.1 leads to the build's page, which
/// decides for itself who may see it.
pub(crate) async fn build_redirect(
    server: State<Arc<Server>>,
    headers: HeaderMap,
    uri: Uri,
    Path((vcs, org, repo, number)): Path<(String, String, String, String)>,
) -> Response {
    let by_id = vcs == BY_ID;
    if (!by_id && vcs.parse::<Vcs>().is_err()) || number.parse::<i64>().is_err() {
        return failure::no_such_route(server, headers, uri).await;
    }
    let name = [vcs, org, repo, number].map(|part| segment(&part));
    Redirect::to(&format!("/pipelines/{}", name.join("/"))).into_response()
}

/// What the query asks of a badge.
fn look(query: Option<&str>) -> Result<(Style, bool), Invalid> {
    let (mut style, mut all_states) = (Style::Plate, false);
    for (name, value) in pairs(query.unwrap_or_default()) {
        match (name.as_str(), value.as_str()) {
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

fn image(picture: &Picture, headers: &HeaderMap) -> Response {
    let body = match picture.etag.is_known(headers) {
        true => (StatusCode::NOT_MODIFIED, Bytes::new()),
        false => (StatusCode::OK, picture.svg.clone()),
    };
    let [kind, cache, policy] = const {
        [
            HeaderValue::from_static("image/svg+xml; charset=utf-8"),
            // Image proxies keep a copy and ask each time whether it is still true.
            HeaderValue::from_static("no-cache"),
            HeaderValue::from_static("default-src 'none'; style-src 'none'"),
        ]
    };
    let fixed = [
        (header::CONTENT_TYPE, kind),
        (header::ETAG, picture.etag.value()),
        (header::CACHE_CONTROL, cache),
        (header::CONTENT_SECURITY_POLICY, policy),
    ];
    (fixed, body).into_response()
}
