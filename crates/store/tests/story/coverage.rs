//! The story leaves no public function of the store out. A name counts as told once a test calls it;
//! whether the test looks at the answer is the reader's to see.

use std::collections::BTreeSet;
use std::path::Path;

fn text_of(folder: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let files = std::fs::read_dir(folder).unwrap();
    files.map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap()).collect()
}

#[test]
fn every_public_function_of_the_store_is_called_by_a_test() {
    let (product, tests) = (text_of("src"), text_of("tests/story"));
    let declared = product.lines().filter_map(|line| {
        let line = line.trim_start().strip_prefix("pub ")?;
        let name = line.strip_prefix("async ").unwrap_or(line).strip_prefix("fn ")?;
        name.split(['(', '<']).next()
    });
    let declared: BTreeSet<_> = declared.collect();
    assert!(declared.len() > 80, "the declarations are no longer found: {declared:?}");
    let called = |name: &str| {
        [format!(".{name}("), format!("::{name}(")].iter().any(|call| tests.contains(call))
    };
    let untold: Vec<_> = declared.into_iter().filter(|name| !called(name)).collect();
    assert!(untold.is_empty(), "no test calls {untold:?}");
}
