//! A file that the system sends by itself: its bytes go from the disk's cache to the network and never
//! come by here. hyper knows no such body. The connection is taken out of its hands before the answer's
//! head is written, and given back after the file's last byte.

use std::io;
use std::ops::Range;
use std::os::fd::{AsFd, OwnedFd};
use std::time::{Duration, Instant};

use axum::http::{HeaderMap, Version, header};
use axum::response::Response;
use hyper::body::{Body as _, Incoming};
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;
use rondo_app::BlobPart;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::sendfile;
use rustix::io::Errno;
use rustix::net::{SendFlags, send};
use tokio::io::Interest;
use tokio::net::TcpStream;
use tokio::task::spawn_blocking;

use crate::alive::Watch;

/// What the system is given to send at a time, in bytes. The client reads the last of it while the next is sent;
/// with more at a time the two would wait for each other.
const AT_ONCE: u64 = 128 * 1024;
/// How long a thread sends before it lets others have their turn.
const TURN: Duration = Duration::from_millis(100);
/// How long a thread waits for room in the connection: less than it costs to come back to it.
const PATIENCE: Timespec = Timespec { tv_sec: 0, tv_nsec: 1_000_000 };

/// Stands with an answer whose body is a part of a file, for whoever can send that without reading it.
#[derive(Clone)]
pub(crate) struct Straight {
    part: BlobPart,
    watch: Watch,
    /// The client wants no further answer on its connection.
    is_last: bool,
}

impl Straight {
    /// What answers a request with these headers.
    pub(crate) fn new(part: BlobPart, watch: Watch, headers: &HeaderMap) -> Self {
        Self { part, watch, is_last: is_last(headers) }
    }
}

/// Whether the client wants no further answer on its connection.
fn is_last(headers: &HeaderMap) -> bool {
    let named = headers.get_all(header::CONNECTION).into_iter();
    let mut words = named.filter_map(|value| value.to_str().ok()).flat_map(|v| v.split(','));
    words.any(|word| word.trim().eq_ignore_ascii_case("close"))
}

/// Whether an answer to this request may go past hyper, which must have nothing more to read of it.
pub(super) fn may_be(request: &hyper::Request<Incoming>) -> bool {
    request.version() == Version::HTTP_11 && request.body().is_end_stream()
}

/// An answer that is sent past hyper.
pub(super) struct Sending {
    head: Vec<u8>,
    straight: Straight,
}

impl Sending {
    /// None if the answer is not such a one.
    pub(super) fn of(answer: &mut Response) -> Option<Self> {
        let straight = answer.extensions_mut().remove::<Straight>()?;
        Some(Self { head: head(answer, straight.is_last), straight })
    }

    /// Sends all of it; whether the client may ask for more.
    ///
    /// # Errors
    /// If the client is gone, the answer is not granted any more, or the file cannot be read to its end.
    pub(super) async fn send(self, stream: &mut TcpStream) -> io::Result<bool> {
        let Straight { part, watch, is_last } = self.straight;
        send_head(stream, &self.head).await?;
        let (mut place, mut looks) = (part.place(), Watch::looks());
        while !place.is_empty() {
            let has_room = || match part.is_in_memory() {
                true => push_all(&*stream, &part, &mut place),
                false => would_block_unless(wait_for_room(&*stream, Timespec::default())?),
            };
            tokio::select! {
                biased;
                _ = looks.tick() => watch.look().await?,
                room = stream.async_io(Interest::WRITABLE, has_room) => {
                    room?;
                    if !part.is_in_memory() {
                        let (socket, part) = (stream.as_fd().try_clone_to_owned()?, part.clone());
                        place = spawn_blocking(move || push_long(&socket, &part, place)).await??;
                    }
                }
            }
        }
        Ok(!is_last)
    }
}

/// Sends the head, and has the system put what comes after it into the same packet.
async fn send_head(stream: &TcpStream, mut head: &[u8]) -> io::Result<()> {
    let flags = SendFlags::MORE | SendFlags::NOSIGNAL;
    while !head.is_empty() {
        let sent = stream.async_io(Interest::WRITABLE, || Ok(send(stream, head, flags)?)).await?;
        head = &head[sent..];
    }
    Ok(())
}

/// The head as hyper would write it.
fn head(answer: &Response, is_last: bool) -> Vec<u8> {
    let mut head = format!("HTTP/1.1 {}\r\n", answer.status()).into_bytes();
    let mut field = |name: &str, value: &[u8]| {
        for part in [name.as_bytes(), b": ", value, b"\r\n"] {
            head.extend_from_slice(part);
        }
    };
    for (name, value) in answer.headers() {
        field(name.as_str(), value.as_bytes());
    }
    if is_last {
        field("connection", b"close");
    }
    let now = DateTimePrinter::new().timestamp_to_rfc9110_string(&Timestamp::now());
    field("date", now.expect("this is a year of four digits").as_bytes());
    head.extend_from_slice(b"\r\n");
    head
}

/// Sends a piece of this place in a file, or as much of it as the connection takes; the place becomes what is left.
fn push(socket: impl AsFd, part: &BlobPart, place: &mut Range<u64>) -> io::Result<()> {
    let wanted = AT_ONCE.min(place.end - place.start);
    let wanted = usize::try_from(wanted).map_err(io::Error::other)?;
    match sendfile(socket, part, Some(&mut place.start), wanted) {
        Ok(0) => Err(io::ErrorKind::UnexpectedEof.into()),
        Ok(_) | Err(Errno::INTR) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Sends as much as the connection takes, of a file that is small: nobody waits for long meanwhile.
fn push_all(socket: impl AsFd, part: &BlobPart, place: &mut Range<u64>) -> io::Result<()> {
    while !place.is_empty() {
        push(&socket, part, place)?;
    }
    Ok(())
}

/// Sends what the connection takes, for as long as it is this thread's turn; what is left. The disk may let it
/// wait.
fn push_long(socket: &OwnedFd, part: &BlobPart, mut place: Range<u64>) -> io::Result<Range<u64>> {
    let over = Instant::now() + TURN;
    while !place.is_empty() && Instant::now() < over {
        match push(socket, part, &mut place) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                if !wait_for_room(socket, PATIENCE)? {
                    break;
                }
            }
            sent => sent?,
        }
    }
    Ok(place)
}

fn wait_for_room(socket: impl AsFd, most: Timespec) -> io::Result<bool> {
    match poll(&mut [PollFd::new(&socket, PollFlags::OUT)], Some(&most)) {
        Ok(ready) => Ok(ready > 0),
        Err(Errno::INTR) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

fn would_block_unless(has_room: bool) -> io::Result<()> {
    if has_room { Ok(()) } else { Err(io::ErrorKind::WouldBlock.into()) }
}
