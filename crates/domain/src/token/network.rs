//! A network that a token may be used from.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use ipnet::IpNet;

/// A block of addresses, as CIDR writes it (RFC 4632, RFC 4291): `10.0.0.0/8`, `2001:db8::/32`, or one
/// address alone. IPv4 addresses inside IPv6 (`::ffff:10.0.0.1`) are IPv4 addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Network(IpNet);

impl Network {
    /// Whether an address lies in it.
    pub fn contains(&self, address: IpAddr) -> bool {
        self.0.contains(&address.to_canonical())
    }

    /// Whether all of another network lies in it.
    pub fn covers(&self, other: &Self) -> bool {
        self.0.contains(&other.0)
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.prefix_len() == self.0.max_prefix_len() {
            true => self.0.addr().fmt(f),
            false => self.0.fmt(f),
        }
    }
}

/// Why a text names no network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NetworkError {
    /// It is neither an address nor a block of them: what was given, shortened.
    Shape(String),
    /// Bits stand behind the prefix: the network that was probably meant.
    Bits(Network),
}

impl fmt::Display for NetworkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Shape(text) => {
                write!(f, "{text:?} is no network: take one such as 10.0.0.0/8 or 2001:db8::/32")
            }
            Self::Bits(meant) => {
                write!(f, "a network has no bits behind its prefix: take {meant}, or one address")
            }
        }
    }
}

impl std::error::Error for NetworkError {}

impl FromStr for Network {
    type Err = NetworkError;
    fn from_str(text: &str) -> Result<Self, NetworkError> {
        let text = text.trim();
        let shape = || NetworkError::Shape(text.chars().take(60).collect());
        if let Ok(address) = text.parse::<IpAddr>() {
            return Ok(Self(IpNet::from(address.to_canonical())));
        }
        let block: IpNet = text.parse().map_err(|_| shape())?;
        // What lies in IPv6 is judged as the IPv4 that it is.
        let block = match (block.addr().to_canonical(), block.prefix_len().checked_sub(96)) {
            (address @ IpAddr::V4(_), Some(prefix)) if block.addr().is_ipv6() => {
                IpNet::new(address, prefix).map_err(|_| shape())?
            }
            (IpAddr::V4(_), None) if block.addr().is_ipv6() => return Err(shape()),
            _ => block,
        };
        match block.trunc() {
            meant if meant == block => Ok(Self(block)),
            meant => Err(NetworkError::Bits(Self(meant))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_is_a_block_or_one_address_of_either_family() {
        for (text, shown) in [
            ("10.0.0.0/8", "10.0.0.0/8"),
            (" 192.0.2.7 ", "192.0.2.7"),
            ("0.0.0.0/0", "0.0.0.0/0"),
            ("2001:DB8::/32", "2001:db8::/32"),
            ("::1", "::1"),
            ("::/0", "::/0"),
            ("::ffff:10.0.0.0/104", "10.0.0.0/8"),
            ("::ffff:192.0.2.7", "192.0.2.7"),
        ] {
            assert_eq!(text.parse::<Network>().unwrap().to_string(), shown, "{text}");
        }
    }

    #[test]
    fn what_is_no_network_is_refused_with_the_way_out() {
        for (text, message) in [
            ("", "is no network"),
            ("10.0.0.0/33", "is no network"),
            ("10.0.0/8", "is no network"),
            ("10.0.0.0/8/8", "is no network"),
            ("example.com", "is no network"),
            ("::ffff:10.0.0.0/80", "is no network"),
            ("10.0.0.7/8", "take 10.0.0.0/8"),
            ("2001:db8::1/32", "take 2001:db8::/32"),
        ] {
            let error = text.parse::<Network>().unwrap_err().to_string();
            assert!(error.contains(message), "{text:?}: {error}");
        }
    }

    #[test]
    fn an_address_of_one_family_never_lies_in_a_network_of_the_other() {
        let network = |text: &str| text.parse::<Network>().unwrap();
        for (block, address, inside) in [
            ("10.0.0.0/8", "10.255.0.1", true),
            ("10.0.0.0/8", "11.0.0.1", false),
            ("10.0.0.0/8", "::ffff:10.0.0.1", true),
            ("0.0.0.0/0", "::1", false),
            ("::/0", "10.0.0.1", false),
            ("2001:db8::/32", "2001:db8:1::1", true),
        ] {
            let address = address.parse().unwrap();
            assert_eq!(network(block).contains(address), inside, "{address} in {block}");
        }
        assert!(network("10.0.0.0/8").covers(&network("10.1.0.0/16")));
        assert!(!network("10.1.0.0/16").covers(&network("10.0.0.0/8")));
    }
}
