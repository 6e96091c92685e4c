//! Who asks, when, and through which request: the first argument of everything that changes.

use std::fmt;
use std::net::IpAddr;

use rondo_domain::token::Scope;
use rondo_domain::{Access, Actor, Millis, Permission, Permissions, PersonId, Principal};
use rondo_store::By;
use uuid::Uuid;

use crate::rates::Source;
use crate::refusal::Refusal;

/// A request, as far as the rules care.
#[derive(Debug, Clone)]
pub struct Ctx {
    /// Who asks.
    pub who: Principal,
    /// What they may do with the thing that the request names.
    pub access: Access,
    /// When it came in.
    pub at: Millis,
    /// Where it came from.
    pub address: Address,
    /// The client's word for itself.
    pub agent: String,
    /// The request's id; none for a command on the server's own machine.
    pub request: Option<Uuid>,
}

/// Where a request comes from, as logs and lists show it: nothing where that is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Address(pub Option<IpAddr>);

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |ip| ip.fmt(f))
    }
}

impl Ctx {
    /// What the log calls somebody who did not say who they are.
    pub(crate) const ANYONE: &str = "anyone";

    /// The request of the command on the server's own machine.
    pub fn console(at: Millis) -> Self {
        let who = Principal::Person {
            id: PersonId::from_entropy([0; 16]),
            admin: true,
            by: rondo_domain::principal::Credential::Console,
        };
        Self {
            who,
            access: Access::of(&who, None, None, Permissions::EVERY),
            at,
            address: Address(None),
            agent: "rondo admin".to_owned(),
            request: None,
        }
    }

    /// Whom its tries are put down to.
    pub(crate) fn source(&self) -> Source {
        Source::of(self.address.0)
    }

    /// What the audit log says of it.
    pub(crate) fn by(&self) -> By {
        use rondo_domain::principal::Credential;
        let actor = match self.who {
            Principal::Anyone => Self::ANYONE.to_owned(),
            Principal::Person { by: Credential::Console, .. } => "console".to_owned(),
            Principal::Person { id, .. } => format!("person:{id}"),
            Principal::Project { scope: Scope::Job, .. } => "job".to_owned(),
            Principal::Project { .. } => "project-token".to_owned(),
            Principal::Service { id, .. } => format!("service:{id}"),
            Principal::Runner => "runner".to_owned(),
        };
        By {
            at: self.at,
            actor,
            token: self.who.token().map(|token| token.to_string()),
            address: self.address.to_string(),
            agent: self.agent.chars().take(200).collect(),
            request: self.request.map_or_else(String::new, |id| id.to_string()),
        }
    }

    /// That the principal may.
    ///
    /// # Errors
    /// Why not.
    pub fn require(&self, permission: Permission) -> Result<(), Refusal> {
        self.access.check(permission).map_err(Refusal::from)
    }

    /// The person who asks.
    ///
    /// # Errors
    /// If it is no person.
    pub(crate) fn person(&self) -> Result<PersonId, Refusal> {
        self.require(Permission::OwnUser)?;
        self.who.person().ok_or(Refusal::Unauthenticated)
    }

    /// To whom a build is put down.
    pub(crate) fn actor(&self) -> Option<Actor> {
        self.who.actor()
    }
}
