//! The command line of `rondo token`, exactly as it was typed. Nothing is looked up here.

use std::path::PathBuf;

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
    /// List your own tokens, a project's, or all of an organization
    List {
        /// A project, such as gh/acme/web
        #[arg(long, value_name = "SLUG")]
        project: Option<String>,
        /// An organization, such as gh/acme: tokens of its projects, its service accounts and its members
        #[arg(long, value_name = "ORG", conflicts_with = "project")]
        org: Option<String>,
        #[command(flatten)]
        filter: OrgFilter,
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
        /// Show the value on a terminal too
        #[arg(long, conflicts_with = "output")]
        show: bool,
        /// Write the value into this new file, which only you can read
        #[arg(long, value_name = "FILE")]
        output: Option<PathBuf>,
        /// Put the value into the desktop's keyring
        #[arg(long, conflicts_with_all = ["show", "output"])]
        keyring: bool,
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
    /// Bring a token's end nearer; no end comes later
    Shorten {
        id: String,
        /// When it shall end: 30d, 12h, or a moment such as 2030-01-31T12:00:00Z
        #[arg(long, value_name = "WHEN")]
        expires: String,
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
        /// How long the old value works after the first use of the new one, such as 0s, 10m, 1h or 7d; an hour unless said
        #[arg(long, value_name = "TIME", conflicts_with = "undo")]
        grace: Option<String>,
        /// How long the old value works altogether, at most
        #[arg(long, value_name = "TIME", default_value = "7d", conflicts_with = "undo")]
        overlap: String,
        /// Undo a rotation that is not over: the successor is deleted
        #[arg(long, conflicts_with = "json")]
        undo: bool,
        /// Show the value on a terminal too
        #[arg(long, conflicts_with = "output")]
        show: bool,
        /// Write the value into this new file, which only you can read
        #[arg(long, value_name = "FILE", conflicts_with = "undo")]
        output: Option<PathBuf>,
        /// Put the value into the desktop's keyring
        #[arg(long, conflicts_with_all = ["show", "output", "undo"])]
        keyring: bool,
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
    /// Say whether the token that is used may make a call, and what would stop it; fail if it may not
    Explain {
        /// Such as GET
        method: String,
        /// As in an address, such as /api/v1.1/me
        path: String,
        /// For a call from this address
        #[arg(long, value_name = "ADDRESS")]
        from: Option<String>,
        /// For a call at this moment, such as 2030-01-31T12:00:00Z
        #[arg(long, value_name = "WHEN")]
        at: Option<String>,
        #[arg(long)]
        json: bool,
    },
    /// Say what the token that is used can do
    #[command(name = "self")]
    Itself {
        #[arg(long)]
        json: bool,
    },
}

/// What the list of an organization's tokens is narrowed to.
#[derive(clap::Args, Clone)]
pub(crate) struct OrgFilter {
    /// personal, project, badge, service or job (with --org)
    #[arg(long, requires = "org")]
    pub(crate) kind: Option<String>,
    /// Of this person (with --org)
    #[arg(long, value_name = "NAME", requires = "org")]
    pub(crate) owner: Option<String>,
    /// never, or 90d: not for 90 days (with --org)
    #[arg(long, value_name = "HOW", requires = "org")]
    pub(crate) unused: Option<String>,
    /// Personal and not narrowed at all (with --org)
    #[arg(long, requires = "org")]
    pub(crate) unrestricted: bool,
    /// At its end within 30 days, or past it (with --org)
    #[arg(long, requires = "org")]
    pub(crate) expiring: bool,
    /// A part of the label, or an id (with --org)
    #[arg(long, value_name = "TEXT", requires = "org")]
    pub(crate) search: Option<String>,
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
