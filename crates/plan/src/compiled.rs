//! What a config compiles to: workflows of jobs of steps, with nothing left to look up. A plan is
//! stored, so its serialized form must stay readable by later versions: fields may be added with a
//! default, never renamed. No positions, no templates, no filters: those are spent by now.

use serde::{Deserialize, Serialize};

/// What one trigger of a config runs. No workflows at all is a valid plan: everything was filtered
/// away, or there is nothing to run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// The workflows, in the order of the config. Each has at least one job.
    pub workflows: Vec<Workflow>,
}

/// A graph of jobs. Acyclic; every name in `requires` is the name of a job in this workflow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Workflow {
    /// The key of the workflow in the config.
    pub name: String,
    /// The jobs, in the order of the config.
    pub jobs: Vec<Invocation>,
}

/// A job as one workflow calls it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invocation {
    /// Unique in the workflow.
    pub name: String,
    /// Names of the invocations of this workflow that must succeed first, each once.
    pub requires: Vec<String>,
    /// What runs.
    pub job: Job,
}

/// One job: where it runs and its steps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    /// The kind of machine or container.
    pub executor: Executor,
    /// A size or a pool of runners, as the config writes it.
    pub resource_class: Option<String>,
    /// Where steps run, `~/project` unless the config says otherwise. `~` is the job user's home.
    pub working_directory: String,
    /// The shell of all steps that name none, with its arguments.
    pub shell: Option<String>,
    /// Variables in the order of the config, each name once.
    pub environment: Vec<(String, String)>,
    /// The steps, in order.
    pub steps: Vec<Step>,
}

/// Where a job runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Executor {
    /// In a container of this image.
    Docker {
        /// The image as the config names it.
        image: String,
    },
    /// On a machine.
    Machine {
        /// The machine's image; `None` is whatever the runner is.
        image: Option<String>,
    },
}

/// One step of a job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Runs a command.
    Run(Run),
    /// Brings the source code.
    Checkout(Checkout),
    /// Keeps files of the job.
    StoreArtifacts(StoreArtifacts),
    /// Reads test results.
    StoreTestResults(StoreTestResults),
    /// Gives the job keys of the project.
    AddSshKeys(AddSshKeys),
}

impl Step {
    /// The name that people see.
    pub fn name(&self) -> &str {
        match self {
            Self::Run(Run { name, .. })
            | Self::Checkout(Checkout { name, .. })
            | Self::StoreArtifacts(StoreArtifacts { name, .. })
            | Self::StoreTestResults(StoreTestResults { name, .. })
            | Self::AddSshKeys(AddSshKeys { name, .. }) => name,
        }
    }
}

/// A command that a shell runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// The given name, or the first line of the command.
    pub name: String,
    /// Text for the shell, of one line or many.
    pub command: String,
    /// The shell with its arguments; `None` is the job's.
    pub shell: Option<String>,
    /// Variables of this step alone, each name once; they win over the job's.
    pub environment: Vec<(String, String)>,
    /// Relative to the job's; `None` is the job's.
    pub working_directory: Option<String>,
    /// Whether the job goes on at once while this runs.
    pub background: bool,
    /// After which outcome of the steps before it this runs.
    pub when: When,
    /// How long the command may print nothing, in milliseconds.
    pub no_output_timeout: u64,
}

/// After which outcome of the earlier steps a step runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// All succeeded.
    OnSuccess,
    /// Whatever happened.
    Always,
    /// One failed.
    OnFail,
}

/// Brings the source code of the build's revision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkout {
    /// The step's name.
    pub name: String,
    /// Where to; `None` is the job's working directory.
    pub path: Option<String>,
}

/// Keeps a file or folder as artifacts; runs also after a failure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoreArtifacts {
    /// The step's name.
    pub name: String,
    /// The file or folder.
    pub path: String,
    /// Prefix of the artifacts' paths.
    pub destination: Option<String>,
}

/// Reads JUnit files; runs also after a failure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoreTestResults {
    /// The step's name.
    pub name: String,
    /// The file or folder.
    pub path: String,
}

/// Writes SSH keys of the project into the job's home.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddSshKeys {
    /// The step's name.
    pub name: String,
    /// Fingerprints, MD5 or SHA-256, as the config writes them; none: every key of the project.
    pub fingerprints: Vec<String>,
}
