//! A workflow: its calls of jobs named, expanded and joined by `requires`; then what filters leave of
//! it for a branch or tag. Reading one call is `invocation`'s matter, what a job runs `job`'s.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use crate::code::Code;
use crate::compiled::{Invocation, Job, Kind, Outcome, Workflow};
use crate::compiler::Compiler;
use crate::definition::Call;
use crate::expanded::{ExpandedCall, ExpandedWorkflow};
use crate::expression;
use crate::filter::Filters;
use crate::graph;
use crate::invocation::{self, Callee, Calls, Invoked};
use crate::job::{self, Around};
use crate::keys::Keys;
use crate::library::Section;
use crate::logic;
use crate::node::{self, Entry, Map, Node, Style};
use crate::problem::{Problem, quote};
use crate::requirement::Requirement;
use crate::run;
use crate::scalar;
use crate::schedule;
use crate::suggest;
use crate::trigger::Reference;

const WORKFLOW: Keys = Keys {
    of: "a workflow",
    known: &["jobs", "when", "unless", "triggers", "max_auto_reruns", "description"],
};

/// Expands the workflow `entry`. `None` if its conditions do not hold, or if something is wrong; the
/// problems then say what.
pub(crate) fn expand(entry: &Entry, compiler: &mut Compiler<'_>) -> Option<ExpandedWorkflow> {
    let what = format!("the workflow {}", quote(&entry.key));
    let map = scalar::map(&entry.value, &what, compiler.problems)?;
    WORKFLOW.check(map, compiler.problems);
    // What a wrong condition may hold back is looked at as well.
    if is_wanted(map, compiler) == Some(false) {
        return None;
    }
    let triggers = map.entry("triggers").filter(|entry| !entry.value.is_null());
    let schedules = triggers.map(|entry| schedule::read(entry, compiler)).unwrap_or_default();
    let max_auto_reruns = read_reruns(map, compiler);
    let Some(list) = map.get("jobs") else {
        let problem = Problem::error(entry.mark, format!("{what} needs `jobs`"));
        compiler.problems.add(problem.code(Code::MissingKey));
        return None;
    };
    let Calls { list: calls, refused } = read_calls(list, &what, compiler)?;
    let names = unique_names(&calls);
    let jobs: Vec<_> = calls.iter().map(|call| expand_job(call, compiler)).collect();
    let meanings = Names::new(&calls, &names, &refused);
    let requires = resolve(&entry.key, &calls, &meanings, compiler);
    let mut expanded = Vec::new();
    for (((call, name), job), requires) in calls.into_iter().zip(names).zip(jobs).zip(requires) {
        expanded.push(ExpandedCall {
            name,
            mark: call.mark,
            callee: call.callee,
            job,
            requires,
            filters: call.filters,
            written_filters: call.written_filters,
            contexts: call.contexts,
            serial_group: call.serial_group,
        });
    }
    let name = Rc::clone(&entry.key);
    let triggers = triggers.map(|entry| Rc::clone(&entry.value));
    let workflow = ExpandedWorkflow { name, triggers, schedules, max_auto_reruns, calls: expanded };
    report_cycles(&workflow, compiler);
    Some(workflow)
}

/// What of the workflow runs for `reference`. `None` if nothing does, or if something is wrong.
pub(crate) fn plan(
    workflow: &ExpandedWorkflow,
    reference: &Reference,
    compiler: &mut Compiler<'_>,
) -> Option<Workflow> {
    let calls = &workflow.calls;
    let jobs: Vec<Option<Job>> = calls.iter().map(|call| plan_job(call, compiler)).collect();
    let left = workflow.left(reference)?;
    let mut invocations = Vec::new();
    for ((at, call), job) in calls.iter().enumerate().zip(jobs) {
        if left[at] {
            invocations.push(invocation_of(call, job?, calls, &left));
        }
    }
    (!invocations.is_empty()).then(|| Workflow {
        name: workflow.name.to_string(),
        jobs: invocations,
        schedules: workflow.schedules.clone(),
        max_auto_reruns: workflow.max_auto_reruns,
    })
}

fn plan_job(call: &ExpandedCall, compiler: &mut Compiler<'_>) -> Option<Job> {
    match (&call.callee, &call.job) {
        (Callee::Nothing(kind), _) => Some(job::job_of(kind.clone())),
        (Callee::Job(name), Some(node)) => job::read(name, node, compiler),
        (Callee::Job(_), None) => None,
    }
}

fn invocation_of(
    call: &ExpandedCall,
    job: Job,
    calls: &[ExpandedCall],
    left: &[bool],
) -> Invocation {
    let required = || call.requires.iter().filter(|(other, _)| left[*other]);
    let name = |at: usize| calls[at].name.clone();
    Invocation {
        name: call.name.clone(),
        requires: required().map(|(other, _)| name(*other)).collect(),
        job,
        outcomes: required()
            .filter(|(_, outcomes)| outcomes.as_slice() != [Outcome::Success])
            .map(|(other, outcomes)| (name(*other), outcomes.clone()))
            .collect(),
        contexts: call.contexts.clone(),
        serial_group: call.serial_group.clone(),
    }
}

fn read_reruns(map: &Map, compiler: &mut Compiler<'_>) -> Option<u8> {
    let entry = map.entry("max_auto_reruns").filter(|entry| !entry.value.is_null())?;
    compiler.problems.add(Problem::not_built(entry.mark, "`max_auto_reruns`", ""));
    let scope = compiler.scope(entry.mark);
    let node = compiler.render(&entry.value, &scope)?;
    run::read_max_auto_reruns(&node, compiler.problems)
}

fn read_calls(list: &Rc<Node>, what: &str, compiler: &mut Compiler<'_>) -> Option<Calls> {
    let mut calls = Calls::default();
    if !list.is_null() {
        for item in scalar::list(list, &format!("`jobs` of {what}"), compiler.problems)? {
            invocation::read(item, &mut calls, compiler);
        }
    }
    Some(calls)
}

/// `when` and `unless` of the workflow. `None` if one of them is wrong.
fn is_wanted(map: &Map, compiler: &mut Compiler<'_>) -> Option<bool> {
    let mut wanted = Some(true);
    for key in ["when", "unless"] {
        let Some(entry) = map.entry(key) else { continue };
        compiler.allows(&format!("`{key}` of a workflow"), entry.mark);
        let holds = condition_holds(&entry.value, compiler).map(|holds| holds == (key == "when"));
        wanted = wanted.zip(holds).map(|(all, one)| all && one);
    }
    wanted
}

fn condition_holds(node: &Rc<Node>, compiler: &mut Compiler<'_>) -> Option<bool> {
    let scope = compiler.scope(node.mark);
    if let Some(text) = node.as_scalar()
        && is_expression(&text.text, text.kind())
    {
        if text.text.contains("<<") {
            let message = "an expression mixed with `<<` and `>>` is only text, and so always true";
            let problem = Problem::warning(node.mark, message);
            compiler.problems.add(problem.help("write the whole expression without them"));
            return compiler.render(node, &scope).map(|_| true);
        }
        let value = expression::evaluate(&text.text, node.mark, &scope, &mut compiler.patterns);
        return match value {
            Ok(value) => Some(value.is_true()),
            Err(problem) => {
                compiler.problems.add(problem);
                None
            }
        };
    }
    let condition = compiler.render(node, &scope)?;
    logic::holds(&condition, compiler)
}

/// Text that is not exactly one reference belongs to the expression language.
fn is_expression(text: &str, kind: node::Kind) -> bool {
    let text = text.trim();
    let one_reference = text.starts_with("<<") && text.find(">>") == Some(text.len() - 2);
    let spelled = matches!(text, "" | "yes" | "no" | "on" | "off" | "true" | "false");
    kind == node::Kind::Text && !one_reference && !spelled
}

/// The names of the calls: those that several calls have get `-1`, `-2` and so on.
fn unique_names(calls: &[Invoked]) -> Vec<String> {
    let mut uses: HashMap<&str, usize> = HashMap::new();
    calls.iter().for_each(|call| *uses.entry(&call.name).or_default() += 1);
    let mut taken: HashSet<String> = calls.iter().map(|call| call.name.clone()).collect();
    let mut last: HashMap<&str, usize> = HashMap::new();
    let mut names = Vec::new();
    for call in calls {
        if uses[call.name.as_str()] == 1 {
            names.push(call.name.clone());
        } else {
            names.push(next_free(&call.name, last.entry(&call.name).or_default(), &mut taken));
        }
    }
    names
}

fn next_free(name: &str, last: &mut usize, taken: &mut HashSet<String>) -> String {
    loop {
        *last += 1;
        let numbered = format!("{name}-{last}");
        if taken.insert(numbered.clone()) {
            return numbered;
        }
    }
}

/// The job of the call, in its expanded form; a job that does nothing has only a type.
pub(crate) fn expand_job(call: &Invoked, compiler: &mut Compiler<'_>) -> Option<Rc<Node>> {
    match &call.callee {
        Callee::Job(name) => {
            let entry = compiler.find(Section::Jobs, name, call.mark)?;
            let mark = if call.complete { call.mark } else { call.mark.guess() };
            let arguments = Call { arguments: &call.arguments, mark };
            job::expand(entry, arguments, &call.around, compiler)
        }
        Callee::Nothing(Kind::Approval) => None,
        Callee::Nothing(_) => {
            let value = Node::scalar(call.mark, "no-op", Style::Text);
            let entry = Entry { key: "type".into(), mark: call.mark, value };
            Some(Node::map(call.mark, vec![entry]))
        }
    }
}

/// What each name in `requires` may mean.
struct Names<'n> {
    unique: &'n [String],
    refused: &'n HashSet<Rc<str>>,
    given: HashMap<&'n str, Vec<usize>>,
    numbered: HashMap<&'n str, usize>,
    matrices: HashMap<&'n str, Vec<usize>>,
    /// Whether some call has a name that is not known.
    incomplete: bool,
}

impl<'n> Names<'n> {
    fn new(calls: &'n [Invoked], unique: &'n [String], refused: &'n HashSet<Rc<str>>) -> Self {
        let mut given: HashMap<&str, Vec<usize>> = HashMap::new();
        let mut matrices: HashMap<&str, Vec<usize>> = HashMap::new();
        for (at, call) in calls.iter().enumerate() {
            given.entry(&call.name).or_default().push(at);
            if let Some(alias) = &call.alias {
                matrices.entry(alias).or_default().push(at);
            }
        }
        let numbered = unique.iter().enumerate().map(|(at, name)| (name.as_str(), at)).collect();
        let incomplete = calls.iter().any(|call| !call.named);
        Self { unique, refused, given, numbered, matrices, incomplete }
    }

    /// The calls that `name` stands for: none if unknown; an error with their number if it could
    /// be any of several.
    fn find(&self, name: &str) -> Result<&[usize], usize> {
        match self.given.get(name).map(Vec::as_slice) {
            Some([_, _, ..]) => Err(self.given[name].len()),
            Some(one) => Ok(one),
            None => Ok(match (self.numbered.get(name), self.matrices.get(name)) {
                (Some(one), _) => std::slice::from_ref(one),
                (None, Some(all)) => all,
                (None, None) => &[],
            }),
        }
    }
}

/// For each call, the calls that it requires, each once, with the outcomes that count. What is wrong
/// is reported and left out.
fn resolve(
    workflow: &str,
    calls: &[Invoked],
    names: &Names<'_>,
    compiler: &mut Compiler<'_>,
) -> Vec<Vec<(usize, Vec<Outcome>)>> {
    let mut all = Vec::new();
    for (at, call) in calls.iter().enumerate() {
        let mut required: Vec<(usize, Vec<Outcome>)> = Vec::new();
        let mut seen: HashMap<usize, usize> = HashMap::new();
        for one in &call.requires {
            match names.find(&one.name) {
                Ok([]) if names.incomplete || names.refused.contains(one.name.as_str()) => {}
                Ok(found) if found.contains(&at) => {
                    let message = format!("the job {} requires itself", quote(&names.unique[at]));
                    let problem = Problem::error(one.mark, message).code(Code::Requires);
                    compiler.problems.add(problem);
                }
                // A matrix may stand for hundreds of calls in every one of its requirers.
                Ok(found @ [_, ..]) if compiler.spend(found.len() * 16, one.mark) => {
                    for &other in found {
                        let next = required.len();
                        let place = *seen.entry(other).or_insert(next);
                        if place == next {
                            required.push((other, Vec::new()));
                        }
                        let outcomes = &mut required[place].1;
                        outcomes.extend(&one.outcomes);
                        outcomes.sort_unstable();
                        outcomes.dedup();
                    }
                }
                Ok([_, ..]) => {}
                Ok([]) => report_unknown(0, (workflow, at), one, names, compiler),
                Err(uses) => report_unknown(uses, (workflow, at), one, names, compiler),
            }
        }
        all.push(required);
    }
    all
}

/// `uses` is how many calls have the name.
fn report_unknown(
    uses: usize,
    (workflow, at): (&str, usize),
    Requirement { name, mark, .. }: &Requirement,
    names: &Names<'_>,
    compiler: &mut Compiler<'_>,
) {
    let own = &names.unique[at];
    let message = format!(
        "Job '{own}' requires '{name}', which is the name of {uses} other jobs in workflow '{workflow}'"
    );
    let problem = Problem::error(*mark, message).code(Code::Requires);
    let near = if compiler.problems.crowded() || uses > 0 {
        None
    } else {
        suggest::nearest(name, names.unique.iter().map(String::as_str))
    };
    compiler.problems.add(problem.help(match (near, uses) {
        (Some(near), _) => format!("did you mean `{near}`?"),
        (None, 0) => "`requires` names jobs of the same workflow".to_owned(),
        (None, _) => format!("give each a `name`, or require `{name}-1`, `{name}-2` …"),
    }));
}

fn report_cycles(workflow: &ExpandedWorkflow, compiler: &mut Compiler<'_>) {
    const SHOWN: usize = 8;
    let calls = &workflow.calls;
    let Err(cycles) = graph::order(&workflow.requires()) else { return };
    for cycle in cycles {
        let Some(&first) = cycle.first() else { continue };
        let shown = cycle.iter().take(SHOWN);
        let mut path: Vec<String> = shown.map(|&at| quote(&calls[at].name)).collect();
        if cycle.len() > SHOWN {
            path.push("…".to_owned());
        }
        path.push(quote(&calls[first].name));
        let message = format!("these jobs wait for each other: {}", path.join(" requires "));
        let problem = Problem::error(calls[first].mark, message).code(Code::Requires);
        compiler.problems.add(problem.help("remove one of these `requires`"));
    }
}

/// The job `entry` as the only one of an implicit workflow of its name, with the filters that
/// version 2 lets it have itself.
pub(crate) fn alone(
    entry: &Entry,
    filters: Filters,
    compiler: &mut Compiler<'_>,
) -> Option<ExpandedWorkflow> {
    let call = Call { arguments: &[], mark: entry.mark };
    let job = job::expand(entry, call, &Around::default(), compiler)?;
    let callee = Callee::Job(Rc::clone(&entry.key));
    let call = ExpandedCall {
        name: entry.key.to_string(),
        mark: entry.mark,
        callee,
        job: Some(job),
        requires: Vec::new(),
        filters,
        written_filters: None,
        contexts: Vec::new(),
        serial_group: None,
    };
    Some(ExpandedWorkflow {
        name: Rc::clone(&entry.key),
        triggers: None,
        schedules: Vec::new(),
        max_auto_reruns: None,
        calls: vec![call],
    })
}
