//! What is not a rule and not stored: the time, and chance.

use std::sync::Arc;

use rondo_domain::Millis;

type Clock = dyn Fn() -> Millis + Send + Sync;
type Entropy = dyn Fn(&mut [u8]) + Send + Sync;

/// A clock and a source of entropy.
#[derive(Clone)]
pub struct World {
    clock: Arc<Clock>,
    entropy: Arc<Entropy>,
}

impl World {
    /// Of these two. `entropy` fills a buffer from the operating system's generator.
    pub fn new(
        clock: impl Fn() -> Millis + Send + Sync + 'static,
        entropy: impl Fn(&mut [u8]) + Send + Sync + 'static,
    ) -> Self {
        Self { clock: Arc::new(clock), entropy: Arc::new(entropy) }
    }

    /// Now.
    pub fn now(&self) -> Millis {
        (self.clock)()
    }

    /// Bytes that nobody can guess.
    pub fn entropy<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        (self.entropy)(&mut bytes);
        bytes
    }

    /// A word that nobody can guess: 256 bits in hexadecimal digits.
    pub fn word(&self) -> String {
        hex(&self.entropy::<32>())
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
