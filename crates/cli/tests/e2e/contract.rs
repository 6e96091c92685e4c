//! schemathesis, as its authors published it, calls a server with real builds as documents say that it may
//! be called, and as they say that it may not: CircleCI's published document of API v1.1, where it lies
//! beside the project, and the one that the server itself tells of. What an answer is allowed to have
//! against a document stands with its reason in `contract/`; what stands there and is no longer so fails
//! too. A fault of the server (5xx) and a call that forgets to ask who calls are allowed nowhere.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use crate::acme::{Acme, KEEPING, PROJECT};
use crate::harness::python;

/// Beside what keeps and reports, one job that fails.
const BROKEN: &str = "  broken: {machine: true, steps: [{run: \"false\"}]}\n";

/// A followed project with a build that went well, one that did not, and one that waits from now on.
async fn built() -> Acme {
    let mut acme = Acme::start(&format!("{KEEPING}{BROKEN}"));
    let build = acme.run("build", json!({"COLOUR": "red"})).await;
    assert_eq!(build["status"], "success", "{build}");
    acme.run("broken", json!({})).await;
    acme.ids().await;
    acme.set("COLOUR", "crimson-red").await;
    acme.post(&format!("{PROJECT}/checkout-key"), json!({"type": "deploy-key"})).await;
    acme.server.set_flags(&["--executor", "none"]);
    acme.server.restart();
    acme.trigger("build", json!({})).await;
    acme
}

/// What was found against a document: once for each operation, check and place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Finding {
    operation: String,
    check: String,
    place: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} | {} | {}", self.check, self.place, self.operation)
    }
}

/// A line of a list: `check | place | operation | reason`. `*` stands for every operation; a place that
/// begins with `*` is the end of one.
struct Allowed {
    line: String,
    finding: Finding,
}

impl Allowed {
    fn read(line: &str) -> Self {
        let parts: Vec<_> = line.split(" | ").map(str::trim).collect();
        let [check, place, operation, reason] = parts[..] else { panic!("four parts: {line}") };
        assert!(reason.len() > 10, "why? {line}");
        for never in ["not_a_server_error", "only_a_good_token_opens"] {
            assert_ne!(check, never, "nothing allows that");
        }
        let finding = Finding {
            operation: operation.to_owned(),
            check: check.to_owned(),
            place: place.to_owned(),
        };
        Self { line: line.to_owned(), finding }
    }

    fn covers(&self, found: &Finding) -> bool {
        let Finding { operation, check, place } = &self.finding;
        let place_fits = match place.strip_prefix('*') {
            Some(end) => found.place.ends_with(end),
            None => *place == found.place,
        };
        let operation_fits = operation == "*" || *operation == found.operation;
        operation_fits && place_fits && *check == found.check
    }
}

fn check(found: &[Finding], list: &str) {
    let allowed: Vec<_> = list
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(Allowed::read)
        .collect();
    let new: Vec<_> = found.iter().filter(|one| !allowed.iter().any(|a| a.covers(one))).collect();
    let new: Vec<_> = new.into_iter().map(ToString::to_string).collect();
    let gone: Vec<_> = allowed.iter().filter(|a| !found.iter().any(|one| a.covers(one))).collect();
    let gone: Vec<_> = gone.into_iter().map(|a| &a.line).collect();
    assert!(new.is_empty(), "against the document, and not in the list:\n{}", new.join("\n"));
    assert!(gone.is_empty(), "in the list, and no longer so: {gone:#?}");
}

/// What is put in for the parameters of paths, and which checks are made.
struct Run<'a> {
    document: &'a Path,
    /// Begins every project's path in the document, for which the lists write `P`.
    project: &'static str,
    parameters: &'a [(&'a str, &'a str)],
    checks: &'static str,
}

/// Runs schemathesis, with the same requests every time.
fn run(acme: &Acme, run: &Run<'_>) -> Vec<Finding> {
    let folder = tempfile::tempdir().unwrap();
    let hooks = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/e2e/contract/checks.py");
    let mut settings = format!(
        "hooks = {hooks:?}\nseed = 1\nworkers = 1\ncontinue-on-failure = true\n\
         [headers]\nCircle-Token = \"${{RONDO_TOKEN}}\"\n\
         [generation]\ndeterministic = true\ndatabase = \"none\"\nmax-examples = 20\n\
         no-shrink = true\nwith-security-parameters = false\n\
         [phases.stateful]\nenabled = false\n\
         [cache]\nenabled = false\n\
         [checks]\n\
         missing_required_header.expected-statuses = [401, 404]\n\
         [parameters]\n"
    );
    for (name, value) in run.parameters {
        settings.push_str(&format!("\"path.{name}\" = {value:?}\n"));
    }
    fs::write(folder.path().join("schemathesis.toml"), settings).unwrap();
    let program = python().with_file_name("schemathesis");
    assert!(program.exists(), "{} is missing: ./test install", program.display());
    let mut command = Command::new(program);
    command.current_dir(folder.path()).arg("run").arg(run.document);
    command.args(["--url", &format!("{}/api/v1.1", acme.server.url), "--no-color"]);
    command.args(["--checks", run.checks, "--exclude-checks", "ignored_auth"]);
    command.args(["--baseline", "found.json", "--baseline-update"]);
    command.env("RONDO_TOKEN", &acme.token).env("PYTHONHASHSEED", "0").env("NO_PROXY", "*");
    let output = command.output().unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    // Its own token may not be stopped on the way: every other answer would be a refusal.
    let whole = told.contains("Test cases:")
        && !["Errors:", "Authentication failed"].iter().any(|word| told.contains(word));
    assert!(whole, "{told}\n{}", String::from_utf8_lossy(&output.stderr));
    eprintln!("{told}");
    match fs::read(folder.path().join("found.json")) {
        Ok(found) => findings(&serde_json::from_slice(&found).unwrap(), run.project),
        Err(_) => {
            assert!(told.contains("No issues found"), "{told}");
            Vec::new()
        }
    }
}

fn findings(found: &Value, project: &str) -> Vec<Finding> {
    let entries = found["entries"].as_array().unwrap();
    let finding = |entry: &Value| {
        let text = |name: &str| entry[name].as_str().unwrap().to_owned();
        Finding {
            operation: text("operation").replace(project, "P"),
            check: text("check"),
            place: text("signature"),
        }
    };
    let mut findings: Vec<_> = entries.iter().map(finding).collect();
    findings.sort();
    findings.dedup();
    findings
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_keep_to_the_published_document() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/reference");
    let document = root.join("circleci-api-v1.openapi.json");
    if !document.exists() {
        eprintln!("left out: the published document is not beside this project");
        return;
    }
    let acme = built().await;
    let found = run(
        &acme,
        &Run {
            document: &document.canonicalize().unwrap(),
            project: "/project/{vcs-type}/{username}/{project}",
            parameters: &[
                ("vcs-type", "github"),
                ("username", "acme"),
                ("project", "web"),
                ("build_num", "1"),
                ("branch", "main"),
                ("name", "COLOUR"),
            ],
            checks: "all",
        },
    );
    check(&found, include_str!("contract/published.txt"));
}

async fn own_document(acme: &Acme) -> PathBuf {
    let document = acme.get("/api/v1.1/openapi.json").await;
    let path = acme.server.folder.path().join("openapi.json");
    fs::write(&path, document.to_string()).unwrap();
    path
}

const OWN_PROJECT: &str = "/project/{vcs}/{org}/{repo}";

#[tokio::test(flavor = "multi_thread")]
async fn answers_keep_to_the_document_that_is_served() {
    let acme = built().await;
    let document = own_document(&acme).await;
    let keys = acme.get(&format!("{PROJECT}/checkout-key")).await;
    let token = json!({"label": "there", "scope": "status"});
    let token = acme.post(&format!("{PROJECT}/token"), token).await;
    let parameters = [
        ("vcs", "github"),
        ("org", "acme"),
        ("repo", "web"),
        ("number", "1"),
        ("branch", "main"),
        ("name", "COLOUR"),
        ("step", "1"),
        ("node", "0"),
        ("token", token["id"].as_str().unwrap()),
        ("fingerprint", keys[0]["fingerprint"].as_str().unwrap()),
    ];
    let checks = "all";
    let found = run(
        &acme,
        &Run { document: &document, project: OWN_PROJECT, parameters: &parameters, checks },
    );
    check(&found, include_str!("contract/served.txt"));
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_a_path_names_is_answered_and_never_by_a_fault() {
    let acme = built().await;
    let document = own_document(&acme).await;
    let checks = "not_a_server_error,status_code_conformance,content_type_conformance,\
                  response_headers_conformance,response_schema_conformance,only_a_good_token_opens";
    // The ids of tokens are put in: one that was listed would be deleted, or disabled.
    let parameters = [("token", "0000000000Z")];
    let found = run(
        &acme,
        &Run { document: &document, project: OWN_PROJECT, parameters: &parameters, checks },
    );
    check(&found, "");
}
