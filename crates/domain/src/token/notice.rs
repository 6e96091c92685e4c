//! What people are told of a token that somebody found.

use super::TokenId;
use crate::id::{ProjectId, ServiceId};
use crate::name::Label;
use crate::time::Millis;

/// Somebody handed in the value of a token, and so it was deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Which.
    pub token: TokenId,
    /// What people called it.
    pub label: Label,
    /// The project that it belonged to, if it was a project's.
    pub project: Option<ProjectId>,
    /// The service account that it belonged to, if it was one's. Neither: it was the person's own.
    pub service: Option<ServiceId>,
    /// When.
    pub at: Millis,
}
