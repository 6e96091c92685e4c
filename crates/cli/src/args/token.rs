//! The command line of `rondo token`, exactly as it was typed. Nothing is looked up here.

use clap::Subcommand;

use crate::settings::ClientFlags;

#[derive(clap::Args)]
pub(crate) struct TokenArgs {
    #[command(flatten)]
    pub(crate) flags: ClientFlags,
    #[command(subcommand)]
    pub(crate) command: TokenCommand,
}

#[derive(Subcommand)]
pub(crate) enum TokenCommand {
    /// List your own tokens, or a project's
    List {
        /// A project, such as gh/acme/web
        #[arg(long, value_name = "SLUG")]
        project: Option<String>,
        #[arg(long)]
        json: bool,
    },
    /// Make a token and print its value, once
    Create {
        #[arg(long)]
        label: String,
        /// A project, such as gh/acme/web: a project token
        #[arg(long, value_name = "SLUG", requires = "scope")]
        project: Option<String>,
        /// status, view-builds, all or badge
        #[arg(long, requires = "project")]
        scope: Option<String>,
        #[command(flatten)]
        reach: ReachArgs,
        #[arg(long)]
        json: bool,
    },
    /// Show one token: what it can do, where, from where, until when
    Show {
        id: String,
        /// The project whose token it is
        #[arg(long, value_name = "SLUG")]
        project: Option<String>,
        #[arg(long)]
        json: bool,
    },
    /// Stop a token for a while; it can be enabled again
    Disable {
        id: String,
        /// The project whose token it is
        #[arg(long, value_name = "SLUG")]
        project: Option<String>,
    },
    /// Enable a disabled token: it opens what it opened before
    Enable {
        id: String,
        /// The project whose token it is
        #[arg(long, value_name = "SLUG")]
        project: Option<String>,
    },
    /// Show where a token is used: by which programs, from where, for what
    Use {
        id: String,
        /// The project whose token it is
        #[arg(long, value_name = "SLUG")]
        project: Option<String>,
        #[arg(long)]
        json: bool,
    },
    /// Make a token's successor and print its value, once; the old value goes on for a while
    Rotate {
        id: String,
        /// The project whose token it is
        #[arg(long, value_name = "SLUG")]
        project: Option<String>,
        /// How long the old value works after the first use of the new one, such as 0s, 10m, 1h or 7d
        #[arg(long, value_name = "TIME", default_value = "1h", conflicts_with = "undo")]
        grace: String,
        /// How long the old value works altogether, at most
        #[arg(long, value_name = "TIME", default_value = "7d", conflicts_with = "undo")]
        overlap: String,
        /// Undo a rotation that is not over: the successor is deleted
        #[arg(long, conflicts_with = "json")]
        undo: bool,
        #[arg(long)]
        json: bool,
    },
    /// Delete a token by its id
    Delete {
        id: String,
        /// Why; kept with what the token was
        #[arg(long)]
        reason: Option<String>,
        /// The project whose token it is
        #[arg(long, value_name = "SLUG")]
        project: Option<String>,
    },
    /// Say what the token that is used can do
    #[command(name = "self")]
    Itself {
        #[arg(long)]
        json: bool,
    },
}

/// What a new token is narrowed to.
#[derive(clap::Args, Clone)]
pub(crate) struct ReachArgs {
    /// everything, read-only, trigger, artifacts, variables, or permissions with commas between them
    #[arg(long, value_name = "LIST", value_delimiter = ',', conflicts_with = "project")]
    pub(crate) permissions: Vec<String>,
    /// The projects that it reaches, with commas between them
    #[arg(long, value_name = "SLUGS", value_delimiter = ',', conflicts_with = "project")]
    pub(crate) projects: Vec<String>,
    /// When it ends: 30d, 12h, or a moment such as 2030-01-31T12:00:00Z
    #[arg(long, value_name = "WHEN")]
    pub(crate) expires: Option<String>,
    /// A network that it may be used from, such as 10.0.0.0/8; may be given several times
    #[arg(long, value_name = "CIDR")]
    pub(crate) network: Vec<String>,
}
