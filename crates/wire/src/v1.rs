//! The JSON of API v1.1, as CircleCI's clients read it. A field that is not here does not exist on
//! this server yet; one that is `null` exists and has no value.

mod build;
mod me;
mod project;
mod test;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use build::*;
pub use me::*;
pub use project::*;
pub use test::*;

/// A token in a list.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
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
    /// The rotation that it stands in; `null`: none.
    #[serde(default)]
    pub rotation: Option<Rotation>,
    /// The policies of organizations that take something from it there, however it is used.
    #[serde(default)]
    pub policies: Vec<TokenPolicy>,
}

/// What the policy of an organization takes from a token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TokenPolicy {
    /// The organization, such as `gh/acme`.
    pub organization: String,
    /// Which rule: the `code` with which the token is refused there.
    pub code: String,
    /// With `policy_approval`: `waiting` or `refused`. The token reads, and changes nothing there.
    pub approval: Option<String>,
    /// Why it was refused, if that was said.
    pub reason: Option<String>,
}

/// A token that replaces another, while both work.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Rotation {
    /// The id of the token on its way out.
    pub predecessor: String,
    /// The id of the token on its way in.
    pub successor: String,
    /// When it began, RFC 3339.
    pub begun_at: String,
    /// When the successor was used first, RFC 3339; `null`: not yet.
    pub taken_up_at: Option<String>,
    /// Seconds that the predecessor goes on after that.
    pub grace_seconds: i64,
    /// The moment from which the predecessor is refused, as far as is known now, RFC 3339.
    pub ends_at: String,
}

/// What a token was used for, in the last 90 days.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct TokenUse {
    /// When it was used first, RFC 3339; `null`: never, or before this was kept.
    pub first_used_at: Option<String>,
    /// When it was used last, RFC 3339; `null`: never.
    pub last_used_at: Option<String>,
    /// Who used it, the last one first: at most 50.
    pub clients: Vec<TokenClient>,
    /// Counts by day, route and network, the newest day first.
    pub counts: Vec<TokenUseCount>,
}

/// A program that used a token from an address.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct TokenClient {
    /// The address; empty if it was not known for sure.
    pub address: String,
    /// The program's word for itself.
    pub agent: String,
    /// When it used the token first, RFC 3339.
    pub first_at: String,
    /// When it used it last, RFC 3339.
    pub last_at: String,
    /// The route of the last use, as a template.
    pub route: String,
    /// The status that the last use was answered with.
    pub status: i64,
    /// How often, refused uses too.
    pub uses: i64,
}

/// Uses of a token on one day, at one route, from one network.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct TokenUseCount {
    /// The day, in UTC: `2026-01-31`.
    pub day: String,
    /// The route, as a template; `other` beyond the 200 that are told apart on a day.
    pub route: String,
    /// The network: a /24 of IPv4, a /48 of IPv6.
    pub network: String,
    /// Uses that were let in.
    pub accepted: i64,
    /// Uses that were refused.
    pub refused: i64,
}

/// The body of a request that rotates a token; it may be left out.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RotateToken {
    /// Seconds that the old value works after the first use of the new one; 3600 where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grace_seconds: Option<i64>,
    /// Seconds that the old value works altogether, at most; 604800 where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overlap_seconds: Option<i64>,
}

/// A token in the one answer that shows its value.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct NewToken {
    /// Everything that lists show too.
    #[serde(flatten)]
    pub shown: Token,
    /// The value. It is never told again.
    pub token: String,
}

/// `GET /token/self`: what a token can learn about itself.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
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
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
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

/// The body of a request that deletes a token; it may be left out.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeleteToken {
    /// Why: kept with what the token was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// The body of a request that brings a token's end nearer.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ShortenToken {
    /// When it shall end, RFC 3339: in the future, and no later than it ends now.
    pub expires_at: String,
}

/// `{"message": "ok"}`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Message {
    /// The message.
    pub message: String,
}

/// A kept file.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
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

/// A variable, masked in answers.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EnvVar {
    /// Its name.
    #[schemars(regex(pattern = "^[A-Za-z_][A-Za-z0-9_]{0,299}$"))]
    pub name: String,
    /// Its value in a request, its mask in an answer.
    pub value: String,
}

/// `POST …/follow`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
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

/// `POST …/build`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct PipelineCreated {
    /// 200.
    pub status: u16,
    /// `Build created`.
    pub body: String,
}

/// A checkout key (`…/checkout-key`): its public half.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
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
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCheckoutKey {
    /// As in [`CheckoutKey`].
    #[serde(rename = "type")]
    #[schemars(extend("enum" = ["deploy-key", "github-user-key", "bitbucket-user-key"]))]
    pub kind: String,
}

/// `POST …/ssh-key`.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSshKey {
    /// The host that it is for; empty, `null` or absent: every host.
    pub hostname: Option<String>,
    /// The text of the file.
    pub private_key: String,
}

/// `DELETE …/ssh-key`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SshKeyName {
    /// Either fingerprint.
    pub fingerprint: String,
    /// The host; absent: every host.
    pub hostname: Option<String>,
}
