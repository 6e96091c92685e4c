//! What a token was used for, as it is kept: counts, and who used it.

use std::net::IpAddr;

use super::Token;
use crate::time::Millis;

/// Uses of a token on one day, at one route, from one network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UseCount {
    /// Days since 1970, in UTC.
    pub day: i64,
    /// The route's template; [`Self::OTHER`] for those beyond the most that are told apart.
    pub route: String,
    /// The network: see [`network_of`].
    pub network: String,
    /// Uses that were let in.
    pub accepted: i64,
    /// Uses that were refused.
    pub refused: i64,
}

impl UseCount {
    /// What is no longer told apart.
    pub const OTHER: &str = "other";
}

/// A program that used a token from an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UseClient {
    /// The address; empty if it was not known for sure.
    pub address: String,
    /// The program's word for itself.
    pub agent: String,
    /// When it used the token first.
    pub first_at: Millis,
    /// When it used it last.
    pub last_at: Millis,
    /// The route of the last use.
    pub route: String,
    /// The status that the last use was answered with.
    pub status: i64,
    /// How often, refused uses too.
    pub uses: i64,
}

/// All that is kept of a token's uses.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Usage {
    /// When it was used first, if ever.
    pub first_at: Option<Millis>,
    /// Who used it, the last one first.
    pub clients: Vec<UseClient>,
    /// Counts, the newest day first.
    pub counts: Vec<UseCount>,
}

/// Days in UTC, from one to another, both included; each a number of days since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Days {
    /// The first one.
    pub from: i64,
    /// The last one.
    pub until: i64,
}

impl Days {
    /// From the day of one moment to that of another; none if that is earlier.
    pub fn between(from: Millis, until: Millis) -> Option<Self> {
        const DAY: i64 = 24 * 3600 * 1000;
        let days = Self { from: from.0.div_euclid(DAY), until: until.0.div_euclid(DAY) };
        (days.from <= days.until).then_some(days)
    }
}

/// Uses that were let in on some days, and would have been refused, had their tokens been stopped.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rehearsal {
    /// How many tokens were used.
    pub tokens: i64,
    /// How often.
    pub uses: i64,
    /// Those that were used most.
    pub first: Vec<MissedToken>,
}

/// A token that would have been missed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissedToken {
    /// Which.
    pub token: Token,
    /// How often it was used on these days.
    pub uses: i64,
    /// Programs that may have used it then, the last one first.
    pub clients: Vec<UseClient>,
    /// Counts by route and network, the most used first; each with the last of its days.
    pub counts: Vec<UseCount>,
}

/// The network that uses from an address are counted under: an IPv4 address's 256 neighbours, the /48
/// of an IPv6 one. Empty where the address is not known for sure.
pub fn network_of(address: Option<IpAddr>) -> String {
    match address.map(|address| address.to_canonical()) {
        None => String::new(),
        Some(IpAddr::V4(address)) => {
            let [a, b, c, _] = address.octets();
            format!("{a}.{b}.{c}.0/24")
        }
        Some(IpAddr::V6(address)) => {
            let [a, b, c, ..] = address.segments();
            format!("{}/48", std::net::Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Days, network_of};
    use crate::time::Millis;

    #[test]
    fn days_go_from_one_to_another_and_not_back() {
        let day = |number: i64| Millis(number * 24 * 3600 * 1000 + 7);
        assert_eq!(Days::between(day(3), day(5)), Some(Days { from: 3, until: 5 }));
        assert_eq!(Days::between(day(3), Millis(day(3).0 - 7)), Some(Days { from: 3, until: 3 }));
        assert_eq!(Days::between(day(3), Millis(day(3).0 - 8)), None);
    }

    #[test]
    fn an_address_is_counted_under_its_network() {
        for (address, network) in [
            ("10.1.2.3", "10.1.2.0/24"),
            ("::ffff:10.1.2.3", "10.1.2.0/24"),
            ("2001:db8:1:2::3", "2001:db8:1::/48"),
            ("::1", "::/48"),
        ] {
            assert_eq!(network_of(Some(address.parse().unwrap())), network, "{address}");
        }
        assert_eq!(network_of(None), "");
    }
}
