//! Keys for SSH: those with which a project's builds show who they are, and those by which hosts are
//! known. Private halves are not here; what a key's text means is read in `app`.

use std::fmt;
use std::str::FromStr;

use crate::time::Millis;

/// The public half of a key, and the names that people know it by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicHalf {
    /// `ssh-ed25519 AAAA…`, as an `authorized_keys` file has it; maybe with a comment.
    pub line: String,
    /// `SHA256:` and base64 without padding, as `ssh-keygen -l` prints it.
    pub sha256: String,
    /// Sixteen pairs of hexadecimal digits with colons between.
    pub md5: String,
}

impl PublicHalf {
    /// Whether a person means this key: by either name, with or without the words `SHA256:` and
    /// `MD5:`, and in base64 with padding too.
    pub fn is_named(&self, name: &str) -> bool {
        let digest = name.strip_prefix("SHA256:").unwrap_or(name).trim_end_matches('=');
        let pairs = name.strip_prefix("MD5:").unwrap_or(name);
        self.sha256.strip_prefix("SHA256:") == Some(digest) || self.md5.eq_ignore_ascii_case(pairs)
    }
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident => $word:literal),* $(,)?) => {
        /// Whose a checkout key is.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum CheckoutKeyKind { $($(#[$doc])* $variant),* }

        impl CheckoutKeyKind {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// CircleCI's word for it (api-v1.1: the field `type`).
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }
        }
    };
}

kinds! {
    /// The repository's: it opens nothing else.
    Deploy => "deploy-key",
    /// A person's account at GitHub: it opens whatever that person may.
    GithubUser => "github-user-key",
    /// A person's account at Bitbucket.
    BitbucketUser => "bitbucket-user-key",
}

impl FromStr for CheckoutKeyKind {
    type Err = SshError;
    fn from_str(text: &str) -> Result<Self, SshError> {
        let found = Self::ALL.iter().find(|kind| kind.word() == text);
        found.copied().ok_or(SshError::Kind)
    }
}

/// A key with which a project's commits are fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckoutKey {
    /// Whose it is.
    pub kind: CheckoutKeyKind,
    /// Its public half.
    pub public: PublicHalf,
    /// It is the one that is used: the project's oldest, so that a new key can be made known to the
    /// host before it takes over.
    pub preferred: bool,
    /// The person whose account it is added to; none for a deploy key.
    pub login: Option<String>,
    /// When it was made.
    pub created_at: Millis,
}

/// A key that jobs ask for with `add_ssh_keys`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SshKey {
    /// The host that it is for.
    pub hostname: KeyHost,
    /// Its public half.
    pub public: PublicHalf,
    /// When it was added.
    pub created_at: Millis,
}

/// A key by which a host is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostKey {
    /// The host.
    pub host: SshHost,
    /// Its public half, without a comment.
    pub public: PublicHalf,
    /// Since when it is known.
    pub created_at: Millis,
}

/// What is wrong with something of SSH.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SshError {
    /// No kind of checkout key.
    Kind,
    /// A kind of checkout key that is of another host than the project.
    OtherKind,
    /// No name of a host.
    Host,
    /// No private key.
    Key,
    /// A private key in an older format than OpenSSH's own.
    OldFormat,
    /// A private key behind a passphrase.
    Passphrase,
}

impl SshError {
    /// All of them.
    pub const ALL: &[Self] =
        &[Self::Kind, Self::OtherKind, Self::Host, Self::Key, Self::OldFormat, Self::Passphrase];
}

impl fmt::Display for SshError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Kind => "type is deploy-key, github-user-key or bitbucket-user-key",
            Self::OtherKind => {
                "a github-user-key belongs to a GitHub project, a bitbucket-user-key to a Bitbucket one; take a deploy-key"
            }
            Self::Host => {
                "a host is a name or an address, such as git.example.com; with a port, git.example.com:2222"
            }
            Self::Key => {
                "this is no private key: give the whole file that ssh-keygen made, from -----BEGIN OPENSSH PRIVATE KEY----- to its last line"
            }
            Self::OldFormat => {
                "this key is in an older format; `ssh-keygen -p -f FILE` rewrites the file in OpenSSH's own, which is taken"
            }
            Self::Passphrase => {
                "this key has a passphrase, which no build could type; `ssh-keygen -p -f FILE` takes it off"
            }
        })
    }
}

impl std::error::Error for SshError {}

/// No blank, no pattern, nothing that a configuration of ssh or a shell takes for more than a name.
fn is_host(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || ".-_:".contains(c);
    !text.is_empty() && text.len() <= 253 && !text.starts_with('-') && text.chars().all(plain)
}

/// The host that an additional key is for; maybe every host.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KeyHost(Box<str>);

impl KeyHost {
    /// The name; empty for every host.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As a pattern of `ssh_config`, and as a part of a path.
    pub fn pattern(&self) -> &str {
        if self.0.is_empty() { "*" } else { &self.0 }
    }
}

impl FromStr for KeyHost {
    type Err = SshError;
    fn from_str(text: &str) -> Result<Self, SshError> {
        match text.trim() {
            "" | "*" => Ok(Self::default()),
            name if is_host(name) => Ok(Self(name.to_ascii_lowercase().into())),
            _ => Err(SshError::Host),
        }
    }
}

/// A host that speaks SSH on one of its ports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SshHost {
    name: Box<str>,
    port: u16,
}

impl SshHost {
    /// Where SSH is spoken unless somebody says otherwise.
    pub const PORT: u16 = 22;

    /// A host by its name or address without brackets.
    ///
    /// # Errors
    /// If that is neither.
    pub fn new(name: &str, port: u16) -> Result<Self, SshError> {
        match is_host(name) && port != 0 {
            true => Ok(Self { name: name.to_ascii_lowercase().into(), port }),
            false => Err(SshError::Host),
        }
    }

    /// Its name or address.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.port
    }
}

/// As a `known_hosts` file has it: `host`, or `[host]:port`.
impl fmt::Display for SshHost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.port {
            Self::PORT => f.write_str(&self.name),
            port => write!(f, "[{}]:{port}", self.name),
        }
    }
}

impl FromStr for SshHost {
    type Err = SshError;

    /// `host`, `host:port`, `[host]:port`; a bare IPv6 address has no port.
    fn from_str(text: &str) -> Result<Self, SshError> {
        let port = |text: &str| text.parse().map_err(|_| SshError::Host);
        let text = text.trim();
        if let Some(rest) = text.strip_prefix('[') {
            let (name, rest) = rest.split_once(']').ok_or(SshError::Host)?;
            return match rest.strip_prefix(':') {
                Some(rest) => Self::new(name, port(rest)?),
                None if rest.is_empty() => Self::new(name, Self::PORT),
                None => Err(SshError::Host),
            };
        }
        match text.split_once(':') {
            Some((name, rest)) if !rest.contains(':') => Self::new(name, port(rest)?),
            _ => Self::new(text, Self::PORT),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_read_as_people_write_it_and_written_as_known_hosts_has_it() {
        for (text, expected) in [
            ("git.example.com", Some("git.example.com")),
            ("Git.Example.com:22", Some("git.example.com")),
            ("git.example.com:2222", Some("[git.example.com]:2222")),
            ("[git.example.com]:2222", Some("[git.example.com]:2222")),
            ("[::1]:2222", Some("[::1]:2222")),
            ("::1", Some("::1")),
            ("*", None),
            ("a b", None),
            ("-oProxyCommand=id", None),
            ("a:0", None),
            ("a:x", None),
            ("a,b", None),
            ("", None),
        ] {
            let host = text.parse::<SshHost>().ok().map(|host| host.to_string());
            assert_eq!(host.as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn a_key_without_a_host_is_for_every_host_and_a_pattern_is_none() {
        for (text, expected) in [
            ("", Ok("*")),
            ("*", Ok("*")),
            (" deploy.example.com ", Ok("deploy.example.com")),
            ("*.example.com", Err(SshError::Host)),
            ("a\nIdentityFile b", Err(SshError::Host)),
        ] {
            let host = text.parse::<KeyHost>();
            assert_eq!(host.as_ref().map(KeyHost::pattern).map_err(|e| *e), expected, "{text:?}");
        }
    }

    #[test]
    fn a_key_is_found_by_either_fingerprint_however_it_is_written() {
        let key = PublicHalf {
            line: "ssh-ed25519 AAAA".to_owned(),
            sha256: "SHA256:ab/c".to_owned(),
            md5: "c9:0b".to_owned(),
        };
        for name in ["SHA256:ab/c", "ab/c", "ab/c=", "c9:0b", "C9:0B", "MD5:c9:0b"] {
            assert!(key.is_named(name), "{name}");
        }
        for name in ["", "=", "SHA256:", "ab", "c9", "SHA256:c9:0b"] {
            assert!(!key.is_named(name), "{name}");
        }
    }
}
