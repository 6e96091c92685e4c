//! A server that nobody uses, on a fresh data folder, against a clock that is moved by hand.

pub(crate) mod server;

use std::sync::Arc;
use std::sync::atomic::AtomicI64;

use rondo_app::App;

/// The server, its clock in milliseconds, and its folder, which lives as long as it is held.
pub(crate) async fn open(
    start: i64,
    tombstone_days: i64,
) -> (Arc<App>, Arc<AtomicI64>, tempfile::TempDir) {
    let temporary = tempfile::tempdir().unwrap();
    let clock = Arc::new(AtomicI64::new(start));
    let app = server::open(temporary.path(), server::world(&clock, 1), tombstone_days).await;
    (app, clock, temporary)
}
