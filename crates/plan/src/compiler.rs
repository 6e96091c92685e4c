//! What is shared while one config is compiled: its definitions, and the problems, limits and
//! results so far. Holds no rules of the language.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use crate::compiled::Job;
use crate::meter::Meter;
use crate::node::{Map, Mark, Node};
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
    pub(crate) jobs: Map,
    pub(crate) commands: Map,
    pub(crate) executors: Map,
    pub(crate) has_workflows: bool,
    /// What is in scope everywhere: the pipeline's values.
    pub(crate) pipeline: Scope,
}

/// The state of one compilation.
pub(crate) struct Compiler<'c> {
    pub(crate) definitions: &'c Definitions,
    pub(crate) problems: &'c mut Problems,
    pub(crate) meter: Meter,
    pub(crate) patterns: Patterns,
    /// Jobs that need no arguments, compiled once; `None` for one with errors.
    pub(crate) jobs: HashMap<Rc<str>, Option<Job>>,
    /// Jobs that some workflow calls.
    pub(crate) called: HashSet<Rc<str>>,
    /// The commands that are being expanded, outermost first.
    pub(crate) calls: Vec<Rc<str>>,
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
            jobs: HashMap::new(),
            called: HashSet::new(),
            calls: Vec::new(),
            depth: 0,
        }
    }

    /// `node` with its templates filled in; the same node in version 2, which has none.
    pub(crate) fn render(&mut self, node: &Rc<Node>, scope: &Scope) -> Option<Rc<Node>> {
        match self.definitions.version {
            Version::Two => Some(Rc::clone(node)),
            Version::TwoOne => template::render(node, scope, &mut self.meter, self.problems),
        }
    }

    /// Whether the config may use `what`, which version 2 does not have; reports it if not.
    pub(crate) fn allows(&mut self, what: &str, mark: Mark) -> bool {
        let allowed = self.definitions.version == Version::TwoOne;
        if !allowed {
            let problem = Problem::error(mark, format!("{what} needs version 2.1"));
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
