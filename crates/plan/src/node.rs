//! The tree that a config is read into: scalars, lists and maps with their places. Parts are shared
//! (`Rc`), so that an alias costs nothing; types of scalars are decided by whoever reads them,
//! never here for good.

use std::collections::HashMap;
use std::rc::Rc;

use crate::problem::quote;

/// A place in a source: line and column, both counted from 1, the column in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Mark {
    pub(crate) line: u32,
    pub(crate) column: u32,
    /// The text that this stands in: 0 is the config, the others are orbs.
    pub(crate) file: u16,
    /// The library that names written here belong to: 0 is the config, the others are orbs. An
    /// orb written in the config has a library of its own and no file of its own.
    pub(crate) home: u16,
    /// What stands here could not be made out, which was reported, and something else was put in its
    /// place so that the rest can be looked at. What is said about a guess is not worth telling.
    pub(crate) guessed: bool,
}

impl Mark {
    pub(crate) const START: Self = Self { line: 1, column: 1, file: 0, home: 0, guessed: false };

    /// The same place, for something that was put there.
    pub(crate) fn guess(self) -> Self {
        Self { guessed: true, ..self }
    }
}

/// A value and where it stands.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) mark: Mark,
    pub(crate) value: Value,
    /// Levels of lists and maps in this value; 0 for a scalar. Bounds every recursion over it.
    height: usize,
    /// Bytes of text in this value, and a few for each node in it; shared ones count every time.
    weight: usize,
}

#[derive(Clone, Debug)]
pub(crate) enum Value {
    Scalar(Scalar),
    List(Vec<Rc<Node>>),
    Map(Map),
}

/// A scalar and how it came to be.
#[derive(Clone, Debug)]
pub(crate) struct Scalar {
    pub(crate) text: Rc<str>,
    pub(crate) style: Style,
}

/// What a scalar's type is decided by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// By its looks: written without quotes.
    Plain,
    /// Always text: quoted, a block, or put together from pieces.
    Text,
    /// By its looks, but fields that want text take it as well: the value of a parameter.
    Rendered,
}

/// What YAML takes a scalar for when no field says otherwise.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Kind {
    Null,
    Boolean(bool),
    Integer(i64),
    Number,
    Text,
}

impl Scalar {
    /// The kind by YAML 1.2's core rules. `yes`, `no`, `on` and `off` are text here; the fields
    /// that want a boolean read them as one.
    pub(crate) fn kind(&self) -> Kind {
        if self.style == Style::Text {
            return Kind::Text;
        }
        match &*self.text {
            "" | "~" | "null" | "Null" | "NULL" => Kind::Null,
            "true" | "True" | "TRUE" => Kind::Boolean(true),
            "false" | "False" | "FALSE" => Kind::Boolean(false),
            text => numeric(text),
        }
    }
}

fn numeric(text: &str) -> Kind {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if !digits.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return Kind::Text;
    }
    if digits.bytes().all(|b| b.is_ascii_digit()) {
        return text.parse().map_or(Kind::Number, Kind::Integer);
    }
    let based = |prefix, base| {
        let digits =
            digits.strip_prefix(prefix).filter(|digits| !digits.starts_with(['+', '-']))?;
        Some(i64::from_str_radix(digits, base))
    };
    if let Some(Ok(value)) = based("0x", 16).or_else(|| based("0o", 8)) {
        return if text.starts_with('-') { Kind::Integer(-value) } else { Kind::Integer(value) };
    }
    if is_float(digits) { Kind::Number } else { Kind::Text }
}

fn is_float(text: &str) -> bool {
    if matches!(text, ".inf" | ".Inf" | ".INF" | ".nan" | ".NaN" | ".NAN") {
        return true;
    }
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    digits(whole)
        && digits(fraction)
        && !(whole.is_empty() && fraction.is_empty())
        && digits(exponent)
        && !exponent.is_empty()
}

impl Node {
    pub(crate) fn new(mark: Mark, value: Value) -> Self {
        let below = match &value {
            Value::Scalar(_) => None,
            Value::List(items) => Some(items.iter().map(|item| item.height).max()),
            Value::Map(map) => Some(map.entries.iter().map(|entry| entry.value.height).max()),
        };
        let height = below.map_or(0, |highest| highest.unwrap_or(0) + 1);
        let weight = weight_of(&value);
        Self { mark, value, height, weight }
    }

    pub(crate) fn scalar(mark: Mark, text: impl Into<Rc<str>>, style: Style) -> Rc<Self> {
        Rc::new(Self::new(mark, Value::Scalar(Scalar { text: text.into(), style })))
    }

    /// What stands for a value at `mark` that could not be made out.
    pub(crate) fn guess(mark: Mark) -> Rc<Self> {
        Self::scalar(mark.guess(), "guess", Style::Rendered)
    }

    /// The same value at another place. Names in it still mean what they meant where it was
    /// written.
    pub(crate) fn moved(&self, mark: Mark) -> Rc<Self> {
        let mark = Mark { home: self.mark.home, ..mark };
        Rc::new(Self { mark, value: self.value.clone(), height: self.height, weight: self.weight })
    }

    pub(crate) fn map(mark: Mark, entries: Vec<Entry>) -> Rc<Self> {
        let mut map = Map::default();
        entries.into_iter().for_each(|entry| {
            map.put(entry);
        });
        Rc::new(Self::new(mark, Value::Map(map)))
    }

    pub(crate) fn list(mark: Mark, items: Vec<Rc<Self>>) -> Rc<Self> {
        Rc::new(Self::new(mark, Value::List(items)))
    }

    /// How much there is when the value is written out, in bytes, roughly.
    pub(crate) fn weight(&self) -> usize {
        self.weight
    }

    pub(crate) fn height(&self) -> usize {
        self.height
    }

    pub(crate) fn as_scalar(&self) -> Option<&Scalar> {
        if let Value::Scalar(scalar) = &self.value { Some(scalar) } else { None }
    }

    pub(crate) fn as_list(&self) -> Option<&[Rc<Self>]> {
        if let Value::List(items) = &self.value { Some(items) } else { None }
    }

    pub(crate) fn as_map(&self) -> Option<&Map> {
        if let Value::Map(map) = &self.value { Some(map) } else { None }
    }

    pub(crate) fn is_null(&self) -> bool {
        self.as_scalar().is_some_and(|scalar| scalar.kind() == Kind::Null)
    }

    /// The value in words, for messages that say what was found.
    pub(crate) fn describe(&self) -> String {
        let Some(scalar) = self.as_scalar() else {
            return if self.as_list().is_some() { "a list" } else { "a map" }.to_owned();
        };
        match scalar.kind() {
            Kind::Null => "empty".to_owned(),
            Kind::Boolean(_) => format!("the boolean {}", quote(&scalar.text)),
            Kind::Integer(_) | Kind::Number => format!("the number {}", quote(&scalar.text)),
            Kind::Text => format!("the text {}", quote(&scalar.text)),
        }
    }
}

fn weight_of(value: &Value) -> usize {
    let sum = |sum: usize, more: usize| sum.saturating_add(more);
    let inside = match value {
        Value::Scalar(scalar) => scalar.text.len(),
        Value::List(items) => items.iter().map(|item| item.weight).fold(0, sum),
        Value::Map(map) => {
            let entries = map.entries().iter();
            entries.map(|entry| entry.value.weight.saturating_add(entry.key.len())).fold(0, sum)
        }
    };
    inside.saturating_add(8)
}

/// One key of a map with its value.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) key: Rc<str>,
    /// Where the key stands.
    pub(crate) mark: Mark,
    pub(crate) value: Rc<Node>,
}

/// A map in the order of the source, with every key once.
#[derive(Clone, Debug, Default)]
pub(crate) struct Map {
    entries: Vec<Entry>,
    index: HashMap<Rc<str>, usize>,
}

impl Map {
    pub(crate) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    pub(crate) fn entry(&self, key: &str) -> Option<&Entry> {
        self.index.get(key).map(|&at| &self.entries[at])
    }

    pub(crate) fn get(&self, key: &str) -> Option<&Rc<Node>> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// Like [`Map::get`], but a key with an empty value counts as absent.
    pub(crate) fn given(&self, key: &str) -> Option<&Rc<Node>> {
        self.get(key).filter(|node| !node.is_null())
    }

    /// Adds the entry, or puts its value in the place of the one with the same key. Answers
    /// whether the key was there already.
    pub(crate) fn put(&mut self, entry: Entry) -> bool {
        if let Some(&at) = self.index.get(&entry.key) {
            self.entries[at] = entry;
            return true;
        }
        self.index.insert(entry.key.clone(), self.entries.len());
        self.entries.push(entry);
        false
    }

    /// Adds the entry unless its key is there already.
    pub(crate) fn put_absent(&mut self, entry: &Entry) {
        if !self.index.contains_key(&entry.key) {
            self.put(entry.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Kind) {
        assert_eq!(Scalar { text: text.into(), style: Style::Plain }.kind(), expected, "{text}");
    }

    #[test]
    fn plain_scalars_have_the_kind_of_yaml_1_2() {
        check("", Kind::Null);
        check("~", Kind::Null);
        check("True", Kind::Boolean(true));
        check("yes", Kind::Text);
        check("12", Kind::Integer(12));
        check("-3", Kind::Integer(-3));
        check("0x1F", Kind::Integer(31));
        check("-0o17", Kind::Integer(-15));
        check("99999999999999999999", Kind::Number);
        check("2.1", Kind::Number);
        check("1e3", Kind::Number);
        check("-.5", Kind::Number);
        check(".inf", Kind::Number);
        for text in [
            "1.2.3",
            ".",
            "1e",
            "+",
            "0xZ",
            "1_000",
            "2xlarge",
            "e3",
            "12:30",
            "-.",
            "nan",
            "0x-1F",
            "-0x-8000000000000000",
            "0o+7",
        ] {
            check(text, Kind::Text);
        }
    }

    #[test]
    fn a_quoted_number_is_text() {
        assert_eq!(Scalar { text: "12".into(), style: Style::Text }.kind(), Kind::Text);
    }
}
