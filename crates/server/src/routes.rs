//! The only list of routes. Each row says who may use it; the router, the guard and the access test
//! are loops over it. A row without a permission does not compile.

use std::sync::Arc;

use axum::http::Method;
use axum::routing::{MethodFilter, MethodRouter, on};
use rondo_domain::Permission as P;

use crate::{Server, artifact, badge, feed, operations, pages, runner_api, v1};

/// Who a route talks to, and so how it answers a refusal and which credentials it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Face {
    /// Programs: JSON, tokens; a page's session too, for the pages' own scripts.
    Api,
    /// People: HTML, sessions; never a token in place of one.
    Page,
    /// Images, feeds and files that are embedded elsewhere: tokens, or a session.
    Embed,
    /// Runners of this server.
    Runner,
    /// Whoever operates the server.
    Operator,
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
    /// This right on the GitHub project that `{org}` and `{repo}` name: API v1.
    OnGithubProject(P),
    /// This right on the project of the job that `{job}` names.
    OnJob(P),
}

impl Needs {
    /// The right, if one is needed.
    pub const fn permission(self) -> Option<P> {
        match self {
            Self::Nothing => None,
            Self::OnServer(p) | Self::OnProject(p) | Self::OnGithubProject(p) | Self::OnJob(p) => {
                Some(p)
            }
        }
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
    pub(crate) handler: MethodRouter<Arc<Server>>,
}

/// Every route, without its handler.
pub fn facts() -> Vec<RouteFacts> {
    table().into_iter().map(|row| row.facts).collect()
}

/// `rows! { Face { METHOD "path" needs => handler, … } … }`
macro_rules! rows {
    ($($face:ident { $($method:ident $path:literal $needs:expr => $handler:path),* $(,)? })*) => {
        vec![$($(Row {
            facts: RouteFacts {
                method: Method::$method,
                path: $path,
                needs: $needs,
                face: Face::$face,
            },
            handler: on(MethodFilter::$method, $handler),
        }),*),*]
    };
}

pub(crate) fn table() -> Vec<Row> {
    use Needs::{Nothing, OnGithubProject, OnJob, OnProject, OnServer};
    let mut table = rows! {
        Operator {
            GET "/healthz" Nothing => operations::health,
            GET "/readyz" Nothing => operations::ready,
        }
        Runner {
            POST "/runner/v1/claim" OnServer(P::RunJobs) => runner_api::claim,
            POST "/runner/v1/fetch/{pipeline}" OnServer(P::RunJobs) => runner_api::fetched,
            POST "/runner/v1/fetch/{pipeline}/renew" OnServer(P::RunJobs) => runner_api::renew_fetch,
            POST "/runner/v1/job/{job}/renew" OnServer(P::RunJobs) => runner_api::renew_job,
            POST "/runner/v1/job/{job}/step/{ordinal}" OnServer(P::RunJobs) => runner_api::report_step,
            POST "/runner/v1/job/{job}/step/{ordinal}/output" OnServer(P::RunJobs) => runner_api::report_output,
            POST "/runner/v1/job/{job}/artifact" OnServer(P::RunJobs) => runner_api::store_artifact,
            POST "/runner/v1/job/{job}/tests" OnServer(P::RunJobs) => runner_api::report_tests,
            POST "/runner/v1/job/{job}/finish" OnServer(P::RunJobs) => runner_api::finish,
        }
        Api {
            GET "/api/v1.1/me" OnServer(P::OwnUser) => v1::me::show,
            GET "/api/v1.1/user/token" OnServer(P::OwnUser) => v1::user_token::list,
            POST "/api/v1.1/user/token" OnServer(P::OwnUser) => v1::user_token::create,
            DELETE "/api/v1.1/user/token/{token}" OnServer(P::OwnUser) => v1::user_token::delete,
            GET "/api/v1.1/token/self" Nothing => v1::token_self::show,
            GET "/api/v1.1/projects" OnServer(P::OwnUser) => v1::project::list,
            GET "/api/v1.1/project/{vcs}/{org}/{repo}" OnProject(P::ReadStatus) => v1::build::list,
            POST "/api/v1.1/project/{vcs}/{org}/{repo}" OnProject(P::TriggerBuilds) => v1::trigger::job,
            POST "/api/v1.1/project/{vcs}/{org}/{repo}/build" OnProject(P::TriggerBuilds) => v1::trigger::pipeline,
            POST "/api/v1.1/project/{vcs}/{org}/{repo}/follow" OnServer(P::OwnUser) => v1::project::follow,
            POST "/api/v1.1/project/{vcs}/{org}/{repo}/unfollow" OnServer(P::OwnUser) => v1::project::unfollow,
            GET "/api/v1.1/project/{vcs}/{org}/{repo}/tree/{branch}" OnProject(P::ReadStatus) => v1::build::list_branch,
            POST "/api/v1.1/project/{vcs}/{org}/{repo}/tree/{branch}" OnProject(P::TriggerBuilds) => v1::trigger::job_on_branch,
            GET "/api/v1.1/project/{vcs}/{org}/{repo}/latest/artifacts" OnProject(P::ReadArtifacts) => v1::artifact::latest,
            GET "/api/v1.1/project/{vcs}/{org}/{repo}/envvar" OnProject(P::ReadSettings) => v1::envvar::list,
            POST "/api/v1.1/project/{vcs}/{org}/{repo}/envvar" OnProject(P::WriteSettings) => v1::envvar::create,
            GET "/api/v1.1/project/{vcs}/{org}/{repo}/envvar/{name}" OnProject(P::ReadSettings) => v1::envvar::show,
            DELETE "/api/v1.1/project/{vcs}/{org}/{repo}/envvar/{name}" OnProject(P::WriteSettings) => v1::envvar::delete,
            GET "/api/v1.1/project/{vcs}/{org}/{repo}/token" OnProject(P::ManageTokens) => v1::project_token::list,
            POST "/api/v1.1/project/{vcs}/{org}/{repo}/token" OnProject(P::ManageTokens) => v1::project_token::create,
            DELETE "/api/v1.1/project/{vcs}/{org}/{repo}/token/{token}" OnProject(P::ManageTokens) => v1::project_token::delete,
            GET "/api/v1.1/project/{vcs}/{org}/{repo}/{number}" OnProject(P::ReadStatus) => v1::build::show,
            GET "/api/v1.1/project/{vcs}/{org}/{repo}/{number}/artifacts" OnProject(P::ReadArtifacts) => v1::artifact::list,
            GET "/api/v1.1/project/{vcs}/{org}/{repo}/{number}/tests" OnProject(P::ReadBuilds) => v1::test::list,
            POST "/api/v1.1/project/{vcs}/{org}/{repo}/{number}/retry" OnProject(P::TriggerBuilds) => v1::trigger::retry,
            POST "/api/v1.1/project/{vcs}/{org}/{repo}/{number}/cancel" OnProject(P::TriggerBuilds) => v1::trigger::cancel,
            GET "/api/v1.1/project/{vcs}/{org}/{repo}/{number}/output/{step}/{node}" OnProject(P::ReadBuilds) => v1::output::show,

            GET "/api/v1/me" OnServer(P::OwnUser) => v1::me::show,
            GET "/api/v1/user/token" OnServer(P::OwnUser) => v1::user_token::list,
            POST "/api/v1/user/token" OnServer(P::OwnUser) => v1::user_token::create,
            DELETE "/api/v1/user/token/{token}" OnServer(P::OwnUser) => v1::user_token::delete,
            GET "/api/v1/projects" OnServer(P::OwnUser) => v1::project::list,
            GET "/api/v1/project/{org}/{repo}" OnGithubProject(P::ReadStatus) => v1::build::list,
            POST "/api/v1/project/{org}/{repo}" OnGithubProject(P::TriggerBuilds) => v1::trigger::job,
            GET "/api/v1/project/{org}/{repo}/tree/{branch}" OnGithubProject(P::ReadStatus) => v1::build::list_branch,
            POST "/api/v1/project/{org}/{repo}/tree/{branch}" OnGithubProject(P::TriggerBuilds) => v1::trigger::job_on_branch,
            GET "/api/v1/project/{org}/{repo}/latest/artifacts" OnGithubProject(P::ReadArtifacts) => v1::artifact::latest,
            GET "/api/v1/project/{org}/{repo}/envvar" OnGithubProject(P::ReadSettings) => v1::envvar::list,
            POST "/api/v1/project/{org}/{repo}/envvar" OnGithubProject(P::WriteSettings) => v1::envvar::create,
            GET "/api/v1/project/{org}/{repo}/envvar/{name}" OnGithubProject(P::ReadSettings) => v1::envvar::show,
            DELETE "/api/v1/project/{org}/{repo}/envvar/{name}" OnGithubProject(P::WriteSettings) => v1::envvar::delete,
            GET "/api/v1/project/{org}/{repo}/token" OnGithubProject(P::ManageTokens) => v1::project_token::list,
            POST "/api/v1/project/{org}/{repo}/token" OnGithubProject(P::ManageTokens) => v1::project_token::create,
            DELETE "/api/v1/project/{org}/{repo}/token/{token}" OnGithubProject(P::ManageTokens) => v1::project_token::delete,
            GET "/api/v1/project/{org}/{repo}/{number}" OnGithubProject(P::ReadStatus) => v1::build::show,
            GET "/api/v1/project/{org}/{repo}/{number}/artifacts" OnGithubProject(P::ReadArtifacts) => v1::artifact::list,
            GET "/api/v1/project/{org}/{repo}/{number}/tests" OnGithubProject(P::ReadBuilds) => v1::test::list,
            POST "/api/v1/project/{org}/{repo}/{number}/retry" OnGithubProject(P::TriggerBuilds) => v1::trigger::retry,
            POST "/api/v1/project/{org}/{repo}/{number}/cancel" OnGithubProject(P::TriggerBuilds) => v1::trigger::cancel,
        }
        Embed {
            GET "/cc.xml" OnServer(P::OwnUser) => feed::followed,
            GET "/{vcs}/{org}/{repo}" OnProject(P::ReadStatus) => badge::of_project,
            GET "/{vcs}/{org}/{repo}/tree/{branch}" OnProject(P::ReadStatus) => badge::of_branch,
            GET "/status-badge/img/{vcs}/{org}/{repo}" OnProject(P::ReadStatus) => badge::of_project,
            GET "/status-badge/img/{vcs}/{org}/{repo}/tree/{branch}" OnProject(P::ReadStatus) => badge::of_branch,
            GET "/status-badge/redirect/{vcs}/{org}/{repo}" Nothing => badge::redirect,
            GET "/status-badge/redirect/{vcs}/{org}/{repo}/tree/{branch}" Nothing => badge::redirect,
            GET "/output/job/{job}/artifacts/{node}/{*path}" OnJob(P::ReadArtifacts) => artifact::download,
        }
    };
    table.extend(pages::rows());
    table
}
