//! Entity tags: what a client says that it has, compared with what is there (RFC 9110, 8.8.3 and 13).

use std::hash::BuildHasher;

use axum::http::{HeaderMap, HeaderValue, header};
use foldhash::quality::FixedState;

/// The strong tag of a representation: other bytes have another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Etag(HeaderValue);

impl Etag {
    /// The tag of bytes that this server makes itself: every server of this version gives the same.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        Self(HeaderValue::from_bytes(&tag(bytes)).expect("quotes and digits are a header's value"))
    }

    /// The same, to be handed out for as long as the process lives.
    pub(crate) fn fixed(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(&tag(bytes)).into_owned();
        Self(HeaderValue::from_static(text.leak()))
    }

    /// The tag that holds a word, such as a digest: letters, digits and hyphens.
    pub(crate) fn named(word: &str) -> Self {
        Self(HeaderValue::try_from(format!("\"{word}\"")).expect("a digest is a header's value"))
    }

    /// The header's value.
    pub(crate) fn value(&self) -> HeaderValue {
        self.0.clone()
    }

    /// Whether the client has it already: its `If-None-Match` lists it, or everything.
    pub(crate) fn is_known(&self, headers: &HeaderMap) -> bool {
        let own = self.0.as_bytes();
        let lists = headers.get_all(header::IF_NONE_MATCH).into_iter();
        lists.flat_map(|list| list.as_bytes().split(|byte| *byte == b',')).any(|one| {
            let one = one.trim_ascii();
            one == b"*" || one.strip_prefix(b"W/").unwrap_or(one) == own
        })
    }

    /// Whether a wish for a part counts: there is no `If-Range`, or it names this representation.
    pub(crate) fn keeps_range(&self, headers: &HeaderMap) -> bool {
        headers.get(header::IF_RANGE).is_none_or(|value| *value == self.0)
    }
}

/// The hash of bytes in 16 digits, and quotes around them.
fn tag(bytes: &[u8]) -> [u8; 18] {
    let mut tag = [b'"'; 18];
    let hash = FixedState::default().hash_one(bytes);
    let digits = hash.to_be_bytes().into_iter().flat_map(|byte| [byte >> 4, byte & 15]);
    for (place, digit) in tag[1..17].iter_mut().zip(digits) {
        *place = b"0123456789abcdef"[usize::from(digit)];
    }
    tag
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: header::HeaderName, values: &[&'static str]) -> HeaderMap {
        let values = values.iter().map(|value| (name.clone(), HeaderValue::from_static(value)));
        values.collect()
    }

    #[test]
    fn a_client_that_lists_the_tag_has_the_bytes() {
        for (values, known) in [
            (&["\"abc\""] as &[_], true),
            (&["\"x\", \"abc\""], true),
            (&["\"x\"", "W/\"abc\""], true),
            (&["*"], true),
            (&["\"ab\""], false),
            (&["abc"], false),
            (&[], false),
        ] {
            let headers = headers(header::IF_NONE_MATCH, values);
            assert_eq!(Etag::named("abc").is_known(&headers), known, "{values:?}");
        }
    }

    #[test]
    fn a_range_counts_for_the_very_same_bytes_only() {
        for (values, kept) in [
            (&[] as &[_], true),
            (&["\"abc\""], true),
            (&["W/\"abc\""], false),
            (&["Wed, 25 Nov 2026 00:00:00 GMT"], false),
        ] {
            let headers = headers(header::IF_RANGE, values);
            assert_eq!(Etag::named("abc").keeps_range(&headers), kept, "{values:?}");
        }
        assert_eq!(Etag::of(b"x"), Etag::of(b"x"));
        assert_ne!(Etag::of(b"x"), Etag::of(b"y"));
    }
}
