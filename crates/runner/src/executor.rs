//! Opens the room that one job runs in, and closes it with everything in it. A room is made by
//! bubblewrap or by nothing at all; a further executor, such as a container engine, is a further way
//! to open one that ends in the same [`Room`]. What happens in a room is `job.rs`'s part.

use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, anyhow};
use rondo_wire::runner::Limits;
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};
use tokio::process::{ChildStdin, ChildStdout};
use tokio::sync::watch;
use tokio::time::timeout;

use crate::cgroup::Group;
use crate::folder::{Folder, Yard};
use crate::frame::{Begin, VERSION};
use crate::limit::Watch;
use crate::link::Link;
use crate::sandbox::{self, SYSTEM_PATH, Sandbox};
use crate::settings::{Containment, Settings};
use crate::{open_files, process, seccomp};

/// How long a leader may take to answer for the first time, or to die.
const PATIENCE: Duration = Duration::from_secs(20);

/// What a room is opened for.
pub(crate) struct Order<'a> {
    /// A plain word that no other room has.
    pub(crate) name: &'a str,
    /// The slot that this work holds.
    pub(crate) slot: usize,
    /// The room has the machine's network.
    pub(crate) network: bool,
    /// A repository on the host that is shown read-only.
    pub(crate) source: Option<&'a Path>,
    /// The directory that the work is done in; made writable wherever it is.
    pub(crate) working_directory: &'a str,
    /// What may be used in the room.
    pub(crate) limits: &'a Limits,
}

/// Where things are, as a job sees them.
#[derive(Debug, Clone)]
pub(crate) struct View {
    pub(crate) home: String,
    pub(crate) state: String,
    /// Git's settings for the runner's own calls of it.
    pub(crate) git_config: String,
    /// What is in the environment of every process, before anything else.
    pub(crate) environment: Vec<(String, String)>,
    /// Files are collected only from within these.
    pub(crate) roots: Vec<String>,
}

/// A place for a job, with a leader in it.
pub(crate) struct Room {
    pub(crate) link: Link,
    pub(crate) view: View,
    pub(crate) watch: Watch,
    folder: Folder,
    group: Arc<Group>,
    keeper: Keeper,
}

impl Room {
    /// Makes the room. On an error nothing of it is left.
    pub(crate) async fn open(
        yard: &Yard,
        settings: &Settings,
        order: &Order<'_>,
    ) -> anyhow::Result<Self> {
        let user = match settings.containment {
            Containment::Bubblewrap => sandbox::user_of(order.slot),
            Containment::Unconfined => None,
        };
        let folder = yard.make(order.name, user)?;
        match fill(settings, &folder, order, user).await {
            Ok((view, (link, keeper, group))) => {
                let watch = Watch {
                    folder: folder.path().to_owned(),
                    leader: keeper.leader,
                    limits: order.limits.clone(),
                    memory: !group.bounds_memory(),
                    processes: !group.bounds_processes(),
                };
                Ok(Self { link, view, watch, folder, group, keeper })
            }
            Err(e) => {
                let said = std::fs::read_to_string(folder.part("log")).unwrap_or_default();
                let said: String = said.trim().chars().take(2000).collect();
                // What cannot be removed now is removed at the runner's next start.
                let _ = folder.remove();
                Err(if said.is_empty() { e } else { anyhow!("{e:#}: {said}") })
            }
        }
    }

    /// Kills every process in the room, and returns when they are dead.
    pub(crate) async fn kill(&self) {
        self.keeper.kill().await;
        self.group.remove().await;
    }

    /// The kernel killed something in the room because its memory was used up.
    pub(crate) fn ran_out_of_memory(&self) -> bool {
        self.group.ran_out_of_memory()
    }

    /// A file that a job left in its state folder is there; what it holds is of no interest.
    pub(crate) fn has_state(&self, name: &str) -> bool {
        self.folder.part("state").join(name).symlink_metadata().is_ok()
    }

    /// Removes what is left of a room whose processes are dead.
    pub(crate) async fn remove(self) {
        let Self { folder, .. } = self;
        let removed = tokio::task::spawn_blocking(move || {
            folder.remove().with_context(|| format!("remove {}", folder.path().display()))
        });
        match removed.await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                tracing::error!("{error:#}; the next start of the runner tries again")
            }
            Err(_) => tracing::error!("the removal of a job's folder broke down"),
        }
    }
}

/// Puts into a job's folder what belongs there, and a leader into the room.
async fn fill(
    settings: &Settings,
    folder: &Folder,
    order: &Order<'_>,
    user: Option<(u32, u32)>,
) -> anyhow::Result<(View, (Link, Keeper, Arc<Group>))> {
    let mut view = furnish(settings.containment, folder, order, user)?;
    let work = sandbox::needs_place(order.working_directory);
    view.roots.extend(work.map(str::to_owned));
    let mut command = match settings.containment {
        Containment::Bubblewrap => Sandbox {
            program: &settings.program,
            folder,
            user,
            network: order.network,
            source: order.source,
            work,
            filter: write_filter(folder)?,
            shared_memory: order.limits.memory_bytes / 2,
        }
        .command(),
        Containment::Unconfined => unconfined(&settings.program, folder, &view),
    };
    let log = File::create(folder.part("log"))?;
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(log);
    let started = Started::start(command).await?;
    Ok((view, started.lead(settings.containment, user, order).await?))
}

/// Writes what a job finds in its room, and says where.
fn furnish(
    containment: Containment,
    folder: &Folder,
    order: &Order<'_>,
    user: Option<(u32, u32)>,
) -> anyhow::Result<View> {
    let host = |part: &str| folder.part(part).to_string_lossy().into_owned();
    let (home, state, bin, account) = match containment {
        Containment::Bubblewrap => (
            sandbox::HOME.to_owned(),
            sandbox::STATE.to_owned(),
            sandbox::BIN.to_owned(),
            sandbox::USER.to_owned(),
        ),
        Containment::Unconfined => (host("home"), host("state"), host("bin"), own_name()),
    };
    for (file, text) in sandbox::etc_files(user) {
        folder.write(&format!("etc/{file}"), &text, 0o644)?;
    }
    for tool in ["circleci", "circleci-agent"] {
        folder.write(&format!("bin/{tool}"), &agent(&state), 0o755)?;
    }
    let path = format!("{bin}:{home}/.local/bin:{home}/bin:{SYSTEM_PATH}");
    let mut environment: Vec<(String, String)> =
        [("PATH", &path), ("HOME", &home), ("USER", &account), ("LOGNAME", &account)]
            .map(|(name, value)| (name.to_owned(), value.clone()))
            .into();
    environment.push(("LANG".to_owned(), "C.UTF-8".to_owned()));
    environment.push(("SHELL".to_owned(), "/bin/bash".to_owned()));
    let git_config = match containment {
        Containment::Bubblewrap => "/etc/gitconfig".to_owned(),
        Containment::Unconfined => host("etc/gitconfig"),
    };
    let mut roots = vec![home.clone(), "/tmp".to_owned(), "/var/tmp".to_owned()];
    if containment == Containment::Bubblewrap && order.source.is_some() {
        // The host's git may be built to look for it elsewhere.
        environment.push(("GIT_CONFIG_SYSTEM".to_owned(), git_config.clone()));
    }
    if containment == Containment::Unconfined {
        environment.push(("TMPDIR".to_owned(), host("tmp")));
        // Left alone, ssh takes the configuration and the keys of the runner's own user.
        folder.make_part("home/.ssh", 0o700)?;
        folder.write("home/.ssh/config", "", 0o600)?;
        let config = format!("{home}/.ssh/config").replace('\'', r"'\''");
        environment.push(("GIT_SSH_COMMAND".to_owned(), format!("ssh -F '{config}'")));
        environment.push(mark(order.name));
        roots.push(host("tmp"));
    }
    Ok(View { home, state, git_config, environment, roots })
}

fn write_filter(folder: &Folder) -> io::Result<Option<PathBuf>> {
    let Some(filter) = seccomp::filter() else { return Ok(None) };
    let file = folder.part("filter");
    std::fs::write(&file, filter)?;
    Ok(Some(file))
}

/// What tells an unconfined job's processes from all others, should they get away from its leader.
fn mark(name: &str) -> (String, String) {
    ("RONDO_JOB_MARK".to_owned(), name.to_owned())
}

fn own_name() -> String {
    let uid = rustix::process::getuid().as_raw().to_string();
    let passwd = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    let mut lines = passwd.lines().map(|line| line.split(':'));
    let own = lines.find_map(|mut fields| {
        let name = fields.next()?;
        (fields.nth(1)? == uid).then(|| name.to_owned())
    });
    own.unwrap_or(uid)
}

/// What a job finds as `circleci` and `circleci-agent`.
fn agent(state: &str) -> String {
    let state = state.replace('\'', r"'\''");
    format!(
        "#!/bin/sh\n\
         case \"$1 $2\" in\n\
         'step halt'|'task halt') : > '{state}/halt' ;;\n\
         *) echo \"circleci $*: this server has only 'circleci step halt' so far.\" >&2; exit 1 ;;\n\
         esac\n"
    )
}

fn unconfined(program: &Path, folder: &Folder, view: &View) -> Command {
    let mut command = Command::new(program);
    command.arg("leader").env_clear().envs(view.environment.iter().map(|(n, v)| (n, v)));
    command.current_dir(folder.part("home")).process_group(0);
    command
}

/// A process whose leader has not yet answered.
struct Started {
    stdin: ChildStdin,
    stdout: ChildStdout,
    pid: Pid,
    handle: OwnedFd,
    ended: watch::Receiver<bool>,
}

impl Started {
    /// Starts it from a thread that lives as long as the process does: the kernel takes a thread's
    /// end for the parent's.
    async fn start(mut command: Command) -> anyhow::Result<Self> {
        let (sender, receiver) = tokio::sync::oneshot::channel();
        let (has_ended, ended) = watch::channel(false);
        let program = command.get_program().to_string_lossy().into_owned();
        std::thread::Builder::new().name("job".to_owned()).spawn(move || {
            let mut child = match command.spawn().and_then(take_parts) {
                Ok((child, parts)) => {
                    let _ = sender.send(Ok(parts));
                    child
                }
                Err(e) => return drop(sender.send(Err(e))),
            };
            let _ = child.wait();
            has_ended.send_replace(true);
        })?;
        let started = receiver.await.map_err(|_| anyhow!("the thread of a job broke down"))?;
        let (stdin, stdout, pid, handle) =
            started.with_context(|| format!("start {program} for a job"))?;
        let stdin = ChildStdin::from_std(stdin)?;
        let stdout = ChildStdout::from_std(stdout)?;
        Ok(Self { stdin, stdout, pid, handle, ended })
    }

    /// Talks to the leader for the first time; from then on no process of the job can get away.
    async fn lead(
        self,
        containment: Containment,
        user: Option<(u32, u32)>,
        order: &Order<'_>,
    ) -> anyhow::Result<(Link, Keeper, Arc<Group>)> {
        let begin = Begin {
            version: VERSION,
            processes: order.limits.processes,
            file_bytes: order.limits.disk_bytes,
            open_files: open_files::before(),
        };
        let opening = Link::open(self.stdin, self.stdout, user, begin);
        let mut keeper = Keeper {
            name: order.name.to_owned(),
            leader: self.pid,
            outer: self.handle,
            inner: None,
            ended: self.ended,
        };
        // The kernel takes its time over the first process that enters a group, and none over those
        // that follow soon; so the outer one enters while the leader is still on its way.
        let group = Arc::new(Group::make(order.name, order.limits));
        let (entering, pid) = (group.clone(), self.pid);
        let entering = tokio::task::spawn_blocking(move || entering.add(pid));
        let (opened, _) = tokio::join!(timeout(PATIENCE, opening), entering);
        let Ok(Ok(link)) = opened else {
            keeper.kill().await;
            group.remove().await;
            return Err(anyhow!("the job's leader does not answer"));
        };
        match keeper.settle(containment, &group) {
            Ok(()) => Ok((link, keeper, group)),
            Err(e) => {
                keeper.kill().await;
                group.remove().await;
                Err(e)
            }
        }
    }
}

type Parts = (std::process::ChildStdin, std::process::ChildStdout, Pid, OwnedFd);

fn take_parts(mut child: Child) -> io::Result<(Child, Parts)> {
    let pid = Pid::from_child(&child);
    let handle = pidfd_open(pid, PidfdFlags::empty())?;
    match (child.stdin.take(), child.stdout.take()) {
        (Some(stdin), Some(stdout)) => Ok((child, (stdin, stdout, pid, handle))),
        _ => Err(io::Error::other("a job's leader has no pipes")),
    }
}

/// Holds the life of a room's processes.
struct Keeper {
    name: String,
    leader: Pid,
    /// The process that was started: bubblewrap, or the leader itself.
    outer: OwnedFd,
    /// The leader as process 1 of a sandbox.
    inner: Option<OwnedFd>,
    ended: watch::Receiver<bool>,
}

impl Keeper {
    /// Finds the leader and bounds it, while it is still the only process there.
    fn settle(&mut self, containment: Containment, group: &Group) -> anyhow::Result<()> {
        if containment == Containment::Bubblewrap {
            let [leader] = process::descendants(self.leader)[..] else {
                return Err(anyhow!("the sandbox holds other processes than its leader"));
            };
            self.leader = leader;
            self.inner = Some(pidfd_open(leader, PidfdFlags::empty())?);
        }
        group.add(self.leader).context("put the job into its control group")
    }

    async fn kill(&self) {
        match &self.inner {
            // The kernel ends every process of a namespace with its first one, and only then lets
            // bubblewrap see the end of it.
            Some(inner) => drop(pidfd_send_signal(inner, Signal::KILL)),
            None => self.kill_unconfined().await,
        }
        let mut ended = self.ended.clone();
        if timeout(PATIENCE, ended.wait_for(|ended| *ended)).await.is_err() {
            tracing::error!(job = self.name, "a killed job does not end");
            let _ = pidfd_send_signal(&self.outer, Signal::KILL);
        }
    }

    /// The leader goes last: as long as it lives, orphans are its children and can be found.
    async fn kill_unconfined(&self) {
        // The number of a leader that is dead may be another process's by now.
        let leader = (!*self.ended.borrow()).then_some(self.leader);
        let (name, value) = mark(&self.name);
        let outer = self.outer.try_clone();
        let killing = tokio::task::spawn_blocking(move || {
            leader.into_iter().for_each(process::kill_descendants);
            let _ = outer.map(|outer| pidfd_send_signal(outer, Signal::KILL));
            process::kill_marked(&format!("{name}={value}"));
        });
        if killing.await.is_err() {
            tracing::error!(job = self.name, "killing a job broke down");
        }
    }
}
