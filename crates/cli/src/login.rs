//! `rondo login` and `rondo logout`: a token for this machine, through a browser on this one or on any
//! other (RFC 8628), and its end.

use std::time::Duration;

use anyhow::{Context, bail};
use rondo_domain::token::Presented;
use rondo_wire::oauth::{AccessToken, DEVICE_GRANT, DeviceAuthorization};
use rondo_wire::{Client, Credential, v1};

use crate::args::{LoginArgs, LogoutArgs};
use crate::language::words;
use crate::{browser, keyring, print, settings};

/// What RFC 8628 adds to the interval of a command that asks too often.
const SLOWER: Duration = Duration::from_secs(5);

pub(crate) async fn login(args: LoginArgs) -> anyhow::Result<()> {
    let server = settings::server(&args.flags)?;
    if args.keyring {
        keyring::check()?;
    }
    let client = Client::new(&server, None)?;
    let name = args.label.unwrap_or_else(|| format!("rondo login on {}", settings::machine()));
    let begun: DeviceAuthorization = client
        .submit("/oauth/device_authorization", &[("client_id", &name)])
        .await?
        .map_err(|error| anyhow::anyhow!("{}", error.error_description))?;
    invite(&begun, !args.no_browser);
    let token = wait(&client, &begun, &name).await?;

    let own = Client::new(&server, Some(Credential::new(token.clone())))?;
    let me: v1::Me = own.get("/api/v1.1/me").await?;
    settings::credentials()?.keep(&server, token, args.keyring)?;
    let login = me.login;
    print::remark(&words!(
        "Signed in to {server} as {login}.",
        "{server} に {login} としてサインインしました。"
    ));
    Ok(())
}

/// Says where to go, and goes there where there is a browser.
fn invite(begun: &DeviceAuthorization, may_open: bool) {
    let DeviceAuthorization { user_code, verification_uri, verification_uri_complete, .. } = begun;
    if may_open && browser::open(verification_uri_complete) {
        print::remark(&words!(
            "Your browser opens {verification_uri_complete}\nThere compare this code: {user_code}",
            "ブラウザーで {verification_uri_complete} を開いています\nこのコードと同じか確かめてください: {user_code}"
        ));
    } else {
        print::remark(&words!(
            "Open {verification_uri} in a browser, on any machine, and type this code: {user_code}",
            "ブラウザー（別のマシンでもかまいません）で {verification_uri} を開き、このコードを入力してください: {user_code}"
        ));
    }
}

/// Asks until a person has answered.
async fn wait(client: &Client, begun: &DeviceAuthorization, name: &str) -> anyhow::Result<String> {
    let fields =
        [("grant_type", DEVICE_GRANT), ("device_code", &begun.device_code), ("client_id", name)];
    let mut interval = Duration::from_secs(u64::try_from(begun.interval.max(1))?);
    loop {
        tokio::time::sleep(interval).await;
        let error = match client.submit::<AccessToken>("/oauth/token", &fields).await? {
            Ok(token) => return Ok(token.access_token),
            Err(error) => error,
        };
        match error.error.as_str() {
            "authorization_pending" => {}
            "slow_down" => interval += SLOWER,
            "access_denied" => {
                bail!(words!(
                    "the sign-in was refused in the browser",
                    "ブラウザーで拒否されました"
                ))
            }
            "expired_token" => bail!(words!(
                "nobody answered in time; run `rondo login` again",
                "時間内に応答がありませんでした。`rondo login` をやり直してください"
            )),
            other => bail!("{other}: {}", error.error_description),
        }
    }
}

pub(crate) async fn logout(args: LogoutArgs) -> anyhow::Result<()> {
    let server = settings::server(&args.flags)?;
    let mut credentials = settings::credentials()?;
    let token = credentials.token(&server)?.with_context(|| {
        words!("you are not signed in to {server}", "{server} にはサインインしていません")
    })?;
    delete(&server, &token).await?;
    credentials.forget(&server)?;
    print::remark(&words!(
        "Signed out of {server}; the token is deleted.",
        "{server} からサインアウトし、トークンを削除しました。"
    ));
    Ok(())
}

/// Deletes the token on its server; one that is gone already is as good.
async fn delete(server: &str, token: &str) -> anyhow::Result<()> {
    let Some(shown) = Presented::parse(token) else { return Ok(()) };
    let client = Client::new(server, Some(Credential::new(token.to_owned())))?;
    let path = format!("/api/v1.1/user/token/{}", shown.id);
    match client.delete::<v1::Message>(&path).await {
        Err(error) if !error.is_unauthenticated() => Err(error.into()),
        _ => Ok(()),
    }
}
