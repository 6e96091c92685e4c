//! The text of a config: from a file, or from standard input where `-` stands for it.

use std::io::Read;
use std::path::Path;

use anyhow::{Context, bail};

use crate::language::words;
use crate::print;
use crate::settings::unreadable;

/// More than any config may have, in bytes: the rest of an endless stream is not waited for.
const MOST: u64 = 16 * 1024 * 1024;

/// A config as it was read.
pub(crate) struct Source {
    /// What messages call it: the file's path, or `stdin`.
    pub(crate) name: String,
    pub(crate) text: String,
}

impl Source {
    /// # Errors
    /// If it cannot be read or is not UTF-8.
    pub(crate) fn read(file: &Path) -> anyhow::Result<Self> {
        let standard = file.as_os_str() == "-";
        let name = if standard { "stdin".to_owned() } else { print::one_line(file) };
        let mut bytes = Vec::new();
        if standard {
            std::io::stdin().take(MOST).read_to_end(&mut bytes).with_context(print::no_input)?;
        } else {
            let opened = std::fs::File::open(file).with_context(|| unreadable(file))?;
            opened.take(MOST).read_to_end(&mut bytes).with_context(|| unreadable(file))?;
        }
        if bytes.len() as u64 == MOST {
            bail!(words!(
                "{name} is larger than a config may be",
                "{name} は設定ファイルとして大きすぎます"
            ));
        }
        let text = String::from_utf8(bytes)
            .with_context(|| words!("{name} is not UTF-8", "{name} は UTF-8 ではありません"))?;
        Ok(Self { name, text })
    }
}
