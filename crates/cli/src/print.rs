//! The two streams: results on standard output, everything else on standard error.

use std::io::Write;
use std::path::Path;

use unicode_width::UnicodeWidthStr;

use crate::language::words;

/// A result, on standard output. A reader that went away is no failure of ours.
pub(crate) fn result(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// A path that somebody else chose, as one line that a terminal takes for text: control characters
/// are written as escapes.
pub(crate) fn one_line(path: &Path) -> String {
    let escaped = |c: char| match c.is_control() {
        true => c.escape_default().to_string(),
        false => c.to_string(),
    };
    path.to_string_lossy().chars().map(escaped).collect()
}

/// A result as indented JSON.
pub(crate) fn json(value: &impl serde::Serialize) -> anyhow::Result<()> {
    result(&serde_json::to_string_pretty(value)?);
    Ok(())
}

/// What a person should know meanwhile, on standard error.
pub(crate) fn remark(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// What is said where standard input cannot be read.
pub(crate) fn no_input() -> String {
    words!("standard input cannot be read", "標準入力を読めません")
}

/// What went wrong, on standard error.
pub(crate) fn problem(text: &str) {
    let _ = writeln!(std::io::stderr(), "rondo: {text}");
}

/// Rows with their columns aligned: by the cells that a terminal gives each character.
pub(crate) fn table(rows: &[Vec<String>]) {
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    let width = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.width()).max()
    };
    let widths: Vec<_> = (0..columns).map(|column| width(column).unwrap_or_default()).collect();
    for row in rows {
        let cells: Vec<_> = row
            .iter()
            .zip(&widths)
            .map(|(cell, width)| {
                let fill = width.saturating_sub(cell.width());
                format!("{cell}{}", " ".repeat(fill))
            })
            .collect();
        result(cells.join("  ").trim_end());
    }
}
