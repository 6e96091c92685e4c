//! Error pages: what happened, why, and what now. Which refusal becomes which fault is decided by
//! the caller.

use std::borrow::Cow;

use maud::{Markup, html};

use super::{
    chrome::{Chrome, narrow},
    path,
    text::Text,
};

/// What can go wrong with a whole request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// 400: missing or malformed.
    BadRequest,
    /// 403: may not.
    Forbidden,
    /// 403: the form does not belong to this session.
    StaleForm,
    /// 403: sent from a page of another site.
    OtherSite,
    /// 404: not there, or not to be known of.
    NotFound,
    /// 409: no longer possible.
    Conflict,
    /// 429: too often; how many seconds to wait.
    TooMany(u64),
    /// 500: a mistake of ours.
    Broken,
    /// 503: not now.
    Busy,
}

impl Fault {
    /// One of each.
    pub const ALL: [Self; 9] = [
        Self::BadRequest,
        Self::Forbidden,
        Self::StaleForm,
        Self::OtherSite,
        Self::NotFound,
        Self::Conflict,
        Self::TooMany(17),
        Self::Broken,
        Self::Busy,
    ];

    /// The status code of its answer.
    pub fn status(self) -> u16 {
        match self {
            Self::BadRequest => 400,
            Self::Forbidden | Self::StaleForm | Self::OtherSite => 403,
            Self::NotFound => 404,
            Self::Conflict => 409,
            Self::TooMany(_) => 429,
            Self::Broken => 500,
            Self::Busy => 503,
        }
    }

    fn words(self, text: &Text) -> (&'static str, Cow<'static, str>) {
        let words = &text.fault;
        let (title, body) = match self {
            Self::BadRequest => (words.bad_request_title, words.bad_request_body),
            Self::Forbidden => (words.forbidden_title, words.forbidden_body),
            Self::StaleForm => (words.stale_title, words.stale_body),
            Self::OtherSite => (words.other_site_title, words.other_site_body),
            Self::NotFound => (words.not_found_title, words.not_found_body),
            Self::Conflict => (words.conflict_title, words.conflict_body),
            Self::TooMany(seconds) => {
                return (words.too_many_title, (words.too_many_body)(seconds).into());
            }
            Self::Broken => (words.broken_title, words.broken_body),
            Self::Busy => (words.busy_title, words.busy_body),
        };
        (title, body.into())
    }
}

/// The page of a fault.
pub fn page(chrome: &Chrome, fault: Fault) -> Markup {
    let text = chrome.text();
    let (title, explanation) = fault.words(text);
    let body = html! {
        section.fault {
            p.status { (fault.status()) }
            h1 { (title) }
            p { (explanation) }
            a.button href=(path::HOME) { (text.fault.home) }
        }
    };
    narrow(chrome, title, body)
}
