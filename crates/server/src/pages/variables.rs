//! A project's environment variables. A value goes in and never comes back to a page.

use axum::response::Response;
use rondo_app::{Invalid, Refusal};
use rondo_domain::variable::{VariableError, VariableName};
use rondo_domain::{Permission, SecretValue};

use super::done::Done;
use super::fields::Fields;
use super::visit::Visit;
use super::{problem, reply};
use crate::web::variables::{self, NewVariable, Row, Variables};

/// `GET …/env`
pub(super) async fn list(visit: Visit) -> Result<Response, Refusal> {
    let variables = visit.app().variables(visit.ctx(), visit.project()).await?;
    let row = |variable: &rondo_domain::MaskedVariable| Row {
        name: variable.name.clone(),
        masked: variable.mask.clone(),
        created: variable.created_at.0,
    };
    let view = Variables {
        project: visit.place(),
        rows: variables.iter().map(row).collect(),
        may_change: visit.may(Permission::WriteSettings),
    };
    Ok(reply::page(&visit.chrome, variables::list(&visit.chrome, &view)))
}

/// `GET …/env/new`
pub(super) async fn show_form(visit: Visit) -> Result<Response, Refusal> {
    let page = variables::new(&visit.chrome, &visit.place(), &NewVariable::default());
    Ok(reply::page(&visit.chrome, page))
}

/// `POST …/env`
pub(super) async fn save(visit: Visit, mut fields: Fields) -> Result<Response, Refusal> {
    let name = fields.take("name").trim().to_owned();
    let value = SecretValue::new(fields.take_lines("value"));
    let saved = match name.parse::<VariableName>() {
        Ok(name) => visit.app().set_variable(visit.ctx(), visit.project(), &name, value).await,
        Err(error) => Err(error.into()),
    };
    let place = visit.place();
    match saved {
        Ok(_) => Ok(reply::go_saying(&place.variables(), Done::VariableSaved)),
        Err(refusal) => {
            let problem = problem::at(visit.chrome.text(), field(&refusal), refusal)?;
            let view = NewVariable { name, problems: vec![problem] };
            let page = variables::new(&visit.chrome, &place, &view);
            Ok(reply::failed(&visit.chrome, page))
        }
    }
}

fn field(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::Invalid(Invalid::Variable(VariableError::Value(_))) => "value",
        _ => "name",
    }
}

/// `GET …/env/{name}/delete`
pub(super) async fn ask(visit: Visit) -> Result<Response, Refusal> {
    let name: VariableName = visit.id("name", "variable")?;
    visit.app().variable(visit.ctx(), visit.project(), &name).await?;
    let page = variables::delete(&visit.chrome, &visit.place(), name.as_str());
    Ok(reply::page(&visit.chrome, page))
}

/// `POST …/env/{name}/delete`
pub(super) async fn delete(visit: Visit, _: Fields) -> Result<Response, Refusal> {
    let name: VariableName = visit.id("name", "variable")?;
    visit.app().delete_variable(visit.ctx(), visit.project(), &name).await?;
    Ok(reply::go_saying(&visit.place().variables(), Done::VariableRemoved))
}
