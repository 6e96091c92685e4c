//! Opens a page in the person's browser, where there is one.

use std::process::{Command, Stdio};

/// What opens an address on a desktop, by system; the first that is there is taken.
const OPENERS: [&str; 2] = ["xdg-open", "open"];

/// Whether a browser was asked to open `address`, which must be `http` or `https`: whoever answered a
/// request chose it.
pub(crate) fn open(address: &str) -> bool {
    if !address.starts_with("https://") && !address.starts_with("http://") {
        return false;
    }
    OPENERS.into_iter().any(|opener| {
        let mut command = Command::new(opener);
        command.arg(address).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().is_ok()
    })
}
