//! `matrix` of a job call: every combination of its parameter lists, without the excluded ones.

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use crate::code::Code;
use crate::compiler::Compiler;
use crate::keys::Keys;
use crate::node::{Map, Node};
use crate::problem::{Problem, Problems, quote};
use crate::scalar;

/// Most calls that one matrix may make.
const MOST: usize = 500;

const MATRIX: Keys = Keys { of: "`matrix`", known: &["parameters", "exclude", "alias"] };

/// One value for each parameter of a matrix, by name.
pub(crate) type Combination = BTreeMap<Rc<str>, Rc<Node>>;

/// The combinations of one matrix.
#[derive(Debug)]
pub(crate) struct Matrix {
    pub(crate) combinations: Vec<Combination>,
    /// What other jobs may require instead of each of its calls.
    pub(crate) alias: Option<String>,
}

/// Reads a `matrix` value, already rendered. `None` if its combinations are unknown, which is
/// reported.
pub(crate) fn read(node: &Rc<Node>, compiler: &mut Compiler<'_>) -> Option<Matrix> {
    let map = scalar::map(node, "`matrix`", compiler.problems)?;
    MATRIX.check(map, compiler.problems);
    let alias = map.given("alias");
    let alias = alias.and_then(|node| scalar::filled(node, "`alias`", compiler.problems));
    let Some(parameters) = map.given("parameters") else {
        compiler.problems.add(Problem::error(node.mark, "`matrix` needs `parameters`"));
        return None;
    };
    let parameters = scalar::map(parameters, "`parameters` of a matrix", compiler.problems)?;
    let mut combinations = combine(node, parameters, compiler)?;
    if let Some(exclude) = map.given("exclude") {
        remove(&mut combinations, parameters, exclude, compiler.problems);
    }
    if combinations.is_empty() {
        compiler.problems.add(Problem::error(node.mark, "this matrix has no combination left"));
        return None;
    }
    Some(Matrix { combinations, alias })
}

/// The product of the lists; the first parameter varies slowest.
fn combine(node: &Node, parameters: &Map, compiler: &mut Compiler<'_>) -> Option<Vec<Combination>> {
    let problems = &mut *compiler.problems;
    let mut all = vec![Combination::new()];
    for entry in parameters.entries() {
        let what = format!("the matrix parameter {}", quote(&entry.key));
        let values = read_values(&what, &entry.value, problems);
        if all.len().saturating_mul(values.len()) > MOST {
            let message = format!("this matrix makes more than {MOST} jobs");
            problems.add(Problem::error(node.mark, message).code(Code::Size));
            return None;
        }
        // Each combination so far is copied for each value.
        let copied: usize =
            all.iter().map(|combination| 16 * combination.len() * values.len()).sum();
        if !compiler.meter.work(copied, node.mark, problems) {
            return None;
        }
        all = all
            .iter()
            .flat_map(|combination| {
                values.iter().map(|value| {
                    let mut longer = combination.clone();
                    longer.insert(Rc::clone(&entry.key), Rc::clone(value));
                    longer
                })
            })
            .collect();
    }
    Some(all)
}

/// The values of one parameter; guesses for those that are wrong.
fn read_values(what: &str, node: &Node, problems: &mut Problems) -> Vec<Rc<Node>> {
    let Some(values) = scalar::list(node, what, problems) else {
        return vec![Node::guess(node.mark)];
    };
    let read = |value: &Rc<Node>| match value.as_scalar() {
        Some(_) => Rc::clone(value),
        None => {
            problems.add(scalar::expected(what, "a list of plain values", value));
            Node::guess(value.mark)
        }
    };
    values.iter().map(read).collect()
}

fn remove(
    combinations: &mut Vec<Combination>,
    parameters: &Map,
    exclude: &Rc<Node>,
    problems: &mut Problems,
) {
    for item in scalar::list(exclude, "`exclude`", problems).unwrap_or_default() {
        let Some(map) = scalar::map(item, "an entry of `exclude`", problems) else { continue };
        let complete = map.entries().len() == parameters.entries().len()
            && map.entries().iter().all(|entry| parameters.get(&entry.key).is_some());
        if !complete {
            let message = "an entry of `exclude` needs exactly the parameters of the matrix";
            problems.add(Problem::error(item.mark, message));
            continue;
        }
        let excluded: HashMap<&str, &Node> =
            map.entries().iter().map(|entry| (&*entry.key, &*entry.value)).collect();
        let before = combinations.len();
        combinations.retain(|combination| {
            let is_excluded = |(name, value): (&Rc<str>, &Rc<Node>)| match excluded.get(&**name) {
                Some(other) => is_same(value, other),
                None => false,
            };
            !combination.iter().all(is_excluded)
        });
        if combinations.len() == before {
            let message = "this entry of `exclude` is no combination of the matrix";
            problems.add(Problem::warning(item.mark, message));
        }
    }
}

/// Whether two values are one: `yes` is `true`, however either is written.
fn is_same(value: &Node, other: &Node) -> bool {
    match (scalar::as_boolean(value), scalar::as_boolean(other)) {
        (Some(value), Some(other)) => value == other,
        _ => text(value) == text(other),
    }
}

fn text(node: &Node) -> Option<&str> {
    node.as_scalar().map(|scalar| &*scalar.text)
}

/// What a combination adds to the job's name: its values, by the alphabet of their parameters.
pub(crate) fn suffix(combination: &Combination) -> String {
    combination.values().filter_map(|value| text(value)).map(|text| format!("-{text}")).collect()
}
