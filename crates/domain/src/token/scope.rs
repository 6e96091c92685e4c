//! What a token of a project may do: project tokens and badge keys, which people make, and the tokens
//! of running jobs.

use std::fmt;
use std::str::FromStr;

use crate::permission::{Permission as P, Permissions};

/// The scope of a project's token, with CircleCI's words where it has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scope {
    /// *Status*: build statuses, for badges and polling.
    Status,
    /// *Build Artifacts*: artifacts.
    ViewBuilds,
    /// *All*: both, and with them whole builds.
    All,
    /// A badge key: the project's badge, and nothing else.
    Badge,
    /// A running job: what *All* reads, and triggering.
    Job,
}

impl Scope {
    /// The scopes that people choose from, in the order of the drop-down.
    pub const OFFERED: [Self; 4] = [Self::Status, Self::ViewBuilds, Self::All, Self::Badge];

    /// The word on the wire.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Status => "status",
            Self::ViewBuilds => "view-builds",
            Self::All => "all",
            Self::Badge => "badge",
            Self::Job => "job",
        }
    }

    /// The scope of a stored word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::OFFERED.into_iter().chain([Self::Job]).find(|scope| scope.word() == word)
    }

    /// What it grants on its own project: what people can choose only reads.
    pub const fn permissions(self) -> Permissions {
        match self {
            Self::Status => Permissions::of(&[P::ReadStatus]),
            Self::ViewBuilds => Permissions::of(&[P::ReadArtifacts]),
            Self::All => Permissions::of(&[P::ReadStatus, P::ReadArtifacts, P::ReadBuilds]),
            Self::Badge => Permissions::of(&[P::ReadBadge]),
            Self::Job => {
                Permissions::of(&[P::ReadStatus, P::ReadArtifacts, P::ReadBuilds, P::TriggerBuilds])
            }
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
        write!(f, "unknown scope {:?}: take status, view-builds, all or badge", self.0)
    }
}

impl std::error::Error for UnknownScope {}

impl FromStr for Scope {
    type Err = UnknownScope;
    fn from_str(word: &str) -> Result<Self, UnknownScope> {
        Self::OFFERED
            .into_iter()
            .find(|scope| scope.word() == word)
            .ok_or_else(|| UnknownScope(word.chars().take(40).collect()))
    }
}
