//! Builds to `wire`'s JSON: in status form, for lists, and alone with their steps.

use rondo_app::{App, Ctx, Related};
use rondo_domain::run::{Build, Commit, Earlier, JobStatus, Step, StepStatus};
use rondo_domain::{Actor, JobId, Project, Vcs};
use rondo_wire::v1;

use super::output::address;
use crate::feed::time;

/// The form that a *Status* token reads.
pub(super) fn status(app: &App, project: &Project, build: &Build) -> v1::BuildStatus {
    let (job, pipeline) = (&build.job, &build.pipeline);
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
        vcs_revision: revision(build).map(str::to_owned),
        status: job.status.v1_status(job.after_failure).to_owned(),
        lifecycle: job.status.lifecycle().to_owned(),
        outcome: job.status.outcome().map(str::to_owned),
        usage_queued_at: Some(time(match job.retry_of {
            Some(_) => job.created_at,
            None => pipeline.created_at,
        })),
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
            workspace_id: job.workflow.to_string(),
            upstream_job_ids: None,
            upstream_concurrency_map: None,
        },
    }
}

/// The commit that is built, or that is wanted until it is known.
pub(super) fn revision(build: &Build) -> Option<&str> {
    let known = build.pipeline.commit.as_ref().map(|commit| &commit.revision);
    known.or(build.pipeline.wanted.as_ref()).map(|revision| revision.as_str())
}

/// The form that a list with `shallow=true` shows.
pub(super) fn shallow(app: &App, project: &Project, build: &Build) -> v1::ShallowBuild {
    let commit = build.pipeline.commit.as_ref();
    v1::ShallowBuild {
        status: status(app, project, build),
        why: why(build),
        dont_build: None,
        parallel: 1,
        platform: "2.0".to_owned(),
        fleet: "picard".to_owned(),
        user: trigger_user(build),
        subject: commit.map(|commit| commit.subject.clone()),
        body: commit.map(|commit| commit.body.clone()),
        author_name: commit.map(|commit| commit.author_name.clone()),
        author_email: commit.map(|commit| commit.author_email.clone()),
        author_date: commit.map(|commit| commit.author_date.clone()),
        committer_name: commit.map(|commit| commit.committer_name.clone()),
        committer_email: commit.map(|commit| commit.committer_email.clone()),
        committer_date: commit.map(|commit| commit.committer_date.clone()),
        pull_requests: Vec::new(),
    }
}

/// The form of lists.
pub(super) fn build(app: &App, project: &Project, related: &Related) -> v1::Build {
    let (build, relations) = (&related.build, &related.relations);
    let (job, pipeline) = (&build.job, &build.pipeline);
    let parameters = pipeline.parameters.iter().map(|(n, v)| (n.to_owned(), v.to_owned()));
    let commits = pipeline.commit.iter().map(|commit| commit_details(project, build, commit));
    let first = job.status == JobStatus::Success && relations.previous_successful.is_none();
    let mut shallow = shallow(app, project, build);
    let workflows = &mut shallow.status.workflows;
    workflows.upstream_job_ids = Some(relations.requires.iter().map(ToString::to_string).collect());
    workflows.upstream_concurrency_map = Some(Default::default());
    v1::Build {
        shallow,
        fail_reason: job.reason.clone(),
        failed: (job.status == JobStatus::Failed).then_some(true),
        timedout: job.status == JobStatus::Timedout,
        infrastructure_fail: job.status == JobStatus::InfrastructureFail,
        canceled: job.status == JobStatus::Canceled,
        canceler: related.canceler.as_ref().map(|doer| user(doer.actor, &doer.name)),
        retry_of: job.retry_of,
        retries: Some(relations.retries.clone()).filter(|retries| !retries.is_empty()),
        previous: relations.previous.as_ref().map(earlier),
        previous_successful_build: relations.previous_successful.as_ref().map(earlier),
        is_first_green_build: first,
        build_parameters: Some(parameters.collect()).filter(|all: &Parameters| !all.is_empty()),
        job_name: None,
        context_ids: Vec::new(),
        circle_yml: pipeline.config.clone().map(|string| v1::CircleYml { string }),
        all_commit_details: commits.collect(),
        all_commit_details_truncated: false,
        compare: compare(project, related),
        has_artifacts: relations.has_artifacts,
        oss: project.public,
        owners: build.actor_name.iter().cloned().collect(),
        messages: Vec::new(),
        picard: None,
        node: None,
        ssh_enabled: false,
        ssh_disabled: true,
        ssh_users: Vec::new(),
        no_dependency_cache: None,
    }
}

type Parameters = std::collections::BTreeMap<String, String>;

fn why(build: &Build) -> String {
    match build.job.retry_of {
        Some(_) => "retry".to_owned(),
        None => build.pipeline.why.word().to_owned(),
    }
}

fn trigger_user(build: &Build) -> v1::User {
    match (build.pipeline.actor, &build.actor_name) {
        (Some(actor), Some(name)) => user(actor, name),
        _ => v1::User {
            is_user: false,
            login: "none".to_owned(),
            name: None,
            id: None,
            avatar_url: None,
            vcs_type: None,
        },
    }
}

fn user(actor: Actor, name: &str) -> v1::User {
    let (is_user, shown, id) = match actor {
        Actor::Person(id) => (true, name.to_owned(), id.to_string()),
        Actor::Service(id) => (false, format!("service account {name}"), id.to_string()),
    };
    v1::User {
        is_user,
        login: name.to_owned(),
        name: Some(shown),
        id: Some(id),
        avatar_url: None,
        vcs_type: None,
    }
}

fn earlier(earlier: &Earlier) -> v1::EarlierBuild {
    v1::EarlierBuild {
        build_num: earlier.number,
        status: earlier.status.v1_status(earlier.after_failure).to_owned(),
        build_time_millis: match (earlier.started_at, earlier.stopped_at) {
            (Some(started), Some(stopped)) => Some(stopped.since(started)),
            _ => None,
        },
    }
}

fn commit_details(project: &Project, build: &Build, commit: &Commit) -> v1::CommitDetails {
    let page = match project.slug.vcs {
        Vcs::Github => Some("commit"),
        Vcs::Bitbucket => Some("commits"),
        Vcs::Git => None,
    };
    let revision = commit.revision.as_str();
    v1::CommitDetails {
        commit: revision.to_owned(),
        commit_url: page.map(|page| format!("{}/{page}/{revision}", project.slug.vcs_url())),
        branch: build.pipeline.git_ref.branch().map(str::to_owned),
        subject: commit.subject.clone(),
        body: commit.body.clone(),
        author_name: commit.author_name.clone(),
        author_email: commit.author_email.clone(),
        author_login: None,
        author_date: commit.author_date.clone(),
        committer_name: commit.committer_name.clone(),
        committer_email: commit.committer_email.clone(),
        committer_login: None,
        committer_date: commit.committer_date.clone(),
    }
}

/// Where a host shows what is between the build before and this one.
fn compare(project: &Project, related: &Related) -> Option<String> {
    let before = related.relations.previous_revision.as_deref()?;
    let now = related.build.pipeline.commit.as_ref()?.revision.as_str();
    let url = project.slug.vcs_url();
    match project.slug.vcs {
        _ if before == now => None,
        Vcs::Github => Some(format!("{url}/compare/{before}...{now}")),
        Vcs::Bitbucket => Some(format!("{url}/branches/compare/{now}..{before}")),
        Vcs::Git => None,
    }
}

/// One build alone.
pub(super) fn details(
    app: &App,
    ctx: &Ctx,
    project: &Project,
    related: &Related,
    steps: &[Step],
) -> v1::BuildDetails {
    let job = related.build.job.id;
    v1::BuildDetails {
        build: build(app, project, related),
        steps: steps.iter().map(|one| step(app, ctx, job, one)).collect(),
    }
}

fn step(app: &App, ctx: &Ctx, job: JobId, step: &Step) -> v1::Step {
    let is = |status: StepStatus| (step.status == status).then_some(true);
    let output = address(app, &app.output_link(ctx, job, step.ordinal));
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
        insignificant: false,
        exit_code: step.exit_code,
        run_time_millis: step.ended_at.map(|ended| ended.since(step.started_at)),
        start_time: time(step.started_at),
        end_time: step.ended_at.map(time),
        failed: is(StepStatus::Failed),
        canceled: is(StepStatus::Canceled),
        timedout: is(StepStatus::Timedout),
        infrastructure_fail: is(StepStatus::InfrastructureFail),
        continues: None,
        messages: Vec::new(),
        output_url: (step.output_bytes > 0).then_some(output),
    };
    v1::Step { name: step.name.clone(), actions: vec![action] }
}
