//! The table of `docs/config.md` that says what compiles and what runs: every row has examples here, and
//! they come out as the row says. Its Japanese twin says the same of each row.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use rondo_plan::{OrbMissing, OrbReference, Severity, Trigger, compile_with};

/// The beginning of a row, whether it runs, and parts of configs that it speaks of.
const ROWS: [(&str, bool, &[&str]); 13] = [
    (
        "`run`, `checkout`",
        true,
        &[
            "steps: [run: make, checkout, store_artifacts: {path: a}, store_test_results: {path: a}]",
            "steps: [add_ssh_keys, add_ssh_keys: {fingerprints: ['01:23:45:67:89:ab:cd:ef:01:23:45:67:89:ab:cd:ef']}]",
        ],
    ),
    (
        "`when`, `unless` and `steps`",
        true,
        &[
            "steps: [when: {condition: true, steps: [checkout]}, unless: {condition: true, steps: []}]",
            "steps: [greet: {s: [checkout], t: a, b: true, i: 1, e: x, v: NAME, x: base}]",
        ],
    ),
    ("orbs:", true, &["steps: [own/say, named/say, address/say]"]),
    ("logic statements", true, &["steps: [run: << pipeline.git.branch >>]"]),
    (
        "`matrix` with",
        true,
        &["flow: {matrix: {parameters: {p: [a, b]}, exclude: [{p: a}], alias: all}}"],
    ),
    (
        "`requires` (success)",
        true,
        &["flow: {requires: [first], filters: {branches: {only: main}}}"],
    ),
    (
        "`docker` with one image",
        true,
        &["docker: [{image: a, environment: {A: b}}]", "machine: true"],
    ),
    (
        "further containers",
        false,
        &[
            "docker: [{image: a}, {image: b}]",
            "docker: [{image: a, name: n}]",
            "docker: [{image: a, user: u}]",
            "docker: [{image: a, entrypoint: e}]",
            "docker: [{image: a, command: c}]",
            "docker: [{image: a, auth: {username: u, password: $P}}]",
        ],
    ),
    (
        "`macos`",
        false,
        &[
            "macos: {xcode: 16.0.0}",
            "machine: {image: ubuntu-2404:current, docker_layer_caching: true}",
            "parallelism: 2",
            "retention: {caches: 2d}",
        ],
    ),
    (
        "`save_cache`",
        false,
        &[
            "steps: [save_cache: {key: k, paths: [a]}]",
            "steps: [restore_cache: {key: k}]",
            "steps: [persist_to_workspace: {root: a, paths: [b]}]",
            "steps: [attach_workspace: {at: a}]",
        ],
    ),
    (
        "`setup_remote_docker`",
        false,
        &[
            "steps: [setup_remote_docker]",
            "steps: [install_signing_bundle]",
            "steps: [run: {command: a, max_auto_reruns: 1}]",
            "steps: [run: {command: a, max_auto_reruns: 1, auto_rerun_delay: 1m}]",
        ],
    ),
    (
        "`requires` with other outcomes",
        false,
        &[
            "flow: {requires: [first: failed]}",
            "other: {type: approval}",
            "job: {type: no-op}",
            "job: {type: release, plan_name: p}",
            "job: {type: lock, key: k}",
            "job: {type: unlock, key: k}",
        ],
    ),
    (
        "`context`",
        false,
        &[
            "flow: {context: secrets}",
            "flow: {serial-group: g}",
            "group: {jobs: [first: {name: inner}]}",
            "triggers: [schedule: {cron: 0 0 * * *, filters: {branches: {only: main}}}]",
            "setup: true",
        ],
    ),
];

const ORB: &str = "version: 2.1\ncommands: {say: {steps: [run: echo]}}\n";

/// A config with the part in its place.
fn config(part: &str) -> String {
    let (key, value) = part.split_once(": ").expect("a key and its value");
    let is = |asked: &str| key == asked;
    let place = match key {
        "docker" | "macos" | "machine" => part,
        _ => "machine: true",
    };
    let steps = if is("steps") { value } else { "[checkout]" };
    let more = if matches!(key, "parallelism" | "retention") { part } else { "shell: /bin/sh" };
    let job = if is("job") {
        value.to_owned()
    } else {
        format!(
            "{{machine: true, steps: [run: << parameters.p >>], parameters: {{p: {{type: string, default: a}}}}, {more}}}"
        )
    };
    let flow = if is("flow") { value } else { "{}" };
    let other = if is("other") { format!("      - hold: {value}\n") } else { String::new() };
    let (group, call) = match key {
        "group" => (format!("job-groups: {{g: {value}}}\n"), "      - g\n"),
        _ => (String::new(), ""),
    };
    let triggers = if is("triggers") { format!("    {part}\n") } else { String::new() };
    let setup = if is("setup") { format!("{part}\n") } else { String::new() };
    format!(
        "version: 2.1\n{setup}orbs: {{own: {{commands: {{say: {{steps: [run: echo]}}}}}}, named: a/b@1.0.0, \
         address: 'https://a.example/b.yml'}}\nexecutors: {{base: {{machine: true}}}}\ncommands:\n  greet:\n    \
         parameters:\n      s: {{type: steps}}\n      t: {{type: string}}\n      b: {{type: boolean}}\n      \
         i: {{type: integer}}\n      e: {{type: enum, enum: [x]}}\n      v: {{type: env_var_name}}\n      x: {{type: \
         executor}}\n    steps:\n      - steps: << parameters.s >>\n      - run: echo << parameters.t >>\n\
         jobs:\n  first: {{{place}, steps: {steps}}}\n  second: {job}\n{group}workflows:\n  main:\n{triggers}    \
         jobs:\n      - first\n      - second: {flow}\n{other}{call}"
    )
}

fn check(part: &str, runs: bool) {
    let source = config(part);
    let orbs = |_: &OrbReference| Ok::<_, OrbMissing>(ORB.to_owned());
    let compiled = compile_with(&source, &Trigger::branch("main"), &orbs);
    let of = |wanted| compiled.problems.iter().find(|found| found.severity == wanted);
    assert!(compiled.plan.is_some(), "{part}: {:?}\n{source}", of(Severity::Error));
    let unsupported = of(Severity::Unsupported);
    assert_eq!(unsupported.is_none(), runs, "{part}: {unsupported:?}\n{source}");
}

/// The rows of the page's table under "What there is": what, whether it compiles, whether it runs.
fn rows(page: &str) -> Vec<[String; 3]> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(page);
    let text = fs::read_to_string(path).expect("the page");
    let rows = text.lines().skip_while(|line| !line.starts_with("|---|---|---|")).skip(1);
    rows.take_while(|line| line.starts_with('|'))
        .map(|line| {
            let cells: Vec<_> = line.split(" | ").map(|c| c.trim_matches(['|', ' '])).collect();
            let [what, compiles, runs] = cells[..] else { panic!("{line}") };
            [what, compiles, runs].map(str::to_owned)
        })
        .collect()
}

#[test]
fn what_the_page_says_of_each_part_of_the_language_is_true() {
    let rows = rows("config.md");
    assert_eq!(rows.len(), ROWS.len(), "every row has its examples, and they have a row");
    for ([what, compiles, runs], (begins, expected, examples)) in rows.iter().zip(ROWS) {
        assert!(what.starts_with(begins), "{what}: its examples are those of {begins}");
        assert_eq!((compiles.as_str(), runs.starts_with("yes")), ("yes", expected), "{what}");
        examples.iter().for_each(|part| check(part, expected));
    }
}

#[test]
fn the_japanese_page_says_the_same_of_each_part() {
    // The order of words is each language's own.
    let names = |what: &str| -> BTreeSet<String> {
        what.split('`').skip(1).step_by(2).map(str::to_owned).collect()
    };
    for (english, japanese) in rows("config.md").iter().zip(rows("config.ja.md")) {
        assert_eq!(names(&english[0]), names(&japanese[0]));
        for column in [1, 2] {
            let said = (english[column].starts_with("yes"), japanese[column].contains("できる"));
            assert!(said.0 == said.1, "{english:?} {japanese:?}");
        }
    }
    assert_eq!(rows("config.md").len(), rows("config.ja.md").len());
}
