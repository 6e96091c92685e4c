//! A project's settings, and whether it takes triggers. What is accepted acts; everything else is
//! refused by its name, unless it is asked for as it already is.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use rondo_app::{ProjectChange, Refusal};
use rondo_domain::{Permission, Project};
use rondo_wire::v1;
use serde_json::{Map, Value};

use super::body::{self, wrong};
use super::project::shaped;
use crate::Server;
use crate::failure::ApiResult;
use crate::granted::{Granted, Sent};

pub(crate) async fn show(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
) -> ApiResult<Json<v1::Settings>> {
    Ok(Json(of(&server, &granted, Arc::new(granted.project().clone())).await?))
}

async fn of(
    server: &Server,
    granted: &Granted,
    project: Arc<Project>,
) -> Result<v1::Settings, Refusal> {
    let person = granted.ctx.who.person();
    let follows = person.map(|id| server.app.memory().followed(id)).unwrap_or_default();
    let following = follows.contains(&project.id);
    let branches = match granted.may(Permission::ReadStatus) {
        true => Some(server.app.branches(&granted.ctx, Arc::clone(&project)).await?),
        false => None,
    };
    let mut shown = shaped(&project, following);
    shown.branches = branches.and_then(|dashboard| {
        let followed = dashboard.projects.first()?;
        Some(super::branch::branches(followed, &dashboard.workflows))
    });
    Ok(v1::Settings {
        vcs_type_in_settings: shown.vcs_type.clone(),
        enabled: project.enabled,
        project: shown,
    })
}

pub(crate) async fn change(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
    Sent(body): Sent,
) -> ApiResult<Json<v1::Settings>> {
    let wanted: Map<String, Value> = body::json(&body)?;
    let now = of(&server, &granted, Arc::new(granted.project().clone())).await?;
    let now = serde_json::to_value(&now).map_err(|error| Refusal::Fault(error.to_string()))?;
    let change = read(&wanted, &now)?;
    let project = server.app.change_project(&granted.ctx, granted.project(), &change).await?;
    Ok(Json(of(&server, &granted, project).await?))
}

/// What of a body is a change.
fn read(wanted: &Map<String, Value>, now: &Value) -> Result<ProjectChange, Refusal> {
    let mut change = ProjectChange::default();
    let mut public = Vec::new();
    let mut enabled = Vec::new();
    for (name, value) in wanted {
        match (name.as_str(), value) {
            ("feature_flags", Value::Object(flags)) => {
                for (flag, value) in flags {
                    match (flag.as_str(), value) {
                        ("oss", Value::Bool(oss)) => public.push(*oss),
                        ("drop_all_build_requests", Value::Bool(drop)) => enabled.push(!*drop),
                        ("oss" | "drop_all_build_requests", _) => {
                            return Err(mistyped("the feature flag", flag, "true or false"));
                        }
                        _ if now["feature_flags"].get(flag) == Some(value) => {}
                        _ => {
                            return Err(fixed(
                                "the feature flag",
                                flag,
                                now["feature_flags"].get(flag),
                            ));
                        }
                    }
                }
            }
            ("oss", Value::Bool(oss)) => public.push(*oss),
            ("enabled", Value::Bool(own)) => enabled.push(*own),
            ("default_branch", Value::String(branch)) => {
                change.default_branch = Some(branch.parse()?);
            }
            ("oss" | "enabled", _) => return Err(mistyped("the setting", name, "true or false")),
            ("default_branch", _) => return Err(mistyped("the setting", name, "a text")),
            // No setting: builds move them between a client's reading and its writing.
            ("branches", Value::Object(_)) => {}
            _ if now.get(name) == Some(value) => {}
            _ => return Err(fixed("the setting", name, now.get(name))),
        }
    }
    change.public = other(&public, &now["oss"]);
    change.enabled = other(&enabled, &now["enabled"]);
    change.default_branch = change.default_branch.filter(|b| now["default_branch"] != b.as_str());
    Ok(change)
}

/// The other value than now, if any place asks for it: a whole answer that is sent back with one of two
/// places changed means that change.
fn other(wanted: &[bool], now: &Value) -> Option<bool> {
    let now = now.as_bool().unwrap_or_default();
    wanted.iter().any(|own| *own != now).then_some(!now)
}

fn mistyped(what: &str, name: &str, kind: &str) -> Refusal {
    wrong(format!("{what} {name:?} is {kind}"))
}

fn fixed(what: &str, name: &str, now: Option<&Value>) -> Refusal {
    let name: String = name.chars().take(60).collect();
    wrong(match now {
        Some(Value::Object(_) | Value::Array(_)) | None => {
            format!("{what} {name:?} cannot be changed here")
        }
        Some(now) => format!("{what} {name:?} cannot be changed: it is {now}"),
    })
}

pub(crate) async fn enable(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
) -> ApiResult<Json<v1::Settings>> {
    Ok(switch(&server, &granted, true).await?)
}

pub(crate) async fn disable(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
) -> ApiResult<Json<v1::Settings>> {
    Ok(switch(&server, &granted, false).await?)
}

async fn switch(
    server: &Server,
    granted: &Granted,
    enabled: bool,
) -> Result<Json<v1::Settings>, Refusal> {
    let change = match granted.project().enabled == enabled {
        true => ProjectChange::default(),
        false => ProjectChange::enabled(enabled),
    };
    let project = server.app.change_project(&granted.ctx, granted.project(), &change).await?;
    Ok(Json(of(server, granted, project).await?))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_accepted_changes_and_everything_else_is_refused_by_name() {
        let now = json!({
            "oss": false, "enabled": true, "default_branch": "main", "parallel": 1, "branches": {},
            "feature_flags": {"oss": false, "osx": false, "drop_all_build_requests": false},
        });
        let check = |wanted: Value, expected: Result<[Option<&str>; 3], &str>| {
            let Value::Object(object) = &wanted else { panic!("{wanted}") };
            let word = |truth| if truth { "yes" } else { "no" };
            match (read(object, &now), expected) {
                (Ok(change), Ok([public, enabled, branch])) => {
                    assert_eq!(change.public.map(word), public, "{wanted}");
                    assert_eq!(change.enabled.map(word), enabled, "{wanted}");
                    assert_eq!(change.default_branch.as_ref().map(|b| b.as_str()), branch);
                }
                (Err(Refusal::Invalid(why)), Err(part)) => {
                    assert!(why.to_string().contains(part), "{why}");
                }
                (other, _) => panic!("{wanted}: {other:?}"),
            }
        };
        check(json!({}), Ok([None; 3]));
        check(now.clone(), Ok([None; 3]));
        check(json!({"feature_flags": {"oss": true}}), Ok([Some("yes"), None, None]));
        check(json!({"oss": true, "feature_flags": {"oss": true}}), Ok([Some("yes"), None, None]));
        check(
            json!({"feature_flags": {"drop_all_build_requests": true}, "default_branch": "dev"}),
            Ok([None, Some("no"), Some("dev")]),
        );
        check(json!({"oss": true, "feature_flags": {"oss": false}}), Ok([Some("yes"), None, None]));
        check(
            json!({"feature_flags": {"osx": true}}),
            Err("\"osx\" cannot be changed: it is false"),
        );
        check(json!({"feature_flags": {"flying": true}}), Err("the feature flag \"flying\""));
        check(json!({"branches": {"main": {"is_using_workflows": true}}}), Ok([None; 3]));
        check(json!({"branches": []}), Err("the setting \"branches\" cannot be changed here"));
        check(json!({"oss": "true"}), Err("the setting \"oss\" is true or false"));
        check(json!({"enabled": null}), Err("the setting \"enabled\" is true or false"));
        check(json!({"default_branch": 5}), Err("the setting \"default_branch\" is a text"));
        check(
            json!({"feature_flags": {"oss": 1}}),
            Err("the feature flag \"oss\" is true or false"),
        );
        check(json!({"feature_flags": 1}), Err("the setting \"feature_flags\""));
        check(json!({"parallel": 4}), Err("the setting \"parallel\" cannot be changed: it is 1"));
        check(json!({"slack_webhook_url": "https://x"}), Err("\"slack_webhook_url\""));
        check(json!({"default_branch": "a b"}), Err(""));
    }
}
