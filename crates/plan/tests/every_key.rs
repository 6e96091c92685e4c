//! Every key of the language stands in some case: those of the list here, and, where CircleCI's
//! published schema lies beside the project, every key that it names.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The keys of the language, without those that users choose.
const KEYS: [&str; 106] = [
    "version",
    "setup",
    "orbs",
    "parameters",
    "commands",
    "executors",
    "jobs",
    "job-groups",
    "workflows",
    "experimental",
    "notify",
    "branches",
    "tags",
    "only",
    "ignore",
    "description",
    "display",
    "examples",
    "type",
    "default",
    "enum",
    "steps",
    "docker",
    "machine",
    "macos",
    "executor",
    "resource_class",
    "working_directory",
    "environment",
    "shell",
    "parallelism",
    "circleci_ip_ranges",
    "retention",
    "caches",
    "plan_name",
    "key",
    "image",
    "name",
    "entrypoint",
    "command",
    "user",
    "auth",
    "username",
    "password",
    "aws_auth",
    "aws_access_key_id",
    "aws_secret_access_key",
    "oidc_role_arn",
    "gcp_auth",
    "oidc_service_account",
    "workload_identity_pool",
    "workload_identity_provider",
    "docker_layer_caching",
    "enabled",
    "xcode",
    "code_signing",
    "run",
    "background",
    "no_output_timeout",
    "when",
    "max_auto_reruns",
    "auto_rerun_delay",
    "checkout",
    "path",
    "method",
    "depth",
    "setup_remote_docker",
    "setup_docker_engine",
    "prefer_same_region",
    "save_cache",
    "restore_cache",
    "keys",
    "paths",
    "store_artifacts",
    "destination",
    "store_test_results",
    "persist_to_workspace",
    "root",
    "attach_workspace",
    "at",
    "add_ssh_keys",
    "fingerprints",
    "deploy",
    "unless",
    "condition",
    "install_signing_bundle",
    "triggers",
    "schedule",
    "cron",
    "filters",
    "requires",
    "context",
    "matrix",
    "exclude",
    "alias",
    "pre-steps",
    "post-steps",
    "serial-group",
    "override-with",
    "and",
    "or",
    "not",
    "equal",
    "matches",
    "pattern",
    "value",
];

fn cases() -> String {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let mut text = String::new();
    for folder in ["cases", "orbs"] {
        for file in fs::read_dir(tests.join(folder)).expect("a folder").flatten() {
            if file.path().extension().is_some_and(|own| own == "yml") {
                text.push_str(&fs::read_to_string(file.path()).expect("a readable case"));
            }
        }
    }
    text
}

/// The words of `keys` that stand nowhere in the cases with a colon behind them.
fn missing<'k>(keys: impl Iterator<Item = &'k str>) -> Vec<&'k str> {
    let text = cases();
    let words: BTreeSet<&str> = text
        .match_indices(':')
        .filter_map(|(at, _)| {
            let before = &text[..at];
            let inside = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
            before.rsplit(|c: char| !inside(c)).next()
        })
        .collect();
    // Steps may also be only a name.
    keys.filter(|key| !words.contains(key) && !text.contains(&format!("- {key}\n"))).collect()
}

#[test]
fn every_key_of_the_language_has_a_case() {
    assert_eq!(missing(KEYS.into_iter()), Vec::<&str>::new());
}

#[test]
fn every_key_of_the_published_schema_has_a_case() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/reference");
    let file = root.join("circleci-config.schema.json");
    let Ok(text) = fs::read_to_string(&file) else {
        println!("left out: the published schema is not beside this project");
        return;
    };
    let schema: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let mut keys = BTreeSet::new();
    collect(&schema, &mut keys);
    assert!(keys.len() > 50, "{keys:?}");
    assert_eq!(missing(keys.iter().map(String::as_str)), Vec::<&str>::new());
}

fn collect(schema: &serde_json::Value, keys: &mut BTreeSet<String>) {
    match schema {
        serde_json::Value::Object(map) => {
            if let Some(serde_json::Value::Object(properties)) = map.get("properties") {
                keys.extend(properties.keys().cloned());
            }
            map.values().for_each(|value| collect(value, keys));
        }
        serde_json::Value::Array(items) => items.iter().for_each(|item| collect(item, keys)),
        _ => {}
    }
}
