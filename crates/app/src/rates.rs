//! How many requests are taken: of each token, of each signed-in browser, and of each address that
//! shows neither; and how many wrong tokens and cookies an address may show before tokens are not looked up
//! any more. A token's limit is its own: one that is busy never takes from another, and an address that is
//! throttled does not stop the good tokens behind it.
//!
//! Counting takes no lock and, for whoever was seen a moment ago, no memory. What is counted is held
//! in memory only, bounded, and forgotten when it would make no difference any more.

mod table;

use std::fmt;
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use governor::clock::{Clock, Reference};
use governor::middleware::StateInformationMiddleware;
use governor::nanos::Nanos;
use governor::state::StateStore;
use governor::{NotUntil, Quota, RateLimiter};
use rondo_domain::limits::COUNTED_APART;
use rondo_domain::token::TokenId;
use rondo_domain::{Rate, SessionId};

use crate::world::World;
use table::{Count, Look, Table};

/// What the operator allows; where there is none, nothing is counted.
#[derive(Debug, Clone, Copy, Default)]
pub struct RateLimits {
    /// Of each token, and of each signed-in browser.
    pub token: Option<Rate>,
    /// Of each address that shows neither.
    pub address: Option<Rate>,
    /// Wrong tokens of each address, in a minute.
    pub wrong_tokens: Option<NonZeroU32>,
}

/// Where a request comes from, as far as counting goes: an IPv4 address, or an IPv6 network of 64 bits,
/// which is what one subscriber has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Source(u128);

impl Source {
    /// Of this address; all whose address is not known are one.
    pub fn of(address: Option<IpAddr>) -> Self {
        Self(match address.map(|address| address.to_canonical()) {
            None => 0,
            Some(IpAddr::V4(address)) => address.to_ipv6_mapped().to_bits(),
            Some(IpAddr::V6(address)) => address.to_bits() & !u128::from(u64::MAX),
        })
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ipv6Addr::from_bits(self.0).fmt(f)
    }
}

/// What a known caller showed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Known {
    /// A token.
    Token(TokenId),
    /// The cookie of a signed-in browser.
    Session(SessionId),
}

/// How somebody stands after a request was counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Requests that may come at once after a rest.
    pub limit: u32,
    /// Requests that may come at once now.
    pub remaining: u32,
    /// Seconds until all of them may, rounded up.
    pub reset: u64,
}

/// One request too many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Over {
    /// How the sender stands.
    pub standing: Standing,
    /// Seconds until the next request is taken, rounded up.
    pub wait: u64,
}

/// The time since the server began, which is never moved back.
#[derive(Clone)]
struct Ticks(World);

impl Clock for Ticks {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        self.0.ticks().into()
    }
}

type Limiter<S> = RateLimiter<<S as StateStore>::Key, S, Ticks, StateInformationMiddleware>;

/// The counts.
pub struct Rates {
    known: Option<Counted<Known>>,
    addresses: Option<Counted<Source>>,
    wrong: Option<Wrong>,
}

struct Counted<K: Eq + Hash + Copy> {
    table: Arc<Table<K>>,
    limiter: Limiter<Count<K>>,
    /// What governor reckons from, or a little later.
    born: Nanos,
}

impl<K: Eq + Hash + Copy> Counted<K> {
    fn new(quota: Quota, most: usize, world: &World) -> Self {
        let table = Arc::new(Table::new(most));
        let limiter = limiter(quota, Count(Arc::clone(&table)), world);
        let born = limiter.clock().now();
        Self { table, limiter, born }
    }

    fn spend(&self, key: &K) -> Result<Standing, Over> {
        match self.limiter.check_key(key) {
            Ok(after) => Ok(standing(after.quota(), after.remaining_burst_capacity())),
            Err(not) => Err(over(&not, self.limiter.clock().now())),
        }
    }

    fn clean(&self) {
        self.table.forget(self.limiter.clock().now().duration_since(self.born));
    }
}

/// Wrong tokens: counted when they were found to be wrong, asked about before they are looked up.
struct Wrong {
    counted: Counted<Source>,
    look: Limiter<Look<Source>>,
}

fn limiter<S: StateStore>(quota: Quota, counts: S, world: &World) -> Limiter<S> {
    RateLimiter::new(quota, counts, Ticks(world.clone()))
}

fn standing(quota: Quota, remaining: u32) -> Standing {
    let limit = quota.burst_size().get();
    let spent = limit.saturating_sub(remaining);
    let reset = quota.replenish_interval().saturating_mul(spent);
    Standing { limit, remaining, reset: seconds(reset) }
}

fn over(not: &NotUntil<Nanos>, now: Nanos) -> Over {
    let wait = not.earliest_possible().duration_since(now).into();
    Over { standing: standing(not.quota(), 0), wait: seconds(wait).max(1) }
}

fn seconds(duration: Duration) -> u64 {
    duration.as_secs() + u64::from(duration.subsec_nanos() > 0)
}

fn quota(rate: Rate) -> Quota {
    Quota::per_second(rate.per_second).allow_burst(rate.burst)
}

impl Rates {
    pub(crate) fn new(limits: RateLimits, world: &World) -> Self {
        Self::bounded(limits, COUNTED_APART, world)
    }

    /// With so many keys of each kind that have a count of their own.
    fn bounded(limits: RateLimits, most: usize, world: &World) -> Self {
        Self {
            known: limits.token.map(|rate| Counted::new(quota(rate), most, world)),
            addresses: limits.address.map(|rate| Counted::new(quota(rate), most, world)),
            wrong: limits.wrong_tokens.map(|number| {
                let quota = Quota::per_minute(number);
                let counted = Counted::new(quota, most, world);
                let look = Look(Arc::clone(&counted.table));
                Wrong { counted, look: limiter(quota, look, world) }
            }),
        }
    }

    /// Counts a request of somebody who is known.
    ///
    /// # Errors
    /// If it is one too many.
    pub fn spend(&self, known: Known) -> Result<Option<Standing>, Over> {
        self.known.as_ref().map(|counted| counted.spend(&known)).transpose()
    }

    /// Counts a request of nobody in particular.
    ///
    /// # Errors
    /// If it is one too many.
    pub fn spend_from(&self, source: Source) -> Result<Option<Standing>, Over> {
        self.addresses.as_ref().map(|counted| counted.spend(&source)).transpose()
    }

    /// Counts a wrong token.
    ///
    /// # Errors
    /// If it is one too many.
    pub fn note_wrong(&self, source: Source) -> Result<(), Over> {
        let Some(wrong) = &self.wrong else { return Ok(()) };
        wrong.counted.spend(&source).map(drop)
    }

    /// Whether a token that may be wrong is looked up, for somebody at this address. Counts nothing.
    ///
    /// # Errors
    /// If there were too many wrong ones.
    pub(crate) fn may_look(&self, source: Source) -> Result<(), Over> {
        let Some(wrong) = &self.wrong else { return Ok(()) };
        match wrong.look.check_key(&source) {
            Ok(_) => Ok(()),
            Err(not) => Err(over(&not, wrong.look.clock().now())),
        }
    }

    /// Forgets whoever has had rest enough.
    pub(crate) fn clean(&self) {
        self.known.iter().for_each(Counted::clean);
        self.addresses.iter().for_each(Counted::clean);
        self.wrong.iter().for_each(|wrong| wrong.counted.clean());
    }

    /// How many are counted apart now.
    #[cfg(test)]
    fn held(&self) -> usize {
        let known = self.known.as_ref().map_or(0, |counted| counted.table.len());
        let addresses = self.addresses.as_ref().map_or(0, |counted| counted.table.len());
        known + addresses + self.wrong.as_ref().map_or(0, |wrong| wrong.counted.table.len())
    }
}

#[cfg(test)]
mod tests;
