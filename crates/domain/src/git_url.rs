//! Where a repository is fetched from. Only shapes that git treats as plain transports pass: no
//! option, no `ext::` command, no address that names this network's metadata service.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use crate::ssh::SshHost;

/// An `https`, `http`, `ssh` or `file` URL, `user@host:path`, or an absolute path.
#[derive(Clone, PartialEq, Eq)]
pub struct GitUrl(Box<str>);

impl GitUrl {
    /// As it is given to git.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The folder, if the repository lies on the server's own disk.
    pub fn local_path(&self) -> Option<&str> {
        match self.0.strip_prefix("file://") {
            Some(path) => Some(path),
            None if self.0.starts_with('/') => Some(&self.0),
            None => None,
        }
    }

    /// The host, if the repository is reached over SSH.
    pub fn ssh_host(&self) -> Option<SshHost> {
        let authority = match self.0.split_once("://") {
            Some(("ssh", rest)) => rest.split('/').next()?,
            Some(_) => return None,
            None => scp_authority(&self.0).ok()?,
        };
        let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        host.parse().ok()
    }

    /// Whether the repository is reached over SSH.
    pub fn is_ssh(&self) -> bool {
        self.0.starts_with("ssh://") || (self.local_path().is_none() && !self.0.contains("://"))
    }
}

impl fmt::Debug for GitUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for GitUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a text is no address of a repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GitUrlError {
    /// It is none of the shapes.
    Shape,
    /// It holds a password or token: those do not belong in an address that pages show.
    Credentials,
    /// It names a link-local or metadata address.
    Forbidden,
}

impl fmt::Display for GitUrlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Shape => {
                "a repository's address is https://…, ssh://…, user@host:path, file:///… or an absolute path, without spaces"
            }
            Self::Credentials => {
                "a repository's address must not hold a password or token; pages and logs show it"
            }
            Self::Forbidden => "a repository's address must not be link-local",
        })
    }
}

impl std::error::Error for GitUrlError {}

impl FromStr for GitUrl {
    type Err = GitUrlError;

    fn from_str(text: &str) -> Result<Self, GitUrlError> {
        let text = text.trim();
        let plain =
            text.len() <= 2048 && !text.chars().any(|c| c.is_control() || c.is_whitespace());
        if !plain || text.starts_with('-') {
            return Err(GitUrlError::Shape);
        }
        if text.starts_with('/') || text.starts_with("file:///") {
            let steps_up = text.split('/').any(|part| part == "..");
            return if steps_up { Err(GitUrlError::Shape) } else { Ok(Self(text.into())) };
        }
        let (authority, web) = match text.split_once("://") {
            Some(("https" | "http", rest)) => (rest.split('/').next().unwrap_or(""), true),
            Some(("ssh", rest)) => (rest.split('/').next().unwrap_or(""), false),
            Some(_) => return Err(GitUrlError::Shape),
            None => (scp_authority(text)?, false),
        };
        let (user, host) = match authority.rsplit_once('@') {
            Some((user, host)) => (Some(user), host),
            None => (None, authority),
        };
        if user.is_some_and(|user| web || user.contains(':')) {
            return Err(GitUrlError::Credentials);
        }
        check_host(host)?;
        Ok(Self(text.into()))
    }
}

/// The part before the colon of `git@host:path`.
fn scp_authority(text: &str) -> Result<&str, GitUrlError> {
    match text.split_once(':') {
        Some((authority, path))
            if authority.contains('@') && !authority.contains('/') && !path.starts_with(':') =>
        {
            Ok(authority)
        }
        _ => Err(GitUrlError::Shape),
    }
}

fn check_host(authority: &str) -> Result<(), GitUrlError> {
    let bracketed = authority.strip_prefix('[').and_then(|rest| rest.split(']').next());
    let host = bracketed.unwrap_or_else(|| authority.split(':').next().unwrap_or(""));
    if host.is_empty() || host.starts_with('-') {
        return Err(GitUrlError::Shape);
    }
    let link_local = match host.parse::<IpAddr>() {
        Ok(IpAddr::V4(v4)) => v4.is_link_local() || v4.is_unspecified(),
        Ok(IpAddr::V6(v6)) => v6.is_unicast_link_local() || v6.is_unspecified(),
        Err(_) => host.eq_ignore_ascii_case("metadata.google.internal"),
    };
    if link_local { Err(GitUrlError::Forbidden) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_of_an_ssh_address_is_known_and_of_no_other() {
        for (text, host) in [
            ("git@github.com:acme/web.git", Some("github.com")),
            ("ssh://git@host/a", Some("host")),
            ("ssh://host:2222/a", Some("[host]:2222")),
            ("ssh://git@[::1]:22/a", Some("::1")),
            ("https://github.com/acme/web.git", None),
            ("file:///srv/git/web", None),
            ("/srv/git/a@b:c", None),
        ] {
            let url = text.parse::<GitUrl>().unwrap();
            assert_eq!(url.ssh_host().map(|host| host.to_string()).as_deref(), host, "{text}");
            assert_eq!(url.is_ssh(), host.is_some(), "{text}");
        }
    }

    #[test]
    fn only_plain_transports_without_credentials_are_addresses() {
        use GitUrlError::{Credentials, Forbidden, Shape};
        for (text, result) in [
            ("https://github.com/acme/web.git", Ok(())),
            ("http://127.0.0.1:3000/a.git", Ok(())),
            ("ssh://git@host/a", Ok(())),
            ("git@github.com:acme/web.git", Ok(())),
            ("file:///srv/git/web", Ok(())),
            ("/srv/git/web", Ok(())),
            ("/srv/../etc", Err(Shape)),
            ("ext::sh -c id", Err(Shape)),
            ("ext::sh", Err(Shape)),
            ("a@b::c", Err(Shape)),
            ("--upload-pack=id", Err(Shape)),
            ("git://host/a", Err(Shape)),
            ("ssh://-oProxyCommand=id/a", Err(Shape)),
            ("https://user:secret@host/a", Err(Credentials)),
            ("https://token@host/a", Err(Credentials)),
            ("ssh://git:secret@host/a", Err(Credentials)),
            ("http://169.254.169.254/latest", Err(Forbidden)),
            ("http://[fe80::1]/a", Err(Forbidden)),
            ("web", Err(Shape)),
            ("", Err(Shape)),
        ] {
            assert_eq!(text.parse::<GitUrl>().map(drop), result, "{text}");
        }
    }
}
