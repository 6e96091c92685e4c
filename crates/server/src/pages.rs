//! The handlers behind the pages: each takes what it needs out of the request, asks `app`, and hands
//! a view to `web`. They hold no rule and no word; a refusal leaves them as it is and becomes a page
//! here.

mod account;
mod asset;
mod audit;
mod badges;
mod build;
mod builds;
mod created;
mod device;
mod done;
mod entry;
mod events;
mod fields;
mod found;
mod look_up;
mod narrowing;
mod organization_tokens;
mod output;
mod overview;
mod personal_tokens;
mod policy;
mod preference;
mod problem;
mod project_tokens;
mod projects;
mod refused;
mod reply;
mod revocation;
mod service_tokens;
mod services;
mod ssh;
mod standing;
mod token;
mod variables;
mod visit;

use axum::http::Method;
use rondo_domain::Permission as P;

use crate::routes::{Face, Needs, RouteFacts, Row, handle};
use fields::Fields;
pub(crate) use refused::{nowhere, refused};
use visit::Visit;

/// `page_rows! { below "base"; METHOD "path" needs => handler, … }`; without a base each path is whole. A handler of a GET takes the visit, one of a
/// POST the fields of the form too; either answers or refuses.
macro_rules! page_rows {
    (below $base:literal; $($method:ident $path:literal $needs:expr => $handler:path),* $(,)?) => {
        vec![$(Row {
            facts: RouteFacts {
                method: Method::$method,
                path: concat!($base, $path),
                needs: $needs,
                face: Face::Page,
            },
            handler: page_rows!(@$method $handler),
        }),*]
    };
    ($($method:ident $path:literal $needs:expr => $handler:path),* $(,)?) => {
        page_rows! { below ""; $($method $path $needs => $handler),* }
    };
    (@GET $handler:path) => {
        handle(|visit: Visit| {
            let chrome = visit.chrome.clone();
            async move { refused::conclude(&chrome, $handler(visit).await) }
        })
    };
    (@POST $handler:path) => {
        handle(|visit: Visit, fields: Fields| {
            let chrome = visit.chrome.clone();
            async move { refused::conclude(&chrome, $handler(visit, fields).await) }
        })
    };
}

/// The service accounts of an organization or of a project.
macro_rules! service_rows {
    ($base:literal, $needs:expr) => {
        page_rows! {
            below $base;
            GET "" $needs => services::list,
            POST "" $needs => services::create,
            GET "/new" $needs => services::show_form,
            GET "/{account}" $needs => services::show,
            POST "/{account}/ceiling" $needs => services::change_ceiling,
            POST "/{account}/name" $needs => services::rename,
            POST "/{account}/contacts" $needs => services::change_contacts,
            POST "/{account}/disable" $needs => services::disable,
            POST "/{account}/enable" $needs => services::enable,
            GET "/{account}/delete" $needs => services::ask,
            POST "/{account}/delete" $needs => services::delete,
            POST "/{account}/tokens" $needs => service_tokens::create,
            GET "/{account}/tokens/new" $needs => service_tokens::show_form,
            GET "/{account}/tokens/{id}" $needs => token::show,
            POST "/{account}/tokens/{id}/rotate" $needs => token::rotate,
            POST "/{account}/tokens/{id}/undo" $needs => token::undo,
            POST "/{account}/tokens/{id}/shorten" $needs => token::shorten,
            GET "/{account}/tokens/{id}/delete" $needs => service_tokens::ask,
            POST "/{account}/tokens/{id}/delete" $needs => service_tokens::delete,
            POST "/{account}/tokens/{id}/disable" $needs => service_tokens::disable,
            POST "/{account}/tokens/{id}/enable" $needs => service_tokens::enable,
        }
    };
}

pub(crate) fn rows() -> Vec<Row> {
    use Needs::{Nothing, OnOrganization, OnProject, OnServer};
    let mut rows = page_rows! {
        GET "/assets/{hash}/{file}" Nothing => asset::show,
        POST "/language" Nothing => preference::set_language,
        POST "/theme" Nothing => preference::set_theme,

        GET "/login" Nothing => entry::show_sign_in,
        POST "/login" Nothing => entry::sign_in,
        GET "/login/again" OnServer(P::OwnUser) => entry::show_again,
        POST "/login/again" OnServer(P::OwnUser) => entry::sign_in_again,
        POST "/logout" OnServer(P::OwnUser) => entry::sign_out,
        GET "/setup/{code}" Nothing => entry::show_setup,
        POST "/setup/{code}" Nothing => entry::set_up,
        GET "/enter/{code}" Nothing => entry::show_link,
        POST "/enter/{code}" Nothing => entry::enter,

        GET "/found" Nothing => found::show_form,
        POST "/found" Nothing => found::hand_in,
        POST "/notices/{id}/dismiss" OnServer(P::OwnUser) => found::dismiss,

        GET "/device" OnServer(P::OwnUser) => device::show,
        POST "/device" OnServer(P::OwnUser) => device::answer,

        GET "/" OnServer(P::OwnUser) => projects::list,
        GET "/projects/add" OnServer(P::ManageServer) => projects::show_form,
        POST "/projects/add" OnServer(P::ManageServer) => projects::add,
    };
    rows.extend(page_rows! {
        GET "/pipelines/{vcs}/{org}/{repo}" OnProject(P::ReadBuilds) => builds::list,
        GET "/pipelines/{vcs}/{org}/{repo}/run" OnProject(P::TriggerBuilds) => builds::show_form,
        POST "/pipelines/{vcs}/{org}/{repo}/run" OnProject(P::TriggerBuilds) => builds::run,
        GET "/pipelines/{vcs}/{org}/{repo}/{number}" OnProject(P::ReadBuilds) => build::show,
        GET "/pipelines/{vcs}/{org}/{repo}/{number}/events" OnProject(P::ReadBuilds) => events::stream,
        POST "/pipelines/{vcs}/{org}/{repo}/{number}/retry" OnProject(P::TriggerBuilds) => build::retry,
        POST "/pipelines/{vcs}/{org}/{repo}/{number}/cancel" OnProject(P::TriggerBuilds) => build::cancel,
        GET "/pipelines/{vcs}/{org}/{repo}/{number}/steps/{ordinal}" OnProject(P::ReadBuilds) => output::show,
        GET "/pipelines/{vcs}/{org}/{repo}/{number}/steps/{ordinal}/raw" OnProject(P::ReadBuilds) => output::download,

        GET "/settings/user" OnServer(P::OwnUser) => account::show,
        GET "/settings/user/tokens" OnServer(P::OwnUser) => personal_tokens::list,
        POST "/settings/user/tokens" OnServer(P::OwnUser) => personal_tokens::create,
        GET "/settings/user/tokens/new" OnServer(P::OwnUser) => personal_tokens::show_form,
        GET "/settings/user/tokens/{id}" OnServer(P::OwnUser) => token::show,
        POST "/settings/user/tokens/{id}/rotate" OnServer(P::OwnUser) => token::rotate,
        POST "/settings/user/tokens/{id}/undo" OnServer(P::OwnUser) => token::undo,
        POST "/settings/user/tokens/{id}/shorten" OnServer(P::OwnUser) => token::shorten,
        GET "/settings/user/tokens/{id}/delete" OnServer(P::OwnUser) => personal_tokens::ask,
        POST "/settings/user/tokens/{id}/delete" OnServer(P::OwnUser) => personal_tokens::delete,
        POST "/settings/user/tokens/{id}/disable" OnServer(P::OwnUser) => personal_tokens::disable,
        POST "/settings/user/tokens/{id}/enable" OnServer(P::OwnUser) => personal_tokens::enable,
        GET "/settings/user/sessions" OnServer(P::OwnUser) => account::list_sessions,
        POST "/settings/user/sessions/{id}/end" OnServer(P::OwnUser) => account::end_session,
        GET "/settings/user/email" OnServer(P::OwnUser) => account::show_email,
        POST "/settings/user/email" OnServer(P::OwnUser) => account::change_email,
        GET "/settings/user/password" OnServer(P::OwnUser) => account::show_password,
        POST "/settings/user/password" OnServer(P::OwnUser) => account::change_password,

        GET "/settings/server/audit" OnServer(P::ManageServer) => audit::list,
        GET "/settings/server/audit/export" OnServer(P::ManageServer) => audit::export,
        GET "/settings/server/token" OnServer(P::ManageServer) => look_up::show_form,
        POST "/settings/server/token" OnServer(P::ManageServer) => look_up::look_up,
        GET "/settings/server/revoke" OnServer(P::ManageServer) => revocation::show_form,
        POST "/settings/server/revoke" OnServer(P::ManageServer) => revocation::revoke,

        GET "/settings/organization/{vcs}/{org}/tokens" OnOrganization(P::ManageTokens) => organization_tokens::list,
        GET "/settings/organization/{vcs}/{org}/tokens/export" OnOrganization(P::ManageTokens) => organization_tokens::export,
        GET "/settings/organization/{vcs}/{org}/policy" OnOrganization(P::ManageTokens) => policy::show,
        POST "/settings/organization/{vcs}/{org}/policy" OnOrganization(P::ManageTokens) => policy::save,
        GET "/settings/organization/{vcs}/{org}/approvals" OnOrganization(P::ManageTokens) => policy::approvals,
        POST "/settings/organization/{vcs}/{org}/approvals/{id}/approve" OnOrganization(P::ManageTokens) => policy::approve,
        GET "/settings/organization/{vcs}/{org}/approvals/{id}/refuse" OnOrganization(P::ManageTokens) => policy::ask,
        POST "/settings/organization/{vcs}/{org}/approvals/{id}/refuse" OnOrganization(P::ManageTokens) => policy::refuse,
    });
    rows.extend(project_rows());
    rows.extend(services_of_both());
    rows
}

/// The service accounts of an organization and of a project.
fn services_of_both() -> Vec<Row> {
    use Needs::{OnOrganization, OnProject};
    let mut rows = service_rows!(
        "/settings/organization/{vcs}/{org}/services",
        OnOrganization(P::ManageServices)
    );
    rows.extend(service_rows!(
        "/settings/project/{vcs}/{org}/{repo}/services",
        OnProject(P::ManageServices)
    ));
    rows
}

/// The settings of a project.
fn project_rows() -> Vec<Row> {
    use Needs::{OnProject, OnServer};
    page_rows! {
        GET "/settings/project/{vcs}/{org}/{repo}" OnProject(P::ReadSettings) => overview::show,
        POST "/settings/project/{vcs}/{org}/{repo}" OnProject(P::WriteSettings) => overview::save,
        POST "/settings/project/{vcs}/{org}/{repo}/triggers" OnProject(P::WriteSettings) => overview::switch_triggers,
        GET "/settings/project/{vcs}/{org}/{repo}/api" OnProject(P::ManageTokens) => project_tokens::list,
        POST "/settings/project/{vcs}/{org}/{repo}/api" OnProject(P::ManageTokens) => project_tokens::create,
        GET "/settings/project/{vcs}/{org}/{repo}/api/new" OnProject(P::ManageTokens) => project_tokens::show_form,
        GET "/settings/project/{vcs}/{org}/{repo}/api/{id}" OnProject(P::ManageTokens) => token::show,
        POST "/settings/project/{vcs}/{org}/{repo}/api/{id}/rotate" OnProject(P::ManageTokens) => token::rotate,
        POST "/settings/project/{vcs}/{org}/{repo}/api/{id}/undo" OnProject(P::ManageTokens) => token::undo,
        POST "/settings/project/{vcs}/{org}/{repo}/api/{id}/shorten" OnProject(P::ManageTokens) => token::shorten,
        GET "/settings/project/{vcs}/{org}/{repo}/api/{id}/delete" OnProject(P::ManageTokens) => project_tokens::ask,
        POST "/settings/project/{vcs}/{org}/{repo}/api/{id}/delete" OnProject(P::ManageTokens) => project_tokens::delete,
        POST "/settings/project/{vcs}/{org}/{repo}/api/{id}/disable" OnProject(P::ManageTokens) => project_tokens::disable,
        POST "/settings/project/{vcs}/{org}/{repo}/api/{id}/enable" OnProject(P::ManageTokens) => project_tokens::enable,
        GET "/settings/project/{vcs}/{org}/{repo}/env" OnProject(P::ReadSettings) => variables::list,
        POST "/settings/project/{vcs}/{org}/{repo}/env" OnProject(P::WriteSettings) => variables::save,
        GET "/settings/project/{vcs}/{org}/{repo}/env/new" OnProject(P::WriteSettings) => variables::show_form,
        GET "/settings/project/{vcs}/{org}/{repo}/env/{name}/delete" OnProject(P::WriteSettings) => variables::ask,
        POST "/settings/project/{vcs}/{org}/{repo}/env/{name}/delete" OnProject(P::WriteSettings) => variables::delete,
        GET "/settings/project/{vcs}/{org}/{repo}/ssh" OnProject(P::ReadSettings) => ssh::list,
        POST "/settings/project/{vcs}/{org}/{repo}/ssh" OnProject(P::WriteSettings) => ssh::add,
        GET "/settings/project/{vcs}/{org}/{repo}/ssh/new" OnProject(P::WriteSettings) => ssh::show_form,
        GET "/settings/project/{vcs}/{org}/{repo}/ssh/additional/{fingerprint}/{hostname}/delete" OnProject(P::WriteSettings) => ssh::ask,
        POST "/settings/project/{vcs}/{org}/{repo}/ssh/additional/{fingerprint}/{hostname}/delete" OnProject(P::WriteSettings) => ssh::delete,
        POST "/settings/project/{vcs}/{org}/{repo}/ssh/checkout-key" OnProject(P::WriteSettings) => ssh::create_checkout_key,
        GET "/settings/project/{vcs}/{org}/{repo}/ssh/checkout-key/{fingerprint}/delete" OnProject(P::WriteSettings) => ssh::ask_checkout_key,
        POST "/settings/project/{vcs}/{org}/{repo}/ssh/checkout-key/{fingerprint}/delete" OnProject(P::WriteSettings) => ssh::delete_checkout_key,
        POST "/settings/project/{vcs}/{org}/{repo}/ssh/known-host" OnServer(P::ManageServer) => ssh::meet_host,
        GET "/settings/project/{vcs}/{org}/{repo}/badges" OnProject(P::ReadStatus) => badges::show,
    }
}
