//! What is kept of a deleted token for a while, so that one can say what it was.

use super::{Holder, TokenId};
use crate::name::{Label, Reason};
use crate::time::Millis;

/// A deleted token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tombstone {
    /// Its public handle.
    pub id: TokenId,
    /// Whose it was, and what a project's might do.
    pub holder: Holder,
    /// What people called it.
    pub label: Label,
    /// When it was made.
    pub created_at: Millis,
    /// When it was used last, if ever.
    pub last_used_at: Option<Millis>,
    /// When it was deleted.
    pub deleted_at: Millis,
    /// By whom, as the audit log says it.
    pub deleted_by: String,
    /// Why, if that was said.
    pub reason: Option<Reason>,
}
