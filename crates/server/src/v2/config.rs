//! `POST /compile-config-with-defaults`: what CircleCI's own command asks for on `config validate` and
//! `config process`. First it asks with no body at all, and takes any refusal but a 404 for the word
//! that this route is here.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use rondo_app::plan::{Problem, Reference, Severity, Trigger};
use rondo_wire::v2::{CompileConfig, CompileOptions, CompiledConfig, ConfigError};
use serde_json::{Map, Value};

use crate::Server;
use crate::failure::ApiResult;
use crate::granted::{Granted, Sent};
use crate::v1::body;

pub(crate) async fn compile(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
    Sent(sent): Sent,
) -> ApiResult<Json<CompiledConfig>> {
    let wanted: CompileConfig = body::json(&sent)?;
    let trigger = trigger(wanted.options)?;
    let source = wanted.config_yaml;
    let processed = server.app.process_config(&granted.ctx, source.clone(), trigger).await?;
    let errors = processed.problems.iter().filter(|problem| problem.severity == Severity::Error);
    let errors: Vec<_> = errors.map(|problem| ConfigError { message: message(problem) }).collect();
    Ok(Json(CompiledConfig {
        valid: errors.is_empty(),
        source_yaml: source,
        output_yaml: processed.text.unwrap_or_default(),
        errors,
    }))
}

fn message(problem: &Problem) -> String {
    let Problem { line, column, message, help, orb, .. } = problem;
    let place = match orb {
        Some(orb) => format!("{orb}, line {line}, column {column}"),
        None => format!("line {line}, column {column}"),
    };
    match help {
        Some(help) => format!("{message} ({help}; {place})"),
        None => format!("{message} ({place})"),
    }
}

/// What the config is compiled for. Where no branch and no tag are told, it is `main`.
fn trigger(options: CompileOptions) -> Result<Trigger, rondo_app::Refusal> {
    if options.next {
        return Err(body::wrong("next: this server has one compiler; leave it out"));
    }
    let mut values = texts(options.pipeline_values)?;
    let parameters = texts(options.pipeline_parameters)?;
    let parameters = parameters.into_iter().map(|(name, value)| (parameter(&name), value));
    for (name, value) in parameters {
        values.retain(|(own, _)| *own != name);
        values.push((name, value));
    }
    let mut take = |name: &str| {
        let at = values.iter().position(|(own, value)| own == name && !value.is_empty());
        let value = at.map(|at| values.swap_remove(at).1);
        values.retain(|(own, _)| own != name);
        value
    };
    let (branch, tag) = (take("pipeline.git.branch"), take("pipeline.git.tag"));
    let reference = match (branch, tag) {
        (Some(branch), _) => Reference::Branch(branch),
        (None, Some(tag)) => Reference::Tag(tag),
        (None, None) => Reference::Branch("main".to_owned()),
    };
    values.sort();
    Ok(Trigger { reference, values, ..Trigger::branch("main") })
}

fn parameter(name: &str) -> String {
    format!("pipeline.parameters.{name}")
}

/// Values as the compiler takes them.
fn texts(map: Option<Map<String, Value>>) -> Result<Vec<(String, String)>, rondo_app::Refusal> {
    let text = |(name, value): (String, Value)| match value {
        Value::Null => Ok((name, String::new())),
        Value::String(text) => Ok((name, text)),
        Value::Bool(_) | Value::Number(_) => Ok((name, value.to_string())),
        Value::Array(_) | Value::Object(_) => {
            Err(body::wrong(format!("{name:?} is a text, a number or a boolean")))
        }
    };
    map.unwrap_or_default().into_iter().map(text).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(options: Value, expected: Result<Trigger, ()>) {
        let read: CompileOptions = serde_json::from_value(options.clone()).unwrap();
        assert_eq!(trigger(read).map_err(drop), expected, "{options}");
    }

    #[test]
    fn options_become_a_trigger_with_parameters_above_values() {
        let on = |reference, values: &[(&str, &str)]| {
            let values = values.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
            Ok(Trigger { reference, values, ..Trigger::branch("main") })
        };
        let branch = |name: &str| Reference::Branch(name.to_owned());
        check(json!({}), on(branch("main"), &[]));
        check(
            json!({"pipeline_values": {"pipeline.git.branch": "dev", "pipeline.git.tag": "", "pipeline.number": 1}}),
            on(branch("dev"), &[("pipeline.number", "1")]),
        );
        check(
            json!({"pipeline_values": {"pipeline.git.branch": "", "pipeline.git.tag": "v1"}}),
            on(Reference::Tag("v1".to_owned()), &[]),
        );
        check(
            json!({
                "pipeline_values": {"pipeline.parameters.deploy": false, "pipeline.name": null},
                "pipeline_parameters": {"deploy": true},
            }),
            on(branch("main"), &[("pipeline.name", ""), ("pipeline.parameters.deploy", "true")]),
        );
        check(json!({"next": true}), Err(()));
        check(json!({"pipeline_values": {"a": [1]}}), Err(()));
    }
}
