//! One request for a page: who asks, what the address names, and the frame around the answer.

use std::convert::Infallible;
use std::str::FromStr;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Uri};
use rondo_app::{App, Ctx, Refusal};
use rondo_domain::{Actor, Organization, Permission, Principal, Project, Session};

use super::done::Done;
use crate::credential::{
    SECURE_SESSION_COOKIE, SESSION_COOKIE, cookie, owned_pairs, with_query, without_token,
};
use crate::granted::{Call, Granted};
use crate::web::chrome::{Chrome, Person, Rights, Told};
use crate::web::locale::{self, Locale};
use crate::web::path;
use crate::web::theme::{self, Theme};
use crate::{Server, failure};

/// A request that its guard let through, ready for a handler.
pub(crate) struct Visit {
    pub(super) server: Arc<Server>,
    pub(super) granted: Arc<Granted>,
    pub(super) chrome: Chrome,
    query: Vec<(String, String)>,
}

impl Visit {
    pub(super) fn app(&self) -> &App {
        &self.server.app
    }

    pub(super) fn ctx(&self) -> &Ctx {
        &self.granted.ctx
    }

    /// The project that the address names.
    pub(super) fn project(&self) -> &Project {
        self.granted.project()
    }

    /// The organization that the address names.
    pub(super) fn organization(&self) -> &Organization {
        self.granted.organization()
    }

    /// The project as pages link to it.
    pub(super) fn place(&self) -> path::Project {
        path::Project::from(&self.project().slug)
    }

    /// Who a build is put down to, as pages say it.
    pub(super) fn doer(&self, actor: Option<Actor>, name: Option<&str>) -> Option<String> {
        let name = name?;
        Some(match actor {
            Some(Actor::Service(_)) => (self.chrome.text().service.named)(name),
            Some(Actor::Person(_)) | None => name.to_owned(),
        })
    }

    pub(super) fn may(&self, permission: Permission) -> bool {
        self.granted.may(permission)
    }

    /// The session; every route that needs a person has one.
    pub(super) fn session(&self) -> Result<&Session, Refusal> {
        self.granted.session.as_ref().map(|known| &known.session).ok_or(Refusal::Unauthenticated)
    }

    /// A part of the address; empty if it has none of this name.
    pub(super) fn name(&self, name: &str) -> &str {
        self.granted.name(name)
    }

    /// A part of the address that must be of a kind; if it is not, nothing is there.
    pub(super) fn id<T: FromStr>(&self, name: &str, noun: &'static str) -> Result<T, Refusal> {
        let text = self.name(name);
        text.parse().map_err(|_| Refusal::Missing(noun, text.chars().take(40).collect()))
    }

    /// A value of the query, unless it is absent or empty.
    pub(super) fn asked(&self, name: &str) -> Option<&str> {
        let found = self.query.iter().find(|(own, _)| own == name);
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }
}

impl FromRequestParts<Call> for Visit {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, call: &Call) -> Result<Self, Infallible> {
        let Call { server, granted, .. } = call;
        let query = parts.uri.query().map_or_else(Vec::new, |query| owned_pairs(query).collect());
        let rights = Rights {
            read_settings: granted.may(Permission::ReadSettings),
            manage_tokens: granted.may(Permission::ManageTokens),
            manage_services: granted.may(Permission::ManageServices),
        };
        let bare = chrome(server, &parts.headers, &parts.uri, &granted.ctx.who);
        let told = told(&server.app, &granted.ctx).await;
        let chrome = Chrome { rights, told, now: granted.ctx.at.0, ..bare };
        let (server, granted) = (Arc::clone(server), Arc::clone(granted));
        Ok(Self { server, granted, chrome, query })
    }
}

/// What the person is told of found tokens. A page is shown without it where the store is away.
async fn told(app: &App, ctx: &Ctx) -> Vec<Told> {
    let notices = app.notices(ctx).await.unwrap_or_else(|refusal| {
        failure::log(&refusal);
        Vec::new()
    });
    let slug = |id| app.memory().project_of(id).map(|project| project.slug.to_string());
    let told = notices.into_iter().map(|notice| Told {
        token: notice.token.to_string(),
        label: notice.label.to_string(),
        project: notice.project.map(|id| slug(id).unwrap_or_else(|| id.to_string())),
        service: notice.service.and_then(|id| app.memory().service_name(id)),
        at: notice.at.0,
    });
    told.collect()
}

/// The frame around an answer to this request.
pub(super) fn chrome(server: &Server, headers: &HeaderMap, uri: &Uri, who: &Principal) -> Chrome {
    let accepted = headers.get("accept-language").and_then(|value| value.to_str().ok());
    let locale = Locale::of(cookie(headers, locale::COOKIE), accepted);
    let theme = cookie(headers, theme::COOKIE).and_then(Theme::from_word).unwrap_or_default();
    let person = who.person().and_then(|id| server.app.memory().person(id));
    let done = cookie(headers, Done::COOKIE).and_then(Done::from_word);
    Chrome {
        locale,
        theme,
        csrf: match (&person, session_cookie(server, headers)) {
            (Some(_), Some(value)) => server.app.form_word(value),
            _ => String::new(),
        },
        once: server.app.world().word(),
        person: person.map(|person| Person { name: person.name.to_string(), admin: person.admin }),
        rights: Rights::default(),
        path: address(uri),
        notice: done.map(|done| done.notice(locale.text())),
        told: Vec::new(),
        now: server.app.world().now().0,
    }
}

pub(super) fn session_cookie<'h>(server: &Server, headers: &'h HeaderMap) -> Option<&'h str> {
    let name = if server.secure { SECURE_SESSION_COOKIE } else { SESSION_COOKIE };
    cookie(headers, name)
}

/// Path and query, without a token that somebody put into it.
pub(super) fn address(uri: &Uri) -> String {
    with_query(uri.path(), uri.query().and_then(without_token))
}

/// A path of this server to go on to; anything else leads to the projects, so that no link into
/// here leads on to another site.
pub(super) fn local(next: &str) -> &str {
    let plain = next.starts_with('/') && !next.starts_with("//");
    let odd = |c: char| c.is_control() || c.is_whitespace() || c == '\\';
    // What only takes forms has no page to show.
    let path = next.split(['?', '#']).next().unwrap_or_default();
    let posts = [path::SIGN_OUT, path::LANGUAGE, path::THEME].contains(&path);
    if plain && !posts && !next.contains(odd) { next } else { path::HOME }
}

#[cfg(test)]
mod tests {
    use super::{address, local};

    #[test]
    fn only_paths_of_this_server_are_followed() {
        for (next, followed) in [
            ("/settings/user/tokens?a=b#c", "/settings/user/tokens?a=b#c"),
            ("", "/"),
            ("/logout", "/"),
            ("/language?x=y", "/"),
            ("/theme#x", "/"),
            ("https://evil.example/", "/"),
            ("//evil.example/", "/"),
            ("/\\evil.example/", "/"),
            ("/\t/evil.example/", "/"),
            ("javascript:alert(1)", "/"),
        ] {
            assert_eq!(local(next), followed, "{next}");
        }
    }

    #[test]
    fn a_token_in_the_query_reaches_no_page() {
        let shown = |uri: &str| address(&uri.parse().unwrap());
        assert_eq!(shown("/a?page=2"), "/a?page=2");
        assert_eq!(shown("/a?x=1&circle-token=secret"), "/a?x=1");
        assert_eq!(shown("/a?circle%2Dtoken=secret"), "/a");
    }
}
