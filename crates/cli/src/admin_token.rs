//! `rondo admin token`: tokens made, looked up, and deleted many at once, on the data folder itself.

use std::collections::HashSet;

use anyhow::Context;
use rondo_app::{
    App, Ctx, Found, Likeness, LookedUp, NewToken, PredicateWish, Preview, PreviewWord, Refusal,
};
use rondo_domain::Millis;
use rondo_domain::slug::BY_ID;
use rondo_domain::token::{Days, Holder, Predicate, ReachError, Token, Wish};

use crate::args::{AdminTokenCommand, AdminTokenCreate};
use crate::complaint::{misuse, refusal};
use crate::language::words;
use crate::print;
use crate::token::end;

pub(crate) async fn token(app: &App, ctx: &Ctx, command: AdminTokenCommand) -> anyhow::Result<()> {
    match command {
        AdminTokenCommand::Create(what) => create_token(app, ctx, what).await,
        AdminTokenCommand::Show { id, json } => show(app, ctx, &id, json).await,
        AdminTokenCommand::Revoke { conditions, count, preview: word, reason, from, until } => {
            let word = word.as_deref().map(counted).transpose()?;
            let predicate = predicate(app, ctx, &conditions, word.clone()).await?;
            if let Some(from) = from {
                return rehearse(app, ctx, &predicate, days(&from, until.as_deref(), ctx.at)?)
                    .await;
            }
            let Some(count) = count else { return preview(app, ctx, &predicate).await };
            let reason = reason.map(|reason| reason.parse()).transpose()?;
            app.revoke_tokens(ctx, (&predicate, count), word.as_ref(), reason)
                .await
                .map_err(refusal)?;
            print::result(&words!("{count} tokens deleted", "{count} 個のトークンを削除しました"));
            Ok(())
        }
    }
}

/// What a preview gave with its number.
fn counted(word: &str) -> anyhow::Result<PreviewWord> {
    word.parse().map_err(|_| {
        misuse(words!(
            "--preview takes the word that the command gave with the number of tokens",
            "--preview には、トークンの件数とともに表示された文字列を指定してください"
        ))
    })
}

/// What all conditions together say.
async fn predicate(
    app: &App,
    ctx: &Ctx,
    conditions: &[String],
    preview: Option<PreviewWord>,
) -> anyhow::Result<Predicate> {
    let mut wish = PredicateWish { preview, ..PredicateWish::default() };
    let mut given = HashSet::new();
    for condition in conditions {
        let (name, value) = condition.split_once('=').unwrap_or((condition.as_str(), ""));
        if !given.insert(name) {
            return Err(misuse(words!(
                "the condition {name} is given twice: give two orders",
                "条件 {name} が 2 回指定されています。2 回に分けて実行してください"
            )));
        }
        match (name, value) {
            ("before", moment) => {
                let at: jiff::Timestamp = moment.parse().map_err(|_| {
                    misuse(words!(
                        "before= takes a moment such as 2026-01-05T00:00:00Z, not {moment:?}",
                        "before= には 2026-01-05T00:00:00Z のような日時を指定してください（{moment:?} は使えません）"
                    ))
                })?;
                wish.before = Some(Millis(at.as_millisecond()));
            }
            ("token", id) => {
                let id = id.parse().map_err(|_| {
                    misuse(words!(
                        "token= takes the id of a token, not {id:?}",
                        "token= にはトークンの ID を指定してください（{id:?} は使えません）"
                    ))
                })?;
                wish.token = Some(id);
            }
            ("seen-from", network) => wish.seen_from = Some(network.parse()?),
            ("person", name) => wish.person = Some(name.to_owned()),
            ("project", slug) => wish.project = Some(slug.to_owned()),
            ("organization", name) => wish.organization = Some(name.to_owned()),
            ("never-used", "") => wish.never_used = true,
            ("unrestricted", "") => wish.unrestricted = true,
            _ => {
                return Err(misuse(words!(
                    "unknown condition {condition:?}: take before=, token=, person=, project=, organization=, never-used, unrestricted or seen-from=",
                    "条件 {condition:?} はありません。before=、token=、person=、project=、organization=、never-used、unrestricted、seen-from= から選んでください"
                )));
            }
        }
    }
    app.predicate(ctx, &wish).await.map_err(refusal)
}

async fn preview(app: &App, ctx: &Ctx, predicate: &Predicate) -> anyhow::Result<()> {
    let Preview { count, first, word } =
        app.tokens_hit_by(ctx, predicate).await.map_err(refusal)?;
    let rows: Vec<_> = first.iter().map(|token| row(app, token)).collect();
    print::table(&rows);
    let more = usize::try_from(count).unwrap_or(usize::MAX).saturating_sub(first.len());
    if more > 0 {
        print::result(&words!("… and {more} more", "…ほか {more} 個"));
    }
    print::remark(&words!(
        "it is true of {count} tokens; nothing is deleted yet. To delete them, say it again with --count {count} --preview {word}",
        "条件に合うトークンは {count} 個です。まだ何も削除していません。削除するには --count {count} --preview {word} を付けて実行してください"
    ));
    Ok(())
}

/// From the first moment of one day to the last one of another, or of today.
fn days(from: &str, until: Option<&str>, now: Millis) -> anyhow::Result<Days> {
    let day = |text: &str| {
        let date: jiff::civil::Date = text.parse().map_err(|_| {
            misuse(words!(
                "a day is such as 2026-01-31, not {text:?}",
                "日付は 2026-01-31 のように指定してください（{text:?} は使えません）"
            ))
        })?;
        let zoned = date.to_zoned(jiff::tz::TimeZone::UTC)?;
        anyhow::Ok(Millis(zoned.timestamp().as_millisecond()))
    };
    let until = until.map_or(Ok(now), day)?;
    Days::between(day(from)?, until).with_context(|| {
        words!("the first day comes after the last one", "開始日が終了日より後です")
    })
}

async fn rehearse(app: &App, ctx: &Ctx, predicate: &Predicate, days: Days) -> anyhow::Result<()> {
    let rehearsal = app.rehearse(ctx, predicate, days).await.map_err(refusal)?;
    let mut rows = Vec::new();
    for missed in &rehearsal.first {
        let token = || {
            let (id, uses) = (missed.token.id.to_string(), missed.uses.to_string());
            vec![id, owner(app, &missed.token.holder), uses]
        };
        for client in &missed.clients {
            let last = moment(client.last_at);
            let more = [client.agent.clone(), client.address.clone(), last, client.route.clone()];
            rows.push([token(), more.into()].concat());
        }
        for count in &missed.counts {
            let times = format!("× {}", count.accepted);
            let more = [count.route.clone(), count.network.clone(), times, String::new()];
            rows.push([token(), more.into()].concat());
        }
    }
    print::table(&rows);
    let (tokens, uses) = (rehearsal.tokens, rehearsal.uses);
    print::remark(&words!(
        "{uses} uses of {tokens} tokens would have been refused; nothing is stopped. Programs first, then routes by network; at most 20 tokens are shown",
        "トークン {tokens} 個の使用 {uses} 回が拒否されていたはずです。何も止めていません。プログラム、経路とネットワークの順に、最大 20 個のトークンを表示します"
    ));
    Ok(())
}

/// Whose a token is.
fn owner(app: &App, holder: &Holder) -> String {
    let memory = app.memory();
    match holder {
        Holder::Person(id) => memory.person(*id).map_or(id.to_string(), |p| p.name.to_string()),
        Holder::Service(id) => {
            let name = memory.service_name(*id).unwrap_or_else(|| id.to_string());
            words!("service account {name}", "サービスアカウント {name}")
        }
        Holder::Project(id, scope) => {
            let slug = memory.project_of(*id).map_or(id.to_string(), |p| p.slug.to_string());
            format!("{slug} {scope}")
        }
    }
}

/// Who did something, by the name that they have now.
fn actor(app: &App, word: &str) -> String {
    let holder = match word.split_once(':') {
        Some(("person", id)) => id.parse().ok().map(Holder::Person),
        Some(("service", id)) => id.parse().ok().map(Holder::Service),
        _ => None,
    };
    holder.map_or_else(|| word.to_owned(), |holder| owner(app, &holder))
}

fn row(app: &App, token: &Token) -> Vec<String> {
    let label = token.label.to_string();
    vec![token.id.to_string(), owner(app, &token.holder), moment(token.created_at), label]
}

fn moment(at: Millis) -> String {
    jiff::Timestamp::from_millisecond(at.0).unwrap_or_default().to_string()
}

async fn show(app: &App, ctx: &Ctx, id: &str, json: bool) -> anyhow::Result<()> {
    let LookedUp { found, likeness, .. } = match app.look_up(ctx, id).await {
        Err(Refusal::Missing(_, id)) if id.is_empty() => {
            return Err(misuse(words!(
                "name the token by its id or its value",
                "トークンは ID または値で指定してください"
            )));
        }
        looked_up => looked_up.map_err(refusal)?,
    };
    match likeness {
        Likeness::Value | Likeness::Id => {}
        Likeness::Mistyped => print::remark(&words!(
            "the text has this token's id, but its check is wrong: it was mistyped or cut off",
            "このトークンの ID を含みますが、チェックが一致しません。入力ミスか、途中で切れた値です"
        )),
        Likeness::Forged => print::remark(&words!(
            "the text has this token's id and another secret: it is not its value",
            "このトークンの ID を含みますが、シークレットが違います。このトークンの値ではありません"
        )),
    }
    let id = match &found {
        Found::Alive(token) => token.id,
        Found::Dead(token) => token.id,
    };
    let mut rows = vec![("id", words!("id", "ID"), id.to_string())];
    match found {
        Found::Alive(token) => {
            rows.push(("owner", words!("owner", "所有者"), owner(app, &token.holder)));
            rows.push(("label", words!("label", "ラベル"), token.label.to_string()));
            rows.push(("created", words!("created", "作成"), moment(token.created_at)));
            rows.extend(
                token
                    .last_used_at
                    .map(|at| ("last_used", words!("last used", "最終使用"), moment(at))),
            );
            rows.extend(
                token
                    .reach
                    .expires_at
                    .map(|at| ("expires", words!("expires", "有効期限"), moment(at))),
            );
            rows.extend(
                token.disabled_at.map(|at| ("disabled", words!("disabled", "無効"), moment(at))),
            );
        }
        Found::Dead(token) => {
            rows.push(("owner", words!("owner", "所有者"), owner(app, &token.holder)));
            rows.push(("label", words!("label", "ラベル"), token.label.to_string()));
            rows.push(("created", words!("created", "作成"), moment(token.created_at)));
            rows.extend(
                token
                    .last_used_at
                    .map(|at| ("last_used", words!("last used", "最終使用"), moment(at))),
            );
            rows.push(("deleted", words!("deleted", "削除"), moment(token.deleted_at)));
            let by = actor(app, &token.deleted_by);
            rows.push(("deleted_by", words!("deleted by", "削除した人"), by));
            rows.extend(
                token.reason.map(|reason| ("reason", words!("reason", "理由"), reason.to_string())),
            );
        }
    }
    if json {
        let object: serde_json::Map<_, _> =
            rows.into_iter().map(|(key, _, value)| (key.to_owned(), value.into())).collect();
        return print::json(&object);
    }
    print::table(&rows.into_iter().map(|(_, name, value)| vec![name, value]).collect::<Vec<_>>());
    Ok(())
}

/// A token that ends then.
fn life(expires: Option<String>) -> anyhow::Result<Wish> {
    let end = expires.as_deref().map(end).transpose()?;
    let end = end.map(|end| end.parse::<jiff::Timestamp>().map_err(|_| ReachError::Moment));
    let expires_at = end.transpose()?.map(|end| Millis(end.as_second().saturating_mul(1000)));
    Ok(Wish { expires_at, ..Wish::default() })
}

async fn create_token(app: &App, ctx: &Ctx, what: AdminTokenCreate) -> anyhow::Result<()> {
    let new = match what {
        AdminTokenCreate::Personal { user, label, expires } => {
            app.create_token_for(ctx, &user.parse()?, label.parse()?, life(expires)?).await
        }
        AdminTokenCreate::Project { slug, scope, label, expires } => {
            let wish = life(expires)?;
            let what = (scope.parse()?, label.parse()?);
            let project = match slug.split('/').collect::<Vec<_>>()[..] {
                [BY_ID, org, id] => app.project_at(BY_ID, org, id).await,
                _ => app.project(&slug.parse()?).await,
            };
            let project = project.map_err(refusal)?.with_context(|| {
                words!("there is no project {slug}", "プロジェクト「{slug}」はありません")
            })?;
            let ctx = Ctx { access: app.access(&ctx.who, Some(&project)), ..ctx.clone() };
            app.create_project_token(&ctx, &project, what, wish).await
        }
    };
    let NewToken { secret, .. } = new.map_err(refusal)?;
    print::result(secret.expose());
    Ok(())
}
