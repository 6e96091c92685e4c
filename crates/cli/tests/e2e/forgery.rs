//! A token as somebody makes it who knows the format and an id from a list, and not the secret.

const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Another token with the prefix and the id of this one, and a right check.
pub(crate) fn forged(value: &str) -> String {
    let (kept, secret) = value[..61].split_at(18);
    let other: String = secret.chars().rev().collect();
    let text = format!("{kept}{other}");
    let mut number = crc32fast::hash(text.as_bytes());
    let mut check = [0; 6];
    for digit in check.iter_mut().rev() {
        *digit = ALPHABET[number as usize % 62];
        number /= 62;
    }
    format!("{text}{}", std::str::from_utf8(&check).unwrap())
}

#[test]
fn a_forged_token_is_right_in_all_but_its_secret() {
    // A token by the product's own rules; its check is that of its text.
    let secret =
        rondo_domain::token::Secret::mint(rondo_domain::token::TokenKind::Project, &[7; 48]);
    let forged = forged(secret.expose());
    let read = rondo_domain::token::Presented::parse(&forged).unwrap();
    assert_eq!(read.id, secret.id());
    assert_ne!(forged, secret.expose());
}
