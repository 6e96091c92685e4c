//! The arguments of `rondo admin user`.

use clap::Subcommand;

#[derive(Subcommand)]
pub(crate) enum UserCommand {
    /// Add a person
    Add {
        name: String,
        /// May administer the server
        #[arg(long)]
        admin: bool,
        /// Read the password from standard input (its first line)
        #[arg(long, required = true)]
        password_stdin: bool,
    },
    /// List people
    List {
        #[arg(long)]
        json: bool,
    },
    /// Disable a person: their sessions end, their tokens open nothing
    Disable { name: String },
    /// Enable a disabled person again
    Enable { name: String },
    /// Give a person a part in an organization: admin, contributor, viewer or none
    Role {
        name: String,
        /// vcs/organization, such as gh/acme
        organization: String,
        role: String,
    },
    /// Say where a person gets mail, such as of tokens that end soon
    Email {
        name: String,
        /// Their address, or none
        address: String,
    },
    /// Print a link that signs a person in, once, within 24 hours
    Link { name: String },
}
