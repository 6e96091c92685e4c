//! What a token is narrowed to when it is made. It is never widened: a token has no setter, and one
//! that a token makes lies within its maker's reach.

use std::fmt;
use std::net::IpAddr;

use super::Network;
use crate::id::ProjectId;
use crate::permission::{Permission, Permissions};
use crate::time::Millis;

/// Some of a kind of things, or all of them. A list is never empty: it would open nothing, and
/// whoever writes one means something else.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Chosen<T> {
    /// No choice was made.
    #[default]
    All,
    /// These alone.
    Only(Box<[T]>),
}

impl<T> Chosen<T> {
    /// Just these; none if there are none.
    pub fn only(list: Vec<T>) -> Option<Self> {
        (!list.is_empty()).then(|| Self::Only(list.into()))
    }

    /// The list, if a choice was made.
    pub fn listed(&self) -> Option<&[T]> {
        match self {
            Self::All => None,
            Self::Only(list) => Some(list),
        }
    }

    /// Whether there is no choice, or one of the chosen fits.
    fn any(&self, fits: impl Fn(&T) -> bool) -> bool {
        self.listed().is_none_or(|list| list.iter().any(fits))
    }

    /// Whether each of these fits to one of the other choice.
    fn within(&self, other: &Self, fits: impl Fn(&T, &T) -> bool) -> bool {
        match (self, other) {
            (_, Self::All) => true,
            (Self::All, Self::Only(_)) => false,
            (Self::Only(own), Self::Only(others)) => {
                own.iter().all(|one| others.iter().any(|other| fits(one, other)))
            }
        }
    }
}

/// What a token is narrowed to, within what its holder may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    /// The rights that it carries; [`Permissions::EVERY`]: all of its holder's.
    pub rights: Permissions,
    /// The projects that it reaches.
    pub projects: Chosen<ProjectId>,
    /// The networks that it may be used from.
    pub networks: Chosen<Network>,
    /// The moment from which it is refused.
    pub expires_at: Option<Millis>,
}

impl Reach {
    /// Nothing is held back: what CircleCI's tokens are.
    pub const WHOLE: Self = Self {
        rights: Permissions::EVERY,
        projects: Chosen::All,
        networks: Chosen::All,
        expires_at: None,
    };

    /// The rights that the token can carry on a project; on the server where none is named.
    pub fn ceiling(&self, project: Option<ProjectId>) -> Permissions {
        match (project, &self.projects) {
            (Some(project), _) if !self.reaches(project) => Permissions::NONE,
            (Some(_), _) | (None, Chosen::All) => self.rights,
            // Whoever administers the server can give themselves any project.
            (None, Chosen::Only(_)) => self.rights.without(Permission::ManageServer),
        }
    }

    /// Whether the token reaches a project.
    pub fn reaches(&self, project: ProjectId) -> bool {
        self.projects.any(|own| *own == project)
    }

    /// The rights that the token can carry on all projects together: none if it is one of chosen ones.
    pub fn of_all(&self) -> Permissions {
        match self.projects {
            Chosen::All => self.rights,
            Chosen::Only(_) => Permissions::NONE,
        }
    }

    /// Whether every project that it reaches is one that the other reaches: to who holds the other, no
    /// project's name is news.
    pub fn stays_in_projects_of(&self, other: &Self) -> bool {
        self.projects.within(&other.projects, |own, other| own == other)
    }

    /// Whether the token may be used from an address. One that is not known lies in no network.
    pub fn allows(&self, peer: Option<IpAddr>) -> bool {
        self.networks.any(|network| peer.is_some_and(|peer| network.contains(peer)))
    }

    /// Whether its time is over.
    pub fn is_over(&self, now: Millis) -> bool {
        self.expires_at.is_some_and(|end| end <= now)
    }

    /// That a token of this reach can do nothing that one of `maker`'s cannot.
    ///
    /// # Errors
    /// What goes beyond it.
    pub fn within(&self, maker: &Self) -> Result<(), Beyond> {
        if let Some(permission) = self.rights.beyond(maker.rights) {
            return Err(Beyond::Right(permission));
        }
        if !self.stays_in_projects_of(maker) {
            return Err(Beyond::Projects);
        }
        if !self.networks.within(&maker.networks, |own, other| other.covers(own)) {
            return Err(Beyond::Networks);
        }
        match (self.expires_at, maker.expires_at) {
            (Some(own), Some(end)) if own <= end => Ok(()),
            (_, None) => Ok(()),
            (_, Some(end)) => Err(Beyond::Expiry(end)),
        }
    }
}

/// What a token would have that its maker has not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beyond {
    /// A right.
    Right(Permission),
    /// Projects.
    Projects,
    /// Networks.
    Networks,
    /// Time: when the maker's own ends.
    Expiry(Millis),
}

impl fmt::Display for Beyond {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a token makes none that can do more than itself: this one lacks ")?;
        match self {
            Self::Right(permission) => write!(f, "the permission {permission}"),
            Self::Projects => f.write_str("some of the projects"),
            Self::Networks => f.write_str("some of the networks"),
            Self::Expiry(_) => f.write_str("so long a life"),
        }
    }
}

impl std::error::Error for Beyond {}
