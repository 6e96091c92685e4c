//! An expression's text as tokens. What they mean together is `parser`'s matter.

/// One word or sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    Name(String),
    Number(i64),
    Text(String),
    /// Between slashes; `\/` is a slash.
    Regex(String),
    /// `==`, `!=`, `<`, `<=`, `>`, `>=`, `!`, `(` or `)`.
    Sign(&'static str),
}

const SIGNS: [&str; 9] = ["==", "!=", "<=", ">=", "<", ">", "!", "(", ")"];

/// The tokens of `text`. The error is the rest of a sentence that begins with the expression.
pub(super) fn split(text: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, tail) = match first {
            '"' => quoted(&rest[1..])?,
            '/' => regex(&rest[1..])?,
            '0'..='9' | '-' => number(rest)?,
            'a'..='z' | 'A'..='Z' => name(rest)?,
            _ => sign(rest, first)?,
        };
        tokens.push(token);
        rest = tail.trim_start();
    }
    Ok(tokens)
}

fn quoted(text: &str) -> Result<(Token, &str), String> {
    let mut value = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Ok((Token::Text(value), &text[at + 1..])),
            '\\' => match chars.next() {
                Some((_, escaped @ ('"' | '\\'))) => value.push(escaped),
                _ => return Err("has a text in which only `\\\"` and `\\\\` are escapes".into()),
            },
            c => value.push(c),
        }
    }
    Err("has a text that does not end".into())
}

fn regex(text: &str) -> Result<(Token, &str), String> {
    let mut value = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '/' => return Ok((Token::Regex(value), &text[at + 1..])),
            '\\' => match chars.next() {
                Some((_, '/')) => value.push('/'),
                Some((_, other)) => value.extend(['\\', other]),
                None => break,
            },
            c => value.push(c),
        }
    }
    Err("has a regular expression that does not end".into())
}

fn number(text: &str) -> Result<(Token, &str), String> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    if end == 0 {
        return Err("has a `-` without a number".into());
    }
    let (number, tail) = text.split_at(text.len() - digits.len() + end);
    match number.parse() {
        Ok(number) => Ok((Token::Number(number), tail)),
        Err(_) => Err(format!("has {number}, which is too large a number")),
    }
}

fn name(text: &str) -> Result<(Token, &str), String> {
    let inside = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let end = text.find(|c: char| !inside(c)).unwrap_or(text.len());
    let (name, tail) = text.split_at(end);
    if name.contains("..") || name.ends_with('.') {
        return Err(format!("has `{name}`, which is not a name"));
    }
    Ok((Token::Name(name.to_owned()), tail))
}

fn sign(text: &str, first: char) -> Result<(Token, &str), String> {
    let sign = SIGNS.into_iter().find(|sign| text.starts_with(sign));
    match sign {
        Some(sign) => Ok((Token::Sign(sign), &text[sign.len()..])),
        None => Err(format!("has a `{first}` that means nothing here")),
    }
}
