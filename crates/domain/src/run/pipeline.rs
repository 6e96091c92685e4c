//! A pipeline: one commit, its configuration, and the workflows made of it.

use super::words;

/// How a pipeline stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PipelineState {
    /// Its commit is to be fetched.
    Pending,
    /// Its workflows exist.
    Created,
    /// Its commit could not be fetched, or its configuration is wrong.
    Errored,
}

words!(PipelineState { Pending => "pending", Created => "created", Errored => "errored" });

/// What made a pipeline: API v1.1's `why`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Why {
    /// A call of the API, or a button on a page.
    Api,
    /// A build that was run again.
    Retry,
}

words!(Why { Api => "api", Retry => "retry" });
