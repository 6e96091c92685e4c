//! How an answer of API v1.1 is written, as `Accept` asks (api-v1.1, 3.1): compact or indented JSON, or
//! Clojure's EDN where nothing is asked for. Handlers know JSON alone; this is the one place that
//! writes it down in another way.

use std::fmt::Write;

use axum::body::to_bytes;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use serde_json::Value;

/// A way to write a value down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Notation {
    /// JSON on one line.
    Compact,
    /// JSON for people.
    Indented,
    /// The same for who asks for text.
    Text,
    /// Clojure's notation.
    Edn,
}

impl Notation {
    /// What a request asks for.
    pub(crate) fn asked(headers: &HeaderMap) -> Self {
        // What nearly every program sends.
        let mut all = headers.get_all(header::ACCEPT).iter();
        if all.next().is_some_and(|accept| accept == "application/json") && all.next().is_none() {
            return Self::Compact;
        }
        let accept =
            headers.get_all(header::ACCEPT).iter().filter_map(|accept| accept.to_str().ok());
        let accept = accept.collect::<Vec<_>>().join(",");
        let kinds: Vec<_> = accept
            .split(',')
            .filter_map(|range| range.split(';').next())
            .map(|kind| kind.trim().to_ascii_lowercase())
            .filter(|kind| !kind.is_empty())
            .collect();
        let asks = |wanted: &str| kinds.iter().any(|kind| kind == wanted);
        match kinds.first() {
            None => Self::Edn,
            Some(_) if asks("application/json") => Self::Compact,
            Some(_) if asks("application/edn") => Self::Edn,
            Some(first) if first == "text/plain" => Self::Text,
            Some(_) => Self::Indented,
        }
    }

    /// The type of nearly all answers.
    pub(crate) const JSON: &'static str = "application/json;charset=utf-8";

    const fn content_type(self) -> HeaderValue {
        const JSON: HeaderValue = HeaderValue::from_static(Notation::JSON);
        const TEXT: HeaderValue = HeaderValue::from_static("text/plain;charset=utf-8");
        const EDN: HeaderValue = HeaderValue::from_static("application/edn;charset=utf-8");
        match self {
            Self::Compact | Self::Indented => JSON,
            Self::Text => TEXT,
            Self::Edn => EDN,
        }
    }

    /// Writes an answer down in this notation. One that is not JSON is left as it is.
    pub(crate) async fn write(self, answer: &mut Response) {
        let headers = answer.headers_mut();
        let kind = headers.get(header::CONTENT_TYPE);
        if kind.is_none_or(|kind| !kind.as_bytes().starts_with(b"application/json")) {
            return;
        }
        let own = self.content_type();
        if kind != Some(&own) {
            headers.insert(header::CONTENT_TYPE, own);
        }
        if self != Self::Compact {
            Box::pin(self.rewrite(answer)).await;
        }
    }

    async fn rewrite(self, answer: &mut Response) {
        answer.headers_mut().remove(header::CONTENT_LENGTH);
        // It was made in memory, so it fits there.
        let body = std::mem::take(answer.body_mut());
        let Ok(bytes) = to_bytes(body, usize::MAX).await else { return };
        *answer.body_mut() = match serde_json::from_slice::<Value>(&bytes) {
            Ok(value) if self == Self::Edn => edn(&value).into(),
            Ok(value) => format!("{value:#}").into(),
            Err(_) => bytes.into(),
        };
    }
}

/// Paths whose answers are written in the notation that is asked for.
pub(crate) fn in_v1(path: &str) -> bool {
    ["/api/v1/", "/api/v1.1/"].iter().any(|base| path.starts_with(base))
}

/// A value as Clojure reads it: names become keywords where they can be one.
fn edn(value: &Value) -> String {
    let mut text = String::new();
    put(&mut text, value);
    text
}

fn put(text: &mut String, value: &Value) {
    match value {
        Value::Null => text.push_str("nil"),
        Value::Bool(truth) => text.push_str(if *truth { "true" } else { "false" }),
        Value::Number(number) => {
            let _ = write!(text, "{number}");
        }
        Value::String(string) => put_string(text, string),
        Value::Array(items) => {
            text.push('[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    text.push(' ');
                }
                put(text, item);
            }
            text.push(']');
        }
        Value::Object(map) => {
            text.push('{');
            for (at, (name, value)) in map.iter().enumerate() {
                if at > 0 {
                    text.push_str(", ");
                }
                put_name(text, name);
                text.push(' ');
                put(text, value);
            }
            text.push('}');
        }
    }
}

fn put_name(text: &mut String, name: &str) {
    let begins = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let goes_on = |c: char| c.is_ascii_alphanumeric() || "*!_?$%&=<>+-.#".contains(c);
    if begins && name.chars().all(goes_on) {
        text.push(':');
        text.push_str(name);
    } else {
        put_string(text, name);
    }
}

fn put_string(text: &mut String, string: &str) {
    text.push('"');
    for c in string.chars() {
        match c {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            c if c.is_control() => {
                let _ = write!(text, "\\u{:04x}", u32::from(c));
            }
            c => text.push(c),
        }
    }
    text.push('"');
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_notation_follows_accept() {
        for (accept, expected) in [
            (None, Notation::Edn),
            (Some(""), Notation::Edn),
            (Some("application/edn"), Notation::Edn),
            (Some("application/json"), Notation::Compact),
            (Some("Application/JSON; charset=utf-8"), Notation::Compact),
            (Some("application/json, text/plain, */*"), Notation::Compact),
            (Some("*/*"), Notation::Indented),
            (Some("text/html, */*;q=0.8"), Notation::Indented),
            (Some("text/plain"), Notation::Text),
        ] {
            let mut headers = HeaderMap::new();
            if let Some(accept) = accept {
                headers.insert(header::ACCEPT, accept.parse().unwrap());
            }
            assert_eq!(Notation::asked(&headers), expected, "{accept:?}");
        }
    }

    #[test]
    fn edn_has_keywords_where_a_name_can_be_one() {
        for (value, expected) in [
            (json!(null), "nil"),
            (json!([1, -2.5, true, "a"]), "[1 -2.5 true \"a\"]"),
            (json!({"a_b": 1, "user?": false}), "{:a_b 1, :user? false}"),
            (json!({"https://github.com/acme/web": {}}), "{\"https://github.com/acme/web\" {}}"),
            (json!({"feature%2Fx": [], "1.0": 1, "": 2}), "{\"\" 2, \"1.0\" 1, :feature%2Fx []}"),
            (json!("a\"b\\c\nd\u{1}枝"), "\"a\\\"b\\\\c\\nd\\u0001枝\""),
        ] {
            assert_eq!(edn(&value), expected);
        }
    }
}
