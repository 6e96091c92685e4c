//! Whatever the text is: an answer that keeps its promises, and never a panic. Texts are made from
//! the cases by damage, and from words of the language and noise at random, the same in every run.
//! Texts that ask for endless work are in `bounded_work.rs`.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use rondo_plan::{Compiled, Plan, Reference, Selection, Severity, Trigger, Workflow, compile};

fn check(source: &str) -> Compiled {
    let compiled = compile(source, &Trigger::branch("main"));
    check_promises(source, &compiled);
    for trigger in other_triggers() {
        check_promises(source, &compile(source, &trigger));
    }
    compiled
}

fn other_triggers() -> [Trigger; 2] {
    let tag = Trigger { reference: Reference::Tag("v1".into()), ..Trigger::branch("") };
    let job = Trigger { selection: Selection::Job("build".into()), ..Trigger::branch("main") };
    [tag, job]
}

fn check_promises(source: &str, compiled: &Compiled) {
    let failed = compiled.problems.iter().any(|problem| problem.severity == Severity::Error);
    assert_eq!(compiled.plan.is_none(), failed, "{source}");
    assert!(compiled.problems.len() <= 101, "{source}");
    assert!(
        compiled.problems.is_sorted_by_key(|problem| (problem.line, problem.column)),
        "{source}"
    );
    for problem in &compiled.problems {
        assert!(problem.line >= 1 && problem.column >= 1, "{problem}");
        assert!(!problem.to_string().contains(char::is_control), "{problem:?}");
        assert_eq!(problem.excerpt(source).lines().count(), 2, "{problem:?}");
    }
    compiled.plan.iter().for_each(check_plan);
}

fn check_plan(plan: &Plan) {
    for workflow in &plan.workflows {
        assert!(!workflow.jobs.is_empty());
        let names: HashSet<&str> = workflow.jobs.iter().map(|job| job.name.as_str()).collect();
        assert_eq!(names.len(), workflow.jobs.len(), "names are unique");
        check_acyclic(workflow);
    }
}

fn check_acyclic(workflow: &Workflow) {
    let mut done: HashSet<&str> = HashSet::new();
    while done.len() < workflow.jobs.len() {
        let before = done.len();
        for job in &workflow.jobs {
            if job.requires.iter().all(|name| done.contains(name.as_str())) {
                done.insert(&job.name);
            }
        }
        assert!(done.len() > before, "a cycle, or a name that is no job: {workflow:?}");
    }
}

/// A small generator of numbers (SplitMix64), so that every run sees the same texts.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    fn pick(&mut self, from: &[&'static str]) -> &'static str {
        from[self.below(from.len())]
    }
}

fn cases() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut files: Vec<_> = fs::read_dir(folder)
        .expect("the folder of cases")
        .flatten()
        .map(|entry| entry.path())
        .collect();
    files.retain(|file| file.extension().is_some_and(|own| own == "yml"));
    files.sort();
    files.iter().map(|file| fs::read_to_string(file).expect("a readable case")).collect()
}

const SCRAPS: [&str; 34] = [
    "\n",
    " ",
    "  ",
    "- ",
    ": ",
    "[",
    "]",
    "{",
    "}",
    ",",
    "\"",
    "'",
    "|\n",
    ">-\n",
    "#",
    "&a ",
    "*a",
    "<<: *a",
    "<< parameters.x >>",
    "<<",
    ">>",
    "!!str ",
    "? ",
    "---\n",
    "...\n",
    "%YAML 1.2\n",
    "\t",
    "\r",
    "\u{feff}",
    "\0",
    "null",
    "true",
    "0x",
    "語",
];

const WORDS: [&str; 44] = [
    "version: 2.1",
    "version: 2",
    "jobs:",
    "build:",
    "test:",
    "workflows:",
    "main:",
    "docker:",
    "image: a",
    "machine: true",
    "steps:",
    "run: x",
    "run:",
    "command: x",
    "checkout",
    "store_artifacts:",
    "path: x",
    "when:",
    "condition: true",
    "parameters:",
    "type: string",
    "type: steps",
    "default: x",
    "default: []",
    "requires:",
    "build",
    "test",
    "filters:",
    "branches:",
    "only: main",
    "ignore: /x/",
    "matrix:",
    "os: [a, b]",
    "commands:",
    "executors:",
    "executor: e",
    "e:",
    "environment:",
    "A: 1",
    "name: << parameters.os >>",
    "x: *a",
    "&a",
    "<<: *a",
    "exclude:",
];

/// One to four small wounds.
fn damage(text: &str, random: &mut Random) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    for _ in 0..=random.below(4) {
        let at = random.below(chars.len() + 1);
        let end = (at + random.below(12)).min(chars.len());
        match random.below(4) {
            0 => drop(chars.drain(at..end)),
            1 => drop(chars.splice(at..at, random.pick(&SCRAPS).chars())),
            2 => drop(chars.splice(at..at, random.pick(&WORDS).chars())),
            _ => {
                let copy: Vec<char> = chars[at..end].to_vec();
                let to = random.below(chars.len() + 1);
                drop(chars.splice(to..to, copy));
            }
        }
    }
    chars.into_iter().collect()
}

#[test]
fn damaged_configs_are_answered() {
    let cases = cases();
    let mut random = Random(1);
    for round in 0..6_000 {
        check(&damage(&cases[round % cases.len()], &mut random));
    }
}

#[test]
fn lines_of_the_language_in_any_order_are_answered() {
    let mut random = Random(2);
    for _ in 0..3_000 {
        let mut text = String::from("version: 2.1\n");
        let mut indent = 0;
        for _ in 0..random.below(40) {
            indent = (indent + random.below(3)).saturating_sub(random.below(3)).min(8);
            let dash = if random.below(3) == 0 { "- " } else { "" };
            text.push_str(&"  ".repeat(indent));
            text.push_str(dash);
            text.push_str(random.pick(&WORDS));
            text.push('\n');
        }
        check(&text);
    }
}

#[test]
fn noise_is_answered() {
    let mut random = Random(3);
    for _ in 0..3_000 {
        let bytes: Vec<u8> = (0..random.below(200)).map(|_| random.next() as u8).collect();
        check(&String::from_utf8_lossy(&bytes));
        let scraps: String = (0..random.below(60)).map(|_| random.pick(&SCRAPS)).collect();
        check(&scraps);
    }
}

#[test]
fn graphs_of_random_requires_are_acyclic_or_refused() {
    let mut random = Random(4);
    let mut accepted = 0;
    for _ in 0..500 {
        let jobs = 1 + random.below(12);
        let mut text = String::from("version: 2.1\njobs: {j: {machine: true, steps: []}}\n");
        text.push_str("workflows:\n  w:\n    jobs:\n");
        for job in 0..jobs {
            let required: Vec<String> =
                (0..random.below(3)).map(|_| random.below(jobs).to_string()).collect();
            let required: Vec<String> = required.iter().map(|name| format!("n{name}")).collect();
            text.push_str(&format!(
                "      - j: {{name: n{job}, requires: [{}]}}\n",
                required.join(", ")
            ));
        }
        accepted += usize::from(check(&text).plan.is_some());
    }
    assert!((50..450).contains(&accepted), "{accepted} of 500 were acyclic");
}
