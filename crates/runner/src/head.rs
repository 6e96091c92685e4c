//! Asks a repository which branch is its default one, with git in a sandbox of its own that holds nothing of
//! the machine but the system, the network and, for a repository of this machine, that. Nothing is fetched.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::git::{self, Address};
use crate::orb_tree::answer;
use crate::sandbox::Question;

/// How long git may take.
const WHOLE: Duration = Duration::from_secs(20);
/// The most characters of git's words that are passed on.
const WORDS: usize = 500;

/// Whoever owns a repository of this machine: nothing of it is run.
const CONFIG: &str = "[safe]\n\tdirectory = *\n";

/// The branch that the repository's `HEAD` names. A repository on this machine must lie within one of
/// `allowed`. One that is reached over SSH answers only to keys, and is not asked here.
///
/// # Errors
/// In words for people: it does not answer, or has no such branch yet.
pub async fn default_branch(url: &str, allowed: &[PathBuf]) -> Result<String, String> {
    let address = Address::parse(url, allowed, Path::new("/rondo"))?;
    let said = |why: &str| {
        let why: String = why.trim().chars().take(WORDS).collect();
        format!("{} does not say which branch is its default one: {why}", address.shown())
    };
    let mut config = tempfile::NamedTempFile::new().map_err(|error| said(&error.to_string()))?;
    config.write_all(CONFIG.as_bytes()).map_err(|error| said(&error.to_string()))?;
    let place = config.path().to_string_lossy();
    let environment = git::quiet_environment(address.protocol(), &place);
    let url = address.url();
    let words = ["git", "ls-remote", "--symref", "--", &url, "HEAD"];
    let seen: Vec<&Path> = address.local().into_iter().chain([config.path()]).collect();
    let question = Question { words: &words, environment: &environment, seen: &seen, own: None };
    let (good, printed, complaint) =
        answer(question.command(), WHOLE).await.map_err(|why| said(&why))?;
    if !good {
        return Err(said(&complaint.replace(&url, &address.shown())));
    }
    match read(&printed) {
        Some(branch) => git::name(branch, "branch").map_err(|why| said(&why)),
        None => Err(said("it has no branch yet, or its HEAD names none")),
    }
}

/// `ref: refs/heads/main`, a tab, `HEAD`.
fn read(printed: &str) -> Option<&str> {
    let mut lines = printed.lines().filter_map(|line| line.strip_prefix("ref: refs/heads/"));
    lines.find_map(|line| line.strip_suffix("\tHEAD"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_branch_that_head_names_is_read_and_no_other() {
        let check = |printed: &str, expected: Option<&str>| assert_eq!(read(printed), expected);
        check("ref: refs/heads/trunk\tHEAD\n0123\tHEAD\n", Some("trunk"));
        check("ref: refs/heads/release/2.x\tHEAD\n0123\tHEAD\n", Some("release/2.x"));
        check("ref: refs/heads/a\trefs/remotes/origin/HEAD\nref: refs/heads/b\tHEAD\n", Some("b"));
        check("0123\tHEAD\n", None);
        check("ref: refs/tags/v1\tHEAD\n", None);
        check("", None);
    }
}
