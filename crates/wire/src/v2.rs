//! The JSON of API v2, as CircleCI's clients read it. Its keys are spelled as CircleCI spells them,
//! some with `-` and some with `_`; where clients disagree, both spellings are there.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// `GET /me`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Me {
    /// The person's UUID.
    pub id: String,
    /// The name for signing in.
    pub login: String,
    /// The same.
    pub name: String,
    /// This server keeps no pictures.
    pub avatar_url: Option<String>,
}

/// An organization in `GET /me/collaborations`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Collaboration {
    /// The organization's UUID.
    pub id: String,
    /// `github`, as the published document spells the key.
    #[serde(rename = "vcs-type")]
    pub vcs_type: String,
    /// The same, as CircleCI's own command reads it.
    #[serde(rename = "vcs_type")]
    pub vcs_type_too: String,
    /// Its name.
    pub name: String,
    /// This server keeps no pictures: empty.
    pub avatar_url: String,
    /// `gh/acme`.
    pub slug: String,
}

/// The body of `POST /compile-config-with-defaults`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CompileConfig {
    /// The config's text.
    pub config_yaml: String,
    /// What it is compiled for.
    #[serde(default)]
    pub options: CompileOptions,
}

/// What a config is compiled for.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CompileOptions {
    /// The organization whose private orbs are wanted; this server's orbs are everybody's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner_id: Option<String>,
    /// Pipeline parameters by name.
    #[serde(default)]
    pub pipeline_parameters: Option<Map<String, Value>>,
    /// Pipeline values by their full names.
    #[serde(default)]
    pub pipeline_values: Option<Map<String, Value>>,
    /// Asks for CircleCI's next compiler.
    #[serde(default)]
    pub next: bool,
}

/// The answer to `POST /compile-config-with-defaults`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CompiledConfig {
    /// No problem is an error.
    pub valid: bool,
    /// The text that was sent.
    #[serde(rename = "source-yaml")]
    pub source_yaml: String,
    /// The expanded config; empty where it is not valid.
    #[serde(rename = "output-yaml")]
    pub output_yaml: String,
    /// The errors, in the order of the text.
    pub errors: Vec<ConfigError>,
}

/// One error of a config.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ConfigError {
    /// What is wrong, the way out, and where.
    pub message: String,
}
