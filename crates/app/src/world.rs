//! What is not a rule and not stored: the time, chance, what other machines show of themselves, and what
//! is brought from them.

use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rondo_domain::{GitUrl, Millis, SshHost};

use crate::carrier::Carrier;
use crate::courier::Courier;

type Clock = dyn Fn() -> Millis + Send + Sync;
type Ticks = dyn Fn() -> Duration + Send + Sync;
type Entropy = dyn Fn(&mut [u8]) + Send + Sync;
type Answer = Pin<Box<dyn Future<Output = Result<String, String>> + Send>>;
type HostKeys = dyn Fn(&SshHost) -> Answer + Send + Sync;
type DefaultBranch = dyn Fn(&GitUrl) -> Answer + Send + Sync;

/// A clock and a source of entropy.
#[derive(Clone)]
pub struct World {
    clock: Arc<Clock>,
    ticks: Arc<Ticks>,
    entropy: Arc<Entropy>,
    host_keys: Arc<HostKeys>,
    default_branch: Arc<DefaultBranch>,
    carrier: Option<Carrier>,
    courier: Courier,
}

impl World {
    /// Of these two. `entropy` fills a buffer from the operating system's generator.
    pub fn new(
        clock: impl Fn() -> Millis + Send + Sync + 'static,
        entropy: impl Fn(&mut [u8]) + Send + Sync + 'static,
    ) -> Self {
        let host_keys = |host: &SshHost| -> Answer {
            let why = format!("nothing here asks {host} for its keys");
            Box::pin(std::future::ready(Err(why)))
        };
        let default_branch = |url: &GitUrl| -> Answer {
            let why = format!("nothing here asks {url} for its default branch");
            Box::pin(std::future::ready(Err(why)))
        };
        let begun = Instant::now();
        Self {
            clock: Arc::new(clock),
            ticks: Arc::new(move || begun.elapsed()),
            entropy: Arc::new(entropy),
            host_keys: Arc::new(host_keys),
            default_branch: Arc::new(default_branch),
            carrier: None,
            courier: Courier::default(),
        }
    }

    /// The same with a way to ask hosts for their keys: lines of a `known_hosts` file, or in words why
    /// there are none.
    pub fn asking_hosts<F>(self, ask: impl Fn(&SshHost) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<String, String>> + Send + 'static,
    {
        let host_keys = move |host: &SshHost| -> Answer { Box::pin(ask(host)) };
        Self { host_keys: Arc::new(host_keys), ..self }
    }

    /// The same with a way to ask repositories for the branch that is their default one, or in words why
    /// none is known.
    #[must_use]
    pub fn asking_repositories<F>(self, ask: impl Fn(&GitUrl) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<String, String>> + Send + 'static,
    {
        let default_branch = move |url: &GitUrl| -> Answer { Box::pin(ask(url)) };
        Self { default_branch: Arc::new(default_branch), ..self }
    }

    /// The same with ways to the orbs of other machines.
    #[must_use]
    pub fn carrying_orbs(self, carrier: Carrier) -> Self {
        Self { carrier: Some(carrier), ..self }
    }

    pub(crate) fn carrier(&self) -> Option<&Carrier> {
        self.carrier.as_ref()
    }

    /// The same with ways to people.
    #[must_use]
    pub fn telling_people(self, courier: Courier) -> Self {
        Self { courier, ..self }
    }

    pub(crate) fn courier(&self) -> &Courier {
        &self.courier
    }

    /// The same with another measure of the time that passes.
    pub fn ticking(self, ticks: impl Fn() -> Duration + Send + Sync + 'static) -> Self {
        Self { ticks: Arc::new(ticks), ..self }
    }

    pub(crate) async fn host_keys(&self, host: &SshHost) -> Result<String, String> {
        (self.host_keys)(host).await
    }

    pub(crate) async fn default_branch(&self, url: &GitUrl) -> Result<String, String> {
        (self.default_branch)(url).await
    }

    /// Now.
    pub fn now(&self) -> Millis {
        (self.clock)()
    }

    /// The time since this world began. Nobody moves it, whatever becomes of the clock.
    pub fn ticks(&self) -> Duration {
        (self.ticks)()
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
