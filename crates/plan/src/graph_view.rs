//! The graph of a workflow as data, for whoever draws it.

use crate::compiled::{Kind, Outcome};

/// One workflow. Acyclic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Graph {
    /// The key of the workflow in the config.
    pub workflow: String,
    /// Its jobs, in the order of the config, with those that filters take away.
    pub jobs: Vec<GraphJob>,
}

/// One job of a workflow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GraphJob {
    /// Unique in the workflow.
    pub name: String,
    /// The job that is called, such as `build` or `orb/test`.
    pub job: String,
    /// Whether it runs steps, waits for a person, or does nothing. Releases and locks count as
    /// builds here.
    pub kind: Kind,
    /// Names of the jobs that come first, with the outcomes that count.
    pub requires: Vec<(String, Vec<Outcome>)>,
    /// Whether it runs for the branch or tag that was asked for.
    pub runs: bool,
}
