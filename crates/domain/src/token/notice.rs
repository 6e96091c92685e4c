//! What people are told of a token that somebody found.

use super::TokenId;
use crate::id::ProjectId;
use crate::name::Label;
use crate::time::Millis;

/// Somebody handed in the value of a token, and so it was deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Which.
    pub token: TokenId,
    /// What people called it.
    pub label: Label,
    /// The project that it belonged to; none: it was the person's own.
    pub project: Option<ProjectId>,
    /// When.
    pub at: Millis,
}
