//! The style sheet, script and favicons, compiled in. Their addresses carry a hash of them all, so
//! that a browser may keep each for ever and a new server is never shown with an old style.

use std::{borrow::Cow, sync::LazyLock};

use super::{ansi, state::State};

/// The name of the style sheet.
pub const STYLE: &str = "app.css";
/// The name of the script.
pub const SCRIPT: &str = "app.js";

/// What a page may load: our own files and nothing else. Every answer with HTML carries it.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; \
    style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; \
    frame-ancestors 'none'";

/// A compiled-in file.
#[derive(Debug)]
pub struct Asset {
    /// Its name, the last part of its address.
    pub name: &'static str,
    /// Its `Content-Type`.
    pub content_type: &'static str,
    /// Its content.
    pub bytes: Cow<'static, [u8]>,
}

const CSS: &str = "text/css; charset=utf-8";
const JS: &str = "text/javascript; charset=utf-8";
const SVG: &str = "image/svg+xml";

struct Assets {
    all: Vec<Asset>,
    hash: String,
}

static ASSETS: LazyLock<Assets> = LazyLock::new(|| {
    let all = all();
    let hash = hash(&all);
    Assets { all, hash }
});

macro_rules! file {
    ($name:literal, $content_type:expr) => {
        Asset {
            name: $name,
            content_type: $content_type,
            bytes: Cow::Borrowed(include_bytes!(concat!("../../static/", $name))),
        }
    };
}

fn all() -> Vec<Asset> {
    let style = concat!(include_str!("../../static/app.css"), "\n");
    let style = format!("{style}{}", ansi::style_sheet());
    vec![
        Asset { name: STYLE, content_type: CSS, bytes: Cow::Owned(style.into_bytes()) },
        file!("app.js", JS),
        file!("favicon.svg", SVG),
        file!("favicon-success.svg", SVG),
        file!("favicon-failed.svg", SVG),
        file!("favicon-timed-out.svg", SVG),
        file!("favicon-broken.svg", SVG),
        file!("favicon-running.svg", SVG),
        file!("favicon-queued.svg", SVG),
        file!("favicon-on-hold.svg", SVG),
        file!("favicon-canceled.svg", SVG),
        file!("favicon-not-run.svg", SVG),
    ]
}

/// The address of a file of this server.
pub fn address(name: &str) -> String {
    format!("/assets/{}/{name}", ASSETS.hash)
}

/// The address of the favicon of a state, or of Rondo's own.
pub fn favicon(state: Option<State>) -> String {
    match state {
        Some(state) => address(&format!("favicon-{}.svg", state.look().name())),
        None => address("favicon.svg"),
    }
}

/// The file at `/assets/{hash}/{name}`; `None` under the hash of another version, so that no cache
/// keeps a new file under an old address.
pub fn find(hash: &str, name: &str) -> Option<&'static Asset> {
    (hash == ASSETS.hash).then(|| ASSETS.all.iter().find(|asset| asset.name == name)).flatten()
}

/// FNV-1a, 64 bits: it tells versions apart and protects nothing.
fn hash(assets: &[Asset]) -> String {
    let bytes = assets.iter().flat_map(|asset| asset.bytes.iter());
    let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{hash:016x}")
}

#[cfg(test)]
mod tests {
    use super::super::state::State;
    use super::{ASSETS, SCRIPT, STYLE, address, favicon, find};

    fn check(address: &str) {
        let (hash, name) = address
            .strip_prefix("/assets/")
            .and_then(|rest| rest.split_once('/'))
            .expect("an address has a hash and a name");
        let asset = find(hash, name).unwrap_or_else(|| panic!("{name} is missing"));
        assert!(!asset.bytes.is_empty());
    }

    #[test]
    fn everything_that_a_page_names_is_there() {
        check(&address(STYLE));
        check(&address(SCRIPT));
        check(&favicon(None));
        for state in State::ALL {
            check(&favicon(Some(state)));
        }
    }

    #[test]
    fn nothing_is_found_under_another_hash_or_name() {
        assert!(find("0000000000000000", STYLE).is_none());
        assert!(find(&ASSETS.hash, "../app.css").is_none());
        assert!(find(&ASSETS.hash, "").is_none());
    }
}
