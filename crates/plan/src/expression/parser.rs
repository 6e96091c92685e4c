//! Tokens to a tree. From weak to strong: `or`, `and`, `==` `!=`, `starts-with` `matches`,
//! `>=` `>` `<=` `<`, `not`. All but `not` group from the left.

use super::Value;
use super::token::{self, Token};

/// Longest expression, in bytes.
const LONGEST: usize = 10_000;
/// Deepest nesting of parentheses and `not`.
const DEPTH: usize = 100;

/// What orders two numbers.
#[derive(Clone, Copy, Debug)]
pub(super) enum Comparison {
    Less,
    LessOrEqual,
    More,
    MoreOrEqual,
}

type Pair = Box<Term>;

/// An expression as a tree.
#[derive(Debug)]
pub(super) enum Term {
    Literal(Value),
    Name(String),
    Not(Pair),
    And(Pair, Pair),
    Or(Pair, Pair),
    Equal(Pair, Pair),
    Unequal(Pair, Pair),
    StartsWith(Pair, Pair),
    Matches(Pair, String),
    Compare(Comparison, Pair, Pair),
}

/// Reads an expression. The error is the rest of a sentence that begins with it.
pub(super) fn parse(text: &str) -> Result<Term, String> {
    if text.len() > LONGEST {
        return Err(format!("is longer than {LONGEST} characters"));
    }
    let mut parser = Parser { tokens: token::split(text)?, at: 0, depth: 0 };
    let term = parser.or()?;
    match parser.tokens.get(parser.at) {
        None => Ok(term),
        Some(token) => Err(format!("has `{}` where an operator should stand", shown(token))),
    }
}

fn shown(token: &Token) -> String {
    match token {
        Token::Name(text) | Token::Text(text) | Token::Regex(text) => {
            text.chars().take(60).collect()
        }
        Token::Number(number) => number.to_string(),
        Token::Sign(sign) => (*sign).to_owned(),
    }
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
}

/// Long chains of one operator make a tree that is deep on the left.
const CHAIN: usize = 400;

impl Parser {
    fn word(&mut self, word: &str) -> bool {
        let found = matches!(self.tokens.get(self.at), Some(Token::Name(name)) if name == word);
        self.at += usize::from(found);
        found
    }

    fn sign(&mut self, sign: &str) -> bool {
        let found = matches!(self.tokens.get(self.at), Some(Token::Sign(own)) if *own == sign);
        self.at += usize::from(found);
        found
    }

    fn or(&mut self) -> Result<Term, String> {
        let mut term = self.and()?;
        for _ in 0..CHAIN {
            if !self.word("or") {
                return Ok(term);
            }
            term = Term::Or(Box::new(term), Box::new(self.and()?));
        }
        Err(too_long())
    }

    fn and(&mut self) -> Result<Term, String> {
        let mut term = self.equality()?;
        for _ in 0..CHAIN {
            if !self.word("and") {
                return Ok(term);
            }
            term = Term::And(Box::new(term), Box::new(self.equality()?));
        }
        Err(too_long())
    }

    fn equality(&mut self) -> Result<Term, String> {
        let mut term = self.search()?;
        for _ in 0..CHAIN {
            if self.sign("==") {
                term = Term::Equal(Box::new(term), Box::new(self.search()?));
            } else if self.sign("!=") {
                term = Term::Unequal(Box::new(term), Box::new(self.search()?));
            } else {
                return Ok(term);
            }
        }
        Err(too_long())
    }

    fn search(&mut self) -> Result<Term, String> {
        let mut term = self.order()?;
        for _ in 0..CHAIN {
            if self.word("starts-with") {
                term = Term::StartsWith(Box::new(term), Box::new(self.order()?));
            } else if self.word("matches") {
                let Some(Token::Regex(pattern)) = self.tokens.get(self.at) else {
                    return Err("needs a `/regular expression/` after `matches`".into());
                };
                term = Term::Matches(Box::new(term), pattern.clone());
                self.at += 1;
            } else {
                return Ok(term);
            }
        }
        Err(too_long())
    }

    fn order(&mut self) -> Result<Term, String> {
        const SIGNS: [(&str, Comparison); 4] = [
            (">=", Comparison::MoreOrEqual),
            (">", Comparison::More),
            ("<=", Comparison::LessOrEqual),
            ("<", Comparison::Less),
        ];
        let mut term = self.not()?;
        for _ in 0..CHAIN {
            let Some((_, comparison)) = SIGNS.into_iter().find(|(sign, _)| self.sign(sign)) else {
                return Ok(term);
            };
            term = Term::Compare(comparison, Box::new(term), Box::new(self.not()?));
        }
        Err(too_long())
    }

    fn not(&mut self) -> Result<Term, String> {
        if self.word("not") || self.sign("!") {
            return self.nested(|parser| Ok(Term::Not(Box::new(parser.not()?))));
        }
        self.primary()
    }

    fn primary(&mut self) -> Result<Term, String> {
        if self.sign("(") {
            return self.nested(|parser| {
                let term = parser.or()?;
                if parser.sign(")") { Ok(term) } else { Err("lacks a `)`".into()) }
            });
        }
        let Some(token) = self.tokens.get(self.at) else {
            return Err("ends where a value should stand".into());
        };
        self.at += 1;
        Ok(Term::Literal(match token {
            Token::Name(name) if name == "true" => Value::Boolean(true),
            Token::Name(name) if name == "false" => Value::Boolean(false),
            Token::Name(name) if is_word(name) => {
                return Err(format!("has `{name}` where a value should stand"));
            }
            Token::Name(name) => return Ok(Term::Name(name.clone())),
            Token::Number(number) => Value::Number(*number as f64),
            Token::Text(text) => Value::Text(text.as_str().into()),
            Token::Regex(_) => return Err("has a regular expression without `matches`".into()),
            Token::Sign(sign) => return Err(format!("has `{sign}` where a value should stand")),
        }))
    }

    fn nested(
        &mut self,
        inner: impl FnOnce(&mut Self) -> Result<Term, String>,
    ) -> Result<Term, String> {
        if self.depth >= DEPTH {
            return Err("is nested too deep".into());
        }
        self.depth += 1;
        let term = inner(self);
        self.depth -= 1;
        term
    }
}

fn is_word(name: &str) -> bool {
    matches!(name, "or" | "and" | "not" | "starts-with" | "matches")
}

fn too_long() -> String {
    format!("has more than {CHAIN} operators in a row")
}
