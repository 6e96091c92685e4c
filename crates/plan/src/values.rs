//! Pipeline values and parameters as people write them for a check: a map in YAML, and so in JSON
//! too. Which of them a config declares, and with which types, is not looked at here.

use crate::node::{Kind, Mark};
use crate::problem::{Problem, Problems};
use crate::{scalar, yaml};

/// Names with their values as text, in the order of the source: what
/// [`Trigger::values`](crate::Trigger::values) takes.
///
/// # Errors
/// Everything that is wrong with `source`.
///
/// ```
/// let values = rondo_plan::values("deploy: true\nimage: cimg/go:1.26\n")?;
/// assert_eq!(values[0], ("deploy".to_owned(), "true".to_owned()));
/// # Ok::<(), Vec<rondo_plan::Problem>>(())
/// ```
pub fn values(source: &str) -> Result<Vec<(String, String)>, Vec<Problem>> {
    let mut problems = Problems::default();
    let mut values = Vec::new();
    if let Some(root) = yaml::read(source, Mark::START, &mut problems)
        && let Some(map) = scalar::map(&root, "the list of values", &mut problems)
    {
        for entry in map.entries() {
            let scalar = entry.value.as_scalar();
            // A boolean by its canonical word, a number as it was written.
            let text = match scalar.map(|scalar| (scalar.kind(), &scalar.text)) {
                Some((Kind::Null, _)) => String::new(),
                Some((Kind::Boolean(value), _)) => value.to_string(),
                Some((_, text)) => text.to_string(),
                None => {
                    let what = entry.value.describe();
                    let message = format!("{} is {what}", crate::problem::quote(&entry.key));
                    let problem = Problem::error(entry.value.mark, message);
                    problems.add(problem.help("a value is a text, a number or a boolean"));
                    continue;
                }
            };
            values.push((entry.key.to_string(), text));
        }
    }
    if problems.failed() { Err(problems.finish()) } else { Ok(values) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(source: &str, expected: &[(&str, &str)]) {
        let expected: Vec<_> = expected
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        assert_eq!(values(source), Ok(expected), "{source}");
    }

    #[test]
    fn values_are_read_from_yaml_and_from_json() {
        check(
            "a: 1.10\nb: True\nc: 'yes'\nd:\n",
            &[("a", "1.10"), ("b", "true"), ("c", "yes"), ("d", "")],
        );
        check(
            r#"{"a": 1, "b": false, "c": "x\ny", "d": null}"#,
            &[("a", "1"), ("b", "false"), ("c", "x\ny"), ("d", "")],
        );
        check("{}", &[]);
    }

    #[test]
    fn what_is_no_map_of_scalars_is_refused_with_its_place() {
        for (source, message) in [
            ("[1]", "the list of values must be a map, but is a list"),
            ("a: [1]\nb: {c: d}\n", "`a` is a list"),
            ("a: {", "this is not YAML"),
            ("", "the config is empty"),
        ] {
            let problems = values(source).unwrap_err();
            assert!(problems[0].message.contains(message), "{problems:?}");
        }
    }
}
