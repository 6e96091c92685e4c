//! The first process of a job: it starts the steps on request, passes their output on, and takes
//! everything with it when it goes. In a sandbox it is process 1, so nothing inside can kill it and
//! every orphan is its child; without a sandbox it adopts orphans as a subreaper.
//!
//! It is one thread around one `poll`, decides nothing, and trusts its runner alone: what a job
//! writes is passed on as bytes. The words of the conversation are in `frame.rs`.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, PipeReader, Read as _, Write as _};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{
    DumpableBehavior, Pid, PidfdFlags, Resource, Rlimit, Signal, WaitOptions, WaitStatus,
};

use crate::frame::{self, Begin, Done, Exit, Kind, Program, Request, VERSION};
use crate::{browse, open_files, process};

/// The body of the hidden subcommand `rondo leader`: serves the runner at the other end of standard
/// input and output until that goes away, and returns an exit status. It is of no use to people.
pub fn leader() -> i32 {
    match lead() {
        Ok(()) => 0,
        Err(e) => {
            let _ = writeln!(io::stderr(), "leader: {e}");
            1
        }
    }
}

fn lead() -> io::Result<()> {
    let mut requests = File::from(io::stdin().as_fd().try_clone_to_owned()?);
    let mut replies = File::from(io::stdout().as_fd().try_clone_to_owned()?);
    match frame::read_request(&mut requests)? {
        Some(Request::Become { uid, gid }) => Err(exchange(uid, gid)),
        Some(Request::Begin(begin)) => {
            settle(&begin)?;
            frame::write_reply(&mut replies, Kind::Began, 0, &[])?;
            let leader = Leader { requests, replies, steps: HashMap::new(), leftover: Vec::new() };
            leader.serve()
        }
        Some(_) => Err(io::Error::other("the first request must be a beginning")),
        None => Ok(()),
    }
}

/// Runs this program again as another user under the same process id. Only what was not yet read
/// from standard input reaches it, which is why requests are never read ahead.
fn exchange(uid: u32, gid: u32) -> io::Error {
    match std::env::current_exe() {
        Ok(program) => {
            Command::new(program).args(std::env::args_os().skip(1)).uid(uid).gid(gid).exec()
        }
        Err(e) => e,
    }
}

fn settle(begin: &Begin) -> io::Result<()> {
    if begin.version != VERSION {
        let why = "the leader is of another version than its runner; restart the runner";
        return Err(io::Error::other(why));
    }
    // Undumpable: a step runs as the same user and could otherwise trace this process.
    rustix::process::set_dumpable_behavior(DumpableBehavior::NotDumpable)?;
    if rustix::process::getpid().is_init() {
        // Without a sandbox an orphaned leader must live on, to take its job down with it.
        rustix::process::set_parent_process_death_signal(Some(Signal::KILL))?;
    }
    rustix::process::set_child_subreaper(Some(rustix::process::getpid()))?;
    drop_capabilities()?;
    let user = rustix::process::getuid().as_raw();
    let processes = begin.processes.saturating_add(process::owned_by(user));
    limit(Resource::Nproc, processes)?;
    limit(Resource::Fsize, begin.file_bytes)?;
    begin.open_files.map_or(Ok(()), open_files::lower)?;
    limit(Resource::Core, 0)
}

/// A sandbox hands some down for [`exchange`]; an unconfined leader keeps what its runner has.
fn drop_capabilities() -> io::Result<()> {
    if rustix::process::geteuid().is_root() {
        return Ok(());
    }
    let none = rustix::thread::CapabilitySet::empty();
    let sets =
        rustix::thread::CapabilitySets { effective: none, permitted: none, inheritable: none };
    Ok(rustix::thread::set_capabilities(None, sets)?)
}

fn limit(resource: Resource, most: u64) -> io::Result<()> {
    let most = match rustix::process::getrlimit(resource).maximum {
        Some(already) => already.min(most),
        None => most,
    };
    let both = Rlimit { current: Some(most), maximum: Some(most) };
    Ok(rustix::process::setrlimit(resource, both)?)
}

struct Leader {
    requests: File,
    replies: File,
    steps: HashMap<u32, Step>,
    /// Pipes that outlived their step in the hands of background processes: read on and thrown
    /// away, because closing them would kill those processes at their next line.
    leftover: Vec<PipeReader>,
}

struct Step {
    pid: Pid,
    exit: OwnedFd,
    output: Option<PipeReader>,
    errors: Option<PipeReader>,
}

/// What `poll` found ready.
#[derive(Clone, Copy)]
enum Ready {
    Requests,
    Output(u32),
    Errors(u32),
    Exit,
    Leftover(usize),
}

impl Leader {
    fn serve(mut self) -> io::Result<()> {
        loop {
            for ready in self.wait()?.into_iter().rev() {
                match ready {
                    Ready::Requests => match frame::read_request(&mut self.requests)? {
                        None => return self.end(),
                        Some(request) => self.answer(request)?,
                    },
                    Ready::Output(id) => self.pass_on(id, Kind::Output)?,
                    Ready::Errors(id) => self.pass_on(id, Kind::Errors)?,
                    Ready::Exit => {}
                    Ready::Leftover(at) => self.discard(at),
                }
            }
            self.reap()?;
        }
    }

    /// Waits at most a second, so that orphans, which announce their end to nobody, get reaped.
    fn wait(&self) -> io::Result<Vec<Ready>> {
        let mut sources = vec![(Ready::Requests, self.requests.as_fd())];
        for (id, step) in &self.steps {
            sources.push((Ready::Exit, step.exit.as_fd()));
            sources.extend(step.output.iter().map(|pipe| (Ready::Output(*id), pipe.as_fd())));
            sources.extend(step.errors.iter().map(|pipe| (Ready::Errors(*id), pipe.as_fd())));
        }
        let leftover = self.leftover.iter().enumerate();
        sources.extend(leftover.map(|(at, pipe)| (Ready::Leftover(at), pipe.as_fd())));
        let watch = |(_, fd): &(Ready, _)| PollFd::from_borrowed_fd(*fd, PollFlags::IN);
        let mut polled: Vec<_> = sources.iter().map(watch).collect();
        match poll(&mut polled, Some(&Timespec { tv_sec: 1, tv_nsec: 0 })) {
            Err(rustix::io::Errno::INTR) | Ok(0) => return Ok(Vec::new()),
            answer => answer?,
        };
        let both = sources.iter().zip(&polled);
        Ok(both.filter(|(_, p)| !p.revents().is_empty()).map(|((r, _), _)| *r).collect())
    }

    fn answer(&mut self, request: Request) -> io::Result<()> {
        match request {
            Request::Start { id, program } => match start(&program) {
                Ok(step) => drop(self.steps.insert(id, step)),
                Err(e) => {
                    let why = format!("{}: {e}", program.words.first().map_or("", |w| w));
                    self.reply(Kind::Ended, id, &Exit::NotStarted(why))?;
                }
            },
            Request::Kill { id } => {
                if let Some(step) = self.steps.get(&id) {
                    kill(step.pid);
                }
            }
            Request::List { id, path, roots } => {
                let replies = &mut self.replies;
                let found = |entry| {
                    frame::write_reply(replies, Kind::Entry, id, &serde_json::to_vec(&entry)?)
                };
                let done = browse::list(&path, &roots, found)?;
                self.reply(Kind::Done, id, &done)?;
            }
            Request::Read { id, path, offset } => match browse::read(&path, offset) {
                Ok(piece) => frame::write_reply(&mut self.replies, Kind::Data, id, &piece)?,
                Err(e) => self.reply(Kind::Done, id, &Done::Refused(e.to_string()))?,
            },
            Request::Become { .. } | Request::Begin(_) => {
                return Err(io::Error::other("a request that only belongs at the beginning"));
            }
        }
        Ok(())
    }

    fn reply(&mut self, kind: Kind, id: u32, body: &impl serde::Serialize) -> io::Result<()> {
        frame::write_reply(&mut self.replies, kind, id, &serde_json::to_vec(body)?)
    }

    /// Passes on what one pipe holds; the pipe is forgotten at its end.
    fn pass_on(&mut self, id: u32, kind: Kind) -> io::Result<()> {
        let Some(step) = self.steps.get_mut(&id) else { return Ok(()) };
        let place = if kind == Kind::Output { &mut step.output } else { &mut step.errors };
        let Some(pipe) = place else { return Ok(()) };
        let mut bytes = [0; 64 * 1024];
        match pipe.read(&mut bytes) {
            Ok(0) | Err(_) => *place = None,
            Ok(length) => frame::write_reply(&mut self.replies, kind, id, &bytes[..length])?,
        }
        Ok(())
    }

    /// `at` stays right because [`Leader::serve`] visits what is ready from the back.
    fn discard(&mut self, at: usize) {
        let ended = |pipe: &mut PipeReader| !matches!(pipe.read(&mut [0; 64 * 1024]), Ok(1..));
        if self.leftover.get_mut(at).is_some_and(ended) {
            self.leftover.swap_remove(at);
        }
    }

    fn reap(&mut self) -> io::Result<()> {
        loop {
            match rustix::process::wait(WaitOptions::NOHANG) {
                Ok(Some((pid, status))) => self.ended(pid, status)?,
                Ok(None) | Err(rustix::io::Errno::CHILD) => return Ok(()),
                Err(rustix::io::Errno::INTR) => {}
                Err(e) => return Err(e.into()),
            }
        }
    }

    fn ended(&mut self, pid: Pid, status: WaitStatus) -> io::Result<()> {
        let Some(id) = self.steps.iter().find(|(_, s)| s.pid == pid).map(|(id, _)| *id) else {
            return Ok(());
        };
        self.drain(id, Kind::Output)?;
        self.drain(id, Kind::Errors)?;
        if let Some(step) = self.steps.remove(&id) {
            self.leftover.extend(step.output.into_iter().chain(step.errors));
        }
        let exit = match (status.exit_status(), status.terminating_signal()) {
            (Some(code), _) => Exit::Code(code),
            (None, Some(signal)) => Exit::Signal(signal),
            (None, None) => Exit::NotStarted("it ended in no known way".to_owned()),
        };
        self.reply(Kind::Ended, id, &exit)
    }

    /// Passes on what the step left in its pipe, and no more than a pipe can hold: whatever writes
    /// on and on in the background must not keep the step open.
    fn drain(&mut self, id: u32, kind: Kind) -> io::Result<()> {
        for _ in 0..PIPE_ROUNDS {
            let pipe = self.steps.get(&id).and_then(|step| match kind {
                Kind::Output => step.output.as_ref(),
                _ => step.errors.as_ref(),
            });
            let Some(pipe) = pipe else { return Ok(()) };
            let mut polled = [PollFd::new(pipe, PollFlags::IN)];
            let nothing = Timespec { tv_sec: 0, tv_nsec: 0 };
            if poll(&mut polled, Some(&nothing))? == 0 {
                return Ok(());
            }
            self.pass_on(id, kind)?;
        }
        Ok(())
    }

    /// The runner is gone. In a sandbox the kernel does this as well, when process 1 ends.
    fn end(self) -> io::Result<()> {
        process::kill_descendants(rustix::process::getpid());
        Ok(())
    }
}

/// One MiB, the most that a pipe of an ordinary user holds, in pieces of 64 KiB.
const PIPE_ROUNDS: usize = 16;

fn start(program: &Program) -> io::Result<Step> {
    let (first, rest) =
        program.words.split_first().ok_or_else(|| io::Error::other("there is no program"))?;
    std::fs::create_dir_all(&program.folder)
        .map_err(|e| io::Error::new(e.kind(), format!("the folder {}: {e}", program.folder)))?;
    let (output, writer) = io::pipe()?;
    let (errors, error_writer) = match program.apart {
        true => io::pipe().map(|(reader, writer)| (Some(reader), writer))?,
        false => (None, writer.try_clone()?),
    };
    let mut command = Command::new(first);
    command.args(rest).current_dir(&program.folder).env_clear();
    command.envs(program.environment.iter().map(|(name, value)| (name, value)));
    command.stdin(Stdio::null()).stdout(writer).stderr(error_writer).process_group(0);
    let child = command.spawn()?;
    let pid = Pid::from_child(&child);
    let exit = rustix::process::pidfd_open(pid, PidfdFlags::empty())?;
    Ok(Step { pid, exit, output: Some(output), errors })
}

/// The step, what descends from it, and its process group. Whatever left both by forking twice
/// lives until the job ends.
fn kill(pid: Pid) {
    let below = process::descendants(pid);
    // The shell first: one that sees its children die says so in the output.
    process::kill_each(&[pid]);
    let _ = rustix::process::kill_process_group(pid, Signal::KILL);
    process::kill_each(&below);
}
