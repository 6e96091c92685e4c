//! Problems as SARIF 2.1.0, which editors and code hosts read.

use rondo_plan::{Code, Problem, Severity};
use serde_json::{Value, json};

/// Where the format's own schema is published.
const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// One run that looked at one file.
pub(crate) fn log(name: &str, source: &str, problems: &[Problem]) -> Value {
    let rule =
        |code: &Code| json!({"id": code.name(), "shortDescription": {"text": code.description()}});
    let rules: Vec<_> = Code::ALL.iter().map(rule).collect();
    let results: Vec<_> = problems.iter().map(|problem| result(name, source, problem)).collect();
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "rondo",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            }},
            // Columns are counted in characters.
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn result(name: &str, source: &str, problem: &Problem) -> Value {
    let Problem { line, column, message, help, orb, .. } = problem;
    let text = match help {
        Some(help) => format!("{message} ({help})"),
        None => message.clone(),
    };
    let excerpt = problem.excerpt(source);
    let snippet = excerpt.lines().next().unwrap_or_default();
    json!({
        "ruleId": problem.code.name(),
        "level": match problem.severity {
            Severity::Error => "error",
            Severity::Unsupported | Severity::Warning => "warning",
        },
        "message": {"text": text},
        "locations": [{"physicalLocation": {
            "artifactLocation": {"uri": uri(orb.as_deref().unwrap_or(name))},
            "region": {"startLine": line, "startColumn": column, "snippet": {"text": snippet}},
        }}],
    })
}

/// A path as a relative or `file:` URI: what is no plain character is escaped.
fn uri(path: &str) -> String {
    let escaped: String = path
        .bytes()
        .map(|byte| match byte {
            b if b.is_ascii_alphanumeric() || b"-._~/".contains(&b) => char::from(b).to_string(),
            b => format!("%{b:02X}"),
        })
        .collect();
    if path.starts_with('/') { format!("file://{escaped}") } else { escaped }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_becomes_a_uri() {
        for (path, expected) in [
            (".circleci/config.yml", ".circleci/config.yml"),
            ("/a b/設定.yml", "file:///a%20b/%E8%A8%AD%E5%AE%9A.yml"),
            ("stdin", "stdin"),
        ] {
            assert_eq!(uri(path), expected);
        }
    }
}
