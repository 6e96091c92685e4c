//! The data folder of a server: its lock, its key files, and where the rest lies.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rondo_domain::token::Pepper;
use rustix::fs::{FlockOperation, flock};
use sha2::{Digest as _, Sha256};

use crate::blob::Blobs;
use crate::orb_cache::OrbCache;
use crate::seal::SealKey;

/// How long a server that was killed may still hold its folder: a process that it was about to start
/// has its open files until it becomes another program.
/// It is looked for this often, [`LOOK_AGAIN`] apart: a second.
const LOOKS: usize = 50;
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// Why a data folder cannot be used.
#[derive(Debug)]
pub enum FolderError {
    /// It cannot be made, read or written.
    Unusable(PathBuf, std::io::Error),
    /// Another server uses it.
    InUse(PathBuf),
    /// A key file is damaged.
    Key(PathBuf),
}

impl fmt::Display for FolderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unusable(path, error) => write!(
                f,
                "{} cannot be used: {error}; name another data folder with --data, or make it writable",
                path.display()
            ),
            Self::InUse(path) => write!(
                f,
                "the data folder {} is in use by another server; stop that one, or name another folder with --data",
                path.display()
            ),
            Self::Key(path) => write!(
                f,
                "the key file {} is damaged; bring it back from a backup: without it no token and no secret can be read",
                path.display()
            ),
        }
    }
}

impl std::error::Error for FolderError {}

/// A data folder.
#[derive(Debug, Clone)]
pub struct Folder {
    root: PathBuf,
}

/// The proof that this process is the folder's only server; dropped, it lets the next one in.
pub struct Lock(#[expect(dead_code, reason = "the open file holds the lock")] File);

impl Folder {
    /// Opens a data folder, making it (for its owner only) if it is not there.
    ///
    /// # Errors
    /// If it cannot be made or written.
    pub fn open(root: &Path) -> Result<Self, FolderError> {
        let unusable = |error| FolderError::Unusable(root.to_owned(), error);
        fs::DirBuilder::new().recursive(true).mode(0o700).create(root).map_err(unusable)?;
        let root = root.canonicalize().map_err(unusable)?;
        Ok(Self { root })
    }

    /// Makes this process the folder's only server. Where another one has it, this waits a moment
    /// before it gives up.
    ///
    /// # Errors
    /// [`FolderError::InUse`] if there is one already.
    pub fn lock(&self) -> Result<Lock, FolderError> {
        let path = self.root.join("lock");
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&path)
            .map_err(|error| FolderError::Unusable(path, error))?;
        for _ in 0..LOOKS {
            if flock(&file, FlockOperation::NonBlockingLockExclusive).is_ok() {
                return Ok(Lock(file));
            }
            std::thread::sleep(LOOK_AGAIN);
        }
        Err(FolderError::InUse(self.root.clone()))
    }

    /// The SQLite file.
    pub fn database(&self) -> PathBuf {
        self.root.join("rondo.db")
    }

    /// Where the runner of this server keeps its jobs' folders.
    pub fn jobs(&self) -> PathBuf {
        self.root.join("jobs")
    }

    /// What was brought of orbs from other machines.
    pub fn orbs(&self) -> OrbCache {
        OrbCache::new(self.root.join("orbs"))
    }

    /// Keeps the address of the server that uses this folder, for commands beside it.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn note_address(&self, url: &str) -> Result<(), FolderError> {
        let path = self.root.join("address");
        fs::write(&path, url).map_err(|error| FolderError::Unusable(path, error))
    }

    /// The address of the server that used this folder last.
    pub fn address(&self) -> Option<String> {
        fs::read_to_string(self.root.join("address")).ok()
    }

    /// Keeps `program` under a name of this folder's own, so that an upgrade may replace it while a
    /// server runs: a second name of the same file where that is possible, else a copy.
    ///
    /// # Errors
    /// If neither can be made.
    pub fn keep_program(&self, program: &Path) -> Result<PathBuf, FolderError> {
        let path = self.root.join("leader");
        let unusable = |error| FolderError::Unusable(path.clone(), error);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(unusable(error));
            }
            _ => {}
        }
        if fs::hard_link(program, &path).is_err() {
            fs::copy(program, &path).map_err(unusable)?;
        }
        Ok(path)
    }

    /// The settings file; it need not be there.
    pub fn settings(&self) -> PathBuf {
        self.root.join("rondo.toml")
    }

    /// The blobs.
    pub fn blobs(&self) -> Blobs {
        Blobs::new(self.root.join("blobs"))
    }

    /// The key that seals secrets, made of `entropy` at first use.
    ///
    /// # Errors
    /// If the file cannot be read or made.
    pub fn seal_key(&self, entropy: [u8; 32]) -> Result<SealKey, FolderError> {
        self.key("seal.key", entropy).map(|key| SealKey::new(&key))
    }

    /// The key that tokens are hashed with, made of `entropy` at first use. `path` is another place
    /// for its file.
    ///
    /// # Errors
    /// If the file cannot be read or made.
    pub fn pepper(&self, path: Option<&Path>, entropy: [u8; 32]) -> Result<Pepper, FolderError> {
        let path = path.map_or_else(|| PathBuf::from("pepper.key"), Path::to_path_buf);
        self.key(path, entropy).map(|key| Pepper::new(1, &key))
    }

    /// The key that signs what a webhook is told, made of `entropy` at first use.
    ///
    /// # Errors
    /// If the file cannot be read or made.
    pub fn webhook_key(&self, entropy: [u8; 32]) -> Result<Pepper, FolderError> {
        self.key("webhook.key", entropy).map(|key| Pepper::new(1, &key))
    }

    /// A short word that is this folder's alone, made of `entropy` at first use.
    ///
    /// # Errors
    /// If its file cannot be read or made.
    pub fn name(&self, entropy: [u8; 32]) -> Result<String, FolderError> {
        let bytes = self.key("name.key", entropy)?;
        Ok(bytes[..4].iter().map(|byte| format!("{byte:02x}")).collect())
    }

    fn key(&self, path: impl AsRef<Path>, entropy: [u8; 32]) -> Result<[u8; 32], FolderError> {
        let path = self.root.join(path);
        match read_key(&path) {
            Err(FolderError::Unusable(_, error))
                if error.kind() == std::io::ErrorKind::NotFound =>
            {
                make_key(&path, &entropy).map_err(|e| FolderError::Unusable(path.clone(), e))?;
                // If another process made one at the same moment, its key is the one.
                read_key(&path)
            }
            other => other,
        }
    }
}

fn read_key(path: &Path) -> Result<[u8; 32], FolderError> {
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(33).read_to_end(&mut bytes))
        .map_err(|error| FolderError::Unusable(path.to_owned(), error))?;
    bytes.try_into().map_err(|_| FolderError::Key(path.to_owned()))
}

/// Writes a key under a temporary name and links it into place, so that a key file is whole or not
/// there, and one that is there is never replaced.
fn make_key(path: &Path, key: &[u8; 32]) -> std::io::Result<()> {
    // Process ids are no names: two containers on one folder may have the same. Two makers have two
    // keys, and a key's digest tells nothing of it.
    let digest = Sha256::digest(key);
    let word: String = digest[..8].iter().map(|byte| format!("{byte:02x}")).collect();
    let temporary = path.with_extension(format!("{word}.tmp"));
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&temporary)?;
    file.write_all(key)?;
    file.sync_all()?;
    let linked = fs::hard_link(&temporary, path);
    fs::remove_file(&temporary)?;
    match linked {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        other => other,
    }?;
    if let Some(folder) = path.parent() {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}
