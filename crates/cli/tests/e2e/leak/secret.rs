//! What must be found nowhere, in the forms in which it could be: as it is, its secret part alone,
//! percent-encoded, and in base64 at each of the three places where it can begin.

use std::io::Write;
use std::path::PathBuf;
use std::process::Command;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use tempfile::NamedTempFile;

/// Everything that must be found nowhere.
#[derive(Default)]
pub(super) struct Secrets(Vec<(String, String)>);

impl Secrets {
    pub(super) fn add(&mut self, what: &str, value: &str) {
        assert!(value.len() >= 10, "{what} is too short to be told from chance");
        let mut forms = vec![value.to_owned(), percent(value)];
        for skipped in 0..3 {
            let padded = [&vec![b' '; skipped][..], value.as_bytes()].concat();
            for engine in [&STANDARD_NO_PAD, &URL_SAFE_NO_PAD] {
                let encoded = engine.encode(&padded);
                // The characters at the ends depend on the neighbours too.
                let first = (skipped * 8).div_ceil(6);
                let last = padded.len() * 8 / 6;
                forms.push(encoded[first..last].to_owned());
            }
        }
        forms.sort();
        forms.dedup();
        self.0.extend(forms.into_iter().map(|form| (what.to_owned(), form)));
    }

    /// A token, and the part of it that is its secret: the id before it is no secret.
    pub(super) fn add_token(&mut self, value: &str) {
        assert_eq!(value.len(), 67, "a token's value");
        self.add(&format!("the token {}", &value[6..17]), value);
        self.add(&format!("the secret of {}", &value[6..17]), &value[18..61]);
    }

    /// Every form, once.
    pub(super) fn forms(&self) -> Vec<&str> {
        let mut forms: Vec<_> = self.0.iter().map(|(_, form)| form.as_str()).collect();
        forms.sort_unstable();
        forms.dedup();
        forms
    }

    /// What was found below these places: a line for each, with the file's name, `:`, and the
    /// form. By `grep`, which reads a loud log faster than a test that is not optimized.
    pub(super) fn found(&self, places: &[PathBuf]) -> Vec<String> {
        let mut forms = NamedTempFile::new().unwrap();
        forms.write_all(self.forms().join("\n").as_bytes()).unwrap();
        let output = Command::new("grep")
            .args([
                "--recursive",
                "--text",
                "--with-filename",
                "--only-matching",
                "--fixed-strings",
            ])
            .arg("--file")
            .arg(forms.path())
            .args(places)
            .env("LC_ALL", "C")
            .output()
            .unwrap();
        // 1: nothing was found. 2: something could not be read, and that must not count as nothing.
        assert!(matches!(output.status.code(), Some(0 | 1)), "{output:?}");
        String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
    }
}

fn percent(value: &str) -> String {
    rondo_wire::client::segment(value)
}
