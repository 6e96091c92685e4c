//! The policy of an organization: the form, what it would mean, and its being put into effect; and the
//! approvals that it asks for.

use axum::response::Response;
use maud::Markup;
use rondo_app::{Approvable, Invalid, PolicyStop, PolicyWish, Refusal};
use rondo_domain::OrgId;
use rondo_domain::policy::{Breach, Rules, RulesError};
use rondo_domain::token::{Chosen, Holder, Reach, ReachError, Token, TokenId};

use super::done::Done;
use super::fields::Fields;
use super::visit::Visit;
use super::{narrowing, problem, reply};
use crate::v2::policy::who_said;
use crate::web::form::Problem;
use crate::web::organization_tokens::Place;
use crate::web::path;
use crate::web::policy::{self as page, Draft, Law, Preview, Said};

/// `GET /settings/organization/{vcs}/{org}/policy`
pub(super) async fn show(visit: Visit) -> Result<Response, Refusal> {
    visit.app().require_recent(visit.session()?, visit.ctx().at)?;
    let page = form(&visit, &[]).await?;
    Ok(reply::unkept(&visit.chrome, page))
}

/// The form with the policy as it is now.
async fn form(visit: &Visit, problems: &[Problem]) -> Result<Markup, Refusal> {
    let (version, rules) =
        visit.app().organization_policy(visit.ctx(), visit.organization()).await?;
    let days = |days: Option<i64>| days.map_or_else(String::new, |days| days.to_string());
    let networks = rules.networks.listed().unwrap_or_default().iter();
    let draft = Draft {
        version,
        max_days: days(rules.max_days),
        no_unrestricted: rules.no_unrestricted,
        networks: networks.map(ToString::to_string).collect::<Vec<_>>().join("\n"),
        idle_days: days(rules.idle_days),
        no_query: rules.no_query,
        approval: rules.approval_since.is_some(),
    };
    Ok(page::page(&visit.chrome, &place(visit), &draft, problems))
}

fn place(visit: &Visit) -> Place {
    Place::from(visit.organization())
}

/// `POST …/policy`: first what it would mean, and then the deed.
pub(super) async fn save(visit: Visit, mut fields: Fields) -> Result<Response, Refusal> {
    let place = place(&visit);
    if visit.app().require_recent(visit.session()?, visit.ctx().at).is_err() {
        return Ok(reply::go(&path::again(&place.policy())));
    }
    let sure = !fields.take("sure").is_empty();
    let draft = Draft {
        version: fields.take("version").parse().unwrap_or(-1),
        max_days: fields.take("max_days").trim().to_owned(),
        no_unrestricted: !fields.take("no_unrestricted").is_empty(),
        networks: fields.take_lines("networks"),
        idle_days: fields.take("idle_days").trim().to_owned(),
        no_query: !fields.take("no_query").is_empty(),
        approval: !fields.take("approval").is_empty(),
    };
    let bad = |problems: &[Problem]| {
        reply::failed(&visit.chrome, page::page(&visit.chrome, &place, &draft, problems))
    };
    let wish = match read(&visit, &draft) {
        Ok(wish) => wish,
        Err(problems) => return Ok(bad(&problems)),
    };
    let (app, ctx, org) = (visit.app(), visit.ctx(), visit.organization());
    // What was shown was confirmed.
    let wish = PolicyWish { confirmed: sure, ..wish };
    if sure {
        return match app.set_policy(ctx, org, wish).await {
            Ok(_) => Ok(reply::go_saying(&place.policy(), Done::PolicySaved)),
            Err(Refusal::Outdated(_)) => {
                let message = visit.chrome.text().policy.outdated.to_owned();
                let page = form(&visit, &[Problem { field: "max_days", message }]).await?;
                Ok(reply::failed(&visit.chrome, page))
            }
            Err(Refusal::Invalid(Invalid::Rules(error))) => Ok(bad(&[wrong(&visit, error)?])),
            Err(other) => Err(other),
        };
    }
    let preview = match app.preview_policy(ctx, org, &wish).await {
        Ok(preview) => preview,
        Err(Refusal::Invalid(Invalid::Rules(error))) => return Ok(bad(&[wrong(&visit, error)?])),
        Err(other) => return Err(other),
    };
    let view = Preview {
        place,
        draft,
        tokens: preview.tokens,
        stopped: preview.stopped,
        idle: preview.idle,
        outside: app.left_out(ctx, &wish).map(|own| own.to_string()),
    };
    Ok(reply::unkept(&visit.chrome, page::preview(&visit.chrome, &view)))
}

fn wrong(visit: &Visit, error: RulesError) -> Result<Problem, Refusal> {
    problem::at(visit.chrome.text(), error.field(), error.into())
}

fn read(visit: &Visit, draft: &Draft) -> Result<PolicyWish, Vec<Problem>> {
    let mut problems = Vec::new();
    let mut days = |text: &str, field| {
        if text.is_empty() {
            return None;
        }
        let days = text.parse().ok();
        if days.is_none() {
            problems.extend(wrong(visit, RulesError::Days(field)).ok());
        }
        days
    };
    let (max_days, idle_days) =
        (days(&draft.max_days, "max_days"), days(&draft.idle_days, "idle_days"));
    let networks =
        narrowing::lines(&draft.networks, |text| text.parse().map_err(ReachError::Network));
    let networks = networks.unwrap_or_else(|error| {
        problems.extend(narrowing::at_field(visit, error.into()).ok());
        None
    });
    if !problems.is_empty() {
        return Err(problems);
    }
    let rules = Rules {
        max_days,
        no_unrestricted: draft.no_unrestricted,
        networks: networks.and_then(Chosen::only).unwrap_or_default(),
        idle_days,
        no_query: draft.no_query,
        approval_since: None,
    };
    let (version, approval) = (draft.version, draft.approval);
    Ok(PolicyWish { version, rules, approval, confirmed: false })
}

/// `GET /settings/organization/{vcs}/{org}/approvals`
pub(super) async fn approvals(visit: Visit) -> Result<Response, Refusal> {
    let found = visit.app().approvals(visit.ctx(), visit.organization()).await?;
    let rows: Vec<_> = found.iter().map(|one| row(&visit, one)).collect();
    let page = page::approvals(&visit.chrome, &place(&visit), &rows);
    Ok(reply::unkept(&visit.chrome, page))
}

fn row(visit: &Visit, one: &Approvable) -> page::Approvable {
    let token = &one.listed.token;
    let memory = visit.app().memory();
    let owner = match token.holder {
        Holder::Person(owner) => memory.person(owner),
        Holder::Project(..) | Holder::Service(_) => None,
    };
    let service = match token.holder {
        Holder::Service(id) => {
            memory.service_name(id).map(|name| (visit.chrome.text().service.named)(&name))
        }
        Holder::Person(_) | Holder::Project(..) => None,
    };
    let mut standing = narrowing::standing(visit, token, None);
    // What is said of it here stands in a column of its own, and elsewhere it is nobody's business.
    let own = visit.organization().to_string();
    let stops = visit.app().policy_stops(token).into_iter();
    let other = stops.filter(|stop| stop.organization == own && stop.breach != Breach::Approval);
    standing.stops = other.map(|stop| sentence(visit, stop)).collect();
    page::Approvable {
        id: token.id.to_string(),
        label: token.label.to_string(),
        own: one.own,
        owner: owner.map(|owner| owner.name.to_string()).or(service).unwrap_or_default(),
        created: token.created_at.0,
        last_used: token.last_used_at.map(|at| at.0),
        standing,
        said: one.said.as_ref().map(|said| Said {
            granted: said.granted,
            by: who_said(visit.app(), &said.by),
            at: said.at.0,
            reason: said.reason.as_ref().map(ToString::to_string),
        }),
    }
}

/// `POST …/approvals/{id}/approve`
pub(super) async fn approve(visit: Visit, _: Fields) -> Result<Response, Refusal> {
    let place = place(&visit);
    if visit.app().require_recent(visit.session()?, visit.ctx().at).is_err() {
        return Ok(reply::go(&path::again(&place.approvals())));
    }
    let id: TokenId = visit.id("id", "token")?;
    visit.app().approve_token(visit.ctx(), visit.organization(), id).await?;
    Ok(reply::go_saying(&place.approvals(), Done::TokenApproved))
}

/// `GET …/approvals/{id}/refuse`
pub(super) async fn ask(visit: Visit) -> Result<Response, Refusal> {
    let page = question(&visit, &[]).await?;
    Ok(reply::unkept(&visit.chrome, page))
}

/// The question before a token is refused, and what was wrong with the reason.
async fn question(visit: &Visit, problems: &[Problem]) -> Result<Markup, Refusal> {
    let id: TokenId = visit.id("id", "token")?;
    let found = visit.app().approvals(visit.ctx(), visit.organization()).await?;
    let found = found.iter().map(|one| &one.listed.token).find(|token| token.id == id);
    let token = found.ok_or(Refusal::NotNow("the token takes no approval there"))?;
    let named = (id.as_str(), token.label.as_str());
    Ok(page::refuse(&visit.chrome, &place(visit), named, problems))
}

/// `POST …/approvals/{id}/refuse`
pub(super) async fn refuse(visit: Visit, mut fields: Fields) -> Result<Response, Refusal> {
    let id: TokenId = visit.id("id", "token")?;
    let reason = match problem::reason(visit.chrome.text(), &fields.take("reason")) {
        Ok(reason) => reason,
        Err(problem) => {
            let page = question(&visit, &[problem]).await?;
            return Ok(reply::failed(&visit.chrome, page));
        }
    };
    visit.app().refuse_token(visit.ctx(), visit.organization(), id, reason).await?;
    Ok(reply::go_saying(&place(&visit).approvals(), Done::TokenRefused))
}

/// The policies that govern a person's new token.
pub(super) fn laws(visit: &Visit) -> Vec<Law> {
    let all = visit.app().policies_for(visit.ctx()).into_iter();
    all.map(|(organization, rules)| Law { organization, rules }).collect()
}

/// The policy that governs a new token of a project, or of a service account, of an organization.
pub(super) fn law(visit: &Visit, org: OrgId) -> Option<Law> {
    let (organization, rules) = visit.app().policy_for(org)?;
    Some(Law { organization, rules })
}

/// What policies will mean for a person's new token of this reach, in sentences.
pub(super) fn foresight(visit: &Visit, reach: &Reach) -> Vec<String> {
    let stops = visit.app().policy_foresight(visit.ctx(), reach).into_iter();
    let locale = visit.chrome.locale;
    stops.map(|(organization, breach)| page::stop(locale, &organization, breach, None)).collect()
}

/// What policies mean for a token: of which organization, and in a sentence.
pub(super) fn stops(visit: &Visit, token: &Token) -> Vec<(String, String)> {
    visit.app().policy_stops(token).into_iter().map(|stop| sentence(visit, stop)).collect()
}

fn sentence(visit: &Visit, stop: PolicyStop) -> (String, String) {
    let reason = stop.said.as_ref().and_then(|said| said.reason.as_ref());
    let reason = reason.map(ToString::to_string);
    let refused = stop.said.as_ref().map(|_| reason.as_deref());
    let says = page::stop(visit.chrome.locale, &stop.organization, stop.breach, refused);
    (stop.organization, says)
}
