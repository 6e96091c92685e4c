//! The settings by which people are told that tokens end: a webhook, and a server for mail.

use std::path::PathBuf;

use anyhow::{Context, bail};
use rondo_domain::Email;
use rondo_wire::outgoing;

use super::value::number;
use crate::language::words;

/// How people are told.
#[derive(Debug, Clone, Default)]
pub(crate) struct Notices {
    /// The webhook's address.
    pub(crate) webhook: Option<String>,
    pub(crate) smtp: Option<Smtp>,
}

/// A server that takes mail.
#[derive(Debug, Clone)]
pub(crate) struct Smtp {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) tls: SmtpTls,
    /// The name for signing in there, and the file of its password.
    pub(crate) sign_in: Option<(String, PathBuf)>,
    /// Whom mail comes from.
    pub(crate) from: Email,
}

/// How the way to it is kept from others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SmtpTls {
    /// From the first byte on.
    Whole,
    /// From the greeting on, and not without.
    Starttls,
    /// Not at all.
    None,
}

/// Reads them.
pub(super) fn notices(
    get: &dyn Fn(&str) -> anyhow::Result<Option<String>>,
) -> anyhow::Result<Notices> {
    let webhook = get("notice_webhook")?;
    if let Some(address) = &webhook
        && let Err(why) = outgoing::may_be_posted_to(address)
    {
        // The address may hold a password, so it is not repeated.
        bail!(words!(
            "notice_webhook is an address such as https://chat.example.com/hook: {why}",
            "notice_webhook は https://chat.example.com/hook のようなアドレスにしてください: {why}"
        ));
    }
    Ok(Notices { webhook, smtp: smtp(get)? })
}

fn smtp(get: &dyn Fn(&str) -> anyhow::Result<Option<String>>) -> anyhow::Result<Option<Smtp>> {
    let Some(host) = get("smtp_host")? else {
        for key in ["smtp_port", "smtp_tls", "smtp_user", "smtp_password_file", "smtp_from"] {
            if get(key)?.is_some() {
                bail!(words!(
                    "{key} is set, and smtp_host is not",
                    "{key} を設定するときは smtp_host も設定してください"
                ));
            }
        }
        return Ok(None);
    };
    let tls = match get("smtp_tls")?.as_deref() {
        None | Some("starttls") => SmtpTls::Starttls,
        Some("tls") => SmtpTls::Whole,
        Some("none") => SmtpTls::None,
        Some(other) => bail!(words!(
            "smtp_tls is starttls, tls or none, not {other:?}",
            "smtp_tls は starttls、tls、none のいずれかです（{other:?} は使えません）"
        )),
    };
    let port = match get("smtp_port")? {
        Some(text) => u16::try_from(number("smtp_port", &text, 65_535)?)?,
        None => match tls {
            SmtpTls::Starttls => 587,
            SmtpTls::Whole => 465,
            SmtpTls::None => 25,
        },
    };
    let from = get("smtp_from")?.with_context(|| {
        words!(
            "smtp_host is set, and smtp_from is not: whom does mail come from?",
            "smtp_host を設定するときは、送信元のアドレス smtp_from も設定してください"
        )
    })?;
    let from = from.parse::<Email>().context("smtp_from")?;
    Ok(Some(Smtp { sign_in: sign_in(get, tls)?, host, port, tls, from }))
}

fn sign_in(
    get: &dyn Fn(&str) -> anyhow::Result<Option<String>>,
    tls: SmtpTls,
) -> anyhow::Result<Option<(String, PathBuf)>> {
    match (get("smtp_user")?, get("smtp_password_file")?) {
        (None, None) => Ok(None),
        (Some(_), Some(_)) if tls == SmtpTls::None => bail!(words!(
            "smtp_user and smtp_tls = none: a password is not sent where others can read it",
            "smtp_tls が none のとき smtp_user は使えません。暗号化せずにパスワードを送ることになるためです"
        )),
        (Some(user), Some(file)) => Ok(Some((user, PathBuf::from(file)))),
        _ => bail!(words!(
            "give smtp_user and smtp_password_file, or neither",
            "smtp_user と smtp_password_file は、両方を設定するか、どちらも設定しないでください"
        )),
    }
}
