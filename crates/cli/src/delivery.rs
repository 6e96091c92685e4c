//! Where the value of a new token goes: a file of its own, the keyring, or standard output where that is no
//! terminal or somebody asked for it. It is decided before the token is made, so that none is made in vain.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, IsTerminal, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;

use anyhow::{Context, bail};

use crate::keyring::{self, Place};
use crate::language::words;
use crate::print;

/// Where a value goes.
pub(crate) enum Delivery {
    /// To standard output.
    Output,
    /// Into a new file that nobody else can read.
    File(File, PathBuf),
    /// Into the desktop's keyring.
    Keyring,
}

impl Delivery {
    /// What was asked for, ready to take a value.
    ///
    /// # Errors
    /// If it would be shown on a terminal unasked, the file is there already or cannot be made, or no keyring
    /// answers.
    pub(crate) fn prepare(
        show: bool,
        file: Option<PathBuf>,
        keyring: bool,
    ) -> anyhow::Result<Self> {
        if keyring {
            keyring::check()?;
            return Ok(Self::Keyring);
        }
        let Some(path) = file else {
            if !show && std::io::stdout().is_terminal() {
                bail!(words!(
                    "the value would be shown on this terminal: ask for that with --show, name a file with --output, take --keyring, or pipe it on",
                    "このままでは値が端末に表示されます。表示するには --show、ファイルに書くには --output、キーリングに入れるには --keyring を付けるか、パイプで渡してください"
                ));
            }
            return Ok(Self::Output);
        };
        let shown = path.display();
        match OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path) {
            Ok(file) => Ok(Self::File(file, path)),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => bail!(words!(
                "{shown} is there already and stays as it is: name another file",
                "{shown} はすでにあり、上書きしません。別のファイルを指定してください"
            )),
            Err(error) => Err(error)
                .with_context(|| words!("{shown} cannot be written", "{shown} に書き込めません")),
        }
    }

    /// Takes the value of a token of a server; whether it is somewhere else than on standard output now.
    ///
    /// # Errors
    /// If the file cannot be written, or the keyring does not take it.
    pub(crate) fn take(self, (server, id): (&str, &str), value: &str) -> anyhow::Result<bool> {
        match self {
            Self::Output => {
                print::result(value);
                Ok(false)
            }
            Self::Keyring => {
                let attributes = [("server", server), ("token", id)];
                let place = Place::new(&attributes);
                let stored = keyring::store(&place, &format!("Rondo: {id} ({server})"), value);
                stored.with_context(|| {
                    words!(
                        "the token {id} was made, and its value is lost; delete it",
                        "トークン {id} は作成されましたが、値は失われました。削除してください"
                    )
                })?;
                let command = place.command();
                print::remark(&words!(
                    "the value is in the keyring; read it with: {command}",
                    "値をキーリングに入れました。読み出すには: {command}"
                ));
                Ok(true)
            }
            Self::File(mut file, path) => {
                let shown = path.display();
                writeln!(file, "{value}").and_then(|()| file.sync_all()).with_context(|| {
                    words!("{shown} cannot be written", "{shown} に書き込めません")
                })?;
                print::remark(&words!("the value is in {shown}", "値を {shown} に書き込みました"));
                Ok(true)
            }
        }
    }

    /// There is no value after all: the file goes too.
    pub(crate) fn cancel(self) {
        if let Self::File(_, path) = self {
            // What stays behind is empty and tells nothing.
            let _ = fs::remove_file(path);
        }
    }

    /// Whether the value goes to standard output.
    pub(crate) fn is_output(&self) -> bool {
        matches!(self, Self::Output)
    }
}
