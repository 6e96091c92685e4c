//! One file of a download: gone on with where it broke off, checked against its digest, and under its
//! own name only when it is whole.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use rondo_wire::client::CallError;
use rondo_wire::{Client, v1};
use sha2::{Digest, Sha256};
use tokio::fs::{File, OpenOptions};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::bar::Bar;
use crate::language::words;

/// How often a download that breaks off is gone on with, before the person hears of it.
const TRIES: usize = 3;

/// A file that is wanted.
pub(super) struct Wanted {
    pub(super) target: PathBuf,
    folder: PathBuf,
    /// On the server.
    path: String,
    size: Option<u64>,
    /// SHA-256 in hexadecimal digits, where the server tells it.
    digest: Option<String>,
}

/// What is on disk of a file under its temporary name.
struct Partial {
    file: File,
    length: u64,
    digest: Sha256,
}

impl Wanted {
    pub(super) fn new(
        artifact: &v1::Artifact,
        folder: &Path,
        target: PathBuf,
        path: String,
    ) -> Self {
        let digest = artifact.digest.as_deref().and_then(|digest| digest.strip_prefix("sha256:"));
        let digest = digest.map(str::to_ascii_lowercase);
        Self { target, folder: folder.to_owned(), path, size: artifact.size, digest }
    }

    pub(super) async fn fetch(&self, client: &Client, bar: &Bar) -> anyhow::Result<()> {
        let parent = self.target.parent().context("an artifact has a folder")?;
        self.make(parent)?;
        if self.is_there().await? {
            bar.add(self.size.unwrap_or_default());
            return Ok(());
        }
        let temporary = parent.join(self.temporary_name());
        let mut tries = 1;
        loop {
            match self.fetch_into(&temporary, client, bar).await {
                Ok(()) => break,
                Err(failure) if tries < TRIES && broke_off(&failure) && self.digest.is_some() => {
                    tries += 1;
                }
                Err(failure) => {
                    if self.digest.is_none() {
                        // Without a digest nobody can tell later whether it may be gone on with.
                        let _ = fs::remove_file(&temporary);
                    }
                    return Err(failure);
                }
            }
        }
        fs::rename(&temporary, &self.target).inspect_err(|_| {
            let _ = fs::remove_file(&temporary);
        })?;
        Ok(())
    }

    /// Makes a folder, below nothing that lies elsewhere.
    fn make(&self, folder: &Path) -> anyhow::Result<()> {
        let there = folder.ancestors().find(|above| above.exists());
        self.stays_inside(there.context("the folder of a download is there")?)?;
        fs::create_dir_all(folder)?;
        Ok(())
    }

    /// A link among the folders may lead elsewhere.
    fn stays_inside(&self, parent: &Path) -> anyhow::Result<()> {
        ensure!(
            parent.canonicalize()?.starts_with(self.folder.canonicalize()?),
            words!(
                "a link in its path leads out of the folder",
                "パスの途中のリンクがフォルダーの外を指しています"
            )
        );
        Ok(())
    }

    /// Whether the very bytes are there already.
    async fn is_there(&self) -> anyhow::Result<bool> {
        let Some(digest) = &self.digest else { return Ok(false) };
        match fs::symlink_metadata(&self.target) {
            Ok(there) if there.is_file() && Some(there.len()) == self.size => {}
            _ => return Ok(false),
        }
        let mut own = Sha256::new();
        read_into(&mut File::open(&self.target).await?, &mut own).await?;
        Ok(hex(own) == *digest)
    }

    /// The same for the same bytes under the same name, and so for the next run too.
    fn temporary_name(&self) -> String {
        let mut name = Sha256::new();
        name.update(self.target.as_os_str().as_encoded_bytes());
        name.update([0]);
        name.update(self.digest.as_deref().unwrap_or_default());
        format!(".rondo-{}.part", &hex(name)[..16])
    }

    async fn fetch_into(&self, temporary: &Path, client: &Client, bar: &Bar) -> anyhow::Result<()> {
        let mut partial = self.open(temporary).await?;
        let mut counted = partial.length;
        bar.add(counted);
        let got = self.receive(&mut partial, client, bar, &mut counted).await;
        partial.file.flush().await?;
        partial.file.sync_all().await?;
        if let Err(failure) = got {
            bar.take_back(counted);
            return Err(failure);
        }
        let Some(digest) = &self.digest else { return Ok(()) };
        if hex(partial.digest) != *digest {
            bar.take_back(counted);
            fs::remove_file(temporary)?;
            bail!(words!(
                "its bytes are not those that the server promised (SHA-256 differs)",
                "内容がサーバーの示したものと一致しません（SHA-256 が異なります）"
            ));
        }
        Ok(())
    }

    /// What an earlier run left, if its bytes can belong to the file.
    async fn open(&self, temporary: &Path) -> anyhow::Result<Partial> {
        match fs::symlink_metadata(temporary) {
            Ok(there) if !there.is_file() => bail!(words!(
                "{} is in the way",
                "{} が邪魔をしています",
                crate::print::one_line(temporary)
            )),
            Ok(there)
                if self.digest.is_none() || self.size.is_none_or(|size| there.len() > size) =>
            {
                fs::remove_file(temporary)?;
            }
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
        let file = OpenOptions::new().read(true).append(true).create(true).open(temporary).await?;
        let mut partial = Partial { file, length: 0, digest: Sha256::new() };
        partial.length = read_into(&mut partial.file, &mut partial.digest).await?;
        Ok(partial)
    }

    async fn receive(
        &self,
        partial: &mut Partial,
        client: &Client,
        bar: &Bar,
        counted: &mut u64,
    ) -> anyhow::Result<()> {
        if self.size == Some(partial.length) && partial.length > 0 {
            return Ok(());
        }
        let from = self.digest.as_deref().map(|digest| (partial.length, digest));
        let (mut answer, begins_at) = client.download_from(&self.path, from).await?;
        if begins_at != partial.length {
            // The server begins anew, so this does too.
            partial.file.set_len(0).await?;
            bar.take_back(std::mem::take(counted));
            (partial.length, partial.digest) = (0, Sha256::new());
        }
        while let Some(piece) =
            answer.chunk().await.map_err(|_| CallError::Unreachable(print_broken()))?
        {
            partial.length += piece.len() as u64;
            ensure!(
                self.size.is_none_or(|size| partial.length <= size),
                words!(
                    "the server sends more bytes than it promised",
                    "サーバーが示したサイズより多くのデータを送ってきました"
                )
            );
            partial.file.write_all(&piece).await?;
            partial.digest.update(&piece);
            *counted += piece.len() as u64;
            bar.add(piece.len() as u64);
        }
        Ok(())
    }
}

fn print_broken() -> String {
    words!("the download broke off", "ダウンロードが途切れました")
}

fn broke_off(failure: &anyhow::Error) -> bool {
    matches!(failure.downcast_ref(), Some(CallError::Unreachable(_)))
}

/// Reads a file to its end; how many bytes that were.
async fn read_into(file: &mut File, digest: &mut Sha256) -> std::io::Result<u64> {
    let (mut buffer, mut length) = (vec![0; 256 * 1024], 0);
    loop {
        match file.read(&mut buffer).await? {
            0 => return Ok(length),
            read => {
                digest.update(&buffer[..read]);
                length += read as u64;
            }
        }
    }
}

fn hex(digest: Sha256) -> String {
    digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
