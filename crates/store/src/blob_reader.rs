//! Reading a blob piece by piece: the next piece is read while the last one is on its way, so that
//! disk and network do not wait for each other. What has not been asked for is not read, but for
//! that one piece.

use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use rustix::buffer::spare_capacity;
use rustix::io::pread;
use tokio::task::{JoinHandle, spawn_blocking};

/// Bytes of one piece: large enough that handing it over costs little, small enough for a thousand
/// readers at once.
const PIECE: u64 = 256 * 1024;

/// The bytes of a blob, or of a part of it, in order.
pub struct BlobReader {
    file: Arc<File>,
    at: u64,
    end: u64,
    ahead: Option<Ahead>,
}

enum Ahead {
    Here(Bytes),
    Coming(JoinHandle<io::Result<Bytes>>),
}

impl BlobReader {
    /// Opens the file at `path` and reads the first piece of the `length` bytes from `first` on;
    /// none if there is no such file.
    pub(crate) async fn open(path: PathBuf, first: u64, length: u64) -> io::Result<Option<Self>> {
        let opened = spawn_blocking(move || {
            let file = File::open(path)?;
            let piece = read(&file, first, length.min(PIECE))?;
            Ok::<_, io::Error>((file, piece))
        });
        match opened.await? {
            Ok::<_, io::Error>((file, piece)) => {
                let at = first + piece.len() as u64;
                let ahead = (!piece.is_empty()).then_some(Ahead::Here(piece));
                Ok(Some(Self { file: Arc::new(file), at, end: first + length, ahead }))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The next piece; none at the end.
    ///
    /// # Errors
    /// If the disk refuses, or the file is shorter than its row says.
    pub async fn piece(&mut self) -> io::Result<Option<Bytes>> {
        let piece = match self.ahead.take() {
            None => return Ok(None),
            Some(Ahead::Here(piece)) => piece,
            Some(Ahead::Coming(reading)) => reading.await??,
        };
        let wanted = (self.end - self.at).min(PIECE);
        if wanted > 0 {
            let (file, at) = (Arc::clone(&self.file), self.at);
            self.at += wanted;
            self.ahead = Some(Ahead::Coming(spawn_blocking(move || read(&file, at, wanted))));
        }
        Ok(Some(piece))
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
