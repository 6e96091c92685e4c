//! The command line of `rondo organization`, exactly as it was typed. Nothing is looked up here.

use clap::Subcommand;

use crate::settings::ClientFlags;

#[derive(clap::Args)]
pub(crate) struct OrganizationArgs {
    #[command(flatten)]
    pub(crate) flags: ClientFlags,
    #[command(subcommand)]
    pub(crate) command: OrganizationCommand,
}

#[derive(Subcommand)]
pub(crate) enum OrganizationCommand {
    /// What an organization asks of the tokens that are used in it
    #[command(subcommand)]
    Policy(PolicyCommand),
    /// Tokens whose rights to change something take a second admin's approval
    #[command(subcommand)]
    Approval(ApprovalCommand),
}

#[derive(Subcommand)]
pub(crate) enum PolicyCommand {
    /// Show the policy of an organization
    Show {
        /// Such as gh/acme
        organization: String,
        #[arg(long)]
        json: bool,
    },
    /// Set the whole policy of an organization: a rule that is not named is none
    Set {
        /// Such as gh/acme
        organization: String,
        #[command(flatten)]
        rules: RuleArgs,
        /// The version that it replaces, as show tells it; without it, the present one
        #[arg(long, value_name = "N")]
        version: Option<i64>,
        /// Set it though your own address lies in none of the networks
        #[arg(long, requires = "network")]
        confirm_networks: bool,
        /// Only say how many tokens it would stop
        #[arg(long)]
        dry_run: bool,
        #[arg(long)]
        json: bool,
    },
}

/// The rules of a policy.
#[derive(clap::Args, Clone)]
pub(crate) struct RuleArgs {
    /// The greatest lifetime of a token in days
    #[arg(long, value_name = "DAYS")]
    pub(crate) max_days: Option<i64>,
    /// Take no personal token with all rights on all projects
    #[arg(long)]
    pub(crate) no_unrestricted: bool,
    /// A network from which tokens are taken, such as 10.0.0.0/8; may be given several times
    #[arg(long, value_name = "CIDR")]
    pub(crate) network: Vec<String>,
    /// Delete tokens that nobody uses for so many days
    #[arg(long, value_name = "DAYS")]
    pub(crate) idle_days: Option<i64>,
    /// Take no token in an address
    #[arg(long)]
    pub(crate) no_query: bool,
    /// New tokens change nothing before a second admin approved them
    #[arg(long)]
    pub(crate) approval: bool,
}

#[derive(Subcommand)]
pub(crate) enum ApprovalCommand {
    /// List the tokens that take an approval, and what was said of them
    List {
        /// Such as gh/acme
        organization: String,
        #[arg(long)]
        json: bool,
    },
    /// Approve a token of another person
    Grant {
        /// Such as gh/acme
        organization: String,
        id: String,
    },
    /// Refuse a token, or take an approval back: it only reads there
    Refuse {
        /// Such as gh/acme
        organization: String,
        id: String,
        /// Why; its owner is told
        #[arg(long)]
        reason: Option<String>,
    },
}
