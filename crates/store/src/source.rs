//! Folders of sources that a person or an operator names: read into memory as they are, within limits.
//! What the files mean is not known here, and nothing is ever written.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use rondo_plan::pack::SourceFile;

/// Files of one folder, at most.
const FILES: usize = 2_000;
/// Bytes of all files of one folder together, at most.
const BYTES: u64 = 8 * 1024 * 1024;
/// Folders inside each other, at most.
const DEPTH: usize = 16;

/// Why a folder of sources cannot be read.
#[derive(Debug)]
pub enum SourceError {
    /// The system does not let it be read.
    Unreadable(PathBuf, std::io::Error),
    /// A YAML file is not UTF-8.
    NotUtf8(PathBuf),
    /// It has too many files, too large ones, or too many folders inside each other.
    Large(PathBuf),
}

impl fmt::Display for SourceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(path, error) => {
                write!(f, "{} cannot be read: {error}", path.display())
            }
            Self::NotUtf8(path) => write!(f, "{} is not UTF-8", path.display()),
            Self::Large(path) => write!(
                f,
                "{} is larger than a folder of sources may be: {FILES} files, {} MB, {DEPTH} folders inside each other",
                path.display(),
                BYTES / 1024 / 1024
            ),
        }
    }
}

impl std::error::Error for SourceError {}

/// The text files below a folder, by path. Names that begin with a dot are left out, and so are
/// links to folders and files that are not text, unless they are YAML.
///
/// # Errors
/// If it cannot be read, or is too large.
pub fn read_sources(folder: &Path) -> Result<Vec<SourceFile>, SourceError> {
    let mut reader = Reader { root: folder, files: Vec::new(), bytes: 0 };
    reader.walk(folder, 0)?;
    reader.files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(reader.files)
}

struct Reader<'a> {
    root: &'a Path,
    files: Vec<SourceFile>,
    bytes: u64,
}

impl Reader<'_> {
    fn walk(&mut self, folder: &Path, depth: usize) -> Result<(), SourceError> {
        let unreadable = |error| SourceError::Unreadable(folder.to_owned(), error);
        if depth > DEPTH {
            return Err(SourceError::Large(self.root.to_owned()));
        }
        for entry in fs::read_dir(folder).map_err(unreadable)? {
            let entry = entry.map_err(unreadable)?;
            let path = entry.path();
            if entry.file_name().as_encoded_bytes().starts_with(b".") {
                continue;
            }
            let kind = entry.file_type().map_err(unreadable)?;
            if kind.is_dir() {
                self.walk(&path, depth + 1)?;
            } else if path.is_file() {
                self.take(&path)?;
            }
        }
        Ok(())
    }

    fn take(&mut self, path: &Path) -> Result<(), SourceError> {
        let unreadable = |error| SourceError::Unreadable(path.to_owned(), error);
        self.bytes += fs::metadata(path).map_err(unreadable)?.len();
        if self.bytes > BYTES || self.files.len() >= FILES {
            return Err(SourceError::Large(self.root.to_owned()));
        }
        let yaml = path.extension().is_some_and(|ending| ending == "yml" || ending == "yaml");
        let text = match String::from_utf8(fs::read(path).map_err(unreadable)?) {
            Ok(text) => text,
            Err(_) if yaml => return Err(SourceError::NotUtf8(path.to_owned())),
            Err(_) => return Ok(()),
        };
        let below = path.strip_prefix(self.root).unwrap_or(path);
        let parts: Option<Vec<_>> = below.iter().map(|part| part.to_str()).collect();
        // What has no name in UTF-8 cannot be named by a config either.
        if let Some(parts) = parts {
            self.files.push(SourceFile { path: parts.join("/"), text });
        }
        Ok(())
    }
}
