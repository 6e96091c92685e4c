//! The usual sets of rights of a personal token, so that nobody has to know the grid.

use crate::permission::{Permission as P, Permissions};

/// A set of rights with a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Preset {
    /// All of the owner's rights.
    Everything,
    /// What a viewer reads: statuses, builds, artifacts.
    ReadOnly,
    /// Triggering builds, and seeing how they go.
    TriggerBuilds,
    /// Artifacts, and the statuses that lead to them.
    Artifacts,
    /// Settings and environment variables.
    EnvironmentVariables,
}

impl Preset {
    /// All presets, in the order of the form.
    pub const ALL: [Self; 5] = [
        Self::Everything,
        Self::ReadOnly,
        Self::TriggerBuilds,
        Self::Artifacts,
        Self::EnvironmentVariables,
    ];

    /// The word of forms, the API and the command.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Everything => "everything",
            Self::ReadOnly => "read-only",
            Self::TriggerBuilds => "trigger",
            Self::Artifacts => "artifacts",
            Self::EnvironmentVariables => "variables",
        }
    }

    /// The preset of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|preset| preset.word() == word)
    }

    /// The preset that has just these rights.
    pub fn of(rights: Permissions) -> Option<Self> {
        Self::ALL.into_iter().find(|preset| preset.rights() == rights)
    }

    /// Its rights.
    pub const fn rights(self) -> Permissions {
        match self {
            Self::Everything => Permissions::EVERY,
            Self::ReadOnly => Permissions::of(&[P::ReadStatus, P::ReadArtifacts, P::ReadBuilds]),
            Self::TriggerBuilds => {
                Permissions::of(&[P::ReadStatus, P::ReadBuilds, P::TriggerBuilds])
            }
            Self::Artifacts => Permissions::of(&[P::ReadStatus, P::ReadArtifacts]),
            Self::EnvironmentVariables => Permissions::of(&[P::ReadSettings, P::WriteSettings]),
        }
    }
}
