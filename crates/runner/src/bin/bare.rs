//! A runner with nothing around it, for this crate's own tests: `bare leader` leads a job, and
//! `bare run SERVER FOLDER CONTAINMENT` works for a server until it is killed. What people install
//! is another program.

use std::path::PathBuf;
use std::process::ExitCode;

use rondo_runner::{Containment, Settings};

fn main() -> anyhow::Result<ExitCode> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match &words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["leader"] => {
            let status = rondo_runner::leader();
            Ok(ExitCode::from(u8::try_from(status).unwrap_or(1)))
        }
        ["run", server, folder, containment] => {
            run(server, folder, containment)?;
            Ok(ExitCode::SUCCESS)
        }
        _ => anyhow::bail!("the arguments are: leader, or: run SERVER FOLDER CONTAINMENT"),
    }
}

fn run(server: &str, folder: &str, containment: &str) -> anyhow::Result<()> {
    let settings = Settings {
        name: "bare".to_owned(),
        folder: PathBuf::from(folder),
        containment: match containment {
            "bubblewrap" => Containment::Bubblewrap,
            "unconfined" => Containment::Unconfined,
            other => anyhow::bail!("{other:?} is no containment"),
        },
        program: std::env::current_exe()?,
        slots: 1,
        local_repositories: Vec::new(),
        allow_network: false,
    };
    let client = rondo_wire::client::Client::new(server, None)?;
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(rondo_runner::run(settings, client, Default::default()))
}
