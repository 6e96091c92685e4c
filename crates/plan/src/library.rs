//! Where names come from: the config is a library of jobs, commands and executors, and so is every
//! orb that it names or holds. A name means what it means where it was written, also when it is
//! passed to an orb as an argument.

use std::collections::HashMap;
use std::rc::Rc;

use crate::code::Code;
use crate::keys::Keys;
use crate::meter::Meter;
use crate::node::{Entry, Map, Mark, Node, Value};
use crate::orb::{OrbReference, Orbs};
use crate::pattern::Patterns;
use crate::problem::{Problem, Problems, quote};
use crate::scalar;
use crate::suggest;
use crate::template::{self, Scope};
use crate::yaml;

/// Most orbs that one config may bring in, counted with those inside orbs.
const MOST: usize = 200;
/// Deepest nesting of orbs in orbs.
const DEPTH: usize = 20;
/// Largest text of all orbs together, in bytes.
const TEXT: usize = 3 << 20;

pub(crate) const ORB: Keys = Keys {
    of: "an orb",
    known: &[
        "version",
        "orbs",
        "jobs",
        "commands",
        "executors",
        "description",
        "display",
        "examples",
    ],
};

/// What a library holds definitions of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Section {
    Jobs,
    Commands,
    Executors,
}

impl Section {
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Jobs => "jobs",
            Self::Commands => "commands",
            Self::Executors => "executors",
        }
    }

    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Jobs => "job",
            Self::Commands => "command",
            Self::Executors => "executor",
        }
    }
}

/// The definitions of a config or an orb.
#[derive(Debug, Default)]
pub(crate) struct Library {
    pub(crate) jobs: Map,
    pub(crate) commands: Map,
    pub(crate) executors: Map,
    /// Orbs by the names that this library gives them; `None` for one that was refused.
    pub(crate) orbs: HashMap<Rc<str>, Option<u16>>,
    /// What is in scope everywhere in it.
    pub(crate) pipeline: Scope,
}

impl Library {
    fn section(&self, section: Section) -> &Map {
        match section {
            Section::Jobs => &self.jobs,
            Section::Commands => &self.commands,
            Section::Executors => &self.executors,
        }
    }

    /// Reads `jobs`, `commands` and `executors`.
    pub(crate) fn read(map: &Map, pipeline: Scope, problems: &mut Problems) -> Self {
        let mut section = |section: Section| {
            let node = map.given(section.key())?;
            scalar::map(node, &quote(section.key()), problems).cloned()
        };
        Self {
            jobs: section(Section::Jobs).unwrap_or_default(),
            commands: section(Section::Commands).unwrap_or_default(),
            executors: section(Section::Executors).unwrap_or_default(),
            orbs: HashMap::new(),
            pipeline,
        }
    }
}

/// All libraries of one compilation; the first is the config's.
#[derive(Debug, Default)]
pub(crate) struct Libraries(Vec<Library>);

/// What a name leads to.
pub(crate) enum Found<'l> {
    Definition(&'l Entry),
    /// Nothing has this name.
    Nothing,
    /// It is in an orb that was refused, and reported.
    Refused,
}

impl Libraries {
    /// The config's own definitions.
    pub(crate) fn own(&self) -> &Library {
        &self.0[0]
    }

    /// The definitions that stand in the config's text, those of orbs written there among them.
    pub(crate) fn in_config(&self, section: Section) -> impl Iterator<Item = &Entry> {
        let entries = self.0.iter().flat_map(move |library| library.section(section).entries());
        entries.filter(|entry| entry.mark.file == 0)
    }

    /// The library that names written at `mark` belong to.
    pub(crate) fn at(&self, mark: Mark) -> &Library {
        self.0.get(usize::from(mark.home)).unwrap_or_else(|| self.own())
    }

    /// The definition that `name`, written at `mark`, stands for: `name` of the same library, or
    /// `orb/name`.
    pub(crate) fn find(&self, section: Section, name: &str, mark: Mark) -> Found<'_> {
        let own = self.at(mark);
        if let Some(entry) = own.section(section).entry(name) {
            return Found::Definition(entry);
        }
        let (library, name) = match name.split_once('/') {
            None => return Found::Nothing,
            Some((orb, name)) => match own.orbs.get(orb) {
                None => return Found::Nothing,
                Some(None) => return Found::Refused,
                Some(Some(at)) => (&self.0[usize::from(*at)], name),
            },
        };
        library.section(section).entry(name).map_or(Found::Nothing, Found::Definition)
    }

    /// The problem of a name that leads to nothing.
    pub(crate) fn missing(
        &self,
        section: Section,
        name: &str,
        mark: Mark,
        crowded: bool,
    ) -> Problem {
        let word = section.word();
        let message = format!("Cannot find a definition for {word} named {name}");
        let problem = Problem::error(mark, message).code(Code::UnknownName);
        if crowded {
            return problem;
        }
        let own = self.at(mark);
        let keys = |map: &Map| -> Vec<String> {
            map.entries().iter().map(|entry| entry.key.to_string()).collect()
        };
        let (names, asked, otherwise) = match name.split_once('/') {
            None => (keys(own.section(section)), name, format!("define it in `{}`", section.key())),
            Some((orb, inner)) => match own.orbs.get(orb) {
                Some(Some(at)) => (
                    keys(self.0[usize::from(*at)].section(section)),
                    inner,
                    format!("the orb {} has no such {word}", quote(orb)),
                ),
                _ => {
                    let names = own.orbs.keys().map(ToString::to_string).collect();
                    (names, orb, format!("declare the orb {} in `orbs`", quote(orb)))
                }
            },
        };
        let names = suggest::sorted(names.iter().map(String::as_str));
        match suggest::advice(asked, names, || Some(otherwise)) {
            Some(help) => problem.help(help),
            None => problem,
        }
    }
}

/// Reads the config's own library and every orb below it.
pub(crate) fn load(
    map: &Map,
    pipeline: Scope,
    with_orbs: bool,
    orbs: &Orbs<'_>,
    problems: &mut Problems,
) -> Libraries {
    let own = Library::read(map, pipeline, problems);
    let scope = own.pipeline.of_orbs();
    let list = vec![own];
    let mut loader =
        Loader { orbs, scope, problems, list, known: HashMap::new(), text: 0, open: Vec::new() };
    if with_orbs && let Some(node) = map.given("orbs") {
        loader.read_orbs(node, 0);
    }
    Libraries(loader.list)
}

struct Loader<'l> {
    orbs: &'l Orbs<'l>,
    /// What orbs have in scope.
    scope: Scope,
    problems: &'l mut Problems,
    list: Vec<Library>,
    /// Orbs that were read already, by reference.
    known: HashMap<String, Option<u16>>,
    /// Bytes of orb texts so far.
    text: usize,
    /// References that are being read, outermost first.
    open: Vec<String>,
}

impl Loader<'_> {
    fn read_orbs(&mut self, node: &Rc<Node>, owner: usize) {
        let Some(map) = scalar::map(node, "`orbs`", self.problems) else { return };
        for entry in map.entries() {
            let found = self.read_orb(entry, owner);
            self.list[owner].orbs.insert(Rc::clone(&entry.key), found);
        }
    }

    /// `None` if it was refused, and reported.
    fn read_orb(&mut self, entry: &Entry, owner: usize) -> Option<u16> {
        let mark = entry.value.mark;
        if self.list.len() > MOST || self.open.len() >= DEPTH {
            let message =
                format!("the config has more than {MOST} orbs, or {DEPTH} inside each other");
            self.problems.add(Problem::error(mark, message).code(Code::Size));
            return None;
        }
        if entry.value.as_map().is_some() {
            return self.read_inline(entry);
        }
        let what = format!("the orb {}", quote(&entry.key));
        // The version may be a pipeline parameter.
        let (mut meter, mut patterns) = (Meter::new(), Patterns::default());
        let scope = &self.list[owner].pipeline;
        let node = template::render(&entry.value, scope, &mut patterns, &mut meter, self.problems)?;
        let text = scalar::filled(&node, &what, self.problems).filter(|_| !node.mark.guessed)?;
        if let Some(known) = self.known.get(&text) {
            return *known;
        }
        if self.open.contains(&text) {
            let message = format!("the orb {} is needed by itself", quote(&text));
            self.problems.add(Problem::error(mark, message).code(Code::Recursion));
            return None;
        }
        let found = self.fetch(&text, mark);
        self.known.insert(text, found);
        found
    }

    fn fetch(&mut self, text: &str, mark: Mark) -> Option<u16> {
        let refuse = |message: String| Problem::error(mark, message).code(Code::Orb);
        let reference: OrbReference = match text.parse() {
            Ok(reference) => reference,
            Err(reason) => {
                self.problems.add(refuse(reason));
                return None;
            }
        };
        let source: Rc<str> = match (self.orbs)(&reference) {
            Ok(source) => source.into(),
            Err(missing) => {
                let problem = refuse(missing.message);
                self.problems.add(match missing.help {
                    Some(help) => problem.help(help),
                    None => problem,
                });
                return None;
            }
        };
        self.text += source.len();
        if self.text > TEXT {
            self.problems.add(
                refuse("the orbs of this config are larger than 3 MB".into()).code(Code::Size),
            );
            return None;
        }
        let file = self.problems.open(text.to_owned(), Rc::clone(&source));
        let home = self.reserve();
        let start = Mark { file, home, ..Mark::START };
        let root = yaml::read(&source, start, self.problems)?;
        let map = scalar::map(&root, "an orb", self.problems)?;
        self.open.push(text.to_owned());
        self.fill(home, map);
        self.open.pop();
        Some(home)
    }

    /// An orb written in the config: its text is the config's, its names are its own.
    fn read_inline(&mut self, entry: &Entry) -> Option<u16> {
        let home = self.reserve();
        let mut moved = HashMap::new();
        let node = rehome(&entry.value, home, &mut moved);
        let map = node.as_map()?;
        ORB.check(map, self.problems);
        self.open.push(String::new());
        self.fill(home, map);
        self.open.pop();
        Some(home)
    }

    fn reserve(&mut self) -> u16 {
        self.list.push(Library::default());
        // `MOST` is far below the limit of the type.
        u16::try_from(self.list.len() - 1).unwrap_or(u16::MAX)
    }

    fn fill(&mut self, home: u16, map: &Map) {
        let at = usize::from(home);
        self.list[at] = Library::read(map, self.scope.clone(), self.problems);
        if let Some(node) = map.given("orbs") {
            self.read_orbs(node, at);
        }
    }
}

/// The same tree, whose names belong to the library `home`. What aliases share stays shared.
fn rehome(node: &Rc<Node>, home: u16, moved: &mut HashMap<*const Node, Rc<Node>>) -> Rc<Node> {
    if let Some(known) = moved.get(&Rc::as_ptr(node)) {
        return Rc::clone(known);
    }
    let at = |mark: Mark| Mark { home, ..mark };
    let value = match &node.value {
        Value::Scalar(scalar) => Value::Scalar(scalar.clone()),
        Value::List(items) => {
            Value::List(items.iter().map(|item| rehome(item, home, moved)).collect())
        }
        Value::Map(map) => {
            let mut copy = Map::default();
            for entry in map.entries() {
                let value = rehome(&entry.value, home, moved);
                copy.put(Entry { key: Rc::clone(&entry.key), mark: at(entry.mark), value });
            }
            Value::Map(copy)
        }
    };
    let copy = Rc::new(Node::new(at(node.mark), value));
    moved.insert(Rc::as_ptr(node), Rc::clone(&copy));
    copy
}
