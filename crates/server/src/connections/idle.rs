//! How long a connection may go without a request. An open one takes a file descriptor of the server, which
//! has few: whoever holds many without asking anything would keep others out.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::sleep;

/// How many requests began on one connection.
#[derive(Default)]
pub(super) struct Begun(AtomicU64);

impl Begun {
    /// One more began. Only the task of the connection says so.
    pub(super) fn note(&self) {
        self.0.store(self.count() + 1, Ordering::Relaxed);
    }

    pub(super) fn count(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    /// Waits until none began for so long, or for up to twice as long: a clock that each request set anew
    /// would cost each of them more than this.
    pub(super) async fn none_for(&self, long: Duration) {
        let mut seen = self.count();
        loop {
            sleep(long).await;
            if self.count() == seen {
                return;
            }
            seen = self.count();
        }
    }
}
