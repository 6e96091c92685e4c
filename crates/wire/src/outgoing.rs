//! Text at addresses of other machines, below an address that an operator chose, and text that is sent
//! to one: within bounds of size
//! and time, never led to another place, and never to an address that only the machine's own network
//! knows, unless the operator wrote that very address. What is asked for, and whether, is not decided here.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::Policy;
use reqwest::{Response, StatusCode, Url};

use crate::client::describe;

const CONNECT: Duration = Duration::from_secs(10);
const WHOLE: Duration = Duration::from_secs(30);
/// How often a host may send on to another address below the same one.
const REDIRECTS: usize = 5;

/// Where clouds answer their machines, besides the addresses that are local to a link: what is asked
/// there may be answered with the machine's own credentials.
const METADATA: [IpAddr; 4] = [
    IpAddr::V4(Ipv4Addr::new(100, 100, 100, 200)),
    IpAddr::V4(Ipv4Addr::new(168, 63, 129, 16)),
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254)),
    IpAddr::V6(Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254)),
];

/// The text at `address`, which lies below `allowed`; `None` if there is nothing. `allowed` begins with
/// `https://` and ends with a slash, and `most` is how many bytes the text may have.
///
/// # Errors
/// In words for people: the address leads elsewhere, the host was not reached, or the answer is no text.
pub async fn text_below(
    allowed: &str,
    address: &str,
    most: usize,
) -> Result<Option<String>, String> {
    let elsewhere = || format!("{address} is not below {allowed}, where this server may look");
    let base: Url = allowed.parse().map_err(|error| format!("{allowed}: {error}"))?;
    let url: Url = address.parse().map_err(|error| format!("{address}: {error}"))?;
    if !is_below(&base, &url) {
        return Err(elsewhere());
    }
    let client = client(base)?;
    let failed = |error| format!("{address}: {}", describe(error));
    let answer = client.get(url).send().await.map_err(failed)?;
    match answer.status() {
        StatusCode::OK => {
            read(answer, most).await.map(Some).map_err(|why| format!("{address}: {why}"))
        }
        StatusCode::NOT_FOUND | StatusCode::GONE => Ok(None),
        status => Err(format!("{address} answers {}", status.as_u16())),
    }
}

/// That an address is one to which text may be sent: https, with a name or an address that others have too.
///
/// # Errors
/// In words for people, without the address.
pub fn may_be_posted_to(address: &str) -> Result<(), String> {
    webhook(address).map(drop)
}

fn webhook(address: &str) -> Result<Url, String> {
    let url: Url = address.parse().map_err(|error| format!("it is no address: {error}"))?;
    if url.scheme() != "https" {
        return Err("it does not begin with https://".to_owned());
    }
    let host = url.host_str().unwrap_or_default();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    match bare.parse::<IpAddr>() {
        Ok(address) if is_inside(address) => {
            Err(format!("{address} is an address of this machine's own network"))
        }
        _ => Ok(url),
    }
}

/// Sends text to an address, which must take it; it is never led to another.
///
/// # Errors
/// In words for people, without the address, which may hold a secret.
pub async fn post(
    address: &str,
    headers: &[(&'static str, String)],
    body: String,
) -> Result<(), String> {
    let url = webhook(address)?;
    let client = guarded().redirect(Policy::none()).build().map_err(describe)?;
    let mut request = client.post(url).body(body);
    for (name, value) in headers {
        request = request.header(*name, value);
    }
    let answer = request.send().await.map_err(describe)?;
    match answer.status() {
        status if status.is_success() => Ok(()),
        status => Err(format!("it answers {}", status.as_u16())),
    }
}

/// What every connection to another machine has.
fn guarded() -> reqwest::ClientBuilder {
    // A second installation is refused, which is fine: the first one is the same provider.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = reqwest::Client::builder().https_only(true).dns_resolver(Outside);
    builder.connect_timeout(CONNECT).timeout(WHOLE)
}

fn client(base: Url) -> Result<reqwest::Client, String> {
    let stay = Policy::custom(move |attempt| {
        if !is_below(&base, attempt.url()) {
            let to = attempt.url().clone();
            return attempt.error(format!("it leads to {to}, where this server may not look"));
        }
        match attempt.previous().len() {
            0..=REDIRECTS => attempt.follow(),
            _ => attempt.error("it leads on and on"),
        }
    });
    guarded().redirect(stay).build().map_err(describe)
}

/// Whether an address is below the base once both are written the same way, and as plain as it looks:
/// what some servers read as a way up, or as another path, is not.
fn is_below(base: &Url, url: &Url) -> bool {
    let odd = ["%2e", "%2f", "%5c", "//"];
    let path = url.path().to_ascii_lowercase();
    url.as_str().starts_with(base.as_str())
        && url.query().is_none()
        && url.fragment().is_none()
        && !odd.iter().any(|odd| path.contains(odd))
}

/// Names of hosts, without the addresses that nobody outside of this machine's network has.
struct Outside;

impl Resolve for Outside {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let host = name.as_str().to_owned();
            let found = tokio::net::lookup_host((host.as_str(), 0)).await?;
            let outside = outside(&host, found.collect())?;
            Ok(Box::new(outside.into_iter()) as Addrs)
        })
    }
}

/// Those of a host's addresses that may be asked.
fn outside(host: &str, found: Vec<SocketAddr>) -> Result<Vec<SocketAddr>, String> {
    let (inside, outside): (Vec<_>, Vec<_>) =
        found.into_iter().partition(|address| is_inside(address.ip()));
    match inside.first().filter(|_| outside.is_empty()) {
        Some(inside) => Err(format!(
            "{host} is {}, an address of this machine's own network; \
             an operator can allow it by writing the address itself",
            inside.ip()
        )),
        None => Ok(outside),
    }
}

fn is_inside(address: IpAddr) -> bool {
    let local = match address.to_canonical() {
        IpAddr::V4(v4) => {
            v4.is_link_local() || v4.is_unspecified() || v4.is_broadcast() || v4.is_multicast()
        }
        IpAddr::V6(v6) => v6.is_unicast_link_local() || v6.is_unspecified() || v6.is_multicast(),
    };
    local || METADATA.contains(&address.to_canonical())
}

async fn read(mut answer: Response, most: usize) -> Result<String, String> {
    let mut bytes = Vec::new();
    while let Some(piece) = answer.chunk().await.map_err(describe)? {
        if bytes.len() + piece.len() > most {
            return Err(format!("it is larger than {} MB", most / 1024 / 1024));
        }
        bytes.extend_from_slice(&piece);
    }
    String::from_utf8(bytes).map_err(|_| "it is not UTF-8 text".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_below_only_as_plain_as_it_looks() {
        let check = |url: &str, expected: bool| {
            let base: Url = "https://orbs.example.com/acme/".parse().unwrap();
            assert_eq!(is_below(&base, &url.parse().unwrap()), expected, "{url}");
        };
        check("https://orbs.example.com/acme/greet@1.yml", true);
        check("https://orbs.example.com/acme/a/dev:b.yml", true);
        check("https://ORBS.example.com:443/acme/greet", true);
        for elsewhere in [
            "https://orbs.example.com/acme",
            "https://orbs.example.com/acme-evil/greet",
            "https://orbs.example.com.evil.org/acme/greet",
            "https://orbs.example.com:8443/acme/greet",
            "https://user@orbs.example.com/acme/greet",
            "http://orbs.example.com/acme/greet",
            "https://orbs.example.com/acme/../other",
            "https://orbs.example.com/acme/%2e%2e/other",
            "https://orbs.example.com/acme/a/..%2f..%2fother",
            "https://orbs.example.com/acme/..%5cother",
            "https://orbs.example.com/acme//greet",
            "https://orbs.example.com/acme/greet?a=b",
            "https://orbs.example.com/acme/greet#a",
        ] {
            check(elsewhere, false);
        }
    }

    #[tokio::test]
    async fn text_is_sent_over_https_to_addresses_that_others_have() {
        for bad in [
            "",
            "chat.example.com",
            "http://chat.example.com/hook",
            "https://169.254.169.254/latest",
            "https://[fe80::1]/hook",
            "https://[::ffff:169.254.169.254]/hook",
            "https://2852039166/hook",
            "https://0xa9fea9fe/hook",
        ] {
            assert!(may_be_posted_to(bad).is_err(), "{bad}");
            assert!(post(bad, &[], String::new()).await.is_err(), "{bad}");
        }
        for good in
            ["https://chat.example.com/hook?key=1", "https://127.0.0.1:8443/", "https://10.0.0.1/"]
        {
            assert_eq!(may_be_posted_to(good), Ok(()), "{good}");
        }
    }

    #[test]
    fn a_name_of_such_an_address_alone_is_refused() {
        let check = |found: &[&str], expected: Option<&[&str]>| {
            let read = |list: &[&str]| -> Vec<SocketAddr> {
                list.iter().map(|ip| SocketAddr::new(ip.parse().unwrap(), 0)).collect()
            };
            let asked = outside("orbs.example.com", read(found));
            assert_eq!(asked.clone().ok(), expected.map(read), "{found:?}");
            if let Err(why) = asked {
                assert!(why.starts_with("orbs.example.com is 169.254.169.254"), "{why}");
            }
        };
        check(&["192.0.2.1", "2001:db8::1"], Some(&["192.0.2.1", "2001:db8::1"]));
        check(&["169.254.169.254", "192.0.2.1"], Some(&["192.0.2.1"]));
        check(&["169.254.169.254", "fe80::1"], None);
        check(&[], Some(&[]));
    }

    #[test]
    fn addresses_of_the_machines_own_network_are_known() {
        let check = |address: &str, expected: bool| {
            assert_eq!(is_inside(address.parse().unwrap()), expected, "{address}");
        };
        for inside in [
            "169.254.169.254",
            "::ffff:169.254.169.254",
            "fe80::1",
            "fd00:ec2::254",
            "100.100.100.200",
            "0.0.0.0",
            "::",
            "224.0.0.1",
            "255.255.255.255",
        ] {
            check(inside, true);
        }
        for outside in
            ["127.0.0.1", "10.0.0.1", "192.168.1.1", "192.0.2.1", "2001:db8::1", "fd00::1"]
        {
            check(outside, false);
        }
    }
}
