//! What stands before every route: who asks, what about, and whether they may. Deny by default: a
//! handler runs only after this let the request through.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant;

use axum::extract::{DefaultBodyLimit, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use axum::response::Response;
use rondo_app::{App, Ctx, Known, Over, Refusal, Standing, clean_agent};
use rondo_domain::policy::Manner;
use rondo_domain::token::{BadToken, Presented, TokenId, days_left_if_near};
use rondo_domain::{
    Access, JobId, Millis, OrgId, Organization, Permission, Principal, Project, ProjectId,
};
use tracing::Level;
use uuid::Uuid;

use crate::credential::{BadShow, SECURE_SESSION_COOKIE, SESSION_COOKIE, Shown, cookie};
use crate::dress::{Dress, let_scripts_read};
use crate::failure::{self, Refused};
use crate::granted::{Call, Granted, SignedIn};
use crate::notation::{Notation, in_v1};
use crate::peer::Peer;
use crate::router::Names;
use crate::routes::{Answering, Face, Handle, Needs, RouteFacts, Row};
use crate::told::Told;
use crate::{Server, badge, feed};

/// A route: its handler, with its guard before it.
pub(crate) struct Gate {
    pub(crate) facts: RouteFacts,
    /// Its answers are written in the notation that is asked for.
    in_v1: bool,
    dress: Dress,
    /// What stands in its place for feeds, where the path's ending says which of the two is asked for.
    of_feeds: Option<Dress>,
    handler: Handle,
}

/// What looks at one request to a route.
struct Guard<'r> {
    facts: &'r RouteFacts,
    server: &'r Server,
}

/// Who was found behind a request, before it is known what they want.
struct Caller {
    who: Principal,
    session: Option<Box<SignedIn>>,
    /// The id of a token that opens nothing.
    shown: Option<TokenId>,
    bad_token: Option<BadToken>,
    in_query: bool,
}

impl Caller {
    /// The token that was shown with its whole value.
    fn used(&self) -> Option<TokenId> {
        let proved = self.bad_token.is_some_and(BadToken::is_proved);
        self.who.token().or(self.shown.filter(|_| proved))
    }
}

impl Gate {
    pub(crate) fn new(row: Row) -> Self {
        let Row { facts, handler } = row;
        let (dress, of_feeds) = match facts.needs {
            Needs::OnBadge => {
                (Dress::with(&facts, &badge::DRESS), Some(Dress::with(&facts, &feed::DRESS)))
            }
            _ => (Dress::of(&facts), None),
        };
        Self { in_v1: in_v1(facts.path), dress, of_feeds, facts, handler }
    }

    fn dress(&self, names: Option<&Names>) -> &Dress {
        match &self.of_feeds {
            Some(dress) if names.is_some_and(badge::is_feed) => dress,
            _ => &self.dress,
        }
    }

    /// Answers a request whose path has these parts; they are none if one is no text.
    pub(crate) async fn answer(
        &self,
        server: &Arc<Server>,
        request: Request,
        (peer, names): (IpAddr, Option<Names>),
    ) -> Response {
        let begun = is_logged(&self.facts).then(Instant::now);
        let at = server.app.world().now();
        let id = server.request_ids.of(request.headers());
        let from_elsewhere = self.in_v1 && request.headers().contains_key(header::ORIGIN);
        let notation = self.in_v1.then(|| Notation::asked(request.headers()));
        let dress = self.dress(names.as_ref());
        let (parts, body) = request.into_parts();
        let mut told = Told::default();
        let guard = Guard { facts: &self.facts, server };
        let peer = Peer::of(peer, &parts.headers, &server.app.policy().trusted_proxies);
        let (token, mut answer) =
            match guard.admit(&parts, (peer, names), (id, at), &mut told).await {
                Ok(granted) => {
                    let token = granted.ctx.who.token();
                    let (server, face) = (Arc::clone(server), self.facts.face);
                    let call = Call { server, face, granted };
                    (token, self.handle(Request::from_parts(parts, body), call).await)
                }
                Err(refused) => {
                    if let Refusal::TooFast(over) = refused.refusal {
                        told.standing = Some(over.standing);
                    }
                    (refused.who.token(), failure::answer(server, &parts, &refused))
                }
            };
        dress.put_on(&mut answer, id);
        if let Some(notation) = notation {
            notation.write(&mut answer).await;
        }
        told.write(&mut answer, self.facts.face);
        if from_elsewhere && self.facts.method == Method::GET {
            let_scripts_read(&mut answer);
        }
        if let Some(mark) = told.used {
            server.app.note_use(mark, at, self.facts.path, answer.status().as_u16());
        }
        if let Some(begun) = begun {
            log(&self.facts, &answer, begun, token, id);
        }
        answer
    }

    fn handle(&self, mut request: Request, call: Call) -> Answering {
        // What only reads has no body that anybody reads.
        if self.facts.method != Method::GET {
            DefaultBodyLimit::max(self.facts.face.body_limit()).apply(&mut request);
        }
        (self.handler)(request, call)
    }
}

/// What runners say all the time is of interest to few.
fn is_logged(facts: &RouteFacts) -> bool {
    match facts.face {
        Face::Runner => tracing::enabled!(target: "rondo::access", Level::DEBUG),
        _ => tracing::enabled!(target: "rondo::access", Level::INFO),
    }
}

/// One line for each answer: the route's template and never the path, whose segments may hold a
/// token's value.
fn log(facts: &RouteFacts, answer: &Response, begun: Instant, token: Option<TokenId>, id: Uuid) {
    let milliseconds = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    let (method, route, status) = (&facts.method, facts.path, answer.status().as_u16());
    let token = token.as_ref().map(TokenId::as_str);
    if facts.face == Face::Runner {
        tracing::debug!(target: "rondo::access", %method, route, status, milliseconds, request = %id, "answered");
    } else {
        tracing::info!(target: "rondo::access", %method, route, status, milliseconds, token, request = %id, "answered");
    }
}

impl Guard<'_> {
    async fn admit(
        &self,
        parts: &Parts,
        (peer, names): (Peer, Option<Names>),
        (id, at): (Uuid, Millis),
        told: &mut Told,
    ) -> Result<Arc<Granted>, Box<Refused>> {
        let app = &self.server.app;
        let refused = |who, refusal, bad_token| {
            let (face, needs) = (self.facts.face, self.facts.needs);
            Box::new(Refused { refusal, who, face, needs, bad_token })
        };
        let is_text = names.is_some();
        let names = names.unwrap_or_default();
        let caller = match self.caller(parts, peer, at).await {
            Ok(caller) => caller,
            Err(refusal) => return Err(refused(Principal::Anyone, refusal, None)),
        };
        let who = caller.who;
        let end = who.token().and_then(|id| app.memory().end(id));
        told.days_left = end.and_then(|end| days_left_if_near(end, at));
        told.standing = match self.count(&caller, peer) {
            Ok(standing) => standing,
            Err(over) => return Err(refused(who, over.into(), None)),
        };
        let mut ctx = Ctx {
            who,
            access: Access::NONE,
            at,
            address: peer.address(),
            agent: clean_agent(header_text(&parts.headers, header::USER_AGENT)),
            request: Some(id),
        };
        let opened = caller.who.token().is_some();
        let used = caller.used();
        told.used = used.map(|token| app.mark_use((token, opened), peer.sure, &ctx.agent));
        // Whoever holds a token's whole value is told what is wrong with it, wherever they use it.
        if let Some(bad) =
            caller.bad_token.filter(|bad| bad.is_proved() && self.facts.is_asked_who())
        {
            let project = subject(app, self.facts, &names).await.ok().flatten();
            self.note_stopped(&ctx, (caller.shown, project.map(|p| p.id)), bad).await;
            let refusal = Refusal::BadToken(bad);
            return Err(refused(Principal::Anyone, refusal, Some(bad)));
        }
        let target = match is_text {
            true => self.target(&names).await,
            false => Err(Refusal::Hidden),
        };
        let (project, organization) = match target {
            Ok(target) => target,
            Err(refusal) => {
                // A name that nothing has is noted as one that is hidden: the answers are alike too.
                self.note(&ctx, None, &refusal).await;
                return Err(refused(who, refusal, caller.bad_token));
            }
        };
        let access = match &organization {
            Some(organization) => app.access_to_organization(&who, organization.id),
            None => app.access(&who, project.as_deref()),
        };
        ctx.access = access;
        let needs = self.facts.needs.at(&names);
        let org = organization.as_ref().map(|organization| organization.id);
        let org = org.or(project.as_ref().map(|project| project.org));
        if let Err(refusal) = self.check(&access, &caller, (needs, org)) {
            self.note(&ctx, project.map(|p| p.id), &refusal).await;
            return Err(refused(who, refusal, caller.bad_token));
        }
        if let Err(refusal) = app.take_up(&ctx).await {
            return Err(refused(who, refusal, None));
        }
        told.in_query = caller.in_query;
        let session = caller.session;
        Ok(Arc::new(Granted { ctx, peer, names, project, organization, session }))
    }

    /// What the path names: a project, or an organization as a whole.
    async fn target(
        &self,
        names: &Names,
    ) -> Result<(Option<Arc<Project>>, Option<Organization>), Refusal> {
        let app = &self.server.app;
        let project = subject(app, self.facts, names).await?;
        Ok((project, organization(app, self.facts, names).await?))
    }

    /// Counts the request: for whom it is, or for where it comes from. A wrong token was counted when
    /// it was found to be wrong.
    fn count(&self, caller: &Caller, peer: Peer) -> Result<Option<Standing>, Over> {
        let rates = self.server.app.rates();
        match (caller.who.token().or(caller.shown), &caller.session) {
            _ if matches!(self.facts.face, Face::Runner | Face::Operator) => Ok(None),
            _ if caller.bad_token.is_some_and(|bad| !bad.is_proved()) => Ok(None),
            (Some(token), _) => rates.spend(Known::Token(token)),
            (None, Some(known)) => rates.spend(Known::Session(known.session.id)),
            (None, None) => rates.spend_from(peer.source()),
        }
    }

    fn check(
        &self,
        access: &Access,
        caller: &Caller,
        (needs, org): (Needs, Option<OrgId>),
    ) -> Result<(), Refusal> {
        let Some(permission) = needs.permission() else {
            // What an API route without a right tells, it tells of the token.
            let wrong = self.facts.face.is_api() && caller.bad_token.is_some();
            return if wrong { Err(Refusal::Unauthenticated) } else { Ok(()) };
        };
        // A credential that is wrong is refused even where none is needed: its sender believes in
        // it, and should hear.
        if caller.bad_token.is_some() && (access.visible || permission == Permission::OwnUser) {
            return Err(Refusal::Unauthenticated);
        }
        let checked = access.check(permission);
        checked.map_err(|refused| self.server.app.refusal(refused, org))
    }

    /// A refused use of somebody who is known is written down.
    async fn note(&self, ctx: &Ctx, project: Option<ProjectId>, refusal: &Refusal) {
        if ctx.who == Principal::Anyone {
            return;
        }
        let at = (self.facts.path, project);
        if let Err(error) = Box::pin(self.server.app.note_refused(ctx, at, refusal)).await {
            tracing::warn!(?error, "a refused use could not be written down");
        }
    }

    /// So is one of a token that opens nothing now.
    async fn note_stopped(
        &self,
        ctx: &Ctx,
        (shown, project): (Option<TokenId>, Option<ProjectId>),
        bad: BadToken,
    ) {
        let Some(token) = shown else { return };
        let noted = self.server.app.note_stopped(ctx, token, (self.facts.path, project), bad);
        if let Err(error) = Box::pin(noted).await {
            tracing::warn!(?error, "a refused use could not be written down");
        }
    }

    async fn caller(&self, parts: &Parts, peer: Peer, now: Millis) -> Result<Caller, Refusal> {
        let anyone = Caller {
            who: Principal::Anyone,
            session: None,
            shown: None,
            bad_token: None,
            in_query: false,
        };
        match self.facts.face {
            Face::Operator => Ok(anyone),
            Face::Runner => Ok(Caller { who: self.runner(&parts.headers), ..anyone }),
            Face::Page => Box::pin(self.by_session(parts, peer, anyone, now)).await,
            Face::Api | Face::ApiV2 | Face::Embed => {
                let shown = Shown::read(&parts.headers, parts.uri.query());
                let shown = match shown {
                    Ok(shown) => shown,
                    Err(bad) => {
                        self.server.app.rates().note_wrong(peer.source())?;
                        return Err(match bad {
                            BadShow::Two => Refusal::TwoTokens,
                            BadShow::Malformed => Refusal::Unauthenticated,
                        });
                    }
                };
                match shown.token {
                    Some(token) => {
                        let in_query = shown.in_query;
                        let caller = self.by_token(&token, (peer, in_query), anyone, now).await?;
                        Ok(Caller { in_query, ..caller })
                    }
                    None => Box::pin(self.by_session(parts, peer, anyone, now)).await,
                }
            }
        }
    }

    fn runner(&self, headers: &HeaderMap) -> Principal {
        let shown = Shown::read(headers, None).ok().and_then(|shown| shown.token);
        match shown {
            Some(key) if self.server.runner_key.is(&key) => Principal::Runner,
            _ => Principal::Anyone,
        }
    }

    async fn by_token(
        &self,
        token: &str,
        (peer, in_query): (Peer, bool),
        anyone: Caller,
        now: Millis,
    ) -> Result<Caller, Refusal> {
        let Some(shown) = Presented::parse(token) else {
            self.server.app.rates().note_wrong(peer.source())?;
            let bad = match Presented::mistyped(token) {
                Some(_) => BadToken::Mistyped,
                None => BadToken::Unknown,
            };
            return Ok(Caller { bad_token: Some(bad), ..anyone });
        };
        let manner = Manner { peer: peer.sure, in_query };
        let identified = self.server.app.identify(&shown, manner, peer.source(), now);
        Ok(match identified.await? {
            Ok(who) => Caller { who, ..anyone },
            Err(bad) => Caller { shown: Some(shown.id), bad_token: Some(bad), ..anyone },
        })
    }

    async fn by_session(
        &self,
        parts: &Parts,
        peer: Peer,
        anyone: Caller,
        now: Millis,
    ) -> Result<Caller, Refusal> {
        let changes = parts.method != Method::GET && parts.method != Method::HEAD;
        if changes && self.facts.face == Face::Page && !same_origin(parts) {
            return Err(Refusal::OtherSite);
        }
        let name = if self.server.secure { SECURE_SESSION_COOKIE } else { SESSION_COOKIE };
        let Some(value) = cookie(&parts.headers, name) else { return Ok(anyone) };
        if !value.is_empty() && !self.server.app.is_own_cookie(value) {
            // As wrong as a token that is junk.
            self.server.app.rates().note_wrong(peer.source())?;
            return Ok(anyone);
        }
        let Some((who, session)) = self.server.app.session(value, now).await? else {
            return Ok(anyone);
        };
        if changes && !same_origin(parts) {
            return Err(Refusal::OtherSite);
        }
        let session = Box::new(SignedIn { session, cookie: value.to_owned() });
        Ok(Caller { who, session: Some(session), ..anyone })
    }
}

/// The project that the path names; a name that cannot be one is a project that is not there.
pub(crate) async fn subject(
    app: &App,
    facts: &RouteFacts,
    names: &Names,
) -> Result<Option<Arc<Project>>, Refusal> {
    let part = |name| names.get(name).unwrap_or_default();
    let vcs = match facts.needs {
        Needs::Nothing | Needs::OnServer(_) | Needs::OnOrganization(_) => return Ok(None),
        Needs::OnJob(_) => {
            let job = part("job").parse::<JobId>().map_err(|_| Refusal::Hidden)?;
            let project = Box::pin(app.project_of_job(job)).await?;
            return project.map(Some).ok_or(Refusal::Hidden);
        }
        Needs::OnGithubProject(_) => {
            let project = app.github_project_at(part("org"), part("repo")).await?;
            return project.map(Some).ok_or(Refusal::Hidden);
        }
        Needs::OnProject(_) | Needs::OnBadge => part("vcs"),
    };
    let repo = match facts.face {
        // `/gh/acme/web.svg`: the ending says what is wanted of the project.
        Face::Embed => badge::stem(part("repo")),
        _ => part("repo"),
    };
    let project = app.project_at(vcs, part("org"), repo).await?;
    project.map(Some).ok_or(Refusal::Hidden)
}

/// The organization that the path names, where the route is about one as a whole.
pub(crate) async fn organization(
    app: &App,
    facts: &RouteFacts,
    names: &Names,
) -> Result<Option<Organization>, Refusal> {
    let Needs::OnOrganization(_) = facts.needs else { return Ok(None) };
    let part = |name| names.get(name).unwrap_or_default();
    let organization = Box::pin(app.organization_at(part("vcs"), part("org"))).await?;
    organization.map(Some).ok_or(Refusal::Hidden)
}

/// Whether a request that changes something comes from one of this server's own pages.
fn same_origin(parts: &Parts) -> bool {
    if let Some(site) = parts.headers.get("sec-fetch-site") {
        return site == "same-origin" || site == "none";
    }
    let host = header_text(&parts.headers, header::HOST);
    match parts.headers.get(header::ORIGIN).and_then(|origin| origin.to_str().ok()) {
        Some(origin) => origin.split_once("://").is_some_and(|(_, own)| own == host),
        // No browser that is still in use sends a form without either header.
        None => false,
    }
}

fn header_text(headers: &HeaderMap, name: header::HeaderName) -> &str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}
