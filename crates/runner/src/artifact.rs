//! The `store_artifacts` step: finds files in the job's room and streams them to the server, naming
//! each. What a job may see is what it may keep: files are read through the job's leader.

use bytes::Bytes;
use futures_util::stream;
use rondo_wire::client::{CallError, segment};
use rondo_wire::runner::StepStatus;
use tokio::sync::mpsc;
use tokio::time::{Duration, sleep};

use crate::action::{Action, Verdict};
use crate::frame::{Done, Entry};
use crate::job::Shift;
use crate::link::Gone;
use crate::wording;

const ATTEMPTS: u32 = 4;
const FIRST_PAUSE: Duration = Duration::from_millis(200);

/// Keeps the file or folder at `path`.
pub(crate) async fn store(
    shift: &Shift,
    action: &mut Action,
    path: &str,
    destination: Option<&str>,
) -> Verdict {
    match collect(shift, action, path, destination).await {
        Ok(verdict) => verdict,
        Err(Gone) => shift.verdict_when_gone(),
    }
}

async fn collect(
    shift: &Shift,
    action: &mut Action,
    path: &str,
    destination: Option<&str>,
) -> Result<Verdict, Gone> {
    let place = shift.place(Some(path));
    let (entries, done) = find(shift, place.clone()).await?;
    match done {
        Done::Listed => {}
        Done::Missing => {
            let words = format!("No artifact files found at {place}\n");
            return Ok(Verdict::new(StepStatus::Success, words));
        }
        Done::Refused(why) => {
            let words = format!("Nothing is kept of {place}: {why}\n");
            return Ok(Verdict::new(StepStatus::Failed, words));
        }
    }
    let prefix = prefix(path, destination);
    let (mut kept, mut failed) = (0_usize, 0_usize);
    for entry in entries {
        match entry {
            Entry::Skipped { name, why } => {
                let line = format!("Skipping {}: {why}\n", join(&place, &name));
                action.log.write(line.as_bytes()).await;
            }
            Entry::File { name, .. } if name.chars().any(char::is_control) => {
                let name = join(&place, &name);
                let why = "its name has a line break or another control character";
                let line = format!("Skipping {}: {why}\n", name.escape_debug());
                action.log.write(line.as_bytes()).await;
            }
            Entry::File { name, real, size } => {
                let name = join(&prefix, &name);
                match keep(shift, action, &name, &real, size).await? {
                    true => kept += 1,
                    false => failed += 1,
                }
            }
        }
    }
    Ok(match failed {
        0 => Verdict::new(StepStatus::Success, format!("Artifacts kept: {kept}\n")),
        _ => {
            let words = format!("Artifacts kept: {kept}, not kept: {failed}\n");
            Verdict::new(StepStatus::Failed, words)
        }
    })
}

/// Every file at a place in the job's room, and how the search ended.
pub(crate) async fn find(shift: &Shift, place: String) -> Result<(Vec<Entry>, Done), Gone> {
    let room = &shift.room;
    let mut listing = room.link.list(place, room.view.roots.clone()).await?;
    let mut entries = Vec::new();
    loop {
        match listing.next().await? {
            Ok(entry) => entries.push(entry),
            Err(done) => return Ok((entries, done)),
        }
    }
}

async fn keep(
    shift: &Shift,
    action: &mut Action,
    name: &str,
    real: &str,
    size: u64,
) -> Result<bool, Gone> {
    let limit = shift.job.limits.artifact_bytes;
    let said = format!("Uploading {name} ({})\n", wording::bytes(size));
    action.log.write(said.as_bytes()).await;
    if size > limit {
        let said = format!("It is larger than the limit of {}\n", wording::bytes(limit));
        action.log.write(said.as_bytes()).await;
        return Ok(false);
    }
    let place = format!("/artifact?path={}", segment(name));
    let mut pause = FIRST_PAUSE;
    for attempt in 1..=ATTEMPTS {
        let error = match send(shift, &place, real, size).await? {
            Ok(()) => return Ok(true),
            Err(error) => error,
        };
        action.log.write(format!("{error}\n").as_bytes()).await;
        let is_final = matches!(&error, Trouble::File(_))
            || matches!(&error, Trouble::Call(CallError::Refused(s, _)) if s.is_client_error());
        if is_final || attempt == ATTEMPTS {
            break;
        }
        sleep(pause).await;
        pause *= 4;
    }
    Ok(false)
}

/// Why an artifact did not arrive.
enum Trouble {
    File(String),
    Call(CallError),
}

impl std::fmt::Display for Trouble {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File(why) => f.write_str(why),
            Self::Call(error) => error.fmt(f),
        }
    }
}

async fn send(
    shift: &Shift,
    place: &str,
    real: &str,
    size: u64,
) -> Result<Result<(), Trouble>, Gone> {
    let (pieces, waiting) = mpsc::channel(2);
    let pieces_in_turn = stream::unfold(waiting, |mut waiting: mpsc::Receiver<_>| async {
        waiting.recv().await.map(|piece| (piece, waiting))
    });
    let body = reqwest::Body::wrap_stream(pieces_in_turn);
    let sending = shift.lease.upload_stream(place, size, body);
    let (fed, sent) = tokio::join!(feed(shift, real, size, pieces), sending);
    Ok(match (fed?, sent) {
        (Err(why), _) => Err(Trouble::File(why)),
        (Ok(()), sent) => sent.map_err(Trouble::Call),
    })
}

type Pieces = mpsc::Sender<Result<Bytes, std::io::Error>>;

/// Feeds exactly `size` bytes, which were promised; a file that has become shorter breaks the upload
/// off. A server that no longer listens has an answer of its own.
async fn feed(
    shift: &Shift,
    real: &str,
    size: u64,
    pieces: Pieces,
) -> Result<Result<(), String>, Gone> {
    let mut offset = 0;
    while offset < size {
        let piece = match shift.room.link.read(real, offset).await? {
            Ok(piece) if piece.is_empty() => Err("the file became shorter meanwhile".to_owned()),
            read => read,
        };
        let mut piece = match piece {
            Ok(piece) => piece,
            Err(why) => {
                let _ = pieces.send(Err(std::io::Error::other(why.clone()))).await;
                return Ok(Err(why));
            }
        };
        piece.truncate(usize::try_from(size - offset).unwrap_or(usize::MAX));
        offset += piece.len() as u64;
        if pieces.send(Ok(piece)).await.is_err() {
            break;
        }
    }
    Ok(Ok(()))
}

/// What the names of a step's artifacts begin with: the destination, or else the path as written.
fn prefix(path: &str, destination: Option<&str>) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in destination.unwrap_or(path).split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

fn join(prefix: &str, name: &str) -> String {
    match (prefix, name) {
        (prefix, "") => prefix.to_owned(),
        ("", name) => name.to_owned(),
        (prefix, name) => format!("{prefix}/{name}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn artifacts_are_named_after_their_destination_or_their_path() {
        let check = |path: &str, destination: Option<&str>, name: &str, expected: &str| {
            assert_eq!(join(&prefix(path, destination), name), expected);
        };
        check("dist", None, "a/b", "dist/a/b");
        check("./dist/", None, "a", "dist/a");
        check("/tmp/out", None, "a", "tmp/out/a");
        check("~/out", None, "a", "~/out/a");
        check(".", None, "a", "a");
        check("../x/../y", None, "a", "y/a");
        check("out/log.txt", None, "", "out/log.txt");
        check("out/log.txt", Some("log"), "", "log");
        check("out", Some("/x/./y"), "a", "x/y/a");
    }
}
