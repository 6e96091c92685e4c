//! The audit log, page by page, and as a file.

use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use rondo_app::{AuditQuery, AuditRow, AuditWish, Refusal};
use rondo_domain::audit::Event;
use rondo_domain::token::Presented;
use rondo_domain::{Millis, Permission};

use super::reply;
use super::visit::Visit;
use crate::alive::Watch;
use crate::audit::{audit_entry, moment};
use crate::web::audit::{self, Audit, Filter, Row};
use crate::web::path;

/// Entries on a page.
const PAGE: usize = 50;
/// Entries that are read at a time for a file.
const STRIDE: i64 = 1000;

/// `GET /settings/server/audit`
pub(super) async fn list(visit: Visit) -> Result<Response, Refusal> {
    let text = visit.chrome.text();
    let filter = filter(&visit);
    // A value that somebody looks up stays in no address and on no page.
    if let Some(shown) = Presented::parse(&filter.token) {
        let filter = Filter { token: shown.id.to_string(), ..filter };
        return Ok(reply::go(&path::audit(&filter.pairs())));
    }
    let mut view = Audit {
        events: Event::ALL.iter().map(|event| (event.word(), (text.audit.name)(*event))).collect(),
        rows: Vec::new(),
        older: None,
        problem: None,
        filter,
    };
    match wanted(&visit, &view.filter).await? {
        Ok(wish) => {
            let query = visit.app().audit_query(visit.ctx(), &wish).await?;
            let before = visit.asked("before").and_then(|number| number.parse().ok());
            let most = PAGE as i64 + 1;
            let found =
                visit.app().audit(visit.ctx(), AuditQuery { before, ..query }, most).await?;
            view.older = (found.len() > PAGE).then(|| found[PAGE - 1].number);
            view.rows = found.iter().take(PAGE).map(|found| row(&visit, found)).collect();
        }
        Err(problem) => view.problem = Some(problem),
    }
    let bad = view.problem.is_some();
    let page = audit::list(&visit.chrome, &view);
    Ok(if bad { reply::failed(&visit.chrome, page) } else { reply::unkept(&visit.chrome, page) })
}

fn filter(visit: &Visit) -> Filter {
    let asked = |name| visit.asked(name).unwrap_or_default().trim().to_owned();
    Filter {
        event: asked("event"),
        person: asked("person"),
        token: asked("token"),
        service: asked("service"),
        project: asked("project"),
        since: asked("since"),
        until: asked("until"),
        text: asked("text"),
    }
}

/// What a filter wishes for, or what is wrong with it, in the reader's language.
async fn wanted(visit: &Visit, filter: &Filter) -> Result<Result<AuditWish, String>, Refusal> {
    let words = &visit.chrome.text().audit;
    let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let mut times: [Option<Millis>; 2] = [None, None];
    for (time, text) in times.iter_mut().zip([&filter.since, &filter.until]) {
        *time = moment(text);
        if time.is_none() && !text.is_empty() {
            return Ok(Err((words.bad_moment)(text)));
        }
    }
    let wish = AuditWish {
        event: given(&filter.event),
        person: given(&filter.person),
        token: given(&filter.token),
        service: given(&filter.service),
        project: given(&filter.project),
        text: given(&filter.text),
        since: times[0],
        until: times[1],
    };
    match visit.app().audit_query(visit.ctx(), &wish).await {
        Ok(_) => Ok(Ok(wish)),
        Err(Refusal::Missing("token", _)) => Ok(Err((words.unknown)(words.token))),
        Err(Refusal::Missing(_, name)) => Ok(Err((words.unknown)(&name))),
        Err(other) => Err(other),
    }
}

fn row(visit: &Visit, row: &AuditRow) -> Row {
    let words = &visit.chrome.text().audit;
    let entry = audit_entry(visit.app(), row);
    let event = Event::from_word(&entry.event).map(|event| (words.name)(event).to_owned());
    let who = match entry.actor.as_str() {
        "project-token" => words.project_token.to_owned(),
        "console" => words.console.to_owned(),
        "runner" => words.runner.to_owned(),
        "job" => words.job.to_owned(),
        "rotation" => words.rotation.to_owned(),
        "policy" => words.policy.to_owned(),
        "anyone" => words.anyone.to_owned(),
        _ => entry.person.unwrap_or(entry.actor),
    };
    Row {
        number: entry.number,
        at: row.by.at.0,
        event: event.unwrap_or(entry.event),
        who,
        token: entry.token,
        subject: subject_name(visit, &entry.subject),
        detail: subject_name(visit, &entry.detail),
        project: entry.project,
        address: entry.address,
        agent: entry.agent,
        request: entry.request,
    }
}

/// The name of a person that is named by their id; anything else as it is.
fn subject_name(visit: &Visit, subject: &str) -> String {
    let person = subject.parse().ok().and_then(|id| visit.app().memory().person(id));
    person.map_or_else(|| subject.to_owned(), |person| person.name.to_string())
}

/// `GET /settings/server/audit/export`: all that the filter leaves, as JSON lines, newest first.
pub(super) async fn export(visit: Visit) -> Result<Response, Refusal> {
    let wish = match wanted(&visit, &filter(&visit)).await? {
        Ok(wish) => wish,
        Err(_) => return list(visit).await,
    };
    let server = visit.server.clone();
    let watch = Watch { server, granted: visit.granted.clone(), needs: Permission::ManageServer };
    let lines = stream::unfold(Some((visit, wish, None)), |state| async move {
        let (visit, wish, before) = state?;
        match piece(&visit, &wish, before).await {
            Ok(None) => None,
            Ok(Some((lines, last))) => Some((Ok(lines), Some((visit, wish, Some(last))))),
            Err(refusal) => {
                crate::failure::log(&refusal);
                Some((Err(std::io::Error::other("the log cannot be read")), None))
            }
        }
    });
    let mut answer = watch.over(lines.boxed()).into_response();
    reply::put(&mut answer, CONTENT_TYPE, "application/jsonl; charset=utf-8");
    reply::put(&mut answer, CONTENT_DISPOSITION, "attachment; filename=\"rondo-audit.jsonl\"");
    Ok(answer)
}

/// The next entries as lines, and the number of the last of them.
async fn piece(
    visit: &Visit,
    wish: &AuditWish,
    before: Option<i64>,
) -> Result<Option<(Bytes, i64)>, Refusal> {
    let query = visit.app().audit_query(visit.ctx(), wish).await?;
    let rows = visit.app().audit(visit.ctx(), AuditQuery { before, ..query }, STRIDE).await?;
    let Some(last) = rows.last() else { return Ok(None) };
    let mut lines = Vec::new();
    for row in &rows {
        let entry = audit_entry(visit.app(), row);
        serde_json::to_writer(&mut lines, &entry).map_err(|e| Refusal::Fault(e.to_string()))?;
        lines.push(b'\n');
    }
    Ok(Some((lines.into(), last.number)))
}
