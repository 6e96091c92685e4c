//! A token's public handle.

use std::fmt;
use std::str::FromStr;

use crate::id::NotAnId;

/// 11 base62 characters: in lists, logs, audit entries and the API. It opens nothing.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TokenId([u8; Self::LENGTH]);

impl TokenId {
    /// How many characters it has.
    pub const LENGTH: usize = 11;

    pub(super) fn from_base62(characters: [u8; Self::LENGTH]) -> Self {
        Self(characters)
    }

    /// The characters.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("base62 is ASCII")
    }
}

impl fmt::Display for TokenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for TokenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for TokenId {
    type Err = NotAnId;
    fn from_str(text: &str) -> Result<Self, NotAnId> {
        let characters: [u8; Self::LENGTH] = text.as_bytes().try_into().map_err(|_| NotAnId)?;
        if characters.iter().all(u8::is_ascii_alphanumeric) {
            Ok(Self(characters))
        } else {
            Err(NotAnId)
        }
    }
}
