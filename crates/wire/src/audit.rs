//! An entry of the audit log, as it is exported: one JSON object a line.

use serde::{Deserialize, Serialize};

/// One thing that happened. Whoever follows the chain themselves hashes `time` in milliseconds since
/// 1970 and the fields from `actor` to `project_id`, in the order of `docs/audit.md`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// Counts from 1.
    pub number: i64,
    /// When: RFC 3339 in UTC, with milliseconds.
    pub time: String,
    /// What happened, such as `token.personal.create`.
    pub event: String,
    /// `person:<id>`, `project-token`, `console`, `runner` or `anyone`.
    pub actor: String,
    /// The actor's name, where it is a person or a service account.
    pub person: Option<String>,
    /// The id of the token that was shown.
    pub token: Option<String>,
    /// The peer's address.
    pub address: String,
    /// The client's word for itself.
    pub agent: String,
    /// The request's id, as `X-Request-Id` told it.
    pub request: String,
    /// To what: an id, a slug or a name.
    pub subject: String,
    /// What else to know.
    pub detail: String,
    /// The id of the project that it is about.
    pub project_id: Option<String>,
    /// That project's slug, where it is still known.
    pub project: Option<String>,
    /// SHA-256 over the seal before it and this entry, in hexadecimal digits; none: the entry is older
    /// than the chain.
    pub seal: Option<String>,
}
