//! What a test is given: steps, repositories, and a look at the machine's processes.

use std::path::Path;
use std::process::Command;

use rondo_wire::runner::{Step, When};

/// A `run` step with everything at its default.
pub(crate) fn run(command: &str) -> Step {
    run_when(command, When::OnSuccess)
}

pub(crate) fn run_when(command: &str, when: When) -> Step {
    Step::Run {
        name: command.to_owned(),
        command: command.to_owned(),
        shell: None,
        environment: Vec::new(),
        working_directory: None,
        background: false,
        when,
        no_output_timeout_ms: 30_000,
    }
}

pub(crate) fn run_in_background(command: &str) -> Step {
    match run(command) {
        Step::Run {
            name,
            command,
            shell,
            environment,
            working_directory,
            when,
            no_output_timeout_ms,
            ..
        } => Step::Run {
            name,
            command,
            shell,
            environment,
            working_directory,
            background: true,
            when,
            no_output_timeout_ms,
        },
        other => other,
    }
}

pub(crate) fn checkout() -> Step {
    Step::Checkout { name: "Checkout code".to_owned(), path: None }
}

pub(crate) fn store_artifacts(path: &str, destination: Option<&str>) -> Step {
    Step::StoreArtifacts {
        name: "Uploading artifacts".to_owned(),
        path: path.to_owned(),
        destination: destination.map(str::to_owned),
    }
}

pub(crate) fn store_test_results(path: &str) -> Step {
    Step::StoreTestResults { name: "Uploading test results".to_owned(), path: path.to_owned() }
}

/// Builds run as another user than a root test does.
pub(crate) fn open_to_all(folder: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755)).unwrap();
}

/// Runs git in a folder, and returns what it prints.
pub(crate) fn git(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git")
        .args(["-c", "user.name=Ann Author", "-c", "user.email=ann@example.org"])
        .args(["-c", "commit.gpgsign=false", "-c", "init.defaultBranch=main"])
        .args(arguments)
        .current_dir(folder)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_AUTHOR_DATE", "2024-05-06T07:08:09+02:00")
        .env("GIT_COMMITTER_DATE", "2024-05-06T07:08:10Z")
        .output()
        .unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// A number that no other process has among its arguments; `sleep` takes it for a long time.
pub(crate) fn unique_word() -> String {
    static NEXT: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(1000);
    let next = NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    format!("{next}{}", std::process::id())
}

/// How many processes of this machine have this word among their arguments.
pub(crate) fn count_processes(word: &str) -> usize {
    let entries = std::fs::read_dir("/proc").unwrap().flatten();
    let has = |entry: &std::fs::DirEntry| {
        std::fs::read(entry.path().join("cmdline"))
            .is_ok_and(|line| line.split(|b| *b == 0).any(|argument| argument == word.as_bytes()))
    };
    entries.filter(has).count()
}
