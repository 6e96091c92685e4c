//! Staying awake between requests. A thread that falls asleep after each batch of them has to be woken by
//! whoever sends the next one, and where many are sent that costs more than it saves: so one thread stays up
//! for a moment, and gives its core to whoever wants it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

/// How long it stays awake after a request.
const MOMENT: Duration = Duration::from_micros(20);
/// A core that was given away for so long, with no request meanwhile, is wanted by work that lasts, such as
/// builds: there, waiting for one's turn again costs more than being woken.
const LONG: Duration = Duration::from_millis(2);
/// How long it then does without.
const REST: Duration = Duration::from_secs(1);

/// What keeps one of the server's threads awake.
#[derive(Default)]
pub(super) struct Vigil {
    /// A request came since this was last asked.
    stirred: AtomicBool,
    begins: Notify,
}

impl Vigil {
    /// Says that a request came; whether it is the first since somebody looked, and so may be alone.
    pub(super) fn stir(&self) -> bool {
        // Most find it said already, and write nothing that other cores would have to read again.
        let is_first =
            !self.stirred.load(Ordering::Relaxed) && !self.stirred.swap(true, Ordering::Relaxed);
        if is_first {
            self.begins.notify_one();
        }
        is_first
    }

    /// Stays awake for as long as requests come, and sleeps until the next one.
    pub(super) async fn keep(&self) {
        loop {
            self.begins.notified().await;
            if !self.stay().await {
                tokio::time::sleep(REST).await;
            }
        }
    }

    /// Stays awake until no request came for a moment; whether nobody kept the core for long.
    async fn stay(&self) -> bool {
        let mut served = Instant::now();
        loop {
            // What has come is served.
            tokio::task::yield_now().await;
            let now = Instant::now();
            if self.stirred.swap(false, Ordering::Relaxed) {
                served = now;
                continue;
            }
            if now - served >= MOMENT {
                return true;
            }
            std::thread::yield_now();
            if now.elapsed() >= LONG && !self.stirred.load(Ordering::Relaxed) {
                return false;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Nanoseconds for which this thread had a core.
    fn worked() -> u64 {
        let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
        text.split(' ').next().unwrap().parse().unwrap()
    }

    #[tokio::test]
    async fn after_a_request_it_sleeps_again() {
        let vigil = Vigil::default();
        for _ in 0..3 {
            vigil.stir();
            let before = worked();
            let kept = tokio::time::timeout(Duration::from_millis(300), vigil.keep()).await;
            assert!(kept.is_err(), "it ended");
            let worked = Duration::from_nanos(worked() - before);
            assert!(worked < Duration::from_millis(100), "it was awake for {worked:?}");
        }
    }
}
