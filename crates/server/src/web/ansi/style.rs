//! How characters look: what `ESC [ … m` sets, and the classes that show it.

use super::palette;

/// A colour of the palette of 256, or the terminal's own.
type Colour = Option<u8>;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Style {
    text: Colour,
    ground: Colour,
    inverse: bool,
    attributes: u8,
}

/// Attributes as bits, with their classes.
const BOLD: u8 = 1;
const DIM: u8 = 2;
const ITALIC: u8 = 4;
const UNDERLINE: u8 = 8;
const STRUCK: u8 = 16;
const CLASSES: [(u8, &str); 5] =
    [(BOLD, "bo"), (DIM, "di"), (ITALIC, "it"), (UNDERLINE, "un"), (STRUCK, "st")];

impl Style {
    pub(super) const PLAIN: Self = Self { text: None, ground: None, inverse: false, attributes: 0 };

    /// Applies the parameters of one sequence; unknown ones are skipped.
    pub(super) fn apply(&mut self, parameters: &[Vec<u16>]) {
        let mut rest = parameters;
        while let Some((first, after)) = rest.split_first() {
            rest = after;
            match first.as_slice() {
                [code @ (38 | 48)] => {
                    let (colour, used) = extended(after);
                    self.paint(*code, colour);
                    rest = &after[used..];
                }
                [code @ (38 | 48), of @ ..] => self.paint(*code, grouped(of)),
                // 4:0 is "no underline"; the other kinds of underline look like a plain one.
                [4, 0] => self.drop(UNDERLINE),
                [code, ..] => self.set(*code),
                [] => {}
            }
        }
    }

    fn set(&mut self, code: u16) {
        match code {
            0 => *self = Self::PLAIN,
            1 => self.attributes |= BOLD,
            2 => self.attributes |= DIM,
            3 => self.attributes |= ITALIC,
            4 | 21 => self.attributes |= UNDERLINE,
            7 => self.inverse = true,
            9 => self.attributes |= STRUCK,
            22 => self.drop(BOLD | DIM),
            23 => self.drop(ITALIC),
            24 => self.drop(UNDERLINE),
            27 => self.inverse = false,
            29 => self.drop(STRUCK),
            30..=37 => self.text = small(code - 30),
            39 => self.text = None,
            40..=47 => self.ground = small(code - 40),
            49 => self.ground = None,
            90..=97 => self.text = small(code - 90 + 8),
            100..=107 => self.ground = small(code - 100 + 8),
            _ => {}
        }
    }

    fn drop(&mut self, attributes: u8) {
        self.attributes &= !attributes;
    }

    /// A colour that could not be read leaves things as they were.
    fn paint(&mut self, code: u16, colour: Colour) {
        if colour.is_some() {
            match code {
                38 => self.text = colour,
                _ => self.ground = colour,
            }
        }
    }

    /// Class names, separated by spaces. Text on the log's own ground is `f…`, lightened where it
    /// would be hard to read; on a ground of its own it is `k…` as it came.
    pub(super) fn classes(self) -> String {
        let mut classes = Vec::new();
        if self.inverse {
            classes.push(self.ground.map_or("kd".to_owned(), |ground| format!("k{ground}")));
            classes.push(self.text.map_or("bd".to_owned(), |text| format!("b{text}")));
        } else if let Some(ground) = self.ground {
            classes.push(self.text.map_or("kt".to_owned(), |text| format!("k{text}")));
            classes.push(format!("b{ground}"));
        } else if let Some(text) = self.text {
            classes.push(format!("f{text}"));
        }
        for (bit, class) in CLASSES {
            if self.attributes & bit != 0 {
                classes.push(class.to_owned());
            }
        }
        classes.join(" ")
    }
}

fn small(index: u16) -> Colour {
    u8::try_from(index).ok()
}

/// `5;n` or `2;r;g;b` in the parameters after a 38 or 48, and how many of them it takes.
fn extended(after: &[Vec<u16>]) -> (Colour, usize) {
    let plain: Vec<u16> = after.iter().take(4).map_while(|p| p.first().copied()).collect();
    match plain.as_slice() {
        [5, index, ..] => (small(*index), 2),
        [2, r, g, b] => (true_colour(*r, *g, *b), 4),
        _ => (None, after.len()),
    }
}

/// The same written with colons, with or without a colour space before the three values.
fn grouped(of: &[u16]) -> Colour {
    match of {
        [5, index, ..] => small(*index),
        [2, r, g, b] | [2, _, r, g, b, ..] => true_colour(*r, *g, *b),
        _ => None,
    }
}

fn true_colour(r: u16, g: u16, b: u16) -> Colour {
    Some(palette::nearest(small(r)?, small(g)?, small(b)?))
}
