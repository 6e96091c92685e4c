//! A build: in status form, in lists, and alone with its steps (api-v1.1, 3.4). A field that is always the
//! same is one that Rondo has no thing for; `docs/api-v1.1.md` lists them.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A build in status form: all that a *Status* token reads.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct BuildStatus {
    /// `https://github.com/acme/web`.
    pub vcs_url: String,
    /// `github`.
    pub vcs_type: String,
    /// The organization.
    pub username: String,
    /// The repository.
    pub reponame: String,
    /// The build number.
    pub build_num: i64,
    /// The build's page.
    pub build_url: String,
    /// The branch; a tag's build has none.
    pub branch: Option<String>,
    /// The tag.
    pub vcs_tag: Option<String>,
    /// The commit.
    pub vcs_revision: Option<String>,
    /// `queued`, `not_running`, `running`, `success`, `fixed`, `failed`, `timedout`, `canceled`, `not_run` or `infrastructure_fail`.
    pub status: String,
    /// `queued`, `not_running`, `not_run`, `running` or `finished`.
    pub lifecycle: String,
    /// `success`, `failed`, `timedout`, `canceled` or `infrastructure_fail`; `null` until it ended.
    pub outcome: Option<String>,
    /// When it was triggered.
    pub usage_queued_at: Option<String>,
    /// When it began to wait for a runner.
    pub queued_at: Option<String>,
    /// When a runner took it.
    pub start_time: Option<String>,
    /// When it ended.
    pub stop_time: Option<String>,
    /// From start to end, in milliseconds.
    pub build_time_millis: Option<i64>,
    /// Its workflow and job.
    pub workflows: Workflows,
}

/// A build's place in its workflow.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Workflows {
    /// UUID.
    pub workflow_id: String,
    /// Its name.
    pub workflow_name: String,
    /// UUID.
    pub job_id: String,
    /// Its name.
    pub job_name: String,
    /// UUID: that of the workflow.
    pub workspace_id: String,
    /// The jobs that it requires; in whole builds only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upstream_job_ids: Option<Vec<String>>,
    /// Always empty: nothing is serialized; in whole builds only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upstream_concurrency_map: Option<BTreeMap<String, String>>,
}

/// A build as lists with `shallow=true` show it.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct ShallowBuild {
    /// What a *Status* token reads too.
    #[serde(flatten)]
    pub status: BuildStatus,
    /// What made it: `api` or `retry`.
    pub why: String,
    /// Always `null`: nothing is skipped unbuilt.
    pub dont_build: Option<String>,
    /// How many copies run side by side.
    pub parallel: u32,
    /// Always `2.0`.
    pub platform: String,
    /// Always `picard`, as CircleCI calls what runs 2.0.
    pub fleet: String,
    /// Who triggered it.
    pub user: User,
    /// The commit message's first line.
    pub subject: Option<String>,
    /// The rest of the message.
    pub body: Option<String>,
    /// Who wrote the commit.
    pub author_name: Option<String>,
    /// The author's address.
    pub author_email: Option<String>,
    /// When it was written, with its own offset.
    pub author_date: Option<String>,
    /// Who committed it.
    pub committer_name: Option<String>,
    /// The committer's address.
    pub committer_email: Option<String>,
    /// When it was committed, with its own offset.
    pub committer_date: Option<String>,
    /// Always empty: pull requests are not known.
    pub pull_requests: Vec<PullRequest>,
}

/// A build, in lists and alone.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Build {
    /// What shallow lists show too.
    #[serde(flatten)]
    pub shallow: ShallowBuild,
    /// Why it ended so, where no step says it.
    pub fail_reason: Option<String>,
    /// `true` or `null`, never `false`.
    pub failed: Option<bool>,
    /// Its time, or a step's, was over.
    pub timedout: bool,
    /// The runner could not run it.
    pub infrastructure_fail: bool,
    /// Somebody cancelled it.
    pub canceled: bool,
    /// Who cancelled it.
    pub canceler: Option<User>,
    /// The build that it runs again.
    pub retry_of: Option<i64>,
    /// The builds that run it again.
    pub retries: Option<Vec<i64>>,
    /// The build before it on its branch.
    pub previous: Option<EarlierBuild>,
    /// The newest one before it on its branch that succeeded.
    pub previous_successful_build: Option<EarlierBuild>,
    /// It succeeded, and no build before it on its branch did.
    pub is_first_green_build: bool,
    /// What was injected.
    pub build_parameters: Option<BTreeMap<String, String>>,
    /// Always `null`: `workflows.job_name` has it.
    pub job_name: Option<String>,
    /// Always empty: there are no contexts yet.
    pub context_ids: Vec<String>,
    /// The configuration, once it is known.
    pub circle_yml: Option<CircleYml>,
    /// The commit that is built, once it is known.
    pub all_commit_details: Vec<CommitDetails>,
    /// Always `false`.
    pub all_commit_details_truncated: bool,
    /// Where the commits since the build before it are shown, at hosts that do so.
    pub compare: Option<String>,
    /// Some files were kept.
    pub has_artifacts: bool,
    /// Whether anyone may read it.
    pub oss: bool,
    /// The name of who triggered it, where that is known.
    pub owners: Vec<String>,
    /// Always empty: messages stand in the steps.
    pub messages: Vec<super::Message>,
    /// Always `null`: there is no agent beside the runner.
    pub picard: Option<String>,
    /// Always `null`: machines are not shown.
    pub node: Option<String>,
    /// Always `false`: nobody enters a build.
    pub ssh_enabled: bool,
    /// Always `true`: nobody enters a build.
    pub ssh_disabled: bool,
    /// Always empty: nobody enters a build.
    pub ssh_users: Vec<String>,
    /// Always `null`: there is no dependency cache.
    pub no_dependency_cache: Option<bool>,
}

/// A build of a list, as who asks may read it and as they ask for it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum ListedBuild {
    /// What lists show otherwise.
    Whole(Box<Build>),
    /// Asked for with `shallow=true`.
    Shallow(Box<ShallowBuild>),
    /// How it stands: all that who asks may read.
    InStatusForm(Box<BuildStatus>),
}

impl Build {
    /// What a *Status* token reads too.
    pub fn status(&self) -> &BuildStatus {
        &self.shallow.status
    }
}

/// A build that came before.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct EarlierBuild {
    /// Its number.
    pub build_num: i64,
    /// How it stands.
    pub status: String,
    /// From start to end, in milliseconds.
    pub build_time_millis: Option<i64>,
}

/// Who triggered a build. Where nobody is known: `is_user` false and `login` `none`. Where it was a service
/// account: `is_user` false and its name.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct User {
    /// A person is known.
    pub is_user: bool,
    /// The person's or the service account's name, or `none`.
    pub login: String,
    /// The person's name; or `service account` and its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The person's or the service account's UUID.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Always `null`: there are no pictures of people.
    pub avatar_url: Option<String>,
    /// Always `null`: people are Rondo's own.
    pub vcs_type: Option<String>,
}

/// A pull request of a build.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct PullRequest {
    /// The commit.
    pub head_sha: String,
    /// The pull request's page.
    pub url: String,
}

/// A commit of a build.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct CommitDetails {
    /// Which.
    pub commit: String,
    /// Its page, at hosts that have one.
    pub commit_url: Option<String>,
    /// The branch.
    pub branch: Option<String>,
    /// The message's first line.
    pub subject: String,
    /// The rest of the message.
    pub body: String,
    /// Who wrote it.
    pub author_name: String,
    /// The author's address.
    pub author_email: String,
    /// Always `null`: authors are not matched with people.
    pub author_login: Option<String>,
    /// When it was written, with its own offset.
    pub author_date: String,
    /// Who committed it.
    pub committer_name: String,
    /// The committer's address.
    pub committer_email: String,
    /// Always `null`: committers are not matched with people.
    pub committer_login: Option<String>,
    /// When it was committed, with its own offset.
    pub committer_date: String,
}

/// One build alone, with what lists leave out.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct BuildDetails {
    /// The build.
    #[serde(flatten)]
    pub build: Build,
    /// The steps, in order.
    pub steps: Vec<Step>,
}

/// The configuration's text.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct CircleYml {
    /// YAML.
    pub string: String,
}

/// A step of a build.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Step {
    /// What people see.
    pub name: String,
    /// One for each copy that runs side by side.
    pub actions: Vec<Action>,
}

/// What a step did on one node.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Action {
    /// What people see.
    pub name: String,
    /// 2.0 jobs use `test` for all steps.
    #[serde(rename = "type")]
    pub kind: String,
    /// `running`, `success`, `failed`, `timedout`, `canceled` or `infrastructure_fail`.
    pub status: String,
    /// The command.
    pub bash_command: Option<String>,
    /// The node.
    pub index: u32,
    /// The step's ordinal.
    pub step: i64,
    /// The job goes on at once.
    pub background: bool,
    /// Runs on every node.
    pub parallel: bool,
    /// Output was kept.
    pub has_output: bool,
    /// More output came than was kept.
    pub truncated: bool,
    /// Always `false`.
    pub insignificant: bool,
    /// The process's exit code.
    pub exit_code: Option<i64>,
    /// From start to end, in milliseconds.
    pub run_time_millis: Option<i64>,
    /// When it began.
    pub start_time: String,
    /// When it ended.
    pub end_time: Option<String>,
    /// `true` or `null`.
    pub failed: Option<bool>,
    /// `true` or `null`.
    pub canceled: Option<bool>,
    /// `true` or `null`.
    pub timedout: Option<bool>,
    /// `true` or `null`.
    pub infrastructure_fail: Option<bool>,
    /// Always `null`.
    #[serde(rename = "continue")]
    pub continues: Option<bool>,
    /// Always empty: messages stand in the output.
    pub messages: Vec<String>,
    /// Where the output is: a JSON list of [`Output`]. The address works without a token, for a while.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output_url: Option<String>,
}

/// A piece of output.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Output {
    /// `out`: both streams are kept together, in order.
    #[serde(rename = "type")]
    pub kind: String,
    /// When the step began.
    pub time: String,
    /// The text.
    pub message: String,
}
