//! Projects: followed ones with their branches, a project's settings, and what a person could follow.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A project.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Project {
    /// Its UUID.
    pub id: String,
    /// Its organization's UUID: `circleci/<organization_id>/<id>` names the project as well.
    pub organization_id: String,
    /// The same with short ids: what names the project whatever it is called. Rondo's own.
    pub slug_by_id: String,
    /// `https://github.com/acme/web`.
    pub vcs_url: String,
    /// `github`.
    pub vcs_type: String,
    /// The organization.
    pub username: String,
    /// The repository.
    pub reponame: String,
    /// The branch that is built where none is named.
    pub default_branch: String,
    /// Anyone may read its builds.
    pub oss: bool,
    /// The person follows it.
    pub following: bool,
    /// The same.
    pub followed: bool,
    /// Always `null`: languages are not guessed.
    pub language: Option<String>,
    /// Always 1.
    pub parallel: u32,
    /// Always `true`: a repository that cannot be fetched is told by the build.
    pub has_usable_key: bool,
    /// What is switched on.
    pub feature_flags: FeatureFlags,
    /// Always empty here.
    pub ssh_keys: Vec<String>,
    /// Always without a key pair.
    pub aws: Aws,
    /// The commands of configurations before 2.0 and the names of chat services: always `""` and `null`.
    #[serde(flatten)]
    pub before_2_0: BTreeMap<String, Option<String>>,
    /// Its branches, with every character of their names that is no letter, digit, `-` or `_`
    /// percent-encoded; left out where `shallow=true` is asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branches: Option<BTreeMap<String, Branch>>,
}

/// Always without a key pair.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
pub struct Aws {
    /// Always `null`.
    pub keypair: Option<String>,
}

/// What is switched on in a project. All but `oss` and `drop_all_build_requests` are as they are.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
pub struct FeatureFlags {
    /// Anyone may read its builds.
    pub oss: bool,
    /// Nothing is built: what `DELETE …/enable` sets.
    pub drop_all_build_requests: bool,
    /// Always `true`: JUnit reports are read.
    pub junit: bool,
    /// Always `true`: the API runs configurations of every version.
    pub api_trigger_with_config: bool,
    /// Always `true`.
    #[serde(rename = "builds-service")]
    pub builds_service: bool,
    /// Always `false`.
    #[serde(rename = "autocancel-builds")]
    pub autocancel_builds: bool,
    /// Always `false`.
    #[serde(rename = "build-prs-only")]
    pub build_prs_only: bool,
    /// Always `false`.
    #[serde(rename = "build-fork-prs")]
    pub build_fork_prs: bool,
    /// Always `false`.
    #[serde(rename = "forks-receive-secret-env-vars")]
    pub forks_receive_secret_env_vars: bool,
    /// Always `false`.
    #[serde(rename = "set-github-status")]
    pub set_github_status: bool,
    /// Always `false`.
    pub osx: bool,
    /// Always `false`.
    #[serde(rename = "trusty-beta")]
    pub trusty_beta: bool,
    /// Always `null`.
    pub fleet: Option<String>,
    /// Always `null`.
    #[serde(rename = "memory-limit")]
    pub memory_limit: Option<String>,
}

/// How a branch stands, by the project's newest 100 builds.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
pub struct Branch {
    /// Who triggered its builds.
    pub pusher_logins: Vec<String>,
    /// Its builds belong to workflows: always `true`.
    pub is_using_workflows: bool,
    /// The newest workflow of each name.
    pub latest_workflows: BTreeMap<String, LatestWorkflow>,
    /// The newest of each name that ended.
    pub latest_completed_workflows: BTreeMap<String, LatestWorkflow>,
    /// The newest build that succeeded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_success: Option<BuildStub>,
    /// The newest build that ended otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_non_success: Option<BuildStub>,
    /// The newest five that ended.
    pub recent_builds: Vec<BuildStub>,
    /// Those that have not ended.
    pub running_builds: Vec<BuildStub>,
}

/// A workflow of a branch.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct LatestWorkflow {
    /// UUID.
    pub id: String,
    /// How it stands.
    pub status: String,
    /// When its pipeline was made.
    pub created_at: String,
}

/// A build of a branch.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct BuildStub {
    /// Its number.
    pub build_num: i64,
    /// How it ended.
    pub outcome: Option<String>,
    /// How it stands.
    pub status: String,
    /// The commit.
    pub vcs_revision: Option<String>,
    /// When it was triggered.
    pub pushed_at: String,
    /// When it began to wait for a runner.
    pub added_at: Option<String>,
    /// The same, as settings spell it.
    #[serde(rename = "added-at")]
    pub added_at_in_settings: Option<String>,
    /// Always `true`.
    pub is_2_0_job: bool,
    /// Always `true`.
    pub is_workflow_job: bool,
}

/// A project's settings: what the list shows, and more.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Settings {
    /// What the list shows.
    #[serde(flatten)]
    pub project: Project,
    /// `github`, as settings spell it.
    #[serde(rename = "vcs-type")]
    pub vcs_type_in_settings: String,
    /// Triggers are taken.
    pub enabled: bool,
}

/// An organization that a person sees.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Organization {
    /// UUID.
    pub id: String,
    /// Its name.
    pub login: String,
    /// The same.
    pub name: String,
    /// `github`.
    pub vcs_type: String,
    /// Always `null`.
    pub avatar_url: Option<String>,
    /// Always `true`: people are no organizations here.
    pub org: bool,
    /// How many of its projects the person sees.
    pub num_projects: usize,
}

/// A repository that a person could follow.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Repository {
    /// `web`.
    pub name: String,
    /// The organization.
    pub username: String,
    /// `https://github.com/acme/web`.
    pub vcs_url: String,
    /// `github`.
    pub vcs_type: String,
    /// Only those who have a part in it may read it.
    pub private: bool,
    /// The person follows it.
    pub following: bool,
}
