//! `rondo config`: problems for people, programs and editors; values from the command line; a folder
//! packed to one config. All of it offline, on files and standard input.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use crate::harness::{RONDO, feed_to, python};

const BAD: &str = "version: 2.1\njobs:\n  build:\n    machine: true\n    steps: [chekout]\n";
const GOOD: &str = "version: 2.1\njobs:\n  build: {machine: true, steps: [checkout]}\n";

fn config(words: &[&str], input: &str) -> Output {
    config_in(Path::new("."), words, input)
}

fn config_in(folder: &Path, words: &[&str], input: &str) -> Output {
    let mut command = Command::new(RONDO);
    command.arg("config").args(words).current_dir(folder).env_remove("NO_COLOR");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // A command that reads no input may be gone already.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn a_problem_is_shown_with_its_line_a_caret_and_the_nearest_name() {
    let output = config(&["validate", "-"], BAD);
    assert_eq!(output.status.code(), Some(1));
    let expected = "stdin:5:13: error: Cannot find a definition for command named chekout (did you \
                    mean `checkout`?)\n    steps: [chekout]\n            ^\n";
    assert_eq!(text(&output.stdout), expected);
    assert_eq!(text(&output.stderr), "rondo: stdin has 1 error\n");
    let output = config(&["validate", "-"], GOOD);
    assert_eq!((output.status.code(), text(&output.stdout)), (Some(0), String::new()));
    assert_eq!(text(&output.stderr), "Config file at stdin is valid.\n");
}

#[test]
fn colours_are_for_terminals_that_want_them() {
    let on_terminal = |more: &[(&str, &str)]| {
        let line = format!("{RONDO} config validate -");
        let mut command = Command::new("script");
        command.args(["-qec", &line, "/dev/null"]).env_remove("NO_COLOR").env("TERM", "xterm");
        command.envs(more.iter().copied()).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // The end of input of a terminal is a character of its own.
        child.stdin.take().unwrap().write_all(format!("{BAD}\u{4}").as_bytes()).unwrap();
        text(&child.wait_with_output().unwrap().stdout)
    };
    let plain = text(&config(&["validate", "-"], BAD).stdout);
    assert!(!plain.contains('\u{1b}'));
    assert!(on_terminal(&[]).contains("\u{1b}[1;31merror:\u{1b}[0m"));
    assert!(!on_terminal(&[("NO_COLOR", "1")]).contains('\u{1b}'));
    assert!(!on_terminal(&[("TERM", "dumb")]).contains('\u{1b}'));
}

#[test]
fn sarif_has_what_the_format_requires() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("設定 1")).unwrap();
    fs::write(folder.path().join("設定 1/a.yml"), BAD).unwrap();
    let output = config_in(folder.path(), &["validate", "--sarif", "設定 1/a.yml"], "");
    assert_eq!(output.status.code(), Some(1));
    let log: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    assert_eq!(run["tool"]["driver"]["name"], "rondo");
    assert_eq!(run["columnKind"], "unicodeCodePoints");
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), 1);
    assert_eq!(results[0]["level"], "error");
    assert!(results[0]["message"]["text"].as_str().unwrap().contains("did you mean `checkout`?"));
    let place = &results[0]["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "%E8%A8%AD%E5%AE%9A%201/a.yml");
    assert_eq!(
        (&place["region"]["startLine"], &place["region"]["startColumn"]),
        (&5.into(), &13.into())
    );
    let output = config(&["validate", "--sarif", "-"], GOOD);
    let log: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        (output.status.code(), &log["runs"][0]["results"]),
        (Some(0), &Value::Array(vec![]))
    );
    assert_eq!(config(&["validate", "--sarif", "--json", "-"], GOOD).status.code(), Some(2));
}

#[test]
fn sarif_is_what_its_published_schema_says() {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/e2e/clients/sarif_check.py");
    let strange = "version: 2.1\nunknown: [\njobs:\n";
    for (source, results) in [(GOOD, 0), (BAD, 1), (strange, 1), ("", 1)] {
        let log = text(&config(&["validate", "--sarif", "-"], source).stdout);
        let mut command = Command::new(python());
        command.arg(&script);
        assert_eq!(feed_to(command, &log), format!("valid: {results} results\n"), "{source}");
    }
}

#[test]
fn parameters_and_values_come_from_files_and_from_the_command_line() {
    let source = "version: 2.1\nparameters:\n  deploy: {type: boolean, default: false}\njobs:\n  \
                  build: {machine: true, steps: [checkout]}\nworkflows:\n  main:\n    when: << \
                  pipeline.parameters.deploy >>\n    jobs: [build]\n";
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("values.json"), r#"{"deploy": true}"#).unwrap();
    for (given, status) in
        [("{deploy: true}", 0), ("values.json", 0), (r#"{"deploy": "maybe"}"#, 1)]
    {
        let words = ["validate", "--pipeline-parameters", given, "-"];
        let output = config_in(folder.path(), &words, source);
        assert_eq!(output.status.code(), Some(status), "{given}: {}", text(&output.stdout));
    }
    let output = config(&["validate", "--pipeline-parameters", "{other: 1}", "-"], source);
    assert!(text(&output.stdout).contains("other"), "{}", text(&output.stdout));
    let output = config(&["validate", "--pipeline-values", "[1]", "-"], source);
    assert_eq!((output.status.code(), text(&output.stdout)), (Some(2), String::new()));
    assert!(text(&output.stderr).contains("--pipeline-values is a file, or a map in YAML or JSON"));
}

#[test]
fn a_folder_is_packed_to_a_config_that_is_valid() {
    let folder = tempfile::tempdir().unwrap();
    let put = |path: &str, text: &str| {
        let path = folder.path().join("src").join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    put("@config.yml", "version: 2.1\n");
    put("jobs/build.yml", "machine: true\nsteps: [greet]\n");
    put("commands/greet.yml", "steps: [{run: echo hello}]\n");
    put(".git/config.yml", "[core]\n");
    put("notes.txt", "not YAML: [");
    let output = config_in(folder.path(), &["pack", "src"], "");
    let expected = "version: 2.1\ncommands:\n  greet:\n    steps:\n    - run: echo hello\njobs:\n  \
                    build:\n    machine: true\n    steps:\n    - greet\n";
    assert_eq!((text(&output.stdout), text(&output.stderr)), (expected.to_owned(), String::new()));
    let output = config(&["validate", "-"], expected);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stdout));
    put("jobs/broken.yml", "steps: [\n");
    let output = config_in(folder.path(), &["pack", "src"], "");
    assert_eq!((output.status.code(), text(&output.stdout)), (Some(1), String::new()));
    assert!(text(&output.stderr).contains("src/jobs/broken.yml:"), "{}", text(&output.stderr));
    let output = config_in(folder.path(), &["pack", "nowhere"], "");
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("nowhere cannot be read"), "{}", text(&output.stderr));
}
