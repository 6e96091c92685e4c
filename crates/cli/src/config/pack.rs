//! `rondo config pack`: a folder of YAML files as one config.

use std::path::Path;

use anyhow::bail;
use rondo_plan::Severity;
use rondo_plan::pack::{SourceFile, pack_config};
use rondo_store::read_sources;

use super::finding::{self, Paint};
use crate::language::words;
use crate::print;

pub(crate) fn pack(folder: &Path) -> anyhow::Result<()> {
    let files = read_sources(folder)?;
    let packed = pack_config(&files);
    let paint = Paint::plain();
    for found in &packed.problems {
        let name = print::one_line(&folder.join(&found.file));
        let text = source(&files, &found.file);
        print::remark(&finding::shown(&name, text, &found.problem, paint));
    }
    let place = print::one_line(folder);
    match packed.text {
        Some(text) => {
            print::result(text.strip_suffix('\n').unwrap_or(&text));
            Ok(())
        }
        None => {
            let errors = packed.problems.iter().map(|found| &found.problem);
            let errors = errors.filter(|problem| problem.severity == Severity::Error).count();
            bail!(words!(
                "{place} cannot be packed: errors: {errors}",
                "{place} をまとめられません（エラー: {errors} 件）"
            ))
        }
    }
}

fn source<'f>(files: &'f [SourceFile], path: &str) -> &'f str {
    files.iter().find(|file| file.path == path).map_or("", |file| file.text.as_str())
}
