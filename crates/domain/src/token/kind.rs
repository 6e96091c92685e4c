//! The kinds of tokens, told apart by their first characters.

/// What a token is. Its prefix stands in scripts and in secret scanners' rules: changing one breaks
/// both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// Acts as the person who made it.
    Personal,
    /// Reads from one project.
    Project,
    /// Shows one project's badge.
    Badge,
    /// Is a running job's own.
    Job,
}

impl TokenKind {
    /// All kinds.
    pub const ALL: [Self; 4] = [Self::Personal, Self::Project, Self::Badge, Self::Job];
    /// How many characters a prefix has.
    pub const PREFIX_LENGTH: usize = 6;

    /// What a token of this kind begins with.
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Personal => "rdpat_",
            Self::Project => "rdprj_",
            Self::Badge => "rdbdg_",
            Self::Job => "rdjob_",
        }
    }
}
