//! The one body of every refused API call.

use serde::{Deserialize, Serialize};

/// `{"message": …}` as CircleCI's clients parse it, plus a stable code and, where the caller proved
/// possession of a token, the truth about why that token was not enough.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Failure {
    /// A sentence for people; on CircleCI's own routes its wording is CircleCI's.
    pub message: String,
    /// A stable word for programs, such as `token_unknown`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub code: String,
    /// What is missing or wrong and the way out, if it may be told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}
