//! Why something is not done: about ten reasons, free of HTTP and of language. The sentence for
//! programs and the one for people are the server's business.

use std::fmt;

use crate::orbs::OrbError;
use crate::rates::Over;
use rondo_domain::git_url::GitUrlError;
use rondo_domain::name::NameError;
use rondo_domain::policy::{Breach, RulesError};
use rondo_domain::role::UnknownRole;
use rondo_domain::slug::SlugError;
use rondo_domain::ssh::SshError;
use rondo_domain::token::{BadToken, Beyond, ReachError, UnknownScope};
use rondo_domain::variable::VariableError;
use rondo_domain::{CeilingError, Permission, Refused};

/// Why a request is refused.
#[derive(Debug)]
pub enum Refusal {
    /// Nobody proved who they are, and it takes that.
    Unauthenticated,
    /// Two different tokens were shown.
    TwoTokens,
    /// A change was asked for from a page of another site.
    OtherSite,
    /// The name or the password is wrong; which of them is not told.
    WrongPassword,
    /// The principal is known and lacks this right.
    Lacks(Permission),
    /// The policy of an organization takes the right away: of which one, where that is known.
    Policy(Option<String>, Breach),
    /// It takes another admin: why.
    SecondAdmin(&'static str),
    /// Somebody else changed it meanwhile: the noun.
    Outdated(&'static str),
    /// What is asked for goes beyond the token that asks.
    Beyond(Beyond),
    /// The token that was shown opens nothing, and its sender holds its whole value.
    BadToken(BadToken),
    /// The principal may not know whether it exists.
    Hidden,
    /// The principal may know that there is no such thing: the noun, and what was asked for.
    Missing(&'static str, String),
    /// Something that was sent is wrong.
    Invalid(Invalid),
    /// There is such a thing already: the noun, and its name.
    Exists(&'static str, String),
    /// Too many tries; this many seconds to wait.
    Throttled(u64),
    /// Too many requests.
    TooFast(Over),
    /// The password must be given again first.
    SignInAgain,
    /// Another machine does not answer as it should; in its or ssh's words.
    Silent(String),
    /// The lease is gone.
    LeaseGone,
    /// What was wanted cannot be done with it as it is: a build that has run to its end, a token that is
    /// being rotated.
    NotNow(&'static str),
    /// CircleCI has it, and this server has not: what, and what to do instead.
    NotSupported(&'static str),
    /// The store is away; the detail is for the log.
    Unavailable(String),
    /// A fault of the server; the detail is for the log.
    Fault(String),
}

/// What is wrong with what was sent.
#[derive(Debug)]
pub enum Invalid {
    /// A label, name, branch or revision.
    Name(NameError),
    /// A project's name.
    Slug(SlugError),
    /// A repository's address.
    GitUrl(GitUrlError),
    /// A repository on this machine, outside the folders that the operator allows.
    LocalPath(String),
    /// A scope.
    Scope(UnknownScope),
    /// A number of tokens that is another one: the right one.
    Count(i64),
    /// What a token is to be narrowed to.
    Reach(ReachError),
    /// A role.
    Role(UnknownRole),
    /// A policy.
    Rules(RulesError),
    /// What a service account could do at most.
    Ceiling(CeilingError),
    /// A variable.
    Variable(VariableError),
    /// A key or a host of SSH.
    Ssh(SshError),
    /// A password that is too short (the fewest characters) or too long (the most bytes).
    Password {
        /// The fewest characters.
        fewest: usize,
        /// The most bytes.
        most: usize,
    },
    /// Two things of which only one may be given.
    Both(&'static str, &'static str),
    /// An orb that is to be imported or removed.
    Orb(OrbError),
    /// The request's body or query cannot be read: what, and what is expected.
    Request(String),
}

/// The sentence for programs and the command; pages have their own, in both languages.
impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(error) => error.fmt(f),
            Self::Slug(error) => error.fmt(f),
            Self::GitUrl(error) => error.fmt(f),
            Self::LocalPath(path) => write!(
                f,
                "{path} is not in a folder whose repositories may be built; the operator allows one with --local-repositories"
            ),
            Self::Scope(error) => error.fmt(f),
            Self::Reach(error) => error.fmt(f),
            Self::Count(found) => write!(f, "it is true of {found} tokens now, not of so many"),
            Self::Role(error) => error.fmt(f),
            Self::Rules(error) => error.fmt(f),
            Self::Ceiling(error) => error.fmt(f),
            Self::Variable(error) => error.fmt(f),
            Self::Ssh(error) => error.fmt(f),
            Self::Password { fewest, most } => {
                write!(f, "a password has at least {fewest} characters and at most {most} bytes")
            }
            Self::Both(one, other) => write!(f, "give {one} or {other}, not both"),
            Self::Orb(error) => error.fmt(f),
            Self::Request(what) => f.write_str(what),
        }
    }
}

impl From<Refused> for Refusal {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Unauthenticated => Self::Unauthenticated,
            Refused::Lacks(permission) => Self::Lacks(permission),
            Refused::Policy(breach) => Self::Policy(None, breach),
            Refused::Hidden => Self::Hidden,
        }
    }
}

impl From<Over> for Refusal {
    fn from(over: Over) -> Self {
        Self::TooFast(over)
    }
}

impl From<ReachError> for Refusal {
    fn from(error: ReachError) -> Self {
        match error {
            ReachError::Beyond(beyond) => Self::Beyond(beyond),
            other => Self::Invalid(Invalid::Reach(other)),
        }
    }
}

impl From<rondo_store::Error> for Refusal {
    fn from(error: rondo_store::Error) -> Self {
        match error {
            rondo_store::Error::Unavailable(why) => Self::Unavailable(why),
            other => Self::Fault(other.to_string()),
        }
    }
}

macro_rules! invalid {
    ($($error:ty => $variant:ident),* $(,)?) => {$(
        impl From<$error> for Refusal {
            fn from(error: $error) -> Self {
                Self::Invalid(Invalid::$variant(error))
            }
        }
    )*};
}

invalid! {
    NameError => Name,
    SlugError => Slug,
    GitUrlError => GitUrl,
    UnknownScope => Scope,
    UnknownRole => Role,
    RulesError => Rules,
    CeilingError => Ceiling,
    VariableError => Variable,
    SshError => Ssh,
}
