//! CCTray feeds: what desktop and phone monitors read (api-v1.1, 7.1).

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use jiff::fmt::temporal::DateTimePrinter;
use quick_xml::events::{BytesDecl, BytesStart, Event};
use quick_xml::writer::Writer;
use rondo_app::Refusal;
use rondo_domain::run::{BadgeState, LastPipeline};
use rondo_domain::{Millis, Project};
use rondo_wire::client::segment;

use crate::Server;
use crate::etag::Etag;
use crate::failure::ApiResult;
use crate::granted::{Granted, Head};

/// `GET /cc.xml`: the default branches of the projects that the person follows.
pub(crate) async fn followed(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
    head: Head,
) -> ApiResult<Response> {
    let mut entries = Vec::new();
    for followed in server.app.dashboard(&granted.ctx, false).await?.projects {
        let project = &followed.project;
        entries.extend(entry(&server, project, project.default_branch.as_str()).await?);
    }
    let mut answer = respond(write(&entries)?, &head.headers);
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(KIND));
    Ok(answer)
}

/// One project, or one branch of it.
pub(crate) async fn of_project(
    server: &Server,
    granted: &Granted,
    headers: &HeaderMap,
    branch: Option<&str>,
) -> Result<Response, Refusal> {
    let project = granted.project();
    // Before anything is read from the store.
    let derived = server.app.derived(project).await?;
    let branch = branch.unwrap_or_else(|| project.default_branch.as_str());
    let name = ["cc.xml of ", branch].concat();
    if let Some(xml) = derived.answer(&name) {
        return Ok(respond(xml, headers));
    }
    let entry = Box::pin(entry(server, project, branch)).await?;
    let xml = write(entry.as_slice())?;
    derived.keep_answer(&name, xml.clone());
    Ok(respond(xml, headers))
}

struct Entry {
    name: String,
    activity: &'static str,
    status: &'static str,
    label: String,
    time: String,
    url: String,
}

/// What monitors hear of a branch; nothing of one that was never built.
async fn entry(server: &Server, project: &Project, branch: &str) -> Result<Option<Entry>, Refusal> {
    let standing = server.app.standing(project, Some(branch)).await?;
    if standing.newest == BadgeState::NoBuilds {
        return Ok(None);
    }
    let (last, slug) = (standing.last, &project.slug);
    Ok(Some(Entry {
        name: format!("{}/{}", slug.org(), slug.repo()),
        activity: if standing.building { "Building" } else { "Sleeping" },
        status: last.map_or("Unknown", last_status),
        label: last.and_then(|last| last.number).map_or(String::new(), |n| n.to_string()),
        time: last.and_then(|last| last.ended_at).map(time).unwrap_or_default(),
        url: format!("{}/{slug}/tree/{}", server.app.policy().url, segment(branch)),
    }))
}

fn last_status(last: LastPipeline) -> &'static str {
    match BadgeState::of(Some(last.outcome)) {
        BadgeState::Passing => "Success",
        BadgeState::Failing if last.infrastructure => "Exception",
        BadgeState::Failing => "Failure",
        BadgeState::Canceled => "Canceled",
        BadgeState::Running | BadgeState::NoBuilds => "Unknown",
    }
}

/// RFC 3339 in UTC with milliseconds, as API v1.1 writes times.
pub(crate) fn time(at: Millis) -> String {
    const PRINTER: DateTimePrinter = DateTimePrinter::new().precision(Some(3));
    PRINTER.timestamp_to_string(&Timestamp::from_millisecond(at.0).unwrap_or_default())
}

/// What feeds have; those of a project have it from their route.
pub(crate) const DRESS: [(HeaderName, &str); 2] =
    [(header::ETAG, ""), (header::CONTENT_TYPE, KIND)];
const KIND: &str = "application/xml; charset=utf-8";

fn respond(xml: Bytes, headers: &HeaderMap) -> Response {
    let etag = Etag::of(&xml);
    // Monitors ask every few seconds, and mostly nothing has changed.
    let mut answer = match etag.is_known(headers) {
        true => StatusCode::NOT_MODIFIED.into_response(),
        false => Response::new(xml.into()),
    };
    answer.headers_mut().insert(header::ETAG, etag.value());
    answer
}

fn write(entries: &[Entry]) -> Result<Bytes, Refusal> {
    let xml = document(entries).map_err(|error| Refusal::Fault(error.to_string()))?;
    Ok(Bytes::from(xml))
}

fn document(entries: &[Entry]) -> std::io::Result<Vec<u8>> {
    let mut writer = Writer::new(Vec::new());
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let projects = writer.create_element("Projects");
    projects.write_inner_content(|writer| {
        for entry in entries {
            let mut element = BytesStart::new("Project");
            for (name, value) in [
                ("name", entry.name.as_str()),
                ("activity", entry.activity),
                ("lastBuildStatus", entry.status),
                ("lastBuildLabel", entry.label.as_str()),
                ("lastBuildTime", entry.time.as_str()),
                ("webUrl", entry.url.as_str()),
            ] {
                element.push_attribute((name, value));
            }
            writer.write_event(Event::Empty(element))?;
        }
        Ok(())
    })?;
    Ok(writer.into_inner())
}
