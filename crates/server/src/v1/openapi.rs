//! The OpenAPI document of API v1.1. Its paths, methods and rights are the route table's, its schemas those of
//! the types that are sent: only summaries, and which type is whose, are written down here.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use rondo_wire::{Failure, v1};
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Map, Value, json};

use crate::Server;
use crate::routes::{Needs, RouteFacts, facts};

const BASE: &str = "/api/v1.1";
const PROJECT: &str = "/api/v1.1/project/{vcs}/{org}/{repo}";

type Describe = fn(&mut SchemaGenerator) -> Schema;

/// What the table of routes does not know of a call.
struct Call {
    method: &'static str,
    /// Below [`BASE`], or below [`PROJECT`] where it begins with `P`.
    path: &'static str,
    summary: &'static str,
    status: u16,
    answer: Describe,
    /// Parameters of the query.
    query: &'static [&'static str],
    /// The body, if it takes one.
    body: &'static [Describe],
}

impl Call {
    /// Whether its body may be left out.
    fn may_be_bare(&self) -> bool {
        matches!(self.path, "P" | "P/build" | "P/tree/{branch}")
            || self.path.ends_with("/rotate")
            || self.path.ends_with("/token/{token}")
    }
}

fn of<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

/// `calls! { METHOD "path" "summary" => status Type [query, …] body Type; … }`
macro_rules! calls {
    ($($method:ident $path:literal $summary:literal => $status:literal $answer:ty
        $(, query [$($query:literal),*])? $(, body $body:ty)?;)*) => {
        &[$(Call {
            method: stringify!($method),
            path: $path,
            summary: $summary,
            status: $status,
            answer: of::<$answer>,
            query: &[$($($query),*)?],
            body: &[$(of::<$body>)?],
        }),*]
    };
}

/// A build that something was just done with.
#[derive(JsonSchema)]
#[schemars(untagged)]
#[expect(dead_code, reason = "a schema: each of its forms is sent as it is")]
enum ChangedBuild {
    Whole(Box<v1::Build>),
    InStatusForm(Box<v1::BuildStatus>),
}

/// One build alone.
#[derive(JsonSchema)]
#[schemars(untagged)]
#[expect(dead_code, reason = "a schema: each of its forms is sent as it is")]
enum OneBuild {
    Whole(Box<v1::BuildDetails>),
    InStatusForm(Box<v1::BuildStatus>),
}

const CALLS: &[Call] = calls! {
    GET "/openapi.json" "This document" => 200 Map<String, Value>;
    GET "/me" "Who the token acts as" => 200 v1::Me;
    GET "/user/token" "Your personal tokens" => 200 Vec<v1::Token>;
    POST "/user/token" "Make a personal token; its value is in this answer only" => 201 v1::NewToken, body PersonalToken;
    DELETE "/user/token/{token}" "Delete a personal token" => 200 v1::Message, body v1::DeleteToken;
    POST "/user/token/{token}/disable" "Disable a personal token" => 200 v1::Message;
    POST "/user/token/{token}/enable" "Enable a personal token again" => 200 v1::Message;
    POST "/user/token/{token}/shorten" "Bring the end of a personal token nearer" => 200 v1::Message, body v1::ShortenToken;
    GET "/user/token/{token}/use" "What a personal token was used for" => 200 v1::TokenUse;
    POST "/user/token/{token}/rotate" "Make a personal token's successor; its value is in this answer only" => 201 v1::NewToken, body v1::RotateToken;
    DELETE "/user/token/{token}/rotate" "Undo that: the successor is deleted" => 200 v1::Message;
    GET "/token/self" "What the token in use can do" => 200 v1::TokenSelf;
    GET "/projects" "The projects that you follow" => 200 Vec<v1::Project>, query ["shallow"];
    GET "/recent-builds" "The newest builds of all that you follow" => 200 Vec<v1::ListedBuild>, query ["limit", "offset", "shallow"];
    GET "/user/organizations" "The organizations that you see" => 200 Vec<v1::Organization>;
    GET "/user/repos" "The repositories that you may follow" => 200 Vec<v1::Repository>, query ["page", "per-page"];
    GET "/user/repos/{vcs}" "Those of one host" => 200 Vec<v1::Repository>, query ["page", "per-page"];
    POST "/user/heroku-key" "Not supported: says what to do instead" => 400 Failure;
    GET "P" "Builds, the newest first" => 200 Vec<v1::ListedBuild>, query ["limit", "offset", "filter", "shallow"];
    POST "P" "Run one job of the default branch, or of a tag" => 201 ChangedBuild, body Trigger;
    POST "P/build" "Run all workflows" => 200 v1::PipelineCreated, body Pipeline;
    POST "P/follow" "Follow the project" => 200 v1::Follow;
    POST "P/unfollow" "Follow the project no longer" => 200 v1::Follow;
    GET "P/tree/{branch}" "Builds of a branch" => 200 Vec<v1::ListedBuild>, query ["limit", "offset", "filter", "shallow"];
    POST "P/tree/{branch}" "Run one job of a branch" => 201 ChangedBuild, body BranchTrigger;
    GET "P/latest/artifacts" "Artifacts of the newest build" => 200 Vec<v1::Artifact>, query ["branch", "filter"];
    GET "P/settings" "The project's settings" => 200 v1::Settings;
    PUT "P/settings" "Change what can be changed of them" => 200 v1::Settings, body Map<String, Value>;
    POST "P/enable" "Take triggers" => 200 v1::Settings;
    DELETE "P/enable" "Take no triggers" => 200 v1::Settings;
    DELETE "P/build-cache" "Not supported: says so" => 400 Failure;
    GET "P/envvar" "Variables, masked" => 200 Vec<v1::EnvVar>;
    POST "P/envvar" "Set a variable" => 201 v1::EnvVar, body v1::EnvVar;
    GET "P/envvar/{name}" "A variable, masked" => 200 v1::EnvVar;
    DELETE "P/envvar/{name}" "Delete a variable" => 200 v1::Message;
    GET "P/checkout-key" "Checkout keys" => 200 Vec<v1::CheckoutKey>, query ["digest"];
    POST "P/checkout-key" "Make a checkout key" => 201 v1::CheckoutKey, body v1::NewCheckoutKey;
    GET "P/checkout-key/{fingerprint}" "A checkout key" => 200 v1::CheckoutKey, query ["digest"];
    DELETE "P/checkout-key/{fingerprint}" "Delete a checkout key" => 200 v1::Message;
    POST "P/ssh-key" "Keep an SSH key for jobs" => 200 String, body v1::NewSshKey;
    DELETE "P/ssh-key" "Delete an SSH key" => 200 String, body v1::SshKeyName;
    GET "P/token" "The project's tokens" => 200 Vec<v1::Token>;
    POST "P/token" "Make a project token; its value is in this answer only" => 201 v1::NewToken, body ProjectToken;
    DELETE "P/token/{token}" "Delete a project token" => 200 v1::Message, body v1::DeleteToken;
    POST "P/token/{token}/disable" "Disable a project token" => 200 v1::Message;
    POST "P/token/{token}/enable" "Enable a project token again" => 200 v1::Message;
    POST "P/token/{token}/shorten" "Bring the end of a project token nearer" => 200 v1::Message, body v1::ShortenToken;
    GET "P/token/{token}/use" "What a project token was used for" => 200 v1::TokenUse;
    POST "P/token/{token}/rotate" "Make a project token's successor; its value is in this answer only" => 201 v1::NewToken, body v1::RotateToken;
    DELETE "P/token/{token}/rotate" "Undo that: the successor is deleted" => 200 v1::Message;
    GET "P/{number}" "One build: whole with its steps, or in status form" => 200 OneBuild;
    GET "P/{number}/artifacts" "A build's artifacts" => 200 Vec<v1::Artifact>;
    GET "P/{number}/tests" "A build's tests" => 200 v1::Tests;
    POST "P/{number}/retry" "Run a build again" => 200 ChangedBuild;
    POST "P/{number}/ssh" "Not supported: says what to do instead" => 400 Failure;
    POST "P/{number}/ssh-users" "Not supported: says so" => 400 Failure;
    POST "P/{number}/cancel" "Stop a build" => 200 ChangedBuild;
    GET "P/{number}/output/{step}/{node}" "A step's output" => 200 Vec<v1::Output>;
};

/// The body of a request for a personal token.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
#[expect(
    dead_code,
    reason = "a schema: wire's type is read, which a project's token has in common"
)]
struct PersonalToken {
    /// What people call it.
    #[schemars(length(min = 1, max = 100))]
    label: String,
    /// Its rights; all of its maker's where nothing is said.
    #[schemars(length(min = 1))]
    permissions: Option<Vec<String>>,
    /// The projects that it reaches, as slugs.
    #[schemars(length(min = 1))]
    projects: Option<Vec<String>>,
    /// The networks that it may be used from, as CIDR or single addresses.
    #[schemars(length(min = 1))]
    networks: Option<Vec<String>>,
    /// The moment from which it is refused, RFC 3339; to the second.
    expires_at: Option<String>,
}

/// The body of a request for a project's token.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
#[expect(dead_code, reason = "a schema: wire's type is read, which a personal token has in common")]
struct ProjectToken {
    /// What people call it.
    #[schemars(length(min = 1, max = 100))]
    label: String,
    /// What it may read.
    #[schemars(extend("enum" = ["status", "view-builds", "all", "badge"]))]
    scope: String,
    /// The networks that it may be used from, as CIDR or single addresses.
    #[schemars(length(min = 1))]
    networks: Option<Vec<String>>,
    /// The moment from which it is refused, RFC 3339; to the second.
    expires_at: Option<String>,
}

/// The body of a trigger of one job. A form with `build_parameters[NAME]` is taken too.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
#[expect(dead_code, reason = "a schema: the body is read in body.rs, from JSON and from forms")]
struct Trigger {
    /// What is injected into the build; `CIRCLE_JOB` names the job.
    build_parameters: Option<Map<String, Value>>,
    /// The commit; not with `tag`.
    #[schemars(regex(pattern = "^[0-9A-Fa-f]{40}$"))]
    revision: Option<String>,
    /// The tag; not with `revision`.
    #[schemars(length(min = 1))]
    tag: Option<String>,
    /// The branch; not with `tag`.
    #[schemars(length(min = 1))]
    branch: Option<String>,
    /// The job where `CIRCLE_JOB` names none; else `build`.
    #[schemars(length(min = 1))]
    job: Option<String>,
    /// 1: jobs do not run in several copies yet.
    #[schemars(range(min = 1, max = 1))]
    parallel: Option<u32>,
}

/// The body of a trigger of one job of the branch that the path names.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
#[expect(dead_code, reason = "a schema: the body is read in body.rs, from JSON and from forms")]
struct BranchTrigger {
    /// What is injected into the build; `CIRCLE_JOB` names the job.
    build_parameters: Option<Map<String, Value>>,
    /// The commit.
    #[schemars(regex(pattern = "^[0-9A-Fa-f]{40}$"))]
    revision: Option<String>,
    /// The job where `CIRCLE_JOB` names none; else `build`.
    #[schemars(length(min = 1))]
    job: Option<String>,
    /// 1: jobs do not run in several copies yet.
    #[schemars(range(min = 1, max = 1))]
    parallel: Option<u32>,
}

/// The body of a trigger of all workflows.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
#[expect(dead_code, reason = "a schema: the body is read in body.rs, from JSON and from forms")]
struct Pipeline {
    /// The branch; not with `tag`.
    #[schemars(length(min = 1))]
    branch: Option<String>,
    /// The tag; not with `branch` or `revision`.
    #[schemars(length(min = 1))]
    tag: Option<String>,
    /// The commit; not with `tag`.
    #[schemars(regex(pattern = "^[0-9A-Fa-f]{40}$"))]
    revision: Option<String>,
}

/// `GET /openapi.json`
pub(crate) async fn show(State(server): State<Arc<Server>>) -> Json<Value> {
    Json(document(&server.app.policy().url))
}

fn document(url: &str) -> Value {
    let mut settings = SchemaSettings::draft2020_12();
    settings.definitions_path = "/components/schemas".into();
    let mut sent = settings.clone().for_serialize().into_generator();
    let mut taken = settings.for_deserialize().into_generator();
    let failure = of::<Failure>(&mut sent);
    let mut paths: Map<String, Value> = Map::new();
    for route in facts().iter().filter(|route| route.path.starts_with(&format!("{BASE}/"))) {
        let operation = operation(route, &failure, &mut sent, &mut taken);
        let path = &route.path.replace("{*", "{")[BASE.len()..];
        let methods = paths.entry(path).or_insert_with(|| json!({}));
        methods[route.method.as_str().to_lowercase()] = operation;
    }
    let mut schemas = taken.take_definitions(true);
    schemas.extend(sent.take_definitions(true));
    json!({
        "openapi": "3.1.0",
        "info": {"title": "Rondo API v1.1", "version": env!("CARGO_PKG_VERSION")},
        "servers": [{"url": format!("{url}{BASE}")}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "header": {"type": "apiKey", "in": "header", "name": "Circle-Token"},
                "basic": {"type": "http", "scheme": "basic"},
                "query": {"type": "apiKey", "in": "query", "name": "circle-token"},
            },
        },
    })
}

fn call(route: &RouteFacts) -> Option<&'static Call> {
    let path = route.path.replace("{*", "{");
    CALLS.iter().find(|call| {
        let own = match call.path.strip_prefix('P') {
            Some(rest) => format!("{PROJECT}{rest}"),
            None => format!("{BASE}{}", call.path),
        };
        own == path && call.method == route.method.as_str()
    })
}

/// `sent` makes the schemas of answers, `taken` those of bodies: what may be left out there is always told here.
fn operation(
    route: &RouteFacts,
    failure: &Schema,
    sent: &mut SchemaGenerator,
    taken: &mut SchemaGenerator,
) -> Value {
    let json_of = |schema: &Schema| json!({"application/json": {"schema": schema}});
    let names = route.path.split('/').filter_map(|part| part.strip_prefix('{'));
    let in_path = names.map(|name| {
        let name = name.trim_start_matches('*').trim_end_matches('}');
        json!({"name": name, "in": "path", "required": true, "schema": {"type": "string", "minLength": 1}})
    });
    let mut parameters: Vec<Value> = in_path.collect();
    let mut operation = json!({ "responses": {} });
    let takes_body = call(route).is_some_and(|call| !call.body.is_empty());
    for (status, why) in refusals(route, takes_body) {
        let refused = json!({"description": why, "content": json_of(failure)});
        operation["responses"][status.to_string()] = refused;
    }
    let credentials = ["bearer", "header", "basic", "query"].map(|name| json!({name: []}));
    let (mut security, right) = (credentials.to_vec(), route.needs.permission());
    if !matches!(route.needs, Needs::OnServer(_)) {
        // A public project is read by anyone.
        security.push(json!({}));
    }
    operation["security"] = json!(security);
    operation["x-right"] = json!(right.map(|right| right.to_string()));
    if let Some(call) = call(route) {
        operation["summary"] = json!(call.summary);
        let answer = (call.answer)(sent);
        let mut done = json!({"description": "Done", "content": json_of(&answer)});
        if call.status == 201 {
            let schema = json!({"type": "string", "format": "uri"});
            done["headers"]["Location"] = json!({"description": "Where it is", "schema": schema});
        }
        operation["responses"][call.status.to_string()] = done;
        parameters.extend(call.query.iter().map(|name| in_query(name)));
        if let Some(describe) = call.body.first() {
            let content = json_of(&describe(taken));
            operation["requestBody"] = json!({"content": content, "required": !call.may_be_bare()});
        }
    }
    operation["parameters"] = json!(parameters);
    operation
}

/// The statuses of refusals that a call can have, and what each says.
fn refusals(route: &RouteFacts, takes_body: bool) -> Vec<(u16, &'static str)> {
    let mut refusals = vec![
        (400, "Not understood, or two different tokens were sent"),
        (429, "Too many requests, or too many wrong tokens: Retry-After says how long to wait"),
        (500, "A fault of the server"),
        (503, "The server cannot reach its store: try again"),
    ];
    if route.needs != Needs::Nothing || route.face.is_api() {
        refusals.push((401, "Nobody is known by what was sent"));
        refusals.push((403, "What was sent lacks the right, or may not be used from there"));
    }
    if route.path.contains('{') {
        refusals.push((404, "There is no such thing, or who asks may not know of it"));
    }
    if route.path.ends_with("/follow") {
        refusals.push((502, "The repository does not say which branch is its default one"));
    }
    if takes_body {
        refusals.push((413, "The body is too large"));
    }
    refusals
}

fn in_query(name: &str) -> Value {
    let schema = match name {
        "limit" | "per-page" => json!({"type": "integer", "minimum": 1, "maximum": 100}),
        "page" => json!({"type": "integer", "minimum": 1, "maximum": 1_000_000}),
        "offset" => json!({"type": "integer", "minimum": 0}),
        "shallow" => json!({"type": "boolean"}),
        "filter" => json!({"enum": ["completed", "successful", "failed", "running"]}),
        "digest" => json!({"enum": ["md5", "sha256"]}),
        _ => json!({"type": "string"}),
    };
    json!({"name": name, "in": "query", "schema": schema})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_of_v1_1_is_told_of_and_no_other() {
        let routes = facts();
        let routes = routes.iter().filter(|route| route.path.starts_with(&format!("{BASE}/")));
        let (told, untold): (Vec<_>, Vec<_>) = routes.partition(|route| call(route).is_some());
        assert!(untold.is_empty(), "no summary: {untold:#?}");
        assert_eq!(told.len(), CALLS.len(), "some call has no route");
    }

    #[test]
    fn every_schema_that_is_referred_to_is_there() {
        let document = document("http://localhost");
        let schemas = document["components"]["schemas"].as_object().unwrap();
        let text = document.to_string();
        let mut found = 0;
        for rest in text.split("\"#/components/schemas/").skip(1) {
            let name = rest.split('"').next().unwrap();
            assert!(schemas.contains_key(name), "{name}");
            found += 1;
        }
        assert!(found > 40, "{found}");
        assert!(schemas["BuildDetails"]["properties"].get("steps").is_some());
    }
}
