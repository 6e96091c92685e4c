//! The command line of `rondo service`, exactly as it was typed. Nothing is looked up here.

use std::path::PathBuf;

use clap::Subcommand;

use crate::settings::ClientFlags;

#[derive(clap::Args)]
pub(crate) struct ServiceArgs {
    #[command(flatten)]
    pub(crate) flags: ClientFlags,
    #[command(subcommand)]
    pub(crate) command: ServiceCommand,
}

/// Where a service account belongs.
#[derive(clap::Args, Clone)]
#[group(required = true, multiple = false)]
pub(crate) struct HomeArgs {
    /// The organization that it belongs to, such as gh/acme
    #[arg(long, value_name = "ORG")]
    pub(crate) org: Option<String>,
    /// The project that it belongs to, such as gh/acme/web
    #[arg(long, value_name = "SLUG")]
    pub(crate) project: Option<String>,
}

#[derive(Subcommand)]
pub(crate) enum ServiceCommand {
    /// List the service accounts of an organization and its projects, or of one project
    List {
        #[command(flatten)]
        home: HomeArgs,
        #[arg(long)]
        json: bool,
    },
    /// Make a service account
    Create {
        /// Letters, digits, -, _ and ., such as deploy-bot
        name: String,
        #[command(flatten)]
        home: HomeArgs,
        /// The rights that it can have at most, with commas between them, such as read-builds,trigger-builds
        #[arg(long, value_name = "LIST", value_delimiter = ',', required = true)]
        ceiling: Vec<String>,
        /// Who answers for it; you, where nobody is named; may be given several times
        #[arg(long, value_name = "NAME")]
        contact: Vec<String>,
        #[arg(long)]
        json: bool,
    },
    /// Show one service account
    Show {
        /// Its name or its id
        account: String,
        #[command(flatten)]
        home: HomeArgs,
        #[arg(long)]
        json: bool,
    },
    /// Change what an account can do at most; what is taken away is gone from its tokens at once
    Ceiling {
        /// Its name or its id
        account: String,
        /// The rights, with commas between them
        #[arg(value_name = "LIST", value_delimiter = ',', required = true)]
        ceiling: Vec<String>,
        #[command(flatten)]
        home: HomeArgs,
    },
    /// Give an account another name; what it did is shown under it
    Rename {
        /// Its name or its id
        account: String,
        /// The new name: letters, digits, -, _ and .
        name: String,
        #[command(flatten)]
        home: HomeArgs,
    },
    /// Say who answers for an account
    Contacts {
        /// Its name or its id
        account: String,
        /// Names of members of the organization
        #[arg(value_name = "NAME", required = true)]
        contacts: Vec<String>,
        #[command(flatten)]
        home: HomeArgs,
    },
    /// Disable an account: none of its tokens opens anything until it is enabled
    Disable {
        /// Its name or its id
        account: String,
        #[command(flatten)]
        home: HomeArgs,
    },
    /// Enable a disabled account: its tokens open what they opened before
    Enable {
        /// Its name or its id
        account: String,
        #[command(flatten)]
        home: HomeArgs,
    },
    /// Delete an account and all of its tokens
    Delete {
        /// Its name or its id
        account: String,
        #[command(flatten)]
        home: HomeArgs,
        /// Why; kept with what each token was
        #[arg(long)]
        reason: Option<String>,
    },
    /// The tokens of an account
    #[command(subcommand)]
    Token(ServiceTokenCommand),
}

#[derive(Subcommand)]
pub(crate) enum AdminServiceCommand {
    /// List the service accounts of all organizations
    List {
        #[arg(long)]
        json: bool,
    },
    /// Show one service account
    Show {
        /// Its name or its id
        account: String,
        /// Its organization, such as gh/acme, where several have one of this name
        #[arg(long, value_name = "ORG")]
        org: Option<String>,
        #[arg(long)]
        json: bool,
    },
    /// Disable an account: none of its tokens opens anything until it is enabled
    Disable {
        /// Its name or its id
        account: String,
        /// Its organization, such as gh/acme, where several have one of this name
        #[arg(long, value_name = "ORG")]
        org: Option<String>,
    },
    /// Enable a disabled account: its tokens open what they opened before
    Enable {
        /// Its name or its id
        account: String,
        /// Its organization, such as gh/acme, where several have one of this name
        #[arg(long, value_name = "ORG")]
        org: Option<String>,
    },
}

#[derive(Subcommand)]
pub(crate) enum ServiceTokenCommand {
    /// List an account's tokens
    List {
        /// The account's name or id
        account: String,
        #[command(flatten)]
        home: HomeArgs,
        #[arg(long)]
        json: bool,
    },
    /// Make a token of an account and print its value, once
    Create {
        /// The account's name or id
        account: String,
        #[command(flatten)]
        home: HomeArgs,
        #[arg(long)]
        label: String,
        /// Rights with commas between them; those of the account now, where nothing is said
        #[arg(long, value_name = "LIST", value_delimiter = ',')]
        permissions: Vec<String>,
        /// The projects of the organization that it reaches, with commas between them
        #[arg(long, value_name = "SLUGS", value_delimiter = ',')]
        projects: Vec<String>,
        /// When it ends: 30d, 12h, or a moment such as 2030-01-31T12:00:00Z
        #[arg(long, value_name = "WHEN")]
        expires: Option<String>,
        /// A network that it may be used from, such as 10.0.0.0/8; may be given several times
        #[arg(long, value_name = "CIDR")]
        network: Vec<String>,
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
        /// The account's name or id
        account: String,
        id: String,
        #[command(flatten)]
        home: HomeArgs,
        #[arg(long)]
        json: bool,
    },
    /// Show where a token is used: by which programs, from where, for what
    Use {
        /// The account's name or id
        account: String,
        id: String,
        #[command(flatten)]
        home: HomeArgs,
        #[arg(long)]
        json: bool,
    },
    /// Make a token's successor and print its value, once; the old value goes on for a while
    Rotate {
        /// The account's name or id
        account: String,
        id: String,
        #[command(flatten)]
        home: HomeArgs,
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
    /// Stop a token for a while; it can be enabled again
    Disable {
        /// The account's name or id
        account: String,
        id: String,
        #[command(flatten)]
        home: HomeArgs,
    },
    /// Enable a disabled token: it opens what it opened before
    Enable {
        /// The account's name or id
        account: String,
        id: String,
        #[command(flatten)]
        home: HomeArgs,
    },
    /// Bring a token's end nearer; no end comes later
    Shorten {
        /// The account's name or id
        account: String,
        id: String,
        /// When it shall end: 30d, 12h, or a moment such as 2030-01-31T12:00:00Z
        #[arg(long, value_name = "WHEN")]
        expires: String,
        #[command(flatten)]
        home: HomeArgs,
    },
    /// Delete a token by its id
    Delete {
        /// The account's name or id
        account: String,
        id: String,
        #[command(flatten)]
        home: HomeArgs,
        /// Why; kept with what the token was
        #[arg(long)]
        reason: Option<String>,
    },
}
