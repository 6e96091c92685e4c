//! YAML text to the tree: one document, aliases shared, merge keys flattened. Built on the parser's
//! events rather than on a ready-made tree, because a config needs what trees throw away: places,
//! key order, repeated keys and re-defined anchors. Knows nothing of jobs or workflows.

use std::borrow::Cow;
use std::collections::HashMap;
use std::rc::Rc;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Span, Tag};

use crate::code::Code;
use crate::node::{Entry, Map, Mark, Node, Style, Value};
use crate::problem::{Problem, Problems, quote};

/// Deepest nesting of lists and maps, counted after aliases are expanded.
const DEPTH: usize = 100;
/// Size that a config may have when every alias is written out, in bytes.
const EXPANDED: usize = 8 << 20;
/// What one value counts beyond its text: the line break, indentation and dash it stands for.
const PER_NODE: usize = 8;
/// Most characters with a meaning to YAML. The parser holds a bracketed list in memory as a whole;
/// this bounds that memory, far above what a config of the allowed size needs.
const INDICATORS: usize = 1_000_000;

/// Reads `source`, whose places are in `start`'s file and whose names belong to its library. `None`
/// if it is not one well-formed document; the problem then says why.
pub(crate) fn read(source: &str, start: Mark, problems: &mut Problems) -> Option<Rc<Node>> {
    let indicators = source.bytes().filter(|b| b",[]{}:?*&!\"'".contains(b)).count();
    if indicators > INDICATORS {
        problems.add(large(start, "the config has too many YAML elements"));
        return None;
    }
    let mut reader = Reader::new(start, problems);
    for event in Parser::new_from_str(source) {
        let step = match event {
            Ok((event, span)) => reader.take(event, span),
            Err(error) => {
                let text = quote(error.info());
                Err(wrong(mark_of(*error.marker(), start), format!("this is not YAML: {text}"))
                    .help(yaml_advice(source, error.marker().line())))
            }
        };
        if let Err(problem) = step {
            problems.add(problem);
            return None;
        }
    }
    let root = reader.root;
    if root.is_none() {
        problems.add(
            wrong(start, "the config is empty")
                .help("a config starts with `version: 2.1` and has `jobs`"),
        );
    }
    root
}

/// What is no YAML document that a config can be.
fn wrong(mark: Mark, message: impl Into<String>) -> Problem {
    Problem::error(mark, message).code(Code::Yaml)
}

fn large(mark: Mark, message: impl Into<String>) -> Problem {
    Problem::error(mark, message).code(Code::Size)
}

fn yaml_advice(source: &str, line: usize) -> &'static str {
    let line = source.lines().nth(line.saturating_sub(1)).unwrap_or("");
    let indentation = &line[..line.len() - line.trim_start().len()];
    if indentation.contains('\t') {
        "YAML is indented with spaces, not with tabs"
    } else {
        "look at the indentation, quotes and brackets here and in the lines before"
    }
}

fn mark_of(marker: Marker, start: Mark) -> Mark {
    let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let (line, column) = (number(marker.line()).max(1), number(marker.col()).saturating_add(1));
    Mark { line, column, ..start }
}

/// A list or map that is not closed yet.
struct Frame {
    mark: Mark,
    anchor: usize,
    /// The reader's total when this was opened; the difference at its end is its size.
    spent: usize,
    open: Open,
}

enum Open {
    List(Vec<Rc<Node>>),
    Map { map: Map, merges: Vec<(Mark, Rc<Node>)>, key: Option<Key> },
}

struct Key {
    mark: Mark,
    text: Rc<str>,
    merge: bool,
}

/// A finished node that aliases may name.
struct Anchored {
    node: Rc<Node>,
    size: usize,
}

struct Reader<'p> {
    start: Mark,
    problems: &'p mut Problems,
    stack: Vec<Frame>,
    anchors: HashMap<usize, Anchored>,
    spent: usize,
    documents: usize,
    root: Option<Rc<Node>>,
}

type Step = Result<(), Problem>;

impl<'p> Reader<'p> {
    fn new(start: Mark, problems: &'p mut Problems) -> Self {
        let (stack, anchors) = (Vec::new(), HashMap::new());
        Self { start, problems, stack, anchors, spent: 0, documents: 0, root: None }
    }

    fn take(&mut self, event: Event<'_>, span: Span) -> Step {
        let mark = mark_of(span.start, self.start);
        match event {
            Event::DocumentStart(_) => self.start_document(mark),
            Event::Alias(anchor) => self.alias(anchor, mark),
            Event::Scalar(text, style, anchor, tag) => {
                let style = style_of(style, tag.as_ref(), mark)?;
                let spent = self.spent;
                self.spend(text.len(), mark)?;
                self.finish(Node::scalar(mark, text.as_ref(), style), anchor, spent)
            }
            Event::SequenceStart(anchor, tag) => {
                collection_tag(tag.as_ref(), "seq", mark)?;
                self.open(mark, anchor, Open::List(Vec::new()))
            }
            Event::MappingStart(anchor, tag) => {
                collection_tag(tag.as_ref(), "map", mark)?;
                let (map, merges) = (Map::default(), Vec::new());
                self.open(mark, anchor, Open::Map { map, merges, key: None })
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(),
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => Ok(()),
        }
    }

    fn start_document(&mut self, mark: Mark) -> Step {
        self.documents += 1;
        if self.documents == 1 {
            return Ok(());
        }
        Err(wrong(mark, "a second YAML document starts here; a config is one document")
            .help("remove the `---`, or keep the second document in a file of its own"))
    }

    fn spend(&mut self, bytes: usize, mark: Mark) -> Step {
        self.spent = self.spent.saturating_add(bytes).saturating_add(PER_NODE);
        if self.spent <= EXPANDED {
            return Ok(());
        }
        Err(large(mark, "the config is larger than 8 MB when its aliases are expanded")
            .help("repeat less through `*aliases`"))
    }

    fn open(&mut self, mark: Mark, anchor: usize, open: Open) -> Step {
        if self.stack.len() >= DEPTH {
            return Err(too_deep(mark));
        }
        let spent = self.spent;
        self.spend(0, mark)?;
        self.stack.push(Frame { mark, anchor, spent, open });
        Ok(())
    }

    fn close(&mut self) -> Step {
        let Some(Frame { mark, anchor, spent, open }) = self.stack.pop() else { return Ok(()) };
        let value = match open {
            Open::List(items) => Value::List(items),
            Open::Map { mut map, merges, .. } => {
                for (mark, node) in merges {
                    merge(&mut map, mark, &node)?;
                }
                Value::Map(map)
            }
        };
        self.finish(Rc::new(Node::new(mark, value)), anchor, spent)
    }

    fn alias(&mut self, anchor: usize, mark: Mark) -> Step {
        let Some(Anchored { node, size }) = self.anchors.get(&anchor) else {
            return Err(wrong(mark, "this alias stands inside the value that it names")
                .help("move the anchored value out of itself"));
        };
        let (node, size) = (Rc::clone(node), *size);
        if self.stack.len() + node.height() > DEPTH {
            return Err(too_deep(mark));
        }
        self.spend(size, mark)?;
        self.place(node, mark)
    }

    fn finish(&mut self, node: Rc<Node>, anchor: usize, spent_before: usize) -> Step {
        if anchor > 0 {
            let size = self.spent - spent_before;
            self.anchors.insert(anchor, Anchored { node: Rc::clone(&node), size });
        }
        let mark = node.mark;
        self.place(node, mark)
    }

    /// Puts a finished node where it belongs. `mark` is where it is used, which for an alias is
    /// not where it was written.
    fn place(&mut self, node: Rc<Node>, mark: Mark) -> Step {
        let Some(frame) = self.stack.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        match &mut frame.open {
            Open::List(items) => items.push(node),
            Open::Map { key: key @ None, .. } => *key = Some(key_of(&node, mark)?),
            Open::Map { map, merges, key } => {
                let Some(Key { mark, text, merge }) = key.take() else { return Ok(()) };
                if merge {
                    merges.push((mark, node));
                } else if map.put(Entry { key: Rc::clone(&text), mark, value: node }) {
                    let again = format!("the key {} is given twice in this map", quote(&text));
                    let problem = Problem::warning(mark, again).code(Code::DuplicateKey);
                    self.problems.add(problem.help("the last one counts; remove the other"));
                }
            }
        }
        Ok(())
    }
}

fn too_deep(mark: Mark) -> Problem {
    large(mark, format!("the config is nested more than {DEPTH} levels deep"))
}

fn key_of(node: &Node, mark: Mark) -> Result<Key, Problem> {
    let Some(scalar) = node.as_scalar() else {
        return Err(wrong(mark, format!("a key must be text, but is {}", node.describe())));
    };
    let merge = scalar.style == Style::Plain && &*scalar.text == "<<";
    Ok(Key { mark, text: Rc::clone(&scalar.text), merge })
}

/// `<<: *a` and `<<: [*a, *b]`: keys of the map itself win, then those of the earlier map.
fn merge(map: &mut Map, mark: Mark, node: &Node) -> Step {
    let wrong = |found: &Node| {
        let found = found.describe();
        wrong(mark, format!("`<<` needs a map or a list of maps, but is {found}"))
    };
    let sources = match &node.value {
        Value::List(items) => items.iter().map(Rc::as_ref).collect(),
        Value::Map(_) => vec![node],
        Value::Scalar(_) => return Err(wrong(node)),
    };
    for source in sources {
        let source = source.as_map().ok_or_else(|| wrong(source))?;
        source.entries().iter().for_each(|entry| map.put_absent(entry));
    }
    Ok(())
}

fn style_of(style: ScalarStyle, tag: Option<&Cow<'_, Tag>>, mark: Mark) -> Result<Style, Problem> {
    match tag {
        None if style == ScalarStyle::Plain => Ok(Style::Plain),
        None => Ok(Style::Text),
        Some(tag) if tag.is_yaml_core_schema() && tag.suffix == "str" => Ok(Style::Text),
        Some(tag) => Err(foreign_tag(tag, mark)),
    }
}

fn collection_tag(tag: Option<&Cow<'_, Tag>>, own: &str, mark: Mark) -> Step {
    match tag {
        Some(tag) if !(tag.is_yaml_core_schema() && tag.suffix == own) => {
            Err(foreign_tag(tag, mark))
        }
        _ => Ok(()),
    }
}

fn foreign_tag(tag: &Tag, mark: Mark) -> Problem {
    let name = quote(&tag.to_string());
    wrong(mark, format!("the YAML tag {name} has no meaning in a config"))
        .help("remove the tag; quotes make a value text")
}
