//! Status badges, CCTray feeds of one project or branch, and short links: everything whose address
//! is `/gh/acme/web` with an ending.

use std::sync::Arc;

use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Redirect, Response};
use maud::html;
use rondo_app::Refusal;
use rondo_domain::run::BadgeState;
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
    for (ending, wanted) in [(".svg", Wanted::Badge), (".cc.xml", Wanted::Feed)] {
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

/// The two looks that CircleCI knows (api-v1.1, 4.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Style {
    Svg,
    Shield,
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
        Wanted::Feed => Ok(feed::of_project(server, granted, branch).await?),
        Wanted::Badge => {
            let style = pairs(query.unwrap_or_default()).find(|(name, _)| name == "style");
            let style = match style.as_ref().map(|(_, value)| value.as_str()) {
                None | Some("svg" | "") => Style::Svg,
                Some("shield") => Style::Shield,
                Some(_) => {
                    let what = "style is svg or shield".to_owned();
                    return Err(Refusal::Invalid(rondo_app::Invalid::Request(what)).into());
                }
            };
            let state = server.app.badge(project, branch).await?;
            Ok(image(style, state, headers))
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
    if vcs.parse::<Vcs>().is_err() || number.parse::<i64>().is_err() {
        return failure::no_such_route(server, headers, uri).await;
    }
    let name = [vcs, org, repo, number].map(|part| segment(&part));
    Redirect::to(&format!("/pipelines/{}", name.join("/"))).into_response()
}

fn image(style: Style, state: BadgeState, headers: &HeaderMap) -> Response {
    let etag = format!("\"{style:?}-{state:?}-1\"");
    let fixed = [
        (header::CONTENT_TYPE, "image/svg+xml; charset=utf-8".to_owned()),
        (header::ETAG, etag.clone()),
        // Image proxies keep a copy and ask each time whether it is still true.
        (header::CACHE_CONTROL, "no-cache".to_owned()),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'none'".to_owned()),
    ];
    let known = headers.get(header::IF_NONE_MATCH).is_some_and(|known| known == etag.as_str());
    if known {
        return (StatusCode::NOT_MODIFIED, fixed).into_response();
    }
    let drawing = match style {
        Style::Svg => plate(state),
        Style::Shield => shield(state),
    };
    (fixed, drawing).into_response()
}

/// One plate with a sign and a word. Sizes and colours are those of api-v1.1, 4.2; the drawing is
/// our own.
fn plate(state: BadgeState) -> String {
    let (word, width, fill, ink, sign) = match state {
        BadgeState::Passing => ("PASSED", 66, "#229922", "#fff", "M6 9.5l2.5 2.5 5-6"),
        BadgeState::Failing => ("FAILED", 62, "#c13737", "#fff", "M6.5 6l6 6m0-6l-6 6"),
        BadgeState::NoBuilds => ("NO BUILDS", 78, "none", "#898989", "M6.5 9h6"),
    };
    html! {
        svg xmlns="http://www.w3.org/2000/svg" width=(width) height="18" role="img" aria-label=(word) {
            title { (word) }
            rect x="0.5" y="0.5" width=(width - 1) height="17" rx="3" fill=(fill) stroke=(if fill == "none" { ink } else { fill }) {}
            path d=(sign) fill="none" stroke=(ink) stroke-width="1.8" {}
            text x="18" y="13" fill=(ink) font-family="Helvetica,Arial,sans-serif" font-size="10" textLength=(width - 23) { (word) }
        }
    }
    .into_string()
}

/// Two halves, as shields are drawn.
fn shield(state: BadgeState) -> String {
    let (word, width, fill) = match state {
        BadgeState::Passing => ("passing", 102, "#4c1"),
        BadgeState::Failing => ("failing", 93, "#e05d44"),
        BadgeState::NoBuilds => ("no builds", 110, "#fe7d37"),
    };
    const SPLIT: i32 = 49;
    let label = format!("circleci: {word}");
    html! {
        svg xmlns="http://www.w3.org/2000/svg" width=(width) height="18" role="img" aria-label=(label) {
            title { (label) }
            rect width=(SPLIT) height="18" fill="#555" {}
            rect x=(SPLIT) width=(width - SPLIT) height="18" fill=(fill) {}
            g fill="#fff" font-family="Verdana,Geneva,sans-serif" font-size="11" {
                text x="5" y="13" textLength=(SPLIT - 10) { "circleci" }
                text x=(SPLIT + 5) y="13" textLength=(width - SPLIT - 10) { (word) }
            }
        }
    }
    .into_string()
}
