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
    /// Acts as a service account.
    Service,
    /// Is a running job's own.
    Job,
}

impl TokenKind {
    /// All kinds.
    pub const ALL: [Self; 5] =
        [Self::Personal, Self::Project, Self::Badge, Self::Service, Self::Job];
    /// How many characters a prefix has.
    pub const PREFIX_LENGTH: usize = 6;

    /// The word that answers use.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Personal => "personal",
            Self::Project => "project",
            Self::Badge => "badge",
            Self::Service => "service",
            Self::Job => "job",
        }
    }

    /// The kind of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// What a token of this kind begins with.
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Personal => "rdpat_",
            Self::Project => "rdprj_",
            Self::Badge => "rdbdg_",
            Self::Service => "rdsvc_",
            Self::Job => "rdjob_",
        }
    }
}
