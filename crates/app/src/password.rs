//! People's passwords: argon2id, at most two at a time, off the threads that answer requests.

use argon2::{Algorithm, Argon2, Params, PasswordHash, PasswordHasher, PasswordVerifier, Version};
use rondo_domain::limits::{PASSWORD_BYTES, PASSWORD_FEWEST};
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use crate::refusal::{Invalid, Refusal};

/// OWASP's second choice: 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;

pub(crate) struct Passwords {
    turns: Semaphore,
}

impl Default for Passwords {
    fn default() -> Self {
        Self { turns: Semaphore::new(2) }
    }
}

fn argon2() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, PASSES, 1, None).expect("the parameters are in range");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

impl Passwords {
    /// The hash of a new password.
    pub(crate) async fn hash(&self, password: String, salt: [u8; 16]) -> Result<String, Refusal> {
        let password = Zeroizing::new(password);
        if password.chars().count() < PASSWORD_FEWEST || password.len() > PASSWORD_BYTES {
            let (fewest, most) = (PASSWORD_FEWEST, PASSWORD_BYTES);
            return Err(Refusal::Invalid(Invalid::Password { fewest, most }));
        }
        self.work(move || {
            argon2()
                .hash_password_with_salt(password.as_bytes(), &salt)
                .map(|hash| hash.to_string())
                .map_err(|error| Refusal::Fault(error.to_string()))
        })
        .await?
    }

    /// Whether a password has this hash. Without a hash it takes as long and is wrong.
    pub(crate) async fn verify(
        &self,
        password: String,
        hash: Option<String>,
    ) -> Result<bool, Refusal> {
        let password = Zeroizing::new(password);
        if password.len() > PASSWORD_BYTES {
            return Ok(false);
        }
        self.work(move || {
            let Some(hash) = hash else {
                let _ = argon2().hash_password_with_salt(password.as_bytes(), &[0; 16]);
                return false;
            };
            PasswordHash::new(&hash)
                .is_ok_and(|hash| argon2().verify_password(password.as_bytes(), &hash).is_ok())
        })
        .await
    }

    async fn work<T: Send + 'static>(
        &self,
        act: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Refusal> {
        let fault = |error: &dyn std::error::Error| Refusal::Fault(error.to_string());
        let _turn = self.turns.acquire().await.map_err(|error| fault(&error))?;
        tokio::task::spawn_blocking(act).await.map_err(|error| fault(&error))
    }
}
