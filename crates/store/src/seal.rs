//! Sealing of secrets that must be read back: XChaCha20-Poly1305 under a key outside the database.
//! What a value belongs to is part of the seal, so that a row cannot be moved to another project.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use rondo_domain::SecretValue;

use crate::error::Error;

const NONCE: usize = 24;

/// The key.
#[derive(Clone)]
pub struct SealKey(XChaCha20Poly1305);

impl SealKey {
    /// The key of these bytes.
    pub fn new(key: &[u8; 32]) -> Self {
        Self(XChaCha20Poly1305::new(key.into()))
    }

    pub(crate) fn seal(
        &self,
        value: &SecretValue,
        belongs_to: &str,
        nonce: [u8; NONCE],
    ) -> Result<Vec<u8>, Error> {
        let payload = Payload { msg: value.expose().as_bytes(), aad: belongs_to.as_bytes() };
        let sealed = self
            .0
            .encrypt(&XNonce::from(nonce), payload)
            .map_err(|_| Error::Refused("the value is too large to be sealed".to_owned()))?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    pub(crate) fn open(&self, sealed: &[u8], belongs_to: &str) -> Result<SecretValue, Error> {
        let (nonce, body) = sealed.split_first_chunk::<NONCE>().ok_or(Error::Corrupt("seal"))?;
        let payload = Payload { msg: body, aad: belongs_to.as_bytes() };
        let opened =
            self.0.decrypt(&XNonce::from(*nonce), payload).map_err(|_| Error::Corrupt("seal"))?;
        let text = String::from_utf8(opened).map_err(|_| Error::Corrupt("seal"))?;
        Ok(SecretValue::new(text))
    }
}
