//! `rondo config`: checks a configuration, offline.

use anyhow::{Context, bail};
use rondo_plan::{Severity, Trigger, compile};
use serde_json::json;

use crate::args::{ConfigArgs, ConfigCommand};
use crate::language::words;
use crate::print;
use crate::settings::unreadable;

pub(crate) fn config(args: ConfigArgs) -> anyhow::Result<()> {
    match args.command {
        ConfigCommand::Process { file: _ } => {
            bail!(words!(
                "`rondo config process` is not built yet in this version of Rondo",
                "`rondo config process` は、このバージョンの Rondo にはまだありません"
            ))
        }
        ConfigCommand::Validate { file, json } => {
            let name = file.display().to_string();
            let bytes = std::fs::read(&file).with_context(|| unreadable(&file))?;
            let source = String::from_utf8(bytes)
                .with_context(|| words!("{name} is not UTF-8", "{name} は UTF-8 ではありません"))?;
            let problems = compile(&source, &any_trigger()).problems;
            if json {
                let list: Vec<_> = problems
                    .iter()
                    .map(|problem| {
                        json!({
                            "file": name, "line": problem.line, "column": problem.column,
                            "severity": match problem.severity {
                                Severity::Error => "error",
                                Severity::Warning => "warning",
                            },
                            "message": problem.message, "help": problem.help,
                        })
                    })
                    .collect();
                print::json(&list)?;
            } else {
                for problem in &problems {
                    print::result(&format!("{problem}\n{}", problem.excerpt(&source)));
                }
            }
            let errors = problems.iter().filter(|p| p.severity == Severity::Error).count();
            match errors {
                0 if json => Ok(()),
                0 => {
                    print::remark(&words!(
                        "Config file at {name} is valid.",
                        "設定ファイル {name} は有効です。"
                    ));
                    Ok(())
                }
                1 => bail!(words!("{name} has 1 error", "{name} に 1 件のエラーがあります")),
                many => bail!(words!(
                    "{name} has {many} errors",
                    "{name} に {many} 件のエラーがあります"
                )),
            }
        }
    }
}

/// A push to `main`: what a configuration may ask of its pipeline has some value here.
fn any_trigger() -> Trigger {
    let values = [
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
    let values = values.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    Trigger { values, ..Trigger::branch("main") }
}
