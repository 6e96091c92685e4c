//! The bytes of a connection. Head and body of a small answer leave in one piece: handing the system a
//! list of pieces costs it more than copying them costs here.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// What is copied at most, in bytes.
const SMALL: usize = 4096;

/// A connection's two directions.
pub(super) struct Wire {
    stream: TokioIo<TcpStream>,
    /// Where the pieces of an answer come together.
    whole: Vec<u8>,
    /// What was read already and is to be read again.
    read: Bytes,
    /// The last bytes that were to leave had to wait.
    is_behind: Arc<AtomicBool>,
}

impl Wire {
    pub(super) fn new(stream: TcpStream) -> Self {
        let (whole, read, is_behind) = (Vec::new(), Bytes::new(), Arc::default());
        Self { stream: TokioIo::new(stream), whole, read, is_behind }
    }

    /// Says at any time whether bytes wait to leave.
    pub(super) fn is_behind(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.is_behind)
    }

    /// The same, with these bytes to be read before all others.
    pub(super) fn before(self, read: Bytes) -> Self {
        Self { read, ..self }
    }

    /// What it writes to. Nothing may be read from it: bytes may have been read already.
    pub(super) fn stream(&mut self) -> &mut TcpStream {
        self.stream.inner_mut()
    }

    fn noted<T>(&self, written: Poll<T>) -> Poll<T> {
        self.is_behind.store(written.is_pending(), Ordering::Relaxed);
        written
    }
}

impl Read for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        mut buf: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        if self.read.is_empty() {
            return Pin::new(&mut self.stream).poll_read(cx, buf);
        }
        let length = self.read.len().min(buf.remaining());
        buf.put_slice(&self.read.split_to(length));
        Poll::Ready(Ok(()))
    }
}

impl Write for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, buf);
        self.noted(written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = &mut *self;
        let stream = Pin::new(&mut this.stream);
        if pieces.iter().map(|piece| piece.len()).sum::<usize>() > SMALL {
            let written = stream.poll_write_vectored(cx, pieces);
            return this.noted(written);
        }
        this.whole.clear();
        pieces.iter().for_each(|piece| this.whole.extend_from_slice(piece));
        // If not all of it leaves, the rest is asked to be written again.
        let written = stream.poll_write(cx, &this.whole);
        this.noted(written)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
