//! A tree as YAML text, in the layout of `circleci config process`: two blanks a level, lists not
//! indented below their key, texts of several lines as blocks. What is read back is the same tree.

use std::collections::HashMap;
use std::fmt::Write;
use std::rc::Rc;

use crate::node::{Kind, Map, Mark, Node, Scalar, Style, Value};

/// Keys whose values are numbers or booleans; elsewhere what a parameter gave stands in quotes.
const TYPED: [&str; 11] = [
    "parallelism",
    "background",
    "docker_layer_caching",
    "prefer_same_region",
    "max_auto_reruns",
    "depth",
    "enabled",
    "circleci_ip_ranges",
    "machine",
    "version",
    "setup",
];

/// Longest key that stands without a mark, in bytes; YAML says 1,024 characters with what is around it.
const SIMPLE_KEY: usize = 1_000;

/// Writes the tree. Before a step that came from a command stands a comment with the command's name;
/// before a job one with its place in the config; without origins there are no comments.
pub(crate) fn write(root: &Node, origins: Option<&HashMap<Mark, Rc<str>>>) -> String {
    let mut writer = Writer { out: String::new(), origins, path: Vec::new() };
    if let Some(map) = root.as_map() {
        writer.map(map, 0);
    }
    writer.out
}

struct Writer<'w> {
    out: String,
    origins: Option<&'w HashMap<Mark, Rc<str>>>,
    /// The keys above the current value; an item of a list has none.
    path: Vec<Rc<str>>,
}

impl Writer<'_> {
    fn map(&mut self, map: &Map, indent: usize) {
        for (at, entry) in map.entries().iter().enumerate() {
            if at > 0 {
                self.margin(indent);
            }
            let is_job = matches!(self.path.as_slice(), [jobs] if &**jobs == "jobs");
            if is_job && self.origins.is_some() && entry.mark.file == 0 {
                let _ = writeln!(self.out, "# from line {}", entry.mark.line);
                self.margin(indent);
            }
            self.key(&entry.key, indent);
            self.path.push(Rc::clone(&entry.key));
            self.value(&entry.value, indent);
            self.path.pop();
        }
    }

    /// The key with its colon. YAML allows a long one only with a mark before it.
    fn key(&mut self, key: &str, indent: usize) {
        let start = self.out.len();
        if is_safe(key) {
            self.out.push_str(key);
        } else {
            self.escaped(key);
        }
        if self.out.len() - start > SIMPLE_KEY {
            self.out.insert_str(start, "? ");
            self.out.push('\n');
            self.margin(indent);
        }
        self.out.push(':');
    }

    /// The value behind a colon, with the end of its line.
    fn value(&mut self, node: &Node, indent: usize) {
        match &node.value {
            Value::Scalar(scalar) => {
                self.out.push(' ');
                self.scalar(scalar, indent + 2);
                self.out.push('\n');
            }
            Value::List(items) if items.is_empty() => self.out.push_str(" []\n"),
            Value::Map(map) if map.entries().is_empty() => self.out.push_str(" {}\n"),
            Value::List(items) => {
                self.out.push('\n');
                items.iter().for_each(|item| self.item(item, indent));
            }
            Value::Map(map) => {
                self.out.push('\n');
                self.margin(indent + 2);
                self.map(map, indent + 2);
            }
        }
    }

    fn item(&mut self, node: &Node, indent: usize) {
        let is_step = matches!(self.path.as_slice(), [.., key] if &**key == "steps");
        let origin = self.origins.and_then(|origins| origins.get(&node.mark));
        if let Some(origin) = origin.filter(|_| is_step) {
            self.margin(indent);
            let name: String =
                origin.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
            let _ = writeln!(self.out, "# from the command {name}");
        }
        self.margin(indent);
        self.out.push_str("- ");
        self.path.push("".into());
        match &node.value {
            Value::Scalar(scalar) => {
                self.scalar(scalar, indent + 2);
                self.out.push('\n');
            }
            Value::Map(map) if !map.entries().is_empty() => self.map(map, indent + 2),
            Value::Map(_) => self.out.push_str("{}\n"),
            Value::List(items) if items.is_empty() => self.out.push_str("[]\n"),
            Value::List(items) => {
                self.out.push('\n');
                items.iter().for_each(|item| self.item(item, indent + 2));
            }
        }
        self.path.pop();
    }

    fn margin(&mut self, indent: usize) {
        self.out.extend(std::iter::repeat_n(' ', indent));
    }

    fn scalar(&mut self, scalar: &Scalar, indent: usize) {
        let typed = self.path.last().is_some_and(|key| TYPED.contains(&&**key));
        match scalar.style {
            Style::Plain if scalar.kind() == Kind::Null => self.out.push_str("null"),
            Style::Plain if scalar.kind() != Kind::Text => self.out.push_str(&scalar.text),
            Style::Plain if is_old_boolean(&scalar.text) => self.out.push_str(&scalar.text),
            Style::Rendered if typed => self.out.push_str(&scalar.text),
            _ => self.text(&scalar.text, indent),
        }
    }

    /// Text that reads back as text.
    fn text(&mut self, text: &str, indent: usize) {
        if is_safe(text) {
            self.out.push_str(text);
        } else if fits_block(text) {
            self.block(text, indent);
        } else if text.chars().all(|c| !c.is_control() && !is_break(c) && c != '\u{feff}') {
            let _ = write!(self.out, "'{}'", text.replace('\'', "''"));
        } else {
            self.escaped(text);
        }
    }

    fn block(&mut self, text: &str, indent: usize) {
        let end = if text.ends_with('\n') { "|" } else { "|-" };
        self.out.push_str(end);
        for line in text.strip_suffix('\n').unwrap_or(text).split('\n') {
            self.out.push('\n');
            if !line.is_empty() {
                self.margin(indent);
                self.out.push_str(line);
            }
        }
    }

    fn escaped(&mut self, text: &str) {
        self.out.push('"');
        for c in text.chars() {
            match c {
                '"' => self.out.push_str("\\\""),
                '\\' => self.out.push_str("\\\\"),
                '\n' => self.out.push_str("\\n"),
                '\t' => self.out.push_str("\\t"),
                '\r' => self.out.push_str("\\r"),
                c if c.is_control() || is_break(c) || c == '\u{feff}' => {
                    let _ = write!(self.out, "\\U{:08x}", u32::from(c));
                }
                c => self.out.push(c),
            }
        }
        self.out.push('"');
    }
}

fn is_break(c: char) -> bool {
    matches!(c, '\u{85}' | '\u{2028}' | '\u{2029}')
}

fn is_old_boolean(text: &str) -> bool {
    const WORDS: [&str; 6] = ["yes", "no", "on", "off", "y", "n"];
    WORDS.iter().any(|word| word.eq_ignore_ascii_case(text))
}

/// Whether the text can stand without quotes and still be text.
fn is_safe(text: &str) -> bool {
    let plain = Scalar { text: text.into(), style: Style::Plain };
    let inside = |c: char| c.is_alphanumeric() || " _-./@%+=~$:,()&*!?;<>|^'\"[]{}\\#`".contains(c);
    text.starts_with(|c: char| {
        c.is_ascii_alphanumeric() || matches!(c, '/' | '.' | '_' | '~' | '$')
    }) && plain.kind() == Kind::Text
        && !is_old_boolean(text)
        && text.chars().all(inside)
        && !text.contains(": ")
        && !text.contains(" #")
        && !text.ends_with([' ', ':'])
        && text.trim() == text
}

/// Whether a literal block says exactly this: lines of printable text, of which the first is not
/// indented, and at most one break at the end.
fn fits_block(text: &str) -> bool {
    let odd =
        |c: char| (c.is_control() && c != '\n' && c != '\t') || is_break(c) || c == '\u{feff}';
    text.trim_end_matches('\n').contains('\n')
        && !text.ends_with("\n\n")
        && !text.starts_with([' ', '\t', '\n'])
        && !text.lines().any(|line| !line.is_empty() && line.trim().is_empty())
        && !text.chars().any(odd)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Problems;
    use crate::yaml;

    fn check(text: &str) {
        let node = Node::scalar(Mark::START, text, Style::Text);
        let inner = Node::map(Mark::START, vec![entry("k", &node), entry("l", &node)]);
        let list = Node::list(Mark::START, vec![Rc::clone(&node), inner]);
        let root = Node::map(Mark::START, vec![entry("a", &node), entry("b", &list)]);
        let written = write(&root, None);
        let mut problems = Problems::default();
        let read = yaml::read(&written, Mark::START, &mut problems).expect("YAML");
        let read = read.as_map().and_then(|map| map.get("a")).expect("a");
        let scalar = read.as_scalar().expect("a scalar");
        assert_eq!(&*scalar.text, text, "{written}");
        assert_eq!(scalar.kind(), Kind::Text, "{written}");
        assert!(crate::scalar::as_boolean(read).is_none(), "{written}");
    }

    fn entry(key: &str, value: &Rc<Node>) -> crate::node::Entry {
        crate::node::Entry { key: key.into(), mark: Mark::START, value: Rc::clone(value) }
    }

    #[test]
    fn a_key_of_any_length_is_read_back_with_its_value() {
        let leaf = Node::scalar(Mark::START, "v", Style::Text);
        let list = Node::list(Mark::START, vec![Rc::clone(&leaf)]);
        let map = Node::map(Mark::START, vec![entry("k", &leaf)]);
        for key in ["\u{b}".repeat(300), "a".repeat(1_500), "語".repeat(700)] {
            for value in [&leaf, &list, &map] {
                let inner = Node::map(Mark::START, vec![entry(&key, value), entry("last", &leaf)]);
                let items = Node::list(Mark::START, vec![Rc::clone(&inner)]);
                let entries = vec![entry("list", &items), entry("map", &inner)];
                let written = write(&Node::map(Mark::START, entries), None);
                let mut problems = Problems::default();
                let read = yaml::read(&written, Mark::START, &mut problems);
                assert!(!problems.failed(), "{:?}\n{written}", problems.finish());
                assert_eq!(write(&read.expect("YAML"), None), written);
            }
        }
    }

    #[test]
    fn text_is_read_back_as_it_was() {
        for text in [
            "",
            " ",
            "a",
            "12",
            "1.10",
            "true",
            "yes",
            "null",
            "~",
            "a: b",
            "a #b",
            "- a",
            "a\nb",
            "a\nb\n",
            "a\n\n",
            " a\nb",
            "a\n  b\n",
            "\ta",
            "a\tb",
            "it's",
            "\"q\"",
            "a\r\nb",
            "\u{2028}",
            "\u{85}",
            "\u{feff}x",
            "a:",
            "&a",
            "*a",
            "{a}",
            "[a]",
            "%a",
            "@a",
            "`a`",
            "<<",
            "a\n \nb",
            "語",
            "😀",
            "a\u{0}b",
            "|",
            ">",
            "?",
            "! x",
            "0x1F",
            "$HOME/a b",
            "a\n#b\n",
            "---",
            "---\na",
            "...",
            "a\n---\nb",
            "a\n...\nb",
            "=",
            "a b: c\nd",
            "x # y\nz",
            "~/project",
        ] {
            check(text);
        }
    }
}
