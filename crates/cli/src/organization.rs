//! `rondo organization`: a client for the policy of an organization, and for the approvals that it asks
//! for.

use anyhow::Context;
use rondo_wire::client::segment;
use rondo_wire::{Client, v1, v2};

use crate::args::{ApprovalCommand, OrganizationArgs, OrganizationCommand, PolicyCommand};
use crate::language::words;
use crate::token::named;
use crate::{print, settings};

/// Where an organization is.
pub(crate) fn place(org: &str) -> anyhow::Result<String> {
    let (vcs, name) = org.split_once('/').with_context(|| {
        words!(
            "{org:?} is no organization; it is named such as gh/acme",
            "{org:?} は組織ではありません。gh/acme のように指定してください"
        )
    })?;
    Ok(format!("/api/v2/organization/{}/{}", segment(vcs), segment(name)))
}

pub(crate) async fn organization(args: OrganizationArgs) -> anyhow::Result<()> {
    let client = settings::client(&args.flags)?;
    match args.command {
        OrganizationCommand::Policy(command) => policy(&client, command).await,
        OrganizationCommand::Approval(command) => approval(&client, command).await,
    }
}

async fn policy(client: &Client, command: PolicyCommand) -> anyhow::Result<()> {
    match command {
        PolicyCommand::Show { organization, json } => {
            let policy: v2::Policy =
                client.get(&format!("{}/policy", place(&organization)?)).await?;
            if json {
                return print::json(&policy);
            }
            print::table(&rules(policy));
        }
        PolicyCommand::Set { organization, rules, version, confirm_networks, dry_run, json } => {
            let path = format!("{}/policy", place(&organization)?);
            let version = match version {
                Some(version) => version,
                None => client.get::<v2::Policy>(&path).await?.version,
            };
            let wanted = v2::SetPolicy {
                version,
                max_days: rules.max_days,
                no_unrestricted: rules.no_unrestricted,
                networks: (!rules.network.is_empty()).then_some(rules.network),
                idle_days: rules.idle_days,
                no_query: rules.no_query,
                approval: rules.approval,
                confirm_networks,
                dry_run,
            };
            let changed: v2::ChangedPolicy = client.put(&path, &wanted).await?;
            if json {
                return print::json(&changed);
            }
            print::result(&effect(&changed));
        }
    }
    Ok(())
}

/// What a policy does to the tokens that there are.
fn effect(changed: &v2::ChangedPolicy) -> String {
    let v2::ChangedPolicy { tokens, stopped, idle, .. } = changed;
    match changed.dry_run {
        true => words!(
            "{stopped} of {tokens} tokens would open nothing there, and {idle} would be deleted, since nobody uses them",
            "{tokens} 個のトークンのうち {stopped} 個が使えなくなり、使われていない {idle} 個が削除されます"
        ),
        false => words!(
            "it counts from now on: {stopped} of {tokens} tokens open nothing there, and {idle} are deleted within the hour, since nobody uses them",
            "適用しました。{tokens} 個のトークンのうち {stopped} 個が使えなくなり、使われていない {idle} 個が 1 時間以内に削除されます"
        ),
    }
}

/// A policy, a name and a value a row.
fn rules(policy: v2::Policy) -> Vec<Vec<String>> {
    let any = || words!("any", "制限なし");
    let yes = |set: bool| match set {
        true => words!("yes", "はい"),
        false => words!("no", "いいえ"),
    };
    let rows = [
        (words!("version", "版"), policy.version.to_string()),
        (
            words!("greatest lifetime in days", "有効期間の上限（日数）"),
            policy.max_days.map_or_else(any, |days| days.to_string()),
        ),
        (words!("no unrestricted tokens", "制限のないトークンを拒否"), yes(policy.no_unrestricted)),
        (
            words!("networks", "ネットワーク"),
            policy.networks.map_or_else(any, |list| list.join(", ")),
        ),
        (
            words!("deleted after days without a use", "使われないトークンを削除するまでの日数"),
            policy.idle_days.map_or_else(|| words!("never", "削除しない"), |days| days.to_string()),
        ),
        (words!("no token in an address", "URL に含まれたトークンを拒否"), yes(policy.no_query)),
        (
            words!("approval by a second admin", "別の管理者の承認"),
            match policy.approval_since {
                None => yes(false),
                Some(since) => {
                    words!("of tokens made since {since}", "{since} 以降に作成されたトークン")
                }
            },
        ),
    ];
    rows.map(|(name, value)| vec![name, value]).into()
}

async fn approval(client: &Client, command: ApprovalCommand) -> anyhow::Result<()> {
    match command {
        ApprovalCommand::List { organization, json } => {
            let path = format!("{}/approval", place(&organization)?);
            let approvals: v2::Approvals = client.get(&path).await?;
            if json {
                return print::json(&approvals.items);
            }
            print::table(&approvals.items.into_iter().map(row).collect::<Vec<_>>());
        }
        ApprovalCommand::Grant { organization, id } => {
            let path = format!("{}/approval/{}", place(&organization)?, named(&id)?);
            let _: v2::Message = client.post(&path, &serde_json::json!({})).await?;
        }
        ApprovalCommand::Refuse { organization, id, reason } => {
            let path = format!("{}/approval/{}", place(&organization)?, named(&id)?);
            let _: v2::Message = client.delete_with(&path, &v1::DeleteToken { reason }).await?;
        }
    }
    Ok(())
}

fn row(one: v2::Approvable) -> Vec<String> {
    let token = one.token.token;
    let state = match one.approval.as_str() {
        "waiting" => words!("waiting", "承認待ち"),
        "approved" => words!("approved", "承認済み"),
        "refused" => words!("refused", "却下"),
        other => other.to_owned(),
    };
    let by = one.said_by.unwrap_or_else(|| "-".to_owned());
    let owner = token.owner.unwrap_or_default();
    let why = one.reason.unwrap_or_default();
    vec![token.id, owner, state, by, token.created_at, token.label, why]
}
