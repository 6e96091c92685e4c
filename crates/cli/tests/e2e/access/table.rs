//! A sample for every route: what it needs, what a granted request is answered, what it sends.

use Right::{Follow, Itself, Known, On, OnWhole, Open, OwnUser, Runner, Server, Stranger};
use Sent::{Form, Json, Nothing};

/// What a route takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Right {
    Open,
    /// Nothing; but a program that shows a bad token is told so.
    Stranger,
    /// A token, of which it tells.
    Itself,
    /// Anybody who is known, by whatever.
    Known,
    OwnUser,
    /// An account, and a project that it may know of.
    Follow,
    Server,
    /// A column of the grid, on the organization as a whole.
    OnWhole(&'static str),
    /// A column of the grid.
    On(&'static str),
    Runner,
}

/// What a request carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sent {
    Nothing,
    Json(&'static str),
    Form(&'static str),
}

/// One route and its sample.
#[derive(Debug, Clone, Copy)]
pub(super) struct Route {
    pub(super) method: &'static str,
    pub(super) path: &'static str,
    pub(super) right: Right,
    /// The status of a granted request.
    pub(super) ok: u16,
    pub(super) sent: Sent,
    /// What stands behind the last part of the path, where that says what is wanted.
    pub(super) ending: &'static str,
}

macro_rules! routes {
    ($($method:ident $path:literal $right:expr, $ok:literal, $sent:expr $(, ending $ending:literal)?;)*) => {
        &[$($crate::access::table::Route {
            method: stringify!($method),
            path: $path,
            right: $right,
            ok: $ok,
            sent: $sent,
            ending: concat!("" $(, $ending)?),
        }),*]
    };
}

pub(super) use routes;

pub(super) const LABEL: Sent = Json(r#"{"label": "made"}"#);
const SCOPED: Sent = Json(r#"{"label": "made", "scope": "all"}"#);
const VARIABLE: Sent = Json(r#"{"name": "MADE", "value": "a value"}"#);
const DEPLOY_KEY: Sent = Json(r#"{"type": "deploy-key"}"#);
const SSH_KEY: Sent = Json(r#"{"hostname": "h", "private_key": "none"}"#);
const SSH_KEY_NAME: Sent = Json(r#"{"fingerprint": "aa:bb"}"#);
pub(super) const EMPTY: Sent = Json("{}");
pub(super) const END: Sent = Json(r#"{"expires_at": "2098-01-01T00:00:00Z"}"#);

/// API v1.1 and v1.
pub(super) const API: &[Route] = routes! {
    GET "/api/v1.1/me" OwnUser, 200, Nothing;
    GET "/api/v1.1/user/token" OwnUser, 200, Nothing;
    POST "/api/v1.1/user/token" OwnUser, 201, LABEL;
    DELETE "/api/v1.1/user/token/{token}" OwnUser, 200, Nothing;
    POST "/api/v1.1/user/token/{token}/disable" OwnUser, 200, EMPTY;
    POST "/api/v1.1/user/token/{token}/enable" OwnUser, 200, EMPTY;
    POST "/api/v1.1/user/token/{token}/shorten" OwnUser, 200, END;
    GET "/api/v1.1/user/token/{token}/use" OwnUser, 200, Nothing;
    POST "/api/v1.1/user/token/{token}/rotate" OwnUser, 201, EMPTY;
    // Whoever may is told that it is not being rotated.
    DELETE "/api/v1.1/user/token/{token}/rotate" OwnUser, 400, Nothing;
    GET "/api/v1.1/token/self" Itself, 200, Nothing;
    GET "/api/v1.1/projects" OwnUser, 200, Nothing;
    GET "/api/v1.1/recent-builds" OwnUser, 200, Nothing;
    GET "/api/v1.1/user/organizations" OwnUser, 200, Nothing;
    GET "/api/v1.1/user/repos" OwnUser, 200, Nothing;
    GET "/api/v1.1/user/repos/{vcs}" OwnUser, 200, Nothing;
    POST "/api/v1.1/user/heroku-key" OwnUser, 400, EMPTY;
    GET "/api/v1.1/project/{vcs}/{org}/{repo}" On("status"), 200, Nothing;
    POST "/api/v1.1/project/{vcs}/{org}/{repo}" On("trigger"), 201, EMPTY;
    POST "/api/v1.1/project/{vcs}/{org}/{repo}/build" On("trigger"), 200, EMPTY;
    POST "/api/v1.1/project/{vcs}/{org}/{repo}/follow" Follow, 200, EMPTY;
    POST "/api/v1.1/project/{vcs}/{org}/{repo}/unfollow" Follow, 200, EMPTY;
    GET "/api/v1.1/project/{vcs}/{org}/{repo}/tree/{*branch}" On("status"), 200, Nothing;
    POST "/api/v1.1/project/{vcs}/{org}/{repo}/tree/{*branch}" On("trigger"), 201, EMPTY;
    GET "/api/v1.1/project/{vcs}/{org}/{repo}/latest/artifacts" On("artifacts"), 200, Nothing;
    GET "/api/v1.1/project/{vcs}/{org}/{repo}/settings" On("read-settings"), 200, Nothing;
    PUT "/api/v1.1/project/{vcs}/{org}/{repo}/settings" On("write-settings"), 200, EMPTY;
    DELETE "/api/v1.1/project/{vcs}/{org}/{repo}/enable" On("write-settings"), 200, Nothing;
    POST "/api/v1.1/project/{vcs}/{org}/{repo}/enable" On("write-settings"), 200, EMPTY;
    DELETE "/api/v1.1/project/{vcs}/{org}/{repo}/build-cache" On("trigger"), 400, Nothing;
    GET "/api/v1.1/project/{vcs}/{org}/{repo}/envvar" On("read-settings"), 200, Nothing;
    POST "/api/v1.1/project/{vcs}/{org}/{repo}/envvar" On("write-settings"), 201, VARIABLE;
    GET "/api/v1.1/project/{vcs}/{org}/{repo}/envvar/{name}" On("read-settings"), 200, Nothing;
    DELETE "/api/v1.1/project/{vcs}/{org}/{repo}/envvar/{name}" On("write-settings"), 200, Nothing;
    GET "/api/v1.1/project/{vcs}/{org}/{repo}/checkout-key" On("read-settings"), 200, Nothing;
    POST "/api/v1.1/project/{vcs}/{org}/{repo}/checkout-key" On("write-settings"), 201, DEPLOY_KEY;
    GET "/api/v1.1/project/{vcs}/{org}/{repo}/checkout-key/{fingerprint}" On("read-settings"), 200, Nothing;
    DELETE "/api/v1.1/project/{vcs}/{org}/{repo}/checkout-key/{fingerprint}" On("write-settings"), 200, Nothing;
    // Whoever may is told that this is no key, and that there is none of this name.
    POST "/api/v1.1/project/{vcs}/{org}/{repo}/ssh-key" On("write-settings"), 400, SSH_KEY;
    DELETE "/api/v1.1/project/{vcs}/{org}/{repo}/ssh-key" On("write-settings"), 404, SSH_KEY_NAME;
    GET "/api/v1.1/project/{vcs}/{org}/{repo}/token" On("tokens"), 200, Nothing;
    POST "/api/v1.1/project/{vcs}/{org}/{repo}/token" On("tokens"), 201, SCOPED;
    DELETE "/api/v1.1/project/{vcs}/{org}/{repo}/token/{token}" On("tokens"), 200, Nothing;
    POST "/api/v1.1/project/{vcs}/{org}/{repo}/token/{token}/disable" On("tokens"), 200, EMPTY;
    POST "/api/v1.1/project/{vcs}/{org}/{repo}/token/{token}/enable" On("tokens"), 200, EMPTY;
    POST "/api/v1.1/project/{vcs}/{org}/{repo}/token/{token}/shorten" On("tokens"), 200, END;
    GET "/api/v1.1/project/{vcs}/{org}/{repo}/token/{token}/use" On("tokens"), 200, Nothing;
    POST "/api/v1.1/project/{vcs}/{org}/{repo}/token/{token}/rotate" On("tokens"), 201, EMPTY;
    DELETE "/api/v1.1/project/{vcs}/{org}/{repo}/token/{token}/rotate" On("tokens"), 400, Nothing;
    GET "/api/v1.1/project/{vcs}/{org}/{repo}/{number}" On("status"), 200, Nothing;
    GET "/api/v1.1/project/{vcs}/{org}/{repo}/{number}/artifacts" On("artifacts"), 200, Nothing;
    GET "/api/v1.1/project/{vcs}/{org}/{repo}/{number}/tests" On("builds"), 200, Nothing;
    POST "/api/v1.1/project/{vcs}/{org}/{repo}/{number}/retry" On("trigger"), 200, EMPTY;
    POST "/api/v1.1/project/{vcs}/{org}/{repo}/{number}/ssh" On("trigger"), 400, EMPTY;
    POST "/api/v1.1/project/{vcs}/{org}/{repo}/{number}/ssh-users" On("trigger"), 400, EMPTY;
    POST "/api/v1.1/project/{vcs}/{org}/{repo}/{number}/cancel" On("trigger"), 200, EMPTY;
    GET "/api/v1.1/project/{vcs}/{org}/{repo}/{number}/output/{step}/{node}" On("builds"), 200, Nothing;

    GET "/api/v2/me" OwnUser, 200, Nothing;
    GET "/api/v2/me/collaborations" OwnUser, 200, Nothing;
    POST "/api/v2/compile-config-with-defaults" OwnUser, 200, Json(r#"{"config_yaml": ""}"#);

    // Anybody may hand in what they found; this is nothing.
    POST "/api/v2/token/found" Stranger, 400, EMPTY;
    GET "/api/v2/organization/{vcs}/{org}/token" OnWhole("tokens"), 200, Nothing;
    GET "/api/v2/organization/{vcs}/{org}/policy" OnWhole("tokens"), 200, Nothing;
    PUT "/api/v2/organization/{vcs}/{org}/policy" OnWhole("tokens"), 200, Json(r#"{"version": 0, "dry_run": true}"#);
    GET "/api/v2/organization/{vcs}/{org}/approval" OnWhole("tokens"), 200, Nothing;
    // Whoever may is told that the token takes no approval.
    POST "/api/v2/organization/{vcs}/{org}/approval/{token}" OnWhole("tokens"), 400, EMPTY;
    DELETE "/api/v2/organization/{vcs}/{org}/approval/{token}" OnWhole("tokens"), 400, Nothing;
    POST "/api/v2/admin/token/revoke" Server, 200, Json(r#"{"dry_run": true, "never_used": true}"#);
    GET "/api/v2/token/self" Itself, 200, Nothing;
    GET "/api/v2/token/self/explain" Itself, 200, Nothing, ending "?method=GET&path=/api/v1.1/me";

    GET "/api/v1/me" OwnUser, 200, Nothing;
    GET "/api/v1/user/token" OwnUser, 200, Nothing;
    POST "/api/v1/user/token" OwnUser, 201, LABEL;
    DELETE "/api/v1/user/token/{token}" OwnUser, 200, Nothing;
    POST "/api/v1/user/token/{token}/disable" OwnUser, 200, EMPTY;
    POST "/api/v1/user/token/{token}/enable" OwnUser, 200, EMPTY;
    POST "/api/v1/user/token/{token}/shorten" OwnUser, 200, END;
    GET "/api/v1/user/token/{token}/use" OwnUser, 200, Nothing;
    POST "/api/v1/user/token/{token}/rotate" OwnUser, 201, EMPTY;
    // Whoever may is told that it is not being rotated.
    DELETE "/api/v1/user/token/{token}/rotate" OwnUser, 400, Nothing;
    GET "/api/v1/token/self" Itself, 200, Nothing;
    GET "/api/v1/projects" OwnUser, 200, Nothing;
    GET "/api/v1/recent-builds" OwnUser, 200, Nothing;
    GET "/api/v1/user/organizations" OwnUser, 200, Nothing;
    GET "/api/v1/user/repos" OwnUser, 200, Nothing;
    GET "/api/v1/user/repos/{vcs}" OwnUser, 200, Nothing;
    POST "/api/v1/user/heroku-key" OwnUser, 400, EMPTY;
    GET "/api/v1/project/{org}/{repo}" On("status"), 200, Nothing;
    POST "/api/v1/project/{org}/{repo}" On("trigger"), 201, EMPTY;
    POST "/api/v1/project/{org}/{repo}/build" On("trigger"), 200, EMPTY;
    POST "/api/v1/project/{org}/{repo}/follow" Follow, 200, EMPTY;
    POST "/api/v1/project/{org}/{repo}/unfollow" Follow, 200, EMPTY;
    GET "/api/v1/project/{org}/{repo}/tree/{*branch}" On("status"), 200, Nothing;
    POST "/api/v1/project/{org}/{repo}/tree/{*branch}" On("trigger"), 201, EMPTY;
    GET "/api/v1/project/{org}/{repo}/latest/artifacts" On("artifacts"), 200, Nothing;
    GET "/api/v1/project/{org}/{repo}/settings" On("read-settings"), 200, Nothing;
    PUT "/api/v1/project/{org}/{repo}/settings" On("write-settings"), 200, EMPTY;
    DELETE "/api/v1/project/{org}/{repo}/enable" On("write-settings"), 200, Nothing;
    POST "/api/v1/project/{org}/{repo}/enable" On("write-settings"), 200, EMPTY;
    DELETE "/api/v1/project/{org}/{repo}/build-cache" On("trigger"), 400, Nothing;
    GET "/api/v1/project/{org}/{repo}/envvar" On("read-settings"), 200, Nothing;
    POST "/api/v1/project/{org}/{repo}/envvar" On("write-settings"), 201, VARIABLE;
    GET "/api/v1/project/{org}/{repo}/envvar/{name}" On("read-settings"), 200, Nothing;
    DELETE "/api/v1/project/{org}/{repo}/envvar/{name}" On("write-settings"), 200, Nothing;
    GET "/api/v1/project/{org}/{repo}/checkout-key" On("read-settings"), 200, Nothing;
    POST "/api/v1/project/{org}/{repo}/checkout-key" On("write-settings"), 201, DEPLOY_KEY;
    GET "/api/v1/project/{org}/{repo}/checkout-key/{fingerprint}" On("read-settings"), 200, Nothing;
    DELETE "/api/v1/project/{org}/{repo}/checkout-key/{fingerprint}" On("write-settings"), 200, Nothing;
    // Whoever may is told that this is no key, and that there is none of this name.
    POST "/api/v1/project/{org}/{repo}/ssh-key" On("write-settings"), 400, SSH_KEY;
    DELETE "/api/v1/project/{org}/{repo}/ssh-key" On("write-settings"), 404, SSH_KEY_NAME;
    GET "/api/v1/project/{org}/{repo}/token" On("tokens"), 200, Nothing;
    POST "/api/v1/project/{org}/{repo}/token" On("tokens"), 201, SCOPED;
    DELETE "/api/v1/project/{org}/{repo}/token/{token}" On("tokens"), 200, Nothing;
    POST "/api/v1/project/{org}/{repo}/token/{token}/disable" On("tokens"), 200, EMPTY;
    POST "/api/v1/project/{org}/{repo}/token/{token}/enable" On("tokens"), 200, EMPTY;
    POST "/api/v1/project/{org}/{repo}/token/{token}/shorten" On("tokens"), 200, END;
    GET "/api/v1/project/{org}/{repo}/token/{token}/use" On("tokens"), 200, Nothing;
    POST "/api/v1/project/{org}/{repo}/token/{token}/rotate" On("tokens"), 201, EMPTY;
    DELETE "/api/v1/project/{org}/{repo}/token/{token}/rotate" On("tokens"), 400, Nothing;
    GET "/api/v1/project/{org}/{repo}/{number}" On("status"), 200, Nothing;
    GET "/api/v1/project/{org}/{repo}/{number}/artifacts" On("artifacts"), 200, Nothing;
    GET "/api/v1/project/{org}/{repo}/{number}/tests" On("builds"), 200, Nothing;
    POST "/api/v1/project/{org}/{repo}/{number}/retry" On("trigger"), 200, EMPTY;
    POST "/api/v1/project/{org}/{repo}/{number}/ssh" On("trigger"), 400, EMPTY;
    POST "/api/v1/project/{org}/{repo}/{number}/ssh-users" On("trigger"), 400, EMPTY;
    POST "/api/v1/project/{org}/{repo}/{number}/cancel" On("trigger"), 200, EMPTY;
    GET "/api/v1/project/{org}/{repo}/{number}/output/{step}/{node}" On("builds"), 200, Nothing;
};

/// What is embedded elsewhere, what operators ask, and what runners say.
pub(super) const OTHERS: &[Route] = routes! {
    GET "/healthz" Open, 200, Nothing;
    GET "/readyz" Open, 200, Nothing;

    // A command that signs in: anybody may begin, and nobody knows a code that was not given out.
    POST "/oauth/device_authorization" Stranger, 200, Form("client_id=rondo");
    POST "/oauth/token" Stranger, 400, Form("grant_type=urn:ietf:params:oauth:grant-type:device_code&device_code=guess&client_id=rondo");

    // Whoever holds a token's value may end it; a form without one is wrong.
    POST "/oauth/revoke" Stranger, 400, Form("token_type_hint=access_token");
    POST "/oauth/introspect" Known, 200, Form("token=guess");
    GET "/.well-known/oauth-authorization-server" Open, 200, Nothing;

    POST "/runner/v1/claim" Runner, 200, Json(r#"{"runner": "mine", "wait_ms": 0}"#);
    POST "/runner/v1/fetch/{pipeline}" Runner, 200, EMPTY;
    POST "/runner/v1/fetch/{pipeline}/renew" Runner, 200, EMPTY;
    POST "/runner/v1/job/{job}/renew" Runner, 200, EMPTY;
    POST "/runner/v1/job/{job}/step/{ordinal}" Runner, 200, EMPTY;
    POST "/runner/v1/job/{job}/step/{ordinal}/output" Runner, 200, Nothing;
    POST "/runner/v1/job/{job}/artifact" Runner, 200, Nothing;
    POST "/runner/v1/job/{job}/tests" Runner, 200, EMPTY;
    POST "/runner/v1/job/{job}/finish" Runner, 200, EMPTY;

    GET "/cc.xml" OwnUser, 200, Nothing;
    GET "/{vcs}/{org}/{repo}" On("badge"), 200, Nothing, ending ".svg";
    GET "/{vcs}/{org}/{repo}" On("status"), 200, Nothing, ending ".cc.xml";
    GET "/{vcs}/{org}/{repo}" On("badge"), 303, Nothing;
    GET "/{vcs}/{org}/{repo}/{number}" Open, 303, Nothing;
    GET "/{vcs}/{org}/{repo}/tree/{branch}" On("badge"), 200, Nothing, ending ".svg";
    GET "/{vcs}/{org}/{repo}/tree/{branch}" On("status"), 200, Nothing, ending ".cc.xml";
    GET "/{vcs}/{org}/{repo}/tree/{branch}" On("badge"), 303, Nothing;
    GET "/status-badge/img/{vcs}/{org}/{repo}" On("badge"), 200, Nothing, ending ".svg";
    GET "/status-badge/img/{vcs}/{org}/{repo}/tree/{branch}" On("badge"), 200, Nothing, ending ".svg";
    GET "/status-badge/redirect/{vcs}/{org}/{repo}" Open, 303, Nothing;
    GET "/status-badge/redirect/{vcs}/{org}/{repo}/tree/{branch}" Open, 303, Nothing;
    GET "/api/v1.1/openapi.json" Open, 200, Nothing;
    GET "/output/job/{job}/step/{step}/{node}" Open, 404, Nothing;
    GET "/output/job/{job}/artifacts/{node}/{*path}" On("artifacts"), 200, Nothing;
    GET "/output/job/{job}/artifacts.zip" On("artifacts"), 200, Nothing;
    GET "/output/job/{job}/artifacts.tar.zst" On("artifacts"), 200, Nothing;
};

pub(super) const ROTATION: Sent = Form("grace=3600&overlap=86400");
pub(super) const NO_FIELDS: Sent = Form("");
pub(super) const END_FIELD: Sent = Form("end=2098-01-01T00:00");

/// Pages.
pub(super) const PAGES: &[Route] = routes! {
    GET "/assets/{hash}/{file}" Open, 200, Nothing;
    POST "/language" Open, 303, Form("language=ja&next=/");
    POST "/theme" Open, 303, Form("theme=dark&next=/");
    GET "/login" Open, 200, Nothing;
    POST "/login" Open, 303, Form("name=viewer&password=correct+horse+battery");
    GET "/login/again" OwnUser, 200, Nothing;
    POST "/login/again" OwnUser, 303, Form("password=correct+horse+battery");
    POST "/logout" OwnUser, 303, NO_FIELDS;
    // There is an administrator, so no setup link is good any more, whoever asks.
    GET "/setup/{code}" Open, 404, Nothing;
    POST "/setup/{code}" Open, 404, Form("name=eve&password=correct+horse+battery&again=correct+horse+battery");
    GET "/enter/{code}" Open, 200, Nothing;
    POST "/enter/{code}" Open, 303, NO_FIELDS;

    GET "/found" Open, 200, Nothing;
    POST "/found" Open, 400, Form("token=");
    // Nobody was told of such a token.
    POST "/notices/{id}/dismiss" OwnUser, 404, NO_FIELDS;

    GET "/device" OwnUser, 200, Nothing;
    // No command waits under this code, which is what somebody who may answer is told.
    POST "/device" OwnUser, 400, Form("code=BBBB-BBBB&answer=allow");

    GET "/" OwnUser, 200, Nothing;
    GET "/projects/add" Server, 200, Nothing;
    GET "/settings/server/audit" Server, 200, Nothing;
    GET "/settings/server/audit/export" Server, 200, Nothing;
    GET "/settings/server/token" Server, 200, Nothing;
    // Whoever may is told that this is no token.
    POST "/settings/server/token" Server, 400, Form("token=guess");
    GET "/settings/server/revoke" Server, 200, Nothing;
    POST "/settings/server/revoke" Server, 200, Form("never_used=yes");
    GET "/settings/organization/{vcs}/{org}/tokens" OnWhole("tokens"), 200, Nothing;
    GET "/settings/organization/{vcs}/{org}/tokens/export" OnWhole("tokens"), 200, Nothing;
    GET "/settings/organization/{vcs}/{org}/policy" OnWhole("tokens"), 200, Nothing;
    POST "/settings/organization/{vcs}/{org}/policy" OnWhole("tokens"), 200, Form("version=0");
    GET "/settings/organization/{vcs}/{org}/approvals" OnWhole("tokens"), 200, Nothing;
    // Whoever may is told that the token takes no approval.
    POST "/settings/organization/{vcs}/{org}/approvals/{id}/approve" OnWhole("tokens"), 409, NO_FIELDS;
    GET "/settings/organization/{vcs}/{org}/approvals/{id}/refuse" OnWhole("tokens"), 409, Nothing;
    POST "/settings/organization/{vcs}/{org}/approvals/{id}/refuse" OnWhole("tokens"), 409, NO_FIELDS;
    POST "/projects/add" Server, 303, Form("vcs=gh&org=new&repo={unique}&git_url={git}&default_branch=main&visibility=private");

    GET "/pipelines/{vcs}/{org}/{repo}" On("builds"), 200, Nothing;
    GET "/pipelines/{vcs}/{org}/{repo}/run" On("trigger"), 200, Nothing;
    POST "/pipelines/{vcs}/{org}/{repo}/run" On("trigger"), 303, Form("branch=main&job=build");
    GET "/pipelines/{vcs}/{org}/{repo}/{number}" On("builds"), 200, Nothing;
    GET "/pipelines/{vcs}/{org}/{repo}/{number}/events" On("builds"), 200, Nothing;
    POST "/pipelines/{vcs}/{org}/{repo}/{number}/retry" On("trigger"), 303, NO_FIELDS;
    POST "/pipelines/{vcs}/{org}/{repo}/{number}/cancel" On("trigger"), 303, NO_FIELDS;
    GET "/pipelines/{vcs}/{org}/{repo}/{number}/steps/{ordinal}" On("builds"), 200, Nothing;
    GET "/pipelines/{vcs}/{org}/{repo}/{number}/steps/{ordinal}/raw" On("builds"), 200, Nothing;

    GET "/settings/user" OwnUser, 303, Nothing;
    GET "/settings/user/tokens" OwnUser, 200, Nothing;
    POST "/settings/user/tokens" OwnUser, 200, Form("name=made");
    GET "/settings/user/tokens/new" OwnUser, 200, Nothing;
    GET "/settings/user/tokens/{id}/delete" OwnUser, 200, Nothing;
    POST "/settings/user/tokens/{id}/delete" OwnUser, 303, NO_FIELDS;
    GET "/settings/user/tokens/{id}" OwnUser, 200, Nothing;
    POST "/settings/user/tokens/{id}/rotate" OwnUser, 200, ROTATION;
    // Nothing to undo: a page says so.
    POST "/settings/user/tokens/{id}/undo" OwnUser, 409, NO_FIELDS;
    POST "/settings/user/tokens/{id}/disable" OwnUser, 303, NO_FIELDS;
    POST "/settings/user/tokens/{id}/enable" OwnUser, 303, NO_FIELDS;
    POST "/settings/user/tokens/{id}/shorten" OwnUser, 303, END_FIELD;
    GET "/settings/user/sessions" OwnUser, 200, Nothing;
    POST "/settings/user/sessions/{id}/end" OwnUser, 303, NO_FIELDS;
    GET "/settings/user/email" OwnUser, 200, Nothing;
    POST "/settings/user/email" OwnUser, 303, Form("address=mika@example.com");
    GET "/settings/user/password" OwnUser, 200, Nothing;
    POST "/settings/user/password" OwnUser, 303, Form("current=correct+horse+battery&new=correct+horse+battery&again=correct+horse+battery");

    GET "/settings/project/{vcs}/{org}/{repo}" On("read-settings"), 200, Nothing;
    POST "/settings/project/{vcs}/{org}/{repo}" On("write-settings"), 303, Form("visibility={visibility}");
    POST "/settings/project/{vcs}/{org}/{repo}/triggers" On("write-settings"), 303, Form("triggers=taken");
    GET "/settings/project/{vcs}/{org}/{repo}/api" On("tokens"), 200, Nothing;
    POST "/settings/project/{vcs}/{org}/{repo}/api" On("tokens"), 200, Form("label=made&scope=all");
    GET "/settings/project/{vcs}/{org}/{repo}/api/new" On("tokens"), 200, Nothing;
    GET "/settings/project/{vcs}/{org}/{repo}/api/{id}/delete" On("tokens"), 200, Nothing;
    POST "/settings/project/{vcs}/{org}/{repo}/api/{id}/delete" On("tokens"), 303, NO_FIELDS;
    GET "/settings/project/{vcs}/{org}/{repo}/api/{id}" On("tokens"), 200, Nothing;
    POST "/settings/project/{vcs}/{org}/{repo}/api/{id}/rotate" On("tokens"), 200, ROTATION;
    POST "/settings/project/{vcs}/{org}/{repo}/api/{id}/undo" On("tokens"), 409, NO_FIELDS;
    POST "/settings/project/{vcs}/{org}/{repo}/api/{id}/disable" On("tokens"), 303, NO_FIELDS;
    POST "/settings/project/{vcs}/{org}/{repo}/api/{id}/enable" On("tokens"), 303, NO_FIELDS;
    POST "/settings/project/{vcs}/{org}/{repo}/api/{id}/shorten" On("tokens"), 303, END_FIELD;
    GET "/settings/project/{vcs}/{org}/{repo}/env" On("read-settings"), 200, Nothing;
    POST "/settings/project/{vcs}/{org}/{repo}/env" On("write-settings"), 303, Form("name=MADE&value=a+value");
    GET "/settings/project/{vcs}/{org}/{repo}/env/new" On("write-settings"), 200, Nothing;
    GET "/settings/project/{vcs}/{org}/{repo}/env/{name}/delete" On("write-settings"), 200, Nothing;
    POST "/settings/project/{vcs}/{org}/{repo}/env/{name}/delete" On("write-settings"), 303, NO_FIELDS;
    GET "/settings/project/{vcs}/{org}/{repo}/ssh" On("read-settings"), 200, Nothing;
    // Whoever may is told that this is no key.
    POST "/settings/project/{vcs}/{org}/{repo}/ssh" On("write-settings"), 400, Form("hostname=h&private_key=none");
    GET "/settings/project/{vcs}/{org}/{repo}/ssh/new" On("write-settings"), 200, Nothing;
    GET "/settings/project/{vcs}/{org}/{repo}/ssh/additional/{fingerprint}/{hostname}/delete" On("write-settings"), 200, Nothing;
    POST "/settings/project/{vcs}/{org}/{repo}/ssh/additional/{fingerprint}/{hostname}/delete" On("write-settings"), 303, NO_FIELDS;
    POST "/settings/project/{vcs}/{org}/{repo}/ssh/checkout-key" On("write-settings"), 303, Form("type=deploy-key");
    GET "/settings/project/{vcs}/{org}/{repo}/ssh/checkout-key/{fingerprint}/delete" On("write-settings"), 200, Nothing;
    POST "/settings/project/{vcs}/{org}/{repo}/ssh/checkout-key/{fingerprint}/delete" On("write-settings"), 303, NO_FIELDS;
    // The project is not on SSH, so there is no host to be met.
    POST "/settings/project/{vcs}/{org}/{repo}/ssh/known-host" Server, 404, NO_FIELDS;
    GET "/settings/project/{vcs}/{org}/{repo}/badges" On("status"), 200, Nothing;
};

/// What ends the caller's own token, and so is visited after everything else.
pub(super) const LAST: &[Route] = routes! {
    DELETE "/api/v2/token/self" Itself, 200, Nothing;
};
