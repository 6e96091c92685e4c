//! Bodies and queries of requests: JSON, or the form fields that CircleCI's trigger examples use.

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::http::{HeaderMap, header};
use rondo_app::{Invalid, Refusal};
use rondo_domain::limits::{PAGE_DEFAULT, PAGE_MOST};
use rondo_domain::run::BuildFilter;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::credential::{owned_pairs, pairs};

pub(crate) fn wrong(what: impl Into<String>) -> Refusal {
    Refusal::Invalid(Invalid::Request(what.into()))
}

/// A JSON object as a type of `wire`. A list of its fields in order is none, though serde takes it for one.
pub(crate) fn json<T: DeserializeOwned>(body: &Bytes) -> Result<T, Refusal> {
    if body.trim_ascii_start().first() == Some(&b'[') {
        return Err(wrong(
            "the body is not the expected JSON: it is a list, and an object is expected",
        ));
    }
    serde_json::from_slice(body)
        .map_err(|error| wrong(format!("the body is not the expected JSON: {error}")))
}

/// The fields of a trigger's body.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Fields {
    /// Fields with one value, by name.
    pub(crate) single: BTreeMap<String, String>,
    /// `build_parameters`, in order.
    pub(crate) parameters: Vec<(String, String)>,
}

impl Fields {
    /// Reads JSON or form fields; an empty body has none. Other fields than `known` are refused, so
    /// that none is ignored in silence.
    pub(crate) fn read(headers: &HeaderMap, body: &Bytes, known: &[&str]) -> Result<Self, Refusal> {
        let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let form = kind.is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
        // curl's `-d` says that it sends a form whatever it sends.
        let looks_like_json = body.first().is_some_and(|first| *first == b'{');
        let fields = match (body.is_empty(), form && !looks_like_json) {
            (true, _) => Self::default(),
            (false, true) => Self::from_form(body)?,
            (false, false) => Self::from_json(body)?,
        };
        match fields.single.keys().find(|name| !known.contains(&name.as_str())) {
            Some(other) => Err(wrong(format!(
                "unknown field {other:?}: take build_parameters, {}",
                known.join(", ")
            ))),
            None => Ok(fields),
        }
    }

    fn from_form(body: &Bytes) -> Result<Self, Refusal> {
        let text = std::str::from_utf8(body).map_err(|_| wrong("the form is not UTF-8"))?;
        let mut fields = Self::default();
        for (name, value) in owned_pairs(text) {
            match inner(&name) {
                Some(inner) => fields.parameters.push((inner.to_owned(), value)),
                None => drop(fields.single.insert(name, value)),
            }
        }
        Ok(fields)
    }

    fn from_json(body: &Bytes) -> Result<Self, Refusal> {
        let object: serde_json::Map<String, Value> = json(body)?;
        let mut fields = Self::default();
        for (name, value) in object {
            match (name.as_str(), value) {
                (_, Value::Null) => {}
                // Some clients send the name of a form's field in JSON.
                (name, value) if inner(name).is_some() => {
                    let inner = inner(name).unwrap_or_default().to_owned();
                    fields.parameters.push((inner, exported(value)));
                }
                ("build_parameters", Value::Object(map)) => {
                    fields.parameters.extend(map.into_iter().map(|(name, v)| (name, exported(v))));
                }
                ("build_parameters", _) => {
                    return Err(wrong("build_parameters is an object of names and values"));
                }
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

/// The parameter that a form's field `build_parameters[NAME]` names.
fn inner(field: &str) -> Option<&str> {
    field.strip_prefix("build_parameters[").and_then(|rest| rest.strip_suffix(']'))
}

/// A value as it is exported to the build (api-v1.1, 6.2): numbers as decimal text, objects and
/// lists as JSON with blanks after `:` and `,`.
fn exported(value: Value) -> String {
    match value {
        Value::String(text) => text,
        Value::Null => String::new(),
        Value::Array(items) => {
            let items: Vec<_> = items.into_iter().map(spaced).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(map) => spaced(Value::Object(map)),
        scalar => scalar.to_string(),
    }
}

fn spaced(value: Value) -> String {
    match value {
        Value::Array(items) => exported(Value::Array(items)),
        Value::Object(map) => {
            let pairs: Vec<_> = map
                .into_iter()
                .map(|(name, value)| format!("{}: {}", Value::String(name), spaced(value)))
                .collect();
            format!("{{{}}}", pairs.join(", "))
        }
        scalar => scalar.to_string(),
    }
}

/// `limit`, `offset`, `filter` and `shallow` of a build list.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct ListQuery {
    pub(crate) limit: u32,
    pub(crate) offset: u64,
    pub(crate) filter: Option<BuildFilter>,
    pub(crate) branch: Option<String>,
    pub(crate) shallow: bool,
}

impl ListQuery {
    pub(crate) fn read(query: Option<&str>) -> Result<Self, Refusal> {
        let mut list =
            Self { limit: PAGE_DEFAULT, offset: 0, filter: None, branch: None, shallow: false };
        for (name, value) in pairs(query.unwrap_or_default()) {
            match &*name {
                "limit" => list.limit = number(&name, &value, 1, u64::from(PAGE_MOST))? as u32,
                "offset" => list.offset = number(&name, &value, 0, i64::MAX as u64)?,
                "filter" if value.is_empty() => {}
                "filter" => {
                    let unknown = || wrong("filter is completed, successful, failed or running");
                    list.filter = Some(BuildFilter::from_word(&value).ok_or_else(unknown)?);
                }
                "branch" => list.branch = Some(value.into_owned()),
                "shallow" => list.shallow = truth(&name, &value)?,
                "mine" if value != "false" => {
                    return Err(wrong("builds are listed whosever they are"));
                }
                // Clients add parameters of their own to outwit caches.
                _ => {}
            }
        }
        Ok(list)
    }
}

/// `page`, from 1 on, and `per-page` of a list that has no limit.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct PageQuery {
    page: usize,
    /// How many entries a page has.
    pub(crate) length: usize,
}

impl PageQuery {
    pub(crate) fn read(query: Option<&str>) -> Result<Self, Refusal> {
        let mut page = Self { page: 1, length: PAGE_MOST as usize };
        for (name, value) in pairs(query.unwrap_or_default()) {
            match &*name {
                "page" => page.page = number(&name, &value, 1, 1_000_000)? as usize,
                "per-page" => {
                    page.length = number(&name, &value, 1, u64::from(PAGE_MOST))? as usize;
                }
                _ => {}
            }
        }
        Ok(page)
    }

    /// How many entries come before it.
    pub(crate) fn offset(&self) -> usize {
        (self.page - 1) * self.length
    }
}

/// Python's clients write truth values with a capital.
fn truth(name: &str, text: &str) -> Result<bool, Refusal> {
    match text.to_ascii_lowercase().as_str() {
        "true" => Ok(true),
        "" | "false" => Ok(false),
        _ => Err(wrong(format!("{name} is true or false"))),
    }
}

fn number(name: &str, text: &str, least: u64, most: u64) -> Result<u64, Refusal> {
    let fits = |number: &u64| (least..=most).contains(number);
    let read = text.parse().ok().filter(fits);
    read.ok_or_else(|| wrong(format!("{name} is a number from {least} to {most}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(kind: &str, body: &'static str) -> Result<Fields, Refusal> {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, kind.parse().unwrap());
        Fields::read(&headers, &Bytes::from_static(body.as_bytes()), &["revision", "tag"])
    }

    #[test]
    fn build_parameters_are_exported_as_text_from_json_and_from_forms() {
        let expected = |pairs: &[(&str, &str)]| {
            pairs.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect::<Vec<_>>()
        };
        let json = "application/json";
        let form = "application/x-www-form-urlencoded";
        for (kind, body, parameters) in [
            (
                json,
                r#"{"build_parameters":{"A":"x","N":500,"T":true}}"#,
                expected(&[("A", "x"), ("N", "500"), ("T", "true")]),
            ),
            (
                json,
                r#"{"build_parameters":{"L":[1,"a"],"O":{"k":"v","l":[1,2]}}}"#,
                expected(&[("L", r#"[1, "a"]"#), ("O", r#"{"k": "v", "l": [1, 2]}"#)]),
            ),
            (
                form,
                "build_parameters[CIRCLE_JOB]=deploy&build_parameters%5BA%5D=x+y%2B",
                expected(&[("CIRCLE_JOB", "deploy"), ("A", "x y+")]),
            ),
            (form, r#"{"build_parameters":{"A":"x"}}"#, expected(&[("A", "x")])),
            (json, r#"{"build_parameters[A]":"x","tag":null}"#, expected(&[("A", "x")])),
            (json, "", expected(&[])),
        ] {
            assert_eq!(fields(kind, body).unwrap().parameters, parameters, "{body}");
        }
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        for body in [
            "{",
            "[]",
            r#"{"build_parameters":[]}"#,
            r#"{"revison":"x"}"#,
            r#"{"tag":{}}"#,
            r#"{"tag":false}"#,
            r#"{"tag":1}"#,
        ] {
            assert!(fields("application/json", body).is_err(), "{body}");
        }
    }

    #[test]
    fn lists_take_1_to_100_builds() {
        assert_eq!(ListQuery::read(None).unwrap().limit, 30);
        assert_eq!(ListQuery::read(Some("limit=100&x=y")).unwrap().limit, 100);
        for (word, shallow) in [("true", true), ("True", true), ("false", false), ("", false)] {
            let list = ListQuery::read(Some(&format!("shallow={word}"))).unwrap();
            assert_eq!(list.shallow, shallow, "{word}");
        }
        for bad in ["limit=0", "limit=101", "limit=x", "offset=-1", "filter=green", "shallow=yes"] {
            assert!(ListQuery::read(Some(bad)).is_err(), "{bad}");
        }
    }
}
