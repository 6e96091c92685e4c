//! Ids of requests. They are no secrets and must only differ, so they cost no call of the operating
//! system: a counter, scrambled with a key that is drawn once.

use std::hash::BuildHasher;
use std::sync::atomic::{AtomicU64, Ordering};

use foldhash::quality::RandomState;
use uuid::{Builder, Uuid};

/// Where they come from.
#[derive(Default)]
pub(crate) struct RequestIds {
    count: AtomicU64,
    key: RandomState,
}

impl RequestIds {
    /// An id that no other request of this process has, and no other process's either as far as
    /// chance goes.
    pub(crate) fn next(&self) -> Uuid {
        let count = self.count.fetch_add(1, Ordering::Relaxed);
        let halves = [self.key.hash_one(count), self.key.hash_one(!count)].map(u64::to_be_bytes);
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&halves[0]);
        bytes[8..].copy_from_slice(&halves[1]);
        Builder::from_random_bytes(bytes).into_uuid()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_two_requests_have_the_same_id() {
        let (one, other) = (RequestIds::default(), RequestIds::default());
        let ids: HashSet<_> = (0..10_000).flat_map(|_| [one.next(), other.next()]).collect();
        assert_eq!(ids.len(), 20_000);
        assert!(ids.iter().all(|id| id.get_version_num() == 4));
    }
}
