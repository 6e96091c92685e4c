//! Triggering one job or a pipeline, running a build again, cancelling.

use std::sync::Arc;

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use rondo_app::{Invalid, Refusal, Trigger};
use rondo_domain::run::GitRef;
use rondo_domain::variable::BuildParameters;
use rondo_wire::v1;

use super::build::{named, shown};
use super::fields::Fields;
use super::shape::{self, Created, created};
use crate::Server;
use crate::failure::ApiResult;
use crate::granted::{Granted, Sent};

/// The job that is run where none is named (api-v1.1, 6.1).
const DEFAULT_JOB: &str = "build";

/// `POST …/{repo}`: one job on the default branch, or of a tag.
pub(crate) async fn job(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    Sent(body): Sent,
) -> ApiResult<Created<Response>> {
    let fields = Fields::read(
        &headers,
        query.as_deref(),
        &body,
        &["revision", "tag", "parallel", "job", "branch"],
    )?;
    Ok(one_job(&server, &granted, fields, None).await?)
}

/// `POST …/{repo}/tree/{branch}`: one job on a branch.
pub(crate) async fn job_on_branch(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    Sent(body): Sent,
) -> ApiResult<Created<Response>> {
    let fields = Fields::read(&headers, query.as_deref(), &body, &["revision", "parallel", "job"])?;
    let branch = GitRef::Branch(granted.name("branch").parse()?);
    Ok(one_job(&server, &granted, fields, Some(branch)).await?)
}

async fn one_job(
    server: &Server,
    granted: &Granted,
    mut fields: Fields,
    branch: Option<GitRef>,
) -> Result<Created<Response>, Refusal> {
    if fields.single.remove("parallel").is_some_and(|copies| copies != "1") {
        return Err(super::body::wrong("parallel is 1: jobs do not run in several copies yet"));
    }
    let trigger = Trigger {
        git_ref: branch.or(git_ref(&mut fields)?),
        revision: revision(&mut fields)?,
        only_job: None,
        parameters: BuildParameters::new(fields.parameters)?,
    };
    let named = trigger.parameters.get("CIRCLE_JOB").map(str::to_owned);
    let name = named.or_else(|| fields.single.remove("job"));
    let name = name.unwrap_or_else(|| DEFAULT_JOB.to_owned());
    if name.is_empty() || name.len() > 200 || name.chars().any(char::is_control) {
        return Err(super::body::wrong("CIRCLE_JOB is the name of a job of the configuration"));
    }
    // CircleCI shows the job among the parameters even where nobody sent it.
    let mut parameters: Vec<_> =
        trigger.parameters.iter().map(|(n, v)| (n.to_owned(), v.to_owned())).collect();
    parameters.push(("CIRCLE_JOB".to_owned(), name.clone()));
    let parameters = BuildParameters::new(parameters)?;
    let trigger = Trigger { only_job: Some(name), parameters, ..trigger };
    let project = granted.project();
    let (_, build) = server.app.trigger(&granted.ctx, project, trigger).await?;
    let build = build.ok_or_else(|| Refusal::Fault("a single job without a build".to_owned()))?;
    let number = build.job.number.unwrap_or_default().to_string();
    let address = shape::address(&server.app, project, &number);
    Ok(created(address, shown(server, granted, build).await?))
}

/// `POST …/{repo}/build`: all workflows of a commit.
pub(crate) async fn pipeline(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    Sent(body): Sent,
) -> ApiResult<Json<v1::PipelineCreated>> {
    let mut fields =
        Fields::read(&headers, query.as_deref(), &body, &["revision", "tag", "branch"])?;
    if !fields.parameters.is_empty() {
        let what = "build_parameters go with a single job, not with a pipeline";
        return Err(super::body::wrong(what).into());
    }
    let trigger = Trigger {
        git_ref: git_ref(&mut fields)?,
        revision: revision(&mut fields)?,
        ..Trigger::default()
    };
    server.app.trigger(&granted.ctx, granted.project(), trigger).await?;
    Ok(Json(v1::PipelineCreated { status: 200, body: "Build created".to_owned() }))
}

fn git_ref(fields: &mut Fields) -> Result<Option<GitRef>, Refusal> {
    match (fields.single.remove("branch"), fields.single.remove("tag")) {
        (Some(_), Some(_)) => Err(Refusal::Invalid(Invalid::Both("branch", "tag"))),
        (Some(branch), None) => Ok(Some(GitRef::Branch(branch.parse()?))),
        (None, Some(_)) if fields.single.contains_key("revision") => {
            Err(Refusal::Invalid(Invalid::Both("revision", "tag")))
        }
        (None, Some(tag)) => Ok(Some(GitRef::Tag(tag.parse()?))),
        (None, None) => Ok(None),
    }
}

fn revision(fields: &mut Fields) -> Result<Option<rondo_domain::name::Revision>, Refusal> {
    Ok(fields.single.remove("revision").map(|text| text.parse()).transpose()?)
}

pub(crate) async fn retry(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
) -> ApiResult<Response> {
    let build = named(&server, &granted).await?;
    let project = granted.project();
    let again = server.app.retry(&granted.ctx, project, &build).await?;
    Ok(shown(&server, &granted, again).await?)
}

pub(crate) async fn cancel(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
) -> ApiResult<Response> {
    let build = named(&server, &granted).await?;
    let project = granted.project();
    let canceled = server.app.cancel(&granted.ctx, project, &build).await?;
    Ok(shown(&server, &granted, canceled).await?)
}
