//! What a key's text means: keys are made, private ones that people bring are read, and so is what a
//! host shows of its own. Nothing here is stored or asked for.

use md5::{Digest as _, Md5};
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use rondo_domain::ssh::SshError;
use rondo_domain::{PublicHalf, SecretValue};
use ssh_key::private::{Ed25519Keypair, Ed25519PrivateKey, KeypairData};
use ssh_key::public::Ed25519PublicKey;
use ssh_key::{HashAlg, LineEnding, PrivateKey, PublicKey};

use crate::refusal::Refusal;

/// Bytes that nobody can guess, as a key.
pub(crate) fn mint(seed: &[u8; 32], comment: &str) -> Result<(PublicHalf, SecretValue), Refusal> {
    let fault = |what: &str| Refusal::Fault(format!("a key cannot be made: {what}"));
    let pair = Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| fault("the seed"))?;
    let public = Ed25519PublicKey::try_from(pair.public_key().as_ref());
    let pair = Ed25519Keypair {
        public: public.map_err(|_| fault("its public half"))?,
        private: Ed25519PrivateKey::from_bytes(seed),
    };
    let key =
        PrivateKey::new(KeypairData::Ed25519(pair), comment).map_err(|_| fault("the pair"))?;
    halves(&key).map_err(|_| fault("its text"))
}

/// A private key as a person's file has it.
///
/// # Errors
/// What is wrong with it, and never a part of it.
pub(crate) fn read_private(text: &str) -> Result<(PublicHalf, SecretValue), SshError> {
    let text = text.trim();
    if !text.starts_with("-----BEGIN OPENSSH PRIVATE KEY-----") {
        let older = text.starts_with("-----BEGIN ") && text.contains("PRIVATE KEY-----");
        return Err(if older { SshError::OldFormat } else { SshError::Key });
    }
    // A browser's field ends its lines as the web does.
    let key = PrivateKey::from_openssh(format!("{}\n", text.replace('\r', "")));
    let key = key.map_err(|_| SshError::Key)?;
    if key.is_encrypted() {
        return Err(SshError::Passphrase);
    }
    halves(&key).map_err(|_| SshError::Key)
}

fn halves(key: &PrivateKey) -> Result<(PublicHalf, SecretValue), ssh_key::Error> {
    let private = SecretValue::new(key.to_openssh(LineEnding::LF)?.to_string());
    Ok((public_half(key.public_key())?, private))
}

fn public_half(key: &PublicKey) -> Result<PublicHalf, ssh_key::Error> {
    let pairs: Vec<_> =
        Md5::digest(key.to_bytes()?).iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(PublicHalf {
        line: key.to_openssh()?.trim_end().to_owned(),
        sha256: key.fingerprint(HashAlg::Sha256).to_string(),
        md5: pairs.join(":"),
    })
}

/// The keys that a host shows of itself: lines of a `known_hosts` file, whose first word is left
/// out of account. Lines that hold none are passed over.
pub(crate) fn read_host_keys(lines: &str) -> Vec<PublicHalf> {
    let lines = lines.lines().map(str::trim).filter(|line| !line.starts_with(['#', '@']));
    let keys = lines.filter_map(|line| {
        let (_, key) = line.split_once(' ')?;
        let mut words = key.split_ascii_whitespace();
        let key = format!("{} {}", words.next()?, words.next()?);
        public_half(&PublicKey::from_openssh(&key).ok()?).ok()
    });
    keys.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_is_made_is_read_again_with_the_same_public_half() {
        let (public, private) = mint(&[7; 32], "a comment").unwrap();
        assert!(public.line.starts_with("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA"), "{public:?}");
        assert!(public.line.ends_with(" a comment"));
        assert!(public.sha256.starts_with("SHA256:") && public.sha256.len() == 50);
        assert_eq!(public.md5.split(':').count(), 16);
        let text = private.expose().replace('\n', "\r\n");
        let (again, same) = read_private(&format!("  {text}\r\n ")).unwrap();
        assert_eq!(again, public);
        assert_eq!(same.expose(), private.expose());
        let (other, _) = mint(&[8; 32], "a comment").unwrap();
        assert_ne!(other.sha256, public.sha256);
    }

    #[test]
    fn what_is_no_private_key_is_named_for_what_it_is() {
        let (public, private) = mint(&[7; 32], "x").unwrap();
        let cut = private.expose().replacen("AAAA", "", 1);
        for (text, expected) in [
            ("", SshError::Key),
            (public.line.as_str(), SshError::Key),
            (cut.as_str(), SshError::Key),
            (
                "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----",
                SshError::OldFormat,
            ),
            ("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", SshError::OldFormat),
        ] {
            assert_eq!(read_private(text).err(), Some(expected), "{text}");
        }
    }

    #[test]
    fn of_what_a_host_shows_only_keys_are_taken() {
        let (public, _) = mint(&[7; 32], "").unwrap();
        let key = &public.line;
        let lines =
            format!("# host:22 SSH-2.0\n[h]:22 {key}\njunk\nh ssh-ed25519 AAAA\nh {key} note\n");
        let found = read_host_keys(&lines);
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found.iter().all(|found| found.sha256 == public.sha256 && found.line == *key));
    }
}
