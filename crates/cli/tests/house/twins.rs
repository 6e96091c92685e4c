//! The pages that exist in English and in Japanese: the two say the same things, as far as a test can
//! see. Headings of the same levels, the same commands in the same order, tables of the same shape
//! with the same figures. Comments in a block of commands are words and may differ. Whether the words
//! mean the same is for people.

use crate::{check_findings, hold, tree};

/// What is compared of a page, in the order of the page.
#[derive(Debug, PartialEq, Eq)]
enum Part {
    Heading(usize),
    /// One block of code, without its comments.
    Code(String),
    /// One row of a table: how many cells, and the figures in it.
    Row(usize, Vec<String>),
}

fn parts(text: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut code: Option<String> = None;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            match code.take() {
                Some(block) => parts.push(Part::Code(block)),
                None => code = Some(line.trim().to_owned()),
            }
        } else if let Some(block) = &mut code {
            let command = uncommented(line);
            if !command.is_empty() {
                block.push('\n');
                block.push_str(command);
            }
        } else if line.starts_with('#') {
            parts.push(Part::Heading(line.len() - line.trim_start_matches('#').len()));
        } else if line.starts_with('|') {
            parts.push(Part::Row(line.matches('|').count(), figures(line)));
        }
    }
    parts
}

fn uncommented(line: &str) -> &str {
    if line.trim_start().starts_with('#') {
        return "";
    }
    line.split_once("  # ").map_or(line, |(command, _)| command).trim_end()
}

/// The numbers of a row; a number inside a word (`HMAC-SHA-256`, `v1.1`) counts too.
fn figures(row: &str) -> Vec<String> {
    let figures = row.split(|c: char| !c.is_ascii_digit() && c != '.' && c != ',');
    figures
        .map(|figure| figure.trim_matches(['.', ',']))
        .filter(|figure| !figure.is_empty())
        .map(str::to_owned)
        .collect()
}

fn differences(path: &str, english: &str, japanese: &str) -> Vec<String> {
    let (english, japanese) = (parts(english), parts(japanese));
    if english == japanese {
        return Vec::new();
    }
    let pairs = english.iter().zip(&japanese);
    let first = pairs.clone().find(|(one, other)| one != other);
    let what = match first {
        Some((one, other)) => format!("{one:?} beside {other:?}"),
        None => format!("{} parts beside {}", english.len(), japanese.len()),
    };
    vec![format!("{path} and its Japanese twin part ways: {what}")]
}

/// `README.md` for `README.ja.md`.
fn english_of(path: &str) -> Option<String> {
    path.strip_suffix(".ja.md").map(|page| format!("{page}.md"))
}

#[test]
fn english_and_japanese_pages_have_the_same_headings_commands_and_figures() {
    let files = tree::files();
    let twins: Vec<_> = files.iter().filter_map(|path| Some((english_of(path)?, path))).collect();
    assert!(twins.iter().any(|(english, _)| english == "README.md"), "README.ja.md is missing");
    let findings = twins.iter().flat_map(|(english, japanese)| {
        differences(english, &tree::text(english), &tree::text(japanese))
    });
    hold(&findings.collect::<Vec<_>>());
}

fn check(english: &str, japanese: &str, expected: &[&str]) {
    check_findings(&differences("README.md", english, japanese), expected);
}

#[test]
fn a_heading_command_row_or_figure_of_one_language_only_is_found() {
    check("# A\n\ntext\n## B", "# あ\n\n文\n## い", &[]);
    check("# A\n## B", "# あ", &["2 parts beside 1"]);
    check("# A\n## B", "# あ\n### い", &["Heading(2) beside Heading(3)"]);
    check("```sh\n# start\na  # now\n```", "```sh\n# 起動\na  # 今\n```", &[]);
    check("```sh\na\n```", "```sh\nb\n```", &["Code"]);
    check("| a | 12 ms |", "| あ | 12 ミリ秒 |", &[]);
    check("| a | 12 ms |", "| あ | 13 ミリ秒 |", &["12"]);
    check("| a | b |", "| あ |", &["Row"]);
}
