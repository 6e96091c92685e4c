//! A config with nothing left to look up, in the form of version 2: every job once for each way in
//! which it is called, and the workflows that are wanted. Filters stay: they are spent in the plan.

use std::collections::HashMap;
use std::rc::Rc;

use crate::compiled::{Kind, Outcome, Schedule};
use crate::filter::Filters;
use crate::graph;
use crate::graph_view::{Graph, GraphJob};
use crate::invocation::Callee;
use crate::node::{Entry, Map, Mark, Node, Style, Value};
use crate::trigger::Reference;

/// What a config expands to.
pub(crate) struct Expanded {
    pub(crate) setup: bool,
    /// Whether the config has `workflows`; without, its one job is a workflow of its own.
    pub(crate) has_workflows: bool,
    pub(crate) workflows: Vec<ExpandedWorkflow>,
}

/// One workflow that is wanted.
pub(crate) struct ExpandedWorkflow {
    pub(crate) name: Rc<str>,
    /// `triggers` as written.
    pub(crate) triggers: Option<Rc<Node>>,
    pub(crate) schedules: Vec<Schedule>,
    pub(crate) max_auto_reruns: Option<u8>,
    pub(crate) calls: Vec<ExpandedCall>,
}

/// One call in a workflow.
pub(crate) struct ExpandedCall {
    /// Unique in the workflow.
    pub(crate) name: String,
    pub(crate) mark: Mark,
    pub(crate) callee: Callee,
    /// The job's body; absent for approvals, and where something is wrong.
    pub(crate) job: Option<Rc<Node>>,
    /// Other calls, by their place, with the outcomes that count.
    pub(crate) requires: Vec<(usize, Vec<Outcome>)>,
    pub(crate) filters: Filters,
    pub(crate) written_filters: Option<Rc<Node>>,
    pub(crate) contexts: Vec<String>,
    pub(crate) serial_group: Option<String>,
}

impl ExpandedWorkflow {
    /// For each call, those that it requires.
    pub(crate) fn requires(&self) -> Vec<Vec<usize>> {
        let of = |call: &ExpandedCall| call.requires.iter().map(|(other, _)| *other).collect();
        self.calls.iter().map(of).collect()
    }

    /// Which calls the filters leave for `reference`. `None` if the calls wait for each other.
    pub(crate) fn left(&self, reference: &Reference) -> Option<Vec<bool>> {
        let requires = self.requires();
        let order = graph::order(&requires).ok()?;
        let admitted: Vec<bool> =
            self.calls.iter().map(|call| call.filters.admit(reference)).collect();
        Some(graph::left(&requires, &order, &admitted))
    }

    /// The workflow as a graph that can be drawn.
    pub(crate) fn graph(&self, reference: &Reference) -> Option<Graph> {
        let left = self.left(reference)?;
        let jobs = self.calls.iter().zip(left).map(|(call, runs)| GraphJob {
            name: call.name.clone(),
            job: match &call.callee {
                Callee::Job(name) => name.to_string(),
                Callee::Nothing(_) => call.name.clone(),
            },
            kind: kind_of(call),
            requires: call
                .requires
                .iter()
                .map(|(other, outcomes)| (self.calls[*other].name.clone(), outcomes.clone()))
                .collect(),
            runs,
        });
        Some(Graph { workflow: self.name.to_string(), jobs: jobs.collect() })
    }
}

fn kind_of(call: &ExpandedCall) -> Kind {
    if let Callee::Nothing(kind) = &call.callee {
        return kind.clone();
    }
    let own = call.job.as_ref().and_then(|job| job.as_map()?.given("type")?.as_scalar());
    match own.map(|scalar| &*scalar.text) {
        Some("approval") => Kind::Approval,
        Some("no-op") => Kind::NoOp,
        _ => Kind::Build,
    }
}

impl Expanded {
    /// The config as a tree.
    pub(crate) fn tree(&self) -> Rc<Node> {
        let mut jobs = Jobs::default();
        let workflows: Vec<Entry> =
            self.workflows.iter().map(|workflow| workflow_entry(workflow, &mut jobs)).collect();
        let mut top = vec![entry("version", plain("2"))];
        if self.setup {
            top.push(entry("setup", plain("true")));
        }
        top.push(entry("jobs", Rc::new(Node::new(Mark::START, Value::Map(jobs.map)))));
        if self.has_workflows {
            let all = std::iter::once(entry("version", plain("2"))).chain(workflows);
            top.push(entry("workflows", map(all.collect())));
        }
        map(top)
    }
}

/// Jobs by name, in the order in which they are first called.
#[derive(Default)]
struct Jobs {
    map: Map,
    /// For a name that several different jobs have, the last number given.
    numbers: HashMap<String, usize>,
}

impl Jobs {
    /// The name under which the job stands: that of the call, with a number if a different job has
    /// it already.
    fn name(&mut self, call: &ExpandedCall, job: &Rc<Node>) -> Rc<str> {
        let mut name = call.name.clone();
        loop {
            match self.map.get(&name) {
                None => break,
                Some(known) if same(known, job) => return name.into(),
                Some(_) => {
                    let number = self.numbers.entry(call.name.clone()).or_default();
                    *number += 1;
                    name = format!("{}-{number}", call.name);
                }
            }
        }
        let name: Rc<str> = name.into();
        self.map.put(Entry { key: Rc::clone(&name), mark: job.mark, value: Rc::clone(job) });
        name
    }
}

fn same(a: &Rc<Node>, b: &Rc<Node>) -> bool {
    if Rc::ptr_eq(a, b) {
        return true;
    }
    match (&a.value, &b.value) {
        (Value::Scalar(a), Value::Scalar(b)) => a.text == b.text && a.kind() == b.kind(),
        (Value::List(a), Value::List(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Value::Map(a), Value::Map(b)) => {
            a.entries().len() == b.entries().len()
                && a.entries()
                    .iter()
                    .zip(b.entries())
                    .all(|(a, b)| a.key == b.key && same(&a.value, &b.value))
        }
        _ => false,
    }
}

fn workflow_entry(workflow: &ExpandedWorkflow, jobs: &mut Jobs) -> Entry {
    let calls = workflow.calls.iter().map(|call| call_node(call, workflow, jobs)).collect();
    let mut body = Vec::new();
    body.extend(workflow.triggers.as_ref().map(|node| entry("triggers", Rc::clone(node))));
    body.extend(workflow.max_auto_reruns.map(|n| entry("max_auto_reruns", plain(&n.to_string()))));
    body.push(entry("jobs", Node::list(Mark::START, calls)));
    entry(&workflow.name, map(body))
}

fn call_node(call: &ExpandedCall, workflow: &ExpandedWorkflow, jobs: &mut Jobs) -> Rc<Node> {
    let key: Rc<str> = match &call.job {
        Some(job) => jobs.name(call, job),
        None => call.name.as_str().into(),
    };
    let mut body = Vec::new();
    if *key != *call.name {
        body.push(entry("name", text(&call.name)));
    }
    if matches!(call.callee, Callee::Nothing(Kind::Approval)) {
        body.push(entry("type", text("approval")));
    }
    let required = call.requires.iter().map(|(other, outcomes)| {
        let name = &workflow.calls[*other].name;
        if outcomes.as_slice() == [Outcome::Success] {
            return text(name);
        }
        let words = outcomes.iter().map(|outcome| text(outcome.name())).collect();
        map(vec![entry(name, Node::list(Mark::START, words))])
    });
    let required: Vec<Rc<Node>> = required.collect();
    if !required.is_empty() {
        body.push(entry("requires", Node::list(Mark::START, required)));
    }
    if !call.contexts.is_empty() {
        let names = call.contexts.iter().map(|name| text(name)).collect();
        body.push(entry("context", Node::list(Mark::START, names)));
    }
    body.extend(call.serial_group.as_ref().map(|group| entry("serial-group", text(group))));
    body.extend(call.written_filters.as_ref().map(|node| entry("filters", Rc::clone(node))));
    if body.is_empty() { text(&key) } else { map(vec![entry(&key, map(body))]) }
}

fn entry(key: &str, value: Rc<Node>) -> Entry {
    Entry { key: key.into(), mark: Mark::START, value }
}

fn map(entries: Vec<Entry>) -> Rc<Node> {
    Node::map(Mark::START, entries)
}

fn text(text: &str) -> Rc<Node> {
    Node::scalar(Mark::START, text, Style::Text)
}

fn plain(text: &str) -> Rc<Node> {
    Node::scalar(Mark::START, text, Style::Plain)
}
