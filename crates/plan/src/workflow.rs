//! A workflow: its calls of jobs named, joined by `requires`, and filtered for the branch or tag.
//! Reading one call is `invocation`'s matter, what a job runs `job`'s.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use crate::compiled::{Invocation, Job, Workflow};
use crate::compiler::Compiler;
use crate::definition::Call;
use crate::graph;
use crate::invocation::{self, Calls, Invoked};
use crate::job;
use crate::keys::{Keys, Support::Built, Support::NotBuilt};
use crate::logic;
use crate::node::{Entry, Kind, Map, Mark, Node};
use crate::problem::{Problem, quote};
use crate::scalar;
use crate::suggest;
use crate::trigger::Reference;

const WORKFLOW: Keys = Keys {
    of: "a workflow",
    known: &[
        ("jobs", Built),
        ("when", Built),
        ("unless", Built),
        ("triggers", NotBuilt("trigger the pipeline through the API from a scheduler of your own")),
        ("max_auto_reruns", NotBuilt("")),
    ],
};

/// Compiles the workflow `entry`. `None` if nothing of it runs for `reference`, or if something is
/// wrong; the problems then say what.
pub(crate) fn compile(
    entry: &Entry,
    reference: &Reference,
    compiler: &mut Compiler<'_>,
) -> Option<Workflow> {
    let what = format!("the workflow {}", quote(&entry.key));
    let map = scalar::map(&entry.value, &what, compiler.problems)?;
    WORKFLOW.check(map, compiler.problems);
    if !is_wanted(map, compiler)? {
        return None;
    }
    let Some(list) = map.get("jobs") else {
        compiler.problems.add(Problem::error(entry.mark, format!("{what} needs `jobs`")));
        return None;
    };
    let Calls { list: calls, refused } = read_calls(list, &what, compiler)?;
    let names = unique_names(&calls);
    let jobs: Vec<Option<Job>> = calls.iter().map(|call| compile_job(call, compiler)).collect();
    let meanings = Names::new(&calls, &names, &refused);
    let requires = resolve(&what, &calls, &meanings, compiler);
    let order = graph::order(&requires).map_err(|cycles| {
        cycles.iter().for_each(|cycle| report_cycle(cycle, &calls, &names, compiler));
    });
    let admitted: Vec<bool> = calls.iter().map(|call| call.filters.admit(reference)).collect();
    let left = graph::left(&requires, &order.ok()?, &admitted);
    let jobs = invocations(names, jobs, &requires, &left);
    (!jobs.is_empty()).then(|| Workflow { name: entry.key.to_string(), jobs })
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

fn invocations(
    names: Vec<String>,
    jobs: Vec<Option<Job>>,
    requires: &graph::Requires,
    left: &[bool],
) -> Vec<Invocation> {
    let name_of = |at: &usize| names[*at].clone();
    jobs.into_iter()
        .enumerate()
        .filter(|(at, _)| left[*at])
        .filter_map(|(at, job)| {
            let requires = requires[at].iter().filter(|&&other| left[other]).map(name_of).collect();
            Some(Invocation { name: name_of(&at), requires, job: job? })
        })
        .collect()
}

/// `when` and `unless` of the workflow.
fn is_wanted(map: &Map, compiler: &mut Compiler<'_>) -> Option<bool> {
    let mut wanted = true;
    for key in ["when", "unless"] {
        let Some(entry) = map.entry(key) else { continue };
        if !compiler.allows(&format!("`{key}` of a workflow"), entry.mark) {
            return None;
        }
        if entry.value.as_scalar().is_some_and(|scalar| is_expression(&scalar.text, scalar.kind()))
        {
            let what = "an expression as a condition";
            let help = "use `equal`, `and`, `or`, `not` or one `<< value >>`";
            compiler.problems.add(Problem::not_built(entry.value.mark, what, help));
            return None;
        }
        let scope = compiler.definitions.pipeline.clone();
        let condition = compiler.render(&entry.value, &scope)?;
        wanted &= logic::holds(&condition, compiler)? == (key == "when");
    }
    Some(wanted)
}

/// Text that is not exactly one reference belongs to the expression language.
fn is_expression(text: &str, kind: Kind) -> bool {
    let text = text.trim();
    let one_reference = text.starts_with("<<") && text.find(">>") == Some(text.len() - 2);
    let spelled = matches!(text, "" | "yes" | "no" | "on" | "off" | "true" | "false");
    kind == Kind::Text && !one_reference && !spelled
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

fn compile_job(call: &Invoked, compiler: &mut Compiler<'_>) -> Option<Job> {
    let definitions = compiler.definitions;
    if let Some(entry) = definitions.jobs.entry(&call.job) {
        let arguments = Call { arguments: &call.arguments, mark: call.mark };
        return job::compile(entry, arguments, &call.around, compiler);
    }
    let name = quote(&call.job);
    let problem = if call.job.contains('/') {
        let help = "write the job yourself in `jobs`";
        Problem::not_built(call.mark, &format!("the job {name} of an orb"), help)
    } else {
        let names = definitions.jobs.entries().iter().map(|entry| &*entry.key);
        let near =
            if compiler.problems.crowded() { None } else { suggest::nearest(&call.job, names) };
        let help = match near {
            Some(near) => format!("did you mean `{near}`?"),
            None => "define it in `jobs`".to_owned(),
        };
        Problem::error(call.mark, format!("there is no job named {name}")).help(help)
    };
    compiler.problems.add(problem);
    None
}

/// What each name in `requires` may mean.
struct Names<'n> {
    unique: &'n [String],
    refused: &'n HashSet<Rc<str>>,
    given: HashMap<&'n str, Vec<usize>>,
    numbered: HashMap<&'n str, usize>,
    matrices: HashMap<&'n str, Vec<usize>>,
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
        Self { unique, refused, given, numbered, matrices }
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

/// For each call, the calls that it requires, each once. What is wrong is reported and left out.
fn resolve(
    workflow: &str,
    calls: &[Invoked],
    names: &Names<'_>,
    compiler: &mut Compiler<'_>,
) -> Vec<Vec<usize>> {
    let mut all = Vec::new();
    for (at, call) in calls.iter().enumerate() {
        let mut required = Vec::new();
        let mut seen = HashSet::new();
        for (name, mark) in &call.requires {
            match names.find(name) {
                Ok([]) if names.refused.contains(name.as_str()) => {}
                Ok([]) => report_unknown(name, *mark, workflow, names, compiler),
                Ok(found) if found.contains(&at) => {
                    let message = format!("the job {} requires itself", quote(&names.unique[at]));
                    compiler.problems.add(Problem::error(*mark, message));
                }
                // A matrix may stand for hundreds of calls in every one of its requirers.
                Ok(found) if compiler.spend(found.len() * 16, *mark) => {
                    required.extend(found.iter().filter(|other| seen.insert(**other)));
                }
                Ok(_) => {}
                Err(uses) => {
                    let message = format!("{} is the name of {uses} jobs", quote(name));
                    let help = format!("give each a `name`, or require `{name}-1`, `{name}-2` …");
                    compiler.problems.add(Problem::error(*mark, message).help(help));
                }
            }
        }
        all.push(required);
    }
    all
}

fn report_unknown(
    name: &str,
    mark: Mark,
    workflow: &str,
    names: &Names<'_>,
    compiler: &mut Compiler<'_>,
) {
    let near = if compiler.problems.crowded() {
        None
    } else {
        suggest::nearest(name, names.unique.iter().map(String::as_str))
    };
    let help = match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`requires` names jobs of the same workflow".to_owned(),
    };
    let message = format!("{} is not a job of {workflow}", quote(name));
    compiler.problems.add(Problem::error(mark, message).help(help));
}

fn report_cycle(cycle: &[usize], calls: &[Invoked], names: &[String], compiler: &mut Compiler<'_>) {
    const SHOWN: usize = 8;
    let Some(&first) = cycle.first() else { return };
    let mut path: Vec<String> = cycle.iter().take(SHOWN).map(|&at| quote(&names[at])).collect();
    if cycle.len() > SHOWN {
        path.push("…".to_owned());
    }
    path.push(quote(&names[first]));
    let mark = calls[first].requires.first().map_or(calls[first].mark, |(_, mark)| *mark);
    let message = format!("these jobs wait for each other: {}", path.join(" requires "));
    compiler.problems.add(Problem::error(mark, message).help("remove one of these `requires`"));
}

/// Compiles the job `entry` as the only one of an implicit workflow of its name.
pub(crate) fn compile_alone(entry: &Entry, compiler: &mut Compiler<'_>) -> Option<Workflow> {
    let call = Call { arguments: &[], mark: entry.mark };
    let job = job::compile(entry, call, &job::Around::default(), compiler)?;
    let name = entry.key.to_string();
    let jobs = vec![Invocation { name: name.clone(), requires: Vec::new(), job }];
    Some(Workflow { name, jobs })
}
