//! A repository whose builds run here.

use crate::git_url::GitUrl;
use crate::id::{OrgId, ProjectId};
use crate::name::Reference;
use crate::principal::Target;
use crate::slug::Slug;
use crate::time::Millis;

/// A project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    /// Which.
    pub id: ProjectId,
    /// Its organization.
    pub org: OrgId,
    /// Its name.
    pub slug: Slug,
    /// Where it is fetched from.
    pub git_url: GitUrl,
    /// The branch that is built where none is named.
    pub default_branch: Reference,
    /// Anyone may read its builds.
    pub public: bool,
    /// Triggers are taken.
    pub enabled: bool,
    /// When it was added.
    pub created_at: Millis,
}

impl Project {
    /// What rights are judged on.
    pub fn target(&self) -> Target {
        Target { project: self.id, org: self.org, public: self.public }
    }
}

/// A variable as people see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MaskedVariable {
    /// Its name.
    pub name: String,
    /// Four `x` and a little of its value.
    pub mask: String,
    /// When it was set.
    pub created_at: Millis,
}
