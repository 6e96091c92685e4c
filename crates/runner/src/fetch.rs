//! Finds the commit of a reference and reads its configuration, in a room of its own with nothing
//! in it but git. What the configuration means is the server's part.

use crate::claim::Runner;
use crate::executor::{Order, Room};
use crate::frame::{Exit, Program};
use crate::git::{Address, Wanted};
use crate::lease::Lease;
use crate::link::{Answer, Gone};
use crate::mask::Secrets;
use crate::ssh;
use rondo_wire::runner::{Commit, Fetch, Fetched, Limits, Ssh};

/// Where a configuration is, and how large it may be.
const CONFIG: &str = ".circleci/config.yml";
const CONFIG_BYTES: u64 = 3 << 20;

/// The most bytes that are taken of one answer of git's.
const ANSWER_BYTES: usize = 4 << 20;

/// The most characters of git's words that are passed on.
const WORDS: usize = 4096;

const LIMITS: Limits = Limits {
    time_ms: 300_000,
    output_bytes: 1 << 20,
    artifact_bytes: 0,
    disk_bytes: 20 << 30,
    memory_bytes: 2 << 30,
    processes: 256,
};

/// Does a fetch, and reports what came of it. A fetch that is cut short is left to its lease.
pub(crate) async fn work(runner: &Runner, slot: usize, lease: Lease, fetch: &Fetch) {
    tracing::info!(pipeline = fetch.pipeline, "a fetch begins");
    let fetched = match fetch_in_room(runner, slot, &lease, fetch).await {
        Some(fetched) => fetched.unwrap_or_else(|message| Fetched::Failed { message }),
        None => return tracing::info!(pipeline = fetch.pipeline, "a fetch is dropped"),
    };
    // What is refused is logged by the lease.
    let _ = lease.tell(&runner.stop, lease.report("", &fetched)).await;
}

async fn fetch_in_room(
    runner: &Runner,
    slot: usize,
    lease: &Lease,
    fetch: &Fetch,
) -> Option<Result<Fetched, String>> {
    let (address, wanted) =
        match (runner.address(&fetch.source.git_url), Wanted::parse(&fetch.source)) {
            (Ok(address), Ok(wanted)) => (address, wanted),
            (Err(why), _) | (_, Err(why)) => return Some(Err(why)),
        };
    let room = match open_room(runner, slot, fetch, &address).await {
        Ok(room) => room,
        Err(error) => return Some(Err(format!("no sandbox for git could be made: {error:#}"))),
    };
    let keys = fetch.ssh.as_deref();
    let git = Git::new(&room, &address, keys);
    let finding = async {
        if let Some(keys) = keys {
            ssh::install_checkout(&room, keys).await?;
        }
        git.find(&wanted).await
    };
    let found = tokio::select! {
        found = finding => Some(found),
        ending = room.watch.limit_met() => {
            Some(Err(ending.reason().unwrap_or_else(|| "git met a limit".to_owned())))
        }
        _ = lease.keep() => None,
        () = runner.stop.cancelled() => None,
    };
    room.kill().await;
    room.remove().await;
    found.map(|found| found.map_err(|why| in_words(&address, keys, &why)))
}

async fn open_room(
    runner: &Runner,
    slot: usize,
    fetch: &Fetch,
    address: &Address,
) -> anyhow::Result<Room> {
    let name = runner.yard.unused_name(&format!("fetch-{}", fetch.pipeline));
    let order = Order {
        name: &name,
        slot,
        network: address.local().is_none(),
        source: address.local(),
        working_directory: "~",
        limits: &LIMITS,
    };
    Room::open(&runner.yard, &runner.settings, &order).await
}

/// Names the repository, and nothing that must not be named.
fn in_words(address: &Address, keys: Option<&Ssh>, why: &str) -> String {
    let explained = ssh::explain(address, keys, why);
    let why = explained.as_deref().unwrap_or(why);
    let why = why.replace(&address.url(), &address.shown());
    let why = Secrets::new(address.password().as_deref()).cover(why.trim());
    let why: String = why.chars().take(WORDS).collect();
    format!("{}: {why}", address.shown())
}

/// Git in a room, with an empty repository to fetch into.
struct Git<'a> {
    room: &'a Room,
    address: &'a Address,
    environment: Vec<(String, String)>,
}

impl<'a> Git<'a> {
    fn new(room: &'a Room, address: &'a Address, keys: Option<&Ssh>) -> Self {
        let own = address.environment(&room.view, keys);
        let environment = room.view.environment.iter().cloned().chain(own).collect();
        Self { room, address, environment }
    }

    async fn find(&self, wanted: &Wanted) -> Result<Fetched, String> {
        self.git(&["init", "--quiet", "--bare", "--template="]).await?;
        let revision = self.bring(wanted).await?;
        let commit = self.commit(&revision).await?;
        let config = self.config(&revision).await?;
        Ok(Fetched::Commit { commit: Box::new(commit), config })
    }

    /// Brings as little as the server lets us. Some refuse to name a commit without a reference, or
    /// know no depth; then the whole history of the reference has to come along.
    async fn bring(&self, wanted: &Wanted) -> Result<String, String> {
        let reference = wanted.reference.full();
        let url = self.address.url();
        let target = wanted.revision.as_ref().unwrap_or(&reference);
        let little = ["fetch", "--quiet", "--no-tags", "--depth=1", "--", &url, target];
        if self.git(&little).await.is_err() {
            self.git(&["fetch", "--quiet", "--no-tags", "--", &url, &reference]).await?;
        }
        let name = wanted.revision.as_deref().unwrap_or("FETCH_HEAD");
        match self.git(&["rev-parse", "--quiet", "--verify", &format!("{name}^{{commit}}")]).await {
            Ok(found) => Ok(String::from_utf8_lossy(&found).trim().to_owned()),
            Err(_) => Err(format!("there is no commit {name} in {reference}")),
        }
    }

    async fn commit(&self, revision: &str) -> Result<Commit, String> {
        let format = "--format=%H%x00%s%x00%b%x00%an%x00%ae%x00%aI%x00%cn%x00%ce%x00%cI";
        let log = ["log", "-1", "--encoding=UTF-8", "--no-show-signature", format, revision, "--"];
        let answer = self.git(&log).await?;
        let text = String::from_utf8_lossy(&answer);
        let fields: Vec<&str> = text.trim_end_matches('\n').split('\0').collect();
        let [revision, subject, body, author, mail, date, committer, their_mail, their_date] =
            fields[..]
        else {
            return Err(format!("git describes the commit {revision} in no known way"));
        };
        Ok(Commit {
            revision: revision.to_owned(),
            subject: subject.to_owned(),
            body: body.trim_end().to_owned(),
            author_name: author.to_owned(),
            author_email: mail.to_owned(),
            author_date: date.to_owned(),
            committer_name: committer.to_owned(),
            committer_email: their_mail.to_owned(),
            committer_date: their_date.to_owned(),
        })
    }

    async fn config(&self, revision: &str) -> Result<Option<String>, String> {
        let listed = self.git(&["ls-tree", "-z", "--long", revision, "--", CONFIG]).await?;
        let listed = String::from_utf8_lossy(&listed);
        if listed.is_empty() {
            return Ok(None);
        }
        let fields: Vec<&str> = listed.split(['\0', '\t', ' ']).filter(|f| !f.is_empty()).collect();
        let [mode, "blob", blob, size, ..] = fields[..] else {
            return Err(format!("{CONFIG} is no file"));
        };
        if mode == "120000" {
            return Err(format!("{CONFIG} is a symbolic link; commit the file itself"));
        }
        if size.parse::<u64>().is_ok_and(|size| size > CONFIG_BYTES) {
            return Err(format!("{CONFIG} is larger than 3 MiB"));
        }
        let text = self.git(&["cat-file", "blob", blob]).await?;
        String::from_utf8(text).map(Some).map_err(|_| format!("{CONFIG} is not UTF-8 text"))
    }

    /// What git prints; or else its complaint.
    async fn git(&self, arguments: &[&str]) -> Result<Vec<u8>, String> {
        let folder = format!("{}/repository.git", self.room.view.home);
        let words = ["git", "-c", "core.hooksPath=/dev/null"].iter().chain(arguments);
        let program = Program {
            words: words.map(|word| (*word).to_owned()).collect(),
            environment: self.environment.clone(),
            folder,
            apart: true,
        };
        let gone = |_: Gone| match self.room.ran_out_of_memory() {
            true => "git used more memory than a fetch may".to_owned(),
            false => "the sandbox of git ended unexpectedly".to_owned(),
        };
        let answer = self.room.link.run(program, ANSWER_BYTES).await.map_err(gone)?;
        let Some(Answer { exit, printed, complaint }) = answer else {
            return Err("git has too much to say".to_owned());
        };
        match exit {
            Exit::Code(0) => Ok(printed),
            Exit::NotStarted(why) => Err(why),
            Exit::Code(_) | Exit::Signal(_) => {
                let complaint = String::from_utf8_lossy(&complaint).trim().to_owned();
                Err(if complaint.is_empty() {
                    format!("git ended with {exit:?}")
                } else {
                    complaint
                })
            }
        }
    }
}
