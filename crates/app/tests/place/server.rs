//! A server of the tests: its clock is moved by hand, and its words are the same in every run.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use rondo_app::{App, OrbPlaces, Policy, RateLimits, World};
use rondo_domain::Millis;
use rondo_domain::token::Pepper;
use rondo_store::{Folder, Store};

/// What the server finds outside: the clock, in milliseconds, and words that begin at `seed`.
pub(crate) fn world(clock: &Arc<AtomicI64>, seed: u64) -> World {
    let (now, next) = (Arc::clone(clock), AtomicU64::new(seed));
    World::new(
        move || Millis(now.load(Ordering::Relaxed)),
        move |bytes| {
            let number = next.fetch_add(1, Ordering::Relaxed);
            for (byte, at) in bytes.iter_mut().zip(0u64..) {
                *byte = (number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (at % 8 * 8)) as u8;
            }
        },
    )
}

/// A server on a data folder that may be there, and which another server may use.
pub(crate) async fn open(path: &Path, world: World, tombstone_days: i64) -> Arc<App> {
    let folder = Folder::open(path).unwrap();
    let store = Store::open_file(&folder.database()).await.unwrap();
    let keys = (Pepper::new(1, &[7; 32]), folder.seal_key([8; 32]).unwrap());
    let policy = Policy {
        url: "http://127.0.0.1".to_owned(),
        local_repositories: Vec::new(),
        url_templates: BTreeMap::new(),
        orbs: OrbPlaces::default(),
        trusted_proxies: Vec::new(),
        tombstone_days,
        rates: RateLimits::default(),
        idle: Duration::from_secs(75),
        runner: "none".to_owned(),
    };
    App::new(store, folder.blobs(), keys, world, policy).await.unwrap()
}
