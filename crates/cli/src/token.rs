//! `rondo token`: a client for tokens. It reads its own token from `CIRCLE_TOKEN`.

use anyhow::Context;
use rondo_domain::Slug;
use rondo_wire::client::segment;
use rondo_wire::v1;

use crate::args::{TokenArgs, TokenCommand};
use crate::language::words;
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
            let id: rondo_domain::token::TokenId = id.parse().ok().with_context(|| {
                words!(
                    "name the token by its id, which `rondo token list` shows",
                    "トークンは `rondo token list` に表示される ID で指定してください"
                )
            })?;
            let path = format!("{}/{id}", place(project.as_deref())?);
            let _: v1::Message = client.delete(&path).await?;
        }
        TokenCommand::Itself { json } => {
            let own: v1::TokenSelf = client.get("/api/v1.1/token/self").await?;
            if json {
                return print::json(&own);
            }
            let rows = [
                (words!("id", "ID"), own.shown.id),
                (words!("kind", "種類"), own.kind),
                (words!("owner", "所有者"), own.owner),
                (words!("label", "ラベル"), own.shown.label),
                (words!("rights", "権限"), own.rights.join(", ")),
                (words!("created", "作成"), own.shown.time),
                (words!("last used", "最終使用"), own.shown.last_used_at.unwrap_or_else(never)),
            ];
            print::table(&rows.map(|(name, value)| vec![name, value]));
        }
    }
    Ok(())
}

fn row(token: v1::Token) -> Vec<String> {
    let scope = token.scope.unwrap_or_else(|| words!("personal", "パーソナル"));
    vec![token.id, scope, token.time, token.last_used_at.unwrap_or_else(never), token.label]
}

fn never() -> String {
    words!("never", "未使用")
}
