//! The states of a pipeline, a workflow and a job, and what may follow what.

mod job;
mod pipeline;
mod record;
mod relations;
mod standing;
mod workflow;

pub use job::{JobEvent, JobStatus, NotPossible, Outcome};
pub use pipeline::{PipelineState, Why};
pub use record::{
    Artifact, Build, BuildFilter, Commit, GitRef, Job, Pipeline, Step, StepStatus, Test,
};
pub use relations::{Earlier, Relations};
pub use standing::{BadgeState, LastPipeline, Standing};
pub use workflow::WorkflowStatus;

/// Gives an enum its words in the store and on the wire: one list for both directions.
macro_rules! words {
    ($name:ident { $($variant:ident => $word:literal),* $(,)? }) => {
        impl $name {
            /// The word in the store.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }

            /// The variant of a stored word.
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)* _ => None }
            }
        }
    };
}
pub(crate) use words;
