//! `<< name >>` in the values of a 2.1 config: finding references in text, and rendering a tree
//! with the values in scope. Every text is rendered once, where it stands; what a reference brings
//! in is never looked at again, so a value cannot inject a reference. What an expression between
//! `<<` and `>>` comes to is `expression`'s matter.

use std::collections::HashMap;
use std::rc::Rc;

use crate::code::Code;
use crate::expression;
use crate::meter::Meter;
use crate::node::{Entry, Kind, Map, Mark, Node, Scalar, Style, Value};
use crate::pattern::Patterns;
use crate::pipeline;
use crate::problem::{Problem, Problems, quote};
use crate::suggest;

/// Deepest value that rendering may produce, in levels of lists and maps.
const DEPTH: usize = 200;

/// Values by name.
pub(crate) type Values = HashMap<Rc<str>, Rc<Node>>;

/// The values that references may name. Lexical: a definition sees its own parameters and the
/// pipeline's values, never those of its caller.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scope {
    /// `parameters` or `matrix`, with the values below it.
    own: Option<(&'static str, Rc<Values>)>,
    pipeline: Rc<Values>,
    /// What names begin with that may well exist: what says which do was wrong, and reported.
    unknown: Vec<&'static str>,
    /// Whether this is what an orb sees.
    of_orb: bool,
}

impl Scope {
    /// Only the pipeline's values, by their full names.
    pub(crate) fn of_pipeline(values: Values) -> Self {
        Self { pipeline: Rc::new(values), ..Self::default() }
    }

    /// The pipeline's values, and `values` under `<root>.`.
    pub(crate) fn with(&self, root: &'static str, values: Values) -> Self {
        Self { own: Some((root, Rc::new(values))), ..self.clone() }
    }

    /// The same, where each name that begins with `prefix` and has no value has one that nobody knows.
    pub(crate) fn guessing(mut self, prefix: &'static str) -> Self {
        self.unknown.push(prefix);
        self
    }

    /// The pipeline's values without its parameters, which orbs do not see.
    pub(crate) fn of_orbs(&self) -> Self {
        let values = self.pipeline.iter();
        let values = values.filter(|(name, _)| !name.starts_with(pipeline::PARAMETERS));
        let values = values.map(|(name, node)| (Rc::clone(name), Rc::clone(node))).collect();
        Self { of_orb: true, ..Self::of_pipeline(values) }
    }

    /// The value of `name`, which stands at `mark`. A value that is a guess is none.
    pub(crate) fn find(&self, name: &str, mark: Mark) -> Result<&Rc<Node>, Problem> {
        let guess = || Problem::error(mark.guess(), "the value is not known");
        match self.look_up(name, mark) {
            Ok(value) if value.mark.guessed => Err(guess()),
            Err(_) if self.unknown.iter().any(|prefix| name.starts_with(prefix)) => Err(guess()),
            found => found,
        }
    }

    fn look_up(&self, name: &str, mark: Mark) -> Result<&Rc<Node>, Problem> {
        if name.starts_with("pipeline.") {
            let known = self.pipeline.keys().map(Rc::as_ref);
            let missing = || pipeline::missing(name, known, self.of_orb, mark);
            return self.pipeline.get(name).ok_or_else(missing);
        }
        let (root, key) = name.split_once('.').unwrap_or((name, ""));
        let own = self.own.as_ref().filter(|(own, _)| *own == root).map(|(_, values)| values);
        own.and_then(|values| values.get(key)).ok_or_else(|| unknown(name, key, own, mark))
    }
}

fn unknown(name: &str, key: &str, own: Option<&Rc<Values>>, mark: Mark) -> Problem {
    let message = match name.strip_prefix("parameters.") {
        Some(parameter) => format!("Arguments referenced without declared parameters: {parameter}"),
        None => format!("Referred to a variable {name:?} that does not exist"),
    };
    let problem = Problem::error(mark, message).code(Code::UnknownName);
    let names = suggest::sorted(own.iter().flat_map(|own| own.keys()).map(Rc::as_ref));
    let advice = suggest::advice(key, names, || {
        Some(match name.split_once('.') {
            Some(("matrix", _)) => "name a parameter of the `matrix` of this call".to_owned(),
            Some(_) => "declare it under `parameters` of this definition".to_owned(),
            None => "for a literal `<<`, as in a shell's here-document, write `\\<<`".to_owned(),
        })
    });
    problem.help(advice.unwrap_or_default())
}

/// A part of a text.
#[derive(Debug, PartialEq, Eq)]
enum Piece<'t> {
    Literal(&'t str),
    Reference(&'t str),
    /// Between `<<` and `>>` stands something that is not a name but mentions one.
    Expression(&'t str),
}

fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find("<<") {
        let (before, after) = (&rest[..at], &rest[at + 2..]);
        if let Some(before) = before.strip_suffix('\\') {
            pieces.extend([Piece::Literal(before), Piece::Literal("<<")]);
            rest = after;
        } else if let Some((piece, tail)) = reference(after) {
            pieces.extend([Piece::Literal(before), piece]);
            rest = tail;
        } else {
            pieces.push(Piece::Literal(&rest[..at + 2]));
            rest = after;
        }
    }
    pieces.push(Piece::Literal(rest));
    pieces.retain(|piece| *piece != Piece::Literal(""));
    pieces
}

/// What follows a `<<`, if it is more than literal text, and the text behind its `>>`.
fn reference(after: &str) -> Option<(Piece<'_>, &str)> {
    const LONGEST_EXPRESSION: usize = 2_000;
    let start = after.trim_start();
    let end = start.find(|c: char| !is_name_char(c)).unwrap_or(start.len());
    let (name, tail) = start.split_at(end);
    if let Some(tail) = tail.trim_start().strip_prefix(">>")
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
    {
        return Some((Piece::Reference(name), tail));
    }
    let near = &after[..after.floor_char_boundary(LONGEST_EXPRESSION)];
    let near = near.split_once("<<").map_or(near, |(near, _)| near);
    let (inner, _) = near.split_once(">>")?;
    let mentions = ["pipeline.", "parameters.", "matrix.", "include("];
    let names_something = mentions.iter().any(|root| inner.contains(root));
    names_something.then(|| (Piece::Expression(inner.trim()), &after[inner.len() + 2..]))
}

fn is_name_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')
}

/// Renders `node` with `scope`. What cannot be filled in is reported, and a guess stands in its
/// place. `None` if that is too much work, which is reported too.
pub(crate) fn render(
    node: &Rc<Node>,
    scope: &Scope,
    patterns: &mut Patterns,
    meter: &mut Meter,
    problems: &mut Problems,
) -> Option<Rc<Node>> {
    Renderer { scope, patterns, meter, problems }.node(node, 0)
}

struct Renderer<'r> {
    scope: &'r Scope,
    patterns: &'r mut Patterns,
    meter: &'r mut Meter,
    problems: &'r mut Problems,
}

impl Renderer<'_> {
    /// The rendered node; the same one where nothing changed. `None` ends the whole rendering.
    fn node(&mut self, node: &Rc<Node>, depth: usize) -> Option<Rc<Node>> {
        self.spend(8, node.mark)?;
        match &node.value {
            Value::Scalar(scalar) => self.scalar(node, scalar, depth),
            Value::List(items) => {
                let rendered: Option<Vec<_>> =
                    items.iter().map(|item| self.node(item, depth + 1)).collect();
                let rendered = rendered?;
                let same = items.iter().zip(&rendered).all(|(a, b)| Rc::ptr_eq(a, b));
                Some(replace(node, same, || Value::List(rendered)))
            }
            Value::Map(map) => {
                let mut rendered = Map::default();
                let mut same = true;
                for entry in map.entries() {
                    let (key, mark) = self.key(entry)?;
                    let value = self.node(&entry.value, depth + 1)?;
                    same &= Rc::ptr_eq(&value, &entry.value) && Rc::ptr_eq(&key, &entry.key);
                    if rendered.put(Entry { key, mark, value }) {
                        let message = "this key is given twice once its template is filled in";
                        let problem = Problem::error(mark, message);
                        self.problems.add(problem.code(Code::DuplicateKey));
                    }
                }
                Some(replace(node, same, || Value::Map(rendered)))
            }
        }
    }

    fn key(&mut self, entry: &Entry) -> Option<(Rc<str>, Mark)> {
        let as_written = Rc::clone(&entry.key);
        if !entry.key.contains("<<") {
            return Some((as_written, entry.mark));
        }
        Some(match self.splice(&pieces(&entry.key), entry.mark)? {
            Some(key) => (key.into(), entry.mark),
            None => (as_written, entry.mark.guess()),
        })
    }

    fn scalar(&mut self, node: &Rc<Node>, scalar: &Scalar, depth: usize) -> Option<Rc<Node>> {
        self.spend(scalar.text.len(), node.mark)?;
        if !scalar.text.contains("<<") {
            return Some(Rc::clone(node));
        }
        match pieces(scalar.text.trim()).as_slice() {
            [Piece::Reference(name)] => return self.whole(name, node, depth),
            [Piece::Expression(inner)] => {
                let value = expression::evaluate(inner, node.mark, self.scope, self.patterns);
                return Some(match value {
                    Ok(value) => value.into_node(node.mark),
                    Err(problem) => self.guess(problem, node),
                });
            }
            _ => {}
        }
        let text = self.splice(&pieces(&scalar.text), node.mark)?;
        Some(match text {
            Some(text) => Node::scalar(node.mark, text, Style::Text),
            None => Node::guess(node.mark),
        })
    }

    /// A scalar that is one reference becomes the value itself, with its type.
    fn whole(&mut self, name: &str, site: &Rc<Node>, depth: usize) -> Option<Rc<Node>> {
        let value = match self.scope.find(name, site.mark) {
            Ok(value) => value,
            Err(problem) => return Some(self.guess(problem, site)),
        };
        if depth + value.height() > DEPTH {
            let message = "this expands to a value that is nested too deep";
            return Some(self.guess(Problem::error(site.mark, message), site));
        }
        let parts = value.as_list().map_or(0, <[_]>::len)
            + value.as_map().map_or(0, |map| map.entries().len());
        self.spend(parts * 8, site.mark)?;
        Some(value.moved(site.mark))
    }

    /// The text of all pieces; the inner `None` if one has none.
    fn splice(&mut self, pieces: &[Piece<'_>], mark: Mark) -> Option<Option<String>> {
        let mut complete = true;
        let mut text = String::new();
        for piece in pieces {
            let (name, value) = match piece {
                Piece::Literal(literal) => {
                    text.push_str(literal);
                    continue;
                }
                Piece::Reference(name) => (name, self.scope.find(name, mark).cloned()),
                Piece::Expression(inner) => {
                    let value = expression::evaluate(inner, mark, self.scope, self.patterns);
                    (inner, value.map(|value| value.into_node(mark)))
                }
            };
            match value.and_then(|value| inserted(&value, name, mark)) {
                Ok(value) => {
                    self.spend(value.len(), mark)?;
                    text.push_str(&value);
                }
                Err(problem) => {
                    complete = false;
                    self.problems.add(problem);
                }
            }
        }
        Some(complete.then_some(text))
    }

    fn spend(&mut self, bytes: usize, mark: Mark) -> Option<()> {
        self.meter.work(bytes, mark, self.problems).then_some(())
    }

    /// Reports what is wrong at `site`, and goes on with a guess.
    fn guess(&mut self, problem: Problem, site: &Node) -> Rc<Node> {
        self.problems.add(problem);
        Node::guess(site.mark)
    }
}

/// A value as it stands inside text. `name` is what put it there.
fn inserted(value: &Node, name: &str, mark: Mark) -> Result<Rc<str>, Problem> {
    let Some(scalar) = value.as_scalar() else {
        let message =
            format!("{} is {} and cannot stand inside text", quote(name), value.describe());
        return Err(Problem::error(mark, message));
    };
    Ok(match scalar.kind() {
        Kind::Null => "".into(),
        Kind::Boolean(value) => value.to_string().into(),
        Kind::Integer(_) | Kind::Number | Kind::Text => Rc::clone(&scalar.text),
    })
}

fn replace(node: &Rc<Node>, same: bool, value: impl FnOnce() -> Value) -> Rc<Node> {
    if same { Rc::clone(node) } else { Rc::new(Node::new(node.mark, value())) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Piece::{Expression, Literal, Reference};

    fn check(text: &str, expected: &[Piece<'_>]) {
        assert_eq!(pieces(text), expected, "{text}");
    }

    #[test]
    fn references_are_found_in_text() {
        check("<< parameters.x >>", &[Reference("parameters.x")]);
        check("<<parameters.x>>", &[Reference("parameters.x")]);
        check(
            "v<< a.b >>.<<c.d>>",
            &[Literal("v"), Reference("a.b"), Literal("."), Reference("c.d")],
        );
        check("<<\n\tpipeline.id\n>>", &[Reference("pipeline.id")]);
    }

    #[test]
    fn shell_text_is_left_alone() {
        check("cat << EOF", &[Literal("cat <<"), Literal(" EOF")]);
        check("x << 1; y >> z", &[Literal("x <<"), Literal(" 1; y >> z")]);
        check("<<", &[Literal("<<")]);
        check("<<<<", &[Literal("<<"), Literal("<<")]);
    }

    #[test]
    fn a_backslash_makes_the_brackets_literal() {
        check("cat \\<<EOF >> f", &[Literal("cat "), Literal("<<"), Literal("EOF >> f")]);
    }

    /// Whether `value` may stand where a reference lies `levels` deep, in what `wrap` puts around it.
    fn check_depth(wrap: fn(Rc<Node>) -> Rc<Node>, levels: usize, value: usize, expected: bool) {
        let around = |inner, levels| (0..levels).fold(inner, |inner, _| wrap(inner));
        let leaf = |text: &str| Node::scalar(Mark::START, text, Style::Plain);
        let values: Values = [("x".into(), around(leaf("deep"), value))].into();
        let scope = Scope::default().with("parameters", values);
        let site = around(leaf("<< parameters.x >>"), levels);
        let mut problems = Problems::default();
        let rendered =
            render(&site, &scope, &mut Patterns::default(), &mut Meter::new(), &mut problems);
        // A guess in its place has no levels of its own.
        let height = levels + if expected { value } else { 0 };
        assert_eq!(rendered.map(|node| node.height()), Some(height), "{value} below {levels}");
        assert_eq!(problems.failed(), !expected, "{value} levels below {levels}");
    }

    #[test]
    fn what_is_put_in_place_counts_with_the_levels_around_it() {
        let in_a_list: fn(Rc<Node>) -> Rc<Node> = |node| Node::list(Mark::START, vec![node]);
        let in_a_map: fn(Rc<Node>) -> Rc<Node> = |value| {
            let entry = Entry { key: "a".into(), mark: Mark::START, value };
            Node::map(Mark::START, vec![entry])
        };
        for wrap in [in_a_list, in_a_map] {
            check_depth(wrap, 100, 100, true);
            check_depth(wrap, 100, 101, false);
            check_depth(wrap, 101, 100, false);
            check_depth(wrap, 0, 200, true);
            check_depth(wrap, 0, 201, false);
        }
    }

    /// Rendering `text`, where `parameters.x` is `value`, needs this much work and no less.
    fn check_work(text: &str, value: Rc<Node>, expected: usize) {
        let scope = Scope::default().with("parameters", [("x".into(), value)].into());
        let site = Node::scalar(Mark::START, text, Style::Plain);
        for (left, enough) in [(expected, true), (expected - 1, false)] {
            let (mut meter, mut problems) = (Meter::new(), Problems::default());
            assert!(meter.work(crate::meter::WORK - left, Mark::START, &mut problems));
            let patterns = &mut Patterns::default();
            let rendered = render(&site, &scope, patterns, &mut meter, &mut problems);
            assert_eq!(rendered.is_some(), enough, "{text} with {left} left");
            assert_eq!(problems.failed(), !enough, "{text} with {left} left");
        }
    }

    #[test]
    fn what_is_read_and_what_is_put_in_place_count_as_work() {
        let leaf = |text: &str| Node::scalar(Mark::START, text, Style::Plain);
        let entry = |key: &str| Entry { key: key.into(), mark: Mark::START, value: leaf("a") };
        check_work("plain", leaf(""), 8 + 5);
        check_work("<<parameters.x>>", leaf("text"), 8 + 16);
        check_work("<<parameters.x>>", Node::list(Mark::START, vec![leaf("a"); 3]), 8 + 16 + 3 * 8);
        let map = Node::map(Mark::START, vec![entry("a"), entry("b")]);
        check_work("<<parameters.x>>", map, 8 + 16 + 2 * 8);
        check_work("a <<parameters.x>>", leaf("text"), 8 + 18 + 4);
        check_work("a << parameters.x or 1 >>", leaf("text"), 8 + 25 + 4);
    }

    #[test]
    fn expressions_are_told_from_shell_text() {
        check("<< pipeline.a == 1 >>", &[Expression("pipeline.a == 1")]);
        check("<< not parameters.a >> b", &[Expression("not parameters.a"), Literal(" b")]);
    }
}
