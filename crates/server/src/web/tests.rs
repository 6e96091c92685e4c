//! Rules that hold for every page, in both languages, with believable and with hostile data.

mod colours;
mod markup;

use std::{fs, path::PathBuf};

use super::{
    assets,
    chrome::{Chrome, Rights},
    locale::Locale,
    samples::{self, Data, Sample},
    theme::Theme,
};
use markup::Document;

const SCRIPT: &str = "<script>alert(1)</script>";
const ATTRIBUTE: &str = "\" onmouseover=\"alert(1)\" x='";

/// Runs `rule` on every page in both languages.
fn check_all(data: Data<'_>, rule: impl Fn(&Sample, &Document)) {
    for locale in Locale::ALL {
        for sample in samples::all(locale, Theme::System, data) {
            rule(&sample, &Document::parse(&sample.html, sample.name));
        }
    }
}

#[test]
fn markup_in_data_stays_text() {
    for hostile in [SCRIPT, ATTRIBUTE, "</textarea></title><img src=x onerror=alert(1)>"] {
        check_all(Data::Hostile(hostile), |sample, document| {
            assert_eq!(document.count("script"), 1, "{}", sample.name);
            assert!(
                document.attributes().all(|(name, _)| !name.starts_with("on")),
                "{}",
                sample.name
            );
            assert!(!sample.html.contains(hostile), "{}", sample.name);
        });
    }
}

#[test]
fn any_text_can_stand_where_data_stands() {
    let long = "長い名前-".repeat(700) + "\u{202e}rtl\u{202c} עברית \u{0}\u{1b}[31m\n\r\t";
    assert!(long.len() > 9_000);
    check_all(Data::Hostile(&long), |sample, document| {
        assert!(document.count("main") == 1, "{}", sample.name);
    });
    check_all(Data::Hostile(""), |_, _| {});
}

#[test]
fn every_page_has_a_language_a_title_one_heading_and_its_landmarks() {
    check_all(Data::Believable, |sample, document| {
        let name = sample.name;
        assert!(document.attributes().any(|(name, _)| name == "lang"), "{name}");
        assert!(sample.html.contains(" · Rondo</title>"), "{name}");
        for landmark in ["h1", "main", "header", "footer", "title"] {
            assert_eq!(document.count(landmark), 1, "{name} {landmark}");
        }
    });
}

#[test]
fn every_form_that_posts_proves_where_it_came_from() {
    check_all(Data::Believable, |sample, document| {
        let posts = document.attributes().filter(|pair| *pair == ("method", "post")).count();
        let proofs = document.attributes().filter(|pair| *pair == ("value", "csrf-value")).count();
        assert_eq!(posts, proofs, "{}", sample.name);
    });
}

#[test]
fn nothing_on_a_page_needs_inline_style_or_script() {
    check_all(Data::Believable, |sample, document| {
        assert_eq!(document.count("style"), 0, "{}", sample.name);
        for (name, _) in document.attributes() {
            assert!(name != "style" && !name.starts_with("on"), "{} {name}", sample.name);
        }
    });
}

#[test]
fn every_reference_to_an_element_finds_one_and_ids_are_unique() {
    check_all(Data::Believable, |sample, document| {
        let mut ids: Vec<&str> = document.values("id").collect();
        let all = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), all, "{}: {ids:?}", sample.name);
        for attribute in
            ["for", "aria-describedby", "aria-labelledby", "list", "data-copy", "data-dialog"]
        {
            for id in document.values(attribute).flat_map(str::split_whitespace) {
                assert!(ids.contains(&id), "{}: {attribute}={id}", sample.name);
            }
        }
    });
}

#[test]
fn every_input_has_a_label() {
    check_all(Data::Believable, |sample, document| {
        let labelled: Vec<&str> = document.values("for").collect();
        for input in document.inputs() {
            assert!(labelled.contains(&input), "{}: {input}", sample.name);
        }
    });
}

#[test]
fn the_languages_share_no_sentence() {
    let (english, japanese) =
        (format!("{:?}", Locale::En.text()), format!("{:?}", Locale::Ja.text()));
    let is_japanese = |text: &str| text.chars().any(|c| ('\u{3040}'..='\u{9fff}').contains(&c));
    let own_name = format!("{:?}", Locale::Ja.text().frame.language_name);
    assert!(!is_japanese(&english));
    assert!(is_japanese(&own_name));
    for sentence in quoted(&japanese).filter(|words| words.contains(' ') && words.len() > 24) {
        assert!(is_japanese(sentence), "not translated: {sentence}");
    }
}

fn quoted(debug: &str) -> impl Iterator<Item = &str> {
    debug.split('"').skip(1).step_by(2)
}

#[test]
fn the_page_of_a_new_token_holds_its_value_once_in_a_field_and_once_in_the_command() {
    for locale in Locale::ALL {
        let pages = samples::all(locale, Theme::System, Data::Hostile("UNIQUE-VALUE"));
        let page = pages.iter().find(|page| page.name == "tokens-created").unwrap();
        let document = Document::parse(&page.html, page.name);
        assert!(document.values("value").any(|value| value == "UNIQUE-VALUE"));
        assert!(document.attributes().any(|(name, _)| name == "readonly"));
        assert!(page.html.contains(locale.text().tokens.created_warning));
    }
}

#[test]
fn a_guest_sees_no_account_menu_and_a_person_can_sign_out() {
    check_all(Data::Believable, |sample, document| {
        let sign_out = document.values("action").any(|action| action == "/logout");
        let guest = [
            "sign-in",
            "sign-in-failed",
            "setup",
            "enter",
            "gone",
            "found",
            "found-failed",
            "found-thanks",
        ]
        .contains(&sample.name);
        assert_eq!(sign_out, !guest, "{}", sample.name);
    });
}

/// Not a check of anything but that it works: the pages as files to look at.
#[test]
fn all_pages_can_be_written_to_files() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../target/pages");
    for locale in Locale::ALL {
        for theme in Theme::ALL {
            let place = folder.join(locale.tag()).join(theme.word());
            fs::create_dir_all(&place).unwrap();
            for sample in samples::all(locale, theme, Data::Believable) {
                let file = place.join(format!("{}.html", sample.name));
                fs::write(&file, inlined(&sample.html)).unwrap();
                assert!(fs::metadata(&file).unwrap().len() > 1000);
            }
        }
    }
}

/// The page with style and script inside, so that it can be opened from a disk.
fn inlined(html: &str) -> String {
    let content = |name: &str| {
        let address = assets::address(name);
        let (hash, name) = address["/assets/".len()..].split_once('/').unwrap();
        String::from_utf8(assets::find(hash, name).unwrap().bytes.to_vec()).unwrap()
    };
    let style = format!("<style>{}</style></head>", content(assets::STYLE));
    let script = format!("<script>{}</script></body>", content(assets::SCRIPT));
    html.replace("</head>", &style).replace("</body>", &script)
}

#[test]
fn a_chrome_speaks_the_language_it_was_given() {
    let chrome = |locale| Chrome {
        locale,
        theme: Theme::System,
        person: None,
        rights: Rights::default(),
        csrf: String::new(),
        once: String::new(),
        path: "/".to_owned(),
        notice: None,
        told: Vec::new(),
        now: 0,
    };
    assert_eq!(chrome(Locale::En).text().frame.projects, "Projects");
    assert_eq!(chrome(Locale::Ja).text().frame.projects, "プロジェクト");
}
