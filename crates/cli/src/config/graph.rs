//! `rondo config graph`: the workflows of a config for people to look at: as text, as Mermaid, or as
//! SVG. Names come from the config, so each form escapes what would mean something in it.

use std::fmt::Write;

use rondo_plan::{Graph, GraphJob, Kind, Outcome};

use super::drawing;
use crate::args::GraphFormat;

pub(crate) fn write(graphs: &[Graph], format: GraphFormat) -> String {
    match format {
        GraphFormat::Text => graphs.iter().map(text).collect::<Vec<_>>().join("\n"),
        GraphFormat::Mermaid => mermaid(graphs),
        GraphFormat::Svg => drawing::svg(graphs),
    }
}

/// The word of a kind that is no build.
pub(crate) fn kind(job: &GraphJob) -> Option<&'static str> {
    match job.kind {
        Kind::Approval => Some("approval"),
        Kind::NoOp => Some("no-op"),
        _ => None,
    }
}

/// The outcomes that count, where they are not success alone.
pub(crate) fn condition(outcomes: &[Outcome]) -> Option<String> {
    if outcomes == [Outcome::Success] {
        return None;
    }
    if outcomes.len() == Outcome::ALL.len() {
        return Some("terminal".to_owned());
    }
    Some(outcomes.iter().map(|outcome| outcome.name()).collect::<Vec<_>>().join(" or "))
}

/// A name as one line that a terminal takes for text.
pub(crate) fn plain(name: &str) -> String {
    name.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn text(graph: &Graph) -> String {
    let mut out = format!("{}\n", plain(&graph.workflow));
    for job in &graph.jobs {
        let _ = write!(out, "  {}", plain(&job.name));
        if job.job != job.name {
            let _ = write!(out, " = {}", plain(&job.job));
        }
        let mut notes: Vec<String> = kind(job).map(str::to_owned).into_iter().collect();
        if !job.runs {
            notes.push("filtered out".to_owned());
        }
        if !notes.is_empty() {
            let _ = write!(out, " ({})", notes.join(", "));
        }
        let after: Vec<_> = job
            .requires
            .iter()
            .map(|(name, outcomes)| match condition(outcomes) {
                Some(condition) => format!("{} [{condition}]", plain(name)),
                None => plain(name),
            })
            .collect();
        if !after.is_empty() {
            let _ = write!(out, " <- {}", after.join(", "));
        }
        out.push('\n');
    }
    out
}

fn mermaid(graphs: &[Graph]) -> String {
    let mut out = String::from("flowchart LR\n");
    for (at, graph) in graphs.iter().enumerate() {
        let _ = writeln!(out, "  subgraph w{at}[\"{}\"]", label(&graph.workflow));
        let id = |name: &str| {
            let found = graph.jobs.iter().position(|job| job.name == name);
            found.map(|job| format!("w{at}j{job}"))
        };
        for (number, job) in graph.jobs.iter().enumerate() {
            let name = label(&job.name);
            let shape = match kind(job) {
                Some(_) => format!("{{{{\"{name}\"}}}}"),
                None => format!("[\"{name}\"]"),
            };
            let class = if job.runs { "" } else { ":::filtered" };
            let _ = writeln!(out, "    w{at}j{number}{shape}{class}");
        }
        for (number, job) in graph.jobs.iter().enumerate() {
            for (name, outcomes) in &job.requires {
                let Some(from) = id(name) else { continue };
                let on = condition(outcomes).map(|on| format!("|\"{on}\"|")).unwrap_or_default();
                let _ = writeln!(out, "    {from} -->{on} w{at}j{number}");
            }
        }
        out.push_str("  end\n");
    }
    if graphs.iter().any(|graph| graph.jobs.iter().any(|job| !job.runs)) {
        out.push_str("  classDef filtered stroke-dasharray: 4 4,opacity:0.6\n");
    }
    out
}

/// Text inside quotes of Mermaid: what HTML or Mermaid would read is written by its number.
fn label(name: &str) -> String {
    let mut out = String::new();
    for c in plain(name).chars() {
        match c {
            '"' | '#' | '&' | '<' | '>' | ';' | '`' | '\\' => {
                let _ = write!(out, "#{};", u32::from(c));
            }
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    fn job(name: &str, kind: Kind, requires: &[(&str, &[Outcome])], runs: bool) -> GraphJob {
        let requires = requires.iter().map(|(n, o)| ((*n).to_owned(), o.to_vec())).collect();
        let called = if name == "test-1" { "test" } else { name };
        GraphJob { name: name.to_owned(), job: called.to_owned(), kind, requires, runs }
    }

    pub(crate) fn sample() -> Graph {
        let success: &[Outcome] = &[Outcome::Success];
        Graph {
            workflow: "main".to_owned(),
            jobs: vec![
                job("build", Kind::Build, &[], true),
                job("test-1", Kind::Build, &[("build", success)], true),
                job("hold", Kind::Approval, &[("test-1", success)], true),
                job(
                    "say \"<b>\"",
                    Kind::Build,
                    &[("hold", success), ("test-1", &[Outcome::Failed, Outcome::Canceled])],
                    false,
                ),
                job("end", Kind::NoOp, &[("build", &Outcome::ALL)], true),
            ],
        }
    }

    #[test]
    fn a_workflow_is_told_as_text() {
        let expected = "main\n  build\n  test-1 = test <- build\n  hold (approval) <- test-1\n  \
                        say \"<b>\" (filtered out) <- hold, test-1 [failed or canceled]\n  \
                        end (no-op) <- build [terminal]\n";
        assert_eq!(write(&[sample()], GraphFormat::Text), expected);
    }

    #[test]
    fn a_workflow_is_drawn_by_mermaid_with_names_that_mean_nothing_to_it() {
        let expected = "flowchart LR\n  subgraph w0[\"main\"]\n    w0j0[\"build\"]\n    \
                        w0j1[\"test-1\"]\n    w0j2{{\"hold\"}}\n    w0j3[\"say \
                        #34;#60;b#62;#34;\"]:::filtered\n    w0j4{{\"end\"}}\n    w0j0 --> w0j1\n    \
                        w0j1 --> w0j2\n    w0j2 --> w0j3\n    w0j1 -->|\"failed or canceled\"| w0j3\n    \
                        w0j0 -->|\"terminal\"| w0j4\n  end\n  classDef filtered stroke-dasharray: 4 \
                        4,opacity:0.6\n";
        assert_eq!(write(&[sample()], GraphFormat::Mermaid), expected);
    }
}
