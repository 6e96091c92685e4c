//! Orbs on other machines: in git repositories and below https addresses, for `rondo config`, for a
//! server's builds, and for what API v2 compiles. The repository is git's own, and the host speaks TLS.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::json;
use tempfile::TempDir;

use crate::harness::{Database, RONDO, Repository, Server, python};

const CONFIG: &str = "version: 2.1\norbs:\n  greet: acme/greet@VERSION\njobs:\n  build:\n    machine: \
                      true\n    steps:\n      - greet/say\n";

fn orb(word: &str) -> String {
    format!("version: 2.1\ncommands:\n  say:\n    steps:\n      - run: echo \"{word} world\"\n")
}

fn put(folder: &Path, path: &str, text: &str) {
    let path = folder.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, text).unwrap();
}

/// A host that serves a folder over https. Dropped, it ends.
struct Host {
    folder: TempDir,
    port: u16,
    child: Child,
}

impl Host {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let script =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/e2e/clients/https_folder.py");
        let mut child = Command::new(python())
            .arg(script)
            .arg(folder.path())
            .stdout(Stdio::piped())
            .stdin(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        Self { folder, port: line.trim().parse().expect("a port"), child }
    }

    fn put(&self, path: &str, text: &str) {
        put(&self.files(), path, text);
    }

    fn files(&self) -> PathBuf {
        self.folder.path().join("files")
    }

    fn authority(&self) -> PathBuf {
        self.folder.path().join("keys/ca.pem")
    }

    fn url(&self, path: &str) -> String {
        format!("https://localhost:{}/{path}", self.port)
    }

    /// What it was asked for since this was called last.
    fn asked(&self) -> Vec<String> {
        let path = self.folder.path().join("asked");
        let text = fs::read_to_string(&path).unwrap_or_default();
        let _ = fs::remove_file(path);
        text.lines().map(str::to_owned).collect()
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A person's machine: a home, and a config in it.
struct Desk {
    home: TempDir,
    authority: Option<PathBuf>,
}

impl Desk {
    fn new(host: Option<&Host>) -> Self {
        Self { home: tempfile::tempdir().unwrap(), authority: host.map(Host::authority) }
    }

    /// Expands a config that names this version; whether it went well, and all that was said.
    fn process(&self, version: &str, words: &[&str]) -> (bool, String) {
        self.expand(&CONFIG.replace("VERSION", version), words)
    }

    fn expand(&self, config: &str, words: &[&str]) -> (bool, String) {
        put(self.home.path(), "config.yml", config);
        let mut command = Command::new(RONDO);
        command.args(["config", "process"]).args(words).arg("config.yml");
        command.current_dir(self.home.path()).env("XDG_CACHE_HOME", self.home.path().join("cache"));
        direct(&mut command);
        if let Some(authority) = &self.authority {
            command.env("SSL_CERT_FILE", authority);
        }
        let output = command.stdin(Stdio::null()).output().unwrap();
        let said = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8(said).unwrap())
    }

    #[track_caller]
    fn check(&self, version: &str, words: &[&str], good: bool, says: &str) -> String {
        let (went_well, said) = self.process(version, words);
        assert!(went_well == good && said.contains(says), "{version}: {said}");
        said
    }
}

/// Without the proxies of the machine that the tests run on.
fn direct(command: &mut Command) {
    for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"]
    {
        command.env_remove(name);
    }
}

#[test]
fn a_git_repository_holds_orbs_as_a_folder_does() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("orbs");
    put(&folder, "acme/greet/1.0.0.yml", &orb("hello"));
    put(&folder, "acme/greet/1.1.0/src/@orb.yml", "version: 2.1\n");
    put(&folder, "acme/greet/1.1.0/src/commands/say.yml", "steps: [run: <<include(say.sh)>>]\n");
    put(&folder, "acme/greet/1.1.0/src/say.sh", "echo from a script\n");
    let repository = Repository::make(&folder, "version: 2.1\n");
    let desk = Desk::new(None);
    let address = folder.to_str().unwrap();
    let words = ["--orb-repositories", address];
    desk.check("1.0", &words, true, "hello world");
    desk.check("volatile", &words, true, "from a script");

    put(&folder, "acme/greet/1.2.0.yml", &orb("newer"));
    repository.commit("version: 2.1\n");
    desk.check("1", &words, true, "newer world");
    desk.check("1.0.0", &words, true, "hello world");

    repository.git(&["checkout", "--quiet", "-b", "next"]);
    put(&folder, "acme/greet/2.0.0.yml", &orb("next"));
    repository.commit("version: 2.1\n");
    repository.git(&["tag", "--annotate", "--message=a", "first", "main"]);
    repository.git(&["checkout", "--quiet", "main"]);
    desk.check("2", &["--orb-repositories", &format!("{address}#next")], true, "next world");
    desk.check("1", &["--orb-repositories", &format!("{address}#first")], true, "newer world");
    let nothing = format!("{address}#nothing");
    let words = ["--orb-repositories", nothing.as_str()];
    desk.check("1", &words, false, "there is no branch or tag nothing");
    let missing = desk.check("3", &["--orb-repositories", address], false, "acme/greet@3.0.0");
    assert!(missing.contains("config.yml:3:10"), "{missing}");
    assert!(missing.contains(&format!("it is not in {address}")), "{missing}");

    // A version that was brought is there when the repository is not.
    fs::rename(&folder, place.path().join("away")).unwrap();
    desk.check("1.0.0", &["--orb-repositories", address], true, "hello world");
    desk.check("1", &["--orb-repositories", address], false, "the repository of orbs");
}

#[test]
fn nothing_in_a_repository_of_orbs_leads_out_of_it() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("orbs");
    put(place.path(), "secret.yml", &orb("a secret"));
    fs::create_dir_all(folder.join("acme/greet")).unwrap();
    std::os::unix::fs::symlink(
        place.path().join("secret.yml"),
        folder.join("acme/greet/1.0.0.yml"),
    )
    .unwrap();
    std::os::unix::fs::symlink(place.path(), folder.join("acme/linked")).unwrap();
    Repository::make(&folder, "version: 2.1\n");
    let desk = Desk::new(None);
    let words = ["--orb-repositories", folder.to_str().unwrap()];
    let (good, said) = desk.process("1.0.0", &words);
    assert!(!good && !said.contains("a secret"), "{said}");
    for wrong in ["http://localhost/orbs", "git@localhost:orbs", "ext::id", "ssh://localhost/orbs"]
    {
        let (good, said) = desk.process("1.0.0", &["--orb-repositories", wrong]);
        assert!(!good && said.contains("repository"), "{wrong}: {said}");
    }
}

#[test]
fn git_reaches_a_repository_over_https() {
    let host = Host::start();
    let folder = host.files().join("work");
    put(&folder, "acme/greet/1.0.0.yml", &orb("hello"));
    let repository = Repository::make(&folder, "version: 2.1\n");
    repository.git(&["update-server-info"]);
    let desk = Desk::new(Some(&host));
    let address = host.url("work/.git");
    desk.check("1", &["--orb-repositories", &address], true, "hello world");
    // The address leads on, and git does not follow.
    let away = host.url("away/work/.git");
    desk.check("1", &["--orb-repositories", &away], false, &away);
    let secret = address.replace("https://", "https://mika:hunter2secret@");
    let secret = secret.replace("work", "nowhere");
    let said = desk.check("1", &["--orb-repositories", &secret], false, "nowhere");
    assert!(!said.contains("hunter2secret"), "{said}");
    let stranger = Desk::new(None);
    stranger.check("1", &["--orb-repositories", &address], false, "certificate");
}

#[test]
fn an_address_gives_exact_versions_once_and_others_each_time() {
    let host = Host::start();
    host.put("orbs/acme/greet@1.0.0.yml", &orb("hello"));
    host.put("orbs/acme/greet@1.yml", &orb("one"));
    host.put("orbs/acme/greet@volatile", &orb("newest"));
    host.put("orbs/acme/greet@dev:a/b.yml", &orb("mine"));
    let desk = Desk::new(Some(&host));
    let prefix = host.url("orbs/");
    let words = ["--orb-urls", prefix.as_str()];
    desk.check("1.0.0", &words, true, "hello world");
    assert_eq!(host.asked(), ["/orbs/acme/greet@1.0.0.yml"]);
    desk.check("1.0.0", &words, true, "hello world");
    assert_eq!(host.asked(), [""; 0], "what never changes is not asked for again");
    for round in ["one", "two"] {
        host.put("orbs/acme/greet@1.yml", &orb(round));
        desk.check("1", &words, true, &format!("{round} world"));
        assert_eq!(host.asked(), ["/orbs/acme/greet@1.yml"]);
    }
    desk.check("volatile", &words, true, "newest world");
    assert_eq!(host.asked(), ["/orbs/acme/greet@volatile.yml", "/orbs/acme/greet@volatile"]);
    desk.check("dev:a/b", &words, true, "mine world");
    host.asked();
    desk.check("dev:../../b", &words, false, "is not a version of an orb");
    assert_eq!(host.asked(), [""; 0]);

    let missing = desk.check("2.0.0", &words, false, "rondo orb import FILE acme/greet@2.0.0");
    assert!(missing.contains("config.yml:3:10"), "{missing}");
    assert!(missing.contains(&format!("it is not in {prefix}")), "{missing}");
    // What is no orb is not kept.
    host.put("orbs/acme/greet@3.0.0.yml", "<html>busy</html>");
    desk.check("3.0.0", &words, false, "greet");
    host.put("orbs/acme/greet@3.0.0.yml", &orb("third"));
    desk.check("3.0.0", &words, true, "third world");
}

#[test]
fn an_orb_by_its_address_must_be_allowed() {
    let host = Host::start();
    host.put("orbs/greet.yml", &orb("hello"));
    host.put("other/greet.yml", &orb("other"));
    let desk = Desk::new(Some(&host));
    let prefix = host.url("orbs/");
    let config = |address: &str| CONFIG.replace("acme/greet@VERSION", address);
    let words = ["--orb-urls", prefix.as_str()];
    let (good, said) = desk.expand(&config(&host.url("orbs/greet.yml")), &words);
    assert!(good && said.contains("hello world"), "{said}");
    host.asked();
    for address in ["other/greet.yml", "orbs/../other/greet.yml", "orbs/%2e%2e/other/greet.yml"] {
        let (good, said) = desk.expand(&config(&host.url(address)), &words);
        assert!(!good && said.contains("config.yml:3:10"), "{address}: {said}");
        assert_eq!(host.asked(), [""; 0], "{address}");
    }
    let (good, said) = desk.expand(&config(&host.url("orbs/greet.yml")), &[]);
    assert!(!good && said.contains("no address is allowed"), "{said}");
    let (good, said) = desk.expand(&config(&host.url("orbs/nothing.yml")), &words);
    assert!(!good && said.contains("there is nothing at this address"), "{said}");
}

#[test]
fn a_host_cannot_lead_elsewhere_or_answer_without_end() {
    let host = Host::start();
    host.put("here/acme/greet@1.0.0.yml", &orb("never asked for"));
    let desk = Desk::new(Some(&host));
    let check = |path: &str, says: &str| {
        let prefix = host.url(path);
        desk.check("1.0.0", &["--orb-urls", &prefix], false, says);
    };
    host.put("acme/greet@1.0.0.yml", &orb("hello"));
    check("away/", "where this server may not look");
    // The same host, and yet not below the address.
    check("here/", "where this server may not look");
    let prefix = host.url("");
    put(desk.home.path(), "a", "");
    desk.check("1.0.0", &["--orb-urls", &prefix], true, "hello world");
    check("round/", "it leads on and on");
    check("large/", "larger than 3 MB");
    check("broken/", "answers 503");
    let stranger = Desk::new(None);
    let (good, said) = stranger.process("1.0.0", &["--orb-urls", &prefix]);
    assert!(!good && said.contains("ertificate"), "{said}");
    for wrong in ["http://localhost/", "https://localhost", "https://u:hunter2@localhost/"] {
        let (good, said) = desk.process("1.0.0", &["--orb-urls", wrong]);
        assert!(!good && said.contains("with a slash at the end"), "{wrong}: {said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn builds_and_compiled_configs_use_orbs_of_other_machines() {
    let host = Host::start();
    host.put("orbs/acme/greet@1.0.0.yml", &orb("hello"));
    let place = tempfile::tempdir().unwrap();
    put(place.path(), "acme/greet/2.0.0.yml", &orb("from git"));
    let repository = Repository::make(place.path(), "version: 2.1\n");
    let (urls, git) = (host.url("orbs/"), place.path().to_str().unwrap().to_owned());
    let flags = ["--orb-urls", &urls, "--orb-repositories", &git];
    let server = Server::start_trusting(Database::Sqlite, &host.authority(), &flags);
    server.add_person("mika", true);
    let token = server.personal_token("mika");
    for (number, version, says) in [(1, "1.0.0", "hello world"), (2, "2", "from git world")] {
        let slug = format!("gh/acme/web{number}");
        server.add_project(&slug, &CONFIG.replace("VERSION", version));
        let path = format!("/api/v1.1/project/{slug}/tree/main");
        let body = json!({"build_parameters": {"CIRCLE_JOB": "build"}});
        assert_eq!(server.post(&token, &path, body).await.0, 201);
        let build = server.ended(&token, &slug, 1).await;
        let output = server.output(&token, &slug, 1).await;
        assert!(build["outcome"] == "success" && output.contains(says), "{build} {output}");
    }
    put(place.path(), "acme/greet/2.1.0.yml", &orb("newer"));
    repository.commit("version: 2.1\n");
    for (version, valid, says) in
        [("2", true, "newer world"), ("1.0.0", true, "hello world"), ("7", false, &urls)]
    {
        let body = json!({"config_yaml": CONFIG.replace("VERSION", version)});
        let path = "/api/v2/compile-config-with-defaults";
        let (status, compiled) = server.post(&token, path, body).await;
        assert_eq!((status, &compiled["valid"]), (200, &valid.into()), "{compiled}");
        assert!(compiled.to_string().contains(says), "{compiled}");
    }
    assert_eq!(host.asked().iter().filter(|path| path.contains("@1.0.0")).count(), 1);
}
