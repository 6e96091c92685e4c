//! Output of commands as HTML: a stream of bytes with terminal codes becomes items of a list, one a
//! line. It follows colours and the cursor within a line (progress bars), and drops whatever moves
//! elsewhere, names windows or links: a web page is no terminal. Colours are classes, never inline
//! styles; every character is escaped; lines and their number are bounded.

mod line;
mod palette;
mod parser;
mod style;

use std::collections::VecDeque;

use line::Line;
pub use palette::style_sheet;
use parser::{Action, Parser};
use style::Style;

/// The most characters of a line; what a command writes beyond them is replaced by an ellipsis.
pub const MAX_COLUMNS: usize = 8_000;

/// A converter that keeps its state between chunks: colours, a split escape sequence, a split
/// character, and the line that has not ended yet.
#[derive(Debug, Default)]
pub struct Ansi {
    parser: Parser,
    style: Style,
    line: Line,
    lines: u64,
}

/// The end of an output as HTML.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tail {
    /// The lines as items of a list.
    pub html: String,
    /// How many lines came before them.
    pub left_out: u64,
}

impl Ansi {
    /// A converter at the beginning of an output.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many lines have ended so far.
    pub fn lines(&self) -> u64 {
        self.lines
    }

    /// Takes the next bytes and returns the lines that ended in them, each an `<li>`.
    pub fn push(&mut self, bytes: &[u8]) -> String {
        let mut html = String::with_capacity(bytes.len() * 2);
        self.feed(bytes, |line| line.write_item(&mut html, ""));
        html
    }

    /// The line that has not ended yet, as an `<li class="open">`; empty if nothing stands in it.
    /// Whoever shows it replaces it when more comes.
    pub fn open_line(&self) -> String {
        let mut html = String::new();
        if !self.line.is_empty() {
            self.line.write_item(&mut html, "open");
        }
        html
    }

    fn feed(&mut self, bytes: &[u8], mut ended: impl FnMut(&Line)) {
        let Self { parser, style, line, lines } = self;
        parser.push(bytes, &mut |action| match action {
            Action::Print(character) => line.print(character, *style),
            Action::EndLine => {
                ended(line);
                line.clear();
                *lines += 1;
            }
            Action::Return => line.move_to(0),
            Action::Back => line.move_by(-1),
            Action::MoveTo(column) => line.move_to(column),
            Action::MoveBy(columns) => line.move_by(columns),
            Action::Erase(extent) => line.erase(extent),
            Action::Style(parameters) => style.apply(parameters),
        });
    }
}

/// The last `most` lines of a whole output.
pub fn tail(bytes: &[u8], most: usize) -> Tail {
    let mut ansi = Ansi::new();
    let mut kept: VecDeque<String> = VecDeque::new();
    let mut left_out = 0;
    ansi.feed(bytes, |line| {
        let mut html = String::new();
        line.write_item(&mut html, "");
        kept.push_back(html);
        if kept.len() > most {
            kept.pop_front();
            left_out += 1;
        }
    });
    let mut html: String = kept.into_iter().collect();
    if !ansi.line.is_empty() {
        ansi.line.write_item(&mut html, "");
    }
    Tail { html, left_out }
}

#[cfg(test)]
mod tests {
    use super::{Ansi, MAX_COLUMNS, tail};

    /// Converts at once, then byte by byte, and expects the same lines and the same open line.
    fn check(output: impl AsRef<[u8]>, expected: &str) {
        let output = output.as_ref();
        let mut whole = Ansi::new();
        let html = whole.push(output) + &whole.open_line();
        assert_eq!(html, expected);
        let mut split = Ansi::new();
        let html: String = output.iter().map(|byte| split.push(&[*byte])).collect();
        assert_eq!(html + &split.open_line(), expected, "byte by byte");
    }

    #[test]
    fn a_line_is_an_item_and_an_unended_one_is_open() {
        check("", "");
        check("a\nb\r\n\nc", "<li>a</li><li>b</li><li></li><li class=\"open\">c</li>");
    }

    #[test]
    fn markup_is_escaped() {
        check("<b>&\"'\n", "<li>&lt;b&gt;&amp;&quot;'</li>");
    }

    #[test]
    fn colours_and_weights_are_classes() {
        check("\x1b[31mred\x1b[0m plain\n", "<li><i class=\"f1\">red</i> plain</li>");
        check(
            "\x1b[1;4;92mx\x1b[22;24my\n",
            "<li><i class=\"f10 bo un\">x</i><i class=\"f10\">y</i></li>",
        );
        check("\x1b[38;5;208mx\x1b[39my\n", "<li><i class=\"f208\">x</i>y</li>");
        check("\x1b[2;3;9mx\x1b[m\n", "<li><i class=\"di it st\">x</i></li>");
    }

    #[test]
    fn a_background_takes_its_text_colour_unmended() {
        check("\x1b[41;30mx\n", "<li><i class=\"k0 b1\">x</i></li>");
        check("\x1b[7mx\n", "<li><i class=\"kd bd\">x</i></li>");
        check("\x1b[32;7mx\x1b[27my\n", "<li><i class=\"kd b2\">x</i><i class=\"f2\">y</i></li>");
    }

    #[test]
    fn true_colours_become_the_nearest_of_256() {
        check("\x1b[38;2;255;0;0mx\n", "<li><i class=\"f196\">x</i></li>");
        check("\x1b[38:2::0:0:255mx\n", "<li><i class=\"f21\">x</i></li>");
        check("\x1b[38:2:8:8:8mx\n", "<li><i class=\"f232\">x</i></li>");
        check("\x1b[48;2;95;135;175mx\n", "<li><i class=\"kt b67\">x</i></li>");
    }

    #[test]
    fn a_malformed_colour_changes_nothing() {
        check("\x1b[38;5mx\n", "<li>x</li>");
        check("\x1b[38;2;1;2mx\n", "<li>x</li>");
        check("\x1b[38;5;999mx\n", "<li>x</li>");
        check("\x1b[999;;;mx\n", "<li>x</li>");
    }

    #[test]
    fn a_progress_line_shows_what_was_written_last() {
        check("10%\r100%\n", "<li>100%</li>");
        check("12345\rab\n", "<li>ab345</li>");
        check("12345\r\x1b[Kab\n", "<li>ab</li>");
        check("12345\x1b[2K\rab\n", "<li>ab</li>");
        check("abc\x08\x08X\n", "<li>aXc</li>");
        check("ab\x1b[5Gc\n", "<li>ab  c</li>");
        check("abc\x1b[3Dx\x1b[1Cy\n", "<li>xby</li>");
    }

    #[test]
    fn moves_to_other_lines_titles_and_links_are_dropped() {
        check("a\x1b[2Ab\x1b[Hc\x1b[2Jd\x1b[?25le\n", "<li>abcde</li>");
        check("\x1b]0;title\x07a\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\\n", "<li>alink</li>");
        check("\x1bPdevice\x1b\\a\x1b(Bb\x1b=c\x1b_x\x1b\\\n", "<li>abc</li>");
        check("a\x00\x07\x0b\u{85}\u{9b}b\x7f\n", "<li>ab</li>");
    }

    #[test]
    fn bytes_that_are_not_text_are_marked() {
        check(b"a\xffb\n", "<li>a\u{fffd}b</li>");
        check(b"\xe3\x81\n", "<li>\u{fffd}</li>");
        check("日本\n", "<li>日本</li>");
        check("a\tb\n", "<li>a\tb</li>");
    }

    #[test]
    fn an_unfinished_sequence_waits_for_its_end() {
        let mut ansi = Ansi::new();
        assert_eq!(ansi.push(b"\x1b[3"), "");
        assert_eq!(ansi.open_line(), "");
        assert_eq!(ansi.push(b"1mx\n"), "<li><i class=\"f1\">x</i></li>");
        assert_eq!(ansi.lines(), 1);
    }

    #[test]
    fn an_endless_sequence_is_given_up() {
        let mut output = b"\x1b[".to_vec();
        output.extend(vec![b'1'; 100_000]);
        output.extend(b"m\x1b]0;");
        output.extend(vec![b'x'; 100_000]);
        output.extend(b"\nstill here\n");
        let html = Ansi::new().push(&output);
        assert!(html.ends_with("<li>still here</li>"), "{}", html.len());
    }

    #[test]
    fn a_long_line_is_cut() {
        let html = Ansi::new().push(format!("{}\n", "x".repeat(MAX_COLUMNS + 5)).as_bytes());
        assert_eq!(html, format!("<li>{}…</li>", "x".repeat(MAX_COLUMNS)));
        let html = Ansi::new().push(b"\x1b[999999999Gx\n");
        assert!(html.len() < MAX_COLUMNS + 20);
    }

    #[test]
    fn the_tail_keeps_the_last_lines_and_counts_the_others() {
        let kept = tail(b"\x1b[31m1\n2\n3\n4", 2);
        let red = |digit| format!("<li><i class=\"f1\">{digit}</i></li>");
        assert_eq!(kept.html, red(2) + &red(3) + &red(4));
        assert_eq!(kept.left_out, 1);
        assert_eq!(tail(b"", 2).html, "");
    }
}
