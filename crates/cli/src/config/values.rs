//! What a config is compiled for when a person checks it: a push to `main`, with what they say of
//! pipeline parameters and values.

use std::path::Path;

use anyhow::Context;
use rondo_plan::{Reference, Trigger};

use crate::args::CompileFlags;
use crate::complaint::misuse;
use crate::language::words;

const PARAMETERS: &str = "pipeline.parameters.";
const BRANCH: &str = "pipeline.git.branch";
const TAG: &str = "pipeline.git.tag";

/// What the configuration may ask of its pipeline has some value here.
const SAMPLE: [(&str, &str); 10] = [
    ("pipeline.id", "00000000-0000-4000-8000-000000000000"),
    ("pipeline.number", "1"),
    ("pipeline.trigger_source", "api"),
    ("pipeline.git.branch.is_default", "true"),
    ("pipeline.git.revision", "0000000000000000000000000000000000000000"),
    ("pipeline.git.commit.subject", "A commit"),
    ("pipeline.git.commit.body", ""),
    ("pipeline.project.git_url", "https://github.com/acme/web"),
    ("pipeline.project.slug", "gh/acme/web"),
    ("pipeline.project.type", "github"),
];

/// The trigger that the flags describe.
///
/// # Errors
/// If a value cannot be understood.
pub(crate) fn trigger(flags: &CompileFlags) -> anyhow::Result<Trigger> {
    let mut values: Vec<_> =
        SAMPLE.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let mut put = |name: String, value: String| {
        values.retain(|(own, _)| *own != name);
        values.push((name, value));
    };
    if let Some(text) = &flags.pipeline_values {
        for (name, value) in read("--pipeline-values", text)? {
            put(name, value);
        }
    }
    if let Some(text) = &flags.pipeline_parameters {
        for (name, value) in read("--pipeline-parameters", text)? {
            put(format!("{PARAMETERS}{name}"), value);
        }
    }
    let mut take = |name: &str| {
        let at = values.iter().position(|(own, _)| own == name)?;
        Some(values.remove(at).1).filter(|value| !value.is_empty())
    };
    let reference = match (take(BRANCH), take(TAG)) {
        (None, Some(tag)) => Reference::Tag(tag),
        (branch, _) => Reference::Branch(branch.unwrap_or_else(|| "main".to_owned())),
    };
    Ok(Trigger { reference, values, ..Trigger::branch("main") })
}

/// Reads a map from a file of that name or, if there is none, from the text itself.
fn read(flag: &str, text: &str) -> anyhow::Result<Vec<(String, String)>> {
    let path = Path::new(text);
    // A map that is written out may look like a path, but no file has its name.
    let source = match path.is_file() {
        true => std::fs::read_to_string(path).with_context(|| {
            words!("{flag}: {text} cannot be read", "{flag}: {text} を読めません")
        })?,
        false => text.to_owned(),
    };
    rondo_plan::values(&source).map_err(|problems| {
        let first = problems.first().map(|problem| problem.message.clone()).unwrap_or_default();
        misuse(words!(
            "{flag} is a file, or a map in YAML or JSON such as '{{\"deploy\": true}}': {first}",
            "{flag} には、ファイル、または '{{\"deploy\": true}}' のような YAML か JSON のマップを指定してください: {first}"
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(parameters: Option<&str>, values: Option<&str>) -> anyhow::Result<Trigger> {
        trigger(&CompileFlags {
            pipeline_parameters: parameters.map(str::to_owned),
            pipeline_values: values.map(str::to_owned),
            ..CompileFlags::default()
        })
    }

    fn value(trigger: &Trigger, name: &str) -> Option<String> {
        trigger.values.iter().find(|(own, _)| own == name).map(|(_, value)| value.clone())
    }

    #[test]
    fn parameters_and_values_replace_those_of_the_sample() {
        let trigger = check(Some("{deploy: true}"), Some("pipeline.number: 7")).unwrap();
        assert_eq!(trigger.reference, Reference::Branch("main".to_owned()));
        assert_eq!(value(&trigger, "pipeline.parameters.deploy").as_deref(), Some("true"));
        assert_eq!(value(&trigger, "pipeline.number").as_deref(), Some("7"));
        assert_eq!(value(&trigger, "pipeline.id").as_deref(), Some(SAMPLE[0].1));
    }

    #[test]
    fn a_branch_or_a_tag_among_the_values_is_what_is_built() {
        let branch = check(None, Some(r#"{"pipeline.git.branch": "dev"}"#)).unwrap();
        assert_eq!(branch.reference, Reference::Branch("dev".to_owned()));
        let tag = check(None, Some(r#"{"pipeline.git.branch": "", "pipeline.git.tag": "v1"}"#));
        assert_eq!(tag.unwrap().reference, Reference::Tag("v1".to_owned()));
    }

    #[test]
    fn a_file_is_read_and_what_is_no_map_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("parameters.yml");
        std::fs::write(&file, "image: cimg/go:1.26\n").unwrap();
        let trigger = check(file.to_str(), None).unwrap();
        let image = value(&trigger, "pipeline.parameters.image");
        assert_eq!(image.as_deref(), Some("cimg/go:1.26"));
        for wrong in ["nothing.yml", "[1]", "{"] {
            let error = check(Some(wrong), None).unwrap_err().to_string();
            assert!(error.starts_with("--pipeline-parameters is a file, or a map"), "{error}");
        }
    }
}
