//! Service accounts of an organization or of a project: which of them, the address says.

use axum::response::Response;
use rondo_app::{Refusal, ServiceWish, TokenList};
use rondo_domain::name::{NameError, ServiceName};
use rondo_domain::{Ceiling, Permission, Permissions, ServiceAccount};

use super::done::Done;
use super::fields::Fields;
use super::visit::Visit;
use super::{personal_tokens, problem, reply};
use crate::web::form::Problem;
use crate::web::organization_tokens::Place;
use crate::web::service_tokens::Tokens;
use crate::web::services::{
    self as page, Contact, Home, NewService, Row, Service, Services, field_of,
};

/// What the address names, as pages link to it.
pub(super) fn home(visit: &Visit) -> Home {
    match visit.granted.home() {
        rondo_domain::Home::Organization(_) => {
            Home::Organization(Place::from(visit.organization()))
        }
        rondo_domain::Home::Project { .. } => Home::Project(visit.place()),
    }
}

/// The account that the address names.
pub(super) fn account(visit: &Visit) -> Result<ServiceAccount, Refusal> {
    visit.app().service(visit.ctx(), visit.granted.home(), visit.name("account"))
}

fn row(visit: &Visit, account: &ServiceAccount) -> Row {
    let (app, memory) = (visit.app(), visit.app().memory());
    // A project's account stands in its organization's list too.
    let project = account.home.project().and_then(|id| memory.project_of(id));
    let contact = |id: &rondo_domain::PersonId| {
        let name = memory.person(*id).map_or_else(|| id.to_string(), |p| p.name.to_string());
        Contact { name, answering: app.is_answering(account, *id) }
    };
    Row {
        home: project.map_or_else(|| home(visit), |project| Home::Project((&project.slug).into())),
        id: account.id.to_string(),
        name: account.name.to_string(),
        ceiling: account.ceiling.rights(),
        contacts: account.contacts.iter().map(contact).collect(),
        disabled: account.disabled_at.is_some(),
    }
}

/// `GET …/services`
pub(super) async fn list(visit: Visit) -> Result<Response, Refusal> {
    let accounts = visit.app().services(visit.ctx(), visit.granted.home())?;
    let rows = accounts.iter().map(|account| row(&visit, account)).collect();
    let view = Services { home: home(&visit), rows };
    Ok(reply::unkept(&visit.chrome, page::list(&visit.chrome, &view)))
}

/// `GET …/services/new`
pub(super) async fn show_form(visit: Visit) -> Result<Response, Refusal> {
    let own = visit.chrome.person.as_ref().map(|person| person.name.clone());
    let view = NewService {
        name: String::new(),
        ceiling: Permissions::NONE,
        contacts: own.unwrap_or_default(),
        problems: Vec::new(),
    };
    Ok(reply::unkept(&visit.chrome, page::new(&visit.chrome, &home(&visit), &view)))
}

/// The rights whose boxes were ticked.
pub(super) fn ticked(mut field: impl FnMut(&str) -> String) -> Permissions {
    let all = Permission::OF_TOKENS.into_iter();
    all.filter(|right| !field(&field_of(*right)).is_empty()).collect()
}

/// The lines that are not blank.
fn lines(text: &str) -> Vec<String> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.map(str::to_owned).collect()
}

/// A refusal of what was typed, at its field.
fn at_field(visit: &Visit, refusal: Refusal) -> Result<Problem, Refusal> {
    let text = visit.chrome.text();
    match refusal {
        Refusal::Missing("person", name) => {
            Ok(Problem { field: "contacts", message: (text.service.no_member)(&name) })
        }
        Refusal::Lacks(right) => {
            let message = (text.problem.lacks_right)(text.narrowing.right(right));
            Ok(Problem { field: "ceiling", message })
        }
        Refusal::Exists(..) => problem::at(text, "name", refusal),
        Refusal::Invalid(rondo_app::Invalid::Request(_)) => Ok(Problem {
            field: "contacts",
            message: (text.problem.required)(text.service.contacts),
        }),
        other => problem::at(text, "ceiling", other),
    }
}

/// `POST …/services`
pub(super) async fn create(visit: Visit, mut fields: Fields) -> Result<Response, Refusal> {
    let mut view = NewService {
        name: fields.take("name"),
        contacts: fields.take_lines("contacts"),
        ceiling: ticked(|field| fields.take(field)),
        problems: Vec::new(),
    };
    let home = home(&visit);
    let name: Result<ServiceName, NameError> = view.name.parse();
    match (name, Ceiling::new(view.ceiling)) {
        (Ok(name), Ok(_)) => {
            let wish = ServiceWish { name, ceiling: view.ceiling, contacts: lines(&view.contacts) };
            match visit.app().create_service(visit.ctx(), visit.granted.home(), wish).await {
                Ok(account) => {
                    let next = home.account(&account.id.to_string());
                    return Ok(reply::go_saying(&next, Done::ServiceMade));
                }
                Err(refusal) => view.problems.push(at_field(&visit, refusal)?),
            }
        }
        (name, ceiling) => {
            if let Err(error) = name {
                view.problems.push(problem::at(visit.chrome.text(), "name", error.into())?);
            }
            if let Err(error) = ceiling {
                view.problems.push(at_field(&visit, error.into())?);
            }
        }
    }
    Ok(reply::failed(&visit.chrome, page::new(&visit.chrome, &home, &view)))
}

/// `GET …/services/{account}`
pub(super) async fn show(visit: Visit) -> Result<Response, Refusal> {
    let account = account(&visit)?;
    let view = view(&visit, &account).await?;
    Ok(reply::unkept(&visit.chrome, page::page(&visit.chrome, &view)))
}

async fn view(visit: &Visit, account: &ServiceAccount) -> Result<Service, Refusal> {
    let tokens = visit.app().tokens(visit.ctx(), TokenList::OfService(account)).await?;
    let still = visit.app().still_used(&tokens).await?;
    let token = |token| personal_tokens::row(visit, token, still.get(&token.id));
    let row = row(visit, account);
    let names: Vec<_> = row.contacts.iter().map(|contact| contact.name.as_str()).collect();
    Ok(Service {
        name: row.name.clone(),
        contacts: names.join("\n"),
        chosen: row.ceiling,
        row,
        created: account.created_at.0,
        tokens: Tokens { rows: tokens.iter().map(token).collect() },
        problems: Vec::new(),
    })
}

fn place(visit: &Visit, account: &ServiceAccount) -> String {
    home(visit).account(&account.id.to_string())
}

/// `POST …/services/{account}/ceiling`
pub(super) async fn change_ceiling(visit: Visit, mut fields: Fields) -> Result<Response, Refusal> {
    let account = account(&visit)?;
    let rights = ticked(|field| fields.take(field));
    match visit.app().change_ceiling(visit.ctx(), &account, rights).await {
        Ok(()) => Ok(reply::go_saying(&place(&visit, &account), Done::CeilingSaved)),
        Err(refusal) => {
            let problems = vec![at_field(&visit, refusal)?];
            let view = Service { chosen: rights, problems, ..view(&visit, &account).await? };
            Ok(reply::failed(&visit.chrome, page::page(&visit.chrome, &view)))
        }
    }
}

/// `POST …/services/{account}/name`
pub(super) async fn rename(visit: Visit, mut fields: Fields) -> Result<Response, Refusal> {
    let account = account(&visit)?;
    let name = fields.take("name");
    let renamed = match name.parse::<ServiceName>() {
        Ok(name) => visit.app().rename_service(visit.ctx(), &account, &name).await,
        Err(error) => Err(error.into()),
    };
    match renamed {
        Ok(()) => Ok(reply::go_saying(&place(&visit, &account), Done::ServiceRenamed)),
        Err(refusal) => {
            let problems = vec![problem::at(visit.chrome.text(), "name", refusal)?];
            let view = Service { name, problems, ..view(&visit, &account).await? };
            Ok(reply::failed(&visit.chrome, page::page(&visit.chrome, &view)))
        }
    }
}

/// `POST …/services/{account}/contacts`
pub(super) async fn change_contacts(visit: Visit, mut fields: Fields) -> Result<Response, Refusal> {
    let account = account(&visit)?;
    let contacts = fields.take_lines("contacts");
    match visit.app().change_contacts(visit.ctx(), &account, &lines(&contacts)).await {
        Ok(()) => Ok(reply::go_saying(&place(&visit, &account), Done::ContactsSaved)),
        Err(refusal) => {
            let problems = vec![at_field(&visit, refusal)?];
            let view = Service { contacts, problems, ..view(&visit, &account).await? };
            Ok(reply::failed(&visit.chrome, page::page(&visit.chrome, &view)))
        }
    }
}

/// `POST …/services/{account}/disable`
pub(super) async fn disable(visit: Visit, _: Fields) -> Result<Response, Refusal> {
    let account = account(&visit)?;
    visit.app().disable_service(visit.ctx(), &account).await?;
    Ok(reply::go_saying(&place(&visit, &account), Done::ServiceDisabled))
}

/// `POST …/services/{account}/enable`
pub(super) async fn enable(visit: Visit, _: Fields) -> Result<Response, Refusal> {
    let account = account(&visit)?;
    visit.app().enable_service(visit.ctx(), &account).await?;
    Ok(reply::go_saying(&place(&visit, &account), Done::ServiceEnabled))
}

/// `GET …/services/{account}/delete`
pub(super) async fn ask(visit: Visit) -> Result<Response, Refusal> {
    let row = row(&visit, &account(&visit)?);
    Ok(reply::unkept(&visit.chrome, page::delete(&visit.chrome, &row, &[])))
}

/// `POST …/services/{account}/delete`
pub(super) async fn delete(visit: Visit, mut fields: Fields) -> Result<Response, Refusal> {
    let account = account(&visit)?;
    let reason = match problem::reason(visit.chrome.text(), &fields.take("reason")) {
        Ok(reason) => reason,
        Err(problem) => {
            let page = page::delete(&visit.chrome, &row(&visit, &account), &[problem]);
            return Ok(reply::failed(&visit.chrome, page));
        }
    };
    visit.app().delete_service(visit.ctx(), &account, reason).await?;
    Ok(reply::go_saying(&home(&visit).services(), Done::ServiceRemoved))
}
