//! Small texts that ask for endless work: each is answered in time, and says what it was refused
//! for.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use rondo_plan::{Trigger, compile};

/// Far above what any text takes, even unoptimized on a busy machine; far below what quadratic or
/// exponential work on these texts would take.
const PATIENCE: Duration = Duration::from_secs(60);

/// The text is answered in time, and refused with a message that contains `reason`; without a
/// reason, it has a plan. Runs in a thread with the stack that servers give theirs.
fn check_in_time(what: &str, source: &str, reason: Option<&str>) {
    let (done, answer) = mpsc::channel();
    let text = source.to_owned();
    #[expect(clippy::disallowed_methods, reason = "a limit on time needs a second thread")]
    thread::spawn(move || done.send(compile(&text, &Trigger::branch("main"))));
    let compiled = answer.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("{what}: no answer"));
    let first = compiled.problems.first().map(ToString::to_string);
    match reason {
        None => assert!(compiled.plan.is_some(), "{what}: {first:?}"),
        Some(reason) => {
            let found = compiled.problems.iter().any(|problem| problem.message.contains(reason));
            assert!(found && compiled.plan.is_none(), "{what}: {first:?}");
        }
    }
}

/// `part` with each `#` replaced by a number, `count` times.
fn repeat(part: &str, count: usize) -> String {
    (0..count).map(|number| part.replace('#', &number.to_string())).collect()
}

const JOB: &str = "version: 2.1\njobs: {j: {machine: true, steps: []}}\n";

#[test]
fn brackets_without_end_are_refused_in_time() {
    check_in_time("open lists", &format!("a: {}", "[".repeat(900_000)), Some("YAML"));
    check_in_time("open maps", &format!("a: {}", "{a: ".repeat(300_000)), Some("levels deep"));
    check_in_time("dashes", &"- ".repeat(1_500_000), Some("levels deep"));
    check_in_time("question marks", &"? ".repeat(900_000), Some("levels deep"));
    check_in_time("commas", &format!("[{}", ",".repeat(900_000)), Some("YAML"));
    check_in_time("too many", &format!("[{}", ",".repeat(1_100_000)), Some("too many"));
    check_in_time("quotes", &format!("a: \"{}", "\\\"".repeat(400_000)), Some("YAML"));
    check_in_time(
        "flat list",
        &format!("version: 2\njobs: {{}}\na: [{}]", "a,".repeat(400_000)),
        None,
    );
    check_in_time("large", &" ".repeat(4 << 20), Some("3 MB"));
    check_in_time("comment", &format!("#{}", "x".repeat(3 << 19)), Some("empty"));
}

#[test]
fn aliases_cannot_make_a_small_config_large() {
    let doubling = repeat("a#: &a# [x, y]\n", 1)
        + &(1..100)
            .map(|n| format!("a{n}: &a{n} [*a{}, *a{}]\n", n - 1, n - 1))
            .collect::<String>();
    check_in_time("doubling", &doubling, Some("8 MB"));
    let merging = String::from("a0: &a0 {k: v}\n")
        + &(1..60_000)
            .map(|n| format!("a{n}: &a{n} {{<<: *a{}, k{n}: v}}\n", n - 1))
            .collect::<String>();
    check_in_time("merging", &merging, Some("8 MB"));
    let nesting = String::from("a0: &a0 [x]\n")
        + &(1..60_000).map(|n| format!("a{n}: &a{n} [*a{}]\n", n - 1)).collect::<String>();
    check_in_time("nesting", &nesting, Some("levels deep"));
}

#[test]
fn calls_cannot_make_a_small_config_large() {
    let job = format!(
        "version: 2\njobs: {{j: {{machine: true, steps: [run: {}]}}}}\n",
        "x".repeat(100_000)
    );
    let calls = "workflows:\n  w:\n    jobs:\n".to_owned() + &"      - j\n".repeat(100_000);
    check_in_time("many calls", &(job + &calls), Some("8 MB"));
    let commands: String =
        (0..50).map(|n| format!("  c{n}: {{steps: [c{}, c{}]}}\n", n + 1, n + 1)).collect();
    let doubling = format!(
        "version: 2.1\ncommands:\n{commands}  c50: {{steps: [checkout]}}\n\
         jobs: {{build: {{machine: true, steps: [c0]}}}}\n"
    );
    check_in_time("commands that double", &doubling, Some("8 MB"));
    let texts: String = (0..50)
        .map(|n| {
            let (x, next) = ("<< parameters.x >>", n + 1);
            format!(
                "  c{n}: {{parameters: {{x: {{type: string}}}}, steps: [c{next}: {{x: {x}{x}}}]}}\n"
            )
        })
        .collect();
    let doubling = format!(
        "version: 2.1\ncommands:\n{texts}  c50: {{parameters: {{x: {{type: string}}}}, steps: []}}\n\
         jobs: {{build: {{machine: true, steps: [c0: {{x: abc}}]}}}}\n"
    );
    check_in_time("texts that double", &doubling, Some("8 MB"));
    let lists: String = (0..50)
        .map(|n| {
            let (x, next) = ("steps: << parameters.x >>", n + 1);
            format!("  c{n}: {{parameters: {{x: {{type: steps}}}}, steps: [c{next}: {{x: [{x}, {x}]}}]}}\n")
        })
        .collect();
    let doubling = format!(
        "version: 2.1\ncommands:\n{lists}  \
         c50: {{parameters: {{x: {{type: steps}}}}, steps: [steps: << parameters.x >>]}}\n\
         jobs: {{build: {{machine: true, steps: [c0: {{x: [checkout]}}]}}}}\n"
    );
    check_in_time("steps that double", &doubling, Some("nested"));
    let matrix = (0..9).map(|n| format!("p{n}: [a, b, c]")).collect::<Vec<_>>().join(", ");
    let matrix =
        format!("{JOB}workflows: {{w: {{jobs: [j: {{matrix: {{parameters: {{{matrix}}}}}}}]}}}}\n");
    check_in_time("matrix", &matrix, Some("more than 500 jobs"));
}

#[test]
fn large_workflows_are_answered_in_time() {
    let workflow = |calls: String| format!("{JOB}workflows:\n  w:\n    jobs:\n{calls}");
    check_in_time("same name", &workflow("      - j\n".repeat(20_000)), None);
    let chain: String = (1..10_000)
        .map(|n| format!("      - j: {{name: n{n}, requires: [n{}]}}\n", n - 1))
        .collect();
    check_in_time("chain", &workflow("      - j: {name: n0}\n".to_owned() + &chain), None);
    let ring = "      - j: {name: n0, requires: [n9999]}\n".to_owned() + &chain;
    check_in_time("ring", &workflow(ring), Some("wait for each other"));
    check_in_time("unknown", &workflow(repeat("      - j#x\n", 20_000)), Some("for job named"));
    let dense = "      - j: {requires: &r [".to_owned()
        + &repeat("n#,", 2_000)
        + "]}\n"
        + &repeat("      - j: {name: n#}\n", 2_000)
        + &repeat("      - j: {name: m#, requires: *r}\n", 300);
    check_in_time("dense", &workflow(dense), Some("8 MB"));
}

#[test]
fn expressions_and_templates_are_answered_in_time() {
    let filters = |pattern: &str, count| {
        format!(
            "{JOB}workflows: {{w: {{jobs: [j: {{filters: {{branches: {{only: [{}]}}}}}}]}}}}\n",
            repeat(pattern, count)
        )
    };
    check_in_time("many expressions", &filters("/a#/,", 20_000), Some("one too many"));
    check_in_time(
        "costly expressions",
        &filters(r"'/#(\p{L}{1,99}){1,99}/',", 150),
        Some("too large"),
    );
    check_in_time("classes", &filters(r"'/#\p{L}\p{N}[^a]/',", 150), None);
    let run = |text: &str, count| {
        format!(
            "version: 2.1\njobs: {{build: {{machine: true, steps: [run: '{}']}}}}\n",
            text.repeat(count)
        )
    };
    check_in_time("half references", &run("<<a ", 200_000), None);
    check_in_time("nearly expressions", &run("<< a =", 200_000), None);
    check_in_time(
        "unknown references",
        &run("<<parameters.ab>>", 50_000),
        Some("without declared"),
    );
    check_in_time("blanks", &run("<<         ", 200_000), None);
}
