//! The runner's end of the conversation with a leader: many questions at once over one pair of
//! pipes, each answered in its own channel. What comes back was written beside other people's code
//! and is bounded here; it is not believed anywhere.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use serde::de::DeserializeOwned;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{ChildStdin, ChildStdout};
use tokio::sync::{mpsc, oneshot};

use crate::frame::{self, Begin, Done, Entry, Exit, Kind, Program, Request};

/// The leader is gone, and everything that it led with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Gone;

type Reply = (Kind, Bytes);
type Routes = Arc<Mutex<HashMap<u32, mpsc::Sender<Reply>>>>;

/// All that a process had to say.
pub(crate) struct Answer {
    pub(crate) exit: Exit,
    pub(crate) printed: Vec<u8>,
    /// Standard error, where that travels apart.
    pub(crate) complaint: Vec<u8>,
}

/// A leader that can be asked.
pub(crate) struct Link {
    requests: tokio::sync::Mutex<ChildStdin>,
    routes: Routes,
    next: std::sync::atomic::AtomicU32,
    reader: tokio::task::JoinHandle<()>,
}

impl Drop for Link {
    fn drop(&mut self) {
        self.reader.abort();
    }
}

impl Link {
    /// Sets the leader up and waits until it is.
    pub(crate) async fn open(
        stdin: ChildStdin,
        stdout: ChildStdout,
        user: Option<(u32, u32)>,
        begin: Begin,
    ) -> Result<Self, Gone> {
        let routes = Routes::default();
        let (began, has_begun) = oneshot::channel();
        let link = Self {
            requests: tokio::sync::Mutex::new(stdin),
            reader: tokio::spawn(read_replies(stdout, routes.clone(), began)),
            routes,
            next: std::sync::atomic::AtomicU32::new(1),
        };
        if let Some((uid, gid)) = user {
            link.send(&Request::Become { uid, gid }).await?;
        }
        link.send(&Request::Begin(begin)).await?;
        has_begun.await.map_err(|_| Gone)?;
        Ok(link)
    }

    /// Starts a process.
    pub(crate) async fn start(&self, program: Program) -> Result<Process<'_>, Gone> {
        let (id, replies) = self.ask();
        self.send(&Request::Start { id, program }).await?;
        Ok(Process { link: self, id, replies })
    }

    /// Runs a process to its end; nothing if it says more than `most` bytes in either way.
    pub(crate) async fn run(&self, program: Program, most: usize) -> Result<Option<Answer>, Gone> {
        let mut process = self.start(program).await?;
        let (mut printed, mut complaint) = (Vec::new(), Vec::new());
        loop {
            match process.next().await? {
                Event::Output(bytes) => printed.extend_from_slice(&bytes),
                Event::Errors(bytes) => complaint.extend_from_slice(&bytes),
                Event::Ended(exit) => return Ok(Some(Answer { exit, printed, complaint })),
            }
            if printed.len().max(complaint.len()) > most {
                return Ok(None);
            }
        }
    }

    /// Names the files at `path`.
    pub(crate) async fn list(&self, path: String, roots: Vec<String>) -> Result<Listing<'_>, Gone> {
        let (id, replies) = self.ask();
        self.send(&Request::List { id, path, roots }).await?;
        Ok(Listing { link: self, id, replies })
    }

    /// Reads a piece of a file from `offset`: empty at its end, and in words why not.
    pub(crate) async fn read(
        &self,
        path: &str,
        offset: u64,
    ) -> Result<Result<Bytes, String>, Gone> {
        let (id, mut replies) = self.ask();
        self.send(&Request::Read { id, path: path.to_owned(), offset }).await?;
        let answer = replies.recv().await.ok_or(Gone);
        self.forget(id);
        match answer? {
            (Kind::Data, piece) => Ok(Ok(piece)),
            (Kind::Done, body) => match parse(&body)? {
                Done::Refused(why) => Ok(Err(why)),
                Done::Missing | Done::Listed => Err(Gone),
            },
            _ => Err(Gone),
        }
    }

    fn ask(&self) -> (u32, mpsc::Receiver<Reply>) {
        let id = self.next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let (sender, replies) = mpsc::channel(16);
        if !self.reader.is_finished() {
            lock(&self.routes).insert(id, sender);
        }
        (id, replies)
    }

    fn forget(&self, id: u32) {
        lock(&self.routes).remove(&id);
    }

    async fn send(&self, request: &Request) -> Result<(), Gone> {
        let bytes = frame::encode_request(request).map_err(|_| Gone)?;
        self.requests.lock().await.write_all(&bytes).await.map_err(|_| Gone)
    }
}

/// A process that a leader started.
pub(crate) struct Process<'a> {
    link: &'a Link,
    id: u32,
    replies: mpsc::Receiver<Reply>,
}

/// What a process does.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// It wrote.
    Output(Bytes),
    /// It wrote to standard error, which was asked for apart.
    Errors(Bytes),
    /// It ended; nothing comes after this.
    Ended(Exit),
}

impl Process<'_> {
    /// What it does next.
    pub(crate) async fn next(&mut self) -> Result<Event, Gone> {
        match self.replies.recv().await.ok_or(Gone)? {
            (Kind::Output, bytes) => Ok(Event::Output(bytes)),
            (Kind::Errors, bytes) => Ok(Event::Errors(bytes)),
            (Kind::Ended, body) => parse(&body).map(Event::Ended),
            _ => Err(Gone),
        }
    }

    /// Kills it and what descends from it; its end still comes from [`Process::next`].
    pub(crate) async fn kill(&self) -> Result<(), Gone> {
        self.link.send(&Request::Kill { id: self.id }).await
    }
}

impl Drop for Process<'_> {
    fn drop(&mut self) {
        self.link.forget(self.id);
    }
}

/// The files at a path, one after another.
pub(crate) struct Listing<'a> {
    link: &'a Link,
    id: u32,
    replies: mpsc::Receiver<Reply>,
}

impl Listing<'_> {
    /// The next finding, or how the listing ended.
    pub(crate) async fn next(&mut self) -> Result<Result<Entry, Done>, Gone> {
        match self.replies.recv().await.ok_or(Gone)? {
            (Kind::Entry, body) => parse(&body).map(Ok),
            (Kind::Done, body) => parse(&body).map(Err),
            _ => Err(Gone),
        }
    }
}

impl Drop for Listing<'_> {
    fn drop(&mut self) {
        self.link.forget(self.id);
    }
}

/// Hands each reply to whoever waits for it. When the leader is gone every channel closes, which is
/// how all who wait learn of it.
async fn read_replies(mut from: ChildStdout, routes: Routes, began: oneshot::Sender<()>) {
    let mut began = Some(began);
    while let Some((kind, id, body)) = read_reply(&mut from).await {
        if kind == Kind::Began {
            if let Some(began) = began.take() {
                let _ = began.send(());
            }
            continue;
        }
        let route = lock(&routes).get(&id).cloned();
        if let Some(route) = route {
            // Nobody listens any more: the rest of that answer is not wanted.
            let _ = route.send((kind, body)).await;
        }
    }
    lock(&routes).clear();
}

async fn read_reply(from: &mut ChildStdout) -> Option<(Kind, u32, Bytes)> {
    let mut head = [0; frame::HEAD];
    from.read_exact(&mut head).await.ok()?;
    let (kind, id, length) = frame::read_head(head).ok()?;
    let mut body = vec![0; length];
    from.read_exact(&mut body).await.ok()?;
    Some((kind, id, body.into()))
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Gone> {
    serde_json::from_slice(body).map_err(|_| Gone)
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
