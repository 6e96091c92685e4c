//! What git is told, and how: addresses of repositories that may be built, names of branches and
//! tags, and an environment in which git asks nobody and runs nothing that a repository brought.
//! Fetches of commits, checkout steps and repositories of orbs speak to git through here.

use std::path::{Path, PathBuf};

use rondo_wire::runner::{Source, Ssh};

use crate::executor::View;
use crate::ssh;

/// Where a repository is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Address {
    /// On another machine, reached over this protocol.
    Remote {
        /// As git is given it.
        url: String,
        /// The protocol's name for git.
        protocol: &'static str,
    },
    /// On this machine, with no link left in the path.
    Local(PathBuf),
}

/// Places in which no repository is, whatever an operator allows.
const NEVER: [&str; 4] = ["/proc", "/sys", "/dev", "/rondo"];

impl Address {
    /// Reads an address. A repository on this machine must lie within one of `allowed`, and apart
    /// from `folder`, which holds the runner's own things.
    ///
    /// # Errors
    /// In words for people, naming the address without its credentials.
    pub(crate) fn parse(url: &str, allowed: &[PathBuf], folder: &Path) -> Result<Self, String> {
        if url.starts_with('-') || url.chars().any(|c| c.is_control() || c == ' ') {
            return Err(format!("{url:?} is not the address of a git repository"));
        }
        if let Some(path) = url.strip_prefix("file://").or(url.starts_with('/').then_some(url)) {
            return local(Path::new(path), allowed, folder).map(Self::Local);
        }
        let protocol = match url.split_once("://") {
            Some(("https", _)) => "https",
            Some(("http", _)) => "http",
            Some(("ssh", _)) => "ssh",
            None if is_scp_like(url) => "ssh",
            _ => {
                return Err(format!(
                    "{:?} is not the address of a git repository that can be built; write \
                     https://HOST/PATH, ssh://HOST/PATH, git@HOST:PATH or an absolute path",
                    without_credentials(url)
                ));
            }
        };
        Ok(Self::Remote { url: url.to_owned(), protocol })
    }

    /// As git is given it.
    pub(crate) fn url(&self) -> String {
        match self {
            Self::Remote { url, .. } => url.clone(),
            Self::Local(path) => path.to_string_lossy().into_owned(),
        }
    }

    /// As people may see it.
    pub(crate) fn shown(&self) -> String {
        without_credentials(&self.url())
    }

    /// What of it must never be shown.
    pub(crate) fn password(&self) -> Option<String> {
        let Self::Remote { url, .. } = self else { return None };
        password(url)
    }

    /// The folder on this machine.
    pub(crate) fn local(&self) -> Option<&Path> {
        match self {
            Self::Remote { .. } => None,
            Self::Local(path) => Some(path),
        }
    }

    /// The protocol's name for git.
    pub(crate) fn protocol(&self) -> &'static str {
        match self {
            Self::Remote { protocol, .. } => protocol,
            Self::Local(_) => "file",
        }
    }

    /// The host as a `known_hosts` file has it, if it is reached over SSH.
    pub(crate) fn host(&self) -> Option<String> {
        let Self::Remote { url, protocol: "ssh" } = self else { return None };
        let authority = match url.strip_prefix("ssh://") {
            Some(rest) => rest.split('/').next()?,
            None => url.split_once(':')?.0,
        };
        let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        let bracketed = host.strip_prefix('[').and_then(|rest| rest.split_once(']'));
        let (name, port) = match (bracketed, host.split_once(':')) {
            (Some((name, rest)), _) => (name, rest.strip_prefix(':')),
            (None, Some((name, port))) => (name, Some(port)),
            (None, None) => (host, None),
        };
        let name = name.to_ascii_lowercase();
        Some(match port.filter(|port| *port != "22") {
            Some(port) => format!("[{name}]:{port}"),
            None => name,
        })
    }

    /// The environment of git's processes, on top of whatever the job has.
    pub(crate) fn environment(&self, view: &View, ssh: Option<&Ssh>) -> Vec<(String, String)> {
        let ssh = ssh::command(view, ssh);
        let quiet = quiet_environment(self.protocol(), &view.git_config).into_iter();
        quiet
            .chain([("GIT_SSH_COMMAND", ssh.as_str())])
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect()
    }
}

/// An environment in which git speaks one protocol, asks nobody, and reads no configuration but this file.
pub(crate) fn quiet_environment<'a>(protocol: &'a str, config: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("GIT_ALLOW_PROTOCOL", protocol),
        ("GIT_TERMINAL_PROMPT", "0"),
        ("GIT_ASKPASS", ""),
        ("SSH_ASKPASS", ""),
        ("GIT_CONFIG_NOSYSTEM", "1"),
        ("GIT_CONFIG_GLOBAL", config),
    ]
}

/// `user@host:path`, as scp has it; a second colon would name a program of git's.
pub(crate) fn is_scp_like(url: &str) -> bool {
    let Some((host, path)) = url.split_once(':') else { return false };
    let plain = |c: char| c.is_ascii_alphanumeric() || "@.-_".contains(c);
    host.contains('@') && host.chars().all(plain) && !path.is_empty() && !path.starts_with(':')
}

/// The scheme, the user with its password, and what follows.
fn take_apart(url: &str) -> Option<(&str, &str, &str)> {
    let (scheme, rest) = url.split_once("://")?;
    let end = rest.find('/').unwrap_or(rest.len());
    let at = rest[..end].rfind('@')?;
    Some((scheme, &rest[..at], &rest[at + 1..]))
}

/// What of an address must never be shown.
pub(crate) fn password(url: &str) -> Option<String> {
    let (scheme, user, _) = take_apart(url)?;
    let password = match user.split_once(':') {
        Some((_, password)) => password,
        None if scheme == "ssh" => return None,
        None => user,
    };
    (!password.is_empty()).then(|| password.to_owned())
}

/// Over ssh the user is part of the address, and a password in it is of no use to anybody.
pub(crate) fn without_credentials(url: &str) -> String {
    match take_apart(url) {
        Some(("ssh", user, _)) if !user.contains(':') => url.to_owned(),
        Some((scheme, _, rest)) => format!("{scheme}://{rest}"),
        None => url.to_owned(),
    }
}

fn local(path: &Path, allowed: &[PathBuf], folder: &Path) -> Result<PathBuf, String> {
    let shown = path.display();
    let real = path.canonicalize().map_err(|e| format!("the repository {shown}: {e}"))?;
    let allowed = allowed.iter().filter_map(|a| a.canonicalize().ok());
    let is_allowed = allowed.into_iter().any(|allowed| real.starts_with(allowed));
    let is_never = NEVER.iter().any(|never| real.starts_with(never)) || real == Path::new("/");
    let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    if !is_allowed || is_never {
        return Err(format!(
            "the repository {shown} is on the runner's own machine, outside of the folders whose \
             repositories may be built"
        ));
    }
    if folder.starts_with(&real) || real.starts_with(&folder) {
        return Err(format!("the repository {shown} overlaps with the runner's own folder"));
    }
    match real.is_dir() {
        true => Ok(real),
        false => Err(format!("the repository {shown} is no folder")),
    }
}

/// A runner that is root runs jobs as a user that owns nothing, so what they read must be open.
///
/// # Errors
/// In words for people, with the way out.
pub(crate) fn check_readable_for_all(repository: &Path) -> Result<(), String> {
    use std::os::unix::fs::PermissionsExt as _;
    const OTHERS_LIST_AND_ENTER: u32 = 0o005;
    let mode = repository.metadata().map(|m| m.permissions().mode()).unwrap_or(0);
    if mode & OTHERS_LIST_AND_ENTER == OTHERS_LIST_AND_ENTER {
        return Ok(());
    }
    let shown = repository.display();
    Err(format!(
        "the repository {shown} is closed to the user that builds run as; open it with: \
         chmod -R o+rX {shown}"
    ))
}

/// A branch or a tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Reference {
    Branch(String),
    Tag(String),
}

impl Reference {
    /// Its full name.
    pub(crate) fn full(&self) -> String {
        match self {
            Self::Branch(name) => format!("refs/heads/{name}"),
            Self::Tag(name) => format!("refs/tags/{name}"),
        }
    }
}

/// What is wanted of a repository: a reference, and maybe an exact commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wanted {
    pub(crate) reference: Reference,
    pub(crate) revision: Option<String>,
}

impl Wanted {
    /// Reads what is wanted, and lets nothing through that git could take for something else.
    ///
    /// # Errors
    /// In words for people.
    pub(crate) fn parse(source: &Source) -> Result<Self, String> {
        let reference = match (&source.branch, &source.tag) {
            (Some(branch), None) => Reference::Branch(name(branch, "branch")?),
            (None, Some(tag)) => Reference::Tag(name(tag, "tag")?),
            _ => return Err("a build is of either a branch or a tag".to_owned()),
        };
        if let Some(revision) = &source.revision {
            let is_hash = matches!(revision.len(), 40 | 64);
            if !is_hash || !revision.bytes().all(|b| b.is_ascii_hexdigit()) {
                return Err(format!("{revision:?} is no commit: 40 hexadecimal digits are"));
            }
        }
        Ok(Self { reference, revision: source.revision.clone() })
    }
}

/// The rules of `git check-ref-format`, and no dash in front.
pub(crate) fn name(name: &str, kind: &str) -> Result<String, String> {
    let bad = |c: char| c.is_control() || " ~^:?*[\\".contains(c);
    let bad_part = |part: &str| part.is_empty() || part.starts_with('.') || part.ends_with(".lock");
    let is_bad = name.starts_with('-')
        || name == "@"
        || name.ends_with('.')
        || name.contains("..")
        || name.contains("@{")
        || name.chars().any(bad)
        || name.split('/').any(bad_part);
    if is_bad { Err(format!("{name:?} is no name of a {kind}")) } else { Ok(name.to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_known_by_its_form() {
        let check = |url: &str, expected: Option<&str>| {
            let parsed = Address::parse(url, &[], Path::new("/nowhere"));
            assert_eq!(parsed.ok().map(|a| a.protocol()), expected, "{url}");
        };
        check("https://example.org/a.git", Some("https"));
        check("http://127.0.0.1:80/a", Some("http"));
        check("ssh://git@example.org/a", Some("ssh"));
        check("git@example.org:a/b.git", Some("ssh"));
        check("ext::sh -c id", None);
        check("ext::sh", None);
        check("git@host::x", None);
        check("--upload-pack=id", None);
        check("git://example.org/a", None);
        check("a/b", None);
        check("/etc", None);
        check("file:///etc", None);
        check("https://example.org/a\nb", None);
    }

    #[test]
    fn a_repository_on_this_machine_must_be_allowed_and_apart_from_the_runner() {
        let root = tempfile::tempdir().unwrap();
        let real = root.path().canonicalize().unwrap();
        std::fs::create_dir_all(real.join("repos/a")).unwrap();
        std::fs::create_dir_all(real.join("repos/runner/b")).unwrap();
        std::fs::create_dir_all(real.join("other")).unwrap();
        std::os::unix::fs::symlink(real.join("other"), real.join("repos/link")).unwrap();
        let allowed = [real.join("repos")];
        let parse = |path: &str| {
            let url = real.join(path).to_string_lossy().into_owned();
            Address::parse(&url, &allowed, &real.join("repos/runner"))
        };
        assert_eq!(parse("repos/a"), Ok(Address::Local(real.join("repos/a"))));
        assert_eq!(parse("repos/../repos/a"), Ok(Address::Local(real.join("repos/a"))));
        for refused in ["other", "repos/link", "repos", "repos/runner/b", "repos/a/../../other"] {
            assert!(parse(refused).is_err(), "{refused}");
        }
    }

    #[test]
    fn credentials_are_known_and_not_shown() {
        let check = |url: &str, shown: &str, password: Option<&str>| {
            let address = Address::parse(url, &[], Path::new("/nowhere")).unwrap();
            assert_eq!(address.shown(), shown);
            assert_eq!(address.password().as_deref(), password);
        };
        check("https://u:secret@h/p", "https://h/p", Some("secret"));
        check("https://token@h/p@q", "https://h/p@q", Some("token"));
        check("https://h/p", "https://h/p", None);
        check("ssh://git@h/p", "ssh://git@h/p", None);
    }

    #[test]
    fn names_that_git_could_misread_are_refused() {
        let check = |branch: &str, good: bool| {
            let source = Source {
                git_url: String::new(),
                branch: Some(branch.to_owned()),
                tag: None,
                revision: None,
            };
            assert_eq!(Wanted::parse(&source).is_ok(), good, "{branch}");
        };
        check("main", true);
        check("feature/äöü-1", true);
        for bad in
            ["-x", "a..b", "a b", "a~1", "", "a/", "/a", "a.lock", "@", "a@{1}", "a:b", "a\n"]
        {
            check(bad, false);
        }
    }
}
