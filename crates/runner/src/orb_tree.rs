//! Git repositories of orbs: the newest commit's files, brought into a folder by git in a sandbox that
//! holds nothing of the machine but the system, that folder and the network. What the files mean, and
//! whether they are wanted, is the server's part.

use std::fs;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::process::Command;
use tokio::time::timeout;

use crate::git::{self, without_credentials};
use crate::mask::Secrets;
use crate::sandbox::Question;

/// How long git may take.
const WHOLE: Duration = Duration::from_secs(60);
/// The most characters of git's words that are passed on.
const WORDS: usize = 500;

/// Every value comes in as an argument, never as text of the script. Nothing stays of a repository but
/// its files: they lie in `trees`, each commit's in a folder of its own, which is there when it is whole.
/// A file of git's may have 256 MB, its memory 2 GB.
const SCRIPT: &str = r#"
set -euf
umask 077
url=$1 own=$2 wanted=$3
shift 3
ulimit -f 524288
ulimit -v 2097152
cd -- "$own"
rm -rf new
mkdir -p trees
listed=$(git ls-remote -- "$url" "$@")
set -- $listed
if [ $# -lt 2 ]; then
    echo "there is no $wanted" >&2
    exit 1
fi
id=$1 reference=$2
if [ ! -d "trees/$id" ]; then
    git init --quiet --bare --template= new
    cd new
    git fetch --quiet --no-tags --depth=1 -- "$url" "$reference" 2>/dev/null ||
        git fetch --quiet --no-tags -- "$url" "$reference"
    id=$(git rev-parse --verify FETCH_HEAD)
    if ! git ls-tree -r -l FETCH_HEAD |
        awk '{ bytes += $4 } END { exit bytes > 67108864 || NR > 20000 }'; then
        echo "it is larger than a repository of orbs may be: 20,000 files, 64 MB" >&2
        exit 1
    fi
    git read-tree FETCH_HEAD
    mkdir tree
    git --git-dir="$own/new" --work-tree="$own/new/tree" checkout-index --all --quiet
    cd ..
    [ -d "trees/$id" ] || mv new/tree "trees/$id"
    rm -rf new
fi
echo "$id"
"#;

/// Links become files that hold where they lead, nothing of the repository is run, and an address is
/// where it says it is.
const CONFIG: &str = "\
[safe]
	directory = *
[core]
	symlinks = false
	hooksPath = /dev/null
[http]
	followRedirects = false
";

/// A git repository of orbs: an `https` address or a path of this machine, maybe with `#` and the name of
/// a branch or tag behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrbRepository {
    place: Place,
    name: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    Remote(String),
    Local(PathBuf),
}

impl OrbRepository {
    /// Reads it as an operator writes it. Whether it is there is not looked at.
    ///
    /// # Errors
    /// In words for people, without credentials.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (address, name) = match text.split_once('#') {
            Some((address, name)) => (address, Some(git::name(name, "branch or tag")?)),
            None => (text, None),
        };
        let shown = without_credentials(address);
        let bad = address.is_empty() || address.starts_with('-');
        if bad || address.chars().any(|c| c.is_control() || c == ' ') {
            return Err(format!("{shown:?} is not the address of a git repository"));
        }
        let place = match address.split_once("://") {
            Some(("https", rest)) if !rest.is_empty() => Place::Remote(address.to_owned()),
            Some(("file", path)) if path.starts_with('/') => Place::Local(path.into()),
            None if !git::is_scp_like(address) => Place::Local(address.into()),
            _ => {
                return Err(format!(
                    "{shown:?} is no repository of orbs: write https://HOST/PATH, or a path of this machine"
                ));
            }
        };
        Ok(Self { place, name })
    }

    /// As people may see it.
    pub fn shown(&self) -> String {
        let address = match &self.place {
            Place::Remote(url) => without_credentials(url),
            Place::Local(path) => path.display().to_string(),
        };
        match &self.name {
            Some(name) => format!("{address}#{name}"),
            None => address,
        }
    }

    fn references(&self) -> Vec<String> {
        match &self.name {
            Some(name) => vec![format!("refs/heads/{name}"), format!("refs/tags/{name}")],
            None => vec!["HEAD".to_owned()],
        }
    }

    /// What of it must never be shown.
    fn password(&self) -> Option<String> {
        let Place::Remote(url) = &self.place else { return None };
        git::password(url)
    }
}

/// The files that were brought last into this folder.
pub fn kept_tree(folder: &Path) -> Option<PathBuf> {
    let id = fs::read_to_string(folder.join("newest")).ok()?;
    let tree = folder.join("trees").join(id.trim());
    (is_id(id.trim()) && tree.is_dir()).then_some(tree)
}

/// Brings the repository's newest files, unless they are there already: the folder that holds them.
/// `folder` is this repository's alone; others wait their turn. `authority` is a file of certificates
/// that are believed instead of the system's.
///
/// # Errors
/// In words for people: the repository is not there, is too large, or takes too long.
pub async fn bring_tree(
    repository: &OrbRepository,
    folder: &Path,
    authority: Option<&Path>,
) -> Result<PathBuf, String> {
    let said = |why: String| format!("the repository of orbs {}: {why}", repository.shown());
    let unusable = |error: std::io::Error| format!("{}: {error}", folder.display());
    let folder = make(folder).map_err(unusable)?;
    let turn = folder.join("lock");
    let turn = tokio::task::spawn_blocking(move || {
        let file = fs::File::create(turn)?;
        file.lock()?;
        Ok(file)
    });
    let turn = turn.await.map_err(|error| error.to_string())?;
    let _turn = turn.map_err(unusable)?;
    let id = ask(repository, &folder, authority).await.map_err(said)?;
    keep(&folder, &id).map_err(unusable)?;
    Ok(folder.join("trees").join(id))
}

/// The folder, for its owner only, with what git is told.
fn make(folder: &Path) -> std::io::Result<PathBuf> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let folder = folder.canonicalize()?;
    fs::write(folder.join("gitconfig"), CONFIG)?;
    Ok(folder)
}

async fn ask(
    repository: &OrbRepository,
    folder: &Path,
    authority: Option<&Path>,
) -> Result<String, String> {
    let (url, protocol, local) = match &repository.place {
        Place::Remote(url) => (url.clone(), "https", None),
        Place::Local(path) => {
            let real = path.canonicalize().map_err(|error| error.to_string())?;
            (real.to_string_lossy().into_owned(), "file", Some(real))
        }
    };
    let config = folder.join("gitconfig");
    let (own, config) = (folder.to_string_lossy(), config.to_string_lossy());
    let mut environment = git::quiet_environment(protocol, &config);
    let authority_path = authority.map(Path::to_string_lossy);
    if let Some(path) = &authority_path {
        environment.push(("GIT_SSL_CAINFO", path));
    }
    let wanted = match &repository.name {
        Some(name) => format!("branch or tag {name}"),
        None => "commit in it yet".to_owned(),
    };
    let references = repository.references();
    let mut words = vec!["/bin/sh", "-c", SCRIPT, "orbs", &url, &own, &wanted];
    words.extend(references.iter().map(String::as_str));
    let seen: Vec<&Path> = local.as_deref().into_iter().chain(authority).collect();
    let question =
        Question { words: &words, environment: &environment, seen: &seen, own: Some(folder) };
    let (good, printed, complaint) = answer(question.command(), WHOLE).await?;
    let id = printed.lines().last().unwrap_or_default().to_owned();
    if good && is_id(&id) {
        return Ok(id);
    }
    let complaint = complaint.replace(&url, &repository.shown());
    let complaint = Secrets::new(repository.password().as_deref()).cover(complaint.trim());
    let lines: Vec<&str> = complaint.lines().map(str::trim).collect();
    let complaint: String = lines.join("; ").chars().take(WORDS).collect();
    Err(if complaint.is_empty() { "git ended without a word".to_owned() } else { complaint })
}

/// Whether it ended well, what it printed, and what it complained of.
pub(crate) async fn answer(
    command: std::process::Command,
    whole: Duration,
) -> Result<(bool, String, String), String> {
    let mut command = Command::from(command);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
    let child = command.spawn().map_err(|error| error.to_string())?;
    let group = Group(child.id().and_then(|id| Pid::from_raw(id.cast_signed())));
    let output = timeout(whole, child.wait_with_output()).await;
    let output = output.map_err(|_| format!("git took more than {} s", whole.as_secs()))?;
    group.ended();
    let output = output.map_err(|error| error.to_string())?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ok((output.status.success(), text(&output.stdout), text(&output.stderr)))
}

/// The processes that were started: they end when nobody waits for them any longer.
struct Group(Option<Pid>);

impl Group {
    /// They have ended, and their number may be another's by now.
    fn ended(mut self) {
        self.0 = None;
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(pid) = self.0 {
            // An error means that they are gone.
            let _ = kill_process_group(pid, Signal::KILL);
        }
    }
}

/// Notes what is newest. What was so before stays, since somebody may be reading it; the rest goes.
fn keep(folder: &Path, id: &str) -> std::io::Result<()> {
    let before = kept_tree(folder);
    let newest = folder.join("trees").join(id);
    if before.as_deref() == Some(&newest) {
        return Ok(());
    }
    let note = folder.join("newest.new");
    fs::write(&note, id)?;
    fs::rename(note, folder.join("newest"))?;
    for entry in fs::read_dir(folder.join("trees"))? {
        let path = entry?.path();
        if path != newest && Some(&path) != before.as_ref() {
            fs::remove_dir_all(path)?;
        }
    }
    Ok(())
}

fn is_id(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|b| b.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repository_of_orbs_is_an_address_or_a_path() {
        let check = |text: &str, shown: &str| {
            assert_eq!(OrbRepository::parse(text).unwrap().shown(), shown);
        };
        check("https://git.example.com/acme/orbs.git", "https://git.example.com/acme/orbs.git");
        check("https://token@git.example.com/orbs#v1", "https://git.example.com/orbs#v1");
        check("/srv/git/orbs.git", "/srv/git/orbs.git");
        check("file:///srv/orbs#main", "/srv/orbs#main");
        check("orbs.git", "orbs.git");
        for wrong in [
            "",
            "https://",
            "http://git.example.com/orbs",
            "ssh://git@example.com/orbs",
            "git@example.com:orbs.git",
            "ext::sh -c id",
            "--upload-pack=id",
            "/srv/orbs#..",
            "/srv/orbs#-x",
            "/srv/a b",
        ] {
            assert!(OrbRepository::parse(wrong).is_err(), "{wrong}");
        }
        let refused = OrbRepository::parse("http://u:secret@h/p").unwrap_err();
        assert!(!refused.contains("secret"), "{refused}");
    }
}
