//! The expression language of 2.1: `pipeline.git.branch == "main" and not parameters.skip`. Stands
//! bare in a workflow's `when` and a job's `filters`, and between `<<` and `>>` elsewhere. `and`
//! and `or` look at their right side only when it counts, and give one of their operands.

mod parser;
mod token;

use std::rc::Rc;

use crate::code::Code;
use crate::node::{Kind, Mark, Node, Style};
use crate::pattern::Patterns;
use crate::problem::{Problem, quote};
use crate::scalar;
use crate::template::Scope;
use parser::{Comparison, Link, Term};

/// What an expression comes to.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    Nothing,
    Boolean(bool),
    Number(f64),
    Text(Rc<str>),
    /// A list or a map, which can only be passed on.
    Tree(Rc<Node>),
}

impl Value {
    pub(crate) fn of(node: &Rc<Node>) -> Self {
        let Some(scalar) = node.as_scalar() else { return Self::Tree(Rc::clone(node)) };
        match scalar.kind() {
            Kind::Null => Self::Nothing,
            Kind::Boolean(value) => Self::Boolean(value),
            Kind::Integer(number) => Self::Number(number as f64),
            Kind::Number => Self::Number(float(&scalar.text)),
            Kind::Text => Self::Text(Rc::clone(&scalar.text)),
        }
    }

    /// The value as a config would write it at `mark`.
    pub(crate) fn into_node(self, mark: Mark) -> Rc<Node> {
        match self {
            Self::Nothing => Node::scalar(mark, "", Style::Plain),
            Self::Boolean(value) => Node::scalar(mark, value.to_string(), Style::Rendered),
            Self::Number(value) => Node::scalar(mark, value.to_string(), Style::Rendered),
            Self::Text(text) => Node::scalar(mark, text, Style::Text),
            Self::Tree(node) => node.moved(mark),
        }
    }

    /// Everything is true but `false`, nothing, 0, no number, and the empty text.
    pub(crate) fn is_true(&self) -> bool {
        match self {
            Self::Nothing => false,
            Self::Boolean(value) => *value,
            Self::Number(value) => *value != 0.0 && !value.is_nan(),
            Self::Text(text) => !text.is_empty(),
            Self::Tree(_) => true,
        }
    }

    fn describe(&self) -> String {
        match self {
            Self::Nothing => "empty".to_owned(),
            Self::Boolean(value) => format!("the boolean `{value}`"),
            Self::Number(value) => format!("the number `{value}`"),
            Self::Text(text) => format!("the text {}", quote(text)),
            Self::Tree(node) => node.describe(),
        }
    }
}

/// A number with a point or an exponent, or one of YAML's own: `.inf` and `.nan`, with a sign or without.
fn float(text: &str) -> f64 {
    let unsigned = text.trim_start_matches(['+', '-']).to_ascii_lowercase();
    let sign = if text.starts_with('-') { -1.0 } else { 1.0 };
    let infinite = if unsigned == ".inf" { f64::INFINITY } else { f64::NAN };
    sign * unsigned.parse().unwrap_or(infinite)
}

impl PartialEq for Value {
    /// Values of different types are never equal, and trees equal nothing.
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Nothing, Self::Nothing) => true,
            (Self::Boolean(a), Self::Boolean(b)) => a == b,
            (Self::Number(a), Self::Number(b)) => a == b,
            (Self::Text(a), Self::Text(b)) => a == b,
            _ => false,
        }
    }
}

/// The value of the expression `text`, which stands at `mark`.
pub(crate) fn evaluate(
    text: &str,
    mark: Mark,
    scope: &Scope,
    patterns: &mut Patterns,
) -> Result<Value, Problem> {
    let wrong = |reason: String| {
        let message = format!("the expression {} {reason}", quote(text.trim()));
        Problem::error(mark, message).code(Code::Expression)
    };
    if text.trim_start().starts_with("include(") {
        let problem = wrong("is filled in when an orb is packed, and never later".to_owned());
        return Err(problem.help("put the text of the file here"));
    }
    let term = parser::parse(text).map_err(wrong)?;
    Evaluation { mark, scope, patterns }.value(&term)
}

/// Whether text reads like an expression rather than like words.
pub(crate) fn looks_like_one(text: &str) -> bool {
    let names = ["pipeline.", "parameters.", "matrix."];
    names.iter().any(|name| text.contains(name)) && parser::parse(text).is_ok()
}

struct Evaluation<'e> {
    mark: Mark,
    scope: &'e Scope,
    patterns: &'e mut Patterns,
}

impl Evaluation<'_> {
    fn value(&mut self, term: &Term) -> Result<Value, Problem> {
        Ok(match term {
            Term::Literal(value) => value.clone(),
            Term::Name(name) => Value::of(self.scope.find(name, self.mark).map_err(|problem| {
                let help = || format!("write text in quotes: `\"{name}\"`");
                if name.contains('.') { problem } else { problem.help(help()) }
            })?),
            Term::Not(term) => Value::Boolean(!self.value(term)?.is_true()),
            Term::Chain(first, links) => {
                let mut value = self.value(first)?;
                for link in links {
                    value = self.joined(value, link)?;
                }
                value
            }
        })
    }

    fn joined(&mut self, left: Value, link: &Link) -> Result<Value, Problem> {
        Ok(match link {
            Link::And(right) if left.is_true() => self.value(right)?,
            Link::Or(right) if !left.is_true() => self.value(right)?,
            Link::And(_) | Link::Or(_) => left,
            Link::Equal(right) => Value::Boolean(left == self.value(right)?),
            Link::Unequal(right) => Value::Boolean(left != self.value(right)?),
            Link::StartsWith(right) => {
                let right = self.value(right)?;
                let (left, right) = (self.text(left)?, self.text(right)?);
                Value::Boolean(left.starts_with(&*right))
            }
            Link::Matches(pattern) => Value::Boolean(self.matches(&self.text(left)?, pattern)?),
            Link::Compare(comparison, right) => {
                let right = self.value(right)?;
                Value::Boolean(compare(*comparison, self.number(left)?, self.number(right)?))
            }
        })
    }

    fn text(&self, value: Value) -> Result<Rc<str>, Problem> {
        match value {
            Value::Text(text) => Ok(text),
            // What a trigger leaves empty is text without letters.
            Value::Nothing => Ok("".into()),
            other => Err(self.refuse("`starts-with` and `matches` need text", &other)),
        }
    }

    fn number(&self, value: Value) -> Result<f64, Problem> {
        match value {
            Value::Number(number) => Ok(number),
            other => Err(self.refuse("`<`, `<=`, `>` and `>=` need numbers", &other)),
        }
    }

    fn refuse(&self, rule: &str, found: &Value) -> Problem {
        let message = format!("{rule}, but one side is {}", found.describe());
        Problem::error(self.mark, message).code(Code::Expression)
    }

    fn matches(&mut self, text: &str, pattern: &str) -> Result<bool, Problem> {
        self.patterns.search(pattern, text).map_err(|reason| {
            let message = format!("the pattern {} {reason}", quote(pattern));
            Problem::error(self.mark, message).code(Code::Pattern)
        })
    }
}

fn compare(comparison: Comparison, left: f64, right: f64) -> bool {
    match comparison {
        Comparison::Less => left < right,
        Comparison::LessOrEqual => left <= right,
        Comparison::More => left > right,
        Comparison::MoreOrEqual => left >= right,
    }
}

/// The truth of a plain value, as conditions see it: also YAML 1.1's spellings of booleans count.
pub(crate) fn truth(node: &Rc<Node>) -> bool {
    scalar::as_boolean(node).unwrap_or_else(|| Value::of(node).is_true())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::Values;

    fn evaluated(text: &str) -> Result<Value, Problem> {
        let text_of = |value: &str| Node::scalar(Mark::START, value, Style::Text);
        let plain = |value: &str| Node::scalar(Mark::START, value, Style::Rendered);
        let values: Values = [
            ("pipeline.git.branch", text_of("main")),
            ("pipeline.git.tag", text_of("")),
            ("pipeline.number", plain("12")),
            ("pipeline.parameters.on", plain("true")),
            ("pipeline.parameters.off", plain("false")),
            ("pipeline.parameters.none", plain("")),
        ]
        .into_iter()
        .map(|(name, node)| (name.into(), node))
        .collect();
        let scope = Scope::of_pipeline(values);
        evaluate(text, Mark::START, &scope, &mut Patterns::default())
    }

    fn check(text: &str, expected: &Value) {
        match evaluated(text) {
            Ok(value) => assert_eq!(value, *expected, "{text}"),
            Err(problem) => panic!("{text}: {problem}"),
        }
    }

    fn check_true(text: &str) {
        check(text, &Value::Boolean(true));
    }

    fn check_false(text: &str) {
        check(text, &Value::Boolean(false));
    }

    fn check_refused(text: &str, part: &str) {
        match evaluated(text) {
            Ok(value) => panic!("{text} is {value:?}"),
            Err(problem) => assert!(problem.message.contains(part), "{text}: {problem}"),
        }
    }

    #[test]
    fn values_are_compared_with_their_types() {
        check_true("pipeline.git.branch == \"main\"");
        check_false("pipeline.git.branch != \"main\"");
        check_true("pipeline.number == 12");
        check_false("pipeline.number == \"12\"");
        check_true("pipeline.number != \"12\"");
        check_true("pipeline.parameters.on == true");
        check_true("pipeline.parameters.none == pipeline.parameters.none");
        check_false("pipeline.parameters.none == \"\"");
        check_true("pipeline.git.tag == \"\"");
        check_true("1 == 1 == true");
    }

    #[test]
    fn numbers_are_ordered_and_text_is_not() {
        check_true("pipeline.number > 11");
        check_false("pipeline.number > 12");
        check_true("pipeline.number >= 12");
        check_false("pipeline.number >= 13");
        check_true("pipeline.number < 13");
        check_false("pipeline.number < 12");
        check_true("pipeline.number <= 12");
        check_false("pipeline.number <= 11");
        check_true("-1 < 0");
        check_refused("\"a\" < 1", "need numbers, but one side is the text `a`");
        check_refused("1 < true", "the boolean `true`");
        check_refused("1 < pipeline.parameters.none", "is empty");
    }

    #[test]
    fn text_is_searched() {
        check_true("pipeline.git.branch starts-with \"ma\"");
        check_false("pipeline.git.branch starts-with \"in\"");
        check_true("pipeline.git.branch matches /m.*n/");
        check_false("pipeline.git.branch matches /m/");
        check_true("\"a/b\" matches /a\\/b/");
        check_false("pipeline.parameters.none starts-with \"a\"");
        check_refused("pipeline.number starts-with \"1\"", "need text, but one side is the number");
        check_refused("\"a\" matches /(/", "the pattern");
    }

    #[test]
    fn and_or_give_an_operand_and_look_no_further_than_needed() {
        check("true and 10 or 1", &Value::Number(10.0));
        check("false and 10 or 1", &Value::Number(1.0));
        check("\"\" or \"b\"", &Value::Text("b".into()));
        check("0 and pipeline.nothing", &Value::Number(0.0));
        check("1 or pipeline.nothing", &Value::Number(1.0));
        check("false or false and pipeline.nothing", &Value::Boolean(false));
        check_true("pipeline.parameters.on and not pipeline.parameters.off");
        check_refused("1 and pipeline.nothing", "pipeline.nothing");
        check_refused("0 or pipeline.nothing", "pipeline.nothing");
    }

    #[test]
    fn not_binds_tightest_and_or_weakest() {
        check_false("not true and false");
        check_true("not (true and false)");
        check_true("true or true and false");
        check_false("(true or true) and false");
        check_true("!false");
        check_true("not not true");
        check_true("not pipeline.number == false");
        check_true("1 < 2 == true");
        check_refused("not \"a\" starts-with \"a\"", "the boolean `false`");
        check_true("\"ab\" starts-with \"a\" == true");
        check_true("true and\n\ttrue");
        check_true("not 0");
        check_false("not -1");
    }

    #[test]
    fn a_wrong_expression_says_where_it_goes_wrong() {
        for (text, part) in [
            ("", "ends where a value should stand"),
            ("1 ==", "ends where a value should stand"),
            ("1 2", "has `2` where an operator should stand"),
            ("(1", "lacks a `)`"),
            ("1)", "has `)` where an operator should stand"),
            ("\"a", "has a text that does not end"),
            ("1 matches \"a\"", "needs a `/regular expression/` after `matches`"),
            ("1 matches /a", "has a regular expression that does not end"),
            ("1 = 1", "has a `=`"),
            ("true and or", "has `or` where a value should stand"),
            ("not", "ends where a value should stand"),
            ("matches /a/", "has `matches` where a value should stand"),
            ("== 1", "has `==` where a value should stand"),
            ("/a/", "has a regular expression without `matches`"),
            ("- 1", "has a `-` without a number"),
            ("1 -", "has a `-` without a number"),
            ("\"a\\", "only `\\\"` and `\\\\` are escapes"),
            ("1 matches /a\\", "has a regular expression that does not end"),
            ("a..b", "is not a name"),
            ("a. == 1", "is not a name"),
            ("1 + 1", "has a `+`"),
            ("\"a\\n\"", "only `\\\"` and `\\\\` are escapes"),
            ("99999999999999999999", "is too large a number"),
        ] {
            check_refused(text, part);
        }
        check_refused(&"(".repeat(5_000), "is nested too deep");
        check_refused(&"not ".repeat(2_000), "is nested too deep");
        check_refused(&"1 ".repeat(50_000), "is longer than");
        check_true(&format!("{}true{}", "(".repeat(20), ")".repeat(20)));
    }

    #[test]
    fn an_expression_has_its_limits_and_may_reach_them() {
        let nested = |depth: usize| format!("{}true{}", "(".repeat(depth), ")".repeat(depth));
        check_true(&nested(30));
        check_refused(&nested(31), "is nested too deep");
        check_true(&format!("({}) and {}", nested(29), nested(30)));
        check_true(&format!("{}true", "not ".repeat(30)));
        check_refused(&format!("{}true", "not ".repeat(31)), "is nested too deep");
        let long = |length: usize| format!("{:length$}", "true");
        check_true(&long(10_000));
        check_refused(&long(10_001), "is longer than 10000 characters");
        for (first, more) in [("false", " or true"), ("true", " and true"), ("true", " == true")] {
            let chain = |count: usize| format!("{first}{}", more.repeat(count));
            check_true(&chain(399));
            check_refused(&chain(400), "has more than 400 operators in a row");
        }
        // These end in a boolean, so that only one of them makes sense.
        for (first, more) in [("1", " < 1"), ("\"a\"", " starts-with \"a\"")] {
            let chain = |count: usize| format!("{first}{}", more.repeat(count));
            check_refused(&chain(399), "the boolean");
            check_refused(&chain(400), "has more than 400 operators in a row");
        }
    }

    #[test]
    fn text_has_two_escapes() {
        check(r#""a\"b\\c""#, &Value::Text(r#"a"b\c"#.into()));
    }
}
