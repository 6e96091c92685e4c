//! Configs in `cases/*.yml` against what they compile to, in the `.plan` file beside each. Set
//! `UPDATE_CASES=1` to write those files anew, then read the difference before keeping it.
//!
//! Comments at the top of a config say what triggers it: `# branch: main` (the default),
//! `# tag: v1`, `# job: test` for a single job, and `# value: pipeline.number=7`. The orbs that
//! cases name are in `orbs/`. What a config without errors expands to is in the `.expanded` file.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use rondo_plan::{
    Code, Compiled, Executor, Invocation, Job, Kind, OrbMissing, OrbReference, Reference, Run,
    Selection, Step, Trigger, When, Workflow, compile_with, process,
};

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(name)
}

/// `ns/name@1.2.3` is `orbs/ns_name_1.2.3.yml`.
fn orbs(reference: &OrbReference) -> Result<String, OrbMissing> {
    let file = reference.to_string().replace(['/', '@', ':'], "_") + ".yml";
    let missing = |_| OrbMissing {
        message: format!("Cannot find the orb `{reference}`"),
        help: Some(format!("import it: rondo orb import FILE {reference}")),
    };
    fs::read_to_string(folder("orbs").join(file)).map_err(missing)
}

#[test]
fn every_config_compiles_to_what_is_written_beside_it() {
    let update = std::env::var_os("UPDATE_CASES").is_some();
    let cases = files(&folder("cases"), "yml");
    assert!(cases.len() >= 150, "only {} cases", cases.len());
    let mut different = Vec::new();
    for case in &cases {
        let source = fs::read_to_string(case).expect("a readable case");
        let trigger = trigger(&source);
        let plan = render(&source, &compile_with(&source, &trigger, &orbs));
        let expanded = process(&source, &trigger, &orbs).text.unwrap_or_default();
        for (extension, actual) in [("plan", plan), ("expanded", expanded)] {
            let expected_file = case.with_extension(extension);
            if update && actual.is_empty() {
                let _ = fs::remove_file(&expected_file);
            } else if update {
                fs::write(&expected_file, &actual).expect("a writable folder");
            }
            let expected = fs::read_to_string(&expected_file).unwrap_or_default();
            if actual != expected {
                let file = expected_file.display();
                different.push(format!("{file}\n{actual}\nexpected\n{expected}"));
            }
        }
    }
    assert!(different.is_empty(), "{}", different.join("\n=====\n"));
    let stems = |list: &[PathBuf]| -> BTreeSet<_> {
        list.iter().map(|file| file.with_extension("")).collect()
    };
    assert_eq!(stems(&cases), stems(&files(&folder("cases"), "plan")), "a .plan without a .yml");
}

#[test]
fn expanding_an_expanded_config_changes_nothing() {
    for case in files(&folder("cases"), "yml") {
        let source = fs::read_to_string(&case).expect("a readable case");
        let trigger = trigger(&source);
        let Some(once) = process(&source, &trigger, &orbs).text else { continue };
        // An expanded config has no parameters left to pass.
        let mut after = trigger.clone();
        after.values.retain(|(name, _)| !name.starts_with("pipeline.parameters."));
        let again = process(&once, &after, &orbs);
        let case = case.display();
        let twice = again.text.unwrap_or_else(|| panic!("{case}\n{once}\n{:?}", again.problems));
        assert_eq!(without_comments(&twice), without_comments(&once), "{case}");
        let plan = |text: &str, trigger: &Trigger| compile_with(text, trigger, &orbs).plan;
        assert_eq!(plan(&once, &after), plan(&source, &trigger), "{case}\n{once}");
    }
}

#[test]
fn every_word_for_a_kind_of_problem_is_given_by_some_config() {
    let mut missing: BTreeSet<&str> = Code::ALL.iter().map(|code| code.name()).collect();
    for case in files(&folder("cases"), "yml") {
        let source = fs::read_to_string(&case).expect("a readable case");
        for problem in compile_with(&source, &trigger(&source), &orbs).problems {
            missing.remove(problem.code.name());
        }
    }
    assert!(missing.is_empty(), "no config is answered with {missing:?}");
}

fn without_comments(text: &str) -> String {
    let kept = text.lines().filter(|line| {
        let line = line.trim_start();
        !line.starts_with("# from the command ") && !line.starts_with("# from line ")
    });
    kept.collect::<Vec<_>>().join("\n")
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
            if plan.setup {
                out.push_str("setup\n");
            }
            plan.workflows.iter().for_each(|workflow| render_workflow(&mut out, workflow));
        }
    }
    out
}

fn render_workflow(out: &mut String, workflow: &Workflow) {
    out.push_str(&format!("workflow {}\n", workflow.name));
    for schedule in &workflow.schedules {
        let (only, ignore) = (&schedule.only, &schedule.ignore);
        out.push_str(&format!("  at {} only {only:?} ignore {ignore:?}\n", schedule.cron));
    }
    if let Some(reruns) = workflow.max_auto_reruns {
        out.push_str(&format!("  reruns {reruns}\n"));
    }
    workflow.jobs.iter().for_each(|job| render_invocation(out, job));
}

fn render_invocation(out: &mut String, invocation: &Invocation) {
    let Invocation { name, requires, job, outcomes, contexts, serial_group } = invocation;
    out.push_str(&format!("  job {name}"));
    if !requires.is_empty() {
        out.push_str(&format!(" after {}", requires.join(", ")));
    }
    out.push('\n');
    for (name, outcomes) in outcomes {
        out.push_str(&format!("    if {name} is {outcomes:?}\n"));
    }
    if !contexts.is_empty() {
        out.push_str(&format!("    contexts {}\n", contexts.join(", ")));
    }
    serial_group.iter().for_each(|group| out.push_str(&format!("    group {group}\n")));
    render_job(out, job);
}

fn render_job(out: &mut String, job: &Job) {
    if job.kind != Kind::Build {
        out.push_str(&format!("    kind {:?}\n", job.kind));
    }
    match &job.executor {
        Executor::Docker { image, container, services } => {
            out.push_str(&format!("    docker {image}\n"));
            if **container != Default::default() {
                out.push_str(&format!("      {container:?}\n"));
            }
            for service in services {
                let container = &service.container;
                out.push_str(&format!("      beside {} {container:?}\n", service.image));
            }
        }
        Executor::Machine { image, docker_layer_caching } => {
            let caching = if *docker_layer_caching { " caching layers" } else { "" };
            let image = image.as_ref().map(|image| format!(" {image}")).unwrap_or_default();
            out.push_str(&format!("    machine{image}{caching}\n"));
        }
        Executor::Macos { xcode } => out.push_str(&format!("    macos {xcode:?}\n")),
        Executor::Nowhere => {}
    }
    if job.parallelism != 1 {
        out.push_str(&format!("    parallelism {}\n", job.parallelism));
    }
    if job.circleci_ip_ranges {
        out.push_str("    ip ranges\n");
    }
    job.cache_days.iter().for_each(|days| out.push_str(&format!("    caches {days} days\n")));
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
            let to = optional("to", &checkout.path);
            let method = checkout.method.map(|method| format!(" {method:?}")).unwrap_or_default();
            out.push_str(&format!("    - checkout {name:?}{to}{method}\n"));
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
        other => out.push_str(&format!("    - {other:?}\n")),
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
    if let Some(reruns) = run.max_auto_reruns {
        out.push_str(&format!(" reruns {reruns} delay {:?}", run.auto_rerun_delay));
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
