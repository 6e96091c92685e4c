//! Who asks, and the one decision whether they may.

use crate::id::{OrgId, PersonId, ProjectId, SessionId};
use crate::permission::{Permission, Permissions};
use crate::role::Role;
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
    },
    /// A runner of this server.
    Runner,
}

/// How a person came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Credential {
    /// By a page's session.
    Session(SessionId),
    /// By a personal token.
    Token(TokenId),
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

    /// The token that was shown, if one was.
    pub fn token(&self) -> Option<TokenId> {
        match self {
            Self::Person { by: Credential::Token(token), .. } => Some(*token),
            Self::Project { token, .. } => Some(*token),
            _ => None,
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
}

/// Why a request is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// Nobody proved who they are, and it would take that.
    Unauthenticated,
    /// The principal is known, sees the target, and lacks this right.
    Lacks(Permission),
    /// The principal may not know whether the target exists.
    Hidden,
}

impl Access {
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
        };
        let granted = own.and(public).shared(ceiling);
        Self { granted, visible: granted != Permissions::NONE, known: *who != Principal::Anyone }
    }

    /// What `who` holds on an organization as a whole: what their role allows on every project of it, if
    /// the credential carries that everywhere.
    pub fn on_organization(who: &Principal, role: Option<Role>, ceiling: Permissions) -> Self {
        let own = match who {
            Principal::Person { admin: true, .. } => Role::Admin.permissions(),
            Principal::Person { .. } => role.map_or(Permissions::NONE, Role::permissions),
            Principal::Anyone | Principal::Project { .. } | Principal::Runner => Permissions::NONE,
        };
        let granted = own.shared(ceiling);
        Self { granted, visible: granted != Permissions::NONE, known: *who != Principal::Anyone }
    }

    fn on_server(who: &Principal, ceiling: Permissions) -> Self {
        let granted = match who {
            Principal::Person { admin: true, .. } => {
                Permissions::of(&[Permission::OwnUser, Permission::ManageServer])
            }
            Principal::Person { .. } => Permissions::of(&[Permission::OwnUser]),
            Principal::Runner => Permissions::of(&[Permission::RunJobs]),
            Principal::Anyone | Principal::Project { .. } => Permissions::NONE,
        };
        let granted = granted.shared(ceiling);
        Self { granted, visible: true, known: *who != Principal::Anyone }
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
        } else {
            Err(Refused::Lacks(permission))
        }
    }
}
