//! Files that builds kept, as downloads ask for them: which project a job is of, what is known of a file, and
//! the bytes of small ones. All of it is true for ever once a job has ended, since its files never change
//! then; of a job that goes on nothing is kept. What takes more room than there is makes all of it be
//! forgotten. Who may read a file is not known here: that is asked anew for every request.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use papaya::HashMap;
use rondo_domain::run::Artifact;
use rondo_domain::{JobId, ProjectId};

/// Bytes of a file that is kept, at most.
const SMALL: i64 = 1024 * 1024;
/// Bytes of everything that is kept.
const ROOM: usize = 64 * 1024 * 1024;
/// What a row or a job is reckoned to take.
const ROW: usize = 512;

/// What is kept of ended jobs.
#[derive(Default)]
pub(crate) struct Files {
    jobs: HashMap<JobId, Arc<OfJob>>,
    taken: AtomicUsize,
}

/// What is kept of one.
pub(crate) struct OfJob {
    pub(crate) project: ProjectId,
    files: HashMap<Box<str>, Kept>,
}

#[derive(Clone)]
struct Kept {
    artifact: Arc<Artifact>,
    bytes: Option<Bytes>,
}

impl Files {
    /// An ended job that is known.
    pub(crate) fn job(&self, job: JobId) -> Option<Arc<OfJob>> {
        self.jobs.pin().get(&job).cloned()
    }

    /// Keeps a job, which must have ended.
    pub(crate) fn keep_job(&self, job: JobId, project: ProjectId) {
        self.take(ROW);
        let known = OfJob { project, files: HashMap::new() };
        self.jobs.pin().get_or_insert(job, Arc::new(known));
    }

    /// What is known of a file.
    pub(crate) fn artifact(&self, job: JobId, path: &str) -> Option<Arc<Artifact>> {
        let job = self.job(job)?;
        job.files.pin().get(path).map(|kept| Arc::clone(&kept.artifact))
    }

    /// Keeps what is known of a file, if its job is kept.
    pub(crate) fn keep_artifact(&self, artifact: &Arc<Artifact>) {
        let Some(job) = self.job(artifact.job) else { return };
        self.take(ROW + artifact.path.len());
        let kept = Kept { artifact: Arc::clone(artifact), bytes: None };
        job.files.pin().get_or_insert(artifact.path.as_str().into(), kept);
    }

    /// What is kept of a file, if it is this very one: while its job went on there may have been another
    /// of its path.
    fn kept(&self, artifact: &Artifact) -> Option<(Arc<OfJob>, Kept)> {
        let job = self.job(artifact.job)?;
        let kept = job.files.pin().get(artifact.path.as_str()).cloned();
        kept.filter(|kept| kept.artifact.id == artifact.id).map(|kept| (job, kept))
    }

    /// The bytes of a file.
    pub(crate) fn bytes(&self, artifact: &Artifact) -> Option<Bytes> {
        self.kept(artifact)?.1.bytes
    }

    /// Whether the bytes of a file would be kept.
    pub(crate) fn takes_bytes(&self, artifact: &Artifact) -> bool {
        artifact.size <= SMALL && self.kept(artifact).is_some()
    }

    /// Keeps the bytes of a file, if it is small and known.
    pub(crate) fn keep_bytes(&self, artifact: &Artifact, bytes: Bytes) {
        if artifact.size > SMALL {
            return;
        }
        let Some((job, kept)) = self.kept(artifact) else { return };
        self.take(bytes.len());
        // Where room had to be made, this job is forgotten, and what is noted in it goes with it.
        let kept = Kept { bytes: Some(bytes), ..kept };
        job.files.pin().insert(artifact.path.as_str().into(), kept);
    }

    /// Makes room: all of it, where it does not suffice.
    fn take(&self, size: usize) {
        if self.taken.fetch_add(size, Ordering::Relaxed) + size > ROOM {
            self.jobs.pin().clear();
            self.taken.store(size, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use rondo_domain::ArtifactId;

    use super::*;

    fn artifact(job: u8, path: &str, size: usize) -> Arc<Artifact> {
        of_id(9, job, path, size)
    }

    fn of_id(id: u8, job: u8, path: &str, size: usize) -> Arc<Artifact> {
        Arc::new(Artifact {
            id: ArtifactId::from_entropy([id; 16]),
            job: JobId::from_entropy([job; 16]),
            path: path.to_owned(),
            size: i64::try_from(size).unwrap(),
            digest: "x".to_owned(),
        })
    }

    #[test]
    fn nothing_is_kept_of_a_job_that_is_not() {
        let files = Files::default();
        let file = artifact(1, "a", 3);
        files.keep_artifact(&file);
        files.keep_bytes(&file, Bytes::from_static(b"abc"));
        assert!(files.artifact(file.job, "a").is_none() && files.bytes(&file).is_none());
    }

    #[test]
    fn small_files_are_kept_and_large_ones_are_known() {
        let files = Files::default();
        let project = ProjectId::from_entropy([7; 16]);
        let (small, large) = (artifact(1, "a", 3), artifact(1, "b", SMALL as usize + 1));
        files.keep_job(small.job, project);
        assert_eq!(files.job(small.job).unwrap().project, project);
        for file in [&small, &large] {
            files.keep_artifact(file);
            files.keep_bytes(file, Bytes::from_static(b"abc"));
            assert_eq!(files.artifact(file.job, &file.path).unwrap().path, file.path);
        }
        assert_eq!(files.bytes(&small).unwrap(), "abc");
        assert!(files.bytes(&large).is_none());
        files.keep_job(small.job, project);
        assert!(files.bytes(&small).is_some(), "a job that is kept again loses nothing");
    }

    #[test]
    fn a_file_that_was_replaced_while_its_job_went_on_is_never_kept() {
        let files = Files::default();
        let (before, last) = (of_id(1, 1, "a", 3), of_id(2, 1, "a", 3));
        files.keep_job(last.job, ProjectId::from_entropy([7; 16]));
        files.keep_bytes(&before, Bytes::from_static(b"old"));
        assert!(files.artifact(last.job, "a").is_none());
        files.keep_artifact(&last);
        files.keep_bytes(&before, Bytes::from_static(b"old"));
        assert!(files.bytes(&before).is_none() && files.bytes(&last).is_none());
        files.keep_bytes(&last, Bytes::from_static(b"new"));
        assert_eq!(files.bytes(&last).unwrap(), "new");
        assert!(files.bytes(&before).is_none());
    }

    #[test]
    fn what_is_kept_has_its_room_and_no_more() {
        let files = Files::default();
        let megabyte = Bytes::from(vec![0; SMALL as usize]);
        let mut most = 0;
        for number in 0..200_u8 {
            let file = artifact(number, "a", megabyte.len());
            files.keep_job(file.job, ProjectId::from_entropy([7; 16]));
            files.keep_artifact(&file);
            files.keep_bytes(&file, megabyte.clone());
            let kept = (0..=number).filter(|n| files.bytes(&artifact(*n, "a", 1)).is_some());
            most = most.max(kept.count());
        }
        assert!((32..=64).contains(&most), "{most}");
    }
}
