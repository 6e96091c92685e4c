//! CircleCI configs (`.circleci/config.yml`, versions 2, 2.0 and 2.1) compiled to plans.
//!
//! [`compile`] takes the text of a config and what triggered it, and gives a [`Plan`] of workflows,
//! jobs and steps together with every [`Problem`] it found, each with line and column. It works
//! offline, fetches nothing, starts nothing, and answers in bounded time and memory whatever the
//! text is. What the language has and this version does not run is an error with its place; nothing
//! is accepted and then ignored.
//!
//! ```
//! use rondo_plan::{Step, Trigger, compile};
//!
//! let source = "\
//! version: 2.1
//! jobs:
//!   build:
//!     docker:
//!       - image: cimg/base:stable
//!     steps:
//!       - checkout
//!       - run: make test
//! ";
//! let compiled = compile(source, &Trigger::branch("main"));
//! assert!(compiled.problems.is_empty());
//!
//! let plan = compiled.plan.expect("a config without errors has a plan");
//! let job = &plan.workflows[0].jobs[0].job;
//! let names: Vec<&str> = job.steps.iter().map(Step::name).collect();
//! assert_eq!(names, ["Checkout code", "make test"]);
//!
//! let compiled = compile(&source.replace("checkout", "chekout"), &Trigger::branch("main"));
//! assert!(compiled.plan.is_none());
//! assert_eq!(
//!     compiled.problems[0].to_string(),
//!     "config.yml:7:9: error: there is no step or command named `chekout` \
//!      (did you mean `checkout`?)",
//! );
//! ```

mod compiled;
pub mod pack;
mod problem;
mod trigger;
mod values;

mod command;
mod compiler;
mod config;
mod definition;
mod duration;
mod emit;
mod environment;
mod executor;
mod filter;
mod graph;
mod invocation;
mod job;
mod keys;
mod logic;
mod matrix;
mod meter;
mod node;
mod parameter;
mod pattern;
mod pipeline;
mod run;
mod scalar;
mod step;
mod suggest;
mod template;
mod workflow;
mod yaml;

pub use compiled::{
    AddSshKeys, Checkout, Executor, Invocation, Job, Plan, Run, Step, StoreArtifacts,
    StoreTestResults, When, Workflow,
};
pub use problem::{Problem, Severity};
pub use trigger::{Reference, Selection, Trigger};
pub use values::values;

/// What a config compiled to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compiled {
    /// What runs; absent when any problem is an error.
    pub plan: Option<Plan>,
    /// Everything that was found, sorted by position; after the first hundred a last one says how
    /// many more there are.
    pub problems: Vec<Problem>,
}

/// Compiles the text of a config for one trigger.
///
/// Never fails and never panics: what is wrong is in [`Compiled::problems`].
pub fn compile(source: &str, trigger: &Trigger) -> Compiled {
    config::compile(source, trigger)
}
