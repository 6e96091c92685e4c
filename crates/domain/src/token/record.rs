//! A token as it is kept: everything but its value.

use super::{Chosen, Reach, Rotation, Scope, TokenId, TokenKind};
use crate::id::{PersonId, ProjectId, ServiceId};
use crate::name::Label;
use crate::time::Millis;

/// Whose a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holder {
    /// It acts as this person.
    Person(PersonId),
    /// It reads from this project.
    Project(ProjectId, Scope),
    /// It acts as this service account.
    Service(ServiceId),
}

impl Holder {
    /// The kind of token that such a holder has.
    pub const fn kind(&self) -> TokenKind {
        match self {
            Self::Person(_) => TokenKind::Personal,
            Self::Project(_, Scope::Badge) => TokenKind::Badge,
            Self::Project(_, Scope::Job) => TokenKind::Job,
            Self::Project(..) => TokenKind::Project,
            Self::Service(_) => TokenKind::Service,
        }
    }
}

/// A token as people see it in lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Its public handle.
    pub id: TokenId,
    /// Whose it is, and what it may do.
    pub holder: Holder,
    /// What people call it.
    pub label: Label,
    /// What it was narrowed to when it was made.
    pub reach: Reach,
    /// When it was made.
    pub created_at: Millis,
    /// When it was used last, if ever.
    pub last_used_at: Option<Millis>,
    /// Since when it is disabled.
    pub disabled_at: Option<Millis>,
    /// The rotation that it stands in, on either side.
    pub rotation: Option<Rotation>,
}

impl Token {
    /// What it carries at most: its reach, and of a project's token what its scope has in its project.
    /// Whoever gives it back to somebody gives them that.
    pub fn carries(&self) -> Reach {
        match self.holder {
            Holder::Person(_) | Holder::Service(_) => self.reach.clone(),
            Holder::Project(project, scope) => Reach {
                rights: scope.permissions(),
                projects: Chosen::Only([project].into()),
                ..self.reach.clone()
            },
        }
    }

    /// The rotation by which it is on its way out.
    pub fn leaving(&self) -> Option<&Rotation> {
        self.rotation.as_ref().filter(|rotation| rotation.predecessor == self.id)
    }

    /// The rotation by which it is on its way in.
    pub fn coming(&self) -> Option<&Rotation> {
        self.rotation.as_ref().filter(|rotation| rotation.successor == self.id)
    }
}
