//! Imported orbs in the database, folders of orbs on disk, and what is kept of other machines.

use std::fs;
use std::path::Path;

use rondo_domain::Millis;
use rondo_plan::OrbVersion;
use rondo_store::{Folder, ImportedOrb, OrbCache, OrbFolderError};

use crate::database::Database;
use crate::sample::save;

fn version(text: &str) -> OrbVersion {
    text.parse().unwrap()
}

fn orb(name: &str, number: &str, at: i64) -> ImportedOrb {
    let (namespace, version) = ("acme".to_owned(), version(number));
    ImportedOrb { namespace, name: name.to_owned(), version, imported_at: Millis(at) }
}

#[tokio::test]
async fn a_version_of_an_orb_is_put_found_replaced_and_deleted() {
    for database in Database::each().await {
        let store = &database.open().await;
        let (first, second, other) =
            (&orb("greet", "1.0.0", 2), &orb("greet", "dev:a/b", 1), &orb("deploy", "1.0.0", 3));
        save!(store, tx => {
            tx.put_orb(first, "first: 値").await?;
            tx.put_orb(second, "second").await?;
            tx.put_orb(other, "other").await?;
        });
        let mut tx = store.read().await.unwrap();
        assert_eq!(tx.orbs().await.unwrap(), [other.clone(), second.clone(), first.clone()]);
        let mut versions = tx.orb_versions("acme", "greet").await.unwrap();
        versions.sort_by_key(ToString::to_string);
        assert_eq!(versions, [version("1.0.0"), version("dev:a/b")]);
        assert_eq!(tx.orb_versions("acme", "nothing").await.unwrap(), []);
        let source = tx.orb_source("acme", "greet", &version("1.0.0")).await.unwrap();
        assert_eq!(source.as_deref(), Some("first: 値"));
        assert_eq!(tx.orb_source("acme", "greet", &version("2.0.0")).await.unwrap(), None);
        drop(tx);
        let later = &orb("greet", "dev:a/b", 9);
        let gone = save!(store, tx => {
            tx.put_orb(later, "later").await?;
            [
                tx.delete_orb("acme", "greet", &first.version).await?,
                tx.delete_orb("acme", "greet", &first.version).await?,
            ]
        });
        assert_eq!(gone, [true, false]);
        let mut tx = store.read().await.unwrap();
        assert_eq!(tx.orbs().await.unwrap(), [other.clone(), later.clone()]);
        let source = tx.orb_source("acme", "greet", &later.version).await.unwrap();
        assert_eq!(source.as_deref(), Some("later"));
    }
}

fn put(folder: &Path, path: &str, bytes: &[u8]) {
    let path = folder.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

#[test]
fn orbs_in_a_folder_are_packed_files_sources_and_checkouts() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path();
    put(place, "acme/greet/1.0.0.yml", b"version: 2.1\n");
    put(place, "acme/greet/1.1.yml", b"no single version");
    put(place, "acme/greet/dev:try/@orb.yml", b"version: 2.1\n");
    put(place, "acme/greet/2.0.0/README.md", b"no @orb.yml");
    put(place, "acme/greet/src/@orb.yml", b"version: 2.1\ndescription: here\n");
    let mut found = rondo_store::orbs_in_folder(place, "acme", "greet").unwrap();
    found.sort_by_key(|orb| orb.version.as_ref().map(ToString::to_string));
    let seen: Vec<_> =
        found.iter().map(|orb| orb.version.as_ref().map(ToString::to_string)).collect();
    assert_eq!(seen, [None, Some("1.0.0".to_owned()), Some("dev:try".to_owned())]);
    let home = place.join("acme/greet");
    assert_eq!(found[0].path, home.join("src"));
    assert_eq!(rondo_store::orb_root(&home), Some(home.join("src")));
    assert_eq!(rondo_store::orb_root(&home.join("2.0.0")), None);
    assert!(rondo_store::read_orb(&found[0].path).unwrap().contains("description: here"));
    assert_eq!(rondo_store::read_orb(&found[1].path).unwrap(), "version: 2.1\n");
    assert_eq!(rondo_store::orbs_in_folder(place, "acme", "nothing").unwrap(), []);
    put(place, "acme/greet/src/jobs/a.yml", b"- 1\n");
    let broken = rondo_store::read_orb(&home.join("src"));
    assert!(matches!(&broken, Err(OrbFolderError::Pack(..))));
    assert!(broken.unwrap_err().to_string().contains("jobs/a.yml:1:1: "));
}

#[test]
fn what_is_kept_of_other_machines_is_found_by_its_address() {
    let folder = tempfile::tempdir().unwrap();
    let cache = Folder::open(folder.path()).unwrap().orbs();
    let (first, second) = ("https://a.example/x@1.0.0.yml", "https://a.example/../x");
    assert_eq!(cache.text(first), None);
    cache.keep_text(first, "first").unwrap();
    cache.keep_text(second, "second: 値").unwrap();
    assert_eq!(cache.text(first).as_deref(), Some("first"));
    assert_eq!(cache.text(second).as_deref(), Some("second: 値"));
    cache.keep_text(first, "again").unwrap();
    let again = OrbCache::new(folder.path().join("orbs"));
    assert_eq!(again.text(first).as_deref(), Some("again"));
    let homes = [cache.repository(first), cache.repository(second), cache.repository("/")];
    assert!(homes[0] != homes[1] && homes[1] != homes[2]);
    let parent = folder.path().canonicalize().unwrap().join("orbs/repositories");
    assert!(homes.iter().all(|home| home.parent() == Some(parent.as_path())));
}
