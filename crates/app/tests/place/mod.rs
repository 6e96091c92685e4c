//! A server that nobody uses, on a fresh data folder, against a clock that is moved by hand.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use rondo_app::{App, OrbPlaces, Policy, RateLimits, World};
use rondo_domain::Millis;
use rondo_domain::token::Pepper;
use rondo_store::{Folder, Store};

/// The server, its clock in milliseconds, and its folder, which lives as long as it is held.
pub(crate) async fn open(
    start: i64,
    tombstone_days: i64,
) -> (Arc<App>, Arc<AtomicI64>, tempfile::TempDir) {
    let temporary = tempfile::tempdir().unwrap();
    let (app, clock) = open_in(temporary.path(), start, tombstone_days).await;
    (app, clock, temporary)
}

/// The same on a folder that may be there, and which another server may use.
pub(crate) async fn open_in(
    path: &Path,
    start: i64,
    tombstone_days: i64,
) -> (Arc<App>, Arc<AtomicI64>) {
    let folder = Folder::open(path).unwrap();
    let store = Store::open_file(&folder.database()).await.unwrap();
    let clock = Arc::new(AtomicI64::new(start));
    let (now, next) = (Arc::clone(&clock), AtomicU64::new(1));
    let world = World::new(
        move || Millis(now.load(Ordering::Relaxed)),
        move |bytes| {
            let number = next.fetch_add(1, Ordering::Relaxed);
            for (byte, at) in bytes.iter_mut().zip(0u64..) {
                *byte = (number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (at % 8 * 8)) as u8;
            }
        },
    );
    let keys = (Pepper::new(1, &[7; 32]), folder.seal_key([8; 32]).unwrap());
    let policy = Policy {
        url: "http://127.0.0.1".to_owned(),
        local_repositories: Vec::new(),
        url_templates: BTreeMap::new(),
        orbs: OrbPlaces::default(),
        trusted_proxies: Vec::new(),
        tombstone_days,
        rates: RateLimits::default(),
        runner: "none".to_owned(),
    };
    let app = App::new(store, folder.blobs(), keys, world, policy).await.unwrap();
    (app, clock)
}
