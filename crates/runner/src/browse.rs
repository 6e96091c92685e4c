//! How a leader finds and reads files for its runner: with the job's own eyes and rights, so that
//! nothing is seen here that a step could not have printed. It writes nothing.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use crate::frame::{Done, Entry};

/// The most bytes of one answer.
pub(crate) const PIECE: usize = 256 * 1024;

/// The most files of one listing; whoever has more packs them.
const MOST_FILES: usize = 50_000;

/// Names every file at `path`, in order of their names. A link is followed as long as it ends
/// within `roots`; what else is no file or folder is named as skipped.
///
/// # Errors
/// Whatever `found` answers.
pub(crate) fn list(
    path: &str,
    roots: &[String],
    mut found: impl FnMut(Entry) -> io::Result<()>,
) -> io::Result<Done> {
    let real = match fs::canonicalize(path) {
        Ok(real) => real,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Done::Missing),
        Err(e) => return Ok(Done::Refused(e.to_string())),
    };
    if !within(&real, roots) {
        return Ok(Done::Refused(format!("it leads to {}, outside of the job", real.display())));
    }
    let walk = Walk { roots, waiting: vec![(String::new(), real, Vec::new())], files: 0 };
    for entry in walk {
        found(entry)?;
    }
    Ok(Done::Listed)
}

/// A walk that keeps what it has still to visit, last first, so that no depth can exhaust the stack.
struct Walk<'a> {
    roots: &'a [String],
    /// Name below the listed path, real path, and the real folders it was reached through.
    waiting: Vec<(String, PathBuf, Vec<PathBuf>)>,
    files: usize,
}

impl Iterator for Walk<'_> {
    type Item = Entry;

    fn next(&mut self) -> Option<Entry> {
        loop {
            let (name, real, through) = self.waiting.pop()?;
            if self.files >= MOST_FILES {
                self.waiting.clear();
                let why = format!("and what follows: only {MOST_FILES} files are taken");
                return Some(Entry::Skipped { name, why });
            }
            match self.visit(&name, real, through) {
                Ok(Some(entry)) => return Some(entry),
                Ok(None) => {}
                Err(why) => return Some(Entry::Skipped { name, why }),
            }
        }
    }
}

impl Walk<'_> {
    /// A file is an entry; a folder is remembered; anything else says why it is neither.
    fn visit(
        &mut self,
        name: &str,
        path: PathBuf,
        mut through: Vec<PathBuf>,
    ) -> Result<Option<Entry>, String> {
        let real = fs::canonicalize(&path).map_err(|e| e.to_string())?;
        if !within(&real, self.roots) {
            return Err(format!("it is a link to {}, outside of the job", real.display()));
        }
        let metadata = fs::symlink_metadata(&real).map_err(|e| e.to_string())?;
        if metadata.is_file() {
            self.files += 1;
            let real = real.into_os_string().into_string().map_err(|_| NOT_TEXT.to_owned())?;
            return Ok(Some(Entry::File { name: name.to_owned(), real, size: metadata.len() }));
        }
        if !metadata.is_dir() {
            return Err("it is neither a file nor a folder".to_owned());
        }
        if through.contains(&real) {
            return Err("it is a link to a folder that it lies in".to_owned());
        }
        through.push(real.clone());
        self.remember(name, &real, &through)?;
        Ok(None)
    }

    fn remember(&mut self, name: &str, folder: &Path, through: &[PathBuf]) -> Result<(), String> {
        let mut inside = Vec::new();
        for entry in fs::read_dir(folder).map_err(|e| e.to_string())? {
            inside.push(entry.map_err(|e| e.to_string())?.file_name());
        }
        inside.sort_by(|a, b| b.cmp(a));
        for child in inside {
            let text = child.to_string_lossy();
            let below = if name.is_empty() { text.into_owned() } else { format!("{name}/{text}") };
            self.waiting.push((below, folder.join(&child), through.to_vec()));
        }
        Ok(())
    }
}

const NOT_TEXT: &str = "its name is not UTF-8";

fn within(real: &Path, roots: &[String]) -> bool {
    roots.iter().any(|root| real.starts_with(root))
}

/// At most [`PIECE`] bytes of a regular file from `offset`; empty: its end.
///
/// # Errors
/// If it is a link, no regular file, or not readable for the job.
pub(crate) fn read(path: &str, offset: u64) -> io::Result<Vec<u8>> {
    let file = open_regular(path)?;
    let mut piece = vec![0; PIECE];
    let mut length = 0;
    while length < PIECE {
        match file.read_at(&mut piece[length..], offset + length as u64)? {
            0 => break,
            more => length += more,
        }
    }
    piece.truncate(length);
    Ok(piece)
}

/// Without waiting: a pipe that took the file's place has nobody at its other end.
fn open_regular(path: &str) -> io::Result<File> {
    let flags = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK;
    let flags = i32::try_from(flags.bits()).map_err(io::Error::other)?;
    let file = OpenOptions::new().read(true).custom_flags(flags).open(path)?;
    match file.metadata()?.is_file() {
        true => Ok(file),
        false => Err(io::Error::other("it is no longer a regular file")),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    /// What a listing of `path` below a fresh folder says, one line each.
    fn check(make: impl Fn(&Path), path: &str, expected: &[&str]) {
        let folder = tempfile::tempdir().unwrap();
        let root = fs::canonicalize(folder.path()).unwrap();
        make(&root);
        let mut lines = Vec::new();
        let roots = [root.to_str().unwrap().to_owned()];
        let done = list(root.join(path).to_str().unwrap(), &roots, |entry| {
            lines.push(match entry {
                Entry::File { name, size, .. } => format!("{name} {size}"),
                Entry::Skipped { name, why } => format!("{name}: {why}"),
            });
            Ok(())
        })
        .unwrap();
        lines.push(format!("{done:?}"));
        assert_eq!(lines, expected);
    }

    #[test]
    fn files_are_named_below_the_listed_path_in_order() {
        let make = |root: &Path| {
            fs::create_dir_all(root.join("out/b")).unwrap();
            fs::write(root.join("out/b/x"), "12").unwrap();
            fs::write(root.join("out/a"), "1").unwrap();
        };
        check(make, "out", &["a 1", "b/x 2", "Listed"]);
        check(make, "out/a", &[" 1", "Listed"]);
        check(make, "nothing", &["Missing"]);
    }

    #[test]
    fn a_link_is_followed_within_the_roots_only() {
        let make = |root: &Path| {
            fs::create_dir_all(root.join("out")).unwrap();
            fs::write(root.join("real"), "123").unwrap();
            symlink(root.join("real"), root.join("out/inside")).unwrap();
            symlink("/etc/passwd", root.join("out/passwd")).unwrap();
            symlink(root.join("out"), root.join("out/self")).unwrap();
        };
        let passwd = "passwd: it is a link to /etc/passwd, outside of the job";
        let myself = "self: it is a link to a folder that it lies in";
        check(make, "out", &["inside 3", passwd, myself, "Listed"]);
        let refused = "Refused(\"it leads to /etc/passwd, outside of the job\")";
        check(make, "out/passwd", &[refused]);
    }

    #[test]
    fn a_link_or_a_pipe_is_not_read() {
        let folder = tempfile::tempdir().unwrap();
        let link = folder.path().join("link");
        symlink("/etc/hostname", &link).unwrap();
        assert!(read(link.to_str().unwrap(), 0).is_err());
        let pipe = folder.path().join("pipe");
        let mode = rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR;
        rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, mode, 0).unwrap();
        assert!(read(pipe.to_str().unwrap(), 0).is_err());
    }
}
