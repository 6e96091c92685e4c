//! Configs in `cases/*.yml` against what they compile to, in the `.plan` file beside each. Set
//! `UPDATE_CASES=1` to write those files anew, then read the difference before keeping it.
//!
//! Comments at the top of a config say what triggers it: `# branch: main` (the default),
//! `# tag: v1`, `# job: test` for a single job, and `# value: pipeline.number=7`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use rondo_plan::{
    Compiled, Executor, Invocation, Reference, Run, Selection, Step, Trigger, When, compile,
};

#[test]
fn every_config_compiles_to_what_is_written_beside_it() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let update = std::env::var_os("UPDATE_CASES").is_some();
    let cases = files(&folder, "yml");
    assert!(cases.len() >= 40, "only {} cases", cases.len());
    let mut different = Vec::new();
    for case in &cases {
        let source = fs::read_to_string(case).expect("a readable case");
        let actual = render(&source, &compile(&source, &trigger(&source)));
        let expected_file = case.with_extension("plan");
        if update {
            fs::write(&expected_file, &actual).expect("a writable folder");
        }
        let expected = fs::read_to_string(&expected_file).unwrap_or_default();
        if actual != expected {
            different.push(format!("{}\n{actual}\nexpected\n{expected}", case.display()));
        }
    }
    assert!(different.is_empty(), "{}", different.join("\n=====\n"));
    let stems = |list: &[PathBuf]| -> BTreeSet<_> {
        list.iter().map(|file| file.with_extension("")).collect()
    };
    assert_eq!(stems(&cases), stems(&files(&folder, "plan")), "a .plan without a .yml");
}

fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let entries =
        fs::read_dir(folder).expect("the folder of cases").flatten().map(|entry| entry.path());
    let mut files: Vec<PathBuf> =
        entries.filter(|path| path.extension().is_some_and(|own| own == extension)).collect();
    files.sort();
    files
}

fn trigger(source: &str) -> Trigger {
    let mut trigger = Trigger::branch("main");
    for line in source.lines().map_while(|line| line.strip_prefix("# ")) {
        match line.split_once(": ") {
            Some(("branch", name)) => trigger.reference = Reference::Branch(name.into()),
            Some(("tag", name)) => trigger.reference = Reference::Tag(name.into()),
            Some(("job", name)) => trigger.selection = Selection::Job(name.into()),
            Some(("value", pair)) => {
                let (name, value) = pair.split_once('=').expect("name=value");
                trigger.values.push((name.into(), value.into()));
            }
            _ => {}
        }
    }
    trigger
}

fn render(source: &str, compiled: &Compiled) -> String {
    let mut out = String::new();
    for problem in &compiled.problems {
        out.push_str(&format!("{problem}\n"));
        let excerpt = problem.excerpt(source);
        excerpt.lines().for_each(|line| out.push_str(&format!("    | {line}\n")));
    }
    match &compiled.plan {
        None => out.push_str("no plan\n"),
        Some(plan) if plan.workflows.is_empty() => out.push_str("nothing to run\n"),
        Some(plan) => {
            for workflow in &plan.workflows {
                out.push_str(&format!("workflow {}\n", workflow.name));
                workflow.jobs.iter().for_each(|job| render_job(&mut out, job));
            }
        }
    }
    out
}

fn render_job(out: &mut String, Invocation { name, requires, job }: &Invocation) {
    out.push_str(&format!("  job {name}"));
    if !requires.is_empty() {
        out.push_str(&format!(" after {}", requires.join(", ")));
    }
    out.push('\n');
    match &job.executor {
        Executor::Docker { image } => out.push_str(&format!("    docker {image}\n")),
        Executor::Machine { image: None } => out.push_str("    machine\n"),
        Executor::Machine { image: Some(image) } => out.push_str(&format!("    machine {image}\n")),
    }
    if job.working_directory != "~/project" {
        out.push_str(&format!("    in {}\n", job.working_directory));
    }
    let settings = [("class", &job.resource_class), ("shell", &job.shell)];
    settings.iter().for_each(|(key, value)| {
        value.iter().for_each(|value| out.push_str(&format!("    {key} {value}\n")));
    });
    render_environment(out, "    ", &job.environment);
    job.steps.iter().for_each(|step| render_step(out, step));
}

fn render_environment(out: &mut String, indent: &str, environment: &[(String, String)]) {
    for (name, value) in environment {
        out.push_str(&format!("{indent}{name}={}\n", value.escape_debug()));
    }
}

fn render_step(out: &mut String, step: &Step) {
    let name = step.name();
    match step {
        Step::Run(run) => render_run(out, run),
        Step::Checkout(checkout) => {
            out.push_str(&format!("    - checkout {name:?}{}\n", optional("to", &checkout.path)));
        }
        Step::StoreArtifacts(store) => {
            let to = optional("as", &store.destination);
            out.push_str(&format!("    - store_artifacts {name:?} {}{to}\n", store.path));
        }
        Step::StoreTestResults(store) => {
            out.push_str(&format!("    - store_test_results {name:?} {}\n", store.path));
        }
        Step::AddSshKeys(add) => {
            out.push_str(&format!("    - add_ssh_keys {name:?} {}\n", add.fingerprints.join(" ")));
        }
    }
}

fn render_run(out: &mut String, run: &Run) {
    out.push_str(&format!("    - run {:?}", run.name));
    out.push_str(&format!(
        "{}{}",
        optional("in", &run.working_directory),
        optional("shell", &run.shell)
    ));
    match run.when {
        When::OnSuccess => {}
        When::Always => out.push_str(" always"),
        When::OnFail => out.push_str(" on_fail"),
    }
    if run.background {
        out.push_str(" background");
    }
    if run.no_output_timeout != 600_000 {
        out.push_str(&format!(" timeout {}ms", run.no_output_timeout));
    }
    out.push('\n');
    render_environment(out, "        ", &run.environment);
    if run.command != run.name {
        out.push_str(&format!("        $ {}\n", run.command.escape_debug()));
    }
}

fn optional(word: &str, value: &Option<String>) -> String {
    value.as_ref().map(|value| format!(" {word} {value}")).unwrap_or_default()
}
