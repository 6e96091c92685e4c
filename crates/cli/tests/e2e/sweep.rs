//! After every test: what its server leaves behind is searched for tokens, whatever the test was about.
//! Any text that has a token's shape and a right check counts as one. Other secrets, and other forms of
//! them, are `leak`'s business.

use std::path::{Path, PathBuf};

use rondo_domain::token::Presented;

/// The longest text that can be a token.
const LONGEST: usize = 70;

/// Each token in these files and folders, shortened, with its file.
pub(crate) fn tokens_in(places: &[PathBuf]) -> Vec<String> {
    let mut found = Vec::new();
    let mut places = places.to_vec();
    while let Some(place) = places.pop() {
        if let Ok(entries) = std::fs::read_dir(&place) {
            places.extend(entries.map(|entry| entry.unwrap().path()));
        } else if place.is_file() {
            found.extend(tokens_of(&std::fs::read(&place).unwrap(), &place));
        }
    }
    found
}

fn tokens_of(bytes: &[u8], file: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = bytes;
    while let Some(at) = rest.iter().position(|byte| *byte == b'r') {
        rest = &rest[at..];
        if rest.starts_with(b"rd") {
            let word = |byte: &&u8| byte.is_ascii_alphanumeric() || **byte == b'_';
            let length = rest.iter().take(LONGEST).take_while(word).count();
            // A value may be followed by letters, so each shorter text is tried too.
            let parsed = (20..=length)
                .rev()
                .find_map(|length| Presented::parse(std::str::from_utf8(&rest[..length]).unwrap()));
            found.extend(parsed.map(|token| format!("{}: {}", file.display(), token.id)));
        }
        rest = &rest[1..];
    }
    found
}

#[test]
fn a_token_is_found_wherever_it_stands_and_by_its_check_alone() {
    use rondo_domain::token::{Secret, TokenKind};
    let secret = Secret::mint(TokenKind::Personal, &[7; 48]);
    let (value, id) = (secret.expose(), secret.id().to_string());
    let planted = |text: String| tokens_of(text.as_bytes(), Path::new("f"));
    for around in ["{}", "\0x{}\n", "rd{}rdpat_", "\"{}\"", "{}more"] {
        let found = planted(around.replace("{}", value));
        assert_eq!(found, [format!("f: {id}")], "{around}");
    }
    let wrong = if value.ends_with('x') { "y" } else { "x" };
    assert!(planted(format!("{}{wrong}", &value[..value.len() - 1])).is_empty());
}
