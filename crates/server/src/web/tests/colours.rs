//! The contrast of the style sheet's colours, computed as WCAG does, light and dark.

const STYLE: &str = include_str!("../../../static/app.css");

type Rgb = [u8; 3];

/// The two values of a custom property: light, dark.
fn property(name: &str) -> [Rgb; 2] {
    let start = format!("  --{name}: light-dark(");
    let values = STYLE
        .lines()
        .find_map(|line| line.strip_prefix(&start)?.strip_suffix(");"))
        .unwrap_or_else(|| panic!("--{name} is missing"));
    let (light, dark) = values.split_once(", ").expect("light and dark");
    [light, dark].map(rgb)
}

fn rgb(hex: &str) -> Rgb {
    let value = u32::from_str_radix(&hex[1..7], 16).expect("six hex digits");
    let [_, r, g, b] = value.to_be_bytes();
    [r, g, b]
}

fn luminance(colour: Rgb) -> f64 {
    let [r, g, b] = colour.map(|channel| {
        let share = f64::from(channel) / 255.0;
        if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
    });
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

fn check(ink: &str, ground: &str, least: f64) {
    for (theme, ink_value, ground_value) in [
        ("light", property(ink)[0], property(ground)[0]),
        ("dark", property(ink)[1], property(ground)[1]),
    ] {
        let (a, b) = (luminance(ink_value), luminance(ground_value));
        let ratio = (a.max(b) + 0.05) / (a.min(b) + 0.05);
        assert!(ratio >= least, "{ink} on {ground}, {theme}: {ratio:.2} < {least}");
    }
}

#[test]
fn body_text_has_a_contrast_of_seven() {
    for ground in ["page", "card", "raised", "sunken", "hover"] {
        check("ink", ground, 7.0);
    }
}

#[test]
fn every_other_text_has_a_contrast_of_four_and_a_half() {
    for ground in ["page", "card", "raised", "sunken", "hover"] {
        check("quiet", ground, 4.5);
        check("accent", ground, 4.5);
    }
    for state in ["success", "failed", "running", "waiting", "on-hold", "late"] {
        for ground in ["card", "page", "hover", &format!("{state}-ground")] {
            check(state, ground, 4.5);
        }
    }
    for ground in ["accent-ground", "accent-hover", "danger", "danger-hover"] {
        check("on-accent", ground, 4.5);
    }
}

#[test]
fn edges_of_fields_have_a_contrast_of_three() {
    for ground in ["card", "raised", "page"] {
        check("edge", ground, 3.0);
    }
}
