//! How people are told that tokens end or were deleted: mail through the operator's SMTP server, and a call of the
//! operator's webhook, signed. Whom, of what, and when is decided in `app`.

mod ending;
mod moved;
mod revoked;
mod unused;

use std::fs::File;
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, ensure};
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use rondo_app::{Call, Courier, Ending, Gone, Letter, News, Whose};
use rondo_domain::token::Pepper;
use rondo_domain::{Email, Millis};
use rondo_wire::{outgoing, webhook};

use crate::language::words;
use crate::settings::{Notices, Smtp, SmtpTls};

/// Bytes of a password, at most.
const PASSWORD: u64 = 4096;
/// How long a mail server may take for one step.
const PATIENCE: Duration = Duration::from_secs(30);

/// The ways that the settings name. `url` is the server's own address, and `key` signs what the webhook is
/// told.
pub(crate) fn courier(notices: &Notices, url: &str, key: Option<Pepper>) -> Courier {
    let mut courier = Courier::default();
    if let Some(smtp) = notices.smtp.clone() {
        let url = url.to_owned();
        courier = courier.mailing(move |letter| {
            let (smtp, url) = (smtp.clone(), url.clone());
            async move { send(&smtp, &letter, &url).await.map_err(|why| format!("{why:#}")) }
        });
    }
    if let (Some(address), Some(key)) = (notices.webhook.clone(), key) {
        let url = url.to_owned();
        courier = courier.calling(move |call| {
            let (address, url, key) = (address.clone(), url.clone(), key.clone());
            async move { post(&address, &call, url, &key).await }
        });
    }
    courier
}

async fn send(smtp: &Smtp, letter: &Letter, url: &str) -> anyhow::Result<()> {
    let message = message(&smtp.from, letter, url)?;
    transport(smtp)?.send(message).await?;
    Ok(())
}

/// Nothing that people wrote stands in a header: not a label, and no name.
fn message(from: &Email, letter: &Letter, url: &str) -> anyhow::Result<Message> {
    let person = &letter.person;
    let (subject, body) = match &letter.news {
        News::Ending(endings) => {
            (ending::subject(endings.len()), ending::body(person, endings, url))
        }
        News::Revoked(told) => match &told.unused {
            None => (revoked::subject(told.count), revoked::body(person, told, url)),
            Some(why) => (unused::subject(told.count), unused::body(person, told, why, url)),
        },
        News::Moved => (moved::SUBJECT.to_owned(), moved::body(person, url)),
    };
    let automatic = HeaderName::new_from_ascii_str("Auto-Submitted");
    let message = Message::builder()
        .from(from.as_str().parse()?)
        .to(letter.address.as_str().parse()?)
        .subject(subject)
        .message_id(None)
        .raw_header(HeaderValue::new(automatic, "auto-generated".to_owned()))
        .header(ContentType::TEXT_PLAIN)
        .body(body)?;
    Ok(message)
}

fn transport(smtp: &Smtp) -> anyhow::Result<AsyncSmtpTransport<Tokio1Executor>> {
    let parameters = || TlsParameters::new(smtp.host.clone());
    let tls = match smtp.tls {
        SmtpTls::Whole => Tls::Wrapper(parameters()?),
        SmtpTls::Starttls => Tls::Required(parameters()?),
        SmtpTls::None => Tls::None,
    };
    let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(smtp.host.clone())
        .port(smtp.port)
        .tls(tls)
        .timeout(Some(PATIENCE));
    if let Some((user, file)) = &smtp.sign_in {
        builder = builder.credentials(Credentials::new(user.clone(), password(file)?));
    }
    Ok(builder.build())
}

/// The password in a file that its owner alone can read. It is read for each mail, so that a new one counts
/// at once.
fn password(file: &Path) -> anyhow::Result<String> {
    let shown = file.display();
    let unreadable = || crate::settings::unreadable(file);
    let opened = File::open(file).with_context(unreadable)?;
    let mode = opened.metadata().with_context(unreadable)?.permissions().mode();
    ensure!(
        mode & 0o077 == 0,
        words!(
            "{shown} can be read by others; chmod 600 it",
            "{shown} は所有者以外も読めます。chmod 600 で権限を変更してください"
        )
    );
    let mut text = String::new();
    opened.take(PASSWORD).read_to_string(&mut text).with_context(unreadable)?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

/// Says early what would fail with the first mail.
pub(crate) fn check(notices: &Notices) -> anyhow::Result<()> {
    match notices.smtp.as_ref().and_then(|smtp| smtp.sign_in.as_ref()) {
        Some((_, file)) => password(file).map(drop),
        None => Ok(()),
    }
}

async fn post(address: &str, call: &Call, url: String, key: &Pepper) -> Result<(), String> {
    let Some(body) = told(call, url) else { return Ok(()) };
    let body = body.map_err(|error| error.to_string())?;
    let digest = key.digest(body.as_bytes());
    let signature: String = digest.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    let headers = [
        ("content-type", "application/json".to_owned()),
        (webhook::SIGNATURE_HEADER, format!("v1={signature}")),
    ];
    outgoing::post(address, &headers, body).await
}

/// What the webhook is told; nothing of what concerns one person alone.
fn told(call: &Call, server: String) -> Option<serde_json::Result<String>> {
    let (id, happened_at) = (call.id.clone(), moment(call.at));
    Some(match &call.news {
        News::Ending(endings) => serde_json::to_string(&webhook::Told {
            id,
            kind: "token.expiring".to_owned(),
            happened_at,
            server,
            tokens: endings.iter().map(token).collect(),
        }),
        News::Revoked(revoked) => serde_json::to_string(&webhook::ToldOfDeleted {
            id,
            kind: "token.revoked".to_owned(),
            happened_at,
            server,
            deleted_at: moment(revoked.at),
            deleted_by: revoked.by.clone(),
            reason: revoked.reason.clone(),
            count: revoked.count,
            tokens: revoked.tokens.iter().map(gone).collect(),
        }),
        News::Moved => return None,
    })
}

fn gone(gone: &Gone) -> webhook::DeletedToken {
    webhook::DeletedToken {
        id: gone.id.to_string(),
        label: gone.label.clone(),
        owner: gone.whose.owner.clone(),
        project: gone.whose.project.clone(),
        service_account: gone.whose.service.as_ref().map(|service| service.name.clone()),
    }
}

fn token(ending: &Ending) -> webhook::Token {
    webhook::Token {
        id: ending.id.to_string(),
        label: ending.label.clone(),
        owner: ending.whose.owner.clone(),
        project: ending.whose.project.clone(),
        service_account: ending.whose.service.as_ref().map(|service| service.name.clone()),
        expires_at: moment(ending.end),
        threshold_days: ending.threshold,
        days_left: ending.days_left,
        unused_days: ending.unused.as_ref().map(|why| why.days),
        policy_of: ending.unused.as_ref().map(|why| why.organization.clone()),
    }
}

/// Whose a token is, in English, to who is told of it.
fn whose_en(whose: &Whose) -> String {
    match (&whose.project, &whose.service) {
        (Some(project), _) => format!("of {project}"),
        (None, Some(service)) => format!("of the service account {}", line(&service.name)),
        (None, None) => "yours".to_owned(),
    }
}

/// The same in Japanese.
fn whose_ja(whose: &Whose) -> String {
    match (&whose.project, &whose.service) {
        (Some(project), _) => format!("{project} のトークン"),
        (None, Some(service)) => format!("サービスアカウント {} のトークン", line(&service.name)),
        (None, None) => "あなたのトークン".to_owned(),
    }
}

/// What people wrote, as one line: a label is one already, and what came from elsewhere is made so.
fn line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// A moment in UTC, to the second.
fn moment(at: Millis) -> String {
    let second = jiff::Timestamp::from_second(at.0.div_euclid(1000));
    second.map_or_else(|_| at.0.to_string(), |second| second.to_string())
}

#[cfg(test)]
mod tests {
    use rondo_app::{Revoked, WhoseService};

    use super::*;

    fn letter(label: &str) -> Letter {
        let ending = |project: Option<&str>, label: &str, days| Ending {
            id: "AAAAAAAAAAA".parse().unwrap(),
            label: label.to_owned(),
            whose: whose(project),
            unused: None,
            end: Millis(1_800_000_000_000),
            threshold: days,
            days_left: days,
        };
        let service = WhoseService {
            id: "0b2f6a52-9a4e-4c80-9a4b-7a2c4f1f0c11".parse().unwrap(),
            name: "deploy-bot".to_owned(),
            home: Some("gh/acme".to_owned()),
        };
        let of_service = Ending {
            whose: Whose { service: Some(service), ..Whose::default() },
            ..ending(None, "production", 7)
        };
        let of_web = ending(Some("gh/acme/web"), "badge", 7);
        let endings = vec![ending(None, label, 1), of_web, of_service];
        to_mika(News::Ending(endings))
    }

    fn whose(project: Option<&str>) -> Whose {
        let owner = project.is_none().then(|| "mika".to_owned());
        Whose { owner, project: project.map(str::to_owned), service: None }
    }

    fn to_mika(news: News) -> Letter {
        let address = "mika@example.com".parse().unwrap();
        Letter { person: "mika".parse().unwrap(), address, news }
    }

    fn text(letter: &Letter) -> String {
        let from = "ci@example.com".parse().unwrap();
        let message = message(&from, letter, "https://ci.example.com").unwrap();
        String::from_utf8(message.formatted()).unwrap()
    }

    #[test]
    fn a_mail_says_which_tokens_end_in_both_languages() {
        let letter = letter("夜間");
        let News::Ending(endings) = &letter.news else { panic!("they end") };
        let body = ending::body(&letter.person, endings, "https://ci.example.com");
        for said in [
            "夜間 (AAAAAAAAAAA)",
            "2027-01-15T08:00:00Z",
            "1 day left",
            "残り 7 日",
            "gh/acme/web",
            "of the service account deploy-bot",
            "サービスアカウント deploy-bot のトークン",
            "/settings/organization/gh/acme/services/0b2f6a52-9a4e-4c80-9a4b-7a2c4f1f0c11",
            "https://ci.example.com/settings/user/tokens",
            "https://ci.example.com/settings/project/gh/acme/web/api",
        ] {
            assert!(body.contains(said), "{said} in {body}");
        }
    }

    fn revoked(label: &str) -> Revoked {
        let gone = |project, label: &str| Gone {
            id: "AAAAAAAAAAA".parse().unwrap(),
            label: label.to_owned(),
            whose: whose(project),
        };
        Revoked {
            at: Millis(1_800_000_000_000),
            by: "ren".to_owned(),
            reason: Some("a laptop was stolen".to_owned()),
            unused: None,
            count: 7,
            tokens: vec![gone(None, label), gone(Some("gh/acme/web"), "badge")],
        }
    }

    #[test]
    fn a_mail_says_which_tokens_were_deleted_by_whom_and_why_in_both_languages() {
        let told = revoked("夜間");
        let body = revoked::body(&"mika".parse().unwrap(), &told, "https://ci.example.com");
        for said in [
            "夜間 (AAAAAAAAAAA), yours",
            "badge (AAAAAAAAAAA), of gh/acme/web",
            "gh/acme/web のトークン",
            "2027-01-15T08:00:00Z by ren",
            "The reason: a laptop was stolen",
            "理由: a laptop was stolen",
            "and 5 more",
            "ほか 5 個",
        ] {
            assert!(body.contains(said), "{said} in {body}");
        }
    }

    #[test]
    fn a_mail_says_which_tokens_are_deleted_soon_or_were_since_nobody_used_them() {
        let why = || Some(rondo_app::Unused { organization: "gh/acme".to_owned(), days: 90 });
        let (mika, url) = ("mika".parse().unwrap(), "https://ci.example.com");
        let letter = letter("夜間");
        let News::Ending(mut endings) = letter.news else { panic!("they end") };
        endings[0].unused = why();
        let both = ending::body(&mika, &endings, url);
        let alone = ending::body(&mika, &endings[..1], url);
        for body in [&both, &alone] {
            for said in [
                "夜間 (AAAAAAAAAAA), yours: 2027-01-15T08:00:00Z, 1 day left, policy of gh/acme (90 days)",
                "夜間 (AAAAAAAAAAA), あなたのトークン: 2027-01-15T08:00:00Z, 残り 1 日, gh/acme のポリシー（90 日）",
                "are deleted soon, since nobody uses them",
                "使われていないため、まもなく削除されます",
            ] {
                assert!(body.contains(said), "{said} in {body}");
            }
        }
        for said in ["end soon", "production", "期限切れ"] {
            assert!(both.contains(said) && !alone.contains(said), "{said} in {both} or {alone}");
        }
        let told = Revoked { unused: why(), by: "policy".to_owned(), ..revoked("夜間") };
        let body = unused::body(&mika, &told, told.unused.as_ref().unwrap(), url);
        for said in [
            "for 90 days. So they were deleted at 2027-01-15T08:00:00Z,\nas the policy of gh/acme asks",
            "90 日間使われなかったため、gh/acme のポリシーにより",
            "夜間 (AAAAAAAAAAA), yours",
            "and 5 more",
            "ほか 5 個",
        ] {
            assert!(body.contains(said), "{said} in {body}");
        }
        assert!(!body.contains("by policy") && !body.contains("漏えい"), "{body}");
        let said = text(&to_mika(News::Revoked(told)));
        assert!(said.contains("Subject: ") && !said.contains("leaked"), "{said}");
    }

    #[test]
    fn no_label_makes_a_header() {
        let hostile = "x\r\nBcc: eve@example.com\r\n\r\n.\r\nMAIL FROM:<eve@example.com>";
        let gone = |label: &str| to_mika(News::Revoked(revoked(label)));
        for make in [letter as fn(&str) -> Letter, gone as fn(&str) -> Letter] {
            let (good, bad) = (text(&make("nightly")), text(&make(hostile)));
            let heads = [&good, &bad].map(|text| {
                let (head, _) = text.split_once("\r\n\r\n").unwrap();
                let names = head.lines().filter(|line| !line.starts_with([' ', '\t']));
                names.map(|line| line.split_once(':').unwrap().0.to_owned()).collect::<Vec<_>>()
            });
            assert_eq!(heads[0], heads[1]);
            assert!(!bad.to_lowercase().contains("\nbcc:"));
        }
    }

    #[test]
    fn the_old_address_is_told_that_mail_goes_elsewhere() {
        let said = text(&to_mika(News::Moved));
        assert!(said.contains("To: mika@example.com") && said.contains("Subject: "), "{said}");
        let body = moved::body(&"mika".parse().unwrap(), "https://ci.example.com");
        assert!(body.contains("Hello mika") && body.contains("mika さん"), "{body}");
    }

    #[test]
    fn a_password_that_others_can_read_is_not_used() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("password");
        std::fs::write(&file, "correct horse\n").unwrap();
        let mode = |mode| std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(&file, mode(0o640)).unwrap();
        let why = password(&file).unwrap_err().to_string();
        assert!(why.contains("chmod 600"), "{why}");
        std::fs::set_permissions(&file, mode(0o600)).unwrap();
        assert_eq!(password(&file).unwrap(), "correct horse");
    }
}
