//! Service accounts.

use serde::{Deserialize, Serialize};

/// A service account.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ServiceAccount {
    /// Its UUID.
    pub id: String,
    /// What people call it; no other of the organization is called the same.
    pub name: String,
    /// The organization, such as `gh/acme`.
    pub organization: String,
    /// The project that it belongs to, as a slug; `null`: it is the organization's.
    pub project: Option<String>,
    /// The rights that it can have at most, there.
    pub ceiling: Vec<String>,
    /// Who answers for it.
    pub contacts: Vec<Contact>,
    /// When it was made, RFC 3339.
    pub created_at: String,
    /// Since when it is disabled, RFC 3339; `null`: it is not.
    pub disabled_at: Option<String>,
}

/// Somebody who answers for a service account.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Contact {
    /// Their name.
    pub name: String,
    /// They can: they are not disabled, and have a part in the organization. Of the others nobody is told
    /// anything.
    pub answering: bool,
}

/// A list of service accounts, by name.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ServiceAccounts {
    /// All of them.
    pub items: Vec<ServiceAccount>,
    /// Always `null`: they are few.
    pub next_page_token: Option<String>,
}

/// The body of a request for a service account.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CreateServiceAccount {
    /// What it is called.
    pub name: String,
    /// The rights that it can have at most.
    pub ceiling: Vec<String>,
    /// The names of who answers for it; whoever makes it, where this is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contacts: Option<Vec<String>>,
}

/// The body of `POST …/ceiling`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeCeiling {
    /// The rights that the account can have at most from now on.
    pub ceiling: Vec<String>,
}

/// The body of `POST …/name`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RenameServiceAccount {
    /// What the account is called from now on.
    pub name: String,
}

/// The body of `POST …/contacts`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeContacts {
    /// The names of who answers for the account from now on.
    pub contacts: Vec<String>,
}
