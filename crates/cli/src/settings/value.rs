//! What the text of a setting means.

use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, bail};
use rondo_app::{OrbRepository, RateLimits};
use rondo_domain::Rate;
use rondo_domain::token::Network;

use crate::language::words;

/// How many requests are taken.
pub(super) fn rates(
    get: &dyn Fn(&str) -> anyhow::Result<Option<String>>,
) -> anyhow::Result<RateLimits> {
    let wrong_tokens = match get("wrong_tokens")?.as_deref() {
        None => NonZeroU32::new(30),
        Some("0") => None,
        Some(text) => NonZeroU32::new(u32::try_from(number("wrong_tokens", text, 1_000_000)?)?),
    };
    Ok(RateLimits {
        token: rate("token_rate", get("token_rate")?.as_deref().unwrap_or("100:1000"))?,
        address: rate("address_rate", get("address_rate")?.as_deref().unwrap_or("20:200"))?,
        wrong_tokens,
    })
}

/// How long a connection may be idle.
pub(super) fn idle(seconds: Option<&str>) -> anyhow::Result<Duration> {
    let seconds = seconds.map_or(Ok(75), |text| number("idle_seconds", text, 86_400))?;
    Ok(Duration::from_secs(u64::try_from(seconds)?))
}

/// Paths with commas between them.
pub(super) fn folders(list: Option<String>) -> Vec<PathBuf> {
    let list = list.unwrap_or_default();
    list.split(',').filter(|path| !path.is_empty()).map(PathBuf::from).collect()
}

/// What stands between commas, each read.
pub(super) fn listed<T>(
    list: Option<String>,
    read: impl Fn(&str) -> anyhow::Result<T>,
) -> anyhow::Result<Vec<T>> {
    let list = list.unwrap_or_default();
    list.split(',').map(str::trim).filter(|text| !text.is_empty()).map(read).collect()
}

/// A git repository of orbs.
///
/// # Errors
/// If it is none that can be asked; without its credentials.
pub(crate) fn orb_repository(text: &str) -> anyhow::Result<OrbRepository> {
    let read = rondo_runner::OrbRepository::parse(text).map_err(|why| {
        anyhow::anyhow!(words!(
            "orb_repositories: {why}",
            "orb_repositories には https://HOST/PATH か、このマシンのパスを指定してください: {why}"
        ))
    })?;
    Ok(OrbRepository { address: text.to_owned(), shown: read.shown() })
}

/// An address below which orbs may be fetched: as plain as it looks, and ending where a folder ends.
///
/// # Errors
/// If it is none.
pub(crate) fn orb_url(text: &str) -> anyhow::Result<String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._~:/[]".contains(c);
    let rest = text.strip_prefix("https://").unwrap_or_default();
    let parts_are_names = rest.split('/').all(|part| part != "." && part != "..");
    let good = !rest.starts_with('/')
        && rest.ends_with('/')
        && !rest.contains("//")
        && rest.chars().all(plain)
        && parts_are_names;
    if !good {
        // What is no such address may hold a password, so it is not repeated.
        bail!(words!(
            "orb_urls are addresses such as https://orbs.example.com/acme/, with a slash at the end",
            "orb_urls は https://orbs.example.com/acme/ のように、/ で終わるアドレスにしてください"
        ));
    }
    Ok(text.to_owned())
}

/// A whole number from 1 on.
pub(super) fn number(key: &str, text: &str, most: i64) -> anyhow::Result<i64> {
    let read = text.parse().ok().filter(|number| (1..=most).contains(number));
    read.with_context(|| {
        words!(
            "{key} is a number from 1 to {most}, not {text:?}",
            "{key} は 1 から {most} までの数です（{text:?} は使えません）"
        )
    })
}

/// A rate; none where it is 0.
fn rate(key: &'static str, text: &str) -> anyhow::Result<Option<Rate>> {
    if text == "0" {
        return Ok(None);
    }
    text.parse::<Rate>().map(Some).context(key)
}

pub(super) fn networks(list: &str) -> anyhow::Result<Vec<Network>> {
    let texts = list.split(',').map(str::trim).filter(|text| !text.is_empty());
    let read = |text: &str| text.parse::<Network>().context("trusted_proxies");
    texts.map(read).collect()
}

pub(super) fn public_url(text: String) -> anyhow::Result<String> {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    if rest.is_none_or(|rest| rest.is_empty() || rest.contains(['?', '#', '@', ' '])) {
        bail!(words!(
            "url is an address such as https://ci.example.com, not {text:?}",
            "url は https://ci.example.com のようなアドレスにしてください（{text:?} は使えません）"
        ));
    }
    Ok(text.trim_end_matches('/').to_owned())
}

pub(super) fn database(text: String) -> anyhow::Result<String> {
    if text.starts_with("postgres://") || text.starts_with("postgresql://") {
        return Ok(text);
    }
    // The address may hold a password, so it is not repeated.
    bail!(words!(
        "database is an address that begins with postgres://; leave it out for SQLite",
        "database は postgres:// で始まるアドレスにしてください。SQLite を使うときは指定しません"
    ))
}
