//! Where a request comes from. What a header says of it is believed only as far as a trusted proxy
//! wrote it: from the right, up to the first address that is no such proxy.

use std::net::{IpAddr, SocketAddr};

use axum::http::HeaderMap;
use rondo_app::{Address, Source};
use rondo_domain::token::Network;

/// Where a request comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Peer {
    /// The other end of the connection.
    socket: IpAddr,
    /// Who sent it, if that is known for sure: networks of tokens are judged on this alone.
    pub(crate) sure: Option<IpAddr>,
}

impl Peer {
    /// Who sent a request with these headers that came from this end of the connection.
    pub(crate) fn of(socket: IpAddr, headers: &HeaderMap, trusted: &[Network]) -> Self {
        let socket = socket.to_canonical();
        let is_trusted = |ip: IpAddr| trusted.iter().any(|network| network.contains(ip));
        let sure = if is_trusted(socket) {
            let resolve = |hops: Vec<Option<IpAddr>>| {
                let mut peer = socket;
                for hop in hops.into_iter().rev() {
                    if !is_trusted(peer) {
                        break;
                    }
                    peer = hop?;
                }
                Some(peer)
            };
            let old = hops(headers, "x-forwarded-for", address);
            let new = hops(headers, "forwarded", element);
            match (old.is_empty(), new.is_empty()) {
                (_, true) => resolve(old),
                (true, false) => resolve(new),
                // A proxy that writes one of the two hands on what the client put into the other.
                (false, false) => resolve(old).filter(|peer| resolve(new) == Some(*peer)),
            }
        } else {
            Some(socket)
        };
        Self { socket, sure }
    }

    /// Whom its requests are put down to: who sent it, or else the proxy that does not say so.
    pub(crate) fn source(&self) -> Source {
        Source::of(Some(self.sure.unwrap_or(self.socket)))
    }

    /// As logs and lists show it.
    pub(crate) fn address(&self) -> Address {
        Address(Some(self.sure.unwrap_or(self.socket)))
    }
}

/// The hops that a header lists, from the client on; one that cannot be read is none.
fn hops(headers: &HeaderMap, name: &str, read: fn(&str) -> Option<IpAddr>) -> Vec<Option<IpAddr>> {
    let lines = headers.get_all(name).into_iter().map(|line| line.to_str().unwrap_or("?"));
    lines.flat_map(|line| line.split(',')).map(|hop| read(hop.trim())).collect()
}

/// An address, perhaps with a port.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    let ip = bare.parse::<IpAddr>().ok();
    let ip = ip.or_else(|| text.parse::<SocketAddr>().ok().map(|address| address.ip()));
    ip.map(|ip| ip.to_canonical())
}

/// The `for` of an element of `Forwarded` (RFC 7239).
fn element(text: &str) -> Option<IpAddr> {
    let pairs = text.split(';').filter_map(|pair| pair.trim().split_once('='));
    let mut of = pairs.filter(|(name, _)| name.eq_ignore_ascii_case("for"));
    let (_, value) = of.next()?;
    address(value.trim_matches('"'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(socket: &str, headers: &[(&'static str, &str)], expected: Option<&str>) {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, value.parse().unwrap());
        }
        let trusted = ["10.0.0.0/8", "::1"].map(|network| network.parse().unwrap());
        let peer = Peer::of(socket.parse().unwrap(), &map, &trusted);
        let expected = expected.map(|ip| ip.parse::<IpAddr>().unwrap());
        assert_eq!(peer.sure, expected, "{socket} {headers:?}");
    }

    #[test]
    fn headers_are_believed_from_the_right_as_far_as_trusted_proxies_wrote_them() {
        let xff = "x-forwarded-for";
        check("192.0.2.1", &[(xff, "10.0.0.5")], Some("192.0.2.1"));
        check("10.0.0.1", &[], Some("10.0.0.1"));
        check("10.0.0.1", &[(xff, "192.0.2.9")], Some("192.0.2.9"));
        check("::ffff:10.0.0.1", &[(xff, "192.0.2.9")], Some("192.0.2.9"));
        check("::1", &[(xff, "2001:db8::7")], Some("2001:db8::7"));
        check("10.0.0.1", &[(xff, "1.1.1.1, 192.0.2.9")], Some("192.0.2.9"));
        check("10.0.0.1", &[(xff, "192.0.2.9, 10.0.0.2")], Some("192.0.2.9"));
        check("10.0.0.1", &[(xff, "1.1.1.1"), (xff, "192.0.2.9")], Some("192.0.2.9"));
        check("10.0.0.1", &[(xff, "junk, 192.0.2.9:4711")], Some("192.0.2.9"));
        check("10.0.0.1", &[(xff, "10.0.0.9")], Some("10.0.0.9"));
        let forwarded = "for=1.1.1.1, For=\"[2001:db8::7]:80\";proto=https";
        check("10.0.0.1", &[("forwarded", forwarded)], Some("2001:db8::7"));
    }

    #[test]
    fn who_is_not_known_for_sure_is_nobody() {
        let xff = "x-forwarded-for";
        check("10.0.0.1", &[(xff, "192.0.2.9, unknown")], None);
        check("10.0.0.1", &[(xff, "")], None);
        check("10.0.0.1", &[("forwarded", "for=_hidden")], None);
        check("10.0.0.1", &[("forwarded", "proto=https")], None);
        // One of the two came from the client.
        check("10.0.0.1", &[(xff, "192.0.2.9"), ("forwarded", "for=1.1.1.1")], None);
        let both = [(xff, "192.0.2.9"), ("forwarded", "for=192.0.2.9")];
        check("10.0.0.1", &both, Some("192.0.2.9"));
    }
}
