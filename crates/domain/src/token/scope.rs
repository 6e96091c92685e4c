//! What a project token may read.

use std::fmt;
use std::str::FromStr;

use crate::permission::{Permission as P, Permissions};

/// A project token's scope, with CircleCI's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scope {
    /// *Status*: build statuses, for badges and polling.
    Status,
    /// *Build Artifacts*: artifacts.
    ViewBuilds,
    /// *All*: both, and with them whole builds.
    All,
}

impl Scope {
    /// All scopes, in the order of the drop-down.
    pub const ALL: [Self; 3] = [Self::Status, Self::ViewBuilds, Self::All];

    /// The word on the wire.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Status => "status",
            Self::ViewBuilds => "view-builds",
            Self::All => "all",
        }
    }

    /// What it grants on its own project: reading only.
    pub const fn permissions(self) -> Permissions {
        match self {
            Self::Status => Permissions::of(&[P::ReadStatus]),
            Self::ViewBuilds => Permissions::of(&[P::ReadArtifacts]),
            Self::All => Permissions::of(&[P::ReadStatus, P::ReadArtifacts, P::ReadBuilds]),
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// The word names no scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownScope(String);

impl UnknownScope {
    /// The word, cut short.
    pub fn word(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for UnknownScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unknown scope {:?}: take status, view-builds or all", self.0)
    }
}

impl std::error::Error for UnknownScope {}

impl FromStr for Scope {
    type Err = UnknownScope;
    fn from_str(word: &str) -> Result<Self, UnknownScope> {
        Self::ALL
            .into_iter()
            .find(|scope| scope.word() == word)
            .ok_or_else(|| UnknownScope(word.chars().take(40).collect()))
    }
}
