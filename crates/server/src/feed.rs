//! CCTray feeds: what desktop and phone monitors read (api-v1.1, 7.1).

use std::sync::Arc;

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use quick_xml::events::{BytesDecl, BytesStart, Event};
use quick_xml::writer::Writer;
use rondo_app::{BuildQuery, Refusal};
use rondo_domain::run::{Build, BuildFilter, JobStatus};
use rondo_domain::{Millis, Project};
use rondo_wire::client::segment;

use crate::Server;
use crate::failure::ApiResult;
use crate::granted::Granted;

/// `GET /cc.xml`: the default branches of the projects that the person follows.
pub(crate) async fn followed(
    State(server): State<Arc<Server>>,
    granted: Granted,
) -> ApiResult<Response> {
    let mut entries = Vec::new();
    for summary in server.app.projects(&granted.ctx).await?.into_iter().filter(|s| s.followed) {
        let mut granted = granted.clone();
        granted.ctx.access = server.app.access(&granted.ctx.who, Some(&summary.project));
        entries.extend(entry(&server, &granted, &summary.project, None).await?);
    }
    Ok(respond(&entries)?)
}

/// One project, or one branch of it.
pub(crate) async fn of_project(
    server: &Server,
    granted: &Granted,
    branch: Option<&str>,
) -> Result<Response, Refusal> {
    let entry = entry(server, granted, granted.project(), branch).await?;
    respond(entry.as_slice())
}

struct Entry {
    name: String,
    activity: &'static str,
    status: &'static str,
    label: String,
    time: String,
    url: String,
}

async fn entry(
    server: &Server,
    granted: &Granted,
    project: &Project,
    branch: Option<&str>,
) -> Result<Option<Entry>, Refusal> {
    let branch = branch.unwrap_or_else(|| project.default_branch.as_str());
    let query = |filter| BuildQuery {
        project: project.id,
        branch: Some(branch),
        filter,
        limit: 1,
        offset: 0,
    };
    let newest = server.app.builds(&granted.ctx, &query(None)).await?.builds.pop();
    let done = server.app.builds(&granted.ctx, &query(Some(BuildFilter::Completed))).await?;
    let Some(newest) = newest else { return Ok(None) };
    let done = done.builds.into_iter().next();
    let slug = &project.slug;
    Ok(Some(Entry {
        name: format!("{}/{}", slug.org(), slug.repo()),
        activity: if newest.job.status.ended() { "Sleeping" } else { "Building" },
        status: done.as_ref().map_or("Unknown", |build| last_status(build.job.status)),
        label: done.as_ref().and_then(number).unwrap_or_default(),
        time: done.as_ref().and_then(|build| build.job.stopped_at).map(time).unwrap_or_default(),
        url: format!("{}/{slug}/tree/{}", server.app.policy().url, segment(branch)),
    }))
}

fn number(build: &Build) -> Option<String> {
    build.job.number.map(|number| number.to_string())
}

fn last_status(status: JobStatus) -> &'static str {
    match status {
        JobStatus::Success => "Success",
        JobStatus::Canceled => "Canceled",
        JobStatus::InfrastructureFail => "Exception",
        JobStatus::Failed | JobStatus::Timedout => "Failure",
        JobStatus::Blocked | JobStatus::Queued | JobStatus::Running | JobStatus::NotRun => {
            "Unknown"
        }
    }
}

/// RFC 3339 in UTC with milliseconds, as API v1.1 writes times.
pub(crate) fn time(at: Millis) -> String {
    let stamp = Timestamp::from_millisecond(at.0).unwrap_or_default();
    stamp.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

fn respond(entries: &[Entry]) -> Result<Response, Refusal> {
    let xml = write(entries).map_err(|error| Refusal::Fault(error.to_string()))?;
    Ok(([(header::CONTENT_TYPE, "application/xml; charset=utf-8")], xml).into_response())
}

fn write(entries: &[Entry]) -> std::io::Result<Vec<u8>> {
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
