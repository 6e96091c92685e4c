//! `rondo config`: checks, expands, draws and packs a config. Offline: nothing here opens a connection.

mod finding;
mod pack;
mod sarif;
mod source;
mod validate;
mod values;

use anyhow::bail;

use crate::args::{ConfigArgs, ConfigCommand};
use crate::language::words;

pub(crate) fn config(args: ConfigArgs) -> anyhow::Result<()> {
    match args.command {
        ConfigCommand::Validate(args) => validate::validate(&args),
        ConfigCommand::Process(_) => {
            bail!(words!(
                "`rondo config process` is not built yet in this version of Rondo",
                "`rondo config process` は、このバージョンの Rondo にはまだありません"
            ))
        }
        ConfigCommand::Pack { folder } => pack::pack(&folder),
    }
}
