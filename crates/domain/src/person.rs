//! People who sign in, their sessions, and the one-time links that let them in.

use crate::id::{OrgId, PersonId, SessionId};
use crate::name::PersonName;
use crate::role::Role;
use crate::slug::Vcs;
use crate::time::Millis;

/// A person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Who.
    pub id: PersonId,
    /// The name for signing in: CircleCI's `login`.
    pub name: PersonName,
    /// May administer the server.
    pub admin: bool,
    /// Since when nothing of theirs opens anything.
    pub disabled_at: Option<Millis>,
    /// When they were added.
    pub created_at: Millis,
}

/// A person's sign-in on one browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Which; it opens nothing.
    pub id: SessionId,
    /// Whose.
    pub person: PersonId,
    /// When it began.
    pub created_at: Millis,
    /// When the password was given last.
    pub signed_in_at: Millis,
    /// When it was used last, to the minute.
    pub seen_at: Millis,
    /// The browser's word for itself.
    pub agent: String,
    /// Where it came from.
    pub address: String,
}

/// What a one-time link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkPurpose {
    /// Make the first admin account.
    Setup,
    /// Sign in as this person.
    SignIn(PersonId),
}

/// An organization: the middle part of slugs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organization {
    /// Which.
    pub id: OrgId,
    /// Where its repositories live.
    pub vcs: Vcs,
    /// Its name.
    pub name: String,
}

/// As people write it: `gh/acme`.
impl std::fmt::Display for Organization {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.vcs.short(), self.name)
    }
}

/// A person's part in an organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// Whose.
    pub person: PersonId,
    /// Where.
    pub org: OrgId,
    /// What.
    pub role: Role,
}
