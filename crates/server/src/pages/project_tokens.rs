//! A project's API tokens.

use axum::response::Response;
use maud::Markup;
use rondo_app::{Refusal, TokenList};
use rondo_domain::name::Label;
use rondo_domain::token::{Holder, Scope, Token, TokenId, UseClient, Wish};

use super::created::shown_once;
use super::done::Done;
use super::fields::Fields;
use super::visit::Visit;
use super::{narrowing, policy, problem, reply};
use crate::web::form::Problem;
use crate::web::path::{self, segment};
use crate::web::project_tokens::{self, NewToken, ProjectTokens, Row};

/// `GET …/api`
pub(super) async fn list(visit: Visit) -> Result<Response, Refusal> {
    let tokens = visit.app().tokens(visit.ctx(), TokenList::Of(visit.project())).await?;
    let still = visit.app().still_used(&tokens).await?;
    let rows = tokens.iter().filter_map(|token| row(&visit, token, still.get(&token.id))).collect();
    let view = ProjectTokens {
        project: visit.place(),
        rows,
        law: policy::law(&visit, visit.project().org),
    };
    Ok(reply::unkept(&visit.chrome, project_tokens::list(&visit.chrome, &view)))
}

/// A project's token; a person's is none.
fn row(visit: &Visit, token: &Token, still: Option<&UseClient>) -> Option<Row> {
    let Holder::Project(_, scope) = token.holder else { return None };
    Some(Row {
        id: token.id.to_string(),
        label: token.label.to_string(),
        scope,
        created: token.created_at.0,
        last_used: token.last_used_at.map(|at| at.0),
        standing: narrowing::standing(visit, token, still),
    })
}

/// `GET …/api/new`
pub(super) async fn show_form(visit: Visit) -> Result<Response, Refusal> {
    visit.app().require_recent(visit.session()?, visit.ctx().at)?;
    let scope = visit.asked("scope").and_then(|scope| scope.parse().ok());
    let asked = |field: &str| visit.asked(field).unwrap_or_default().to_owned();
    let view = NewToken {
        scope: scope.unwrap_or(Scope::Status),
        label: asked("label"),
        narrowing: narrowing::read(asked),
        law: policy::law(&visit, visit.project().org),
        problems: Vec::new(),
    };
    let page = project_tokens::new(&visit.chrome, &visit.place(), &view);
    Ok(reply::unkept(&visit.chrome, page))
}

/// `POST …/api`
pub(super) async fn create(visit: Visit, mut fields: Fields) -> Result<Response, Refusal> {
    let (scope, label, key) = (fields.take("scope"), fields.take("label"), fields.once());
    let narrowing = narrowing::read(|field| fields.take_lines(field));
    let place = visit.place();
    if visit.app().require_recent(visit.session()?, visit.ctx().at).is_err() {
        let form = place.new_token_filled(&scope, &label, &narrowing);
        return Ok(reply::go(&path::again(&form)));
    }
    let wish = narrowing::wish(&visit, &narrowing);
    let law = policy::law(&visit, visit.project().org);
    let mut view = NewToken { label, narrowing, law, ..NewToken::default() };
    match (scope.parse::<Scope>(), view.label.parse::<Label>(), wish) {
        (Ok(scope), Ok(label), Ok(wish)) => {
            match make(&visit, (scope, label), Wish { key, ..wish }).await {
                Ok(answer) => return Ok(answer),
                Err(Refusal::Exists(..)) => {
                    return Ok(reply::go_saying(&place.tokens(), Done::TokenMadeBefore));
                }
                // An end in the past, for instance.
                Err(refusal) => {
                    view.scope = scope;
                    view.problems.push(narrowing::at_field(&visit, refusal)?);
                }
            }
        }
        (scope, label, wish) => {
            let text = visit.chrome.text();
            match scope {
                Ok(scope) => view.scope = scope,
                Err(error) => view.problems.push(problem::at(text, "scope", error.into())?),
            }
            if let Err(error) = label {
                view.problems.push(problem::at(text, "label", error.into())?);
            }
            view.problems.extend(wish.err().unwrap_or_default());
        }
    }
    Ok(reply::failed(&visit.chrome, project_tokens::new(&visit.chrome, &place, &view)))
}

async fn make(visit: &Visit, what: (Scope, Label), wish: Wish) -> Result<Response, Refusal> {
    let (app, project, place, scope) = (visit.app(), visit.project(), visit.place(), what.0);
    let new = app.create_project_token(visit.ctx(), project, what, wish).await?;
    let view = shown_once(visit, &new, &first_use(visit, scope), place.tokens());
    let page = project_tokens::created(&visit.chrome, &place, &view);
    Ok(reply::unkept(&visit.chrome, page))
}

/// Something that the scope opens.
pub(super) fn first_use(visit: &Visit, scope: Scope) -> String {
    let slug = &visit.project().slug;
    let (org, repo) = (segment(slug.org()), segment(slug.repo()));
    let what = match scope {
        Scope::Status | Scope::All => "?limit=1",
        Scope::ViewBuilds => "/latest/artifacts",
        Scope::Badge | Scope::Job => return badge(visit),
    };
    let url = &visit.app().policy().url;
    format!("{url}/api/v1.1/project/{}/{org}/{repo}{what}", slug.vcs.long())
}

/// `GET …/api/{id}/delete`
pub(super) async fn ask(visit: Visit) -> Result<Response, Refusal> {
    let page = question(&visit, &[]).await?;
    Ok(reply::unkept(&visit.chrome, page))
}

/// The question before a token is deleted, and what was wrong with the reason.
async fn question(visit: &Visit, problems: &[Problem]) -> Result<Markup, Refusal> {
    let id: TokenId = visit.id("id", "token")?;
    let tokens = visit.app().tokens(visit.ctx(), TokenList::Of(visit.project())).await?;
    let token = tokens.iter().find(|token| token.id == id);
    let row = token.and_then(|token| row(visit, token, None));
    let row = row.ok_or_else(|| Refusal::Missing("token", id.to_string()))?;
    Ok(project_tokens::delete(&visit.chrome, &visit.place(), &row, problems))
}

/// `POST …/api/{id}/delete`
pub(super) async fn delete(visit: Visit, mut fields: Fields) -> Result<Response, Refusal> {
    let id = visit.id("id", "token")?;
    let reason = match problem::reason(visit.chrome.text(), &fields.take("reason")) {
        Ok(reason) => reason,
        Err(problem) => {
            let page = question(&visit, &[problem]).await?;
            return Ok(reply::failed(&visit.chrome, page));
        }
    };
    visit.app().delete_token(visit.ctx(), TokenList::Of(visit.project()), id, reason).await?;
    Ok(reply::go_saying(&visit.place().tokens(), Done::TokenRemoved))
}

/// `POST …/api/{id}/disable`
pub(super) async fn disable(visit: Visit, _: Fields) -> Result<Response, Refusal> {
    let id = visit.id("id", "token")?;
    visit.app().disable_token(visit.ctx(), TokenList::Of(visit.project()), id).await?;
    Ok(reply::go_saying(&visit.place().tokens(), Done::TokenDisabled))
}

/// `POST …/api/{id}/enable`
pub(super) async fn enable(visit: Visit, _: Fields) -> Result<Response, Refusal> {
    let id = visit.id("id", "token")?;
    visit.app().enable_token(visit.ctx(), TokenList::Of(visit.project()), id).await?;
    Ok(reply::go_saying(&visit.place().tokens(), Done::TokenEnabled))
}

/// The address of the project's badge.
fn badge(visit: &Visit) -> String {
    let slug = &visit.project().slug;
    let (org, repo) = (segment(slug.org()), segment(slug.repo()));
    format!("{}/{}/{org}/{repo}.svg", visit.app().policy().url, slug.vcs.short())
}
