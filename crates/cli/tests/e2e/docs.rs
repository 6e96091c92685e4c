//! The shell examples of the pages are run, against a server that is made ready as the page assumes:
//! mika, and `gh/acme/web` with a job named `build`. What is put in for what a page cannot know (the
//! port, the repository, an id) is in `adapt`; what is not run at all is in `ELSEWHERE`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::harness::{RONDO, Repository, Server};

/// What examples begin with that other tests run, or that a person does once.
const ELSEWHERE: [(&str, &str); 5] = [
    ("cargo run --release -- demo", "demo.rs runs it"),
    ("cargo install ", "builds the whole of it once more"),
    ("rondo serve ", "the test's own server stands for it"),
    ("./test", "it runs this test"),
    ("bench/run", "takes minutes"),
];

const CONFIG: &str = r#"
version: 2.1
jobs:
  build:
    machine: true
    steps:
      - run: mkdir out && echo "$GREETING" > out/greeting.txt
      - store_artifacts: {path: out}
"#;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The `sh` blocks of a page.
fn examples(page: &str) -> Vec<String> {
    let mut examples = Vec::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        if line == "```sh" {
            let block: Vec<_> = lines.by_ref().take_while(|line| *line != "```").collect();
            examples.push(block.join("\n"));
        }
    }
    examples
}

/// What of an example runs here.
fn here(example: &str) -> String {
    let is_here = |line: &&str| !ELSEWHERE.iter().any(|(start, _)| line.starts_with(start));
    example.lines().filter(is_here).collect::<Vec<_>>().join("\n")
}

/// Puts in what the page cannot know.
fn adapt(example: &str, server: &Server, repository: &Repository) -> String {
    example
        .replace("http://127.0.0.1:8080", &server.url)
        .replace("https://github.com/acme/web.git", repository.folder.to_str().unwrap())
        .replace("token/TOKEN_ID", "token/$(first_token)")
}

/// What stands around each example. Variables live from one example to the next, as in one shell.
const FRAME: &str = r#"
set -euo pipefail
curl() { command curl --fail --silent --show-error "$@"; }
first_token() { curl -H "Circle-Token: $TOKEN" "$PROJECT/token" | grep -o '"id": *"[^"]*"' | head -n 1 | cut -d '"' -f 4; }
[ ! -f variables ] || . ./variables
export RONDO_URL=$URL CIRCLE_TOKEN=${TOKEN:-}
EXAMPLE
export -n RONDO_URL CIRCLE_TOKEN
declare -p RONDO PROJECT TOKEN STATUS ID > variables 2> /dev/null || true
"#;

fn run(example: &str, server: &Server, home: &Path) -> Result<String, String> {
    let path = std::env::var("PATH").unwrap();
    let programs = Path::new(RONDO).parent().unwrap().display();
    let output = Command::new("bash")
        .arg("-c")
        .arg(FRAME.replace("EXAMPLE", example))
        .current_dir(home)
        .env("PATH", format!("{programs}:{path}"))
        .env("URL", &server.url)
        .env("RONDO_LOCAL_REPOSITORIES", server.folder.path())
        .env_remove("RONDO_DATA")
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    match output.status.success() {
        true => Ok(text(&output.stdout)),
        false => Err(format!("{}\n{}\n{example}", text(&output.stdout), text(&output.stderr))),
    }
}

/// Runs a page's examples in order; how many of them run here.
async fn check(page: &str) -> usize {
    let page = fs::read_to_string(root().join(page)).unwrap();
    let examples: Vec<_> = examples(&page).iter().map(|example| here(example)).collect();
    let examples: Vec<_> = examples.into_iter().filter(|e| !e.trim().is_empty()).collect();
    if examples.is_empty() {
        return 0;
    }
    let server = Server::start();
    server.add_person("mika", true);
    let watcher = server.personal_token("mika");
    let repository = Repository::make(&server.folder.path().join("web"), CONFIG);
    let home = server.folder.path().join("home");
    fs::create_dir(&home).unwrap();
    std::os::unix::fs::symlink(server.data(), home.join("rondo-data")).unwrap();
    for example in &examples {
        let adapted = adapt(example, &server, &repository);
        run(&adapted, &server, &home).unwrap_or_else(|complaint| panic!("{complaint}"));
        // A reader waits for what they have triggered.
        if example.contains("build_parameters") {
            let build = server.ended(&watcher, "gh/acme/web", 1).await;
            assert_eq!(build["status"], "success", "{build}");
        }
    }
    if page.contains("rondo project artifacts") {
        let kept = fs::read_to_string(home.join("artifacts/out/greeting.txt")).unwrap();
        assert_eq!(kept, "hello\n");
    }
    examples.len()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_examples_of_the_english_readme_work() {
    assert!(check("README.md").await >= 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_examples_of_the_japanese_readme_work() {
    assert!(check("README.ja.md").await >= 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_examples_of_every_other_page_work() {
    let names = fs::read_dir(root().join("docs")).unwrap().flatten();
    let names = names.map(|entry| entry.file_name().into_string().unwrap());
    let pages: Vec<_> = names.filter(|name| name.ends_with(".md")).collect();
    assert!(pages.len() >= 4, "{pages:?}");
    for page in pages {
        check(&format!("docs/{page}")).await;
    }
}

#[test]
fn what_runs_elsewhere_stands_on_a_page() {
    let pages = ["README.md", "docs/performance.md"].map(|page| {
        let text = fs::read_to_string(root().join(page)).unwrap();
        examples(&text).join("\n")
    });
    for (start, why) in ELSEWHERE {
        let stands = pages.iter().flat_map(|page| page.lines()).any(|line| line.starts_with(start));
        assert!(stands, "{start} ({why}) is on no page any more");
    }
}
