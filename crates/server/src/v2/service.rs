//! Service accounts of an organization and of a project: the paths of both are the same behind what they
//! name.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use rondo_app::{App, Refusal, ServiceWish};
use rondo_domain::token::ReachError;
use rondo_domain::{Permissions, PersonId, ServiceAccount};
use rondo_wire::{v1, v2};

use crate::Server;
use crate::failure::ApiResult;
use crate::feed::time;
use crate::granted::{Granted, Sent};
use crate::v1::body;
use crate::v1::user_token::{done, reason};

/// The account that the path names, by its id or its name.
pub(super) fn named(server: &Server, granted: &Granted) -> Result<ServiceAccount, Refusal> {
    let named = granted.name("account");
    server.app.service(&granted.ctx, granted.home(), named)
}

fn shape(app: &App, granted: &Granted, account: &ServiceAccount) -> v2::ServiceAccount {
    service_account(app, granted.organization_slug(), account)
}

/// An account of an organization as whoever looks after it sees it.
pub fn service_account(
    app: &App,
    organization: String,
    account: &ServiceAccount,
) -> v2::ServiceAccount {
    let memory = app.memory();
    let project = account.home.project().and_then(|id| memory.project_of(id));
    let contact = |id: &PersonId| {
        let name = memory.person(*id).map_or_else(|| id.to_string(), |p| p.name.to_string());
        v2::Contact { name, answering: app.is_answering(account, *id) }
    };
    v2::ServiceAccount {
        id: account.id.to_string(),
        name: account.name.to_string(),
        organization,
        project: project.map(|project| project.slug.to_string()),
        ceiling: account.ceiling.rights().iter().map(|right| right.to_string()).collect(),
        contacts: account.contacts.iter().map(contact).collect(),
        created_at: time(account.created_at),
        disabled_at: account.disabled_at.map(time),
    }
}

/// The account as it is now.
fn shown(
    server: &Server,
    granted: &Granted,
    account: &ServiceAccount,
) -> Result<Json<v2::ServiceAccount>, Refusal> {
    let id = account.id.to_string();
    let now = server.app.service(&granted.ctx, granted.home(), &id)?;
    Ok(Json(shape(&server.app, granted, &now)))
}

fn rights(words: &[String]) -> Result<Permissions, ReachError> {
    words.iter().map(|word| word.parse().map_err(ReachError::Permission)).collect()
}

pub(crate) async fn list(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
) -> ApiResult<Json<v2::ServiceAccounts>> {
    let accounts = server.app.services(&granted.ctx, granted.home())?;
    let items = accounts.iter().map(|account| shape(&server.app, &granted, account)).collect();
    Ok(Json(v2::ServiceAccounts { items, next_page_token: None }))
}

pub(crate) async fn create(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
    Sent(sent): Sent,
) -> ApiResult<(StatusCode, Json<v2::ServiceAccount>)> {
    let wanted: v2::CreateServiceAccount = body::json(&sent)?;
    let wish = ServiceWish {
        name: wanted.name.parse()?,
        ceiling: rights(&wanted.ceiling)?,
        contacts: wanted.contacts.unwrap_or_default(),
    };
    let account = server.app.create_service(&granted.ctx, granted.home(), wish).await?;
    Ok((StatusCode::CREATED, Json(shape(&server.app, &granted, &account))))
}

pub(crate) async fn show(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
) -> ApiResult<Json<v2::ServiceAccount>> {
    let account = named(&server, &granted)?;
    Ok(Json(shape(&server.app, &granted, &account)))
}

pub(crate) async fn change_ceiling(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
    Sent(sent): Sent,
) -> ApiResult<Json<v2::ServiceAccount>> {
    let wanted: v2::ChangeCeiling = body::json(&sent)?;
    let account = named(&server, &granted)?;
    server.app.change_ceiling(&granted.ctx, &account, rights(&wanted.ceiling)?).await?;
    Ok(shown(&server, &granted, &account)?)
}

pub(crate) async fn rename(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
    Sent(sent): Sent,
) -> ApiResult<Json<v2::ServiceAccount>> {
    let wanted: v2::RenameServiceAccount = body::json(&sent)?;
    let account = named(&server, &granted)?;
    server.app.rename_service(&granted.ctx, &account, &wanted.name.parse()?).await?;
    Ok(shown(&server, &granted, &account)?)
}

pub(crate) async fn change_contacts(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
    Sent(sent): Sent,
) -> ApiResult<Json<v2::ServiceAccount>> {
    let wanted: v2::ChangeContacts = body::json(&sent)?;
    let account = named(&server, &granted)?;
    server.app.change_contacts(&granted.ctx, &account, &wanted.contacts).await?;
    Ok(shown(&server, &granted, &account)?)
}

pub(crate) async fn disable(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
) -> ApiResult<Json<v1::Message>> {
    let account = named(&server, &granted)?;
    server.app.disable_service(&granted.ctx, &account).await?;
    Ok(done())
}

pub(crate) async fn enable(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
) -> ApiResult<Json<v1::Message>> {
    let account = named(&server, &granted)?;
    server.app.enable_service(&granted.ctx, &account).await?;
    Ok(done())
}

pub(crate) async fn delete(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
    Sent(sent): Sent,
) -> ApiResult<Json<v1::Message>> {
    let account = named(&server, &granted)?;
    server.app.delete_service(&granted.ctx, &account, reason(&sent)?).await?;
    Ok(done())
}
