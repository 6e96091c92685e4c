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
use rondo_store::BlobPart;

/// Bytes of a file that is kept, at most.
const SMALL: i64 = 1024 * 1024;
/// Bytes of a file that is kept as bytes, at most: sending more by the system costs less than copying it.
const COPIED: usize = 64 * 1024;
/// Bytes of everything that is kept.
const ROOM: usize = 64 * 1024 * 1024;
/// What a row or a job is reckoned to take.
const ROW: usize = 512;
/// What a file that the system sends is reckoned to take at least: open files are few.
const OPEN: usize = 256 * 1024;

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
    content: Option<Content>,
}

/// All of a small file, in memory.
#[derive(Clone, Debug)]
pub enum Content {
    /// What is best copied into an answer.
    Bytes(Bytes),
    /// What is best sent by the system.
    File(BlobPart),
}

impl Content {
    /// Takes these bytes to where they are sent from.
    ///
    /// # Errors
    /// If there is no room for one more open file.
    pub(crate) fn of(bytes: Vec<u8>) -> std::io::Result<Self> {
        Ok(match bytes.len() {
            ..=COPIED => Self::Bytes(bytes.into()),
            _ => Self::File(BlobPart::in_memory(&bytes)?),
        })
    }

    /// What it is reckoned to take, in bytes.
    fn taken(&self) -> usize {
        match self {
            Self::Bytes(bytes) => bytes.len(),
            Self::File(file) => file.length().max(OPEN),
        }
    }
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
        let kept = Kept { artifact: Arc::clone(artifact), content: None };
        job.files.pin().get_or_insert(artifact.path.as_str().into(), kept);
    }

    /// What is kept of a file, if it is this very one: while its job went on there may have been another
    /// of its path.
    fn kept(&self, artifact: &Artifact) -> Option<(Arc<OfJob>, Kept)> {
        let job = self.job(artifact.job)?;
        let kept = job.files.pin().get(artifact.path.as_str()).cloned();
        kept.filter(|kept| kept.artifact.id == artifact.id).map(|kept| (job, kept))
    }

    /// What is in a file.
    pub(crate) fn content(&self, artifact: &Artifact) -> Option<Content> {
        self.kept(artifact)?.1.content
    }

    /// Whether what is in a file would be kept.
    pub(crate) fn takes_content(&self, artifact: &Artifact) -> bool {
        artifact.size <= SMALL && self.kept(artifact).is_some()
    }

    /// Keeps what is in a file, if it is small and known.
    pub(crate) fn keep_content(&self, artifact: &Artifact, content: Content) {
        if artifact.size > SMALL {
            return;
        }
        let Some((job, kept)) = self.kept(artifact) else { return };
        self.take(content.taken());
        // Where room had to be made, this job is forgotten, and what is noted in it goes with it.
        let kept = Kept { content: Some(content), ..kept };
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

    fn of(bytes: &[u8]) -> Content {
        Content::of(bytes.to_vec()).unwrap()
    }

    #[test]
    fn nothing_is_kept_of_a_job_that_is_not() {
        let files = Files::default();
        let file = artifact(1, "a", 3);
        files.keep_artifact(&file);
        files.keep_content(&file, of(b"abc"));
        assert!(files.artifact(file.job, "a").is_none() && files.content(&file).is_none());
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
            files.keep_content(file, of(b"abc"));
            assert_eq!(files.artifact(file.job, &file.path).unwrap().path, file.path);
        }
        assert!(matches!(files.content(&small), Some(Content::Bytes(bytes)) if bytes == "abc"));
        assert!(files.content(&large).is_none());
        files.keep_job(small.job, project);
        assert!(files.content(&small).is_some(), "a job that is kept again loses nothing");
    }

    #[test]
    fn a_file_that_was_replaced_while_its_job_went_on_is_never_kept() {
        let files = Files::default();
        let (before, last) = (of_id(1, 1, "a", 3), of_id(2, 1, "a", 3));
        files.keep_job(last.job, ProjectId::from_entropy([7; 16]));
        files.keep_content(&before, of(b"old"));
        assert!(files.artifact(last.job, "a").is_none());
        files.keep_artifact(&last);
        files.keep_content(&before, of(b"old"));
        assert!(files.content(&before).is_none() && files.content(&last).is_none());
        files.keep_content(&last, of(b"new"));
        assert!(matches!(files.content(&last), Some(Content::Bytes(bytes)) if bytes == "new"));
        assert!(files.content(&before).is_none());
    }

    #[test]
    fn what_is_kept_has_its_room_and_no_more() {
        let files = Files::default();
        let megabyte = of(&vec![0; SMALL as usize]);
        let mut most = 0;
        for number in 0..200_u8 {
            let file = artifact(number, "a", SMALL as usize);
            files.keep_job(file.job, ProjectId::from_entropy([7; 16]));
            files.keep_artifact(&file);
            files.keep_content(&file, megabyte.clone());
            let kept = (0..=number).filter(|n| files.content(&artifact(*n, "a", 1)).is_some());
            most = most.max(kept.count());
        }
        assert!((32..=64).contains(&most), "{most}");
    }

    #[test]
    fn files_that_the_system_sends_are_few() {
        let files = Files::default();
        let job = artifact(1, "a", 1).job;
        files.keep_job(job, ProjectId::from_entropy([7; 16]));
        let size = COPIED + 1;
        let mut most = 0;
        for number in 0..600 {
            let file = artifact(1, &number.to_string(), size);
            files.keep_job(job, ProjectId::from_entropy([7; 16]));
            files.keep_artifact(&file);
            let content = of(&vec![0; size]);
            assert!(matches!(&content, Content::File(file) if file.length() == size));
            files.keep_content(&file, content);
            let kept = files.job(job).map_or(0, |job| {
                let files = job.files.pin();
                files.values().filter(|kept| kept.content.is_some()).count()
            });
            most = most.max(kept);
        }
        assert!((200..=256).contains(&most), "{most}");
    }
}
