//! Values that must be read back and never shown: variables, keys.

use zeroize::Zeroizing;

/// A secret's text. It has no `Debug` and no `Display`, and is wiped when dropped.
#[derive(Clone)]
pub struct SecretValue(Zeroizing<String>);

impl SecretValue {
    /// Wraps the text.
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The text itself: to seal it, and to hand it to the runner that holds the lease.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What people see of it: four `x` and at most its last four characters, never more than half
    /// (CircleCI shows `xxxx` and up to four; for values of four to eight characters nothing is
    /// recorded, and showing half is the careful reading).
    pub fn mask(&self) -> String {
        let count = self.0.chars().count();
        let shown = (count / 2).min(4);
        let mut mask = String::from("xxxx");
        mask.extend(self.0.chars().skip(count - shown));
        mask
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mask_shows_at_most_four_characters_and_never_more_than_half() {
        for (value, mask) in [
            ("", "xxxx"),
            ("a", "xxxx"),
            ("abc", "xxxxc"),
            ("abcdef", "xxxxdef"),
            ("123456789", "xxxx6789"),
            ("秘密の値", "xxxxの値"),
        ] {
            assert_eq!(SecretValue::new(value.to_owned()).mask(), mask);
        }
    }
}
