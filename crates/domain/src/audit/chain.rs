//! The chain of the audit log. Each entry is sealed with SHA-256 over the seal before it and every
//! field of its own, so that whoever changes, removes or moves one must also change every seal after
//! it. Who keeps the newest seal elsewhere can tell even that.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest, Sha256};

use crate::time::Millis;

/// What stands in front of all that is hashed, so that no other hash of the product is one of these.
const CONTEXT: &[u8] = b"rondo audit 1\0";

/// The hash that seals an entry together with all before it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Seal([u8; 32]);

impl Seal {
    /// What stands before the first entry of the chain.
    pub const BEGIN: Self = Self([0; 32]);

    /// From the store.
    pub const fn from_stored(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// For the store.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The seal of the entry that follows this one. Numbers count as eight bytes, the highest first;
    /// a text as its length in bytes and its bytes in UTF-8, after a byte 1; an absent one as a byte 0.
    #[must_use]
    pub fn next(&self, number: i64, at: Millis, fields: &[Option<&str>]) -> Self {
        let mut hash = Sha256::new();
        hash.update(CONTEXT);
        hash.update(self.0);
        hash.update(number.to_be_bytes());
        hash.update(at.0.to_be_bytes());
        for field in fields {
            match field {
                Some(text) => {
                    hash.update([1]);
                    hash.update((text.len() as u64).to_be_bytes());
                    hash.update(text);
                }
                None => hash.update([0]),
            }
        }
        Self(hash.finalize().into())
    }
}

/// 64 hexadecimal digits.
impl fmt::Display for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A text that is no seal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoSeal;

impl fmt::Display for NoSeal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a seal has 64 hexadecimal digits")
    }
}

impl std::error::Error for NoSeal {}

impl FromStr for Seal {
    type Err = NoSeal;

    fn from_str(text: &str) -> Result<Self, NoSeal> {
        let digits = text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let mut bytes = [0; 32];
        for (at, byte) in bytes.iter_mut().enumerate().filter(|_| digits) {
            *byte = u8::from_str_radix(&text[2 * at..2 * at + 2], 16).map_err(|_| NoSeal)?;
        }
        digits.then_some(Self(bytes)).ok_or(NoSeal)
    }
}

/// What does not fit in a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Break {
    /// The entry of this number is not there.
    Missing(i64),
    /// The entry of this number is not what was sealed: it, or its place, was changed.
    Altered(i64),
    /// Entries are gone from the end: the one of this number is the last that is there.
    CutAfter(i64),
    /// The seal that was noted for this number is another one: the chain was written anew.
    Rewritten(i64),
}

/// What is known of a chain that was followed so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Followed {
    /// The number of the last entry.
    pub number: i64,
    /// Its seal.
    pub seal: Seal,
    /// The first entry that is sealed; none: no entry is yet. Those before it were written by a
    /// version that sealed nothing.
    pub first: Option<i64>,
}

impl Followed {
    /// Nothing yet.
    pub const NOTHING: Self = Self { number: 0, seal: Seal::BEGIN, first: None };

    /// Goes on to the next entry, which is stored with this seal.
    ///
    /// # Errors
    /// If it does not fit.
    pub fn step(
        &mut self,
        (number, at): (i64, Millis),
        fields: &[Option<&str>],
        stored: Option<Seal>,
    ) -> Result<(), Break> {
        let expected = self.number + 1;
        if number != expected {
            return Err(if number > expected {
                Break::Missing(expected)
            } else {
                Break::Altered(number)
            });
        }
        match stored {
            Some(stored) if stored == self.seal.next(number, at, fields) => {
                self.seal = stored;
                self.first.get_or_insert(number);
            }
            // Only before the chain began may an entry be without a seal.
            None if self.first.is_none() => {}
            _ => return Err(Break::Altered(number)),
        }
        self.number = number;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seal_depends_on_every_field_and_on_where_one_ends() {
        let seal =
            |number, at, fields: &[Option<&str>]| Seal::BEGIN.next(number, Millis(at), fields);
        let one = seal(1, 2, &[Some("ab"), Some("c"), None]);
        for other in [
            seal(2, 2, &[Some("ab"), Some("c"), None]),
            seal(1, 3, &[Some("ab"), Some("c"), None]),
            seal(1, 2, &[Some("a"), Some("bc"), None]),
            seal(1, 2, &[Some("ab"), Some("c"), Some("")]),
            seal(1, 2, &[Some("ab"), None, Some("c")]),
            one.next(1, Millis(2), &[Some("ab"), Some("c"), None]),
        ] {
            assert_ne!(one, other);
        }
    }

    #[test]
    fn a_seal_is_what_the_documented_form_says() {
        // sha256(context, 32 zeros, 1, 2, "ab", none) by hand, so that the form cannot drift.
        let mut bytes = b"rondo audit 1\0".to_vec();
        bytes.extend([0; 32]);
        bytes.extend([0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2]);
        bytes.extend([1, 0, 0, 0, 0, 0, 0, 0, 2, b'a', b'b', 0]);
        let expected: [u8; 32] = Sha256::digest(bytes).into();
        let seal = Seal::BEGIN.next(1, Millis(2), &[Some("ab"), None]);
        assert_eq!(seal.as_bytes(), &expected);
        assert_eq!(seal.to_string().parse(), Ok(seal));
        for junk in ["", "00", &"g".repeat(64), &"é".repeat(32)] {
            assert_eq!(junk.parse::<Seal>(), Err(NoSeal), "{junk}");
        }
    }
}
