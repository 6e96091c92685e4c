//! The one grid of rights: what each scope and each role may do. Deny by default: an empty set
//! grants nothing, and nothing here means "everything".

use std::fmt;
use std::str::FromStr;

/// One right. Every route names the one that it needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Permission {
    /// The badge. Whoever may read statuses may.
    ReadBadge,
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
    /// Make, change and delete service accounts and their tokens. No service account ever has it.
    ManageServices,
    /// One's own account and tokens, and what one follows.
    OwnUser,
    /// Add projects and people: the server's administrators.
    ManageServer,
    /// Take and report work: runners only.
    RunJobs,
}

impl Permission {
    /// All of them, in the order of the grid.
    pub const ALL: [Self; 12] = [
        Self::ReadBadge,
        Self::ReadStatus,
        Self::ReadArtifacts,
        Self::ReadBuilds,
        Self::TriggerBuilds,
        Self::ReadSettings,
        Self::WriteSettings,
        Self::ManageTokens,
        Self::ManageServices,
        Self::OwnUser,
        Self::ManageServer,
        Self::RunJobs,
    ];

    /// Those that a personal token can be narrowed to: all but the runners' own, and the badge, which has
    /// keys of its own.
    pub const OF_TOKENS: [Self; 10] = [
        Self::ReadStatus,
        Self::ReadArtifacts,
        Self::ReadBuilds,
        Self::TriggerBuilds,
        Self::ReadSettings,
        Self::WriteSettings,
        Self::ManageTokens,
        Self::ManageServices,
        Self::OwnUser,
        Self::ManageServer,
    ];

    /// The word that answers and documents use.
    pub fn word(self) -> &'static str {
        match self {
            Self::ReadBadge => "read-badge",
            Self::ReadStatus => "read-status",
            Self::ReadArtifacts => "read-artifacts",
            Self::ReadBuilds => "read-builds",
            Self::TriggerBuilds => "trigger-builds",
            Self::ReadSettings => "read-settings",
            Self::WriteSettings => "write-settings",
            Self::ManageTokens => "manage-tokens",
            Self::ManageServices => "manage-services",
            Self::OwnUser => "own-user",
            Self::ManageServer => "manage-server",
            Self::RunJobs => "run-jobs",
        }
    }
}

/// The word names no right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownPermission(String);

impl UnknownPermission {
    /// The word, shortened.
    pub fn word(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for UnknownPermission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unknown permission {:?}: take ", self.0)?;
        let words: Vec<_> = Permission::OF_TOKENS.into_iter().map(Permission::word).collect();
        f.write_str(&words.join(", "))
    }
}

impl std::error::Error for UnknownPermission {}

impl FromStr for Permission {
    type Err = UnknownPermission;
    fn from_str(word: &str) -> Result<Self, UnknownPermission> {
        Self::OF_TOKENS
            .into_iter()
            .find(|permission| permission.word() == word)
            .ok_or_else(|| UnknownPermission(word.chars().take(40).collect()))
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

    /// Every right that there is or will be: whoever holds it is held back by something else.
    pub const EVERY: Self = Self(u16::MAX);

    /// The set of just these, and what they mean: statuses hold the badge.
    pub const fn of(list: &[Permission]) -> Self {
        let mut bits = 0;
        let mut at = 0;
        while at < list.len() {
            bits |= 1 << list[at] as u16;
            if matches!(list[at], Permission::ReadStatus) {
                bits |= 1 << Permission::ReadBadge as u16;
            }
            at += 1;
        }
        Self(bits)
    }

    /// These and those.
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Those that are in both.
    pub const fn shared(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// These without those.
    pub const fn except(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// These without one.
    pub const fn without(self, permission: Permission) -> Self {
        Self(self.0 & !(1 << permission as u16))
    }

    /// One that is in here and not in the other set, if there is any.
    pub fn beyond(self, other: Self) -> Option<Permission> {
        self.iter().find(|permission| !other.has(*permission))
    }

    /// The rights in here, in the order of the grid; the badge only where it stands alone.
    pub fn iter(self) -> impl Iterator<Item = Permission> {
        let meant = self.has(Permission::ReadStatus);
        let shown = Permission::ALL.into_iter().filter(move |permission| self.has(*permission));
        shown.filter(move |permission| !(meant && *permission == Permission::ReadBadge))
    }

    /// Whether the set has it.
    pub const fn has(self, permission: Permission) -> bool {
        self.0 & (1 << permission as u16) != 0
    }
}

impl fmt::Debug for Permissions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

impl FromIterator<Permission> for Permissions {
    fn from_iter<I: IntoIterator<Item = Permission>>(list: I) -> Self {
        list.into_iter().fold(Self::NONE, |set, permission| set.and(Self::of(&[permission])))
    }
}
