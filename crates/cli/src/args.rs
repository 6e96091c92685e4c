//! The command line, exactly as it was typed. Nothing is looked up here.

mod organization;
mod user;

use std::path::PathBuf;

use clap::{Parser, Subcommand};
use rondo_app::{OrbPlaces, OrbRepository};

use crate::artifacts::Which;
use crate::settings::{self, ClientFlags, ServerFlags};
pub(crate) use organization::{
    ApprovalCommand, OrganizationArgs, OrganizationCommand, PolicyCommand,
};
pub(crate) use user::UserCommand;

mod service;
mod token;

pub(crate) use service::{
    AdminServiceCommand, HomeArgs, ServiceArgs, ServiceCommand, ServiceTokenCommand,
};
pub(crate) use token::{OrgFilter, ReachArgs, TokenArgs, TokenCommand};

/// A self-hosted CI server that speaks CircleCI, with API tokens at its heart.
#[derive(Parser)]
#[command(name = "rondo", version, about, max_term_width = 100)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Serve the API, the pages and a runner, from one data folder
    Serve(ServeArgs),
    /// Show all of it on a throw-away server with a sample project
    Demo(DemoArgs),
    /// Manage people, projects and tokens of a data folder, also beside a running server
    Admin(AdminArgs),
    /// Sign this machine in to a server, through a browser here or on another machine
    Login(LoginArgs),
    /// Sign this machine out: its token is deleted
    Logout(LogoutArgs),
    /// List, make and delete tokens of a server
    Token(TokenArgs),
    /// Policies of organizations of a server, and approvals of tokens
    Organization(OrganizationArgs),
    /// List, make, change and delete service accounts of a server, and their tokens
    Service(ServiceArgs),
    /// Follow and trigger projects of a server, set variables, download artifacts
    Project(ProjectArgs),
    /// Check, expand, draw and pack a config, offline
    Config(ConfigArgs),
    /// Import, list, show and remove orbs of a data folder, also beside a running server
    Orb(OrbArgs),
    /// Print the reference of a server's settings
    Settings {
        /// In Japanese / 日本語で
        #[arg(long)]
        ja: bool,
    },
    /// Run the configuration of this checkout here, without a server (not built yet)
    Run,
    /// Take jobs from a server on another machine (not built yet)
    Runner,
    /// Lead a job inside its sandbox
    #[command(hide = true)]
    Leader,
}

#[derive(clap::Args)]
pub(crate) struct ServeArgs {
    #[command(flatten)]
    pub(crate) flags: ServerFlags,
}

#[derive(clap::Args)]
pub(crate) struct DemoArgs {
    /// Where to listen; a free port of this machine where nothing is said
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) listen: Option<String>,
    /// End when it is shown: with status 0 if all of it worked, and 1 otherwise
    #[arg(long)]
    pub(crate) exit: bool,
}

#[derive(clap::Args)]
pub(crate) struct AdminArgs {
    #[command(flatten)]
    pub(crate) flags: ServerFlags,
    #[command(subcommand)]
    pub(crate) command: AdminCommand,
}

#[derive(Subcommand)]
pub(crate) enum AdminCommand {
    /// People
    #[command(subcommand)]
    User(UserCommand),
    /// Tokens
    #[command(subcommand)]
    Token(AdminTokenCommand),
    /// Service accounts
    #[command(subcommand)]
    Service(AdminServiceCommand),
    /// Projects
    #[command(subcommand)]
    Project(AdminProjectCommand),
    /// Hosts from which repositories are fetched over SSH
    #[command(subcommand)]
    KnownHost(KnownHostCommand),
    /// The audit log
    #[command(subcommand)]
    Audit(AuditCommand),
}

#[derive(Subcommand)]
pub(crate) enum KnownHostCommand {
    /// Ask a host for its keys, know it by them, and print their fingerprints
    Add {
        /// A name or an address, maybe with a port: git.example.com:2222
        host: String,
        /// Read the keys from standard input, as a known_hosts file has them, and ask nobody
        #[arg(long)]
        stdin: bool,
    },
    /// List the hosts and their fingerprints
    List {
        #[arg(long)]
        json: bool,
    },
    /// Forget a host
    Remove { host: String },
}

#[derive(Subcommand)]
pub(crate) enum AuditCommand {
    /// List the newest entries
    List {
        #[command(flatten)]
        filter: AuditFilter,
        /// How many
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..))]
        limit: u32,
        #[arg(long)]
        json: bool,
    },
    /// Print all entries as JSON lines, the newest first
    Export {
        #[command(flatten)]
        filter: AuditFilter,
    },
    /// Follow the whole chain of seals; fail and name the first entry that does not fit
    Verify {
        /// A seal that was printed earlier and kept elsewhere: it must still be there
        #[arg(long, value_name = "NUMBER:SEAL")]
        noted: Vec<String>,
        #[arg(long)]
        json: bool,
    },
}

#[derive(clap::Args)]
pub(crate) struct AuditFilter {
    /// Of this event, such as token.personal.create
    #[arg(long)]
    pub(crate) event: Option<String>,
    /// By this person, or about them
    #[arg(long, value_name = "NAME")]
    pub(crate) person: Option<String>,
    /// Through the token of this id, or about it
    #[arg(long, value_name = "ID")]
    pub(crate) token: Option<String>,
    /// By the service account of this name or id, or about it; also one that is gone
    #[arg(long, value_name = "NAME")]
    pub(crate) service: Option<String>,
    /// About this project, such as gh/acme/web
    #[arg(long, value_name = "SLUG")]
    pub(crate) project: Option<String>,
    /// From this time on: 2026-01-31, or 2026-01-31T09:00:00Z
    #[arg(long, value_name = "TIME")]
    pub(crate) since: Option<String>,
    /// Before this time
    #[arg(long, value_name = "TIME")]
    pub(crate) until: Option<String>,
    /// With this text in subject, detail, address, client or request
    #[arg(long)]
    pub(crate) text: Option<String>,
}

#[derive(Subcommand)]
pub(crate) enum AdminTokenCommand {
    /// Make a token and print its value, once
    #[command(subcommand)]
    Create(AdminTokenCreate),
    /// Say what a token is, or what a deleted one was
    Show {
        id: String,
        #[arg(long)]
        json: bool,
    },
    /// Delete every token of which all conditions are true; says how many first
    Revoke {
        /// before=MOMENT, token=ID, person=NAME, project=SLUG, organization=gh/acme, never-used, unrestricted or
        /// seen-from=NETWORK
        #[arg(long = "where", value_name = "CONDITION")]
        conditions: Vec<String>,
        /// How many tokens it is true of, as the command says without this
        #[arg(long, value_name = "N")]
        count: Option<i64>,
        /// The word that the command gave with the number: what was made since is left alone
        #[arg(long, value_name = "WORD", requires = "count")]
        preview: Option<String>,
        /// Why; kept with what each token was
        #[arg(long, requires = "count")]
        reason: Option<String>,
        /// Say who used them from this day on (UTC), and would have been refused
        #[arg(long, value_name = "DAY", conflicts_with = "count")]
        from: Option<String>,
        /// Until the end of this day; today where nothing is said
        #[arg(long, value_name = "DAY", requires = "from")]
        until: Option<String>,
    },
}

#[derive(Subcommand)]
pub(crate) enum AdminTokenCreate {
    /// A personal token: it acts as its owner
    Personal {
        #[arg(long)]
        user: String,
        #[arg(long)]
        label: String,
        /// When it ends: 30d, 12h, or a moment such as 2030-01-31T12:00:00Z
        #[arg(long, value_name = "WHEN")]
        expires: Option<String>,
    },
    /// A project token: it reads from one project
    Project {
        slug: String,
        /// status, view-builds, all or badge
        #[arg(long)]
        scope: String,
        #[arg(long)]
        label: String,
        /// When it ends: 30d, 12h, or a moment such as 2030-01-31T12:00:00Z
        #[arg(long, value_name = "WHEN")]
        expires: Option<String>,
    },
}

#[derive(Subcommand)]
pub(crate) enum AdminProjectCommand {
    /// Add a project by its git URL
    Add {
        /// vcs/organization/repository, such as gh/acme/web
        slug: String,
        /// https://…, ssh://…, user@host:path, file:///… or a path
        #[arg(long, value_name = "URL")]
        git: String,
        /// The branch that is built where none is named
        #[arg(long, default_value = "main")]
        branch: String,
        /// Anyone may read its builds
        #[arg(long)]
        public: bool,
    },
    /// List projects
    List {
        #[arg(long)]
        json: bool,
    },
}

#[derive(clap::Args)]
pub(crate) struct LoginArgs {
    #[command(flatten)]
    pub(crate) flags: ClientFlags,
    /// What the new token is called; without it, after this machine
    #[arg(long)]
    pub(crate) label: Option<String>,
    /// Only print the address; do not open it here
    #[arg(long)]
    pub(crate) no_browser: bool,
    /// Keep the token in the desktop's keyring, not in a file
    #[arg(long)]
    pub(crate) keyring: bool,
}

#[derive(clap::Args)]
pub(crate) struct LogoutArgs {
    #[command(flatten)]
    pub(crate) flags: ClientFlags,
}

#[derive(clap::Args)]
pub(crate) struct ProjectArgs {
    #[command(flatten)]
    pub(crate) flags: ClientFlags,
    #[command(subcommand)]
    pub(crate) command: ProjectCommand,
}

#[derive(Subcommand)]
pub(crate) enum ProjectCommand {
    /// List the projects that you follow
    List {
        #[arg(long)]
        json: bool,
    },
    /// Follow a project
    Follow { slug: String },
    /// Run one job, or all workflows
    Trigger {
        slug: String,
        #[arg(long)]
        branch: Option<String>,
        /// One job; without it all workflows run
        #[arg(long)]
        job: Option<String>,
        /// A variable for this build: KEY=VALUE (with --job)
        #[arg(long = "env", value_name = "KEY=VALUE", requires = "job")]
        env: Vec<String>,
        #[arg(long)]
        json: bool,
    },
    /// Environment variables of a project
    #[command(subcommand)]
    Envvar(EnvvarCommand),
    /// Checkout keys of a project
    #[command(subcommand)]
    CheckoutKey(CheckoutKeyCommand),
    /// List a build's artifacts, or download them all
    Artifacts {
        slug: String,
        /// The build's number, or latest
        number: Which,
        /// The latest build of this branch (with latest)
        #[arg(long)]
        branch: Option<String>,
        /// The latest build that is completed, successful, failed or running (with latest)
        #[arg(long, value_name = "STATE")]
        filter: Option<String>,
        /// Download them into this folder
        #[arg(long, value_name = "DIR")]
        output: Option<PathBuf>,
        #[arg(long, conflicts_with = "output")]
        json: bool,
    },
}

#[derive(Subcommand)]
pub(crate) enum CheckoutKeyCommand {
    /// List the keys; the preferred one is marked
    List {
        slug: String,
        #[arg(long)]
        json: bool,
    },
    /// Make a key and print its public half, to be added where the repository is
    Create {
        slug: String,
        /// deploy-key, github-user-key or bitbucket-user-key
        #[arg(long = "type", value_name = "TYPE", default_value = "deploy-key")]
        kind: String,
        #[arg(long)]
        json: bool,
    },
    /// Delete a key by its fingerprint
    Delete { slug: String, fingerprint: String },
}

#[derive(Subcommand)]
pub(crate) enum EnvvarCommand {
    /// List the variables, masked
    List {
        slug: String,
        #[arg(long)]
        json: bool,
    },
    /// Set a variable to what standard input holds
    Set { slug: String, name: String },
    /// Delete a variable
    Delete { slug: String, name: String },
}

#[derive(clap::Args)]
pub(crate) struct ConfigArgs {
    #[command(subcommand)]
    pub(crate) command: ConfigCommand,
}

#[derive(Subcommand)]
pub(crate) enum ConfigCommand {
    /// Say every problem of a config, with line and column
    Validate(ValidateArgs),
    /// Print a config as it is expanded: no orbs, commands, executors or parameters are left
    Process(ProcessArgs),
    /// Show what of each workflow waits for what
    Graph(GraphArgs),
    /// Put a folder of YAML files together to one config
    Pack {
        /// Its files are named by what they hold: jobs/test.yml is the job `test`
        #[arg(value_name = "DIR")]
        folder: PathBuf,
    },
}

#[derive(clap::Args)]
pub(crate) struct ValidateArgs {
    /// The config; - for standard input
    #[arg(default_value = ".circleci/config.yml")]
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) compile: CompileFlags,
    #[arg(long)]
    pub(crate) json: bool,
    /// Print the problems as SARIF 2.1.0, for editors and code hosts
    #[arg(long, conflicts_with = "json")]
    pub(crate) sarif: bool,
}

#[derive(clap::Args)]
pub(crate) struct ProcessArgs {
    /// The config; - for standard input
    #[arg(default_value = ".circleci/config.yml")]
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) compile: CompileFlags,
}

#[derive(clap::Args)]
pub(crate) struct GraphArgs {
    /// The config; - for standard input
    #[arg(default_value = ".circleci/config.yml")]
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) compile: CompileFlags,
    /// As what it is printed
    #[arg(long, value_enum, default_value = "text")]
    pub(crate) format: GraphFormat,
}

/// How workflows are drawn.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum GraphFormat {
    Text,
    Mermaid,
    Svg,
}

/// What a config is compiled for, and where its orbs are.
#[derive(clap::Args, Default)]
pub(crate) struct CompileFlags {
    /// Pipeline parameters: a file, or a map in YAML or JSON
    #[arg(long, value_name = "FILE|MAP")]
    pub(crate) pipeline_parameters: Option<String>,
    /// Pipeline values by their full names, such as pipeline.git.branch: a file, or a map in YAML or JSON
    #[arg(long, value_name = "FILE|MAP")]
    pub(crate) pipeline_values: Option<String>,
    /// A folder of orbs, before those of the data folder; may be given more than once
    #[arg(long, value_name = "DIR")]
    pub(crate) orbs: Vec<PathBuf>,
    /// A git repository laid out as a folder of orbs: https://HOST/PATH or a path, and #NAME behind it for
    /// a branch or tag; may be given more than once
    #[arg(long, value_name = "REPOSITORY", value_parser = settings::orb_repository)]
    pub(crate) orb_repositories: Vec<OrbRepository>,
    /// An address below which orbs may be fetched: https://HOST/PATH/; may be given more than once
    #[arg(long, value_name = "URL", value_parser = settings::orb_url)]
    pub(crate) orb_urls: Vec<String>,
    /// A data folder, whose imported orbs and other places of orbs are used
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
}

impl CompileFlags {
    /// Where orbs are, as far as flags say it.
    pub(crate) fn places(&self) -> OrbPlaces {
        OrbPlaces {
            folders: self.orbs.clone(),
            repositories: self.orb_repositories.clone(),
            urls: self.orb_urls.clone(),
        }
    }
}

#[derive(clap::Args)]
pub(crate) struct OrbArgs {
    #[command(flatten)]
    pub(crate) flags: ServerFlags,
    #[command(subcommand)]
    pub(crate) command: OrbCommand,
}

#[derive(Subcommand)]
pub(crate) enum OrbCommand {
    /// Keep a version of an orb; it never changes then, unless it is a development version
    Import {
        /// A packed orb, a folder of its source, or - for standard input
        file: PathBuf,
        /// namespace/name@1.2.3 or namespace/name@dev:label
        orb: String,
    },
    /// List imported orbs
    List {
        #[arg(long)]
        json: bool,
    },
    /// Print the text of the version that is meant
    Show {
        /// namespace/name@1.2.3, @1.2, @1, @volatile or @dev:label
        orb: String,
    },
    /// Remove an imported version
    Remove {
        /// namespace/name@1.2.3 or namespace/name@dev:label
        orb: String,
    },
}
