//! The one grid of rights: what each scope and each role may do. Deny by default: an empty set
//! grants nothing, and nothing here means "everything".

use std::fmt;

/// One right. Every route names the one that it needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Permission {
    /// Badge, feed, build lists and single builds in status form.
    ReadStatus,
    /// Lists of artifacts and the artifacts themselves.
    ReadArtifacts,
    /// Whole builds: commits, steps, output, tests, configuration.
    ReadBuilds,
    /// Trigger, retry, cancel.
    TriggerBuilds,
    /// Settings and the names of variables.
    ReadSettings,
    /// Change settings and variables.
    WriteSettings,
    /// List, make and delete a project's tokens.
    ManageTokens,
    /// One's own account and tokens, and what one follows.
    OwnUser,
    /// Add projects and people: the server's administrators.
    ManageServer,
    /// Take and report work: runners only.
    RunJobs,
}

impl Permission {
    /// All of them, in the order of the grid.
    pub const ALL: [Self; 10] = [
        Self::ReadStatus,
        Self::ReadArtifacts,
        Self::ReadBuilds,
        Self::TriggerBuilds,
        Self::ReadSettings,
        Self::WriteSettings,
        Self::ManageTokens,
        Self::OwnUser,
        Self::ManageServer,
        Self::RunJobs,
    ];

    /// The word that answers and documents use.
    pub fn word(self) -> &'static str {
        match self {
            Self::ReadStatus => "read-status",
            Self::ReadArtifacts => "read-artifacts",
            Self::ReadBuilds => "read-builds",
            Self::TriggerBuilds => "trigger-builds",
            Self::ReadSettings => "read-settings",
            Self::WriteSettings => "write-settings",
            Self::ManageTokens => "manage-tokens",
            Self::OwnUser => "own-user",
            Self::ManageServer => "manage-server",
            Self::RunJobs => "run-jobs",
        }
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// A set of rights.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct Permissions(u16);

impl Permissions {
    /// No right at all.
    pub const NONE: Self = Self(0);

    /// The set of just these.
    pub const fn of(list: &[Permission]) -> Self {
        let mut bits = 0;
        let mut at = 0;
        while at < list.len() {
            bits |= 1 << list[at] as u16;
            at += 1;
        }
        Self(bits)
    }

    /// These and those.
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether the set has it.
    pub const fn has(self, permission: Permission) -> bool {
        self.0 & (1 << permission as u16) != 0
    }
}

impl fmt::Debug for Permissions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(Permission::ALL.iter().filter(|p| self.has(**p))).finish()
    }
}
