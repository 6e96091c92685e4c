//! Watches over what a running job uses: its time, its disk, the disk's free space, and where the
//! kernel does not bound them, memory and processes. It measures from outside and trusts nothing in
//! the job; it says that a limit was met, and kills nothing itself.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rondo_wire::runner::Limits;
use rustix::process::Pid;
use tokio::time::{Instant, sleep};

use crate::ending::Ending;
use crate::{folder, process, wording};

const TICK: Duration = Duration::from_millis(100);
const SLOWEST: Duration = Duration::from_secs(30);

/// No job may leave the disk with less than this, or a twentieth of a small disk.
const FREE_BYTES: u64 = 1 << 30;
const FREE_FILES: u64 = 10_000;

/// What is watched.
pub(crate) struct Watch {
    pub(crate) folder: PathBuf,
    pub(crate) leader: Pid,
    pub(crate) limits: Limits,
    /// The kernel does not bound the job's memory.
    pub(crate) memory: bool,
    /// The kernel does not bound the job's processes.
    pub(crate) processes: bool,
}

impl Watch {
    /// Returns when a limit is met, and which.
    pub(crate) async fn limit_met(&self) -> Ending {
        tokio::select! {
            () = sleep(Duration::from_millis(self.limits.time_ms)) => {
                Ending::TimeOver(self.limits.time_ms)
            }
            why = self.disk_filled() => Ending::Limit(why),
            why = self.disk_nearly_full() => Ending::Limit(why),
            why = self.processes_too_large() => Ending::Limit(why),
        }
    }

    /// Looks the less often the longer a look takes, so that a job with many files is not slowed.
    async fn disk_filled(&self) -> String {
        let limit = self.limits.disk_bytes;
        loop {
            let began = Instant::now();
            let folder = self.folder.clone();
            let measured = tokio::task::spawn_blocking(move || folder::measure(&folder)).await;
            match measured {
                Ok(Some(bytes)) if bytes > limit => {
                    let limit = wording::bytes(limit);
                    return format!("the job's files hold more than its disk limit of {limit}");
                }
                Ok(None) => return "the job's folders are nested too deeply".to_owned(),
                Ok(Some(_)) | Err(_) => {}
            }
            sleep((began.elapsed() * 20).clamp(TICK * 5, SLOWEST)).await;
        }
    }

    async fn disk_nearly_full(&self) -> String {
        while !is_nearly_full(&self.folder) {
            sleep(TICK).await;
        }
        "the runner's disk is nearly full: free some space there, or lower the jobs' disk limit"
            .to_owned()
    }

    async fn processes_too_large(&self) -> String {
        if !self.memory && !self.processes {
            return std::future::pending().await;
        }
        loop {
            let below = process::descendants(self.leader);
            if self.processes && below.len() as u64 > self.limits.processes {
                return format!(
                    "the job runs more than its limit of {} processes",
                    self.limits.processes
                );
            }
            if self.memory && process::resident_bytes(&below) > self.limits.memory_bytes {
                return out_of_memory(&self.limits);
            }
            sleep(TICK * 3).await;
        }
    }
}

/// What a job is told that used more memory than it may.
pub(crate) fn out_of_memory(limits: &Limits) -> String {
    format!("the job used more than its {} of memory", wording::bytes(limits.memory_bytes))
}

fn is_nearly_full(folder: &Path) -> bool {
    let Ok(disk) = rustix::fs::statvfs(folder) else { return false };
    let total = disk.f_blocks.saturating_mul(disk.f_frsize);
    let free = disk.f_bavail.saturating_mul(disk.f_frsize);
    let floor = FREE_BYTES.min(total / 20);
    // Some file systems do not count files at all.
    free < floor || (disk.f_files > 0 && disk.f_favail < FREE_FILES.min(disk.f_files / 20))
}
