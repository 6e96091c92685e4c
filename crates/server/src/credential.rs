//! What a request shows of who it is from. The same token in several places is one credential; two
//! different ones are refused.

use axum::http::header::{AUTHORIZATION, COOKIE};
use axum::http::{HeaderMap, HeaderName};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;

/// The cookie of a page's session.
pub(crate) const SESSION_COOKIE: &str = "rondo-session";
/// The same over https, where browsers hold it to this host.
pub(crate) const SECURE_SESSION_COOKIE: &str = "__Host-rondo-session";

static CIRCLE_TOKEN: HeaderName = HeaderName::from_static("circle-token");

/// A credential as it was shown.
#[derive(Default)]
pub(crate) struct Shown {
    /// The token's text, if one was shown, whether or not it looks like one.
    pub(crate) token: Option<String>,
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

impl Shown {
    /// Reads headers and query.
    pub(crate) fn read(headers: &HeaderMap, query: Option<&str>) -> Result<Self, BadShow> {
        let mut shown = Self::default();
        for value in headers.get_all(AUTHORIZATION) {
            let value = value.to_str().map_err(|_| BadShow::Malformed)?;
            if let Some(token) = authorization(value)? {
                shown.add(token)?;
            }
        }
        for value in headers.get_all(&CIRCLE_TOKEN) {
            let token = value.to_str().map_err(|_| BadShow::Malformed)?;
            shown.add(token.trim().to_owned())?;
        }
        for (name, value) in query.into_iter().flat_map(pairs) {
            if name == "circle-token" && !value.is_empty() {
                shown.in_query = true;
                shown.add(value)?;
            }
        }
        Ok(shown)
    }

    fn add(&mut self, token: String) -> Result<(), BadShow> {
        let token = token.strip_prefix("secret-token:").map(str::to_owned).unwrap_or(token);
        match &self.token {
            Some(known) if *known != token => Err(BadShow::Two),
            _ => {
                self.token = Some(token);
                Ok(())
            }
        }
    }
}

/// The token of an `Authorization` header: `Bearer <token>`, or Basic with the token as user name.
fn authorization(value: &str) -> Result<Option<String>, BadShow> {
    let (scheme, rest) = value.split_once(' ').unwrap_or((value, ""));
    let rest = rest.trim();
    if scheme.eq_ignore_ascii_case("bearer") {
        return if rest.is_empty() { Err(BadShow::Malformed) } else { Ok(Some(rest.to_owned())) };
    }
    if !scheme.eq_ignore_ascii_case("basic") {
        return Err(BadShow::Malformed);
    }
    let decoded = STANDARD.decode(rest).map_err(|_| BadShow::Malformed)?;
    let text = String::from_utf8(decoded).map_err(|_| BadShow::Malformed)?;
    // The scheme of RFC 8959 has a colon too, which ends no user name.
    let text = text.strip_prefix("secret-token:").unwrap_or(&text);
    match text.split_once(':') {
        // A `.netrc` line holds the token as login and some word as password.
        Some((token, _)) => Ok(Some(token.to_owned())),
        None => Err(BadShow::Malformed),
    }
}

/// Names and values of a query, decoded.
pub(crate) fn pairs(query: &str) -> impl Iterator<Item = (String, String)> {
    query.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let decode = |text: &str| match text.contains(['%', '+']) {
            true => percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned(),
            false => text.to_owned(),
        };
        (decode(name), decode(value))
    })
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
        Shown::read(&map, Some(query)).map(|shown| shown.token)
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
