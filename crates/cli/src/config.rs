//! `rondo config`: checks, expands, draws and packs a config. Offline: no connection is opened, but to the
//! database of a data folder whose orbs are wanted, and to the places of orbs that the command or the folder's
//! settings name.

mod compiled;
mod drawing;
mod finding;
mod graph;
mod pack;
mod sarif;
pub(crate) mod source;
mod validate;
mod values;

use anyhow::bail;

use crate::args::{ConfigArgs, ConfigCommand};
use crate::language::words;
use crate::print;
use compiled::Compiled;

pub(crate) async fn config(args: ConfigArgs) -> anyhow::Result<()> {
    match args.command {
        ConfigCommand::Validate(args) => validate::validate(&args).await,
        ConfigCommand::Process(args) => {
            let compiled = Compiled::of(&args.file, &args.compile).await?;
            print_unless_wrong(&compiled, |processed| processed.text.clone())
        }
        ConfigCommand::Graph(args) => {
            let compiled = Compiled::of(&args.file, &args.compile).await?;
            let draw = |graphs: &[_]| graph::write(graphs, args.format);
            print_unless_wrong(&compiled, |processed| Some(draw(&processed.graphs)))
        }
        ConfigCommand::Pack { folder } => pack::pack(&folder),
    }
}

/// Prints what a config came to. Its problems are no results here: they go to standard error.
fn print_unless_wrong(
    compiled: &Compiled,
    result: impl FnOnce(&rondo_plan::Processed) -> Option<String>,
) -> anyhow::Result<()> {
    compiled.tell_problems();
    let name = &compiled.source.name;
    let errors = compiled.errors();
    match result(&compiled.processed).filter(|_| errors == 0) {
        Some(text) => {
            print::result(text.strip_suffix('\n').unwrap_or(&text));
            Ok(())
        }
        None => bail!(wrong(name, errors)),
    }
}

/// That a config has errors.
fn wrong(name: &str, errors: usize) -> String {
    match errors {
        1 => words!("{name} has 1 error", "{name} に 1 件のエラーがあります"),
        many => words!("{name} has {many} errors", "{name} に {many} 件のエラーがあります"),
    }
}
