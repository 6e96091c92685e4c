//! One Rust file as a flat list of tokens, so that a rule can look for `process :: Command` without
//! being fooled by comments, strings or line breaks. Doc comments are left out; which tokens belong
//! to tests is marked. Does not resolve names: a rule sees what is written, not what it means.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// One token: its text as written, and where it stands.
#[derive(Debug)]
pub(crate) struct Token {
    /// The token as written; brackets are tokens of their own, `::` is two.
    pub(crate) text: String,
    /// Counted from one.
    pub(crate) line: usize,
    /// Whether it is a string, character or number.
    pub(crate) literal: bool,
    /// Whether it stands in an item under `#[cfg(test)]`.
    pub(crate) test: bool,
}

/// One Rust file.
#[derive(Debug)]
pub(crate) struct Source {
    /// From the root of the repository.
    pub(crate) path: String,
    /// As it was read.
    pub(crate) text: String,
    /// In the order written.
    pub(crate) tokens: Vec<Token>,
    /// Whether the whole file is a test or a benchmark.
    pub(crate) test: bool,
}

/// One function that has a body.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Function {
    pub(crate) name: String,
    pub(crate) line: usize,
    /// From the line of `fn` to the line of the closing brace, both counted.
    pub(crate) lines: usize,
}

impl Source {
    /// Splits a file into tokens; a file that is not Rust fails the test that asked.
    pub(crate) fn parse(path: &str, text: &str) -> Self {
        let stream: TokenStream =
            text.parse().unwrap_or_else(|error| panic!("{path} is not Rust: {error}"));
        let mut tokens = Vec::new();
        flatten(stream, &mut tokens);
        let test = path.contains("/tests/") || path.contains("/benches/");
        let mut source = Self { path: path.to_owned(), text: text.to_owned(), tokens, test };
        source.drop_doc_comments();
        source.mark_tests();
        source
    }

    /// Where the modules are that this file declares under `#[cfg(test)]`: paths without `.rs`.
    pub(crate) fn test_modules(&self) -> Vec<String> {
        let stem = self.path.trim_end_matches(".rs");
        let (folder, file) = stem.rsplit_once('/').unwrap_or(("", stem));
        let folder = if ["lib", "main", "mod"].contains(&file) { folder } else { stem };
        let declared = self
            .tokens
            .windows(3)
            .filter(|words| words[0].test && words[0].text == "mod" && words[2].text == ";");
        declared.map(|words| format!("{folder}/{}", words[1].text)).collect()
    }

    /// The tokens that are part of the product.
    pub(crate) fn product(&self) -> impl Iterator<Item = (usize, &Token)> {
        let whole_file = self.test;
        self.tokens.iter().enumerate().filter(move |(_, token)| !whole_file && !token.test)
    }

    /// Whether the words of `pattern` (parted by blanks, `::` in one word) stand at `index`.
    pub(crate) fn stands_at(&self, index: usize, pattern: &str) -> bool {
        let words = pattern.split(' ').flat_map(|word| match word {
            "::" => vec![":", ":"],
            word => vec![word],
        });
        words.enumerate().all(|(offset, word)| {
            self.tokens.get(index + offset).is_some_and(|token| token.text == word)
        })
    }

    /// `path:line`, as a terminal makes it a link.
    pub(crate) fn place(&self, token: &Token) -> String {
        format!("{}:{}", self.path, token.line)
    }

    /// The index of the bracket that closes the one at `open`.
    pub(crate) fn closing(&self, open: usize) -> usize {
        let mut depth = 0_usize;
        for (index, token) in self.tokens.iter().enumerate().skip(open) {
            if token.literal {
                continue;
            }
            match token.text.as_str() {
                "(" | "[" | "{" => depth += 1,
                ")" | "]" | "}" => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return index;
            }
        }
        self.tokens.len().saturating_sub(1)
    }

    /// Every function with a body, nested ones and those of traits included.
    pub(crate) fn functions(&self) -> Vec<Function> {
        let starts = (0..self.tokens.len()).filter(|&at| self.tokens[at].text == "fn");
        starts.filter_map(|at| self.function(at)).collect()
    }

    fn function(&self, at: usize) -> Option<Function> {
        let name = self.tokens.get(at + 1).filter(|token| token.text != "(")?;
        let open = self.first_outside_brackets(at + 2, &["{", ";"])?;
        if self.tokens[open].text == ";" {
            return None;
        }
        let line = self.tokens[at].line;
        let lines = self.tokens[self.closing(open)].line - line + 1;
        Some(Function { name: name.text.clone(), line, lines })
    }

    /// The first of the wanted tokens from `from` on that is inside no bracket opened since.
    fn first_outside_brackets(&self, from: usize, wanted: &[&str]) -> Option<usize> {
        let mut at = from;
        while let Some(token) = self.tokens.get(at) {
            if wanted.contains(&token.text.as_str()) {
                return Some(at);
            }
            at = match token.text.as_str() {
                "(" | "[" | "{" => self.closing(at) + 1,
                _ => at + 1,
            };
        }
        None
    }

    fn drop_doc_comments(&mut self) {
        let mut at = 0;
        while at < self.tokens.len() {
            let end = if self.stands_at(at, "# [ doc =") {
                self.closing(at + 1)
            } else if self.stands_at(at, "# ! [ doc =") {
                self.closing(at + 2)
            } else {
                at += 1;
                continue;
            };
            self.tokens.drain(at..=end);
        }
    }

    fn mark_tests(&mut self) {
        const MARK: &str = "# [ cfg ( test ) ]";
        for at in 0..self.tokens.len() {
            if !self.stands_at(at, MARK) {
                continue;
            }
            let item = self
                .first_outside_brackets(at + 1, &["["])
                .map_or(at, |open| self.closing(open) + 1);
            let end = match self.item_end(item) {
                Some(end) => end,
                None => self.tokens.len() - 1,
            };
            for token in &mut self.tokens[at..=end] {
                token.test = true;
            }
        }
    }

    /// Where the item that begins at `at` ends: at its semicolon or at the brace of its body.
    fn item_end(&self, at: usize) -> Option<usize> {
        let end = self.first_outside_brackets(at, &["{", ";"])?;
        Some(if self.tokens[end].text == "{" { self.closing(end) } else { end })
    }
}

fn flatten(stream: TokenStream, tokens: &mut Vec<Token>) {
    for tree in stream {
        let line = tree.span().start().line;
        let mut push = |text: String, line, literal| {
            tokens.push(Token { text, line, literal, test: false });
        };
        match tree {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::None => ("", ""),
                };
                push(open.to_owned(), line, false);
                let end = group.span_close().end().line;
                flatten(group.stream(), tokens);
                tokens.push(Token {
                    text: close.to_owned(),
                    line: end,
                    literal: false,
                    test: false,
                });
            }
            TokenTree::Literal(literal) => push(literal.to_string(), line, true),
            other => push(other.to_string(), line, false),
        }
    }
}

fn check_functions(text: &str, expected: &[(&str, usize, usize)]) {
    let found = Source::parse("x.rs", text).functions();
    let expected: Vec<_> = expected
        .iter()
        .map(|&(name, line, lines)| Function { name: name.to_owned(), line, lines })
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn functions_are_measured_from_their_first_line_to_their_closing_brace() {
    check_functions("fn a() {}", &[("a", 1, 1)]);
    check_functions("\nfn a(\n    x: [u8; 2],\n) -> u8 {\n    x[0]\n}\n", &[("a", 2, 5)]);
    check_functions("trait T { fn a(&self); fn b(&self) { } }", &[("b", 1, 1)]);
    check_functions("fn a() { fn b() {\n} let f: fn(u8) = c; }", &[("a", 1, 2), ("b", 1, 2)]);
    check_functions("// fn a() {}\nconst A: &str = \"fn b() {}\";", &[]);
}

fn check_product(text: &str, expected: &str) {
    let source = Source::parse("crates/x/src/x.rs", text);
    let words: Vec<_> = source.product().map(|(_, token)| token.text.as_str()).collect();
    assert_eq!(words.join(" "), expected);
}

#[test]
fn tests_and_comments_are_not_part_of_the_product() {
    check_product("/// unsafe\nfn a() {} // unsafe", "fn a ( ) { }");
    check_product("//! head\n#[cfg(test)]\nmod tests { fn x() {} }\nfn a() {}", "fn a ( ) { }");
    check_product("#[cfg(test)] use x; fn a() {}", "fn a ( ) { }");
    check_product(
        "#[cfg(test)] #[rustfmt::skip] mod tests { } const A: u8 = 1;",
        "const A : u8 = 1 ;",
    );
    check_product(
        "#[cfg(not(test))] const A: u8 = 1;",
        "# [ cfg ( not ( test ) ) ] const A : u8 = 1 ;",
    );
}

#[test]
fn a_module_declared_for_tests_is_found_beside_its_parent_or_below_it() {
    let check = |path: &str, expected: &str| {
        let text = "mod rows; #[cfg(test)] mod samples;";
        assert_eq!(Source::parse(path, text).test_modules(), [expected]);
    };
    check("crates/x/src/lib.rs", "crates/x/src/samples");
    check("crates/x/src/web/mod.rs", "crates/x/src/web/samples");
    check("crates/x/src/web.rs", "crates/x/src/web/samples");
}
