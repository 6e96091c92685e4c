//! Samples of the routes of service accounts.

use super::table::Right::{On, OnWhole};
use super::table::Sent::{Form, Json, Nothing};
use super::table::{EMPTY, END, END_FIELD, LABEL, NO_FIELDS, ROTATION, Route, Sent, routes};

const ACCOUNT: Sent =
    Json(r#"{"name": "{unique}", "ceiling": ["read-status"], "contacts": ["admin"]}"#);
const CEILING: Sent = Json(r#"{"ceiling": ["read-status", "read-builds"]}"#);
const NAME: Sent = Json(r#"{"name": "{unique}"}"#);
const CONTACTS: Sent = Json(r#"{"contacts": ["admin"]}"#);

/// The API.
pub(super) const API: &[Route] = routes! {
    GET "/api/v2/organization/{vcs}/{org}/service-account" OnWhole("services"), 200, Nothing;
    POST "/api/v2/organization/{vcs}/{org}/service-account" OnWhole("services"), 201, ACCOUNT;
    GET "/api/v2/organization/{vcs}/{org}/service-account/{account}" OnWhole("services"), 200, Nothing;
    DELETE "/api/v2/organization/{vcs}/{org}/service-account/{account}" OnWhole("services"), 200, Nothing;
    POST "/api/v2/organization/{vcs}/{org}/service-account/{account}/ceiling" OnWhole("services"), 200, CEILING;
    POST "/api/v2/organization/{vcs}/{org}/service-account/{account}/name" OnWhole("services"), 200, NAME;
    POST "/api/v2/organization/{vcs}/{org}/service-account/{account}/contacts" OnWhole("services"), 200, CONTACTS;
    POST "/api/v2/organization/{vcs}/{org}/service-account/{account}/disable" OnWhole("services"), 200, EMPTY;
    POST "/api/v2/organization/{vcs}/{org}/service-account/{account}/enable" OnWhole("services"), 200, EMPTY;
    GET "/api/v2/organization/{vcs}/{org}/service-account/{account}/token" OnWhole("services"), 200, Nothing;
    POST "/api/v2/organization/{vcs}/{org}/service-account/{account}/token" OnWhole("services"), 201, LABEL;
    DELETE "/api/v2/organization/{vcs}/{org}/service-account/{account}/token/{token}" OnWhole("services"), 200, Nothing;
    POST "/api/v2/organization/{vcs}/{org}/service-account/{account}/token/{token}/disable" OnWhole("services"), 200, EMPTY;
    POST "/api/v2/organization/{vcs}/{org}/service-account/{account}/token/{token}/enable" OnWhole("services"), 200, EMPTY;
    POST "/api/v2/organization/{vcs}/{org}/service-account/{account}/token/{token}/shorten" OnWhole("services"), 200, END;
    GET "/api/v2/organization/{vcs}/{org}/service-account/{account}/token/{token}/use" OnWhole("services"), 200, Nothing;
    POST "/api/v2/organization/{vcs}/{org}/service-account/{account}/token/{token}/rotate" OnWhole("services"), 201, EMPTY;
    DELETE "/api/v2/organization/{vcs}/{org}/service-account/{account}/token/{token}/rotate" OnWhole("services"), 400, Nothing;
    GET "/api/v2/project/{vcs}/{org}/{repo}/service-account" On("services"), 200, Nothing;
    POST "/api/v2/project/{vcs}/{org}/{repo}/service-account" On("services"), 201, ACCOUNT;
    GET "/api/v2/project/{vcs}/{org}/{repo}/service-account/{account}" On("services"), 200, Nothing;
    DELETE "/api/v2/project/{vcs}/{org}/{repo}/service-account/{account}" On("services"), 200, Nothing;
    POST "/api/v2/project/{vcs}/{org}/{repo}/service-account/{account}/ceiling" On("services"), 200, CEILING;
    POST "/api/v2/project/{vcs}/{org}/{repo}/service-account/{account}/name" On("services"), 200, NAME;
    POST "/api/v2/project/{vcs}/{org}/{repo}/service-account/{account}/contacts" On("services"), 200, CONTACTS;
    POST "/api/v2/project/{vcs}/{org}/{repo}/service-account/{account}/disable" On("services"), 200, EMPTY;
    POST "/api/v2/project/{vcs}/{org}/{repo}/service-account/{account}/enable" On("services"), 200, EMPTY;
    GET "/api/v2/project/{vcs}/{org}/{repo}/service-account/{account}/token" On("services"), 200, Nothing;
    POST "/api/v2/project/{vcs}/{org}/{repo}/service-account/{account}/token" On("services"), 201, LABEL;
    DELETE "/api/v2/project/{vcs}/{org}/{repo}/service-account/{account}/token/{token}" On("services"), 200, Nothing;
    POST "/api/v2/project/{vcs}/{org}/{repo}/service-account/{account}/token/{token}/disable" On("services"), 200, EMPTY;
    POST "/api/v2/project/{vcs}/{org}/{repo}/service-account/{account}/token/{token}/enable" On("services"), 200, EMPTY;
    POST "/api/v2/project/{vcs}/{org}/{repo}/service-account/{account}/token/{token}/shorten" On("services"), 200, END;
    GET "/api/v2/project/{vcs}/{org}/{repo}/service-account/{account}/token/{token}/use" On("services"), 200, Nothing;
    POST "/api/v2/project/{vcs}/{org}/{repo}/service-account/{account}/token/{token}/rotate" On("services"), 201, EMPTY;
    DELETE "/api/v2/project/{vcs}/{org}/{repo}/service-account/{account}/token/{token}/rotate" On("services"), 400, Nothing;
};

/// Pages.
pub(super) const PAGES: &[Route] = routes! {
    GET "/settings/organization/{vcs}/{org}/services" OnWhole("services"), 200, Nothing;
    POST "/settings/organization/{vcs}/{org}/services" OnWhole("services"), 303, Form("name={unique}&right-read-status=yes&contacts=admin");
    GET "/settings/organization/{vcs}/{org}/services/new" OnWhole("services"), 200, Nothing;
    GET "/settings/organization/{vcs}/{org}/services/{account}" OnWhole("services"), 200, Nothing;
    POST "/settings/organization/{vcs}/{org}/services/{account}/ceiling" OnWhole("services"), 303, Form("right-read-status=yes&right-read-builds=yes");
    POST "/settings/organization/{vcs}/{org}/services/{account}/name" OnWhole("services"), 303, Form("name={unique}");
    POST "/settings/organization/{vcs}/{org}/services/{account}/contacts" OnWhole("services"), 303, Form("contacts=admin");
    POST "/settings/organization/{vcs}/{org}/services/{account}/disable" OnWhole("services"), 303, NO_FIELDS;
    POST "/settings/organization/{vcs}/{org}/services/{account}/enable" OnWhole("services"), 303, NO_FIELDS;
    GET "/settings/organization/{vcs}/{org}/services/{account}/delete" OnWhole("services"), 200, Nothing;
    POST "/settings/organization/{vcs}/{org}/services/{account}/delete" OnWhole("services"), 303, NO_FIELDS;
    POST "/settings/organization/{vcs}/{org}/services/{account}/tokens" OnWhole("services"), 200, Form("label=made&right-read-status=yes");
    GET "/settings/organization/{vcs}/{org}/services/{account}/tokens/new" OnWhole("services"), 200, Nothing;
    GET "/settings/organization/{vcs}/{org}/services/{account}/tokens/{id}" OnWhole("services"), 200, Nothing;
    POST "/settings/organization/{vcs}/{org}/services/{account}/tokens/{id}/rotate" OnWhole("services"), 200, ROTATION;
    POST "/settings/organization/{vcs}/{org}/services/{account}/tokens/{id}/undo" OnWhole("services"), 409, NO_FIELDS;
    GET "/settings/organization/{vcs}/{org}/services/{account}/tokens/{id}/delete" OnWhole("services"), 200, Nothing;
    POST "/settings/organization/{vcs}/{org}/services/{account}/tokens/{id}/delete" OnWhole("services"), 303, NO_FIELDS;
    POST "/settings/organization/{vcs}/{org}/services/{account}/tokens/{id}/disable" OnWhole("services"), 303, NO_FIELDS;
    POST "/settings/organization/{vcs}/{org}/services/{account}/tokens/{id}/enable" OnWhole("services"), 303, NO_FIELDS;
    POST "/settings/organization/{vcs}/{org}/services/{account}/tokens/{id}/shorten" OnWhole("services"), 303, END_FIELD;
    GET "/settings/project/{vcs}/{org}/{repo}/services" On("services"), 200, Nothing;
    POST "/settings/project/{vcs}/{org}/{repo}/services" On("services"), 303, Form("name={unique}&right-read-status=yes&contacts=admin");
    GET "/settings/project/{vcs}/{org}/{repo}/services/new" On("services"), 200, Nothing;
    GET "/settings/project/{vcs}/{org}/{repo}/services/{account}" On("services"), 200, Nothing;
    POST "/settings/project/{vcs}/{org}/{repo}/services/{account}/ceiling" On("services"), 303, Form("right-read-status=yes&right-read-builds=yes");
    POST "/settings/project/{vcs}/{org}/{repo}/services/{account}/name" On("services"), 303, Form("name={unique}");
    POST "/settings/project/{vcs}/{org}/{repo}/services/{account}/contacts" On("services"), 303, Form("contacts=admin");
    POST "/settings/project/{vcs}/{org}/{repo}/services/{account}/disable" On("services"), 303, NO_FIELDS;
    POST "/settings/project/{vcs}/{org}/{repo}/services/{account}/enable" On("services"), 303, NO_FIELDS;
    GET "/settings/project/{vcs}/{org}/{repo}/services/{account}/delete" On("services"), 200, Nothing;
    POST "/settings/project/{vcs}/{org}/{repo}/services/{account}/delete" On("services"), 303, NO_FIELDS;
    POST "/settings/project/{vcs}/{org}/{repo}/services/{account}/tokens" On("services"), 200, Form("label=made&right-read-status=yes");
    GET "/settings/project/{vcs}/{org}/{repo}/services/{account}/tokens/new" On("services"), 200, Nothing;
    GET "/settings/project/{vcs}/{org}/{repo}/services/{account}/tokens/{id}" On("services"), 200, Nothing;
    POST "/settings/project/{vcs}/{org}/{repo}/services/{account}/tokens/{id}/rotate" On("services"), 200, ROTATION;
    POST "/settings/project/{vcs}/{org}/{repo}/services/{account}/tokens/{id}/undo" On("services"), 409, NO_FIELDS;
    GET "/settings/project/{vcs}/{org}/{repo}/services/{account}/tokens/{id}/delete" On("services"), 200, Nothing;
    POST "/settings/project/{vcs}/{org}/{repo}/services/{account}/tokens/{id}/delete" On("services"), 303, NO_FIELDS;
    POST "/settings/project/{vcs}/{org}/{repo}/services/{account}/tokens/{id}/disable" On("services"), 303, NO_FIELDS;
    POST "/settings/project/{vcs}/{org}/{repo}/services/{account}/tokens/{id}/enable" On("services"), 303, NO_FIELDS;
    POST "/settings/project/{vcs}/{org}/{repo}/services/{account}/tokens/{id}/shorten" On("services"), 303, END_FIELD;
};
