//! `rondo demo`: it works, what it prints can be typed, and nothing of it is left.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::harness::RONDO;

/// A demo whose temporary files go below this folder.
fn demo(folder: &Path, flags: &[&str]) -> Command {
    let mut command = Command::new(RONDO);
    command.arg("demo").args(flags).env("TMPDIR", folder).stdin(Stdio::null());
    command
}

fn is_empty(folder: &Path) -> bool {
    fs::read_dir(folder).unwrap().next().is_none()
}

#[test]
fn a_demo_that_ends_shows_every_step_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let output = demo(folder.path(), &["--exit"]).output().unwrap();
    let shown = String::from_utf8(output.stdout).unwrap();
    let complaint = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{shown}\n{complaint}");
    assert_eq!(complaint, "");
    let requests: Vec<_> = shown.lines().filter(|line| line.starts_with("curl ")).collect();
    for (words, what) in [
        (&["/login"][..], "sign in"),
        (&["/user/token", "\"label\""], "make a personal token"),
        (&["web/token", "\"status\""], "make a status token"),
        (&["web/token", "\"view-builds\""], "make an artifact token"),
        (&["/tree/main", "\"GREETING\""], "trigger"),
        (&["web/1"], "wait"),
        (&["web.svg", "$STATUS"], "show the badge"),
        (&["/1/artifacts", "$ARTIFACTS"], "list artifacts"),
        (&["/output/job/", "$ARTIFACTS"], "download an artifact"),
        (&["/envvar", "DEPLOY_KEY"], "set a variable"),
        (&["-X DELETE", "/token/"], "delete a token"),
    ] {
        let shows = |line: &&str| words.iter().all(|word| line.contains(word));
        assert!(requests.iter().any(shows), "{what}: {words:?} in\n{shown}");
    }
    assert!(shown.contains("All of it worked."), "{shown}");
    assert!(is_empty(folder.path()));
}

struct Demo(Child);

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What the demo prints until it says that it goes on.
fn read_until_it_waits(demo: &mut Child) -> Vec<String> {
    let lines = BufReader::new(demo.stdout.take().unwrap()).lines();
    let mut shown = Vec::new();
    for line in lines {
        let line = line.unwrap();
        let waits = line.starts_with("Ctrl-C ends the server");
        shown.push(line);
        if waits {
            return shown;
        }
    }
    panic!("the demo ended:\n{}", shown.join("\n"));
}

/// The lines that a reader would type, up to the one that deletes a token; every `curl` must succeed.
fn script(shown: &[String]) -> String {
    let typed = |line: &&String| {
        let name = line.split('=').next().unwrap_or_default();
        line.starts_with("curl ")
            || !name.is_empty() && name.chars().all(|c| c.is_ascii_uppercase())
    };
    let mut script =
        "set -eu\ncurl() { command curl --fail --silent --show-error \"$@\"; }\n".to_owned();
    for line in shown.iter().filter(typed) {
        // The demo has deleted this token by now.
        if line.contains("$STATUS") || line.contains("-X DELETE") {
            continue;
        }
        script.push_str(&format!("{line}\necho\n"));
    }
    script
}

#[test]
fn what_the_demo_prints_can_be_typed_while_it_waits() {
    let folder = tempfile::tempdir().unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    let mut demo = Demo(demo(folder.path(), &[]).stdout(Stdio::piped()).spawn().unwrap());
    let shown = read_until_it_waits(&mut demo.0);
    let mut shell = Command::new("bash");
    let output = shell.arg("-xc").arg(script(&shown)).current_dir(&elsewhere).output().unwrap();
    let printed = String::from_utf8_lossy(&output.stdout);
    let traced = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{traced}\n{printed}");
    assert!(printed.contains("hello from the demo\n"), "{printed}");

    // Another status token shows that these lines, too, can be typed.
    let mut again = script(&shown);
    again.push_str("STATUS=$PERSONAL\n");
    for line in shown.iter().filter(|line| line.starts_with("curl ") && line.contains("$STATUS")) {
        again.push_str(&format!("{line}\n"));
    }
    let output =
        Command::new("bash").arg("-c").arg(again).current_dir(&elsewhere).output().unwrap();
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(printed.contains("<svg"), "{printed}");

    let id = demo.0.id().to_string();
    assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    assert!(demo.0.wait().unwrap().success());
    assert!(is_empty(folder.path()));
}
