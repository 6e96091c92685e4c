//! Domain values to `wire`'s JSON.

use std::collections::BTreeMap;

use rondo_app::{App, BuildDetails};
use rondo_domain::run::{Artifact, Build, JobStatus, Step, StepStatus};
use rondo_domain::token::{Holder, Token};
use rondo_domain::{Permissions, Person, Project, ProjectId};
use rondo_wire::client::segment;
use rondo_wire::v1;

use crate::feed::time;

pub(super) fn token(app: &App, token: &Token) -> v1::Token {
    let slug = |id: &ProjectId| {
        app.memory().project_of(*id).map_or_else(|| id.to_string(), |p| p.slug.to_string())
    };
    let words = |rights: Permissions| rights.iter().map(|right| right.to_string()).collect();
    let reach = &token.reach;
    let (scope, permissions, projects) = match token.holder {
        Holder::Person(_) => {
            let narrowed = reach.rights != Permissions::EVERY;
            let projects = reach.projects.listed().map(|list| list.iter().map(slug).collect());
            (None, narrowed.then(|| words(reach.rights)), projects)
        }
        Holder::Project(id, scope) => {
            let permissions = Some(words(scope.permissions()));
            (Some(scope.to_string()), permissions, Some(vec![slug(&id)]))
        }
    };
    v1::Token {
        id: token.id.to_string(),
        label: token.label.to_string(),
        scope,
        time: time(token.created_at),
        last_used_at: token.last_used_at.map(time),
        permissions,
        projects,
        networks: reach
            .networks
            .listed()
            .map(|list| list.iter().map(ToString::to_string).collect()),
        expires_at: reach.expires_at.map(time),
        disabled_at: token.disabled_at.map(time),
    }
}

/// The form that a *Status* token reads.
pub(super) fn status(app: &App, project: &Project, build: &Build) -> v1::BuildStatus {
    let (job, pipeline) = (&build.job, &build.pipeline);
    let revision = pipeline.commit.as_ref().map(|commit| &commit.revision);
    let number = job.number.unwrap_or_default();
    v1::BuildStatus {
        vcs_url: project.slug.vcs_url(),
        vcs_type: project.slug.vcs.long().to_owned(),
        username: project.slug.org().to_owned(),
        reponame: project.slug.repo().to_owned(),
        build_num: number,
        build_url: app.build_url(project, number),
        branch: pipeline.git_ref.branch().map(str::to_owned),
        vcs_tag: pipeline.git_ref.tag().map(str::to_owned),
        vcs_revision: revision.or(pipeline.wanted.as_ref()).map(|r| r.as_str().to_owned()),
        status: job.status.v1_status(job.after_failure).to_owned(),
        lifecycle: job.status.lifecycle().to_owned(),
        outcome: job.status.outcome().map(str::to_owned),
        usage_queued_at: Some(time(pipeline.created_at)),
        queued_at: job.queued_at.map(time),
        start_time: job.started_at.map(time),
        stop_time: job.stopped_at.map(time),
        build_time_millis: match (job.started_at, job.stopped_at) {
            (Some(started), Some(stopped)) => Some(stopped.since(started)),
            _ => None,
        },
        workflows: v1::Workflows {
            workflow_id: job.workflow.to_string(),
            workflow_name: job.workflow_name.clone(),
            job_id: job.id.to_string(),
            job_name: job.name.clone(),
        },
    }
}

/// The form that a list with `shallow=true` shows.
pub(super) fn shallow(app: &App, project: &Project, build: &Build) -> v1::ShallowBuild {
    let commit = build.pipeline.commit.as_ref();
    v1::ShallowBuild {
        status: status(app, project, build),
        why: pipeline_why(build),
        dont_build: None,
        parallel: 1,
        platform: "2.0".to_owned(),
        user: user(build.actor_name.as_deref()),
        subject: commit.map(|commit| commit.subject.clone()),
        body: commit.map(|commit| commit.body.clone()),
        author_name: commit.map(|commit| commit.author_name.clone()),
        author_email: commit.map(|commit| commit.author_email.clone()),
        author_date: commit.map(|commit| commit.author_date.clone()),
        committer_name: commit.map(|commit| commit.committer_name.clone()),
        committer_email: commit.map(|commit| commit.committer_email.clone()),
        committer_date: commit.map(|commit| commit.committer_date.clone()),
    }
}

pub(super) fn build(app: &App, project: &Project, build: &Build) -> v1::Build {
    let (job, pipeline) = (&build.job, &build.pipeline);
    let parameters = pipeline.parameters.iter().map(|(n, v)| (n.to_owned(), v.to_owned()));
    let parameters: BTreeMap<_, _> = parameters.collect();
    v1::Build {
        shallow: shallow(app, project, build),
        fail_reason: job.reason.clone(),
        failed: (job.status == JobStatus::Failed).then_some(true),
        timedout: job.status == JobStatus::Timedout,
        infrastructure_fail: job.status == JobStatus::InfrastructureFail,
        canceled: job.status == JobStatus::Canceled,
        retry_of: job.retry_of,
        build_parameters: Some(parameters).filter(|all| !all.is_empty()),
        oss: project.public,
    }
}

fn pipeline_why(build: &Build) -> String {
    match build.job.retry_of {
        Some(_) => "retry".to_owned(),
        None => build.pipeline.why.word().to_owned(),
    }
}

fn user(name: Option<&str>) -> v1::User {
    v1::User {
        is_user: name.is_some(),
        login: name.unwrap_or("none").to_owned(),
        name: name.map(str::to_owned),
    }
}

pub(super) fn details(app: &App, project: &Project, details: BuildDetails) -> v1::BuildDetails {
    let shaped = build(app, project, &details.build);
    let number = shaped.status().build_num;
    v1::BuildDetails {
        retries: Some(details.retries).filter(|retries| !retries.is_empty()),
        canceler: details.canceler.map(|person: Person| user(Some(person.name.as_str()))),
        circle_yml: details.build.pipeline.config.map(|string| v1::CircleYml { string }),
        has_artifacts: !details.artifacts.is_empty(),
        messages: Vec::new(),
        steps: details.steps.iter().map(|one| step(app, project, number, one)).collect(),
        build: shaped,
    }
}

fn step(app: &App, project: &Project, number: i64, step: &Step) -> v1::Step {
    let is = |status: StepStatus| (step.status == status).then_some(true);
    let slug = &project.slug;
    let output = format!(
        "{}/api/v1.1/project/{}/{}/{}/{number}/output/{}/0",
        app.policy().url,
        slug.vcs.long(),
        segment(slug.org()),
        segment(slug.repo()),
        step.ordinal,
    );
    let action = v1::Action {
        name: step.name.clone(),
        kind: "test".to_owned(),
        status: step.status.word().to_owned(),
        bash_command: step.command.clone(),
        index: 0,
        step: step.ordinal,
        background: step.background,
        parallel: false,
        has_output: step.output_bytes > 0,
        truncated: step.truncated,
        exit_code: step.exit_code,
        run_time_millis: step.ended_at.map(|ended| ended.since(step.started_at)),
        start_time: time(step.started_at),
        end_time: step.ended_at.map(time),
        failed: is(StepStatus::Failed),
        canceled: is(StepStatus::Canceled),
        timedout: is(StepStatus::Timedout),
        infrastructure_fail: is(StepStatus::InfrastructureFail),
        output_url: (step.output_bytes > 0).then_some(output),
    };
    v1::Step { name: step.name.clone(), actions: vec![action] }
}

pub(super) fn artifact(app: &App, artifact: &Artifact) -> v1::Artifact {
    let path: Vec<_> = artifact.path.split('/').map(segment).collect();
    v1::Artifact {
        path: artifact.path.clone(),
        pretty_path: artifact.path.clone(),
        node_index: 0,
        url: format!(
            "{}/output/job/{}/artifacts/0/{}",
            app.policy().url,
            artifact.job,
            path.join("/")
        ),
        size: u64::try_from(artifact.size).ok(),
        digest: Some(format!("sha256:{}", artifact.digest)),
    }
}
