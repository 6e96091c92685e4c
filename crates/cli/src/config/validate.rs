//! `rondo config validate`: every problem of a config at once, for people, programs and editors.

use anyhow::bail;
use rondo_plan::{Severity, compile};

use super::finding::{self, Paint};
use super::source::Source;
use super::{sarif, values};
use crate::args::ValidateArgs;
use crate::language::words;
use crate::print;

pub(crate) fn validate(args: &ValidateArgs) -> anyhow::Result<()> {
    let trigger = values::trigger(&args.compile)?;
    let Source { name, text } = Source::read(&args.file)?;
    let problems = compile(&text, &trigger).problems;
    if args.json {
        let list: Vec<_> = problems.iter().map(|problem| finding::json(&name, problem)).collect();
        print::json(&list)?;
    } else if args.sarif {
        print::json(&sarif::log(&name, &text, &problems))?;
    } else {
        let paint = Paint::of_output();
        for problem in &problems {
            print::result(&finding::shown(&name, &text, problem, paint));
        }
    }
    let errors = problems.iter().filter(|p| p.severity == Severity::Error).count();
    match errors {
        0 if args.json || args.sarif => Ok(()),
        0 => {
            print::remark(&words!(
                "Config file at {name} is valid.",
                "設定ファイル {name} は有効です。"
            ));
            Ok(())
        }
        1 => bail!(words!("{name} has 1 error", "{name} に 1 件のエラーがあります")),
        many => bail!(words!("{name} has {many} errors", "{name} に {many} 件のエラーがあります")),
    }
}
