//! The keys that each object of a config may have, checked against tables. What a key means is read
//! elsewhere.

use crate::code::Code;
use crate::node::Map;
use crate::problem::{Problem, Problems, Severity, quote};
use crate::suggest;

/// An object's name in messages, such as "a job", and its keys.
pub(crate) struct Keys {
    pub(crate) of: &'static str,
    pub(crate) known: &'static [&'static str],
}

impl Keys {
    /// Reports each key of `map` that is unknown, as errors.
    pub(crate) fn check(&self, map: &Map, problems: &mut Problems) {
        self.report(map, Severity::Error, problems);
    }

    /// Like [`Keys::check`], but an unknown key is a warning.
    pub(crate) fn check_mildly(&self, map: &Map, problems: &mut Problems) {
        self.report(map, Severity::Warning, problems);
    }

    fn report(&self, map: &Map, severity: Severity, problems: &mut Problems) {
        for entry in map.entries().iter().filter(|entry| !self.known.contains(&&*entry.key)) {
            let message = format!("{} is not a key of {}", quote(&entry.key), self.of);
            let problem = match severity {
                Severity::Warning => Problem::warning(entry.mark, message),
                _ => Problem::error(entry.mark, message),
            };
            let problem = problem.code(Code::UnknownKey);
            let crowded = problems.crowded();
            problems.add(if crowded { problem } else { self.advise(&entry.key, problem) });
        }
    }

    fn advise(&self, key: &str, problem: Problem) -> Problem {
        let names = self.known.iter().copied();
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
