//! An sshd of the test's own: as the user who runs the test, on a port of this machine, for git alone.

use std::fs::{self, File};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A key pair that ssh-keygen made.
pub(crate) struct Key {
    pub(crate) private: String,
    pub(crate) public: String,
    pub(crate) fingerprint: String,
    pub(crate) md5: String,
}

/// Makes a key without a passphrase, unless `flags` say otherwise.
pub(crate) fn make_key(folder: &Path, name: &str, flags: &[&str]) -> Key {
    let file = tempfile::tempdir_in(folder).unwrap().keep().join(name);
    let mut keygen = Command::new("ssh-keygen");
    keygen.args(["-q", "-C", name, "-f"]).arg(&file);
    if !flags.contains(&"-N") {
        keygen.args(["-N", ""]);
    }
    assert!(keygen.args(flags).status().unwrap().success());
    let public = fs::read_to_string(file.with_extension("pub")).unwrap();
    let shown = |digest: &str| {
        let mut keygen = Command::new("ssh-keygen");
        let output = keygen.args(["-l", "-E", digest, "-f"]).arg(&file).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        text.split(' ').nth(1).unwrap().to_owned()
    };
    let key = Key {
        private: fs::read_to_string(&file).unwrap(),
        public: public.trim().to_owned(),
        fingerprint: shown("sha256"),
        md5: shown("md5").strip_prefix("MD5:").unwrap().to_owned(),
    };
    fs::remove_dir_all(file.parent().unwrap()).unwrap();
    key
}

/// A port that nobody listened on a moment ago.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// A running sshd. Dropped, it is killed.
pub(crate) struct Sshd {
    folder: PathBuf,
    port: u16,
    host_key: Key,
    child: Child,
}

impl Sshd {
    /// Starts one that takes no key yet.
    pub(crate) fn start(folder: &Path) -> Self {
        let folder = tempfile::Builder::new().prefix("sshd-").tempdir_in(folder).unwrap().keep();
        fs::write(folder.join("authorized_keys"), "").unwrap();
        let port = free_port();
        let host_key = make_key(&folder, "host", &["-t", "ed25519"]);
        let child = launch(&folder, port, &host_key);
        Self { folder, port, host_key, child }
    }

    pub(crate) fn restart_with_another_host_key(&mut self) {
        self.end();
        self.host_key = make_key(&self.folder, "host", &["-t", "ed25519"]);
        self.child = launch(&self.folder, self.port, &self.host_key);
    }

    /// The address of a repository on this machine, by way of this sshd.
    pub(crate) fn url(&self, repository: &Path) -> String {
        let id = Command::new("id").arg("-un").output().unwrap().stdout;
        let user = String::from_utf8(id).unwrap();
        format!("ssh://{}@{}{}", user.trim(), self.host(), repository.display())
    }

    pub(crate) fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    pub(crate) fn fingerprint(&self) -> String {
        self.host_key.fingerprint.clone()
    }

    /// Takes this key from now on, for git.
    pub(crate) fn take(&self, public: &str) {
        let file = self.folder.join("authorized_keys");
        let before = fs::read_to_string(&file).unwrap();
        fs::write(&file, format!("{before}{}", line(public))).unwrap();
    }

    /// Takes this key and no other.
    pub(crate) fn take_only(&self, public: &str) {
        fs::write(self.folder.join("authorized_keys"), line(public)).unwrap();
    }

    fn end(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Sshd {
    fn drop(&mut self) {
        self.end();
    }
}

fn line(public: &str) -> String {
    let command = r#"git-shell -c \"$SSH_ORIGINAL_COMMAND\""#;
    format!("restrict,command=\"{command}\" {public}\n")
}

fn launch(folder: &Path, port: u16, host_key: &Key) -> Child {
    use std::os::unix::fs::PermissionsExt as _;
    let key = folder.join("host_key");
    fs::write(&key, &host_key.private).unwrap();
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
    let config = folder.join("sshd_config");
    let text = format!(
        "Port {port}\nListenAddress 127.0.0.1\nHostKey {}\nAuthorizedKeysFile {}\nPidFile none\n\
         StrictModes no\nUsePAM no\nPasswordAuthentication no\nKbdInteractiveAuthentication no\n",
        key.display(),
        folder.join("authorized_keys").display()
    );
    fs::write(&config, text).unwrap();
    // Root's sshd insists on an empty folder for the part of it that has no rights.
    let _ = fs::create_dir("/run/sshd");
    let log = folder.join("sshd.log");
    let mut sshd = Command::new("/usr/sbin/sshd");
    sshd.args(["-D", "-e", "-f"]).arg(&config).stdin(Stdio::null());
    let mut child = sshd.stderr(File::create(&log).unwrap()).spawn().unwrap();
    let begun = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        let said = fs::read_to_string(&log).unwrap();
        assert!(child.try_wait().unwrap().is_none(), "sshd ended: {said}");
        assert!(begun.elapsed() < Duration::from_secs(20), "sshd does not listen: {said}");
        std::thread::yield_now();
    }
    child
}
