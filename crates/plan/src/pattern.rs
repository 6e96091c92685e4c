//! Names of branches and tags as filters write them: plain text, or a regular expression between
//! slashes. Expressions mean what they mean in Java, matched against the whole name; where this
//! engine would read one differently, it is refused. No look-around and no back-references.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use regex::{Regex, RegexBuilder};

/// Longest expression, in bytes.
const LONGEST: usize = 1_000;
/// Most different expressions in one config.
const MOST: usize = 200;
/// Largest compiled expression, in bytes.
const COMPILED: usize = 1 << 18;
/// Most text that conditions of one config may look at, in bytes: the worst expressions need microseconds for each.
const SEARCHED: usize = 100_000;

/// One pattern of a filter.
#[derive(Clone, Debug)]
pub(crate) enum Pattern {
    /// Exactly this name.
    Name(String),
    /// Every name that the expression matches as a whole.
    Expression(Rc<Expression>),
}

impl Pattern {
    pub(crate) fn matches(&self, name: &str) -> bool {
        match self {
            Self::Name(own) => own == name,
            Self::Expression(expression) => expression.matches(name),
        }
    }
}

/// A compiled expression with its answers: every job of a config asks about the same branch.
#[derive(Debug)]
pub(crate) struct Expression {
    regex: Regex,
    answers: RefCell<HashMap<String, bool>>,
}

impl Expression {
    fn known(&self, text: &str) -> Option<bool> {
        self.answers.borrow().get(text).copied()
    }

    fn matches(&self, text: &str) -> bool {
        self.known(text).unwrap_or_else(|| {
            let answer = self.regex.is_match(text);
            self.answers.borrow_mut().insert(text.to_owned(), answer);
            answer
        })
    }
}

/// The expressions compiled so far; each is compiled once.
#[derive(Debug, Default)]
pub(crate) struct Patterns {
    compiled: HashMap<Rc<str>, Result<Rc<Expression>, String>>,
    /// How much text conditions have looked at, in bytes.
    searched: usize,
}

impl Patterns {
    /// Whether a regular expression that stands without slashes matches all of `text`. The error is as for `read`.
    pub(crate) fn search(&mut self, expression: &str, text: &str) -> Result<bool, String> {
        let pattern = self.read(&format!("/{expression}/").into())?;
        if let Pattern::Expression(expression) = &pattern
            && expression.known(text).is_none()
        {
            self.searched += text.len();
            if self.searched > SEARCHED {
                return Err(format!(
                    "looks at too much: a config may search {SEARCHED} characters"
                ));
            }
        }
        Ok(pattern.matches(text))
    }

    /// Reads one pattern. The error is the rest of a sentence that begins with it.
    pub(crate) fn read(&mut self, text: &Rc<str>) -> Result<Pattern, String> {
        let Some(rest) = text.strip_prefix('/').filter(|rest| !rest.is_empty()) else {
            return Ok(Pattern::Name(text.to_string()));
        };
        let Some(expression) = rest.strip_suffix('/') else {
            return Err(
                "begins with `/` like a regular expression, but does not end with `/`".into()
            );
        };
        if let Some(known) = self.compiled.get(text) {
            return known.clone().map(Pattern::Expression);
        }
        if self.compiled.len() >= MOST {
            return Err(format!("is one too many: a config may have {MOST} regular expressions"));
        }
        let compiled = compile(expression).map(|regex| {
            let answers = RefCell::default();
            Rc::new(Expression { regex, answers })
        });
        self.compiled.insert(Rc::clone(text), compiled.clone());
        compiled.map(Pattern::Expression)
    }
}

fn compile(expression: &str) -> Result<Regex, String> {
    if expression.len() > LONGEST {
        return Err(format!("is longer than {LONGEST} characters"));
    }
    let translated = Translator::new(expression).run()?;
    RegexBuilder::new(&format!(r"\A(?:{translated})\z")).size_limit(COMPILED).build().map_err(
        |error| match error {
            regex::Error::CompiledTooBig(_) => "is too large a regular expression".to_owned(),
            error => {
                // The engine's last line is the reason; the lines above it draw the expression.
                let text = error.to_string();
                let reason = text.lines().last().unwrap_or("").trim_start_matches("error: ");
                format!("is not a regular expression that Rondo can match: {reason}")
            }
        },
    )
}

/// Java's POSIX classes, as parts of a class.
const POSIX: [(&str, &str); 13] = [
    ("Lower", "a-z"),
    ("Upper", "A-Z"),
    ("ASCII", r"\x00-\x7F"),
    ("Alpha", "A-Za-z"),
    ("Digit", "0-9"),
    ("Alnum", "0-9A-Za-z"),
    ("Punct", r"!-/:-@\[-`\{-~"),
    ("Graph", "!-~"),
    ("Print", " -~"),
    ("Blank", r"\t "),
    ("Cntrl", r"\x00-\x1F\x7F"),
    ("XDigit", "0-9A-Fa-f"),
    ("Space", r"\t\n\x0B\f\r "),
];

/// Rewrites what Java and this engine spell differently, and refuses what they read differently.
struct Translator<'e> {
    rest: std::iter::Peekable<std::str::Chars<'e>>,
    out: String,
    groups: usize,
    classes: usize,
    /// Whether the last thing was a quantifier, after which `+` means possessive in Java.
    quantified: bool,
}

impl<'e> Translator<'e> {
    fn new(expression: &'e str) -> Self {
        let rest = expression.chars().peekable();
        Self { rest, out: String::new(), groups: 0, classes: 0, quantified: false }
    }

    fn run(mut self) -> Result<String, String> {
        while let Some(c) = self.rest.next() {
            let quantified = std::mem::take(&mut self.quantified);
            match c {
                '\\' => self.escape()?,
                _ if self.classes > 0 => self.in_class(c)?,
                '[' => self.open_class(c)?,
                '(' => self.open_group()?,
                ')' => {
                    self.groups =
                        self.groups.checked_sub(1).ok_or("closes a group it did not open")?;
                    self.out.push(c);
                }
                '+' if quantified => return Err(refused("possessive quantifiers such as `a++`")),
                '*' | '+' | '?' | '}' => {
                    self.quantified = !quantified;
                    self.out.push(c);
                }
                c => self.out.push(c),
            }
        }
        if self.groups > 0 || self.classes > 0 {
            return Err("opens a group or class that it does not close".to_owned());
        }
        Ok(self.out)
    }

    fn escape(&mut self) -> Result<(), String> {
        let c = self.rest.next().ok_or("ends in a lone `\\`")?;
        let bare = self.classes > 0;
        // Without flags, these are ASCII in Java and Unicode here.
        let class = match c {
            'd' => "0-9",
            'w' => "0-9A-Za-z_",
            's' => r"\t\n\x0B\f\r ",
            'D' => "^0-9",
            'W' => "^0-9A-Za-z_",
            'S' => r"^\t\n\x0B\f\r ",
            'b' | 'B' | 'A' | 'z' if bare => return Err(refused("assertions inside `[ ]`")),
            'Q' | 'E' => return Err(refused("quoting with `\\Q` and `\\E`")),
            'p' | 'P' => return self.property(c),
            '<' | '>' => {
                self.out.push(c);
                return Ok(());
            }
            _ => {
                self.out.extend(['\\', c]);
                return Ok(());
            }
        };
        match class.strip_prefix('^') {
            Some(class) => self.put_class(class, true),
            None => self.put_class(class, false),
        }
        Ok(())
    }

    /// Characters as a class of their own, which may stand inside another.
    fn put_class(&mut self, class: &str, negated: bool) {
        self.out.extend([if negated { "[^" } else { "[" }, class, "]"]);
    }

    /// General categories such as `\p{Lu}` are alike in both, and Java's own classes are ASCII; other long
    /// names mean different things.
    fn property(&mut self, letter: char) -> Result<(), String> {
        let name: String = match self.rest.next() {
            Some('{') => self.rest.by_ref().take_while(|&c| c != '}').collect(),
            Some(c) => c.to_string(),
            None => return Err("ends in a lone `\\p`".to_owned()),
        };
        if let Some((_, class)) = POSIX.iter().find(|(own, _)| *own == name) {
            self.put_class(class, letter == 'P');
            return Ok(());
        }
        if name.len() > 2 {
            return Err(refused("classes such as `\\p{IsGreek}`"));
        }
        self.out.push_str(&format!("\\{letter}{{{name}}}"));
        Ok(())
    }

    fn open_class(&mut self, c: char) -> Result<(), String> {
        self.classes += 1;
        self.out.push(c);
        if self.rest.next_if_eq(&'^').is_some() {
            self.out.push('^');
        }
        match self.rest.peek() {
            Some(':') => Err(refused("classes such as `[:alpha:]`")),
            Some(']') => Err(refused("`]` as the first character of a class without `\\`")),
            _ => Ok(()),
        }
    }

    fn in_class(&mut self, c: char) -> Result<(), String> {
        match c {
            '[' => return self.open_class(c),
            ']' => self.classes -= 1,
            '-' | '~' if self.rest.peek() == Some(&c) => {
                return Err(refused("a doubled `-` or `~` in a class"));
            }
            _ => {}
        }
        self.out.push(c);
        Ok(())
    }

    fn open_group(&mut self) -> Result<(), String> {
        self.groups += 1;
        self.out.push('(');
        if self.rest.next_if_eq(&'?').is_none() {
            return Ok(());
        }
        self.out.push('?');
        let Some(&kind) = self.rest.peek() else { return Ok(()) };
        match kind {
            ':' => Ok(()),
            '=' | '!' | '>' => Err(refused("look-around and atomic groups")),
            '<' => {
                self.out.extend(self.rest.next());
                match self.rest.peek() {
                    Some('=' | '!') => Err(refused("look-around and atomic groups")),
                    _ => Ok(()),
                }
            }
            _ => self.flags(),
        }
    }

    fn flags(&mut self) -> Result<(), String> {
        while let Some(c) = self.rest.next_if(|&c| c != ')' && c != ':') {
            if !matches!(c, 'i' | 'm' | 's' | '-') {
                return Err(refused("flags other than `i`, `m` and `s`"));
            }
            self.out.push(c);
        }
        Ok(())
    }
}

fn refused(what: &str) -> String {
    format!("is a regular expression with {what}, which Rondo does not have")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pattern: &str, name: &str, expected: bool) {
        let read = Patterns::default().read(&pattern.into()).expect("a valid pattern");
        assert_eq!(read.matches(name), expected, "{pattern} on {name}");
    }

    fn check_refused(pattern: &str, reason: &str) {
        let error = Patterns::default().read(&pattern.into()).expect_err("a refusal");
        assert!(error.contains(reason), "{pattern}: {error}");
    }

    #[test]
    fn plain_text_is_the_whole_name() {
        check("main", "main", true);
        check("main", "main2", false);
        check("rel.*", "release", false);
        check("/", "/", true);
        check("feature/x", "feature/x", true);
    }

    #[test]
    fn an_expression_matches_the_whole_name() {
        check("/main/", "main", true);
        check("/main/", "domain", false);
        check("/a|bc/", "bc", true);
        check("/a|bc/", "abc", false);
        check("/^v[0-9]+$/", "v12", true);
        check("/.*/", "any/thing", true);
        check("/release\\/.*/", "release/1", true);
        check("//", "", true);
        check("//", "x", false);
        check("/(?i)MAIN/", "main", true);
        check("/[a-z&&[^b]]+/", "acd", true);
        check("/[a-z&&[^b]]+/", "abc", false);
    }

    #[test]
    fn short_classes_are_ascii_as_in_java() {
        check(r"/\d+/", "12", true);
        check(r"/\d+/", "१२", false);
        check(r"/[\w.]+/", "a_1.b", true);
        check(r"/\w/", "é", false);
        check(r"/[^\d]/", "é", true);
        check(r"/[\D]/", "é", true);
        check(r"/a\sb/", "a b", true);
        for (class, inside, outside) in
            [('d', "09", "a१"), ('w', "aZ0_", "é-"), ('s', " \t\n\u{b}\u{c}\r", "a\u{a0}\u{85}")]
        {
            let negated = class.to_ascii_uppercase();
            for (letters, expected) in [(inside, true), (outside, false)] {
                for letter in letters.chars() {
                    let name = letter.to_string();
                    check(&format!("/\\{class}/"), &name, expected);
                    check(&format!("/[\\{class}]/"), &name, expected);
                    check(&format!("/[^\\{class}]/"), &name, !expected);
                    check(&format!("/\\{negated}/"), &name, !expected);
                    check(&format!("/[\\{negated}]/"), &name, !expected);
                    check(&format!("/[^\\{negated}]/"), &name, expected);
                    check(&format!("/{}\\{class}/", "a"), &format!("a{name}"), expected);
                }
            }
        }
    }

    #[test]
    fn assertions_and_escaped_signs_mean_what_they_mean_in_java() {
        check(r"/\bmain\b/", "main", true);
        check(r"/a\Bb/", "ab", true);
        check(r"/\Amain\z/", "main", true);
        check(r"/\<a\>/", "<a>", true);
        check(r"/\<a\>/", "a", false);
        check(r"/[\<\>]+/", "<>", true);
        for inside in [r"/[\b]/", r"/[\B]/", r"/[\A]/", r"/[a\z]/"] {
            check_refused(inside, "assertions inside `[ ]`");
        }
    }

    #[test]
    fn posix_classes_are_ascii_as_in_java() {
        for (class, inside, outside) in [
            ("Lower", "az", "AZé`{"),
            ("Upper", "AZ", "azÉ@["),
            ("ASCII", "\0 ~\u{7f}", "é\u{80}"),
            ("Alpha", "azAZ", "0_éª@[`{"),
            ("Digit", "09", "a१/:"),
            ("Alnum", "09azAZ", "_é/:@[`{"),
            ("Punct", "!/:@[`{~\\]^-_&", "a0 A\u{7f}é§"),
            ("Graph", "!~aZ0", " \t\u{7f}é"),
            ("Print", " !~aZ0", "\t\u{7f}é"),
            ("Blank", " \t", "\na\u{a0}"),
            ("Cntrl", "\0\t\u{1f}\u{7f}", " a\u{80}"),
            ("XDigit", "09afAF", "gG/:@`"),
            ("Space", " \t\n\u{b}\u{c}\r", "a\u{85}\u{a0}"),
        ] {
            for (letters, expected) in [(inside, true), (outside, false)] {
                for letter in letters.chars() {
                    let name = letter.to_string();
                    check(&format!("/\\p{{{class}}}/"), &name, expected);
                    check(&format!("/\\P{{{class}}}/"), &name, !expected);
                    check(&format!("/[\\p{{{class}}}é]/"), &name, expected || name == "é");
                    check(&format!("/[^\\P{{{class}}}]/"), &name, expected);
                }
            }
        }
        check(r"/\p{Lu}\p{L}+/", "Éa", true);
    }

    #[test]
    fn what_this_engine_reads_differently_is_refused() {
        for around in ["(?!main)", "(?=main)", "(?<=a)", "(?<!a)", "(?>a)"] {
            check_refused(&format!("/{around}.*/"), "with look-around and atomic groups, which");
        }
        check_refused("/[]a]/", "`]` as the first character of a class");
        check_refused("/[^]a]/", "`]` as the first character of a class");
        check_refused("/a++/", "possessive");
        check_refused(r"/(a)\1/", "backreferences");
        check_refused("/[[:alpha:]]/", "[:alpha:]");
        check_refused(r"/\p{IsGreek}/", "\\p{IsGreek}");
        check_refused(r"/\p{javaLowerCase}/", "\\p{IsGreek}");
        check_refused(r"/\Qa.b\E/", "quoting");
        check_refused("/[a--b]/", "doubled");
        check_refused("/(?x)a/", "flags");
    }

    #[test]
    fn what_conditions_look_at_is_bounded_and_counts_once() {
        let half = "a".repeat(SEARCHED / 2);
        let mut patterns = Patterns::default();
        for _ in 0..3 {
            assert_eq!(patterns.search("a*", &half), Ok(true));
            assert_eq!(patterns.search("b*", &half), Ok(false));
        }
        let error = patterns.search("b*", "b").expect_err("a refusal");
        assert!(error.contains("100000 characters"), "{error}");
        assert_eq!(patterns.search("a*", &half), Ok(true));
    }

    #[test]
    fn broken_expressions_are_refused() {
        check_refused("/main", "does not end");
        check_refused("/a)|(b/", "group");
        check_refused("/[a/", "opens a group or class that it does not close");
        check_refused("/(a/", "opens a group or class that it does not close");
        check_refused("/([a)/", "opens a group or class that it does not close");
        check_refused("/*/", "repetition");
        check_refused("/((a{200}){200}){200}/", "too large");
        let longest = "a".repeat(LONGEST);
        check(&format!("/{longest}/"), &longest, true);
        check_refused(&format!("/{longest}a/"), "longer");
    }

    #[test]
    fn lazy_quantifiers_are_not_possessive_ones() {
        check("/a+?b{1,2}?c/", "aabc", true);
        check("/a{2}/", "aa", true);
    }
}
