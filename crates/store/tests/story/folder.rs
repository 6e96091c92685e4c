//! The data folder: one server at a time, keys for its owner's eyes only, and clear words where it
//! cannot be used.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use rondo_store::{Folder, FolderError};
use tempfile::TempDir;

fn fresh() -> (TempDir, Folder) {
    let parent = tempfile::tempdir().unwrap();
    let folder = Folder::open(&parent.path().join("deep/data")).unwrap();
    (parent, folder)
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn a_folder_is_made_for_its_owner_only_and_has_places_for_everything() {
    let (parent, folder) = fresh();
    let root = parent.path().canonicalize().unwrap().join("deep/data");
    assert_eq!(mode(&root), 0o700);
    assert_eq!(folder.database(), root.join("rondo.db"));
    assert_eq!(folder.jobs(), root.join("jobs"));
    assert_eq!(folder.settings(), root.join("rondo.toml"));
    drop(folder.blobs());
    assert_eq!(std::fs::read_dir(&root).unwrap().count(), 0, "places are made when they are used");
}

#[test]
fn a_folder_tells_the_address_of_its_server_to_commands_beside_it() {
    let (_parent, folder) = fresh();
    assert_eq!(folder.address(), None);
    folder.note_address("http://127.0.0.1:1").unwrap();
    folder.note_address("https://ci.example.com").unwrap();
    assert_eq!(folder.address().as_deref(), Some("https://ci.example.com"));
}

#[test]
fn a_kept_program_outlives_its_replacement() {
    let (parent, folder) = fresh();
    let program = parent.path().join("rondo");
    std::fs::write(&program, "old").unwrap();
    let kept = folder.keep_program(&program).unwrap();
    std::fs::remove_file(&program).unwrap();
    std::fs::write(&program, "new").unwrap();
    assert_eq!(std::fs::read_to_string(&kept).unwrap(), "old");
    assert_eq!(folder.keep_program(&program).unwrap(), kept);
    assert_eq!(std::fs::read_to_string(&kept).unwrap(), "new");
}

#[test]
fn a_folder_has_one_server_at_a_time() {
    let (parent, folder) = fresh();
    let lock = folder.lock().unwrap();
    let again = Folder::open(&parent.path().join("deep/../deep/data")).unwrap();
    let refused = again.lock().err().expect("it is locked");
    assert!(matches!(refused, FolderError::InUse(_)), "{refused}");
    let words = refused.to_string();
    assert!(words.contains("is in use by another server") && words.contains("--data"), "{words}");
    drop(lock);
    again.lock().unwrap();
}

#[test]
fn keys_are_made_once_and_read_by_their_owner_only() {
    let (parent, folder) = fresh();
    let name = folder.name([9; 32]).unwrap();
    assert_eq!(name, "09090909");
    assert_eq!(folder.name([8; 32]).unwrap(), name, "the first one stays");
    let pepper = folder.pepper(None, [1; 32]).unwrap();
    let again = folder.pepper(None, [2; 32]).unwrap();
    assert!(pepper.digest(b"token").matches(&again.digest(b"token")));
    folder.seal_key([3; 32]).unwrap();
    folder.webhook_key([4; 32]).unwrap();
    let root = parent.path().join("deep/data");
    for key in ["name.key", "pepper.key", "seal.key", "webhook.key"] {
        assert_eq!(mode(&root.join(key)), 0o600, "{key}");
    }
    let left: Vec<_> = std::fs::read_dir(&root).unwrap().collect();
    assert_eq!(left.len(), 4, "no temporary file is left: {left:?}");
}

#[test]
fn a_pepper_may_lie_elsewhere() {
    let (parent, folder) = fresh();
    let place = parent.path().join("elsewhere.key");
    let there = folder.pepper(Some(&place), [5; 32]).unwrap();
    assert_eq!((std::fs::read(&place).unwrap(), mode(&place)), (vec![5; 32], 0o600));
    let inside = folder.pepper(None, [6; 32]).unwrap();
    assert!(!there.digest(b"token").matches(&inside.digest(b"token")));
}

#[test]
fn of_many_that_make_a_key_at_once_all_get_the_same_one() {
    let (_parent, folder) = fresh();
    let folder = &folder;
    let make = |n| move || folder.pepper(None, [n; 32]).unwrap().digest(b"token");
    let digests: Vec<_> = std::thread::scope(|scope| {
        let makers: Vec<_> = (0..8).map(|n| scope.spawn(make(n))).collect();
        makers.into_iter().map(|maker| maker.join().unwrap()).collect()
    });
    assert!(digests.iter().all(|digest| digest.matches(&digests[0])));
}

#[test]
fn a_damaged_key_is_told_and_never_replaced() {
    for damaged in [&b""[..], &[1; 31], &[1; 33], &[1; 4096]] {
        let (parent, folder) = fresh();
        let path = parent.path().join("deep/data/pepper.key");
        std::fs::write(&path, damaged).unwrap();
        let error = folder.pepper(None, [7; 32]).err().expect("it is damaged");
        assert!(matches!(error, FolderError::Key(_)), "{error}");
        let words = error.to_string();
        assert!(words.contains("pepper.key") && words.contains("backup"), "{words}");
        assert_eq!(std::fs::read(&path).unwrap(), damaged);
    }
}

#[test]
fn a_folder_that_cannot_be_used_is_named_with_the_way_out() {
    let parent = tempfile::tempdir().unwrap();
    let file = parent.path().join("file");
    std::fs::write(&file, "x").unwrap();
    // Root may write anywhere but below a regular file and in a made-up file system.
    for path in [file.join("data"), "/proc/rondo-data".into()] {
        let error = Folder::open(&path).expect_err("no folder can be there");
        assert!(matches!(error, FolderError::Unusable(..)), "{error}");
        let words = error.to_string();
        let named = words.contains(path.to_str().unwrap());
        assert!(named && words.contains("--data"), "{words}");
    }
    let folder = Folder::open(parent.path()).unwrap();
    let error = folder.pepper(Some(&file.join("pepper.key")), [1; 32]).err();
    assert!(matches!(error, Some(FolderError::Unusable(..))), "{error:?}");
    std::fs::create_dir(parent.path().join("lock")).unwrap();
    let error = folder.lock().err();
    assert!(matches!(error, Some(FolderError::Unusable(..))), "{error:?}");
}
