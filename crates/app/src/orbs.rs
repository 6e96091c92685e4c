//! Orbs that an operator imports, lists, shows and removes. Where the text of an orb comes from when a
//! config names it is the business of `shelf`.

use std::fmt;

use rondo_domain::Permission;
use rondo_domain::audit::{Entry, Event};
use rondo_domain::limits::CONFIG_BYTES;
use rondo_plan::{OrbReference, OrbVersion, Problem, Severity};
use rondo_store::ImportedOrb;

use crate::refusal::{Invalid, Refusal};
use crate::shelf::Shelf;
use crate::{App, Ctx};

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
    /// A place that may hold it cannot be read.
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
