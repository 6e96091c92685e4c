//! What was brought of orbs from other machines: versions that never change, each in a file of its own,
//! and a folder for each repository. All of it can be deleted at any time; it comes again.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

/// A folder of such things.
#[derive(Debug, Clone)]
pub struct OrbCache {
    root: PathBuf,
}

impl OrbCache {
    /// The cache in this folder, which is made when something is kept.
    pub fn new(root: PathBuf) -> Self {
        Self { root }
    }

    /// The text that is kept of an address.
    pub fn text(&self, address: &str) -> Option<String> {
        fs::read_to_string(self.file(address)).ok()
    }

    /// Keeps the text of an address.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn keep_text(&self, address: &str, text: &str) -> io::Result<()> {
        let path = self.file(address);
        let folder = path.parent().unwrap_or(&self.root);
        fs::create_dir_all(folder)?;
        let (temporary, mut file) = own_file(&path)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(temporary, path)
    }

    /// The folder of the repository at this address. What is in it is the matter of whoever fetches.
    pub fn repository(&self, address: &str) -> PathBuf {
        self.root.join("repositories").join(name(address))
    }

    fn file(&self, address: &str) -> PathBuf {
        self.root.join("versions").join(format!("{}.yml", name(address)))
    }
}

/// A new file beside `path`: two that keep the same text at once have one each, and what was left by one
/// that was killed is in nobody's way.
fn own_file(path: &Path) -> io::Result<(PathBuf, fs::File)> {
    let mut number = 0;
    loop {
        let temporary = path.with_extension(format!("{number}.new"));
        match fs::File::create_new(&temporary) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => number += 1,
            made => return Ok((temporary, made?)),
        }
    }
}

/// A name that is safe as a file's, and no other address has.
fn name(address: &str) -> String {
    Sha256::digest(address).iter().map(|byte| format!("{byte:02x}")).collect()
}
