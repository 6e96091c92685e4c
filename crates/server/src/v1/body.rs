//! Bodies and queries of requests, except those of triggers.

use axum::body::Bytes;
use rondo_app::{Invalid, Refusal};
use rondo_domain::limits::{PAGE_DEFAULT, PAGE_MOST};
use rondo_domain::run::BuildFilter;
use serde::de::DeserializeOwned;

use crate::credential::pairs;

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
                "branch" if value.is_empty() => {}
                "branch" => list.branch = Some(value.into_owned()),
                "shallow" => list.shallow = truth(&name, &value)?,
                "mine" if value != "false" => {
                    return Err(wrong("builds are listed whosever they are"));
                }
                "status" => return Err(wrong("lists of a project take filter, not status")),
                "order" if value != "desc" => {
                    return Err(wrong("builds are listed the newest first"));
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
