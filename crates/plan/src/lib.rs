//! CircleCI configs (`.circleci/config.yml`, versions 2, 2.0 and 2.1) compiled to plans.
//!
//! [`compile`] takes the text of a config and what triggered it, and gives a [`Plan`] of workflows,
//! jobs and steps together with every [`Problem`] it found, each with line and column. [`process`] gives
//! the config as it is expanded. What the language has and this version does not run yet compiles too, and
//! is a problem of the severity [`Severity::Unsupported`] with its place; nothing is accepted and then ignored.
//!
#![doc = include_str!("../README.md")]

mod code;
mod compiled;
mod graph_view;
mod orb;
pub mod pack;
mod problem;
mod trigger;
mod values;

mod builtin;
mod command;
mod compiler;
mod config;
mod container;
mod definition;
mod duration;
mod environment;
mod executor;
mod expanded;
mod expression;
mod filter;
mod graph;
mod group;
mod invocation;
mod job;
mod keys;
mod leak;
mod library;
mod logic;
mod matrix;
mod meter;
mod node;
mod parameter;
mod pattern;
mod pipeline;
mod requirement;
mod run;
mod scalar;
mod schedule;
mod step;
mod suggest;
mod template;
mod unused;
mod workflow;
mod written;
mod yaml;

pub use code::Code;
pub use compiled::{
    AddSshKeys, AttachWorkspace, Auth, AuthKind, Checkout, CheckoutMethod, Container, Executor,
    InstallSigningBundle, Invocation, Job, Kind, Outcome, PersistToWorkspace, Plan, RestoreCache,
    Run, SaveCache, Schedule, Service, SetupRemoteDocker, Step, StoreArtifacts, StoreTestResults,
    When, Words, Workflow,
};
pub use graph_view::{Graph, GraphJob};
pub use orb::{OrbMissing, OrbReference, OrbVersion, Orbs, no_orbs};
pub use problem::{Problem, Severity};
pub use trigger::{Reference, Selection, Trigger};
pub use values::values;

/// What a config compiled to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compiled {
    /// What runs; absent when any problem is an error. Whoever runs it refuses it when any problem
    /// is [`Severity::Unsupported`].
    pub plan: Option<Plan>,
    /// Everything that was found, sorted by position, the config before its orbs; after the first
    /// hundred a last one says how many more there are.
    pub problems: Vec<Problem>,
}

/// What a config expands to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Processed {
    /// The config in the form of version 2, as YAML; absent when any problem is an error. Comments
    /// say from which line of the config a job comes, and from which command a step.
    pub text: Option<String>,
    /// The graphs of the workflows whose conditions hold; empty when any problem is an error.
    pub graphs: Vec<Graph>,
    /// As in [`Compiled::problems`].
    pub problems: Vec<Problem>,
}

/// Compiles the text of a config for one trigger, without orbs: those that the config names are
/// reported as missing. Orbs that the config holds itself are no matter of this.
///
/// Never fails and never panics: what is wrong is in [`Compiled::problems`].
pub fn compile(source: &str, trigger: &Trigger) -> Compiled {
    config::compile(source, trigger, &no_orbs)
}

/// Like [`compile`], with the texts of the orbs that the config names.
pub fn compile_with(source: &str, trigger: &Trigger, orbs: &Orbs<'_>) -> Compiled {
    config::compile(source, trigger, orbs)
}

/// Expands the text of a config for one trigger, as `circleci config process` does.
pub fn process(source: &str, trigger: &Trigger, orbs: &Orbs<'_>) -> Processed {
    config::process(source, trigger, orbs)
}

/// What is wrong with the text of an orb, looked at alone. Places are those of the text.
pub fn check_orb(source: &str, orbs: &Orbs<'_>) -> Vec<Problem> {
    config::check_orb(source, orbs)
}
