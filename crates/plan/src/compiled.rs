//! What a config compiles to: workflows of jobs of steps, with nothing left to look up. A plan is
//! stored, so its serialized form must stay readable by later versions: fields may be added with a
//! default, never renamed. No positions, no templates, no filters: those are spent by now. A plan
//! may hold more than this version runs; the problems of the config then say so.

use serde::{Deserialize, Serialize};

/// What one trigger of a config runs. No workflows at all is a valid plan: everything was filtered
/// away, or there is nothing to run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// The workflows, in the order of the config. Each has at least one job.
    pub workflows: Vec<Workflow>,
    /// Whether this is the setup phase of a dynamic config: another config continues the pipeline.
    #[serde(default, skip_serializing_if = "is_default")]
    pub setup: bool,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// A graph of jobs. Acyclic; every name in `requires` is the name of a job in this workflow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Workflow {
    /// The key of the workflow in the config.
    pub name: String,
    /// The jobs, in the order of the config.
    pub jobs: Vec<Invocation>,
    /// When the workflow runs, if it runs at set times only; empty for one that a trigger starts.
    #[serde(default, skip_serializing_if = "is_default")]
    pub schedules: Vec<Schedule>,
    /// How often a failed run is repeated from its failed jobs, 1 to 5.
    #[serde(default, skip_serializing_if = "is_default")]
    pub max_auto_reruns: Option<u8>,
}

/// Times at which a workflow runs by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schedule {
    /// Five fields in the form of cron, in UTC.
    pub cron: String,
    /// Names and `/expressions/` of the branches that it runs for; empty is none.
    pub only: Vec<String>,
    /// Names and `/expressions/` of branches that it does not run for; counts where `only` is empty.
    pub ignore: Vec<String>,
}

/// A job as one workflow calls it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invocation {
    /// Unique in the workflow.
    pub name: String,
    /// Names of the invocations of this workflow that must end first, each once: with success,
    /// unless `outcomes` says otherwise.
    pub requires: Vec<String>,
    /// What runs.
    pub job: Job,
    /// For those of `requires` that may or must end otherwise: the outcomes that count.
    #[serde(default, skip_serializing_if = "is_default")]
    pub outcomes: Vec<(String, Vec<Outcome>)>,
    /// Contexts whose variables the job gets; later ones win.
    #[serde(default, skip_serializing_if = "is_default")]
    pub contexts: Vec<String>,
    /// At most one job of a group runs at a time, in the whole organization.
    #[serde(default, skip_serializing_if = "is_default")]
    pub serial_group: Option<String>,
}

/// How a job may end, as `requires` names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It succeeded, or was approved.
    Success,
    /// It failed.
    Failed,
    /// Somebody stopped it.
    Canceled,
    /// Whoever asked may not use one of its contexts.
    Unauthorized,
    /// What it requires never came.
    NotRun,
}

impl Outcome {
    /// All outcomes, which the language calls `terminal`.
    pub const ALL: [Self; 5] =
        [Self::Success, Self::Failed, Self::Canceled, Self::Unauthorized, Self::NotRun];

    /// The word of the language.
    pub fn name(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Failed => "failed",
            Self::Canceled => "canceled",
            Self::Unauthorized => "unauthorized",
            Self::NotRun => "not_run",
        }
    }
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
    /// What kind of job this is; only builds have an executor and steps.
    #[serde(default, skip_serializing_if = "is_default")]
    pub kind: Kind,
    /// On how many nodes the steps run at once, at least 1.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub parallelism: u32,
    /// Whether the job's connections come from known addresses.
    #[serde(default, skip_serializing_if = "is_default")]
    pub circleci_ip_ranges: bool,
    /// How many days the caches of this job are kept, 1 to 15; `None` is as long as possible.
    #[serde(default, skip_serializing_if = "is_default")]
    pub cache_days: Option<u8>,
}

fn one() -> u32 {
    1
}

fn is_one(value: &u32) -> bool {
    *value == 1
}

/// The kinds of jobs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Runs steps.
    #[default]
    Build,
    /// Waits for a person.
    Approval,
    /// Does nothing; joins others in the graph.
    NoOp,
    /// Plans a release.
    Release {
        /// The name of the release plan.
        plan_name: String,
    },
    /// Takes the lock of this key.
    Lock {
        /// The lock's name.
        key: String,
    },
    /// Gives the lock of this key back.
    Unlock {
        /// The lock's name.
        key: String,
    },
}

/// Where a job runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Executor {
    /// In a container of this image.
    Docker {
        /// The image as the config names it.
        image: String,
        /// What else is said about this container. Its `environment` is in the job's as well.
        #[serde(default, skip_serializing_if = "is_default")]
        container: Box<Container>,
        /// Further containers in the same network.
        #[serde(default, skip_serializing_if = "is_default")]
        services: Vec<Service>,
    },
    /// On a machine.
    Machine {
        /// The machine's image; `None` is whatever the runner is.
        image: Option<String>,
        /// Whether layers of images are kept between jobs.
        #[serde(default, skip_serializing_if = "is_default")]
        docker_layer_caching: bool,
    },
    /// On a machine with macOS.
    Macos {
        /// The version of Xcode.
        xcode: Option<String>,
    },
    /// Nowhere: the job runs nothing.
    Nowhere,
}

/// A container beside the one that steps run in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Service {
    /// The image as the config names it.
    pub image: String,
    /// What else is said about it.
    #[serde(flatten)]
    pub container: Container,
}

/// What a container is started with. Values such as `$NAME` in `auth` stand for variables of the
/// project or a context, and are kept as written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Container {
    /// A further name that others reach it by.
    #[serde(skip_serializing_if = "is_default")]
    pub name: Option<String>,
    /// Replaces the image's entry point.
    #[serde(skip_serializing_if = "is_default")]
    pub entrypoint: Option<Words>,
    /// Replaces the image's command.
    #[serde(skip_serializing_if = "is_default")]
    pub command: Option<Words>,
    /// Who its processes run as.
    #[serde(skip_serializing_if = "is_default")]
    pub user: Option<String>,
    /// Variables of this container.
    #[serde(skip_serializing_if = "is_default")]
    pub environment: Vec<(String, String)>,
    /// How to log in where the image comes from.
    #[serde(skip_serializing_if = "is_default")]
    pub auth: Option<Auth>,
}

/// A program with its arguments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Words {
    /// One text, to be split as a shell does.
    Text(String),
    /// The words themselves.
    List(Vec<String>),
}

/// How to log in to a registry of images, with the fields as the config has them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Auth {
    /// Who is asked.
    pub with: AuthKind,
    /// Names and values, in the order of the config.
    pub fields: Vec<(String, String)>,
}

/// The kinds of registries that a config can log in to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuthKind {
    /// `auth`: name and password.
    Password,
    /// `aws_auth`.
    Aws,
    /// `gcp_auth`.
    Gcp,
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
    /// Makes an engine for containers.
    SetupRemoteDocker(SetupRemoteDocker),
    /// Keeps files for later jobs of the project.
    SaveCache(SaveCache),
    /// Brings kept files back.
    RestoreCache(RestoreCache),
    /// Keeps files for later jobs of the workflow.
    PersistToWorkspace(PersistToWorkspace),
    /// Brings the workflow's files.
    AttachWorkspace(AttachWorkspace),
    /// Puts the project's keys where ssh finds them.
    AddSshKeys(AddSshKeys),
    /// Puts Apple's signing keys in place; macOS only.
    InstallSigningBundle(InstallSigningBundle),
}

impl Step {
    /// The name that people see.
    pub fn name(&self) -> &str {
        match self {
            Self::Run(Run { name, .. })
            | Self::Checkout(Checkout { name, .. })
            | Self::StoreArtifacts(StoreArtifacts { name, .. })
            | Self::StoreTestResults(StoreTestResults { name, .. })
            | Self::SetupRemoteDocker(SetupRemoteDocker { name, .. })
            | Self::SaveCache(SaveCache { name, .. })
            | Self::RestoreCache(RestoreCache { name, .. })
            | Self::PersistToWorkspace(PersistToWorkspace { name, .. })
            | Self::AttachWorkspace(AttachWorkspace { name, .. })
            | Self::AddSshKeys(AddSshKeys { name, .. })
            | Self::InstallSigningBundle(InstallSigningBundle { name }) => name,
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
    /// How often a failed command is repeated, 1 to 5.
    #[serde(default, skip_serializing_if = "is_default")]
    pub max_auto_reruns: Option<u8>,
    /// How long to wait before each repetition, in milliseconds.
    #[serde(default, skip_serializing_if = "is_default")]
    pub auto_rerun_delay: Option<u64>,
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
    /// How much of the history comes along.
    #[serde(default, skip_serializing_if = "is_default")]
    pub method: Option<CheckoutMethod>,
}

/// How much a checkout brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckoutMethod {
    /// Everything.
    Full,
    /// All commits, and files only as they are needed.
    Blobless,
    /// The last commits.
    Shallow {
        /// How many.
        depth: u32,
    },
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

/// Makes an engine for containers, which later steps of the job reach.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetupRemoteDocker {
    /// The step's name.
    pub name: String,
    /// The engine's version, by number or name.
    pub version: Option<String>,
    /// Whether layers of images are kept between jobs.
    pub docker_layer_caching: bool,
}

/// Keeps files under a key, which is written once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SaveCache {
    /// The step's name.
    pub name: String,
    /// The key, with its templates (`{{ checksum "file" }}`) as written.
    pub key: String,
    /// Files and folders.
    pub paths: Vec<String>,
    /// After which outcome of the steps before it this runs.
    pub when: When,
}

/// Brings files back that were kept under a key or one that begins like it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RestoreCache {
    /// The step's name.
    pub name: String,
    /// Keys in the order in which they are tried, with their templates as written.
    pub keys: Vec<String>,
}

/// Keeps files for later jobs of the workflow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersistToWorkspace {
    /// The step's name.
    pub name: String,
    /// The folder that `paths` are below.
    pub root: String,
    /// Files, folders and patterns.
    pub paths: Vec<String>,
}

/// Brings what earlier jobs of the workflow kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttachWorkspace {
    /// The step's name.
    pub name: String,
    /// The folder to put it in.
    pub at: String,
}

/// Puts keys of the project where ssh finds them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddSshKeys {
    /// The step's name.
    pub name: String,
    /// Which keys, as MD5 in hexadecimal or `SHA256:…`; none is all.
    pub fingerprints: Vec<String>,
}

/// Puts Apple's signing keys in place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstallSigningBundle {
    /// The step's name.
    pub name: String,
}
