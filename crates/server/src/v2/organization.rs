//! `GET /organization/:slug/token`: the tokens of an organization, page by page.

use std::sync::Arc;

use axum::Json;
use axum::extract::{RawQuery, State};
use rondo_app::{App, Listed, Refusal, TokenWish};
use rondo_domain::{Millis, Organization};
use rondo_wire::v2::{OrganizationToken, TokenPage};

use super::shape;
use crate::Server;
use crate::credential::owned_pairs;
use crate::failure::ApiResult;
use crate::granted::Granted;
use crate::v1::body::wrong;

/// Tokens on a page.
const PAGE: u32 = 100;

pub(crate) async fn tokens(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
    RawQuery(query): RawQuery,
) -> ApiResult<Json<TokenPage>> {
    let wish = wish(query.as_deref().unwrap_or_default())?;
    let (ctx, app) = (&granted.ctx, &server.app);
    let org = granted.organization();
    let page = app.organization_tokens(ctx, org, (&wish, PAGE)).await?;
    let items = page.tokens.iter().map(|listed| token(app, org, listed, ctx.at)).collect();
    Ok(Json(TokenPage { items, next_page_token: page.next }))
}

pub(super) fn token(
    app: &App,
    org: &Organization,
    listed: &Listed,
    now: Millis,
) -> OrganizationToken {
    let mut token = shape::token(app, &listed.token, now);
    // What others ask of it is nobody's business here.
    let own = org.to_string();
    token.policies.retain(|policy| policy.organization == own);
    OrganizationToken {
        token,
        limited_to_networks: listed.limited,
        other_organizations: listed.elsewhere,
    }
}

fn wish(query: &str) -> Result<TokenWish, Refusal> {
    let mut wish = TokenWish::default();
    for (name, value) in owned_pairs(query) {
        let value = Some(value.trim().to_owned()).filter(|value| !value.is_empty());
        match name.as_str() {
            "kind" => wish.kind = value,
            "owner" => wish.owner = value,
            "project" => wish.project = value,
            "unused" => wish.unused = value,
            "unrestricted" => wish.unrestricted = yes(&name, value.as_deref())?,
            "expiring" => wish.ending = yes(&name, value.as_deref())?,
            "search" => wish.text = value,
            "page-token" => wish.page = value,
            "circle-token" => {}
            _ => {
                return Err(wrong(
                    "take kind, owner, project, unused, unrestricted, expiring, search and page-token",
                ));
            }
        }
    }
    Ok(wish)
}

fn yes(name: &str, value: Option<&str>) -> Result<bool, Refusal> {
    match value {
        Some("true") => Ok(true),
        None | Some("false") => Ok(false),
        Some(_) => Err(wrong(format!("{name}: take true or false"))),
    }
}
