//! How the branches of a project stand, in its entry of `/projects` and in its settings.

use std::collections::{BTreeMap, HashMap};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use rondo_app::Followed;
use rondo_domain::WorkflowId;
use rondo_domain::run::{Build, JobStatus};
use rondo_wire::v1;

use super::build_shape::revision;
use crate::feed::time;

/// How many builds of a branch that ended are shown.
const RECENT: usize = 5;

/// What a branch's name keeps as a key: CircleCI encodes even `.` and `/`.
const KEY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_');

/// The branches of a project's newest builds. Who pushed is told to whoever may read whole builds.
pub(super) fn branches(
    followed: &Followed,
    states: &HashMap<WorkflowId, String>,
) -> BTreeMap<String, v1::Branch> {
    let mut branches: BTreeMap<String, v1::Branch> = BTreeMap::new();
    for build in &followed.builds {
        let Some(name) = build.pipeline.git_ref.branch() else { continue };
        let branch = branches.entry(utf8_percent_encode(name, KEY).to_string()).or_default();
        branch.is_using_workflows = true;
        if let Some(login) = build.actor_name.as_ref().filter(|_| followed.whole)
            && !branch.pusher_logins.contains(login)
        {
            branch.pusher_logins.push(login.clone());
        }
        add(branch, build, states);
    }
    branches
}

fn add(branch: &mut v1::Branch, build: &Build, states: &HashMap<WorkflowId, String>) {
    let (job, stub) = (&build.job, stub(build));
    if !job.status.ended() {
        branch.running_builds.push(stub);
    } else {
        let last = match job.status {
            JobStatus::Success => &mut branch.last_success,
            _ => &mut branch.last_non_success,
        };
        last.get_or_insert_with(|| stub.clone());
        if branch.recent_builds.len() < RECENT {
            branch.recent_builds.push(stub);
        }
    }
    let Some(status) = states.get(&job.workflow) else { return };
    let workflow = v1::LatestWorkflow {
        id: job.workflow.to_string(),
        status: status.clone(),
        created_at: time(build.pipeline.created_at),
    };
    if status != "running" {
        let completed = &mut branch.latest_completed_workflows;
        completed.entry(job.workflow_name.clone()).or_insert_with(|| workflow.clone());
    }
    branch.latest_workflows.entry(job.workflow_name.clone()).or_insert(workflow);
}

fn stub(build: &Build) -> v1::BuildStub {
    let job = &build.job;
    v1::BuildStub {
        build_num: job.number.unwrap_or_default(),
        outcome: job.status.outcome().map(str::to_owned),
        status: job.status.v1_status(job.after_failure).to_owned(),
        vcs_revision: revision(build).map(str::to_owned),
        pushed_at: time(build.pipeline.created_at),
        added_at: job.queued_at.map(time),
        added_at_in_settings: job.queued_at.map(time),
        is_2_0_job: true,
        is_workflow_job: true,
    }
}
