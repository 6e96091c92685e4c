//! One problem of a config as it is shown: in a terminal with its line and a caret, or as JSON. The
//! sentences of problems are the compiler's, and English.

use rondo_plan::{Problem, Severity};
use serde_json::{Value, json};

use crate::settings;

/// How problems are coloured: only where a person looks.
#[derive(Clone, Copy)]
pub(crate) struct Paint(bool);

impl Paint {
    /// As standard output and the environment want it.
    pub(crate) fn of_output() -> Self {
        Self(settings::colour())
    }

    /// None: what is shown is no result.
    pub(crate) fn plain() -> Self {
        Self(false)
    }

    fn paint(self, code: &str, text: &str) -> String {
        if self.0 { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}

fn colour(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "1;31",
        Severity::Unsupported => "1;35",
        Severity::Warning => "1;33",
    }
}

/// A problem with the name of its file and the line that it is about.
pub(crate) fn shown(name: &str, source: &str, problem: &Problem, paint: Paint) -> String {
    let Problem { severity, line, column, message, help, orb, .. } = problem;
    let name = orb.as_deref().unwrap_or(name);
    let place = paint.paint("1", &format!("{name}:{line}:{column}:"));
    let word = paint.paint(colour(*severity), &format!("{severity}:"));
    let help = help.as_ref().map(|help| format!(" ({help})")).unwrap_or_default();
    let excerpt = problem.excerpt(source);
    let (text, caret) = excerpt.split_once('\n').unwrap_or((excerpt.as_str(), ""));
    format!("{place} {word} {message}{help}\n{text}\n{}", paint.paint(colour(*severity), caret))
}

pub(crate) fn json(name: &str, problem: &Problem) -> Value {
    let Problem { severity, code, line, column, message, help, orb, .. } = problem;
    json!({
        "file": name, "orb": orb, "line": line, "column": column,
        "severity": severity.to_string(), "code": code.name(), "message": message, "help": help,
    })
}
