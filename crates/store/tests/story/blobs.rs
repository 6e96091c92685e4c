//! Blobs: whole or not there, and an output that grows at its end only.

use std::path::Path;

use rondo_domain::{ArtifactId, JobId};
use rondo_store::{BlobName, BlobPart, Blobs, Error};
use tempfile::TempDir;

use crate::sample::entropy;

fn fresh() -> (TempDir, Blobs) {
    let folder = tempfile::tempdir().unwrap();
    let blobs = Blobs::new(folder.path().join("blobs"));
    (folder, blobs)
}

/// Every file below a folder.
fn files(folder: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => found.extend(files(&path)),
            false => found.push(path.display().to_string()),
        }
    }
    found
}

fn output() -> BlobName {
    BlobName::Output { job: JobId::from_entropy(entropy()), attempt: 1, step: 0 }
}

#[tokio::test]
async fn a_finished_artifact_has_its_size_its_digest_and_its_bytes() {
    let (folder, blobs) = fresh();
    let id = ArtifactId::from_entropy(entropy());
    let name = BlobName::Artifact(id);
    let mut pending = blobs.begin(id).await.unwrap();
    assert_eq!(blobs.length(name).await.unwrap(), 0, "it is not there before it is whole");
    assert!(blobs.open(name, 0, 3).await.unwrap().is_none());
    pending.write(b"ab").await.unwrap();
    pending.write(b"c").await.unwrap();
    assert_eq!(pending.size(), 3);
    let (size, digest) = pending.finish().await.unwrap();
    let of_abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!((size, digest.as_str()), (3, of_abc));
    assert_eq!(files(folder.path()).len(), 1, "no temporary file is left");
    assert_eq!(blobs.length(name).await.unwrap(), 3);
    assert_eq!(blobs.read(name, 1, 1).await.unwrap(), b"b");
    for (first, length, bytes) in [(0, 3, "abc"), (1, 1, "b"), (2, 1, "c"), (1, 0, "")] {
        assert_eq!(read_through(&blobs, name, first, length).await.unwrap(), bytes.as_bytes());
    }
    let beyond = blobs.open(name, 2, 2).await;
    assert!(
        matches!(beyond, Err(Error::Corrupt("blob"))),
        "a row that promises more than there is is not believed"
    );
}

async fn read_through(
    blobs: &Blobs,
    name: BlobName,
    first: u64,
    length: u64,
) -> std::io::Result<Vec<u8>> {
    let part = blobs.open(name, first, length).await.unwrap().unwrap();
    read_part(part).await
}

async fn read_part(part: BlobPart) -> std::io::Result<Vec<u8>> {
    let mut reader = part.read();
    let mut bytes = Vec::new();
    while let Some(piece) = reader.piece().await? {
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes)
}

#[tokio::test]
async fn a_large_blob_is_read_in_order_and_one_that_became_shorter_breaks_off() {
    let (folder, blobs) = fresh();
    let id = ArtifactId::from_entropy(entropy());
    let name = BlobName::Artifact(id);
    let bytes: Vec<u8> = (0..1_000_003_u32).map(|n| (n % 251) as u8).collect();
    let mut pending = blobs.begin(id).await.unwrap();
    pending.write(&bytes).await.unwrap();
    pending.finish().await.unwrap();
    assert!(read_through(&blobs, name, 0, 1_000_003).await.unwrap() == bytes);
    assert!(read_through(&blobs, name, 300_001, 600_000).await.unwrap() == bytes[300_001..900_001]);
    assert_eq!(blobs.open(name, 7, 5).await.unwrap().unwrap().place(), 7..12);
    let part = blobs.open(name, 0, 1_000_003).await.unwrap().unwrap();
    let file = folder.path().join(&files(folder.path())[0]);
    std::fs::OpenOptions::new().write(true).open(file).unwrap().set_len(500_000).unwrap();
    let cut = read_part(part).await.unwrap_err();
    assert_eq!(cut.kind(), std::io::ErrorKind::UnexpectedEof);
    assert!(blobs.open(name, 0, 1_000_003).await.is_err(), "nor does one begin that cannot end");
}

#[tokio::test]
async fn a_file_in_memory_is_read_as_one_of_a_disk() {
    let bytes: Vec<u8> = (0..300_001_u32).map(|n| (n % 251) as u8).collect();
    let file = BlobPart::in_memory(&bytes).unwrap();
    assert!(file.is_in_memory() && file.length() == 300_001);
    for (first, length, place) in [
        (0, 300_001, 0..300_001),
        (7, 270_000, 7..270_007),
        (300_000, 9, 300_000..300_001),
        (300_001, 1, 300_001..300_001),
        (900_000, 1, 300_001..300_001),
    ] {
        let part = file.part(first, length);
        assert_eq!(
            (part.place(), part.length()),
            (place.clone(), (place.end - place.start) as usize)
        );
        assert!(read_part(part).await.unwrap() == bytes[place.start as usize..place.end as usize]);
    }
    let (inner, place) = (file.part(10, 100).part(20, 900), 30..110);
    assert_eq!(inner.place(), place, "a part of a part does not leave it");
}

#[tokio::test]
async fn an_artifact_that_is_dropped_half_way_leaves_nothing() {
    let (folder, blobs) = fresh();
    let id = ArtifactId::from_entropy(entropy());
    let mut pending = blobs.begin(id).await.unwrap();
    pending.write(&[0; 100_000]).await.unwrap();
    assert_eq!(files(folder.path()).len(), 1);
    drop(pending);
    assert_eq!(files(folder.path()), Vec::<String>::new());
    assert_eq!(blobs.read(BlobName::Artifact(id), 0, 10).await.unwrap(), b"");
}

#[tokio::test]
async fn what_a_killed_server_had_begun_is_swept_away_and_what_was_whole_stays() {
    let (folder, blobs) = fresh();
    blobs.sweep().await.unwrap();
    let (whole, half) = (ArtifactId::from_entropy(entropy()), ArtifactId::from_entropy(entropy()));
    let mut pending = blobs.begin(whole).await.unwrap();
    pending.write(b"whole").await.unwrap();
    pending.finish().await.unwrap();
    let mut pending = blobs.begin(half).await.unwrap();
    pending.write(b"half").await.unwrap();
    // As after `kill -9`: nobody runs its drop.
    std::mem::forget(pending);
    assert_eq!(files(folder.path()).len(), 2);
    blobs.sweep().await.unwrap();
    assert_eq!(files(folder.path()).len(), 1);
    assert_eq!(blobs.read(BlobName::Artifact(whole), 0, 99).await.unwrap(), b"whole");
}

#[tokio::test]
async fn an_output_grows_at_its_end_and_the_same_bytes_sent_again_change_nothing() {
    let (_folder, blobs) = fresh();
    let name = output();
    for (offset, bytes, length) in
        [(0, "hello ", 6), (6, "world", 11), (6, "world", 11), (0, "hello", 11), (11, "", 11)]
    {
        let written = blobs.write_output(name, offset, bytes.as_bytes()).await.unwrap();
        assert_eq!(written, length, "{bytes:?} at {offset}");
    }
    assert_eq!(blobs.read(name, 0, 99).await.unwrap(), b"hello world");
    assert_eq!(blobs.read(name, 6, 3).await.unwrap(), b"wor");
    assert_eq!(blobs.read(name, 99, 3).await.unwrap(), b"");
    assert_eq!(blobs.length(name).await.unwrap(), 11);
    blobs.sync_output(name).await.unwrap();

    let gap = blobs.write_output(name, 12, b"!").await;
    assert!(matches!(gap, Err(Error::Refused(_))), "{gap:?}");
    assert_eq!(blobs.length(name).await.unwrap(), 11, "a refused write changes nothing");
}

#[tokio::test]
async fn outputs_of_other_steps_and_attempts_are_other_outputs() {
    let (_folder, blobs) = fresh();
    let job = JobId::from_entropy(entropy());
    let names = [(1, 0), (1, 1), (2, 0), (11, 0), (1, 10)]
        .map(|(attempt, step)| BlobName::Output { job, attempt, step });
    for (n, name) in names.into_iter().enumerate() {
        blobs.write_output(name, 0, &[u8::try_from(n).unwrap()]).await.unwrap();
    }
    for (n, name) in names.into_iter().enumerate() {
        assert_eq!(blobs.read(name, 0, 9).await.unwrap(), [u8::try_from(n).unwrap()]);
    }
    // A step that printed nothing has nothing to be made durable.
    blobs.sync_output(output()).await.unwrap();
}

#[tokio::test]
async fn a_disk_that_refuses_is_an_error_and_never_an_empty_blob() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "x").unwrap();
    // No folder can be made below a regular file, not even by root.
    let blobs = Blobs::new(file);
    assert!(blobs.begin(ArtifactId::from_entropy(entropy())).await.is_err());
    assert!(blobs.write_output(output(), 0, b"x").await.is_err());
    assert!(blobs.read(output(), 0, 1).await.is_err());
    assert!(blobs.length(output()).await.is_err());
}
