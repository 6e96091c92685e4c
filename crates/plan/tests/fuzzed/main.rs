//! The corpus that fuzzing left behind, replayed: inputs that together reach all of the compiler that was
//! ever reached, and inputs that once broke it.

pub mod holds;

use std::fs;
use std::path::Path;

/// Replays the inputs of one target.
fn replay(target: &str, holds: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let mut inputs: Vec<_> =
        fs::read_dir(&folder).expect("a corpus").flatten().map(|entry| entry.path()).collect();
    inputs.sort();
    assert!(inputs.len() >= 50, "only {} inputs", inputs.len());
    for input in inputs {
        let bytes = fs::read(&input).expect("a readable input");
        let held = std::panic::catch_unwind(|| holds(&bytes));
        assert!(held.is_ok(), "{}", input.display());
    }
}

#[test]
fn the_kept_configs_hold() {
    replay("config", holds::config);
}

#[test]
fn the_kept_expressions_hold() {
    replay("expression", holds::expression);
}
