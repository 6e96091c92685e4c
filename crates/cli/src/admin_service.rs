//! `rondo admin service`: the service accounts of a data folder, looked at and stopped.

use anyhow::bail;
use rondo_app::{App, Ctx, Refusal};
use rondo_domain::{Home, ServiceAccount};
use rondo_server::service_account;

use crate::args::AdminServiceCommand;
use crate::complaint::refusal;
use crate::language::words;
use crate::{print, service};

pub(crate) async fn run(app: &App, ctx: &Ctx, command: AdminServiceCommand) -> anyhow::Result<()> {
    use AdminServiceCommand as Of;
    match command {
        Of::List { json } => {
            let all = accounts(app, ctx).await?.into_iter();
            let all = all.map(|(org, account)| service_account(app, org, &account));
            if json {
                return print::json(&all.collect::<Vec<_>>());
            }
            print::table(&all.map(service::row).collect::<Vec<_>>());
        }
        Of::Show { account, org, json } => {
            let (org, account) = one(app, ctx, &account, org.as_deref()).await?;
            return service::show(service_account(app, org, &account), json);
        }
        Of::Disable { account, org } => {
            let (_, account) = one(app, ctx, &account, org.as_deref()).await?;
            app.disable_service(ctx, &account).await.map_err(refusal)?;
        }
        Of::Enable { account, org } => {
            let (_, account) = one(app, ctx, &account, org.as_deref()).await?;
            app.enable_service(ctx, &account).await.map_err(refusal)?;
        }
    }
    Ok(())
}

/// Every account, with the organization that it is of.
async fn accounts(app: &App, ctx: &Ctx) -> anyhow::Result<Vec<(String, ServiceAccount)>> {
    let mut all = Vec::new();
    for organization in app.organizations(ctx).await.map_err(refusal)? {
        let own = app.services(ctx, Home::Organization(organization.id)).map_err(refusal)?;
        all.extend(own.into_iter().map(|account| (organization.to_string(), account)));
    }
    Ok(all)
}

/// The one of this name or id.
async fn one(
    app: &App,
    ctx: &Ctx,
    named: &str,
    org: Option<&str>,
) -> anyhow::Result<(String, ServiceAccount)> {
    let mut found = accounts(app, ctx).await?;
    found.retain(|(own, account)| {
        let is_it = account.name.as_str() == named || account.id.to_string() == named;
        is_it && org.is_none_or(|org| own == org)
    });
    if found.len() > 1 {
        bail!(words!(
            "several organizations have a service account {named}: say which with --org, or name it by its id",
            "サービスアカウント「{named}」は複数の組織にあります。--org で組織を指定するか、ID で指定してください"
        ));
    }
    let missing = || refusal(Refusal::Missing("service account", named.to_owned()));
    found.pop().ok_or_else(missing)
}
