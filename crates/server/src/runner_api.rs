//! The runner protocol: `wire::runner` to use-cases.

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;
use rondo_app::{JobWork, Refusal, SshAccess, Task};
use rondo_domain::limits::{
    ARTIFACT_BYTES, JOB_DISK_BYTES, JOB_MEMORY_BYTES, JOB_PROCESSES, JOB_TIME, LEASE_RHYTHM,
    STEP_OUTPUT_BYTES,
};
use rondo_domain::run::{Commit, Outcome, Pipeline, Step, StepStatus, Test};
use rondo_domain::{Millis, Project, PublicHalf, SecretValue};
use rondo_wire::runner as wire;

use crate::Server;
use crate::credential::pairs;
use crate::failure::ApiResult;
use crate::granted::Granted;

fn id<T: FromStr>(granted: &Granted, name: &str) -> Result<T, Refusal> {
    granted.name(name).parse().map_err(|_| Refusal::Missing("work", String::new()))
}

fn lease(headers: &HeaderMap) -> Result<&str, Refusal> {
    let lease = headers.get(wire::LEASE_HEADER).and_then(|lease| lease.to_str().ok());
    lease.ok_or(Refusal::LeaseGone)
}

pub(crate) async fn claim(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
    Json(claim): Json<wire::Claim>,
) -> ApiResult<Response> {
    let wait = Duration::from_millis(claim.wait_ms.min(30_000));
    let mut stopping = server.stopping.clone();
    let claimed = tokio::select! {
        claimed = server.app.claim(&granted.ctx, &claim.runner, wait) => claimed?,
        _ = stopping.wait_for(|stop| *stop) => None,
    };
    let Some(work) = claimed else { return Ok(StatusCode::NO_CONTENT.into_response()) };
    let task = match work.task {
        Task::Fetch(work) => wire::Task::Fetch(wire::Fetch {
            pipeline: work.pipeline.id.to_string(),
            source: source(&work.project, &work.pipeline),
            ssh: ssh(&work.ssh, &work.project),
        }),
        Task::Job(work) => wire::Task::Job(Box::new(job(*work)?)),
    };
    let work = wire::Work { lease: work.lease, lease_ms: LEASE_RHYTHM, task };
    Ok(Json(work).into_response())
}

fn source(project: &Project, pipeline: &Pipeline) -> wire::Source {
    let fetched = pipeline.commit.as_ref().map(|commit| &commit.revision);
    wire::Source {
        git_url: project.git_url.to_string(),
        branch: pipeline.git_ref.branch().map(str::to_owned),
        tag: pipeline.git_ref.tag().map(str::to_owned),
        revision: fetched.or(pipeline.wanted.as_ref()).map(|one| one.as_str().to_owned()),
    }
}

fn ssh(access: &SshAccess, project: &Project) -> Option<Box<wire::Ssh>> {
    // The runner that holds the lease is the one reader of private halves.
    let key = |hostname: &str, public: &PublicHalf, private: &SecretValue| wire::SshKey {
        hostname: hostname.to_owned(),
        fingerprints: [public.sha256.clone(), public.md5.clone()],
        public_key: public.line.clone(),
        private_key: private.expose().to_owned(),
    };
    let own = project.git_url.ssh_host();
    let own = own.as_ref().map_or("", |host| host.name());
    let checkout = access.checkout.as_ref().map(|(public, private)| key(own, public, private));
    let keys = access.keys.iter();
    let hosts = access.hosts.iter().map(|known| wire::HostKey {
        host: known.host.to_string(),
        public_key: known.public.line.clone(),
        fingerprint: known.public.sha256.clone(),
    });
    let ssh = wire::Ssh {
        checkout,
        keys: keys.map(|(ssh, private)| key(ssh.hostname.as_str(), &ssh.public, private)).collect(),
        hosts: hosts.collect(),
    };
    (!access.is_empty()).then(|| Box::new(ssh))
}

/// The compiler says which parts of a plan do not run yet, and a pipeline with one of them was refused.
/// Should one come here all the same, it is refused again rather than left out.
fn job(work: JobWork) -> Result<wire::Job, Refusal> {
    let number = work.job.number.unwrap_or_default();
    let slug = &work.project.slug;
    let steps = work.plan.steps.into_iter().map(|planned| step(planned, &work.ssh));
    let steps: Result<Vec<wire::Step>, Refusal> = steps.collect();
    Ok(wire::Job {
        id: work.job.id.to_string(),
        title: format!("{}/{}#{number} {}", slug.org(), slug.repo(), work.job.name),
        attempt: work.job.attempt,
        source: source(&work.project, &work.pipeline),
        ssh: ssh(&work.ssh, &work.project),
        executor: match work.plan.executor {
            rondo_app::plan::Executor::Docker { image, .. } => wire::Executor::Docker { image },
            rondo_app::plan::Executor::Machine { image, .. } => wire::Executor::Machine { image },
            rondo_app::plan::Executor::Macos { .. } => return Err(unbuilt("macos")),
            rondo_app::plan::Executor::Nowhere => return Err(unbuilt("a job without steps")),
        },
        working_directory: work.plan.working_directory,
        shell: work.plan.shell,
        environment: work.environment,
        // The runner that holds the lease is the one reader of values.
        secrets: work.secrets.iter().map(|value| value.expose().to_owned()).collect(),
        steps: steps?,
        limits: wire::Limits {
            time_ms: JOB_TIME,
            output_bytes: STEP_OUTPUT_BYTES,
            artifact_bytes: ARTIFACT_BYTES,
            disk_bytes: JOB_DISK_BYTES,
            memory_bytes: JOB_MEMORY_BYTES,
            processes: JOB_PROCESSES,
        },
    })
}

fn unbuilt(what: &str) -> Refusal {
    Refusal::Fault(format!("a plan with {what} reached a runner"))
}

fn step(step: rondo_app::plan::Step, access: &SshAccess) -> Result<wire::Step, Refusal> {
    use rondo_app::plan::{Step as Planned, When};
    Ok(match step {
        Planned::Run(run) => wire::Step::Run {
            name: run.name,
            command: run.command,
            shell: run.shell,
            environment: run.environment,
            working_directory: run.working_directory,
            background: run.background,
            when: match run.when {
                When::OnSuccess => wire::When::OnSuccess,
                When::Always => wire::When::Always,
                When::OnFail => wire::When::OnFail,
            },
            no_output_timeout_ms: run.no_output_timeout,
        },
        Planned::Checkout(checkout) => {
            wire::Step::Checkout { name: checkout.name, path: checkout.path }
        }
        Planned::StoreArtifacts(store) => wire::Step::StoreArtifacts {
            name: store.name,
            path: store.path,
            destination: store.destination,
        },
        Planned::StoreTestResults(store) => {
            wire::Step::StoreTestResults { name: store.name, path: store.path }
        }
        Planned::AddSshKeys(add) => {
            // However the configuration writes it, the runner compares one way of writing it.
            let full = |name: String| {
                let found = access.keys.iter().find(|(key, _)| key.public.is_named(&name));
                found.map_or(name, |(key, _)| key.public.sha256.clone())
            };
            let fingerprints = add.fingerprints.into_iter().map(full).collect();
            wire::Step::AddSshKeys { name: add.name, fingerprints }
        }
        other => return Err(unbuilt(other.name())),
    })
}

pub(crate) async fn fetched(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
    headers: HeaderMap,
    Json(fetched): Json<wire::Fetched>,
) -> ApiResult<StatusCode> {
    let fetched = match fetched {
        wire::Fetched::Failed { message } => rondo_app::Fetched::Failed(message),
        wire::Fetched::Commit { commit, config } => {
            let commit = Commit {
                revision: commit.revision.parse()?,
                subject: commit.subject,
                body: commit.body,
                author_name: commit.author_name,
                author_email: commit.author_email,
                author_date: commit.author_date,
                committer_name: commit.committer_name,
                committer_email: commit.committer_email,
                committer_date: commit.committer_date,
            };
            rondo_app::Fetched::Commit(Box::new(commit), config)
        }
    };
    server.app.fetched(id(&granted, "pipeline")?, lease(&headers)?, fetched).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn renew_fetch(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
    headers: HeaderMap,
) -> ApiResult<Json<wire::Renewed>> {
    server.app.renew_fetch(id(&granted, "pipeline")?, lease(&headers)?).await?;
    Ok(Json(wire::Renewed { cancel: false }))
}

pub(crate) async fn renew_job(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
    headers: HeaderMap,
) -> ApiResult<Json<wire::Renewed>> {
    let cancel = server.app.renew_job(id(&granted, "job")?, lease(&headers)?).await?;
    Ok(Json(wire::Renewed { cancel }))
}

pub(crate) async fn report_step(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
    headers: HeaderMap,
    Json(report): Json<wire::StepReport>,
) -> ApiResult<StatusCode> {
    let step = Step {
        ordinal: id(&granted, "ordinal")?,
        name: report.name,
        command: report.command,
        background: report.background,
        status: match report.status {
            wire::StepStatus::Running => StepStatus::Running,
            wire::StepStatus::Success => StepStatus::Success,
            wire::StepStatus::Failed => StepStatus::Failed,
            wire::StepStatus::Timedout => StepStatus::Timedout,
            wire::StepStatus::Canceled => StepStatus::Canceled,
            wire::StepStatus::InfrastructureFail => StepStatus::InfrastructureFail,
        },
        exit_code: report.exit_code.map(i64::from),
        truncated: report.truncated,
        started_at: Millis(report.started_at),
        ended_at: report.ended_at.map(Millis),
        output_bytes: 0,
    };
    server.app.report_step(id(&granted, "job")?, lease(&headers)?, step).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn report_output(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
    bytes: Bytes,
) -> ApiResult<StatusCode> {
    let offset = pairs(query.as_deref().unwrap_or_default())
        .find(|(name, _)| name == "offset")
        .and_then(|(_, value)| value.parse().ok())
        .filter(|offset| *offset <= 2 * STEP_OUTPUT_BYTES)
        .ok_or_else(|| crate::v1::body::wrong("offset is a number of bytes within the limit"))?;
    let at = (id(&granted, "ordinal")?, offset);
    server.app.report_output(id(&granted, "job")?, lease(&headers)?, at, &bytes).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn store_artifact(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
    body: Body,
) -> ApiResult<StatusCode> {
    let (job, lease) = (id(&granted, "job")?, lease(&headers)?);
    let path = pairs(query.as_deref().unwrap_or_default())
        .find_map(|(name, value)| (name == "path").then(|| value.into_owned()))
        .filter(|path| is_plain(path))
        .ok_or_else(|| crate::v1::body::wrong("path is an artifact's relative name"))?;
    let (artifact, mut blob) = server.app.begin_artifact(job, lease).await?;
    let mut chunks = body.into_data_stream();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| crate::v1::body::wrong("the upload broke off"))?;
        if blob.size() + chunk.len() as u64 > ARTIFACT_BYTES {
            return Err(crate::v1::body::wrong("the artifact is larger than the limit").into());
        }
        blob.write(&chunk).await?;
    }
    server.app.keep_artifact(job, lease, path, (artifact, blob)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A name that stands for a file below the build, in every URL and on every disk.
fn is_plain(path: &str) -> bool {
    let part = |part: &str| !part.is_empty() && part != "." && part != "..";
    path.len() <= 4096 && path.split('/').all(part) && !path.chars().any(char::is_control)
}

pub(crate) async fn report_tests(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
    headers: HeaderMap,
    Json(report): Json<wire::Tests>,
) -> ApiResult<StatusCode> {
    let tests = report.tests.into_iter().map(|test| Test {
        classname: test.classname,
        file: test.file,
        name: test.name,
        result: test.result,
        run_time: test.run_time,
        message: test.message,
        source: test.source,
    });
    let (job, step) = (id(&granted, "job")?, i64::from(report.step));
    server.app.report_tests(job, lease(&headers)?, step, tests.collect()).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn finish(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
    headers: HeaderMap,
    Json(finished): Json<wire::Finished>,
) -> ApiResult<StatusCode> {
    let outcome = match finished.outcome {
        wire::Outcome::Success => Outcome::Success,
        wire::Outcome::Failed => Outcome::Failed,
        wire::Outcome::Timedout => Outcome::Timedout,
        wire::Outcome::Canceled => Outcome::Canceled,
        wire::Outcome::InfrastructureFail => Outcome::InfrastructureFail,
    };
    server.app.finish(id(&granted, "job")?, lease(&headers)?, outcome, finished.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}
