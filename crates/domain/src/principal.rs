//! Who asks, and the one decision whether they may.

use crate::id::{OrgId, PersonId, ProjectId, ServiceId, SessionId};
use crate::permission::{Permission, Permissions};
use crate::policy::{Breach, Manner, Ruling};
use crate::role::Role;
use crate::service::{Actor, Ceiling, Home};
use crate::token::{Scope, TokenId};

/// Who makes a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Principal {
    /// Nobody said who they are.
    Anyone,
    /// A person, signed in on a page or through a personal token.
    Person {
        /// Who.
        id: PersonId,
        /// May administer the server, and is an admin of every organization.
        admin: bool,
        /// How the person came in.
        by: Credential,
    },
    /// A project token.
    Project {
        /// Which.
        token: TokenId,
        /// The only project that it reaches.
        project: ProjectId,
        /// What it may read there.
        scope: Scope,
        /// How it is shown.
        manner: Manner,
    },
    /// A service account, through one of its tokens.
    Service {
        /// Which token.
        token: TokenId,
        /// Which account.
        id: ServiceId,
        /// Where it belongs.
        home: Home,
        /// What it can do there at most, as it is now.
        ceiling: Ceiling,
        /// How it is shown.
        manner: Manner,
    },
    /// A runner of this server.
    Runner,
}

/// How a person came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Credential {
    /// By a page's session.
    Session(SessionId),
    /// By a personal token, shown in this manner.
    Token(TokenId, Manner),
    /// By the command on the server's own machine.
    Console,
}

impl Principal {
    /// The person, if it is one.
    pub fn person(&self) -> Option<PersonId> {
        match self {
            Self::Person { id, .. } => Some(*id),
            _ => None,
        }
    }

    /// To whom what it does is put down; nobody for project tokens and the console.
    pub fn actor(&self) -> Option<Actor> {
        match self {
            Self::Person { by: Credential::Console, .. } => None,
            Self::Person { id, .. } => Some(Actor::Person(*id)),
            Self::Service { id, .. } => Some(Actor::Service(*id)),
            Self::Anyone | Self::Project { .. } | Self::Runner => None,
        }
    }

    /// The token that was shown, if one was.
    pub fn token(&self) -> Option<TokenId> {
        match self {
            Self::Person { by: Credential::Token(token, _), .. } => Some(*token),
            Self::Project { token, .. } | Self::Service { token, .. } => Some(*token),
            _ => None,
        }
    }

    /// How its token is shown; of whoever shows none, from nowhere that is known.
    pub fn manner(&self) -> Manner {
        match self {
            Self::Person { by: Credential::Token(_, manner), .. } => *manner,
            Self::Project { manner, .. } | Self::Service { manner, .. } => *manner,
            _ => Manner::default(),
        }
    }

    /// The same, whose token is shown in another manner.
    #[must_use]
    pub fn showing(self, manner: Manner) -> Self {
        match self {
            Self::Person { id, admin, by: Credential::Token(token, _) } => {
                Self::Person { id, admin, by: Credential::Token(token, manner) }
            }
            Self::Project { token, project, scope, .. } => {
                Self::Project { token, project, scope, manner }
            }
            Self::Service { token, id, home, ceiling, .. } => {
                Self::Service { token, id, home, ceiling, manner }
            }
            Self::Person { .. } | Self::Anyone | Self::Runner => self,
        }
    }
}

/// What a request is about, as far as rights go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target {
    /// The project.
    pub project: ProjectId,
    /// Its organization.
    pub org: OrgId,
    /// Anyone may read its builds.
    pub public: bool,
}

/// The rights that a principal holds on a target: on the server itself where there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Access {
    /// What is granted.
    pub granted: Permissions,
    /// Whether the principal may know that the target exists.
    pub visible: bool,
    /// Whether anybody proved who they are.
    pub known: bool,
    /// What the organization's policy takes away, and why.
    pub withheld: Option<(Permissions, Breach)>,
}

/// Why a request is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// Nobody proved who they are, and it would take that.
    Unauthenticated,
    /// The principal is known, sees the target, and lacks this right.
    Lacks(Permission),
    /// The principal would have the right, and the organization's policy takes it away.
    Policy(Breach),
    /// The principal may not know whether the target exists.
    Hidden,
}

impl Access {
    /// What nobody in particular holds where nothing is named.
    pub const NONE: Self =
        Self { granted: Permissions::NONE, visible: false, known: false, withheld: None };

    /// What `who` holds on `target`. `role` is the person's part in the target's organization now, and
    /// `ceiling` what the credential can carry there: [`Permissions::EVERY`] unless it is a token
    /// that was narrowed.
    pub fn of(
        who: &Principal,
        target: Option<&Target>,
        role: Option<Role>,
        ceiling: Permissions,
    ) -> Self {
        let Some(target) = target else { return Self::on_server(who, ceiling) };
        let public = match (target.public, who) {
            (true, Principal::Anyone | Principal::Person { .. }) => Role::Viewer.permissions(),
            _ => Permissions::NONE,
        };
        let own = match who {
            Principal::Anyone | Principal::Runner => Permissions::NONE,
            Principal::Person { admin: true, .. } => Role::Admin.permissions(),
            Principal::Person { .. } => role.map_or(Permissions::NONE, Role::permissions),
            Principal::Project { project, scope, .. } if *project == target.project => {
                scope.permissions()
            }
            Principal::Project { .. } => Permissions::NONE,
            Principal::Service { home, ceiling, .. } if home.holds(target) => ceiling.rights(),
            Principal::Service { .. } => Permissions::NONE,
        };
        let granted = own.and(public).shared(ceiling);
        Self::granting(who, granted)
    }

    /// What `who` holds on an organization as a whole: what their role allows on every project of it, if
    /// the credential carries that everywhere.
    pub fn on_organization(
        who: &Principal,
        org: OrgId,
        role: Option<Role>,
        ceiling: Permissions,
    ) -> Self {
        let own = match who {
            Principal::Person { admin: true, .. } => Role::Admin.permissions(),
            Principal::Person { .. } => role.map_or(Permissions::NONE, Role::permissions),
            Principal::Service { home, ceiling, .. } if *home == Home::Organization(org) => {
                ceiling.rights()
            }
            Principal::Anyone
            | Principal::Project { .. }
            | Principal::Service { .. }
            | Principal::Runner => Permissions::NONE,
        };
        let granted = own.shared(ceiling);
        Self::granting(who, granted)
    }

    fn granting(who: &Principal, granted: Permissions) -> Self {
        let (visible, known) = (granted != Permissions::NONE, *who != Principal::Anyone);
        Self { granted, visible, known, withheld: None }
    }

    /// The same under an organization's policy, which takes away and never adds. Whoever may know of the
    /// target still may.
    #[must_use]
    pub fn under(self, ruling: Ruling) -> Self {
        let taken = self.granted.except(ruling.left);
        let withheld = ruling.breach.filter(|_| taken != Permissions::NONE);
        Self {
            granted: self.granted.shared(ruling.left),
            withheld: withheld.map(|breach| (taken, breach)),
            ..self
        }
    }

    fn on_server(who: &Principal, ceiling: Permissions) -> Self {
        let granted = match who {
            Principal::Person { admin: true, .. } => {
                Permissions::of(&[Permission::OwnUser, Permission::ManageServer])
            }
            Principal::Person { .. } => Permissions::of(&[Permission::OwnUser]),
            Principal::Runner => Permissions::of(&[Permission::RunJobs]),
            Principal::Anyone | Principal::Project { .. } | Principal::Service { .. } => {
                Permissions::NONE
            }
        };
        let granted = granted.shared(ceiling);
        Self { visible: true, ..Self::granting(who, granted) }
    }

    /// Whether the principal may use `permission` here.
    ///
    /// # Errors
    /// Why not.
    pub fn check(&self, permission: Permission) -> Result<(), Refused> {
        if self.granted.has(permission) {
            Ok(())
        } else if !self.visible {
            Err(Refused::Hidden)
        } else if !self.known {
            Err(Refused::Unauthenticated)
        } else if let Some((_, breach)) = self.withheld.filter(|(taken, _)| taken.has(permission)) {
            Err(Refused::Policy(breach))
        } else {
            Err(Refused::Lacks(permission))
        }
    }
}
