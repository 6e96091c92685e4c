//! Blobs on disk: artifacts, and the output of steps. An artifact is written under a temporary
//! name, synced, then renamed; an output grows at its end and is synced when its step ends.

use std::io::SeekFrom;
use std::path::{Path, PathBuf};

use rondo_domain::{ArtifactId, JobId};
use sha2::{Digest as _, Sha256};
use tokio::fs::{self, File, OpenOptions};
use tokio::io::{AsyncReadExt, AsyncSeekExt, AsyncWriteExt};

use crate::blob_reader::BlobPart;
use crate::error::Error;

/// The name of a blob. It is made of ids only, so no name from outside reaches the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlobName {
    /// The bytes of an artifact.
    Artifact(ArtifactId),
    /// The output of a step of an attempt of a job.
    Output {
        /// Which job.
        job: JobId,
        /// Which attempt, from 1.
        attempt: i64,
        /// Which step.
        step: i64,
    },
}

impl BlobName {
    fn path(self) -> PathBuf {
        match self {
            Self::Artifact(id) => {
                let id = id.to_string();
                PathBuf::from("artifact").join(&id[..2]).join(id)
            }
            Self::Output { job, attempt, step } => {
                let job = job.to_string();
                PathBuf::from("output").join(&job[..2]).join(job).join(format!("{attempt}-{step}"))
            }
        }
    }
}

/// The folder of blobs.
#[derive(Debug, Clone)]
pub struct Blobs {
    root: PathBuf,
}

impl Blobs {
    /// The blobs in this folder.
    pub fn new(root: PathBuf) -> Self {
        Self { root }
    }

    /// Removes what a server that was killed had begun and not finished.
    ///
    /// # Errors
    /// If the disk refuses.
    pub async fn sweep(&self) -> Result<(), Error> {
        let incoming = self.root.join("incoming");
        match fs::remove_dir_all(&incoming).await {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }

    /// Begins a new artifact.
    ///
    /// # Errors
    /// If the disk refuses.
    pub async fn begin(&self, id: ArtifactId) -> Result<PendingBlob, Error> {
        let temporary = self.root.join("incoming").join(id.to_string());
        let target = self.root.join(BlobName::Artifact(id).path());
        make_folder_of(&temporary).await?;
        let file = OpenOptions::new().write(true).create_new(true).open(&temporary).await?;
        Ok(PendingBlob { file, temporary, target, size: 0, digest: Sha256::new() })
    }

    /// Writes bytes of an output at an offset, so that the same bytes sent again change nothing.
    /// The length of the output after it.
    ///
    /// # Errors
    /// If the disk refuses, or `offset` would leave a gap.
    pub async fn write_output(
        &self,
        name: BlobName,
        offset: u64,
        bytes: &[u8],
    ) -> Result<u64, Error> {
        let path = self.root.join(name.path());
        make_folder_of(&path).await?;
        let mut file =
            OpenOptions::new().write(true).create(true).truncate(false).open(&path).await?;
        let length = file.metadata().await?.len();
        if offset > length {
            return Err(Error::Refused(format!("output has {length} bytes, not {offset}")));
        }
        file.seek(SeekFrom::Start(offset)).await?;
        file.write_all(bytes).await?;
        file.flush().await?;
        Ok(length.max(offset + bytes.len() as u64))
    }

    /// How many bytes a blob has; 0 if there is none.
    ///
    /// # Errors
    /// If the disk refuses.
    pub async fn length(&self, name: BlobName) -> Result<i64, Error> {
        match fs::metadata(self.root.join(name.path())).await {
            Ok(metadata) => Ok(i64::try_from(metadata.len()).unwrap_or(i64::MAX)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(0),
            Err(error) => Err(error.into()),
        }
    }

    /// Makes an output durable.
    ///
    /// # Errors
    /// If the disk refuses.
    pub async fn sync_output(&self, name: BlobName) -> Result<(), Error> {
        match File::open(self.root.join(name.path())).await {
            Ok(file) => Ok(file.sync_all().await?),
            // A step without output has no file.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// A blob's bytes from `offset` on, at most `most` of them; nothing if there is no such blob.
    ///
    /// # Errors
    /// If the disk refuses.
    pub async fn read(&self, name: BlobName, offset: u64, most: u64) -> Result<Vec<u8>, Error> {
        let mut file = match File::open(self.root.join(name.path())).await {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error.into()),
        };
        file.seek(SeekFrom::Start(offset)).await?;
        let mut bytes = Vec::new();
        file.take(most).read_to_end(&mut bytes).await?;
        Ok(bytes)
    }

    /// The `length` bytes of a blob from `first` on; none if there is no such blob.
    ///
    /// # Errors
    /// If the disk refuses, or the blob is shorter.
    pub async fn open(
        &self,
        name: BlobName,
        first: u64,
        length: u64,
    ) -> Result<Option<BlobPart>, Error> {
        match BlobPart::open(self.root.join(name.path()), first, length).await {
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
                Err(Error::Corrupt("blob"))
            }
            opened => Ok(opened?),
        }
    }
}

async fn make_folder_of(path: &Path) -> Result<(), Error> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).await?;
    }
    Ok(())
}

/// An artifact that is being written. Dropped before [`Self::finish`], it leaves nothing.
pub struct PendingBlob {
    file: File,
    temporary: PathBuf,
    target: PathBuf,
    size: u64,
    digest: Sha256,
}

impl PendingBlob {
    /// Adds bytes.
    ///
    /// # Errors
    /// If the disk refuses.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.file.write_all(bytes).await?;
        self.digest.update(bytes);
        self.size += bytes.len() as u64;
        Ok(())
    }

    /// How many bytes it has so far.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Makes it durable under its name: its size, and SHA-256 in hexadecimal digits.
    ///
    /// # Errors
    /// If the disk refuses.
    pub async fn finish(mut self) -> Result<(u64, String), Error> {
        self.file.flush().await?;
        self.file.sync_all().await?;
        make_folder_of(&self.target).await?;
        fs::rename(&self.temporary, &self.target).await?;
        if let Some(folder) = self.target.parent() {
            File::open(folder).await?.sync_all().await?;
        }
        let digest = std::mem::take(&mut self.digest).finalize();
        let hex = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        Ok((self.size, hex))
    }
}

impl Drop for PendingBlob {
    fn drop(&mut self) {
        // After `finish` there is nothing under the temporary name.
        let _ = std::fs::remove_file(&self.temporary);
    }
}
