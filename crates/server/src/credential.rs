//! What a request shows of who it is from. The same token in several places is one credential; two
//! different ones are refused.

use std::borrow::Cow;

use axum::http::header::{AUTHORIZATION, COOKIE};
use axum::http::{HeaderMap, HeaderName};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;

/// The cookie of a page's session.
pub(crate) const SESSION_COOKIE: &str = "rondo-session";
/// The same over https, where browsers hold it to this host.
pub(crate) const SECURE_SESSION_COOKIE: &str = "__Host-rondo-session";

/// The name of a token in the query.
const IN_QUERY: &str = "circle-token";

static CIRCLE_TOKEN: HeaderName = HeaderName::from_static("circle-token");

/// A credential as it was shown.
#[derive(Default)]
pub(crate) struct Shown<'r> {
    /// The token's text, if one was shown, whether or not it looks like one.
    pub(crate) token: Option<Cow<'r, str>>,
    /// It stood in the query, which is CircleCI's legacy.
    pub(crate) in_query: bool,
}

/// What is wrong with how a credential was shown.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum BadShow {
    /// Two different ones.
    Two,
    /// `Authorization` holds nothing that can be read.
    Malformed,
}

impl<'r> Shown<'r> {
    /// Reads headers and query.
    pub(crate) fn read(headers: &'r HeaderMap, query: Option<&'r str>) -> Result<Self, BadShow> {
        let mut shown = Self::default();
        for value in headers.get_all(AUTHORIZATION) {
            let value = value.to_str().map_err(|_| BadShow::Malformed)?;
            shown.add(authorization(value)?)?;
        }
        for value in headers.get_all(&CIRCLE_TOKEN) {
            let token = value.to_str().map_err(|_| BadShow::Malformed)?;
            shown.add(token.trim().into())?;
        }
        // An encoded name is longer.
        let query = query.filter(|query| query.len() > IN_QUERY.len());
        for (name, value) in query.into_iter().flat_map(raw_pairs) {
            let may_be = name.len() >= IN_QUERY.len() && !value.is_empty();
            if may_be && decoded(name) == IN_QUERY {
                shown.in_query = true;
                shown.add(decoded(value))?;
            }
        }
        Ok(shown)
    }

    fn add(&mut self, token: Cow<'r, str>) -> Result<(), BadShow> {
        let token = match token {
            Cow::Borrowed(text) => Cow::Borrowed(without_scheme(text)),
            Cow::Owned(text) => Cow::Owned(without_scheme(&text).to_owned()),
        };
        match &self.token {
            Some(known) if *known != token => Err(BadShow::Two),
            _ => {
                self.token = Some(token);
                Ok(())
            }
        }
    }
}

/// A token without the scheme of RFC 8959 before it.
fn without_scheme(token: &str) -> &str {
    token.strip_prefix("secret-token:").unwrap_or(token)
}

/// The token of an `Authorization` header: `Bearer <token>`, or Basic with the token as user name.
fn authorization(value: &str) -> Result<Cow<'_, str>, BadShow> {
    let (scheme, rest) = value.split_once(' ').unwrap_or((value, ""));
    let rest = rest.trim();
    if scheme.eq_ignore_ascii_case("bearer") {
        return if rest.is_empty() { Err(BadShow::Malformed) } else { Ok(rest.into()) };
    }
    if !scheme.eq_ignore_ascii_case("basic") {
        return Err(BadShow::Malformed);
    }
    let decoded = STANDARD.decode(rest).map_err(|_| BadShow::Malformed)?;
    let text = String::from_utf8(decoded).map_err(|_| BadShow::Malformed)?;
    // The scheme of RFC 8959 has a colon too, which ends no user name.
    match without_scheme(&text).split_once(':') {
        // A `.netrc` line holds the token as login and some word as password.
        Some((token, _)) => Ok(token.to_owned().into()),
        None => Err(BadShow::Malformed),
    }
}

/// Names and values of a query, decoded.
pub(crate) fn pairs(query: &str) -> impl Iterator<Item = (Cow<'_, str>, Cow<'_, str>)> {
    raw_pairs(query).map(|(name, value)| (decoded(name), decoded(value)))
}

/// A query without the tokens in it, however their name is written; none if nothing is left. No address that
/// this server makes holds one.
pub(crate) fn without_token(query: &str) -> Option<String> {
    let left = query.split('&').filter(|pair| {
        let (name, _) = pair.split_once('=').unwrap_or((pair, ""));
        !pair.is_empty() && decoded(name) != IN_QUERY
    });
    let left = left.collect::<Vec<_>>().join("&");
    (!left.is_empty()).then_some(left)
}

/// A path with a query, if there is one.
pub(crate) fn with_query(path: &str, query: Option<String>) -> String {
    query.map_or_else(|| path.to_owned(), |query| format!("{path}?{query}"))
}

fn raw_pairs(query: &str) -> impl Iterator<Item = (&str, &str)> {
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")))
}

fn decoded(text: &str) -> Cow<'_, str> {
    if !text.bytes().any(|byte| matches!(byte, b'%' | b'+')) {
        return Cow::Borrowed(text);
    }
    let spaced = text.replace('+', " ");
    Cow::Owned(percent_decode_str(&spaced).decode_utf8_lossy().into_owned())
}

/// The same as texts of their own.
pub(crate) fn owned_pairs(query: &str) -> impl Iterator<Item = (String, String)> {
    pairs(query).map(|(name, value)| (name.into_owned(), value.into_owned()))
}

/// The value of a cookie.
pub(crate) fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get_all(COOKIE).into_iter().filter_map(|value| value.to_str().ok()).find_map(|all| {
        all.split(';')
            .filter_map(|pair| pair.trim().split_once('='))
            .find_map(|(own, value)| (own == name).then_some(value))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(headers: &[(&'static str, &str)], query: &str) -> Result<Option<String>, BadShow> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, value.parse().unwrap());
        }
        Shown::read(&map, Some(query)).map(|shown| shown.token.map(Cow::into_owned))
    }

    #[test]
    fn a_query_is_told_without_the_tokens_in_it() {
        for (query, left) in [
            ("x=1&y=%20", Some("x=1&y=%20")),
            ("x=1&circle-token=secret&y=2", Some("x=1&y=2")),
            ("circle%2Dtoken=secret", None),
            ("%63ircle-token=secret&circle-token&x", Some("x")),
            ("", None),
        ] {
            assert_eq!(without_token(query).as_deref(), left, "{query}");
        }
    }

    #[test]
    fn a_token_is_found_wherever_clients_put_it() {
        let basic = format!("Basic {}", STANDARD.encode("abc:"));
        let with_scheme = format!("Basic {}", STANDARD.encode("secret-token:abc:"));
        for (headers, query) in [
            (vec![("authorization", "Bearer abc")], ""),
            (vec![("authorization", "bearer  abc")], ""),
            (vec![("authorization", basic.as_str())], ""),
            (vec![("authorization", with_scheme.as_str())], ""),
            (vec![("circle-token", "abc")], ""),
            (vec![], "x=1&circle-token=abc"),
            (vec![("circle-token", "secret-token:abc")], "circle-token=abc"),
            (vec![("authorization", "Bearer abc"), ("circle-token", "abc")], "circle-token=abc"),
        ] {
            assert_eq!(read(&headers, query), Ok(Some("abc".to_owned())), "{headers:?} {query}");
        }
        assert_eq!(read(&[], "a=b"), Ok(None));
    }

    #[test]
    fn two_different_tokens_and_unreadable_ones_are_refused() {
        for (headers, query, why) in [
            (vec![("circle-token", "abc")], "circle-token=abd", BadShow::Two),
            (vec![("authorization", "Bearer abc"), ("circle-token", "x")], "", BadShow::Two),
            (vec![("authorization", "Bearer")], "", BadShow::Malformed),
            (vec![("authorization", "Digest x")], "", BadShow::Malformed),
            (vec![("authorization", "Basic !!")], "", BadShow::Malformed),
        ] {
            assert_eq!(read(&headers, query), Err(why), "{headers:?} {query}");
        }
    }
}
