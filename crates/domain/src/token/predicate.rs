//! Many tokens at once, by what is true of them: for the day on which something leaked.

use std::fmt;

use super::{Holder, Network, Reach, TokenId};
use crate::id::{PersonId, ProjectId, ServiceId};
use crate::time::Millis;

/// What must be true of a token; all of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Predicate {
    /// It was made at this moment or earlier.
    pub made_by: Millis,
    /// It is this one.
    pub token: Option<TokenId>,
    /// It is a personal token of this person.
    pub person: Option<PersonId>,
    /// It is a token of one of these projects, or of a service account that belongs there.
    pub projects: Option<Vec<ProjectId>>,
    /// The service accounts that belong there; they add to `projects`, and say nothing without it.
    pub services: Vec<ServiceId>,
    /// It was never used.
    pub never_used: bool,
    /// It is a personal token that is not narrowed at all.
    pub unrestricted: bool,
    /// Somebody in this network showed its whole value: it was used from there, let in or refused. Both
    /// prove that the value is there.
    pub seen_from: Option<Network>,
}

/// A token as a predicate sees it.
#[derive(Debug, Clone, Copy)]
pub struct Suspect<'a> {
    /// Which.
    pub id: TokenId,
    /// Whose it is.
    pub holder: &'a Holder,
    /// What it is narrowed to.
    pub reach: &'a Reach,
    /// When it was made.
    pub created_at: Millis,
    /// It was used.
    pub used: bool,
    /// It was seen in the network that the predicate names, as the ledger of uses knows.
    pub seen: bool,
}

impl Predicate {
    /// That it was made at this moment or earlier, and nothing else.
    pub fn made_by(moment: Millis) -> Self {
        Self {
            made_by: moment,
            token: None,
            person: None,
            projects: None,
            services: Vec::new(),
            never_used: false,
            unrestricted: false,
            seen_from: None,
        }
    }

    /// Whether it is true of a token.
    pub fn hits(&self, suspect: &Suspect<'_>) -> bool {
        let Suspect { holder, reach, .. } = *suspect;
        let of_person = match (self.person, holder) {
            (None, _) => true,
            (Some(person), Holder::Person(owner)) => person == *owner,
            (Some(_), Holder::Project(..) | Holder::Service(_)) => false,
        };
        let of_project = match (&self.projects, holder) {
            (None, _) => true,
            (Some(projects), Holder::Project(owner, _)) => projects.contains(owner),
            (Some(_), Holder::Service(owner)) => self.services.contains(owner),
            (Some(_), Holder::Person(_)) => false,
        };
        let whole = matches!(holder, Holder::Person(_)) && *reach == Reach::WHOLE;
        suspect.created_at <= self.made_by
            && self.token.is_none_or(|token| token == suspect.id)
            && of_person
            && of_project
            && !(self.never_used && suspect.used)
            && (suspect.seen || self.seen_from.is_none())
            && (whole || !self.unrestricted)
    }
}

/// For the audit log.
impl fmt::Display for Predicate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "made by {}", self.made_by.0)?;
        if let Some(token) = self.token {
            write!(f, ", token {token}")?;
        }
        if let Some(person) = self.person {
            write!(f, ", of person {person}")?;
        }
        if let Some(projects) = &self.projects {
            write!(f, ", of {} projects", projects.len())?;
            if !self.services.is_empty() {
                write!(f, " and {} service accounts", self.services.len())?;
            }
        }
        if self.never_used {
            f.write_str(", never used")?;
        }
        if self.unrestricted {
            f.write_str(", unrestricted")?;
        }
        if let Some(network) = self.seen_from {
            write!(f, ", seen from {network}")?;
        }
        Ok(())
    }
}
