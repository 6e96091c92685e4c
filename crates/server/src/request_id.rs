//! Ids of requests. They are no secrets and must only differ, so they cost no call of the operating
//! system: the number of the connection and that of the request on it, scrambled with a key that is
//! drawn once. Connections share nothing that each request would write.

use std::hash::BuildHasher;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::http::{HeaderMap, HeaderName};
use foldhash::quality::RandomState;
use uuid::{Builder, Uuid};

/// The header that holds one.
pub(crate) static X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Where those of one connection come from.
#[derive(Default)]
pub(crate) struct RequestIds {
    key: RandomState,
    connections: Arc<AtomicU64>,
    connection: u64,
    requests: AtomicU64,
}

impl RequestIds {
    /// Where those of one more connection to the same process come from.
    pub(crate) fn of_another(&self) -> Self {
        Self {
            key: self.key.clone(),
            connection: self.connections.fetch_add(1, Ordering::Relaxed) + 1,
            connections: Arc::clone(&self.connections),
            requests: AtomicU64::new(0),
        }
    }

    /// The caller's own id of the request, if it is a UUID: nothing else is echoed, so that nothing else
    /// comes into the log. Or one that is made.
    pub(crate) fn of(&self, headers: &HeaderMap) -> Uuid {
        let own = headers.get(&X_REQUEST_ID).and_then(|id| id.to_str().ok());
        let own = own.and_then(|id| Uuid::try_parse(id).ok());
        own.unwrap_or_else(|| self.next())
    }

    /// An id that no other request of this process has, and no other process's either as far as
    /// chance goes.
    fn next(&self) -> Uuid {
        let request = self.requests.fetch_add(1, Ordering::Relaxed);
        let half = |connection| self.key.hash_one((connection, request)).to_be_bytes();
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&half(self.connection));
        bytes[8..].copy_from_slice(&half(!self.connection));
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
        let connections = [one.of_another(), one.of_another(), other.of_another(), one, other];
        let ids: HashSet<_> =
            (0..10_000).flat_map(|_| connections.each_ref().map(RequestIds::next)).collect();
        assert_eq!(ids.len(), 50_000);
        assert!(ids.iter().all(|id| id.get_version_num() == 4));
    }
}
