//! `/organization/:slug/policy` and `/organization/:slug/approval`: what an organization asks of tokens, and
//! what its admins say of single ones.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use rondo_app::{App, PolicyWish, Refusal};
use rondo_domain::policy::Rules;
use rondo_domain::token::{Chosen, ReachError, TokenId};
use rondo_wire::v2::{Approvable, Approvals, ChangedPolicy, Message, Policy, SetPolicy};

use super::organization;
use crate::Server;
use crate::failure::ApiResult;
use crate::feed::time;
use crate::granted::{Granted, Sent};
use crate::v1::body;
use crate::v1::user_token::{reason, require_recent};

pub(crate) async fn show(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
) -> ApiResult<Json<Policy>> {
    let known = server.app.organization_policy(&granted.ctx, granted.organization()).await?;
    Ok(Json(policy(&known)))
}

pub(crate) async fn set(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
    Sent(sent): Sent,
) -> ApiResult<Json<ChangedPolicy>> {
    let wanted: SetPolicy = body::json(&sent)?;
    let (dry_run, wish) = (wanted.dry_run, wish(wanted)?);
    let (app, ctx, org) = (&server.app, &granted.ctx, granted.organization());
    let preview = app.preview_policy(ctx, org, &wish).await?;
    let known = if dry_run {
        app.organization_policy(ctx, org).await?
    } else {
        require_recent(&server, &granted)?;
        app.set_policy(ctx, org, wish).await?
    };
    Ok(Json(ChangedPolicy {
        dry_run,
        policy: policy(&known),
        tokens: preview.tokens,
        stopped: preview.stopped,
        idle: preview.idle,
    }))
}

fn policy((version, rules): &(i64, Rules)) -> Policy {
    let networks = rules.networks.listed();
    Policy {
        version: *version,
        max_days: rules.max_days,
        no_unrestricted: rules.no_unrestricted,
        networks: networks.map(|list| list.iter().map(ToString::to_string).collect()),
        idle_days: rules.idle_days,
        no_query: rules.no_query,
        approval: rules.approval_since.is_some(),
        approval_since: rules.approval_since.map(time),
    }
}

fn wish(wanted: SetPolicy) -> Result<PolicyWish, Refusal> {
    let networks = match wanted.networks {
        None => Chosen::All,
        Some(texts) => {
            let read = texts.iter().map(|text| text.parse().map_err(ReachError::Network));
            let list: Vec<_> = read.collect::<Result<_, _>>()?;
            Chosen::only(list).ok_or(ReachError::Empty("networks"))?
        }
    };
    let rules = Rules {
        max_days: wanted.max_days,
        no_unrestricted: wanted.no_unrestricted,
        networks,
        idle_days: wanted.idle_days,
        no_query: wanted.no_query,
        approval_since: None,
    };
    let (approval, confirmed) = (wanted.approval, wanted.confirm_networks);
    Ok(PolicyWish { version: wanted.version, rules, approval, confirmed })
}

pub(crate) async fn approvals(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
) -> ApiResult<Json<Approvals>> {
    let (app, ctx) = (&server.app, &granted.ctx);
    let found = app.approvals(ctx, granted.organization()).await?;
    let items = found.iter().map(|one| {
        let said = one.said.as_ref();
        Approvable {
            token: organization::token(app, granted.organization(), &one.listed, ctx.at),
            approval: match said {
                None => "waiting".to_owned(),
                Some(said) if said.granted => "approved".to_owned(),
                Some(_) => "refused".to_owned(),
            },
            said_by: said.map(|said| who_said(app, &said.by)),
            said_at: said.map(|said| time(said.at)),
            reason: said.and_then(|said| said.reason.as_ref()).map(ToString::to_string),
        }
    });
    Ok(Json(Approvals { items: items.collect() }))
}

/// A person's name, where the audit log has their id.
pub(crate) fn who_said(app: &App, actor: &str) -> String {
    let person = actor.strip_prefix("person:").and_then(|id| id.parse().ok());
    let person = person.and_then(|id| app.memory().person(id));
    person.map_or_else(|| actor.to_owned(), |person| person.name.to_string())
}

pub(crate) async fn approve(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
) -> ApiResult<Json<Message>> {
    let id = named(&granted)?;
    require_recent(&server, &granted)?;
    server.app.approve_token(&granted.ctx, granted.organization(), id).await?;
    Ok(Json(Message { message: "ok".to_owned() }))
}

pub(crate) async fn refuse(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
    Sent(sent): Sent,
) -> ApiResult<Json<Message>> {
    let (id, reason) = (named(&granted)?, reason(&sent)?);
    server.app.refuse_token(&granted.ctx, granted.organization(), id, reason).await?;
    Ok(Json(Message { message: "ok".to_owned() }))
}

/// A token by its id; a value in its place is not repeated.
fn named(granted: &Granted) -> Result<TokenId, Refusal> {
    granted.name("token").parse().map_err(|_| Refusal::Missing("token", String::new()))
}
