//! Whether a token opens something, and if not, what stops it. The guard asks in two steps, since it
//! knows the token before the project; [`decide`] is both, with the precise reason.

use std::net::IpAddr;

use super::{Holder, Reach, TokenId};
use crate::permission::{Permission, Permissions};
use crate::policy::{Breach, Governed, Manner, Ruling};
use crate::principal::{Access, Credential, Principal, Target};
use crate::role::Role;
use crate::service::{Ceiling, Home};
use crate::time::Millis;

/// Why a shown token opens nothing at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadToken {
    /// No such token is there: it was never made, or it is long gone, or its secret is wrong.
    Unknown,
    /// It has a token's shape, and its check does not fit the rest: it was mistyped or cut off.
    Mistyped,
    /// It was deleted at this moment.
    Deleted(Millis),
    /// The token is right, and its owner is disabled.
    OwnerDisabled,
    /// The token is disabled.
    Disabled,
    /// Its time was over at this moment.
    Expired(Millis),
    /// Its successor took over at this moment.
    Rotated(Millis),
    /// It may not be used from this address; none: the address is not known for sure.
    Network(Option<IpAddr>),
}

impl BadToken {
    /// Whether the caller holds the token's whole value, and so may be told about it.
    pub fn is_proved(self) -> bool {
        !matches!(self, Self::Unknown | Self::Mistyped)
    }

    /// The word that the audit log uses.
    pub fn word(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Mistyped => "mistyped",
            Self::OwnerDisabled => "owner-disabled",
            Self::Disabled => "disabled",
            Self::Expired(_) => "expired",
            Self::Rotated(_) => "rotated",
            Self::Network(_) => "network",
            Self::Deleted(_) => "deleted",
        }
    }
}

/// A token as far as a decision goes.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    /// Which.
    pub id: TokenId,
    /// Whose it is.
    pub holder: Holder,
    /// What it is narrowed to.
    pub reach: &'a Reach,
    /// When it was made.
    pub created_at: Millis,
    /// It is disabled.
    pub disabled: bool,
    /// When its successor takes over, if it has one.
    pub rotated_at: Option<Millis>,
    /// Whom it acts as, as they are now; a project's token acts as nobody.
    pub owner: Option<Owner>,
}

/// Whom a token acts as, as they are now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// The owner of a personal token.
    Person {
        /// May administer the server, and is an admin of every organization.
        admin: bool,
        /// Nothing of theirs opens anything.
        disabled: bool,
    },
    /// A service account.
    Service {
        /// Where it belongs.
        home: Home,
        /// What it can do there at most.
        ceiling: Ceiling,
        /// Nothing of it opens anything.
        disabled: bool,
    },
}

impl<'a> Case<'a> {
    /// The token as an organization's policy sees it.
    pub fn governed(&self, approved: bool) -> Governed<'a> {
        let Self { holder, reach, created_at, .. } = *self;
        Governed { holder, reach, created_at, approved }
    }

    /// Who makes a request with this token.
    ///
    /// # Errors
    /// Why it opens nothing at all.
    pub fn admit(&self, manner: Manner, now: Millis) -> Result<Principal, BadToken> {
        let who = match (self.holder, self.owner) {
            (Holder::Project(project, scope), _) => {
                Principal::Project { token: self.id, project, scope, manner }
            }
            (Holder::Person(_), Some(Owner::Person { disabled: true, .. }))
            | (Holder::Service(_), Some(Owner::Service { disabled: true, .. })) => {
                return Err(BadToken::OwnerDisabled);
            }
            (Holder::Person(id), Some(Owner::Person { admin, .. })) => {
                Principal::Person { id, admin, by: Credential::Token(self.id, manner) }
            }
            (Holder::Service(id), Some(Owner::Service { home, ceiling, .. })) => {
                Principal::Service { token: self.id, id, home, ceiling, manner }
            }
            (Holder::Person(_) | Holder::Service(_), _) => return Err(BadToken::Unknown),
        };
        if self.disabled {
            return Err(BadToken::Disabled);
        }
        match (self.reach.expires_at, self.rotated_at) {
            (Some(end), _) if end <= now => Err(BadToken::Expired(end)),
            (_, Some(end)) if end <= now => Err(BadToken::Rotated(end)),
            _ if !self.reach.allows(manner.peer) => Err(BadToken::Network(manner.peer)),
            _ => Ok(who),
        }
    }
}

/// What stops a token at something that it was used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// It opens nothing at all.
    Bad(BadToken),
    /// It was made without this project.
    Project,
    /// It was made without this right.
    Right(Permission),
    /// Its owner has not got this right there now; for a project token: its scope has not, or it is
    /// another project; for a service account's: its ceiling has not, or it is outside its home.
    Holder(Permission),
    /// The policy of the target's organization does.
    Policy(Breach),
}

/// Whether a token opens what takes `permission` on `target` (on the server where there is none), for
/// a request that shows it in this manner now. `role` is the owner's part in the target's organization,
/// and `ruling` what its policy leaves of the token.
///
/// # Errors
/// What stops it.
pub fn decide(
    case: &Case<'_>,
    role: Option<Role>,
    (target, permission): (Option<&Target>, Permission),
    (manner, now): (Manner, Millis),
    ruling: Ruling,
) -> Result<Access, Stop> {
    let who = case.admit(manner, now).map_err(Stop::Bad)?;
    let project = target.map(|target| target.project);
    let ceiling = case.reach.ceiling(project);
    let access = Access::of(&who, target, role, ceiling).under(ruling);
    if access.granted.has(permission) {
        return Ok(access);
    }
    if let Some((_, breach)) = access.withheld.filter(|(taken, _)| taken.has(permission)) {
        return Err(Stop::Policy(breach));
    }
    if !Access::of(&who, target, role, Permissions::EVERY).granted.has(permission) {
        return Err(Stop::Holder(permission));
    }
    match case.reach.rights.has(permission) {
        true => Err(Stop::Project),
        false => Err(Stop::Right(permission)),
    }
}
