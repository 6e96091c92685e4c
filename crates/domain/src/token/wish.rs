//! What somebody asks of a token that is to be made. What is left out is as with the maker: a person's
//! whole reach, or that of the token that asks.

use std::fmt;

use super::{Beyond, Chosen, Network, NetworkError, Reach};
use crate::id::ProjectId;
use crate::limits::{TOKEN_NETWORKS, TOKEN_PROJECTS};
use crate::permission::{Permission, Permissions, UnknownPermission};
use crate::slug::Slug;
use crate::time::Millis;

/// What is asked of a new token.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wish {
    /// Its rights.
    pub rights: Option<Permissions>,
    /// The projects that it reaches, by name.
    pub projects: Option<Vec<Slug>>,
    /// The networks that it may be used from.
    pub networks: Option<Vec<Network>>,
    /// When it ends.
    pub expires_at: Option<Millis>,
    /// A word by which the same wish is known when it comes again.
    pub key: Option<String>,
}

/// Why a token cannot be made as it is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReachError {
    /// A right that there is not.
    Permission(UnknownPermission),
    /// A network that is none.
    Network(NetworkError),
    /// A project that is not there, or of which the maker may not know.
    Project(Slug),
    /// A text that can be no project's name, shortened.
    Name(String),
    /// The moment of its end is not in the future.
    Past,
    /// The moment of its end cannot be read.
    Moment,
    /// The token ends sooner already.
    Later,
    /// A list that holds nothing: the field.
    Empty(&'static str),
    /// More than this many of a field.
    Many(&'static str, usize),
    /// It would do more than its maker.
    Beyond(Beyond),
    /// The service account that it is of never has this right.
    Ceiling(Permission),
    /// The service account that it is of reaches no such project.
    Home(Slug),
}

impl ReachError {
    /// The field of a request that is wrong.
    pub fn field(&self) -> &'static str {
        match self {
            Self::Permission(_) | Self::Beyond(Beyond::Right(_)) | Self::Ceiling(_) => {
                "permissions"
            }
            Self::Network(_) | Self::Beyond(Beyond::Networks) => "networks",
            Self::Project(_) | Self::Name(_) | Self::Home(_) | Self::Beyond(Beyond::Projects) => {
                "projects"
            }
            Self::Past | Self::Moment | Self::Later | Self::Beyond(Beyond::Expiry(_)) => {
                "expires_at"
            }
            Self::Empty(field) | Self::Many(field, _) => field,
        }
    }
}

impl fmt::Display for ReachError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.field())?;
        match self {
            Self::Permission(error) => error.fmt(f),
            Self::Network(error) => error.fmt(f),
            Self::Project(slug) => {
                write!(f, "there is no project {slug}, or none that you may see")
            }
            Self::Name(name) => {
                write!(f, "{name:?} is no name of a project: take one such as gh/acme/web")
            }
            Self::Past => f.write_str("the end of a token lies in the future"),
            Self::Moment => f.write_str("take a moment such as 2030-01-31T12:00:00Z"),
            Self::Later => {
                f.write_str("the token ends sooner already: an end comes nearer, and never later")
            }
            Self::Empty(_) => f.write_str("an empty list would open nothing; leave it out"),
            Self::Many(_, most) => write!(f, "at most {most} may be listed"),
            Self::Beyond(beyond) => beyond.fmt(f),
            Self::Ceiling(permission) => {
                write!(f, "{permission} is above the ceiling of the service account")
            }
            Self::Home(slug) => write!(f, "{slug} lies outside the home of the service account"),
        }
    }
}

impl std::error::Error for ReachError {}

impl Wish {
    /// The reach that is asked for, if `maker` may give it. `find` knows the projects that the maker
    /// may see.
    ///
    /// # Errors
    /// What is wrong with which field.
    pub fn within(
        self,
        maker: &Reach,
        now: Millis,
        find: impl Fn(&Slug) -> Option<ProjectId>,
    ) -> Result<Reach, ReachError> {
        if self.rights == Some(Permissions::NONE) {
            return Err(ReachError::Empty("permissions"));
        }
        if self.expires_at.is_some_and(|end| end <= now) {
            return Err(ReachError::Past);
        }
        let projects = match self.projects {
            None => maker.projects.clone(),
            Some(slugs) => {
                let found: Result<Vec<_>, _> = distinct(slugs)
                    .into_iter()
                    .map(|slug| find(&slug).ok_or(ReachError::Project(slug)))
                    .collect();
                chosen("projects", found?, TOKEN_PROJECTS)?
            }
        };
        let networks = match self.networks {
            None => maker.networks.clone(),
            Some(networks) => chosen("networks", distinct(networks), TOKEN_NETWORKS)?,
        };
        let reach = Reach {
            rights: self.rights.unwrap_or(maker.rights),
            projects,
            networks,
            expires_at: self.expires_at.or(maker.expires_at),
        };
        reach.within(maker).map_err(ReachError::Beyond)?;
        Ok(reach)
    }
}

fn chosen<T>(field: &'static str, list: Vec<T>, most: usize) -> Result<Chosen<T>, ReachError> {
    if list.len() > most {
        return Err(ReachError::Many(field, most));
    }
    Chosen::only(list).ok_or(ReachError::Empty(field))
}

fn distinct<T: PartialEq>(list: Vec<T>) -> Vec<T> {
    let mut kept: Vec<T> = Vec::with_capacity(list.len());
    for one in list {
        if !kept.contains(&one) {
            kept.push(one);
        }
    }
    kept
}
