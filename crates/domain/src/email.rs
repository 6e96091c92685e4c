//! Addresses for mail: as much of RFC 5321 as people have, in one line of ASCII.

use std::fmt;
use std::str::FromStr;

/// Characters of an address: most.
const MOST: usize = 254;

/// Where a person gets mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Email(String);

impl Email {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The text is no address for mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EmailError;

impl fmt::Display for EmailError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an address for mail is such as mika@example.com, in ASCII and without quotes")
    }
}

impl std::error::Error for EmailError {}

impl FromStr for Email {
    type Err = EmailError;

    fn from_str(text: &str) -> Result<Self, EmailError> {
        let (local, domain) = text.rsplit_once('@').ok_or(EmailError)?;
        let atom = |part: &str, more: &str| {
            let good = |c: char| c.is_ascii_alphanumeric() || more.contains(c);
            !part.is_empty() && part.chars().all(good)
        };
        let local_is_good =
            local.len() <= 64 && local.split('.').all(|part| atom(part, "!#$%&'*+-/=?^_`{|}~"));
        let label = |part: &str| {
            atom(part, "-") && part.len() <= 63 && !part.starts_with('-') && !part.ends_with('-')
        };
        match text.len() <= MOST && local_is_good && domain.split('.').all(label) {
            true => Ok(Self(text.to_owned())),
            false => Err(EmailError),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_one_word_with_one_at() {
        for good in ["mika@example.com", "m.i+ci@a-b.example", "root@localhost", "o'neil@x.jp"] {
            assert!(good.parse::<Email>().is_ok(), "{good}");
        }
        for bad in [
            "",
            "mika",
            "@example.com",
            "mika@",
            "mi ka@example.com",
            "mika@example.com\r\nBcc: eve@example.com",
            "mika@example.com\n",
            "Mika <mika@example.com>",
            "a@b@c",
            "mika,eve@example.com",
            "\"mika\"@example.com",
            ".mika@example.com",
            "mika@-example.com",
            "mika@example..com",
            "mika@[127.0.0.1]",
            "愛子@example.com",
            "mika@例え.jp",
            "mika\0@example.com",
        ] {
            assert_eq!(bad.parse::<Email>(), Err(EmailError), "{bad:?}");
        }
        let long = format!("mika@{}com", "a.".repeat(130));
        assert_eq!(long.parse::<Email>(), Err(EmailError));
    }
}
