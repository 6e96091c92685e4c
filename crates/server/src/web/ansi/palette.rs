//! The 256 colours of a terminal and their classes. The log is dark in both themes, so there is one
//! palette; text that would be hard to read on the log's ground is lightened.

use std::fmt::Write as _;

type Rgb = [u8; 3];

/// The ground of logs; the style sheet's `--log-ground` is the same.
const GROUND: Rgb = [0x12, 0x15, 0x1b];
/// Plain text of logs; the style sheet's `--log-ink` is the same.
const INK: Rgb = [0xd7, 0xdc, 0xe4];
/// The contrast that lightened text reaches.
const READABLE: f64 = 4.5;

/// The first sixteen, tuned for a dark ground.
const NAMED: [Rgb; 16] = [
    [0x00, 0x00, 0x00],
    [0xe5, 0x53, 0x4b],
    [0x57, 0xab, 0x5a],
    [0xc6, 0x90, 0x26],
    [0x53, 0x9b, 0xf5],
    [0xb0, 0x83, 0xf0],
    [0x39, 0xc5, 0xcf],
    [0xc5, 0xcc, 0xd6],
    [0x76, 0x83, 0x90],
    [0xff, 0x93, 0x8a],
    [0x6b, 0xc4, 0x6d],
    [0xda, 0xaa, 0x3f],
    [0x7c, 0xb7, 0xff],
    [0xdc, 0xbd, 0xfb],
    [0x56, 0xd4, 0xdd],
    [0xff, 0xff, 0xff],
];

/// Rules for every class that output can have: `f` text, `k` text on a ground of its own, `b` ground.
pub fn style_sheet() -> String {
    let mut css = String::new();
    for index in 0..=u8::MAX {
        let raw = colour(index);
        rule(&mut css, &format!(".log .f{index}"), "color", readable(raw));
        rule(&mut css, &format!(".log .k{index}"), "color", raw);
        rule(&mut css, &format!(".log .b{index}"), "background", raw);
    }
    rule(&mut css, ".log .kd", "color", GROUND);
    rule(&mut css, ".log .kt", "color", INK);
    rule(&mut css, ".log .bd", "background", INK);
    css
}

fn rule(css: &mut String, selector: &str, property: &str, [r, g, b]: Rgb) {
    writeln!(css, "{selector}{{{property}:#{r:02x}{g:02x}{b:02x}}}")
        .expect("writing to a string cannot fail");
}

/// The palette's colour nearest to this one, outside the first sixteen (which are a matter of taste).
pub(super) fn nearest(r: u8, g: u8, b: u8) -> u8 {
    let distance = |index: &u8| -> u32 {
        let of = |a: u8, b: u8| u32::from(a.abs_diff(b)).pow(2);
        let [x, y, z] = colour(*index);
        of(x, r) + of(y, g) + of(z, b)
    };
    (16..=u8::MAX).min_by_key(distance).unwrap_or(u8::MAX)
}

/// xterm's: sixteen named ones, a cube of six steps a side, 24 greys.
fn colour(index: u8) -> Rgb {
    let level = |step: u8| if step == 0 { 0 } else { 55 + step * 40 };
    match index {
        0..16 => NAMED[usize::from(index)],
        16..232 => {
            let place = index - 16;
            [level(place / 36), level(place / 6 % 6), level(place % 6)]
        }
        232.. => [8 + (index - 232) * 10; 3],
    }
}

/// The colour mixed with white until it can be read on the log's ground.
fn readable(colour: Rgb) -> Rgb {
    (0..=100)
        .map(|percent| colour.map(|channel| mixed(channel, percent)))
        .find(|mixed| contrast(*mixed, GROUND) >= READABLE)
        .unwrap_or([u8::MAX; 3])
}

fn mixed(channel: u8, percent: u16) -> u8 {
    let channel = u16::from(channel);
    u8::try_from(channel + (255 - channel) * percent / 100).unwrap_or(u8::MAX)
}

/// WCAG's contrast ratio.
fn contrast(a: Rgb, b: Rgb) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

fn luminance([r, g, b]: Rgb) -> f64 {
    let linear = |channel: u8| {
        let share = f64::from(channel) / 255.0;
        if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b)
}

#[cfg(test)]
mod tests {
    use super::{GROUND, READABLE, colour, contrast, nearest, readable, style_sheet};

    #[test]
    fn every_colour_of_text_can_be_read_on_the_ground_of_logs() {
        for index in 0..=u8::MAX {
            let ratio = contrast(readable(colour(index)), GROUND);
            assert!(ratio >= READABLE, "colour {index} has {ratio:.2}");
        }
    }

    #[test]
    fn a_colour_of_the_cube_is_nearest_to_itself() {
        for index in 16..=231 {
            let [r, g, b] = colour(index);
            assert_eq!(colour(nearest(r, g, b)), [r, g, b]);
        }
    }

    #[test]
    fn the_style_sheet_has_a_rule_for_every_class() {
        let css = style_sheet();
        for class in ["f0", "f255", "k0", "k255", "b0", "b255", "kd", "kt", "bd"] {
            assert!(css.contains(&format!(".log .{class}{{")), "{class}");
        }
    }
}
