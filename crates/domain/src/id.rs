//! One type of id for each noun, so that a project's id cannot be passed for a person's.

mod short;

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Uuid);

        impl $name {
            /// The id made of 16 bytes of entropy (a version 4 UUID).
            pub fn from_entropy(entropy: [u8; 16]) -> Self {
                Self(uuid::Builder::from_random_bytes(entropy).into_uuid())
            }

            /// The 22 characters that stand for it in a slug such as `circleci/<organization>/<project>`.
            pub fn short(&self) -> String {
                short::write(self.0.as_u128())
            }

            /// The id that a text is: a UUID, or 22 characters that stand for one.
            ///
            /// # Errors
            /// If it is neither.
            pub fn named(text: &str) -> Result<Self, NotAnId> {
                match short::read(text) {
                    Some(number) => Ok(Self(Uuid::from_u128(number))),
                    None => text.parse(),
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;
            fn from_str(text: &str) -> Result<Self, NotAnId> {
                Uuid::try_parse(text).map(Self).map_err(|_| NotAnId)
            }
        }
    )*};
}

ids! {
    /// A person's.
    PersonId,
    /// A person's sign-in's.
    SessionId,
    /// An organization's.
    OrgId,
    /// A service account's.
    ServiceId,
    /// A project's.
    ProjectId,
    /// A pipeline's.
    PipelineId,
    /// A workflow's.
    WorkflowId,
    /// A job's.
    JobId,
    /// An artifact's.
    ArtifactId,
}

/// The text is no UUID.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAnId;

impl fmt::Display for NotAnId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not an id: a UUID such as 6f9e2c1a-…, or its 22 characters, is expected")
    }
}

impl std::error::Error for NotAnId {}
