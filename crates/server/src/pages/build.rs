//! One build: its page, running it again, cancelling it.

use axum::response::Response;
use rondo_app::{BuildDetails, Refusal};
use rondo_domain::run::{Artifact, Build, PipelineState, Step, Test};
use rondo_domain::{Millis, Permission};

use super::done::Done;
use super::fields::Fields;
use super::visit::Visit;
use super::{output, reply, standing};
use crate::web::build::{self, FailedTest, Head, Parameter, Sibling, Tests};
use crate::web::path::segment;

/// How many failed tests a page shows.
const FAILURES_SHOWN: usize = 50;

/// The build that the address names.
pub(super) async fn named(visit: &Visit) -> Result<Build, Refusal> {
    let number = visit.id("number", "build")?;
    visit.app().build(visit.project(), number).await
}

/// `GET /pipelines/{vcs}/{org}/{repo}/{number}`, with `?step=` for output without script
pub(super) async fn show(visit: Visit) -> Result<Response, Refusal> {
    let number = visit.id("number", "build")?;
    let details = visit.app().build_details(visit.ctx(), visit.project(), number).await?;
    let mut steps: Vec<_> = details.steps.iter().map(step).collect();
    if let Some(wanted) = visit.asked("step").and_then(|step| step.parse::<i64>().ok()) {
        let found = details.steps.iter().zip(&mut steps).find(|(step, _)| step.ordinal == wanted);
        if let Some((step, view)) = found {
            view.output = Some(output::of_step(&visit, &details.build, step).await?);
        }
    }
    let view = build::Build {
        project: visit.place(),
        number,
        state: standing::of_job(&details.build.job),
        head: head(&visit, &details),
        steps,
        tests: tests(&details.tests),
        artifacts: details.artifacts.iter().map(artifact).collect(),
        archives: archives(&details.build),
        may_trigger: visit.may(Permission::TriggerBuilds),
        takes_triggers: visit.project().enabled,
    };
    Ok(reply::page(&visit.chrome, build::page(&visit.chrome, &view)))
}

fn head(visit: &Visit, details: &BuildDetails) -> Head {
    let (job, pipeline) = (&details.build.job, &details.build.pipeline);
    let moment = |at: Option<Millis>| at.map(|at| at.0);
    let parameters = pipeline.parameters.iter();
    Head {
        job: job.name.clone(),
        workflow: Some(job.workflow_name.clone()),
        branch: standing::branch(&pipeline.git_ref),
        tag: pipeline.git_ref.tag().map(str::to_owned),
        revision: standing::revision(&details.build),
        subject: standing::subject(&details.build),
        who: visit.doer(pipeline.actor, details.build.actor_name.as_deref()),
        why: standing::why(&details.build),
        canceled_by: details
            .canceler
            .as_ref()
            .and_then(|by| visit.doer(Some(by.actor), Some(&by.name))),
        retry_of: job.retry_of,
        queued: job.queued_at.unwrap_or(job.created_at).0,
        started: moment(job.started_at),
        ended: moment(job.stopped_at),
        parameters: parameters
            .map(|(name, value)| Parameter { name: name.to_owned(), value: value.to_owned() })
            .collect(),
        errored: pipeline.state == PipelineState::Errored,
        siblings: siblings(details),
        message: job.reason.clone(),
    }
}

fn siblings(details: &BuildDetails) -> Vec<Sibling> {
    let view = |job: &rondo_domain::run::Job| Sibling {
        name: job.name.clone(),
        state: standing::of_job(job),
        number: job.number,
    };
    details.siblings.iter().map(view).collect()
}

/// A step as pages show it, its output not yet in it.
pub(super) fn step(step: &Step) -> build::Step {
    build::Step {
        ordinal: step.ordinal,
        name: step.name.clone(),
        state: standing::of_step(step.status),
        started: step.started_at.0,
        ended: step.ended_at.map(|at| at.0),
        exit_code: step.exit_code,
        background: step.background,
        output: None,
    }
}

fn artifact(artifact: &Artifact) -> build::Artifact {
    let path: Vec<_> = artifact.path.split('/').map(|part| segment(part).to_string()).collect();
    build::Artifact {
        path: artifact.path.clone(),
        href: format!("/output/job/{}/artifacts/0/{}", artifact.job, path.join("/")),
        size: u64::try_from(artifact.size).unwrap_or_default(),
    }
}

fn archives(build: &Build) -> Vec<build::Archive> {
    let whole = |(format, ending)| build::Archive {
        format,
        href: format!("/output/job/{}/artifacts.{ending}", build.job.id),
    };
    [("ZIP", "zip"), ("tar.zst", "tar.zst")].map(whole).to_vec()
}

fn tests(tests: &[Test]) -> Option<Tests> {
    let failed: Vec<_> = tests
        .iter()
        .filter(|test| !matches!(test.result.as_str(), "success" | "skipped"))
        .collect();
    let failures = failed.iter().take(FAILURES_SHOWN).map(|test| failed_test(test)).collect();
    (!tests.is_empty()).then_some(Tests {
        total: tests.len() as u64,
        failed: failed.len() as u64,
        failures,
    })
}

fn failed_test(test: &Test) -> FailedTest {
    #[expect(clippy::cast_possible_truncation, reason = "a float that is cast stays in range")]
    let run_time = (test.run_time * 1000.0) as i64;
    FailedTest {
        class: test.classname.clone(),
        name: test.name.clone(),
        file: test.file.clone(),
        message: test.message.clone(),
        run_time: Some(run_time),
    }
}

/// `POST …/{number}/retry`
pub(super) async fn retry(visit: Visit, _: Fields) -> Result<Response, Refusal> {
    let build = named(&visit).await?;
    let again = visit.app().retry(visit.ctx(), visit.project(), &build).await?;
    let place = visit.place();
    Ok(match again.job.number {
        // The same build came back: its pipeline was triggered anew and has no build yet.
        Some(number) if number != build.job.number.unwrap_or_default() => {
            reply::go_saying(&place.build(number), Done::Retried)
        }
        _ => reply::go_saying(&place.builds(), Done::Triggered),
    })
}

/// `POST …/{number}/cancel`
pub(super) async fn cancel(visit: Visit, _: Fields) -> Result<Response, Refusal> {
    let build = named(&visit).await?;
    visit.app().cancel(visit.ctx(), visit.project(), &build).await?;
    let number = build.job.number.unwrap_or_default();
    Ok(reply::go_saying(&visit.place().build(number), Done::Canceled))
}
