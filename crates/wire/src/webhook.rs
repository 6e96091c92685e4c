//! What the operator's webhook is told.

use serde::{Deserialize, Serialize};

/// Holds `v1=` and the HMAC-SHA-256 of the body, in hexadecimal digits.
pub const SIGNATURE_HEADER: &str = "rondo-signature";

/// The body of a call that tells of tokens that end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// A word that is this call's alone.
    pub id: String,
    /// What happened: `token.expiring`.
    #[serde(rename = "type")]
    pub kind: String,
    /// When it was sent.
    pub happened_at: String,
    /// The server's address.
    pub server: String,
    /// Which tokens; the first ends first.
    pub tokens: Vec<Token>,
}

/// The body of a call that tells of tokens that were deleted, many at once or since nobody used them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToldOfDeleted {
    /// A word that is this call's alone.
    pub id: String,
    /// What happened: `token.revoked`.
    #[serde(rename = "type")]
    pub kind: String,
    /// When it was sent.
    pub happened_at: String,
    /// The server's address.
    pub server: String,
    /// When they were deleted.
    pub deleted_at: String,
    /// By whom: a person's name, `console`, or `policy`, where nobody used them.
    pub deleted_by: String,
    /// Why, if that was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// How many they are.
    pub count: i64,
    /// The oldest of them, 500 at most.
    pub tokens: Vec<DeletedToken>,
}

/// A token that was deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeletedToken {
    /// Which.
    pub id: String,
    /// What it was called.
    pub label: String,
    /// Whose it was; of a personal one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Its project; of a project's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    /// The name of its service account; of a service account's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service_account: Option<String>,
}

/// A token that ends soon.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    /// Which.
    pub id: String,
    /// What it is called.
    pub label: String,
    /// Whose it is; of a personal one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Its project; of a project's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    /// The name of its service account; of a service account's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service_account: Option<String>,
    /// When it ends; where `unused_days` is there, when it is deleted unless somebody uses it.
    pub expires_at: String,
    /// Which threshold it passed: so many days before its end.
    pub threshold_days: i64,
    /// The whole days that are left.
    pub days_left: i64,
    /// After so many days without a use it is deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unused_days: Option<i64>,
    /// The organization whose policy asks for that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy_of: Option<String>,
}
