//! What asks for a config to be compiled: the branch or tag, what of the config is wanted, and the
//! pipeline's values. Given by the caller; nothing here is read from the world.

/// One reason to compile a config.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trigger {
    /// What is built: filters are judged by it.
    pub reference: Reference,
    /// Which part of the config is wanted.
    pub selection: Selection,
    /// Pipeline values by their full names, such as `pipeline.number` and `7`, or
    /// `pipeline.parameters.deploy` and `true`. `pipeline.git.branch` and `pipeline.git.tag` need
    /// not be given: they follow from `reference`.
    pub values: Vec<(String, String)>,
}

/// A branch or a tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reference {
    /// A branch, by its short name.
    Branch(String),
    /// A tag, by its short name.
    Tag(String),
}

/// Which part of a config is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selection {
    /// Its workflows, or its `build` job where it has none.
    Workflows,
    /// This job of its `jobs` alone, in a workflow named like it; filters, `requires` and contexts
    /// do not count, and the other jobs are not looked at.
    Job(String),
}

impl Trigger {
    /// Everything that the config runs on this branch, with no pipeline values.
    pub fn branch(name: impl Into<String>) -> Self {
        let reference = Reference::Branch(name.into());
        Self { reference, selection: Selection::Workflows, values: Vec::new() }
    }
}
