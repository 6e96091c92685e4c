//! The two formats of an archive, written front to back. A name in it leads nowhere but below the
//! folder that it is unpacked in, on every system.

use std::collections::HashSet;
use std::io::{self, Write};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use rondo_domain::Millis;
use tar::{EntryType, Header};
use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{CompressionMethod, DateTime, ZipWriter};

use crate::artifact::Outlet;

/// Speed rather than the last percent: packing must keep up with the network.
const ZIP_LEVEL: i64 = 3;
const ZSTD_LEVEL: i32 = 3;
/// Files from this size on are written in ZIP's long form, which old programs cannot read: a
/// little below the 4 GiB that the short form bears, since packing can add to a file.
const ZIP_LONG_FROM: u64 = 0xF000_0000;
const TAR_BLOCK: u64 = 512;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Zip,
    TarZst,
}

impl Format {
    pub(super) fn ending(self) -> &'static str {
        match self {
            Self::Zip => "zip",
            Self::TarZst => "tar.zst",
        }
    }

    pub(super) fn content_type(self) -> &'static str {
        match self {
            Self::Zip => "application/zip",
            Self::TarZst => "application/zstd",
        }
    }
}

/// An archive that is being written.
pub(super) struct Packer {
    writer: Writer,
    names: Names,
    /// Bytes of the file that is being written.
    size: u64,
}

enum Writer {
    Zip(Box<ZipWriter<StreamWriter<Outlet>>>),
    TarZst(zstd::Encoder<'static, Outlet>),
}

impl Packer {
    pub(super) fn new(format: Format, outlet: Outlet) -> io::Result<Self> {
        let writer = match format {
            Format::Zip => Writer::Zip(Box::new(ZipWriter::new_stream(outlet))),
            Format::TarZst => {
                let mut encoder = zstd::Encoder::new(outlet, ZSTD_LEVEL)?;
                encoder.include_checksum(true)?;
                Writer::TarZst(encoder)
            }
        };
        Ok(Self { writer, names: Names { format, taken: HashSet::new() }, size: 0 })
    }

    pub(super) fn begin_file(&mut self, path: &str, size: u64, at: Millis) -> io::Result<()> {
        let name = self.names.of(path);
        self.size = size;
        match &mut self.writer {
            Writer::Zip(zip) => {
                let options = SimpleFileOptions::default()
                    .compression_method(CompressionMethod::Deflated)
                    .compression_level(Some(ZIP_LEVEL))
                    .last_modified_time(zip_time(at))
                    .unix_permissions(0o644)
                    .large_file(size >= ZIP_LONG_FROM);
                zip.start_file(name, options).map_err(io::Error::other)
            }
            Writer::TarZst(tar) => {
                let seconds = u64::try_from(at.0 / 1000).unwrap_or_default();
                write_tar_header(tar, &name, size, seconds)
            }
        }
    }

    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match &mut self.writer {
            Writer::Zip(zip) => zip.write_all(bytes),
            Writer::TarZst(tar) => tar.write_all(bytes),
        }
    }

    pub(super) fn end_file(&mut self) -> io::Result<()> {
        match &mut self.writer {
            // The next file, or the end, closes this one.
            Writer::Zip(_) => Ok(()),
            Writer::TarZst(tar) => pad(tar, self.size),
        }
    }

    pub(super) fn finish(self) -> io::Result<()> {
        match self.writer {
            Writer::Zip(zip) => zip.finish().map(drop).map_err(io::Error::other),
            Writer::TarZst(mut tar) => {
                tar.write_all(&[0; 2 * TAR_BLOCK as usize])?;
                tar.finish().map(drop)
            }
        }
    }
}

fn zip_time(at: Millis) -> DateTime {
    let time = Timestamp::from_millisecond(at.0).unwrap_or_default().to_zoned(TimeZone::UTC);
    let part = |part: i8| u8::try_from(part).unwrap_or_default();
    DateTime::from_date_and_time(
        u16::try_from(time.year()).unwrap_or_default(),
        part(time.month()),
        part(time.day()),
        part(time.hour()),
        part(time.minute()),
        part(time.second()),
    )
    .unwrap_or_default()
}

/// The header of a file. A name that is too long for one goes before it, as GNU tar writes it.
fn write_tar_header(tar: &mut impl Write, name: &str, size: u64, at: u64) -> io::Result<()> {
    let mut header = Header::new_gnu();
    header.set_mode(0o644);
    header.set_mtime(at);
    header.set_entry_type(EntryType::Regular);
    if header.set_path(name).is_err() {
        let mut long = Header::new_gnu();
        long.set_path("././@LongLink")?;
        long.set_entry_type(EntryType::GNULongName);
        let length = name.len() as u64 + 1;
        long.set_size(length);
        long.set_cksum();
        tar.write_all(long.as_bytes())?;
        tar.write_all(name.as_bytes())?;
        tar.write_all(&[0])?;
        pad(tar, length)?;
    }
    header.set_size(size);
    header.set_cksum();
    tar.write_all(header.as_bytes())
}

fn pad(tar: &mut impl Write, size: u64) -> io::Result<()> {
    let rest = (TAR_BLOCK - size % TAR_BLOCK) % TAR_BLOCK;
    tar.write_all(&[0; TAR_BLOCK as usize][..usize::try_from(rest).unwrap_or_default()])
}

/// The names that files have in an archive.
struct Names {
    format: Format,
    taken: HashSet<String>,
}

impl Names {
    /// The name of the file at `path`, which the store took as plain: relative, without `..`. ZIP is
    /// unpacked where `\\` parts folders and `:` names a disk, so there they become `_`.
    fn of(&mut self, path: &str) -> String {
        let mut name = match self.format {
            Format::Zip => path.replace(['\\', ':'], "_"),
            Format::TarZst => path.to_owned(),
        };
        while !self.taken.insert(name.clone()) {
            name.push('_');
        }
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_in_a_zip_leads_nowhere_and_stands_for_one_file() {
        let mut names = Names { format: Format::Zip, taken: HashSet::new() };
        for (path, name) in [
            ("out/a.txt", "out/a.txt"),
            ("out/..\\..\\evil", "out/.._.._evil"),
            ("C:/x", "C_/x"),
            ("out\\a.txt", "out_a.txt"),
            ("out_a.txt", "out_a.txt_"),
            ("日本語 #1", "日本語 #1"),
        ] {
            assert_eq!(names.of(path), name);
        }
        let mut names = Names { format: Format::TarZst, taken: HashSet::new() };
        assert_eq!(names.of("a\\b"), "a\\b");
    }
}
