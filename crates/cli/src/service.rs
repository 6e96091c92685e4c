//! `rondo service`: a client for service accounts and their tokens.

use rondo_wire::client::segment;
use rondo_wire::{Client, v1, v2};

use crate::args::{HomeArgs, ReachArgs, ServiceArgs, ServiceCommand, ServiceTokenCommand};
use crate::delivery::Delivery;
use crate::language::words;
use crate::settings::ClientFlags;
use crate::token::{self, project_path};
use crate::{organization, print, settings};

/// Where the accounts of a home are.
fn place(home: &HomeArgs) -> anyhow::Result<String> {
    let base = match (&home.org, &home.project) {
        (Some(org), _) => organization::place(org)?,
        (None, Some(slug)) => project_path(slug)?.replacen("/api/v1.1/", "/api/v2/", 1),
        (None, None) => String::new(),
    };
    Ok(format!("{base}/service-account"))
}

/// One account.
fn one(home: &HomeArgs, account: &str) -> anyhow::Result<String> {
    Ok(format!("{}/{}", place(home)?, segment(account)))
}

/// Where an account's tokens are.
fn tokens(home: &HomeArgs, account: &str) -> anyhow::Result<String> {
    Ok(format!("{}/token", one(home, account)?))
}

pub(crate) async fn service(args: ServiceArgs) -> anyhow::Result<()> {
    let client = &settings::client(&args.flags)?;
    match args.command {
        ServiceCommand::List { home, json } => {
            let list: v2::ServiceAccounts = client.get(&place(&home)?).await?;
            if json {
                return print::json(&list.items);
            }
            print::table(&list.items.into_iter().map(row).collect::<Vec<_>>());
        }
        ServiceCommand::Create { name, home, ceiling, contact, json } => {
            let contacts = (!contact.is_empty()).then_some(contact);
            let wanted = v2::CreateServiceAccount { name, ceiling, contacts };
            let made: v2::ServiceAccount = client.post(&place(&home)?, &wanted).await?;
            return show(made, json);
        }
        ServiceCommand::Show { account, home, json } => {
            return show(client.get(&one(&home, &account)?).await?, json);
        }
        ServiceCommand::Ceiling { account, ceiling, home } => {
            let path = format!("{}/ceiling", one(&home, &account)?);
            let wanted = v2::ChangeCeiling { ceiling };
            let _: v2::ServiceAccount = client.post(&path, &wanted).await?;
        }
        ServiceCommand::Rename { account, name, home } => {
            let path = format!("{}/name", one(&home, &account)?);
            let wanted = v2::RenameServiceAccount { name };
            let _: v2::ServiceAccount = client.post(&path, &wanted).await?;
        }
        ServiceCommand::Contacts { account, contacts, home } => {
            let path = format!("{}/contacts", one(&home, &account)?);
            let wanted = v2::ChangeContacts { contacts };
            let _: v2::ServiceAccount = client.post(&path, &wanted).await?;
        }
        ServiceCommand::Disable { account, home } => {
            act(client, &one(&home, &account)?, "disable").await?;
        }
        ServiceCommand::Enable { account, home } => {
            act(client, &one(&home, &account)?, "enable").await?;
        }
        ServiceCommand::Delete { account, home, reason } => {
            let path = one(&home, &account)?;
            let _: v1::Message = client.delete_with(&path, &v1::DeleteToken { reason }).await?;
        }
        ServiceCommand::Token(command) => return of_tokens(client, command, &args.flags).await,
    }
    Ok(())
}

async fn act(client: &Client, path: &str, word: &str) -> anyhow::Result<()> {
    let _: v1::Message = client.post(&format!("{path}/{word}"), &serde_json::json!({})).await?;
    Ok(())
}

async fn of_tokens(
    client: &Client,
    command: ServiceTokenCommand,
    flags: &ClientFlags,
) -> anyhow::Result<()> {
    use ServiceTokenCommand as Of;
    match command {
        Of::List { account, home, json } => {
            token::list(client, &tokens(&home, &account)?, json).await
        }
        Of::Create {
            account,
            home,
            label,
            permissions,
            projects,
            expires,
            network,
            show,
            output,
            keyring,
            json,
        } => {
            let place = tokens(&home, &account)?;
            let reach = ReachArgs { permissions, projects, expires, network };
            let wanted = token::wanted(label, None, reach)?;
            let delivery = Delivery::prepare(show, output, keyring)?;
            token::create(client, &place, &wanted, (delivery, json), flags).await
        }
        Of::Show { account, id, home, json } => {
            token::show(client, &tokens(&home, &account)?, &id, json).await
        }
        Of::Use { account, id, home, json } => {
            token::show_use(client, &tokens(&home, &account)?, &id, json).await
        }
        Of::Rotate { account, id, home, undo: true, .. } => {
            token::undo(client, &tokens(&home, &account)?, &id).await
        }
        Of::Rotate { account, id, home, grace, overlap, show, output, keyring, json, .. } => {
            let path = token::rotation_path(&tokens(&home, &account)?, &id)?;
            let overlap = token::overlap_of(grace.as_deref(), &overlap)?;
            let delivery = Delivery::prepare(show, output, keyring)?;
            token::rotate(client, &path, &overlap, (delivery, json), flags).await
        }
        Of::Disable { account, id, home } => {
            token::act(client, &tokens(&home, &account)?, &id, "disable").await
        }
        Of::Enable { account, id, home } => {
            token::act(client, &tokens(&home, &account)?, &id, "enable").await
        }
        Of::Shorten { account, id, expires, home } => {
            token::shorten(client, &tokens(&home, &account)?, &id, &expires).await
        }
        Of::Delete { account, id, home, reason } => {
            token::delete(client, &tokens(&home, &account)?, &id, reason).await
        }
    }
}

pub(crate) fn show(account: v2::ServiceAccount, json: bool) -> anyhow::Result<()> {
    if json {
        return print::json(&account);
    }
    let contacts = contacts(&account);
    let rows = [
        (words!("id", "ID"), account.id),
        (words!("name", "名前"), account.name),
        (words!("belongs to", "所属"), account.project.unwrap_or(account.organization)),
        (words!("rights at most", "権限の上限"), account.ceiling.join(", ")),
        (words!("contacts", "連絡先"), contacts),
        (words!("disabled", "無効"), account.disabled_at.unwrap_or_else(|| words!("no", "いいえ"))),
        (words!("created", "作成"), account.created_at),
    ];
    print::table(&rows.map(|(name, value)| vec![name, value]));
    Ok(())
}

/// Who answers for an account; who no longer can is marked.
fn contacts(account: &v2::ServiceAccount) -> String {
    let contact = |contact: &v2::Contact| match contact.answering {
        true => contact.name.clone(),
        false => {
            let name = &contact.name;
            words!("{name} (no longer answers)", "{name}（対応できません）")
        }
    };
    account.contacts.iter().map(contact).collect::<Vec<_>>().join(", ")
}

pub(crate) fn row(account: v2::ServiceAccount) -> Vec<String> {
    let contacts = contacts(&account);
    let state = match account.disabled_at {
        Some(_) => words!("disabled", "無効"),
        None => words!("enabled", "有効"),
    };
    let home = account.project.unwrap_or(account.organization);
    vec![account.name, home, state, account.ceiling.join(","), contacts]
}
