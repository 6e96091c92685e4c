//! Many tokens at once, by what is true of them: for the day on which something leaked.

use std::fmt;

use super::{Holder, Reach};
use crate::id::{PersonId, ProjectId};
use crate::time::Millis;

/// What must be true of a token; all of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Predicate {
    /// It was made at this moment or earlier.
    pub made_by: Millis,
    /// It is a personal token of this person.
    pub person: Option<PersonId>,
    /// It is a token of one of these projects.
    pub projects: Option<Vec<ProjectId>>,
    /// It was never used.
    pub never_used: bool,
    /// It is a personal token that is not narrowed at all.
    pub unrestricted: bool,
}

impl Predicate {
    /// Whether it is true of a token.
    pub fn hits(&self, holder: &Holder, reach: &Reach, created_at: Millis, used: bool) -> bool {
        let of_person = match (self.person, holder) {
            (None, _) => true,
            (Some(person), Holder::Person(owner)) => person == *owner,
            (Some(_), Holder::Project(..)) => false,
        };
        let of_project = match (&self.projects, holder) {
            (None, _) => true,
            (Some(projects), Holder::Project(owner, _)) => projects.contains(owner),
            (Some(_), Holder::Person(_)) => false,
        };
        let whole = matches!(holder, Holder::Person(_)) && *reach == Reach::WHOLE;
        created_at <= self.made_by
            && of_person
            && of_project
            && !(self.never_used && used)
            && (whole || !self.unrestricted)
    }
}

/// For the audit log.
impl fmt::Display for Predicate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "made by {}", self.made_by.0)?;
        if let Some(person) = self.person {
            write!(f, ", of person {person}")?;
        }
        if let Some(projects) = &self.projects {
            write!(f, ", of {} projects", projects.len())?;
        }
        if self.never_used {
            f.write_str(", never used")?;
        }
        if self.unrestricted {
            f.write_str(", unrestricted")?;
        }
        Ok(())
    }
}
