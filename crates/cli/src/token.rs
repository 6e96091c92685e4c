//! `rondo token`: a client for tokens. It reads its own token from `CIRCLE_TOKEN`.

use anyhow::Context;
use rondo_domain::Slug;
use rondo_wire::client::segment;
use rondo_wire::v1;

use crate::args::{TokenArgs, TokenCommand};
use crate::{print, settings};

/// Where the tokens of a person or a project are.
fn place(project: Option<&str>) -> anyhow::Result<String> {
    match project {
        None => Ok("/api/v1.1/user/token".to_owned()),
        Some(slug) => Ok(format!("{}/token", project_path(slug)?)),
    }
}

/// Where a project is.
pub(crate) fn project_path(slug: &str) -> anyhow::Result<String> {
    let slug: Slug = slug.parse()?;
    let (org, repo) = (segment(slug.org()), segment(slug.repo()));
    Ok(format!("/api/v1.1/project/{}/{org}/{repo}", slug.vcs.long()))
}

pub(crate) async fn token(args: TokenArgs) -> anyhow::Result<()> {
    let client = settings::client(&args.flags)?;
    match args.command {
        TokenCommand::List { project, json } => {
            let tokens: Vec<v1::Token> = client.get(&place(project.as_deref())?).await?;
            if json {
                return print::json(&tokens);
            }
            let rows: Vec<_> = tokens.into_iter().map(row).collect();
            print::table(&rows);
        }
        TokenCommand::Create { label, project, scope, json } => {
            let wanted = v1::CreateToken { label, scope };
            let new: v1::NewToken = client.post(&place(project.as_deref())?, &wanted).await?;
            if json {
                return print::json(&new);
            }
            print::result(&new.token);
        }
        TokenCommand::Delete { id, project } => {
            let id: rondo_domain::token::TokenId = id
                .parse()
                .ok()
                .context("name the token by its id, which `rondo token list` shows")?;
            let path = format!("{}/{id}", place(project.as_deref())?);
            let _: v1::Message = client.delete(&path).await?;
        }
        TokenCommand::Itself { json } => {
            let own: v1::TokenSelf = client.get("/api/v1.1/token/self").await?;
            if json {
                return print::json(&own);
            }
            let used = own.shown.last_used_at.unwrap_or_else(|| "never".to_owned());
            for (name, value) in [
                ("id", own.shown.id),
                ("kind", own.kind),
                ("owner", own.owner),
                ("label", own.shown.label),
                ("rights", own.rights.join(", ")),
                ("created", own.shown.time),
                ("last used", used),
            ] {
                print::result(&format!("{name:<10} {value}"));
            }
        }
    }
    Ok(())
}

fn row(token: v1::Token) -> Vec<String> {
    let used = token.last_used_at.unwrap_or_else(|| "never".to_owned());
    vec![
        token.id,
        token.scope.unwrap_or_else(|| "personal".to_owned()),
        token.time,
        used,
        token.label,
    ]
}
