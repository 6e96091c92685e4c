//! The keys that each object of a config may have, checked against tables: a key is built, not
//! built yet, or unknown. What a key means is read elsewhere.

use crate::node::Map;
use crate::problem::{Problem, Problems, Severity, quote};
use crate::suggest;

/// What this version does with a key of the language.
#[derive(Clone, Copy)]
pub(crate) enum Support {
    /// Read where the object is read.
    Built,
    /// Part of the language, refused for now; with the way out, which may be empty.
    NotBuilt(&'static str),
}

/// An object's name in messages, such as "a job", and its keys.
pub(crate) struct Keys {
    pub(crate) of: &'static str,
    pub(crate) known: &'static [(&'static str, Support)],
}

impl Keys {
    fn support(&self, key: &str) -> Option<Support> {
        self.known.iter().find(|(name, _)| *name == key).map(|(_, support)| *support)
    }

    /// Reports each key of `map` that is unknown or not built yet, as errors.
    pub(crate) fn check(&self, map: &Map, problems: &mut Problems) {
        self.report(map, Severity::Error, problems);
    }

    /// Like [`Keys::check`], but an unknown key is a warning.
    pub(crate) fn check_mildly(&self, map: &Map, problems: &mut Problems) {
        self.report(map, Severity::Warning, problems);
    }

    fn report(&self, map: &Map, unknown: Severity, problems: &mut Problems) {
        for entry in map.entries() {
            match self.support(&entry.key) {
                Some(Support::Built) => {}
                Some(Support::NotBuilt(way_out)) => {
                    problems.add(Problem::not_built(entry.mark, &quote(&entry.key), way_out));
                }
                None => {
                    let message = format!("{} is not a key of {}", quote(&entry.key), self.of);
                    let problem = match unknown {
                        Severity::Error => Problem::error(entry.mark, message),
                        Severity::Warning => Problem::warning(entry.mark, message),
                    };
                    let crowded = problems.crowded();
                    problems.add(if crowded { problem } else { self.advise(&entry.key, problem) });
                }
            }
        }
    }

    fn advise(&self, key: &str, problem: Problem) -> Problem {
        let names = self.known.iter().map(|(name, _)| *name);
        let listing = || {
            let names: Vec<String> = names.clone().map(|name| format!("`{name}`")).collect();
            Some(format!("its keys are {}", names.join(", ")))
        };
        match suggest::advice(key, names.clone(), listing) {
            Some(help) => problem.help(help),
            None => problem,
        }
    }
}
