//! The words that bubblewrap is called with: what a job sees, and as whom it runs. Everything that
//! is not named here is not there. Starting it is `executor.rs`'s part.
//!
//! An ordinary user's sandbox has a user namespace of its own. Root's has none: mapped there, the
//! job would be root towards root's own files. Root's leader gives up root for a user of the job's
//! slot instead, which has no other use on the machine, before anything else happens inside.

use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::folder::Folder;

/// Slot 0's user when the runner is root; slot 1's is the next, and so on.
const FIRST_USER: u32 = 62_000;

/// The user inside, when the runner is not root.
const MAPPED_USER: u32 = 1000;

/// Where a program of the host is looked for.
pub(crate) const SYSTEM_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

pub(crate) const HOME: &str = "/home/circleci";
pub(crate) const USER: &str = "circleci";
pub(crate) const STATE: &str = "/rondo/state";
pub(crate) const BIN: &str = "/rondo/bin";
const PROGRAM: &str = "/rondo/rondo";

/// What of the host's `/etc` builds need. Nothing here may hold a secret.
const ETC: [&str; 28] = [
    "alternatives",
    "bash.bashrc",
    "ca-certificates",
    "ca-certificates.conf",
    "crypto-policies",
    "debian_version",
    "fonts",
    "inputrc",
    "ld.so.cache",
    "ld.so.conf",
    "ld.so.conf.d",
    "localtime",
    "lsb-release",
    "magic",
    "maven/logging",
    "maven/m2.conf",
    "mime.types",
    "os-release",
    "perl",
    "pki/ca-trust",
    "pki/tls/certs",
    "protocols",
    "services",
    "ssl/certs",
    "ssl/openssl.cnf",
    "terminfo",
    "timezone",
    "ssh/ssh_known_hosts",
];

/// Folders in `/etc` that belong to a language and carry its version in their names.
const ETC_PREFIXES: [&str; 3] = ["java-", "python3", "php"];

/// The user that a job of this slot runs as, if that is not the runner's own.
pub(crate) fn user_of(slot: usize) -> Option<(u32, u32)> {
    let slot = u32::try_from(slot).unwrap_or(0);
    rustix::process::geteuid().is_root().then_some((FIRST_USER + slot, FIRST_USER + slot))
}

/// The name, number and group of the job's user, as the job sees them.
fn seen_user(user: Option<(u32, u32)>) -> (u32, u32) {
    user.unwrap_or((MAPPED_USER, MAPPED_USER))
}

/// Top folders in which a job finds the system or its own places.
const TAKEN: [&str; 16] = [
    "usr", "bin", "sbin", "lib", "lib32", "lib64", "libx32", "etc", "proc", "sys", "dev", "opt",
    "rondo", "run", "tmp", "var",
];

/// The working directory, if it is one that has to be made for the job: many configurations name
/// one outside of the home, such as `/app`.
pub(crate) fn needs_place(working_directory: &str) -> Option<&str> {
    let path = Path::new(working_directory);
    let mut parts = path.components().skip(1);
    let top = match parts.next()? {
        std::path::Component::Normal(top) => top.to_str()?,
        _ => return None,
    };
    let plain = parts.all(|part| matches!(part, std::path::Component::Normal(_)));
    let own = path.starts_with(HOME) || HOME.starts_with(working_directory);
    (path.is_absolute() && plain && !own && !TAKEN.contains(&top)).then_some(working_directory)
}

/// What is particular about one sandbox.
pub(crate) struct Sandbox<'a> {
    /// The program whose `leader` leads.
    pub(crate) program: &'a Path,
    pub(crate) folder: &'a Folder,
    pub(crate) user: Option<(u32, u32)>,
    pub(crate) network: bool,
    /// A repository on the host, shown read-only at its own place.
    pub(crate) source: Option<&'a Path>,
    /// A place for the job's work outside of its home.
    pub(crate) work: Option<&'a str>,
    /// A file with the filter of kernel calls.
    pub(crate) filter: Option<PathBuf>,
    /// Bytes of `/dev/shm`, which is memory.
    pub(crate) shared_memory: u64,
}

impl Sandbox<'_> {
    /// The command that starts the sandbox with its leader.
    pub(crate) fn command(&self) -> Command {
        let mut words = Words::default();
        words.namespaces(self.user.is_none(), self.network);
        if self.filter.is_some() {
            words.add(["--seccomp", "3"]);
        }
        words.system();
        words.etc(self.folder, self.network);
        self.devices(&mut words);
        self.writable(&mut words);
        if let Some(source) = self.source {
            words.folders_above(source);
            words.add(["--ro-bind"]).add([source, source]);
        }
        words.add(["--remount-ro", "/", "--remount-ro", "/dev", "--chdir", "/"]);
        words.add(["--", PROGRAM, "leader"]);
        bubblewrap(words, self.filter.as_deref().unwrap_or(Path::new("/dev/null")))
    }

    fn devices(&self, words: &mut Words) {
        let size = self.shared_memory.to_string();
        words.add(["--proc", "/proc", "--dev", "/dev"]);
        words.add(["--perms", "1777", "--size", &size, "--tmpfs", "/dev/shm"]);
    }

    fn writable(&self, words: &mut Words) {
        for folder in ["/home", "/var", "/rondo"] {
            words.add(["--perms", "0755", "--dir", folder]);
        }
        let places = [
            ("home", HOME),
            ("tmp", "/tmp"),
            ("var-tmp", "/var/tmp"),
            ("run", "/run"),
            ("state", STATE),
        ];
        for (part, place) in places {
            words.bind("--bind", &self.folder.part(part), place);
        }
        if let Some(work) = self.work {
            words.folders_above(Path::new(work));
            words.bind("--bind", &self.folder.part("work"), work);
        }
        words.bind("--ro-bind", &self.folder.part("bin"), BIN);
        words.bind("--ro-bind", self.program, PROGRAM);
        words.add(["--symlink", "/run", "/var/run"]);
    }
}

/// The files of `/etc` that are written for each job: part of its folder, and their text.
pub(crate) fn etc_files(user: Option<(u32, u32)>) -> [(&'static str, String); 6] {
    let (uid, gid) = seen_user(user);
    let passwd = format!(
        "root:x:0:0:root:/nonexistent:/usr/sbin/nologin\n\
         {USER}:x:{uid}:{gid}:{USER}:{HOME}:/bin/bash\n\
         nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n"
    );
    let group = format!("root:x:0:\n{USER}:x:{gid}:\nnogroup:x:65534:\n");
    let switch = "passwd: files\ngroup: files\nhosts: files dns\nservices: files\n";
    let hosts = "127.0.0.1 localhost build\n::1 localhost ip6-localhost\n";
    // The repository of a job may belong to somebody else on the host; inside there is only it.
    let git = "[safe]\n\tdirectory = *\n";
    [
        ("passwd", passwd),
        ("group", group),
        ("nsswitch.conf", switch.to_owned()),
        ("hostname", "build\n".to_owned()),
        ("hosts", hosts.to_owned()),
        ("gitconfig", git.to_owned()),
    ]
}

#[derive(Default)]
struct Words(Vec<OsString>);

impl Words {
    fn add<W: Into<OsString>, const N: usize>(&mut self, words: [W; N]) -> &mut Self {
        self.0.extend(words.map(Into::into));
        self
    }

    fn bind(&mut self, how: &str, from: &Path, to: &str) {
        self.add([how]).add([from]).add([to]);
    }

    fn namespaces(&mut self, own_user: bool, network: bool) {
        self.add(["--die-with-parent", "--new-session", "--as-pid-1", "--clearenv"]);
        self.add(["--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"]);
        self.add(["--hostname", "build", "--cap-drop", "ALL"]);
        if own_user {
            let number = MAPPED_USER.to_string();
            self.add(["--unshare-user", "--uid", &number, "--gid", &number]);
        } else {
            // Only until the leader has given up root, which takes them away for good.
            self.add(["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]);
        }
        if !network {
            self.add(["--unshare-net"]);
        }
    }

    /// The system's programs. A distribution has its top folders as links into `/usr` or as folders.
    fn system(&mut self) {
        self.add(["--ro-bind", "/usr", "/usr"]);
        for folder in ["/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"] {
            match std::fs::read_link(folder) {
                Ok(target) => drop(self.add(["--symlink"]).add([target]).add([folder])),
                Err(_) => drop(self.add(["--ro-bind-try", folder, folder])),
            }
        }
        self.add(["--ro-bind-try", "/opt", "/opt"]);
    }

    fn etc(&mut self, folder: &Folder, network: bool) {
        let above = ["/etc", "/etc/ssl", "/etc/ssh", "/etc/pki", "/etc/pki/tls", "/etc/maven"];
        for place in above {
            self.add(["--perms", "0755", "--dir", place]);
        }
        for name in ETC.iter().copied().map(str::to_owned).chain(versioned_etc()) {
            let place = format!("/etc/{name}");
            self.add(["--ro-bind-try", &place, &place]);
        }
        for (name, _) in etc_files(None) {
            // Names of the host's network are of use only where the network is.
            let own = name != "hosts" || !network;
            let from =
                if own { folder.part("etc").join(name) } else { PathBuf::from("/etc/hosts") };
            self.bind("--ro-bind-try", &from, &format!("/etc/{name}"));
        }
        if network {
            self.add(["--ro-bind-try", "/etc/resolv.conf", "/etc/resolv.conf"]);
        }
    }

    /// Bubblewrap makes missing folders for nobody but their owner.
    fn folders_above(&mut self, place: &Path) {
        let mut above: Vec<_> =
            place.ancestors().skip(1).filter(|a| *a != Path::new("/")).collect();
        above.reverse();
        for folder in above {
            self.add(["--perms", "0755", "--dir"]).add([folder]);
        }
    }
}

fn versioned_etc() -> Vec<String> {
    let entries = std::fs::read_dir("/etc").into_iter().flatten().flatten();
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    names.filter(|name| ETC_PREFIXES.iter().any(|prefix| name.starts_with(prefix))).collect()
}

/// The shell is there to open the filter as descriptor 3 for nobody but bubblewrap.
fn bubblewrap(words: Words, filter: &Path) -> Command {
    let mut command = Command::new("/bin/sh");
    command.args(["-c", "exec bwrap \"$@\" 3< \"$0\""]).arg(filter).args(words.0);
    command.env_clear().env("PATH", SYSTEM_PATH);
    command
}

/// A program of the system that asks another machine something.
pub(crate) struct Question<'a> {
    pub(crate) words: &'a [&'a str],
    pub(crate) environment: &'a [(&'a str, &'a str)],
    /// Files and folders that it sees besides the system.
    pub(crate) seen: &'a [&'a Path],
    /// A folder in which it may write.
    pub(crate) own: Option<&'a Path>,
}

/// What a question needs of `/etc`: names of hosts, and whom certificates are believed from.
const ETC_OF_QUESTIONS: [&str; 9] = [
    "alternatives",
    "hosts",
    "resolv.conf",
    "nsswitch.conf",
    "ca-certificates",
    "crypto-policies",
    "pki/ca-trust",
    "pki/tls/certs",
    "ssl/certs",
];

impl Question<'_> {
    /// In a sandbox with the network, as nobody in particular; or as it is where no sandbox can be made.
    pub(crate) fn command(&self) -> Command {
        if detect().is_err() {
            let mut command = Command::new(self.words[0]);
            command.args(&self.words[1..]).env_clear().env("PATH", SYSTEM_PATH);
            command.envs(self.environment.iter().copied());
            return command;
        }
        let mut sandbox = Words::default();
        sandbox.namespaces(true, true);
        for (name, value) in self.environment {
            sandbox.add(["--setenv", name, value]);
        }
        sandbox.system();
        for name in ETC_OF_QUESTIONS {
            let place = format!("/etc/{name}");
            sandbox.add(["--ro-bind-try", &place, &place]);
        }
        for place in self.seen {
            sandbox.folders_above(place);
            sandbox.add(["--ro-bind"]).add([place, place]);
        }
        if let Some(own) = self.own {
            sandbox.folders_above(own);
            sandbox.add(["--bind"]).add([own, own]);
        }
        sandbox.add(["--proc", "/proc", "--dev", "/dev", "--remount-ro", "/", "--"]);
        sandbox.0.extend(self.words.iter().map(Into::into));
        bubblewrap(sandbox, Path::new("/dev/null"))
    }
}

/// The shell's exit status when there is no such program.
const NO_SUCH_PROGRAM: i32 = 127;

/// Why bubblewrap cannot contain jobs here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Missing {
    /// The program is not there.
    NotInstalled,
    /// It is there and failed, with these words.
    Refused(String),
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotInstalled => f.write_str(
                "bubblewrap, which keeps jobs from the rest of this machine, is not installed \
                 (Debian, Ubuntu, Fedora, Arch and Alpine: the package bubblewrap)",
            ),
            Self::Refused(words) => write!(
                f,
                "bubblewrap is installed but cannot make a sandbox: {words}. The kernel must let \
                 this user make namespaces: see the settings kernel.unprivileged_userns_clone, \
                 user.max_user_namespaces and kernel.apparmor_restrict_unprivileged_userns, and \
                 in a container its seccomp profile"
            ),
        }
    }
}

impl std::error::Error for Missing {}

/// Says whether bubblewrap can contain jobs here, by really running a program in it.
///
/// # Errors
/// Says what to install, or what failed.
pub fn detect() -> Result<(), Missing> {
    let mut words = Words::default();
    words.namespaces(user_of(0).is_none(), false);
    words.system();
    words.add(["--proc", "/proc", "--dev", "/dev", "--remount-ro", "/", "--", "/bin/true"]);
    match bubblewrap(words, Path::new("/dev/null")).stdin(Stdio::null()).output() {
        Ok(output) if output.status.code() == Some(NO_SUCH_PROGRAM) => Err(Missing::NotInstalled),
        Err(e) => Err(Missing::Refused(e.to_string())),
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => {
            let words = String::from_utf8_lossy(&output.stderr);
            Err(Missing::Refused(words.trim().chars().take(1000).collect()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_working_directory_outside_of_the_home_gets_a_place_unless_the_system_is_there() {
        let check = |path, expected| assert_eq!(needs_place(path).is_some(), expected, "{path}");
        check("/app", true);
        check("/go/src/example", true);
        check("/home/other/project", true);
        check("/home", false);
        check("/home/circleci/project", false);
        check("~/project", false);
        check("project", false);
        check("/", false);
        check("/usr/src/app", false);
        check("/app/../etc", false);
    }
}
