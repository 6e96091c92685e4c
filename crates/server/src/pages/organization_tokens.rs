//! The tokens of a whole organization: page by page, and as a file for spreadsheets.

use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use rondo_app::{Listed, Refusal, TokenWish};
use rondo_domain::Permission;
use rondo_domain::token::{Holder, Token};

use super::visit::Visit;
use super::{narrowing, reply};
use crate::alive::Watch;
use crate::v2::shape;
use crate::web::narrowing::Standing;
use crate::web::organization_tokens::{self as page, Filter, Row, Tokens};

/// Tokens on a page.
const PAGE: u32 = 50;
/// Tokens that are read at a time for a file.
const STRIDE: u32 = 1000;

/// `GET /settings/organization/{vcs}/{org}/tokens`
pub(super) async fn list(visit: Visit) -> Result<Response, Refusal> {
    let words = &visit.chrome.text().finding;
    let filter = filter(&visit);
    let mut wish = wish(&filter);
    wish.page = visit.asked("page-token").map(str::to_owned);
    let found =
        visit.app().organization_tokens(visit.ctx(), visit.organization(), (&wish, PAGE)).await;
    let (rows, next, problem) = match found {
        Ok(page) => {
            let rows = page.tokens.iter().map(|listed| row(&visit, listed)).collect();
            (rows, page.next, None)
        }
        Err(Refusal::Missing(_, name)) => (Vec::new(), None, Some((words.unknown)(&name))),
        Err(other) => return Err(other),
    };
    let bad = problem.is_some();
    let place = page::Place::from(visit.organization());
    let view = Tokens { place, filter, rows, next, problem };
    let page = page::list(&visit.chrome, &view);
    Ok(if bad { reply::failed(&visit.chrome, page) } else { reply::unkept(&visit.chrome, page) })
}

fn filter(visit: &Visit) -> Filter {
    let asked = |name| visit.asked(name).unwrap_or_default().trim().to_owned();
    Filter {
        kind: asked("kind"),
        owner: asked("owner"),
        project: asked("project"),
        unused: asked("unused"),
        unrestricted: !asked("unrestricted").is_empty(),
        expiring: !asked("expiring").is_empty(),
        search: asked("search"),
    }
}

fn wish(filter: &Filter) -> TokenWish {
    let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    TokenWish {
        kind: given(&filter.kind),
        owner: given(&filter.owner),
        project: given(&filter.project),
        unused: given(&filter.unused),
        unrestricted: filter.unrestricted,
        ending: filter.expiring,
        text: given(&filter.search),
        page: None,
    }
}

fn row(visit: &Visit, listed: &Listed) -> Row {
    let (token, memory) = (&listed.token, visit.app().memory());
    let mut row = Row {
        id: token.id.to_string(),
        label: token.label.to_string(),
        owner: None,
        project: None,
        service: None,
        scope: None,
        created: token.created_at.0,
        last_used: token.last_used_at.map(|at| at.0),
        standing: standing(visit, token),
        limited: false,
        elsewhere: listed.elsewhere,
    };
    let of = |id| memory.project_of(id).map(|project| (&project.slug).into());
    match token.holder {
        Holder::Person(id) => {
            row.owner = memory.person(id).map(|person| person.name.to_string());
            row.limited = listed.limited;
        }
        Holder::Project(id, scope) => (row.project, row.scope) = (of(id), Some(scope)),
        Holder::Service(id) => {
            row.service = memory.service(id).map(|account| {
                row.project = account.home.project().and_then(of);
                (account.id.to_string(), account.name.to_string())
            });
        }
    }
    row
}

/// What this organization's policy means for a token; that of others is not told.
fn standing(visit: &Visit, token: &Token) -> Standing {
    let mut standing = narrowing::standing(visit, token, None);
    let own = page::Place::from(visit.organization()).shown();
    standing.stops.retain(|(organization, _)| *organization == own);
    standing
}

/// `GET /settings/organization/{vcs}/{org}/tokens/export`: all that the filter leaves, as CSV.
pub(super) async fn export(visit: Visit) -> Result<Response, Refusal> {
    let wish = wish(&filter(&visit));
    // What is wrong with the filter is told on the page.
    let checked =
        visit.app().organization_tokens(visit.ctx(), visit.organization(), (&wish, 1)).await;
    if let Err(Refusal::Missing(..)) = checked {
        return list(visit).await;
    }
    checked?;
    let server = visit.server.clone();
    let watch = Watch { server, granted: visit.granted.clone(), needs: Permission::ManageTokens };
    let name = format!("rondo-tokens-{}.csv", visit.organization().name);
    let head = stream::iter([Ok(Bytes::from_static(HEAD.as_bytes()))]);
    let lines = stream::unfold(Some((visit, wish)), |state| async move {
        let (visit, wish) = state?;
        match piece(&visit, &wish).await {
            Ok((lines, None)) => Some((Ok(lines), None)),
            Ok((lines, page)) => Some((Ok(lines), Some((visit, TokenWish { page, ..wish })))),
            Err(refusal) => {
                crate::failure::log(&refusal);
                Some((Err(std::io::Error::other("the tokens cannot be read")), None))
            }
        }
    });
    let mut answer = watch.over(head.chain(lines).boxed()).into_response();
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
    let name: String = name.chars().map(|c| if plain(c) { c } else { '-' }).collect();
    reply::put(&mut answer, CONTENT_TYPE, "text/csv; charset=utf-8; header=present");
    reply::put(&mut answer, CONTENT_DISPOSITION, &format!("attachment; filename=\"{name}\""));
    Ok(answer)
}

const HEAD: &str = "id,kind,label,owner,project,scope,permissions,projects,limited_to_networks,\
                    created_at,last_used_at,expires_at,disabled_at,service_account\r\n";

/// The next tokens as lines, and what leads on.
async fn piece(visit: &Visit, wish: &TokenWish) -> Result<(Bytes, Option<String>), Refusal> {
    let (ctx, org) = (visit.ctx(), visit.organization());
    let page = visit.app().organization_tokens(ctx, org, (wish, STRIDE)).await?;
    let lines = page.tokens.iter().map(|listed| {
        let token = shape::token(visit.app(), &listed.token, ctx.at);
        let list = |list: Option<Vec<String>>| list.map(|list| list.join(" ")).unwrap_or_default();
        let cells = [
            token.id,
            token.kind,
            token.label,
            token.owner.unwrap_or_default(),
            token.project.unwrap_or_default(),
            token.scope.unwrap_or_default(),
            list(token.permissions),
            list(token.projects),
            if listed.limited { "yes".to_owned() } else { String::new() },
            token.created_at,
            token.last_used_at.unwrap_or_default(),
            token.expires_at.unwrap_or_default(),
            token.disabled_at.unwrap_or_default(),
            token.service_account.unwrap_or_default(),
        ];
        cells.map(|text| cell(&text)).join(",") + "\r\n"
    });
    Ok((lines.collect::<String>().into(), page.next))
}

/// A cell of CSV. What a spreadsheet would take for a formula begins with an apostrophe, so that nobody's
/// label is run on the machine of who opens the file.
fn cell(text: &str) -> String {
    let formula = |c: char| {
        matches!(c, '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠')
    };
    let guard =
        if text.trim_start().starts_with(formula) || text.starts_with(formula) { "'" } else { "" };
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::cell;

    #[test]
    fn a_cell_is_quoted_and_is_never_a_formula() {
        for (text, expected) in [
            ("", "\"\""),
            ("nightly, report", "\"nightly, report\""),
            ("say \"hi\"", "\"say \"\"hi\"\"\""),
            ("=1+1", "\"'=1+1\""),
            ("  =cmd|'/c calc'!A1", "\"'  =cmd|'/c calc'!A1\""),
            ("@SUM(A1)", "\"'@SUM(A1)\""),
            ("-1", "\"'-1\""),
            ("+1", "\"'+1\""),
            ("＝1", "\"'＝1\""),
            ("a=1", "\"a=1\""),
        ] {
            assert_eq!(cell(text), expected);
        }
    }
}
