//! What a person is in an organization, and what that allows.

use std::fmt;
use std::str::FromStr;

use crate::permission::{Permission as P, Permissions};

/// A person's part in an organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// Sees everything but settings' values.
    Viewer,
    /// Runs builds too.
    Contributor,
    /// Changes settings, variables and tokens too.
    Admin,
}

impl Role {
    /// All roles, the smallest first.
    pub const ALL: [Self; 3] = [Self::Viewer, Self::Contributor, Self::Admin];

    /// What the role allows on each project of the organization.
    pub const fn permissions(self) -> Permissions {
        let viewer = Permissions::of(&[P::ReadStatus, P::ReadArtifacts, P::ReadBuilds]);
        let contributor = viewer.and(Permissions::of(&[P::TriggerBuilds, P::ReadSettings]));
        match self {
            Self::Viewer => viewer,
            Self::Contributor => contributor,
            Self::Admin => contributor.and(Permissions::of(&[
                P::WriteSettings,
                P::ManageTokens,
                P::ManageServices,
            ])),
        }
    }

    /// The word in the store, the command and the pages' forms.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Contributor => "contributor",
            Self::Admin => "admin",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// The word names no role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownRole(String);

impl UnknownRole {
    /// The word, cut short.
    pub fn word(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for UnknownRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unknown role {:?}: take viewer, contributor or admin", self.0)
    }
}

impl std::error::Error for UnknownRole {}

impl FromStr for Role {
    type Err = UnknownRole;
    fn from_str(word: &str) -> Result<Self, UnknownRole> {
        Self::ALL
            .into_iter()
            .find(|role| role.word() == word)
            .ok_or_else(|| UnknownRole(word.chars().take(40).collect()))
    }
}
