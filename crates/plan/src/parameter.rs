//! Parameters of jobs, commands, executors and pipelines: reading their declarations, and binding
//! arguments to them with the types checked. Where values are put in place is `template`'s matter.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use crate::code::Code;
use crate::environment::is_variable_name;
use crate::keys::Keys;
use crate::node::{Entry, Kind, Mark, Node, Style};
use crate::problem::{Problem, Problems, quote};
use crate::scalar;
use crate::suggest;
use crate::template::Values;

const DECLARATION: Keys =
    Keys { of: "a parameter", known: &["type", "default", "description", "enum"] };

/// Where the declarations stand, which decides the types they may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Allowed {
    /// At the top level: scalars only, each with a default.
    InPipelines,
    /// In a job, command or executor.
    InDefinitions,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Type {
    String,
    Boolean,
    Integer,
    Enum(Vec<String>),
    Executor,
    Steps,
    EnvironmentVariable,
    /// Its declaration was wrong, and reported.
    Unknown,
}

impl Type {
    const NAMES: [&str; 7] =
        ["string", "boolean", "integer", "enum", "executor", "steps", "env_var_name"];

    fn is_scalar(&self) -> bool {
        matches!(self, Self::String | Self::Boolean | Self::Integer | Self::Enum(_))
    }

    fn name(&self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Boolean => "boolean",
            Self::Integer => "integer",
            Self::Enum(_) => "enum",
            Self::Executor => "executor",
            Self::Steps => "steps",
            Self::EnvironmentVariable => "env_var_name",
            Self::Unknown => "unknown",
        }
    }

    /// The value as this type has it, or what it must be.
    fn accept(&self, value: &Rc<Node>) -> Result<Rc<Node>, String> {
        if value.mark.guessed {
            return Ok(Rc::clone(value));
        }
        let of_type = |wanted: &str| Err(format!("it must be {wanted}"));
        let kind = value.as_scalar().map(|scalar| scalar.kind());
        match self {
            Self::String => match value.as_scalar() {
                Some(scalar) if kind == Some(Kind::Text) => {
                    Ok(Node::scalar(value.mark, Rc::clone(&scalar.text), Style::Text))
                }
                Some(_) => of_type("text in quotes (a string)"),
                None => of_type("text (a string)"),
            },
            Self::Boolean => match scalar::as_boolean(value) {
                Some(is) => Ok(Node::scalar(value.mark, is.to_string(), Style::Rendered)),
                None => of_type("a boolean"),
            },
            Self::Integer => match kind {
                Some(Kind::Integer(n)) => {
                    Ok(Node::scalar(value.mark, n.to_string(), Style::Rendered))
                }
                _ => of_type("a whole number (an integer)"),
            },
            Self::Enum(members) => match value.as_scalar() {
                Some(scalar) if members.iter().any(|member| **member == *scalar.text) => {
                    Ok(Node::scalar(value.mark, Rc::clone(&scalar.text), Style::Text))
                }
                _ => of_type(&format!("one of {}", listing(members))),
            },
            Self::Executor if kind == Some(Kind::Text) || value.as_map().is_some() => {
                Ok(Rc::clone(value))
            }
            Self::Executor => of_type("an executor's name, or a map with `name`"),
            Self::Steps if value.as_list().is_some() => Ok(Rc::clone(value)),
            Self::Steps => of_type("a list of steps"),
            Self::EnvironmentVariable => match value.as_scalar() {
                Some(scalar) if is_variable_name(&scalar.text) => Ok(Rc::clone(value)),
                _ => of_type("the name of an environment variable"),
            },
            Self::Unknown => Ok(Node::guess(value.mark)),
        }
    }
}

fn listing(names: &[String]) -> String {
    let names: Vec<String> = names.iter().take(12).map(|name| quote(name)).collect();
    names.join(", ")
}

#[derive(Debug)]
struct Declaration {
    name: Rc<str>,
    of_type: Type,
    default: Option<Rc<Node>>,
}

/// The parameters of one definition, in order.
#[derive(Debug, Default)]
pub(crate) struct Declarations {
    list: Vec<Declaration>,
}

impl Declarations {
    /// Reads a `parameters` value. What is wrong is reported, and anything will do for it. `None` if
    /// not even the names can be read.
    pub(crate) fn read(node: &Rc<Node>, allowed: Allowed, problems: &mut Problems) -> Option<Self> {
        if node.is_null() {
            return Some(Self::default());
        }
        let map = scalar::map(node, "`parameters`", problems)?;
        let mut read = |entry: &Entry| {
            declaration(entry, allowed, problems).unwrap_or_else(|| Declaration {
                name: Rc::clone(&entry.key),
                of_type: Type::Unknown,
                default: Some(Node::guess(entry.mark)),
            })
        };
        Some(Self { list: map.entries().iter().map(&mut read).collect() })
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.list.iter().map(|declaration| &*declaration.name)
    }

    /// Whether a call without arguments is complete.
    pub(crate) fn all_have_defaults(&self) -> bool {
        self.list.iter().all(|declaration| declaration.default.is_some())
    }

    /// Binds the arguments of a call of `callee`, made at `mark`. One that is wrong or missing is
    /// reported, and a guess is bound.
    pub(crate) fn bind(
        &self,
        arguments: &[Entry],
        callee: &str,
        mark: Mark,
        problems: &mut Problems,
    ) -> Values {
        self.refuse_undeclared(arguments, callee, problems);
        let by_name: HashMap<&str, &Entry> =
            arguments.iter().map(|entry| (&*entry.key, entry)).collect();
        let mut bound = Values::new();
        for Declaration { name, of_type, default } in &self.list {
            let value = match by_name.get(&**name) {
                Some(entry) => accepted(of_type, name, &entry.value, problems),
                None if default.is_none() => {
                    let message = format!("Missing required argument(s): {name}");
                    let problem = Problem::error(mark, message).code(Code::Argument);
                    problems.add(problem.help(format!("{callee} needs it")));
                    None
                }
                None => default.clone(),
            };
            bound.insert(Rc::clone(name), value.unwrap_or_else(|| Node::guess(mark)));
        }
        bound
    }

    /// Binds pipeline parameters, which a trigger passes as text. For what is wrong, a guess is
    /// bound.
    pub(crate) fn bind_texts(
        &self,
        passed: &[(&str, &str)],
        mark: Mark,
        problems: &mut Problems,
    ) -> Vec<(Rc<str>, Rc<Node>)> {
        let argument = |of_type: &Type, text: &str| {
            let style = if *of_type == Type::String { Style::Text } else { Style::Rendered };
            Node::scalar(mark, text, style)
        };
        for (name, _) in passed {
            if !self.names().any(|known| known == *name) {
                let message = format!("Unexpected argument(s): {name}");
                problems.add(
                    Problem::error(mark, message)
                        .code(Code::Argument)
                        .help("declare it in the top-level `parameters`, or do not pass it"),
                );
            }
        }
        let value = |Declaration { name, of_type, default }: &Declaration,
                     problems: &mut Problems| {
            match passed.iter().rev().find(|(passed, _)| *passed == &**name) {
                Some((_, text)) => accepted(of_type, name, &argument(of_type, text), problems),
                None => default.clone(),
            }
        };
        let mut bound = Vec::new();
        for one in &self.list {
            let value = value(one, problems).unwrap_or_else(|| Node::guess(mark));
            bound.push((Rc::clone(&one.name), value));
        }
        bound
    }

    fn refuse_undeclared(&self, arguments: &[Entry], callee: &str, problems: &mut Problems) {
        let names: HashSet<&str> = self.names().collect();
        for Entry { key, mark, .. } in arguments.iter().filter(|one| !names.contains(&*one.key)) {
            let problem = Problem::error(*mark, format!("Unexpected argument(s): {key}"));
            let otherwise = || Some(format!("{callee} has no such parameter"));
            let help = suggest::advice(key, self.names(), otherwise).unwrap_or_default();
            problems.add(problem.code(Code::Argument).help(help));
        }
    }
}

fn accepted(
    of_type: &Type,
    name: &str,
    value: &Rc<Node>,
    problems: &mut Problems,
) -> Option<Rc<Node>> {
    let refuse = |help: String| {
        let wanted = of_type.name();
        let message = format!(
            "Type error for argument {name}: expected type: {wanted}, actual value: {}",
            actual(value)
        );
        problems.add(Problem::error(value.mark, message).code(Code::Argument).help(help));
    };
    of_type.accept(value).map_err(refuse).ok()
}

/// A value with its type, as CircleCI writes them.
fn actual(value: &Node) -> String {
    let Some(scalar) = value.as_scalar() else {
        return if value.as_list().is_some() { "a list (type list)" } else { "a map (type map)" }
            .to_owned();
    };
    let short: String = scalar.text.chars().take(60).collect();
    match scalar.kind() {
        Kind::Null => "null (type null)".to_owned(),
        Kind::Boolean(value) => format!("{value} (type boolean)"),
        Kind::Integer(_) => format!("{short} (type integer)"),
        Kind::Number => format!("{short} (type number)"),
        Kind::Text => format!("\"{short}\" (type string)"),
    }
}

fn declaration(entry: &Entry, allowed: Allowed, problems: &mut Problems) -> Option<Declaration> {
    let what = format!("the parameter {}", quote(&entry.key));
    let map = scalar::map(&entry.value, &what, problems)?;
    DECLARATION.check(map, problems);
    if map.get("default").is_none() && allowed == Allowed::InPipelines {
        problems.add(Problem::error(entry.mark, format!("{what} needs a `default`")));
    }
    let members = map.given("enum").map(|node| (node.mark, read_members(node, problems)));
    let Some(node) = map.given("type") else {
        let help = format!("one of {}", Type::NAMES.join(", "));
        problems.add(Problem::error(entry.mark, format!("{what} needs a `type`")).help(help));
        return None;
    };
    let of_type = read_type(node, members, problems)?;
    if allowed == Allowed::InPipelines && !of_type.is_scalar() {
        let message = format!("{what} cannot have this type, because it belongs to the pipeline");
        problems
            .add(Problem::error(node.mark, message).help("use string, boolean, integer or enum"));
        return None;
    }
    let default = match map.get("default") {
        Some(value) => Some(accepted(&of_type, &entry.key, value, problems)?),
        None => None,
    };
    Some(Declaration { name: Rc::clone(&entry.key), of_type, default })
}

/// `members` are the values of `enum`, and where they stand; the inner `None` if they are wrong.
fn read_type(
    node: &Rc<Node>,
    members: Option<(Mark, Option<Vec<String>>)>,
    problems: &mut Problems,
) -> Option<Type> {
    let name = scalar::text(node, "`type`", problems)?;
    if let (Some((mark, _)), true) = (&members, name != "enum" && !node.mark.guessed) {
        problems.add(Problem::error(*mark, "`enum` needs `type: enum` beside it"));
    }
    Some(match name.as_str() {
        "string" => Type::String,
        "boolean" => Type::Boolean,
        "integer" => Type::Integer,
        "executor" => Type::Executor,
        "steps" => Type::Steps,
        "env_var_name" => Type::EnvironmentVariable,
        "enum" => {
            let Some((_, members)) = members else {
                let message = "`type: enum` needs its values in a list `enum`";
                problems.add(Problem::error(node.mark, message));
                return None;
            };
            Type::Enum(members?)
        }
        other => {
            let problem =
                Problem::error(node.mark, format!("there is no parameter type {}", quote(other)));
            let names = || Some(format!("the types are {}", Type::NAMES.join(", ")));
            let help = suggest::advice(other, Type::NAMES, names).unwrap_or_default();
            problems.add(problem.help(help));
            return None;
        }
    })
}

fn read_members(node: &Node, problems: &mut Problems) -> Option<Vec<String>> {
    let members = scalar::list(node, "`enum`", problems)?;
    scalar::all(members.iter().map(|member| {
        scalar::stringified(member, "a value of `enum`", problems)?;
        member.as_scalar().map(|scalar| scalar.text.to_string())
    }))
}
