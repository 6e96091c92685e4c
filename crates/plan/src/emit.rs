//! The tree back to YAML text, in block style, such that reading it gives the same tree: scalars that
//! were text stay text, and nothing is left to what a reader of YAML 1.1 would guess. Anchors are
//! written out; comments are gone, since the tree has none.

use std::rc::Rc;

use crate::node::{Kind, Map, Node, Scalar, Style, Value};

/// One level of indentation.
const STEP: &str = "  ";

/// The document of this value, ending with a line break.
pub(crate) fn document(node: &Node) -> String {
    let mut out = String::new();
    block(node, 0, &mut out);
    out
}

/// Writes a value that begins at the start of a line, indented by `depth` levels.
fn block(node: &Node, depth: usize, out: &mut String) {
    match &node.value {
        Value::Map(map) if !map.entries().is_empty() => entries(map, depth, true, out),
        Value::List(items) if !items.is_empty() => list(items, depth, out),
        _ => {
            indent(depth, out);
            inline(node, depth, out);
        }
    }
}

/// Writes a map's entries; the first one without its indentation if it follows a dash.
fn entries(map: &Map, depth: usize, indent_first: bool, out: &mut String) {
    for (at, entry) in map.entries().iter().enumerate() {
        if at > 0 || indent_first {
            indent(depth, out);
        }
        match is_plain(&entry.key) {
            // Of a key like `2` or `yes` only the spelling counts.
            true => out.push_str(&entry.key),
            false => out.push_str(&quoted(&entry.key)),
        }
        out.push(':');
        after_key(&entry.value, depth, out);
    }
}

fn after_key(node: &Node, depth: usize, out: &mut String) {
    match &node.value {
        Value::Map(map) if !map.entries().is_empty() => {
            out.push('\n');
            entries(map, depth + 1, true, out);
        }
        Value::List(items) if !items.is_empty() => {
            out.push('\n');
            list(items, depth + 1, out);
        }
        _ => {
            out.push(' ');
            inline(node, depth + 1, out);
        }
    }
}

fn list(items: &[Rc<Node>], depth: usize, out: &mut String) {
    for item in items {
        indent(depth, out);
        out.push('-');
        match &item.value {
            Value::Map(map) if !map.entries().is_empty() => {
                out.push(' ');
                entries(map, depth + 1, false, out);
            }
            Value::List(inner) if !inner.is_empty() => {
                out.push('\n');
                list(inner, depth + 1, out);
            }
            _ => {
                out.push(' ');
                inline(item, depth + 1, out);
            }
        }
    }
}

/// Writes a scalar or something empty, and ends the line. `depth` is that of lines below it.
fn inline(node: &Node, depth: usize, out: &mut String) {
    match &node.value {
        Value::Map(_) => out.push_str("{}"),
        Value::List(_) => out.push_str("[]"),
        Value::Scalar(scalar) => match scalar.kind() {
            Kind::Null => out.push_str("null"),
            Kind::Text if fits_block(&scalar.text) => return literal(&scalar.text, depth, out),
            Kind::Text if !is_plain(&scalar.text) => out.push_str(&quoted(&scalar.text)),
            Kind::Text if scalar.style == Style::Text && is_guessed(&scalar.text) => {
                out.push_str(&quoted(&scalar.text));
            }
            _ => out.push_str(&scalar.text),
        },
    }
    out.push('\n');
}

fn indent(depth: usize, out: &mut String) {
    for _ in 0..depth {
        out.push_str(STEP);
    }
}

/// Text of several lines that a literal block holds as it is.
fn fits_block(text: &str) -> bool {
    let body = text.trim_end_matches('\n');
    let lines_up = |line: &str| line.is_empty() || !line.trim().is_empty();
    text.contains('\n')
        && !body.is_empty()
        && !body.starts_with([' ', '\t', '\n'])
        && body.split('\n').all(lines_up)
        && text.chars().all(|c| c == '\n' || c == '\t' || is_printable(c))
}

fn literal(text: &str, depth: usize, out: &mut String) {
    let body = text.trim_end_matches('\n');
    out.push_str(match text.len() - body.len() {
        0 => "|-\n",
        1 => "|\n",
        _ => "|+\n",
    });
    let lines = text.strip_suffix('\n').unwrap_or(text);
    for line in lines.split('\n') {
        if !line.is_empty() {
            indent(depth, out);
            out.push_str(line);
        }
        out.push('\n');
    }
}

/// Whether the text can stand without quotes and is read back as it is.
fn is_plain(text: &str) -> bool {
    const INDICATORS: &str = "-?:,[]{}#&*!|>'\"%@`";
    let mut chars = text.chars();
    let Some(first) = chars.next() else { return false };
    let second_is_solid = chars.next().is_some_and(|c| !c.is_whitespace());
    let begins = match first {
        '-' | '?' | ':' => second_is_solid && !text.starts_with("---"),
        _ => !INDICATORS.contains(first) && !first.is_whitespace(),
    };
    begins
        && !text.starts_with("...")
        && !text.ends_with(|c: char| c == ':' || c.is_whitespace())
        && !text.contains(": ")
        && !text.contains(" #")
        && text != "<<"
        && text.chars().all(is_printable)
}

/// Whether a reader of YAML may take the unquoted text for something else than text.
fn is_guessed(text: &str) -> bool {
    let plain = Scalar { text: text.into(), style: Style::Plain };
    let word = text.to_ascii_lowercase();
    plain.kind() != Kind::Text
        || matches!(word.as_str(), "y" | "n" | "yes" | "no" | "on" | "off")
        // Sexagesimal numbers, underscores in numbers and dates of YAML 1.1.
        || text.bytes().any(|b| b.is_ascii_digit())
            && text.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c))
            && text.bytes().all(|b| b.is_ascii_hexdigit() || b"_:.+-TZxot ".contains(&b))
}

fn is_printable(c: char) -> bool {
    !c.is_control() && !matches!(c, '\u{feff}' | '\u{2028}' | '\u{2029}' | '\u{fffe}' | '\u{ffff}')
}

/// The text in double quotes.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if is_printable(c) => out.push(c),
            c => out.push_str(&format!("\\U{:08x}", u32::from(c))),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::node::Mark;
    use crate::problem::Problems;
    use crate::yaml;

    fn written(source: &str) -> String {
        let mut problems = Problems::default();
        document(&yaml::read(source, Mark::START, &mut problems).expect("one document"))
    }

    fn check(source: &str, expected: &str) {
        assert_eq!(written(source), expected);
        assert_eq!(written(expected), expected, "a second time");
    }

    #[test]
    fn maps_and_lists_stand_in_blocks() {
        check(
            "{a: [1, {b: c, d: [e]}, [f, []]], g: {}}",
            "a:\n  - 1\n  - b: c\n    d:\n      - e\n  -\n    - f\n    - []\ng: {}\n",
        );
        check("a: ~\nb:\nc: ''\n", "a: null\nb: null\nc: \"\"\n");
        check("x: &x {k: v}\ny: {<<: *x, z: 1}\n", "x:\n  k: v\ny:\n  z: 1\n  k: v\n");
    }

    #[test]
    fn text_stays_text_and_numbers_stay_numbers() {
        check(
            "[1.10, '1.10', yes, 'yes', true, 'true', '0x1', 12:30, '12:30']",
            concat!(
                "- 1.10\n- \"1.10\"\n- yes\n- \"yes\"\n- true\n- \"true\"\n- \"0x1\"\n- 12:30\n",
                "- \"12:30\"\n",
            ),
        );
        check(
            "['a: b', 'a #b', '- a', '-a', '@a', 'a:', ' a', '<<', '<< a >>']",
            concat!(
                "- \"a: b\"\n- \"a #b\"\n- \"- a\"\n- -a\n- \"@a\"\n- \"a:\"\n- \" a\"\n- \"<<\"\n",
                "- << a >>\n",
            ),
        );
        check(
            "['---', '...', '\\\"', \"\\e[0m\", \"tab\\tstop\", \"\\r\\n\"]",
            concat!(
                "- \"---\"\n- \"...\"\n- \\\"\n- \"\\U0000001b[0m\"\n- \"tab\\tstop\"\n",
                "- \"\\r\\n\"\n",
            ),
        );
        check(
            "{'yes': 1, '2': 2, 'a b': 3, 'a: b': 4, '': 5}",
            "yes: 1\n2: 2\na b: 3\n\"a: b\": 4\n\"\": 5\n",
        );
    }

    #[test]
    fn lines_stand_in_a_literal_block_where_it_holds_them() {
        check(
            "[\"a\\nb\", \"a\\nb\\n\", \"a\\n\\n b\\n\\n\\n\"]",
            "- |-\n  a\n  b\n- |\n  a\n  b\n- |+\n  a\n\n   b\n\n\n",
        );
        check(
            "{run: {command: \"set -e\\nmake\\n\"}}",
            "run:\n  command: |\n    set -e\n    make\n",
        );
        check("[\" a\\nb\", \"\\n\", \"a\\n \\nb\"]", "- \" a\\nb\"\n- \"\\n\"\n- \"a\\n \\nb\"\n");
    }
}
