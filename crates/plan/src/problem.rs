//! What is wrong with a config: one finding with its place, and the bounded list that findings are
//! collected in. Deliberately knows nothing of the config language; sentences come from its users.

use std::fmt;
use std::rc::Rc;

use crate::code::Code;
use crate::node::Mark;

/// How many problems are handed out; the last line then says how many more there are.
const SHOWN: usize = 100;
/// Above this many collected problems the list is cut back, so that memory stays bounded.
const COLLECTED: usize = 2_000;
/// Longest message or help, in characters.
const SENTENCE: usize = 500;
/// Longest part of a source line that [`Problem::excerpt`] shows, in characters.
const EXCERPT_WIDTH: usize = 120;
/// As much of an orb's line as a problem in it keeps, in characters.
const LONGEST_LINE: usize = 2_000;

/// Whether a problem stops the config from being run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The config cannot be run.
    Error,
    /// The config is valid, and this version cannot run it yet: there is a plan, and whoever runs
    /// it must refuse it.
    Unsupported,
    /// The config can be run; the reader should still look at this.
    Warning,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "error",
            Self::Unsupported => "unsupported",
            Self::Warning => "warning",
        })
    }
}

/// One finding about a config, with its place in the source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// How bad it is.
    pub severity: Severity,
    /// What kind of thing is wrong.
    pub code: Code,
    /// Line in the source, counted from 1.
    pub line: usize,
    /// Column in the source, counted from 1, in characters.
    pub column: usize,
    /// What is wrong, in one sentence that names the thing.
    pub message: String,
    /// The way out, where there is one: mostly what was expected, or the nearest name that exists.
    pub help: Option<String>,
    /// The orb whose source the line and column are in; `None` is the config itself.
    pub orb: Option<String>,
    file: u16,
    /// The line of the orb that the excerpt shows.
    orb_line: String,
    /// Whether this is about a guess, and so follows from another problem.
    guessed: bool,
}

impl Problem {
    pub(crate) fn error(mark: Mark, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, mark, &message.into())
    }

    pub(crate) fn warning(mark: Mark, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, mark, &message.into())
    }

    /// For a part of the language that compiles and that this version does not run yet. `way_out`
    /// may be empty.
    pub(crate) fn not_built(mark: Mark, what: &str, way_out: &str) -> Self {
        let message = format!("{what} is not built yet in this version of Rondo");
        let problem = Self::new(Severity::Unsupported, mark, &message).code(Code::Unsupported);
        if way_out.is_empty() { problem } else { problem.help(way_out) }
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(readable(&help.into()));
        self
    }

    /// Unless another is said, a problem is one of values.
    pub(crate) fn code(mut self, code: Code) -> Self {
        self.code = code;
        self
    }

    fn new(severity: Severity, mark: Mark, message: &str) -> Self {
        let code = if severity == Severity::Warning { Code::NoEffect } else { Code::Value };
        Self {
            severity,
            code,
            line: mark.line as usize,
            column: mark.column as usize,
            message: readable(message),
            help: None,
            orb: None,
            file: mark.file,
            orb_line: String::new(),
            guessed: mark.guessed,
        }
    }

    fn place(&self) -> (u16, usize, usize) {
        (self.file, self.line, self.column)
    }

    /// The source line of this problem, and under it a line with a caret below the column. `source`
    /// is the config; a problem in an orb brings its own line.
    ///
    /// Control characters are shown as blanks and long lines are cut around the column. A line
    /// that `source` does not have gives an empty line with a caret.
    pub fn excerpt(&self, source: &str) -> String {
        let own = if self.orb.is_some() { &self.orb_line } else { line_of(source, self.line) };
        let line: Vec<char> = own.chars().collect();
        let at = self.column.saturating_sub(1).min(line.len());
        // What looks like a secret is not shown again.
        let hidden = self.code == Code::Secret;
        let line = if hidden { [&line[..at], &['*'; 4]].concat() } else { line };
        let start = at.saturating_sub(EXCERPT_WIDTH / 2);
        let end = line.len().min(start + EXCERPT_WIDTH);
        let shown: String = line[start..end].iter().map(|&c| printable(c)).collect();
        let blanks: String =
            line[start..at].iter().map(|&c| if is_wide(c) { '\u{3000}' } else { ' ' }).collect();
        format!("{}\n{blanks}^", shown.trim_end())
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { severity, line, column, message, help, .. } = self;
        let file = self.orb.as_deref().unwrap_or("config.yml");
        write!(f, "{file}:{line}:{column}: {severity}: {message}")?;
        help.iter().try_for_each(|help| write!(f, " ({help})"))
    }
}

fn line_of(source: &str, number: usize) -> &str {
    let mut rest = source.strip_prefix('\u{feff}').unwrap_or(source);
    for _ in 1..number {
        let Some(end) = rest.find(['\n', '\r']) else { return "" };
        let breaks = if rest[end..].starts_with("\r\n") { 2 } else { 1 };
        rest = &rest[end + breaks..];
    }
    rest.split(['\n', '\r']).next().unwrap_or("")
}

/// Text of a message, whatever parts of a config went into it: one line, not endless, and without
/// what a terminal would obey.
fn readable(text: &str) -> String {
    text.chars().take(SENTENCE).map(printable).collect()
}

fn printable(c: char) -> char {
    let reorders =
        matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    if c.is_control() || reorders { ' ' } else { c }
}

/// Whether terminals give the character two columns (East Asian wide and emoji, roughly).
fn is_wide(c: char) -> bool {
    matches!(u32::from(c),
        0x1100..=0x115f | 0x2e80..=0xa4cf | 0xac00..=0xd7a3 | 0xf900..=0xfaff | 0xfe30..=0xfe6f
        | 0xff00..=0xff60 | 0xffe0..=0xffe6 | 0x1f300..=0x1faff | 0x20000..=0x3fffd)
}

/// Text from a config as it stands in a message: in backquotes, at most 60 characters.
pub(crate) fn quote(text: &str) -> String {
    let short: String = text.chars().take(60).collect();
    let more = if text.chars().nth(60).is_some() { "…" } else { "" };
    format!("`{short}{more}`")
}

/// The problems found so far. Bounded: it remembers only the first ones by position, errors before
/// warnings, and counts the rest.
#[derive(Debug, Default)]
pub(crate) struct Problems {
    kept: Vec<Problem>,
    /// The texts besides the config, with their names: the first is file 1.
    orbs: Vec<(String, Rc<str>)>,
    dropped: usize,
    failed: bool,
}

impl Problems {
    /// Adds the problem, unless it follows from another one.
    pub(crate) fn add(&mut self, problem: Problem) {
        if problem.guessed {
            return;
        }
        self.failed |= problem.severity == Severity::Error;
        self.kept.push(problem);
        if self.kept.len() >= COLLECTED {
            self.cut();
        }
    }

    /// Names one more text that problems may stand in, and gives its file number.
    pub(crate) fn open(&mut self, name: String, source: Rc<str>) -> u16 {
        self.orbs.push((readable(&name), source));
        u16::try_from(self.orbs.len()).unwrap_or(u16::MAX)
    }

    /// Whether any error was found.
    pub(crate) fn failed(&self) -> bool {
        self.failed
    }

    /// Whether so much was found already that costly advice for one more is not worth it.
    pub(crate) fn crowded(&self) -> bool {
        self.dropped > 0 || self.kept.len() > SHOWN
    }

    /// The list to hand out: sorted by position, without repetitions, at most [`SHOWN`] and one
    /// line that says how many more there are.
    pub(crate) fn finish(mut self) -> Vec<Problem> {
        self.cut();
        self.kept.sort_by_key(Problem::place);
        if let (Some(last), 1..) = (self.kept.last(), self.dropped) {
            let severity = if self.failed { Severity::Error } else { Severity::Warning };
            let message = match self.dropped {
                1 => "1 more problem is not shown".to_owned(),
                more => format!("{more} more problems are not shown"),
            };
            self.kept.push(Problem { severity, message, help: None, ..last.clone() });
        }
        for problem in &mut self.kept {
            let Some(at) = usize::from(problem.file).checked_sub(1) else { continue };
            if let Some((name, source)) = self.orbs.get(at) {
                problem.orb = Some(name.clone());
                problem.orb_line =
                    line_of(source, problem.line).chars().take(LONGEST_LINE).collect();
            }
        }
        self.kept
    }

    fn cut(&mut self) {
        self.kept.sort_by(|a, b| {
            let place = |p: &Problem| (p.severity, p.place());
            place(a).cmp(&place(b)).then_with(|| a.message.cmp(&b.message))
        });
        // What an alias repeats is one mistake in the source.
        self.kept.dedup_by(|a, b| a.place() == b.place() && a.message == b.message);
        self.dropped += self.kept.len().saturating_sub(SHOWN);
        self.kept.truncate(SHOWN);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(line: u32, column: u32) -> Mark {
        Mark { line, column, ..Mark::START }
    }

    fn check(line: u32, column: u32, source: &str, expected: &str) {
        assert_eq!(Problem::error(at(line, column), "x").excerpt(source), expected);
    }

    #[test]
    fn a_caret_stands_under_the_column() {
        check(2, 3, "a: 1\nb: c\n", "b: c\n  ^");
        check(2, 1, "a: 1\r\nb: c\r\n", "b: c\n^");
        check(1, 4, "名前: x", "名前: x\n\u{3000}\u{3000} ^");
        check(1, 2, "\ta\u{1b}[31m", " a [31m\n ^");
        check(9, 9, "a", "\n^");
    }

    #[test]
    fn a_long_line_is_cut_around_the_column() {
        let source = format!("{}X{}", "a".repeat(500), "b".repeat(500));
        let excerpt = Problem::error(at(1, 501), "x").excerpt(&source);
        let (line, caret) = excerpt.split_once('\n').expect("two lines");
        assert_eq!(line.chars().count(), EXCERPT_WIDTH);
        assert_eq!(line.find('X'), caret.find('^'));
    }

    #[test]
    fn a_problem_reads_as_one_line() {
        let problem = Problem::error(at(12, 5), "no such key").help("did you mean `run`?");
        assert_eq!(
            problem.to_string(),
            "config.yml:12:5: error: no such key (did you mean `run`?)"
        );
    }

    #[test]
    fn many_problems_end_in_a_count_and_errors_outlive_warnings() {
        let mut problems = Problems::default();
        for line in 1..=5_000 {
            problems.add(Problem::warning(at(line, 1), "odd"));
        }
        problems.add(Problem::error(at(9_000, 1), "wrong"));
        let list = problems.finish();
        assert_eq!(list.len(), SHOWN + 1);
        assert_eq!(list[98].line, 99);
        assert_eq!(list[99].message, "wrong");
        assert_eq!(list[100].message, "4901 more problems are not shown");
        assert_eq!(list[100].severity, Severity::Error);
    }

    #[test]
    fn the_same_problem_through_two_aliases_is_reported_once() {
        let mut problems = Problems::default();
        problems.add(Problem::error(at(3, 1), "wrong"));
        problems.add(Problem::error(at(3, 1), "wrong"));
        assert_eq!(problems.finish().len(), 1);
    }
}
