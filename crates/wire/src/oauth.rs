//! Signing a command in through a browser: the JSON of RFC 8628, sections 3.2 and 3.5.

use serde::{Deserialize, Serialize};

/// The `grant_type` of a command that asks whether it was signed in.
pub const DEVICE_GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// What a command is told when it begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceAuthorization {
    /// The command's own code.
    pub device_code: String,
    /// What a person compares or types.
    pub user_code: String,
    /// Where they do.
    pub verification_uri: String,
    /// The same with the code in it.
    pub verification_uri_complete: String,
    /// How long it waits, in seconds.
    pub expires_in: i64,
    /// How many seconds to let pass between two questions.
    pub interval: i64,
}

/// The answer to a command that was signed in. It holds a token's value, so it has no `Debug`.
#[derive(Serialize, Deserialize)]
pub struct AccessToken {
    /// The token's value.
    pub access_token: String,
    /// `Bearer`.
    pub token_type: String,
}

/// Why there is no token, or not yet: RFC 6749's errors and RFC 8628's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OauthError {
    /// A stable word such as `authorization_pending`.
    pub error: String,
    /// A sentence for people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub error_description: String,
}
