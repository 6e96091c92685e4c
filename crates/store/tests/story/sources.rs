//! Folders of sources that somebody names, as they are read.

use std::fs;
use std::path::Path;

use rondo_store::SourceError;

fn put(folder: &Path, path: &str, bytes: &[u8]) {
    let path = folder.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

#[test]
fn a_folder_of_sources_is_read_without_hidden_files_links_to_folders_and_bytes_that_are_no_text() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path();
    put(place, "b/c.yml", b"c");
    put(place, "a.sh", b"a");
    put(place, ".git/config.yml", b"x");
    put(place, "picture.png", b"\xff\xfe");
    std::os::unix::fs::symlink("/etc", place.join("link")).unwrap();
    let files = rondo_store::read_sources(place).unwrap();
    let read: Vec<_> = files.iter().map(|f| (f.path.as_str(), f.text.as_str())).collect();
    assert_eq!(read, [("a.sh", "a"), ("b/c.yml", "c")]);
    put(place, "bad.yml", b"\xff");
    assert!(
        matches!(rondo_store::read_sources(place), Err(SourceError::NotUtf8(path)) if path.ends_with("bad.yml"))
    );
    fs::write(place.join("bad.yml"), vec![b'#'; 9 * 1024 * 1024]).unwrap();
    assert!(matches!(rondo_store::read_sources(place), Err(SourceError::Large(_))));
    let gone = rondo_store::read_sources(&place.join("nowhere"));
    assert!(matches!(gone, Err(SourceError::Unreadable(..))));
}
