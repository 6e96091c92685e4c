//! How long a config takes to compile: one of 2,000 lines with 40 jobs, 60 commands and an orb, and
//! smaller and larger ones of the same kind, up to what the limit on size lets through. Beside it
//! the parser's part: the same text read as YAML events and nothing more. Arguments are other numbers of jobs.

use std::fmt::Write as _;
use std::hint::black_box;
use std::io::Write;
use std::time::Instant;

use rondo_plan::{OrbMissing, OrbReference, Trigger, compile_with};
use saphyr_parser::Parser;

const ROUNDS: usize = 9;
const ORB: &str = "\
version: 2.1
commands:
  say:
    parameters: {what: {type: string}}
    steps: [run: echo << parameters.what >>]
";

fn main() -> std::io::Result<()> {
    let mut out = std::io::stdout();
    writeln!(
        out,
        "| lines | jobs | compile, ms | µs a line | YAML events alone, ms | compile : events |"
    )?;
    writeln!(out, "|---|---|---|---|---|---|")?;
    for jobs in asked() {
        let source = config(jobs, jobs * 3 / 2);
        let compile = best(|| {
            let compiled = compile_with(&source, &Trigger::branch("main"), &orb);
            assert!(compiled.plan.is_some(), "{:?}", compiled.problems.first());
        });
        let events = best(|| {
            black_box(Parser::new_from_str(&source).filter(Result::is_ok).count());
        });
        let lines = source.lines().count();
        let (each, ratio) = (compile * 1_000.0 / lines as f64, compile / events);
        writeln!(
            out,
            "| {lines} | {jobs} | {compile:.2} | {each:.2} | {events:.2} | {ratio:.2} |"
        )?;
    }
    Ok(())
}

/// Numbers of jobs: the arguments, or the usual ones.
fn asked() -> Vec<usize> {
    let given: Vec<_> = std::env::args().filter_map(|word| word.parse().ok()).collect();
    if given.is_empty() { vec![8, 40, 80, 200, 400, 800, 2_000] } else { given }
}

/// The shortest of some rounds, in milliseconds.
fn best(mut work: impl FnMut()) -> f64 {
    let rounds = (0..ROUNDS).map(|_| {
        #[expect(clippy::disallowed_methods, reason = "a benchmark measures time")]
        let start = Instant::now();
        work();
        start.elapsed().as_secs_f64() * 1_000.0
    });
    rounds.fold(f64::INFINITY, f64::min)
}

#[expect(clippy::unnecessary_wraps, reason = "the shape of a source of orbs")]
fn orb(_: &OrbReference) -> Result<String, OrbMissing> {
    Ok(ORB.to_owned())
}

/// About 20 lines a command and as many a job, each job calling two commands and the orb.
fn config(jobs: usize, commands: usize) -> String {
    let mut text = String::from("version: 2.1\norbs:\n  talk: acme/talk@1.0.0\ncommands:\n");
    for n in 0..commands {
        let _ = write!(
            text,
            "  command-{n}:
    description: The command {n}
    parameters:
      target:
        type: string
        default: all
      verbose:
        type: boolean
        default: false
    steps:
      - run:
          name: Build << parameters.target >>
          command: |
            set -e
            make << parameters.target >>
            make check
          environment:
            NUMBER: \"{n}\"
      - when:
          condition: << parameters.verbose >>
          steps:
            - run: echo verbose
"
        );
    }
    text.push_str("jobs:\n");
    for n in 0..jobs {
        let (first, second) = (n % commands, (n * 7 + 1) % commands);
        let _ = write!(
            text,
            "  job-{n}:
    machine: true
    environment:
      JOB: job-{n}
    steps:
      - checkout
      - talk/say:
          what: job {n}
      - command-{first}:
          target: first
      - command-{second}:
          target: second
          verbose: true
      - store_artifacts:
          path: out
"
        );
    }
    text.push_str("workflows:\n  main:\n    jobs:\n");
    for n in 0..jobs {
        let _ = writeln!(
            text,
            "      - job-{n}:\n          requires: [{}]",
            match n {
                0 => String::new(),
                n => format!("job-{}", n - 1),
            }
        );
    }
    text
}
