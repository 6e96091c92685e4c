//! The kinds of problems, as words that do not change: editors and CI group findings by them. What
//! exactly is wrong is the message's matter.

/// What kind of thing is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Code {
    /// The text is not one YAML document that a config can be.
    Yaml,
    /// A key stands twice in one map.
    DuplicateKey,
    /// The config, or what it expands to, is too large or nested too deep.
    Size,
    /// The version, or something that the version does not have.
    Version,
    /// A key that its object does not have.
    UnknownKey,
    /// A key that its object must have is missing.
    MissingKey,
    /// A value of the wrong type, or one that the key does not take.
    Value,
    /// The name of a job, command, executor, parameter or value that does not exist.
    UnknownName,
    /// Arguments that do not fit the parameters.
    Argument,
    /// An expression or a logic statement that makes no sense.
    Expression,
    /// A pattern of a filter or condition that is no regular expression.
    Pattern,
    /// A call that ends in itself.
    Recursion,
    /// `requires` that no order of jobs can satisfy, or that names no job.
    Requires,
    /// An orb that was not found, or that is none.
    Orb,
    /// Valid, but this version does not run it.
    Unsupported,
    /// Works, and there is a newer way to write it.
    Deprecated,
    /// Has no effect.
    NoEffect,
    /// Defined and never used.
    Unused,
    /// What looks like a secret stands in the config.
    Secret,
}

impl Code {
    /// All kinds, in no particular order.
    pub const ALL: [Self; 19] = [
        Self::Yaml,
        Self::DuplicateKey,
        Self::Size,
        Self::Version,
        Self::UnknownKey,
        Self::MissingKey,
        Self::Value,
        Self::UnknownName,
        Self::Argument,
        Self::Expression,
        Self::Pattern,
        Self::Recursion,
        Self::Requires,
        Self::Orb,
        Self::Unsupported,
        Self::Deprecated,
        Self::NoEffect,
        Self::Unused,
        Self::Secret,
    ];

    /// The stable word for it, such as `unknown-name`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Yaml => "yaml",
            Self::DuplicateKey => "duplicate-key",
            Self::Size => "size",
            Self::Version => "version",
            Self::UnknownKey => "unknown-key",
            Self::MissingKey => "missing-key",
            Self::Value => "value",
            Self::UnknownName => "unknown-name",
            Self::Argument => "argument",
            Self::Expression => "expression",
            Self::Pattern => "pattern",
            Self::Recursion => "recursion",
            Self::Requires => "requires",
            Self::Orb => "orb",
            Self::Unsupported => "unsupported",
            Self::Deprecated => "deprecated",
            Self::NoEffect => "no-effect",
            Self::Unused => "unused",
            Self::Secret => "secret",
        }
    }

    /// One sentence about this kind.
    pub fn description(self) -> &'static str {
        match self {
            Self::Yaml => "The text is not one YAML document that a config can be.",
            Self::DuplicateKey => "A key stands twice in one map; the last one counts.",
            Self::Size => "The config, or what it expands to, is too large or nested too deep.",
            Self::Version => "The config's version is unknown, or does not have what is used.",
            Self::UnknownKey => "The object does not have this key.",
            Self::MissingKey => "The object needs a key that is not there.",
            Self::Value => "The value has the wrong type, or is none that the key takes.",
            Self::UnknownName => "Nothing of this name exists.",
            Self::Argument => "The arguments of a call do not fit the parameters.",
            Self::Expression => "An expression or logic statement makes no sense.",
            Self::Pattern => "A pattern is no regular expression that can be matched.",
            Self::Recursion => "A command or orb ends in itself.",
            Self::Requires => "`requires` names no job, or no order of jobs satisfies it.",
            Self::Orb => "An orb was not found, or its text is not an orb.",
            Self::Unsupported => "Valid, but this version of Rondo does not run it yet.",
            Self::Deprecated => "Still works; there is a newer way to write it.",
            Self::NoEffect => "What is written has no effect.",
            Self::Unused => "A definition is never used.",
            Self::Secret => "What looks like a secret stands in the config.",
        }
    }
}
