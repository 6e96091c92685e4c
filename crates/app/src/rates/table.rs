//! Where governor keeps its counts: one number for each key, in a map that readers and writers of
//! other keys never wait for. The number is the moment at which the key has had rest enough, in
//! nanoseconds since the server began.

use std::hash::Hash;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use governor::nanos::Nanos;
use governor::state::StateStore;
use papaya::HashMap;

pub(super) struct Table<K> {
    counts: HashMap<K, AtomicU64>,
    /// Those that came when the map was full share one count.
    rest: AtomicU64,
    /// How many have one of their own.
    most: usize,
}

impl<K: Eq + Hash + Copy> Table<K> {
    pub(super) fn new(most: usize) -> Self {
        Self { counts: HashMap::new(), rest: AtomicU64::new(0), most }
    }

    /// Forgets the keys that are as good as new at a moment.
    pub(super) fn forget(&self, now: Nanos) {
        let now = u64::from(now);
        self.counts.pin().retain(|_, count| count.load(Ordering::Relaxed) > now);
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.counts.len()
    }
}

/// What governor makes of a count: an outcome and the new count, or a refusal.
fn replace<T, E>(
    count: &AtomicU64,
    decide: impl Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
) -> Result<T, E> {
    let mut known = count.load(Ordering::Acquire);
    loop {
        let (outcome, next) = decide(before(known))?;
        let (after, order) = (u64::from(next), Ordering::AcqRel);
        match count.compare_exchange_weak(known, after, order, Ordering::Acquire) {
            Ok(_) => return Ok(outcome),
            Err(changed) => known = changed,
        }
    }
}

/// A count as governor takes it: none where nothing was counted yet.
fn before(count: u64) -> Option<Nanos> {
    (count != 0).then(|| count.into())
}

/// The counts, changed by every request that is taken.
pub(super) struct Count<K>(pub(super) Arc<Table<K>>);

impl<K: Eq + Hash + Copy> StateStore for Count<K> {
    type Key = K;

    fn measure_and_replace<T, F, E>(&self, key: &K, decide: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        let Self(table) = self;
        let counts = table.counts.pin();
        match counts.get(key) {
            Some(count) => replace(count, decide),
            None if counts.len() >= table.most => replace(&table.rest, decide),
            None => replace(counts.get_or_insert_with(*key, AtomicU64::default), decide),
        }
    }
}

/// The same counts, looked at and left as they are. Those that came when the map was full do not stand for one
/// another here: whoever fills it must not stop strangers.
pub(super) struct Look<K>(pub(super) Arc<Table<K>>);

impl<K: Eq + Hash + Copy> StateStore for Look<K> {
    type Key = K;

    fn measure_and_replace<T, F, E>(&self, key: &K, decide: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        let Self(table) = self;
        let counts = table.counts.pin();
        let count = counts.get(key).map_or(0, |count| count.load(Ordering::Acquire));
        decide(before(count)).map(|(outcome, _)| outcome)
    }
}
