//! Who watches a build while it runs: a counter for each watched job that goes up whenever
//! something about it changed.

use std::collections::HashMap;
use std::sync::Mutex;

use rondo_domain::JobId;
use tokio::sync::watch;

use crate::App;

#[derive(Default)]
pub(crate) struct Feed {
    watched: Mutex<HashMap<JobId, watch::Sender<u64>>>,
}

impl Feed {
    pub(crate) fn changed(&self, job: JobId) {
        let watched = self.watched.lock().expect("no holder of this lock panics");
        if let Some(sender) = watched.get(&job) {
            sender.send_modify(|count| *count += 1);
        }
    }
}

impl App {
    /// Hears when something about a job changes in this process. Another server's reports are not
    /// heard, so a watcher looks once a second too.
    pub fn watch(&self, job: JobId) -> watch::Receiver<u64> {
        let mut watched = self.feed.watched.lock().expect("no holder of this lock panics");
        watched.retain(|_, sender| sender.receiver_count() > 0);
        watched.entry(job).or_insert_with(|| watch::channel(0).0).subscribe()
    }
}
