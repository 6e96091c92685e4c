//! Reading a blob piece by piece: the next piece is read while the last one is on its way, so that
//! disk and network do not wait for each other. What has not been asked for is not read, but for
//! that one piece.

use std::fs::File;
use std::io::{self, Write};
use std::ops::Range;
use std::os::fd::{AsFd, BorrowedFd};
use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use rustix::buffer::spare_capacity;
use rustix::fs::{MemfdFlags, memfd_create};
use rustix::io::pread;
use tokio::task::{JoinHandle, spawn_blocking};

/// Bytes of one piece: large enough that handing it over costs little, small enough for a thousand
/// readers at once.
const PIECE: u64 = 256 * 1024;

/// A blob, or a part of it, that is open and not read yet.
#[derive(Debug, Clone)]
pub struct BlobPart {
    file: Arc<File>,
    first: u64,
    end: u64,
    is_in_memory: bool,
}

impl BlobPart {
    /// A file that lies in memory and is of these bytes. The system can send it as it sends a file of a disk,
    /// and never waits for one.
    ///
    /// # Errors
    /// If there is no room for one more open file.
    pub fn in_memory(bytes: &[u8]) -> io::Result<Self> {
        let mut file = File::from(memfd_create("rondo-blob", MemfdFlags::CLOEXEC)?);
        file.write_all(bytes)?;
        let end = bytes.len() as u64;
        Ok(Self { file: Arc::new(file), first: 0, end, is_in_memory: true })
    }

    /// Whether reading it never waits for a disk.
    pub fn is_in_memory(&self) -> bool {
        self.is_in_memory
    }

    /// How long it is, in bytes.
    pub fn length(&self) -> usize {
        usize::try_from(self.end - self.first).unwrap_or(usize::MAX)
    }

    /// The `length` bytes of it from `first` on, or as many of them as it has.
    #[must_use]
    pub fn part(&self, first: u64, length: u64) -> Self {
        let first = (self.first + first).min(self.end);
        Self { first, end: (first + length).min(self.end), ..self.clone() }
    }

    /// Opens the file at `path` for the `length` bytes from `first` on; none if there is no such file.
    pub(crate) async fn open(path: PathBuf, first: u64, length: u64) -> io::Result<Option<Self>> {
        let end = first + length;
        let opened = spawn_blocking(move || {
            let file = File::open(path)?;
            match file.metadata()?.len() < end {
                true => Err(io::Error::from(io::ErrorKind::UnexpectedEof)),
                false => Ok(file),
            }
        });
        match opened.await? {
            Ok(file) => Ok(Some(Self { file: Arc::new(file), first, end, is_in_memory: false })),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Where it lies in the file, in bytes.
    pub fn place(&self) -> Range<u64> {
        self.first..self.end
    }

    /// Reads it piece by piece.
    pub fn read(self) -> BlobReader {
        BlobReader { part: self, ahead: None }
    }
}

impl AsFd for BlobPart {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.file.as_fd()
    }
}

/// The bytes of a blob, or of a part of it, in order.
pub struct BlobReader {
    /// What is left of it.
    part: BlobPart,
    ahead: Option<JoinHandle<io::Result<Bytes>>>,
}

impl BlobReader {
    /// The next piece; none at the end.
    ///
    /// # Errors
    /// If the disk refuses, or the file is shorter than its row says.
    pub async fn piece(&mut self) -> io::Result<Option<Bytes>> {
        let Some(reading) = self.ahead.take().or_else(|| self.begin_next()) else {
            return Ok(None);
        };
        let piece = reading.await??;
        self.ahead = self.begin_next();
        Ok(Some(piece))
    }

    fn begin_next(&mut self) -> Option<JoinHandle<io::Result<Bytes>>> {
        let BlobPart { file, first, end, .. } = &mut self.part;
        let (file, at, wanted) = (Arc::clone(file), *first, PIECE.min(*end - *first));
        *first += wanted;
        (wanted > 0).then(|| spawn_blocking(move || read(&file, at, wanted)))
    }
}

fn read(file: &File, at: u64, length: u64) -> io::Result<Bytes> {
    let wanted = usize::try_from(length).map_err(io::Error::other)?;
    let mut bytes = Vec::with_capacity(wanted);
    while bytes.len() < wanted {
        let next = at + bytes.len() as u64;
        match pread(file, spare_capacity(&mut bytes), next) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
    // More may have been read where the allocator gave more than was asked for.
    bytes.truncate(wanted);
    Ok(bytes.into())
}
