//! The key that turns a token into what the store keeps.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::{Choice, ConstantTimeEq};

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
        // Eight bytes at a time, which is an eighth of the work.
        let word = |bytes: &[u8]| u64::from_ne_bytes(bytes.try_into().expect("there are eight"));
        let words = self.0.chunks_exact(8).zip(other.0.chunks_exact(8));
        let same = words.map(|(own, other)| word(own).ct_eq(&word(other)));
        same.fold(Choice::from(1), |all, same| all & same).into()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_that_differs_in_one_bit_is_another() {
        let digest = Pepper::new(1, &[7; 32]).digest(b"a token");
        assert!(digest.matches(&Digest::from_stored(*digest.as_bytes())));
        for bit in 0..256 {
            let mut bytes = *digest.as_bytes();
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert!(!digest.matches(&Digest::from_stored(bytes)), "bit {bit}");
        }
    }
}
