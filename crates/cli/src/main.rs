//! `rondo`: one binary, told apart by its first argument. Reads the command line, runs one
//! subcommand, and turns its result into an exit status: 0 done, 1 failed, 2 wrong usage.
//!
//! Results go to standard output and nothing else does; what goes wrong is one line on standard
//! error.

mod admin;
mod admin_service;
mod admin_token;
mod args;
mod artifacts;
mod audit;
mod browser;
mod checkout_key;
mod complaint;
mod config;
mod courier;
mod credentials;
mod delivery;
mod demo;
mod help;
mod keyring;
mod known_host;
mod language;
mod login;
mod orb;
mod organization;
mod parts;
mod print;
mod project;
mod serve;
mod service;
mod settings;
mod token;

use std::process::ExitCode;

/// Every answer takes and gives back a few dozen small pieces of memory.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

use clap::{CommandFactory, FromArgMatches, Parser};

use args::{Args, Command};
use language::{Language, words};

fn main() -> ExitCode {
    let language = Language::of(&settings::locale());
    language.choose();
    let args = match language {
        Language::English => Args::parse(),
        Language::Japanese => parse_in_japanese(),
    };
    // The first process of a job's sandbox: no runtime, no settings, no log.
    if let Command::Leader = args.command {
        return exit_code(rondo_runner::leader());
    }
    match run(args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            print::problem(&complaint::of(&error));
            match complaint::is_misuse(&error) {
                true => ExitCode::from(2),
                false => ExitCode::FAILURE,
            }
        }
    }
}

/// As [`Args::parse`], which speaks English.
fn parse_in_japanese() -> Args {
    let parsed = help::in_japanese(Args::command())
        .try_get_matches()
        .and_then(|matches| Args::from_arg_matches(&matches));
    match parsed {
        Ok(args) => args,
        // Help and the version are no mistakes.
        Err(error) if !error.use_stderr() => error.exit(),
        Err(error) => {
            print::problem(&help::misuse(&error));
            std::process::exit(error.exit_code())
        }
    }
}

fn exit_code(status: i32) -> ExitCode {
    u8::try_from(status).map_or(ExitCode::FAILURE, ExitCode::from)
}

fn run(args: Args) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async move {
        match args.command {
            Command::Serve(args) => serve::serve(args).await,
            Command::Demo(args) => demo::demo(args).await,
            Command::Admin(args) => admin::admin(args).await,
            Command::Login(args) => login::login(args).await,
            Command::Logout(args) => login::logout(args).await,
            Command::Token(args) => token::token(args).await,
            Command::Organization(args) => organization::organization(args).await,
            Command::Service(args) => service::service(args).await,
            Command::Project(args) => project::project(args).await,
            Command::Config(args) => config::config(args).await,
            Command::Orb(args) => orb::orb(args).await,
            Command::Settings { ja } => {
                print::result(settings::reference(ja).trim_end());
                Ok(())
            }
            Command::Run | Command::Runner => {
                anyhow::bail!(words!(
                    "this subcommand is not built yet in this version of Rondo",
                    "このサブコマンドは、このバージョンの Rondo にはまだありません"
                ))
            }
            Command::Leader => anyhow::bail!("the leader runs before there is a runtime"),
        }
    })
}
