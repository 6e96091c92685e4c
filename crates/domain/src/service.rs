//! Service accounts: what automation acts as, so that it does not hang on the person who set it up. One
//! belongs to an organization or to a project, never does more than its ceiling, and people answer for
//! it. It has no password and no session: its tokens are the only way in.

use std::fmt;

use crate::id::{OrgId, PersonId, ProjectId, ServiceId};
use crate::name::ServiceName;
use crate::permission::{Permission, Permissions};
use crate::principal::Target;
use crate::role::Role;
use crate::time::Millis;

/// Where an account belongs, and so all that it can ever reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Home {
    /// Every project of this organization, and the organization as a whole.
    Organization(OrgId),
    /// This project alone.
    Project {
        /// Which.
        project: ProjectId,
        /// The project's organization.
        org: OrgId,
    },
}

impl Home {
    /// The organization that it is, or lies in.
    pub const fn org(&self) -> OrgId {
        match self {
            Self::Organization(org) | Self::Project { org, .. } => *org,
        }
    }

    /// The project, if it is one.
    pub const fn project(&self) -> Option<ProjectId> {
        match self {
            Self::Organization(_) => None,
            Self::Project { project, .. } => Some(*project),
        }
    }

    /// Whether a project is in it.
    pub fn holds(&self, target: &Target) -> bool {
        match self {
            Self::Organization(org) => *org == target.org,
            Self::Project { project, .. } => *project == target.project,
        }
    }
}

/// The rights that an account can have at most: some, and none that is about people, accounts or the
/// server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ceiling(Permissions);

/// Why rights can be no ceiling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CeilingError {
    /// There are none.
    Empty,
    /// One is no right on a project.
    Beyond(Permission),
}

impl Ceiling {
    /// The widest one. An account that could make accounts would outlive its own limits.
    pub const MOST: Self = Self(Role::Admin.permissions().without(Permission::ManageServices));

    /// The ceiling of these rights.
    ///
    /// # Errors
    /// If they can be none.
    pub fn new(rights: Permissions) -> Result<Self, CeilingError> {
        match rights.beyond(Self::MOST.0) {
            Some(permission) => Err(CeilingError::Beyond(permission)),
            None if rights == Permissions::NONE => Err(CeilingError::Empty),
            None => Ok(Self(rights)),
        }
    }

    /// The rights.
    pub const fn rights(&self) -> Permissions {
        self.0
    }
}

impl fmt::Display for CeilingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("a ceiling of no rights would open nothing; name some"),
            Self::Beyond(permission) => {
                write!(f, "a service account never has the permission {permission}")
            }
        }
    }
}

impl std::error::Error for CeilingError {}

/// A service account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceAccount {
    /// Which.
    pub id: ServiceId,
    /// What people call it; no other account of the organization is called the same.
    pub name: ServiceName,
    /// Where it belongs.
    pub home: Home,
    /// What it can do at most, there.
    pub ceiling: Ceiling,
    /// Who answers for it: one person at least.
    pub contacts: Vec<PersonId>,
    /// When it was made.
    pub created_at: Millis,
    /// Since when nothing of it opens anything.
    pub disabled_at: Option<Millis>,
    /// Since when it is gone. Its name is kept, for what it did.
    pub deleted_at: Option<Millis>,
}

/// Who did something that is put down to somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    /// A person.
    Person(PersonId),
    /// A service account.
    Service(ServiceId),
}

impl Actor {
    /// The person, if it is one.
    pub const fn person(&self) -> Option<PersonId> {
        match self {
            Self::Person(id) => Some(*id),
            Self::Service(_) => None,
        }
    }

    /// The service account, if it is one.
    pub const fn service(&self) -> Option<ServiceId> {
        match self {
            Self::Person(_) => None,
            Self::Service(id) => Some(*id),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ceiling_holds_rights_on_projects_and_at_least_one() {
        use Permission::{ManageServer, ManageServices, OwnUser, ReadBuilds, RunJobs};
        for (rights, expected) in [
            (&[ReadBuilds][..], Ok(())),
            (&[], Err(CeilingError::Empty)),
            (&[ReadBuilds, OwnUser], Err(CeilingError::Beyond(OwnUser))),
            (&[ManageServices], Err(CeilingError::Beyond(ManageServices))),
            (&[ManageServer], Err(CeilingError::Beyond(ManageServer))),
            (&[RunJobs], Err(CeilingError::Beyond(RunJobs))),
        ] {
            assert_eq!(Ceiling::new(Permissions::of(rights)).map(drop), expected, "{rights:?}");
        }
        assert!(Ceiling::new(Permissions::EVERY).is_err());
        assert_eq!(Ceiling::new(Ceiling::MOST.rights()), Ok(Ceiling::MOST));
    }

    #[test]
    fn a_home_holds_its_own_projects_alone() {
        let (org, other) = (OrgId::from_entropy([1; 16]), OrgId::from_entropy([2; 16]));
        let project = |fill| ProjectId::from_entropy([fill; 16]);
        let target = |fill, org| Target { project: project(fill), org, public: true };
        for (home, holds) in [
            (Home::Organization(org), [true, true, false]),
            (Home::Project { project: project(1), org }, [true, false, false]),
        ] {
            let asked = [target(1, org), target(2, org), target(3, other)];
            assert_eq!(asked.map(|target| home.holds(&target)), holds, "{home:?}");
        }
    }
}
