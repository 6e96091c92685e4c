//! What holds whatever the text is. The fuzz targets and the test that replays their corpus both call
//! this, so that a finding can be kept as a file.

use std::collections::HashSet;

use rondo_plan::{
    Compiled, OrbMissing, OrbReference, Problem, Reference, Severity, Trigger, check_orb,
    compile_with, process,
};

/// Stands between a config and the orb that it names, in one input.
const BORDER: &str = "\n---orb---\n";

/// Holds over a config and an orb.
pub fn config(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (source, orb) = text.split_once(BORDER).unwrap_or((&text, "version: 2.1\n"));
    let orbs = |_: &OrbReference| Ok::<_, OrbMissing>(orb.to_owned());
    check_orb(orb, &orbs);
    for trigger in [Trigger::branch("main"), tag()] {
        let compiled = compile_with(source, &trigger, &orbs);
        check_problems(source, &compiled.problems);
        let errors = compiled.problems.iter().any(|found| found.severity == Severity::Error);
        assert_eq!(compiled.plan.is_none(), errors, "a plan is there unless there are errors");
        check_order(&compiled);
        let processed = process(source, &trigger, &orbs);
        let Some(expanded) = processed.text else { continue };
        let again = process(&expanded, &trigger, &orbs);
        let Some(twice) = again.text else { panic!("{expanded}\n{:?}", again.problems.first()) };
        assert_eq!(without_places(&twice), without_places(&expanded), "expanded once more");
    }
}

/// Holds over an expression.
pub fn expression(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let quoted = quoted(&text);
    let delimited = quoted.replacen('"', "\"<< ", 1);
    let delimited = format!("{} >>\"", &delimited[..delimited.len() - 1]);
    config(
        format!(
            "version: 2.1\nparameters:\n  n: {{type: integer, default: 7}}\n  b: {{type: boolean, default: \
             true}}\n  s: {{type: string, default: text}}\njobs:\n  build:\n    machine: true\n    \
             parallelism: {delimited}\n    steps: [run: {delimited}]\nworkflows:\n  main:\n    when: {quoted}\n    \
             jobs:\n      - build: {{filters: {quoted}}}\n"
        )
        .as_bytes(),
    );
}

/// Comments say from where a thing came, which is another place in what is expanded.
fn without_places(text: &str) -> String {
    let kept = text.lines().filter(|line| {
        let line = line.trim_start();
        !line.starts_with("# from the command ") && !line.starts_with("# from line ")
    });
    kept.collect::<Vec<_>>().join("\n")
}

fn tag() -> Trigger {
    Trigger { reference: Reference::Tag("v1.2".to_owned()), ..Trigger::branch("main") }
}

/// A text as YAML has it in double quotes.
fn quoted(text: &str) -> String {
    let escaped = text.chars().map(|c| match c {
        '"' | '\\' => format!("\\{c}"),
        ' '..='~' => c.to_string(),
        c => format!("\\U{:08x}", u32::from(c)),
    });
    format!("\"{}\"", escaped.collect::<String>())
}

/// Every problem has a place in the text, and its line can be shown.
fn check_problems(source: &str, problems: &[Problem]) {
    for problem in problems.iter().filter(|problem| problem.orb.is_none()) {
        assert!(problem.line >= 1 && problem.column >= 1, "{problem}");
        assert!(!problem.to_string().contains(char::is_control), "{problem:?}");
        assert_eq!(problem.excerpt(source).lines().count(), 2, "{problem:?}");
    }
}

/// What a job waits for is there, and no job waits for itself in the end.
fn check_order(compiled: &Compiled) {
    for workflow in compiled.plan.iter().flat_map(|plan| &plan.workflows) {
        let mut done: HashSet<&str> = HashSet::new();
        while done.len() < workflow.jobs.len() {
            let before = done.len();
            for job in &workflow.jobs {
                if job.requires.iter().all(|name| done.contains(name.as_str())) {
                    done.insert(&job.name);
                }
            }
            assert!(done.len() > before, "a circle, or a name that is no job: {workflow:?}");
        }
    }
}
