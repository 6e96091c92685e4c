//! References to orbs, as the `orbs` key writes them, and the choice of one version among those
//! that exist. Where an orb's text comes from is the caller's matter: this crate fetches nothing.

use std::fmt;
use std::str::FromStr;

/// What gives the text of an orb. Called once for each reference of a config, and for those inside
/// orbs; it must answer the same to the same reference while one config is compiled.
pub type Orbs<'o> = dyn Fn(&OrbReference) -> Result<String, OrbMissing> + 'o;

/// Why there is no text for a reference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrbMissing {
    /// One sentence that names the orb.
    pub message: String,
    /// The way out, such as a command that imports it.
    pub help: Option<String>,
}

/// For callers that have no orbs: every registry and URL orb is missing.
pub fn no_orbs(reference: &OrbReference) -> Result<String, OrbMissing> {
    let message = format!("Cannot find the orb `{reference}`");
    Err(OrbMissing { message, help: Some("import it, or write the orb into this config".into()) })
}

/// An orb as a config names it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum OrbReference {
    /// `namespace/name@version`.
    Registry {
        /// The part before the slash.
        namespace: String,
        /// The part between slash and `@`.
        name: String,
        /// The part behind the `@`.
        version: OrbVersion,
    },
    /// An orb at an `https` address.
    Url(String),
}

/// The version part of a reference.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum OrbVersion {
    /// `1.2.3`: this one.
    Exact(u32, u32, u32),
    /// `1.2`: the newest that begins with these.
    Minor(u32, u32),
    /// `1`: the newest that begins with this.
    Major(u32),
    /// `volatile`: the newest of all.
    Volatile,
    /// `dev:label`: this development version, which may change at any time.
    Dev(String),
}

impl OrbVersion {
    /// The one among `available` that this asks for: the newest that fits. Development versions
    /// are only what their own label asks for.
    ///
    /// ```
    /// use rondo_plan::OrbVersion;
    ///
    /// let available: Vec<OrbVersion> =
    ///     ["1.2.3", "1.10.0", "2.0.0", "dev:next"].map(|text| text.parse().unwrap()).to_vec();
    /// let chosen = |asked: &str| {
    ///     let asked: OrbVersion = asked.parse().unwrap();
    ///     asked.choose(&available).map(ToString::to_string)
    /// };
    /// assert_eq!(chosen("1").as_deref(), Some("1.10.0"));
    /// assert_eq!(chosen("1.2").as_deref(), Some("1.2.3"));
    /// assert_eq!(chosen("volatile").as_deref(), Some("2.0.0"));
    /// assert_eq!(chosen("dev:next").as_deref(), Some("dev:next"));
    /// assert_eq!(chosen("3"), None);
    /// ```
    pub fn choose<'v>(&self, available: &'v [Self]) -> Option<&'v Self> {
        available.iter().filter(|one| self.admits(one)).max_by_key(|one| one.numbers())
    }

    fn admits(&self, other: &Self) -> bool {
        match (self, other.numbers()) {
            (Self::Dev(_), _) => self == other,
            (_, None) => false,
            (Self::Exact(..), _) => self == other,
            (Self::Minor(major, minor), Some(found)) => (found.0, found.1) == (*major, *minor),
            (Self::Major(major), Some(found)) => found.0 == *major,
            (Self::Volatile, Some(_)) => true,
        }
    }

    fn numbers(&self) -> Option<(u32, u32, u32)> {
        if let Self::Exact(major, minor, patch) = self {
            Some((*major, *minor, *patch))
        } else {
            None
        }
    }
}

impl FromStr for OrbVersion {
    type Err = String;

    /// Reads the part behind the `@`. The error is one sentence.
    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || {
            format!(
                "`{text}` is not a version of an orb; \
                 write `1.2.3`, `1.2`, `1`, `volatile` or `dev:label`"
            )
        };
        if text == "volatile" {
            return Ok(Self::Volatile);
        }
        if let Some(label) = text.strip_prefix("dev:") {
            // A label may become part of a path, which it must not lead out of.
            let good = label.split('/').all(|part| !matches!(part, "" | "." | ".."))
                && label.chars().count() <= 256
                && label.chars().all(is_label);
            return if good { Ok(Self::Dev(label.to_owned())) } else { Err(wrong()) };
        }
        let plain = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        let numbers: Option<Vec<u32>> =
            text.split('.').map(|part| part.parse().ok().filter(|_| plain(part))).collect();
        match numbers.as_deref() {
            Some([major]) => Ok(Self::Major(*major)),
            Some([major, minor]) => Ok(Self::Minor(*major, *minor)),
            Some([major, minor, patch]) => Ok(Self::Exact(*major, *minor, *patch)),
            _ => Err(wrong()),
        }
    }
}

fn is_label(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/')
}

impl fmt::Display for OrbVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact(major, minor, patch) => write!(f, "{major}.{minor}.{patch}"),
            Self::Minor(major, minor) => write!(f, "{major}.{minor}"),
            Self::Major(major) => write!(f, "{major}"),
            Self::Volatile => f.write_str("volatile"),
            Self::Dev(label) => write!(f, "dev:{label}"),
        }
    }
}

impl FromStr for OrbReference {
    type Err = String;

    /// Reads a reference. The error is one sentence.
    fn from_str(text: &str) -> Result<Self, String> {
        if text.starts_with("https://") {
            let good = text.len() <= 2_000 && text.bytes().all(|b| b.is_ascii_graphic());
            return match good {
                true => Ok(Self::Url(text.to_owned())),
                false => Err("the address of this orb is not a URL".to_owned()),
            };
        }
        let shown: String = text.chars().take(60).collect();
        let wrong = || format!("`{shown}` names no orb; write `namespace/name@1.2.3`");
        let (path, version) = text.split_once('@').ok_or_else(wrong)?;
        let (namespace, name) = path.split_once('/').ok_or_else(wrong)?;
        if !is_name(namespace) || !is_name(name) {
            return Err(wrong());
        }
        let version = version.parse()?;
        Ok(Self::Registry { namespace: namespace.to_owned(), name: name.to_owned(), version })
    }
}

/// Letters, digits, `-` and `_`, not beginning with a sign: also safe as the name of a file.
fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text.len() <= 200
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
}

impl fmt::Display for OrbReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Registry { namespace, name, version } => {
                write!(f, "{namespace}/{name}@{version}")
            }
            Self::Url(address) => f.write_str(address),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_refused(text: &str) {
        assert!(text.parse::<OrbReference>().is_err(), "{text}");
    }

    #[test]
    fn references_read_back_as_they_were_written() {
        for text in [
            "circleci/node@5.1.0",
            "circleci/node@5.1",
            "circleci/node@5",
            "a-b/c_d@volatile",
            "ns/orb@dev:feature/x.1",
            "https://orbs.example.com/a.yml",
        ] {
            let reference: OrbReference = text.parse().expect(text);
            assert_eq!(reference.to_string(), text);
        }
    }

    #[test]
    fn what_is_no_reference_is_refused() {
        for text in [
            "",
            "node@1",
            "a/b",
            "a/b@",
            "a/b@1.2.3.4",
            "a/b@v1",
            "a/b@+1",
            "a/b@dev:",
            "a/b@1.",
            "../b@1",
            "a/../c@1",
            "a/b@dev:x y",
            "a/b@dev:../x",
            "a/b@dev:x/./y",
            "a/b@dev:/x",
            "http://a/b",
            "https://a b",
            "a/b@99999999999",
        ] {
            check_refused(text);
        }
    }

    fn check_choice(asked: &str, available: &[&str], expected: Option<&str>) {
        let asked: OrbVersion = asked.parse().expect("a version");
        let available: Vec<OrbVersion> =
            available.iter().map(|text| text.parse().expect("a version")).collect();
        let chosen = asked.choose(&available).map(ToString::to_string);
        assert_eq!(chosen.as_deref(), expected, "{asked}");
    }

    #[test]
    fn the_newest_version_that_fits_is_chosen() {
        let all = ["1.0.0", "1.2.9", "1.2.10", "1.10.0", "2.0.1", "dev:a"];
        check_choice("1.2", &all, Some("1.2.10"));
        check_choice("1", &all, Some("1.10.0"));
        check_choice("volatile", &all, Some("2.0.1"));
        check_choice("1.2.9", &all, Some("1.2.9"));
        check_choice("dev:a", &all, Some("dev:a"));
        check_choice("dev:b", &all, None);
        check_choice("3", &all, None);
        check_choice("1.2.3", &all, None);
        check_choice("volatile", &["dev:a"], None);
        check_choice("10", &all, None);
    }
}
