//! The key that turns a token into what the store keeps.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

/// HMAC-SHA-256 of a token's whole text.
#[derive(Clone, Copy)]
pub struct Digest([u8; 32]);

impl Digest {
    /// As it lies in the store.
    pub fn from_stored(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// To be stored.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Whether both are the same, in constant time.
    pub fn matches(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

/// A key outside the database. It has a version, so that it can be rotated without making
/// anybody's token anew.
#[derive(Clone)]
pub struct Pepper {
    /// Which key it is.
    pub version: i64,
    keyed: Hmac<Sha256>,
}

impl Pepper {
    /// The pepper of this key.
    pub fn new(version: i64, key: &[u8; 32]) -> Self {
        Self { version, keyed: Hmac::new_from_slice(key).expect("HMAC takes keys of any length") }
    }

    /// The digest of a text.
    pub fn digest(&self, text: &[u8]) -> Digest {
        let mut mac = self.keyed.clone();
        mac.update(text);
        Digest(mac.finalize().into_bytes().into())
    }
}
