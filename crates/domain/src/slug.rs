//! A project's name: `gh/acme/web`.

use std::fmt;
use std::str::FromStr;

use crate::limits::SLUG_PART_CHARACTERS;

/// What stands in the place of a host where ids name a project: `circleci/<organization>/<project>`.
pub const BY_ID: &str = "circleci";

/// Where a repository lives, as CircleCI spells it; `git` is any other place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Vcs {
    /// `gh`, `github`.
    Github,
    /// `bb`, `bitbucket`.
    Bitbucket,
    /// `git`: a repository that is neither.
    Git,
}

impl Vcs {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Github, Self::Bitbucket, Self::Git];

    /// As in URLs: `gh`.
    pub const fn short(self) -> &'static str {
        match self {
            Self::Github => "gh",
            Self::Bitbucket => "bb",
            Self::Git => "git",
        }
    }

    /// As in API answers: `github`.
    pub const fn long(self) -> &'static str {
        match self {
            Self::Github => "github",
            Self::Bitbucket => "bitbucket",
            Self::Git => "git",
        }
    }

    /// The host that CircleCI writes in `vcs_url`.
    pub const fn host(self) -> &'static str {
        match self {
            Self::Github => "https://github.com",
            Self::Bitbucket => "https://bitbucket.org",
            Self::Git => "git:/",
        }
    }
}

impl FromStr for Vcs {
    type Err = SlugError;
    fn from_str(word: &str) -> Result<Self, SlugError> {
        Self::ALL
            .into_iter()
            .find(|vcs| vcs.short() == word || vcs.long() == word)
            .ok_or(SlugError::Vcs)
    }
}

/// A project's whole name. Its parts, borrowed and in this order, have the same hash.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Slug {
    /// Where the repository lives.
    pub vcs: Vcs,
    org: Box<str>,
    repo: Box<str>,
}

impl Slug {
    /// The slug of these parts.
    ///
    /// # Errors
    /// If a part is empty, too long, or holds what a repository's name cannot.
    pub fn new(vcs: Vcs, org: &str, repo: &str) -> Result<Self, SlugError> {
        Ok(Self { vcs, org: part(org)?.into(), repo: part(repo)?.into() })
    }

    /// The organization's name: CircleCI's `username`.
    pub fn org(&self) -> &str {
        &self.org
    }

    /// The repository's name: CircleCI's `reponame`.
    pub fn repo(&self) -> &str {
        &self.repo
    }

    /// As CircleCI's `vcs_url`: `https://github.com/acme/web`.
    pub fn vcs_url(&self) -> String {
        format!("{}/{}/{}", self.vcs.host(), self.org, self.repo)
    }
}

fn part(text: &str) -> Result<&str, SlugError> {
    let allowed = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    if text.is_empty() || text.chars().count() > SLUG_PART_CHARACTERS {
        return Err(SlugError::Length);
    }
    if !text.chars().all(allowed) || text.starts_with('.') || text.ends_with('.') {
        return Err(SlugError::Characters);
    }
    Ok(text)
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.vcs.short(), self.org, self.repo)
    }
}

impl FromStr for Slug {
    type Err = SlugError;
    fn from_str(text: &str) -> Result<Self, SlugError> {
        let mut parts = text.split('/');
        match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some(vcs), Some(org), Some(repo), None) => Self::new(vcs.parse()?, org, repo),
            _ => Err(SlugError::Shape),
        }
    }
}

/// Why a text is no slug.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SlugError {
    /// It has not three parts.
    Shape,
    /// The first part is unknown.
    Vcs,
    /// A part is empty or too long.
    Length,
    /// A part holds other characters.
    Characters,
}

impl fmt::Display for SlugError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Shape => f.write_str("a project is named vcs/organization/repository, such as gh/acme/web"),
            Self::Vcs => f.write_str("a project's name begins with gh, bb or git (gh/acme/web)"),
            Self::Length => {
                write!(f, "each part of a project's name has 1 to {SLUG_PART_CHARACTERS} characters")
            }
            Self::Characters => f.write_str(
                "a project's name holds letters, digits, '-', '_' and '.', and no part begins or ends with '.'",
            ),
        }
    }
}

impl std::error::Error for SlugError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_read_in_both_spellings_and_printed_in_the_short_one() {
        for (text, printed) in [
            ("gh/acme/web", Ok("gh/acme/web")),
            ("github/acme/web.js", Ok("gh/acme/web.js")),
            ("bitbucket/a_b/c-d", Ok("bb/a_b/c-d")),
            ("git/組織/倉庫", Ok("git/組織/倉庫")),
            ("gh/acme", Err(SlugError::Shape)),
            ("gh/acme/web/x", Err(SlugError::Shape)),
            ("gl/acme/web", Err(SlugError::Vcs)),
            ("gh//web", Err(SlugError::Length)),
            ("gh/../web", Err(SlugError::Characters)),
            ("gh/ac me/web", Err(SlugError::Characters)),
            ("gh/acme/<b>", Err(SlugError::Characters)),
        ] {
            let read = text.parse::<Slug>().map(|slug| slug.to_string());
            assert_eq!(read.as_deref().map_err(|e| *e), printed, "{text}");
        }
    }
}
