//! The `store_test_results` step: finds JUnit files in the job's room, reads them, and tells the
//! server each test. What is in such a file is read in `junit.rs`.

use rondo_wire::runner::{StepStatus, Test, Tests};

use crate::action::{Action, Verdict};
use crate::artifact;
use crate::frame::{Done, Entry};
use crate::job::Shift;
use crate::junit;
use crate::lease::Undelivered;
use crate::link::Gone;
use crate::wording;

/// The largest file that is read.
const FILE_BYTES: u64 = 25 << 20;

/// The most tests of one step.
const MOST_TESTS: usize = 100_000;

/// Keeps the results in the file or folder at `path`, found by the step with this ordinal.
pub(crate) async fn store(
    shift: &Shift,
    action: &mut Action,
    ordinal: usize,
    path: &str,
) -> Verdict {
    match collect(shift, action, path).await {
        Ok(Some(tests)) => send(shift, ordinal, tests).await,
        Ok(None) => {
            let words = "Found no path with test results, skipping\n";
            Verdict::new(StepStatus::Success, words)
        }
        Err(Gone) => shift.verdict_when_gone(),
    }
}

async fn collect(
    shift: &Shift,
    action: &mut Action,
    path: &str,
) -> Result<Option<Vec<Test>>, Gone> {
    let place = shift.place(Some(path));
    let (entries, done) = artifact::find(shift, place.clone()).await?;
    match done {
        Done::Listed => {}
        Done::Missing => return Ok(None),
        Done::Refused(why) => {
            action.log.write(format!("{place} cannot be read: {why}\n").as_bytes()).await;
            return Ok(None);
        }
    }
    let mut tests = Vec::new();
    for entry in entries {
        let said = match entry {
            Entry::File { name, .. } if !is_result(&name) => continue,
            Entry::File { name, real, size } => {
                read(shift, &name_of(&place, &name), &real, size, &mut tests).await?
            }
            Entry::Skipped { name, why } => format!("Skipping {}: {why}", name_of(&place, &name)),
        };
        action.log.write(format!("{said}\n").as_bytes()).await;
    }
    Ok(Some(tests))
}

fn name_of(place: &str, name: &str) -> String {
    if name.is_empty() { place.to_owned() } else { format!("{place}/{name}") }
}

/// A file that the path names itself may have any name; in a folder, results end in `.xml` and lie
/// in no hidden folder.
fn is_result(name: &str) -> bool {
    name.is_empty()
        || name.to_ascii_lowercase().ends_with(".xml")
            && !name.split('/').any(|part| part.starts_with('.'))
}

/// Reads one file, and says what was found.
async fn read(
    shift: &Shift,
    name: &str,
    real: &str,
    size: u64,
    tests: &mut Vec<Test>,
) -> Result<String, Gone> {
    if size > FILE_BYTES {
        let limit = wording::bytes(FILE_BYTES);
        return Ok(format!("Skipping {name}: it is larger than {limit}"));
    }
    let mut bytes = Vec::new();
    while bytes.len() as u64 <= FILE_BYTES {
        match shift.room.link.read(real, bytes.len() as u64).await? {
            Ok(piece) if piece.is_empty() => break,
            Ok(piece) => bytes.extend_from_slice(&piece),
            Err(why) => return Ok(format!("Skipping {name}: {why}")),
        }
    }
    let parsed = tokio::task::spawn_blocking(move || junit::parse(&bytes)).await;
    Ok(match parsed {
        Ok(Ok(mut found)) => {
            let count = found.len();
            found.truncate(MOST_TESTS - tests.len());
            let left_out = count - found.len();
            tests.append(&mut found);
            match left_out {
                0 => format!("Found {count} tests in {name}"),
                _ => format!("Found {count} tests in {name}; the last {left_out} are too many"),
            }
        }
        Ok(Err(why)) => format!(
            "failed uploading test results: File: {name} had the following problems:\n  * {why}"
        ),
        Err(_) => format!("Skipping {name}: reading it broke down"),
    })
}

async fn send(shift: &Shift, ordinal: usize, mut tests: Vec<Test>) -> Verdict {
    for test in &mut tests {
        cover(shift, test);
    }
    let count = tests.len();
    let report = Tests { step: u32::try_from(ordinal).unwrap_or(u32::MAX), tests };
    match shift.lease.report("/tests", &report).await {
        Ok(()) => Verdict::new(StepStatus::Success, format!("Test results kept: {count}\n")),
        Err(Undelivered::Gone) => shift.verdict_when_gone(),
        Err(Undelivered::Refused(why)) => {
            Verdict::new(StepStatus::Failed, format!("The test results are refused: {why}\n"))
        }
    }
}

fn cover(shift: &Shift, test: &mut Test) {
    for text in [&mut test.classname, &mut test.name] {
        *text = shift.secrets.cover(text);
    }
    for text in [&mut test.file, &mut test.message, &mut test.source].into_iter().flatten() {
        *text = shift.secrets.cover(text);
    }
}
