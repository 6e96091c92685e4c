//! What stands before every route: who asks, what about, and whether they may. Deny by default: a
//! handler runs only after this let the request through.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use axum::extract::{DefaultBodyLimit, FromRequestParts, RawPathParams, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, Route};
use rondo_app::{App, Ctx, Known, Over, Refusal, Standing, clean_agent};
use rondo_domain::policy::Manner;
use rondo_domain::token::{BadToken, Presented, TokenId, days_left_if_near};
use rondo_domain::{
    Access, JobId, Millis, OrgId, Organization, Permission, Principal, Project, ProjectId, Session,
};
use tower_layer::Layer;
use tower_service::Service;

use crate::credential::{BadShow, SECURE_SESSION_COOKIE, SESSION_COOKIE, Shown, cookie};
use crate::failure::{self, Refused};
use crate::granted::Granted;
use crate::notation::Notation;
use crate::peer::Peer;
use crate::routes::{Face, Needs, RouteFacts, Row};
use crate::told::Told;
use crate::{Server, badge};

/// The row's handler behind its guard.
pub(crate) fn guarded(row: Row, server: &Arc<Server>) -> MethodRouter<Arc<Server>> {
    let in_v1 = in_v1(row.facts.path);
    let gate = Arc::new(Gate { facts: row.facts, in_v1, server: Arc::clone(server) });
    // What only reads has no body that anybody reads.
    let handler = match gate.facts.method {
        Method::GET => row.handler,
        _ => row.handler.layer(DefaultBodyLimit::max(gate.facts.face.body_limit())),
    };
    handler.layer(Guard(gate))
}

/// What puts [`pass`] before a handler. axum's own way makes more of each request anew.
#[derive(Clone)]
struct Guard(Arc<Gate>);

impl Layer<Route> for Guard {
    type Service = Guarded;

    fn layer(&self, handler: Route) -> Guarded {
        Guarded { gate: Arc::clone(&self.0), handler }
    }
}

/// A handler behind its guard.
#[derive(Clone)]
struct Guarded {
    gate: Arc<Gate>,
    handler: Route,
}

impl Service<Request> for Guarded {
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        // A handler waits for nothing before it is called.
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let (gate, handler) = (Arc::clone(&self.gate), self.handler.clone());
        Box::pin(async move { Ok(pass(&gate, request, handler).await) })
    }
}

/// How many headers an answer gets here.
const HEADERS: usize = 20;

static X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
static X_ROUTE: HeaderName = HeaderName::from_static("x-route");

struct Gate {
    facts: RouteFacts,
    /// Its answers are written in the notation that is asked for.
    in_v1: bool,
    server: Arc<Server>,
}

/// Who was found behind a request, before it is known what they want.
struct Caller {
    who: Principal,
    session: Option<(Session, String)>,
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

async fn pass(gate: &Gate, request: Request, mut handler: Route) -> Response {
    let begun = Instant::now();
    let at = gate.server.app.world().now();
    let mut room = uuid::Uuid::encode_buffer();
    let id = request_id(&gate.server, request.headers()).hyphenated().encode_lower(&mut room);
    let from_elsewhere = request.headers().contains_key(header::ORIGIN);
    let notation = gate.in_v1.then(|| Notation::asked(request.headers()));
    let (mut parts, body) = request.into_parts();
    let mut told = Told::default();
    let (token, mut answer) = match gate.admit(&mut parts, (id, at), &mut told).await {
        Ok(granted) => {
            let token = granted.ctx.who.token();
            parts.extensions.insert(granted);
            let Ok(mut answer) = handler.call(Request::from_parts(parts, body)).await;
            let too_large = answer.status() == StatusCode::PAYLOAD_TOO_LARGE;
            if too_large && gate.facts.face.is_api() {
                answer = failure::too_large(gate.facts.face.body_limit());
            }
            (token, answer)
        }
        Err(refused) => {
            if let Refusal::TooFast(over) = refused.refusal {
                told.standing = Some(over.standing);
            }
            (refused.who.token(), failure::answer(&gate.server, &parts, &refused))
        }
    };
    answer.headers_mut().reserve(HEADERS);
    told.write(&mut answer, gate.facts.face);
    if let Some(notation) = notation {
        answer = notation.write(answer).await;
        if gate.facts.method == Method::GET {
            open_to_other_origins(&mut answer, from_elsewhere);
        }
    }
    dress(&mut answer, gate.facts.path, id);
    if let Some(mark) = told.used {
        gate.server.app.note_use(mark, at, gate.facts.path, answer.status().as_u16());
    }
    log(&gate.facts, &answer, begun, token, id);
    answer
}

/// One line for each answer: the route's template and never the path, whose segments may hold a
/// token's value. What runners say all the time is of interest to few.
fn log(facts: &RouteFacts, answer: &Response, begun: Instant, token: Option<TokenId>, id: &str) {
    let milliseconds = || u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    let (method, route, status) = (&facts.method, facts.path, answer.status().as_u16());
    let token = token.as_ref().map(TokenId::as_str);
    if facts.face == Face::Runner {
        tracing::debug!(target: "rondo::access", %method, route, status, milliseconds = milliseconds(), request = id, "answered");
    } else {
        tracing::info!(target: "rondo::access", %method, route, status, milliseconds = milliseconds(), token, request = id, "answered");
    }
}

/// The caller's own id of the request, if it is a UUID: nothing else is echoed, so that nothing else
/// comes into the log. Or one that is made.
fn request_id(server: &Server, headers: &HeaderMap) -> uuid::Uuid {
    let own = headers.get(&X_REQUEST_ID).and_then(|id| id.to_str().ok());
    let own = own.and_then(|id| uuid::Uuid::try_parse(id).ok());
    own.unwrap_or_else(|| server.request_ids.next())
}

/// Paths whose answers are written in the notation that is asked for.
fn in_v1(path: &str) -> bool {
    ["/api/v1/", "/api/v1.1/"].iter().any(|base| path.starts_with(base))
}

/// Scripts of other sites may read what a token opens; a session's cookie is never sent by them. Which
/// headers they may read matters to them alone.
fn open_to_other_origins(answer: &mut Response, from_elsewhere: bool) {
    const EXPOSED: &str = "Deprecation, Location, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, \
                           Retry-After, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, \
                           X-Request-Id, X-Rondo-Token-Expires-In-Days, X-Route";
    let headers = answer.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, const { HeaderValue::from_static("*") });
    if from_elsewhere {
        let exposed = const { HeaderValue::from_static(EXPOSED) };
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, exposed);
    }
}

/// The answer to programs where no route is, or not with this method: dressed like every other.
pub(crate) async fn unrouted(
    server: &Server,
    request: &HeaderMap,
    path: &str,
    answer: Response,
) -> Response {
    let mut answer = match in_v1(path) {
        true => Notation::asked(request).write(answer).await,
        false => answer,
    };
    let id = request_id(server, request).hyphenated().to_string();
    dress(&mut answer, "none", &id);
    answer
}

/// What a browser asks before a script of another site sends a token: reading is allowed.
pub(crate) fn preflight() -> Response {
    let mut answer = StatusCode::NO_CONTENT.into_response();
    open_to_other_origins(&mut answer, true);
    let headers = answer.headers_mut();
    let taken = "Accept, Authorization, Circle-Token, X-Request-Id";
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, HEAD"));
    headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static(taken));
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("86400"));
    headers.insert(header::VARY, HeaderValue::from_static("Origin"));
    answer
}

/// Headers that every answer has.
fn dress(answer: &mut Response, route: &'static str, id: &str) {
    let headers = answer.headers_mut();
    let fixed = const {
        [
            (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
            (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
            (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
            (
                header::CONTENT_SECURITY_POLICY,
                HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"),
            ),
            (header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache")),
        ]
    };
    for (name, value) in fixed {
        headers.entry(name).or_insert(value);
    }
    headers.insert(&X_ROUTE, HeaderValue::from_static(route));
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert(&X_REQUEST_ID, id);
    }
}

impl Gate {
    async fn admit(
        &self,
        parts: &mut Parts,
        (id, at): (&str, Millis),
        told: &mut Told,
    ) -> Result<Granted, Refused> {
        let app = &self.server.app;
        let refused = |who, refusal| Refused {
            refusal,
            who,
            face: self.facts.face,
            needs: self.facts.needs,
            bad_token: None,
        };
        let peer = Peer::of(parts, &app.policy().trusted_proxies);
        let caller = match self.caller(parts, peer, at).await {
            Ok(caller) => caller,
            Err(refusal) => return Err(refused(Principal::Anyone, refusal)),
        };
        let who = caller.who;
        let end = who.token().and_then(|id| app.memory().end(id));
        told.days_left = end.and_then(|end| days_left_if_near(end, at));
        told.standing = match self.count(&caller, peer) {
            Ok(standing) => standing,
            Err(over) => return Err(refused(who, over.into())),
        };
        let mut ctx = Ctx {
            who,
            access: app.access(&who, None),
            at,
            address: peer.address(),
            agent: clean_agent(&header_text(&parts.headers, header::USER_AGENT)),
            request: id.to_owned(),
        };
        let opened = caller.who.token().is_some();
        let used = caller.used();
        told.used = used.map(|token| app.mark_use((token, opened), peer.sure, &ctx.agent));
        // Whoever holds a token's whole value is told what is wrong with it, wherever they use it.
        if let Some(bad) =
            caller.bad_token.filter(|bad| bad.is_proved() && self.facts.is_asked_who())
        {
            let project = subject(app, &self.facts, parts).await.ok().flatten();
            self.note_stopped(&ctx, (caller.shown, project.map(|p| p.id)), bad).await;
            let refusal = Refusal::BadToken(bad);
            return Err(Refused { bad_token: Some(bad), ..refused(Principal::Anyone, refusal) });
        }
        let project = match subject(app, &self.facts, parts).await {
            Ok(project) => project,
            Err(refusal) => {
                // A name that nothing has is noted as one that is hidden: the answers are alike too.
                self.note(&ctx, None, &refusal).await;
                return Err(Refused { bad_token: caller.bad_token, ..refused(who, refusal) });
            }
        };
        let organization = match organization(app, &self.facts, parts).await {
            Ok(organization) => organization,
            Err(refusal) => {
                self.note(&ctx, None, &refusal).await;
                return Err(Refused { bad_token: caller.bad_token, ..refused(who, refusal) });
            }
        };
        let access = match &organization {
            Some(organization) => app.access_to_organization(&who, organization.id),
            None => app.access(&who, project.as_deref()),
        };
        ctx.access = access;
        let needs = self.facts.needs.at(parts.uri.path());
        let org = organization.as_ref().map(|organization| organization.id);
        let org = org.or(project.as_ref().map(|project| project.org));
        if let Err(refusal) = self.check(&access, &caller, (needs, org)) {
            self.note(&ctx, project.map(|p| p.id), &refusal).await;
            return Err(Refused { bad_token: caller.bad_token, ..refused(who, refusal) });
        }
        if let Err(refusal) = app.take_up(&ctx).await {
            return Err(refused(who, refusal));
        }
        told.in_query = caller.in_query;
        Ok(Granted::new(ctx, (project, organization), caller.session))
    }

    /// Counts the request: for whom it is, or for where it comes from. A wrong token was counted when
    /// it was found to be wrong.
    fn count(&self, caller: &Caller, peer: Peer) -> Result<Option<Standing>, Over> {
        let rates = self.server.app.rates();
        match (caller.who.token().or(caller.shown), &caller.session) {
            _ if matches!(self.facts.face, Face::Runner | Face::Operator) => Ok(None),
            _ if caller.bad_token.is_some_and(|bad| !bad.is_proved()) => Ok(None),
            (Some(token), _) => rates.spend(Known::Token(token)),
            (None, Some((session, _))) => rates.spend(Known::Session(session.id)),
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
        if let Err(error) = self.server.app.note_refused(ctx, at, refusal).await {
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
        if let Err(error) = noted.await {
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
            Face::Page => self.by_session(parts, peer, anyone, now).await,
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
                    None => self.by_session(parts, peer, anyone, now).await,
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
        Ok(Caller { who, session: Some((session, value.to_owned())), ..anyone })
    }
}

/// The project that the path names; a name that cannot be one is a project that is not there.
pub(crate) async fn subject(
    app: &App,
    facts: &RouteFacts,
    parts: &mut Parts,
) -> Result<Option<Arc<Project>>, Refusal> {
    let names = RawPathParams::from_request_parts(parts, &()).await;
    let names = names.map_err(|_| Refusal::Hidden)?;
    let part = |wanted: &str| {
        names.iter().find(|(name, _)| *name == wanted).map_or("", |(_, value)| value)
    };
    let vcs = match facts.needs {
        Needs::Nothing | Needs::OnServer(_) | Needs::OnOrganization(_) => return Ok(None),
        Needs::OnJob(_) => {
            let job = part("job").parse::<JobId>().map_err(|_| Refusal::Hidden)?;
            let project = app.project_of_job(job).await?;
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
    parts: &mut Parts,
) -> Result<Option<Organization>, Refusal> {
    let Needs::OnOrganization(_) = facts.needs else { return Ok(None) };
    let names = RawPathParams::from_request_parts(parts, &()).await;
    let names = names.map_err(|_| Refusal::Hidden)?;
    let part = |wanted: &str| {
        names.iter().find(|(name, _)| *name == wanted).map_or("", |(_, value)| value)
    };
    let organization = app.organization_at(part("vcs"), part("org")).await?;
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

fn header_text(headers: &HeaderMap, name: header::HeaderName) -> String {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
}
