//! Small drawings, 16 by 16, in the colour of the text around them. They say nothing to a screen
//! reader: the word is always beside them.

use maud::{Markup, PreEscaped, html};

use super::state::Look;

fn drawn(class: &str, shapes: &'static str) -> Markup {
    html! {
        svg class={ "icon " (class) } viewBox="0 0 16 16" aria-hidden="true" focusable="false" {
            (PreEscaped(shapes))
        }
    }
}

/// The shape of a state.
pub fn of_look(look: Look) -> Markup {
    let shapes = match look {
        Look::Success => {
            r#"<circle cx="8" cy="8" r="7.5"/><path class="cut" d="M4.6 8.3l2.3 2.3 4.6-4.9"/>"#
        }
        Look::Failed => {
            r#"<path d="M5 .5h6L15.5 5v6L11 15.5H5L.5 11V5z"/><path class="cut" d="M5.4 5.4l5.2 5.2m0-5.2l-5.2 5.2"/>"#
        }
        Look::TimedOut => {
            r#"<circle cx="8" cy="8" r="7.5"/><path class="cut" d="M8 4v4.2l2.8 1.7"/>"#
        }
        Look::Broken => {
            r#"<path d="M8 .8l7.6 13.7H.4z"/><path class="cut" d="M8 5.6v4m0 2.2v.4"/>"#
        }
        Look::Running => {
            r#"<circle class="track" cx="8" cy="8" r="6.5"/><path class="arc" d="M8 1.5A6.5 6.5 0 0 1 14.5 8"/>"#
        }
        Look::Queued => {
            r#"<circle cx="2.6" cy="8" r="1.9"/><circle cx="8" cy="8" r="1.9"/><circle cx="13.4" cy="8" r="1.9"/>"#
        }
        Look::OnHold => r#"<circle cx="8" cy="8" r="7.5"/><path class="cut" d="M6 5v6m4-6v6"/>"#,
        Look::Canceled => {
            r#"<circle class="line" cx="8" cy="8" r="6.5"/><path class="line" d="M3.6 12.4l8.8-8.8"/>"#
        }
        Look::NotRun => {
            r#"<circle class="line" cx="8" cy="8" r="6.5" stroke-dasharray="2.6 2.5"/>"#
        }
    };
    drawn(look.name(), shapes)
}

/// Rondo's own mark: a ring that closes on itself.
pub fn logo() -> Markup {
    html! {
        svg.logo viewBox="0 0 24 24" aria-hidden="true" focusable="false" {
            path.ring d="M19.8 8.4A8.6 8.6 0 1 0 20.6 12" {}
            path.head d="M20.9 3.4v5.4h-5.4" {}
            circle.dot cx="12" cy="12" r="2.9" {}
        }
    }
}

/// An X that removes or closes.
pub fn cross() -> Markup {
    drawn("stroke", r#"<path d="M4 4l8 8m0-8l-8 8"/>"#)
}

/// A branch.
pub fn branch() -> Markup {
    drawn(
        "stroke",
        r#"<circle cx="4.5" cy="3.5" r="1.8"/><circle cx="4.5" cy="12.5" r="1.8"/><circle cx="11.5" cy="5" r="1.8"/><path d="M4.5 5.3v5.4M11.5 6.8c0 2.4-7 1.4-7 3.9"/>"#,
    )
}

/// A person.
pub fn person() -> Markup {
    drawn(
        "stroke",
        r#"<circle cx="8" cy="5.2" r="3"/><path d="M2.2 14.2c.7-3 3-4.3 5.8-4.3s5.1 1.3 5.8 4.3"/>"#,
    )
}

/// A half-filled circle: light and dark.
pub fn contrast() -> Markup {
    drawn("stroke", r#"<circle cx="8" cy="8" r="6"/><path class="full" d="M8 2a6 6 0 0 1 0 12z"/>"#)
}

/// A globe.
pub fn globe() -> Markup {
    drawn(
        "stroke",
        r#"<circle cx="8" cy="8" r="6"/><path d="M2 8h12M8 2c4.2 3.6 4.2 8.4 0 12-4.2-3.6-4.2-8.4 0-12z"/>"#,
    )
}

/// A gear's stand-in: three sliders.
pub fn sliders() -> Markup {
    drawn(
        "stroke",
        r#"<path d="M2 4.5h6.5m3 0H14M2 11.5h2.5m3 0H14"/><circle cx="10" cy="4.5" r="1.5"/><circle cx="6" cy="11.5" r="1.5"/>"#,
    )
}

/// A play triangle.
pub fn play() -> Markup {
    drawn("solid", r#"<path d="M4 2.5v11l9-5.5z"/>"#)
}

/// A plus.
pub fn plus() -> Markup {
    drawn("stroke", r#"<path d="M8 3v10M3 8h10"/>"#)
}

/// A chevron that points where a closed thing would open.
pub fn chevron() -> Markup {
    drawn("stroke chevron", r#"<path d="M6 3.5L10.5 8 6 12.5"/>"#)
}

/// A padlock.
pub fn lock() -> Markup {
    drawn(
        "stroke",
        r#"<rect x="3" y="7" width="10" height="7" rx="1.5"/><path d="M5.2 7V5a2.8 2.8 0 0 1 5.6 0v2"/>"#,
    )
}

/// Two sheets: copying.
pub fn sheets() -> Markup {
    drawn(
        "stroke",
        r#"<rect x="5.5" y="5.5" width="8" height="8" rx="1.5"/><path d="M10.5 5.5v-2a1 1 0 0 0-1-1h-6a1 1 0 0 0-1 1v6a1 1 0 0 0 1 1h2"/>"#,
    )
}
