//! Tokens to a tree. From weak to strong: `or`, `and`, `==` `!=`, `starts-with` `matches`,
//! `>=` `>` `<=` `<`, `not`. All but `not` group from the left.

use super::Value;
use super::token::{self, Token};

/// Longest expression, in bytes.
const LONGEST: usize = 10_000;
/// Deepest nesting of parentheses and `not`.
const DEPTH: usize = 30;

/// What orders two numbers.
#[derive(Clone, Copy, Debug)]
pub(super) enum Comparison {
    Less,
    LessOrEqual,
    More,
    MoreOrEqual,
}

/// An expression as a tree. Operators in a row lie beside each other in it, so that it is only as deep as the
/// expression is nested.
#[derive(Debug)]
pub(super) enum Term {
    Literal(Value),
    Name(String),
    Not(Box<Term>),
    Chain(Box<Term>, Vec<Link>),
}

/// An operator, and what stands on its right.
#[derive(Debug)]
pub(super) enum Link {
    And(Term),
    Or(Term),
    Equal(Term),
    Unequal(Term),
    StartsWith(Term),
    Matches(String),
    Compare(Comparison, Term),
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

/// Most operators of one kind in a row, and one.
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

    /// Operators of one kind in a row, with what they join.
    fn chain(
        &mut self,
        operand: fn(&mut Self) -> Result<Term, String>,
        link: fn(&mut Self) -> Result<Option<Link>, String>,
    ) -> Result<Term, String> {
        let first = operand(self)?;
        let mut links = Vec::new();
        while links.len() < CHAIN {
            match link(self)? {
                Some(link) => links.push(link),
                None if links.is_empty() => return Ok(first),
                None => return Ok(Term::Chain(Box::new(first), links)),
            }
        }
        Err(too_long())
    }

    fn or(&mut self) -> Result<Term, String> {
        self.chain(Self::and, |parser| {
            let found = parser.word("or");
            found.then(|| parser.and().map(Link::Or)).transpose()
        })
    }

    fn and(&mut self) -> Result<Term, String> {
        self.chain(Self::equality, |parser| {
            let found = parser.word("and");
            found.then(|| parser.equality().map(Link::And)).transpose()
        })
    }

    fn equality(&mut self) -> Result<Term, String> {
        self.chain(Self::search, |parser| {
            Ok(Some(if parser.sign("==") {
                Link::Equal(parser.search()?)
            } else if parser.sign("!=") {
                Link::Unequal(parser.search()?)
            } else {
                return Ok(None);
            }))
        })
    }

    fn search(&mut self) -> Result<Term, String> {
        self.chain(Self::order, |parser| {
            if parser.word("starts-with") {
                return parser.order().map(Link::StartsWith).map(Some);
            }
            if !parser.word("matches") {
                return Ok(None);
            }
            let Some(Token::Regex(pattern)) = parser.tokens.get(parser.at) else {
                return Err("needs a `/regular expression/` after `matches`".into());
            };
            let pattern = pattern.clone();
            parser.at += 1;
            Ok(Some(Link::Matches(pattern)))
        })
    }

    fn order(&mut self) -> Result<Term, String> {
        const SIGNS: [(&str, Comparison); 4] = [
            (">=", Comparison::MoreOrEqual),
            (">", Comparison::More),
            ("<=", Comparison::LessOrEqual),
            ("<", Comparison::Less),
        ];
        self.chain(Self::not, |parser| {
            let found = SIGNS.into_iter().find(|(sign, _)| parser.sign(sign));
            let Some((_, comparison)) = found else { return Ok(None) };
            Ok(Some(Link::Compare(comparison, parser.not()?)))
        })
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
