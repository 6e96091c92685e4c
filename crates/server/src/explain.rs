//! What a token would be let do: the guard's question of any route, without what is behind it.
//! Nothing is done, nothing counts as a use or as a refusal. What a handler itself finds wrong with a
//! request is not foretold.

use std::net::IpAddr;
use std::sync::Arc;

use axum::http::{Method, Uri};
use rondo_app::{App, Ctx, Refusal};
use rondo_domain::policy::{Breach, Manner};
use rondo_domain::token::{BadToken, Stop};
use rondo_domain::{Millis, Organization, Permission, Principal, Project};
use rondo_wire::v2::Explained;

use crate::Server;
use crate::credential::{owned_pairs, pairs};
use crate::failure::{by_policy, wrong_with};
use crate::granted::Granted;
use crate::guard;
use crate::router::{Names, Way};
use crate::routes::{Face, Needs, RouteFacts};
use crate::v1::body::wrong;
use crate::v1::wish::moment;

/// What is asked about, by whom, and for when.
struct Ask<'s> {
    server: &'s Server,
    ctx: Ctx,
    at: Millis,
    /// The call's path has these parts.
    names: Names,
}

/// Answers `?method=&path=`, for a request from where this one comes from (or `from=`) now (or `at=`).
///
/// # Errors
/// What of the question cannot be understood; [`Refusal::Missing`] where nothing answers such a call.
pub(crate) async fn explain(
    server: &Server,
    granted: &Granted,
    query: &str,
) -> Result<Explained, Refusal> {
    let ctx = &granted.ctx;
    if ctx.who.token().is_none() {
        return Err(Refusal::Unauthenticated);
    }
    let asked = Asked::read(query)?;
    let (peer, at) = (asked.from.or(granted.peer.sure), asked.at.unwrap_or(ctx.at));
    // The call that is asked about, not this one.
    let query = asked.path.query().unwrap_or_default();
    let in_query = pairs(query).any(|(name, _)| name == "circle-token");
    let who = ctx.who.showing(Manner { peer, in_query });
    match server.router.find(&asked.method, asked.path.path()) {
        Way::To(gate, names) => {
            // A part that is no text names nothing.
            let names = names.unwrap_or_default();
            let needs = gate.facts.needs.at(&names);
            let ask = Ask { server, ctx: Ctx { who, ..ctx.clone() }, at, names };
            ask.verdict(&RouteFacts { needs, ..gate.facts.clone() }).await
        }
        Way::OtherMethod(allow) => {
            Err(Refusal::Missing("method", format!("this path takes {allow}")))
        }
        Way::Nowhere => Err(Refusal::Missing("route", "this server has no such path".to_owned())),
    }
}

/// The question.
struct Asked {
    method: Method,
    path: Uri,
    from: Option<IpAddr>,
    at: Option<Millis>,
}

impl Asked {
    fn read(query: &str) -> Result<Self, Refusal> {
        let [mut method, mut path, mut from, mut at] = [None, None, None, None];
        for (name, value) in owned_pairs(query) {
            let place = match name.as_str() {
                "method" => &mut method,
                "path" => &mut path,
                "from" => &mut from,
                "at" => &mut at,
                // A token in the query is a credential; its value is not repeated.
                "circle-token" => continue,
                _ => return Err(wrong("take method, path, from and at")),
            };
            if place.replace(value).is_some() {
                return Err(wrong(format!("{name} is given twice")));
            }
        }
        let no_method = || wrong("method: name one, such as GET");
        let method = method.filter(|method| !method.is_empty()).ok_or_else(no_method)?;
        let method = method.to_ascii_uppercase();
        let path = path.ok_or_else(|| wrong("path: name one, such as /api/v1.1/me"))?;
        let uri = path.starts_with('/').then(|| path.parse::<Uri>().ok()).flatten();
        let uri = uri.filter(|uri| uri.authority().is_none());
        Ok(Self {
            method: Method::from_bytes(method.as_bytes()).map_err(|_| no_method())?,
            path: uri.ok_or_else(|| {
                wrong(
                    "path: it begins with / and is encoded as in an address, such as /api/v1.1/me",
                )
            })?,
            from: match from {
                Some(text) => Some(
                    text.parse()
                        .map_err(|_| wrong("from: an address, such as 192.0.2.7 or 2001:db8::7"))?,
                ),
                None => None,
            },
            at: at
                .as_deref()
                .map(|text| {
                    moment(text)
                        .map_err(|_| wrong("at: take a moment such as 2030-01-31T12:00:00Z"))
                })
                .transpose()?,
        })
    }
}

/// Something that would stop the call.
struct Hindrance {
    word: &'static str,
    reason: String,
}

impl Ask<'_> {
    async fn verdict(&self, facts: &RouteFacts) -> Result<Explained, Refusal> {
        let app = &self.server.app;
        let mut explained = Explained {
            allowed: true,
            route: facts.path.to_owned(),
            needs: facts.needs.permission().map(|permission| permission.to_string()),
            project: None,
            stopped_by: None,
            reason: None,
        };
        let stop = match self.of_credential(facts)? {
            Some(stop) => Some(stop),
            None if facts.face == Face::Page => page(app, facts, &self.names).await?,
            None if matches!(facts.needs, Needs::OnOrganization(_)) => {
                match guard::organization(app, facts, &self.names).await {
                    Ok(organization) => self.of_organization(facts, organization.as_ref())?,
                    Err(Refusal::Hidden) => Some(hidden_organization()),
                    Err(other) => return Err(other),
                }
            }
            None => match subject(app, facts, &self.names).await {
                Ok(project) => {
                    let visible =
                        |project: &&Arc<Project>| app.access(&self.ctx.who, Some(project)).visible;
                    let shown = project.as_ref().filter(visible);
                    explained.project = shown.map(|project| project.slug.to_string());
                    self.of_rights(facts, project.as_deref())?
                }
                Err(Refusal::Hidden) => Some(hidden()),
                Err(other) => return Err(other),
            },
        };
        let stop = match stop {
            None if facts.makes_tokens() => self.of_maker()?,
            stop => stop,
        };
        if let Some(Hindrance { word, reason }) = stop {
            explained.allowed = false;
            explained.stopped_by = Some(word.to_owned());
            explained.reason = Some(reason);
        }
        Ok(explained)
    }

    /// What stops the token whatever the call is about.
    fn of_credential(&self, facts: &RouteFacts) -> Result<Option<Hindrance>, Refusal> {
        match (facts.face, facts.needs.permission()) {
            (Face::Runner, _) => {
                let reason = "only runners of this server call it".to_owned();
                return Ok(Some(Hindrance { word: "runner", reason }));
            }
            (Face::Page | Face::Operator, _) => return Ok(None),
            _ if !facts.is_asked_who() => return Ok(None),
            _ => {}
        }
        let anything = (None, Permission::OwnUser);
        match self.server.app.stop_at(&self.ctx, anything, self.at)? {
            Some(Stop::Bad(bad)) => Ok(Some(stopped(bad))),
            _ => Ok(None),
        }
    }

    /// What stops it from making a token, wherever that would be.
    fn of_maker(&self) -> Result<Option<Hindrance>, Refusal> {
        match self.server.app.reach_of_maker(&self.ctx.who) {
            Ok(_) => Ok(None),
            Err(Refusal::Lacks(permission)) => Ok(Some(made_without(permission))),
            Err(other) => Err(other),
        }
    }

    /// What stops it at an organization as a whole.
    fn of_organization(
        &self,
        facts: &RouteFacts,
        organization: Option<&Organization>,
    ) -> Result<Option<Hindrance>, Refusal> {
        let (app, who) = (&self.server.app, &self.ctx.who);
        let (Some(permission), Some(organization)) = (facts.needs.permission(), organization)
        else {
            return Ok(None);
        };
        let access = app.access_to_organization(who, organization.id);
        if access.granted.has(permission) {
            return Ok(None);
        }
        if !access.visible {
            return Ok(Some(hidden_organization()));
        }
        if let Some((_, breach)) = access.withheld.filter(|(taken, _)| taken.has(permission)) {
            return Ok(Some(of_policy(breach, &organization.to_string())));
        }
        // What is seen is seen by a token of all projects; whether its owner has the right is asked of
        // any of them.
        let reach = who.token().and_then(|id| app.memory().reach(id));
        let reach = reach.ok_or(Refusal::Unauthenticated)?;
        Ok(Some(match reach.rights.has(permission) {
            true => of_owner(who, permission),
            false => made_without(permission),
        }))
    }

    /// What stops it at this.
    fn of_rights(
        &self,
        facts: &RouteFacts,
        project: Option<&Project>,
    ) -> Result<Option<Hindrance>, Refusal> {
        let Some(permission) = facts.needs.permission() else { return Ok(None) };
        let on = project.filter(|_| !matches!(facts.needs, Needs::OnServer(_)));
        let app = &self.server.app;
        let stop = app.stop_at(&self.ctx, (on, permission), self.at)?;
        Ok(match stop {
            None => project
                .filter(|project| !app.access(&self.ctx.who, Some(project)).visible)
                .map(|_| hidden()),
            Some(Stop::Bad(bad)) => Some(stopped(bad)),
            Some(Stop::Project) if on.is_some() => Some(hidden()),
            Some(Stop::Project) => Some(Hindrance {
                word: "project",
                reason: "a token of chosen projects does not administer the server".to_owned(),
            }),
            Some(Stop::Policy(breach)) => {
                let named = project.and_then(|project| app.policy_for(project.org));
                Some(of_policy(breach, named.as_ref().map_or("", |(name, _)| name)))
            }
            Some(Stop::Right(permission)) => Some(made_without(permission)),
            Some(Stop::Holder(permission)) => Some(of_owner(&self.ctx.who, permission)),
        })
    }
}

/// That a token was narrowed so.
fn made_without(permission: Permission) -> Hindrance {
    Hindrance { word: "right", reason: format!("the token was made without {permission}") }
}

/// That whoever a token acts as lacks a right.
fn of_owner(who: &Principal, permission: Permission) -> Hindrance {
    match who {
        Principal::Project { scope, .. } => Hindrance {
            word: "scope",
            reason: format!("a project token with the scope {scope} has no {permission}"),
        },
        Principal::Service { .. } => Hindrance {
            word: "ceiling",
            reason: format!("the service account's ceiling has no {permission} there now"),
        },
        Principal::Anyone | Principal::Person { .. } | Principal::Runner => Hindrance {
            word: "role",
            reason: format!("the token's owner has no {permission} there now"),
        },
    }
}

/// What stops a token at a page: that it is nobody there, unless the page is everybody's.
async fn page(app: &App, facts: &RouteFacts, names: &Names) -> Result<Option<Hindrance>, Refusal> {
    let Some(permission) = facts.needs.permission() else { return Ok(None) };
    let project = match guard::subject(app, facts, names).await {
        Ok(project) => project,
        Err(Refusal::Hidden) => None,
        Err(other) => return Err(other),
    };
    if app.access(&Principal::Anyone, project.as_deref()).granted.has(permission) {
        return Ok(None);
    }
    let reason = "pages take a signed-in person, never a token".to_owned();
    Ok(Some(Hindrance { word: "page", reason }))
}

/// The project that the path names, also where the route takes a right on the server alone: following
/// a project takes knowing of it.
async fn subject(
    app: &App,
    facts: &RouteFacts,
    names: &Names,
) -> Result<Option<Arc<Project>>, Refusal> {
    let needs = match facts.needs {
        Needs::OnServer(right) if facts.path.contains("/project/{vcs}/") => Needs::OnProject(right),
        Needs::OnServer(right) if facts.path.contains("/project/{org}/") => {
            Needs::OnGithubProject(right)
        }
        needs => needs,
    };
    guard::subject(app, &RouteFacts { needs, ..facts.clone() }, names).await
}

fn hidden_organization() -> Hindrance {
    let reason = "there is no such organization, or the token may not know of it".to_owned();
    Hindrance { word: "project", reason }
}

fn of_policy(breach: Breach, organization: &str) -> Hindrance {
    Hindrance { word: "policy", reason: by_policy(Some(organization), breach) }
}

fn hidden() -> Hindrance {
    let reason = "there is no such project, or the token may not know of it".to_owned();
    Hindrance { word: "project", reason }
}

fn stopped(bad: BadToken) -> Hindrance {
    let word = match bad {
        BadToken::Expired(_) => "expiry",
        other => other.word(),
    };
    Hindrance { word, reason: wrong_with(bad) }
}
