//! A token's text: `<prefix><id>_<secret><check>`, at most 70 characters, base62 and `_` only, so
//! that a double click selects all of it.

use std::fmt;

use zeroize::Zeroizing;

use super::{Digest, Pepper, TokenId, TokenKind};

const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// 62^43 is more than 2^256.
const SECRET_LENGTH: usize = 43;
/// 62^6 is more than 2^32.
const CHECK_LENGTH: usize = 6;
const ID_END: usize = TokenKind::PREFIX_LENGTH + TokenId::LENGTH;
const CHECK_START: usize = ID_END + 1 + SECRET_LENGTH;
const LENGTH: usize = CHECK_START + CHECK_LENGTH;

/// A token that was just made. It has no `Debug` and no `Display`, and is wiped when dropped.
pub struct Secret {
    id: TokenId,
    text: Zeroizing<String>,
}

impl Secret {
    /// Makes a token of 48 bytes of entropy: 16 for its id and 32 for its secret.
    pub fn mint(kind: TokenKind, entropy: &[u8; 48]) -> Self {
        let mut id = [0; 16];
        id.copy_from_slice(&entropy[..16]);
        let mut id_characters = [0; TokenId::LENGTH];
        base62(&id, &mut id_characters);
        let mut secret = Zeroizing::new([0; SECRET_LENGTH]);
        base62(&entropy[16..], secret.as_mut_slice());

        let mut text = Zeroizing::new(String::with_capacity(LENGTH));
        text.push_str(kind.prefix());
        text.extend(id_characters.iter().map(|b| char::from(*b)));
        text.push('_');
        text.extend(secret.iter().map(|b| char::from(*b)));
        let check = check(text.as_bytes());
        text.extend(check.iter().map(|b| char::from(*b)));
        Self { id: TokenId::from_base62(id_characters), text }
    }

    /// The token's public handle.
    pub fn id(&self) -> TokenId {
        self.id
    }

    /// What the store keeps of it.
    pub fn digest(&self, pepper: &Pepper) -> Digest {
        pepper.digest(self.text.as_bytes())
    }

    /// The value itself: for the one answer that shows it.
    pub fn expose(&self) -> &str {
        &self.text
    }
}

/// A text that looks like a token and whose check is right. Nothing is known of it yet.
#[derive(Clone, Copy)]
pub struct Presented<'a> {
    /// What it says it is.
    pub kind: TokenKind,
    /// Which it says it is.
    pub id: TokenId,
    text: &'a str,
}

impl<'a> Presented<'a> {
    /// Reads a shown token. `secret-token:` in front is stripped (RFC 8959). Junk is told from
    /// tokens here, without a look at the store and without an allocation.
    pub fn parse(text: &'a str) -> Option<Self> {
        let shown = Self::shaped(text)?;
        let bytes = shown.text.as_bytes();
        (check(&bytes[..CHECK_START]) == bytes[CHECK_START..]).then_some(shown)
    }

    /// The id in a text that has a token's shape and whose check is wrong: somebody mistyped it.
    pub fn mistyped(text: &'a str) -> Option<TokenId> {
        let id = Self::shaped(text)?.id;
        Self::parse(text).is_none().then_some(id)
    }

    fn shaped(text: &'a str) -> Option<Self> {
        let text = text.strip_prefix("secret-token:").unwrap_or(text);
        let bytes = text.as_bytes();
        if bytes.len() != LENGTH || bytes[ID_END] != b'_' {
            return None;
        }
        let kind = TokenKind::ALL.into_iter().find(|kind| text.starts_with(kind.prefix()))?;
        // Whoever looks at all of them, whatever is found, looks at many at once.
        let is_base62 =
            |bytes: &[u8]| bytes.iter().fold(true, |all, b| all & b.is_ascii_alphanumeric());
        if !is_base62(&bytes[TokenKind::PREFIX_LENGTH..ID_END]) || !is_base62(&bytes[ID_END + 1..])
        {
            return None;
        }
        let id = text[TokenKind::PREFIX_LENGTH..ID_END].parse().ok()?;
        Some(Self { kind, id, text })
    }

    /// Whether a text that was not meant to hold one holds a token's value.
    pub fn is_within(text: &str) -> bool {
        if text.len() < LENGTH {
            return false;
        }
        let starts = TokenKind::ALL.into_iter().flat_map(|kind| text.match_indices(kind.prefix()));
        let mut values = starts.filter_map(|(at, _)| text.get(at..at + LENGTH));
        values.any(|value| Presented::parse(value).is_some())
    }

    /// Its digest, to compare with the store's.
    pub fn digest(&self, pepper: &Pepper) -> Digest {
        pepper.digest(self.text.as_bytes())
    }

    /// Whether both are the same text.
    pub fn same(&self, other: &Presented<'_>) -> bool {
        self.text == other.text
    }
}

impl fmt::Debug for Presented<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Presented({:?} {})", self.kind, self.id)
    }
}

/// Done for every request, and public: so not by `base62`, which is made for secrets of any length.
fn check(text: &[u8]) -> [u8; CHECK_LENGTH] {
    let mut number = crc32fast::hash(text);
    let mut characters = [0; CHECK_LENGTH];
    for character in characters.iter_mut().rev() {
        *character = ALPHABET[(number % 62) as usize];
        number /= 62;
    }
    characters
}

/// Writes the big-endian number `bytes` in base 62, with leading zeros; digits beyond the room of
/// `characters` are dropped (an id takes the lower 65 of its 128 bits).
fn base62(bytes: &[u8], characters: &mut [u8]) {
    let mut number = Zeroizing::new([0; 32]);
    let number = &mut number[..bytes.len()];
    number.copy_from_slice(bytes);
    for character in characters.iter_mut().rev() {
        let mut remainder = 0u32;
        for digit in number.iter_mut() {
            let value = remainder << 8 | u32::from(*digit);
            *digit = u8::try_from(value / 62).expect("remainder < 62, so the quotient is < 256");
            remainder = value % 62;
        }
        *character = ALPHABET[remainder as usize];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mint(fill: u8) -> Secret {
        Secret::mint(TokenKind::Personal, &[fill; 48])
    }

    #[test]
    fn a_token_has_the_documented_shape() {
        for (kind, fill) in [(TokenKind::Personal, 0), (TokenKind::Project, 255)] {
            let token = Secret::mint(kind, &[fill; 48]);
            let text = token.expose();
            assert_eq!(text.len(), 67);
            assert!(text.starts_with(kind.prefix()));
            assert!(text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_'));
            let read = Presented::parse(text).unwrap();
            assert_eq!((read.kind, read.id), (kind, token.id()));
            assert!(Presented::mistyped(text).is_none());
            let with_scheme = format!("secret-token:{text}");
            assert!(Presented::parse(&with_scheme).unwrap().same(&read));
        }
    }

    #[test]
    fn numbers_are_written_in_base_62() {
        let mut out = [0; 6];
        base62(&u32::MAX.to_be_bytes(), &mut out);
        assert_eq!(&out, b"4gfFC3");
    }

    #[test]
    fn the_check_is_the_crc_in_base_62() {
        for text in ["", "a", "rdpat_0123456789_", "rdprj_"] {
            let mut expected = [0; CHECK_LENGTH];
            base62(&crc32fast::hash(text.as_bytes()).to_be_bytes(), &mut expected);
            assert_eq!(check(text.as_bytes()), expected, "{text}");
        }
    }

    #[test]
    fn every_single_changed_character_is_refused() {
        let token = mint(7);
        for at in 0..token.expose().len() {
            let mut text = token.expose().to_owned().into_bytes();
            text[at] = if text[at] == b'a' { b'b' } else { b'a' };
            let text = String::from_utf8(text).unwrap();
            assert!(Presented::parse(&text).is_none(), "position {at}");
            // Its id is read where all but characters of the secret and the check is right.
            let mistyped = Presented::mistyped(&text).filter(|id| *id == token.id());
            assert_eq!(mistyped.is_some(), at > ID_END, "position {at}");
        }
    }

    #[test]
    fn junk_is_refused() {
        let token = mint(9);
        let cut = &token.expose()[..66];
        let long = format!("{}x", token.expose());
        let umlaut = format!("rdpat_{}", "ä".repeat(30));
        for junk in
            ["", "rdpat_", "x", cut, &long, &umlaut, "0123456789abcdef0123456789abcdef01234567"]
        {
            assert!(Presented::parse(junk).is_none(), "{junk}");
            assert!(Presented::mistyped(junk).is_none(), "{junk}");
        }
    }

    #[test]
    fn a_value_is_found_in_a_text() {
        let token = mint(3);
        let value = token.expose();
        for text in [value.to_owned(), format!("ä{value}"), format!("x {value}, rdpat_")] {
            assert!(Presented::is_within(&text));
        }
        for text in ["", "rdpat_", "curl/8.5.0", &value[1..], &value[..66]] {
            assert!(!Presented::is_within(text), "{text}");
        }
    }

    #[test]
    fn digests_differ_by_token_and_by_pepper() {
        let (one, two) = (mint(1), mint(2));
        let (old, new) = (Pepper::new(1, &[1; 32]), Pepper::new(2, &[2; 32]));
        assert!(one.digest(&old).matches(&Presented::parse(one.expose()).unwrap().digest(&old)));
        assert!(!one.digest(&old).matches(&two.digest(&old)));
        assert!(!one.digest(&old).matches(&one.digest(&new)));
    }
}
