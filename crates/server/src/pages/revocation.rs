//! Many tokens deleted at once, by what is true of them: the form, what would be hit, and the deed, which
//! takes the number of them.

use axum::response::Response;
use rondo_app::{Invalid, PredicateWish, Refusal};
use rondo_domain::name::Reason;
use rondo_domain::token::{Days, Holder, MissedToken, Predicate, ReachError, Token};

use super::done::Done;
use super::fields::Fields;
use super::visit::Visit;
use super::{narrowing, problem, reply};
use crate::v1::usage;
use crate::web::form::Problem;
use crate::web::path;
use crate::web::revocation::{self as page, Conditions, Hit, Missed, MissedRow, Preview};

const DAY: i64 = 24 * 3600 * 1000;

/// `GET /settings/server/revoke`
pub(super) async fn show_form(visit: Visit) -> Result<Response, Refusal> {
    visit.app().require_recent(visit.session()?, visit.ctx().at)?;
    let page = page::form(&visit.chrome, &Conditions::default(), &[]);
    Ok(reply::unkept(&visit.chrome, page))
}

/// `POST /settings/server/revoke`: without a number what would be hit, with it the deed.
pub(super) async fn revoke(visit: Visit, mut fields: Fields) -> Result<Response, Refusal> {
    if visit.app().require_recent(visit.session()?, visit.ctx().at).is_err() {
        return Ok(reply::go(&path::again(path::REVOKE)));
    }
    let conditions = Conditions {
        before: fields.take("before"),
        token: fields.take("token").trim().to_owned(),
        person: fields.take("person").trim().to_owned(),
        project: fields.take("project").trim().to_owned(),
        organization: fields.take("organization").trim().to_owned(),
        never_used: !fields.take("never_used").is_empty(),
        unrestricted: !fields.take("unrestricted").is_empty(),
        seen_from: fields.take("seen_from").trim().to_owned(),
        reason: fields.take("reason"),
    };
    let (mut wish, reason) = match read(&visit, &conditions) {
        Ok(read) => read,
        Err(problems) => {
            let page = page::form(&visit.chrome, &conditions, &problems);
            return Ok(reply::failed(&visit.chrome, page));
        }
    };
    wish.preview = fields.take("preview").parse().ok();
    let predicate = match visit.app().predicate(visit.ctx(), &wish).await {
        Ok(predicate) => predicate,
        Err(Refusal::Missing(field @ ("person" | "project" | "organization"), name)) => {
            let message = (visit.chrome.text().finding.unknown)(&name);
            let page = page::form(&visit.chrome, &conditions, &[Problem { field, message }]);
            return Ok(reply::failed(&visit.chrome, page));
        }
        Err(other) => return Err(other),
    };
    let typed = fields.take("count");
    let count: Option<i64> = typed.trim().parse().ok();
    let mut problems = Vec::new();
    if let Some(count) = count {
        let (ctx, preview) = (visit.ctx(), wish.preview.as_ref());
        match visit.app().revoke_tokens(ctx, (&predicate, count), preview, reason).await {
            Ok(()) => return Ok(reply::go_saying(path::REVOKE, Done::TokensRevoked)),
            Err(Refusal::Invalid(Invalid::Count(_))) => {}
            Err(other) => return Err(other),
        }
    }
    let found = visit.app().tokens_hit_by(visit.ctx(), &predicate).await?;
    let count = found.count;
    if !typed.is_empty() {
        let message = (visit.chrome.text().finding.other_count)(count);
        problems.push(Problem { field: "count", message });
    }
    let (from, until) = (fields.take("from"), fields.take("until"));
    let missed = match missed(&visit, &predicate, (&from, &until)).await? {
        Ok(missed) => missed,
        Err((problem, missed)) => {
            problems.push(problem);
            missed
        }
    };
    let bad = !problems.is_empty();
    let first = found.first.iter().map(|token| hit(&visit, token)).collect();
    let word = found.word.to_string();
    let view = Preview { conditions, word, count, first, problems, missed };
    let page = page::preview(&visit.chrome, &view);
    Ok(if bad { reply::failed(&visit.chrome, page) } else { reply::unkept(&visit.chrome, page) })
}

fn read(
    visit: &Visit,
    conditions: &Conditions,
) -> Result<(PredicateWish, Option<Reason>), Vec<Problem>> {
    let text = visit.chrome.text();
    let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let mut problems = Vec::new();
    let before = given(&conditions.before).map(|text| narrowing::moment(&text)).transpose();
    let before = before.unwrap_or_else(|_| {
        let message = text.problem.bad_moment.to_owned();
        problems.push(Problem { field: "before", message });
        None
    });
    let reason = problem::reason(text, &conditions.reason).unwrap_or_else(|problem| {
        problems.push(problem);
        None
    });
    let token = given(&conditions.token).map(|id| id.parse()).transpose().unwrap_or_else(|_| {
        let message = (text.finding.unknown)(&conditions.token);
        problems.push(Problem { field: "token", message });
        None
    });
    let seen_from = given(&conditions.seen_from).map(|network| network.parse()).transpose();
    let seen_from = seen_from.unwrap_or_else(|error| {
        let message = problem::reach(text, &ReachError::Network(error));
        problems.push(Problem { field: "seen_from", message });
        None
    });
    let wish = PredicateWish {
        before,
        token,
        person: given(&conditions.person),
        project: given(&conditions.project),
        organization: given(&conditions.organization),
        never_used: conditions.never_used,
        unrestricted: conditions.unrestricted,
        seen_from,
        preview: None,
    };
    if problems.is_empty() { Ok((wish, reason)) } else { Err(problems) }
}

/// Who would have been refused on the days that were asked for, or in the last week; a problem, where what
/// was typed is no days.
async fn missed(
    visit: &Visit,
    predicate: &Predicate,
    (from, until): (&str, &str),
) -> Result<Result<Missed, (Problem, Missed)>, Refusal> {
    let now = visit.ctx().at;
    let day = |text: &str, otherwise| match text.is_empty() {
        true => Some(otherwise),
        false => crate::audit::moment(text),
    };
    let days = day(from, now.plus(-7 * DAY)).zip(day(until, now));
    let days = days.and_then(|(from, until)| Days::between(from, until));
    let Some(days) = days else {
        let message = visit.chrome.text().finding.bad_days.to_owned();
        let (from, until) = (from.to_owned(), until.to_owned());
        let missed = Missed { from, until, tokens: 0, uses: 0, rows: Vec::new() };
        return Ok(Err((Problem { field: "from", message }, missed)));
    };
    let rehearsal = visit.app().rehearse(visit.ctx(), predicate, days).await?;
    let row = |missed: MissedToken| MissedRow {
        id: missed.token.id.to_string(),
        label: missed.token.label.to_string(),
        owner: owner(visit, &missed.token),
        uses: missed.uses,
        clients: missed.clients,
        routes: missed.counts.into_iter().map(|c| (c.route, c.network, c.accepted)).collect(),
    };
    Ok(Ok(Missed {
        from: usage::day(days.from),
        until: usage::day(days.until),
        tokens: rehearsal.tokens,
        uses: rehearsal.uses,
        rows: rehearsal.first.into_iter().map(row).collect(),
    }))
}

fn owner(visit: &Visit, token: &Token) -> String {
    let memory = visit.app().memory();
    match token.holder {
        Holder::Service(id) => {
            let name = memory.service_name(id).unwrap_or_else(|| id.to_string());
            (visit.chrome.text().service.named)(&name)
        }
        Holder::Person(id) => {
            memory.person(id).map_or_else(|| id.to_string(), |p| p.name.to_string())
        }
        Holder::Project(id, _) => {
            memory.project_of(id).map_or_else(|| id.to_string(), |p| p.slug.to_string())
        }
    }
}

fn hit(visit: &Visit, token: &Token) -> Hit {
    Hit {
        id: token.id.to_string(),
        label: token.label.to_string(),
        owner: owner(visit, token),
        created: token.created_at.0,
        last_used: token.last_used_at.map(|at| at.0),
    }
}
