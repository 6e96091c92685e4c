//! Signing a command in through a browser that may be on another machine: the command shows a short
//! code, a person who is signed in types or confirms it, and the command is given a token (RFC 8628).

use std::fmt;
use std::str::FromStr;

use crate::id::{PersonId, SessionId};
use crate::name::Label;
use crate::time::Millis;

/// Consonants: no letter is taken for another or for a digit, and no word comes up (RFC 8628, 6.1).
const LETTERS: &[u8; 20] = b"BCDFGHJKLMNPQRSTVWXZ";
const LENGTH: usize = 8;

/// The code that a person compares or types: eight letters, shown as `WDJB-MJHT`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserCode(String);

impl UserCode {
    /// One of 20⁸ codes.
    pub fn from_entropy(entropy: [u8; 8]) -> Self {
        let mut number = u64::from_be_bytes(entropy);
        let letter = |_| {
            let letter = LETTERS[(number % LETTERS.len() as u64) as usize];
            number /= LETTERS.len() as u64;
            char::from(letter)
        };
        Self((0..LENGTH).map(letter).collect())
    }

    /// The letters alone.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for UserCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", &self.0[..LENGTH / 2], &self.0[LENGTH / 2..])
    }
}

/// The text is no such code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotACode;

impl FromStr for UserCode {
    type Err = NotACode;

    /// Reads what a person types: in small letters too, with blanks and dashes anywhere.
    fn from_str(text: &str) -> Result<Self, NotACode> {
        let typed = text.chars().filter(|c| !c.is_whitespace() && *c != '-');
        let letters: String = typed.take(LENGTH + 1).collect::<String>().to_ascii_uppercase();
        let known = |byte: u8| LETTERS.contains(&byte);
        if letters.len() == LENGTH && letters.bytes().all(known) {
            Ok(Self(letters))
        } else {
            Err(NotACode)
        }
    }
}

/// A command that waits to be signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceLogin {
    /// What a person compares with what the command shows.
    pub code: UserCode,
    /// What its token will be called.
    pub label: Label,
    /// Where it asked from.
    pub address: String,
    /// When it asked.
    pub created_at: Millis,
    /// When its time is over.
    pub expires_at: Millis,
    /// What a person said.
    pub answer: DeviceAnswer,
}

/// What a person said to a command that waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeviceAnswer {
    /// Nothing yet.
    None,
    /// It may act for this person, who said so in this session.
    Allowed(PersonId, SessionId),
    /// It may not.
    Denied,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_people_type_it() {
        for (typed, read) in [
            ("WDJB-MJHT", Ok("WDJB-MJHT")),
            ("wdjbmjht", Ok("WDJB-MJHT")),
            (" wdjb mjht ", Ok("WDJB-MJHT")),
            ("WDJB-MJH", Err(NotACode)),
            ("WDJB-MJHTX", Err(NotACode)),
            ("WDJB-MJHA", Err(NotACode)),
            ("ｗdjb-mjht", Err(NotACode)),
            ("", Err(NotACode)),
        ] {
            let code = typed.parse::<UserCode>().map(|code| code.to_string());
            assert_eq!(code.as_deref().map_err(|e| *e), read, "{typed}");
        }
    }

    #[test]
    fn every_code_that_is_made_can_be_read() {
        for entropy in [[0; 8], [255; 8], [1, 2, 3, 4, 5, 6, 7, 8]] {
            let code = UserCode::from_entropy(entropy);
            assert_eq!(code.to_string().parse(), Ok(code));
        }
    }
}
