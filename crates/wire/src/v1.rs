//! The JSON of API v1.1, as CircleCI's clients read it. A field that is not here does not exist on
//! this server yet; one that is `null` exists and has no value.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// `GET /me`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Me {
    /// The name for signing in.
    pub login: String,
    /// The same.
    pub name: String,
    /// The person's UUID.
    pub id: String,
    /// May administer the server.
    pub admin: bool,
    /// RFC 3339.
    pub created_at: String,
    /// CircleCI's preference for mails; this server sends none.
    pub basic_email_prefs: String,
    /// How many projects the person follows.
    pub num_projects_followed: usize,
}

/// A token in a list.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Token {
    /// Its public handle.
    pub id: String,
    /// What people call it.
    pub label: String,
    /// A project token's scope.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// When it was made, RFC 3339.
    pub time: String,
    /// When it was used last, RFC 3339.
    pub last_used_at: Option<String>,
    /// The rights that it carries; `null`: all of its owner's.
    #[serde(default)]
    pub permissions: Option<Vec<String>>,
    /// The projects that it reaches, as slugs; `null`: all that its owner sees.
    #[serde(default)]
    pub projects: Option<Vec<String>>,
    /// The networks that it may be used from, as CIDR; `null`: any.
    #[serde(default)]
    pub networks: Option<Vec<String>>,
    /// The moment from which it is refused, RFC 3339; `null`: never.
    #[serde(default)]
    pub expires_at: Option<String>,
    /// Since when it is disabled, RFC 3339; `null`: it is not.
    #[serde(default)]
    pub disabled_at: Option<String>,
}

/// A token in the one answer that shows its value.
#[derive(Serialize, Deserialize)]
pub struct NewToken {
    /// Everything that lists show too.
    #[serde(flatten)]
    pub shown: Token,
    /// The value. It is never told again.
    pub token: String,
}

/// `GET /token/self`: what a token can learn about itself.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TokenSelf {
    /// Everything that lists show too.
    #[serde(flatten)]
    pub shown: Token,
    /// `personal` or `project`.
    pub kind: String,
    /// Whose it is: a person's name, or a project's slug.
    pub owner: String,
    /// The rights that it carries on its project, or for a person `role`: those of its owner.
    pub rights: Vec<String>,
}

/// The body of a request for a token.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CreateToken {
    /// What people call it.
    pub label: String,
    /// A project token's scope.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// A personal token's rights; all of its maker's where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permissions: Option<Vec<String>>,
    /// The projects that a personal token reaches, as slugs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub projects: Option<Vec<String>>,
    /// The networks that it may be used from, as CIDR or single addresses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub networks: Option<Vec<String>>,
    /// The moment from which it is refused, RFC 3339; to the second.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<String>,
}

/// `{"message": "ok"}`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Message {
    /// The message.
    pub message: String,
}

/// A build in status form: all that a *Status* token reads.
#[derive(Debug, Clone, Serialize, Deserialize)]
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
    /// api-v1.1, 3.5.
    pub status: String,
    /// api-v1.1, 3.5.
    pub lifecycle: String,
    /// api-v1.1, 3.5; `null` until it ended.
    pub outcome: Option<String>,
    /// When it was triggered.
    pub usage_queued_at: Option<String>,
    /// When it began to wait for a runner.
    pub queued_at: Option<String>,
    /// When a runner took it.
    pub start_time: Option<String>,
    /// When it ended.
    pub stop_time: Option<String>,
    /// From start to end.
    pub build_time_millis: Option<i64>,
    /// Its workflow and job.
    pub workflows: Workflows,
}

/// A build's place in its workflow.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Workflows {
    /// UUID.
    pub workflow_id: String,
    /// Its name.
    pub workflow_name: String,
    /// UUID.
    pub job_id: String,
    /// Its name.
    pub job_name: String,
}

/// A build as lists with `shallow=true` show it.
#[derive(Debug, Clone, Serialize, Deserialize)]
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
}

/// A build, in lists and alone.
#[derive(Debug, Clone, Serialize, Deserialize)]
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
    /// The build that it runs again.
    pub retry_of: Option<i64>,
    /// What was injected.
    pub build_parameters: Option<BTreeMap<String, String>>,
    /// Whether anyone may read it.
    pub oss: bool,
}

impl Build {
    /// What a *Status* token reads too.
    pub fn status(&self) -> &BuildStatus {
        &self.shallow.status
    }
}

/// Who triggered a build. Where nobody is known: `is_user` false and `login` `none`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct User {
    /// A person is known.
    pub is_user: bool,
    /// The person's name, or `none`.
    pub login: String,
    /// The person's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// One build alone, with what lists leave out.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct BuildDetails {
    /// The build.
    #[serde(flatten)]
    pub build: Build,
    /// The builds that run it again.
    pub retries: Option<Vec<i64>>,
    /// Who cancelled it.
    pub canceler: Option<User>,
    /// The configuration.
    pub circle_yml: Option<CircleYml>,
    /// Some files were kept.
    pub has_artifacts: bool,
    /// Always empty: messages stand in the steps.
    pub messages: Vec<Message>,
    /// The steps, in order.
    pub steps: Vec<Step>,
}

/// The configuration's text.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CircleYml {
    /// YAML.
    pub string: String,
}

/// A step of a build.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Step {
    /// What people see.
    pub name: String,
    /// One for each copy that runs side by side.
    pub actions: Vec<Action>,
}

/// What a step did on one node.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Action {
    /// What people see.
    pub name: String,
    /// 2.0 jobs use `test` for all steps.
    #[serde(rename = "type")]
    pub kind: String,
    /// api-v1.1, 3.5.
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
    /// The process's exit code.
    pub exit_code: Option<i64>,
    /// From start to end.
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
    /// Where the output is: a JSON list of [`Output`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output_url: Option<String>,
}

/// A piece of output.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Output {
    /// `out`: both streams are kept together, in order.
    #[serde(rename = "type")]
    pub kind: String,
    /// When the step began.
    pub time: String,
    /// The text.
    pub message: String,
}

/// A kept file.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Artifact {
    /// Its name in the build.
    pub path: String,
    /// The same.
    pub pretty_path: String,
    /// The node.
    pub node_index: u32,
    /// Where its bytes are.
    pub url: String,
    /// How many bytes it has; Rondo's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// `sha256:` and the digest of its bytes in hexadecimal digits; Rondo's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
}

/// `GET …/tests`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Tests {
    /// Each test.
    pub tests: Vec<crate::runner::Test>,
    /// Always empty: a report that cannot be read is told in its step.
    pub exceptions: Vec<String>,
}

/// A variable, masked in answers.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnvVar {
    /// Its name.
    pub name: String,
    /// Its value in a request, its mask in an answer.
    pub value: String,
}

/// `POST …/follow`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Follow {
    /// Whether the person follows the project now.
    pub following: bool,
    /// Always `null`: following triggers nothing here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_build: Option<Option<i64>>,
    /// As CircleCI answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workflow: Option<bool>,
}

/// A project in a list.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Project {
    /// Its UUID.
    pub id: String,
    /// Its organization's UUID: `circleci/<organization_id>/<id>` names the project as well.
    pub organization_id: String,
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
}

/// `POST …/build`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PipelineCreated {
    /// 200.
    pub status: u16,
    /// `Build created`.
    pub body: String,
}

/// A checkout key (`…/checkout-key`): its public half.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CheckoutKey {
    /// `ssh-ed25519 AAAA… comment`.
    pub public_key: String,
    /// `deploy-key`, `github-user-key` or `bitbucket-user-key`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Pairs of hexadecimal digits, or `SHA256:…` where `digest=sha256` was asked for.
    pub fingerprint: String,
    /// It is the one that is used.
    pub preferred: bool,
    /// RFC 3339: when it was made.
    pub time: String,
    /// The person whose key it is; `null` for a deploy key.
    pub login: Option<String>,
}

/// `POST …/checkout-key`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewCheckoutKey {
    /// As in [`CheckoutKey`].
    #[serde(rename = "type")]
    pub kind: String,
}

/// `POST …/ssh-key`.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewSshKey {
    /// The host that it is for; empty, `null` or absent: every host.
    pub hostname: Option<String>,
    /// The text of the file.
    pub private_key: String,
}

/// `DELETE …/ssh-key`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SshKeyName {
    /// Either fingerprint.
    pub fingerprint: String,
    /// The host; absent: every host.
    pub hostname: Option<String>,
}
