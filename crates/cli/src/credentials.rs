//! Tokens that `rondo login` brought, by server, in one file of the person's own that nobody else can
//! read, or in the keyring; then the file says so. Where it lies is `settings`' business.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, Permissions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};

use crate::keyring::{self, Place};
use crate::language::words;
use crate::settings::unreadable;

/// Anybody but the owner.
const OTHERS: u32 = 0o077;

/// What is in the file. It holds tokens' values, so it has no `Debug`.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    /// The server that was signed in to last.
    current: Option<String>,
    /// A token's value by its server's address.
    tokens: BTreeMap<String, String>,
    /// Servers whose token is in the keyring.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    keyring: BTreeSet<String>,
}

/// The file, and what is in it.
pub(crate) struct Credentials {
    path: PathBuf,
    kept: Kept,
}

impl Credentials {
    /// Reads the file; without one nothing is kept.
    ///
    /// # Errors
    /// If it cannot be read, is not what this wrote, or others may read it.
    pub(crate) fn open(path: PathBuf) -> anyhow::Result<Self> {
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return Ok(Self { path, kept: Kept::default() });
            }
            Err(error) => return Err(error).with_context(|| unreadable(&path)),
        };
        let shown = path.display();
        if fs::metadata(&path)?.permissions().mode() & OTHERS != 0 {
            bail!(words!(
                "{shown} holds tokens and others may read it; close it with: chmod 600 {shown}",
                "{shown} にはトークンがありますが、ほかの人も読めます。chmod 600 {shown} で閉じてください"
            ));
        }
        // serde_json's own words would repeat a part of the file.
        let Ok(kept) = serde_json::from_str(&text) else {
            bail!(words!(
                "{shown} is damaged; delete it and run `rondo login` again",
                "{shown} が壊れています。削除して `rondo login` をやり直してください"
            ));
        };
        Ok(Self { path, kept })
    }

    /// The server that was signed in to last.
    pub(crate) fn current(&self) -> Option<&str> {
        self.kept.current.as_deref()
    }

    /// The token for a server.
    ///
    /// # Errors
    /// If it is in the keyring, and that does not answer.
    pub(crate) fn token(&self, server: &str) -> anyhow::Result<Option<String>> {
        let server = key(server);
        if self.kept.keyring.contains(server) {
            return keyring::lookup(&Place::new(&[("server", server), ("login", "yes")]));
        }
        Ok(self.kept.tokens.get(server).cloned())
    }

    /// Keeps a token for a server, in the place of any other, and makes the server the current one. With
    /// `in_keyring` its value goes there, and the file only says so.
    ///
    /// # Errors
    /// If the file cannot be written, or the keyring does not take it; then the file is as it was.
    pub(crate) fn keep(
        &mut self,
        server: &str,
        token: String,
        in_keyring: bool,
    ) -> anyhow::Result<()> {
        let own = key(server);
        if in_keyring {
            let place = [("server", own), ("login", "yes")];
            keyring::store(&Place::new(&place), &format!("Rondo: {own}"), &token)?;
            self.kept.tokens.remove(own);
            self.kept.keyring.insert(own.to_owned());
        } else {
            self.kept.keyring.remove(own);
            self.kept.tokens.insert(own.to_owned(), token);
        }
        self.kept.current = Some(key(server).to_owned());
        self.write()
    }

    /// Forgets a server's token.
    ///
    /// # Errors
    /// If the file cannot be written, or the keyring does not answer; then the file is as it was.
    pub(crate) fn forget(&mut self, server: &str) -> anyhow::Result<()> {
        let server = key(server);
        if self.kept.keyring.remove(server) {
            keyring::clear(&Place::new(&[("server", server), ("login", "yes")]))?;
        }
        self.kept.tokens.remove(server);
        if self.current() == Some(server) {
            let mut left = self.kept.tokens.keys().chain(&self.kept.keyring);
            self.kept.current = left.next().cloned();
        }
        self.write()
    }

    /// Writes under another name first, so that the file is whole at every moment.
    fn write(&self) -> anyhow::Result<()> {
        let shown = self.path.display();
        let write = || -> anyhow::Result<()> {
            let folder = self.path.parent().unwrap_or(Path::new("."));
            fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
            let own = Permissions::from_mode(0o600);
            let mut file = tempfile::Builder::new().permissions(own).tempfile_in(folder)?;
            file.write_all(serde_json::to_string_pretty(&self.kept)?.as_bytes())?;
            file.as_file().sync_all()?;
            file.persist(&self.path)?;
            Ok(())
        };
        write().with_context(|| words!("{shown} cannot be written", "{shown} に書き込めません"))
    }
}

/// One server has one name, however its address ends.
fn key(server: &str) -> &str {
    server.trim_end_matches('/')
}
