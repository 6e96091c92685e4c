//! The repository's files as the rules read them: everything that could be committed, and the Rust
//! sources among them. Does not ask git, so that an unpacked archive is checked as well.

use std::fs;
use std::path::{Path, PathBuf};

use crate::source::Source;

/// What holds nothing of ours: what tools make, and what a person's server leaves behind. Git's own is a
/// folder, or in a linked work tree a file.
const NOT_OURS: [&str; 5] = [".git", ".idea", "node_modules", "rondo-data", "target"];

/// The folder that holds the workspace. Asked at run time, so that a moved checkout still works.
pub(crate) fn root() -> PathBuf {
    let manifest = std::env::var("CARGO_MANIFEST_DIR").expect("cargo says where the crate is");
    Path::new(&manifest).ancestors().nth(2).expect("the crate is in crates/cli").to_owned()
}

/// The text of one file, by its path from the root.
pub(crate) fn text(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The paths of all files that could be committed, from the root, sorted.
pub(crate) fn files() -> Vec<String> {
    let root = root();
    let mut found = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder of the checkout can be listed") {
            let entry = entry.expect("a folder of the checkout can be listed");
            let name = entry.file_name();
            let kind = entry.file_type().expect("a listed file has a type");
            if NOT_OURS.iter().any(|other| name == *other) {
                continue;
            }
            if kind.is_dir() {
                folders.push(entry.path());
            } else if kind.is_file() {
                found.push(from_root(&root, &entry.path()));
            }
        }
    }
    found.sort();
    found
}

fn from_root(root: &Path, path: &Path) -> String {
    let inside = path.strip_prefix(root).expect("the walk began at the root");
    inside.to_str().expect("our file names are UTF-8").to_owned()
}

/// Every Rust file of the workspace, tests and benches included, split into tokens.
pub(crate) fn sources() -> Vec<Source> {
    let rust = files().into_iter().filter(|path| path.ends_with(".rs"));
    let mut sources: Vec<_> = rust.map(|path| Source::parse(&path, &text(&path))).collect();
    let tests: Vec<_> = sources.iter().flat_map(Source::test_modules).collect();
    for source in &mut sources {
        let below = |module: &String| {
            let rest = source.path.strip_prefix(module.as_str());
            rest.is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
        };
        source.test |= tests.iter().any(below);
    }
    sources
}

#[test]
fn the_walk_finds_this_file_and_nothing_that_was_built() {
    let files = files();
    assert!(files.iter().any(|path| path == "crates/cli/tests/house/tree.rs"));
    assert!(files.iter().any(|path| path == "Cargo.toml"));
    assert!(!files.iter().any(|path| path.starts_with("target/") || path.starts_with(".git/")));
}
