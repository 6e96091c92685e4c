//! The short form of an id, as CircleCI writes the ids of organizations and projects in slugs: the number
//! in base58, always 22 characters. It says nothing of what the id names.

/// Digits and letters without those that look alike: no `0`, `O`, `I`, `l`.
const ALPHABET: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/// What 16 bytes take at most.
const LENGTH: usize = 22;

/// The short form of a number of 16 bytes.
pub(super) fn write(mut number: u128) -> String {
    let mut characters = ['1'; LENGTH];
    for place in characters.iter_mut().rev() {
        *place = char::from(ALPHABET[(number % 58) as usize]);
        number /= 58;
    }
    characters.iter().collect()
}

/// The number of a short form; none of a text that is longer or shorter, holds another character, or is
/// beyond 16 bytes.
pub(super) fn read(text: &str) -> Option<u128> {
    if text.len() != LENGTH {
        return None;
    }
    text.bytes().try_fold(0_u128, |number, byte| {
        let digit = ALPHABET.iter().position(|own| *own == byte)?;
        number.checked_mul(58)?.checked_add(digit as u128)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_has_one_short_form_of_22_characters() {
        for (number, text) in [
            (0, "1111111111111111111111"),
            (57, "111111111111111111111z"),
            (58, "1111111111111111111121"),
            (u128::MAX, "YcVfxkQb6JRzqk5kF2tNLv"),
            (0x0123_4567_89ab_4cde_8f01_2345_6789_abcd, "199dn6s7UKEvLHR7gMzwYg"),
        ] {
            assert_eq!(write(number), text, "{number}");
            assert_eq!(read(text), Some(number), "{text}");
        }
    }

    #[test]
    fn what_is_no_short_form_is_no_number() {
        for text in [
            "",
            "web",
            "111111111111111111111",
            "11111111111111111111111",
            "11111111111111111111l1",
            "1111111111111111111101",
            "YcVfxkQb6JRzqk5kF2tNLw",
            "zzzzzzzzzzzzzzzzzzzzzz",
            "組組組組組組組x",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
