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

/// What a token is, to who may know it: RFC 7662, section 2.2. One that opens nothing, that is not there,
/// or that the asker may not know of is `{"active": false}` and nothing else.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Introspection {
    /// It opens something now.
    pub active: bool,
    /// The rights that it carries, with blanks between them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// Whose it is: a person's name; none for a project's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// `Bearer`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_type: Option<String>,
    /// When it ends, in seconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exp: Option<i64>,
    /// When it was made, in seconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub iat: Option<i64>,
    /// The id of the person or of the project that it acts for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sub: Option<String>,
    /// The address of this server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub iss: Option<String>,
    /// The token's public handle.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jti: Option<String>,
}

/// What this server has of OAuth and where: RFC 8414.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerMetadata {
    /// The address of this server.
    pub issuer: String,
    /// Where a command begins to sign in.
    pub device_authorization_endpoint: String,
    /// Where it asks whether it was.
    pub token_endpoint: String,
    /// Commands prove nothing but the code that they were given.
    pub token_endpoint_auth_methods_supported: Vec<String>,
    /// None: nobody is sent back and forth.
    pub response_types_supported: Vec<String>,
    /// The one way to sign a command in.
    pub grant_types_supported: Vec<String>,
    /// Where is told what a token is.
    pub introspection_endpoint: String,
    /// Where whoever holds a token ends it.
    pub revocation_endpoint: String,
    /// Holding the token is the proof.
    pub revocation_endpoint_auth_methods_supported: Vec<String>,
}
