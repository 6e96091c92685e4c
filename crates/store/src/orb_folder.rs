//! Orbs in a folder that an operator names, by namespace and name:
//!
//! - `acme/deploy/1.2.3.yml`: a packed version; `acme/deploy/1.2.3/`: the source of one, with its
//!   `@orb.yml` in it or in its `src`; a development version is named `dev:label`;
//! - `acme/deploy/` with an `@orb.yml` in it or in its `src`, as a checkout of the orb's repository
//!   has it: what `volatile` and every development version mean where no such version is there.

use std::fs;
use std::path::{Path, PathBuf};

use rondo_plan::OrbVersion;
use rondo_plan::pack::{FileProblem, pack_orb};

use crate::source::{SourceError, read_sources};

/// Why an orb that is there cannot be used.
#[derive(Debug)]
pub enum OrbFolderError {
    /// Its files cannot be read.
    Source(SourceError),
    /// Its files cannot be packed.
    Pack(PathBuf, Box<FileProblem>),
}

impl std::fmt::Display for OrbFolderError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Source(error) => error.fmt(f),
            Self::Pack(folder, found) => {
                let FileProblem { file, problem } = &**found;
                let (line, column) = (problem.line, problem.column);
                let file = folder.join(file);
                write!(f, "{}:{line}:{column}: {}", file.display(), problem.message)
            }
        }
    }
}

impl std::error::Error for OrbFolderError {}

impl From<SourceError> for OrbFolderError {
    fn from(error: SourceError) -> Self {
        Self::Source(error)
    }
}

/// One version of an orb in a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundOrb {
    /// `None` for a source without a version.
    pub version: Option<OrbVersion>,
    /// The packed file, or the folder that holds `@orb.yml`.
    pub path: PathBuf,
}

/// The versions of an orb below `folder`. The parts of its name are those of a reference, so they
/// lead nowhere else.
///
/// # Errors
/// If the folder is there and cannot be read.
pub fn orbs_in_folder(
    folder: &Path,
    namespace: &str,
    name: &str,
) -> Result<Vec<FoundOrb>, SourceError> {
    let home = folder.join(namespace).join(name);
    let unreadable = |error| SourceError::Unreadable(home.clone(), error);
    let entries = match fs::read_dir(&home) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(unreadable(error)),
    };
    let mut found: Vec<_> =
        orb_root(&home).map(|path| FoundOrb { version: None, path }).into_iter().collect();
    for entry in entries {
        let path = entry.map_err(unreadable)?.path();
        let Some(file) = path.file_name().and_then(|name| name.to_str()) else { continue };
        let stem = file.strip_suffix(".yml").or_else(|| file.strip_suffix(".yaml"));
        let (text, place) = match (stem, path.is_dir()) {
            (Some(stem), false) => (stem, Some(path.clone())),
            (_, true) => (file, orb_root(&path)),
            _ => continue,
        };
        // Other files and folders may lie there too, as in every repository.
        let version = text.parse().ok().filter(is_concrete);
        if let (Some(version), Some(path)) = (version, place) {
            found.push(FoundOrb { version: Some(version), path });
        }
    }
    Ok(found)
}

fn is_concrete(version: &OrbVersion) -> bool {
    matches!(version, OrbVersion::Exact(..) | OrbVersion::Dev(_))
}

/// The folder that holds the orb's `@orb.yml`: this one, or its `src`.
pub fn orb_root(folder: &Path) -> Option<PathBuf> {
    let places = [folder.to_owned(), folder.join("src")];
    places.into_iter().find(|place| place.join("@orb.yml").is_file())
}

/// The text of an orb: that of a packed file, or its source packed.
///
/// # Errors
/// If it cannot be read or packed.
pub fn read_orb(path: &Path) -> Result<String, OrbFolderError> {
    if !path.is_dir() {
        let unreadable = |error| SourceError::Unreadable(path.to_owned(), error);
        let bytes = fs::read(path).map_err(unreadable)?;
        return String::from_utf8(bytes).map_err(|_| SourceError::NotUtf8(path.to_owned()).into());
    }
    let packed = pack_orb(&read_sources(path)?);
    packed.text.ok_or_else(|| {
        let errors = packed.problems.into_iter();
        let worst = errors.min_by_key(|found| found.problem.severity);
        let worst = worst.expect("what gives no text has an error");
        OrbFolderError::Pack(path.to_owned(), Box::new(worst))
    })
}
