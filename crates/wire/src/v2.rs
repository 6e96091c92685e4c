//! The JSON of API v2, as CircleCI's clients read it. Its keys are spelled as CircleCI spells them,
//! some with `-` and some with `_`; where clients disagree, both spellings are there.

mod service;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub use service::{
    ChangeCeiling, ChangeContacts, Contact, CreateServiceAccount, RenameServiceAccount,
    ServiceAccount, ServiceAccounts,
};

use crate::v1::TokenPolicy;

/// `GET /me`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Me {
    /// The person's UUID.
    pub id: String,
    /// The name for signing in.
    pub login: String,
    /// The same.
    pub name: String,
    /// This server keeps no pictures.
    pub avatar_url: Option<String>,
}

/// An organization in `GET /me/collaborations`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Collaboration {
    /// The organization's UUID.
    pub id: String,
    /// `github`, as the published document spells the key.
    #[serde(rename = "vcs-type")]
    pub vcs_type: String,
    /// The same, as CircleCI's own command reads it.
    #[serde(rename = "vcs_type")]
    pub vcs_type_too: String,
    /// Its name.
    pub name: String,
    /// This server keeps no pictures: empty.
    pub avatar_url: String,
    /// `gh/acme`.
    pub slug: String,
}

/// The body of `POST /compile-config-with-defaults`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CompileConfig {
    /// The config's text.
    pub config_yaml: String,
    /// What it is compiled for.
    #[serde(default)]
    pub options: CompileOptions,
}

/// What a config is compiled for.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CompileOptions {
    /// The organization whose private orbs are wanted; this server's orbs are everybody's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner_id: Option<String>,
    /// Pipeline parameters by name.
    #[serde(default)]
    pub pipeline_parameters: Option<Map<String, Value>>,
    /// Pipeline values by their full names.
    #[serde(default)]
    pub pipeline_values: Option<Map<String, Value>>,
    /// Asks for CircleCI's next compiler.
    #[serde(default)]
    pub next: bool,
}

/// The answer to `POST /compile-config-with-defaults`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CompiledConfig {
    /// No problem is an error.
    pub valid: bool,
    /// The text that was sent.
    #[serde(rename = "source-yaml")]
    pub source_yaml: String,
    /// The expanded config; empty where it is not valid.
    #[serde(rename = "output-yaml")]
    pub output_yaml: String,
    /// The errors, in the order of the text.
    pub errors: Vec<ConfigError>,
}

/// One error of a config.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ConfigError {
    /// What is wrong, the way out, and where.
    pub message: String,
}

/// A token, as `GET /token/self` and the lists of API v2 tell of it; never its value.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Token {
    /// Its public handle.
    pub id: String,
    /// `personal`, `project`, `badge` (one project's badge), `service` (a service account's) or `job` (a
    /// running job's own).
    pub kind: String,
    /// What people call it.
    pub label: String,
    /// The person who owns it, if one does.
    pub owner: Option<String>,
    /// The project that it belongs to, as a slug, if it is a project's.
    pub project: Option<String>,
    /// The name of the service account that it belongs to, if it is one's.
    pub service_account: Option<String>,
    /// A project token's scope.
    pub scope: Option<String>,
    /// The rights that it carries; `null`: all of its owner's.
    pub permissions: Option<Vec<String>>,
    /// The projects that it reaches, as slugs; `null`: all that its owner sees.
    pub projects: Option<Vec<String>>,
    /// The networks that it may be used from, as CIDR; `null`: any.
    pub networks: Option<Vec<String>>,
    /// When it was made, RFC 3339.
    pub created_at: String,
    /// When it was used last, RFC 3339.
    pub last_used_at: Option<String>,
    /// The moment from which it is refused, RFC 3339; `null`: never.
    pub expires_at: Option<String>,
    /// Whole days until then; 0 on the last one and afterwards.
    pub days_left: Option<i64>,
    /// Since when it is disabled, RFC 3339; `null`: it is not.
    pub disabled_at: Option<String>,
    /// The policies of organizations that take something from it there, however it is used.
    #[serde(default)]
    pub policies: Vec<TokenPolicy>,
}

/// `GET /token/self/explain`: whether a call would be allowed, and what stops it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explained {
    /// The guard would let the call through.
    pub allowed: bool,
    /// The route that answers the call, with `{names}` of the parts of its path.
    pub route: String,
    /// The right that it takes; `null`: none.
    pub needs: Option<String>,
    /// The project that it is about, as a slug, if the token may know of it.
    pub project: Option<String>,
    /// `right`, `project`, `role`, `scope`, `ceiling`, `policy`, `network`, `expiry`, `page` or `runner`.
    pub stopped_by: Option<String>,
    /// The same as a sentence.
    pub reason: Option<String>,
}

/// `{"message": "…"}`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Message {
    /// The message.
    pub message: String,
}

/// The body of `POST /token/found`. It holds a token's value, so it has no `Debug`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FoundToken {
    /// The whole value.
    pub token: String,
}

/// A token in the list of an organization. Of a personal token `networks` is always `null`, and
/// `projects` has those of the organization alone.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct OrganizationToken {
    /// The token.
    #[serde(flatten)]
    pub token: Token,
    /// It may be used from some networks only.
    pub limited_to_networks: bool,
    /// It reaches chosen projects of other organizations too.
    pub other_organizations: bool,
}

/// `GET /organization/:slug/token`
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TokenPage {
    /// Newest first.
    pub items: Vec<OrganizationToken>,
    /// To be sent as `page-token` for the next page; `null`: this is the last one.
    pub next_page_token: Option<String>,
}

/// The body of `POST /admin/token/revoke`. All that is given must be true of a token.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RevokeTokens {
    /// Made before this moment, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// The token of this id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// A personal token of this person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
    /// A token of this project, as a slug, or of a service account of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    /// A token of a project or of a service account of this organization, such as `gh/acme`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization: Option<String>,
    /// Never used.
    #[serde(default, deserialize_with = "only_true")]
    pub never_used: bool,
    /// Personal, and not narrowed at all.
    #[serde(default, deserialize_with = "only_true")]
    pub unrestricted: bool,
    /// Its value was shown in this network, as CIDR or one address, as far as uses are kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen_from: Option<String>,
    /// How many tokens it is true of; needed unless `dry_run` is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<i64>,
    /// The word of the dry run that counted them, in the last ten minutes: they are not counted again, and
    /// none is hit that was made since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preview: Option<String>,
    /// Why: kept with what each token was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Only say how many they are, and show the first.
    #[serde(default)]
    pub dry_run: bool,
    /// Of a dry run: also who used them from this day on, in UTC, and would have been refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Until the end of this day; today where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}

/// A condition that is either there or left out: `false` would say nothing, or the contrary.
fn only_true<'de, D: serde::Deserializer<'de>>(input: D) -> Result<bool, D::Error> {
    match bool::deserialize(input)? {
        true => Ok(true),
        false => Err(serde::de::Error::custom("a condition is true, or is left out")),
    }
}

/// The answer to `POST /admin/token/revoke`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RevokedTokens {
    /// Nothing was deleted.
    pub dry_run: bool,
    /// How many tokens it is true of.
    pub count: i64,
    /// The oldest of them, 20 at most; of a dry run only.
    pub first: Vec<Token>,
    /// Of a dry run: to be sent as `preview` with the order.
    pub preview: Option<String>,
    /// Of a dry run with `from`.
    pub would_refuse: Option<WouldRefuse>,
}

/// Uses that were let in on some days, and would have been refused, had their tokens been deleted.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct WouldRefuse {
    /// The first day, in UTC.
    pub from: String,
    /// The last day.
    pub until: String,
    /// How many of the tokens were used.
    pub tokens: i64,
    /// How often.
    pub uses: i64,
    /// Those that were used most, 20 at most.
    pub first: Vec<MissedToken>,
}

/// A token that would have been missed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct MissedToken {
    /// Which.
    pub token: Token,
    /// How often it was used on these days.
    pub uses: i64,
    /// Programs that used it in this time, the last one first; 10 at most. Their `uses` are all that are
    /// known of, also on other days.
    pub clients: Vec<crate::v1::TokenClient>,
    /// Counts by route and network, the most used first, 10 at most; `day` is the last one of each.
    pub counts: Vec<crate::v1::TokenUseCount>,
}

/// `GET /organization/:slug/policy`: what an organization asks of the tokens that are used in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// How often it was changed: to be sent with the next change.
    pub version: i64,
    /// The greatest lifetime in days, from the making to the end; `null`: any.
    pub max_days: Option<i64>,
    /// No personal token with all rights on all projects.
    pub no_unrestricted: bool,
    /// The networks from which tokens are taken, as CIDR; `null`: any.
    pub networks: Option<Vec<String>>,
    /// After so many days without a use a token is deleted; `null`: never.
    pub idle_days: Option<i64>,
    /// No token in an address.
    pub no_query: bool,
    /// Rights that change something take a second admin's approval.
    pub approval: bool,
    /// Tokens made from this moment on do, RFC 3339.
    pub approval_since: Option<String>,
}

/// The body of `PUT /organization/:slug/policy`. It is the whole policy: a rule that is left out is none.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetPolicy {
    /// The version that it replaces, as `GET` tells it.
    pub version: i64,
    /// The greatest lifetime in days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_days: Option<i64>,
    /// No personal token with all rights on all projects.
    #[serde(default)]
    pub no_unrestricted: bool,
    /// The networks from which tokens are taken, as CIDR.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub networks: Option<Vec<String>>,
    /// After so many days without a use a token is deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idle_days: Option<i64>,
    /// No token in an address.
    #[serde(default)]
    pub no_query: bool,
    /// Rights that change something take a second admin's approval.
    #[serde(default)]
    pub approval: bool,
    /// The networks may leave out the address that this request comes from.
    #[serde(default)]
    pub confirm_networks: bool,
    /// Only say what it would mean.
    #[serde(default)]
    pub dry_run: bool,
}

/// The answer to `PUT /organization/:slug/policy`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangedPolicy {
    /// Nothing was changed.
    pub dry_run: bool,
    /// The policy as it is now.
    pub policy: Policy,
    /// How many tokens the organization has.
    pub tokens: u64,
    /// How many of them open nothing there under the policy that was sent, however they are used.
    pub stopped: u64,
    /// How many of them it deletes soon, since nobody uses them.
    pub idle: u64,
}

/// A token whose rights to change something take an approval.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Approvable {
    /// The token.
    #[serde(flatten)]
    pub token: OrganizationToken,
    /// `waiting`, `approved` or `refused`.
    pub approval: String,
    /// Who said so; `null`: nobody did.
    pub said_by: Option<String>,
    /// When, RFC 3339.
    pub said_at: Option<String>,
    /// Why, if that was said.
    pub reason: Option<String>,
}

/// `GET /organization/:slug/approval`
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Approvals {
    /// Newest first.
    pub items: Vec<Approvable>,
}
