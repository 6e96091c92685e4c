//! The words between a runner and its leader, and how they travel: requests as length-prefixed JSON
//! down the leader's standard input, replies as tagged frames up its standard output. Both ends are
//! here, so that they cannot drift apart. Who says what, and when, is in `leader.rs` and `link.rs`.

use std::io::{self, Read, Write};

use serde::{Deserialize, Serialize};

/// Bumped with every change of this file: a leader of another version refuses to begin.
pub(crate) const VERSION: u32 = 2;

/// The most bytes of one frame; a leader that claims more is broken or hostile.
pub(crate) const MOST: usize = 1 << 20;

/// The bytes of a reply's head: kind, id, length.
pub(crate) const HEAD: usize = 9;

/// What a runner asks of its leader.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Request {
    /// Give up root for this user, keeping the process id.
    Become { uid: u32, gid: u32 },
    /// The first request that is answered (by [`Kind::Began`]).
    Begin(Begin),
    /// Start a process; answered by output and one [`Kind::Ended`].
    Start { id: u32, program: Program },
    /// Kill a process and what it started.
    Kill { id: u32 },
    /// Name the files at a path; answered by [`Kind::Entry`] and one [`Kind::Done`].
    List { id: u32, path: String, roots: Vec<String> },
    /// Read a piece of a file; answered by [`Kind::Data`] (empty: the end) or [`Kind::Done`].
    Read { id: u32, path: String, offset: u64 },
}

/// How a leader sets itself up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Begin {
    /// [`VERSION`] of the runner.
    pub(crate) version: u32,
    /// The most processes and threads at a time.
    pub(crate) processes: u64,
    /// The most bytes of one file.
    pub(crate) file_bytes: u64,
    /// The most open files of one process, until it raises that itself; none: as the leader has it.
    pub(crate) open_files: Option<u64>,
}

/// A process to start.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Program {
    /// The program, then its arguments.
    pub(crate) words: Vec<String>,
    /// Its whole environment; of two with one name the later wins.
    pub(crate) environment: Vec<(String, String)>,
    /// Where it runs; created if it is missing.
    pub(crate) folder: String,
    /// Standard error travels apart from standard output instead of in one stream with it.
    pub(crate) apart: bool,
}

/// How a process ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Exit {
    /// By itself, with this code.
    Code(i32),
    /// By this signal.
    Signal(i32),
    /// It never ran.
    NotStarted(String),
}

/// One finding of [`Request::List`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Entry {
    /// A regular file.
    File {
        /// Below the listed path with `/` between; empty: the listed path itself.
        name: String,
        /// Where it can be read, with no link left in it.
        real: String,
        /// Bytes.
        size: u64,
    },
    /// Something that is left out, and why.
    Skipped { name: String, why: String },
}

/// The end of [`Request::List`], or of a [`Request::Read`] that failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Done {
    /// Everything was named.
    Listed,
    /// Nothing is there.
    Missing,
    /// It cannot be had, and why.
    Refused(String),
}

/// What a reply is; its number is its first byte on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The leader is set up.
    Began = 1,
    /// Bytes of a process's output.
    Output = 2,
    /// Bytes of a process's standard error, where that was asked for apart.
    Errors = 3,
    /// An [`Exit`].
    Ended = 4,
    /// An [`Entry`].
    Entry = 5,
    /// A [`Done`].
    Done = 6,
    /// Bytes of a file.
    Data = 7,
}

impl Kind {
    const ALL: [Self; 7] =
        [Self::Began, Self::Output, Self::Errors, Self::Ended, Self::Entry, Self::Done, Self::Data];

    fn from_byte(byte: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| *kind as u8 == byte)
    }
}

/// Reads a reply's head: what it is, whom it answers, and the length of its body.
///
/// # Errors
/// If the kind is unknown or the body is longer than [`MOST`].
pub(crate) fn read_head(head: [u8; HEAD]) -> io::Result<(Kind, u32, usize)> {
    let [kind, a, b, c, d, rest @ ..] = head;
    let length = u32::from_le_bytes(rest) as usize;
    match Kind::from_byte(kind) {
        Some(kind) if length <= MOST => Ok((kind, u32::from_le_bytes([a, b, c, d]), length)),
        _ => Err(io::Error::new(io::ErrorKind::InvalidData, "a reply of the leader is malformed")),
    }
}

/// Writes one reply.
///
/// # Errors
/// If the pipe is gone.
pub(crate) fn write_reply(to: &mut impl Write, kind: Kind, id: u32, body: &[u8]) -> io::Result<()> {
    let mut head = [kind as u8; HEAD];
    head[1..5].copy_from_slice(&id.to_le_bytes());
    head[5..].copy_from_slice(&length(body)?.to_le_bytes());
    to.write_all(&head)?;
    to.write_all(body)
}

/// A request as it travels.
///
/// # Errors
/// If it is longer than 4 GiB.
pub(crate) fn encode_request(request: &Request) -> io::Result<Vec<u8>> {
    let body = serde_json::to_vec(request)?;
    let mut bytes = length(&body)?.to_le_bytes().to_vec();
    bytes.extend_from_slice(&body);
    Ok(bytes)
}

/// Reads one request and not a byte more; `None` if the runner is gone.
///
/// # Errors
/// If the pipe breaks off inside a request, or its JSON cannot be read.
pub(crate) fn read_request(from: &mut impl Read) -> io::Result<Option<Request>> {
    let mut head = [0; 4];
    match from.read_exact(&mut head) {
        Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        read => read?,
    }
    let mut body = Vec::new();
    let length = u32::from_le_bytes(head);
    from.take(length.into()).read_to_end(&mut body)?;
    Ok(Some(serde_json::from_slice(&body)?))
}

fn length(body: &[u8]) -> io::Result<u32> {
    u32::try_from(body.len()).map_err(|_| io::Error::other("a frame of more than 4 GiB"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_survives_the_way_and_leaves_what_follows_unread() {
        let request = Request::Read { id: 7, path: "/x".into(), offset: 3 };
        let mut bytes = encode_request(&request).unwrap();
        bytes.extend_from_slice(b"next");
        let mut rest = bytes.as_slice();
        assert_eq!(read_request(&mut rest).unwrap(), Some(request));
        assert_eq!(rest, b"next");
        assert_eq!(read_request(&mut &[][..]).unwrap(), None);
    }

    #[test]
    fn a_reply_that_is_too_long_or_of_no_known_kind_is_refused() {
        let mut bytes = Vec::new();
        write_reply(&mut bytes, Kind::Data, 9, b"abc").unwrap();
        let head: [u8; HEAD] = bytes[..HEAD].try_into().unwrap();
        assert_eq!(read_head(head).unwrap(), (Kind::Data, 9, 3));
        assert!(read_head([7, 0, 0, 0, 0, 255, 255, 255, 255]).is_err());
        assert!(read_head([99, 0, 0, 0, 0, 0, 0, 0, 0]).is_err());
    }
}
