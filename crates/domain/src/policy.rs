//! The policy of an organization: what it asks of the tokens that are used in it, beyond what each was made
//! with. A policy owns no token and changes none. It only takes away, and only there: what a token opens
//! is the token, and its owner's role now, and the policy now.

use std::fmt;
use std::net::IpAddr;

use crate::limits::{POLICY_DAYS, TOKEN_NETWORKS};
use crate::permission::{Permission as P, Permissions};
use crate::role::Role;
use crate::time::Millis;
use crate::token::{Chosen, Holder, Network, Reach, Scope};

const DAY: i64 = 24 * 3600 * 1000;

/// The rights that change something: those that an approval is about.
pub const WRITES: Permissions =
    Permissions::of(&[P::TriggerBuilds, P::WriteSettings, P::ManageTokens]);

/// How a token is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Manner {
    /// From which address; none: it is not known for sure.
    pub peer: Option<IpAddr>,
    /// It stands in the request's address.
    pub in_query: bool,
}

impl From<Option<IpAddr>> for Manner {
    fn from(peer: Option<IpAddr>) -> Self {
        Self { peer, in_query: false }
    }
}

/// What an organization asks of tokens. The default asks nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rules {
    /// The greatest lifetime in days, from the making to the end.
    pub max_days: Option<i64>,
    /// No personal token with all rights on all projects.
    pub no_unrestricted: bool,
    /// The networks from which tokens are taken.
    pub networks: Chosen<Network>,
    /// After so many days without a use a token is deleted.
    pub idle_days: Option<i64>,
    /// No token in a request's address.
    pub no_query: bool,
    /// Tokens made from this moment on carry rights that change something only once a second admin approved.
    pub approval_since: Option<Millis>,
}

/// Why no such policy can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RulesError {
    /// A number of days that is none: the field.
    Days(&'static str),
    /// More than so many networks.
    Networks,
    /// The networks leave out the address of who asks, and that was not confirmed.
    Outside(IpAddr),
}

impl RulesError {
    /// The field of a request that is wrong.
    pub const fn field(self) -> &'static str {
        match self {
            Self::Days(field) => field,
            Self::Networks | Self::Outside(_) => "networks",
        }
    }
}

impl fmt::Display for RulesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.field())?;
        match self {
            Self::Days(_) => write!(f, "take a number of days from 1 to {POLICY_DAYS}"),
            Self::Networks => write!(f, "at most {TOKEN_NETWORKS} may be listed"),
            Self::Outside(peer) => write!(
                f,
                "your own address {peer} lies in none of them: add it, or confirm with confirm_networks"
            ),
        }
    }
}

impl std::error::Error for RulesError {}

/// What a policy finds wrong with a token, or with how it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Breach {
    /// It is a personal token with all rights on all projects.
    Unrestricted,
    /// It lives longer than so many days, or without end.
    Lifetime(i64),
    /// It is used from here, outside of the networks; none: from where is not known for sure, or its own
    /// networks are all outside.
    Network(Option<IpAddr>),
    /// It stands in the request's address.
    Query,
    /// No second admin approved its rights that change something.
    Approval,
}

impl Breach {
    /// The word of the rule, in answers and in the audit log.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Unrestricted => "policy_unrestricted",
            Self::Lifetime(_) => "policy_lifetime",
            Self::Network(_) => "policy_network",
            Self::Query => "policy_query",
            Self::Approval => "policy_approval",
        }
    }
}

/// The rule, and the way out.
impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unrestricted => f.write_str(
                "it takes no personal token with all rights on all projects; make one with chosen permissions or projects",
            ),
            Self::Lifetime(1) => {
                f.write_str("it takes no token that lives longer than 1 day; make one that ends sooner")
            }
            Self::Lifetime(days) => write!(
                f,
                "it takes no token that lives longer than {days} days; make one that ends sooner"
            ),
            Self::Network(Some(peer)) => {
                write!(f, "it takes tokens from its own networks only, and {peer} is in none of them")
            }
            Self::Network(None) => f.write_str(
                "it takes tokens from its own networks only, and this is not known to come from one of them",
            ),
            Self::Query => f.write_str(
                "it takes no token in an address; send it as the header Authorization: Bearer",
            ),
            Self::Approval => f.write_str(
                "it takes a second admin's approval before a token may change anything; ask one for it",
            ),
        }
    }
}

/// A token, as far as a policy is concerned.
#[derive(Debug, Clone, Copy)]
pub struct Governed<'a> {
    /// Whose it is.
    pub holder: Holder,
    /// What it was made with.
    pub reach: &'a Reach,
    /// When it was made.
    pub created_at: Millis,
    /// The organization approved its rights that change something.
    pub approved: bool,
}

/// What a policy leaves of a token's rights.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ruling {
    /// The rights that it may have.
    pub left: Permissions,
    /// What takes the others away.
    pub breach: Option<Breach>,
}

impl Ruling {
    /// Nothing is taken away.
    pub const FREE: Self = Self { left: Permissions::EVERY, breach: None };

    fn nothing(breach: Breach) -> Self {
        Self { left: Permissions::NONE, breach: Some(breach) }
    }

    /// What stops the token altogether.
    pub fn stop(&self) -> Option<Breach> {
        self.breach.filter(|_| self.left == Permissions::NONE)
    }
}

/// Whether a reach holds back nothing that any role allows: naming all rights one by one is no narrowing.
fn is_unrestricted(reach: &Reach) -> bool {
    let missing = Role::Admin.permissions().except(reach.rights);
    reach.projects == Chosen::All && missing == Permissions::NONE
}

impl Rules {
    /// The same, if they can be.
    ///
    /// # Errors
    /// The first that is wrong.
    pub fn checked(self) -> Result<Self, RulesError> {
        for (days, field) in [(self.max_days, "max_days"), (self.idle_days, "idle_days")] {
            if days.is_some_and(|days| !(1..=POLICY_DAYS).contains(&days)) {
                return Err(RulesError::Days(field));
            }
        }
        match self.networks.listed() {
            Some(list) if list.len() > TOKEN_NETWORKS => Err(RulesError::Networks),
            _ => Ok(self),
        }
    }

    /// What is left of a token that is shown in a manner; without one, of a token whose use is not known:
    /// then only what is true of every use of it is found.
    pub fn judge(&self, token: &Governed<'_>, manner: Option<Manner>) -> Ruling {
        let reach = token.reach;
        let (personal, embedded) = match token.holder {
            // It ends with its job, and nobody chose it.
            Holder::Project(_, Scope::Job) => return Ruling::FREE,
            Holder::Person(_) => (true, false),
            // It is made to stand in addresses.
            Holder::Project(_, Scope::Badge) => (false, true),
            Holder::Project(..) => (false, false),
            // What it may do was chosen, right by right.
            Holder::Service(_) => (false, false),
        };
        if self.no_unrestricted && personal && is_unrestricted(reach) {
            return Ruling::nothing(Breach::Unrestricted);
        }
        if let Some(days) = self.max_days.filter(|days| !self.ends_in_time(token, *days)) {
            return Ruling::nothing(Breach::Lifetime(days));
        }
        if let Some(breach) = self.outside(reach, manner) {
            return Ruling::nothing(breach);
        }
        if self.no_query && !embedded && manner.is_some_and(|manner| manner.in_query) {
            return Ruling::nothing(Breach::Query);
        }
        if self.wants_approval(token) && !token.approved {
            let left = Permissions::EVERY.except(WRITES);
            return Ruling { left, breach: Some(Breach::Approval) };
        }
        Ruling::FREE
    }

    fn ends_in_time(&self, token: &Governed<'_>, days: i64) -> bool {
        token.reach.expires_at.is_some_and(|end| end.since(token.created_at) <= days * DAY)
    }

    fn outside(&self, reach: &Reach, manner: Option<Manner>) -> Option<Breach> {
        let networks = self.networks.listed()?;
        let inside = match (manner, reach.networks.listed()) {
            (Some(Manner { peer, .. }), _) => {
                peer.is_some_and(|peer| networks.iter().any(|network| network.contains(peer)))
            }
            // Of two networks one lies in the other, or they have nothing in common.
            (None, Some(own)) => own.iter().any(|own| {
                networks.iter().any(|network| network.covers(own) || own.covers(network))
            }),
            (None, None) => true,
        };
        (!inside).then(|| Breach::Network(manner.and_then(|manner| manner.peer)))
    }

    /// Whether a token has rights that it takes an approval for.
    pub fn wants_approval(&self, token: &Governed<'_>) -> bool {
        let late = self.approval_since.is_some_and(|since| token.created_at >= since);
        let changes = match token.holder {
            Holder::Person(_) | Holder::Service(_) => true,
            // None of their scopes changes anything.
            Holder::Project(..) => false,
        };
        late && changes && token.reach.rights.shared(WRITES) != Permissions::NONE
    }
}

/// For the audit log.
impl fmt::Display for Rules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut said = Vec::new();
        said.extend(self.max_days.map(|days| format!("max_days {days}")));
        said.extend(self.no_unrestricted.then(|| "no_unrestricted".to_owned()));
        said.extend(self.networks.listed().map(|list| {
            let list: Vec<_> = list.iter().map(ToString::to_string).collect();
            format!("networks {}", list.join(" "))
        }));
        said.extend(self.idle_days.map(|days| format!("idle_days {days}")));
        said.extend(self.no_query.then(|| "no_query".to_owned()));
        said.extend(self.approval_since.map(|_| "approval".to_owned()));
        match said.is_empty() {
            true => f.write_str("no rules"),
            false => f.write_str(&said.join(", ")),
        }
    }
}
