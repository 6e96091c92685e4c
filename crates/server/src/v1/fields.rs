//! What a request to trigger says: JSON, or the form fields that CircleCI's examples use.

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::http::{HeaderMap, header};
use rondo_app::Refusal;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::body::{json, wrong};
use crate::credential::{owned_pairs, pairs};

/// The object of the parameters that are injected.
const PARAMETERS: &str = "build_parameters";

/// The fields of a trigger's body.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Fields {
    /// Fields with one value, by name.
    pub(crate) single: BTreeMap<String, String>,
    /// `build_parameters`.
    pub(crate) parameters: Vec<(String, String)>,
}

impl Fields {
    /// Reads JSON or form fields; an empty body has none. Other fields than `known` are refused, and
    /// `known` ones of the address, so that none is ignored in silence.
    pub(crate) fn read(
        headers: &HeaderMap,
        query: Option<&str>,
        body: &Bytes,
        known: &[&str],
    ) -> Result<Self, Refusal> {
        let is_known = |name: &str| known.contains(&name);
        for (name, _) in pairs(query.unwrap_or_default()) {
            if is_known(&name) || &*name == PARAMETERS || inner(&name).is_some() {
                return Err(wrong(format!("{name:?} goes into the body, not into the address")));
            }
        }
        let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let form = kind.is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
        // curl's `-d` says that it sends a form whatever it sends.
        let looks_like_json = body.first().is_some_and(|first| *first == b'{');
        match (body.is_empty(), form && !looks_like_json) {
            (true, _) => Ok(Self::default()),
            (false, true) => Self::from_form(body, known),
            (false, false) => Self::from_json(body, known),
        }
    }

    fn from_form(body: &Bytes, known: &[&str]) -> Result<Self, Refusal> {
        let text = std::str::from_utf8(body).map_err(|_| wrong("the form is not UTF-8"))?;
        let mut fields = Self::default();
        for (name, value) in owned_pairs(text) {
            match inner(&name) {
                Some(inner) => fields.parameters.push((inner.to_owned(), value)),
                None if known.contains(&name.as_str()) => drop(fields.single.insert(name, value)),
                None => return Err(unknown(&name, known)),
            }
        }
        Ok(fields)
    }

    fn from_json(body: &Bytes, known: &[&str]) -> Result<Self, Refusal> {
        // It says what is wrong, and how deep is too deep.
        let object: Map<String, Value> = json(body)?;
        let mut texts = texts(std::str::from_utf8(body).unwrap_or_default())?;
        let mut fields = Self::default();
        for (name, value) in object {
            let text = texts.remove(&name).map_or("", RawValue::get);
            match (name.as_str(), value) {
                (_, Value::Null) => {}
                // Some clients send the name of a form's field in JSON.
                (name, _) if inner(name).is_some() => {
                    let inner = inner(name).unwrap_or_default().to_owned();
                    fields.parameters.push((inner, exported(text)?));
                }
                (PARAMETERS, Value::Object(_)) => {
                    for (name, value) in self::texts(text)? {
                        fields.parameters.push((name, exported(value.get())?));
                    }
                }
                (PARAMETERS, _) => {
                    return Err(wrong("build_parameters is an object of names and values"));
                }
                (other, _) if !known.contains(&other) => return Err(unknown(other, known)),
                (_, Value::String(text)) => drop(fields.single.insert(name, text)),
                ("parallel", Value::Number(copies)) => {
                    drop(fields.single.insert(name, copies.to_string()));
                }
                _ => return Err(wrong(format!("{name:?} is a text"))),
            }
        }
        Ok(fields)
    }
}

fn unknown(name: &str, known: &[&str]) -> Refusal {
    wrong(format!("unknown field {name:?}: take {PARAMETERS}, {}", known.join(", ")))
}

/// The parameter that a form's field `build_parameters[NAME]` names.
fn inner(field: &str) -> Option<&str> {
    field.strip_prefix(PARAMETERS)?.strip_prefix('[')?.strip_suffix(']')
}

/// The values of an object by name, each as it was sent: a number has all of its digits there.
fn texts(object: &str) -> Result<BTreeMap<String, &RawValue>, Refusal> {
    serde_json::from_str(object).map_err(not_json)
}

fn not_json(error: serde_json::Error) -> Refusal {
    wrong(format!("the body is not the expected JSON: {error}"))
}

/// A value as it is exported to the build (api-v1.1, 6.2): texts and numbers as they are, objects and lists as
/// JSON with blanks after `:` and `,`. It was read as JSON before.
fn exported(value: &str) -> Result<String, Refusal> {
    match value.as_bytes().first() {
        Some(b'"') => serde_json::from_str(value).map_err(not_json),
        Some(b'n') => Ok(String::new()),
        _ => spaced(value),
    }
}

fn spaced(value: &str) -> Result<String, Refusal> {
    match value.as_bytes().first() {
        Some(b'{') => {
            let pairs = texts(value)?.into_iter().map(|(name, value)| {
                Ok(format!("{}: {}", Value::String(name), spaced(value.get())?))
            });
            Ok(format!("{{{}}}", pairs.collect::<Result<Vec<_>, Refusal>>()?.join(", ")))
        }
        Some(b'[') => {
            let items: Vec<&RawValue> = serde_json::from_str(value).map_err(not_json)?;
            let items = items.into_iter().map(|item| spaced(item.get()));
            Ok(format!("[{}]", items.collect::<Result<Vec<_>, _>>()?.join(", ")))
        }
        Some(b'"') => {
            let text: String = serde_json::from_str(value).map_err(not_json)?;
            Ok(Value::String(text).to_string())
        }
        _ => Ok(value.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use rondo_app::Invalid;

    use super::*;

    const JSON: &str = "application/json";
    const FORM: &str = "application/x-www-form-urlencoded";

    fn fields(kind: &str, query: Option<&str>, body: &'static str) -> Result<Fields, Refusal> {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, kind.parse().unwrap());
        Fields::read(&headers, query, &Bytes::from_static(body.as_bytes()), &["revision", "tag"])
    }

    #[test]
    fn build_parameters_are_exported_as_text_from_json_and_from_forms() {
        let expected = |pairs: &[(&str, &str)]| {
            pairs.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect::<Vec<_>>()
        };
        for (kind, body, parameters) in [
            (
                JSON,
                r#"{"build_parameters":{"A":"x","E":null,"N":500,"T":true}}"#,
                expected(&[("A", "x"), ("E", ""), ("N", "500"), ("T", "true")]),
            ),
            (
                JSON,
                r#"{"build_parameters":{"L":[1, "a"],"O":{"k":"v","l":[1,{"q":"\u00e9\""}]}}}"#,
                expected(&[("L", r#"[1, "a"]"#), ("O", r#"{"k": "v", "l": [1, {"q": "é\""}]}"#)]),
            ),
            (
                JSON,
                r#"{"build_parameters":{"B":18446744073709551616,"D":-1.10,"L":[12345678901234567890123]}}"#,
                expected(&[
                    ("B", "18446744073709551616"),
                    ("D", "-1.10"),
                    ("L", "[12345678901234567890123]"),
                ]),
            ),
            (
                FORM,
                "build_parameters[CIRCLE_JOB]=deploy&build_parameters%5BA%5D=x+y%2B",
                expected(&[("CIRCLE_JOB", "deploy"), ("A", "x y+")]),
            ),
            (FORM, r#"{"build_parameters":{"A":"x"}}"#, expected(&[("A", "x")])),
            (JSON, r#"{"build_parameters[A]":"x","tag":null}"#, expected(&[("A", "x")])),
            (JSON, r#"{"build_parameters":null,"none":null}"#, expected(&[])),
            (JSON, "", expected(&[])),
        ] {
            assert_eq!(fields(kind, None, body).unwrap().parameters, parameters, "{body}");
        }
    }

    #[test]
    fn what_is_not_understood_is_refused_by_what_is_wrong_with_it() {
        let deep: &str = format!(r#"{{"build_parameters":{{"A":{}"#, "[".repeat(100_000)).leak();
        for (query, body, expected) in [
            (None, "{", "the body is not the expected JSON: EOF"),
            (None, "[]", "it is a list, and an object is expected"),
            (None, deep, "recursion limit exceeded"),
            (None, r#"{"build_parameters":[]}"#, "build_parameters is an object"),
            (None, r#"{"revison":"x"}"#, "unknown field \"revison\": take build_parameters, rev"),
            (None, r#"{"parameters":{}}"#, "unknown field \"parameters\""),
            (None, r#"{"tag":{}}"#, "\"tag\" is a text"),
            (None, r#"{"tag":false}"#, "\"tag\" is a text"),
            (None, r#"{"tag":1}"#, "\"tag\" is a text"),
            (Some("tag=v1"), "", "\"tag\" goes into the body"),
            (Some("build_parameters%5BA%5D=1"), "", "\"build_parameters[A]\" goes into the body"),
        ] {
            let Err(Refusal::Invalid(Invalid::Request(told))) = fields(JSON, query, body) else {
                panic!("{query:?} {body:.60} is taken");
            };
            assert!(told.contains(expected), "{query:?} {body:.60}: {told}");
        }
        assert!(fields(JSON, Some("circle-token=x&cache=1"), "").is_ok());
    }
}
