//! Every byte that outlives a restart: rows in SQLite or PostgreSQL, blobs on disk, and the keys
//! beside them. All SQL is in this crate, and one text of it serves both databases.
//!
//! There are two doors. [`Store::read`] gives a transaction that sees one moment; [`Store::write`]
//! runs a closure in a transaction that nothing can interleave with, and it ends only by
//! [`WriteTx::commit`], which takes the audit entry, or by [`WriteTx::commit_progress`] for what
//! machines report. What was committed survives `kill -9` and power loss.
//!
//! Nothing here decides anything: no rights, no minting, no clock of its own.

mod artifacts;
mod audit;
mod blob;
mod blob_reader;
mod builds;
mod changes;
mod devices;
mod dialect;
mod endings;
mod errands;
mod error;
mod folder;
mod jobs;
mod known_hosts;
mod links;
mod notices;
mod orb_cache;
mod orb_folder;
mod orbs;
mod organizations;
mod people;
mod pipelines;
mod policies;
mod projects;
mod queue;
mod rehearsals;
mod relations;
mod rotations;
mod row;
mod seal;
mod services;
mod sessions;
mod source;
mod ssh_keys;
mod steps;
mod tests;
mod token_list;
mod tokens;
mod tombstones;
mod tx;
mod unused;
mod uses;
mod variables;
mod workflows;

pub use audit::{AuditQuery, AuditRow, By};
pub use blob::{BlobName, Blobs, PendingBlob};
pub use blob_reader::{BlobPart, BlobReader};
pub use builds::BuildQuery;
pub use changes::Change;
pub use endings::DigestId;
pub use errands::{Bereaved, Due, Errand, Matter};
pub use error::Error;
pub use folder::{Folder, FolderError, Lock};
pub use jobs::NewJob;
pub use orb_cache::OrbCache;
pub use orb_folder::{FoundOrb, OrbFolderError, orb_root, orbs_in_folder, read_orb};
pub use orbs::ImportedOrb;
pub use pipelines::NewPipeline;
pub use policies::{Approval, PolicyRow};
pub use queue::Lease;
pub use rotations::Promise;
pub use seal::SealKey;
pub use source::{SourceError, read_sources};
pub use token_list::TokenQuery;
pub use tokens::TokenRow;
pub use tombstones::{Burial, Revocation};
pub use tx::{Store, Tx, WriteTx};
pub use unused::Unused;
