//! The pictures of badges: one for each style and state, drawn once and then handed out. Nothing that
//! anybody named is in them.

use std::sync::LazyLock;

use bytes::Bytes;
use maud::{Markup, html};
use rondo_domain::run::BadgeState;

use super::letters::word;
use crate::etag::Etag;

/// The two looks that CircleCI knows (api-v1.1, 4.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// One plate with a sign and a word.
    Plate,
    /// Two halves, as shields are drawn.
    Shield,
}

/// A drawing that is ready to be sent.
pub(super) struct Picture {
    pub(super) svg: Bytes,
    pub(super) etag: Etag,
}

/// The picture of a state.
pub(super) fn picture(style: Style, state: BadgeState) -> &'static Picture {
    static PICTURES: LazyLock<Vec<(Style, BadgeState, Picture)>> = LazyLock::new(|| {
        let styles = [Style::Plate, Style::Shield].into_iter();
        let kinds = styles.flat_map(|style| BadgeState::ALL.map(|state| (style, state)));
        kinds.map(|(style, state)| (style, state, draw(style, state))).collect()
    });
    let found = PICTURES.iter().find(|(own, shown, _)| (*own, *shown) == (style, state));
    found.map(|(_, _, picture)| picture).expect("there is a picture for each style and state")
}

fn draw(style: Style, state: BadgeState) -> Picture {
    let svg = match style {
        Style::Plate => plate(state),
        Style::Shield => shield(state),
    };
    // There are ten, for as long as the process lives: handing them out counts nothing.
    let svg: &'static str = svg.into_string().leak();
    Picture { etag: Etag::fixed(svg.as_bytes()), svg: Bytes::from_static(svg.as_bytes()) }
}

const HEIGHT: u32 = 18;

/// Sizes and colours of the first three are those of api-v1.1, 4.2; the drawing is our own.
fn plate(state: BadgeState) -> Markup {
    let (text, width, fill, ink, sign) = match state {
        BadgeState::Passing => ("PASSED", 66, "#292", "#fff", "M6 9.5l2.5 2.5 5-6"),
        BadgeState::Failing => ("FAILED", 62, "#c13737", "#fff", "M6.5 6l6 6m0-6l-6 6"),
        BadgeState::NoBuilds => ("NO BUILDS", 78, "none", "#898989", "M6 9h7"),
        BadgeState::Running => ("RUNNING", 72, "#1c6fc9", "#fff", "M8 5.5l5 3.5-5 3.5z"),
        BadgeState::Canceled => ("CANCELED", 78, "#6b6b6b", "#fff", "M6.5 6h6v6h-6z"),
    };
    let edge = if fill == "none" { ink } else { fill };
    html! {
        svg xmlns="http://www.w3.org/2000/svg" width=(width) height=(HEIGHT) role="img" aria-label=(text) {
            title { (text) }
            rect x=".5" y=".5" width=(width - 1) height=(HEIGHT - 1) rx="3" fill=(fill) stroke=(edge) {}
            g fill="none" stroke=(ink) stroke-width="1.4" stroke-linecap="round" stroke-linejoin="round" {
                path d=(sign) {}
                (written(text, (18, width - 5)))
            }
        }
    }
}

fn shield(state: BadgeState) -> Markup {
    const SPLIT: u32 = 49;
    const NAME: &str = "circleci";
    let (text, width, fill) = match state {
        BadgeState::Passing => ("passing", 102, "#4c1"),
        BadgeState::Failing => ("failing", 93, "#e05d44"),
        BadgeState::NoBuilds => ("no builds", 110, "#fe7d37"),
        BadgeState::Running => ("running", 102, "#1c6fc9"),
        BadgeState::Canceled => ("canceled", 107, "#9f9f9f"),
    };
    let label = format!("{NAME}: {text}");
    html! {
        svg xmlns="http://www.w3.org/2000/svg" width=(width) height=(HEIGHT) role="img" aria-label=(label) {
            title { (label) }
            rect width=(SPLIT) height=(HEIGHT) fill="#555" {}
            rect x=(SPLIT) width=(width - SPLIT) height=(HEIGHT) fill=(fill) {}
            g fill="none" stroke="#fff" stroke-width="1.3" stroke-linecap="round" stroke-linejoin="round" {
                (written(NAME, (5, SPLIT - 5)))
                (written(text, (SPLIT + 5, width - 5)))
            }
        }
    }
}

/// A word in the middle between two edges, as large as fits, and never larger than the badge bears.
fn written(text: &str, (left, right): (u32, u32)) -> Markup {
    let (path, width) = word(text);
    let room = (right - left) as f32;
    let scale = (room / width).min(1.15);
    let at = left as f32 + (room - width * scale) / 2.0;
    html! {
        path transform=(format!("translate({at:.1} 12.9)scale({scale:.2})")) d=(path) {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The numbers of a transformation: where a word begins, and how large it is.
    fn placed(svg: &str) -> Vec<(f32, f32, f32)> {
        let numbers = |text: &str| text.parse::<f32>().unwrap();
        let pieces = svg.split("translate(").skip(1);
        pieces
            .map(|piece| {
                let (at, rest) = piece.split_once(' ').unwrap();
                let (_, rest) = rest.split_once("scale(").unwrap();
                let (scale, rest) = rest.split_once(')').unwrap();
                let last = rest.split_once('"').unwrap().1.split_once('"').unwrap().1;
                let path = last.split_once('"').map_or(last, |(path, _)| path);
                let end = path.rsplit('M').next().unwrap().split_once(' ').unwrap().0;
                (numbers(at), numbers(scale), numbers(end))
            })
            .collect()
    }

    #[test]
    fn every_state_has_a_picture_of_its_own_in_both_styles() {
        let mut tags = Vec::new();
        for style in [Style::Plate, Style::Shield] {
            for state in BadgeState::ALL {
                let picture = picture(style, state);
                let svg = std::str::from_utf8(&picture.svg).unwrap();
                assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>"), "{svg}");
                assert!(svg.contains("<title>") && svg.contains("aria-label="), "{svg}");
                // Fonts differ from machine to machine.
                assert!(!svg.contains("<text") && !svg.contains("font"), "{svg}");
                let mut reader = quick_xml::Reader::from_str(svg);
                while reader.read_event().unwrap() != quick_xml::events::Event::Eof {}
                assert!(!tags.contains(&picture.etag), "{style:?} {state:?}");
                tags.push(picture.etag.clone());
            }
        }
    }

    #[test]
    fn words_stay_inside_their_badges_at_a_size_that_can_be_read() {
        for style in [Style::Plate, Style::Shield] {
            for state in BadgeState::ALL {
                let svg = std::str::from_utf8(&picture(style, state).svg).unwrap();
                let width: f32 = svg.split('"').nth(3).unwrap().parse().unwrap();
                let words = placed(svg);
                assert_eq!(words.len(), if style == Style::Plate { 1 } else { 2 }, "{svg}");
                for (at, scale, last_letter) in words {
                    assert!((0.9..=1.15).contains(&scale), "{style:?} {state:?}: {scale}");
                    assert!(at >= 4.0 && at + last_letter * scale < width - 6.0, "{svg}");
                }
            }
        }
    }
}
