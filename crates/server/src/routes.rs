//! The only list of routes. Each row says who may use it; the router, the guard and the access test
//! are loops over it. A row without a permission does not compile.

use std::pin::Pin;

use axum::extract::Request;
use axum::handler::Handler;
use axum::http::Method;
use axum::response::Response;
use rondo_domain::Permission as P;

use crate::granted::Call;
use crate::router::Names;
use crate::{artifact, badge, feed, oauth, operations, pages, runner_api, v1, v2};

/// Who a route talks to, and so how it answers a refusal and which credentials it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Face {
    /// Programs: JSON, tokens; a page's session too, for the pages' own scripts.
    Api,
    /// The same as API v2, which words a refused token in its own way, and reads whole configs.
    ApiV2,
    /// People: HTML, sessions; never a token in place of one.
    Page,
    /// Images, feeds and files that are embedded elsewhere: tokens, or a session.
    Embed,
    /// Runners of this server.
    Runner,
    /// Whoever operates the server.
    Operator,
}

impl Face {
    /// Whether it answers in JSON, to programs of people.
    pub(crate) const fn is_api(self) -> bool {
        matches!(self, Self::Api | Self::ApiV2)
    }

    /// Bytes of a body, at most.
    pub(crate) const fn body_limit(self) -> usize {
        const MB: usize = 1024 * 1024;
        match self {
            // Configurations and test results of builds are larger than what people send; artifacts
            // stream and have a limit of their own.
            Self::Runner => 64 * MB,
            // A config of the allowed size, as a JSON string.
            Self::ApiV2 => 8 * MB,
            Self::Api | Self::Page | Self::Embed | Self::Operator => 2 * MB,
        }
    }
}

/// What a route needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// Nothing: it shows and does nothing that is anybody's.
    Nothing,
    /// This right on the server itself.
    OnServer(P),
    /// This right on the project that `{vcs}`, `{org}` and `{repo}` name.
    OnProject(P),
    /// The badge of the project that `{vcs}`, `{org}` and `{repo}` name; where the path's ending asks for
    /// its feed, which tells more, its statuses.
    OnBadge,
    /// This right on the GitHub project that `{org}` and `{repo}` name: API v1.
    OnGithubProject(P),
    /// This right on the organization that `{vcs}` and `{org}` name, as a whole.
    OnOrganization(P),
    /// This right on the project of the job that `{job}` names.
    OnJob(P),
}

impl Needs {
    /// What a request needs whose path has these parts.
    pub(crate) fn at(self, names: &Names) -> Self {
        match self {
            Self::OnBadge if badge::is_feed(names) => Self::OnProject(P::ReadStatus),
            Self::OnBadge => Self::OnProject(P::ReadBadge),
            needs => needs,
        }
    }

    /// The right, if one is needed.
    pub const fn permission(self) -> Option<P> {
        match self {
            Self::Nothing => None,
            Self::OnBadge => Some(P::ReadBadge),
            Self::OnServer(p)
            | Self::OnProject(p)
            | Self::OnGithubProject(p)
            | Self::OnOrganization(p)
            | Self::OnJob(p) => Some(p),
        }
    }
}

impl RouteFacts {
    /// Whether it matters to this route who asks.
    pub(crate) fn is_asked_who(&self) -> bool {
        self.face.is_api() || self.needs != Needs::Nothing
    }

    /// Whether it makes a token, which a token may do only where it was made to.
    pub(crate) fn makes_tokens(&self) -> bool {
        let makes = self.path.ends_with("/token") || self.path.ends_with("/rotate");
        makes && self.method == Method::POST && self.needs != Needs::Nothing
    }
}

/// A row without its handler: what a reader of the table may know.
#[derive(Debug, Clone)]
pub struct RouteFacts {
    /// The method.
    pub method: Method,
    /// The path, with `{names}` of its parts.
    pub path: &'static str,
    /// What it needs.
    pub needs: Needs,
    /// Who it talks to.
    pub face: Face,
}

pub(crate) struct Row {
    pub(crate) facts: RouteFacts,
    pub(crate) handler: Handle,
}

/// What runs once the guard has let a request through.
pub(crate) type Handle = Box<dyn Fn(Request, Call) -> Answering + Send + Sync>;

/// An answer on its way.
pub(crate) type Answering = Pin<Box<dyn Future<Output = Response> + Send>>;

/// A function of extractors as what runs behind a guard.
pub(crate) fn handle<T>(handler: impl Handler<T, Call, Future = Answering>) -> Handle {
    Box::new(move |request, call| handler.clone().call(request, call))
}

/// Every route, without its handler.
pub fn facts() -> Vec<RouteFacts> {
    table().into_iter().map(|row| row.facts).collect()
}

/// `rows! { Face base { METHOD "path" needs => handler, … } … }`: each path stands below its base.
macro_rules! rows {
    ($($face:ident $base:literal {
        $($method:ident $path:literal $needs:expr => $handler:path),* $(,)?
    })*) => {
        vec![$($(Row {
            facts: RouteFacts {
                method: Method::$method,
                path: concat!($base, $path),
                needs: $needs,
                face: Face::$face,
            },
            handler: handle($handler),
        }),*),*]
    };
}

/// What service accounts of an organization and of a project have in common.
macro_rules! service_rows {
    ($base:literal, $needs:expr) => {
        rows! {
            ApiV2 $base {
                GET "" $needs => v2::service::list,
                POST "" $needs => v2::service::create,
                GET "/{account}" $needs => v2::service::show,
                DELETE "/{account}" $needs => v2::service::delete,
                POST "/{account}/ceiling" $needs => v2::service::change_ceiling,
                POST "/{account}/name" $needs => v2::service::rename,
                POST "/{account}/contacts" $needs => v2::service::change_contacts,
                POST "/{account}/disable" $needs => v2::service::disable,
                POST "/{account}/enable" $needs => v2::service::enable,
                GET "/{account}/token" $needs => v2::service_token::list,
                POST "/{account}/token" $needs => v2::service_token::create,
                DELETE "/{account}/token/{token}" $needs => v2::service_token::delete,
                POST "/{account}/token/{token}/disable" $needs => v2::service_token::disable,
                POST "/{account}/token/{token}/enable" $needs => v2::service_token::enable,
                POST "/{account}/token/{token}/shorten" $needs => v2::service_token::shorten,
                GET "/{account}/token/{token}/use" $needs => v2::service_token::usage_of,
                POST "/{account}/token/{token}/rotate" $needs => v2::service_token::rotate,
                DELETE "/{account}/token/{token}/rotate" $needs => v2::service_token::undo_rotation,
            }
        }
    };
}

/// What API v1 and v1.1 have in common: all but how a path names a project.
macro_rules! v1_rows {
    ($version:literal, $project:literal, $on_project:path) => {
        rows! {
            Api $version {
                GET "/me" Needs::OnServer(P::OwnUser) => v1::me::show,
                GET "/user/token" Needs::OnServer(P::OwnUser) => v1::user_token::list,
                POST "/user/token" Needs::OnServer(P::OwnUser) => v1::user_token::create,
                DELETE "/user/token/{token}" Needs::OnServer(P::OwnUser) => v1::user_token::delete,
                POST "/user/token/{token}/disable" Needs::OnServer(P::OwnUser) => v1::user_token::disable,
                POST "/user/token/{token}/enable" Needs::OnServer(P::OwnUser) => v1::user_token::enable,
                POST "/user/token/{token}/shorten" Needs::OnServer(P::OwnUser) => v1::user_token::shorten,
                GET "/user/token/{token}/use" Needs::OnServer(P::OwnUser) => v1::usage::of_own,
                POST "/user/token/{token}/rotate" Needs::OnServer(P::OwnUser) => v1::rotation::rotate_own,
                DELETE "/user/token/{token}/rotate" Needs::OnServer(P::OwnUser) => v1::rotation::undo_own,
                GET "/token/self" Needs::Nothing => v1::token_self::show,
                GET "/projects" Needs::OnServer(P::OwnUser) => v1::project::list,
                GET "/recent-builds" Needs::OnServer(P::OwnUser) => v1::build::recent,
                GET "/user/organizations" Needs::OnServer(P::OwnUser) => v1::project::organizations,
                GET "/user/repos" Needs::OnServer(P::OwnUser) => v1::project::repositories,
                GET "/user/repos/{vcs}" Needs::OnServer(P::OwnUser) => v1::project::repositories,
                POST "/user/heroku-key" Needs::OnServer(P::OwnUser) => v1::absent::heroku_key,
            }
            Api $project {
                GET "" $on_project(P::ReadStatus) => v1::build::list,
                POST "" $on_project(P::TriggerBuilds) => v1::trigger::job,
                POST "/build" $on_project(P::TriggerBuilds) => v1::trigger::pipeline,
                POST "/follow" Needs::OnServer(P::OwnUser) => v1::project::follow,
                POST "/unfollow" Needs::OnServer(P::OwnUser) => v1::project::unfollow,
                GET "/tree/{*branch}" $on_project(P::ReadStatus) => v1::build::list_branch,
                POST "/tree/{*branch}" $on_project(P::TriggerBuilds) => v1::trigger::job_on_branch,
                GET "/latest/artifacts" $on_project(P::ReadArtifacts) => v1::artifact::latest,
                GET "/settings" $on_project(P::ReadSettings) => v1::settings::show,
                PUT "/settings" $on_project(P::WriteSettings) => v1::settings::change,
                POST "/enable" $on_project(P::WriteSettings) => v1::settings::enable,
                DELETE "/enable" $on_project(P::WriteSettings) => v1::settings::disable,
                DELETE "/build-cache" $on_project(P::TriggerBuilds) => v1::absent::build_cache,
                GET "/envvar" $on_project(P::ReadSettings) => v1::envvar::list,
                POST "/envvar" $on_project(P::WriteSettings) => v1::envvar::create,
                GET "/envvar/{name}" $on_project(P::ReadSettings) => v1::envvar::show,
                DELETE "/envvar/{name}" $on_project(P::WriteSettings) => v1::envvar::delete,
                GET "/checkout-key" $on_project(P::ReadSettings) => v1::checkout_key::list,
                POST "/checkout-key" $on_project(P::WriteSettings) => v1::checkout_key::create,
                GET "/checkout-key/{fingerprint}" $on_project(P::ReadSettings) => v1::checkout_key::show,
                DELETE "/checkout-key/{fingerprint}" $on_project(P::WriteSettings) => v1::checkout_key::delete,
                POST "/ssh-key" $on_project(P::WriteSettings) => v1::ssh_key::create,
                DELETE "/ssh-key" $on_project(P::WriteSettings) => v1::ssh_key::delete,
                GET "/token" $on_project(P::ManageTokens) => v1::project_token::list,
                POST "/token" $on_project(P::ManageTokens) => v1::project_token::create,
                DELETE "/token/{token}" $on_project(P::ManageTokens) => v1::project_token::delete,
                POST "/token/{token}/disable" $on_project(P::ManageTokens) => v1::project_token::disable,
                POST "/token/{token}/enable" $on_project(P::ManageTokens) => v1::project_token::enable,
                POST "/token/{token}/shorten" $on_project(P::ManageTokens) => v1::project_token::shorten,
                GET "/token/{token}/use" $on_project(P::ManageTokens) => v1::usage::of_project,
                POST "/token/{token}/rotate" $on_project(P::ManageTokens) => v1::rotation::rotate_of_project,
                DELETE "/token/{token}/rotate" $on_project(P::ManageTokens) => v1::rotation::undo_of_project,
                GET "/{number}" $on_project(P::ReadStatus) => v1::build::show,
                GET "/{number}/artifacts" $on_project(P::ReadArtifacts) => v1::artifact::list,
                GET "/{number}/tests" $on_project(P::ReadBuilds) => v1::test::list,
                POST "/{number}/retry" $on_project(P::TriggerBuilds) => v1::trigger::retry,
                POST "/{number}/ssh" $on_project(P::TriggerBuilds) => v1::absent::ssh,
                POST "/{number}/ssh-users" $on_project(P::TriggerBuilds) => v1::absent::ssh_users,
                POST "/{number}/cancel" $on_project(P::TriggerBuilds) => v1::trigger::cancel,
                GET "/{number}/output/{step}/{node}" $on_project(P::ReadBuilds) => v1::output::show,
            }
        }
    };
}

pub(crate) fn table() -> Vec<Row> {
    let mut table = machines();
    table.extend(v1_rows!("/api/v1.1", "/api/v1.1/project/{vcs}/{org}/{repo}", Needs::OnProject));
    table.extend(v1_rows!("/api/v1", "/api/v1/project/{org}/{repo}", Needs::OnGithubProject));
    table.extend(v2_rows());
    let (in_organization, in_project) =
        (Needs::OnOrganization(P::ManageServices), Needs::OnProject(P::ManageServices));
    table
        .extend(service_rows!("/api/v2/organization/{vcs}/{org}/service-account", in_organization));
    table.extend(service_rows!("/api/v2/project/{vcs}/{org}/{repo}/service-account", in_project));
    table.extend(embedded());
    table.extend(pages::rows());
    table
}

fn v2_rows() -> Vec<Row> {
    use Needs::{Nothing, OnOrganization, OnServer};
    rows! {
        ApiV2 "/api/v2" {
            GET "/me" OnServer(P::OwnUser) => v2::me::show,
            GET "/me/collaborations" OnServer(P::OwnUser) => v2::me::collaborations,
            POST "/compile-config-with-defaults" OnServer(P::OwnUser) => v2::config::compile,
            POST "/token/found" Nothing => v2::found::hand_in,
            GET "/token/self" Nothing => v2::token_self::show,
            DELETE "/token/self" Nothing => v2::token_self::delete,
            GET "/token/self/explain" Nothing => v2::token_self::explain,
            GET "/organization/{vcs}/{org}/token" OnOrganization(P::ManageTokens) => v2::organization::tokens,
            GET "/organization/{vcs}/{org}/policy" OnOrganization(P::ManageTokens) => v2::policy::show,
            PUT "/organization/{vcs}/{org}/policy" OnOrganization(P::ManageTokens) => v2::policy::set,
            GET "/organization/{vcs}/{org}/approval" OnOrganization(P::ManageTokens) => v2::policy::approvals,
            POST "/organization/{vcs}/{org}/approval/{token}" OnOrganization(P::ManageTokens) => v2::policy::approve,
            DELETE "/organization/{vcs}/{org}/approval/{token}" OnOrganization(P::ManageTokens) => v2::policy::refuse,
            POST "/admin/token/revoke" OnServer(P::ManageServer) => v2::revocation::revoke,
        }
    }
}

fn machines() -> Vec<Row> {
    use Needs::{Nothing, OnServer};
    rows! {
        Operator "" {
            GET "/healthz" Nothing => operations::health,
            GET "/readyz" Nothing => operations::ready,
        }
        Operator "/.well-known" {
            GET "/oauth-authorization-server" Nothing => oauth::metadata,
        }
        Api "/oauth" {
            POST "/device_authorization" Nothing => oauth::begin,
            POST "/token" Nothing => oauth::token,
            POST "/introspect" Nothing => oauth::value::introspect,
            POST "/revoke" Nothing => oauth::value::revoke,
        }
        Runner "/runner/v1" {
            POST "/claim" OnServer(P::RunJobs) => runner_api::claim,
            POST "/fetch/{pipeline}" OnServer(P::RunJobs) => runner_api::fetched,
            POST "/fetch/{pipeline}/renew" OnServer(P::RunJobs) => runner_api::renew_fetch,
            POST "/job/{job}/renew" OnServer(P::RunJobs) => runner_api::renew_job,
            POST "/job/{job}/step/{ordinal}" OnServer(P::RunJobs) => runner_api::report_step,
            POST "/job/{job}/step/{ordinal}/output" OnServer(P::RunJobs) => runner_api::report_output,
            POST "/job/{job}/artifact" OnServer(P::RunJobs) => runner_api::store_artifact,
            POST "/job/{job}/tests" OnServer(P::RunJobs) => runner_api::report_tests,
            POST "/job/{job}/finish" OnServer(P::RunJobs) => runner_api::finish,
        }
    }
}

/// What other sites and programs show: images, feeds, files.
fn embedded() -> Vec<Row> {
    use Needs::{Nothing, OnBadge, OnJob, OnServer};
    rows! {
        Embed "" {
            GET "/cc.xml" OnServer(P::OwnUser) => feed::followed,
            GET "/{vcs}/{org}/{repo}" OnBadge => badge::of_project,
            GET "/{vcs}/{org}/{repo}/tree/{branch}" OnBadge => badge::of_branch,
            GET "/{vcs}/{org}/{repo}/{number}" Nothing => badge::build_redirect,
            GET "/output/job/{job}/step/{step}/{node}" Nothing => v1::output::linked,
            GET "/output/job/{job}/artifacts/{node}/{*path}" OnJob(P::ReadArtifacts) => artifact::download,
            GET "/output/job/{job}/artifacts.zip" OnJob(P::ReadArtifacts) => artifact::zip,
            GET "/output/job/{job}/artifacts.tar.zst" OnJob(P::ReadArtifacts) => artifact::tar_zst,
        }
        Embed "/api/v1.1" {
            GET "/openapi.json" Nothing => v1::openapi::show,
        }
        Embed "/status-badge" {
            GET "/img/{vcs}/{org}/{repo}" OnBadge => badge::of_project,
            GET "/img/{vcs}/{org}/{repo}/tree/{branch}" OnBadge => badge::of_branch,
            GET "/redirect/{vcs}/{org}/{repo}" Nothing => badge::redirect,
            GET "/redirect/{vcs}/{org}/{repo}/tree/{branch}" Nothing => badge::redirect,
        }
    }
}
