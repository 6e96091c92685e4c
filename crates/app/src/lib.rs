//! The use-cases: authorize, load, decide, save with an audit entry. Pages, API and command do a
//! thing the same way because they do it here.
//!
//! A line in here may touch the store through one read or one write, the rules of `domain`, and the
//! clock and entropy that it was built with. It knows no header, status code, HTML or process.

mod account;
mod approvals;
mod audit;
mod builds;
mod carrier;
mod checkout_keys;
mod compile;
mod courier;
mod ctx;
mod derived;
mod device;
mod endings;
mod errands;
mod explain;
mod feed;
mod fetched;
mod found;
mod identity;
mod idle;
mod known_hosts;
mod ledger;
mod look_up;
mod loops;
mod memory;
mod orbs;
mod output_link;
mod password;
mod people;
mod policies;
mod progress;
mod projects;
mod rates;
mod refusal;
mod refusals;
mod rehearsal;
mod related;
mod report;
mod revocation;
mod rotation;
mod services;
mod shelf;
mod shown;
mod sign_in;
mod ssh;
mod ssh_key;
mod ssh_keys;
mod standing;
mod throttle;
mod token_list;
mod tokens;
mod trigger;
mod variables;
mod work;
mod world;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use rondo_domain::Vcs;
use rondo_domain::token::{Network, Pepper};
use rondo_store::{Blobs, SealKey, Store};
use tokio::sync::Notify;

pub use approvals::Approvable;
pub use audit::AuditWish;
pub use builds::{BuildDetails, BuildPage, StepOutput};
pub use carrier::{Carrier, OrbPlaces, OrbRepository};
pub use courier::{Call, Courier, Gone, Letter, News, Revoked, Unused, Whose, WhoseService};
pub use ctx::{Address, Ctx};
pub use derived::Derived;
pub use device::{DeviceBegun, DevicePoll};
pub use endings::Ending;
pub use fetched::Fetched;
pub use ledger::{UseMark, clean_agent};
pub use look_up::{Likeness, LookedUp};
pub use memory::{Content, Memory};
pub use orbs::OrbError;
pub use output_link::{OutputLink, link_terms};
pub use people::RoleChange;
pub use policies::{PolicyPreview, PolicyStop, PolicyWish};
pub use projects::{NewProject, ProjectChange, ProjectSummary};
pub use rates::{Known, Over, RateLimits, Rates, Source, Standing};
pub use refusal::{Invalid, Refusal};
pub use related::{Dashboard, Doer, Followed, Placed, Related};
pub use revocation::{Found, PredicateWish, Preview, PreviewWord};
/// What a configuration compiles to.
pub use rondo_plan as plan;
pub use rondo_store::{Approval, AuditQuery, AuditRow, BlobPart, BlobReader, BuildQuery};
pub use rotation::RotationWish;
pub use services::ServiceWish;
pub use shelf::Shelf;
pub use sign_in::SignedIn;
pub use ssh::SshAccess;
pub use token_list::{Listed, ListedPage, TokenWish};
pub use tokens::{NewToken, TokenList};
pub use trigger::Trigger;
pub use work::{FetchWork, JobWork, Task, Work};
pub use world::World;

/// What an operator decides.
#[derive(Debug, Clone)]
pub struct Policy {
    /// The server's address as others see it, without a slash at its end.
    pub url: String,
    /// Folders on this machine whose repositories may be built.
    pub local_repositories: Vec<PathBuf>,
    /// How the URL of a repository follows from its name, for `follow`:
    /// `https://github.com/{org}/{repo}.git`.
    pub url_templates: BTreeMap<Vcs, String>,
    /// Proxies that stand before this server: what they say of who sent a request is believed.
    pub trusted_proxies: Vec<Network>,
    /// Where orbs are, besides those that were imported.
    pub orbs: OrbPlaces,
    /// How many days a deleted token's tombstone is kept.
    pub tombstone_days: i64,
    /// How many requests are taken.
    pub rates: RateLimits,
    /// How long a connection is kept on which nothing is asked.
    pub idle: Duration,
    /// The name of the runner inside this server.
    pub runner: String,
}

/// The one struct that owns the parts.
pub struct App {
    store: Store,
    blobs: Blobs,
    memory: Memory,
    pepper: Pepper,
    seal: SealKey,
    world: World,
    policy: Policy,
    passwords: password::Passwords,
    sign_ins: throttle::Throttle,
    rates: Rates,
    refusals: refusals::Refusals,
    ledger: ledger::Ledger,
    feed: feed::Feed,
    leases: work::Leases,
    work: Notify,
    compilers: compile::Compilers,
}

impl App {
    /// Puts the parts together and loads what is answered from memory.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub async fn new(
        store: Store,
        blobs: Blobs,
        keys: (Pepper, SealKey),
        world: World,
        policy: Policy,
    ) -> Result<Arc<Self>, rondo_store::Error> {
        let memory = Memory::load(&store).await?;
        let (pepper, seal) = keys;
        let rates = Rates::new(policy.rates, &world);
        Ok(Arc::new(Self {
            store,
            blobs,
            memory,
            pepper,
            seal,
            world,
            policy,
            passwords: password::Passwords::default(),
            sign_ins: throttle::Throttle::default(),
            rates,
            refusals: refusals::Refusals::default(),
            ledger: ledger::Ledger::default(),
            feed: feed::Feed::default(),
            leases: work::Leases::default(),
            work: Notify::new(),
            compilers: compile::Compilers::default(),
        }))
    }

    /// What the operator decided.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The counts of requests.
    pub fn rates(&self) -> &Rates {
        &self.rates
    }

    /// The clock and the entropy.
    pub fn world(&self) -> &World {
        &self.world
    }

    /// Whether the store answers: for `/readyz`.
    ///
    /// # Errors
    /// If it does not.
    pub async fn ready(&self) -> Result<(), Refusal> {
        self.store.read().await?.newest_change().await?;
        Ok(())
    }

    /// Closes the store; what is under way ends first.
    pub async fn close(&self) {
        self.store.close().await;
    }
}
