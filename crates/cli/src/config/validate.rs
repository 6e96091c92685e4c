//! `rondo config validate`: every problem of a config at once, for people, programs and editors.

use anyhow::bail;
use rondo_plan::Severity;

use super::compiled::Compiled;
use super::finding::{self, Paint};
use super::source::Source;
use super::{sarif, wrong};
use crate::args::ValidateArgs;
use crate::language::words;
use crate::print;

pub(crate) async fn validate(args: &ValidateArgs) -> anyhow::Result<()> {
    let compiled = Compiled::of(&args.file, &args.compile).await?;
    let Source { name, text } = &compiled.source;
    let problems = &compiled.processed.problems;
    if args.json {
        let list: Vec<_> = problems.iter().map(|problem| finding::json(name, problem)).collect();
        print::json(&list)?;
    } else if args.sarif {
        print::json(&sarif::log(name, text, problems))?;
    } else {
        let paint = Paint::of_output();
        for problem in problems {
            print::result(&finding::shown(name, text, problem, paint));
        }
    }
    match (compiled.errors(), compiled.count(Severity::Unsupported)) {
        (0, _) if args.json || args.sarif => {}
        (0, 0) => print::remark(&words!(
            "Config file at {name} is valid.",
            "設定ファイル {name} は有効です。"
        )),
        (0, many) => print::remark(&words!(
            "Config file at {name} is valid. What this version of Rondo does not run yet: {many}.",
            "設定ファイル {name} は有効です。このバージョンの Rondo がまだ実行しないもの: {many} 件。"
        )),
        (errors, _) => bail!(wrong(name, errors)),
    }
    Ok(())
}
