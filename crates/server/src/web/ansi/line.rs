//! A line of a terminal while it is being written: characters with their styles, and the cursor.

use super::{MAX_COLUMNS, style::Style};

/// What an erase code erases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    /// From the cursor to the end.
    ToEnd,
    /// From the beginning to the cursor.
    ToStart,
    /// All of it.
    All,
}

#[derive(Clone, Copy, Debug)]
struct Cell {
    character: char,
    style: Style,
}

#[derive(Debug, Default)]
pub(super) struct Line {
    cells: Vec<Cell>,
    cursor: usize,
    cut: bool,
}

const BLANK: Cell = Cell { character: ' ', style: Style::PLAIN };

impl Line {
    pub(super) fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    pub(super) fn clear(&mut self) {
        self.cells.clear();
        self.cursor = 0;
        self.cut = false;
    }

    pub(super) fn print(&mut self, character: char, style: Style) {
        if self.cursor >= MAX_COLUMNS {
            self.cut = true;
            return;
        }
        while self.cells.len() < self.cursor {
            self.cells.push(BLANK);
        }
        let cell = Cell { character, style };
        match self.cells.get_mut(self.cursor) {
            Some(place) => *place = cell,
            None => self.cells.push(cell),
        }
        self.cursor += 1;
    }

    pub(super) fn move_to(&mut self, column: usize) {
        self.cursor = column.min(MAX_COLUMNS);
    }

    pub(super) fn move_by(&mut self, columns: isize) {
        self.move_to(self.cursor.saturating_add_signed(columns));
    }

    pub(super) fn erase(&mut self, extent: Extent) {
        match extent {
            Extent::ToEnd => self.cells.truncate(self.cursor),
            Extent::ToStart => {
                let end = self.cells.len().min(self.cursor + 1);
                self.cells[..end].fill(BLANK);
            }
            Extent::All => self.cells.clear(),
        }
    }

    /// Appends the line as an `<li>` of a class.
    pub(super) fn write_item(&self, html: &mut String, class: &str) {
        match class {
            "" => html.push_str("<li>"),
            class => {
                html.push_str("<li class=\"");
                html.push_str(class);
                html.push_str("\">");
            }
        }
        for run in self.cells.chunk_by(|a, b| a.style == b.style) {
            write_run(html, run);
        }
        if self.cut {
            html.push('…');
        }
        html.push_str("</li>");
    }
}

fn write_run(html: &mut String, run: &[Cell]) {
    let classes = run[0].style.classes();
    if !classes.is_empty() {
        html.push_str("<i class=\"");
        html.push_str(&classes);
        html.push_str("\">");
    }
    for cell in run {
        write_escaped(html, cell.character);
    }
    if !classes.is_empty() {
        html.push_str("</i>");
    }
}

fn write_escaped(html: &mut String, character: char) {
    match character {
        '<' => html.push_str("&lt;"),
        '>' => html.push_str("&gt;"),
        '&' => html.push_str("&amp;"),
        '"' => html.push_str("&quot;"),
        other => html.push(other),
    }
}
