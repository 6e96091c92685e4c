//! The tests of a build.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `GET …/tests`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Tests {
    /// Each test.
    pub tests: Vec<Test>,
    /// Always empty: a report that cannot be read is told in its step.
    pub exceptions: Vec<String>,
}

/// One test.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Test {
    /// The suite's class.
    pub classname: String,
    /// The test's file; empty where the report names none.
    pub file: String,
    /// Its name.
    pub name: String,
    /// `success`, `failure`, `error` or `skipped`.
    pub result: String,
    /// Seconds.
    pub run_time: f64,
    /// Why it failed or was skipped.
    pub message: Option<String>,
    /// The suite's name; empty where the report names none.
    pub source: String,
    /// Always `junit`: the form of the reports that are read.
    pub source_type: String,
}
