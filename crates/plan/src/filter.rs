//! Which branches and tags a job runs for. Reading a `filters` value, and judging a branch or tag
//! by it; what follows for jobs that require a filtered one is `graph`'s matter.

use std::rc::Rc;

use crate::code::Code;
use crate::compiler::Compiler;
use crate::expression;
use crate::keys::Keys;
use crate::node::{Kind, Node, Style};
use crate::pattern::Pattern;
use crate::problem::{Problem, quote};
use crate::scalar;
use crate::trigger::Reference;

const FILTERS: Keys = Keys { of: "`filters`", known: &["branches", "tags"] };
const RULE: Keys = Keys { of: "a filter", known: &["only", "ignore"] };

/// The filters of a job. The default is what a job without any has: all branches, no tags.
#[derive(Debug, Default)]
pub(crate) struct Filters {
    branches: Option<Rule>,
    tags: Option<Rule>,
    /// What an expression in the place of both came to.
    expression: Option<bool>,
}

#[derive(Debug)]
pub(crate) struct Rule {
    only: Option<Vec<Pattern>>,
    ignore: Option<Vec<Pattern>>,
}

impl Rule {
    /// With both lists given, `only` alone decides.
    fn admits(&self, name: &str) -> bool {
        let any = |patterns: &[Pattern]| patterns.iter().any(|pattern| pattern.matches(name));
        match (&self.only, &self.ignore) {
            (Some(only), _) => any(only),
            (None, Some(ignore)) => !any(ignore),
            (None, None) => true,
        }
    }
}

impl Filters {
    /// Filters that let every branch and tag through.
    pub(crate) fn everywhere() -> Self {
        Self { expression: Some(true), ..Self::default() }
    }

    /// Whether a job with these filters runs for the branch or tag.
    pub(crate) fn admit(&self, reference: &Reference) -> bool {
        if let Some(holds) = self.expression {
            return holds;
        }
        match reference {
            Reference::Branch(name) => self.branches.as_ref().is_none_or(|rule| rule.admits(name)),
            Reference::Tag(name) => self.tags.as_ref().is_some_and(|rule| rule.admits(name)),
        }
    }

    /// Reads a `filters` value. What is wrong is reported and left out.
    pub(crate) fn read(node: &Rc<Node>, compiler: &mut Compiler<'_>) -> Self {
        if let Some(scalar) = node.as_scalar().filter(|scalar| scalar.kind() != Kind::Null) {
            let expression = Some(Self::judge(&scalar.text, node, compiler));
            return Self { expression, ..Self::default() };
        }
        if node.is_null() {
            return Self::default();
        }
        let Some(map) = scalar::map(node, "`filters`", compiler.problems) else {
            return Self::default();
        };
        FILTERS.check(map, compiler.problems);
        let mut rule = |key: &str| map.get(key).and_then(|node| read_rule(key, node, compiler));
        Self { branches: rule("branches"), tags: rule("tags"), expression: None }
    }

    /// An expression judges branches and tags alike.
    fn judge(text: &str, node: &Rc<Node>, compiler: &mut Compiler<'_>) -> bool {
        let scope = compiler.scope(node.mark);
        let value = expression::evaluate(text, node.mark, &scope, &mut compiler.patterns);
        match value {
            Ok(value) => value.is_true(),
            Err(problem) => {
                compiler.problems.add(problem);
                false
            }
        }
    }

    /// As an expanded config has them: it has no parameters left, so an expression of any is what it came to.
    pub(crate) fn written(&self, node: &Rc<Node>) -> Rc<Node> {
        let lasts = |text: &str| !text.contains("pipeline.parameters.");
        match (self.expression, node.as_scalar()) {
            (Some(holds), Some(scalar)) if !lasts(&scalar.text) => {
                Node::scalar(node.mark, if holds { "true" } else { "false" }, Style::Plain)
            }
            _ => Rc::clone(node),
        }
    }

    /// The `branches` key of a job, which version 2 has for configs without workflows.
    pub(crate) fn of_branches(node: &Rc<Node>, compiler: &mut Compiler<'_>) -> Self {
        Self { branches: read_rule("branches", node, compiler), ..Self::default() }
    }
}

pub(crate) fn read_rule(key: &str, node: &Rc<Node>, compiler: &mut Compiler<'_>) -> Option<Rule> {
    let what = format!("`{key}`");
    let map = scalar::map(node, &what, compiler.problems)?;
    RULE.check(map, compiler.problems);
    let mut list = |key: &str| map.get(key).map(|node| read_patterns(key, node, compiler));
    let rule = Rule { only: list("only"), ignore: list("ignore") };
    if map.entries().is_empty() {
        let problem = Problem::error(node.mark, format!("{what} needs `only` or `ignore`"));
        compiler.problems.add(problem.help("without a restriction, write `only: /.*/`"));
    }
    Some(rule)
}

fn read_patterns(key: &str, node: &Rc<Node>, compiler: &mut Compiler<'_>) -> Vec<Pattern> {
    scalar::one_or_more(node).iter().filter_map(|node| read_pattern(key, node, compiler)).collect()
}

fn read_pattern(key: &str, node: &Rc<Node>, compiler: &mut Compiler<'_>) -> Option<Pattern> {
    // Branches named like numbers (`2.0`) are written without quotes, so any scalar is a name.
    let scalar = node.as_scalar().filter(|scalar| scalar.kind() != Kind::Null);
    let Some(scalar) = scalar else {
        let what = format!("a name under `{key}`");
        compiler.problems.add(scalar::expected(&what, "text or a /regular expression/", node));
        return None;
    };
    let refuse = |reason| {
        let message = format!("the pattern {} {reason}", quote(&scalar.text));
        compiler.problems.add(Problem::error(node.mark, message).code(Code::Pattern));
    };
    compiler.patterns.read(&scalar.text).map_err(refuse).ok()
}
