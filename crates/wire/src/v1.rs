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
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeleteToken {
    /// Why: kept with what the token was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
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
