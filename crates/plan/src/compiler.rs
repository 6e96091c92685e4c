//! What is shared while one config is compiled: its definitions, and the problems, limits and
//! results so far. Holds no rules of the language.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use crate::code::Code;
use crate::compiled::Job;
use crate::library::{Found, Libraries, Section};
use crate::meter::Meter;
use crate::node::{Entry, Map, Mark, Node};
use crate::pattern::Patterns;
use crate::problem::{Problem, Problems};
use crate::template::{self, Scope};

/// The dialect of a config.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Version {
    /// `2` and `2.0`: no templates, commands, executors or parameters.
    Two,
    /// `2.1`.
    TwoOne,
}

/// The named parts of a config.
#[derive(Debug)]
pub(crate) struct Definitions {
    pub(crate) version: Version,
    pub(crate) libraries: Libraries,
    pub(crate) groups: Map,
    pub(crate) has_workflows: bool,
}

/// The name of a definition, and the library that it is in.
pub(crate) type Place = (u16, Rc<str>);

/// The state of one compilation.
pub(crate) struct Compiler<'c> {
    pub(crate) definitions: &'c Definitions,
    pub(crate) problems: &'c mut Problems,
    pub(crate) meter: Meter,
    pub(crate) patterns: Patterns,
    /// Jobs that need no arguments, expanded once; `None` for one with errors.
    pub(crate) expanded: HashMap<Place, Option<Rc<Node>>>,
    /// Expanded jobs that were read, by where they are in memory; each kept alive beside the result.
    pub(crate) read: HashMap<*const Node, (Rc<Node>, Option<Job>)>,
    /// Definitions that something calls, or that were looked at as if called, by where they stand.
    pub(crate) called: HashSet<Mark>,
    /// The calls of commands that are being expanded, outermost first.
    pub(crate) calls: Vec<(Place, Mark)>,
    /// Commands that call themselves; reported, and not expanded again.
    pub(crate) recursive: HashSet<Place>,
    /// From which command each step came, by where the step stands.
    pub(crate) origins: HashMap<Mark, Rc<str>>,
    /// How deep the current step is nested in commands and conditions.
    pub(crate) depth: usize,
}

impl<'c> Compiler<'c> {
    pub(crate) fn new(definitions: &'c Definitions, problems: &'c mut Problems) -> Self {
        Self {
            definitions,
            problems,
            meter: Meter::new(),
            patterns: Patterns::default(),
            expanded: HashMap::new(),
            read: HashMap::new(),
            called: HashSet::new(),
            calls: Vec::new(),
            recursive: HashSet::new(),
            origins: HashMap::new(),
            depth: 0,
        }
    }

    /// The definition that `name`, written at `mark`, stands for. `None` is reported.
    pub(crate) fn find(&mut self, section: Section, name: &str, mark: Mark) -> Option<&'c Entry> {
        match self.definitions.libraries.find(section, name, mark) {
            Found::Definition(entry) => Some(entry),
            Found::Refused => None,
            Found::Nothing => {
                let crowded = self.problems.crowded();
                let libraries = &self.definitions.libraries;
                self.problems.add(libraries.missing(section, name, mark, crowded));
                None
            }
        }
    }

    /// What is in scope everywhere at `mark`.
    pub(crate) fn scope(&self, mark: Mark) -> Scope {
        self.definitions.libraries.at(mark).pipeline.clone()
    }

    /// `node` with its templates filled in; the same node in version 2, which has none.
    pub(crate) fn render(&mut self, node: &Rc<Node>, scope: &Scope) -> Option<Rc<Node>> {
        match self.definitions.version {
            Version::Two => Some(Rc::clone(node)),
            Version::TwoOne => {
                let patterns = &mut self.patterns;
                template::render(node, scope, patterns, &mut self.meter, self.problems)
            }
        }
    }

    /// Whether the config may use `what`, which version 2 does not have; reports it if not.
    pub(crate) fn allows(&mut self, what: &str, mark: Mark) -> bool {
        let allowed = self.definitions.version == Version::TwoOne;
        if !allowed {
            let problem = Problem::error(mark, format!("{what} needs version 2.1"));
            let problem = problem.code(Code::Version);
            self.problems.add(problem.help("set `version: 2.1` at the top of the config"));
        }
        allowed
    }

    /// Spends on the plan; see [`Meter::output`].
    #[must_use]
    pub(crate) fn spend(&mut self, bytes: usize, mark: Mark) -> bool {
        self.meter.output(bytes, mark, self.problems)
    }
}
