//! Orbs: those that an operator imported, and where the text of an orb comes from when a config names
//! it: the operator's folders, then what was imported. Nothing here opens a connection.

use std::fmt;
use std::path::PathBuf;

use rondo_domain::Permission;
use rondo_domain::audit::{Entry, Event};
use rondo_domain::limits::CONFIG_BYTES;
use rondo_plan::{OrbMissing, OrbReference, OrbVersion, Problem, Severity};
use rondo_store::{ImportedOrb, Store, orbs_in_folder, read_orb};
use tokio::runtime::Handle;

use crate::refusal::{Invalid, Refusal};
use crate::{App, Ctx};

/// Where the texts of orbs come from while a config is compiled. It waits for the database, so it is
/// used on threads that may wait.
#[derive(Clone)]
pub struct Shelf {
    folders: Vec<PathBuf>,
    store: Option<Store>,
    runtime: Handle,
}

/// Why an orb is not imported or removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OrbError {
    /// The reference names no single version.
    Several(String),
    /// The version is there with another text.
    Changed(String),
    /// The text is no orb: its first error, and how many there are besides.
    Wrong(String, usize),
    /// It is larger than this many megabytes.
    Large(usize),
    /// What the operator's folders hold of it cannot be read.
    Unreadable(String),
}

impl fmt::Display for OrbError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Several(orb) => write!(
                f,
                "{orb} names no single version: write namespace/name@1.2.3 or namespace/name@dev:label"
            ),
            Self::Changed(orb) => write!(
                f,
                "{orb} is there with another text, and a version never changes: import it as a new one"
            ),
            Self::Wrong(first, 0) => write!(f, "this is no orb: {first}"),
            Self::Wrong(first, more) => {
                write!(f, "this is no orb: {first}; errors besides: {more}")
            }
            Self::Large(most) => write!(f, "an orb has at most {most} MB"),
            Self::Unreadable(why) => f.write_str(why),
        }
    }
}

impl From<OrbError> for Refusal {
    fn from(error: OrbError) -> Self {
        Self::Invalid(Invalid::Orb(error))
    }
}

/// Where one version of an orb is.
enum Place {
    Folder(PathBuf),
    Store,
}

impl Shelf {
    /// The orbs of these folders alone.
    ///
    /// # Panics
    /// Outside a runtime.
    pub fn of_folders(folders: Vec<PathBuf>) -> Self {
        Self { folders, store: None, runtime: Handle::current() }
    }

    /// The same, with these folders before its own.
    #[must_use]
    pub fn behind(mut self, mut folders: Vec<PathBuf>) -> Self {
        folders.append(&mut self.folders);
        Self { folders, ..self }
    }

    /// The text of the orb that a config names.
    ///
    /// # Errors
    /// If there is none, or none that can be read; with the way out.
    pub fn source(&self, reference: &OrbReference) -> Result<String, OrbMissing> {
        let OrbReference::Registry { namespace, name, version } = reference else {
            return Err(OrbMissing {
                message: format!(
                    "Cannot find the orb `{reference}`: this version fetches no orbs by URL"
                ),
                help: Some(
                    "fetch its file, and: rondo orb import FILE namespace/name@1.0.0".to_owned(),
                ),
            });
        };
        let found = self.runtime.block_on(self.find(namespace, name, version));
        match found {
            Ok(Some((_, source))) => Ok(source),
            Ok(None) => Err(missing(reference)),
            Err(message) => Err(OrbMissing { message, help: None }),
        }
    }

    /// The version that is meant, if there is one, and its text.
    async fn find(
        &self,
        namespace: &str,
        name: &str,
        asked: &OrbVersion,
    ) -> Result<Option<(OrbVersion, String)>, String> {
        let said = |error: &dyn std::error::Error| error.to_string();
        let (mut versions, mut places, mut bare) = (Vec::new(), Vec::new(), None);
        for folder in &self.folders {
            for found in orbs_in_folder(folder, namespace, name).map_err(|error| said(&error))? {
                match found.version {
                    Some(version) => {
                        versions.push(version);
                        places.push(Place::Folder(found.path));
                    }
                    None => bare = bare.or(Some(found.path)),
                }
            }
        }
        if let Some(store) = &self.store {
            let mut tx = store.read().await.map_err(|error| said(&error))?;
            for version in tx.orb_versions(namespace, name).await.map_err(|error| said(&error))? {
                versions.push(version);
                places.push(Place::Store);
            }
        }
        let Some(version) = asked.choose(&versions) else {
            let open = matches!(asked, OrbVersion::Volatile | OrbVersion::Dev(_));
            return match bare.filter(|_| open) {
                Some(path) => {
                    let source = read_orb(&path).map_err(|error| said(&error))?;
                    Ok(Some((asked.clone(), source)))
                }
                None => Ok(None),
            };
        };
        // A version that is in several places is taken from the first.
        let at = versions.iter().position(|own| own == version).unwrap_or_default();
        let source = match (&places[at], &self.store) {
            (Place::Folder(path), _) => Some(read_orb(path).map_err(|error| said(&error))?),
            (Place::Store, Some(store)) => {
                let mut tx = store.read().await.map_err(|error| said(&error))?;
                tx.orb_source(namespace, name, version).await.map_err(|error| said(&error))?
            }
            (Place::Store, None) => None,
        };
        Ok(source.map(|source| (version.clone(), source)))
    }
}

fn missing(reference: &OrbReference) -> OrbMissing {
    OrbMissing {
        message: format!("Cannot find the orb `{reference}`"),
        help: Some(format!("import it: rondo orb import FILE {}", importable(reference))),
    }
}

/// The reference with a version that can be imported: `1.2` is one that `1.2.0` fits.
fn importable(reference: &OrbReference) -> String {
    let OrbReference::Registry { namespace, name, version } = reference else {
        return reference.to_string();
    };
    let version = match version {
        OrbVersion::Major(major) => OrbVersion::Exact(*major, 0, 0),
        OrbVersion::Minor(major, minor) => OrbVersion::Exact(*major, *minor, 0),
        OrbVersion::Volatile => OrbVersion::Exact(1, 0, 0),
        exact => exact.clone(),
    };
    format!("{namespace}/{name}@{version}")
}

/// The parts of a reference to one version of an orb.
fn one_version(reference: &OrbReference) -> Result<(String, String, OrbVersion), Refusal> {
    match reference {
        OrbReference::Registry { namespace, name, version }
            if matches!(version, OrbVersion::Exact(..) | OrbVersion::Dev(_)) =>
        {
            Ok((namespace.clone(), name.clone(), version.clone()))
        }
        _ => Err(OrbError::Several(reference.to_string()).into()),
    }
}

impl App {
    /// Where the texts of orbs come from on this server.
    pub fn shelf(&self) -> Shelf {
        Shelf {
            folders: self.policy.orbs.clone(),
            store: Some(self.store.clone()),
            runtime: Handle::current(),
        }
    }

    /// Every imported version, by name.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn orbs(&self, ctx: &Ctx) -> Result<Vec<ImportedOrb>, Refusal> {
        ctx.require(Permission::ManageServer)?;
        Ok(self.store.read().await?.orbs().await?)
    }

    /// The version that a reference means here, and its text.
    ///
    /// # Errors
    /// [`Refusal::Missing`] if there is none.
    pub async fn orb(
        &self,
        ctx: &Ctx,
        reference: &OrbReference,
    ) -> Result<(OrbVersion, String), Refusal> {
        ctx.require(Permission::ManageServer)?;
        let gone = || Refusal::Missing("orb", reference.to_string());
        let OrbReference::Registry { namespace, name, version } = reference else {
            return Err(gone());
        };
        let found = self.shelf().find(namespace, name, version).await;
        found.map_err(OrbError::Unreadable)?.ok_or_else(gone)
    }

    /// Keeps a version of an orb for all servers on this database; false if it was kept already.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] if the text is no orb, or the version is there with another text and is no
    /// development version.
    pub async fn import_orb(
        &self,
        ctx: &Ctx,
        reference: &OrbReference,
        source: String,
    ) -> Result<bool, Refusal> {
        ctx.require(Permission::ManageServer)?;
        let (namespace, name, version) = one_version(reference)?;
        if source.len() > CONFIG_BYTES {
            return Err(OrbError::Large(CONFIG_BYTES / 1024 / 1024).into());
        }
        let problems = self.check_orb(source.clone()).await?;
        if let Some(first) = problems.first() {
            let Problem { line, column, message, .. } = first;
            let first = format!("{line}:{column}: {message}");
            return Err(OrbError::Wrong(first, problems.len() - 1).into());
        }
        let (by, entry) = (&ctx.by(), &Entry::new(Event::OrbImport, reference));
        let (reference, source) = (&reference.to_string(), &source);
        let orb = &ImportedOrb { namespace, name, version, imported_at: ctx.at };
        self.store
            .write(|mut tx| async move {
                let there = tx.orb_source(&orb.namespace, &orb.name, &orb.version).await?;
                match there {
                    Some(there) if there == *source => return Ok(false),
                    Some(_) if !matches!(orb.version, OrbVersion::Dev(_)) => {
                        return Err(OrbError::Changed(reference.clone()).into());
                    }
                    _ => tx.put_orb(orb, source).await?,
                }
                tx.commit(by, entry.clone()).await?;
                Ok(true)
            })
            .await
    }

    /// Removes an imported version.
    ///
    /// # Errors
    /// [`Refusal::Missing`] if it is not there.
    pub async fn remove_orb(&self, ctx: &Ctx, reference: &OrbReference) -> Result<(), Refusal> {
        ctx.require(Permission::ManageServer)?;
        let (namespace, name, version) = &one_version(reference)?;
        let (by, entry) = (&ctx.by(), &Entry::new(Event::OrbRemove, reference));
        let gone = || Refusal::Missing("orb", reference.to_string());
        self.store
            .write(|mut tx| async move {
                if !tx.delete_orb(namespace, name, version).await? {
                    return Err(gone());
                }
                Ok::<_, Refusal>(tx.commit(by, entry.clone()).await?)
            })
            .await
    }

    /// The errors of an orb's text. Orbs that it names in turn need not be there yet.
    async fn check_orb(&self, source: String) -> Result<Vec<Problem>, Refusal> {
        let work = move |shelf: &Shelf| {
            let orbs = |asked: &OrbReference| {
                Ok(shelf.source(asked).unwrap_or_else(|_| "version: 2.1\n".to_owned()))
            };
            rondo_plan::check_orb(&source, &orbs)
        };
        let problems = self.compiling(work).await?.into_iter();
        Ok(problems.filter(|problem| problem.severity == Severity::Error).collect())
    }
}
